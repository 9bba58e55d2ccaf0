"""Archived records on their way back: their unique values are claimed anew, their associations come back.

An association comes back where its other end is live or comes back too; else it waits for that one's restore.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphdb.errors import Fault, FaultCode
from graphdb.journal.entries import Kind
from graphdb.values import MERGED_PREFIX, shown
from graphdb.writer import statements, ties
from graphdb.writer.automatic.trace import Trace, joints
from graphdb.writer.early import lock_newcomers, lock_whole
from graphdb.writer.keys import claim
from graphdb.writer.marks import Room, edge_of
from graphdb.writer.operations import Outcome
from graphdb.writer.records import RecordState
from graphdb.writer.targets import Targets
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Association, Catalog
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.drafts import LifeDraft
    from graphdb.writer.marks import Edge
    from graphdb.writer.ties import Tie, Whole


class RestoreBatch:
    """Records to restore.

    Args:
        tx: The transaction.
        catalog: The data model.
        drafts: Which records.
        mint: Makes the token of locks.
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
        self._token = mint()
        self._targets = Targets(tx, self._token)
        self._chosen: dict[str, LifeDraft] = {}
        self._wholes: dict[str, Whole] = {}
        self._holders: dict[str, str] = {}
        self._back: list[Tie] = []
        self._waiting: list[Tie] = []
        self._edges: list[Edge] = []
        self._relabelled: list[tuple[Association, Tie, list[str]]] = []
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
        await self._claim()
        await self._tie()
        self._require()

    async def write(self, now: datetime) -> None:
        """Carry it out, for a batch without faults."""
        nodes: defaultdict[str, list[list[Any]]] = defaultdict(list)
        keys: list[list[str]] = []
        for record_id, whole in sorted(self._wholes.items()):
            object_type, changes = self._chosen[record_id].target.type, whole.changes(now)
            gone = {"archivedAt": None, "_type": None, "_keys": None}
            nodes[object_type.node_label].append([record_id, {**changes, **gone}])
            self._journal.noted(Kind.RESTORED, object_type, record_id, changes["rev"])
            keys += [[key, record_id] for key in whole.keys if key.startswith(MERGED_PREFIX)]
        for association, tie, marks in self._relabelled:
            self._journal.related(association, *tie.ends, before=tie.marks, after=marks)
        keys += [[key, holder] for key, holder in self._holders.items() if holder in self._chosen]
        for label, rows in nodes.items():
            await self._tx.run(ties.replace_nodes(label, rows))
        if keys:
            await self._tx.run(statements.join_keys(sorted(keys)))
        for statement in ties.tie_again([*self._back, *self._waiting]) + ties.label_again(self._edges):
            await self._tx.run(statement)

    def outcomes(self) -> dict[int, Outcome]:
        """What became of each operation, by its index."""
        return {
            draft.index: Outcome(id=record_id, created=False, changed=True) for record_id, draft in self._chosen.items()
        }

    def trace(self) -> Trace:
        """What was done, for what follows from it."""
        return Trace(gained=joints(self._catalog, self._back), asked=False)

    def _choose(self, draft: LifeDraft) -> None:
        record_id, object_type = self._targets.id_of(draft.target), draft.target.type
        found = self._targets.found.get(record_id or "")
        if record_id is None or found is None or found.archived != object_type.node_label:
            live = self._targets.is_live(record_id, object_type.node_label)
            message = (
                f"expected an archived {object_type.label}, found {'a live one' if live else 'none'} with "
                f"{draft.target.named}; an archived record is named by its id"
            )
            self.faults.append(Fault(code=FaultCode.NOT_FOUND, message=message, input=draft.target.path))
        elif record_id in self._chosen:
            self.faults.append(bad_input(draft.target.path, f"expected each record once, found {record_id} twice"))
        else:
            self._chosen[record_id] = draft

    async def _claim(self) -> None:
        """Claim the unique values of the records, and those of what was merged into them that are still free."""
        states = await self._states()
        owners: dict[str, str] = {}
        for state in states:
            for key in chain(state.unique_keys(), self._wholes[state.id].freed):
                owners.setdefault(key, state.id)
        self._holders.update(await claim(self._tx, owners, self._token))
        for state in states:
            for key, (name, value) in state.unique_keys().items():
                holder = self._holders[key]
                if holder != state.id:
                    message = (
                        f"expected a value of {name} that no other {state.type.label} has, found "
                        f"{shown(repr(value))} at the record {holder}; one of the two has to change"
                    )
                    path = self._chosen[state.id].target.path
                    fault = Fault(code=FaultCode.CONFLICT, message=message, input=path, conflicting_id=holder)
                    self.faults.append(fault)

    async def _states(self) -> list[RecordState]:
        """The records with their values."""
        by_type: defaultdict[str, list[str]] = defaultdict(list)
        for record_id, draft in self._chosen.items():
            by_type[draft.target.type.name].append(record_id)
        states: list[RecordState] = []
        for name, ids in by_type.items():
            object_type = self._catalog.by_name[name]
            for record_id, _, _, columns in await self._tx.run(statements.load(object_type, sorted(ids))):
                state = RecordState(id=record_id, type=object_type, new=False)
                state.values = statements.decode(object_type, columns)
                states.append(state)
        return states

    async def _tie(self) -> None:
        """Part the associations that come back from those that wait; leave out labels that others have by now."""
        found = self._targets.found
        known = {tie for whole in self._wholes.values() for tie in whole.ties}
        coming: defaultdict[str, list[Tie]] = defaultdict(list)
        for tie in sorted(known, key=lambda one: one[:2]):
            if all(end in self._chosen or (end in found and found[end].archived is None) for end in tie.ends):
                coming[tie.kind].append(tie)
            else:
                self._waiting.append(tie)
        for kind, association in ties.associations_by_kind(self._catalog).items():
            if kind not in coming:
                continue
            room = Room(association)
            edges = {
                (tie.ends, mark): edge
                for tie in coming[kind]
                for mark in tie.marks
                if (edge := edge_of(association, mark, tie.ends)) is not None
            }
            for label, statement in room.wanted(edges.values(), set()):
                room.found(label, await self._tx.run(statement))
            for tie in coming[kind]:
                marks = []
                for mark in tie.marks:
                    edge = edges.get((tie.ends, mark))
                    if edge is not None and not any(room.full(edge)):
                        room.note(edge)
                        self._edges.append(edge)
                        marks.append(mark)
                self._back.append(tie._replace(archived=False, marks=tuple(marks)))
                if len(marks) < len(tie.marks):
                    self._relabelled.append((association, tie, marks))

    def _require(self) -> None:
        """Refuse records whose required associations would not come back."""
        by_kind = ties.associations_by_kind(self._catalog)
        for record_id, draft in self._chosen.items():
            object_type = draft.target.type
            back = {
                ties.far_type(by_kind[tie.kind], tie.ends, record_id) for tie in self._back if record_id in tie.ends
            }
            for group in object_type.required_associations:
                if back.isdisjoint(group):
                    message = (
                        f"a {object_type.label} must be associated with a {' or a '.join(group)}; what this one had "
                        "is archived and has to be restored first"
                    )
                    fault = Fault(code=FaultCode.CONFLICT, message=message, input=draft.target.path)
                    self.faults.append(fault)
