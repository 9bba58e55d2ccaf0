"""Large texts that are made once, kept compressed, and answered as the client likes."""

from __future__ import annotations

import asyncio
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from app.delivery import GZIP_WINDOW, entity_tag, has, without_body
from app.negotiation import Coding, choose_coding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping

    from starlette.requests import Request

_LEVEL: Final = 5
"""It is compressed once and answered many times."""
_BATCH_BYTES: Final = 65_536


@dataclass(frozen=True)
class Packed:
    """A text as gzip."""

    gzipped: bytes

    @cached_property
    def tag(self) -> str:
        """What tells it from other texts: a weak entity tag, for it may be answered compressed or not."""
        return entity_tag(self.gzipped)

    @property
    def plain(self) -> bytes:
        """The text itself; expanding it takes a millisecond a megabyte."""
        return zlib.decompress(self.gzipped, GZIP_WINDOW)

    @classmethod
    def of(cls, pieces: Iterable[bytes]) -> Packed:
        """The compressed form of a text that comes in pieces; the whole text is never in memory."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, GZIP_WINDOW)
        packed: list[bytes] = []
        batch: list[bytes] = []
        size = 0
        for piece in pieces:
            batch.append(piece)
            size += len(piece)
            if size >= _BATCH_BYTES:
                packed.append(packer.compress(b"".join(batch)))
                batch.clear()
                size = 0
        return cls(b"".join((*packed, packer.compress(b"".join(batch)), packer.flush())))

    async def response(
        self, request: Request, media_type: str, headers: Mapping[str, str], *, compress: bool
    ) -> Response:
        """The text as an answer: as it is kept to clients that take gzip, expanded to others; none to who has it.

        Args:
            request: What is answered.
            media_type: The answer's content type.
            headers: Its other headers.
            compress: Whether clients may get it compressed.
        """
        if has(request, self.tag):
            return Response(status_code=304, headers=dict(headers))
        accepted = request.headers.get("accept-encoding", "")
        gzipped = compress and choose_coding(accepted, (Coding.GZIP,)) is not None
        body = self.gzipped if gzipped else await asyncio.to_thread(lambda: self.plain)
        encoding = {"content-encoding": "gzip"} if gzipped else {}
        return without_body(request, Response(body, media_type=media_type, headers={**headers, **encoding}))


class PackedTexts:
    """Texts by what they answer; least recently used ones are dropped, and those that failed are not kept.

    Args:
        most: How many are kept.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._tasks: OrderedDict[Hashable, asyncio.Task[Packed]] = OrderedDict()

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Packed]]) -> Packed:
        """The text for a key, made once however many ask for it at a time."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(make())
            task.add_done_callback(lambda done: self._settle(key, done))
        else:
            self._tasks.move_to_end(key)
        # It goes on when one of those who wait for it leaves.
        return await asyncio.shield(task)

    def _settle(self, key: Hashable, task: asyncio.Task[Packed]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._tasks.pop(key, None)
        while len(self._tasks) > self._most:
            self._tasks.popitem(last=False)
