"""Formulas: a small language in which a property is computed from others of the same record.

``parse`` makes a tree of a text, every part with its type, and refuses what has none. So what is parsed can be computed
of every record: an unset value makes what is computed of it unset, and so do a division by zero and a result that its
type cannot hold; a comparison with an unset value is false, and an unset condition counts as false.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeAlias

from graphdb.catalog.model import PropertyType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphdb.catalog.model import ObjectType, Property

LENGTH_MAX: Final = 1_000
"""Characters of a formula."""
DEPTH_MAX: Final = 12
"""Parts within parts: engines plan nested expressions only so deep at a reasonable price."""
PLACES_MAX: Final = 10
"""Places that ``round`` can keep."""

_MONEY_PLACES = 4
_TEXTUAL = frozenset(
    {
        PropertyType.STRING,
        PropertyType.TEXT,
        PropertyType.EMAIL,
        PropertyType.PHONE,
        PropertyType.URL,
        PropertyType.ENUMERATION,
    }
)
_NUMERIC = frozenset({PropertyType.NUMBER, PropertyType.INTEGER})
_AMOUNTS = _NUMERIC | {PropertyType.MONEY}
_DATED = frozenset({PropertyType.DATE, PropertyType.DATETIME})
_ORDERED = _AMOUNTS | _DATED
_READABLE = _TEXTUAL | _ORDERED | {PropertyType.BOOLEAN}
_TOKEN = re.compile(
    r"""(?P<number>\d+(?:\.\d+)?) | (?P<name>[A-Za-z_][A-Za-z0-9_]*) | (?P<text>"(?:[^"\\]|\\["\\])*")
    | (?P<sign><=|>=|!=|[-+*/=<>(),])""",
    re.VERBOSE,
)
_SPACE = re.compile(r"\s*")
_WORDS = frozenset({"and", "or", "not", "true", "false"})


class FormulaError(ValueError):
    """A formula that means nothing; the message gives the position, what was expected and what was found."""


class Operator(StrEnum):
    """What is computed of the parts of a formula. ``TO_NUMBER`` stands where a whole number is taken as any other."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"
    NEGATE = "negate"
    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="
    AND = "and"
    OR = "or"
    NOT = "not"
    IF = "if"
    COALESCE = "coalesce"
    ROUND = "round"
    CONCAT = "concat"
    LOWER = "lower"
    UPPER = "upper"
    DAYS_BETWEEN = "days_between"
    IS_SET = "is_set"
    TO_NUMBER = "to_number"


COMPARISONS: Final = (
    Operator.EQUAL,
    Operator.UNEQUAL,
    Operator.LESS,
    Operator.LESS_OR_EQUAL,
    Operator.GREATER,
    Operator.GREATER_OR_EQUAL,
)


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that the formula holds, in stored form."""

    value: Any
    kind: PropertyType
    written: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A property of the record."""

    prop: Property
    kind: PropertyType


@dataclass(frozen=True, slots=True)
class Call:
    """Something computed of other parts."""

    operator: Operator
    parts: tuple[Expression, ...]
    kind: PropertyType


Expression: TypeAlias = "Literal | Name | Call"


def formula_of(object_type: ObjectType, prop: Property) -> Expression:
    """The formula of a property, as a value of the property's own type.

    Raises:
        FormulaError: The property has none that can be computed.
    """
    found = parse(prop.formula or "", object_type.by_name)
    wanted = _kind(prop.type)
    if prop.type is PropertyType.ENUMERATION or wanted not in _READABLE:
        raise FormulaError(f"expected a property of a type that can be computed, found {prop.type}")
    made = _as(found, wanted)
    if made is None:
        raise FormulaError(f"expected a formula of {prop.type}, as the property is; found one of {found.kind}")
    return made


def names_in(text: str) -> set[str]:
    """The names of properties that a formula reads, also of one that has faults."""
    tokens = list(_tokens(text, lambda _: None))
    return {
        token.text
        for token, after in zip(tokens, [*tokens[1:], _END], strict=True)
        if token.kind == "name" and after.text != "(" and token.text not in _WORDS
    }


def parse(text: str, properties: Mapping[str, Property]) -> Expression:
    """The tree of a formula.

    Args:
        text: The formula.
        properties: What it can read, by name.

    Raises:
        FormulaError: It is not of this language, or some part of it has no type.
    """
    if len(text) > LENGTH_MAX:
        raise FormulaError(f"expected at most {LENGTH_MAX:,} characters, found {len(text):,}")
    return _Parser(text, properties).whole()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


_END = _Token("end", "", 0)


def _tokens(text: str, unknown: Callable[[int], None]) -> Iterator[_Token]:
    at = _SPACE.match(text, 0).end()  # type: ignore[union-attr]  # it matches nothing at least
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            unknown(at)
            at += 1
        else:
            yield _Token(str(found.lastgroup), found[0], at)
            at = found.end()
        at = _SPACE.match(text, at).end()  # type: ignore[union-attr]


def _kind(kind: PropertyType) -> PropertyType:
    return PropertyType.STRING if kind in _TEXTUAL else kind


def _as(part: Expression, kind: PropertyType) -> Expression | None:
    """A part as one of another type that can hold all of its values: a number, or an amount that is written out."""
    if part.kind is kind:
        return part
    if kind is PropertyType.NUMBER and part.kind is PropertyType.INTEGER:
        if isinstance(part, Literal):
            return Literal(float(part.value), kind, part.written)
        return Call(Operator.TO_NUMBER, (part,), kind)
    if kind is PropertyType.MONEY and isinstance(part, Literal) and part.kind in _NUMERIC:
        amount = Decimal(part.written).scaleb(_MONEY_PLACES)
        digits = len(part.written.lstrip("-").partition(".")[0])
        return Literal(int(amount), kind, part.written) if amount == int(amount) and digits <= 12 else None  # noqa: PLR2004 - places of an amount
    return None


class _Parser:
    """Reads one formula, from what binds least to what binds most."""

    def __init__(self, text: str, properties: Mapping[str, Property]) -> None:
        self._properties = properties
        self._length = len(text)
        self._tokens = list(_tokens(text, lambda at: self._refuse(at, "a part of a formula", repr(text[at]))))
        self._next = 0
        self._depth = 0

    def whole(self) -> Expression:
        found = self._expression()
        if self._peek().kind != "end":
            self._unexpected("an operator or the end")
        return found

    # --- what stands there ------------------------------------------------------------------------------------

    def _peek(self) -> _Token:
        return self._tokens[self._next] if self._next < len(self._tokens) else _Token("end", "", self._length)

    def _take(self, *texts: str) -> _Token | None:
        """The next token, if it is one of these."""
        token = self._peek()
        if token.kind not in {"sign", "name"} or token.text not in texts:
            return None
        self._next += 1
        return token

    def _need(self, text: str) -> None:
        if self._take(text) is None:
            self._unexpected(repr(text))

    def _unexpected(self, expected: str) -> NoReturn:
        token = self._peek()
        self._refuse(token.at, expected, "the end" if token.kind == "end" else token.text[:60])

    def _refuse(self, at: int, expected: str, found: str) -> NoReturn:
        raise FormulaError(f"expected {expected} at position {at + 1}, found {found}")

    # --- from what binds least --------------------------------------------------------------------------------

    def _expression(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            self._refuse(self._peek().at, f"at most {DEPTH_MAX} parts within parts", "more")
        found = self._joined("or", lambda: self._joined("and", self._negated))
        self._depth -= 1
        return found

    def _joined(self, word: str, inner: Callable[[], Expression]) -> Expression:
        at = self._peek().at
        parts = [self._condition_if_more(inner(), at, word)]
        while self._take(word):
            at = self._peek().at
            parts.append(self._condition(inner(), at))
        return parts[0] if len(parts) == 1 else Call(Operator(word), tuple(parts), PropertyType.BOOLEAN)

    def _condition_if_more(self, part: Expression, at: int, word: str) -> Expression:
        return self._condition(part, at) if self._peek().text == word else part

    def _condition(self, part: Expression, at: int) -> Expression:
        if part.kind is not PropertyType.BOOLEAN:
            self._refuse(at, "a condition", f"a part of type {part.kind}")
        return part

    def _negated(self) -> Expression:
        if not self._take("not"):
            return self._compared()
        at = self._peek().at
        return Call(Operator.NOT, (self._condition(self._within(self._negated), at),), PropertyType.BOOLEAN)

    def _compared(self) -> Expression:
        left = self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._signed))
        sign = self._take(*COMPARISONS)
        if sign is None:
            return left
        right = self._chain(("+", "-"), lambda: self._chain(("*", "/"), self._signed))
        operator = Operator(sign.text)
        left, right = self._alike((left, right), sign.at)
        if operator not in {Operator.EQUAL, Operator.UNEQUAL} and left.kind not in _ORDERED:
            self._refuse(sign.at, f"= or != between parts of type {left.kind}", sign.text)
        return Call(operator, (left, right), PropertyType.BOOLEAN)

    def _chain(self, signs: tuple[str, ...], inner: Callable[[], Expression]) -> Expression:
        found, links = inner(), 0
        while sign := self._take(*signs):
            links += 1
            if self._depth + links > DEPTH_MAX:
                self._refuse(sign.at, f"at most {DEPTH_MAX} operators in a row", "more")
            found = self._arithmetic(Operator(sign.text), found, inner(), sign.at)
        return found

    def _arithmetic(self, operator: Operator, left: Expression, right: Expression, at: int) -> Expression:
        kinds = (left.kind, right.kind)
        for kind in kinds:
            if kind not in _AMOUNTS:
                self._refuse(at, f"numbers or amounts around {operator}", f"a part of type {kind}")
        if PropertyType.MONEY in kinds:
            if operator is Operator.MULTIPLY and PropertyType.INTEGER in kinds:
                return Call(operator, (left, right), PropertyType.MONEY)
            if operator in {Operator.MULTIPLY, Operator.DIVIDE}:
                self._refuse(at, "what is exact of an amount (+, -, and * by a whole number)", operator.value)
        elif operator is Operator.DIVIDE:
            left, right = (_as(part, PropertyType.NUMBER) or part for part in (left, right))
        left, right = self._alike((left, right), at)
        return Call(operator, (left, right), left.kind)

    def _signed(self) -> Expression:
        sign = self._take("-")
        if sign is None:
            return self._primary()
        part = self._within(self._signed)
        if part.kind not in _AMOUNTS:
            self._refuse(sign.at + 1, "a number or an amount", f"a part of type {part.kind}")
        if isinstance(part, Literal):
            return Literal(-part.value, part.kind, f"-{part.written}".replace("--", ""))
        return Call(Operator.NEGATE, (part,), part.kind)

    def _within(self, inner: Callable[[], Expression]) -> Expression:
        """One level further in."""
        self._depth += 1
        if self._depth > DEPTH_MAX:
            self._refuse(self._peek().at, f"at most {DEPTH_MAX} parts within parts", "more")
        found = inner()
        self._depth -= 1
        return found

    # --- to what binds most -----------------------------------------------------------------------------------

    def _primary(self) -> Expression:
        token = self._peek()
        if self._take("("):
            found = self._expression()
            self._need(")")
            return found
        if token.kind not in {"number", "text", "name"} or token.text in {"and", "or", "not"}:
            self._unexpected("a property, a value or a function")
        self._next += 1
        if token.kind == "number":
            return self._number(token)
        if token.kind == "text":
            return Literal(re.sub(r"\\(.)", r"\1", token.text[1:-1]), PropertyType.STRING)
        if token.text in {"true", "false"}:
            return Literal(token.text == "true", PropertyType.BOOLEAN)
        return self._function(token) if self._take("(") else self._property(token)

    def _number(self, token: _Token) -> Literal:
        if "." in token.text:
            value = float(token.text)
            return Literal(value, PropertyType.NUMBER, token.text)
        if len(token.text) > 15:  # noqa: PLR2004 - digits that every whole number can have
            self._refuse(token.at, "a whole number of at most 15 digits", token.text[:60])
        return Literal(int(token.text), PropertyType.INTEGER, token.text)

    def _property(self, token: _Token) -> Name:
        prop = self._properties.get(token.text)
        if prop is None:
            self._refuse(token.at, "a property of the record", token.text[:60])
        if prop.calculated:
            self._refuse(token.at, "a property that is stored, for a formula reads no other", token.text)
        kind = _kind(prop.type)
        if kind not in _READABLE:
            self._refuse(token.at, "a property of one value", f"{token.text}, which holds {prop.type}")
        return Name(prop, kind)

    def _function(self, token: _Token) -> Expression:
        least, most = _ARGUMENTS.get(token.text, (0, 0))
        if not most:
            self._refuse(token.at, f"a function ({', '.join(sorted(_ARGUMENTS))})", token.text[:60])
        parts: list[Expression] = []
        places: list[int] = []
        while True:
            places.append(self._peek().at)
            parts.append(self._expression())
            if not self._take(","):
                break
        self._need(")")
        if not least <= len(parts) <= most:
            wanted = str(least) if least == most else f"{least} to {most}"
            self._refuse(token.at, f"{wanted} arguments of {token.text}", str(len(parts)))
        return self._call(Operator(token.text), tuple(parts), places, token.at)

    def _call(self, operator: Operator, parts: tuple[Expression, ...], places: list[int], at: int) -> Expression:
        match operator:
            case Operator.IF:
                condition = self._condition(parts[0], places[0])
                chosen = self._alike(parts[1:], places[1])
                return Call(operator, (condition, *chosen), chosen[0].kind)
            case Operator.COALESCE:
                chosen = self._alike(parts, at)
                return Call(operator, chosen, chosen[0].kind)
            case Operator.IS_SET:
                return Call(operator, parts, PropertyType.BOOLEAN)
            case Operator.ROUND:
                self._demand(parts[:1], places, _NUMERIC, "a number")
                number = _as(parts[0], PropertyType.NUMBER) or parts[0]
                digits = parts[1]
                if not isinstance(digits, Literal) or digits.value not in range(PLACES_MAX + 1):
                    self._refuse(places[1], f"how many places to keep, from 0 to {PLACES_MAX}, written out", "another")
                return Call(operator, (number, digits), PropertyType.NUMBER)
            case Operator.DAYS_BETWEEN:
                self._demand(parts, places, _DATED, "a date or a point in time")
                return Call(operator, parts, PropertyType.INTEGER)
        self._demand(parts, places, frozenset({PropertyType.STRING}), "text")
        return Call(operator, parts, PropertyType.STRING)

    def _demand(
        self, parts: tuple[Expression, ...], places: list[int], kinds: frozenset[PropertyType], expected: str
    ) -> None:
        for part, at in zip(parts, places, strict=False):
            if part.kind not in kinds:
                self._refuse(at, expected, f"a part of type {part.kind}")

    def _alike(self, parts: tuple[Expression, ...], at: int) -> tuple[Expression, ...]:
        """Parts as ones of the one type that holds the values of all."""
        kinds = dict.fromkeys(part.kind for part in parts)
        tried = ([_as(part, wanted) for part in parts] for wanted in kinds)
        made = next((one for one in tried if None not in one), None)
        if made is None:
            self._refuse(at, "parts of one type", " and ".join(kinds))
        return tuple(part for part in made if part is not None)


_ARGUMENTS: Final = {
    "if": (3, 3),
    "coalesce": (2, 10),
    "round": (2, 2),
    "concat": (2, 10),
    "lower": (1, 1),
    "upper": (1, 1),
    "days_between": (2, 2),
    "is_set": (1, 1),
}
"""How many arguments each function takes."""
