"""What the change log costs: records created a second with it and without it, and how far its numbers are behind.

    python tests/bench/journal.py      # the engine that NEO4J_URI names, whose graph it empties; else one of its own

Single creates by one and by eight writers, and batches of 1,000 contacts with two associations each. Both sides take
turns within one run, so that the machine's other load falls on each alike; the sequencer runs beside those with the
log. Afterwards, of one write at a time, the delay from the commit's answer until the entry has its number.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdb.bolt import BoltStore
from graphdb.bootstrap import build_indexes, prepare
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine
from graphdb.journal.entries import Journal
from graphdb.journal.sequencer import Sequencer
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Link, Ref

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphdb.store import Transaction
    from graphdb.writer.operations import Operation

BATCH = 1_000
VALUES = {
    "firstName": "Ada",
    "lastName": "Lovelace",
    "jobTitle": "Countess",
    "city": "London",
    "lifecycleStage": "CUSTOMER",
    "score": 12.5,
}


class Bench:
    """The writer over one graph, with and without the log."""

    def __init__(self, store: BoltStore) -> None:
        self._store = store
        self._catalog = standard_catalog()
        self._writer = Writer(self._catalog)
        self._sequencer = Sequencer(store, poll_s=0.1)
        self._companies: list[str] = []

    async def prepare(self) -> None:
        """An empty graph with its indexes and some companies."""
        await self._store.write(lambda tx: tx.run(Statement("MATCH (n) DETACH DELETE n")), timeout_s=300)
        await prepare(self._store, self._catalog)
        await build_indexes(self._store, self._catalog, lambda _: None)
        made = await self._apply([Create(type="company", values={"name": f"c{n}"}) for n in range(50)])
        self._companies = [outcome.id for outcome in made]

    async def _apply(self, operations: Sequence[Operation]) -> Any:
        outcomes = await self._store.write(lambda tx: self._writer.apply(tx, operations), timeout_s=120)
        self._sequencer.wake()
        return outcomes

    async def singles(self, writers: int, each: int) -> float:
        """Contacts a second, one in a transaction."""

        async def writer() -> None:
            for _ in range(each):
                await self._apply([Create(type="contact", values=VALUES)])

        started = time.perf_counter()
        await asyncio.gather(*(writer() for _ in range(writers)))
        return writers * each / (time.perf_counter() - started)

    async def batch(self) -> float:
        """Contacts a second, a thousand in a transaction, each with two companies."""
        side = self._catalog.side_between("contact", "company")
        if side is None:
            raise RuntimeError("the standard catalog associates contacts and companies")
        pairs = [(self._companies[n % 50], self._companies[(n + 7) % 50]) for n in range(BATCH)]
        operations = [
            Create(
                type="contact",
                values=VALUES,
                links=tuple(Link(side=side, to=Ref(type="company", key="id", value=one)) for one in pair),
            )
            for pair in pairs
        ]
        started = time.perf_counter()
        await self._apply(operations)
        return BATCH / (time.perf_counter() - started)

    async def compare(self, name: str, run: Callable[[], Awaitable[float]], rounds: int) -> None:
        """Both sides in turn."""
        kept = Journal.write
        found: dict[bool, list[float]] = {True: [], False: []}
        for _ in range(rounds):
            for logged in (True, False):
                Journal.write = kept if logged else _nothing  # type: ignore[assignment,method-assign]
                task = asyncio.create_task(self._sequencer.run()) if logged else None
                found[logged].append(await run())
                if task is not None:
                    task.cancel()
                    await asyncio.gather(task, return_exceptions=True)
        Journal.write = kept  # type: ignore[method-assign]
        best, median = ([function(found[logged]) for logged in (True, False)] for function in (max, statistics.median))
        print(
            f"{name}: with {best[0]:,.0f} best, {median[0]:,.0f} median; without {best[1]:,.0f}, {median[1]:,.0f}; "
            f"ratio {best[0] / best[1]:.2f}, {median[0] / median[1]:.2f}"
        )

    async def delays(self, count: int) -> None:
        """From a commit's answer until the entry has its number."""
        task = asyncio.create_task(self._sequencer.run())
        while await self._store.read(Statement("MATCH (e:_Change {pend: true}) RETURN 1 LIMIT 1")):  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.1)
        took: list[float] = []
        for _ in range(count):
            ((before,),) = await self._store.read(Statement("MATCH (s:_Log) RETURN s.n"))
            await self._apply([Create(type="contact", values=VALUES)])
            started = time.perf_counter()
            while (await self._store.read(Statement("MATCH (s:_Log) RETURN s.n")))[0][0] == before:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.001)
            took.append((time.perf_counter() - started) * 1_000)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        took.sort()
        print(f"delay: {statistics.median(took):.0f} ms median, {took[int(count * 0.99)]:.0f} ms p99 of {count}")


async def _nothing(_: Journal, __: Transaction) -> None:
    """In the place of ``Journal.write``."""


async def _measure(store: BoltStore, rounds: int) -> None:
    await store.verify(timeout_s=60)
    bench = Bench(store)
    await bench.prepare()
    await bench.compare("single creates, 1 writer", lambda: bench.singles(1, 100), rounds)
    await bench.compare("single creates, 8 writers", lambda: bench.singles(8, 40), rounds)
    await bench.compare("batches of 1,000 with 2,000 associations", bench.batch, rounds)
    await bench.delays(200)
    await store.close()


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds: int = parser.parse_args().rounds
    with ExitStack() as stack:
        uri = os.environ.get("NEO4J_URI")
        if uri:
            store = BoltStore.connect(uri, os.environ.get("NEO4J_USER"), os.environ.get("NEO4J_PASSWORD"))
        else:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            engine = stack.enter_context(EmbeddedEngine(Path(folder) / "engine"))
            store = BoltStore.connect(engine.uri, engine.user, engine.password)
        asyncio.run(_measure(store, rounds))


if __name__ == "__main__":
    main()
