"""The expected answer: graphql-core's own executor over plain records in memory.

It shares with the program the schema, its scalars and the catalog, and nothing that compiles, runs or shapes a
statement. Cursors are compared as text, so their encoding is shared too; what a page holds is not worked out from
their text but from the values they were made of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cmp_to_key, partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, GraphQLUnionType, execute, parse

from graphdb.catalog.model import PropertyType
from schema.bindings import (
    AggregateField,
    HopField,
    ListField,
    LookupField,
    MeasureField,
    Part,
    PropertyField,
    binding,
)
from schema.build import build_schema
from schema.compiler.cursors import encode_cursor, order_mark
from schema.ir import OrderKey, Prop
from schema.limits import Limits
from tests.oracle import aggregates, groups
from tests.oracle.across import associations, between, neighbourhood, timeline
from tests.oracle.filters import Associated, folded, holds
from tests.oracle.having import FigureKey, figure, having_holds
from tests.oracle.paths import paths
from tests.oracle.search import SearchPage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import ExecutionResult, GraphQLResolveInfo

    from graphdb.catalog.model import LabelSide, Side
    from tests.oracle.graph import Graph, Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Keys = tuple[tuple[str | FigureKey, bool], ...]
"""An order: names of properties, or figures, and whether descending; ends with the id."""


class Oracle:
    """Answers queries over a graph in memory.

    Args:
        graph: The records.
        limits: For the default page sizes.
    """

    def __init__(self, graph: Graph, limits: Limits | None = None) -> None:
        self.graph = graph
        self.catalog = graph.catalog
        self.limits = limits or Limits()
        self.schema = build_schema(graph.catalog, self.limits).graphql_schema
        self.associated = Associated(graph, having_holds)
        self._cursors: dict[str, Record] = {}
        self._attach()

    def answer(self, text: str, variables: Mapping[str, Any] | None = None) -> ExecutionResult:
        """What a valid query answers."""
        result = execute(self.schema, parse(text), variable_values=dict(variables or {}))
        assert not hasattr(result, "__await__")
        return result

    def cursor(self, keys: Keys, record: Record) -> str:
        """The cursor of a record in a list with this order."""
        marks = [OrderKey(Prop(str(name), PropertyType.STRING), descending) for name, descending in keys]
        values = [_as_read(self.key_value(record, name)) for name, _ in keys[:-1]]
        text = encode_cursor(order_mark(marks), values, record.id)
        self._cursors[text] = record
        return text

    def record_of(self, cursor: str) -> Record:
        """The record that one of the oracle's own cursors was made of."""
        return self._cursors[cursor]

    def ordered(self, records: Sequence[Record], keys: Keys) -> list[Record]:
        """Records in an order: unset values last in both directions."""
        return sorted(records, key=cmp_to_key(partial(self.compare, keys=keys)))

    def compare(self, a: Record, b: Record, keys: Keys) -> int:
        """Below 0 where the first record comes first."""
        for name, descending in keys:
            left, right = self.key_value(a, name), self.key_value(b, name)
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            return 1 if (left < right) == descending else -1
        return 0

    def key_value(self, record: Record, key: str | FigureKey) -> Any:
        """What a record is sorted by: a property, ``primaryCompany.name`` or a figure."""
        field_name, _, of = (key.hop, "", "") if isinstance(key, FigureKey) else key.rpartition(".")
        if not field_name:
            return self._stored(record, of)
        found = self.associated.field(record, field_name)
        if found is None:  # a cursor may be of another type's record
            return 0 if isinstance(key, FigureKey) and "count" in key.function else None
        if isinstance(key, FigureKey):
            prop = self.associated.properties(found[0].far)[key.of] if key.of else None
            return figure(self.associated.chosen(record, *found, key.chosen), key.function, prop)
        far = self._far(record, *found)
        return self._stored(far[0], of) if far else None

    def _stored(self, record: Record, name: str) -> Any:
        """A property's value; of a NUMBER as the engines give it, whole or not."""
        value, prop = record.values.get(name), self.catalog.by_name[record.type].by_name.get(name)
        if value is not None and prop is not None and prop.type is PropertyType.NUMBER:
            return float(value)
        return value

    # --- resolvers --------------------------------------------------------------------------------------------

    def _attach(self) -> None:
        for graphql_type in self.schema.type_map.values():
            if isinstance(graphql_type, GraphQLInterfaceType | GraphQLUnionType):
                graphql_type.resolve_type = lambda record, *_: self.catalog.by_name[record.type].type_name
            if isinstance(graphql_type, GraphQLObjectType) and not graphql_type.name.startswith("__"):
                for definition in graphql_type.fields.values():
                    bound = binding(definition)
                    if bound is not None and graphql_type.name.endswith("GroupKey"):
                        definition.resolve = groups.key_resolver(bound)
                    elif bound is not None:
                        definition.resolve = self._resolver(bound)
                    elif graphql_type.name in {"PageInfo", "AssociationLabel"}:
                        definition.resolve = lambda source, info: source[info.field_name]

    def _resolver(self, bound: Any) -> Callable[..., Any]:
        match bound:
            case PropertyField(prop):
                return lambda record, _: record.values.get(prop.name)
            case ListField(object_type):
                return lambda _, info, **arguments: _Page(
                    self, object_type.name, self.graph.by_type[object_type.name], arguments, self.limits.page_size_root
                )
            case LookupField(object_type):
                return lambda _, info, by: self._lookup(object_type.name, by)
            case HopField(side, label) as hop if hop.single:
                return lambda near, info: next(iter(self._far(near, side, label)), None)
            case HopField(side, label):
                return lambda near, info, **arguments: self._hop(near, side, label, arguments)
            case Part.AGGREGATE | AggregateField() | MeasureField():
                return aggregates.resolver(bound)
            case Part.GROUPS | Part.GROUP_KEY:
                return groups.resolver(bound, self.catalog.account.time_zone, self.limits.page_size_root)
            case _:
                return _PARTS.get(bound) or {
                    Part.DISPLAY_NAME: lambda record, _: self._display_name(record),
                    Part.ASSOCIATIONS: lambda near, _, **arguments: associations(self, near, arguments),
                    Part.TIMELINE: lambda near, _, **arguments: timeline(self, near, arguments),
                    Part.NEIGHBOURHOOD: lambda _, info, of, hops=None, perType=None: neighbourhood(  # noqa: N803
                        self, of, hops, perType
                    ),
                    Part.SEARCH: lambda _, info, **given: SearchPage(self, given),
                    Part.SCORE: lambda edge, _: edge.score,
                    Part.PATHS: lambda _, info, **given: paths(self, given.pop("from"), given.pop("to"), given),
                    Part.ASSOCIATIONS_BETWEEN: lambda _, info, ids: between(self, ids),
                    Part.NODE_BY_ID: lambda _, info, id: self.graph.records.get(id),  # noqa: A006
                    Part.NODES_BY_IDS: lambda _, info, ids: [self.graph.records.get(one) for one in ids],
                }.get(bound, lambda *_: None)

    def _lookup(self, type_name: str, by: dict[str, Any]) -> Record | None:
        ((key, value),) = by.items()
        prop = self.catalog.by_name[type_name].by_name.get(key)
        if prop is not None:
            value = folded(prop, value)
        return next((record for record in self.graph.by_type[type_name] if record.values.get(key) == value), None)

    def _far(self, near: Record, side: Side, label: LabelSide | None) -> list[Record]:
        far = self.graph.neighbours[near.id, side.far]
        return [self.graph.records[one] for one in far if label is None or self.graph.seen(near, label, one)]

    def _hop(self, near: Record, side: Side, label: LabelSide | None, arguments: dict[str, Any]) -> _Page:
        named = arguments.pop("label", None)
        if named is not None:
            label = next(one for one in side.labels if one.name == named)
        records = self._far(near, side, label)
        return _Page(self, side.far, records, arguments, self.limits.page_size_nested, (near, side))

    def _display_name(self, record: Record) -> str:
        for group in self.catalog.by_name[record.type].display:
            words = [str(record.values[name]) for name in group if name in record.values]
            if words:
                return " ".join(words)
        return record.id


class _Page:
    """A connection: what the arguments choose of the records."""

    def __init__(
        self,
        oracle: Oracle,
        type_name: str,
        records: Sequence[Record],
        arguments: Mapping[str, Any],
        size: int,
        hangs_on: tuple[Record, Side] | None = None,
    ) -> None:
        self._oracle = oracle
        self._hangs_on = hangs_on
        self.keys = _keys(arguments.get("orderBy"))
        where = arguments.get("where")
        properties = oracle.catalog.by_name[type_name].by_name
        self.related, self.type_name = oracle.associated, type_name
        matching = [record for record in records if where is None or holds(where, record, properties, self.related)]
        self.total, self.matching = len(matching), matching
        self._arguments = arguments
        after, before, first, last = (arguments.get(name) for name in ("after", "before", "first", "last"))
        for cursor, side in ((after, 1), (before, -1)):
            if cursor is not None:
                place = oracle._cursors[cursor]  # the oracle's own
                matching = [record for record in matching if oracle.compare(record, place, self.keys) * side > 0]
        ordered = oracle.ordered(matching, self.keys)
        self._backward = last is not None or (before is not None and after is None and first is None)
        given = last if self._backward else first
        wanted = size if given is None else given
        self.more = len(ordered) > wanted
        self.records = ordered[max(0, len(ordered) - wanted) :] if self._backward else ordered[:wanted]

    def edges(self) -> list[_Edge]:
        """The page's edges."""
        return [_Edge(record, self) for record in self.records]

    def page_info(self) -> dict[str, Any]:
        """Where the page stands."""
        cursors = [self.cursor(record) for record in (self.records[:1] + self.records[-1:])]
        return {
            "hasNextPage": self._arguments.get("before") is not None if self._backward else self.more,
            "hasPreviousPage": self.more if self._backward else self._arguments.get("after") is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }

    def cursor(self, record: Record) -> str:
        """A record's cursor in this order."""
        return self._oracle.cursor(self.keys, record)

    def labels(self, far: Record) -> list[dict[str, str]]:
        """What the association says of the far record."""
        if self._hangs_on is None:
            return []
        near, side = self._hangs_on
        seen = [label for label in side.labels if self._oracle.graph.seen(near, label, far.id)]
        return [{"name": label.name, "label": label.shown} for label in seen]

    def associated_at(self, far: Record) -> datetime | None:
        """When the two were joined."""
        if self._hangs_on is None:
            return None
        return self._oracle.graph.pairs[frozenset((self._hangs_on[0].id, far.id))].created_at


@dataclass(slots=True)
class _Edge:
    node: Record
    page: _Page


_PARTS: dict[Part, Callable[[Any, GraphQLResolveInfo[Any]], Any]] = {
    Part.ID: lambda record, _: record.id,
    Part.OBJECT_TYPE: lambda record, _: record.type.upper(),
    Part.NODES: lambda page, _: page.records,
    Part.EDGES: lambda page, _: page.edges(),
    Part.PAGE_INFO: lambda page, _: page.page_info(),
    Part.TOTAL_COUNT: lambda page, _: page.total,
    Part.NODE: lambda edge, _: edge.node,
    Part.CURSOR: lambda edge, _: edge.page.cursor(edge.node),
    Part.LABELS: lambda edge, _: edge.page.labels(edge.node),
    Part.ASSOCIATED_AT: lambda edge, _: edge.page.associated_at(edge.node),
}


def _keys(order_by: Sequence[Mapping[str, Any]] | None) -> Keys:
    keys: list[tuple[str | FigureKey, bool]] = []
    for item in order_by or ():
        ((name, given),) = item.items()
        chosen = {key: given[key] for key in ("where", "label") if key in given} if isinstance(given, dict) else {}
        parts: list[Any] = [name]
        while isinstance(given, dict):
            ((part, given),) = ((key, value) for key, value in given.items() if key not in chosen)
            parts.append(part)
        keys.append((_key(parts, chosen), given == "DESC"))
        if name == "id":
            return tuple(keys)
    return (*keys, ("id", bool(keys) and keys[0][1]))


def _key(parts: list[str], chosen: dict[str, Any]) -> str | FigureKey:
    """``lastName``, ``primaryCompany.name``, ``companies.count`` or ``deals.amount.sum``."""
    match parts:
        case [field_name, "count"]:
            return FigureKey(field_name, "count", None, chosen)
        case [field_name, of, function]:
            return FigureKey(field_name, function, of, chosen)
    return ".".join(parts)


def _as_read(value: Any) -> Any:
    """A value as a cursor holds it."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return value.isoformat() if isinstance(value, date) else value
