"""The shapes of the journal → functions that make the response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from graphdb.journal.entries import Kind
from graphdb.printed import print_date_time
from schema.compiler.cursors import CHANGES, HISTORY, encode_cursor
from schema.errors import bad_input
from schema.ir import CaseShape, Picked

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.compiler.result import Frame, Row
    from schema.ir import ChangesShape, HistoryShape

    AnyRecord = Callable[[CaseShape], Callable[[Row, Frame], Any]]
    Maker = Callable[[Any, Frame], Any]

_MICROSECONDS = 1_000


def changes_maker(shape: ChangesShape, any_record: AnyRecord) -> Callable[[Row, Frame], Any]:
    """A function from the statement's row to a connection of the change log's entries.

    Args:
        shape: The shape.
        any_record: Makes a record of any object type.
    """
    pick = _picker(shape.picked, any_record)

    def make(row: Row, frame: Frame) -> Any:
        head, first, after, until, rows, folded = row[shape.column]
        _check_place(shape, head, first, after)
        until, rows = _whole(until, rows)
        size = frame.sizes[shape.page.number]
        page, more = rows[:size], len(rows) > size
        # Behind the last entry of a full page, or behind all that was looked at.
        end = (page[-1][0] if page else after) if more else max(until, after)
        edges = [{"cursor": _number(entry[0]), "node": _change(entry)} for entry in page]
        info = {
            # Where nothing was looked at, for the next entry cannot be seen yet, there is nothing to go on to.
            "hasNextPage": more or after < until < head,
            "hasPreviousPage": after >= first,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": _number(end),
        }
        nodes = [edge["node"] for edge in edges]
        # Where nothing is kept, nothing is behind; what is read a moment later may be ahead.
        shown = min([head, *folded])
        positions = {"position": _number(head), "rollUpsPosition": _number(shown)}
        return pick({"nodes": nodes, "edges": edges, "pageInfo": info, **positions}, frame)

    return make


def history_maker(shape: HistoryShape, any_record: AnyRecord) -> Callable[[Row, Frame], Any]:
    """A function from a record's row to a connection of the changes of its values."""
    pick = _picker(shape.picked, any_record)

    def make(row: Row, frame: Frame) -> Any:
        entries, begun, asked = row[shape.column]
        size = frame.sizes[shape.page.number]
        edges = [edge for entry in entries for edge in _values(entry, asked)]
        more = len(edges) > size
        edges = edges[:size]
        info = {
            "hasNextPage": more,
            "hasPreviousPage": begun,
            "startCursor": edges[0]["cursor"] if edges else None,
            "endCursor": edges[-1]["cursor"] if edges else None,
        }
        return pick({"nodes": [edge["node"] for edge in edges], "edges": edges, "pageInfo": info}, frame)

    return make


def _whole(until: int, rows: list[Row]) -> tuple[int, list[Row]]:
    """What was looked at and found before the first entry that cannot be seen yet; who asks on gets it then."""
    for place, entry in enumerate(rows):
        if entry[1] is None:
            return entry[0] - 1, rows[:place]
    return until, rows


def _check_place(shape: ChangesShape, head: int, first: int, after: int) -> None:
    if after < first - 1:
        message = (
            f"after stands before the log's beginning: entries up to number {first - 1:,} were forgotten, and this one "
            f"asks for what follows number {after:,}. What was missed has to be read anew: take `position` first, then "
            "the records, then the changes after it."
        )
    elif after > head:
        message = (
            f"after stands behind the log's end: the last number is {head:,}, and this one asks for what follows "
            f"number {after:,}. The cursor comes from another graph, or from a later state of this one."
        )
    else:
        return
    raise bad_input(message, path=shape.path, input=["after"])


def _number(seq: int) -> str:
    return encode_cursor(CHANGES, [], str(seq))


def _change(entry: Row) -> dict[str, Any]:
    _, kind, object_type, record, rev, at, by, source, props, data, far_type, far, labels, before, live = entry
    merged = kind in {Kind.MERGED, Kind.UNMERGED}
    return {
        "kind": kind,
        "objectType": object_type.upper(),
        "recordId": record,
        "record": live,
        "rev": rev,
        "at": print_date_time(at // _MICROSECONDS),
        "by": by,
        "source": source,
        "changes": [
            {"property": name, "before": values[0], "after": values[1]}
            for name, values in zip(props or (), orjson.loads(data) if data else (), strict=False)
        ],
        "association": None
        if far is None or merged
        else {"recordId": far, "objectType": far_type.upper(), "labels": labels or [], "labelsBefore": before or []},
        "mergedId": far if merged else None,
    }


def _values(entry: Row, asked: list[str] | None) -> list[dict[str, Any]]:
    """The values of an entry that are asked for; in the one that the cursor stands in, those behind it."""
    at, entry_id, rev, by, source, props, data, seen = entry
    whence = {"at": print_date_time(at // _MICROSECONDS), "by": by, "source": source, "rev": rev}
    behind = props.index(seen) + 1 if seen in props else 0
    return [
        {
            "cursor": encode_cursor(HISTORY, [at, entry_id], name),
            "node": {"property": name, "before": before, "after": after, **whence},
        }
        for name, (before, after) in list(zip(props, orjson.loads(data), strict=True))[behind:]
        if asked is None or name in asked
    ]


def _picker(picked: Picked, any_record: AnyRecord) -> Maker:
    """What is selected of an object, of each of a list of them, or of none."""
    makers = [(key, name, _below(below, any_record)) for key, name, below in picked.entries]

    def pick(found: Any, frame: Frame) -> Any:
        if found is None:
            return None
        if isinstance(found, list):
            return [pick(one, frame) for one in found]
        return {
            key: picked.type_name if name == "__typename" else make(found[name], frame) if make else found[name]
            for key, name, make in makers
        }

    return pick


def _below(below: Picked | CaseShape | None, any_record: AnyRecord) -> Maker | None:
    if isinstance(below, Picked):
        return _picker(below, any_record)
    if below is None:
        return None
    record = any_record(below)
    return lambda row, frame: None if row is None else record(row, frame)
