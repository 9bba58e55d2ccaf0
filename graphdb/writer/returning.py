"""Values when a merge is undone: what the loser gets back, and what the survivor gives back.

The survivor's values are what they were before the merge, but for those that were changed since. Of the loser those
that followed from its associated records are worked out anew, for those may have changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphdb.errors import Fault, FaultCode, Superseded
from graphdb.rules import rule_fault
from graphdb.values import from_epoch
from graphdb.writer import merged, stages, statements
from graphdb.writer.automatic import line_items
from graphdb.writer.automatic.standing import worked_out
from graphdb.writer.drafts import RecordDraft
from graphdb.writer.records import TICK, RecordState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from graphdb.catalog.model import Catalog, Property
    from graphdb.store import Transaction
    from graphdb.writer.drafts import UnmergeDraft
    from graphdb.writer.merged import MergeRecord

    Around = Mapping[str, Iterable[str]]

_OF_STAGE: Final = frozenset(
    {
        stages.STAGE,
        stages.PIPELINE,
        stages.IS_CLOSED,
        stages.IS_WON,
        stages.ENTERED_AT,
        stages.CLOSED_AT,
        stages.PROBABILITY,
    }
)
"""What follows from a record's stage, and the stage itself."""


class Returning:
    """The values of two records that were one.

    Args:
        tx: The transaction.
        catalog: The data model.
        draft: Which merge is undone.
        moment: Now; None where nothing happens by itself.
    """

    def __init__(self, tx: Transaction, catalog: Catalog, draft: UnmergeDraft, moment: datetime | None) -> None:
        self._tx = tx
        self._catalog = catalog
        self._draft = draft
        self._type = draft.type
        self._moment = moment
        self._withdrawn: dict[str, Any] = {}
        self.loser = RecordState(id=draft.loser, type=draft.type, new=False)
        """The loser with the values that it gets."""
        self.survivor = RecordState(id="", type=draft.type, new=False)
        """The survivor with its values before and after."""
        self.held: dict[str, Any] = {}
        """What the loser held, as far as the data model still has it."""
        self.faults: list[Fault] = []

    async def prepare(self, record: MergeRecord, around_loser: Around, around_survivor: Around) -> None:
        """Work the values out, from the live records that each of the two is to be associated with."""
        await self._load(record)
        await self._give_back(record, around_survivor)
        await self._get_back(record, around_loser)
        unique = (*self._type.unique_properties, *self._type.further_unique_properties)
        for state in (self.survivor, self.loser):
            state.paths = {prop.name: self._draft.path for prop in unique}

    def loser_row(self, record: MergeRecord, now: datetime) -> tuple[dict[str, Any], datetime]:
        """The properties of the loser's node, and when it was last changed."""
        if record.created is not None:
            self.loser.created_at = from_epoch(record.created)
        row, _ = self.loser.created_row()
        moment = now if record.updated is None else max(now, from_epoch(record.updated) + TICK)
        return {**row, **self._withdrawn, "rev": record.loser_rev + 1}, moment

    async def _load(self, record: MergeRecord) -> None:
        rows = await self._tx.run(statements.load(self._type, [record.winner]))
        if not rows:
            raise Superseded("a record that was locked is gone")
        ((record_id, rev, updated_at, columns),) = rows
        stored = statements.decode(self._type, columns)
        self.survivor = RecordState(
            id=record_id,
            type=self._type,
            new=False,
            stored=stored,
            values=dict(stored),
            rev=rev or 0,
            updated_at=from_epoch(updated_at),
        )

    async def _give_back(self, record: MergeRecord, around: Around) -> None:
        """The survivor's values: those of before, where they still are what the merge made them."""
        values = self.survivor.values
        changes = {
            name: (prop, kind, before)
            for name, (kind, before, after) in record.changes.items()
            if (prop := self._type.by_name.get(name)) is not None
            and prop.type.value == kind
            and not prop.calculated
            and values.get(name) == merged.decoded(prop, kind, after)
        }
        if self._type.pipelines and stages.STAGE in record.changes and stages.STAGE not in changes:
            changes = {name: change for name, change in changes.items() if name not in _OF_STAGE}
        for name, (prop, kind, before) in changes.items():
            value = merged.sound(self._catalog, prop, kind, before)
            if value is not None and rule_fault(prop, value) is None:
                values[name] = value
            elif not prop.required:
                values.pop(name, None)
        if stages.STAGE in changes:
            self._settle(values)
        draft = RecordDraft(index=-1, type=self._type, path=self._draft.path, values={}, links=[])
        self.faults += line_items.price(self.survivor, self.survivor.stored, draft)
        followed = [name for name in changes if name in record.follows and name not in values]
        if followed and self._moment is not None:
            # What the loser's records made it is gone with them; the survivor's own may make it something.
            found = await worked_out(self._tx, self._catalog, self._type, values, around, self._moment, followed)
            values |= {name: found[name] for name in followed if found.get(name) is not None}

    async def _get_back(self, record: MergeRecord, around: Around) -> None:
        """The loser's values: what it held, without what the data model has no more."""
        withdrawn = {prop.name: prop for prop in self._type.withdrawn_properties}
        values = self.loser.values
        for name, (kind, kept) in record.values.items():
            prop = self._type.by_name.get(name) or withdrawn.get(name)
            value = None if prop is None else merged.sound(self._catalog, prop, kind, kept)
            if value is not None:
                (self._withdrawn if name in withdrawn else values)[name] = value
        self.held = dict(values)
        self._settle(values)
        if self._moment is not None:
            found = await worked_out(self._tx, self._catalog, self._type, values, around, self._moment, record.follows)
            for name in record.follows:
                if found.get(name) is not None:
                    values[name] = found[name]
                elif name in found:
                    values.pop(name, None)
        self._judge(values)

    def _settle(self, values: dict[str, Any]) -> None:
        """Let pipeline and the like say what the stage does by now."""
        given = {stages.STAGE: values.get(stages.STAGE)}
        if given[stages.STAGE] is None and stages.PIPELINE in values:
            values.pop(stages.PIPELINE)
        for name, value in stages.settle(self._type, {}, given, None).items():
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value

    def _judge(self, values: Mapping[str, Any]) -> None:
        """Refuse a loser that the data model's rules no longer allow."""
        for prop in self._type.stored_properties:
            fault = self._fault(prop, values.get(prop.name))
            if fault is not None:
                message = (
                    f"{fault}, as the data model has come to say, and the {self._type.label} that was merged held "
                    f"{'none' if prop.name not in values else 'another value'}: loosen that first (updateProperty)"
                )
                self.faults.append(Fault(code=FaultCode.CONFLICT, message=message, input=self._draft.path))

    @staticmethod
    def _fault(prop: Property, value: Any) -> str | None:
        if value is None:
            return f"{prop.name} is required" if prop.required and not prop.read_only else None
        found = rule_fault(prop, value)
        return None if found is None else f"{prop.name}: {found}"
