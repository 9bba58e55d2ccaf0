"""Records of a batch, worked out in memory: their values before and after, and the rows that write them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from graphdb import values
from graphdb.catalog.parts import RollUpFunction
from graphdb.errors import Fault, FaultCode
from graphdb.words import WORDS_PROPERTY, record_words
from graphdb.writer import stages
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from datetime import datetime

    from graphdb.catalog.model import ObjectType
    from graphdb.writer.drafts import RecordDraft
    from graphdb.writer.operations import Path

TICK = timedelta(milliseconds=1)
"""The least by which `updatedAt` rises."""


@dataclass(slots=True, kw_only=True)
class RecordState:
    """A record that the batch creates or changes.

    Attributes:
        stored: Its values before; empty for a new one.
        values: Its values as the operations so far leave them, unset ones left out.
        paths: The place in the input of the operation that gave a property its value.
    """

    id: str
    type: ObjectType
    new: bool
    stored: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    rev: int = 0
    updated_at: datetime | None = None
    created_at: datetime | None = None
    paths: dict[str, Path] = field(default_factory=dict)

    @property
    def changed(self) -> bool:
        """Whether any value differs from what is stored."""
        return self.new or self.values != self.stored

    def apply(self, draft: RecordDraft, faults: list[Fault], now: datetime | None) -> bool:
        """Take over an operation's values; say whether that changed any.

        Args:
            draft: The operation.
            faults: Where what is wrong with it is added.
            now: The moment; None for records that are taken as they are given.
        """
        if draft.if_updated_at is not None and not self._is_of(draft.if_updated_at):
            found = self.updated_at.isoformat(timespec="milliseconds") if self.updated_at else "a new record"
            expected = draft.if_updated_at.isoformat(timespec="milliseconds")
            faults.append(
                Fault(
                    code=FaultCode.CONFLICT,
                    message=f"expected a {self.type.label} last updated at {expected}, found one of {found}",
                    input=(draft.target.path if draft.target else ()) or draft.path,
                    conflicting_id=self.id,
                )
            )
        try:
            settled = {**draft.values, **stages.settle(self.type, self.values, draft.values, now)}
        except ValueError as error:
            faults.append(bad_input((*draft.path, stages.PIPELINE), f"{stages.PIPELINE}: {error}"))
            return False
        if self.type.further_unique_properties:
            settled |= self._parted(settled)
        changed = False
        for name, value in settled.items():
            if self.values.get(name) == value:
                continue
            changed = True
            self.paths[name] = (*draft.path, name)
            if value is None:
                del self.values[name]
            else:
                self.values[name] = value
        return changed

    def _parted(self, given: dict[str, Any]) -> dict[str, Any]:
        """Lists of further unique values without the one that is the record's own after ``given``."""
        known = {**self.values, **given}
        return {
            prop.name: [value for value in held if value != known[str(prop.unique_with)]] or None
            for prop in self.type.further_unique_properties
            if (held := known.get(prop.name)) and known.get(str(prop.unique_with)) in held
        }

    def _is_of(self, moment: datetime) -> bool:
        return self.updated_at is not None and values.in_milliseconds(moment) == self.updated_at

    def unique_keys(self) -> dict[str, tuple[str, Any]]:
        """The texts of the key nodes it is to have, each with the property and the value that it stands for."""
        return values.keys_of(self.type, self.values)

    def stored_keys(self) -> dict[str, tuple[str, Any]]:
        """The same for the key nodes that it had before."""
        return values.keys_of(self.type, self.stored)

    def created_row(self) -> list[Any]:
        """What a new record's node is to hold, and its keys."""
        unset = {marker: True for name, marker in self.type.unset_markers.items() if name not in self.values}
        created = {} if self.created_at is None else {"createdAt": values.in_milliseconds(self.created_at)}
        words = {WORDS_PROPERTY: record_words(self.type, self.values)}
        kept = _kept_of_none(self.type)
        return [{**self.values, **unset, **kept, **created, **words, "id": self.id}, list(self.unique_keys())]

    def updated_row(self, now: datetime) -> list[Any]:
        """The id and what is to change on a stored record's node; ``None`` removes."""
        changes: dict[str, Any] = {}
        for prop in self.type.stored_properties:
            before, after = self.stored.get(prop.name), self.values.get(prop.name)
            if before == after:
                continue
            changes[prop.name] = after
            marker = self.type.unset_markers.get(prop.name)
            if marker is not None and (before is None or after is None):
                changes[marker] = True if after is None else None
        if not changes.keys().isdisjoint(self.type.searched_properties):
            changes[WORDS_PROPERTY] = record_words(self.type, self.values)
        changes["rev"] = self.rev + 1
        # Clocks step back, and two writes may fall into one millisecond.
        changes["updatedAt"] = now if self.updated_at is None else max(now, self.updated_at + TICK)
        return [self.id, changes]


def _kept_of_none(object_type: ObjectType) -> dict[str, Any]:
    """What is kept of roll-ups while nothing is associated: lists by them have a new record at once."""
    kept: dict[str, Any] = {}
    for prop in object_type.kept_roll_ups:
        if prop.roll_up is not None and prop.roll_up.function is RollUpFunction.COUNT:
            kept[prop.name] = 0
        elif prop.unset_marker is not None:
            kept[prop.unset_marker] = True
    return kept
