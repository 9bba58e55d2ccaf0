"""Two records of one object type become one: the winner takes over what hangs on the loser, which is deleted.

The loser's unique values become keys of the winner beside its own, and so does the loser's id: whoever looks for
the loser by any of them finds the winner.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graphdb.errors import Superseded
from graphdb.journal.entries import Kind
from graphdb.journal.histories import adopt_history
from graphdb.values import from_epoch, merged_key, to_epoch
from graphdb.writer import merged, statements, ties
from graphdb.writer.automatic.standing import worked_out
from graphdb.writer.automatic.trace import Trace, joints
from graphdb.writer.drafts import RecordDraft
from graphdb.writer.early import lock_newcomers, lock_whole
from graphdb.writer.marks import Edge, Room, edge_of, moved_ends, moved_mark
from graphdb.writer.merged import MergeRecord, Moved, with_withdrawn
from graphdb.writer.operations import Outcome
from graphdb.writer.records import RecordState
from graphdb.writer.targets import Targets
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.drafts import MergeDraft
    from graphdb.writer.marks import Ends
    from graphdb.writer.ties import Tie, Whole


class MergeBatch:
    """One merge.

    Args:
        tx: The transaction.
        catalog: The data model.
        draft: Which records.
        mint: Makes the token of locks.
        journal: What is written is noted there.
        moment: Now.
    """

    def __init__(
        self,
        tx: Transaction,
        catalog: Catalog,
        draft: MergeDraft,
        mint: Callable[[], str],
        journal: Journal,
        moment: datetime | None,
    ) -> None:
        self._journal = journal
        self._tx = tx
        self._catalog = catalog
        self._draft = draft
        self._moment = moment
        self._type = draft.winner.type
        self._by_kind = ties.associations_by_kind(catalog)
        self._rooms = {kind: Room(association) for kind, association in self._by_kind.items()}
        self._mint = mint
        self._token = mint()
        self._targets = Targets(tx, self._token)
        self._winner = self._loser = ""
        self._state: RecordState | None = None
        self._theirs: dict[str, Any] = {}
        self._wholes: dict[str, Whole] = {}
        self._kept: dict[tuple[str, Ends], Tie] = {}
        self._moved: dict[tuple[str, Ends], Tie] = {}
        self._edges: list[Edge] = []
        self._follows: list[str] = []
        self.faults: list[Fault] = []

    async def prepare(self) -> None:
        """Find, lock and judge; what is wrong is in ``faults`` afterwards."""
        draft = self._draft
        await self._targets.find((draft.winner, draft.loser))
        ids = [self._targets.id_of(target) for target in (draft.winner, draft.loser)]
        known = [(self._type.name, record_id) for record_id in ids if record_id is not None]
        await lock_whole(self._tx, self._catalog, self._targets, known)
        for target in (draft.winner, draft.loser):
            if not self._targets.is_live(self._targets.id_of(target), self._type.node_label):
                self.faults.append(self._targets.missing(target))
        if self.faults:
            return
        self._winner, self._loser = (self._targets.id_of(target) or "" for target in (draft.winner, draft.loser))
        if self._winner == self._loser:
            self.faults.append(bad_input(draft.loser.path, "expected two records, found one to be merged with itself"))
            return
        both = (self._winner, self._loser)
        await lock_newcomers(self._tx, self._targets, both)
        self._wholes = await ties.read_whole(self._tx, self._catalog, both)
        await self._choose_values()
        self._move()
        await self._look_what_follows()

    async def write(self, now: datetime) -> None:
        """Carry it out, for a merge without faults."""
        if self._state is None:
            raise RuntimeError("a merge is prepared before it is written")
        loser_key = merged_key(self._loser)
        handed = [[key, self._winner] for key in self._wholes[self._loser].keys]
        await self._tx.run(statements.claim_keys({loser_key: self._winner}, self._token))
        if handed:
            await self._tx.run(statements.hand_over_keys(handed))
        await self._tx.run(statements.join_keys([*handed, [loser_key, self._winner]]))
        await self._tx.run(ties.delete_nodes([self._loser]))
        await self._tx.run(statements.update([self._state.updated_row(now)]))
        again: list[Tie] = []
        relabelled: defaultdict[str, list[list[Any]]] = defaultdict(list)
        for (kind, ends), tie in sorted(self._moved.items(), key=lambda one: one[0]):
            if (kind, ends) not in self._kept:
                again.append(tie)
            else:
                relabelled[ties.ARCHIVED if tie.archived else kind].append([*ends, list(tie.marks) or None])
        for kind, rows in relabelled.items():
            for statement in statements.set_labels(kind, rows):
                await self._tx.run(statement)
        for statement in ties.tie_again(again) + ties.label_again(self._edges):
            await self._tx.run(statement)
        await adopt_history(self._tx, self._loser, self._winner)
        await merged.keep(self._tx, self._record(self._state))
        self._note(self._state)

    def _record(self, state: RecordState) -> MergeRecord:
        """What is kept to undo it with."""
        whole = self._wholes[self._loser]
        return MergeRecord(
            loser=self._loser,
            at=self._mint(),
            winner=self._winner,
            type=self._type.name,
            rev=state.rev + 1,
            loser_rev=whole.rev,
            created=None if whole.created_at is None else to_epoch(whole.created_at),
            updated=None if whole.updated_at is None else to_epoch(whole.updated_at),
            values=merged.held(with_withdrawn(self._type), self._theirs),
            changes=merged.changed(self._type, state.stored, state.values),
            follows=tuple(self._follows),
            keys=tuple(whole.keys),
            ties=tuple(self._moved_from(tie) for tie in whole.ties),
        )

    def _moved_from(self, tie: Tie) -> Moved:
        if self._winner in tie.ends:
            return Moved(tie, None, None, None)
        place = (tie.kind, moved_ends(self._by_kind[tie.kind], tie.ends, self._place))
        kept, left = self._kept.get(place), self._moved[place]
        since = left.since if kept is None else kept.since
        return Moved(tie, None if kept is None else kept.marks, left.marks, None if since is None else to_epoch(since))

    async def _look_what_follows(self) -> None:
        """Which of the loser's values are what its associated records make them."""
        if self._moment is None or self.faults:
            return
        tied = (tie for tie in self._wholes[self._loser].ties if not tie.archived)
        around = ties.around(self._by_kind, tied, self._loser)
        found = await worked_out(self._tx, self._catalog, self._type, self._theirs, around, self._moment)
        self._follows = [name for name, value in found.items() if self._theirs.get(name) == value]

    def _note(self, state: RecordState) -> None:
        """The merge, the values that it changed and the associations that moved, for the change log."""
        self._journal.noted(Kind.MERGED, self._type, self._winner, state.rev + 1, other=self._loser)
        self._journal.updated(self._type, self._winner, state.rev + 1, state.stored, state.values)
        for (kind, ends), tie in sorted(self._moved.items(), key=lambda one: one[0]):
            if not tie.archived:
                kept = self._kept.get((kind, ends))
                before = None if kept is None else kept.marks
                self._journal.related(self._by_kind[kind], *ends, before=before, after=tie.marks)

    def outcomes(self) -> dict[int, Outcome]:
        """What became of the operation, by its index."""
        return {self._draft.index: Outcome(id=self._winner, created=False, changed=True, far_id=self._loser)}

    def trace(self) -> Trace:
        """What was done, for what follows from it."""
        lost = [tie for tie in self._wholes[self._loser].ties if not tie.archived]
        gained = [tie for place, tie in self._moved.items() if place not in self._kept and not tie.archived]
        return Trace(
            states={} if self._state is None else {self._winner: self._state},
            lost=joints(self._catalog, lost),
            gained=joints(self._catalog, gained),
            gone={self._loser: self._theirs},
            asked=False,
        )

    async def _choose_values(self) -> None:
        whole = with_withdrawn(self._type)
        rows = await self._tx.run(statements.load(whole, sorted((self._winner, self._loser))))
        if len(rows) < len((self._winner, self._loser)):
            raise Superseded("a record that was locked is gone")
        held = {record_id: statements.decode(whole, columns) for record_id, _, _, columns in rows}
        own = {name: value for name, value in held[self._winner].items() if name in self._type.by_name}
        revisions = {record_id: (rev, updated) for record_id, rev, updated, _ in rows}
        theirs = self._theirs = held[self._loser]
        state = RecordState(id=self._winner, type=self._type, new=False, stored=own)
        state.values = dict(state.stored)
        rev, updated = revisions[self._winner]
        state.rev, state.updated_at = rev or 0, from_epoch(updated)
        chosen = {
            prop.name: theirs.get(prop.name)
            for prop in self._type.properties
            if not prop.read_only
            and (prop.name in self._draft.take or (prop.name in theirs and prop.name not in state.values))
        }
        for prop in self._type.properties:
            if prop.required and prop.name in chosen and chosen[prop.name] is None:
                message = f"{prop.name} is required, and the record to take it from has none"
                self.faults.append(bad_input((*self._draft.path, "take"), message))
        draft = RecordDraft(index=self._draft.index, type=self._type, path=self._draft.path, values=chosen, links=[])
        state.apply(draft, self.faults, self._moment)
        self._state = state

    def _move(self) -> None:
        """Work out the winner's associations: its own, and the loser's at the winner's place."""
        for tie in self._wholes[self._winner].ties:
            if self._loser in tie.ends:
                continue
            self._kept[tie.kind, tie.ends] = tie
            for mark in () if tie.archived else tie.marks:
                edge = edge_of(self._by_kind[tie.kind], mark, tie.ends)
                if edge is not None:
                    self._rooms[tie.kind].note(edge)
        for tie in sorted(self._wholes[self._loser].ties, key=lambda one: one[:2]):
            if self._winner not in tie.ends:
                self._move_tie(tie)

    def _move_tie(self, tie: Tie) -> None:
        association, room = self._by_kind[tie.kind], self._rooms[tie.kind]
        ends = moved_ends(association, tie.ends, self._place)
        kept = self._kept.get((tie.kind, ends))
        marks = list(kept.marks) if kept is not None else []
        for mark in tie.marks:
            moved = moved_mark(association, mark, tie.ends, self._place)
            if moved is None:
                continue
            edge, turned = moved
            if turned in marks or (not tie.archived and any(room.full(edge))):
                continue
            marks.append(turned)
            if not tie.archived:
                room.note(edge)
                self._edges.append(edge)
        self._moved[tie.kind, ends] = tie._replace(ends=ends, marks=tuple(marks))

    @property
    def _place(self) -> dict[str, str]:
        """The winner takes the loser's place."""
        return {self._loser: self._winner}
