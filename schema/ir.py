"""The intermediate representation: what to read, apart from how it is written in Cypher or shown in JSON.

Two trees come out of one operation. The *read* tree (``Read`` … ``Rows``) says which records and which columns of
them the statement fetches; the *shape* tree (``RecordShape`` …) says how the response is made from those columns.
Both are frozen, printable and need nothing beside themselves: names from the catalog are copied in, there are no
GraphQL nodes and no Cypher words.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from schema.aggregation import Figures, FiguresColumn, Inside
from schema.ir_graph import GraphColumn, GraphShape, PathsColumn, PathsShape
from schema.ir_values import Const as Const
from schema.ir_values import Given as Given
from schema.ir_values import Items as Items
from schema.ir_values import Period as Period
from schema.ir_values import PeriodEnd as PeriodEnd
from schema.ir_values import PeriodStart as PeriodStart
from schema.ir_values import Value as Value
from schema.ir_values import Variable as Variable
from schema.ir_values import VariablePath as VariablePath

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import PropertyType


@dataclass(frozen=True, slots=True)
class Prop:
    """A stored property.

    Attributes:
        required: It is never unset.
        marker: The property that is true on records where this one is unset.
        lower: Its values are stored in lower case, so that what they are compared with has to be, too.
    """

    name: str
    type: PropertyType
    indexed: bool = False
    required: bool = False
    marker: str | None = None
    lower: bool = False


class Comparison(StrEnum):
    """An operator between a property and a value."""

    EQ = "eq"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    HAS_ANY = "hasAny"
    HAS_ALL = "hasAll"


@dataclass(frozen=True, slots=True)
class Compare:
    """True where the property is set and the comparison holds; ``ignore_case`` compares both sides in lower case."""

    prop: Prop
    operator: Comparison
    value: Value
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class IsSet:
    """True where the property is set."""

    prop: Prop


@dataclass(frozen=True, slots=True)
class All:
    """True where every part is; ``All(())`` is true."""

    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where some part is; ``AnyOf(())`` is false."""

    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement, unset values included."""

    part: Predicate


@dataclass(frozen=True, slots=True)
class Associated:
    """Associated records.

    Attributes:
        hop: How to walk to them.
        where: Which of them.
        association: The same, by the relationship that joins them.
    """

    hop: Hop
    where: Predicate
    association: Predicate


@dataclass(frozen=True, slots=True)
class Exists:
    """True where there is at least one."""

    records: Associated


@dataclass(frozen=True, slots=True)
class CountIs:
    """True where their number compares so."""

    records: Associated
    operator: Comparison
    value: Value


Predicate = Compare | IsSet | All | AnyOf | Not | Exists | CountIs
TRUE = All()


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key of an order, of the record or ``via`` a hop. Unset values come last in both directions."""

    prop: Prop
    descending: bool = False
    via: Via | None = None

    @property
    def name(self) -> str:
        """What tells keys apart: ``amount``, ``primaryCompany.name``, ``companies.count``."""
        return self.prop.name if self.via is None else f"{self.via.field}.{self.prop.name}"


@dataclass(frozen=True, slots=True)
class Via:
    """The hop that an order key goes over: to the only record, whose property it is, or to those ``counted``."""

    field: str
    hop: Hop
    counted: bool = False


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


class Direction(StrEnum):
    """How a relationship is walked from the near record."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every record of an object type."""

    label: str


@dataclass(frozen=True, slots=True)
class ById:
    """The record with an id: of one object type, or of any when ``label`` is None."""

    id: Value
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ByKey:
    """The record of an object type that owns a unique key; ``to_key`` makes the key's text from a value."""

    label: str
    value: Value
    to_key: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class ByIds:
    """The records with these ids, of any object type."""

    ids: Value


@dataclass(frozen=True, slots=True)
class Hop:
    """The records associated with the one above.

    Attributes:
        relationship: The association's relationship type.
        label_relationship: The label's own relationship type, when only its pairs are wanted.
        direction: How the label's relationship is walked.
        others: The relationship types of further associations, for a hop to records of several object types.
    """

    relationship: str
    label_relationship: str | None = None
    direction: Direction = Direction.BOTH
    others: tuple[str, ...] = ()


Source = AllOf | ById | ByKey | ByIds | Hop


@dataclass(frozen=True, slots=True)
class IdColumn:
    """The record's id."""


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
    """Of a record whose object type is not known beforehand: its type's index, then that type's columns."""

    cases: tuple[tuple[str, tuple[Column, ...]], ...]


Single = IdColumn | PropColumn | KeyColumn | EdgeColumn | CountColumn
Column = Single | RowsColumn | FiguresColumn | CaseColumn | GraphColumn | PathsColumn


@dataclass(frozen=True, slots=True)
class Rows:
    """Records, ordered and limited, each as a list of its columns.

    Attributes:
        order: Ends with the id, so that it is total; empty where there is one record at most, or order is made
            afterwards.
        page: None where there is one record at most, or a given list of them.
    """

    source: Source
    columns: tuple[Column, ...]
    where: Predicate = TRUE
    order: tuple[OrderKey, ...] = ()
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """Everything one operation fetches: one statement. A root is one value: rows, a count, figures, a graph, paths."""

    roots: tuple[Rows | CountColumn | FiguresColumn | GraphColumn | PathsColumn, ...]


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
    """The records of ``nodes(ids:)``, in the order of the ids, which are the ``number``-th page."""

    column: int
    number: int
    id_column: int
    shape: CaseShape


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
Entry = Plain | One | First | Each | RecordShape | Connection | Figures | GraphShape | PathsShape


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
