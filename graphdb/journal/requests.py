"""Answers to requests that may come again: each kept in the transaction of its effect, under a key of the caller's.

``(:_Idempotency {key, hash, at, claim, answer})``. Who comes second finds the first one's answer; on Neo4j they wait
for the first one's commit, on the embedded engine the constraint refuses theirs, and they try again. So from another
process a key in use is not told but waited for, until the deadline at most: to tell it, keys would have to be seen
before the effect is committed, in a transaction of their own, and those of a killed process would have to be freed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphdb import ids
from graphdb.cypher.statement import Statement
from graphdb.journal.entries import NOW

if TYPE_CHECKING:
    from graphdb.store import GraphStore, Rows, Transaction

FORGET_REQUESTS: Final = 5_000
"""Answers forgotten in one transaction."""

_MICROSECONDS = 1_000_000
# The lock comes before the look, so that of two that find an old key one takes it.
_CLAIM = (
    f"{NOW} MERGE (r:`_Idempotency` {{key: $p.key}}) ON CREATE SET r.claim = $p.token, r.hash = $p.hash, r.at = now "
    "SET r._lock = $p.token WITH r, now, coalesce(r.at < now - $p.keep, false) AS old "
    "FOREACH (_ IN CASE WHEN old THEN [1] ELSE [] END | "
    "SET r.claim = $p.token, r.hash = $p.hash, r.at = now REMOVE r.answer) "
    "RETURN r.claim = $p.token, r.hash = $p.hash, r.answer"
)
_LOOK = f"{NOW} MATCH (r:`_Idempotency` {{key: $p.key}}) WHERE r.at >= now - $p.keep RETURN r.hash = $p.hash, r.answer"
_KEEP = "MATCH (r:`_Idempotency` {key: $p.key}) SET r.answer = $p.answer"
_FORGET = f"{NOW} MATCH (r:`_Idempotency`) WHERE r.at < now - $p.keep WITH r LIMIT $p.limit DELETE r RETURN count(*)"


@dataclass(frozen=True, slots=True)
class Found:
    """What a key stands for already.

    Attributes:
        same: Whether it stands for the same request.
        answer: That request's answer; None when it is no longer kept, for what it showed was purged.
    """

    same: bool
    answer: str | None


async def look(store: GraphStore, key: str, digest: str, *, keep_s: float) -> Found | None:
    """What a key stands for now; None where it is free, or too old to count.

    Raises:
        StoreError: The engine did not answer.
    """
    asked = {"key": key, "hash": digest, "keep": int(keep_s * _MICROSECONDS)}
    rows = await store.read(Statement(_LOOK, asked))
    return Found(*rows[0]) if rows else None


async def claim(transaction: Transaction, key: str, digest: str, *, keep_s: float) -> Found | None:
    """Take a key for a request, or say what it stands for; None where it is free, or too old to count.

    Args:
        transaction: The one that the request is carried out in.
        key: The key, with its caller.
        digest: What tells requests apart.
        keep_s: How long an answer counts, in seconds.
    """
    asked = {"key": key, "hash": digest, "token": ids.mint(), "keep": int(keep_s * _MICROSECONDS)}
    ((own, same, answer),) = await transaction.run(Statement(_CLAIM, asked))
    return None if own else Found(same, answer)


async def keep_answer(transaction: Transaction, key: str, answer: str) -> None:
    """Keep the answer under a key that ``claim`` took in this transaction."""
    await transaction.run(Statement(_KEEP, {"key": key, "answer": answer}))


async def forget_requests(store: GraphStore, keep_s: float) -> int:
    """Forget the answers that no longer count, and say how many those were.

    Raises:
        StoreError: The engine failed; what was forgotten before stays so.
    """
    statement = Statement(_FORGET, {"keep": int(keep_s * _MICROSECONDS), "limit": FORGET_REQUESTS})

    async def work(transaction: Transaction) -> Rows:
        return await transaction.run(statement)

    forgotten = 0
    while (rows := await store.write(work)) and rows[0][0]:
        forgotten += rows[0][0]
    return forgotten
