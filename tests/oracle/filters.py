"""What a ``where`` means, said once more and slowly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import SYSTEM_PROPERTIES, PropertyType
from tests.periods import is_within

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphdb.catalog.model import LabelSide, Property, Side
    from tests.oracle.graph import Graph, Record

ACCOUNT_ZONE = "UTC"
"""The account's time zone, in which relative dates count unless they name one."""


Having = Callable[[Any, "Sequence[Record]", "Mapping[str, Property]"], bool]


class Associated:
    """What a ``where`` asks of associated records.

    Args:
        graph: The records.
        having: Whether figures of records are as asked.
    """

    def __init__(self, graph: Graph, having: Having) -> None:
        self._graph = graph
        self._having = having

    def field(self, record: Record, name: str) -> tuple[Side, LabelSide | None] | None:
        """The association, or label of one, that a key of a ``where`` stands for."""
        for side in self._graph.catalog.sides_of(record.type):
            if side.field == name:
                return side, None
            for label in side.labels:
                if label.field == name:
                    return side, label
        return None

    def holds(self, near: Record, side: Side, label: LabelSide | None, given: Mapping[str, Any]) -> bool:
        """Whether the record's associated records are as asked."""
        if label is not None and label.max_far == 1:
            return any(self._matches(given, one) for one in self._far(near, side, label))
        if not given:
            return True
        chosen = self.chosen(near, side, label, given)
        if "count" in given:
            return all(matches(len(chosen), operator, wanted) for operator, wanted in given["count"].items())
        if "aggregate" in given:
            return self._having(given["aggregate"], chosen, self.properties(side.far))
        if "every" in given:
            return all(self._matches(given["every"], one) for one in chosen)
        return any(self._matches(given.get("some", given.get("none")), one) for one in chosen) is ("some" in given)

    def chosen(self, near: Record, side: Side, label: LabelSide | None, given: Mapping[str, Any]) -> list[Record]:
        """The associated records that count."""
        if "label" in given:
            label = next(one for one in side.labels if one.name == given["label"])
        chosen = [one for one in self._far(near, side, label) if self._matches(given.get("where", {}), one)]
        for operator, wanted in given.get("associatedAt", {}).items():
            chosen = [
                one
                for one in chosen
                if matches(self._graph.pairs[frozenset((near.id, one.id))].created_at, operator, wanted)
            ]
        return chosen

    def far(self, near: Record, name: str) -> list[Record]:
        """The associated records that a field leads to."""
        found = self.field(near, name)
        return self._far(near, *found) if found else []

    def properties(self, type_name: str) -> dict[str, Property]:
        """The properties of an object type, the system's own too."""
        return {prop.name: prop for prop in (*SYSTEM_PROPERTIES, *self._graph.catalog.by_name[type_name].properties)}

    def _far(self, near: Record, side: Side, label: LabelSide | None) -> list[Record]:
        far = self._graph.neighbours[near.id, side.far]
        return [self._graph.records[one] for one in far if label is None or self._graph.seen(near, label, one)]

    def _matches(self, where: Any, record: Record) -> bool:
        return holds(where, record, self._graph.catalog.by_name[record.type].by_name, self)


def holds(
    where: Mapping[str, Any], record: Record, properties: Mapping[str, Property], associated: Associated | None = None
) -> bool:
    """Whether a record matches a coerced ``where``: true or false, never neither."""
    for name, given in where.items():
        match name:
            case "and":
                found = all(holds(part, record, properties, associated) for part in given)
            case "or":
                found = any(holds(part, record, properties, associated) for part in given)
            case "not":
                found = not holds(given, record, properties, associated)
            case _ if associated is not None and (hop := associated.field(record, name)) is not None:
                found = associated.holds(record, *hop, given)
            case _:
                value = record.values.get(name)
                prop = properties.get(name)
                found = all(matches(value, operator, folded(prop, wanted)) for operator, wanted in given.items())
        if not found:
            return False
    return True


def matches(value: Any, operator: str, wanted: Any) -> bool:
    """Whether a stored value, or None for an unset one, stands so to the wanted one."""
    if operator.endswith("IgnoreCase"):
        operator, wanted = operator.removesuffix("IgnoreCase"), _lower(wanted)
        value = None if value is None else _lower(value)
    match operator:
        case "notIn":
            return value not in wanted
        case "eq":
            return bool(value == wanted)
        case "ne":
            return bool(value != wanted)
        case "isSet":
            return (value is not None) is bool(wanted)
    if value is None:
        return False
    tests: dict[str, Callable[[], bool]] = {
        "in": lambda: value in wanted,
        "lt": lambda: value < wanted,
        "lte": lambda: value <= wanted,
        "gt": lambda: value > wanted,
        "gte": lambda: value >= wanted,
        "contains": lambda: wanted in value,
        "startsWith": lambda: value.startswith(wanted),
        "within": lambda: is_within(value, wanted, ACCOUNT_ZONE, datetime.now(UTC)),
        "endsWith": lambda: value.endswith(wanted),
        "between": lambda: wanted["from"] <= value <= wanted["to"],
        "hasAny": lambda: bool(set(wanted) & set(value)),
        "hasAll": lambda: set(wanted) <= set(value),
    }
    return tests[operator]()


def _lower(value: Any) -> Any:
    return [_lower(one) for one in value] if isinstance(value, list) else value.lower()


def folded(prop: Property | None, value: Any) -> Any:
    """E-mail addresses and domains are compared as they are stored: trimmed and in lower case."""
    if prop is None or not (
        prop.type in {PropertyType.EMAIL, PropertyType.EMAIL_LIST} or prop.name.lower().endswith("domain")
    ):
        return value
    if isinstance(value, list):
        return [folded(prop, one) for one in value]
    if isinstance(value, dict):
        return {key: folded(prop, one) for key, one in value.items()}
    return value.strip().lower() if isinstance(value, str) else value
