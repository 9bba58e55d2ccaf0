"""Random selections of ``aggregate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from graphdb.values import MAX_INTEGER
from schema.build.aggregates import aggregated

if TYPE_CHECKING:
    import random

    from graphdb.catalog.model import ObjectType, Property
    from tests.oracle import Graph
    from tests.values import Arguments, Variables

_NUMBERS = frozenset({PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY})
_ORDERED = frozenset({PropertyType.STRING, PropertyType.EMAIL, PropertyType.PHONE, PropertyType.URL})
_MOMENTS = frozenset({PropertyType.DATE, PropertyType.DATETIME})


class Aggregates:
    """Chooses what is asked of many records."""

    def __init__(self, graph: Graph, arguments: Arguments, dice: random.Random) -> None:
        self._graph = graph
        self._arguments = arguments
        self._dice = dice

    def field(self, variables: Variables, object_type: ObjectType) -> str:
        """An ``aggregate`` field, sometimes under another name."""
        alias = self._dice.choice(("", "", "of_all: "))
        return f"{alias}aggregate {self.selection(variables, object_type)}"

    def selection(self, variables: Variables, object_type: ObjectType) -> str:
        """What is selected of an aggregate."""
        known = aggregated(object_type)
        used = [prop for prop in known if self._arguments.is_used(object_type, prop)]
        numbers = [prop for prop in used if prop.type in _NUMBERS]
        chosen = [self._dice.choice(pool) for pool in (numbers, used, known) if pool and self._dice.random() < 0.6]
        parts = [
            f"m{index}: {prop.name} {self._measures(variables, object_type, prop)}" for index, prop in enumerate(chosen)
        ]
        parts += [name for name in ("count", "records: count", "__typename") if self._dice.random() < 0.3]
        self._dice.shuffle(parts)
        return f"{{ {' '.join(parts or ['__typename'])} }}"

    def _measures(self, variables: Variables, object_type: ObjectType, prop: Property) -> str:
        functions = ["count", "countDistinct", "__typename"]
        if prop.type in _NUMBERS:
            functions += ["avg", "median", "min", "max", *(["sum"] if self._can_sum(object_type, prop) else [])]
            for index in range(2):
                share = self._dice.choice((0.0, 0.1, 0.25, 0.5, 0.9, 1.0))
                functions.append(f"p{index}: percentile(p: {variables.write('Float!', share)})")
        elif prop.type in _ORDERED | _MOMENTS:
            functions += ["min", "max", "latest: max"]
        return f"{{ {' '.join(self._dice.sample(functions, self._dice.randint(1, min(4, len(functions)))))} }}"

    def _can_sum(self, object_type: ObjectType, prop: Property) -> bool:
        """Whether no sum can grow too large: what is answered then, a test of its own says."""
        if prop.type is not PropertyType.INTEGER:
            return True
        records = self._graph.by_type[object_type.name]
        return bool(sum(abs(record.values.get(prop.name) or 0) for record in records) <= MAX_INTEGER)
