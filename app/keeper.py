"""What one process does for all that serve a graph, behind the requests.

Changes get their numbers and are folded into kept roll-ups, jobs of the data model are done, what has left the API is
taken out of it, and what was kept long enough is forgotten.

The process that makes the indexes does it: the only server process, or the parent of several.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from app.leaving import follow_calendar
from graphdb.jobs import Terms, follow_jobs
from graphdb.journal.folds import Folder
from graphdb.journal.housekeeping import keep_house
from graphdb.journal.sequencer import Sequencer
from schema.kept import kept_roll_ups

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import NoReturn

    from app.settings import Settings
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

_log = logging.getLogger("kinship.keeper")


class Keeper:
    """The chores of a graph.

    Args:
        store: The graph.
        settings: How often and how long.
        catalog: The data model as this process knows it.
        refresh: Has this process look for a later one.

    Attributes:
        sequencer: Numbers the change log's entries; where it does not run here, waking it does nothing.
        folder: Brings kept roll-ups up to date with them.
    """

    def __init__(
        self,
        store: GraphStore,
        settings: Settings,
        catalog: Callable[[], Catalog],
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        self._store = store
        self._settings = settings
        self._catalog = catalog
        self._refresh = refresh
        self._jobs_wanted = asyncio.Event()
        poll_s = settings.changes_poll_ms / 1_000
        self.folder = Folder(store, catalog, refresh, kept_roll_ups, poll_s=poll_s)
        self.sequencer = Sequencer(store, poll_s=poll_s, then=self.folder.wake)

    def changed(self) -> None:
        """Take note that the data model has changed: there may be jobs."""
        self._jobs_wanted.set()

    async def run(self) -> None:
        """Do them all for as long as the program runs."""
        chores = (self.sequencer.run, self.folder.run, self._keep_house, self._follow_jobs, self._follow_calendar)
        await asyncio.gather(*(guarded(chore) for chore in chores))

    async def _keep_house(self) -> None:
        settings = self._settings
        requests_s = settings.idempotency_hours * 3_600
        await keep_house(self._store, changes_s=settings.changes_kept_s, requests_s=requests_s)

    async def _follow_jobs(self) -> NoReturn:
        # Looked at again once no request is left that began on the data model before.
        grace_s = 4 * self._settings.catalog_poll_s + self._settings.write_timeout_s
        most = self._settings.catalog_versions_max
        terms = Terms(grace_s=grace_s, versions_max=most, roll_ups=kept_roll_ups)
        await follow_jobs(self._store, self._jobs_wanted, terms)

    async def _follow_calendar(self) -> NoReturn:
        await follow_calendar(self._store, self._settings, self._catalog, self._refresh)


async def guarded(work: Callable[[], Awaitable[None]]) -> None:
    """Do something behind the server; a failure of it is logged when it happens, and ends nothing else."""
    try:
        await work()
    except Exception:  # noqa: BLE001 - no failure behind the server may end it
        _log.exception("What ran behind the server failed.")
