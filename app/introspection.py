"""Answers to documents that ask for the schema itself, made once for each catalog version and kept compressed.

Tools ask with a handful of documents without variables, so an answer is known by its document's text. The first time
it is written in a thread, off the event loop and under the request's deadline, and compressed as it is written: of a
large schema the whole text, tens of megabytes, is never in memory. A client that takes gzip gets what is kept as it
is; for others it is expanded.
"""

from __future__ import annotations

import asyncio
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

import orjson

from schema.compiler.introspect import Introspection
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.settings import Settings
    from schema.compiler.document import Operation, Selected

T = TypeVar("T")
_THREADS: Final = 2
"""How many are written at a time: the rest of the process needs the processor too."""
_GZIP: Final = 31
_LEVEL: Final = 5
_BATCH_BYTES: Final = 65_536
_BEFORE: Final = b'{"data":'
_AFTER: Final = b"}"


@dataclass(frozen=True, slots=True)
class Packed:
    """The text of a whole response, ``{"data": ...}``, as gzip."""

    gzipped: bytes

    @property
    def plain(self) -> bytes:
        """The text itself; expanding it takes a millisecond a megabyte."""
        return zlib.decompress(self.gzipped, _GZIP)

    @property
    def data(self) -> orjson.Fragment:
        """The value of ``data`` alone, to stand in a response that holds more."""
        return orjson.Fragment(self.plain[len(_BEFORE) : -len(_AFTER)])

    @classmethod
    def of(cls, pieces: Iterator[bytes]) -> Packed:
        """The compressed form of a text that comes in pieces."""
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
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


class Introspections:
    """The answers of one catalog version, least recently used ones dropped.

    Args:
        settings: The deadline, and how large an answer may be.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._answers: OrderedDict[tuple[str, str], asyncio.Task[Packed]] = OrderedDict()
        self._threads = asyncio.Semaphore(_THREADS)

    async def answer(self, key: tuple[str, str] | None, operation: Operation, fields: Mapping[str, Selected]) -> Packed:
        """The whole response to an operation that selects introspection fields alone.

        Args:
            key: The document and the operation's name; None where the answer depends on variables, too.
            operation: The operation.
            fields: Its root fields by response key.

        Raises:
            TimeoutError: The deadline passed.
            GraphQLError: The answer is too large, or too much is selected.
        """
        if key is None:
            return await self._in_thread(lambda spend: Packed.of(_response(operation, fields, spend)))
        known = self._answers.get(key)
        if known is None:
            # One task for all who ask for it meanwhile; it goes on when one of them leaves.
            work = self._in_thread(lambda spend: Packed.of(_response(operation, fields, spend)))
            known = self._answers[key] = asyncio.create_task(work)
            known.add_done_callback(lambda task: self._settle(key, task))
        else:
            self._answers.move_to_end(key)
        return await asyncio.shield(known)

    async def values(self, operation: Operation, fields: Mapping[str, Selected]) -> dict[str, orjson.Fragment]:
        """The values of some root fields, to stand beside others in a response.

        Raises:
            TimeoutError: The deadline passed.
            GraphQLError: The answer is too large, or too much is selected.
        """
        return await self._in_thread(
            lambda spend: {
                key: orjson.Fragment(b"".join(pieces))
                for key, pieces in Introspection(operation, fields, spend).pieces()
            }
        )

    def _settle(self, key: tuple[str, str], task: asyncio.Task[Packed]) -> None:
        if task.cancelled() or task.exception() is not None:
            self._answers.pop(key, None)
        while len(self._answers) > self._settings.introspections_max:
            self._answers.popitem(last=False)

    async def _in_thread(self, work: Callable[[Callable[[int], None]], T]) -> T:
        deadline = time.monotonic() + self._settings.read_timeout_s
        async with asyncio.timeout(self._settings.read_timeout_s):
            await self._threads.acquire()
        try:
            return await asyncio.to_thread(work, self._budget(deadline))
        finally:
            self._threads.release()

    def _budget(self, deadline: float) -> Callable[[int], None]:
        """What ends work that takes too long or writes too much: a thread cannot be ended from outside."""
        limit = self._settings.introspection_bytes_max
        written = 0

        def spend(size: int) -> None:
            nonlocal written
            written += size
            if written > limit:
                message = f"The answer about the schema is larger than {limit:,} bytes."
                raise refuse(ErrorCode.TOO_COMPLEX, message, limit=limit)
            if time.monotonic() > deadline:
                raise TimeoutError("an introspection document ran past the deadline")

        return spend


def _response(operation: Operation, fields: Mapping[str, Selected], spend: Callable[[int], None]) -> Iterator[bytes]:
    before = _BEFORE + b"{"
    for key, pieces in Introspection(operation, fields, spend).pieces():
        yield before + orjson.dumps(key) + b":"
        yield from pieces
        before = b","
    yield b"}" + _AFTER
