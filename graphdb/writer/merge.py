"""Two records of one object type become one: the winner takes over what hangs on the loser, which is deleted.

The loser's unique values become keys of the winner beside its own, and so does the loser's id: whoever looks for
the loser by any of them finds the winner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.errors import Superseded
from graphdb.journal.entries import Kind
from graphdb.journal.histories import adopt_history
from graphdb.values import from_epoch, merged_key
from graphdb.writer import statements, ties
from graphdb.writer.automatic.trace import Trace, joints
from graphdb.writer.drafts import RecordDraft
from graphdb.writer.marks import Edge, Room, edge_of, mark_of, ordered
from graphdb.writer.operations import Outcome
from graphdb.writer.records import RecordState
from graphdb.writer.targets import Targets
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from graphdb.catalog.model import Association, Catalog
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
        self._token = mint()
        self._targets = Targets(tx, self._token)
        self._winner = self._loser = ""
        self._state: RecordState | None = None
        self._theirs: dict[str, Any] = {}
        self._wholes: dict[str, Whole] = {}
        self._kept: dict[tuple[str, Ends], Tie] = {}
        self._moved: dict[tuple[str, Ends], Tie] = {}
        self._edges: list[Edge] = []
        self.faults: list[Fault] = []

    async def prepare(self) -> None:
        """Find, lock and judge; what is wrong is in ``faults`` afterwards."""
        draft = self._draft
        await self._targets.find((draft.winner, draft.loser))
        ids = [self._targets.id_of(target) for target in (draft.winner, draft.loser)]
        await self._targets.lock(record_id for record_id in ids if record_id is not None)
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
        await self._targets.lock(await ties.neighbours(self._tx, both))
        self._wholes = await ties.read_whole(self._tx, self._catalog, both)
        await self._choose_values()
        self._move()

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
        for (kind, ends), tie in sorted(self._moved.items(), key=lambda one: one[0]):
            if (kind, ends) not in self._kept:
                again.append(tie)
                continue
            relationship = ties.ARCHIVED if tie.archived else kind
            for statement in statements.set_labels(relationship, [[*ends, list(tie.marks) or None]]):
                await self._tx.run(statement)
        for statement in ties.tie_again(again) + ties.label_again(self._edges):
            await self._tx.run(statement)
        await adopt_history(self._tx, self._loser, self._winner)
        self._note(self._state)

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
        rows = await self._tx.run(statements.load(self._type, sorted((self._winner, self._loser))))
        if len(rows) < len((self._winner, self._loser)):
            raise Superseded("a record that was locked is gone")
        held = {record_id: statements.decode(self._type, columns) for record_id, _, _, columns in rows}
        revisions = {record_id: (rev, updated) for record_id, rev, updated, _ in rows}
        theirs = self._theirs = held[self._loser]
        state = RecordState(id=self._winner, type=self._type, new=False, stored=held[self._winner])
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
        ends = ordered(association, self._in_place(tie.ends[0]), self._in_place(tie.ends[1]))
        kept = self._kept.get((tie.kind, ends))
        marks = list(kept.marks) if kept is not None else []
        for mark in tie.marks:
            moved = self._moved_edge(association, mark, tie.ends, ends)
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

    def _moved_edge(self, association: Association, mark: str, before: Ends, after: Ends) -> tuple[Edge, str] | None:
        """A label's relationship at the winner's place, and its mark there: the ids may stand the other way round."""
        edge = edge_of(association, mark, before)
        if edge is None:
            return None
        source, target = self._in_place(edge.source), self._in_place(edge.target)
        edge = Edge(edge.label, source, target)
        if association.same_type and edge.label.inverse_name is None:
            edge = Edge(edge.label, *after)
        return edge, mark_of(association, edge, after)

    def _in_place(self, record_id: str) -> str:
        return self._winner if record_id == self._loser else record_id
