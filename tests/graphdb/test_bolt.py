"""The store over a real engine: rows, transactions, retries, deadlines and errors."""

from __future__ import annotations

import asyncio
import socket
import time
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest
from neo4j import exceptions as driver

from graphdb.bolt import FAILURE_ATTEMPTS, BoltStore, _Attempt
from graphdb.cypher.statement import Statement
from graphdb.driver_errors import BY_CLASS, Meaning, Retry, meaning_of
from graphdb.errors import (
    ConstraintViolated,
    OutcomeUnknown,
    StatementRejected,
    StoreError,
    StoreTimeout,
    StoreUnavailable,
)
from graphdb.store import Engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.store import Transaction

ENDLESS = Statement(
    "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b = -1 RETURN count(*)"
)
NOBODY = "bolt://127.0.0.1:1"


def _create(key: str) -> Statement:
    return Statement("CREATE (n:BoltTest {k: $p.k, n: 0}) RETURN n.k", {"k": key})


async def _count(store: BoltStore) -> int:
    rows = await store.read(Statement("MATCH (n:BoltTest) RETURN count(n)"))
    count: int = rows[0][0]
    return count


@pytest.fixture
async def keyed_store(clean_store: BoltStore) -> AsyncIterator[BoltStore]:
    """A store where no two ``BoltTest`` nodes may have one ``k``."""
    await clean_store.change_schema(
        "CREATE CONSTRAINT bolt_test_k IF NOT EXISTS FOR (n:BoltTest) REQUIRE n.k IS UNIQUE"
    )
    yield clean_store
    await clean_store.change_schema("DROP CONSTRAINT bolt_test_k IF EXISTS")


def _exception_classes() -> list[type[driver.GqlError]]:
    return [cls for cls in vars(driver).values() if isinstance(cls, type) and issubclass(cls, driver.GqlError)]


@pytest.mark.parametrize("cls", _exception_classes(), ids=lambda cls: cls.__name__)
def test_every_exception_class_of_the_driver_has_a_meaning_of_its_own(cls: type[driver.GqlError]) -> None:
    assert cls in BY_CLASS
    assert issubclass(BY_CLASS[cls].error, StoreError)


def test_a_class_the_driver_may_add_means_what_its_base_means() -> None:
    class NewKind(driver.ServiceUnavailable):
        pass

    assert meaning_of(NewKind("gone")) == BY_CLASS[driver.ServiceUnavailable]


@pytest.mark.parametrize("kind", ["Request.Invalid", "Transaction.TransactionNotFound"])
def test_an_engine_that_shuts_down_is_an_outage_and_leaves_the_outcome_of_a_commit_unknown(kind: str) -> None:
    """It forgets who is logged in, and the transaction, before it closes the connection."""
    error = driver.Neo4jError._hydrate_neo4j(code=f"Neo.ClientError.{kind}", message="BEGIN not expected")
    assert meaning_of(error) == Meaning(StoreUnavailable, Retry.OUTAGE)
    attempt = _Attempt(1)
    attempt.check_commit(error)
    attempt.committing = True
    with pytest.raises(OutcomeUnknown):
        attempt.check_commit(error)


@pytest.mark.parametrize("kind", ["DatabaseError.General.UnknownError", "ClientError.Statement.SemanticError"])
async def test_what_the_engine_fails_at_is_tried_a_few_times_and_then_rejected(
    clean_store: BoltStore, kind: str
) -> None:
    """An engine that shuts down fails at statements before it is gone; a statement that it never bears is no outage.

    The embedded one forgets its labels first, so that what reads them looks wrong.
    """
    error = driver.Neo4jError._hydrate_neo4j(code=f"Neo.{kind}", message="failed")
    committing = _Attempt(1)
    committing.committing = True
    with pytest.raises(OutcomeUnknown):
        committing.check_commit(error)
    attempts = 0

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await transaction.run(_create("a"))
        if attempts < failing:
            raise error

    failing = FAILURE_ATTEMPTS
    await clean_store.write(work)
    assert (attempts, await _count(clean_store)) == (FAILURE_ATTEMPTS, 1)
    attempts, failing = 0, 100
    with pytest.raises(StatementRejected):
        await clean_store.write(work)
    assert (attempts, await _count(clean_store)) == (FAILURE_ATTEMPTS, 1)


async def test_writers_that_keep_losing_take_turns_instead_of_undoing_each_others_work(clean_store: BoltStore) -> None:
    """Whoever lost twice is alone among those: where all write one record, an attempt in a few is for nothing."""
    await clean_store.write(lambda tx: tx.run(_create("hub")))
    attempts, writers = 0, 24

    async def add(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        lock = "MATCH (n:BoltTest {k: 'hub'}) SET n._lock = $p.token RETURN n.n"
        ((found,),) = await transaction.run(Statement(lock, {"token": attempts}))
        await asyncio.sleep(0.01)
        await transaction.run(Statement("MATCH (n:BoltTest {k: 'hub'}) SET n.n = $p.n", {"n": found + 1}))

    await asyncio.gather(*(clean_store.write(add, timeout_s=120) for _ in range(writers)))
    assert await clean_store.read(Statement("MATCH (n:BoltTest) RETURN n.n")) == [[writers]]
    assert attempts <= 4 * writers


async def test_verify_tells_name_version_and_kind_of_the_engine(store: BoltStore) -> None:
    answer = await store.verify()
    assert "Neo4j/" in answer
    assert store.engine is (Engine.ARCADEDB if "ArcadeDB" in answer else Engine.NEO4J)


async def test_the_kind_of_an_engine_that_never_answered_is_unknown() -> None:
    store = BoltStore.connect(NOBODY)
    with pytest.raises(StoreUnavailable):
        assert store.engine
    await store.close()


async def test_rows_are_lists_of_plain_values_in_the_order_of_the_statement(store: BoltStore) -> None:
    statement = Statement(
        "UNWIND $p.xs AS x RETURN x, [x, null, 'ä'], {a: $p.a}", {"xs": [1, 2], "a": {"b": [True, 1.5]}}
    )

    rows = await store.read(statement)

    assert rows == [
        [1, [1, None, "ä"], {"a": {"b": [True, 1.5]}}],
        [2, [2, None, "ä"], {"a": {"b": [True, 1.5]}}],
    ]


async def test_parameters_may_be_any_mapping(store: BoltStore) -> None:
    assert await store.read(Statement("RETURN $p.x", MappingProxyType({"x": 1}))) == [[1]]


async def test_more_rows_than_the_drivers_batch_arrive_whole(store: BoltStore) -> None:
    rows = await store.read(Statement("UNWIND range(1, $p.n) AS i RETURN i", {"n": 2500}))
    assert rows == [[i] for i in range(1, 2501)]


async def test_what_a_write_did_is_there_afterwards(clean_store: BoltStore) -> None:
    async def work(transaction: Transaction) -> str:
        rows = await transaction.run(_create("a"))
        await transaction.run(_create("b"))
        key: str = rows[0][0]
        return key

    assert await clean_store.write(work) == "a"
    assert await _count(clean_store) == 2


async def test_rollback_answers_as_a_write_and_keeps_nothing(clean_store: BoltStore) -> None:
    async def work(transaction: Transaction) -> int:
        await transaction.run(_create("a"))
        rows = await transaction.run(Statement("MATCH (n:BoltTest) RETURN count(n)"))
        seen: int = rows[0][0]
        return seen

    assert await clean_store.rollback(work) == 1
    assert await _count(clean_store) == 0


async def test_an_exception_of_the_work_rolls_back_and_passes_through_unchanged(
    clean_store: BoltStore,
) -> None:
    error = TimeoutError("the work's own")

    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        raise error

    with pytest.raises(TimeoutError) as caught:
        await clean_store.write(work)
    assert caught.value is error
    assert await _count(clean_store) == 0


async def test_cancelled_work_leaves_nothing_and_the_store_goes_on(clean_store: BoltStore) -> None:
    started = asyncio.Event()

    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        started.set()
        await asyncio.sleep(60)

    task = asyncio.create_task(clean_store.write(work))
    await started.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await _count(clean_store) == 0


async def test_a_statement_whose_failure_the_work_hides_is_not_committed(clean_store: BoltStore) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        with pytest.raises(StatementRejected):
            await transaction.run(Statement("RETURN 1 / 0 +"))

    with pytest.raises(StatementRejected):
        await clean_store.write(work)
    assert await _count(clean_store) == 0


async def test_a_taken_unique_value_is_tried_again_and_then_reported(keyed_store: BoltStore) -> None:
    attempts = 0

    async def work(transaction: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await transaction.run(_create("same"))

    await keyed_store.write(work)
    attempts = 0

    with pytest.raises(ConstraintViolated) as caught:
        await keyed_store.write(work)
    assert caught.value.code == "Neo.ClientError.Schema.ConstraintValidationFailed"
    assert attempts == 8


async def test_racing_upserts_of_one_key_all_succeed_and_none_is_lost(keyed_store: BoltStore) -> None:
    async def upsert(number: int) -> None:
        statement = Statement("MERGE (n:BoltTest {k: $p.k}) SET n.n = coalesce(n.n, 0) + 1", {"k": number % 5})

        async def work(transaction: Transaction) -> None:
            await transaction.run(statement)

        await keyed_store.write(work)

    await asyncio.gather(*(upsert(number) for number in range(60)))

    rows = await keyed_store.read(Statement("MATCH (n:BoltTest) RETURN n.k, n.n ORDER BY n.k"))
    assert rows == [[key, 12] for key in range(5)]


async def test_calls_beyond_the_pools_size_wait_for_their_turn(
    engine_address: tuple[str, str | None, str | None],
) -> None:
    small = BoltStore.connect(*engine_address, pool_size=2)

    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement("RETURN 1"))
        await asyncio.sleep(1)

    await asyncio.gather(*(small.write(work) for _ in range(12)))
    await small.close()


async def test_writers_that_lock_in_opposite_orders_all_succeed(clean_store: BoltStore) -> None:
    async def create(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        await transaction.run(_create("b"))

    async def raise_both(first: str, second: str) -> None:
        async def work(transaction: Transaction) -> None:
            for key in (first, second):
                text = "MATCH (n:BoltTest {k: $p.k}) SET n.n = n.n + 1"
                await transaction.run(Statement(text, {"k": key}))

        await clean_store.write(work)

    await clean_store.write(create)

    await asyncio.gather(*(raise_both(*pair) for pair in [("a", "b"), ("b", "a")] * 5))

    rows = await clean_store.read(Statement("MATCH (n:BoltTest) RETURN n.n"))
    assert rows == [[10], [10]]


@pytest.mark.parametrize("value", ["\ud800", 2**70, object()], ids=["lone surrogate", "71 bits", "object"])
async def test_a_parameter_that_bolt_cannot_carry_is_rejected_and_the_store_goes_on(
    clean_store: BoltStore, value: object
) -> None:
    statement = Statement("CREATE (n:BoltTest {k: $p.x})", {"x": value})

    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        await transaction.run(statement)

    with pytest.raises(StatementRejected):
        await clean_store.read(statement)
    with pytest.raises(StatementRejected):
        await clean_store.write(work)
    assert await _count(clean_store) == 0


async def test_a_faulty_statement_is_rejected_with_the_engines_code(store: BoltStore) -> None:
    with pytest.raises(StatementRejected) as caught:
        await store.read(Statement("RETRUN 1"))
    assert caught.value.code == "Neo.ClientError.Statement.SyntaxError"


async def test_a_read_past_its_deadline_times_out_and_the_store_goes_on(store: BoltStore) -> None:
    started = time.monotonic()
    with pytest.raises(StoreTimeout):
        await store.read(ENDLESS, timeout_s=0.5)
    assert time.monotonic() - started < 1.5
    assert await store.read(Statement("RETURN 1")) == [[1]]


async def test_a_write_past_its_deadline_times_out_and_keeps_nothing(clean_store: BoltStore) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))
        await transaction.run(ENDLESS)

    started = time.monotonic()
    with pytest.raises(StoreTimeout):
        await clean_store.write(work, timeout_s=0.5)
    assert time.monotonic() - started < 1.5
    assert await _count(clean_store) == 0


@pytest.mark.parametrize("address", [NOBODY, "bolt://nosuchhost.invalid:7687"])
async def test_an_engine_that_is_not_there_is_reported_well_within_five_seconds(address: str) -> None:
    store = BoltStore.connect(address, "user", "password")

    async def work(transaction: Transaction) -> None:
        await transaction.run(_create("a"))

    for call in (store.read(Statement("RETURN 1")), store.write(work), store.verify()):
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await call
        assert time.monotonic() - started < 4.8
    await store.close()


async def test_an_engine_that_accepts_and_never_speaks_is_reported_well_within_five_seconds() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        store = BoltStore.connect(f"bolt://127.0.0.1:{silent.getsockname()[1]}")
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await store.read(Statement("RETURN 1"))
        assert time.monotonic() - started < 4.8
        await store.close()


async def test_a_wrong_password_is_reported_at_once(engine_address: tuple[str, str, str]) -> None:
    uri, user, _ = engine_address
    stranger = BoltStore.connect(uri, user or "neo4j", "wrong")
    if user:
        started = time.monotonic()
        with pytest.raises(StoreUnavailable):
            await stranger.read(Statement("RETURN 1"))
        assert time.monotonic() - started < 3
    await stranger.close()


@pytest.mark.parametrize("address", ["http://127.0.0.1", "", "bolt://127.0.0.1:port"])
def test_an_address_that_is_none_of_bolts_is_refused(address: str) -> None:
    with pytest.raises(StoreUnavailable):
        BoltStore.connect(address)
