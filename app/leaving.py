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
    from datetime import date
    from typing import NoReturn

    from app.registry import Registry

_log = logging.getLogger("kinship.leaving")
EVERY_S: Final = 3_600.0
"""How often the day is looked at."""


async def follow_calendar(registry: Registry) -> NoReturn:
    """Withdraw what has left, now and whenever another day begins."""
    while True:
        try:
            await withdraw(registry, datetime.now(UTC).date())
        except (CatalogConflict, StoreError) as error:
            _log.warning("What has left the API could not be taken out; the next hour tries again: %s", error)
        await asyncio.sleep(EVERY_S)


async def withdraw(registry: Registry, today: date) -> bool:
    """Withdraw what has left by a day; whether there was any.

    Raises:
        CatalogConflict: Another change came first.
        StoreError: The engine did not answer.
    """
    before = registry.catalog
    draft = Draft(before, today=today, deprecation_days=registry.settings.deprecation_days)
    draft.attempt(withdraw_due, ())
    if draft.catalog == before:
        return False
    versions_max = registry.settings.catalog_versions_max
    await commit_change(registry.store, before, draft.change, versions_max=versions_max)
    _log.info("Took out of the API what had left by %s.", today)
    await registry.refresh()
    return True
