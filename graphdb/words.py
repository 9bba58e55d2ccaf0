"""Words: what full-text search compares, of records and of what somebody looks for.

A record's words stand on its node as one text, each between spaces, those of its name first. Search asks whether a
word begins so; with the words made here, before they are stored, that is the same question on every engine.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.model import ObjectType

WORDS_PROPERTY = "_words"
"""The node property that holds a record's words."""

WORDS_MAX = 2_000
"""The most words that are kept of one record; its name's come first."""

WORD_LENGTH_MAX = 64
"""Longer words are kept up to here."""

_WORD = re.compile(r"[^\W_]+")
# Letters that are one sign of their own, which no normal form takes apart.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "\u0131": "i"})


def words_of(text: str) -> list[str]:
    """The words of a text in order: letters and digits, without case and accents (Unicode NFKD), each once."""
    if text.isascii():
        return list(dict.fromkeys(word[:WORD_LENGTH_MAX] for word in _WORD.findall(text.lower())))
    folded = unicodedata.normalize("NFKD", text.casefold()).translate(_LETTERS)
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return list(dict.fromkeys(word[:WORD_LENGTH_MAX] for word in _WORD.findall(plain)))


def record_words(object_type: ObjectType, known: Mapping[str, Any]) -> str | None:
    """What is stored of a record's values, as `` ada lovelace ``; None where there is no word."""
    held = (known.get(name) for name in object_type.searched_properties)
    texts = [str(text) for value in held if value for text in (value if isinstance(value, list) else (value,))]
    words = words_of(" ".join(texts))[:WORDS_MAX]
    return f" {' '.join(words)} " if words else None
