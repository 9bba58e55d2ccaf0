"""Search → Cypher: by the full-text index where there is one, else by looking at every record.

The index only finds candidates: the same condition decides on every engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from graphdb.words import WORDS_PROPERTY
from schema.compiler.emit.params import ValueParam
from schema.ir import Const

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Found, Words

_HELD = quote(WORDS_PROPERTY)
_CAUGHT_UP = "CALL db.index.fulltext.awaitEventuallyConsistentIndexRefresh()"
"""Waits until the index has what was committed before, which it takes in behind the commits (``graphdb.bootstrap``)."""


def candidates(source: Found, node: str, names: Names) -> tuple[str, list[str]]:
    """What binds the candidates, and the conditions on them."""
    beginnings = names.param(ValueParam(source.words.text, source.words.beginnings))
    labels = names.value(Const(list(source.labels)))
    wanted = [
        f"all(word IN {beginnings} WHERE {node}.{_HELD} CONTAINS word)",
        f"any(label IN labels({node}) WHERE label IN {labels})",  # which is also what makes a record a live one
    ]
    if source.index is None:
        return f"MATCH ({node}:`Record`)", [f"{node}.{_HELD} IS NOT NULL", *wanted]
    index = names.value(Const(source.index))
    query = names.param(ValueParam(source.words.text, source.words.query))
    return f"{_CAUGHT_UP} CALL db.index.fulltext.queryNodes({index}, {query}) YIELD node AS {node}", wanted


def score(words: Words, node: str, names: Names) -> str:
    """The share of the words that stand there whole, and one more for each that the record's name begins with."""
    beginnings = names.param(ValueParam(words.text, words.beginnings))
    whole = names.param(ValueParam(words.text, words.whole))
    held = f"{node}.{_HELD}"
    share = f"toFloat(size([word IN {whole} WHERE {held} CONTAINS word])) / size({whole})"
    return f"{share} + size([word IN {beginnings} WHERE {held} STARTS WITH word])"
