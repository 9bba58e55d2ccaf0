"""What the process serves now: the catalog, its schema and everything made from the two.

``Served`` is one catalog version with all that depends on it; a request keeps the one it began with. ``Registry``
holds the current one. Another version in the graph, whoever put it there, is made ready aside, off the event loop, and
takes the place by one assignment; the one before goes when its last request has ended.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import weakref
from typing import TYPE_CHECKING, Final, Self

from strawberry.extensions import DisableIntrospection

from app import memory
from app.catalog_source import CatalogSource
from app.counts import Counts
from app.documents import Documents
from app.execution import RecordsExtension
from app.index_use import IndexUse
from app.indexes import Indexes
from app.introspection import Introspections
from app.keeper import Keeper
from graphdb.bootstrap import WORDS, is_named
from graphdb.errors import StoreError
from graphdb.statistics import read_statistics
from graphdb.writer.apply import Writer
from schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import NoReturn

    from app.settings import Settings
    from graphdb.bootstrap import Index, IndexStatus
    from graphdb.catalog.model import Catalog
    from graphdb.catalog.statistics import Statistics
    from graphdb.store import GraphStore
    from schema import MergedSchema

_log = logging.getLogger("kinship.registry")
STATISTICS_AFTER_S: Final = 3
"""How long after the start the statistics are taken first: what the start needs comes before."""
QUIET_S: Final = 2.0
"""How long after a change of the data model memory is put in order, unless another follows."""
_LONGEST_UNQUIET: Final = 10
"""After so many times as long at the latest, however many follow."""


class Served:
    """One version of the data model and what answers requests under it.

    Nothing that it holds leads back to it: it goes with the last reference, and with it the schema.

    Args:
        catalog: The data model.
        store: The graph.
        settings: The limits.
    """

    def __init__(self, catalog: Catalog, store: GraphStore, settings: Settings) -> None:
        self.catalog = catalog
        self.store = store
        self.settings = settings
        self.limits = settings.limits
        self.writer = Writer(catalog)
        hidden = [] if settings.introspection else [DisableIntrospection]
        self.schema: MergedSchema = build_schema(catalog, self.limits, [RecordsExtension, *hidden])
        self.statistics: Statistics | None = None
        self.counts = Counts(store, catalog)
        self.extensions = {"catalogVersion": catalog.version}
        self.introspections = Introspections(settings, self.extensions)
        self.documents = Documents(self.schema.graphql_schema, catalog, self.limits, settings)

    def use_indexes(self, online: Iterable[Index]) -> None:
        """Plan over those of the engine's indexes that statements name from now on, and over no others."""
        named = [index for index in online if is_named(index)]
        limits = dataclasses.replace(
            self.limits,
            words_index=WORDS.name if WORDS in named else None,
            composite_indexes=frozenset((index.node_label, index.properties) for index in named if index != WORDS),
        )
        if limits != self.limits:
            self.limits = limits
            self.documents = Documents(self.schema.graphql_schema, self.catalog, limits, self.settings)


class Registry:
    """The current data model of a graph, and the state of its indexes. Made by ``open``.

    Args:
        store: The graph.
        settings: The limits.
        catalog: What is served first.
        source: Where later versions come from; None for one of its own.
    """

    def __init__(
        self, store: GraphStore, settings: Settings, catalog: Catalog, source: CatalogSource | None = None
    ) -> None:
        self.store = store
        self.settings = settings
        self._source = source or CatalogSource(store, settings)
        self._refreshing = asyncio.Lock()
        self._swapped = asyncio.Event()
        self.current = _made(catalog, store, settings)
        self.keeper = Keeper(store, settings, lambda: self.catalog, self.refresh)
        self._indexes = Indexes(store, catalog, self._note)
        self.index_use = IndexUse(store, settings.index_use_days)
        self.requests_running: set[str] = set()

    @classmethod
    async def open(cls, store: GraphStore, settings: Settings) -> Self:
        """Load the graph's catalog, or give an empty graph the standard one, and make what serving needs.

        Raises:
            StoreError: The engine did not answer.
            CatalogError: The stored catalog is unsound.
        """
        source = CatalogSource(store, settings)
        catalog = await source.open()
        registry = cls(store, settings, catalog, source)
        await registry.look_at_indexes()
        return registry

    @property
    def catalog(self) -> Catalog:
        """The current data model."""
        return self.current.catalog

    @property
    def schema(self) -> MergedSchema:
        """The current schema."""
        return self.current.schema

    @property
    def indexes(self) -> Sequence[IndexStatus]:
        """Each index that the catalog wants, with its state as last seen."""
        return self._indexes.statuses

    async def refresh(self) -> Served:
        """Serve the data model that the graph holds now, which whoever changes it awaits before they say so.

        When it fails, what was served stays.

        Raises:
            StoreError: The engine did not answer.
            CatalogError: The stored catalog is unsound.
        """
        async with self._refreshing:
            catalog = await self._source.other_than(self.catalog.version)
            if catalog is not None:
                served = await asyncio.to_thread(_made, catalog, self.store, self.settings)
                self._serve(served)
        return self.current

    def _serve(self, served: Served) -> None:
        before = self.current
        served.statistics = before.statistics
        self._indexes.use(served.catalog)
        served.use_indexes(self._indexes.online)
        self.current = served
        weakref.finalize(before, before.schema.dispose).atexit = False
        self._swapped.set()
        self.keeper.changed()
        _log.info("Serving version %d of the data model.", served.catalog.version)

    async def follow_catalog(self) -> NoReturn:
        """Serve what others make of the data model."""
        await self._source.follow(self.refresh)

    async def settle_memory(self) -> NoReturn:
        """After changes of the data model, when it is quiet, put memory in order."""
        while True:
            await self._swapped.wait()
            for _ in range(_LONGEST_UNQUIET):
                self._swapped.clear()
                await asyncio.sleep(QUIET_S)
                if not self._swapped.is_set():
                    break
            memory.settle()

    async def build_indexes(self) -> None:
        """Make the indexes that serving can begin without."""
        await self._indexes.build()

    async def keep_indexes(self) -> NoReturn:
        """Make the indexes that are missing, or follow whoever does, now and after each change of the data model."""
        await (self._indexes.keep() if self.settings.build_indexes else self._indexes.watch())

    async def look_at_indexes(self) -> None:
        """Ask the engine how far its indexes are.

        Raises:
            StoreError: The engine did not answer.
        """
        await self._indexes.look()

    async def follow_statistics(self) -> None:
        """Take the statistics, behind the requests, and anew from time to time."""
        pause_s = min(STATISTICS_AFTER_S, self.settings.statistics_every_s)
        while pause_s:
            await asyncio.sleep(pause_s)
            pause_s = self.settings.statistics_every_s
            try:
                taken = await read_statistics(self.store, self.catalog)
            except StoreError as error:
                _log.warning("The statistics could not be taken: %s", error)
            else:
                self.current.statistics = taken  # the data model may be a later one by now: they hold for it as well

    def _note(self, status: IndexStatus) -> None:
        if is_named(status.index):
            self.current.use_indexes(self._indexes.online)


def _made(catalog: Catalog, store: GraphStore, settings: Settings) -> Served:
    with memory.beside_requests():
        return Served(catalog, store, settings)
