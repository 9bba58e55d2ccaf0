"""Which of the two media types an answer is written in, from ``Accept``; in which coding, from ``Accept-Encoding``.

``application/graphql-response+json`` is the one of the GraphQL-over-HTTP specification: its HTTP status says
whether the document was carried out. ``application/json`` is the older custom: 200 for every well-formed
request. A client that does not say gets the older one.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache


class MediaType(StrEnum):
    """What an answer can be written as."""

    GRAPHQL_RESPONSE = "application/graphql-response+json"
    JSON = "application/json"


class Coding(StrEnum):
    """What an answer can be compressed with, the cheapest first."""

    ZSTD = "zstd"
    BROTLI = "br"
    GZIP = "gzip"


@lru_cache(maxsize=256)
def choose(accept: str) -> MediaType | None:
    """The media type a client likes best; None if it takes neither.

    Args:
        accept: The ``Accept`` header; empty if there is none.
    """
    if not accept.strip():
        return MediaType.JSON
    ranges = [found for part in accept.split(",") if (found := _range(part))]
    liked = [(quality, media) for media in MediaType if (quality := _quality(ranges, media)) > 0]
    if not liked:
        return None
    best = max(quality for quality, _ in liked)
    # Equally liked: the one that is named first, for a client lists first what it was made for.
    candidates = [media for quality, media in liked if quality == best]
    named = [text for text, _ in ranges if text in candidates]
    return MediaType(named[0]) if named else MediaType.JSON


def accepts_html(accept: str) -> bool:
    """Whether the client is a browser that wants a page."""
    return any(text == "text/html" and quality > 0 for text, quality in map(_range_or_none, accept.split(",")))


@lru_cache(maxsize=256)
def choose_coding(accept_encoding: str, offered: tuple[Coding, ...] = tuple(Coding)) -> Coding | None:
    """The coding that a client likes best; None for none: it names none that is offered, or likes none better.

    Args:
        accept_encoding: The ``Accept-Encoding`` header; empty if there is none.
        offered: What there is, the cheapest first: of several that are liked equally it is taken.
    """
    ranges = {found[0].removeprefix("x-"): found[1] for part in accept_encoding.split(",") if (found := _range(part))}
    rest = ranges.get("*", 0.0)
    liked = {coding: ranges.get(coding.value, rest) for coding in offered}
    best = max(liked.values(), default=0.0)
    if best <= 0 or best < ranges.get("identity", 0.0):
        return None
    return next(coding for coding, quality in liked.items() if quality == best)


def content_type_refused(content_type: str) -> str | None:
    """Why a request body of this content type is not read; None if it is."""
    parts = [part.strip().lower() for part in content_type.split(";")]
    if parts[0] != MediaType.JSON:
        found = f"found {parts[0]!r}" if parts[0] else "found none"
        return f"Expected the content type application/json, {found}."
    charset = next((part.removeprefix("charset=").strip('"') for part in parts if part.startswith("charset=")), None)
    if charset not in (None, "utf-8", "utf8"):
        return f"Expected the character set utf-8, found {charset!r}."
    return None


def _range(part: str) -> tuple[str, float] | None:
    text, *parameters = (piece.strip().lower() for piece in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name == "q":
            try:
                quality = float(value)
            except ValueError:
                return None
        elif name == "charset" and value.strip('"') not in ("utf-8", "utf8"):
            return None
    return (text, quality) if text else None


def _range_or_none(part: str) -> tuple[str, float]:
    return _range(part) or ("", 0.0)


def _quality(ranges: list[tuple[str, float]], media: MediaType) -> float:
    """The quality of the most specific range that covers the media type; 0 if none does."""
    for wanted in (media.value, "application/*", "*/*"):
        found = [quality for text, quality in ranges if text == wanted]
        if found:
            return max(found)
    return 0.0
