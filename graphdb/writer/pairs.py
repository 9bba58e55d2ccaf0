"""Associations of a batch, worked out in memory: which pairs to join or to part, which labels to add or take off.

There is one relationship per pair, and beside it one per label (``marks``).

A label at most one record may have moves: the pair that had it stays associated, without it. A label that
allows several is refused beyond them. Neither changes the records' own revision and times.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from graphdb.errors import Fault, FaultCode
from graphdb.writer import statements
from graphdb.writer.drafts import Mode
from graphdb.writer.marks import Edge, Room, edge_between, edge_of, labels_seen, mark_of, ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from graphdb.catalog.model import Association, LabelSide, Side
    from graphdb.cypher.statement import Statement
    from graphdb.journal.entries import Journal
    from graphdb.writer.marks import Ends
    from graphdb.writer.operations import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the operation at ``index`` asks of a record's associations.

    Attributes:
        far: The other record; None means whichever has one of the labels.
        labels: Seen from ``near``.
    """

    index: int
    side: Side
    near: str
    far: str | None
    labels: tuple[LabelSide, ...]
    path: Path
    mode: Mode = Mode.ADD


@dataclass(slots=True)
class _Pair:
    """One pair of records, before and after the batch; ``path`` is of the operation that parted it."""

    stored: bool = False
    joined: bool = False
    before: tuple[str, ...] = ()
    marks: list[str] = field(default_factory=list)
    path: Path = ()


@dataclass(slots=True, kw_only=True)
class Change:
    """What became of an operation's associations; ``labels`` are those of a pair afterwards, seen from its near end."""

    created: bool = False
    changed: bool = False
    removed: bool = False
    labels: tuple[LabelSide, ...] = ()


class PairBatch:
    """What is asked of one association."""

    def __init__(self, association: Association) -> None:
        self.association = association
        self._wishes: list[Wish] = []
        self._pairs: defaultdict[Ends, _Pair] = defaultdict(_Pair)
        self._room = Room(association)

    def add(self, wish: Wish) -> None:
        """Note what is asked."""
        self._wishes.append(wish)

    def labels_to_find(self, new: set[str]) -> list[tuple[str, Statement]]:
        """What to ask about labels with a limit, for ``found_labels``, except at new records."""
        edges = [
            edge_between(self.association, side, wish.near, wish.far)
            for wish in self._wishes
            if wish.far is not None and wish.mode is not Mode.REMOVE
            for side in wish.labels
        ]
        holders = [
            (side.label, side.forward, wish.near) for wish in self._wishes if wish.far is None for side in wish.labels
        ]
        return [*self._room.wanted(edges, new), *self._room.wanted_at(holders, new)]

    def found_labels(self, relationship_type: str, rows: Iterable[Sequence[str]]) -> None:
        """Take in the answer to one of ``labels_to_find``."""
        for edge in self._room.found(relationship_type, rows):
            _ = self._pairs[ordered(self.association, edge.source, edge.target)]

    def pairs_to_find(self, new: set[str]) -> list[Statement]:
        """What to ask, for ``found_pairs``, about the pairs that the batch may touch."""
        wanted = {self._ends(wish) for wish in self._wishes if wish.far is not None}
        wanted.update(self._pairs)
        rows = [list(ends) for ends in sorted(wanted) if new.isdisjoint(ends)]
        return statements.find_pairs(self.association.relationship_type, rows)

    def found_pairs(self, rows: Iterable[Sequence[Any]]) -> None:
        """Take in the answer to one of ``pairs_to_find``."""
        for start, end, stored, labels in rows:
            if not stored:
                continue
            pair = self._pairs[start, end]
            pair.stored, pair.joined = True, True
            pair.before, pair.marks = tuple(labels or ()), list(labels or ())

    def settle(self, changes: dict[int, Change]) -> list[Fault]:
        """Work through what is asked in order; note in ``changes`` what each operation changes."""
        faults: list[Fault] = []
        for wish in self._wishes:
            change = changes[wish.index]
            if wish.far is None:
                self._strip(wish, change)
            elif wish.mode is Mode.REMOVE:
                self._remove(wish, wish.far, change)
            else:
                faults += self._add(wish, wish.far, change)
        for wish in self._wishes:
            if wish.far is not None and (marks := self._pairs[ends := self._ends(wish)].marks):
                changes[wish.index].labels = labels_seen(self.association, wish.near, ends, marks)
        return faults

    @property
    def lost(self) -> Iterator[tuple[Ends, Path]]:
        """The pairs that the batch parts, each with the place of the operation that does."""
        return ((ends, pair.path) for ends, pair in self._pairs.items() if pair.stored and not pair.joined)

    @property
    def gained(self) -> Iterator[Ends]:
        """The pairs that the batch joins."""
        return (ends for ends, pair in self._pairs.items() if pair.joined and not pair.stored)

    def writes(self, now: datetime) -> list[Statement]:
        """The statements that bring the graph to where ``settle`` left the pairs."""
        created: list[list[Any]] = []
        parted: list[list[Any]] = []
        relabelled: list[list[Any]] = []
        added: defaultdict[str, list[list[str]]] = defaultdict(list)
        removed: defaultdict[str, list[list[str]]] = defaultdict(list)
        for ends, pair in sorted(self._pairs.items()):
            if pair.joined and not pair.stored:
                created.append([*ends, pair.marks or None])
            elif pair.stored and not pair.joined:
                parted.append([*ends])
            elif set(pair.marks) != set(pair.before):
                relabelled.append([*ends, pair.marks or None])
            for rows, marks in ((added, set(pair.marks).difference(pair.before)), (removed, set(pair.before))):
                for mark in sorted(marks if rows is added else marks.difference(pair.marks)):
                    edge = edge_of(self.association, mark, ends)
                    if edge is not None:
                        rows[edge.label.relationship_type].append([edge.source, edge.target])
        base = self.association.relationship_type
        return [
            *([statements.create_pairs(base, created, now)] if created else []),
            *statements.set_labels(base, relabelled),
            *statements.remove(base, parted),
            *chain.from_iterable(statements.remove(name, rows) for name, rows in removed.items()),
            *(statements.add_label(name, rows) for name, rows in added.items()),
        ]

    def log(self, journal: Journal) -> None:
        """Note what ``writes`` changes."""
        for (start, end), pair in sorted(self._pairs.items()):
            before = pair.before if pair.stored else None
            journal.related(self.association, start, end, before=before, after=pair.marks if pair.joined else None)

    def _add(self, wish: Wish, far: str, change: Change) -> list[Fault]:
        """Join a pair, add labels, and where they replace the others, take those off."""
        ends = self._ends(wish)
        pair = self._pairs[ends]
        if not pair.joined:
            pair.joined = change.created = change.changed = True
        edges = {
            mark_of(self.association, edge, ends): (side, edge)
            for side in wish.labels
            for edge in [edge_between(self.association, side, wish.near, far)]
        }
        if wish.mode is Mode.SET:
            change.changed |= self._unmark(ends, [mark for mark in pair.marks if mark not in edges])
        faults: list[Fault] = []
        for mark, (side, edge) in edges.items():
            if mark in pair.marks:
                continue
            fault = self._make_room(side, edge, wish)
            if fault is not None:
                faults.append(fault)
                continue
            pair.marks.append(mark)
            self._room.note(edge)
            change.changed = True
        return faults

    def _remove(self, wish: Wish, far: str, change: Change) -> None:
        """Take labels off a pair, or part it where none is named."""
        ends = self._ends(wish)
        pair = self._pairs[ends]
        if not pair.joined:
            return
        edges = (edge_between(self.association, side, wish.near, far) for side in wish.labels)
        named = {mark_of(self.association, edge, ends) for edge in edges}
        change.changed |= self._unmark(ends, [mark for mark in pair.marks if not wish.labels or mark in named])
        if not wish.labels:
            pair.joined, pair.path = False, wish.path
            change.removed = change.changed = True

    def _strip(self, wish: Wish, change: Change) -> None:
        """Take labels off whichever record has them; the pairs stay associated."""
        for side in wish.labels:
            for other in self._room.others(side, wish.near):
                self._take_off(edge_between(self.association, side, wish.near, other))
                change.changed = True

    def _make_room(self, side: LabelSide, edge: Edge, wish: Wish) -> Fault | None:
        """Take a label off whoever must give it up for ``edge``; a fault if nobody has to."""
        for full in self._room.full(edge):
            if full.limit > 1:
                message = (
                    f"expected at most {full.limit} records labelled {side.name}, found {len(full.others)} already"
                )
                return Fault(code=FaultCode.CONFLICT, message=message, input=wish.path)
            for other in full.others:
                self._take_off(Edge(edge.label, *((full.known, other) if full.forward else (other, full.known))))
        return None

    def _take_off(self, edge: Edge) -> None:
        ends = ordered(self.association, edge.source, edge.target)
        self._room.forget(edge)
        self._unmark(ends, [mark_of(self.association, edge, ends)])

    def _unmark(self, ends: Ends, marks: Iterable[str]) -> bool:
        """Take marks off a pair; say whether there were any."""
        pair, changed = self._pairs[ends], False
        for mark in marks:
            edge = edge_of(self.association, mark, ends)
            if edge is not None:
                self._room.forget(edge)
            if mark in pair.marks:
                pair.marks.remove(mark)
                changed = True
        return changed

    def _ends(self, wish: Wish) -> Ends:
        """The pair of a wish for a record in the direction in which its relationship is stored."""
        near, far = wish.near, wish.far or ""
        return ordered(self.association, *((near, far) if wish.side.forward else (far, near)))
