"""Rules and defaults of properties: what keeps them, what is unsound, what the writer makes of them."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from graphdb.catalog.model import Option, OptionSet, Property, PropertyType
from graphdb.catalog.parts import RollUp, RollUpFunction, Rules
from graphdb.rules import check_default, check_rules, default_of, rule_fault


def prop(kind: PropertyType, **rules: Any) -> Property:
    """A property with rules."""
    return Property(name="it", type=kind, label="It", rules=Rules(**rules))


T = PropertyType
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "rules", "kept", "broken", "fault"),
    [
        (T.NUMBER, {"least": "0.5"}, 0.5, 0.25, "expected at least 0.5, found 0.25"),
        (T.INTEGER, {"greatest": "100"}, 100, 101, "expected at most 100, found 101"),
        (T.MONEY, {"least": "1.50"}, 15_000, 14_900, "expected at least 1.50, found 1.49"),
        (T.DATE, {"least": "2026-01-01"}, date(2026, 1, 1), date(2025, 12, 31), "found 2025-12-31"),
        (T.DATETIME, {"greatest": "2026-11-22T13:00:00+01:00"}, NOON, NOON.replace(minute=1), "found 2026-11-22T12:01"),
        (T.STRING, {"shortest": 2}, "ab", "a", "expected at least 2 characters, found 1"),
        (T.TEXT, {"longest": 2}, "é" * 2, "abc", "expected at most 2 characters, found 3"),
        (T.MULTI_ENUMERATION, {"longest": 1}, ["A"], ["A", "B"], "expected at most 1 options, found 2"),
        (T.STRING, {"pattern": "[A-Z]{2}[0-9]+"}, "AB12", "AB12x", "as a whole, found 'AB12x'"),
        (T.EMAIL, {"pattern": ".*@example\\.com"}, "a@example.com", "a@example.org", "matches the pattern"),
    ],
)
def test_a_value_keeps_its_rules_or_the_fault_says_how_not(
    kind: PropertyType, rules: dict[str, Any], kept: Any, broken: Any, fault: str
) -> None:
    ruled = prop(kind, **rules)

    assert check_rules(ruled) == []
    assert rule_fault(ruled, kept) is None
    assert fault in str(rule_fault(ruled, broken))
    assert rule_fault(ruled, None) is None, "unset keeps every rule"


@pytest.mark.parametrize(
    ("kind", "rules", "fault"),
    [
        (T.NUMBER, {"least": "2", "greatest": "1"}, "least: expected at most the greatest, 1, found 2"),
        (T.NUMBER, {"least": "much"}, "least: expected a plain decimal number"),
        (T.NUMBER, {"least": " "}, "least: expected a value, found blank text"),
        (T.DATETIME, {"least": "2026-01-01T00:00:00"}, "least: expected"),
        (T.STRING, {"shortest": 3, "longest": 2}, "shortest: expected at most the longest, 2, found 3"),
        (T.STRING, {"longest": -1}, "longest: expected at least 0, found -1"),
        (T.STRING, {"least": "1"}, "least: expected none for the type string"),
        (T.BOOLEAN, {"pattern": "a"}, "pattern: expected none for the type boolean"),
        (T.STRING, {"pattern": "("}, "missing )"),
        (T.STRING, {"pattern": "(?=a)"}, "expected a regular expression of RE2's syntax"),
        (T.STRING, {"pattern": "\ud800"}, "expected a regular expression of RE2's syntax"),
        (T.STRING, {"pattern": "a" * 1_001}, "pattern: expected at most 1,000 characters, found 1,001"),
        (T.STRING, {"pattern": "((a{100}){100}){100}"}, "expected a regular expression"),
    ],
)
def test_unsound_rules_are_refused_with_the_rules_name(kind: PropertyType, rules: dict[str, Any], fault: str) -> None:
    (found,) = check_rules(prop(kind, **rules))

    assert fault in found
    assert found.split(":")[0] in rules


def test_no_pattern_can_hold_the_program_up() -> None:
    ruled = prop(T.TEXT, pattern="(a*)*(a|aa)+(.*)*b")
    began = time.monotonic()

    assert rule_fault(ruled, "a" * 100_000) is not None
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("kind", "text", "stored"),
    [
        (T.NUMBER, "1", 1.0),
        (T.MONEY, '"1.5"', 15_000),
        (T.MONEY, "2", 20_000),
        (T.DATE, '"2026-11-22"', date(2026, 11, 22)),
        (T.DATETIME, '"2026-11-22T13:00:00+01:00"', NOON),
        (T.BOOLEAN, "false", False),
        (T.STRING, '" a "', "a"),
        (T.ENUMERATION, '"A"', "A"),
        (T.MULTI_ENUMERATION, '["B","A"]', ["A", "B"]),
        (T.JSON, '{"a": [1]}', '{"a":[1]}'),
    ],
)
def test_a_default_is_written_as_inputs_have_it(kind: PropertyType, text: str, stored: Any) -> None:
    options = OptionSet(name="X", label="X", options=(Option(name="A", label="A"), Option(name="B", label="B")))
    found = Property(name="it", type=kind, label="It", default=text)

    assert check_default(found, options) == []
    assert default_of(found, options) == stored


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        (T.NUMBER, '"1"', "expected a number"),
        (T.NUMBER, "{", "expected a value as JSON text"),
        (T.NUMBER, "null", "expected a value that is not blank"),
        (T.STRING, '" "', "expected a value that is not blank"),
        (T.ENUMERATION, '"A"', "expected an option"),
        (T.MONEY, "1.5", "expected an amount"),
        (T.MONEY, "true", "expected an amount"),
    ],
)
def test_a_default_that_the_property_cannot_hold_is_unsound(kind: PropertyType, text: str, fault: str) -> None:
    (found,) = check_default(Property(name="it", type=kind, label="It", default=text), None)

    assert fault in found


def test_a_default_keeps_the_rules_and_is_for_what_clients_can_set() -> None:
    ruled = replace(prop(T.NUMBER, least="2"), default="1")
    roll_up = RollUp(field="deals", function=RollUpFunction.COUNT)
    plain = Property(name="it", type=T.NUMBER, label="It", default="1")

    assert check_default(ruled, None) == ["expected at least 2, found 1.0"]
    assert "unique" in check_default(replace(plain, unique=True), None)[0]
    assert "no client can set" in check_default(replace(plain, roll_up=roll_up), None)[0]
