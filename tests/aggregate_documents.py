"""Random selections of ``aggregate`` and ``groupBy``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from graphdb.values import MAX_INTEGER
from schema.build.aggregates import aggregated
from tests.oracle.filters import Associated
from tests.oracle.groups import GroupPage
from tests.oracle.having import having_holds
from tests.wire import EnumValue, Typed

if TYPE_CHECKING:
    import random

    from graphdb.catalog.model import ObjectType, Property
    from tests.oracle import Graph
    from tests.values import Arguments
    from tests.wire import Variables

_NUMBERS = frozenset({PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY})
_ORDERED = frozenset({PropertyType.STRING, PropertyType.EMAIL, PropertyType.PHONE, PropertyType.URL})
_MOMENTS = frozenset({PropertyType.DATE, PropertyType.DATETIME})
_DAYS = ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")
_HOW = {PropertyType.DATE: _DAYS, PropertyType.DATETIME: ("HOUR", *_DAYS)}
_ZONES = ("Europe/Berlin", "America/St_Johns", "Asia/Kolkata", "Pacific/Kiritimati", "UTC")


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

    def groups(self, variables: Variables, object_type: ObjectType) -> str:
        """A ``groupBy`` field under a name of its own."""
        known = aggregated(object_type)
        used = [prop for prop in known if self._arguments.is_used(object_type, prop)] or known
        pairs: dict[tuple[str, str], Property] = {}
        for _ in range(self._dice.choice((1, 1, 2, 2, 3))):
            over, prop = self._over(object_type) if self._dice.random() < 0.35 else ("", None)
            prop = prop or self._dice.choice(used if self._dice.random() < 0.9 else known)
            pairs[over + prop.name, self._dice.choice(_HOW.get(prop.type, ("VALUE",)))] = prop
        keys = [_read(name, how, bucketed=prop.type in _HOW) for (name, how), prop in pairs.items()]
        parts = [f"key {{ {' '.join(keys)} __typename }}", f"aggregate {self.selection(variables, object_type)}"]
        nodes = self._dice.choice((" ".join(parts), *parts))
        more = self._dice.choice(("", "totalCount", "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"))
        arguments = self._group_arguments(variables, object_type, pairs)
        return f"g{self._dice.randrange(10**6)}: groupBy({arguments}) {{ {more} nodes {{ {nodes} }} }}"

    def _over(self, object_type: ObjectType) -> tuple[str, Property | None]:
        """An association or label that a key goes over, and a property there."""
        catalog = self._graph.catalog
        sides = [side for side in catalog.sides_of(object_type.name) if self._arguments.is_joined(side)]
        if not sides:
            return "", None
        side = self._dice.choice(sides)
        far = catalog.by_name[side.far]
        used = [prop for prop in aggregated(far) if self._arguments.is_used(far, prop)]
        field = self._dice.choice([side.field, *(label.field for label in side.labels)])
        return f"{field}.", self._dice.choice(used or aggregated(far))

    def _group_arguments(
        self, variables: Variables, object_type: ObjectType, pairs: dict[tuple[str, str], Property]
    ) -> str:
        name = object_type.type_name
        by = [
            Typed(
                f"{name}GroupBy!",
                _nested(key, Typed("DateBucket" if prop.type in _HOW else "GroupValue", EnumValue(how))),
            )
            for (key, how), prop in pairs.items()
        ]
        written = {"by": variables.write(f"[{name}GroupBy!]!", by)}
        zone = self._dice.choice((None, *_ZONES))
        if zone is not None:
            written["timeZone"] = variables.write("String", zone)
        if self._dice.random() < 0.3:
            having = self._arguments.figures.having(object_type)
            written["having"] = variables.write(f"{name}Having", having, nullable=True, optional=True)
        order = self._order(object_type) if self._dice.random() < 0.5 else []
        if order:
            written["orderBy"] = variables.write(f"[{name}GroupOrderBy!]", order)
        if self._dice.random() < 0.7:
            written["first"] = variables.write("Int", self._dice.choice((0, 1, 2, 5)), optional=True)
        if self._dice.random() < 0.3:
            cursor = self._cursor(object_type, list(pairs), zone, order)
            written["after"] = variables.write("String", cursor)
        return ", ".join(f"{argument}: {text}" for argument, text in written.items())

    def _order(self, object_type: ObjectType) -> list[Any]:
        """An order by figures; not by sums of floats, whose last digits a cursor would hold."""
        known = aggregated(object_type)
        used = [prop for prop in known if self._arguments.is_used(object_type, prop)] or known
        items: dict[str, Any] = {}
        for prop in self._dice.sample(used, min(len(used), self._dice.randrange(3))):
            functions = ["count", "countDistinct"]
            if prop.type in _NUMBERS | _ORDERED | _MOMENTS:
                functions += ["min", "max"]
            if prop.type in _NUMBERS:
                functions += ["median"]
            if prop.type in _NUMBERS and prop.type is not PropertyType.NUMBER and self._can_sum(object_type, prop):
                functions += ["sum", "avg"]
            items[prop.name] = {self._dice.choice(functions): self._direction()}
        if self._dice.random() < 0.5:
            items[self._dice.choice(("count", "keys"))] = self._direction()
        return [{name: how} for name, how in items.items()]

    def _direction(self) -> EnumValue:
        return EnumValue(self._dice.choice(("ASC", "DESC")))

    def _cursor(self, object_type: ObjectType, by: list[tuple[str, str]], zone: str | None, order: list[Any]) -> str:
        """The cursor of some group of all records."""
        arguments = {"by": [_nested(name, how) for name, how in by], "timeZone": zone, "orderBy": order}
        records = self._graph.by_type.get(object_type.name) or [next(iter(self._graph.records.values()))]
        related, zone = Associated(self._graph, having_holds), self._graph.catalog.account.time_zone
        page = GroupPage(records, arguments, zone, len(records), related, object_type.name)
        return page.cursor(page.records[int(len(page.records) * self._dice.random() ** 2)])

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
        records = self._graph.by_type.get(object_type.name, [])
        return bool(sum(abs(record.values.get(prop.name) or 0) for record in records) <= MAX_INTEGER)


def _nested(name: str, how: Any) -> dict[str, Any]:
    """``primaryCompany.industry`` → an object in an object."""
    over, _, of = name.rpartition(".")
    return {over: {of: how}} if over else {of: how}


def _read(name: str, how: str, *, bucketed: bool) -> str:
    """A key as it is selected, under an alias of its own."""
    over, _, of = name.rpartition(".")
    field = f"{over}_{of}_{how}: {of}{f'(bucket: {how})' if bucketed else ''}"
    return f"{over}_{of}_{how}: {over} {{ {field} }}" if over else field
