"""The expected answers of ``paths``: every path, found by walking; part of ``tests.oracle``."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from schema.compiler.cursors import encode_cursor, order_mark, path_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.oracle import Graph, Oracle


def paths(oracle: Oracle, start: str, end: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A page of the paths between two records."""
    graph, hops = oracle.graph, arguments.get("maxHops")
    via, labels = arguments.get("via"), arguments.get("labels")
    found = sorted(
        _walk(graph, [start], end, 3 if hops is None else hops, via, labels) if start in graph.records else (),
        key=lambda ids: (len(ids), ids),
    )
    if arguments.get("shortest"):
        found = [ids for ids in found if len(ids) == len(found[0])]
    after = arguments.get("after")
    if after is not None:
        place = next(index for index, ids in enumerate(found) if cursor(ids) == after)
        found = found[place + 1 :]
    first = arguments.get("first")
    first = oracle.limits.page_size_root if first is None else first
    page = found[:first]
    return {
        "nodes": [_path(oracle, ids) for ids in page],
        "edges": [{"node": _path(oracle, ids), "cursor": cursor(ids)} for ids in page],
        "pageInfo": {
            "hasNextPage": len(found) > first,
            "hasPreviousPage": after is not None,
            "startCursor": cursor(page[0]) if page else None,
            "endCursor": cursor(page[-1]) if page else None,
        },
    }


def cursor(ids: Sequence[str]) -> str:
    """The cursor of the path along these records."""
    return encode_cursor(order_mark(path_order(len(ids))), ids[:-1], ids[-1])


def _walk(
    graph: Graph, ids: list[str], end: str, hops: int, via: Sequence[str] | None, labels: Sequence[str] | None
) -> Iterator[list[str]]:
    for name in graph.by_type:
        for far in graph.neighbours.get((ids[-1], name), ()):
            if far in ids or (labels is not None and not _carries(graph, ids[-1], far, labels)):
                continue
            if far == end:
                yield [*ids, far]
            elif hops > 1 and (via is None or name.upper() in via):
                yield from _walk(graph, [*ids, far], end, hops - 1, via, labels)


def _carries(graph: Graph, near: str, far: str, labels: Sequence[str]) -> bool:
    """Whether the pair has one of these labels, seen from either record."""
    return any(
        label["name"] in labels for one, other in ((near, far), (far, near)) for label in _labels(graph, one, other)
    )


def _labels(graph: Graph, near: str, far: str) -> list[dict[str, str]]:
    side = graph.catalog.side_between(graph.records[near].type, graph.records[far].type)
    assert side is not None
    seen = [label for label in side.labels if graph.seen(graph.records[near], label, far)]
    return [{"name": label.name, "label": label.shown} for label in seen]


def _path(oracle: Oracle, ids: Sequence[str]) -> dict[str, Any]:
    return {
        "length": len(ids) - 1,
        "nodes": [oracle.graph.records[one] for one in ids],
        "edges": [
            {"from": near, "to": far, "labels": _labels(oracle.graph, near, far)}
            for near, far in itertools.pairwise(ids)
        ],
    }
