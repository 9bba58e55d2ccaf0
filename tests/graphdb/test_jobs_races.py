"""Jobs among writers, beside each other, and stopped at any moment: afterwards everything is as if each ran alone."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from graphdb.bolt import BoltStore
from graphdb.bootstrap import prepare
from graphdb.catalog.changes import JobKind
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.parts import BuildState
from graphdb.engine import EmbeddedEngine
from graphdb.errors import GraphError, WriteRefused
from graphdb.jobs import JobState, Terms, job_states, run_jobs
from graphdb.jobs.work import clock
from graphdb.writer.operations import Create, Ref, Update
from tests.job_graph import BUILDING, INDEXING, JobGraph, carry_out_interrupted, states

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

WRITERS = 8
PREFIX = "contact.city:"


@pytest.fixture
async def graph(clean_store: BoltStore, no_index_left: None) -> JobGraph:  # noqa: ARG001 - for what comes after
    """The standard data model in an empty graph."""
    return await JobGraph.begin(clean_store)


async def with_records(graph: JobGraph, count: int) -> list[str]:
    """Contacts, every third without a city."""
    creates = [Create(type="contact", values={"city": f"c{n}"} if n % 3 else {}) for n in range(count)]
    return [outcome.id for outcome in await graph.write(*creates)]


async def write_on(graph: JobGraph, number: int, ids: list[str], ended: asyncio.Event) -> int:
    """Create records, give them values, take values away and exchange them, until it is told to stop; how often."""
    chance = random.Random(number)  # noqa: S311 - which record is no secret
    written = 0
    while not ended.is_set():
        value = chance.choice([None, f"w{chance.randrange(150)}"])
        try:
            if chance.random() < 0.3:
                await graph.create("contact", **({} if value is None else {"city": value}))
            else:
                by = Ref(type="contact", key="id", value=chance.choice(ids))
                await graph.write(Update(by=by, values={"city": value, "state": f"{written}"}))
            written += 1
        except WriteRefused:
            await asyncio.sleep(0)
    return written


async def among_writers(graph: JobGraph, ids: list[str]) -> None:
    """Carry out the jobs while writers write."""
    ended = asyncio.Event()
    writers = [asyncio.create_task(write_on(graph, number, ids, ended)) for number in range(WRITERS)]
    await asyncio.sleep(0.2)
    try:
        await run_jobs(graph.store, Terms(grace_s=0, batch=20))
    finally:
        await asyncio.sleep(0.2)
        ended.set()
        written = await asyncio.gather(*writers)
    assert all(written)
    await graph.reload()


async def test_keys_are_claimed_among_writers(graph: JobGraph) -> None:
    ids = await with_records(graph, 200)
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    await among_writers(graph, ids)

    assert graph.property("contact", "city").unique_state is BuildState.ONLINE
    await graph.assert_keys("Contact", "city", PREFIX)
    assert await graph.value("MATCH (r:Contact) WHERE r.city IS NOT NULL RETURN count(r)") == await graph.value(
        "MATCH (r:Contact) WHERE r.city IS NOT NULL RETURN count(DISTINCT r.city)"
    )


async def test_records_are_marked_among_writers(graph: JobGraph) -> None:
    ids = await with_records(graph, 200)
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)

    await among_writers(graph, ids)

    assert graph.property("contact", "city").indexed_state is BuildState.ONLINE
    await graph.assert_markers("Contact", "city")


async def test_writers_lose_nothing_to_a_job_that_runs_beside_them(graph: JobGraph) -> None:
    """Each writer counts in a property of its own of the same records: every count is there afterwards."""
    ids = await with_records(graph, 12)
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    await graph.commit(
        graph.with_property("contact", "city", **BUILDING), graph.spec("contact", JobKind.CLAIM_KEYS, "city")
    )
    names = ("state", "street", "firstName", "lastName")

    async def count(name: str) -> None:
        for step in range(8):
            for record_id in ids:
                await graph.update("contact", record_id, **{name: f"{name}{step}"})

    await asyncio.gather(*(count(name) for name in names), run_jobs(graph.store, Terms(grace_s=0, batch=3)))

    rows = await graph.rows("MATCH (r:Contact) RETURN r.state, r.street, r.firstName, r.lastName, r.rev")
    assert rows == [["state7", "street7", "firstName7", "lastName7", 33]] * 12
    assert [state for _, state in states(await job_states(graph.store))] == [JobState.DONE] * 2


async def test_processes_that_take_a_job_from_each_other_do_no_harm(graph: JobGraph) -> None:
    """Each one's clock is hours ahead of the last one's, so a lease that is held looks as if it had run out."""
    ids = await with_records(graph, 120)
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    await graph.commit(graph.with_property("contact", "city", **INDEXING), graph.spec("contact", JobKind.INDEX, "city"))
    ended = asyncio.Event()
    writer = asyncio.create_task(write_on(graph, 1, ids, ended))

    async def process(hours: int) -> None:
        await asyncio.sleep(hours * 0.1)
        await run_jobs(graph.store, Terms(grace_s=0, batch=3, now=lambda: clock() + timedelta(hours=hours)))

    try:
        await asyncio.gather(*(process(hours) for hours in range(4)))
    finally:
        ended.set()
        await writer
    await graph.reload()

    assert [state for _, state in states(await job_states(graph.store))] == [JobState.DONE] * 2
    await graph.assert_keys("Contact", "city", PREFIX)
    await graph.assert_markers("Contact", "city")


async def test_a_value_that_is_given_again_before_its_key_was_claimed_is_found_out(graph: JobGraph) -> None:
    first = await graph.create("contact", city="Oslo")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    second = await graph.create("contact", city="Oslo")

    claim, _ = await graph.run()

    assert (claim.state, claim.examples) == (JobState.FAILED, (first, second))


@pytest.mark.parametrize("after", [False, True])
async def test_jobs_that_are_stopped_at_every_statement_are_carried_out_all_the_same(
    graph: JobGraph, *, after: bool
) -> None:
    await with_records(graph, 8)
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    await graph.commit(graph.with_property("contact", "city", **INDEXING), graph.spec("contact", JobKind.INDEX, "city"))
    spec = graph.spec("contact", JobKind.DELETE_VALUES, "country")
    await graph.cypher("MATCH (r:Contact) SET r.country = 'NO', r.`_words` = ' no '")
    await graph.commit(graph.without_property("contact", "country"), spec)

    assert await carry_out_interrupted(graph, after=after) > 20

    assert [state for _, state in states(await job_states(graph.store))] == [JobState.DONE] * 3
    city = graph.property("contact", "city")
    assert city.unique_state is city.indexed_state is BuildState.ONLINE
    await graph.assert_keys("Contact", "city", PREFIX)
    await graph.assert_markers("Contact", "city")
    assert await graph.rows("MATCH (r:Contact) WHERE r.country IS NOT NULL RETURN r.id") == []


async def test_a_failing_job_that_is_stopped_at_every_statement_fails_once(graph: JobGraph) -> None:
    await with_records(graph, 8)
    await graph.create("contact", city="c1")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    assert await carry_out_interrupted(graph, after=True) > 10

    assert states(await job_states(graph.store)) == [
        (JobKind.CLAIM_KEYS, JobState.FAILED),
        (JobKind.FREE_KEYS, JobState.DONE),
    ]
    assert await graph.rows("MATCH (k:`_Key`) RETURN k.k") == []


@pytest.fixture(scope="module")
def own_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(tmp_path_factory.mktemp("own-engine"), heap="256m") as engine:
        yield engine


@pytest.fixture
async def own_graph(own_engine: EmbeddedEngine) -> AsyncIterator[JobGraph]:
    """A graph whose engine may be killed."""
    store = BoltStore.connect(own_engine.uri, own_engine.user, own_engine.password, database=own_engine.database)
    await store.verify(timeout_s=60)
    await prepare(store, standard_catalog())
    graph = JobGraph(store)
    await graph.cypher("MATCH (n) DETACH DELETE n")
    yield await JobGraph.begin(store)
    await store.close()


@pytest.mark.parametrize("kind", [JobKind.CLAIM_KEYS, JobKind.INDEX, JobKind.DELETE_VALUES])
async def test_a_job_whose_engine_is_killed_goes_on_with_the_next(
    own_engine: EmbeddedEngine, own_graph: JobGraph, kind: JobKind
) -> None:
    graph = own_graph
    await with_records(graph, 300)
    if kind is JobKind.DELETE_VALUES:
        await graph.commit(graph.without_property("contact", "city"), graph.spec("contact", kind, "city"))
    else:
        changes = BUILDING if kind is JobKind.CLAIM_KEYS else INDEXING
        await graph.change("contact", "city", kind, **changes)
    terms = Terms(grace_s=0, batch=5)
    running = asyncio.create_task(run_jobs(graph.store, terms))
    async with asyncio.timeout(60):
        while not running.done() and (await job_states(graph.store))[0].done < 20:  # noqa: ASYNC110 - in the graph
            await asyncio.sleep(0.01)
    assert not running.done(), "the job came to its end before the engine could be killed"
    assert own_engine.pid is not None
    os.kill(own_engine.pid, signal.SIGKILL)
    await asyncio.gather(running, return_exceptions=True)

    async with asyncio.timeout(60):
        while True:
            try:
                await run_jobs(graph.store, replace(terms, batch=100))
                break
            except GraphError:
                await asyncio.sleep(0.2)
    await graph.reload()

    assert states(await job_states(graph.store)) == [(kind, JobState.DONE)]
    if kind is JobKind.CLAIM_KEYS:
        await graph.assert_keys("Contact", "city", PREFIX)
    elif kind is JobKind.INDEX:
        await graph.assert_markers("Contact", "city")
    else:
        assert await graph.rows("MATCH (r:Contact) WHERE r.city IS NOT NULL RETURN r.id") == []
