"""Associations of a batch, worked out in memory: which pairs to join, which labels to add, which ones move.

There is one relationship per pair, and beside it one per label. The labels on the first are marks: a label's
name, and within one object type, where a label has two roles, the side that ``name`` describes: ``manager>``
is said of the record at the relationship's start, ``manager<`` of the one at its end.

A label at most one record may have moves: the pair that had it stays associated, without it. A label that
allows several is refused beyond them. Neither changes the records' own revision and times.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from graphdb.errors import Fault, FaultCode
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Association, AssociationLabel, LabelSide, Side
    from graphdb.cypher.statement import Statement
    from graphdb.journal.entries import Journal
    from graphdb.writer.operations import Path


class Edge(NamedTuple):
    """A label's relationship, by the ids at its ends: ``name`` describes the source."""

    label: AssociationLabel
    source: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """Two records to associate, with labels, for the operation at ``index``."""

    index: int
    side: Side
    near: str
    far: str
    labels: tuple[LabelSide, ...]
    path: Path


@dataclass(slots=True)
class _Pair:
    """One pair of records, before and after the batch."""

    stored: bool = False
    before: tuple[str, ...] = ()
    marks: list[str] = field(default_factory=list)
    edges: dict[str, Edge] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Change:
    """What became of an operation's associations."""

    created: bool = False
    changed: bool = False


class PairBatch:
    """The additions to one association."""

    def __init__(self, association: Association) -> None:
        self._association = association
        self._additions: list[Addition] = []
        self._pairs: defaultdict[tuple[str, str], _Pair] = defaultdict(_Pair)
        # Of labels with a limit: the other ends by label, role and id. Only what is looked up or added is in
        # it.
        self._others: defaultdict[tuple[str, str, str], list[str]] = defaultdict(list)

    def add(self, addition: Addition) -> None:
        """Note an association to make."""
        self._additions.append(addition)

    def labels_to_find(self, new: set[str]) -> list[tuple[str, Statement]]:
        """What to ask about labels with a limit, for ``found_labels``, except at new records."""
        wanted: defaultdict[tuple[str, bool], set[str]] = defaultdict(set)
        for addition in self._additions:
            for side in addition.labels:
                edge = self._edge(side, addition.near, addition.far)
                for forward, known in _limited(edge, symmetric=side.symmetric):
                    if known not in new:
                        wanted[side.label.relationship_type, forward].add(known)
                        if side.symmetric:
                            wanted[side.label.relationship_type, False].add(known)
        return [
            (relationship_type, statements.find_labelled(relationship_type, ids, forward=forward))
            for (relationship_type, forward), ids in sorted(wanted.items())
        ]

    def found_labels(self, relationship_type: str, rows: Iterable[Sequence[str]]) -> None:
        """Take in the answer to one of ``labels_to_find``."""
        label = next(one for one in self._association.labels if one.relationship_type == relationship_type)
        for source, target in rows:
            self._remember(Edge(label, source, target))

    def pairs_to_find(self, new: set[str]) -> list[Statement]:
        """What to ask, for ``found_pairs``, about the pairs that the batch may touch."""
        wanted = {self._ends(addition.side, addition.near, addition.far) for addition in self._additions}
        wanted.update(self._pairs)
        rows = [list(ends) for ends in sorted(wanted) if new.isdisjoint(ends)]
        return statements.find_pairs(self._association.relationship_type, rows)

    def found_pairs(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in the answer to one of ``pairs_to_find``."""
        for start, end, stored, labels in rows:
            if not stored:
                continue
            pair = self._pairs[start, end]
            pair.stored, pair.before, pair.marks = True, tuple(labels or ()), list(labels or ())

    def settle(self, changes: dict[int, Change]) -> list[Fault]:
        """Work through the additions in order; note in ``changes`` what each operation changes."""
        faults: list[Fault] = []
        seen = {ends for ends, pair in self._pairs.items() if pair.stored}
        for addition in self._additions:
            ends = self._ends(addition.side, addition.near, addition.far)
            pair = self._pairs[ends]
            if ends not in seen:
                seen.add(ends)
                changes[addition.index].created = changes[addition.index].changed = True
            for side in addition.labels:
                edge = self._edge(side, addition.near, addition.far)
                mark = self._mark(edge, ends)
                if mark in pair.marks:
                    continue
                fault = self._make_room(side, edge, addition)
                if fault is not None:
                    faults.append(fault)
                    continue
                pair.marks.append(mark)
                pair.edges[mark] = edge
                self._remember(edge)
                changes[addition.index].changed = True
        return faults

    def writes(self, now: datetime) -> list[Statement]:
        """The statements that bring the graph to where ``settle`` left the pairs."""
        created: list[list[Any]] = []
        relabelled: list[list[Any]] = []
        added: defaultdict[str, list[list[str]]] = defaultdict(list)
        removed: defaultdict[str, list[list[str]]] = defaultdict(list)
        wanted = {self._ends(addition.side, addition.near, addition.far) for addition in self._additions}
        for (start, end), pair in sorted(self._pairs.items()):
            if not pair.stored and (start, end) in wanted:
                created.append([start, end, pair.marks or None])
            elif set(pair.marks) != set(pair.before):
                relabelled.append([start, end, pair.marks or None])
            for mark, (label, source, target) in pair.edges.items():
                if mark in pair.marks and mark not in pair.before:
                    added[label.relationship_type].append([source, target])
                elif mark not in pair.marks:
                    removed[label.relationship_type].append([source, target])
        base = self._association.relationship_type
        return [
            *([statements.create_pairs(base, created, now)] if created else []),
            *statements.set_labels(base, relabelled),
            *chain.from_iterable(statements.remove_label(name, rows) for name, rows in removed.items()),
            *(statements.add_label(name, rows) for name, rows in added.items()),
        ]

    def log(self, journal: Journal) -> None:
        """Note what ``writes`` changes."""
        wanted = {self._ends(addition.side, addition.near, addition.far) for addition in self._additions}
        for (start, end), pair in sorted(self._pairs.items()):
            if pair.stored or (start, end) in wanted:
                before = pair.before if pair.stored else None
                journal.related(self._association, start, end, before=before, after=pair.marks)

    def _make_room(self, side: LabelSide, edge: Edge, addition: Addition) -> Fault | None:
        """Take a label off whoever must give it up for ``edge``; a fault if nobody has to."""
        for forward, known in _limited(edge, symmetric=side.symmetric):
            limit = _limit(edge.label, forward=forward, symmetric=side.symmetric)
            others = self._others[edge.label.relationship_type, _role(forward=forward), known]
            if len(others) < limit:
                continue
            if limit > 1:
                message = f"expected at most {limit} records labelled {side.name}, found {len(others)} already"
                return Fault(code=FaultCode.CONFLICT, message=message, input=addition.path)
            for other in list(others):
                self._take_off(Edge(edge.label, *((known, other) if forward else (other, known))))
        return None

    def _take_off(self, edge: Edge) -> None:
        ends = self._ordered(edge.source, edge.target)
        if self._symmetric(edge.label):
            edge = Edge(edge.label, *ends)
        pair, mark = self._pairs[ends], self._mark(edge, ends)
        pair.edges[mark] = edge
        if mark in pair.marks:
            pair.marks.remove(mark)
        for others, other in self._both_ends(edge):
            if other in others:
                others.remove(other)

    def _remember(self, edge: Edge) -> None:
        """Note a label's relationship among the other ends, and its pair among the pairs."""
        if not _limited(edge, symmetric=self._symmetric(edge.label)):
            return
        _ = self._pairs[self._ordered(edge.source, edge.target)]
        for others, other in self._both_ends(edge):
            if other not in others:
                others.append(other)

    def _both_ends(self, edge: Edge) -> list[tuple[list[str], str]]:
        """What is known at each end of a label's relationship, with the end to note there."""
        name, backward = edge.label.relationship_type, _role(forward=self._symmetric(edge.label))
        return [
            (self._others[name, _role(forward=True), edge.source], edge.target),
            (self._others[name, backward, edge.target], edge.source),
        ]

    def _symmetric(self, label: AssociationLabel) -> bool:
        return self._association.same_type and label.inverse_name is None

    def _ends(self, side: Side, near: str, far: str) -> tuple[str, str]:
        """The pair in the direction in which its relationship is stored."""
        return self._ordered(near, far) if side.forward else self._ordered(far, near)

    def _ordered(self, source: str, target: str) -> tuple[str, str]:
        if self._association.same_type and target < source:
            return target, source
        return source, target

    def _edge(self, side: LabelSide, near: str, far: str) -> Edge:
        if side.symmetric:
            return Edge(side.label, *self._ordered(near, far))
        return Edge(side.label, *((near, far) if side.forward else (far, near)))

    def _mark(self, edge: Edge, ends: tuple[str, str]) -> str:
        if not self._association.same_type or edge.label.inverse_name is None:
            return edge.label.name
        return f"{edge.label.name}{'>' if edge.source == ends[0] else '<'}"


def _role(*, forward: bool) -> str:
    return "source" if forward else "target"


def _limit(label: AssociationLabel, *, forward: bool, symmetric: bool) -> int:
    """How many other ends a label allows at the record at its source (``forward``) or target."""
    if symmetric:
        return min(limit for limit in (label.max_start, label.max_end) if limit is not None)
    limit = label.max_end if forward else label.max_start
    if limit is None:
        raise ValueError(f"the label {label.name} has no limit on that side")
    return limit


def _limited(edge: Edge, *, symmetric: bool) -> list[tuple[bool, str]]:
    """The ends of a label's relationship at which it is limited, as ``(whether the source, id)``."""
    label = edge.label
    if symmetric:
        # Both ends are alike: either may be the one from which the relationship leaves.
        either = label.max_start is not None or label.max_end is not None
        return [(True, edge.source), (True, edge.target)] if either else []
    return [
        *([(True, edge.source)] if label.max_end is not None else []),
        *([(False, edge.target)] if label.max_start is not None else []),
    ]
