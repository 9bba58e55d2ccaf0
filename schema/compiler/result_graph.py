"""The shapes of graphs → functions that make the response."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from schema.ir import GraphCut, GraphEdges, GraphLabels, GraphNodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from schema.compiler.result import Frame, Row
    from schema.ir import CaseShape, GraphShape, LabelSeen

NODES, EDGES, CUT = range(3)
"""Where each part of a graph stands in its row."""


def graph_maker(
    graph: GraphShape, any_record: Callable[[CaseShape], Callable[[Row, Frame], Any]]
) -> Callable[[Row, Frame], dict[str, Any]]:
    """A function from the statement's row to a graph.

    Args:
        graph: The shape.
        any_record: Makes a record of any object type.
    """
    column = graph.column
    parts: list[tuple[str, int, Callable[[list[Row], Frame], Any]]] = []
    for key, part in graph.entries:
        match part:
            case GraphNodes(shape):
                parts.append((key, NODES, _nodes(any_record(shape))))
            case GraphEdges():
                parts.append((key, EDGES, _edges(part)))
            case GraphCut():
                parts.append((key, CUT, _cut(part)))
            case name:
                parts.append((key, CUT, _constant(name)))

    def make(row: Row, frame: Frame) -> dict[str, Any]:
        found = row[column][0] if row[column] else ([], [], [])
        return {key: part(found[place] or [], frame) for key, place, part in parts}

    return make


def _constant(value: str) -> Callable[[list[Row], Frame], Any]:
    return lambda rows, frame: value


def _nodes(make: Callable[[Row, Frame], Any]) -> Callable[[list[Row], Frame], list[Any]]:
    return lambda rows, frame: [make(row, frame) for row in sorted(rows, key=itemgetter(0))]


def _edges(part: GraphEdges) -> Callable[[list[Row], Frame], list[dict[str, Any]]]:
    seen = dict(part.seen)
    readers = [(key, _edge_part(entry, seen)) for key, entry in part.entries]
    return lambda rows, frame: [{key: read(row) for key, read in readers} for row in sorted(rows, key=itemgetter(0, 1))]


def _edge_part(entry: str | GraphLabels, seen: dict[str, tuple[LabelSeen, ...]]) -> Callable[[Row], Any]:
    if isinstance(entry, GraphLabels):
        return _labels(entry, seen)
    if entry == "__typename":
        return lambda row: "GraphEdge"
    return itemgetter(("from", "to").index(entry))


def _labels(labels: GraphLabels, seen: dict[str, tuple[LabelSeen, ...]]) -> Callable[[Row], list[dict[str, str]]]:
    """In the catalog's order, whatever the order of the marks."""
    texts: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for relationship, known in seen.items():
        texts[relationship] = []
        for label in known:
            shown = {"name": label.name, "label": label.label, "__typename": "AssociationLabel"}
            texts[relationship].append((label.mark, {key: shown[field] for key, field in labels.entries}))

    def make(row: Row) -> list[dict[str, str]]:
        marks = row[3]
        return [text for mark, text in texts[row[2]] if mark in marks] if marks else []

    return make


def _cut(part: GraphCut) -> Callable[[list[Row], Frame], list[dict[str, Any]]]:
    places = {label: index for index, (label, _) in enumerate(part.types)}
    names = [name for _, name in part.types]

    def place(labels: Sequence[str]) -> int:
        return next(places[label] for label in labels if label in places)

    def make(rows: list[Row], _: Frame) -> list[dict[str, Any]]:
        known = sorted((record_id, place(labels), more) for record_id, labels, more in rows)
        found = [
            {"of": record_id, "type": names[index], "more": more, "__typename": "CutNeighbours"}
            for record_id, index, more in known
        ]
        return [{key: one[field] for key, field in part.entries} for one in found]

    return make
