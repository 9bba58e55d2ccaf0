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
from schema.compiler.unfold import Made
from schema.ir import (
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
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """What shaping needs beside the rows, by number of the page: this request's sizes, and given lists of ids."""

    sizes: Sequence[int]
    ids: Mapping[int, Sequence[str]]


def compile_shape(shape: Sequence[tuple[str, Entry]]) -> Callable[[Row, Frame], dict[str, Any]]:
    """A function from the statement's only row to the response's data."""
    return _compiled(RecordShape(tuple(shape)))


def _compiled(shape: RecordShape | EdgeShape | CaseShape) -> Callable[[Row, Frame], Any]:
    """A function from a row to what a shape makes of it."""
    code = _Code()
    return code.built(code.defined(["return " + code.of_any(shape, "row")]))


class _Code:
    """The text of functions, one for each connection and each record with something below it, and what they refer to.

    A response is some thousand small dictionaries. Written out as displays of constant keys they take a third of the
    time that functions put together at run time would, of which each field costs a call. Nothing of a document is in
    the text but numbers of columns and response keys, which are GraphQL names.
    """

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._names: dict[str, Any] = {"Made": Made}

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

    def of_any(self, shape: RecordShape | EdgeShape | CaseShape, row: str) -> str:
        """The expression of a record or an edge."""
        if not isinstance(shape, CaseShape):
            return self._record(shape, row)
        cases = self.kept([_compiled(case) for case in shape.cases])
        found = f"{row}[{shape.column}]"
        return f"(None if {found} is None else {cases}[{found}[0]]({found}[1], frame))"

    def _record(self, shape: RecordShape | EdgeShape, row: str) -> str:
        nested = any(isinstance(entry, Connection | One | Inside) for _, entry in shape.entries)
        if not nested or isinstance(shape, EdgeShape):
            return self._display(shape, row)
        # A record that stands in several rows is made once; no column of the pair is a record's own.
        maker = self.kept(object())
        return self._call(
            [
                "kept = row[-1] if row else None",
                f"if type(kept) is Made and {maker} in kept:",
                f"    return kept[{maker}]",
                f"made = {self._display(shape, 'row')}",
                "if type(kept) is Made:",
                f"    kept[{maker}] = made",
                "return made",
            ],
            row,
        )

    def _display(self, shape: RecordShape | EdgeShape, row: str) -> str:
        return f"{{{', '.join(f'{key!r}: {self._entry(entry, row)}' for key, entry in shape.entries)}}}"

    def _call(self, body: Sequence[str], row: str) -> str:
        return f"{self.defined(body)}({row}, frame)"

    def _entry(self, entry: Entry, row: str) -> str:
        match entry:
            case Fixed(value):
                return self.kept(value)
            case Leaf(column, None):
                return f"{row}[{column}]"
            case Leaf(column, output):
                return f"(None if {row}[{column}] is None else {self.kept(output)}({row}[{column}]))"
            case One(column, shape):
                return (
                    f"({self._inside(self.of_any(shape, 'row'), f'{row}[{column}][0]')} if {row}[{column}] else None)"
                )
            case First(column, inner, default):
                found = self._inside(self._entry(inner, "row"), f"{row}[{column}][0]")
                return f"({found} if {row}[{column}] else {self.kept(default)})"
            case Inside(column, inner):
                return self._inside(self._entry(inner, "row"), f"{row}[{column}]")
            case Computed(columns, function):
                return f"{self.kept(function)}({', '.join(f'{row}[{column}]' for column in columns)})"
            case RecordShape():
                return self._record(entry, row)
            case Connection():
                return self._connection(entry, row)
            case _:
                return f"{self.kept(_maker(entry))}({row}, frame)"

    def _inside(self, expression: str, row: str) -> str:
        """An expression over ``row``, of another row."""
        return self._call([f"return {expression}"], row)

    def _connection(self, shape: Connection, row: str) -> str:
        parts = ", ".join(f"{key!r}: {self._part(part, shape)}" for key, part in shape.entries)
        return self._call(
            [
                f"rows = {'[]' if shape.rows is None else f'row[{shape.rows}]'}",
                f"size = frame.sizes[{shape.page.number}]",
                "more = len(rows) > size",
                "page = rows[:size] if more else rows",
                *(["page = page[::-1]"] if shape.page.backward else []),
                f"return {{{parts}}}",
            ],
            row,
        )

    def _part(self, part: Any, shape: Connection) -> str:
        match part:
            case RecordShape() | EdgeShape() | CaseShape():
                return f"[{self.of_any(part, 'one')} for one in page]"
            case PageInfoShape():
                return f"{self.kept(_page_info(part, shape))}(page, more, frame)"
            case Leaf(column, _):
                return f"row[{column}]"
            case Inside() | Connection():
                return self._entry(part, "row")
            case _:
                return self.kept(part.value)


def _maker(entry: Entry) -> Callable[[Row, Frame], Any]:
    """A function for what is rare, or no matter of putting columns in their places."""
    match entry:
        case DisplayName():
            return _display_name(entry)
        case Each():
            return _each(entry)
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


def _each(entry: Each) -> Callable[[Row, Frame], list[Any]]:
    make = _compiled(entry.shape)

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
