"""What a value must be besides being of its property's type, and what a new record gets that is given none.

Pure. The writer and the checks of existing records ask the same ``rule_fault``. Patterns are RE2's, which takes time in
proportion to the text whatever the pattern: no expression that an account writes can hold the program up.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import re2

from graphdb.catalog.model import Property, PropertyType
from graphdb.values import MONEY_SCALE, normalise, parse_text, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import OptionSet
    from graphdb.catalog.parts import Rules

PATTERN_LENGTH_MAX: Final = 1_000
"""Most characters of a pattern."""

_PATTERN_BYTES_MAX: Final = 1 << 20
"""What a compiled pattern may take; a larger one is refused."""
_PATTERNED: Final = frozenset(
    {PropertyType.STRING, PropertyType.TEXT, PropertyType.EMAIL, PropertyType.PHONE, PropertyType.URL}
)
_LISTED: Final = {PropertyType.MULTI_ENUMERATION: "options", PropertyType.EMAIL_LIST: "addresses"}
_MEASURED: Final = _PATTERNED | _LISTED.keys()
_ORDERED: Final = frozenset(
    {PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY, PropertyType.DATE, PropertyType.DATETIME}
)
_WRITTEN_AS_TEXT: Final = frozenset({PropertyType.MONEY, PropertyType.DATE, PropertyType.DATETIME})


def rule_fault(prop: Property, value: Any) -> str | None:
    """How a stored value breaks its property's rules: what was expected and what was found; None if it keeps them.

    Args:
        prop: The property, with rules in which ``check_rules`` finds nothing wrong.
        value: A value as ``normalise`` gives it; None, for unset, keeps every rule.
    """
    rules = prop.rules
    if rules is None or value is None:
        return None
    if prop.type in _ORDERED:
        if rules.least is not None and value < _bound(prop.type, rules.least):
            return f"expected at least {rules.least}, found {_written(prop.type, value)}"
        if rules.greatest is not None and value > _bound(prop.type, rules.greatest):
            return f"expected at most {rules.greatest}, found {_written(prop.type, value)}"
    if prop.type in _MEASURED:
        unit = _LISTED.get(prop.type, "characters")
        if rules.shortest is not None and len(value) < rules.shortest:
            return f"expected at least {rules.shortest:,} {unit}, found {len(value):,}"
        if rules.longest is not None and len(value) > rules.longest:
            return f"expected at most {rules.longest:,} {unit}, found {len(value):,}"
    if rules.pattern is not None and prop.type in _PATTERNED and _compiled(rules.pattern).fullmatch(value) is None:
        return f"expected text that matches the pattern {shown(rules.pattern)} as a whole, found {shown(repr(value))}"
    return None


def check_rules(prop: Property) -> list[str]:
    """What is unsound about a property's rules, each with the rule's name in front."""
    return [] if prop.rules is None else list(_rule_faults(prop, prop.rules))


def check_default(prop: Property, options: OptionSet | None) -> list[str]:
    """What is unsound about a property's default value."""
    if prop.default is None:
        return []
    if prop.calculated or prop.read_only:
        return ["expected none, for no client can set the property"]
    if prop.unique:
        return ["expected none, for the property is unique and two records would get the same value"]
    try:
        value = default_of(prop, options)
    except ValueError as error:
        return [str(error)]
    if value is None:
        return [f"expected a value that is not blank, found {shown(prop.default)}"]
    fault = None if check_rules(prop) else rule_fault(prop, value)
    return [] if fault is None else [fault]


def default_of(prop: Property, options: OptionSet | None) -> Any:
    """The stored form of a property's default value; None if it has none.

    Args:
        prop: The property; its default is JSON text of a value as inputs have it.
        options: For enumerations, what ``options_of`` gives.

    Raises:
        ValueError: The property cannot hold it; never for a property in which ``check_default`` finds nothing wrong.
    """
    if prop.default is None:
        return None
    try:
        given = json.loads(prop.default)
    except (ValueError, RecursionError):
        raise ValueError(f"expected a value as JSON text, found {shown(prop.default)}") from None
    if prop.type is PropertyType.MONEY and isinstance(given, int) and not isinstance(given, bool):
        given = str(given)  # an amount as inputs have it, not as it is stored
    if prop.type in _WRITTEN_AS_TEXT and isinstance(given, str):
        return parse_text(prop, options, given)
    return normalise(prop, given, options)


def _rule_faults(prop: Property, rules: Rules) -> Iterator[str]:
    for name, types in (
        ("least", _ORDERED),
        ("greatest", _ORDERED),
        ("shortest", _MEASURED),
        ("longest", _MEASURED),
        ("pattern", _PATTERNED),
    ):
        if getattr(rules, name) is not None and prop.type not in types:
            yield f"{name}: expected none for the type {prop.type}, found {shown(repr(getattr(rules, name)))}"
    if prop.type in _ORDERED:
        yield from _bound_faults(prop.type, rules)
    for name, count in (("shortest", rules.shortest), ("longest", rules.longest)):
        if count is not None and count < 0:
            yield f"{name}: expected at least 0, found {count}"
    if rules.shortest is not None and rules.longest is not None and rules.shortest > rules.longest:
        yield f"shortest: expected at most the longest, {rules.longest}, found {rules.shortest}"
    if rules.pattern is not None:
        yield from _pattern_faults(rules.pattern)


def _bound_faults(kind: PropertyType, rules: Rules) -> Iterator[str]:
    bounds: list[Any] = []
    for name, text in (("least", rules.least), ("greatest", rules.greatest)):
        if text is None:
            continue
        try:
            bounds.append(_bound(kind, text))
        except ValueError as error:
            yield f"{name}: {error}"
    if rules.least is not None and rules.greatest is not None and bounds[1:] and bounds[0] > bounds[1]:
        yield f"least: expected at most the greatest, {rules.greatest}, found {rules.least}"


def _pattern_faults(pattern: str) -> Iterator[str]:
    if len(pattern) > PATTERN_LENGTH_MAX:
        yield f"pattern: expected at most {PATTERN_LENGTH_MAX:,} characters, found {len(pattern):,}"
        return
    try:
        _compiled(pattern)
    except ValueError as error:
        yield f"pattern: {error}"


@lru_cache(maxsize=1024)
def _bound(kind: PropertyType, text: str) -> Any:
    """A bound in stored form."""
    value = parse_text(Property(name="bound", type=kind, label="bound"), None, text)
    if value is None:
        raise ValueError("expected a value, found blank text")
    return value


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _PATTERN_BYTES_MAX
    try:
        return re2.compile(pattern, options)
    except (re2.error, UnicodeEncodeError) as error:
        found = error.args[0] if isinstance(error, re2.error) and error.args else error
        reason = found.decode(errors="replace") if isinstance(found, bytes) else str(found)
        message = f"expected a regular expression of RE2's syntax, found {shown(repr(pattern))}: {reason}"
        raise ValueError(message) from None


def _written(kind: PropertyType, value: Any) -> str:
    """A stored value as inputs have it."""
    if kind is PropertyType.MONEY:
        return f"{Decimal(value) / MONEY_SCALE:f}"
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)
