"""What follows from a batch once it is written: pairs first, then the values of the records around."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphdb.writer.automatic import activities, contacted, domains, totals
from graphdb.writer.batch import Batch
from graphdb.writer.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace
    from graphdb.writer.drafts import PairDraft, RecordDraft


class Follow:
    """One transaction's consequences.

    Args:
        tx: The transaction.
        catalog: The data model.
        mint: Makes the token of locks.
        journal: What is written is noted there.
        now: The moment.
    """

    def __init__(
        self, tx: Transaction, catalog: Catalog, mint: Callable[[], str], journal: Journal, now: datetime
    ) -> None:
        self._tx = tx
        self._catalog = catalog
        self._mint = mint
        self._journal = journal
        self._now = now
        self.faults: list[Fault] = []

    async def run(self, trace: Trace) -> None:
        """Write what follows from what a batch did; what is wrong is in ``faults`` afterwards."""
        tx, catalog = self._tx, self._catalog
        pairs = [*await domains.joined(tx, catalog, trace), *await activities.reached(tx, catalog, trace)]
        if pairs:
            await self._write(pairs, trace)
        parents = await totals.added_up(tx, catalog, trace)
        touches, hubs = await contacted.dated(tx, catalog, trace, self._now)
        hubs |= {record_id for ids in parents.values() for record_id in ids}
        if not hubs:
            return
        targets = Targets(tx, self._mint())
        await targets.lock(hubs)
        live = {record_id for record_id, found in targets.found.items() if found.archived is None}
        parents = {type_name: ids & live for type_name, ids in parents.items()}
        touches = {key: touch for key, touch in touches.items() if key[1] in live}
        values = [
            *await totals.settled(tx, catalog, trace, parents, self.faults),
            *await contacted.settled(tx, catalog, trace, touches, self._now),
        ]
        if values and not self.faults:
            await self._write(values, trace)

    async def _write(self, drafts: Sequence[RecordDraft | PairDraft], trace: Trace) -> None:
        """Write drafts like those of a caller, and add what that did to the trace."""
        numbered = [replace(draft, index=index) for index, draft in enumerate(drafts)]
        batch = Batch(self._tx, self._catalog, numbered, self._mint, self._journal, self._now)
        await batch.prepare()
        self.faults += batch.faults
        if not self.faults:
            await batch.write(self._now)
            trace.add(batch.trace())
