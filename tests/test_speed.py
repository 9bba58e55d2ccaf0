"""A guard: a nest must not become twice as slow unseen. ``make bench`` measures; this only notices.

The bounds are ratios to the bare driver in the same run, far above what is usual, so that a busy machine passes.
"""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest
from neo4j import READ_ACCESS, AsyncGraphDatabase

from app.execution import RequestContext
from tests.harness import NOW

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from neo4j import AsyncSession

    from tests.harness import Crm

DOCUMENT = """{ contacts(first: 80) { nodes { id email firstName lastName
    companies(first: 10) { nodes { id name industry
      deals(first: 10) { nodes { id name amount stage
        tickets(first: 10) { nodes { id subject stage priority } } } } } } } } }"""
WALL_MAX = 3.0
CPU_MAX = 3.0
ROUNDS = 9
TRIES = 4


@pytest.fixture
async def session(engine_address: tuple[str, str, str]) -> AsyncIterator[AsyncSession]:
    """A session of the driver itself."""
    uri, user, password = engine_address
    async with (
        AsyncGraphDatabase.driver(uri, auth=(user, password), notifications_min_severity="OFF") as driver,
        driver.session(default_access_mode=READ_ACCESS, fetch_size=-1) as session,
    ):
        yield session


async def test_a_nest_stays_within_sight_of_the_bare_driver(crm: Crm, session: AsyncSession) -> None:
    """Time and processor time of this process, ours over the same statement through the driver with orjson."""
    served = crm.registry.current
    prepared = served.documents.prepared(DOCUMENT, served.documents.parse(DOCUMENT), None)
    variables = prepared.coerce({})
    plan = prepared.parts_for(variables).plan
    assert plan is not None
    statement = plan.bind(variables.coerced, prepared.limits, now=NOW).statement
    parameters = {"p": dict(statement.params)}

    async def ours() -> None:
        context = RequestContext(crm.registry, now=datetime.now(UTC))
        result = await served.schema.execute(DOCUMENT, context_value=context)
        assert not result.errors
        assert len(orjson.dumps(result.data)) > len(DOCUMENT)

    async def bare() -> None:
        rows = await (await session.run(statement.text, parameters)).values()
        assert orjson.dumps(rows)

    walls, cpus = [], []
    for _ in range(TRIES):
        wall, cpu = await _ratios(ours, bare)
        walls.append(wall)
        cpus.append(cpu)
        if min(walls) <= WALL_MAX and min(cpus) <= CPU_MAX:
            break
    assert min(walls) <= WALL_MAX, f"ours takes {min(walls):.1f} times as long as the bare driver"
    assert min(cpus) <= CPU_MAX, f"ours takes {min(cpus):.1f} times the bare driver's processor time"


async def _ratios(ours: Callable[[], Awaitable[None]], bare: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """Medians of the first over those of the second, asked in turn: of time, and of processor time."""
    taken: dict[int, list[tuple[float, float]]] = {0: [], 1: []}
    for _ in range(ROUNDS):
        for side, ask in enumerate((ours, bare)):
            wall, cpu = time.perf_counter(), time.process_time()
            await ask()
            taken[side].append((time.perf_counter() - wall, time.process_time() - cpu))
    medians = [[statistics.median(each) for each in zip(*taken[side], strict=True)] for side in (0, 1)]
    return medians[0][0] / medians[1][0], medians[0][1] / medians[1][1]
