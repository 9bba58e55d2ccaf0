"""One batch of operations on its way into the graph: everything is read and judged first, then written.

The order, in one transaction:

1. claim the unique values that new records bring, in one order (``keys``);
2. find the records that are named by a unique value;
3. lock every stored record that is touched, ids sorted, and only then read what it holds;
4. work out values, unique values and associations in memory (``records``, ``keys``, ``pairs``), collecting
faults;
5. write, unless there are any;
6. log what was written (``graphdb.journal``).

What is named by a unique value is found as the graph has it when the batch begins, or among the batch's own
new records. Operations on one record take effect in order and are written once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from graphdb.errors import Fault, FaultCode
from graphdb.values import from_epoch, keys_of
from graphdb.writer import statements
from graphdb.writer.automatic import lifecycle, line_items, products, totals
from graphdb.writer.automatic.trace import LINE_ITEM, Joint, Trace
from graphdb.writer.drafts import Mode, PairDraft, RecordDraft
from graphdb.writer.keys import KeyBatch
from graphdb.writer.operations import Outcome
from graphdb.writer.pairs import Change, PairBatch, Wish
from graphdb.writer.records import RecordState
from graphdb.writer.required import Requirements, needed_faults
from graphdb.writer.targets import Targets
from graphdb.writer.turns import run_in_turn
from graphdb.writer.validate import bad_input, missing_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.cypher.statement import Statement
    from graphdb.journal.entries import Journal
    from graphdb.store import Transaction
    from graphdb.writer.drafts import LinkDraft, Target


class Batch:
    """The drafts of one ``Writer.apply`` that change records or pairs, and what is known about them so far.

    Args:
        tx: The transaction.
        catalog: The data model.
        drafts: What to do.
        mint: Makes ids.
        journal: What is written is noted there.
        moment: Now; None for records that are taken as they are given.
    """

    def __init__(
        self,
        tx: Transaction,
        catalog: Catalog,
        drafts: Sequence[RecordDraft | PairDraft],
        mint: Callable[[], str],
        journal: Journal,
        moment: datetime | None,
    ) -> None:
        self._journal = journal
        self._tx = tx
        self._catalog = catalog
        self._drafts = drafts
        self._records = [draft for draft in drafts if isinstance(draft, RecordDraft)]
        self._mint = mint
        self._moment = moment
        self._token = mint()
        self._keys = KeyBatch()
        self._states: dict[str, RecordState] = {}
        self._targets = Targets(tx, self._token)
        self._near: dict[int, RecordState] = {}
        self._pairs: dict[str, PairBatch] = {}
        self._changes: defaultdict[int, Change] = defaultdict(Change)
        self._outcomes: dict[int, Outcome] = {}
        self.faults: list[Fault] = []

    async def prepare(self) -> None:
        """Steps 1 to 4; what is wrong is in ``faults`` afterwards."""
        await self._claim_new()
        await self._targets.find(self._named())
        await self._lock()
        self._place_records()
        await self._load()
        await products.copy(self._tx, self._catalog, self._records, self._targets)
        self._apply_values()
        await self._claim_changed()
        self._place_pairs()
        await self._find_pairs()
        requirements = Requirements(self._catalog)
        for pairs in self._pairs.values():
            self.faults += pairs.settle(self._changes)
            requirements.change(pairs)
        self.faults += needed_faults(await requirements.broken(self._tx))

    async def write(self, now: datetime) -> None:
        """Steps 5 and 6, for a batch without faults."""
        await run_in_turn(self._tx, self._statements(now))

    def _statements(self, now: datetime) -> Iterator[Statement]:
        """What writes the batch; it is noted on the way."""
        created: defaultdict[str, list[RecordState]] = defaultdict(list)
        updated: list[RecordState] = []
        for state in sorted(self._states.values(), key=lambda one: one.id):
            if state.new:
                created[state.type.name].append(state)
            elif state.changed:
                updated.append(state)
        for states in created.values():
            yield statements.create(states[0].type, [one.created_row() for one in states], now)
        if updated:
            yield statements.update([one.updated_row(now) for one in updated])
        self._note(updated)
        yield from self._keys.writes()
        for pairs in self._pairs.values():
            yield from pairs.writes(now)

    def _note(self, updated: Sequence[RecordState]) -> None:
        """Step 6: what was written, for the change log."""
        for state in self._states.values():
            if state.new:
                self._journal.created(state.type, state.id, state.values)
        for state in updated:
            self._journal.updated(state.type, state.id, state.rev + 1, state.stored, state.values)
        for pairs in self._pairs.values():
            pairs.log(self._journal)

    def outcomes(self) -> dict[int, Outcome]:
        """What became of each operation, by its index."""
        found: dict[int, Outcome] = {}
        for index, outcome in self._outcomes.items():
            change = self._changes[index]
            associated = outcome.far_id is not None
            found[index] = replace(
                outcome,
                created=change.created if associated else outcome.created,
                changed=outcome.changed or change.changed,
                removed=change.removed if associated else False,
                labels=change.labels if associated else (),
            )
        return found

    def trace(self) -> Trace:
        """What was done, for what follows from it."""
        return Trace(
            states={state.id: state for state in self._states.values() if state.changed},
            gained=[Joint(pairs.association, ends) for pairs in self._pairs.values() for ends in pairs.gained],
            lost=[Joint(pairs.association, ends) for pairs in self._pairs.values() for ends, _ in pairs.lost],
        )

    async def _claim_new(self) -> None:
        owners: dict[str, str] = {}
        for draft in self._records:
            if draft.key is not None:
                owners.setdefault(draft.key, self._mint())
            elif draft.id is not None:
                for key in keys_of(draft.type, draft.values):
                    owners.setdefault(key, draft.id)
        await self._keys.claim(self._tx, owners, self._token)
        for draft in self._records:
            if draft.key is not None:
                holder = self._keys.holders[draft.key]
                draft.id = holder if holder == owners[draft.key] else None
                self._targets.by_key[draft.key] = holder

    def _named(self) -> Iterator[Target]:
        for draft in self._drafts:
            if isinstance(draft, RecordDraft):
                if draft.target is not None:
                    yield draft.target
                yield from (link.to for link in draft.links if link.to is not None)
            else:
                yield from (draft.near, draft.far)

    async def _lock(self) -> None:
        by_key = self._targets.by_key
        ids = {found for target in self._named() if (found := self._targets.id_of(target)) is not None}
        ids.update(by_key[draft.key] for draft in self._records if draft.key is not None)
        ids -= {draft.id for draft in self._records if draft.id is not None}
        # An id that the caller chose may be a stored record's.
        ids.update(draft.id for draft in self._records if draft.id is not None and draft.given)
        if self._moment is not None and self._touches_line_items():
            named = ((target.type.name, self._targets.id_of(target)) for target in self._named())
            upserts = ((draft.type.name, by_key[draft.key]) for draft in self._records if draft.key is not None)
            known = [(kind, found) for kind, found in (*named, *upserts) if found is not None and found in ids]
            ids |= await totals.beside(self._tx, self._catalog, known)
        await self._targets.lock(ids)

    def _touches_line_items(self) -> bool:
        return any(draft.type.name == LINE_ITEM for draft in self._records) or any(
            target.type.name == LINE_ITEM for target in self._named()
        )

    def _place_records(self) -> None:
        """Give each draft of a record its state; drafts of one record share it."""
        for draft in self._records:
            if draft.id is None:
                continue
            if self._targets.resolve(draft.id) in self._targets.found:
                message = f"expected an id of its own, found {draft.id} at another record"
                fault = Fault(code=FaultCode.CONFLICT, message=message, input=draft.path, conflicting_id=draft.id)
                self.faults.append(fault)
            elif draft.id not in self._states:
                self._states[draft.id] = RecordState(
                    id=draft.id, type=draft.type, new=True, created_at=draft.created_at
                )
        for draft in self._records:
            state = self._stored_or_new(draft)
            if state is not None:
                self._near[draft.index] = state
            elif draft.key is not None:
                holder = self._targets.by_key[draft.key]
                message = f"expected a {draft.type.label}, found the value held by {holder}, which is none"
                fault = Fault(code=FaultCode.CONFLICT, message=message, input=draft.path, conflicting_id=holder)
                self.faults.append(fault)

    def _stored_or_new(self, draft: RecordDraft) -> RecordState | None:
        if draft.target is not None:
            record_id = self._existing(draft.target)
        else:
            record_id = draft.id if draft.key is None else self._targets.resolve(self._targets.by_key[draft.key])
        if record_id is None:
            return None
        if record_id not in self._states and self._targets.is_live(record_id, draft.type.node_label):
            self._states[record_id] = RecordState(id=record_id, type=draft.type, new=False)
        return self._states.get(record_id)

    def _existing(self, target: Target) -> str | None:
        """The id of a record that must exist; a fault if it does not, or is of another type."""
        record_id = self._targets.id_of(target)
        if record_id is not None:
            state = self._states.get(record_id)
            if state is not None and state.type.name == target.type.name:
                return record_id
            if self._targets.is_live(record_id, target.type.node_label):
                return record_id
        self.faults.append(self._targets.missing(target))
        return None

    async def _load(self) -> None:
        by_type: defaultdict[str, list[RecordState]] = defaultdict(list)
        for state in self._states.values():
            if not state.new:
                by_type[state.type.name].append(state)
        for states in by_type.values():
            object_type: ObjectType = states[0].type
            rows = await self._tx.run(statements.load(object_type, sorted(state.id for state in states)))
            for record_id, rev, updated_at, columns in rows:
                state = self._states[record_id]
                state.stored = statements.decode(object_type, columns)
                state.values = dict(state.stored)
                state.rev, state.updated_at = rev or 0, from_epoch(updated_at)

    def _apply_values(self) -> None:
        begun: set[str] = set()
        for draft in self._records:
            state = self._near.get(draft.index)
            if state is None:
                continue
            created = state.new and state.id not in begun
            begun.add(state.id)
            if created and draft.key is not None:
                self.faults += missing_faults(draft, {link.side.far for link in draft.links if link.to is not None})
            if created:
                draft.values = {**draft.defaults, **draft.values}
            elif draft.key is not None and not state.new and not _is_own(draft, state):
                # Found by a further value, or by one of a record that was merged into it: its own value stays.
                draft.values.pop(draft.key_property, None)
            self.faults += lifecycle.hold(self._catalog, state.values, draft)
            before = dict(state.values)
            changed = state.apply(draft, self.faults, self._moment)
            if self._moment is not None:
                self.faults += line_items.price(state, before, draft)
            self._outcomes[draft.index] = Outcome(id=state.id, created=created, changed=created or changed)

    async def _claim_changed(self) -> None:
        unclaimed, faults = self._keys.compare(self._states.values())
        self.faults += faults
        await self._keys.claim(self._tx, unclaimed, self._token)
        self.faults += self._keys.judge(self._states)

    def _place_pairs(self) -> None:
        for draft in self._drafts:
            if isinstance(draft, RecordDraft):
                state = self._near.get(draft.index)
                for link in draft.links:
                    self._place(draft.index, state.id if state is not None else None, link)
            else:
                near = self._existing(draft.near)
                far = self._place(draft.index, near, draft.link, draft.mode)
                if near is not None and far is not None:
                    self._outcomes[draft.index] = Outcome(id=near, created=False, changed=False, far_id=far)

    def _place(self, index: int, near: str | None, link: LinkDraft, mode: Mode = Mode.ADD) -> str | None:
        far = self._existing(link.to) if link.to is not None else None
        if near is None or (far is None and link.to is not None):
            return None
        if near == far:
            self.faults.append(bad_input(link.path, "expected two records, found one to be associated with itself"))
            return None
        association = link.side.association
        pairs = self._pairs.setdefault(association.relationship_type, PairBatch(association))
        pairs.add(Wish(index=index, side=link.side, near=near, far=far, labels=link.labels, path=link.path, mode=mode))
        return far

    async def _find_pairs(self) -> None:
        new = {state.id for state in self._states.values() if state.new}
        for pairs in self._pairs.values():
            for label, statement in pairs.labels_to_find(new):
                pairs.found_labels(label, await self._tx.run(statement))
            # A moved label's old pair has an end that is not locked; the lock on the other keeps it still.
            for statement in pairs.pairs_to_find(new):
                pairs.found_pairs(await self._tx.run(statement))


def _is_own(draft: RecordDraft, state: RecordState) -> bool:
    """Whether the value by which a stored record was found is the property's own."""
    name, _ = state.stored_keys().get(draft.key or "", (None, None))
    return name == draft.key_property
