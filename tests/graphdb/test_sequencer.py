"""The numbers of the change log: no entry missed, none twice, no gap, causes before effects, whatever is cut short."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import random
import sys
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.cypher.statement import Statement
from graphdb.journal.housekeeping import keep_house
from graphdb.journal.log import log_state, trim
from graphdb.journal.sequencer import Sequencer, number_entries
from graphdb.writer.operations import Create, Ref, Update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphdb.store import GraphStore, Transaction
    from tests.graphdb.conftest import Graph

WRITERS = 8
WRITES_EACH = 40
RECORDS = 10
PROGRAM = """
import asyncio, sys
from graphdb.bolt import BoltStore
from graphdb.journal.sequencer import Sequencer

async def main():
    store = BoltStore.connect(*[part or None for part in sys.argv[1:]])
    await store.verify()
    print("begun", flush=True)
    await Sequencer(store, poll_s=0.005).run()

asyncio.run(main())
"""


async def numbered(graph: Graph) -> list[list[Any]]:
    """What a reader of the log sees: number, id, record and revision of each entry, in order."""
    return await graph.rows("MATCH (e:_Change) WHERE e.seq > 0 RETURN e.seq, e.id, e.record, e.rev ORDER BY e.seq")


async def caught_up(graph: Graph) -> None:
    """Wait until a running sequencer has numbered everything."""
    async with asyncio.timeout(60):
        while await graph.value("MATCH (e:_Change) WHERE e.pend = true RETURN count(e)"):  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.05)


async def number_on(store: GraphStore) -> None:
    """Number entries without a pause."""
    while True:
        await number_entries(store)
        await asyncio.sleep(0.01)


async def chaos(graph: Graph, dice: random.Random, done: asyncio.Event) -> int:
    """Two at a time that number entries, each cancelled at a random moment; how often that was."""
    cancelled = 0

    async def one() -> None:
        nonlocal cancelled
        while not done.is_set():
            task = asyncio.create_task(number_on(graph.store))
            await asyncio.sleep(dice.uniform(0.005, 0.3))
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            cancelled += 1

    await asyncio.gather(one(), one())
    return cancelled


async def killed(address: tuple[str, str | None, str | None], dice: random.Random, done: asyncio.Event) -> int:
    """Two processes at a time that number entries, each killed at a random moment; how often that was."""
    kills = 0

    async def one() -> None:
        nonlocal kills
        while not done.is_set():
            arguments = [part or "" for part in address]
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", PROGRAM, *arguments, stdout=asyncio.subprocess.PIPE
            )
            await process.stdout.readline()  # type: ignore[union-attr]
            await asyncio.sleep(dice.uniform(0, 0.2))
            process.kill()
            await process.wait()
            kills += 1

    await asyncio.gather(one(), one())
    return kills


# Cancelled while it connects, the driver leaves a socket to the collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_sequencers_that_are_cancelled_leave_no_gap_and_no_repeat(graph: Graph) -> None:
    dice = random.Random(7)  # noqa: S311 - moments are no secret
    cancelled = await write_while(graph, dice, lambda done: chaos(graph, dice, done))
    gc.collect()
    assert cancelled > 10


async def test_sequencers_that_are_killed_leave_no_gap_and_no_repeat(
    graph: Graph, engine_address: tuple[str, str | None, str | None]
) -> None:
    dice = random.Random(8)  # noqa: S311 - moments are no secret
    kills = await write_while(graph, dice, lambda done: killed(engine_address, dice, done))
    assert kills >= 2


async def write_while(graph: Graph, dice: random.Random, broken: Callable[[asyncio.Event], Awaitable[int]]) -> int:
    """Have 8 writers write while sequencers come and go; every acknowledged write is in the log once, in order."""
    ids = [await graph.create("contact", firstName="0") for _ in range(RECORDS)]
    acknowledged: list[tuple[str, str]] = []
    followed: list[list[Any]] = []
    done = asyncio.Event()

    async def writer(number: int) -> None:
        for count in range(WRITES_EACH):
            record, value = dice.choice(ids), f"{number} {count}"
            operation = Update(by=Ref(type="contact", key="id", value=record), values={"firstName": value})

            async def work(transaction: Transaction, operation: Update = operation) -> None:
                await graph.writer.apply(transaction, [operation])
                if dice.random() < 0.1:
                    await asyncio.sleep(dice.uniform(0, 0.3))

            await graph.store.write(work, timeout_s=60)
            acknowledged.append((record, value))

    async def reader() -> None:
        """Follows the log by its numbers, as clients do."""
        while not done.is_set():
            position = followed[-1][0] if followed else 0
            followed.extend(
                await graph.rows(
                    "MATCH (e:_Change) WHERE e.seq > $p.position RETURN e.seq, e.record, e.rev, e.data ORDER BY e.seq",
                    position=position,
                )
            )
            await asyncio.sleep(0.01)

    async def write_all() -> None:
        await asyncio.gather(*(writer(number) for number in range(WRITERS)))
        ending = asyncio.create_task(Sequencer(graph.store, poll_s=0.01).run())
        await caught_up(graph)
        await asyncio.sleep(0.3)
        ending.cancel()
        done.set()

    ended, *_ = await asyncio.gather(broken(done), reader(), write_all())
    assert len(acknowledged) == WRITERS * WRITES_EACH
    entries = await numbered(graph)
    assert [entry[0] for entry in entries] == list(range(1, len(entries) + 1))
    assert len({entry[1] for entry in entries}) == len(entries) == RECORDS + len(acknowledged)
    # The reader that followed saw each exactly once, and so nothing came in behind its position.
    assert [entry[0] for entry in followed] == [entry[0] for entry in entries]
    for record in ids:
        revs = [rev for _, found, rev, _ in followed if found == record]
        assert revs == list(range(1, len(revs) + 1))
    for record, value in acknowledged:
        assert sum(found == record and f'"{value}"' in data for _, found, _, data in followed) >= 1
    return ended


async def test_a_change_made_after_another_was_visible_comes_after_it(graph: Graph) -> None:
    task = asyncio.create_task(Sequencer(graph.store, poll_s=0.005).run())
    made: list[tuple[str, str]] = []

    async def chain() -> None:
        """Each link is written once the one before can be seen."""
        for _ in range(25):
            first = await graph.create("contact")
            async with asyncio.timeout(20):
                while not await graph.rows("MATCH (n:Contact {id: $p.id}) RETURN 1", id=first):  # noqa: ASYNC110 - as above
                    await asyncio.sleep(0)
            made.append((first, await graph.create("company", name="c")))

    await asyncio.gather(*(chain() for _ in range(4)))
    await caught_up(graph)
    task.cancel()
    place = {record: seq for seq, _, record, _ in await numbered(graph)}
    assert len(made) == 100
    assert all(place[cause] < place[effect] for cause, effect in made)


async def test_two_sequencers_at_once_give_each_entry_one_number(graph: Graph) -> None:
    await graph.write(*(Create(type="contact", values={}) for _ in range(300)))
    counts = await asyncio.gather(*(number_entries(graph.store) for _ in range(4)))
    assert sum(count for count, _ in counts) == 300
    assert [entry[0] for entry in await numbered(graph)] == list(range(1, 301))


async def test_entries_that_are_not_committed_get_no_number(graph: Graph) -> None:
    await graph.create("contact")

    async def work(transaction: Transaction) -> None:
        await graph.writer.apply(transaction, [Create(type="contact", values={})])
        assert (await number_entries(graph.store))[0] == 1

    await graph.store.rollback(work)
    assert (await number_entries(graph.store))[0] == 0
    assert (await log_state(graph.store)).position == 1


async def test_a_commit_of_this_process_wakes_the_sequencer(graph: Graph) -> None:
    sequencer = Sequencer(graph.store, poll_s=60)
    task = asyncio.create_task(sequencer.run())
    await asyncio.sleep(0.1)
    await graph.create("contact")
    sequencer.wake()
    async with asyncio.timeout(5):
        await caught_up(graph)
    task.cancel()
    assert len(await numbered(graph)) == 1


async def test_the_state_of_the_log_tells_its_position_and_its_delay(graph: Graph) -> None:
    empty = await log_state(graph.store)
    assert (empty.position, empty.first, empty.delay_s) == (0, 1, 0.0)
    await graph.create("contact")
    await asyncio.sleep(0.2)
    waiting = await log_state(graph.store)
    assert waiting.position == 0
    assert 0.2 <= waiting.delay_s < 30
    await number_entries(graph.store)
    settled = await log_state(graph.store)
    assert (settled.position, settled.delay_s) == (1, 0.0)


async def test_old_entries_are_forgotten_from_the_beginning_and_numbers_go_on(graph: Graph) -> None:
    for _ in range(3):
        await graph.create("contact")
    await number_entries(graph.store)
    await graph.store.write(
        lambda tx: tx.run(Statement("MATCH (e:_Change) WHERE e.seq < 3 SET e.at = e.at - 7200000000"))
    )
    assert await trim(graph.store, 3600) == 2
    assert await trim(graph.store, 3600) == 0
    await graph.create("contact")
    await number_entries(graph.store)
    assert [entry[0] for entry in await numbered(graph)] == [3, 4]
    state = await log_state(graph.store)
    assert (state.first, state.position) == (3, 4)


async def test_what_is_too_old_is_forgotten_behind_the_requests(graph: Graph) -> None:
    await graph.create("contact")
    await number_entries(graph.store)
    await asyncio.sleep(0.05)
    task = asyncio.create_task(keep_house(graph.store, changes_s=0.01, requests_s=60, every_s=0.01))
    async with asyncio.timeout(10):
        while await graph.rows("MATCH (e:_Change) RETURN e.seq"):  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    task.cancel()
    assert (await log_state(graph.store)).first == 2


async def test_a_sequencer_outlasts_an_engine_that_fails(graph: Graph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graphdb.journal.following.OUTAGE_PAUSE_S", 0.01)
    monkeypatch.setattr("graphdb.journal.sequencer._WAITING", "this is no Cypher")
    task = asyncio.create_task(Sequencer(graph.store, poll_s=0.01).run())
    await asyncio.sleep(0.3)
    monkeypatch.undo()
    await graph.create("contact")
    await caught_up(graph)
    assert not task.done()
    task.cancel()


async def test_a_sequencer_ends_when_it_is_cancelled_whatever_it_is_woken_by(graph: Graph) -> None:
    for pause_s in (0.0, 0.001, 0.05):
        for _ in range(20):
            sequencer = Sequencer(graph.store, poll_s=0.05)
            task = asyncio.create_task(sequencer.run())
            await asyncio.sleep(pause_s)
            sequencer.wake()
            task.cancel()
            async with asyncio.timeout(10):
                await asyncio.gather(task, return_exceptions=True)
            assert task.cancelled()
