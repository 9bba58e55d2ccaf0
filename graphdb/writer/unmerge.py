"""A merge is undone: the loser is a record of its own again, and the survivor gives back what it took from it.

Everything is judged by what the graph and the data model are by now: what was changed since stays, what the data model
has no more is left out, and what would break a rule is refused, with what to do about it. Merges are undone in reverse
order, so that each finds what it left.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphdb.errors import Fault, FaultCode, Superseded
from graphdb.journal.entries import Kind
from graphdb.journal.histories import release_history, share_history
from graphdb.values import MERGED_PREFIX, merged_key
from graphdb.writer import merged, statements, ties
from graphdb.writer.automatic.trace import Trace, joints
from graphdb.writer.early import lock_newcomers, lock_whole
from graphdb.writer.keys import KeyBatch
from graphdb.writer.marks import Room, edge_of
from graphdb.writer.operations import Outcome
from graphdb.writer.parting import Parting, fitting
from graphdb.writer.required import Requirements, needed_faults
from graphdb.writer.returning import Returning
from graphdb.writer.targets import Targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from graphdb.catalog.model import Catalog
    from graphdb.cypher.statement import Statement
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.drafts import UnmergeDraft
    from graphdb.writer.marks import Edge
    from graphdb.writer.merged import MergeRecord
    from graphdb.writer.parting import Left
    from graphdb.writer.ties import Tie, Whole


class UnmergeBatch:
    """One merge to be undone.

    Args:
        tx: The transaction.
        catalog: The data model.
        draft: Which one.
        mint: Makes the token of locks.
        journal: What is written is noted there.
        moment: Now; None where nothing happens by itself.
    """

    def __init__(
        self,
        tx: Transaction,
        catalog: Catalog,
        draft: UnmergeDraft,
        mint: Callable[[], str],
        journal: Journal,
        moment: datetime | None,
    ) -> None:
        self._journal = journal
        self._tx = tx
        self._catalog = catalog
        self._draft = draft
        self._type = draft.type
        self._by_kind = ties.associations_by_kind(catalog)
        self._token = mint()
        self._targets = Targets(tx, self._token)
        self._keys = KeyBatch()
        self._returning = Returning(tx, catalog, draft, moment)
        self._record: MergeRecord | None = None
        self._whole: Whole | None = None
        self._back: list[Tie] = []
        self._left: list[Left] = []
        self._edges: list[Edge] = []
        self._further: list[list[str]] = []
        self.faults: list[Fault] = []

    async def prepare(self) -> None:
        """Find, lock and judge; what is wrong is in ``faults`` afterwards."""
        survivor = await self._find()
        if survivor is None:
            return
        await lock_newcomers(self._tx, self._targets, [survivor])
        self._whole = (await ties.read_whole(self._tx, self._catalog, [survivor]))[survivor]
        record = self._record = await self._choose(self._whole)
        if record is None:
            return
        await self._part(record, self._whole)
        await self._returning.prepare(record, self._around(self._back, record.loser), self._around_survivor())
        self.faults += self._returning.faults
        await self._claim(record)
        await self._require(record)

    async def write(self, now: datetime) -> None:
        """Carry it out, for one without faults."""
        record, returning = self._record, self._returning
        if record is None:
            raise RuntimeError("the undoing of a merge is prepared before it is written")
        tx = self._tx
        await tx.run(ties.delete_keys([merged_key(record.loser)]))
        row, moment = returning.loser_row(record, now)
        await tx.run(statements.create(self._type, [[row, []]], moment))
        await tx.run(statements.update([returning.survivor.updated_row(now)]))
        for statement in self._keys.writes():
            await tx.run(statement)
        handed = [row for row in self._further if self._keys.holders.get(row[0]) == record.winner]
        if handed:
            await tx.run(statements.hand_over_keys(handed))
        if self._further:
            await tx.run(statements.join_keys(self._further))
        for statement in chain(self._give_up(), ties.tie_again(self._back), ties.label_again(self._edges)):
            await tx.run(statement)
        await merged.forget(tx, [record.loser])
        await release_history(tx, record.loser, merged.losers(record.keys), record.winner)
        await share_history(tx, record.loser, record.winner, record.rev, sorted(record.changes))
        self._note(record)

    def outcomes(self) -> dict[int, Outcome]:
        """What became of the operation, by its index."""
        far = None if self._record is None else self._record.winner
        return {self._draft.index: Outcome(id=self._draft.loser, created=False, changed=True, far_id=far)}

    def trace(self) -> Trace:
        """What was done, for what follows from it."""
        lost = [left.tie for left in self._left if left.marks is None and not left.tie.archived]
        state = self._returning.survivor
        return Trace(
            states={state.id: state},
            lost=joints(self._catalog, lost),
            gained=joints(self._catalog, [tie for tie in self._back if not tie.archived]),
            asked=False,
        )

    # --- which merge ------------------------------------------------------------------------------------------

    async def _find(self) -> str | None:
        """The record that the loser's id leads to, locked with all around; a fault if there is none, or no live one."""
        key = merged_key(self._draft.loser)
        rows = await self._tx.run(statements.find_keys([key]))
        survivor: str | None = rows[0][1] if rows else None
        if survivor is not None:
            await lock_whole(self._tx, self._catalog, self._targets, [(self._type.name, survivor)])
            if await self._tx.run(statements.find_keys([key])) != rows:
                raise Superseded("a merge was undone, or its survivor merged, while this waited for a lock")
        found = self._targets.found.get(survivor or "")
        label = self._type.node_label
        if survivor is None or found is None or label not in {*found.labels, found.archived}:
            self._missing()
        elif found.archived is not None:
            message = (
                f"expected a live {self._type.label} to undo a merge into, found {survivor} archived; restore it first"
            )
            self._conflict(message, survivor)
        else:
            return survivor
        return None

    async def _choose(self, whole: Whole) -> MergeRecord | None:
        """The merge, if it is the next to be undone."""
        loser = self._draft.loser
        records = await merged.read(self._tx, merged.losers(whole.keys))
        record = records.get(loser)
        if record is None or record.type != self._type.name:
            self._missing()
            return None
        if record.winner != whole.id:
            message = (
                f"expected {record.winner}, which {loser} was merged into, to be a record of its own, found it merged "
                f"into {whole.id}; undo that first: unmerge {record.winner}"
            )
            self._conflict(message, record.winner)
            return None
        later = [one.loser for one in records.values() if one.winner == record.winner and one.at > record.at]
        if later:
            message = (
                f"expected the latest merge into {whole.id}, found {len(later)} later than that of {loser}; undo them "
                f"first, the latest first: unmerge {', then '.join(reversed(later))}"
            )
            self._conflict(message, later[-1])
            return None
        around = await self._later_around(record)
        if around is not None:
            message = (
                f"expected no later merge among what {loser} and {whole.id} were associated with, found that of "
                f"{around.loser} into {around.winner}; undo it first: unmerge {around.loser}"
            )
            self._conflict(message, around.loser)
            return None
        return record

    async def _later_around(self, record: MergeRecord) -> MergeRecord | None:
        """The last later merge of what the loser was associated with: which association came from whom is told by it.

        That is of one of those, or of another record that the survivor was associated with into one of those.
        """
        others = {moved.tie.other(record.loser) for moved in record.ties}
        losers = await merged.losers_of(self._tx, others) if others else []
        found = [
            merge
            for merge in (await merged.read(self._tx, {*others, *losers})).values()
            if merge.at > record.at
            and (
                merge.loser in others
                or (merge.winner in others and any(record.winner in moved.tie.ends for moved in merge.ties))
            )
        ]
        return found[-1] if found else None

    def _missing(self) -> None:
        message = (
            f"expected a {self._type.label} that was merged into another one, found none with {self._draft.named}: it "
            "never was, the merge was undone already, or the survivor was purged; what is gone can only be created anew"
        )
        self.faults.append(Fault(code=FaultCode.NOT_FOUND, message=message, input=self._draft.path))

    def _conflict(self, message: str, record_id: str | None) -> None:
        path = self._draft.path
        self.faults.append(Fault(code=FaultCode.CONFLICT, message=message, input=path, conflicting_id=record_id))

    # --- associations -----------------------------------------------------------------------------------------

    async def _part(self, record: MergeRecord, whole: Whole) -> None:
        """Work out the associations of both."""
        parting = Parting(self._by_kind, record, whole.ties)
        self._left, back = parting.left, parting.back
        self._back, self._edges = fitting(self._by_kind, await self._rooms(back, record.loser), back)

    async def _rooms(self, back: Iterable[Tie], loser: str) -> dict[str, Room]:
        """How many have which label once the survivor has given up what it gives up."""
        rooms: dict[str, Room] = {}
        for kind, association in self._by_kind.items():
            room = rooms[kind] = Room(association)
            edges = [
                edge
                for tie in back
                if tie.kind == kind and not tie.archived
                for mark in tie.marks
                if (edge := edge_of(association, mark, tie.ends)) is not None
            ]
            for label, statement in room.wanted(edges, {loser}):
                room.found(label, await self._tx.run(statement))
            for left in self._left:
                for edge in left.edges(association) if left.tie.kind == kind else ():
                    room.forget(edge)
        return rooms

    def _give_up(self) -> Iterable[Statement]:
        """The statements that take from the survivor what it gives up."""
        parted: defaultdict[str, list[list[Any]]] = defaultdict(list)
        relabelled: defaultdict[str, list[list[Any]]] = defaultdict(list)
        for left in self._left:
            relationship = ties.ARCHIVED if left.tie.archived else left.tie.kind
            if left.marks is None:
                parted[relationship].append([*left.tie.ends])
            else:
                relabelled[relationship].append([*left.tie.ends, list(left.marks) or None])
            for label, source, target in left.edges(self._by_kind[left.tie.kind]):
                parted[label.relationship_type].append([source, target])
        return [
            *chain.from_iterable(statements.set_labels(name, rows) for name, rows in sorted(relabelled.items())),
            *chain.from_iterable(statements.remove(name, rows) for name, rows in sorted(parted.items())),
        ]

    def _around(self, found: Iterable[Tie], near: str) -> dict[str, set[str]]:
        return ties.around(self._by_kind, (tie for tie in found if not tie.archived), near)

    def _around_survivor(self) -> dict[str, set[str]]:
        """What the survivor stays associated with."""
        if self._whole is None:
            return {}
        lost = {(left.tie.kind, left.tie.ends) for left in self._left if left.marks is None}
        kept = [tie for tie in self._whole.ties if (tie.kind, tie.ends) not in lost]
        return self._around(kept, self._whole.id)

    # --- rules ------------------------------------------------------------------------------------------------

    async def _claim(self, record: MergeRecord) -> None:
        """Bring the unique values of both in step, and give back the keys that led to the loser besides."""
        states = {state.id: state for state in (self._returning.survivor, self._returning.loser)}
        unclaimed, faults = self._keys.compare(states.values())
        taken = self._returning.loser.unique_keys()
        further = {key for key in record.keys if key not in taken and self._is_key(key)}
        owners = {**dict.fromkeys(further, record.loser), **unclaimed}
        await self._keys.claim(self._tx, owners, self._token)
        faults += self._keys.judge(states)
        self.faults += [
            replace(fault, message=f"{fault.message}; one of the two has to change first") for fault in faults
        ]
        own = self._returning.survivor.unique_keys()
        free = {record.loser, record.winner}
        self._further = [
            [key, record.loser] for key in sorted(further) if self._keys.holders[key] in free and key not in own
        ]

    def _is_key(self, key: str) -> bool:
        """Whether there still are such keys: the property may be unique no more."""
        if key.startswith(MERGED_PREFIX):
            return True
        unique = merged.with_withdrawn(self._type).unique_properties
        return key.startswith(tuple(f"{self._type.name}.{prop.name}:" for prop in unique))

    async def _require(self, record: MergeRecord) -> None:
        """Refuse what would leave either record without an association that it must have."""
        around = self._around(self._back, record.loser)
        for group in self._type.required_associations:
            if around.keys().isdisjoint(group):
                message = (
                    f"a {self._type.label} must be associated with a {' or a '.join(group)}, and none that "
                    f"{record.loser} had is associated with {record.winner} any more; associate or restore one first"
                )
                self._conflict(message, record.winner)
        requirements = Requirements(self._catalog)
        for tie in self._back:
            if not tie.archived:
                far = ties.far_type(self._by_kind[tie.kind], tie.ends, record.loser)
                requirements.gain(far, tie.other(record.loser), self._type.name)
        for left in self._left:
            if left.marks is None and not left.tie.archived:
                far, other = ties.far_type(self._by_kind[left.tie.kind], left.tie.ends, record.winner), left.tie
                requirements.lose(far, other.other(record.winner), self._type.name, self._draft.path)
                requirements.lose(self._type.name, record.winner, far, self._draft.path)
        self.faults += [
            replace(fault, message=f"{fault.message}; associate it with another one first")
            for fault in needed_faults(await requirements.broken(self._tx))
        ]

    def _note(self, record: MergeRecord) -> None:
        """What was done, for the change log."""
        survivor, loser = self._returning.survivor, self._returning.loser
        self._journal.noted(Kind.UNMERGED, self._type, survivor.id, survivor.rev + 1, other=record.loser)
        self._journal.updated(
            self._type, survivor.id, survivor.rev + 1, survivor.stored, survivor.values, shares=record.loser
        )
        self._journal.noted(Kind.RESTORED, self._type, record.loser, record.loser_rev + 1)
        self._journal.updated(self._type, record.loser, record.loser_rev + 1, self._returning.held, loser.values)
        for left in self._left:
            if not left.tie.archived:
                association = self._by_kind[left.tie.kind]
                self._journal.related(association, *left.tie.ends, before=left.tie.marks, after=left.marks)
        for tie in self._back:
            if not tie.archived:
                self._journal.related(self._by_kind[tie.kind], *tie.ends, before=None, after=tie.marks)
