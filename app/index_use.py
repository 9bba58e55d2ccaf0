"""Counts in which ways lists are asked for, and has the graph keep it from time to time: what indexes are chosen by."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from graphdb import ids
from graphdb.errors import StoreError
from graphdb.index_use import Use, keep_uses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import NoReturn

    from graphdb.store import GraphStore
    from schema.compiler.access import Access

_log = logging.getLogger("kinship.indexes")
EVERY_S: Final = 60.0
"""How often what was counted is kept: so much of it a process that is killed loses."""
ACCESSES_MAX: Final = 1_000
"""Ways to ask that are counted, for each process and day: those that come first."""
_LAST_S: Final = 2.0
"""How long a process that ends takes at most to keep the rest."""


def _clock() -> datetime:
    return datetime.now(UTC)


class IndexUse:
    """The counts of one process.

    Args:
        store: Where they are kept.
        days: For how many days; 0 counts nothing.
        now: The clock.
    """

    def __init__(self, store: GraphStore, days: int, now: Callable[[], datetime] = _clock) -> None:
        self._store = store
        self._days = days
        self._now = now
        self._process = ids.mint()
        self._begin()

    def _begin(self) -> None:
        self._since = self._now()
        self._counts: dict[Access, tuple[int, float]] = {}
        self._changed = False

    def note(self, accesses: Iterable[Access], ms: float) -> None:
        """Count a statement that took so many milliseconds."""
        if not self._days:
            return
        for access in accesses:
            known = self._counts.get(access)
            if known is None and len(self._counts) >= ACCESSES_MAX:
                continue
            count, total = known or (0, 0.0)
            self._counts[access] = (count + 1, total + ms)
            self._changed = True

    async def flush(self) -> None:
        """Have the graph keep what was counted today, if there is anything new.

        Raises:
            StoreError: As the store says; the counts are kept for the next time.
        """
        now = self._now()
        if self._changed:
            day = self._since.date()
            uses = [
                Use(one.label, one.equal, one.between, one.order, count, ms, one.single)
                for one, (count, ms) in self._counts.items()
            ]
            self._changed = False
            try:
                await keep_uses(
                    self._store,
                    process=self._process,
                    day=day.isoformat(),
                    oldest=(day - timedelta(days=self._days)).isoformat(),
                    since=self._since.isoformat(timespec="seconds"),
                    until=now.isoformat(timespec="seconds"),
                    uses=uses,
                )
            except StoreError:
                self._changed = True
                raise
        if now.date() != self._since.date() and not self._changed:
            self._begin()

    async def keep(self) -> NoReturn:
        """Do so from time to time, and once more at the end."""
        try:
            while True:
                await asyncio.sleep(EVERY_S)
                try:
                    await self.flush()
                except StoreError as error:
                    _log.warning("What lists were asked for could not be kept, which is tried again: %s", error)
        finally:
            with contextlib.suppress(StoreError, TimeoutError):
                async with asyncio.timeout(_LAST_S):
                    await self.flush()
