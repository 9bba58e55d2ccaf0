"""Where the change log stands, and what it forgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from graphdb import ids
from graphdb.cypher.statement import Statement
from graphdb.journal.entries import NOW

if TYPE_CHECKING:
    from graphdb.store import GraphStore, Rows, Transaction

LOG: Final = "(log:`_Log` {key: 'log'})"
"""The node that counts: ``n`` is the last number given, ``first`` that of the oldest entry kept."""

TRIM_ENTRIES: Final = 5_000
"""Entries forgotten in one transaction."""

_STATE = (
    f"{NOW} OPTIONAL MATCH {LOG} WITH now, coalesce(log.n, 0) AS position, coalesce(log.first, 1) AS first "
    "RETURN position, first, now, head(COLLECT { MATCH (e:`_Change` {pend: true}) RETURN min(e.at) })"
)
_OLDEST = (
    f"{NOW} MATCH (e:`_Change`) WHERE e.seq >= $p.first AND e.seq < $p.first + $p.limit "
    "WITH e.seq AS seq, e.at < now - $p.keep AS old ORDER BY seq RETURN collect(CASE WHEN old THEN 1 ELSE 0 END)"
)
_FORGET = "MATCH (e:`_Change`) WHERE e.seq >= $p.first AND e.seq < $p.next DELETE e"
_BEGIN = f"MATCH {LOG} SET log.first = $p.next"


@dataclass(frozen=True, slots=True)
class LogState:
    """Where the log stands.

    Attributes:
        position: The last number given; 0 before the first.
        first: The number of the oldest entry that is kept; all before were forgotten.
        delay_s: How long the oldest entry without a number has been waiting for one, in seconds.
    """

    position: int
    first: int
    delay_s: float


async def log_state(store: GraphStore, *, timeout_s: float | None = None) -> LogState:
    """Where the log stands now.

    Raises:
        StoreError: The engine did not answer.
    """
    ((position, first, now, waiting),) = await store.read(Statement(_STATE), timeout_s=timeout_s)
    delay = 0.0 if waiting is None else max(0, now - waiting) / 1_000_000
    return LogState(position, first, delay)


async def trim(store: GraphStore, keep_s: float) -> int:
    """Forget the entries that are older, and say how many those were.

    Args:
        store: The graph.
        keep_s: How old an entry may become, in seconds.

    Raises:
        StoreError: The engine failed; what was forgotten before stays so.
    """
    forgotten = 0
    while count := await store.write(partial(_trim, int(keep_s * 1_000_000))):
        forgotten += count
    return forgotten


async def lock_log(transaction: Transaction, returned: str) -> Rows:
    """Take the log's lock until the transaction ends, and return of its node what ``returned`` says.

    The token differs each time, for the embedded engine notices only a value that changes.
    """
    text = f"MERGE {LOG} ON CREATE SET log.n = 0, log.first = 1 SET log._lock = $p.token RETURN {returned}"
    return await transaction.run(Statement(text, {"token": ids.mint()}))


async def _trim(keep_us: int, transaction: Transaction) -> int:
    """Forget the oldest entries, up to ``TRIM_ENTRIES``; the numbers that are left have no gap."""
    ((first,),) = await lock_log(transaction, "log.first")
    asked = {"first": first, "limit": TRIM_ENTRIES, "keep": keep_us}
    ((old,),) = await transaction.run(Statement(_OLDEST, asked))
    count: int = old.index(0) if 0 in old else len(old)
    if count:
        span = {"first": first, "next": first + count}
        await transaction.run(Statement(_FORGET, span))
        await transaction.run(Statement(_BEGIN, span))
    return count
