"""The graph store as the rest of the program sees it.

``GraphStore`` is the seam: ``graphdb.bolt`` implements it over the official driver for Neo4j and the embedded
engine alike. Rows come back as lists of plain Python values (no driver types); every driver error arrives as a
``graphdb.errors.StoreError``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphdb.cypher.statement import Statement

T = TypeVar("T")
Rows = list[list[Any]]


class Engine(StrEnum):
    """Who answers Bolt. Code asks for it only where the two are known to differ."""

    NEO4J = "neo4j"
    ARCADEDB = "arcadedb"


@dataclass(frozen=True, slots=True)
class PlanStep:
    """A step of an engine's plan for a statement.

    Attributes:
        operator: What it does, in the engine's words.
        details: To what; of the embedded engine, all of its plan as text.
        rows: How many rows the engine expects of it.
        steps: What it takes its rows from.
    """

    operator: str
    details: str = ""
    rows: float | None = None
    steps: tuple[PlanStep, ...] = ()


class Transaction(Protocol):
    """An open write transaction."""

    async def run(self, statement: Statement) -> Rows:
        """Run a statement and return all of its rows."""
        ...


class GraphStore(Protocol):
    """One graph behind Bolt."""

    @property
    def engine(self) -> Engine:
        """Who answers; known from ``verify`` on.

        Raises:
            StoreUnavailable: ``verify`` has not reached an engine yet.
        """
        ...

    async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
        """Run a reading statement in a transaction of its own and return its rows.

        Raises:
            StoreUnavailable: No engine answered.
            StoreTimeout: It took longer than ``timeout_s`` (default: the store's own).
        """
        ...

    async def explain(self, text: str) -> PlanStep:
        """How the engine would carry out a statement; nothing is run.

        Raises:
            StoreUnavailable: No engine answered.
            StoreTimeout: Planning took longer than a read may.
        """
        ...

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, timeout_s: float | None = None) -> T:
        """Run ``work`` in one managed write transaction and commit.

        ``work`` may run several times (deadlocks, lost races on a uniqueness constraint, ``Superseded`` raised by
        itself), so it must change nothing outside its transaction. Another exception rolls back and is passed on.

        Raises:
            StoreUnavailable: No engine answered; nothing was written.
            StoreTimeout: The deadline passed; nothing was written.
            OutcomeUnknown: The commit's answer was lost.
        """
        ...

    async def rollback(self, work: Callable[[Transaction], Awaitable[T]], *, timeout_s: float | None = None) -> T:
        """As ``write``, but roll back at the end: what a dry run needs."""
        ...

    async def change_schema(self, text: str) -> Rows:
        """Run one schema command (an index, a constraint, SHOW ...) by itself and return its rows."""
        ...

    async def verify(self) -> str:
        """Ask the engine for its name and version.

        Raises:
            StoreUnavailable: No engine answered.
        """
        ...

    async def close(self) -> None:
        """Give back every connection."""
        ...
