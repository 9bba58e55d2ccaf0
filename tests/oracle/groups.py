"""What the oracle answers for ``groupBy``: records in lists by their keys, sorted, cut to a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cmp_to_key
from itertools import product
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from graphdb.catalog.model import PropertyType
from schema.bindings import KeyField, Part
from schema.compiler.cursors import encode_cursor, order_mark
from schema.ir import OrderKey, Prop
from tests.oracle.aggregates import measure, values_of
from tests.oracle.having import having_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from tests.oracle.filters import Associated
    from tests.oracle.graph import Record

Key = tuple[Any, ...]
Rank = list[tuple[Any, bool]]
"""What a group is sorted by: values, and whether descending."""
By = list[tuple[str, str]]
"""The keys: property and ``VALUE`` or a bucket."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CURSORS: dict[str, Rank] = {}


@dataclass(frozen=True, slots=True)
class Group:
    """Records with the same keys."""

    by: By
    zone: ZoneInfo
    key: Key
    matching: Sequence[Any]


class GroupPage:
    """A page of groups."""

    def __init__(
        self,
        records: Sequence[Any],
        arguments: Mapping[str, Any],
        zone: str,
        size: int,
        related: Associated,
        type_name: str,
    ) -> None:
        properties = related.properties(type_name)
        self.by = [_path(item) for item in arguments["by"]]
        self.zone = zone if arguments.get("timeZone") is None else arguments["timeZone"]
        there = ZoneInfo(self.zone)
        found: dict[Key, list[Any]] = {}
        for record in records:
            for key in dict.fromkeys(_keys(record, self.by, there, related)):
                found.setdefault(key, []).append(record)
        having = arguments.get("having") or {}
        groups = [
            Group(self.by, there, key, members)
            for key, members in found.items()
            if having_holds(having, members, properties)
        ]
        self._order, self._down = _split(arguments.get("orderBy"))
        self._properties = properties
        groups.sort(key=cmp_to_key(lambda a, b: _compare(self._rank(a), self._rank(b))))
        self.total = len(groups)
        self.after = arguments.get("after")
        if self.after is not None:
            groups = [group for group in groups if _compare(_CURSORS[self.after], self._rank(group)) < 0]
        first = arguments.get("first")
        first = size if first is None else first
        self.records, self.more = groups[:first], len(groups) > first

    def page_info(self) -> dict[str, Any]:
        """Where the page stands."""
        return {
            "hasNextPage": self.more,
            "hasPreviousPage": self.after is not None,
            "startCursor": self.cursor(self.records[0]) if self.records else None,
            "endCursor": self.cursor(self.records[-1]) if self.records else None,
        }

    def cursor(self, group: Group) -> str:
        """A group's cursor."""
        names = [name if how == "VALUE" else f"{name}:{how}" for name, how in self.by]
        order: list[Any] = [
            *(
                OrderKey(Prop(function if name is None else f"{function}_{name}", PropertyType.STRING), down)
                for name, function, down in self._order
            ),
            *(OrderKey(Prop(name, PropertyType.STRING), self._down) for name in names),
            OrderKey(Prop("id", PropertyType.STRING)),
        ]
        values = [_as_sent(value, how, group.zone) for value, (_, how) in zip(group.key, self.by, strict=True)]
        rank = self._rank(group)
        first = [_as_sent(value, "HOUR", group.zone) for value, _ in rank[: len(self._order)]]
        text = encode_cursor(order_mark(order), [*first, *values], self.zone)
        _CURSORS[text] = rank
        return text

    def _rank(self, group: Group) -> Rank:
        figures: Rank = []
        for name, function, down in self._order:
            source = group.matching if name is None else values_of(group.matching, self._properties[name])
            figures.append((measure(source, function), down))
        return [*figures, *((value, self._down) for value in group.key)]


def _split(order_by: Sequence[Mapping[str, Any]] | None) -> tuple[list[tuple[str | None, str, bool]], bool]:
    """The figures before the keys (property, function, descending), and whether the keys are descending."""
    figures: list[tuple[str | None, str, bool]] = []
    for item in order_by or ():
        ((name, how),) = item.items()
        if name == "keys":
            return figures, how == "DESC"
        if name == "count":
            figures.append((None, "count", how == "DESC"))
        else:
            ((function, direction),) = how.items()
            figures.append((name, function, direction == "DESC"))
    return figures, False


def resolver(bound: Any, zone: str, size: int) -> Callable[..., Any]:
    """The resolver of a group's field."""
    match bound:
        case Part.GROUPS:
            return lambda page, _, **arguments: GroupPage(
                page.matching, arguments, zone, size, page.related, page.type_name
            )
        case Part.GROUP_KEY:
            return lambda group, _: (group, "")
    raise AssertionError(f"{bound} is of no group")


def key_resolver(bound: Any) -> Callable[..., Any]:
    """The resolver of a key's field; its source is the group, and the hop that the key goes over."""
    match bound:
        case KeyField(prop):
            return lambda source, _, bucket=None: _read(source[0], source[1] + prop.name, bucket)
        case Part.ID:
            return lambda source, _: _read(source[0], f"{source[1]}id", None)
    return lambda source, info: (source[0], f"{info.field_name}.")


def _path(item: Mapping[str, Any]) -> tuple[str, str]:
    """``("primaryCompany.industry", "VALUE")``."""
    ((name, how),) = item.items()
    if isinstance(how, dict):
        inner, how = _path(how)
        return f"{name}.{inner}", how
    return name, how


def _keys(record: Record, by: By, zone: ZoneInfo, related: Associated) -> Iterator[Key]:
    """Every combination of the values that a record reaches; keys over one hop are of one associated record."""
    hops = list(dict.fromkeys(name.rpartition(".")[0] for name, _ in by))
    ways: list[list[Record | None]] = [[record] if not hop else [*related.far(record, hop)] or [None] for hop in hops]
    for way in product(*ways):
        at = dict(zip(hops, way, strict=True))
        values = [(at[name.rpartition(".")[0]], name.rpartition(".")[2], how) for name, how in by]
        yield tuple(bucketed(None if one is None else one.values.get(of), how, zone) for one, of, how in values)


def bucketed(value: Any, how: str, zone: ZoneInfo) -> Any:
    """The key that a value falls under: a span's first date, its first moment in UTC, or the value itself."""
    if value is None or how == "VALUE":
        return value
    if isinstance(value, datetime):
        there = value.astimezone(zone)
        if how == "HOUR":
            past = timedelta(minutes=there.minute, seconds=there.second, microseconds=there.microsecond)
            return there.astimezone(UTC) - past
        first = _first_day(there.date(), how)
        return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)
    return _first_day(value, how)


def _first_day(day: date, how: str) -> date:
    match how:
        case "WEEK":
            return day - timedelta(days=day.weekday())
        case "MONTH":
            return day.replace(day=1)
        case "QUARTER":
            return day.replace(month=day.month - (day.month - 1) % 3, day=1)
        case "YEAR":
            return day.replace(month=1, day=1)
    return day


def _read(group: Group, name: str, bucket: str | None) -> Any:
    for (known, how), value in zip(group.by, group.key, strict=True):
        if known == name and bucket in {None, how}:
            if not isinstance(value, datetime):
                return value
            return value.astimezone(group.zone).isoformat(timespec="milliseconds")
    raise AssertionError(f"{name} is no key")


def _as_sent(value: Any, how: str, zone: ZoneInfo) -> Any:
    """A key as a cursor holds it: hours in milliseconds, longer spans by their first day."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1) if how == "HOUR" else str(value.astimezone(zone).date())
    return value.isoformat() if isinstance(value, date) else value


def _compare(a: Rank, b: Rank) -> int:
    for (left, down), (right, _) in zip(a, b, strict=True):
        if left == right:
            continue
        if left is None or right is None:
            return 1 if left is None else -1
        return 1 if (left < right) == down else -1
    return 0
