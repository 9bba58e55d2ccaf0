"""Values of random documents in wire form, each as a literal or in a variable."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from graphdb.printed import print_date_time, print_decimal

if TYPE_CHECKING:
    import random

    from graphdb.catalog.model import Property
    from tests.oracle import Oracle


class EnumValue(str):
    """A value that is written without quotes."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """A value at a place of which the GraphQL type is known, so that a variable may stand there.

    Attributes:
        nullable: Whether a variable here may be null.
        optional: Whether a variable here may be absent.
    """

    type: str
    value: Any
    nullable: bool = False
    optional: bool = False


@dataclass(slots=True)
class Variables:
    """The variables of one document.

    Attributes:
        given: What is sent along.
        definitions: What the operation declares.
    """

    dice: random.Random
    given: dict[str, Any] = field(default_factory=dict)
    definitions: list[str] = field(default_factory=list)

    def declared(self) -> str:
        """The operation's variable definitions."""
        return f"({', '.join(self.definitions)})" if self.definitions else ""

    def write(self, graphql_type: str, value: Any, *, nullable: bool = False, optional: bool = False) -> str:
        """A value as it stands in the document."""
        return self.text(Typed(graphql_type, value, nullable, optional))

    def text(self, value: Any) -> str:
        """A literal, parts of which may be variables."""
        if isinstance(value, Typed):
            return self._variable(value) if self.dice.random() < 0.3 else self.text(value.value)
        if isinstance(value, dict):
            return "{" + ", ".join(f"{name}: {self.text(part)}" for name, part in value.items()) + "}"
        if isinstance(value, list):
            return "[" + ", ".join(map(self.text, value)) + "]"
        if isinstance(value, EnumValue):
            return str(value)
        return json.dumps(value, ensure_ascii=self.dice.random() < 0.5)

    def _variable(self, place: Typed) -> str:
        name = f"v{len(self.definitions)}"
        roll = self.dice.random()
        default = ""
        if place.optional and roll < 0.12:
            pass  # absent
        elif place.nullable and roll < 0.24:
            self.given[name] = None
        elif roll < 0.36:
            default = f" = {_literal(plain_value(place.value))}"
            if roll < 0.3:
                self.given[name] = plain_value(place.value)
        else:
            self.given[name] = plain_value(place.value)
        self.definitions.append(f"${name}: {place.type}{default}")
        return f"${name}"


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(part)}" for name, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_literal, value)) + "]"
    return str(value) if isinstance(value, EnumValue) else json.dumps(value)


def plain_value(value: Any) -> Any:
    """A value as JSON carries it."""
    if isinstance(value, Typed):
        return plain_value(value.value)
    if isinstance(value, dict):
        return {name: plain_value(part) for name, part in value.items()}
    return [plain_value(part) for part in value] if isinstance(value, list) else value


def definite(value: Any) -> Any:
    """A value in which no variable may be null or absent: what a cursor was made for has to hold where it is sent."""
    if isinstance(value, Typed):
        return Typed(value.type, definite(value.value))
    if isinstance(value, dict):
        return {name: definite(part) for name, part in value.items()}
    return [definite(part) for part in value] if isinstance(value, list) else value


def wire(prop: Property, value: Any, oracle: Oracle) -> Any:
    """A stored value as a client writes it; of an unset one, some other value of its type."""
    if value is None:
        other: dict[PropertyType, Any] = {
            PropertyType.NUMBER: 1.5,
            PropertyType.INTEGER: 7,
            PropertyType.MONEY: "12.50",
            PropertyType.BOOLEAN: True,
            PropertyType.DATE: "2025-01-01",
            PropertyType.DATETIME: "2025-01-01T00:00:00+02:00",
        }
        if prop.type is PropertyType.ENUMERATION:
            return EnumValue(oracle.catalog.option_sets_by_name[str(prop.option_set)].options[0].name)
        return other.get(prop.type, "none")
    if prop.type is PropertyType.MONEY:
        return print_decimal(value)
    if isinstance(value, datetime):
        return print_date_time(value)
    if isinstance(value, date):
        return value.isoformat()
    return EnumValue(value) if prop.type is PropertyType.ENUMERATION else value
