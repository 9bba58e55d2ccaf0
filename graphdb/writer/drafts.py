"""Operations as the writer works on them: checked, normalised, with the catalog's elements at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from graphdb.catalog.model import LabelSide, ObjectType, Side
    from graphdb.writer.operations import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A record that an operation names: by ``id``, or by the text ``key`` of its key node."""

    type: ObjectType
    id: str | None
    key: str | None
    named: str
    path: Path


class Mode(StrEnum):
    """What is asked of an association: that it has labels, has only those, or has them not."""

    ADD = "add"
    SET = "set"
    REMOVE = "remove"


class Life(StrEnum):
    """What is asked of a record as a whole."""

    ARCHIVE = "archive"
    RESTORE = "restore"
    PURGE = "purge"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """An association to make: the far record and the labels, seen from the near one.

    Attributes:
        to: None takes the labels off whichever records have them.
    """

    side: Side
    to: Target | None
    labels: tuple[LabelSide, ...]
    path: Path


@dataclass(slots=True, kw_only=True)
class RecordDraft:
    """A create, update or upsert: ``id``, ``target`` or ``key`` says of which record.

    Attributes:
        index: The operation's place among those given; of a record created along with another one, behind them.
        values: Normalised values by property name; ``None`` unsets.
        id: Of a new record; of an upsert's, once it is known to be new.
        target: For an update, the record.
        key: For an upsert, the text of the key node, which ``key_property`` gives.
        given: Whether the caller chose ``id``.
        missing: Required properties that have no value here: a fault should the record be new.
        defaults: What the record gets, should it be new, of properties that have no value here.
    """

    index: int
    type: ObjectType
    path: Path
    values: dict[str, Any]
    links: list[LinkDraft]
    id: str | None = None
    target: Target | None = None
    key: str | None = None
    key_property: str = ""
    given: bool = False
    created_at: datetime | None = None
    if_updated_at: datetime | None = None
    missing: list[str] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDraft:
    """Two records whose association is to be changed."""

    index: int
    near: Target
    link: LinkDraft
    far: Target
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeDraft:
    """A record to be archived, restored or purged."""

    index: int
    target: Target
    life: Life


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeDraft:
    """Two records of one object type to be merged; ``take`` are properties."""

    index: int
    winner: Target
    loser: Target
    take: tuple[str, ...]
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmergeDraft:
    """A merge to be undone: ``loser`` is the id that was merged into another record; empty for what is no id."""

    index: int
    type: ObjectType
    loser: str
    named: str
    path: Path


Draft = RecordDraft | PairDraft | LifeDraft | MergeDraft | UnmergeDraft
