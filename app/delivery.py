"""How an answer travels: not at all to a client that has it, else compressed the way that the client likes best.

A tag is made from the answer's bytes before they are compressed, and it is a weak one, for the same answer may travel
in several codings. Levels are those at which the smaller answer still costs less than it saves (docs/performance.md):
what is spent here is the processor that answers the next request.
"""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from typing import TYPE_CHECKING, Final

import brotli
import zstandard
from starlette.responses import Response

from app.negotiation import Coding, choose_coding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
GZIP_WINDOW: Final = 31
"""What zlib calls a gzip header around the largest window."""
_ZSTD_LEVEL: Final = 3
_BROTLI_QUALITY: Final = 2
_GZIP_LEVEL: Final = 3
_IN_THREAD_BYTES: Final = 262_144
"""A larger answer takes half a millisecond or more to compress: other requests go on meanwhile."""


def entity_tag(body: bytes) -> str:
    """What tells an answer from others, whatever its coding."""
    return f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'


def has(request: Request, tag: str) -> bool:
    """Whether the client that asks says that it has what the tag stands for; compared weakly, as for any GET."""
    if request.method not in SAFE_METHODS:
        return False
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or tag.removeprefix("W/") in known


async def deliver(
    request: Request,
    body: bytes,
    *,
    status: int,
    media_type: str,
    headers: Mapping[str, str],
    tagged: bool,
    compress_from: int,
) -> Response:
    """An answer as its client gets it.

    Args:
        request: What is answered.
        body: The answer.
        status: Its HTTP status.
        media_type: Its content type.
        headers: Its other headers.
        tagged: Whether it may be kept, and asked for again by its tag; only of what was read without an error.
        compress_from: The size from which it is compressed, in bytes; 0 for never.
    """
    sent = dict(headers)
    if compress_from:
        sent["vary"] = f"{sent['vary']}, accept-encoding" if "vary" in sent else "accept-encoding"
    if tagged and request.method in SAFE_METHODS:
        tag = entity_tag(body)
        sent |= {"etag": tag, "cache-control": "private, no-cache"}
        if has(request, tag):
            return Response(status_code=304, headers=sent)
    if compress_from and len(body) >= compress_from:
        coding = choose_coding(request.headers.get("accept-encoding", ""))
        if coding is not None:
            sent["content-encoding"] = coding.value
            large = len(body) >= _IN_THREAD_BYTES
            body = await asyncio.to_thread(compress, coding, body) if large else compress(coding, body)
    return without_body(request, Response(body, status_code=status, media_type=media_type, headers=sent))


def without_body(request: Request, response: Response) -> Response:
    """The answer to a HEAD: the headers of the GET, its length included."""
    if request.method == "HEAD":
        response.body = b""
    return response


def compress(coding: Coding, body: bytes) -> bytes:
    """A body in a coding."""
    match coding:
        case Coding.ZSTD:
            return zstandard.ZstdCompressor(level=_ZSTD_LEVEL).compress(body)
        case Coding.BROTLI:
            packed: bytes = brotli.compress(body, quality=_BROTLI_QUALITY)
            return packed
        case Coding.GZIP:
            packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
            return packer.compress(body) + packer.flush()
