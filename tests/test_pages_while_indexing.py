"""Lists by a property whose index is being built, and look-ups by one whose keys are being claimed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.catalog.changes import JobKind
from graphdb.catalog.parts import BuildState
from graphdb.jobs import Terms, run_jobs
from graphdb.writer.operations import Create
from tests.harness import ask
from tests.job_graph import BUILDING, INDEXING, JobGraph

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

PAGE = 7
QUERY = """query Q($first: Int, $after: String, $last: Int, $before: String) {{
  contacts(first: $first, after: $after, last: $last, before: $before, orderBy: [{{city: {order}}}]) {{
    edges {{ node {{ id city }} }}
    pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }}
  }}
}}"""


@pytest.fixture
async def graph(clean_store: BoltStore, no_index_left: None) -> JobGraph:  # noqa: ARG001 - for what comes after
    """Contacts of which every third has no city, and several have the same."""
    graph = await JobGraph.begin(clean_store)
    values = [{"city": f"c{n % 10}"} if n % 3 else {} for n in range(40)]
    await graph.write(*(Create(type="contact", values=one) for one in values))
    return graph


async def walk(registry: Registry, order: str, *, backward: bool) -> list[dict[str, Any]]:
    """Every contact in an order, a page at a time."""
    size, place, more, edge = (
        ("last", "before", "hasPreviousPage", "startCursor")
        if backward
        else ("first", "after", "hasNextPage", "endCursor")
    )
    found: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        response = await ask(registry, QUERY.format(order=order), {size: PAGE, place: cursor})
        assert response.errors == []
        assert response.data is not None
        nodes = [one["node"] for one in response.data["contacts"]["edges"]]
        found = [*nodes, *found] if backward else [*found, *nodes]
        info = response.data["contacts"]["pageInfo"]
        if not info[more]:
            return found
        cursor = info[edge]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
async def test_pages_over_an_index_that_is_being_built_are_those_over_the_finished_one(
    graph: JobGraph, order: str, *, backward: bool
) -> None:
    before = await walk(Registry(graph.store, Settings(), graph.catalog), order, backward=backward)
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    building = Registry(graph.store, Settings(), graph.catalog)
    ended = asyncio.Event()

    async def write() -> None:
        while not ended.is_set():
            for one in before[::4]:
                await graph.update("contact", one["id"], state=f"{asyncio.get_running_loop().time()}")

    writer = asyncio.create_task(write())
    try:
        running = asyncio.create_task(run_jobs(graph.store, Terms(grace_s=0, batch=2)))
        while not running.done():
            assert await walk(building, order, backward=backward) == before
        await running
    finally:
        ended.set()
        await writer
    await graph.reload()

    assert graph.property("contact", "city").indexed_state is BuildState.ONLINE
    assert len(before) == 40
    assert await walk(building, order, backward=backward) == before
    assert await walk(Registry(graph.store, Settings(), graph.catalog), order, backward=backward) == before


async def test_nothing_is_looked_up_by_a_property_before_all_records_hold_their_keys(clean_store: BoltStore) -> None:
    graph = await JobGraph.begin(clean_store)
    record_id = await graph.create("contact", city="Oslo")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    text = '{ contact(by: {city: "Oslo"}) { id } }'
    upsert = 'mutation { upsertContact(by: city, input: {city: "Oslo"}) { created } }'

    building = Registry(graph.store, Settings(), graph.catalog)
    for document in (text, upsert):
        response = await ask(building, document)
        assert response.codes == ["CONFLICT"], response.errors
        assert "its unique state is BUILDING" in str(response.errors)
    await graph.run()

    response = await ask(Registry(graph.store, Settings(), graph.catalog), text)
    assert response.data == {"contact": {"id": record_id}}
