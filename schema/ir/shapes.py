"""The shape tree: how a response is made from the columns that a statement fetched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.ir.aggregation import Figures
from schema.ir.graph import GraphShape, PathsShape
from schema.ir.journal import ChangesShape, HistoryShape

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir.aggregation import Inside
    from schema.ir.predicates import OrderKey
    from schema.ir.reads import Page, Read
    from schema.ir.values import Value


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value known without the graph: ``__typename``, ``objectType``, null."""

    value: Any


@dataclass(frozen=True, slots=True)
class Leaf:
    """A column's value, through ``output`` where it is not shown as it comes."""

    column: int
    output: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class DisplayName:
    """The first group of columns with a value, its set values joined; else the column of the id."""

    groups: tuple[tuple[int, ...], ...]
    id_column: int


@dataclass(frozen=True, slots=True)
class One:
    """The only record of a list of rows, or null."""

    column: int
    shape: RecordShape | CaseShape


@dataclass(frozen=True, slots=True)
class First:
    """An entry over the only row of a column's list of rows, or ``default`` when there is none."""

    column: int
    entry: Entry
    default: Any = None


@dataclass(frozen=True, slots=True)
class Each:
    """A record or null for each of a list of ids, which are the ``number``-th page."""

    column: int
    number: int
    asked_column: int
    shape: RecordShape | CaseShape


@dataclass(frozen=True, slots=True)
class LabelSeen:
    """What one stored mark of an association means, seen from the near record."""

    mark: str
    near_is_start: bool | None
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class LabelList:
    """An association's labels. ``entries``: response key → ``name``, ``label`` or a fixed ``__typename``."""

    column: int
    near_is_start: int | None
    seen: tuple[LabelSeen, ...]
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CursorText:
    """The cursor of a row, made from its order columns and its id."""

    keys: tuple[OrderKey, ...]
    columns: tuple[int, ...]
    id_column: int


@dataclass(frozen=True, slots=True)
class RecordShape:
    """A record: response key → what stands there."""

    entries: tuple[tuple[str, Entry], ...]


@dataclass(frozen=True, slots=True)
class CaseShape:
    """A record of any object type, or an edge to one: the shape of each case; ``column`` holds (case, columns)."""

    column: int
    cases: tuple[RecordShape | EdgeShape, ...]


@dataclass(frozen=True, slots=True)
class EdgeShape:
    """An edge: response key → the node's shape, or an entry over the row."""

    entries: tuple[tuple[str, Entry], ...]


@dataclass(frozen=True, slots=True)
class PageInfoShape:
    """Page information: response key → its GraphQL field."""

    entries: tuple[tuple[str, str], ...]
    cursor: CursorText


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection.

    Attributes:
        rows: Column of its rows; None when no row is asked for.
        count: Column of its count, when that is asked for.
        page: The page its rows are cut to.
        entries: Response key → what stands there; a record, edge or case shape stands for a list of them.
    """

    rows: int | None
    count: int | None
    page: Page
    entries: tuple[
        tuple[str, RecordShape | EdgeShape | CaseShape | PageInfoShape | Leaf | Inside | Connection | Fixed], ...
    ]


Plain = Fixed | Leaf | DisplayName | LabelList | CursorText

Entry = (
    Plain
    | One
    | First
    | Each
    | RecordShape
    | Connection
    | Figures
    | GraphShape
    | PathsShape
    | ChangesShape
    | HistoryShape
)


@dataclass(frozen=True, slots=True)
class PageCost:
    """A list field whose page size counts towards an operation's records.

    Attributes:
        size: The page's size.
        parent: Index of the list above, or None at the root.
        path: The response path, for the error that refuses it.
    """

    size: Value
    parent: int | None
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """One operation's record fields: what is read and how it is shown."""

    read: Read
    shape: tuple[tuple[str, Entry], ...]
    pages: tuple[PageCost, ...]
