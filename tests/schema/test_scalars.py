"""Values in and out: what is taken, what is refused, what is printed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLScalarType, parse_const_value, parse_value, print_ast
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog.model import PropertyType
from graphdb.printed import print_date_time, print_decimal
from graphdb.values import MAX_INTEGER
from schema.scalars import (
    JSON,
    TYPE_MAPPINGS,
    Date,
    DateTime,
    Decimal,
    Long,
    parse_date,
    parse_date_time,
    parse_decimal,
    parse_long,
)

UNITS = 10**16 - 1


def _literal(scalar: GraphQLScalarType, text: str) -> Any:
    """A literal as the scalar reads it."""
    assert scalar.coerce_input_literal is not None
    return scalar.coerce_input_literal(parse_const_value(text))


@pytest.mark.parametrize(
    ("text", "units", "printed"),
    [
        ("0", 0, "0.00"),
        ("-0", 0, "0.00"),
        ("12.5", 125_000, "12.50"),
        ("12.5000", 125_000, "12.50"),
        ("-0.0001", -1, "-0.0001"),
        ("0.001", 10, "0.001"),
        ("007", 70_000, "7.00"),
        (3, 30_000, "3.00"),
        (-3, -30_000, "-3.00"),
        ("999999999999.9999", UNITS, "999999999999.9999"),
        ("-999999999999.9999", -UNITS, "-999999999999.9999"),
    ],
)
def test_decimals(text: Any, units: int, printed: str) -> None:
    assert parse_decimal(text) == units
    assert print_decimal(units) == printed


@pytest.mark.parametrize(
    "value",
    [
        1.5, 1.0, True, None, "", " 1", "1 ", "1_000", "1,000", "1e3", "NaN", "Infinity", "-", ".5", "1.", "+1",
        "1.23456", "1234567890123", 10**12, "٣", "1\n", [], {},
    ],
)  # fmt: skip
def test_what_is_no_decimal(value: Any) -> None:
    with pytest.raises(GraphQLError, match="Decimal expects"):
        parse_decimal(value)


@given(st.integers(-UNITS, UNITS))
def test_amounts_come_back_as_they_were(units: int) -> None:
    """What is printed is read as the same amount, through every way in."""
    text = print_decimal(units)
    assert parse_decimal(text) == units
    assert Decimal.coerce_input_value(text) == units
    assert _literal(Decimal, json.dumps(text)) == units


@given(st.integers(10**16, 2**63 - 1))
def test_larger_sums_are_printed_exactly(units: int) -> None:
    """A sum may hold more digits than an input."""
    whole, _, fraction = print_decimal(units).partition(".")
    assert int(whole) * 10_000 + int(fraction.ljust(4, "0")) == units


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("2026-11-22T09:30:00Z", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22t09:30:00z", "2026-11-22T09:30:00.000Z"),
        ("2026-11-22T09:30:00.1Z", "2026-11-22T09:30:00.100Z"),
        ("2026-11-22T09:30:00.123999999Z", "2026-11-22T09:30:00.123Z"),
        ("2026-11-22T00:30:00+05:30", "2026-11-21T19:00:00.000Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
    ],
)
def test_moments(text: str, printed: str) -> None:
    moment = parse_date_time(text)
    assert moment.tzinfo is UTC
    assert print_date_time(moment) == printed
    assert parse_date_time(printed) == moment


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-22", "2026-11-22T09:30:00", "2026-11-22 09:30:00Z", "2026-11-22T09:30Z", "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z", "2026-11-22T09:30:61Z", "2026-11-22T09:30:00+25:00", "2026-11-22T09:30:00+0100",
        "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "now", "", 0, 1.5, None, True,
        "\uff12026-11-22T09:30:00Z",
        "2026-11-22T09:30:00.Z", "2026-11-22T09:30:00Z\n",
    ],
)  # fmt: skip
def test_what_is_no_moment(value: Any) -> None:
    with pytest.raises(GraphQLError, match="DateTime expects"):
        parse_date_time(value)


@given(
    st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30)),  # noqa: DTZ001  # hypothesis wants them naive
    st.integers(-23 * 60, 23 * 60),
)
def test_moments_come_back_to_the_millisecond(naive: datetime, offset: int) -> None:
    """Whatever the offset they were written with."""
    moment = naive.replace(tzinfo=timezone(timedelta(minutes=offset)))
    read = parse_date_time(moment.isoformat(timespec="microseconds"))
    assert timedelta() <= moment - read < timedelta(milliseconds=1)
    assert parse_date_time(print_date_time(read)) == read
    milliseconds = (read - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    assert print_date_time(milliseconds) == print_date_time(read)


@pytest.mark.parametrize("text", ["2026-11-22", "0001-01-01", "9999-12-31", "2024-02-29"])
def test_days(text: str) -> None:
    assert str(parse_date(text)) == text


@pytest.mark.parametrize(
    "value", ["2025-02-29", "20261122", "2026-W01-1", "2026-11-22T00:00:00Z", "", 5, None, "\u0662026-11-22"]
)
def test_what_is_no_day(value: Any) -> None:
    with pytest.raises(GraphQLError, match="Date expects"):
        parse_date(value)


@given(st.dates())
def test_days_come_back(day: date) -> None:
    assert _literal(Date, f'"{day}"') == day
    assert Date.coerce_output_value(day) == str(day)


@pytest.mark.parametrize("value", [0, -1, MAX_INTEGER, -MAX_INTEGER, 3_000_000_000])
def test_longs(value: int) -> None:
    assert parse_long(value) == value
    assert _literal(Long, str(value)) == value


@pytest.mark.parametrize("value", [MAX_INTEGER + 1, -MAX_INTEGER - 1, 1.0, "1", True, None])
def test_what_is_no_long(value: Any) -> None:
    with pytest.raises(GraphQLError, match="Long expects"):
        parse_long(value)


@pytest.mark.parametrize(
    ("scalar", "literal"),
    [(Decimal, "1.5"), (Decimal, "true"), (Decimal, "ABC"), (Date, "20261122"), (DateTime, "0"), (Long, '"1"'),
     (Long, "1.0"), (Long, "[1]"), (Decimal, "{a: 1}")],
)  # fmt: skip
def test_literals_of_another_kind_are_refused_as_the_document_has_them(scalar: Any, literal: str) -> None:
    """The error shows the literal and where it stands."""
    node = parse_value(literal)
    with pytest.raises(GraphQLError) as caught:
        scalar.coerce_input_literal(node)
    assert f"found {print_ast(node)}." in caught.value.message
    assert caught.value.nodes == [node]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_json_values_pass_as_they_are(value: Any) -> None:
    assert JSON.coerce_input_value(value) == value


def test_every_property_type_has_a_mapping() -> None:
    """And each but the enumerations a scalar and a filter."""
    assert set(TYPE_MAPPINGS) == set(PropertyType)
    for kind, mapping in TYPE_MAPPINGS.items():
        assert (mapping.scalar is None) == (kind in {PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION})
