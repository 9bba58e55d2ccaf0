"""Numbers for the change log: one background task gives the committed entries theirs.

Entries are created without a common lock, for one that every writer waits for costs most of the throughput. So their
order is made afterwards: by the time at which each was stamped, of those stamped before the look began. An entry that
the look missed, because its transaction was not committed yet, was the cause of none that it found: what a later
writer could have seen was committed, and stamped, before.

One look with its numbers is one transaction, which begins with the counter's lock: two sequencers take turns, and one
that ends at any moment leaves all of its numbers or none.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from graphdb.cypher.statement import Statement
from graphdb.journal.entries import NOW
from graphdb.journal.following import Follower
from graphdb.journal.log import LOG, lock_log

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.store import GraphStore, Transaction

_log = logging.getLogger("kinship.changes")

BATCH_ENTRIES: Final = 5_000
"""Entries that get their numbers in one transaction."""

BULK_ENTRIES: Final = 1_000
BULK_PAUSE_S: Final = 2.0
"""How long to leave those alone who write so many entries at a time: of two transactions that meet on a page, the
embedded engine has the one that commits later try again, and an import's are long."""

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


class Sequencer(Follower):
    """The background task. Several may run at once, in one process or many: all but one wait.

    Args:
        store: The graph.
        poll_s: How often to look for entries that other processes made, in seconds.
        then: Told when entries have got their numbers.
    """

    def __init__(self, store: GraphStore, *, poll_s: float, then: Callable[[], None] = lambda: None) -> None:
        super().__init__(self._number_all, poll_s=poll_s, failure="The change log's entries could not be numbered")
        self._store = store
        self._then = then

    async def _number_all(self) -> float:
        numbered = 0
        # Looking costs no commit, so it comes first.
        while await self._store.read(Statement(_WAITING)):
            count, delay_s = await number_entries(self._store)
            level = logging.WARNING if delay_s >= SLOW_S else logging.DEBUG
            _log.log(level, "Numbered %d changes, the oldest of which had waited for %.3f s.", count, delay_s)
            numbered += count
            self._then()
            if count < BATCH_ENTRIES:
                break
        return BULK_PAUSE_S if numbered >= BULK_ENTRIES else 0.0
