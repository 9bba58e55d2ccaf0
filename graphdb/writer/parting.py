"""Associations when a merge is undone: what returns to the loser, what the survivor keeps; in memory.

What came from the loser goes back to it, and from the survivor unless that had it too. What was taken off since stays
so; what was added since stays with the survivor. An association that was parted and joined anew counts as added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphdb.values import to_epoch
from graphdb.writer.marks import edge_of, moved_ends, moved_mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphdb.catalog.model import Association
    from graphdb.writer.marks import Edge, Room
    from graphdb.writer.merged import MergeRecord, Moved
    from graphdb.writer.ties import Tie


class Left(NamedTuple):
    """What becomes of an association of the survivor: ``marks`` afterwards, None where it has it no more."""

    tie: Tie
    marks: tuple[str, ...] | None

    def edges(self, association: Association) -> Iterator[Edge]:
        """The labels' relationships that go."""
        for mark in self.tie.marks:
            edge = edge_of(association, mark, self.tie.ends)
            if edge is not None and not self.tie.archived and mark not in (self.marks or ()):
                yield edge


class Parting:
    """The associations of two records that were one; none of their other ends was merged since.

    Args:
        by_kind: The associations of the data model, by the types of their relationships.
        record: The merge.
        ties: The survivor's associations as they are.
    """

    def __init__(self, by_kind: Mapping[str, Association], record: MergeRecord, ties: Iterable[Tie]) -> None:
        self._by_kind = by_kind
        self._record = record
        self._now = {(tie.kind, tie.ends): tie for tie in ties}
        self._back: list[Tie] = []
        self._left: list[Left] = []
        for moved in sorted(record.ties, key=lambda one: one.tie[:2]):
            if moved.tie.kind in by_kind:
                self._take(moved)

    @property
    def back(self) -> list[Tie]:
        """The loser's associations, with all labels that are to return where there is room for them."""
        return self._back

    @property
    def left(self) -> list[Left]:
        """The survivor's associations that change."""
        return self._left

    def _take(self, moved: Moved) -> None:
        """Let one association of the loser return, as far as it is still there."""
        tie, association = moved.tie, self._by_kind[moved.tie.kind]
        if moved.marks is None:
            self._back.append(tie)
            return
        place = {self._record.loser: self._record.winner}
        ends = moved_ends(association, tie.ends, place)
        now = self._now.get((tie.kind, ends))
        if now is None or (None if now.since is None else to_epoch(now.since)) != moved.since:
            return
        own, after = set(moved.own or ()), set(moved.marks)
        marks: list[str] = []
        for mark in tie.marks:
            there = moved_mark(association, mark, tie.ends, place)
            if there is not None and (there[1] in now.marks or there[1] not in after):
                marks.append(mark)
        self._back.append(tie._replace(marks=tuple(marks), archived=now.archived))
        kept = tuple(mark for mark in now.marks if mark in own or mark not in after)
        if moved.own is None and not kept:
            self._left.append(Left(now, None))
        elif kept != now.marks:
            self._left.append(Left(now, kept))


def fitting(
    by_kind: Mapping[str, Association], rooms: Mapping[str, Room], back: Iterable[Tie]
) -> tuple[list[Tie], list[Edge]]:
    """Associations without the labels that others have by now, where only so many may, and the relationships to make.

    Args:
        by_kind: The associations of the data model.
        rooms: What is known of labels with a limit; what is added is noted there.
        back: The associations.
    """
    found: list[Tie] = []
    edges: list[Edge] = []
    for tie in back:
        marks: list[str] = []
        for mark in tie.marks:
            edge = edge_of(by_kind[tie.kind], mark, tie.ends)
            if edge is None or (not tie.archived and any(rooms[tie.kind].full(edge))):
                continue
            marks.append(mark)
            if not tie.archived:
                rooms[tie.kind].note(edge)
                edges.append(edge)
        found.append(tie._replace(marks=tuple(marks)))
    return found, edges
