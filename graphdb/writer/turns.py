"""Statements of one transaction, each made while the engine works on the one before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction


async def run_in_turn(tx: Transaction, statements: Iterable[Statement]) -> None:
    """Run statements one after the other; what they return is of no interest.

    Args:
        tx: The transaction; nothing else is run in it meanwhile.
        statements: Makes each of them when it is asked for the next one.

    Raises:
        StoreError: As the transaction says, of the first that fails; none is run after it.
    """
    running: asyncio.Task[Rows] | None = None
    try:
        for statement in statements:
            if running is not None:
                await running
            running = asyncio.create_task(_run(tx, statement))
            await asyncio.sleep(0)  # it is sent before the next one is made
        if running is not None:
            await running
    finally:
        if running is not None and not running.done():
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _run(tx: Transaction, statement: Statement) -> Rows:
    return await tx.run(statement)
