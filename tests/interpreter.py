"""A slow interpreter of the intermediate representation over plain records.

It answers what an engine would answer for the statement of a plan: one row, with the values in the forms in which
engines return them. With it the whole way from document to response, but for the text of the statement, is compared
with the oracle, without an engine. It knows nothing of GraphQL and nothing of the oracle's resolvers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cmp_to_key
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from schema import ir
from schema.compiler.paging import read_cursor
from schema.compiler.plan import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from graphdb.catalog.statistics import Statistics
    from schema.compiler.plan import Bound, Plan
    from schema.limits import Limits
    from tests.oracle.graph import Graph, Record

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def answer(
    graph: Graph,
    plan: Plan,
    variables: Mapping[str, Any],
    limits: Limits,
    now: datetime,
    statistics: Statistics | None = None,
) -> dict[str, Any]:
    """What the plan makes of the row that its statement would return."""
    bound = plan.bind(variables, limits, now=now, statistics=statistics)
    return plan.answer(Interpreter(graph, plan, bound, variables, now).row(), bound)


@dataclass(frozen=True, slots=True)
class _Way:
    """A record, and the one that it was reached from."""

    record: Record
    near: Record | None = None


class Interpreter:
    """Carries out one bound plan."""

    def __init__(self, graph: Graph, plan: Plan, bound: Bound, variables: Mapping[str, Any], now: datetime) -> None:
        self._graph = graph
        self._plan = plan
        self._read = bound.form.read
        self._sizes = bound.frame.sizes
        self._variables = variables
        self._given = plan._ends(variables, now)
        types = graph.catalog.object_types
        self._type_of_label = {one.node_label: one.name for one in types}
        self._label_of_type = {one.name: one.node_label for one in types}
        self._associations = {one.relationship_type: one for one in graph.catalog.associations}
        self._labels = {
            label.relationship_type: (one, label) for one in graph.catalog.associations for label in one.labels
        }

    def row(self) -> list[Any]:
        """A value for each root."""
        return [self._root(root) for root in self._read.roots]

    def _root(self, root: Any) -> Any:
        if isinstance(root, ir.Rows):
            return self._rows(root, None)
        return self._whole(root, None)

    def _value(self, value: ir.Value) -> Any:
        return resolve(value, self._variables, self._given)

    # --- records ----------------------------------------------------------------------------------------------

    def _source(self, source: ir.Source, near: Record | None) -> list[_Way]:
        records = self._graph.records
        match source:
            case ir.AllOf(label):
                return [_Way(one) for one in self._graph.by_type[self._type_of_label[label]]]
            case ir.ById(record_id, label):
                one = records.get(self._value(record_id))
                wanted = one is not None and (label is None or self._label_of_type[one.type] == label)
                return [_Way(one)] if one is not None and wanted else []
            case ir.ByIds(ids):
                return [_Way(records[one]) for one in dict.fromkeys(self._value(ids)) if one in records]
            case ir.ByKey(label, value, to_key):
                key = to_key(self._value(value))
                found = self._graph.by_type[self._type_of_label[label]]
                return [_Way(one) for one in found if key in self._keys(one)]
            case ir.Hop() if near is not None:
                return [_Way(one, near) for one in self._hop(near, source)]
        raise TypeError(f"{source} is not interpreted")

    def _keys(self, record: Record) -> set[str]:
        from graphdb.values import key_of  # noqa: PLC0415 - what a key node holds is the store's business

        object_type = self._graph.catalog.by_name[record.type]
        unique = [prop for prop in object_type.unique_properties if prop.name in record.values]
        return {key_of(object_type, prop, record.values[prop.name]) for prop in unique}

    def _hop(self, near: Record, hop: ir.Hop) -> list[Record]:
        found: list[Record] = []
        for name in (hop.relationship, *hop.others):
            association = self._associations[name]
            fars = {association.end} if near.type == association.start else set()
            fars |= {association.start} if near.type == association.end else set()
            for far in fars:
                found += [self._graph.records[one] for one in self._graph.neighbours[near.id, far]]
        if hop.label_relationship is None:
            return found
        association, label = self._labels[hop.label_relationship]
        return [one for one in found if self._labelled(near, one, label.name, hop.direction)]

    def _labelled(self, near: Record, far: Record, name: str, direction: ir.Direction) -> bool:
        """A label's relationship leads from the record at the label's start."""
        starts = {start for held, start in self._graph.pairs[frozenset((near.id, far.id))].labels if held == name}
        wanted = {
            ir.Direction.OUT: {near.id},
            ir.Direction.IN: {far.id},
            ir.Direction.BOTH: {near.id, far.id},
        }[direction]
        return bool(starts & wanted)

    def _rows(self, rows: ir.Rows, near: Record | None) -> list[Any]:
        return self._returned(rows, self._ways(rows, near))

    def _returned(self, rows: ir.Rows, ways: Iterable[_Way], *, apart: bool = False) -> list[Any]:
        """The rows; where they share records, pairs stand in them and each record once behind them."""
        tables: dict[int, dict[str, _Way]] = {index: {} for index in rows.shared}
        every: list[Any] = []
        for way in ways:
            row = [
                None if (apart and isinstance(column, ir.OfPair)) or index in tables else self._column(column, way)
                for index, column in enumerate(rows.columns)
            ]
            for index, table in tables.items():
                further = ir.shared_rows(rows, index)
                pair = [column for column in further.columns if isinstance(column, ir.OfPair)]
                found = self._ways(further, way.record)
                table |= {one.record.id: one for one in found}
                row[index] = [[one.record.id, *self._list(pair, one)] for one in found]
            every.append([*row, way.record.id] if apart else row)
        if not tables:
            return every
        return [
            every,
            *(
                self._returned(ir.shared_rows(rows, index), table.values(), apart=True)
                for index, table in tables.items()
            ),
        ]

    def _ways(self, rows: ir.Rows, near: Record | None) -> list[_Way]:
        ways = [way for way in self._source(rows.source, near) if self._holds(rows.where, way)]
        page = rows.page
        if page is not None:
            ways.sort(key=cmp_to_key(lambda a, b: self._compared(rows.order, a.record, b.record)))
            for cursor, side in ((page.after, 1), (page.before, -1)):
                if cursor is not None:
                    place = self._place(page, before=cursor.before)
                    ways = [way for way in ways if self._beside(rows.order, way.record, place) * side > 0]
            ways = ways[::-1] if page.backward else ways
            ways = ways[: self._sizes[page.number] + page.extra]
        return ways

    def _place(self, page: ir.Page, *, before: bool) -> list[Any]:
        check = self._plan.cursors[page.number, before]
        return read_cursor(check, self._value(check.value))

    def _compared(self, order: Sequence[ir.OrderKey], a: Record, b: Record) -> int:
        return self._beside(order, a, [self._key(key, b) for key in order])

    def _beside(self, order: Sequence[ir.OrderKey], record: Record, place: Sequence[Any]) -> int:
        for key, there in zip(order, place, strict=True):
            here = self._key(key, record)
            if here != there:
                if here is None or there is None:
                    return 1 if here is None else -1
                return 1 if (here < there) == key.descending else -1
        return 0

    def _key(self, key: ir.OrderKey, record: Record) -> Any:
        if key.via is None:
            return self._stored(record, key.prop.name)
        if isinstance(key.via, ir.Words):
            raise TypeError("search is not interpreted")
        far = self._associated(key.via.records, record)
        if key.via.figure is not None:
            return self._figure(key.via.figure, far)
        return self._stored(far[0], key.prop.name) if far else None

    def _stored(self, record: Record, name: str) -> Any:
        return record.id if name == "id" else record.values.get(name)

    # --- predicates -------------------------------------------------------------------------------------------

    def _holds(self, where: ir.Predicate, way: _Way) -> bool:
        match where:
            case ir.All(parts):
                return all(self._holds(part, way) for part in parts)
            case ir.AnyOf(parts):
                return any(self._holds(part, way) for part in parts)
            case ir.Not(part):
                return not self._holds(part, way)
            case ir.IsSet(prop):
                return self._stored(way.record, prop.name) is not None
            case ir.Exists(records):
                return bool(self._associated(records, way.record))
            case ir.CountIs(records, operator, value):
                return _compare(len(self._associated(records, way.record)), operator, self._value(value))
            case ir.Measured(records, having):
                return self._having(having, self._associated(records, way.record))
            case ir.Compare(prop, operator, value, ignore_case):
                wanted = _folded(self._value(value)) if prop.lower else self._value(value)
                return _compare(self._stored(way.record, prop.name), operator, wanted, ignore_case=ignore_case)
        raise TypeError(f"{where} is not interpreted")

    def _associated(self, records: ir.Associated, near: Record) -> list[Record]:
        found = []
        for far in self._hop(near, records.hop):
            joined = replace_values(far, {"createdAt": self._graph.pairs[frozenset((near.id, far.id))].created_at})
            if self._holds(records.where, _Way(far, near)) and self._holds(records.association, _Way(joined)):
                found.append(far)
        return found

    def _having(self, having: ir.Having, records: Sequence[Record]) -> bool:
        figures = {figure.as_prop.name: self._figure(figure, records) for figure in having.figures}
        known = {name: value for name, value in figures.items() if value is not None}
        return self._holds(having.where, _Way(_Figures(known)))  # type: ignore[arg-type]

    def _figure(self, figure: ir.Figure, records: Sequence[Record]) -> Any:
        if figure.prop is None:
            return len(records)
        values = sorted(one.values[figure.prop.name] for one in records if figure.prop.name in one.values)
        money = figure.prop.type.value == "money"
        match figure.function:
            case ir.Function.COUNT:
                return len(values)
            case ir.Function.COUNT_DISTINCT:
                return len(set(values))
        if not values:
            return None
        middle = (
            values[(len(values) - 1) // 2] + values[len(values) // 2] if figure.function is ir.Function.MEDIAN else 0
        )
        match figure.function:
            case ir.Function.MIN:
                return values[0]
            case ir.Function.MAX:
                return values[-1]
            case ir.Function.SUM:
                return sum(values)
            case ir.Function.AVG:
                return _half_even(sum(values), len(values)) if money else sum(values) / len(values)
        return _half_even(middle, 2) if money else middle / 2

    # --- columns ----------------------------------------------------------------------------------------------

    def _list(self, columns: Iterable[ir.Column], way: _Way) -> list[Any]:
        return [self._column(column, way) for column in columns]

    def _column(self, column: Any, way: _Way) -> Any:
        match column:
            case ir.IdColumn() | ir.AskedColumn():  # no record of these was merged into another
                return way.record.id
            case ir.PropColumn(prop):
                return _read(self._stored(way.record, prop.name))
            case ir.KeyColumn(key):
                return _read(self._key(key, way.record))
            case ir.EdgeColumn(part) if way.near is not None:
                return self._edge(part, way.near, way.record)
            case ir.RowsColumn(rows):
                return self._rows(rows, way.record)
            case ir.CaseColumn(cases):
                label = self._label_of_type[way.record.type]
                for index, (known, columns) in enumerate(cases):
                    if known == label:
                        return [index, self._list(columns, way)]
                return None
        return self._whole(column, way.record)

    def _edge(self, part: ir.EdgePart, near: Record, far: Record) -> Any:
        pair = self._graph.pairs[frozenset((near.id, far.id))]
        same = near.type == far.type
        start = min(near.id, far.id)
        match part:
            case ir.EdgePart.ASSOCIATED_AT:
                return _read(pair.created_at)
            case ir.EdgePart.NEAR_IS_START:
                return near.id == start
        marks = []
        for name, holder in sorted(pair.labels):
            association = next(
                one for one in self._associations.values() if {one.start, one.end} == {near.type, far.type}
            )
            label = next(one for one in association.labels if one.name == name)
            paired = same and label.inverse_name is not None
            marks.append(f"{name}{'>' if holder == start else '<'}" if paired else name)
        return marks or None

    def _whole(self, column: Any, near: Record | None) -> Any:
        """What is told of all records of a source at once."""
        source = column.source
        ways = [way for way in self._source(source, near) if self._holds(column.where, way)]
        records = [way.record for way in ways]
        match column:
            case ir.CountColumn():
                return len(records)
            case ir.AggregateColumn():
                return self._measures(column.measures, records)
            case ir.GroupCountColumn():
                return len(self._grouped(column, records))
            case ir.GroupsColumn():
                return self._groups(column, records)
        raise TypeError(f"{column} is not interpreted")

    def _measures(self, measures: Iterable[ir.Measure], records: Sequence[Record]) -> list[Any]:
        return [self._measure(measure, records) for measure in measures]

    def _measure(self, measure: ir.Measure, records: Sequence[Record]) -> Any:
        if measure.prop is None:
            return len(records)
        values = sorted(one.values[measure.prop.name] for one in records if measure.prop.name in one.values)
        match measure.kind:
            case ir.Measuring.COUNT:
                return len(values)
            case ir.Measuring.COUNT_DISTINCT:
                return len(set(values))
            case ir.Measuring.SUM:
                return sum(values)
        if not values:
            return None
        half = (len(values) - 1) // 2
        share = self._value(measure.share) if measure.share is not None else 0
        place = {
            ir.Measuring.MIN: 0,
            ir.Measuring.MAX: -1,
            ir.Measuring.LOWER: half,
            ir.Measuring.UPPER: len(values) - 1 - half,
            ir.Measuring.PERCENTILE: max(math.ceil(share * len(values)) - 1, 0),
        }[measure.kind]
        return _read(values[place])

    def _grouped(self, column: ir.GroupsColumn | ir.GroupCountColumn, records: Sequence[Record]) -> dict[Any, Any]:
        zone = ZoneInfo(self._value(column.zone))
        hops = {key.over: key.hop for key in column.keys if key.hop is not None}
        groups: dict[tuple[Any, ...], dict[str, Record]] = {}
        for record in records:
            reached: list[list[Record | None]] = [[*self._hop(record, hop)] or [None] for hop in hops.values()]
            for way in product(*reached):
                at: dict[str | None, Any] = {None: record, **dict(zip(hops, way, strict=True))}
                values = (at[key.over] and self._stored(at[key.over], key.prop.name) for key in column.keys)
                pairs = zip(values, column.keys, strict=True)
                found: tuple[Any, ...] = tuple(_bucket(value, key.bucket, zone) for value, key in pairs)
                groups.setdefault(found, {})[record.id] = record
        chosen = {key: list(members.values()) for key, members in groups.items()}
        if column.having is None:
            return chosen
        return {key: members for key, members in chosen.items() if self._having(column.having, members)}

    def _groups(self, column: ir.GroupsColumn, records: Sequence[Record]) -> list[Any]:
        rows: list[tuple[list[Any], list[Any]]] = []
        groups: dict[tuple[Any, ...], list[Record]] = self._grouped(column, records)
        for key, members in groups.items():
            figures = [self._figure(figure, members) for figure in column.sorted_by]
            measures = self._measures(column.measures, members)
            rows.append(([*figures, *key], [*key, measures, self._value(column.zone), *map(_read, figures)]))
        order = column.order[:-1]

        def by_order(a: tuple[list[Any], list[Any]], b: tuple[list[Any], list[Any]]) -> int:
            return _tuples(order, a[0], b[0])

        rows.sort(key=cmp_to_key(by_order))
        if column.page.after is not None:
            place = self._place(column.page, before=False)[:-1]
            rows = [row for row in rows if _tuples(order, row[0], place) > 0]
        return [row for _, row in rows[: self._sizes[column.page.number] + column.page.extra]]


@dataclass(eq=False, slots=True)
class _Figures:
    """Figures in the place of a record's values."""

    values: dict[str, Any]
    id: str = ""
    type: str = ""


def replace_values(record: Record, values: dict[str, Any]) -> Record:
    """The record with other values."""
    return replace(record, values=values)


def _tuples(order: Sequence[ir.OrderKey], left: Sequence[Any], right: Sequence[Any]) -> int:
    for key, a, b in zip(order, left, right, strict=True):
        if a != b:
            if a is None or b is None:
                return 1 if a is None else -1
            return 1 if (a < b) == key.descending else -1
    return 0


def _bucket(value: Any, bucket: str | None, zone: ZoneInfo) -> Any:
    """A key as the engine returns it: a span's first day as text, an hour's first millisecond, or the value."""
    if value is None or bucket is None:
        return _read(value)
    if isinstance(value, datetime):
        there = value.astimezone(zone)
        if bucket == "HOUR":
            past = timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
            return _read(value - past)
        value = there.date()
    first: date = value
    match bucket:
        case "WEEK":
            first = value - timedelta(days=value.weekday())
        case "MONTH":
            first = value.replace(day=1)
        case "QUARTER":
            first = value.replace(month=value.month - (value.month - 1) % 3, day=1)
        case "YEAR":
            first = value.replace(month=1, day=1)
    return first.isoformat()


def _read(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return value.isoformat() if isinstance(value, date) else value


def _half_even(amount: int, by: int) -> int:
    down, rest = divmod(amount, by)
    return down + (2 * rest > by or (2 * rest == by and down % 2 == 1))


def _folded(value: Any) -> Any:
    if isinstance(value, list):
        return [_folded(one) for one in value]
    return value.strip().lower() if isinstance(value, str) else value


def _lower(value: Any) -> Any:
    return [one.lower() for one in value] if isinstance(value, list) else value.lower()


def _compare(value: Any, operator: ir.Comparison, wanted: Any, *, ignore_case: bool = False) -> bool:
    if value is None:
        return False
    if ignore_case:
        value, wanted = _lower(value), _lower(wanted)
    match operator:
        case ir.Comparison.EQ:
            return bool(value == wanted)
        case ir.Comparison.IN:
            return value in wanted
        case ir.Comparison.LT:
            return bool(value < wanted)
        case ir.Comparison.LTE:
            return bool(value <= wanted)
        case ir.Comparison.GT:
            return bool(value > wanted)
        case ir.Comparison.GTE:
            return bool(value >= wanted)
        case ir.Comparison.CONTAINS:
            return wanted in value
        case ir.Comparison.STARTS_WITH:
            return bool(value.startswith(wanted))
        case ir.Comparison.ENDS_WITH:
            return bool(value.endswith(wanted))
        case ir.Comparison.HAS_ANY:
            return any(one in value for one in wanted)
    return all(one in value for one in wanted)
