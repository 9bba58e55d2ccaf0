"""Time zones: which are known, and where days and hours begin in one."""

from __future__ import annotations

from datetime import UTC, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from graphdb.values import from_epoch

ZONE_LENGTH_MAX = 64
"""Characters of a name that an error repeats, and for which it looks for similar ones."""


@cache
def known_zones() -> frozenset[str]:
    """The names that both the engines and this program know: ``UTC`` and those of an area."""
    return frozenset({"UTC", *(name for name in available_timezones() if "/" in name)})


def zone_of(name: str) -> ZoneInfo:
    """The time zone with a name.

    Raises:
        ValueError: There is none; the text says what is expected and what was found.
    """
    if name not in known_zones():
        raise ValueError(f'expects the name of a time zone, such as "Europe/Berlin"; found "{name[:ZONE_LENGTH_MAX]}"')
    return ZoneInfo(name)


def print_start(start: int | str, zone: str) -> str:
    """When a span of time begins, with the zone's offset: ``2026-11-01T00:00:00.000+01:00``.

    Args:
        start: A day of the zone as ISO text, or a moment in epoch milliseconds.
        zone: The zone's name.
    """
    there = ZoneInfo(zone)
    if isinstance(start, int):
        moment = from_epoch(start)
    else:
        # By way of UTC, for a day may begin after midnight: the clock is put forward then.
        moment = datetime.combine(datetime.fromisoformat(start), time(), there).astimezone(UTC)
    return moment.astimezone(there).isoformat(timespec="milliseconds")
