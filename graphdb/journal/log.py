"""Where the change log stands, and what it forgets."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from graphdb import ids
from graphdb.cypher.statement import Statement
from graphdb.journal.entries import NOW
from graphdb.kept import FOLD

if TYPE_CHECKING:
    from graphdb.store import GraphStore, Rows, Transaction

LOG: Final = "(log:`_Log` {key: 'log'})"
"""The node that counts: ``n`` is the last number given, ``first`` that of the oldest entry kept."""

TRIM_ENTRIES: Final = 5_000
"""Entries forgotten in one transaction."""

_STATE = (
    f"{NOW} OPTIONAL MATCH {LOG} WITH now, coalesce(log.n, 0) AS position, coalesce(log.first, 1) AS first "
    f"OPTIONAL MATCH {FOLD} WITH now, position, first, f.n AS folded "
    "RETURN position, first, now, head(COLLECT { MATCH (e:`_Change` {pend: true}) RETURN min(e.at) }), "
    "folded, head(COLLECT { MATCH (e:`_Change` {seq: folded + 1}) RETURN e.at })"
)
_FOLDED = f"MATCH {FOLD} RETURN f.n"
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
        folded: The number of the last entry that kept roll-ups show; None where none are kept.
        fold_delay_s: How long the oldest entry that they do not show has been there, in seconds.
    """

    position: int
    first: int
    delay_s: float
    folded: int | None = None
    fold_delay_s: float = 0.0


async def log_state(store: GraphStore, *, timeout_s: float | None = None) -> LogState:
    """Where the log stands now.

    Raises:
        StoreError: The engine did not answer.
    """
    ((position, first, now, waiting, folded, left),) = await store.read(Statement(_STATE), timeout_s=timeout_s)
    delay_s, left_s = (0.0 if at is None else max(0, now - at) / 1_000_000 for at in (waiting, left))
    return LogState(position, first, delay_s, folded, 0.0 if folded is None else max(delay_s, left_s))


async def trim(store: GraphStore, keep_s: float) -> int:
    """Forget the entries that are older, but for those that kept roll-ups do not show yet; say how many those were.

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
    if folded := await transaction.run(Statement(_FOLDED)):
        count = max(0, min(count, folded[0][0] + 1 - first))
    if count:
        span = {"first": first, "next": first + count}
        await transaction.run(Statement(_FORGET, span))
        await transaction.run(Statement(_BEGIN, span))
    return count
