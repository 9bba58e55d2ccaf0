"""What a caller may ask of the writer: frozen values, whatever the entry (mutation, import, demo data).

Values are in stored form (``graphdb.values``): money as ten-thousandths, a date as ``datetime.date``, a
datetime with its zone, an enumeration as its option's name. ``None`` unsets a property. ``path`` is the place
of the operation in the caller's input (``("inputs", 3)``); every fault's place starts with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graphdb.catalog.model import LabelSide, Side

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
    """An association to make along with a record. ``labels`` say what the far one is to the record.

    Attributes:
        to: A record that exists, or one to be created; None takes the labels off whichever records have them.
    """

    side: Side
    to: Ref | Create | None
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


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLabels:
    """Join two records and replace whatever labels they have by ``labels``."""

    start: Ref
    to: Ref
    labels: tuple[str, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dissociate:
    """Take ``labels`` off two records, which stay associated; without any, part the two.

    What is not there already is no fault: the operation may be repeated.
    """

    start: Ref
    to: Ref
    labels: tuple[str, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """Take a record and its associations out of the live graph; its unique values become free."""

    by: Ref
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Bring an archived record back, with its unique values and the associations whose other end is live.

    A label that another record has got meanwhile, at most one being allowed, is left to that one.
    """

    by: Ref
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """Delete a record, live or archived, for good."""

    by: Ref
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """Let one record take over all of another one of its type, which is no more from then on.

    The winner keeps its values, gets the loser's where it has none, and the loser's of the properties that ``take``
    names. Associations and unique values move to it, and the loser's id leads to it for ever.
    """

    winner: Ref
    loser: Ref
    take: tuple[str, ...] = ()
    path: Path = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge:
    """Undo the merge in which the record with the id ``loser`` was merged into another one of its type.

    It is a record of its own again, with what it had; the survivor is left what it had itself, and what came since.
    """

    type: str
    loser: str
    path: Path = ()


PairOperation = Associate | SetLabels | Dissociate
LifeOperation = Archive | Restore | Purge
Operation = Create | Update | Upsert | PairOperation | LifeOperation | Merge | Unmerge


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an operation.

    Attributes:
        id: The record's id; of two records, that of the first one named.
        created: Whether the record (or the association) is new.
        changed: Whether anything in the graph differs from before; an upsert of equal values changes nothing.
        far_id: Of an operation on two records, the id of the other one.
        removed: Whether an association was there and is no more.
        labels: Of two associated records, the labels that they now have: what the other one is to the first.
    """

    id: str
    created: bool
    changed: bool
    far_id: str | None = None
    removed: bool = False
    labels: tuple[LabelSide, ...] = ()
