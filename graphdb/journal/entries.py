"""What a writing transaction tells of itself: an entry for each change, made by one statement."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import orjson

from graphdb import ids
from graphdb.cypher.statement import Statement
from graphdb.printed import json_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graphdb.catalog.model import Association, ObjectType
    from graphdb.store import Transaction

NOW: Final = "WITH datetime.realtime() AS clock WITH clock.epochSeconds * 1000000 + clock.microsecond AS now"
"""The engine's clock in microseconds since 1970, read where it stands: a statement's own start would be too early,
for the statement may have waited."""


class Kind(StrEnum):
    """What happened; the values are also those of the enum ``ChangeKind``."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    ARCHIVED = "ARCHIVED"
    RESTORED = "RESTORED"
    MERGED = "MERGED"
    UNMERGED = "UNMERGED"
    PURGED = "PURGED"
    ASSOCIATED = "ASSOCIATED"
    DISSOCIATED = "DISSOCIATED"
    LABELS_CHANGED = "LABELS_CHANGED"


class Source(StrEnum):
    """Which way a change came; the values are also those of the enum ``ChangeSource``."""

    API = "API"
    IMPORT = "IMPORT"
    SYNC = "SYNC"
    WORKFLOW = "WORKFLOW"


@dataclass(frozen=True, slots=True)
class Origin:
    """Who changes something, and which way.

    Attributes:
        source: The way.
        by: The caller, as ``app.caller`` names them; None where nobody called.
    """

    source: Source = Source.API
    by: str | None = None


@dataclass(slots=True)
class Journal:
    """The entries of one transaction, in the order in which they are noted."""

    origin: Origin
    mint: Callable[[], str] = ids.mint
    _rows: list[list[Any]] = field(default_factory=list)

    def created(self, object_type: ObjectType, record_id: str, values: Mapping[str, Any]) -> None:
        """A new record with its values."""
        self._values(Kind.CREATED, object_type, record_id, 1, {}, values)

    def updated(
        self,
        object_type: ObjectType,
        record_id: str,
        rev: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
        *,
        shares: str | None = None,
    ) -> None:
        """A record's values before and after; ``rev`` is its revision after.

        ``shares`` is another record some of whose values show among them: they go when that one is purged.
        """
        if before != after:
            self._values(Kind.UPDATED, object_type, record_id, rev, before, after)
            if shares is not None:
                self._rows[-1] += [None] * (len(_FIELDS) - 1 - len(self._rows[-1])) + [shares]

    def noted(
        self, kind: Kind, object_type: ObjectType, record_id: str, rev: int | None, *, other: str | None = None
    ) -> None:
        """Something that happened to a record as a whole; ``other`` is the one merged into it, or no longer."""
        row = [self.mint(), kind.value, object_type.name, record_id, rev, None, None, None]
        self._rows.append(row if other is None else [*row, object_type.name, other])

    def purged(self, object_type: ObjectType, record_id: str, around: Sequence[str]) -> None:
        """A record that is gone; ``around`` are the ids of what it was associated with, for the roll-ups of those."""
        row = [self.mint(), Kind.PURGED.value, object_type.name, record_id, None, None, None, None]
        self._rows.append([*row, *[None] * (_FIELDS.index("around") - len(row)), list(around)] if around else row)

    def related(
        self,
        association: Association,
        start: str,
        end: str,
        *,
        before: Iterable[str] | None,
        after: Iterable[str] | None,
    ) -> None:
        """A pair of records, in the direction in which its relationship is stored, with the marks on it.

        Args:
            association: What joins them.
            start: The id at the relationship's start.
            end: The id at its end.
            before: The marks of its labels before; None where there was no relationship.
            after: The same afterwards.
        """
        was, became = _names(association, before), _names(association, after)
        if was == became:
            return
        kind = Kind.ASSOCIATED if was is None else Kind.DISSOCIATED if became is None else Kind.LABELS_CHANGED
        row = [self.mint(), kind.value, association.start, start, None, None, None, None]
        # An empty list is left out, as null is: most associations have no label, and a property costs its time.
        self._rows.append([*row, association.end, end, became or None, was or None])

    @property
    def is_empty(self) -> bool:
        """Whether nothing was noted."""
        return not self._rows

    def statement(self) -> Statement:
        """The statement that makes the entries; to be run after the records' locks, for it reads the clock."""
        return Statement(_CREATE, {"rows": self._rows, "by": self.origin.by, "source": self.origin.source.value})

    async def write(self, transaction: Transaction) -> None:
        """Make the entries, if there are any."""
        if self._rows:
            await transaction.run(self.statement())

    def _values(
        self,
        kind: Kind,
        object_type: ObjectType,
        record_id: str,
        rev: int,
        before: Mapping[str, Any],
        after: Mapping[str, Any],
    ) -> None:
        props: list[str] = []
        values: list[list[Any]] = []
        for prop in object_type.properties:
            if prop.name not in after and prop.name not in before:
                continue
            was, became = before.get(prop.name), after.get(prop.name)
            if was != became:
                props.append(prop.name)
                values.append([json_value(prop, was), json_value(prop, became)])
        data = orjson.dumps(values).decode()
        of = record_id if props else None  # what changed no value has no place in a history
        self._rows.append([self.mint(), kind.value, object_type.name, record_id, rev, of, props, data])


_FIELDS = (
    "id",
    "kind",
    "type",
    "record",
    "rev",
    "of",
    "props",
    "data",
    "farType",
    "far",
    "labels",
    "labelsBefore",
    "around",
    "shares",
)
_CREATE = (
    f"{NOW} UNWIND $p.rows AS row CREATE (:`_Change` {{at: now, pend: true, by: $p.by, source: $p.source, "
    + ", ".join(f"{name}: row[{place}]" for place, name in enumerate(_FIELDS))
    + "})"
)


def _names(association: Association, marks: Iterable[str] | None) -> list[str] | None:
    """What the record at the end is to the one at the start, by the relationship's marks, in the catalog's order."""
    if marks is None:
        return None
    there = set(marks)
    names: list[str] = []
    if not there:
        return names
    for label in association.labels:
        if not association.same_type:
            held = [(label.name, label.inverse_name or label.name)]
        elif label.inverse_name is None:
            held = [(label.name, label.name)]
        else:
            # ``name`` is said of the mark's holder; of the other record, its inverse.
            held = [(f"{label.name}>", label.inverse_name), (f"{label.name}<", label.name)]
        names += [name for mark, name in held if mark in there]
    return names
