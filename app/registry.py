"""What the process serves now: the catalog, its schema and everything made from the two.

``Served`` is one catalog version with all that depends on it; a request keeps the one it began with. ``Registry``
holds the current one and swaps it by one assignment.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import logging
from typing import TYPE_CHECKING, Self

from strawberry.extensions import DisableIntrospection

from app.counts import Counts
from app.documents import Documents
from app.execution import RecordsExtension
from app.introspection import Introspections
from graphdb.bootstrap import WORDS, IndexState, build_indexes, index_states, prepare
from graphdb.catalog.files import standard_catalog
from graphdb.errors import CatalogConflict, StoreError
from graphdb.fill import fill_words
from graphdb.journal.sequencer import Sequencer
from graphdb.metadata import load_catalog, save_catalog
from graphdb.statistics import read_statistics
from graphdb.writer.apply import Writer
from schema import build_schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.settings import Settings
    from graphdb.bootstrap import IndexStatus
    from graphdb.catalog.model import Catalog
    from graphdb.catalog.statistics import Statistics
    from graphdb.store import GraphStore
    from schema import MergedSchema

_log = logging.getLogger("kinship.registry")
STATISTICS_AFTER_S = 3
"""How long after the start the statistics are taken first: what the start needs comes before."""
INDEX_POLL_S = 2.0
"""How often a process that builds no indexes asks how far they are."""


class Served:
    """One version of the data model and what answers requests under it.

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
        self.schema: MergedSchema = build_schema(catalog, self.limits, [lambda: RecordsExtension(self), *hidden])
        self.statistics: Statistics | None = None
        self.counts = Counts(store, catalog)
        self.introspections = Introspections(settings)
        self.documents = Documents(self.schema.graphql_schema, catalog, self.limits, settings)

    def use_words_index(self, name: str) -> None:
        """Plan searches over the engine's full-text index from now on."""
        self.limits = dataclasses.replace(self.limits, words_index=name)
        self.documents = Documents(self.schema.graphql_schema, self.catalog, self.limits, self.settings)


class Registry:
    """The current data model of a graph, and the state of its indexes. Made by ``open``."""

    def __init__(self, store: GraphStore, settings: Settings, catalog: Catalog) -> None:
        self.store = store
        self.settings = settings
        self.current = Served(catalog, store, settings)
        self.sequencer = Sequencer(store, poll_s=settings.changes_poll_ms / 1_000, keep_s=settings.changes_kept_s)
        self._indexes: dict[str, IndexStatus] = {}

    @classmethod
    async def open(cls, store: GraphStore, settings: Settings) -> Self:
        """Load the graph's catalog, or give an empty graph the standard one, and make what serving needs.

        Raises:
            StoreError: The engine did not answer.
            CatalogError: The stored catalog is unsound.
        """
        await store.verify()
        catalog = await load_catalog(store)
        if catalog is None:
            with contextlib.suppress(CatalogConflict):  # another process was first: its catalog counts
                await save_catalog(store, standard_catalog(), expected=None, versions_max=settings.catalog_versions_max)
            catalog = await load_catalog(store)
        if catalog is None:
            raise RuntimeError("the graph has no catalog although one was saved")
        await prepare(store, catalog)
        registry = cls(store, settings, catalog)
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
        return list(self._indexes.values())

    async def build_indexes(self) -> None:
        """Make the indexes that serving can begin without; meanwhile lists sort, which is slower but right.

        Before them, once, the words of records that an earlier version wrote: until then search does not find those.
        """
        try:
            await fill_words(self.store, self.catalog)
        except StoreError as error:
            _log.warning("The words of older records could not be made; the next start tries again: %s", error)
        await build_indexes(self.store, self.catalog, self._note)

    async def watch_indexes(self) -> None:
        """Follow the indexes that another process builds, until all are settled."""
        while any(status.state in {IndexState.WANTED, IndexState.BUILDING} for status in self.indexes):
            await asyncio.sleep(INDEX_POLL_S)
            try:
                await self.look_at_indexes()
            except StoreError as error:
                _log.debug("The state of the indexes is not known: %s", error)

    async def look_at_indexes(self) -> None:
        """Ask the engine how far its indexes are."""
        for status in await index_states(self.store, self.catalog):
            self._note(status)

    async def follow_statistics(self) -> None:
        """Take the statistics, behind the requests, and anew from time to time."""
        pause_s = min(STATISTICS_AFTER_S, self.settings.statistics_every_s)
        while pause_s:
            await asyncio.sleep(pause_s)
            pause_s = self.settings.statistics_every_s
            served = self.current
            try:
                served.statistics = await read_statistics(self.store, served.catalog)
            except StoreError as error:
                _log.warning("The statistics could not be taken: %s", error)

    def _note(self, status: IndexStatus) -> None:
        self._indexes[status.index.name] = status
        ready = status.index == WORDS and status.state is IndexState.ONLINE
        if ready and self.current.limits.words_index is None:
            self.current.use_words_index(status.index.name)
