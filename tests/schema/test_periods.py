"""Relative dates: which interval they are at a given moment."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from tests.periods import is_within

_SCHEMA: MergedSchema = build_schema(standard_catalog())
_TEXT = "query A($w: WithinFilter!) {{ deals(where: {{{}: {{within: $w}}}}) {{ totalCount }} }}"
_DAYS, _MOMENTS = (
    Prepared(_SCHEMA.graphql_schema, standard_catalog(), parse(_TEXT.format(name)))
    for name in ("closeDate", "closedAt")
)
NOW = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)


def _ends(prepared: Prepared, within: dict[str, Any], now: datetime) -> list[Any]:
    variables = {"w": within}
    bound = prepared.plan(variables).bind(prepared.coerce(variables).coerced, prepared.limits, now=now)
    return list(bound.statement.params.values())


@pytest.mark.parametrize(
    ("within", "start", "end"),
    [
        ({"last": 7, "unit": "DAYS"}, date(2026, 3, 25), date(2026, 4, 1)),
        ({"last": 1, "unit": "MONTHS"}, date(2026, 3, 1), date(2026, 4, 1)),
        ({"next": 2, "unit": "WEEKS"}, date(2026, 3, 31), date(2026, 4, 14)),
        ({"next": 1, "unit": "MONTHS"}, date(2026, 3, 31), date(2026, 4, 30)),
        ({"this": "WEEK"}, date(2026, 3, 30), date(2026, 4, 6)),
        ({"this": "QUARTER"}, date(2026, 1, 1), date(2026, 4, 1)),
        ({"this": "QUARTER", "timeZone": "Europe/Berlin"}, date(2026, 4, 1), date(2026, 7, 1)),
        ({"this": "DAY", "timeZone": "Europe/Berlin"}, date(2026, 4, 1), date(2026, 4, 2)),
    ],
)
def test_periods_of_days(within: dict[str, Any], start: date, end: date) -> None:
    """Today is the last of the last days and the first of the next ones; the zone says which day it is."""
    assert _ends(_DAYS, within, NOW) == [start, end]


@pytest.mark.parametrize(
    ("within", "start", "end"),
    [
        ({"last": 36, "unit": "HOURS"}, datetime(2026, 3, 30, 10, 30, tzinfo=UTC), NOW),
        # The clocks in Berlin went forward on 29 March.
        (
            {"last": 7, "unit": "DAYS", "timeZone": "Europe/Berlin"},
            datetime(2026, 3, 24, 23, 30, tzinfo=UTC),
            NOW,
        ),
        ({"last": 1, "unit": "MONTHS"}, datetime(2026, 2, 28, 22, 30, tzinfo=UTC), NOW),
        ({"next": 1, "unit": "QUARTERS"}, NOW, datetime(2026, 6, 30, 22, 30, tzinfo=UTC)),
        (
            {"this": "MONTH", "timeZone": "Europe/Berlin"},
            datetime(2026, 3, 31, 22, tzinfo=UTC),
            datetime(2026, 4, 30, 22, tzinfo=UTC),
        ),
        ({"this": "YEAR"}, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_periods_of_moments(within: dict[str, Any], start: datetime, end: datetime) -> None:
    """From the same time on the zone's clocks until now, or from now on."""
    assert _ends(_MOMENTS, within, NOW) == [start, end]


def test_a_kept_plan_does_not_keep_the_time() -> None:
    """The same plan gives another interval at another moment."""
    later = datetime(2026, 4, 1, 5, tzinfo=UTC)
    assert _ends(_DAYS, {"this": "DAY"}, NOW)[0] == date(2026, 3, 31)
    assert _ends(_DAYS, {"this": "DAY"}, later)[0] == date(2026, 4, 1)


_ZONES = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
_WITHIN = st.one_of(
    st.fixed_dictionaries(
        {"this": st.sampled_from(["DAY", "WEEK", "MONTH", "QUARTER", "YEAR"])}, optional={"timeZone": _ZONES}
    ),
    st.tuples(
        st.sampled_from(["last", "next"]),
        st.integers(1, 400),
        st.sampled_from(["DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS"]),
        _ZONES,
    ).map(lambda part: {part[0]: part[1], "unit": part[2], "timeZone": part[3]}),
)


@given(
    _WITHIN,
    st.datetimes(datetime(2020, 1, 1), datetime(2032, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - a zone follows
    st.integers(-500, 500),
)
def test_the_interval_holds_what_is_in_the_period(within: dict[str, Any], now: datetime, distance: int) -> None:
    """Asked of any day, the interval and the oracle's own reading agree."""
    start, end = _ends(_DAYS, within, now)
    for day in (start, end, date.fromordinal(now.date().toordinal() + distance)):
        assert (start <= day < end) == is_within(day, within, "UTC", now)
