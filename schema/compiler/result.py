"""Shapes → functions that make the response from the statement's rows.

A record of plain values is one ``dict(zip(...))``; only what is not shown as it comes costs more. The response is
made of what graphql-core would give: the same keys in the same order, the same nulls.
"""

from __future__ import annotations

from dataclasses import dataclass
from operator import itemgetter
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
    return _record(RecordShape(tuple(shape)))


def _record(shape: RecordShape | EdgeShape) -> Callable[[Row, Frame], dict[str, Any]]:
    """Keys and columns are put together in C; what is not shown as it comes is put in its place afterwards."""
    make = _record_each_time(shape)
    nested = any(isinstance(entry, Connection | One | Inside) for _, entry in shape.entries)
    return _once(make) if nested and isinstance(shape, RecordShape) else make


def _once(make: Callable[[Row, Frame], dict[str, Any]]) -> Callable[[Row, Frame], dict[str, Any]]:
    """Make a record that stands in several rows once; no column of the pair is a record's own."""
    maker = object()

    def made(row: Row, frame: Frame) -> dict[str, Any]:
        kept = row[-1] if row else None
        if type(kept) is not Made:
            return make(row, frame)
        if maker not in kept:
            kept[maker] = make(row, frame)
        record: dict[str, Any] = kept[maker]
        return record

    return made


def _record_each_time(shape: RecordShape | EdgeShape) -> Callable[[Row, Frame], dict[str, Any]]:
    makers = [(key, _entry(entry)) for key, entry in shape.entries if not _is_plain(entry)]
    if len(makers) == len(shape.entries):
        return lambda row, frame: {key: maker(row, frame) for key, maker in makers}
    keys = [key for key, _ in shape.entries]
    pick = _pick([entry.column if isinstance(entry, Leaf) else 0 for _, entry in shape.entries])

    def make(row: Row, frame: Frame) -> dict[str, Any]:
        record = dict(zip(keys, pick(row) if pick else row, strict=False))
        for key, maker in makers:
            record[key] = maker(row, frame)
        return record

    return make


def _pick(columns: list[int]) -> Callable[[Row], Sequence[Any]] | None:
    """Those columns of a row; None where they are its first ones as they stand."""
    if columns == list(range(len(columns))):
        return None
    return itemgetter(*columns) if len(columns) > 1 else itemgetter(slice(columns[0], columns[0] + 1))


def _is_plain(entry: Entry) -> bool:
    return isinstance(entry, Leaf) and entry.output is None


def _entry(entry: Entry) -> Callable[[Row, Frame], Any]:  # noqa: PLR0912 - an arm for each kind of entry
    match entry:
        case Fixed(value):
            return lambda row, frame: value
        case Leaf(column, output):
            return _leaf(column, output)
        case DisplayName():
            return _display_name(entry)
        case One(column, shape):
            return _one(column, shape)
        case First(column, inner, default):
            return _first(column, _entry(inner), default)
        case Each():
            return _each(entry)
        case LabelList():
            return _labels(entry)
        case CursorText():
            return _cursor(entry)
        case RecordShape():
            return _record(entry)
        case Connection():
            return _connection(entry)
        case Computed(columns, function):
            return lambda row, frame: function(*(row[column] for column in columns))
        case Inside(column, inner):
            return _inside(column, _entry(inner))
        case GraphShape():
            return graph_maker(entry, _any)
        case PathsShape():
            return paths_maker(entry, _any)
        case ChangesShape():
            return changes_maker(entry, _any)
        case HistoryShape():
            return history_maker(entry, _any)


def _leaf(column: int, output: Callable[[Any], Any] | None) -> Callable[[Row, Frame], Any]:
    if output is None:
        return lambda row, frame: row[column]
    return lambda row, frame: None if row[column] is None else output(row[column])


def _display_name(entry: DisplayName) -> Callable[[Row, Frame], str]:
    def make(row: Row, _: Frame) -> str:
        for group in entry.groups:
            words = [str(row[column]) for column in group if row[column] is not None]
            if words:
                return " ".join(words)
        return str(row[entry.id_column])

    return make


def _any(shape: RecordShape | EdgeShape | CaseShape) -> Callable[[Row, Frame], Any]:
    if not isinstance(shape, CaseShape):
        return _record(shape)
    makers = [_record(case) for case in shape.cases]

    def make(row: Row, frame: Frame) -> Any:
        found = row[shape.column]
        return None if found is None else makers[found[0]](found[1], frame)

    return make


def _one(column: int, shape: RecordShape | CaseShape) -> Callable[[Row, Frame], Any]:
    make = _any(shape)
    return lambda row, frame: make(row[column][0], frame) if row[column] else None


def _first(column: int, make: Callable[[Row, Frame], Any], default: Any) -> Callable[[Row, Frame], Any]:
    return lambda row, frame: make(row[column][0], frame) if row[column] else default


def _inside(column: int, make: Callable[[Row, Frame], Any]) -> Callable[[Row, Frame], Any]:
    return lambda row, frame: make(row[column], frame)


def _each(entry: Each) -> Callable[[Row, Frame], list[Any]]:
    make = _any(entry.shape)

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


def _connection(shape: Connection) -> Callable[[Row, Frame], dict[str, Any]]:
    parts = [(key, _part(part, shape)) for key, part in shape.entries]
    rows_column, number, backward = shape.rows, shape.page.number, shape.page.backward

    def make(row: Row, frame: Frame) -> dict[str, Any]:
        rows = [] if rows_column is None else row[rows_column]
        size = frame.sizes[number]
        more = len(rows) > size
        page = rows[:size] if more else rows
        if backward:
            page = page[::-1]
        return {key: part(row, page, more, frame) for key, part in parts}

    return make


def _part(part: Any, shape: Connection) -> Callable[[Row, list[Row], bool, Frame], Any]:
    match part:
        case RecordShape() | EdgeShape() | CaseShape():
            make = _any(part)
            return lambda row, page, more, frame: [make(record, frame) for record in page]
        case PageInfoShape():
            return _page_info(part, shape)
        case Leaf(column, _):
            return lambda row, page, more, frame: row[column]
        case Inside() | Connection():
            shown = _entry(part)
            return lambda row, page, more, frame: shown(row, frame)
        case _:
            return lambda row, page, more, frame: part.value


def _page_info(part: PageInfoShape, shape: Connection) -> Callable[[Row, list[Row], bool, Frame], dict[str, Any]]:
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
    return lambda row, page, more, frame: {key: read(page, more, frame) for key, read in chosen}
