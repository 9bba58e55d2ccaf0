"""Cursors: every type's values come back, and nothing else is read as a cursor."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog.model import PropertyType
from schema.compiler.cursors import decode_cursor, encode_cursor, order_mark, unset_keys
from schema.ir import OrderKey, Prop

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ID = OrderKey(Prop("id", PropertyType.STRING))
_TEXT = st.text(st.characters(codec="utf-8"))
_MILLISECONDS = st.integers(-62_135_596_800_000, 253_402_300_799_999)
VALUES: dict[PropertyType, st.SearchStrategy[Any]] = {
    PropertyType.STRING: _TEXT,
    PropertyType.EMAIL: _TEXT,
    PropertyType.PHONE: _TEXT,
    PropertyType.URL: _TEXT,
    PropertyType.ENUMERATION: st.from_regex(r"[A-Z_]+", fullmatch=True),
    PropertyType.NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    PropertyType.INTEGER: st.integers(-(2**53) + 1, 2**53 - 1),
    PropertyType.MONEY: st.integers(-(10**16) + 1, 10**16 - 1),
    PropertyType.BOOLEAN: st.booleans(),
    PropertyType.DATE: st.dates(),
    PropertyType.DATETIME: _MILLISECONDS.map(lambda ms: _EPOCH + timedelta(milliseconds=ms)),
}


def _as_read(value: Any) -> Any:
    """A value as a statement returns it."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    return value.isoformat() if isinstance(value, date) else value


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_of_each_type_comes_back(kind: PropertyType) -> None:
    """In stored form, unset ones too."""
    keys = (OrderKey(Prop("value", kind), descending=True), _ID)

    @given(st.none() | VALUES[kind], _TEXT)
    def check(value: Any, record_id: str) -> None:
        text = encode_cursor(order_mark(keys), [_as_read(value)], record_id)
        assert decode_cursor(text, keys) == [value, record_id]
        assert unset_keys(text) == (value is None,)
        assert text.isascii()
        assert "=" not in text

    check()


def test_a_cursor_belongs_to_one_order() -> None:
    """Another property, another direction, fewer keys: refused."""
    amount = Prop("amount", PropertyType.MONEY)
    orders = [
        (_ID,),
        (OrderKey(_ID.prop, descending=True),),
        (OrderKey(amount), _ID),
        (OrderKey(amount, descending=True), _ID),
        (OrderKey(Prop("price", PropertyType.MONEY)), _ID),
        (OrderKey(amount), OrderKey(Prop("price", PropertyType.MONEY)), _ID),
    ]
    marks = [order_mark(keys) for keys in orders]
    assert len(set(marks)) == len(marks)
    for keys in orders:
        text = encode_cursor(order_mark(keys), [1] * (len(keys) - 1), "x")
        assert decode_cursor(text, keys)[-1] == "x"
        for others in orders:
            if others is not keys:
                with pytest.raises(ValueError, match="another orderBy"):
                    decode_cursor(text, others)


def _text(parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (PropertyType.MONEY, "1"), (PropertyType.MONEY, 1.5), (PropertyType.MONEY, True), (PropertyType.STRING, 1),
        (PropertyType.BOOLEAN, 1), (PropertyType.DATE, 1), (PropertyType.DATE, "x"), (PropertyType.DATETIME, "x"),
        (PropertyType.DATETIME, 10**30), (PropertyType.NUMBER, "1"), (PropertyType.NUMBER, [1]),
        (PropertyType.STRING, {"a": 1}), (PropertyType.INTEGER, 1.0),
    ],
)  # fmt: skip
def test_values_of_another_type_are_refused(kind: PropertyType, value: Any) -> None:
    """A forged cursor cannot bring a value into a statement that the property could not have."""
    keys = (OrderKey(Prop("value", kind)), _ID)
    with pytest.raises(ValueError, match=r"it (holds a value of another type|is no cursor)"):
        decode_cursor(_text([order_mark(keys), value, "x"]), keys)


def test_a_whole_number_stands_for_a_float() -> None:
    keys = (OrderKey(Prop("value", PropertyType.NUMBER)), _ID)
    assert decode_cursor(_text([order_mark(keys), 2, "x"]), keys) == [2, "x"]


@given(st.text())
def test_other_text_is_no_cursor(text: str) -> None:
    """Refused with a ValueError, whatever it is."""
    assert unset_keys(text) is None
    with pytest.raises(ValueError, match="it is no cursor"):
        decode_cursor(text, (_ID,))


@pytest.mark.parametrize("parts", [[], ["x"], {}, None, 5, ["x", 1], [1, None], "abc"])
def test_json_of_another_form_is_no_cursor(parts: Any) -> None:
    with pytest.raises(ValueError, match="it is no cursor"):
        decode_cursor(_text(parts), (_ID,))
