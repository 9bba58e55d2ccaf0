"""``Writer``: what the mutations, the importer and the demo loader call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from graphdb import ids
from graphdb.errors import WriteRefused
from graphdb.journal.entries import Journal, Origin
from graphdb.values import in_milliseconds
from graphdb.writer.batch import Batch
from graphdb.writer.validate import check

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.store import Transaction
    from graphdb.writer.operations import Operation, Outcome


NOBODY = Origin()


def _now() -> datetime:
    return datetime.now(UTC)


class Writer:
    """Writes records and associations by the rules of one catalog; keeps nothing from call to call."""

    def __init__(
        self, catalog: Catalog, *, now: Callable[[], datetime] = _now, mint: Callable[[], str] = ids.mint
    ) -> None:
        """Make a writer.

        Args:
            catalog: The data model to check against.
            now: The clock, with a zone.
            mint: Makes ids: 32 hexadecimal digits, each above the last.
        """
        self._catalog = catalog
        self._now = now
        self._mint = mint

    def validate(self, operations: Sequence[Operation]) -> list[Fault]:
        """All that is wrong with operations by themselves, without a look at the graph."""
        return check(self._catalog, operations)[1]

    async def apply(self, tx: Transaction, operations: Sequence[Operation], origin: Origin = NOBODY) -> list[Outcome]:
        """Carry out operations, in order and as one: either all of them or, once ``tx`` is rolled back, none.

        Statements are sent per object type and association, not per operation: a thousand records at a time
        are a handful of round trips. It may be called again for the same operations when ``tx`` is retried.

        Args:
            tx: The transaction that it is done in.
            operations: What to do.
            origin: Who does it and which way, for the change log.

        Returns:
            What became of each operation, in the order given.

        Raises:
            WriteRefused: With every fault of every operation. ``tx`` must be rolled back, for unique values may
                have been claimed in it.
            StoreError: As the store says.
        """
        drafts, faults = check(self._catalog, operations, self._mint)
        batch = Batch(tx, drafts, self._mint, Journal(origin))
        await batch.prepare()
        faults += batch.faults
        if faults:
            raise WriteRefused(faults)
        await batch.write(in_milliseconds(self._now().astimezone(UTC)))
        return batch.outcomes()
