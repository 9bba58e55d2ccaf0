"""Operations as the writer works on them: checked, normalised, with the catalog's elements at hand."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDraft:
    """An association to make: the far record and the labels, seen from the near one."""

    side: Side
    to: Target
    labels: tuple[LabelSide, ...]
    path: Path


@dataclass(slots=True, kw_only=True)
class RecordDraft:
    """A create, update or upsert: ``id``, ``target`` or ``key`` says of which record.

    Attributes:
        index: The operation's place among those given.
        values: Normalised values by property name; ``None`` unsets.
        id: Of a new record; of an upsert's, once it is known to be new.
        target: For an update, the record.
        key: For an upsert, the text of the key node.
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
    given: bool = False
    created_at: datetime | None = None
    if_updated_at: datetime | None = None
    missing: list[str] = field(default_factory=list)
    defaults: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociateDraft:
    """Two records to associate."""

    index: int
    near: Target
    link: LinkDraft


Draft = RecordDraft | AssociateDraft
