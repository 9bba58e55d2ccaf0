"""The shapes of paths → functions that make the response."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema.compiler.cursors import encode_cursor, order_mark, path_order
from schema.ir import GraphLabels, GraphNodes, PathEdges, PathEdgeShape, PathPageInfo, PathShape

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.compiler.result import Frame, Row
    from schema.ir import CaseShape, PathsShape

    AnyRecord = Callable[[CaseShape], Callable[[Row, Frame], Any]]
    Maker = Callable[[dict[str, Any], dict[str, Row], Frame], Any]

Path = dict[str, Any]
"""A path as the statement returns it: ``ids`` and ``edges``."""


def paths_maker(shape: PathsShape, any_record: AnyRecord) -> Callable[[Row, Frame], dict[str, Any]]:
    """A function from the statement's row to a connection of paths.

    Args:
        shape: The shape.
        any_record: Makes a record of any object type.
    """
    column, number, has_previous = shape.column, shape.page.number, shape.page.after is not None
    lists = [
        (key, _path(part, any_record) if isinstance(part, PathShape) else _edge(part, any_record))
        for key, part in shape.entries
        if isinstance(part, PathShape | PathEdgeShape)
    ]
    makers = dict(lists)

    def make(row: Row, frame: Frame) -> dict[str, Any]:
        paths, nodes = row[column][0] if row[column] else ([], [])
        known = {node[0]: node for node in nodes or ()}
        size = frame.sizes[number]
        page, more = paths[:size], len(paths) > size
        connection: dict[str, Any] = {}
        for key, part in shape.entries:
            if key in makers:
                connection[key] = [makers[key](path, known, frame) for path in page]
            elif isinstance(part, PathPageInfo):
                connection[key] = _page_info(part, page, more=more, has_previous=has_previous)
            else:
                connection[key] = "PathConnection"
        return connection

    return make


def _page_info(part: PathPageInfo, page: list[Path], *, more: bool, has_previous: bool) -> dict[str, Any]:
    info = {
        "hasNextPage": more,
        "hasPreviousPage": has_previous,
        "startCursor": _cursor(page[0]) if page else None,
        "endCursor": _cursor(page[-1]) if page else None,
        "__typename": "PageInfo",
    }
    return {key: info[field] for key, field in part.entries}


def _cursor(path: Path) -> str:
    *ids, last = path["ids"]
    return encode_cursor(order_mark(path_order(len(ids) + 1)), ids, last)


def _edge(edge: PathEdgeShape, any_record: AnyRecord) -> Maker:
    makers: list[tuple[str, Any]] = []
    for key, part in edge.entries:
        if isinstance(part, PathShape):
            makers.append((key, _path(part, any_record)))
        elif part == "cursor":
            makers.append((key, lambda path, known, frame: _cursor(path)))
        else:
            makers.append((key, lambda path, known, frame: "PathEdge"))
    return lambda path, known, frame: {key: make(path, known, frame) for key, make in makers}


def _path(shape: PathShape, any_record: AnyRecord) -> Maker:
    makers: list[tuple[str, Any]] = []
    for key, part in shape.entries:
        match part:
            case GraphNodes(case):
                makers.append((key, _nodes(any_record(case))))
            case PathEdges():
                makers.append((key, _edges(part)))
            case "length":
                makers.append((key, lambda path, known, frame: len(path["edges"])))
            case _:
                makers.append((key, lambda path, known, frame: "Path"))
    return lambda path, known, frame: {key: make(path, known, frame) for key, make in makers}


def _nodes(make: Callable[[Row, Frame], Any]) -> Maker:
    return lambda path, known, frame: [make(known[one], frame) for one in path["ids"]]


def _edges(part: PathEdges) -> Maker:
    seen = dict(part.seen)

    def make(path: Path, _: dict[str, Row], __: Frame) -> list[dict[str, Any]]:
        found = []
        for index, (start, relationship, marks) in enumerate(path["edges"]):
            near, far = path["ids"][index : index + 2]
            edge: dict[str, Any] = {"from": near, "to": far, "__typename": "GraphEdge"}
            labels = [one for one in seen[relationship, start == near] if one.mark in (marks or ())]
            texts = [{"name": one.name, "label": one.label, "__typename": "AssociationLabel"} for one in labels]
            found.append(
                {
                    key: [{inner: text[field] for inner, field in entry.entries} for text in texts]
                    if isinstance(entry, GraphLabels)
                    else edge[entry]
                    for key, entry in part.entries
                }
            )
        return found

    return make
