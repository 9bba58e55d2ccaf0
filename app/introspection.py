"""Answers to documents that ask for the schema itself, made once for each catalog version and kept compressed.

Tools ask with a handful of documents without variables, so an answer is known by its document's text. The first time
it is written in a thread, off the event loop and under the request's deadline, and compressed as it is written.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import orjson

from app.packed import Packed, PackedTexts
from schema.compiler.introspect import Introspection
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.settings import Settings
    from schema.compiler.document import Operation, Selected

T = TypeVar("T")
_THREADS: Final = 2
"""How many are written at a time: the rest of the process needs the processor too."""
_BEFORE: Final = b'{"data":'


@dataclass(frozen=True, slots=True)
class PackedResponse:
    """A whole response, ``{"data": ...}``, and what stands in it after the value of ``data``."""

    packed: Packed
    after: bytes = b"}"

    @property
    def data(self) -> orjson.Fragment:
        """The value of ``data`` alone, to stand in a response that holds more."""
        return orjson.Fragment(self.packed.plain[len(_BEFORE) : -len(self.after)])


class Introspections:
    """The answers of one catalog version.

    Args:
        settings: The deadline, how large an answer may be, and how many are kept.
        extensions: What stands in the ``extensions`` of each answer.
    """

    def __init__(self, settings: Settings, extensions: Mapping[str, Any]) -> None:
        self._settings = settings
        self._after = b',"extensions":' + orjson.dumps(extensions) + b"}" if extensions else b"}"
        self._kept = PackedTexts(settings.introspections_max)
        self._threads = asyncio.Semaphore(_THREADS)

    async def response(
        self, key: tuple[str, str] | None, operation: Operation, fields: Mapping[str, Selected]
    ) -> PackedResponse:
        """The whole response to an operation that selects introspection fields alone.

        Args:
            key: The document and the operation's name; None where the answer depends on variables, too.
            operation: The operation.
            fields: Its root fields by response key.

        Raises:
            TimeoutError: The deadline passed.
            GraphQLError: The answer is too large, or too much is selected.
        """

        async def make() -> Packed:
            return await self._in_thread(lambda spend: Packed.of(_response(operation, fields, spend, self._after)))

        return PackedResponse(await (make() if key is None else self._kept.get(key, make)), self._after)

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


def _response(
    operation: Operation, fields: Mapping[str, Selected], spend: Callable[[int], None], after: bytes
) -> Iterator[bytes]:
    before = _BEFORE + b"{"
    for key, pieces in Introspection(operation, fields, spend).pieces():
        yield before + orjson.dumps(key) + b":"
        yield from pieces
        before = b","
    yield b"}" + after
