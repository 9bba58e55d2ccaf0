"""The data model as the graph holds it: opened at the start, then followed, whoever changes it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Final

from graphdb.bootstrap import prepare
from graphdb.catalog.files import standard_catalog
from graphdb.errors import CatalogConflict, StoreError, StoreTimeout, StoreUnavailable
from graphdb.metadata import catalog_version, load_catalog, save_catalog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import NoReturn

    from app.settings import Settings
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore
    from graphdb.versions import KnownParts

_log = logging.getLogger("kinship.catalog")
ENGINE_PAUSE_S: Final = 0.5
"""How often an engine is looked for that does not answer at the start."""
LONGEST_PAUSE_S: Final = 5.0
"""How long it is waited at most before a change that could not be followed is tried again."""


class CatalogSource:
    """Reads the data model of one graph; of a later version only what is new.

    Args:
        store: The graph.
        settings: How often to look, and how many versions an empty graph's first one begins.
    """

    def __init__(self, store: GraphStore, settings: Settings) -> None:
        self._store = store
        self._settings = settings
        self._known: KnownParts = {}

    async def open(self) -> Catalog:
        """The graph's catalog, or for an empty graph the standard one, and what serving it needs.

        Raises:
            StoreError: The engine did not answer.
            CatalogError: The stored catalog is unsound.
        """
        await self._store.verify()
        catalog = await load_catalog(self._store, self._known)
        if catalog is None:
            most = self._settings.catalog_versions_max
            with contextlib.suppress(CatalogConflict):  # another process was first: its catalog counts
                await save_catalog(self._store, standard_catalog(), expected=None, versions_max=most)
            catalog = await load_catalog(self._store, self._known)
        if catalog is None:
            raise RuntimeError("the graph has no catalog although one was saved")
        await prepare(self._store, catalog)
        return catalog

    async def open_when_there(self) -> Catalog:
        """As ``open``, but waits for an engine to answer.

        Raises:
            StoreError: It refused.
            CatalogError: The stored catalog is unsound.
        """
        while True:
            try:
                return await self.open()
            except (StoreUnavailable, StoreTimeout) as error:
                _log.warning("The data model cannot be read yet, which is tried again: %s", error)
                await asyncio.sleep(ENGINE_PAUSE_S)

    async def other_than(self, version: int) -> Catalog | None:
        """The graph's catalog if it is of another version; else None.

        Raises:
            StoreError: The engine did not answer.
            CatalogError: The stored catalog is unsound.
        """
        if await catalog_version(self._store) in {version, None}:
            return None
        catalog = await load_catalog(self._store, self._known)
        return None if catalog is None or catalog.version == version else catalog

    async def follow(self, refresh: Callable[[], Awaitable[object]]) -> NoReturn:
        """Have ``refresh`` look for another version again and again; when it fails, later and later."""
        pause_s = self._settings.catalog_poll_s
        failed = False
        while True:
            await asyncio.sleep(pause_s)
            try:
                await refresh()
            except Exception as error:  # noqa: BLE001 - whatever it was: what is served stays, and it is tried again
                level = logging.DEBUG if failed else logging.WARNING
                trace = None if isinstance(error, StoreError) else error
                _log.log(level, "The data model could not be followed, and is tried again: %s", error, exc_info=trace)
                failed, pause_s = True, min(pause_s * 2, LONGEST_PAUSE_S)
            else:
                failed, pause_s = False, self._settings.catalog_poll_s
