"""The expected answer of ``search``; part of ``tests.oracle``."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from schema.compiler.cursors import encode_cursor, order_mark
from schema.ir import OrderKey, Prop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.oracle.answers import Oracle
    from tests.oracle.graph import Record

_TYPES = {"string", "text", "email", "email_list", "phone", "url"}
_ALONE = {"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}
_MARK = order_mark(
    [OrderKey(Prop("search.score", PropertyType.NUMBER), descending=True), OrderKey(Prop("id", PropertyType.STRING))]
)
_CURSORS: dict[str, tuple[float, str]] = {}


def words(text: str) -> list[str]:
    """Runs of letters and digits, without case and accents."""
    found, word = [], ""
    for sign in unicodedata.normalize("NFKD", text.casefold()) + " ":
        plain = _ALONE.get(sign, sign)
        if unicodedata.combining(sign):
            continue
        if plain.isalnum():
            word += plain
        elif word:
            found.append(word[:64])
            word = ""
    return found


class SearchPage:
    """A page of what was found."""

    def __init__(self, oracle: Oracle, arguments: Mapping[str, Any]) -> None:
        wanted = list(dict.fromkeys(words(arguments["text"])))
        types = arguments.get("types")
        self._oracle = oracle
        self.scores: dict[str, float] = {}
        for record in oracle.graph.records.values():
            held = self._words(record) if types is None or record.type.upper() in types else []
            if held and all(any(word.startswith(one) for word in held) for one in wanted):
                whole = sum(one in held for one in wanted) / len(wanted)
                self.scores[record.id] = whole + sum(held[0].startswith(one) for one in wanted)
        self.total = len(self.scores)
        order = sorted(self.scores, key=lambda one: (-self.scores[one], one))
        self._after = arguments.get("after")
        if self._after is not None:
            score, last = _CURSORS[self._after]
            order = [one for one in order if (-self.scores[one], one) > (-score, last)]
        first = arguments.get("first")
        first = oracle.limits.page_size_root if first is None else first
        self.records, self._more = [oracle.graph.records[one] for one in order[:first]], len(order) > first

    def edges(self) -> list[SearchEdge]:
        """The page's edges."""
        return [SearchEdge(record, self) for record in self.records]

    def cursor(self, record: Record) -> str:
        """A record's cursor."""
        text = encode_cursor(_MARK, [self.scores[record.id]], record.id)
        _CURSORS[text] = (self.scores[record.id], record.id)
        return text

    def page_info(self) -> dict[str, Any]:
        """Where the page stands."""
        cursors = [self.cursor(record) for record in self.records]
        return {
            "hasNextPage": self._more,
            "hasPreviousPage": self._after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }

    def _words(self, record: Record) -> list[str]:
        object_type = self._oracle.catalog.by_name[record.type]
        texts = [prop.name for prop in object_type.properties if prop.type.value in _TYPES]
        names = [name for group in object_type.display for name in group]
        held = [record.values.get(name, "") for name in (*names, *texts)]
        each = [text for value in held for text in (value if isinstance(value, list) else [value])]
        return [word for text in each for word in words(str(text))]


@dataclass(slots=True)
class SearchEdge:
    """One of the page's records."""

    node: Record
    page: SearchPage

    @property
    def score(self) -> float:
        """How well it matches."""
        return self.page.scores[self.node.id]
