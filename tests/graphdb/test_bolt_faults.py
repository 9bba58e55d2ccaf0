"""The store behind a faulty network: a proxy that cuts or swallows at the moment of a commit."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from graphdb.bolt import BoltStore
from graphdb.cypher.statement import Statement
from graphdb.errors import OutcomeUnknown, StoreTimeout
from tests.proxy import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.store import Transaction
    from tests.proxy import Proxy

CREATE = b"CREATE (:FaultTest"


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
