"""How many records and associations there are, for clients that ask: counted when asked, at most every few seconds."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from graphdb.jobs import job_states
from graphdb.statistics import read_record_counts, read_statistics
from graphdb.versions import kept_versions

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from graphdb.catalog.model import Catalog
    from graphdb.catalog.statistics import Statistics
    from graphdb.jobs import JobStatus
    from graphdb.store import GraphStore
    from graphdb.versions import KeptVersion

T = TypeVar("T")
FRESH_S: Final = 2.0
"""How old an answer may be: on the embedded engine counting associations visits them."""


class Counts:
    """The counts of a graph under one data model.

    Args:
        store: The graph.
        catalog: What is counted.
    """

    def __init__(self, store: GraphStore, catalog: Catalog) -> None:
        self._records = _Fresh(lambda: read_record_counts(store, catalog, timeout_s=None))
        self._statistics = _Fresh(lambda: read_statistics(store, catalog, timeout_s=None))
        self._versions = _Fresh(lambda: kept_versions(store))
        self._jobs = _Fresh(lambda: job_states(store))

    async def records(self) -> Mapping[str, int]:
        """Live records by node label.

        Raises:
            StoreError: The engine did not answer.
        """
        return await self._records.get()

    async def relationships(self) -> Mapping[str, int]:
        """Associations, and those with a label, by relationship type.

        Raises:
            StoreError: The engine did not answer.
        """
        statistics: Statistics = await self._statistics.get()
        return statistics.relationships

    async def versions(self) -> tuple[KeptVersion, ...]:
        """The versions of the data model that can be read.

        Raises:
            StoreError: The engine did not answer.
        """
        return await self._versions.get()

    async def jobs(self) -> list[JobStatus]:
        """What changes of the data model have left to be done, and how far it is.

        Raises:
            StoreError: The engine did not answer.
        """
        return await self._jobs.get()


class _Fresh(Generic[T]):
    """An answer that is asked for anew when it is old, once for all who want it then."""

    def __init__(self, ask: Callable[[], Awaitable[T]]) -> None:
        self._ask = ask
        self._task: asyncio.Future[T] | None = None
        self._asked_at = float("-inf")

    async def get(self) -> T:
        if self._task is None or self._old():
            self._asked_at = time.monotonic()
            self._task = asyncio.ensure_future(self._ask())
        return await asyncio.shield(self._task)

    def _old(self) -> bool:
        task = self._task
        if task is None or not task.done():
            return False
        return task.cancelled() or task.exception() is not None or time.monotonic() - self._asked_at > FRESH_S
