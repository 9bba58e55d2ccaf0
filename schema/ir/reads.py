"""The read tree: which records, and which columns of them, a statement fetches."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from schema.ir.aggregation import FiguresColumn
from schema.ir.graph import GraphColumn, PathsColumn
from schema.ir.journal import ChangesColumn, HistoryColumn
from schema.ir.predicates import TRUE, Hop

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir.predicates import OrderKey, Predicate, Prop, Words
    from schema.ir.values import Value


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins or ends: beside the record whose order keys these are.

    Attributes:
        value: The cursor's text.
        unset: For each key before the id, whether that record had no value there. Part of a plan's shape.
        before: Whether the page lies before that record instead of after it.
    """

    value: Value
    unset: tuple[bool, ...]
    before: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """How many records, from where.

    Attributes:
        size: What the client asked for, or the default.
        extra: One more row is fetched, to know whether there is more.
        after, before: Only what follows, or precedes, this place.
        number: Index of the page among the plan's pages, outermost first.
        backward: The size counts from the end; rows are fetched last one first.
    """

    size: Value
    extra: bool
    after: Cursor | None
    number: int
    before: Cursor | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every record of an object type."""

    label: str


@dataclass(frozen=True, slots=True)
class ById:
    """The record with an id, live or archived: of one object type, or of any when ``label`` is None.

    Attributes:
        own: The id is the record's own, and not that of one that was merged into it: the program has written it.
    """

    id: Value
    label: str | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class ByKey:
    """The record of an object type that owns a unique key; ``to_key`` makes the key's text from a value."""

    label: str
    value: Value
    to_key: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class ByIds:
    """The records with these ids, of any object type, live or archived; ``own`` as of ``ById``."""

    ids: Value
    own: bool = False


@dataclass(frozen=True, slots=True)
class Archived:
    """The archived records of some object types, by node label."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The records of some object types that hold all words looked for, each as the beginning of one of theirs.

    Attributes:
        labels: The object types, by node label.
        words: What was looked for; ``Looked`` says how.
        index: The full-text index that finds them, where there is one.
    """

    labels: tuple[str, ...]
    words: Words
    index: str | None


Source = AllOf | ById | ByKey | ByIds | Archived | Hop | Found


@dataclass(frozen=True, slots=True)
class IdColumn:
    """The record's id."""


@dataclass(frozen=True, slots=True)
class AskedColumn:
    """Of ``ByIds``, the id that was asked for: the record's own, or that of one that was merged into it."""


@dataclass(frozen=True, slots=True)
class PropColumn:
    """A property's value, as the property type's ``read`` form."""

    prop: Prop


@dataclass(frozen=True, slots=True)
class KeyColumn:
    """The value by which the record was sorted, for its cursor; only of keys that go over a hop."""

    key: OrderKey


class EdgePart(StrEnum):
    """What an association's relationship tells."""

    LABELS = "labels"
    ASSOCIATED_AT = "associatedAt"
    NEAR_IS_START = "nearIsStart"


@dataclass(frozen=True, slots=True)
class EdgeColumn:
    """Something the association's relationship holds."""

    part: EdgePart


@dataclass(frozen=True, slots=True)
class RowsColumn:
    """The records one hop further, as a list of rows."""

    rows: Rows


@dataclass(frozen=True, slots=True)
class CountColumn:
    """How many records a source holds that match."""

    source: Source
    where: Predicate


@dataclass(frozen=True, slots=True)
class CaseColumn:
    """Of a record whose object type is not known beforehand: its type's index, then that type's columns.

    Attributes:
        archived: Whether the record may be an archived one.
    """

    cases: tuple[tuple[str, tuple[Column, ...]], ...]
    archived: bool = False


Single = IdColumn | AskedColumn | PropColumn | KeyColumn | EdgeColumn | CountColumn

OfPair = EdgeColumn | KeyColumn
"""A column that belongs to a record together with the one it was reached from; the others are the record's alone."""

Column = Single | RowsColumn | FiguresColumn | CaseColumn | GraphColumn | PathsColumn | ChangesColumn | HistoryColumn

Root = CountColumn | FiguresColumn | GraphColumn | PathsColumn | ChangesColumn
"""A column that is a root of a statement by itself."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Records, ordered and limited, each as a list of its columns.

    Attributes:
        order: Ends with the id, so that it is total; empty where there is one record at most, or order is made
            afterwards.
        page: None where there is one record at most, or a given list of them.
        composite: The property that the filter holds to one value, where an index over it and the first key of the
            order gives the page.
        shared: Columns of further records that several of these share: those are fetched apart, each once.
    """

    source: Source
    columns: tuple[Column, ...]
    where: Predicate = TRUE
    order: tuple[OrderKey, ...] = ()
    page: Page | None = None
    shared: tuple[int, ...] = ()
    composite: Prop | None = None


def shared_rows(rows: Rows, index: int) -> Rows:
    """The further records in a shared column of some rows.

    Raises:
        TypeError: The column holds no records.
    """
    column = rows.columns[index]
    if not isinstance(column, RowsColumn):
        raise TypeError(f"{column} holds no records that could be shared")
    return column.rows


@dataclass(frozen=True, slots=True)
class Read:
    """Everything one operation fetches: one statement. A root is one value: rows, a count, figures and so on."""

    roots: tuple[Rows | Root, ...]
