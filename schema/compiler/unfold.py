"""Shared records, fetched once each → put back in the place of each row that they belong to.

What comes out is what the statement would have returned had it fetched them with every row, but for one thing: last in
a shared record's row stands a dictionary, the same one in each place, for what is made of the record, by what makes it,
so that it is made once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema.ir import CaseColumn, OfPair, Rows, RowsColumn, shared_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir import Column, Read

Row = list[Any]


def unfolder(read: Read) -> Callable[[Row], Row]:
    """A function from the row of a statement to the row of one without shared records; it changes the row."""
    roots = [(index, _list(root)) for index, root in enumerate(read.roots) if isinstance(root, Rows)]
    changed = [(index, unfold) for index, unfold in roots if unfold is not None]

    def unfold_all(row: Row) -> Row:
        for index, unfold in changed:
            row[index] = unfold(row[index])
        return row

    return unfold_all


def _list(rows: Rows) -> Callable[[Any], list[Row]] | None:
    """From what was returned for some rows to the rows; None where that is the same."""
    inside = _columns(rows.columns, rows.shared)
    if not rows.shared:
        return None if inside is None else _each(inside)
    places = [(index, _apart(shared_rows(rows, index))) for index in rows.shared]

    def unfold(found: Any) -> list[Row]:
        if found is None:  # Neo4j aggregates nothing to no row in a subquery that is an expression
            return []
        every: list[Row] = found[0]
        for (index, put_back), records in zip(places, found[1:], strict=True):
            put_back(every, index, records)
        if inside is not None:
            for row in every:
                inside(row)
        return every

    return unfold


def _each(inside: Callable[[Row], None]) -> Callable[[Any], list[Row]]:
    def unfold(found: Any) -> list[Row]:
        every: list[Row] = found
        for row in every:
            inside(row)
        return every

    return unfold


def _columns(columns: tuple[Column, ...], shared: tuple[int, ...] = ()) -> Callable[[Row], None] | None:
    """What unfolds, in place, the columns of a row that are not shared themselves; None where none has to be."""
    changed: list[tuple[int, Callable[[Any], Any]]] = []
    for index, column in enumerate(columns):
        unfold: Callable[[Any], Any] | None = None
        if isinstance(column, RowsColumn) and index not in shared:
            unfold = _list(column.rows)
        elif isinstance(column, CaseColumn):
            unfold = _case(column)
        if unfold is not None:
            changed.append((index, unfold))
    if not changed:
        return None

    def inside(row: Row) -> None:
        for index, unfold in changed:
            row[index] = unfold(row[index])

    return inside


def _case(column: CaseColumn) -> Callable[[Any], Any] | None:
    cases = [_columns(columns) for _, columns in column.cases]
    if not any(cases):
        return None

    def unfold(found: Any) -> Any:
        inside = None if found is None else cases[found[0]]
        if inside is not None:
            inside(found[1])
        return found

    return unfold


def _apart(rows: Rows) -> Callable[[list[Row], int, Any], None]:
    """What puts shared records in a column of the rows that they belong to."""
    own = [index for index, column in enumerate(rows.columns) if isinstance(column, OfPair)]
    unfold = _list(rows)

    def put_back(every: list[Row], place: int, found: Any) -> None:
        records: dict[str, Row] = {}
        for record in found if unfold is None else unfold(found):
            records[record[-1]] = record
            record[-1] = {}
        for row in every:
            # A record that was purged between the two looks at it is not there any more.
            if own:
                row[place] = [_with(records[pair[0]], own, pair) for pair in row[place] if pair[0] in records]
            else:
                row[place] = [records[pair[0]] for pair in row[place] if pair[0] in records]

    return put_back


def _with(record: Row, own: list[int], pair: Row) -> Row:
    """A record's row with what belongs to the pair."""
    row = record.copy()
    for index, value in zip(own, pair[1:], strict=True):
        row[index] = value
    return row
