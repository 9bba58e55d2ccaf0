"""Numbers for the change log: one background task gives the committed entries theirs.

Entries are created without a common lock, for one that every writer waits for costs most of the throughput. So their
order is made afterwards: by the time at which each was stamped, of those stamped before the look began. An entry that
the look missed, because its transaction was not committed yet, was the cause of none that it found: what a later
writer could have seen was committed, and stamped, before.

One look with its numbers is one transaction, which begins with the counter's lock: two sequencers take turns, and one
that ends at any moment leaves all of its numbers or none.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from graphdb.cypher.statement import Statement
from graphdb.errors import StoreError
from graphdb.journal.entries import NOW
from graphdb.journal.log import LOG, lock_log

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from graphdb.store import GraphStore, Transaction

_log = logging.getLogger("kinship.changes")

BATCH_ENTRIES: Final = 5_000
"""Entries that get their numbers in one transaction."""

GATHER_S: Final = 0.02
"""How long to wait after this process committed: what others commit meanwhile shares one transaction of numbers."""

BULK_ENTRIES: Final = 1_000
BULK_PAUSE_S: Final = 2.0
"""How long to leave those alone who write so many entries at a time: of two transactions that meet on a page, the
embedded engine has the one that commits later try again, and an import's are long."""

LAST_STEP_S: Final = 2.0
"""How long a step may go on when the task is cancelled in its midst."""

OUTAGE_PAUSE_S: Final = 1.0
"""How long to wait before the next attempt when the engine has failed."""

SLOW_S: Final = 5.0
"""A delay that the log speaks of."""

_WAITING = "MATCH (e:`_Change` {pend: true}) RETURN 1 LIMIT 1"
_NUMBER = (
    f"{NOW} MATCH {LOG} MATCH (e:`_Change` {{pend: true}}) WHERE e.at < now "
    "WITH now, log, e ORDER BY e.at, e.id LIMIT $p.limit WITH now, log, collect(e) AS es WITH now, log, es, log.n AS n "
    "SET log.n = n + size(es) WITH now, es, n UNWIND range(0, size(es) - 1) AS place "
    "WITH now, es[place] AS e, n + place + 1 AS seq SET e.seq = seq REMOVE e.pend RETURN count(*), max(now - e.at)"
)


async def number_entries(store: GraphStore) -> tuple[int, float]:
    """Number the entries committed so far, up to ``BATCH_ENTRIES``.

    Returns:
        How many got a number, and how long the one that waited longest had been waiting, in seconds.

    Raises:
        StoreError: The engine failed; all of them have their number, or none.
    """

    async def work(transaction: Transaction) -> tuple[int, float]:
        await lock_log(transaction, "log.n")
        rows = await transaction.run(Statement(_NUMBER, {"limit": BATCH_ENTRIES}))
        if not rows or not rows[0][0]:
            return 0, 0.0
        return rows[0][0], rows[0][1] / 1_000_000

    return await store.write(work)


async def _whole(step: Coroutine[Any, Any, int]) -> int:
    """A step's result; one that is under way at a cancellation is first brought to its end, and its connection back."""
    task = asyncio.create_task(step)
    task.add_done_callback(_seen)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=LAST_STEP_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


def _seen(task: asyncio.Task[int]) -> None:
    """Look at how a step ended: of one that outlives its waiter nobody else does, and the event loop complains."""
    if not task.cancelled():
        task.exception()


class Sequencer:
    """The background task. Several may run at once, in one process or many: all but one wait.

    Args:
        store: The graph.
        poll_s: How often to look for entries that other processes made, in seconds.
    """

    def __init__(self, store: GraphStore, *, poll_s: float) -> None:
        self._store = store
        self._poll_s = poll_s
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that this process has committed entries."""
        self._woken.set()

    async def run(self) -> None:
        """Number entries until cancelled; outlasts the engine's outages."""
        while True:
            pause_s = self._poll_s
            self._woken.clear()
            try:
                if await _whole(self._number_all()) >= BULK_ENTRIES:
                    await asyncio.sleep(BULK_PAUSE_S)
            except StoreError as error:
                _log.warning("The change log's entries could not be numbered, which is tried again: %s", error)
                pause_s = OUTAGE_PAUSE_S
            # Not wait_for: cancelled in the moment of the wake, Python 3.11's forgets the cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
                await asyncio.sleep(GATHER_S)

    async def _number_all(self) -> int:
        numbered = 0
        # Looking costs no commit, so it comes first.
        while await self._store.read(Statement(_WAITING)):
            count, delay_s = await number_entries(self._store)
            level = logging.WARNING if delay_s >= SLOW_S else logging.DEBUG
            _log.log(level, "Numbered %d changes, the oldest of which had waited for %.3f s.", count, delay_s)
            numbered += count
            if count < BATCH_ENTRIES:
                break
        return numbered
