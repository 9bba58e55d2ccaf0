"""Scalars of our own, and the table from property type to GraphQL.

A coerced input value is already in stored form (``graphdb.values``): ``Decimal`` becomes an integer of
ten-thousandths, ``DateTime`` an aware UTC datetime, ``Date`` a date. Output goes the other way from what the
statement returns: epoch milliseconds, ISO dates, integers of ten-thousandths, JSON text.

Strawberry's and graphql-core's own are too lenient (graphql.md 7): NaN and ``1e999999`` as a Decimal, naive
times and bare dates as a DateTime.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLError,
    GraphQLFloat,
    GraphQLScalarType,
    GraphQLString,
    IntValueNode,
    StringValueNode,
    ValueNode,
    print_ast,
)
from graphql.utilities import value_from_ast_untyped

from graphdb.catalog.model import PropertyType
from graphdb.printed import print_date_time, print_decimal
from graphdb.values import MAX_INTEGER, MONEY_SCALE

if TYPE_CHECKING:
    from collections.abc import Callable

_DECIMAL = re.compile(r"-?\d{1,12}(\.\d{1,4})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})")


def parse_decimal(value: Any) -> int:
    """``"12.5"`` → 125000. An integer is taken as it is; a float is refused, for it may already be wrong."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not _DECIMAL.fullmatch(text):
        raise GraphQLError(
            'Decimal expects a string of up to 12 digits before and 4 after the point, such as "1250.00"; '
            f"found {value!r}."
        )
    whole, _, fraction = text.lstrip("-").partition(".")
    amount = int(whole) * MONEY_SCALE + int(fraction.ljust(4, "0") or 0)
    return -amount if text.startswith("-") else amount


def parse_date_time(value: Any) -> datetime:
    """RFC 3339 with an offset → UTC, cut to milliseconds."""
    match = _DATE_TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise GraphQLError(
            f'DateTime expects RFC 3339 with an offset, such as "2026-11-22T09:30:00Z"; found {value!r}.'
        )
    day, clock, fraction, offset = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}")
        return moment.astimezone(UTC).replace(microsecond=int((fraction or "0").ljust(3, "0")[:3]) * 1000)
    except (ValueError, OverflowError):
        raise GraphQLError(f"DateTime expects a moment that exists; found {value!r}.") from None


def parse_date(value: Any) -> date:
    """``2026-11-22`` → a date."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise GraphQLError(f'Date expects "YYYY-MM-DD"; found {value!r}.')
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise GraphQLError(f"Date expects a day that exists; found {value!r}.") from None


def parse_long(value: Any) -> int:
    """An integer that a double holds exactly, for JavaScript reads JSON numbers as doubles."""
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_INTEGER:
        raise GraphQLError(f"Long expects an integer between -(2^53-1) and 2^53-1; found {value!r}.")
    return value


def _literal(parse: Callable[[Any], Any], *kinds: type[ValueNode]) -> Callable[[ValueNode], Any]:
    """A literal parser: the node must be one of ``kinds``, its text is read as ``parse`` reads a variable."""

    def coerce(node: ValueNode) -> Any:
        try:
            if not isinstance(node, kinds):
                return parse(_Found(print_ast(node)))
            text: str = node.value  # type: ignore[attr-defined]  # both kinds have it
            return parse(int(text) if isinstance(node, IntValueNode) else text)
        except GraphQLError as error:
            raise GraphQLError(error.message, nodes=node) from None

    return coerce


class _Found:
    """A literal of the wrong kind: refused by every parser and printed as the document has it."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _untyped(node: ValueNode) -> Any:
    return value_from_ast_untyped(node)


Decimal = GraphQLScalarType(
    "Decimal",
    description="An exact amount as a string: up to 12 digits before the point and 4 after it. "
    "Printed with 2 to 4 places. A JSON float is refused.",
    specified_by_url="https://scalars.graphql.org/chillicream/decimal.html",
    coerce_output_value=print_decimal,
    coerce_input_value=parse_decimal,
    coerce_input_literal=_literal(parse_decimal, StringValueNode, IntValueNode),
)
DateTime = GraphQLScalarType(
    "DateTime",
    description="A moment: RFC 3339 with an offset. Printed in UTC to the millisecond, as `2026-11-22T09:30:00.000Z`.",
    specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
    coerce_output_value=print_date_time,
    coerce_input_value=parse_date_time,
    coerce_input_literal=_literal(parse_date_time, StringValueNode),
)
Date = GraphQLScalarType(
    "Date",
    description="A day without a time zone, as `2026-11-22`.",
    specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
    coerce_output_value=str,
    coerce_input_value=parse_date,
    coerce_input_literal=_literal(parse_date, StringValueNode),
)
Long = GraphQLScalarType(
    "Long",
    description="An integer between -(2^53-1) and 2^53-1, which a JSON number holds exactly.",
    specified_by_url="https://scalars.graphql.org/jakobmerrild/long.html",
    coerce_output_value=parse_long,
    coerce_input_value=parse_long,
    coerce_input_literal=_literal(parse_long, IntValueNode),
)
JSON = GraphQLScalarType(
    "JSON",
    description="Any JSON value.",
    specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
    coerce_output_value=lambda value: json.loads(value) if isinstance(value, str) else value,
    coerce_input_value=lambda value: value,
    coerce_input_literal=_untyped,
)

OWN_SCALARS = (Decimal, DateTime, Date, Long, JSON)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeMapping:
    """How one property type appears in GraphQL.

    Attributes:
        scalar: Its type; None for enumerations, whose type is their option set's.
        filter: Name of the shared filter input; None where the option set has its own.
        read: How Cypher returns a stored value: as it is, or as ``epoch`` milliseconds or ISO ``date`` text.
        output: From what the statement returned to what the response shows; None when they are the same.
        many: Whether a value is a list.
    """

    scalar: GraphQLScalarType | None
    filter: str | None
    read: str = "plain"
    output: Callable[[Any], Any] | None = None
    many: bool = False


_STRING = TypeMapping(scalar=GraphQLString, filter="StringFilter")
TYPE_MAPPINGS: dict[PropertyType, TypeMapping] = {
    PropertyType.STRING: _STRING,
    PropertyType.TEXT: _STRING,
    PropertyType.EMAIL: _STRING,
    PropertyType.EMAIL_LIST: TypeMapping(scalar=GraphQLString, filter="StringListFilter", many=True),
    PropertyType.PHONE: _STRING,
    PropertyType.URL: _STRING,
    PropertyType.NUMBER: TypeMapping(scalar=GraphQLFloat, filter="FloatFilter"),
    PropertyType.INTEGER: TypeMapping(scalar=Long, filter="LongFilter"),
    PropertyType.MONEY: TypeMapping(scalar=Decimal, filter="DecimalFilter", output=print_decimal),
    PropertyType.BOOLEAN: TypeMapping(scalar=GraphQLBoolean, filter="BooleanFilter"),
    PropertyType.DATE: TypeMapping(scalar=Date, filter="DateFilter", read="date"),
    PropertyType.DATETIME: TypeMapping(scalar=DateTime, filter="DateTimeFilter", read="epoch", output=print_date_time),
    PropertyType.ENUMERATION: TypeMapping(scalar=None, filter=None),
    PropertyType.MULTI_ENUMERATION: TypeMapping(scalar=None, filter=None, many=True),
    PropertyType.JSON: TypeMapping(scalar=JSON, filter="JSONFilter", output=json.loads),
}
