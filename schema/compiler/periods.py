"""``within: {last: 90, unit: DAYS}`` → a half-open interval, worked out anew for each request.

A plan is kept for many requests, so it must not hold the time: it holds a ``Period``, and binding the plan to a
request's values and moment gives the two ends. Everything here is pure: the moment comes in.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from schema.compiler.document import as_value
from schema.errors import bad_input
from schema.ir import Const, Period
from schema.zones import zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from graphql import Node

    from schema.errors import Path

Day = TypeVar("Day", bound=date)
Ends = tuple[date, date]
"""The first moment or day of a period, and the first one after it."""

COUNT_MAX = 10_000
"""The most units of a period."""

_KINDS = ("last", "next", "this")
_MONTHS = {"MONTHS": 1, "QUARTERS": 3, "YEARS": 12}
_DAYS = {"DAYS": 1, "WEEKS": 7}


@dataclass(frozen=True, slots=True)
class PeriodCheck:
    """A period, and the place that an error about it names.

    Attributes:
        period: What was asked for.
        node: The field, for the error's location.
        path: Its response path.
        place: The place of ``within`` in its arguments.
    """

    period: Period
    node: Node
    path: Path
    place: Path

    def bad(self, key: str, message: str) -> Exception:
        """The error about one key of the period."""
        return _bad(self.node, self.path, (*self.place, key), message)


class Periods:
    """The periods of one operation, numbered in the order in which they are met.

    Args:
        time_zone: The account's, for periods that name none.
    """

    def __init__(self, time_zone: str) -> None:
        self._time_zone = Const(time_zone)
        self.checks: list[PeriodCheck] = []

    def add(self, given: dict[str, Any], *, days: bool, node: Node, path: Path, place: Path) -> Period:
        """The period that a coerced ``within`` asks for; ``days`` for a property that holds days.

        Raises:
            GraphQLError: It does not say which period.
        """
        for key, part in given.items():
            if part is None:
                raise _bad(node, path, (*place, key), "expects a value; found null")
        kinds = [key for key in _KINDS if key in given]
        if len(kinds) != 1:
            raise _bad(node, path, place, f"expects exactly one of last, next and this; found {len(kinds)}")
        (kind,) = kinds
        if ("unit" in given) is (kind == "this"):
            wanted = "takes no unit beside this" if kind == "this" else f"expects a unit beside {kind}"
            raise _bad(node, path, place, wanted)
        period = Period(
            number=len(self.checks),
            kind=kind,
            amount=as_value(given[kind]),
            unit=as_value(given["unit"]) if "unit" in given else None,
            time_zone=as_value(given["timeZone"]) if "timeZone" in given else self._time_zone,
            days=days,
        )
        self.checks.append(PeriodCheck(period, node, path, place))
        return period


def ends_of(check: PeriodCheck, amount: Any, unit: str | None, time_zone: str, now: datetime) -> Ends:
    """The two ends of a period.

    Args:
        check: The period.
        amount: How many units, or which calendar period.
        unit: The unit of ``last`` and ``next``.
        time_zone: Whose calendar and clock count.
        now: The moment of the request.

    Raises:
        GraphQLError: There is no such time zone, or no such period.
    """
    zone = _zone(check, time_zone)
    now = now.astimezone(UTC)
    now = now.replace(microsecond=now.microsecond // 1000 * 1000)
    try:
        if unit is None:
            return _this(amount, zone, now, days=check.period.days)
        if not 1 <= amount <= COUNT_MAX:
            raise check.bad(check.period.kind, f"expects from 1 to {COUNT_MAX:,}; found {amount:,}")
        if check.period.days and unit == "HOURS":
            raise check.bad("unit", "expects DAYS or longer for a property that holds days; found HOURS")
        if check.period.kind == "last":
            amount = -amount
        if check.period.days:
            today = now.astimezone(zone).date()
            # Today belongs to the last days and to the next ones.
            start, end = sorted((today, _moved(today, amount, unit)))
            one = timedelta(days=1 if amount < 0 else 0)
            return start + one, end + one
        other = now + timedelta(hours=amount) if unit == "HOURS" else _moved_in(zone, now, amount, unit)
    except (OverflowError, ValueError):
        raise check.bad(check.period.kind, "expects a period between the years 1 and 9999") from None
    return min(now, other), max(now, other)


def _this(name: str, zone: ZoneInfo, now: datetime, *, days: bool) -> Ends:
    """The calendar period that holds the moment."""
    today = now.astimezone(zone).date()
    match name:
        case "DAY":
            start = today
        case "WEEK":
            start = today - timedelta(days=today.weekday())
        case "MONTH":
            start = today.replace(day=1)
        case "QUARTER":
            start = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case _:
            start = today.replace(month=1, day=1)
    end = _moved(start, 1, f"{name}S")
    return (start, end) if days else (_midnight(start, zone), _midnight(end, zone))


def _moved(day: Day, count: int, unit: str) -> Day:
    """So many units later: the same day of the month, or the month's last one where it has no such day."""
    if unit in _DAYS:
        return day + timedelta(days=count * _DAYS[unit])
    year, month = divmod(day.year * 12 + day.month - 1 + count * _MONTHS[unit], 12)
    last = monthrange(year, month + 1)[1]
    return day.replace(year=year, month=month + 1, day=min(day.day, last))


def _moved_in(zone: ZoneInfo, now: datetime, count: int, unit: str) -> datetime:
    """So many units later at the same time on the zone's clocks."""
    return _moved(now.astimezone(zone), count, unit).astimezone(UTC)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The moment at which a day begins."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _zone(check: PeriodCheck, name: str) -> ZoneInfo:
    try:
        return zone_of(name)
    except ValueError as error:
        raise check.bad("timeZone", str(error)) from None


def _bad(node: Node, path: Path, place: Path, message: str) -> Exception:
    return bad_input(f"{'.'.join(map(str, place))} {message}.", node, path, input=list(place))
