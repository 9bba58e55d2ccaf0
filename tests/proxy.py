"""A faulty network: a proxy that cuts or swallows at the moment of a commit. A pytest plugin, for its fixture."""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

COMMIT = b"\xb0\x12"
"""A commit on the wire: a structure without fields, of its own tag."""


class Fault(StrEnum):
    CUT_BEFORE = "the request is lost and the connection cut"
    CUT_AFTER = "the request arrives and the connection is cut before the answer"
    SWALLOW = "the request arrives and the answer never does"


class Proxy:
    """Passes bytes on, until a request contains ``on``; then ``fault`` happens, once."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallowing: dict[asyncio.StreamWriter, asyncio.Event] = {}
        self.port = 0
        self.fault: Fault | None = None
        self.on = COMMIT

    async def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        back = asyncio.create_task(self._answers(far_reader, writer))
        self._tasks.add(back)
        with contextlib.suppress(OSError):
            await self._requests(reader, far_writer, writer)
        for stream in (writer, far_writer):
            stream.close()
            with contextlib.suppress(OSError):
                await stream.wait_closed()

    async def _requests(
        self, reader: asyncio.StreamReader, far: asyncio.StreamWriter, near: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(65536):
            fault = self.fault if self.on in data else None
            if fault is not None:
                self.fault = None
            if fault is Fault.CUT_BEFORE:
                return
            if fault is Fault.SWALLOW or fault is Fault.CUT_AFTER:
                self._swallowing[near] = answered = asyncio.Event()
            far.write(data)
            await far.drain()
            if fault is Fault.CUT_AFTER:
                await answered.wait()
                return

    async def _answers(self, far: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await far.read(65536):
                if near in self._swallowing:
                    self._swallowing[near].set()
                    continue
                near.write(data)
                await near.drain()
        if near in self._swallowing:
            self._swallowing[near].set()  # no answer will come any more
        near.close()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def proxy(engine_address: tuple[str, str | None, str | None]) -> AsyncIterator[Proxy]:
    """A proxy before the engine under test."""
    address = urlsplit(engine_address[0])
    proxy = Proxy(address.hostname or "localhost", address.port or 7687)
    async with await asyncio.start_server(proxy.accept, "127.0.0.1", 0) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
        await proxy.end()
