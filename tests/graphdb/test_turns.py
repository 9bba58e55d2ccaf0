"""Statements that are made while the engine works on the ones before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from graphdb.cypher.statement import Statement
from graphdb.errors import StatementRejected
from graphdb.writer.turns import run_in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.bolt import BoltStore
    from graphdb.store import Rows, Transaction


class Slow:
    """A transaction whose statements take a moment; what happens is written down."""

    def __init__(self) -> None:
        self.told: list[str] = []

    async def run(self, statement: Statement) -> Rows:
        self.told.append(f"{statement.text} sent")
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            self.told.append(f"{statement.text} given up")
            raise
        self.told.append(f"{statement.text} done")
        if statement.text == "bad":
            raise StatementRejected("bad")
        return []


def _making(told: list[str], *texts: str) -> Iterator[Statement]:
    for text in texts:
        told.append(f"{text} made")
        yield Statement(text)


async def test_each_is_made_while_the_one_before_runs_and_sent_when_that_is_done() -> None:
    slow = Slow()
    await run_in_turn(slow, _making(slow.told, "a", "b"))
    assert slow.told == ["a made", "a sent", "b made", "a done", "b sent", "b done"]


async def test_none_is_sent_after_one_that_fails() -> None:
    slow = Slow()
    with pytest.raises(StatementRejected):
        await run_in_turn(slow, _making(slow.told, "bad", "b", "c"))
    assert slow.told == ["bad made", "bad sent", "b made", "bad done"]


async def test_none_is_left_running_when_the_next_cannot_be_made() -> None:
    slow = Slow()

    def making() -> Iterator[Statement]:
        yield Statement("a")
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        await run_in_turn(slow, making())
    assert slow.told == ["a sent", "a given up"]


async def test_none_is_left_running_when_the_deadline_passes() -> None:
    slow = Slow()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.015):
            await run_in_turn(slow, _making(slow.told, "a", "b", "c"))
    assert slow.told[-1].endswith("given up")
    assert [one for one in slow.told if one.endswith("sent")][-1].partition(" ")[0] == slow.told[-1].partition(" ")[0]


async def test_a_transaction_that_is_given_up_midway_leaves_nothing(store: BoltStore) -> None:
    """And the next one runs."""

    async def work(tx: Transaction) -> None:
        def making() -> Iterator[Statement]:
            yield Statement("UNWIND range(1, 2000) AS n CREATE (:_Turn {n: n})")
            raise ValueError("no more")

        await run_in_turn(tx, making())

    async def count(tx: Transaction) -> int:
        found: int = (await tx.run(Statement("MATCH (t:_Turn) RETURN count(t)")))[0][0]
        return found

    with pytest.raises(ValueError, match="no more"):
        await store.write(work)
    assert await store.write(count) == 0
