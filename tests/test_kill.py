"""Writers against four server processes while those, their parent and the engine are killed: nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.asgi import create_app
from app.idempotency import HEADER, REPLAYED
from app.settings import Settings
from graphdb.metadata import load_catalog
from tests.kept import KeptGraph
from tests.kill.client import Client, Ledger, State, Write, settle
from tests.kill.deployment import Deployment
from tests.kill.evidence import Follower, read_evidence
from tests.kill.judge import judge, sum_faults
from tests.kill.recount import KEPT, ROLL_UP, is_kept, recount_faults
from tests.kill.writers import ACCOUNT_AMOUNT, ACCOUNTS, World, Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from graphdb.bolt import BoltStore

WRITERS = 8
REPEATED = 150
"""Acknowledged writes that are sent once more."""
JUDGED_S = 600
"""How long reading and repeating may take, on a machine that is far too busy."""
KILLS = ["worker", "worker", "engine", "parent", "engine and worker"]
SUM = 'query Sum { deals(first: 1000, where: {name: {startsWith: "account"}}) { nodes { amount } } }'


@pytest.fixture
def dice(request: pytest.FixtureRequest) -> random.Random:
    """Another seed each run, which the report names."""
    return random.Random(request.config.getoption("--kill-seed"))  # noqa: S311 - moments are no secret


@pytest.fixture
async def deployment(tmp_path: Path) -> AsyncIterator[Deployment]:
    """A server on an engine of its own, of the kind under test; the run's other tests keep theirs."""
    deployment = Deployment(tmp_path, neo4j="NEO4J_URI" in os.environ)
    try:
        await deployment.start()
        yield deployment
    finally:
        await deployment.kill_all()


async def test_what_was_acknowledged_is_there_once_whatever_is_killed(
    request: pytest.FixtureRequest, deployment: Deployment, dice: random.Random
) -> None:
    """In the end all is killed at once; what is judged is what a new start finds."""
    ledger, kills = Ledger(), [0] * len(KILLS)
    async with httpx.AsyncClient(base_url=deployment.server.base) as http:
        client = Client(http, ledger, dice)
        follower = Follower(client.ask)
        preparing = Client(http, ledger, dice, giving_up=0)
        for roll_up in (ROLL_UP, KEPT):
            assert (await preparing.send(Write(roll_up, {}, lambda _: []))).state is State.DONE
        world = World(dice)
        writers = [Writer(client, world) for _ in range(WRITERS)]
        await Writer(preparing, world).prepare()
        ended = asyncio.Event()
        tasks = [asyncio.create_task(writer.run(ended)) for writer in writers]
        following = asyncio.create_task(_follow(follower, ended))
        seconds = float(request.config.getoption("--kill-seconds"))
        await _kill(deployment, dice, time.monotonic() + seconds, kills)
        ended.set()
        await deployment.kill_all()
        # Whoever has no answer yet gives up: nothing will be sent any more until the graph was judged.
        for task in [*tasks, following]:
            task.cancel()
        await asyncio.gather(*tasks, following, return_exceptions=True)
    async with asyncio.timeout(JUDGED_S), deployment.store() as store, _served(store) as last:
        faults = await _judged(store, last, ledger, follower, dice)
        kept = await is_kept(Client(last, Ledger(), dice).ask)
    told = ", ".join(f"{count} x {name}" for count, name in zip(kills, KILLS, strict=True))
    # The figures are the point of a long run, so that they are told of one that found nothing, too.
    request.config.get_terminal_writer().line(
        f"\n{ledger.figures()}; killed {told}; slowest start {deployment.slowest_start_s:.1f} s; "
        f"the roll-up {'was kept' if kept else 'was still to be filled in'}; "
        f"seed {request.config.getoption('--kill-seed')}; {len(faults)} faults"
    )
    assert not faults, "\n".join([*faults[:40], *deployment.internal_errors()[:5]])
    assert len(ledger.in_state(State.DONE)) > 40
    assert all(kills)


async def _follow(follower: Follower, ended: asyncio.Event) -> None:
    while not ended.is_set():
        await follower.read_on()
        await asyncio.sleep(0.05)


async def _kill(deployment: Deployment, dice: random.Random, until: float, kills: list[int]) -> None:
    """Kill one thing after the other, each kind as often as the others and at least once, at random moments."""
    bag: list[int] = []
    while time.monotonic() < until or not all(kills):
        bag = bag or dice.sample(range(len(KILLS)), len(KILLS))
        await asyncio.sleep(dice.uniform(1, 8))
        chosen = bag.pop()
        kills[chosen] += 1
        if "engine" in KILLS[chosen]:
            await deployment.kill_engine()
        if "worker" in KILLS[chosen]:
            deployment.server.kill_worker(dice)
        if "parent" in KILLS[chosen]:
            deployment.server.kill_parent()
        await deployment.start()
    await asyncio.sleep(dice.uniform(0.5, 2.0))


@contextlib.asynccontextmanager
async def _served(store: BoltStore) -> AsyncIterator[httpx.AsyncClient]:
    """The program on what was left, in this process."""
    app = create_app(Settings(build_indexes=False, statistics_every_s=0), store)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as client:
            yield client


async def _judged(
    store: BoltStore, http: httpx.AsyncClient, ledger: Ledger, follower: Follower, dice: random.Random
) -> list[str]:
    """Everything that cannot be: as it was left, and once more when every request has been repeated."""
    client = Client(http, Ledger(), dice)
    follower.by(client.ask)
    catalog = await load_catalog(store)
    assert catalog is not None
    kept = KeptGraph(store, catalog)
    faults: list[str] = []
    for last in (False, True):
        await kept.catch_up()
        while await follower.read_on():
            pass
        evidence = await read_evidence(store, catalog, client.ask, follower.entries)
        faults += judge(ledger, evidence)
        faults += await recount_faults(store, client.ask)
        accounts = (await client.ask(SUM) or {})["deals"]["nodes"]
        faults += sum_faults([one["amount"] for one in accounts], ACCOUNT_AMOUNT * len(ACCOUNTS))
        if not last:
            faults += await _repeat(http, ledger, dice)
    assert not ledger.in_state(State.OPEN)
    return list(dict.fromkeys(faults))  # what was wrong before the repetition is so afterwards


async def _repeat(http: httpx.AsyncClient, ledger: Ledger, dice: random.Random) -> list[str]:
    """Send every request again whose fate is not known, and many of the others, which get their first answer."""
    faults: list[str] = []
    done = ledger.in_state(State.DONE)
    for write in dice.sample(done, min(REPEATED, len(done))):
        response = await http.post("/graphql", json=write.body, headers={HEADER: write.key})
        found: Any = response.json()
        if found.get("data") != write.answer or response.headers.get(REPLAYED) != "true":
            faults.append(f"{write.name} was answered {write.answer} first, and then {found}")
    for write in ledger.in_state(State.OPEN):
        response = await http.post("/graphql", json=write.body, headers={HEADER: write.key})
        settle(write, response.json(), faults)
        write.answered_at = time.monotonic()
        again = await http.post("/graphql", json=write.body, headers={HEADER: write.key})
        if write.state is State.DONE and again.json().get("data") != write.answer:
            faults.append(f"{write.name} was answered {write.answer} first, and then {again.json()}")
    return faults
