"""Takes out of the API, when its day has come, what was retired of the data model; data and names stay."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graphdb.catalog.edit.draft import Draft
from graphdb.catalog.edit.object_types import withdraw_due
from graphdb.errors import CatalogConflict, StoreError
from graphdb.evolve import commit_change

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date
    from typing import NoReturn

    from app.settings import Settings
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

_log = logging.getLogger("kinship.leaving")
EVERY_S: Final = 3_600.0
"""How often the day is looked at."""


async def follow_calendar(
    store: GraphStore,
    settings: Settings,
    catalog: Callable[[], Catalog],
    refresh: Callable[[], Awaitable[object]],
) -> NoReturn:
    """Withdraw what has left, now and whenever another day begins.

    Args:
        store: The graph.
        settings: How many versions of the data model stay readable.
        catalog: The data model as this process knows it.
        refresh: Has this process look for a later one.
    """
    while True:
        try:
            if await withdraw(store, settings, catalog(), datetime.now(UTC).date()):
                await refresh()
        except (CatalogConflict, StoreError) as error:
            _log.warning("What has left the API could not be taken out; the next hour tries again: %s", error)
        await asyncio.sleep(EVERY_S)


async def withdraw(store: GraphStore, settings: Settings, before: Catalog, today: date) -> bool:
    """Withdraw what has left by a day; whether there was any.

    Raises:
        CatalogConflict: Another change came first.
        StoreError: The engine did not answer.
    """
    draft = Draft(before, today=today, deprecation_days=settings.deprecation_days)
    withdraw_due(draft)  # what comes of it is checked with the commit
    if draft.catalog == before:
        return False
    await commit_change(store, before, draft.change, versions_max=settings.catalog_versions_max)
    _log.info("Took out of the API what had left by %s.", today)
    return True
