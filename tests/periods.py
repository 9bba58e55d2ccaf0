"""Relative dates as the oracle understands them: by asking of each value whether it is in the period."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

_MONTHS = {"MONTHS": 1, "QUARTERS": 3, "YEARS": 12}


def is_within(value: date, within: Mapping[str, Any], account_zone: str, now: datetime) -> bool:
    """Whether a stored day or point in time is in a period."""
    local = now.astimezone(ZoneInfo(within.get("timeZone", account_zone)))
    if "this" in within:
        day = value.astimezone(local.tzinfo) if isinstance(value, datetime) else value
        return _calendar(day, within["this"]) == _calendar(local, within["this"])
    unit, ahead = within["unit"], "next" in within
    count = within["next"] if ahead else -within["last"]
    if isinstance(value, datetime):
        moved: datetime = (
            now + timedelta(hours=count) if unit == "HOURS" else _moved(local, unit, count).astimezone(UTC)
        )
        return now <= value < moved if ahead else moved <= value < now
    today = local.date()
    moved_day: date = _moved(today, unit, count)
    return today <= value < moved_day if ahead else moved_day < value <= today


def _calendar(day: date, name: str) -> tuple[int, ...]:
    """What is equal for two days in the same calendar period."""
    return {
        "DAY": (day.year, day.month, day.day),
        "WEEK": tuple(day.isocalendar())[:2],
        "MONTH": (day.year, day.month),
        "QUARTER": (day.year, (day.month + 2) // 3),
        "YEAR": (day.year,),
    }[name]


def _moved(day: Any, unit: str, count: int) -> Any:
    """Month by month, then the latest day that the month has."""
    if unit not in _MONTHS:
        return day + timedelta(days=count * {"DAYS": 1, "WEEKS": 7}[unit])
    year, month = day.year, day.month
    for _ in range(abs(count) * _MONTHS[unit]):
        month += 1 if count > 0 else -1
        if month in {0, 13}:
            year, month = (year + 1, 1) if month else (year - 1, 12)
    for last in range(day.day, 27, -1):
        try:
            return day.replace(year=year, month=month, day=last)
        except ValueError:
            continue
    return day.replace(year=year, month=month)
