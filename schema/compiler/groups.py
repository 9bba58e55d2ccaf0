"""``groupBy`` → keys, a page of groups, and what is shown of each.

A group's row holds its keys, the row of its measures and the time zone. In a cursor the zone stands where a
record's id stands in others: the keys alone make the order total.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from schema.bindings import HopField, KeyField, Part, PropertyField, binding, input_binding
from schema.compiler.aggregates import Measures, aggregate_shape
from schema.compiler.document import as_value, plain
from schema.compiler.filters import WhereReader
from schema.compiler.group_orders import GroupOrder, group_order
from schema.compiler.props import ID, to_prop
from schema.compiler.sides import hop_source
from schema.errors import bad_input, suggest
from schema.ir import (
    BUCKETED,
    GROUP_KEYS_MAX,
    Computed,
    Connection,
    Const,
    CursorText,
    Fixed,
    GroupCountColumn,
    GroupKey,
    GroupsColumn,
    Inside,
    Leaf,
    Measure,
    Measuring,
    PageInfoShape,
    RecordShape,
)
from schema.scalars import TYPE_MAPPINGS
from schema.zones import ZONE_LENGTH_MAX, known_zones, print_start, zone_of

if TYPE_CHECKING:
    from graphql import Node

    from graphdb.catalog.model import Catalog
    from schema.compiler.columns import Columns
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.compiler.periods import Periods
    from schema.errors import Path
    from schema.ir import Entry, Predicate, Source


@dataclass(frozen=True, slots=True)
class Groups:
    """Lowers the ``groupBy`` fields of one list.

    Attributes:
        periods: Where relative dates of ``having`` are noted.
        source: The list's records.
        where: Which of them.
        columns: Of the row that the list hangs on.
        parent: The page that the list is nested in.
    """

    operation: Operation
    catalog: Catalog
    pages: Pages
    periods: Periods
    source: Source
    where: Predicate
    columns: Columns
    parent: int | None

    def lower(self, field: Selected, path: Path) -> Connection:
        """The columns of one ``groupBy`` field, and what is shown of them."""
        arguments = self.operation.arguments(field, path)
        keys = _keys(field, arguments["by"], path)
        given = arguments.get("timeZone")
        zone = Const(self.catalog.account.time_zone) if given is None else as_value(given)
        to_zone = None if given is None else partial(checked_zone, field.node, path)
        reader = WhereReader(field.node, path, self.operation.limits.conditions_max, self.periods)
        having = reader.having(field.definition.args["having"], arguments.get("having"))
        order = group_order(field, arguments.get("orderBy"), keys, path)
        fields = self.operation.subfields(_object(field), field, path)
        bound = {binding(selected.definition) for selected in fields.values()}
        page = self.pages.add(
            arguments, order.keys, field.node, path, self.parent, extra=Part.PAGE_INFO in bound, root=True
        )
        measures = Measures()
        count: int | None = None
        entries: list[tuple[str, Any]] = []
        for key, selected in fields.items():
            inner = (*path, key)
            match binding(selected.definition):
                case Part.NODES:
                    entries.append((key, self._item(selected, keys, measures, inner)))
                case Part.PAGE_INFO:
                    entries.append((key, self._page_info(selected, order, len(keys), inner)))
                case Part.TOTAL_COUNT:
                    count = self.columns.add(GroupCountColumn(self.source, self.where, keys, zone, to_zone, having))
                    entries.append((key, Leaf(count)))
                case _:
                    entries.append((key, Fixed(_object(field).name)))
        rows: int | None = None
        if bound & {Part.NODES, Part.PAGE_INFO}:
            measures.add(Measure(Measuring.COUNT))  # it takes a measure to make groups of the records
            groups = GroupsColumn(
                self.source, self.where, keys, measures.all, zone, to_zone, having, order.figures, order.keys, page
            )
            rows = self.columns.add(groups)
        return Connection(rows, count, page, tuple(entries))

    def _item(self, field: Selected, keys: tuple[GroupKey, ...], measures: Measures, path: Path) -> RecordShape:
        entries: list[tuple[str, Entry]] = []
        for key, selected in self.operation.subfields(_object(field), field, path).items():
            inner = (*path, key)
            match binding(selected.definition):
                case Part.GROUP_KEY:
                    entries.append((key, self._key(selected, keys, inner)))
                case Part.AGGREGATE:
                    shape = aggregate_shape(self.operation, selected, measures, inner)
                    entries.append((key, Inside(len(keys), shape)))
                case _:
                    entries.append((key, Fixed(_object(field).name)))
        return RecordShape(tuple(entries))

    def _key(self, field: Selected, keys: tuple[GroupKey, ...], path: Path, over: str | None = None) -> RecordShape:
        entries: list[tuple[str, Entry]] = []
        for key, selected in self.operation.subfields(_object(field), field, path).items():
            inner = (*path, key)
            match binding(selected.definition):
                case KeyField(prop):
                    bucket = plain(self.operation.arguments(selected, inner).get("bucket"))
                    column = _chosen(selected, prop.name, bucket, over, keys, inner)
                    if prop.type is PropertyType.DATETIME:
                        entries.append((key, Computed((column, len(keys) + 1), _start)))
                    else:
                        entries.append((key, Leaf(column, TYPE_MAPPINGS[prop.type].output)))
                case Part.ID:
                    entries.append((key, Leaf(_chosen(selected, ID.name, None, over, keys, inner))))
                case HopField() if over is None:
                    entries.append((key, self._key(selected, keys, inner, selected.name)))
                case HopField():
                    raise bad_input(f"{over}.{selected.name} goes over a second association.", selected.node, inner)
                case _:
                    entries.append((key, Fixed(_object(field).name)))
        return RecordShape(tuple(entries))

    def _page_info(self, field: Selected, order: GroupOrder, keys: int, path: Path) -> PageInfoShape:
        fields = self.operation.subfields(_object(field), field, path)
        values = range(keys + 2, keys + 2 + len(order.figures))
        cursor = CursorText(order.keys, (*values, *range(keys)), keys + 1)
        return PageInfoShape(tuple((key, selected.name) for key, selected in fields.items()), cursor)


def checked_zone(node: Node, path: Path, zone: str) -> str:
    """A time zone's name.

    Raises:
        GraphQLError: There is no such zone.
    """
    try:
        return zone_of(zone).key
    except ValueError as error:
        hint = suggest(zone, known_zones()) if len(zone) <= ZONE_LENGTH_MAX else ""
        raise bad_input(f"timeZone {error}.{hint}", node, path, input=["timeZone"]) from None


def _keys(field: Selected, given: list[dict[str, Any]], path: Path) -> tuple[GroupKey, ...]:
    """The keys of ``by``.

    Raises:
        GraphQLError: There are too few or too many, one is not one, or is given twice.
    """

    def bad(message: str, *place: str | int) -> Exception:
        at = ".".join(str(part) for part in ("by", *place))
        return bad_input(f"{at} {message}.", field.node, path, input=["by", *place])

    def only(item: dict[str, Any] | None, *place: str | int) -> tuple[str, Any]:
        if item is None or len(item) != 1:
            found = "null" if item is None else len(item)
            raise bad(f"expects exactly one key{' in each object' if len(place) == 1 else ''}; found {found}", *place)
        return next(iter(item.items()))

    if not 1 <= len(given) <= GROUP_KEYS_MAX:
        raise bad(f"expects from 1 to {GROUP_KEYS_MAX} keys; found {len(given)}")
    by_type: Any = get_named_type(field.definition.args["by"].type)
    keys: list[GroupKey] = []
    for index, item in enumerate(given):
        name, how = only(item, index)
        place: tuple[str | int, ...] = (index, name)
        bound = input_binding(by_type.fields[name])
        over, hop = None, None
        if isinstance(bound, HopField):
            over, hop = name, hop_source(bound.side, bound.label)
            far_type: Any = get_named_type(by_type.fields[name].type)
            name, how = only(how, *place)
            place = (*place, name)
            bound = input_binding(far_type.fields[name])
            if isinstance(bound, HopField):
                raise bad("goes over a second association; a key goes over one", *place)
        chosen = plain(how)
        if chosen is None:
            raise bad("expects how to group; found null", *place)
        prop = to_prop(bound.property) if isinstance(bound, PropertyField) else ID
        if prop.type is PropertyType.DATE and chosen == "HOUR":
            raise bad("expects DAY, WEEK, MONTH, QUARTER or YEAR, for a date has no hours; found HOUR", *place)
        key = GroupKey(prop, chosen if prop.type in BUCKETED else None, over, hop)
        if key in keys:
            raise bad("is given twice", *place)
        keys.append(key)
    return tuple(keys)


def _chosen(
    field: Selected, name: str, bucket: str | None, over: str | None, keys: tuple[GroupKey, ...], path: Path
) -> int:
    """Which of the keys a field reads.

    Raises:
        GraphQLError: None, or it could be several.
    """
    found = [
        index
        for index, key in enumerate(keys)
        if key.prop.name == name and key.over == over and (bucket is None or key.bucket == bucket)
    ]
    if len(found) == 1:
        return found[0]
    shown = name if over is None else f"{over}.{name}"
    if found:
        raise bad_input(f"by holds {shown} more than once: bucket has to say which is meant.", field.node, path)
    what = shown if bucket is None else f"{shown} by {bucket}"
    raise bad_input(f"A key that is read has to stand in by; {what} does not.", field.node, path)


def _start(start: int | str | None, zone: str) -> str | None:
    return None if start is None else print_start(start, zone)


def _object(field: Selected) -> GraphQLObjectType:
    named = get_named_type(field.definition.type)
    if not isinstance(named, GraphQLObjectType):
        raise TypeError(f"{named} is no object type")
    return named
