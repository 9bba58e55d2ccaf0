"""Records on their way out of the live graph: archived, from where they can be restored, or purged.

All neighbours are locked along with the records, so that no label moves and no other end goes meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.journal.entries import Kind
from graphdb.journal.histories import purge_histories
from graphdb.values import MERGED_PREFIX
from graphdb.writer import merged, statements, ties
from graphdb.writer.automatic.trace import Trace, joints, read_followed
from graphdb.writer.drafts import Life
from graphdb.writer.early import lock_newcomers, lock_whole
from graphdb.writer.operations import Outcome
from graphdb.writer.required import Requirements, needed_faults
from graphdb.writer.targets import Targets
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.drafts import LifeDraft
    from graphdb.writer.ties import Whole


class ArchiveBatch:
    """Records to archive, or records to purge.

    Args:
        tx: The transaction.
        catalog: The data model.
        drafts: Which records; all for the same.
        mint: Makes the lock's token.
        journal: What is written is noted there.
    """

    def __init__(
        self,
        tx: Transaction,
        catalog: Catalog,
        drafts: Sequence[LifeDraft],
        mint: Callable[[], str],
        journal: Journal,
    ) -> None:
        self._journal = journal
        self._tx = tx
        self._catalog = catalog
        self._drafts = drafts
        self._purges = drafts[0].life is Life.PURGE
        self._targets = Targets(tx, mint())
        self._chosen: dict[str, LifeDraft] = {}
        self._wholes: dict[str, Whole] = {}
        self._held: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault] = []

    async def prepare(self) -> None:
        """Find, lock and judge; what is wrong is in ``faults`` afterwards."""
        await self._targets.find(draft.target for draft in self._drafts)
        targets = [(draft.target.type.name, self._targets.id_of(draft.target)) for draft in self._drafts]
        known = [(kind, record_id) for kind, record_id in targets if record_id is not None]
        await lock_whole(self._tx, self._catalog, self._targets, known)
        for draft in self._drafts:
            self._choose(draft)
        await lock_newcomers(self._tx, self._targets, self._chosen)
        self._wholes = await ties.read_whole(self._tx, self._catalog, self._chosen)
        self.faults += needed_faults(await self._losses().broken(self._tx))
        self._held = await read_followed(self._tx, self._catalog, self._types())

    async def write(self, now: datetime) -> None:
        """Carry it out, for a batch without faults."""
        if self._purges:
            await self._purge()
        else:
            await self._archive(now)

    def outcomes(self) -> dict[int, Outcome]:
        """What became of each operation, by its index."""
        return {
            draft.index: Outcome(id=record_id, created=False, changed=True) for record_id, draft in self._chosen.items()
        }

    def trace(self) -> Trace:
        """What was done, for what follows from it."""
        lost = {tie for whole in self._wholes.values() for tie in whole.ties if not tie.archived}
        return Trace(lost=joints(self._catalog, lost), gone=self._held, asked=False)

    def _types(self) -> dict[str, str]:
        """The object types of the records, by id."""
        return {record_id: draft.target.type.name for record_id, draft in self._chosen.items()}

    def _choose(self, draft: LifeDraft) -> None:
        record_id, label = self._targets.id_of(draft.target), draft.target.type.node_label
        found = self._targets.found.get(record_id or "")
        archived = self._purges and found is not None and found.archived == label
        if record_id is None or not (archived or self._targets.is_live(record_id, label)):
            self.faults.append(self._targets.missing(draft.target))
        elif record_id in self._chosen:
            self.faults.append(bad_input(draft.target.path, f"expected each record once, found {record_id} twice"))
        else:
            self._chosen[record_id] = draft

    def _losses(self) -> Requirements:
        """What stays behind loses its associations with what goes."""
        requirements, by_kind = Requirements(self._catalog), ties.associations_by_kind(self._catalog)
        for record_id, whole in self._wholes.items():
            draft = self._chosen[record_id]
            for tie in whole.ties:
                other = tie.other(record_id)
                if not tie.archived and other not in self._chosen:
                    other_type = ties.far_type(by_kind[tie.kind], tie.ends, record_id)
                    requirements.lose(other_type, other, draft.target.type.name, draft.target.path)
        return requirements

    async def _archive(self, now: datetime) -> None:
        nodes: list[list[Any]] = []
        freed: list[str] = []
        kept: list[list[str]] = []
        for record_id, whole in sorted(self._wholes.items()):
            own = [key for key in whole.keys if not key.startswith(MERGED_PREFIX)]
            freed += own
            kept += [[key, record_id] for key in whole.keys if key not in own]
            object_type, changes = self._chosen[record_id].target.type, whole.changes(now)
            label = object_type.node_label
            nodes.append([record_id, {**changes, "archivedAt": now, "_type": label, "_keys": own or None}])
            self._journal.noted(Kind.ARCHIVED, object_type, record_id, changes["rev"])
        again = (tie._replace(archived=True) for whole in self._wholes.values() for tie in whole.ties)
        await self._tx.run(ties.delete_keys(freed))
        await self._tx.run(ties.replace_nodes(None, nodes))
        for statement in ([statements.join_keys(kept)] if kept else []) + ties.tie_again(again):
            await self._tx.run(statement)

    async def _purge(self) -> None:
        """Delete all that is kept of the records, wherever it is kept."""
        await self._tx.run(ties.delete_keys(key for whole in self._wholes.values() for key in whole.keys))
        await self._tx.run(ties.delete_nodes(self._wholes))
        ids = sorted({*self._wholes, *merged.losers(key for whole in self._wholes.values() for key in whole.keys)})
        await merged.forget_purged(self._tx, ids)
        await purge_histories(self._tx, ids)
        for record_id in sorted(self._wholes):
            around = sorted(self._others(record_id)) if self._catalog.keeps_roll_ups else []
            self._journal.purged(self._chosen[record_id].target.type, record_id, around)

    def _others(self, record_id: str) -> set[str]:
        """Those that a record is or was associated with."""
        return {tie.other(record_id) for tie in self._wholes[record_id].ties}
