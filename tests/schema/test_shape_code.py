"""The functions that are written out for a shape: names of a document stay names, whatever Python makes of them."""

from __future__ import annotations

from schema.compiler.result import Frame, compile_shape
from schema.ir import First, Fixed, Leaf, One, RecordShape

FRAME = Frame((), {})


def test_response_keys_may_be_words_of_python() -> None:
    keys = ("def", "None", "row", "frame", "made", "k1", "f0", "__builtins__")
    make = compile_shape([(key, Leaf(index)) for index, key in enumerate(keys)])
    assert make([*range(len(keys))], FRAME) == dict(zip(keys, range(len(keys)), strict=True))


def test_keys_come_in_the_order_of_the_document() -> None:
    make = compile_shape([("b", Leaf(1, str.upper)), ("a", Leaf(0)), ("c", Fixed(None))])
    assert list(make([None, None], FRAME).items()) == [("b", None), ("a", None), ("c", None)]
    assert make([1, "x"], FRAME) == {"b": "X", "a": 1, "c": None}


def test_the_only_record_or_null() -> None:
    inner = RecordShape((("id", Leaf(0)),))
    make = compile_shape([("one", One(0, inner)), ("first", First(0, Leaf(0, str.upper), "none"))])
    assert make([[["a"]]], FRAME) == {"one": {"id": "a"}, "first": "A"}
    assert make([[]], FRAME) == {"one": None, "first": "none"}
