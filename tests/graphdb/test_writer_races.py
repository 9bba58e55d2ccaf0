"""Another writer in the midst of a transaction, just after it has locked its first records: what follows is right."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.writer.operations import Archive, Create, Merge, Ref, Restore, Unmerge, Update
from tests.graph_state import read_state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction
    from graphdb.writer.operations import Operation
    from tests.graphdb.conftest import Graph

UNIT = 10_000
PATIENCE_S = 1.0
"""How long the other writer is waited for: on Neo4j it waits in its turn for the lock."""


def ref(kind: str, record_id: str) -> Ref:
    return Ref(type=kind, key="id", value=record_id)


class Interrupted:
    """A transaction into which something comes once it has locked its first records."""

    def __init__(self, tx: Transaction, meanwhile: Callable[[], Awaitable[None]]) -> None:
        self._tx = tx
        self._meanwhile = meanwhile

    async def run(self, statement: Statement) -> Rows:
        rows = await self._tx.run(statement)
        if "SET r._lock" in statement.text:
            await self._meanwhile()
        return rows


async def interrupted(graph: Graph, operation: Operation, other: Operation) -> None:
    """Carry out an operation, and another one just after the first one's first lock."""
    begun: list[asyncio.Task[Any]] = []

    async def meanwhile() -> None:
        if not begun:
            begun.append(asyncio.create_task(graph.write(other)))
            await asyncio.wait(begun, timeout=PATIENCE_S)

    await graph.store.write(lambda tx: graph.writer.apply(Interrupted(tx, meanwhile), [operation]), timeout_s=60)
    await begun[0]


async def prepared(graph: Graph, kind: str, ids: list[str], change: str) -> Operation:
    """The operation on the first of some records that is interrupted; what it needs is done."""
    first, second = ref(kind, ids[0]), ref(kind, ids[1])
    if change == "archive":
        return Archive(by=first)
    if change == "restore":
        await graph.write(Archive(by=first))
        return Restore(by=first)
    if change == "unmerge":
        await graph.write(Merge(winner=second, loser=first))
        return Unmerge(type=kind, loser=ids[0])
    return Merge(winner=second, loser=first)


CHANGES = ("archive", "restore", "merge", "unmerge")


@pytest.mark.parametrize("other", ["merge", "update"])
@pytest.mark.parametrize("change", CHANGES)
async def test_a_line_item_moves_while_another_one_changes(graph: Graph, change: str, other: str) -> None:
    """The total counts both."""
    deal = await graph.create("deal", name="d")
    links = (graph.link("line_item", "deal", deal),)
    values = [{"name": "x", "quantity": 1.0, "price": price * UNIT} for price in (1, 2, 4, 8)]
    lines = [Create(type="line_item", values=one, links=links) for one in values]
    ids = [outcome.id for outcome in await graph.write(*lines)]
    operation = await prepared(graph, "line_item", ids, change)
    others: dict[str, Operation] = {
        "merge": Merge(winner=ref("line_item", ids[2]), loser=ref("line_item", ids[3]), take=("price", "amount")),
        "update": Update(by=ref("line_item", ids[2]), values={"price": 10 * UNIT}),
    }
    await interrupted(graph, operation, others[other])
    assert (await read_state(graph.store, graph.catalog)).broken == []
    ((amount, added_up),) = await graph.rows(
        "MATCH (d:Deal)--(l:LineItem) WITH d, sum(l.amount) AS lines RETURN d.amount, lines"
    )
    assert amount == added_up


@pytest.mark.parametrize("change", CHANGES)
async def test_an_activity_moves_while_another_one_changes(graph: Graph, change: str) -> None:
    """The last contact is the latest of those that are left."""
    now = datetime.now(UTC).replace(microsecond=0)
    contact = await graph.create("contact")
    links = (graph.link("call", "contact", contact),)
    times = [now - timedelta(days=days) for days in (1, 5, 3)]
    calls = [Create(type="call", values={"occurredAt": time}, links=links) for time in times]
    ids = [outcome.id for outcome in await graph.write(*calls)]
    operation = await prepared(graph, "call", ids, change)
    later = Update(by=ref("call", ids[2]), values={"occurredAt": now - timedelta(days=9)})
    await interrupted(graph, operation, later)
    state = await read_state(graph.store, graph.catalog)
    assert state.broken == []
    latest = max(values["occurredAt"] for kind, values in state.live.values() if kind == "call")
    assert state.live[contact][1]["lastContactedAt"] == latest
