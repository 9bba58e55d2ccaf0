"""The store behind a faulty network: a proxy that cuts or swallows at the moment of a commit."""

from __future__ import annotations

import asyncio
import contextlib
import time
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from graphdb.bolt import BoltStore
from graphdb.cypher.statement import Statement
from graphdb.errors import OutcomeUnknown, StoreTimeout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.store import Transaction

COMMIT = b"\xb0\x12"
"""A commit on the wire: a structure without fields, of its own tag."""
CREATE = b"CREATE (:FaultTest"


class Fault(StrEnum):
    CUT_BEFORE = "the request is lost and the connection cut"
    CUT_AFTER = "the request arrives and the connection is cut before the answer"
    SWALLOW = "the request arrives and the answer never does"


class Proxy:
    """Passes bytes on, until a request contains ``on``; then ``fault`` happens, once."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self._swallowing: set[asyncio.StreamWriter] = set()
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
                self._swallowing.add(near)
            far.write(data)
            await far.drain()
            if fault is Fault.CUT_AFTER:
                await asyncio.sleep(0.3)
                return

    async def _answers(self, far: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await far.read(65536):
                if near not in self._swallowing:
                    near.write(data)
                    await near.drain()
        near.close()

    async def end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
async def proxy(engine_address: tuple[str, str | None, str | None]) -> AsyncIterator[Proxy]:
    address = urlsplit(engine_address[0])
    proxy = Proxy(address.hostname or "localhost", address.port or 7687)
    async with await asyncio.start_server(proxy.accept, "127.0.0.1", 0) as server:
        proxy.port = server.sockets[0].getsockname()[1]
        yield proxy
        await proxy.end()


@pytest.fixture
async def faulty_store(
    proxy: Proxy, clean_store: BoltStore, engine_address: tuple[str, str | None, str | None]
) -> AsyncIterator[BoltStore]:
    _, user, password = engine_address
    store = BoltStore.connect(f"bolt://127.0.0.1:{proxy.port}", user, password)
    await store.read(Statement("RETURN 1"))
    yield store
    await store.close()
    await clean_store.verify()


async def _create(transaction: Transaction) -> None:
    await transaction.run(Statement("CREATE (:FaultTest)"))


async def _count(store: BoltStore) -> int:
    count: int = (await store.read(Statement("MATCH (n:FaultTest) RETURN count(n)")))[0][0]
    return count


async def test_a_commit_whose_answer_is_lost_has_an_unknown_outcome_and_is_not_repeated(
    faulty_store: BoltStore, proxy: Proxy
) -> None:
    proxy.fault = Fault.CUT_AFTER
    with pytest.raises(OutcomeUnknown):
        await faulty_store.write(_create)
    assert await _count(faulty_store) == 1


async def test_a_commit_that_is_lost_itself_has_an_unknown_outcome_too(faulty_store: BoltStore, proxy: Proxy) -> None:
    proxy.fault = Fault.CUT_BEFORE
    with pytest.raises(OutcomeUnknown):
        await faulty_store.write(_create)
    assert await _count(faulty_store) == 0


async def test_a_commit_that_nobody_answers_has_an_unknown_outcome_at_the_deadline(
    faulty_store: BoltStore, proxy: Proxy
) -> None:
    proxy.fault = Fault.SWALLOW
    started = time.monotonic()
    with pytest.raises(OutcomeUnknown):
        await faulty_store.write(_create, timeout_s=1)
    assert time.monotonic() - started < 2
    async with asyncio.timeout(20):
        while await _count(faulty_store) != 1:  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.1)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER])
async def test_a_connection_lost_before_the_commit_is_replaced_and_the_work_done_once(
    faulty_store: BoltStore, proxy: Proxy, fault: Fault
) -> None:
    proxy.on, proxy.fault = CREATE, fault
    await faulty_store.write(_create)
    assert await _count(faulty_store) == 1


async def test_a_statement_that_nobody_answers_times_out_and_keeps_nothing(
    faulty_store: BoltStore, proxy: Proxy
) -> None:
    proxy.on, proxy.fault = CREATE, Fault.SWALLOW
    with pytest.raises(StoreTimeout):
        await faulty_store.write(_create, timeout_s=1)
    assert await _count(faulty_store) == 0


async def test_a_read_whose_connection_is_lost_is_answered_all_the_same(faulty_store: BoltStore, proxy: Proxy) -> None:
    proxy.on, proxy.fault = b"RETURN 42", Fault.CUT_AFTER
    assert await faulty_store.read(Statement("RETURN 42")) == [[42]]
