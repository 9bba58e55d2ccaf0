"""The expected answers of lists that hold records of several object types; part of ``tests.oracle``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Side
    from tests.oracle import Keys, Oracle, Record

BY_ID: Keys = (("id", False),)
NEWEST_FIRST: Keys = (("occurredAt", True), ("id", True))


def associations(oracle: Oracle, near: Record, arguments: Mapping[str, Any]) -> AnyPage:
    """All associated records, or those of some object types, oldest first."""
    return AnyPage(oracle, near, _neighbours(oracle, near, arguments.get("types")), arguments, BY_ID)


def timeline(oracle: Oracle, near: Record, arguments: Mapping[str, Any]) -> AnyPage:
    """The associated activities, newest first."""
    far = [
        one for one in _neighbours(oracle, near, arguments.get("kinds")) if oracle.catalog.by_name[one.type].activity
    ]
    return AnyPage(oracle, near, far, arguments, NEWEST_FIRST)


def _neighbours(oracle: Oracle, near: Record, types: Sequence[str] | None) -> list[Record]:
    """In no order that means anything."""
    graph = oracle.graph
    wanted = [name for name in graph.by_type if types is None or name.upper() in types]
    return [graph.records[one] for name in wanted for one in graph.neighbours.get((near.id, name), ())]


def neighbourhood(oracle: Oracle, middle: str, hops: int | None, per_type: int | None) -> dict[str, Any]:
    """Hop by hop, of each object type the oldest records that were not reached before."""
    records = oracle.graph.records
    if middle not in records:
        return {"nodes": [], "edges": [], "cut": []}
    most = oracle.limits.page_size_nested if per_type is None else per_type
    seen, latest, inner = {middle}, {middle}, set[str]()
    for _ in range(1 if hops is None else hops):
        inner = set(seen)
        reached = {far.id for one in latest for far in _neighbours(oracle, records[one], None)} - seen
        latest = {
            one for name in oracle.graph.by_type for one in sorted(i for i in reached if records[i].type == name)[:most]
        }
        seen |= latest
    cut = []
    for one in sorted(inner):
        left_out = [far.type for far in _neighbours(oracle, records[one], None) if far.id not in seen]
        cut += [
            {"of": one, "type": object_type.name.upper(), "more": left_out.count(object_type.name)}
            for object_type in oracle.catalog.enabled
            if object_type.name in left_out
        ]
    return {**between(oracle, seen), "cut": cut}


def between(oracle: Oracle, ids: Iterable[str]) -> dict[str, Any]:
    """Records, and every pair of them that is associated, from the association's start to its end."""
    known = [oracle.graph.records[one] for one in sorted(set(ids)) if one in oracle.graph.records]
    edges = [edge for start in known for end in known if (edge := _edge(oracle, start, end)) is not None]
    return {"nodes": known, "edges": edges, "cut": []}


def _edge(oracle: Oracle, start: Record, end: Record) -> dict[str, Any] | None:
    if frozenset((start.id, end.id)) not in oracle.graph.pairs:
        return None
    side = oracle.catalog.side_between(start.type, end.type)
    assert side is not None
    if not side.forward or (side.association.same_type and start.id >= end.id):
        return None
    seen = [label for label in side.labels if oracle.graph.seen(start, label, end.id)]
    labels = [{"name": label.name, "label": label.shown} for label in seen]
    return {"from": start.id, "to": end.id, "labels": labels}


class AnyPage:
    """A page of records that hang on one."""

    def __init__(
        self, oracle: Oracle, near: Record, records: list[Record], arguments: Mapping[str, Any], keys: Keys
    ) -> None:
        self._oracle = oracle
        self._near = near
        self._keys = keys
        self.total = len(records)
        ordered = oracle.ordered(records, keys)
        self.after = arguments.get("after")
        if self.after is not None:
            start = oracle.record_of(self.after)
            order = [one.id for one in oracle.ordered([one for one in records if one is not start] + [start], keys)]
            ordered = [one for one in ordered if order.index(one.id) > order.index(start.id)]
        first = arguments.get("first")
        first = oracle.limits.page_size_nested if first is None else first
        self.records, self.more = ordered[:first], len(ordered) > first

    def edges(self) -> list[AnyEdge]:
        """The page's edges."""
        return [AnyEdge(record, self) for record in self.records]

    def page_info(self) -> dict[str, Any]:
        """Where the page stands."""
        cursors = [self.cursor(record) for record in self.records]
        return {
            "hasNextPage": self.more,
            "hasPreviousPage": self.after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }

    def cursor(self, record: Record) -> str:
        """A record's cursor in this order."""
        return self._oracle.cursor(self._keys, record)

    def labels(self, far: Record) -> list[dict[str, str]]:
        """What the association says of the far record."""
        side = self._side(far)
        seen = [label for label in side.labels if self._oracle.graph.seen(self._near, label, far.id)]
        return [{"name": label.name, "label": label.shown} for label in seen]

    def associated_at(self, far: Record) -> datetime | None:
        """When the two were joined."""
        return self._oracle.graph.pairs[frozenset((self._near.id, far.id))].created_at

    def _side(self, far: Record) -> Side:
        side = self._oracle.catalog.side_between(self._near.type, far.type)
        assert side is not None
        return side


@dataclass(slots=True)
class AnyEdge:
    """One of the page's records."""

    node: Record
    page: AnyPage
