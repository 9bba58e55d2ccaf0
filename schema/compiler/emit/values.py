"""Stored values → the forms in which both engines return them alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.scalars import TYPE_MAPPINGS

if TYPE_CHECKING:
    from schema.ir import Prop


def read(prop: Prop, node: str) -> str:
    """A property's value: datetimes as epoch milliseconds, dates as ISO text, others as they are stored."""
    return read_value(prop, f"{node}.{quote(prop.name)}")


def typed(prop: Prop, node: str) -> str:
    """A property's value in a form that compares and sorts as what a client gives does."""
    name = f"{node}.{quote(prop.name)}"
    return f"datetime({name})" if TYPE_MAPPINGS[prop.type].read == "epoch" else name


def read_value(prop: Prop, name: str) -> str:
    """The same of a value that goes by another name."""
    match TYPE_MAPPINGS[prop.type].read:
        case "epoch":
            return f"datetime({name}).epochMillis"
        case "date":
            return f"toString({name})"
        case _:
            return name
