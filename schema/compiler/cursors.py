"""Cursors: where in an order a record stands, as opaque text.

A cursor holds a mark of its order, then the record's value under each order key (null when unset), then its id:
a keyset, so that a page costs the same however deep it is, and writes before it do not shift it.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import orjson

from graphdb.catalog.model import PropertyType
from graphdb.values import from_epoch
from schema.ir import OrderKey, Prop

if TYPE_CHECKING:
    from collections.abc import Sequence

_DIGITS_MAX = 15
_JSON_TYPES: dict[PropertyType, type] = {
    PropertyType.NUMBER: float,
    PropertyType.INTEGER: int,
    PropertyType.MONEY: int,
    PropertyType.BOOLEAN: bool,
    PropertyType.DATETIME: int,
}


CHANGES: Final = "changes"
"""The mark of cursors of the change log."""

HISTORY: Final = "history"
"""The mark of cursors of a record's history."""

_PLACES: dict[str, tuple[type, ...]] = {CHANGES: (str,), HISTORY: (int, str, str)}


def order_mark(keys: Sequence[OrderKey]) -> str:
    """A short mark of an order, so that a cursor of another list is refused instead of misread."""
    text = ",".join(f"{key.name}{'-' if key.descending else '+'}" for key in keys)
    return f"{zlib.crc32(text.encode()):08x}"


def path_order(nodes: int) -> tuple[OrderKey, ...]:
    """The keys by which paths of one length are ordered: the ids of their records."""
    return tuple(OrderKey(Prop(f"node{index}", PropertyType.STRING, required=True)) for index in range(nodes))


def encode_cursor(mark: str, values: Sequence[Any], record_id: str) -> str:
    """Text for the record with these order values, as the statement returned them."""
    return base64.urlsafe_b64encode(orjson.dumps([mark, *values, record_id])).rstrip(b"=").decode()


def decode_cursor(text: str, keys: Sequence[OrderKey]) -> list[Any]:
    """The value of each order key that a cursor holds, in stored form; the last key is the id.

    Raises:
        ValueError: It is no cursor, or one of another order.
    """
    parts = _parts(text)
    if len(parts) != len(keys) + 1 or parts[0] != order_mark(keys):
        raise ValueError("it belongs to a list with another orderBy")
    return [_stored(value, key) for value, key in zip(parts[1:], keys, strict=True)]


def decode_place(text: str, mark: str) -> list[Any]:
    """What a cursor holds that belongs to no order: the place in the change log, or in a record's history.

    Raises:
        ValueError: It is no cursor, or one of another list.
    """
    parts = _parts(text)
    kinds = _PLACES[mark]
    if parts[0] != mark or tuple(type(part) for part in parts[1:]) != kinds:
        raise ValueError("it belongs to another list")
    if mark == CHANGES and not (parts[1].isdecimal() and len(parts[1]) <= _DIGITS_MAX):
        raise ValueError("it is no cursor")
    return parts[1:]


def unset_keys(text: str) -> tuple[bool, ...] | None:
    """For each order value of a cursor whether it is unset; None for text that is no cursor."""
    try:
        return tuple(value is None for value in _parts(text)[1:-1])
    except ValueError:
        return None


def _parts(text: str) -> list[Any]:
    try:
        parts = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError, ValueError):
        raise ValueError("it is no cursor") from None
    if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[-1], str):  # noqa: PLR2004
        raise ValueError("it is no cursor")
    return parts


def _stored(value: Any, key: OrderKey) -> Any:
    if value is None:
        return None
    expected = _JSON_TYPES.get(key.prop.type, str)
    kind: type = type(value)
    if kind is not expected and (expected, kind) != (float, int):
        raise ValueError("it holds a value of another type")
    try:
        if key.prop.type is PropertyType.DATETIME:
            return from_epoch(value)
        if key.prop.type is PropertyType.DATE:
            return date.fromisoformat(value)
    except (ValueError, OverflowError):
        raise ValueError("it holds a value of another type") from None
    return value
