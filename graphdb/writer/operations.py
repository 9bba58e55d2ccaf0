"""What a caller may ask of the writer: frozen values, whatever the entry (mutation, import, demo data).

Values are in stored form (``graphdb.values``): money as ten-thousandths, a date as ``datetime.date``, a
datetime with its zone, an enumeration as its option's name. ``None`` unsets a property. ``path`` is the place
of the operation in the caller's input (``("inputs", 3)``); every fault's place starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graphdb.catalog.model import Side

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """A record by its id (``key="id"``) or by a unique property of its object type."""

    type: str
    key: str
    value: Any
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An association to make along with a record. ``labels`` say what the far one is to the record."""

    side: Side
    to: Ref
    labels: tuple[str, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Create:
    """A new record. ``id`` is minted and ``created_at`` now, unless given, which only demo data and restores do."""

    type: str
    values: Mapping[str, Any]
    links: tuple[Link, ...] = ()
    id: str | None = None
    created_at: datetime | None = None
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Changes to a record that must exist; properties not named stay."""

    by: Ref
    values: Mapping[str, Any]
    links: tuple[Link, ...] = ()
    if_updated_at: datetime | None = None
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upsert:
    """Create the record, or update the one whose unique property ``key`` has the value in ``values``."""

    type: str
    key: str
    values: Mapping[str, Any]
    links: tuple[Link, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Associate:
    """Join two records and add ``labels``; a paired label's name says what ``to`` is to ``start``."""

    start: Ref
    to: Ref
    labels: tuple[str, ...] = ()
    path: Path = ()


Operation = Create | Update | Upsert | Associate


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an operation.

    Attributes:
        id: The record's id; for ``Associate``, of the record at the start.
        created: Whether the record (or the association) is new.
        changed: Whether anything in the graph differs from before; an upsert of equal values changes nothing.
        far_id: For ``Associate``, the id of the other record.
    """

    id: str
    created: bool
    changed: bool
    far_id: str | None = field(default=None)
