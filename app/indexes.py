"""The engine's indexes for the current data model: how far they are, and who makes them."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from graphdb.bootstrap import IndexState, IndexStatus, build_indexes, index_states, wanted_indexes
from graphdb.errors import StoreError
from graphdb.fill import fill_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import NoReturn

    from graphdb.bootstrap import Index
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

_log = logging.getLogger("kinship.indexes")
POLL_S: Final = 2.0
"""How often a process that builds no indexes asks how far they are."""
_UNSETTLED = frozenset({IndexState.WANTED, IndexState.BUILDING})


class Indexes:
    """What a data model wants of the engine's indexes, and what is there.

    Args:
        store: The graph.
        catalog: The data model; ``use`` names a later one.
        on_state: Told of each state that is seen.
    """

    def __init__(
        self, store: GraphStore, catalog: Catalog, on_state: Callable[[IndexStatus], None] = lambda _: None
    ) -> None:
        self._store = store
        self._on_state = on_state
        self._changed = asyncio.Event()
        self._statuses: dict[Index, IndexStatus] = {}
        self.use(catalog)

    @property
    def catalog(self) -> Catalog:
        """The data model that wants them."""
        return self._catalog

    @property
    def statuses(self) -> Sequence[IndexStatus]:
        """Each index that the catalog wants, with its state as last seen."""
        return list(self._statuses.values())

    @property
    def online(self) -> Iterator[Index]:
        """Those that the engine has."""
        return (one.index for one in self._statuses.values() if one.state is IndexState.ONLINE)

    def use(self, catalog: Catalog) -> None:
        """Want what this data model wants from now on."""
        self._catalog = catalog
        wanted = wanted_indexes(self._store, catalog)
        self._statuses = {one: self._statuses.get(one, IndexStatus(one, IndexState.WANTED)) for one in wanted}
        self._changed.set()

    async def look(self) -> None:
        """Ask the engine how far they are.

        Raises:
            StoreError: The engine did not answer.
        """
        for status in await index_states(self._store, self._catalog):
            self._note(status)

    async def build(self) -> None:
        """Make those that serving can begin without; meanwhile lists sort, which is slower but right.

        Before them the words of records that an earlier version of the program wrote: until then search does not find
        those.
        """
        try:
            await fill_words(self._store, self._catalog)
        except StoreError as error:
            _log.warning("The words of older records could not be made; the next start tries again: %s", error)
        await build_indexes(self._store, self._catalog, self._note)

    async def keep(self) -> NoReturn:
        """Make what is missing now, and after each change of the data model."""
        while True:
            self._changed.clear()
            try:
                await self.build()
            except StoreError as error:
                _log.warning("Not all indexes could be made; the next change or start tries again: %s", error)
            await self._changed.wait()

    async def watch(self) -> NoReturn:
        """Follow what another process makes, now and after each change of the data model."""
        while True:
            self._changed.clear()
            while any(status.state in _UNSETTLED for status in self.statuses):
                await asyncio.sleep(POLL_S)
                try:
                    await self.look()
                except StoreError as error:
                    _log.debug("The state of the indexes is not known: %s", error)
            await self._changed.wait()

    def _note(self, status: IndexStatus) -> None:
        if status.index in self._statuses:  # else the data model does not want it any more
            self._statuses[status.index] = status
        self._on_state(status)
