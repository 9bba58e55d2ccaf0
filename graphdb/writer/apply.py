"""``Writer``: what the mutations, the importer and the demo loader call."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, cast

from graphdb import ids
from graphdb.errors import WriteRefused
from graphdb.journal.entries import Journal, Origin
from graphdb.values import in_milliseconds
from graphdb.writer.archive import ArchiveBatch
from graphdb.writer.automatic.follow import Follow
from graphdb.writer.batch import Batch
from graphdb.writer.drafts import Life, LifeDraft, MergeDraft, UnmergeDraft
from graphdb.writer.merge import MergeBatch
from graphdb.writer.restore import RestoreBatch
from graphdb.writer.unmerge import UnmergeBatch
from graphdb.writer.validate import check

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace
    from graphdb.writer.drafts import Draft, PairDraft, RecordDraft
    from graphdb.writer.operations import Operation, Outcome


NOBODY = Origin()


def _now() -> datetime:
    return datetime.now(UTC)


class Checked:
    """Operations that a writer has looked at.

    Args:
        operations: What to do.
        look: Finds what the operations say and what is wrong with them.

    Attributes:
        faults: All that is wrong with them by themselves.
    """

    def __init__(self, operations: Sequence[Operation], look: Callable[[], tuple[list[Draft], list[Fault]]]) -> None:
        self.operations = operations
        self._look = look
        found, faults = look()
        self._found: list[Draft] | None = found
        self.faults = tuple(faults)

    def take(self) -> tuple[list[Draft], list[Fault]]:
        """What they say, for one attempt to write it, which changes that: the next one gets it made anew."""
        found, self._found = self._found, None
        return (found, list(self.faults)) if found is not None else self._look()


class Writer:
    """Writes records and associations by the rules of one catalog; keeps nothing from call to call."""

    def __init__(
        self,
        catalog: Catalog,
        *,
        now: Callable[[], datetime] = _now,
        mint: Callable[[], str] = ids.mint,
        as_given: bool = False,
    ) -> None:
        """Make a writer.

        Args:
            catalog: The data model to check against.
            now: The clock, with a zone.
            mint: Makes ids: 32 hexadecimal digits, each above the last.
            as_given: Whether records are taken as they are given, as those of a whole CRM are, of which nobody knows
                when what happened: nothing then happens by itself (``graphdb.writer.automatic``).
        """
        self._catalog = catalog
        self._now = now
        self._mint = mint
        self._as_given = as_given

    @property
    def _today(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    def check(self, operations: Sequence[Operation]) -> Checked:
        """Look at operations by themselves, without a look at the graph."""
        return Checked(operations, lambda: check(self._catalog, operations, self._mint, today=self._today))

    async def apply(
        self, tx: Transaction, operations: Sequence[Operation] | Checked, origin: Origin = NOBODY
    ) -> list[Outcome]:
        """Carry out operations, in order and as one: either all of them or, once ``tx`` is rolled back, none.

        Statements are sent per object type and association, not per operation: a thousand records at a time
        are a handful of round trips, and so are a thousand to be archived. Merges and their undoing are carried out
        one by one. It may
        be called again for the same operations when ``tx`` is retried.

        Args:
            tx: The transaction that it is done in.
            operations: What to do; what this writer has checked before is not checked again.
            origin: Who does it and which way, for the change log.

        Returns:
            What became of each operation, in the order given.

        Raises:
            WriteRefused: With every fault of every operation. ``tx`` must be rolled back, for unique values may
                have been claimed in it.
            StoreError: As the store says.
        """
        checked = operations if isinstance(operations, Checked) else self.check(operations)
        drafts, faults = checked.take()
        now = in_milliseconds(self._now().astimezone(UTC))
        moment = None if self._as_given else now
        outcomes: dict[int, Outcome] = {}
        journal = Journal(origin)
        for batch in self._batches(tx, drafts, journal, moment):
            await batch.prepare()
            faults += batch.faults
            if not faults:
                await batch.write(now)
                outcomes |= batch.outcomes()
                faults += await self._follow(tx, batch.trace(), journal, now)
        if faults:
            raise WriteRefused(faults)
        await journal.write(tx)
        return [outcomes[index] for index in range(len(checked.operations))]

    async def _follow(self, tx: Transaction, trace: Trace, journal: Journal, now: datetime) -> list[Fault]:
        """Write what happens by itself after a batch; what is wrong with it."""
        if self._as_given:
            return []
        follow = Follow(tx, self._catalog, self._mint, journal, now)
        await follow.run(trace)
        return follow.faults

    def _batches(
        self, tx: Transaction, drafts: Sequence[Draft], journal: Journal, moment: datetime | None
    ) -> Iterator[Batch | ArchiveBatch | RestoreBatch | MergeBatch | UnmergeBatch]:
        """Drafts in order, those that are written together in one batch."""
        for kind, group in groupby(drafts, _kind):
            if kind is MergeDraft:
                merges = cast("list[MergeDraft]", list(group))
                yield from (MergeBatch(tx, self._catalog, draft, self._mint, journal, moment) for draft in merges)
            elif kind is UnmergeDraft:
                undone = cast("list[UnmergeDraft]", list(group))
                yield from (UnmergeBatch(tx, self._catalog, draft, self._mint, journal, moment) for draft in undone)
            elif kind is Life.RESTORE:
                yield RestoreBatch(tx, self._catalog, cast("list[LifeDraft]", list(group)), self._mint, journal)
            elif isinstance(kind, Life):
                yield ArchiveBatch(tx, self._catalog, cast("list[LifeDraft]", list(group)), self._mint, journal)
            else:
                changes = cast("list[RecordDraft | PairDraft]", list(group))
                yield Batch(tx, self._catalog, changes, self._mint, journal, moment)


def _kind(draft: Draft) -> Life | type[MergeDraft | UnmergeDraft] | None:
    """What drafts have in common that are written together."""
    if isinstance(draft, LifeDraft):
        return draft.life
    return type(draft) if isinstance(draft, (MergeDraft, UnmergeDraft)) else None
