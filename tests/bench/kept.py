"""What kept roll-ups cost and spare: a list's page, a fold into a record with many neighbours, how far they are behind.

    python tests/bench/kept.py      # the engine that NEO4J_URI names, whose graph it empties; else one of its own

Companies, each with three deals, and one with 50,000. First the statement of the first page of companies by their sums,
computed and kept, and by their names, each asked in turn; then a fold of one changed deal of the large company, and of
a small one. At last, under writers who together change some fifty deals a second, the time from a commit's answer until
the entry has its number, and until kept roll-ups show it.
"""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import os
import random
import statistics
import tempfile
import time
from bisect import bisect_left
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import parse

from graphdb.bolt import BoltStore
from graphdb.bootstrap import build_indexes, prepare
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.catalog.parts import RollUp, RollUpFunction
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine
from graphdb.journal.folds import Folder
from graphdb.journal.log import log_state
from graphdb.journal.sequencer import Sequencer, number_entries
from graphdb.kept import begin
from graphdb.metadata import save_catalog
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Ref, Update
from schema import Prepared, build_schema
from schema.kept import kept_roll_ups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.catalog.model import Catalog

SMALL = 10_000
LARGE = 50_000
PAGE = "{{ companies(first: 25, orderBy: [{{{name}: DESC}}]) {{ nodes {{ id {name} }} }} }}"
HUB = "0" * 32


def _catalog() -> Catalog:
    """The standard data model with one sum of deals, computed and kept."""
    total = RollUp(field="deals", function=RollUpFunction.SUM, property="amount")
    computed = Property(name="computedTotal", type=PropertyType.MONEY, label="t", roll_up=total, read_only=True)
    kept = dataclasses.replace(computed, name="keptTotal", indexed=True)
    catalog = standard_catalog()
    types = tuple(
        dataclasses.replace(one, properties=(*one.properties, computed, kept)) if one.name == "company" else one
        for one in catalog.object_types
    )
    return dataclasses.replace(catalog, object_types=types, _sides={})


class Bench:
    """One graph."""

    def __init__(self, store: BoltStore) -> None:
        self._store = store
        self._catalog = _catalog()
        self._writer = Writer(self._catalog)
        self._folder = Folder(store, lambda: self._catalog, _nothing, kept_roll_ups, poll_s=0.1)
        self._sequencer = Sequencer(store, poll_s=0.1, then=self._folder.wake)
        self._deals: list[str] = []

    async def prepare(self) -> None:
        """The companies and their deals, past the writer."""
        await self._store.write(lambda tx: tx.run(Statement("MATCH (n) DETACH DELETE n")), timeout_s=300)
        await save_catalog(self._store, self._catalog, expected=None)
        await prepare(self._store, self._catalog)
        await build_indexes(self._store, self._catalog, lambda _: None)
        self._deals = await self._fill([HUB], LARGE)
        await self._fill([f"{n + 1:032x}" for n in range(SMALL)], 3)
        await self._store.write(lambda tx: begin(tx, 0))
        (roll_up,) = kept_roll_ups(self._catalog)
        ids = [HUB, *(f"{n + 1:032x}" for n in range(SMALL))]
        started = time.perf_counter()
        for start in range(0, len(ids), 50):
            part = roll_up.refresh(ids[start : start + 50])
            await self._store.write(lambda tx, part=part: tx.run(part))  # type: ignore[misc]
        took = time.perf_counter() - started
        print(f"{len(ids):,} records got their values in {took:.1f} s")

    async def _fill(self, companies: Sequence[str], each: int) -> list[str]:
        """Companies with deals; the ids of the deals."""
        deals = [f"f{company[-8:]}{n:023x}" for company in companies for n in range(each)]
        made = (
            "UNWIND $p.rows AS row CREATE (r:Record:Company {id: row, rev: 1, name: row, "
            "createdAt: datetime(), updatedAt: datetime(), `_u_keptTotal`: true})"
        )
        for start in range(0, len(companies), 1_000):
            await self._run(made, companies[start : start + 1_000])
        joined = (
            "UNWIND $p.rows AS row MATCH (c:Record {id: row[0]}) CREATE (r:Record:Deal {id: row[1], rev: 1, "
            "amount: row[2], name: row[1], createdAt: datetime(), updatedAt: datetime()}) "
            "CREATE (c)-[:`COMPANY_DEAL` {createdAt: datetime()}]->(r)"
        )
        rows = [[companies[n // each], deal, 10_000 + n] for n, deal in enumerate(deals)]
        for start in range(0, len(rows), 1_000):
            await self._run(joined, rows[start : start + 1_000])
        return deals

    async def _run(self, text: str, rows: Sequence[Any]) -> None:
        await self._store.write(lambda tx: tx.run(Statement(text, {"rows": list(rows)})), timeout_s=120)

    async def pages(self, rounds: int) -> None:
        """The statement of the first page by the sums, computed and kept, and by the names."""
        graphql_schema = build_schema(self._catalog).graphql_schema
        statements = {}
        for name in ("computedTotal", "keptTotal", "name"):
            prepared = Prepared(graphql_schema, self._catalog, parse(PAGE.format(name=name)))
            bound = prepared.plan({}).bind({}, prepared.limits, now=datetime.now(UTC))
            statements[name] = bound.statement
        took: dict[str, list[float]] = {name: [] for name in statements}
        for _ in range(rounds):
            for name, statement in statements.items():
                started = time.perf_counter()
                await self._store.read(statement, timeout_s=60)
                took[name].append((time.perf_counter() - started) * 1_000)
        for name, times in took.items():
            print(f"first page by {name}: {min(times):.1f} ms best, {statistics.median(times):.1f} median")

    async def folds(self, rounds: int) -> None:
        """One changed deal at a time, of the large company and of a small one."""
        for name, deals in (("50,000", self._deals), ("3", [f"f{1:08x}{0:023x}"])):
            times = []
            for number in range(rounds):
                await self._change(random.choice(deals), 20_000 + number)  # noqa: S311 - which deal is no secret
                await number_entries(self._store)
                started = time.perf_counter()
                while await self._folder.fold():
                    pass
                times.append((time.perf_counter() - started) * 1_000)
            print(
                f"a fold into a company with {name} deals: "
                f"{min(times):.1f} ms best, {statistics.median(times):.1f} median"
            )

    async def delays(self, seconds: float, pause_s: float, deals: Sequence[str], name: str) -> None:
        """Four writers; a look at the log's state as often as it answers."""
        running = [asyncio.create_task(one.run()) for one in (self._sequencer, self._folder)]
        await asyncio.sleep(1)
        base = (await log_state(self._store)).position
        answered: list[float] = []
        seen: list[tuple[float, int, int]] = []
        ends = time.perf_counter() + seconds

        async def writer(seed: int) -> None:
            dice = random.Random(seed)  # noqa: S311 - which deal is no secret
            while time.perf_counter() < ends:
                await self._change(dice.choice(deals), dice.randrange(10**6))
                answered.append(time.perf_counter())
                await asyncio.sleep(dice.uniform(0, 2 * pause_s))

        async def watch() -> None:
            while not seen or seen[-1][2] < base + len(answered) or time.perf_counter() < ends:
                state = await log_state(self._store)
                seen.append((time.perf_counter(), state.position, state.folded or 0))
                await asyncio.sleep(0.003)

        await asyncio.gather(watch(), *(writer(seed) for seed in range(4)))
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        print(f"{name}: {len(answered) / seconds:.0f} changes a second")
        for what, place in (("numbered", 1), ("folded in", 2)):
            reached = [one[place] for one in seen]
            took = sorted(
                (seen[bisect_left(reached, base + n)][0] - at) * 1_000 for n, at in enumerate(sorted(answered), 1)
            )
            p99 = took[int(len(took) * 0.99)]
            print(f"  {what}: {statistics.median(took):.0f} ms median, {p99:.0f} ms p99, {took[-1]:.0f} ms at most")

    @property
    def hub(self) -> list[str]:
        """The deals of the large company."""
        return self._deals

    async def _change(self, deal: str, amount: int) -> None:
        change = Update(by=Ref(type="deal", key="id", value=deal), values={"amount": amount})
        await self._store.write(lambda tx: self._writer.apply(tx, [change]), timeout_s=60)
        self._sequencer.wake()


async def _nothing() -> None:
    """There is no later data model."""


async def _measure(store: BoltStore, rounds: int, seconds: float) -> None:
    await store.verify(timeout_s=60)
    bench = Bench(store)
    await bench.prepare()
    await bench.pages(rounds)
    await bench.folds(rounds)
    small = [f"f{n + 1:08x}{0:023x}" for n in range(SMALL)]
    await bench.delays(seconds, 0.08, small, "deals of many companies")
    await bench.delays(seconds, 0.08, bench.hub, "deals of the large company")
    await store.close()


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--seconds", type=float, default=20.0)
    given = parser.parse_args()
    with ExitStack() as stack:
        uri = os.environ.get("NEO4J_URI")
        if uri:
            store = BoltStore.connect(uri, os.environ.get("NEO4J_USER"), os.environ.get("NEO4J_PASSWORD"))
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            engine = stack.enter_context(EmbeddedEngine(Path(folder) / "engine"))
            store = BoltStore.connect(engine.uri, engine.user, engine.password)
        asyncio.run(_measure(store, given.rounds, given.seconds))


if __name__ == "__main__":
    main()
