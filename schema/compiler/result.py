"""Shapes → functions that make the response from the statement's rows.

They are written out as Python, a display of constant keys for each record; only what is not shown as it comes costs a
call. The response is made of what graphql-core would give: the same keys in the same order, the same nulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.compiler.cursors import encode_cursor, order_mark
from schema.compiler.result_graph import graph_maker
from schema.compiler.result_journal import changes_maker, history_maker
from schema.compiler.result_paths import paths_maker
from schema.ir import (
    CaseColumn,
    CaseShape,
    ChangesShape,
    Computed,
    Connection,
    CursorText,
    DisplayName,
    Each,
    EdgeShape,
    Entry,
    First,
    Fixed,
    GraphShape,
    HistoryShape,
    Inside,
    LabelList,
    Leaf,
    One,
    PageInfoShape,
    PathsShape,
    RecordShape,
    Rows,
    RowsColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from schema.ir import Column, Root

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What shaping needs beside the rows, by number of the page: this request's sizes, and given lists of ids."""

    sizes: Sequence[int]
    ids: Mapping[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row comes from, as far as its shape is made otherwise for it.

    Attributes:
        columns: The row's columns; none where nothing below is shared.
        shared: Those that hold shared records.
        kept: Whether the row itself is that of a shared record.
    """

    columns: Sequence[Column | Root | Rows] = ()
    shared: Sequence[int] = ()
    kept: bool = False

    def below(self, column: int | None) -> _Place:
        """Of the rows in one of its columns."""
        found = self.columns[column] if column is not None and column < len(self.columns) else None
        rows = found.rows if isinstance(found, RowsColumn) else found
        return _Place(rows.columns, rows.shared, column in self.shared) if isinstance(rows, Rows) else _NOWHERE

    def case(self, column: int, index: int) -> _Place:
        """Of the rows of one case in one of its columns."""
        found = self.columns[column] if column < len(self.columns) else None
        return _Place(found.cases[index][1]) if isinstance(found, CaseColumn) else _NOWHERE


_NOWHERE = _Place()
_HEIGHT_MAX = 4
"""How many lists in lists are written as one expression."""


def compile_shape(
    shape: Sequence[tuple[str, Entry]], roots: Sequence[Rows | Root] = ()
) -> Callable[[Row, Frame], dict[str, Any]]:
    """A function from the statement's only row to the response's data.

    Args:
        shape: The response.
        roots: What the row holds; a record that they share is made once.
    """
    return _compiled(RecordShape(tuple(shape)), _Place(roots))


def _compiled(shape: RecordShape | EdgeShape | CaseShape, place: _Place = _NOWHERE) -> Callable[[Row, Frame], Any]:
    """A function from a row to what a shape makes of it."""
    code = _Code()
    return code.built(code.defined(["return " + code.of_any(shape, "row", place)]))


class _Code:
    """The text of functions, and what they refer to.

    A response is some thousand small dictionaries. Written out as displays of constant keys they take a third of the
    time that functions put together at run time would, of which each field costs a call. A list is written where it
    stands, down to some levels of lists in lists, so that the text nests no deeper however deep the document does; a
    function is what needs names of its own. Nothing of a document is in the text but numbers of columns and response
    keys, which are GraphQL names.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._names: dict[str, Any] = {}

    def kept(self, value: Any) -> str:
        """The name under which functions find a value."""
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name

    def defined(self, body: Sequence[str]) -> str:
        """The name of a function of a row and the frame."""
        name = f"f{len(self._texts)}"
        self._texts.append("\n    ".join([f"def {name}(row, frame):", *body]))
        return name

    def built(self, name: str) -> Callable[[Row, Frame], Any]:
        """One of the functions."""
        exec(compile("\n".join(self._texts), "<shape>", "exec"), self._names)  # noqa: S102 - the class says what it is
        made: Callable[[Row, Frame], Any] = self._names[name]
        return made

    def of_any(self, shape: RecordShape | EdgeShape | CaseShape, row: str, place: _Place) -> str:
        """The expression of a record or an edge."""
        if not isinstance(shape, CaseShape):
            return self._record(shape, row, place)
        made = [_compiled(case, place.case(shape.column, index)) for index, case in enumerate(shape.cases)]
        found = f"{row}[{shape.column}]"
        return f"(None if {found} is None else {self.kept(made)}[{found}[0]]({found}[1], frame))"

    def _record(self, shape: RecordShape | EdgeShape, row: str, place: _Place) -> str:
        if not place.kept or isinstance(shape, EdgeShape):
            return self._display(shape, row, place)
        # A record that stands in several rows is made once (``unfold``); no column of the pair is a record's own.
        maker = self.kept(object())
        return self._call(
            [
                "made = row[-1]",
                f"if {maker} not in made:",
                f"    made[{maker}] = {self._display(shape, 'row', place)}",
                f"return made[{maker}]",
            ],
            row,
        )

    def _display(self, shape: RecordShape | EdgeShape, row: str, place: _Place) -> str:
        return f"{{{', '.join(f'{key!r}: {self._entry(entry, row, place)}' for key, entry in shape.entries)}}}"

    def _call(self, body: Sequence[str], row: str) -> str:
        return f"{self.defined(body)}({row}, frame)"

    def _entry(self, entry: Entry, row: str, place: _Place) -> str:
        match entry:
            case Fixed(value):
                return self.kept(value)
            case Leaf(column, None):
                return f"{row}[{column}]"
            case Leaf(column, output):
                return f"(None if {row}[{column}] is None else {self.kept(output)}({row}[{column}]))"
            case One(column, shape):
                found = self._inside(self.of_any(shape, "row", place.below(column)), f"{row}[{column}][0]")
                return f"({found} if {row}[{column}] else None)"
            case First(column, inner, default):
                found = self._inside(self._entry(inner, "row", place.below(column)), f"{row}[{column}][0]")
                return f"({found} if {row}[{column}] else {self.kept(default)})"
            case Inside(column, inner):
                return self._inside(self._entry(inner, "row", _NOWHERE), f"{row}[{column}]")
            case Computed(columns, function):
                return f"{self.kept(function)}({', '.join(f'{row}[{column}]' for column in columns)})"
            case RecordShape():
                return self._record(entry, row, place)
            case Connection():
                return self._connection(entry, row, place)
            case _:
                return f"{self.kept(_maker(entry, place))}({row}, frame)"

    def _inside(self, expression: str, row: str) -> str:
        """An expression over ``row``, of another row."""
        return self._call([f"return {expression}"], row)

    def _connection(self, shape: Connection, row: str, place: _Place) -> str:
        turned = "[::-1]" if shape.page.backward else ""
        if not shape.page.extra:
            if _height(shape) <= _HEIGHT_MAX:
                return self._parts(shape, row, _rows_of(shape, row) + turned, place)
            return self._inside(self._parts(shape, "row", _rows_of(shape, "row") + turned, place), row)
        return self._call(
            [
                f"rows = {_rows_of(shape, 'row')}",
                f"size = frame.sizes[{shape.page.number}]",
                "more = len(rows) > size",
                f"page = (rows[:size] if more else rows){turned}",
                f"return {self._parts(shape, 'row', 'page', place)}",
            ],
            row,
        )

    def _parts(self, shape: Connection, row: str, page: str, place: _Place) -> str:
        parts = ", ".join(f"{key!r}: {self._part(part, shape, row, page, place)}" for key, part in shape.entries)
        return f"{{{parts}}}"

    def _part(self, part: Any, shape: Connection, row: str, page: str, place: _Place) -> str:
        match part:
            case RecordShape() | EdgeShape() | CaseShape():
                return f"[{self.of_any(part, 'one', place.below(shape.rows))} for one in {page}]"
            case PageInfoShape():
                return f"{self.kept(_page_info(part, shape))}({page}, more, frame)"
            case Leaf(column, _):
                return f"{row}[{column}]"
            case Inside() | Connection():
                return self._entry(part, row, place)
            case _:
                return self.kept(part.value)


def _rows_of(shape: Connection, row: str) -> str:
    return "[]" if shape.rows is None else f"{row}[{shape.rows}]"


def _height(shape: Connection | RecordShape | EdgeShape) -> int:
    """How many lists stand in each other, at the most."""
    inner = [part for _, part in shape.entries if isinstance(part, Connection | RecordShape | EdgeShape)]
    return isinstance(shape, Connection) + max(map(_height, inner), default=0)


def _maker(entry: Entry, place: _Place) -> Callable[[Row, Frame], Any]:
    """A function for what is rare, or no matter of putting columns in their places."""
    match entry:
        case DisplayName():
            return _display_name(entry)
        case Each():
            return _each(entry, place)
        case LabelList():
            return _labels(entry)
        case CursorText():
            return _cursor(entry)
        case GraphShape():
            return graph_maker(entry, _compiled)
        case PathsShape():
            return paths_maker(entry, _compiled)
        case ChangesShape():
            return changes_maker(entry, _compiled)
        case HistoryShape():
            return history_maker(entry, _compiled)
        case _:
            raise TypeError(f"{type(entry).__name__} is written out")


def _display_name(entry: DisplayName) -> Callable[[Row, Frame], str]:
    def make(row: Row, _: Frame) -> str:
        for group in entry.groups:
            words = [str(row[column]) for column in group if row[column] is not None]
            if words:
                return " ".join(words)
        return str(row[entry.id_column])

    return make


def _each(entry: Each, place: _Place) -> Callable[[Row, Frame], list[Any]]:
    make = _compiled(entry.shape, place.below(entry.column))

    def each(row: Row, frame: Frame) -> list[Any]:
        found = {record[entry.asked_column]: make(record, frame) for record in row[entry.column]}
        return [found.get(record_id) for record_id in frame.ids[entry.number]]

    return each


def _labels(entry: LabelList) -> Callable[[Row, Frame], list[dict[str, str]]]:
    """In the catalog's order, whatever the order of the marks."""
    seen: list[tuple[str, bool | None, dict[str, str]]] = []
    for label in entry.seen:
        texts = {"name": label.name, "label": label.label, "__typename": "AssociationLabel"}
        seen.append((label.mark, label.near_is_start, {key: texts[field] for key, field in entry.entries}))

    def labels(row: Row, _: Frame) -> list[dict[str, str]]:
        marks = row[entry.column]
        if not marks:
            return []
        near_is_start = None if entry.near_is_start is None else row[entry.near_is_start]
        return [texts for mark, start, texts in seen if mark in marks and (start is None or start == near_is_start)]

    return labels


def _cursor(entry: CursorText) -> Callable[[Row, Frame], str]:
    mark = order_mark(entry.keys)
    columns, id_column = entry.columns, entry.id_column
    return lambda row, frame: encode_cursor(mark, [row[column] for column in columns], row[id_column])


def _page_info(part: PageInfoShape, shape: Connection) -> Callable[[list[Row], bool, Frame], dict[str, Any]]:
    """Ahead, in the direction in which the page counts, the row too many tells; behind, the cursor's record lies."""
    cursor = _cursor(part.cursor)
    backward = shape.page.backward
    behind = (shape.page.before if backward else shape.page.after) is not None
    readers: dict[str, Callable[[list[Row], bool, Frame], Any]] = {
        "hasNextPage": lambda page, more, frame: behind if backward else more,
        "hasPreviousPage": lambda page, more, frame: more if backward else behind,
        "startCursor": lambda page, more, frame: cursor(page[0], frame) if page else None,
        "endCursor": lambda page, more, frame: cursor(page[-1], frame) if page else None,
        "__typename": lambda page, more, frame: "PageInfo",
    }
    chosen = [(key, readers[field]) for key, field in part.entries]
    return lambda page, more, frame: {key: read(page, more, frame) for key, read in chosen}
