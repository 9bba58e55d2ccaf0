"""Labels of an association as they are stored: marks on its relationship, and a relationship of each label's own.

A mark is a label's name; within one object type, where a label has two roles, with the side that ``name`` describes:
``manager>`` is said of the record at the relationship's start, ``manager<`` of the one at its end.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from graphdb.catalog.model import Association, AssociationLabel, LabelSide
    from graphdb.cypher.statement import Statement

Ends = tuple[str, str]
"""A pair of records by their ids, in the direction in which its relationship is stored."""


class Edge(NamedTuple):
    """A label's relationship, by the ids at its ends: ``name`` describes the source."""

    label: AssociationLabel
    source: str
    target: str


class Full(NamedTuple):
    """A record that has as many with a label as the label allows: ``forward`` if it is at the source."""

    forward: bool
    known: str
    limit: int
    others: list[str]


def ordered(association: Association, source: str, target: str) -> Ends:
    """A pair in its stored direction: within one object type from the smaller id to the larger."""
    if association.same_type and target < source:
        return target, source
    return source, target


def is_symmetric(association: Association, label: AssociationLabel) -> bool:
    """Whether a label says the same of both of its records, which are of one object type."""
    return association.same_type and label.inverse_name is None


def edge_between(association: Association, side: LabelSide, near: str, far: str) -> Edge:
    """The relationship of a label that says of ``far`` what ``side`` does."""
    if side.symmetric:
        return Edge(side.label, *ordered(association, near, far))
    return Edge(side.label, *((near, far) if side.forward else (far, near)))


def mark_of(association: Association, edge: Edge, ends: Ends) -> str:
    """The mark that stands for a label's relationship."""
    if not association.same_type or edge.label.inverse_name is None:
        return edge.label.name
    return f"{edge.label.name}{'>' if edge.source == ends[0] else '<'}"


def edge_of(association: Association, mark: str, ends: Ends) -> Edge | None:
    """The label's relationship that a mark stands for; None for a label that the catalog has no more."""
    for label in association.labels:
        for edge in (Edge(label, *ends), Edge(label, ends[1], ends[0])):
            if mark_of(association, edge, ends) == mark:
                return edge
    return None


def moved_ends(association: Association, ends: Ends, moved: Mapping[str, str]) -> Ends:
    """A pair in its stored direction once others have taken the place of its ends."""
    return ordered(association, moved.get(ends[0], ends[0]), moved.get(ends[1], ends[1]))


def moved_mark(association: Association, mark: str, ends: Ends, moved: Mapping[str, str]) -> tuple[Edge, str] | None:
    """A label's relationship and its mark once others have taken the place of the ends; None where it is gone.

    The ids may then stand the other way round.
    """
    edge = edge_of(association, mark, ends)
    if edge is None:
        return None
    after = moved_ends(association, ends, moved)
    edge = Edge(edge.label, moved.get(edge.source, edge.source), moved.get(edge.target, edge.target))
    if is_symmetric(association, edge.label):
        edge = Edge(edge.label, *after)
    return edge, mark_of(association, edge, after)


def labels_seen(association: Association, near: str, ends: Ends, marks: Iterable[str]) -> tuple[LabelSide, ...]:
    """What the marks of a pair say of the record that is not ``near``, in the catalog's order."""
    held = set(marks)
    if not held:
        return ()
    sides = association.side(forward=association.same_type or near == ends[0]).labels
    far = ends[1] if near == ends[0] else ends[0]
    return tuple(
        side for side in sides if mark_of(association, edge_between(association, side, near, far), ends) in held
    )


class Room:
    """How many records have a label at each end where it is limited.

    Only what was looked up or noted is known: ``wanted`` says what to look up.
    """

    def __init__(self, association: Association) -> None:
        self._association = association
        self._others: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)

    def wanted(self, edges: Iterable[Edge], new: set[str]) -> list[tuple[str, Statement]]:
        """What to ask before edges are added, for ``found``, except at new records."""
        ends = ((edge.label, forward, known) for edge in edges for forward, known in self._limited(edge))
        return self.wanted_at(ends, new)

    def wanted_at(
        self, ends: Iterable[tuple[AssociationLabel, bool, str]], new: set[str]
    ) -> list[tuple[str, Statement]]:
        """What to ask about records with labels: ``(label, whether at its source, id)``."""
        asked: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
        for label, forward, known in ends:
            if known in new:
                continue
            asked[label.relationship_type, forward].add(known)
            if is_symmetric(self._association, label):
                asked[label.relationship_type, not forward].add(known)
        return [
            (relationship_type, statements.find_labelled(relationship_type, ids, forward=forward))
            for (relationship_type, forward), ids in sorted(asked.items())
        ]

    def found(self, relationship_type: str, rows: Iterable[Sequence[str]]) -> list[Edge]:
        """Take in the answer to one of ``wanted``; these relationships there are."""
        label = next(one for one in self._association.labels if one.relationship_type == relationship_type)
        edges = [Edge(label, source, target) for source, target in rows]
        for edge in edges:
            self.note(edge)
        return edges

    def others(self, side: LabelSide, near: str) -> list[str]:
        """Who has a label at a record that was looked up."""
        forward = side.forward or side.symmetric
        return list(self._others[side.label.relationship_type, _role(forward=forward), near])

    def note(self, edge: Edge) -> None:
        """A label's relationship is there."""
        for others, other in self._both_ends(edge):
            if other not in others:
                others.append(other)

    def forget(self, edge: Edge) -> None:
        """A label's relationship is there no more."""
        for others, other in self._both_ends(edge):
            if other in others:
                others.remove(other)

    def full(self, edge: Edge) -> Iterator[Full]:
        """The ends at which an edge that is not there yet would be one too many."""
        name = edge.label.relationship_type
        for forward, known in self._limited(edge):
            limit = self._limit(edge.label, forward=forward)
            others = self._others[name, _role(forward=forward), known]
            if len(others) >= limit:
                yield Full(forward, known, limit, list(others))

    def _both_ends(self, edge: Edge) -> list[tuple[list[str], str]]:
        """What is known at each end of a label's relationship, with the end to note there."""
        name = edge.label.relationship_type
        backward = _role(forward=is_symmetric(self._association, edge.label))
        return [
            (self._others[name, _role(forward=True), edge.source], edge.target),
            (self._others[name, backward, edge.target], edge.source),
        ]

    def _limit(self, label: AssociationLabel, *, forward: bool) -> int:
        """How many other ends a label allows at the record at its source (``forward``) or target."""
        if is_symmetric(self._association, label):
            return min(limit for limit in (label.max_start, label.max_end) if limit is not None)
        limit = label.max_end if forward else label.max_start
        if limit is None:
            raise ValueError(f"the label {label.name} has no limit on that side")
        return limit

    def _limited(self, edge: Edge) -> list[tuple[bool, str]]:
        """The ends of a label's relationship at which it is limited, as ``(whether the source, id)``."""
        label = edge.label
        if is_symmetric(self._association, label):
            # Both ends are alike: either may be the one from which the relationship leaves.
            either = label.max_start is not None or label.max_end is not None
            return [(True, edge.source), (True, edge.target)] if either else []
        return [
            *([(True, edge.source)] if label.max_end is not None else []),
            *([(False, edge.target)] if label.max_start is not None else []),
        ]


def _role(*, forward: bool) -> str:
    return "source" if forward else "target"
