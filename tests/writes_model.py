"""The rules of writes over plain values in memory: what the writer has to leave, said once more and slowly.

It knows contacts (by e-mail), companies, deals and quotes, which always have a deal; of labels, ``primary`` (a contact
has at most one), ``billing``, and between contacts ``manager`` (paired) and ``colleague`` (the same of both).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from graphdb.values import MERGED_PREFIX, merged_key

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {
    ("contact", "company"): "CONTACT_COMPANY",
    ("contact", "contact"): "CONTACT_CONTACT",
    ("deal", "quote"): "DEAL_QUOTE",
}
LABELS = {
    "CONTACT_COMPANY": ("primary", "billing"),
    "CONTACT_CONTACT": ("manager", "direct_report", "colleague"),
    "DEAL_QUOTE": (),
}
Place = tuple[str, str, str]


class Refused(Exception):
    """The operation breaks a rule; nothing is changed."""


@dataclass(slots=True)
class Held:
    """A record."""

    id: str
    type: str
    email: str | None = None
    city: str | None = None
    archived: bool = False
    freed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Shared:
    """An association of a merged record: its labels, those that the winner had there itself and after the merge."""

    marks: set[str]
    own: set[str] | None
    after: set[str]
    born: int


@dataclass(slots=True)
class Merged:
    """A merge: what the loser was, and of the winner's values those of before and after it."""

    winner: str
    order: int
    loser: Held
    changed: dict[str, tuple[str | None, str | None]]
    keys: set[str]
    shared: dict[Place, Shared] = field(default_factory=dict)
    between: dict[Place, tuple[set[str], int]] = field(default_factory=dict)

    def known(self) -> set[str]:
        """The records at the ends of the loser's associations."""
        return {one for place in (*self.shared, *self.between) for one in place[1:]}

    def forget(self, gone: set[str]) -> None:
        """Some records are purged."""
        self.shared = {place: one for place, one in self.shared.items() if gone.isdisjoint(place)}
        self.between = {place: one for place, one in self.between.items() if gone.isdisjoint(place)}


class Model:
    """The records, the keys and the associations that there are."""

    def __init__(self) -> None:
        self.records: dict[str, Held] = {}
        self.keys: dict[str, str] = {}
        self.pairs: dict[Place, set[str]] = {}
        self.born: dict[Place, int] = {}
        self.merges: dict[str, Merged] = {}
        self._count = 0

    # --- records ----------------------------------------------------------------------------------------------

    def live(self, record_id: str, *types: str) -> Held:
        """A live record by its id, or the one that it was merged into."""
        held = self.records.get(self.keys.get(merged_key(record_id), record_id))
        if held is None or held.archived or (types and held.type not in types):
            raise Refused(record_id)
        return held

    def check_free(self, email: str | None, owner: str | None = None) -> None:
        """That nobody else has an e-mail."""
        if email is not None and self.keys.get(_key(email), owner) != owner:
            raise Refused(email)

    def create(self, record_id: str, kind: str, email: str | None, city: str | None) -> None:
        """A new record."""
        self.records[record_id] = Held(record_id, kind, email, city)
        if email is not None:
            self.keys[_key(email)] = record_id

    def update(self, record_id: str, email: str | None) -> None:
        """Another e-mail."""
        held = self.live(record_id, "contact")
        self.check_free(email, held.id)
        if held.email is not None and held.email != email:
            del self.keys[_key(held.email)]
        held.email = email
        if email is not None:
            self.keys[_key(email)] = held.id

    def archive(self, record_id: str) -> None:
        """Out of the live graph."""
        held = self.live(record_id)
        self._check_required_by(held)
        held.archived = True
        held.freed = {key for key, owner in self.keys.items() if owner == held.id and not key.startswith(MERGED_PREFIX)}
        for key in held.freed:
            del self.keys[key]

    def restore(self, record_id: str) -> None:
        """Back again, with what its neighbours have not got meanwhile."""
        held = self.records.get(self.keys.get(merged_key(record_id), record_id))
        if held is None or not held.archived:
            raise Refused(record_id)
        self.check_free(held.email)
        held.archived = False
        if held.type == "quote" and not self._deals_of(held.id):
            held.archived = True
            raise Refused(record_id)
        for key in held.freed:
            self.keys.setdefault(key, held.id)
        back = [place for place in sorted(self.pairs) if held.id in place and self.is_live(place)]
        wished = {place: self.pairs[place] for place in back}
        for place in back:
            self.pairs[place] = set()
        for place in back:
            if "primary" in wished[place] and self._primary_of(place[1]) is not None:
                wished[place].discard("primary")
            self.pairs[place] = wished[place]

    def purge(self, record_id: str) -> None:
        """Gone for good."""
        held = self.records.get(self.keys.get(merged_key(record_id), record_id))
        if held is None:
            raise Refused(record_id)
        if not held.archived:
            self._check_required_by(held)
        del self.records[held.id]
        gone = {held.id, *(loser for loser in self.merges if self.keys.get(merged_key(loser)) == held.id)}
        for merged in self.merges.values():
            merged.forget(gone)
        self.keys = {key: owner for key, owner in self.keys.items() if owner != held.id}
        self.pairs = {place: marks for place, marks in self.pairs.items() if held.id not in place}
        self.born = {place: born for place, born in self.born.items() if place in self.pairs}
        self.merges = {loser: one for loser, one in self.merges.items() if merged_key(loser) in self.keys}

    def merge(self, winner_id: str, loser_id: str) -> None:
        """One record takes over all of another one."""
        winner, loser = self.live(winner_id, "contact", "company"), self.live(loser_id)
        if winner is loser or winner.type != loser.type:
            raise Refused(loser_id)
        keys = {key for key, owner in self.keys.items() if owner == loser.id}
        email, city = winner.email or loser.email, winner.city or loser.city
        changed = {"email": (winner.email, email), "city": (winner.city, city)}
        merged = self.merges[loser.id] = Merged(winner.id, self._next(), replace(loser), changed, keys)
        winner.email, winner.city = email, city
        self.keys.update(dict.fromkeys([*keys, merged_key(loser.id)], winner.id))
        moved = {place: marks for place, marks in self.pairs.items() if loser.id in place}
        self.pairs = {place: marks for place, marks in self.pairs.items() if loser.id not in place}
        for place, marks in sorted(moved.items()):
            born = self.born.pop(place)
            if winner.id in place:
                merged.between[place] = marks, born
                continue
            new, flip = _moved(place, loser.id, winner.id)
            live = self.is_live(new)
            own = set(self.pairs[new]) if new in self.pairs else None
            found = self.pairs.setdefault(new, set())
            for mark in marks:
                if mark == "primary" and live and self._primary_of(new[1]) is not None:
                    continue
                found.add(flip(mark))
            merged.shared[place] = Shared(marks, own, set(found), self.born.setdefault(new, born))
        del self.records[loser.id]

    def unmerge(self, loser_id: str) -> None:
        """The loser of a merge is a record of its own again, the latest merge first."""
        merged, holder = self.merges.get(loser_id), self.keys.get(merged_key(loser_id))
        if merged is None or holder is None:
            raise Refused(loser_id)
        winner, loser = self.records[holder], replace(merged.loser)
        if winner.archived or merged.winner != holder or self._is_overtaken(merged):
            raise Refused(loser_id)
        values = {name: getattr(winner, name) for name in merged.changed}
        values |= {name: before for name, (before, after) in merged.changed.items() if values[name] == after}
        self.check_free(values["email"], holder)
        self.check_free(loser.email, holder)
        if loser.email is not None and values["email"] == loser.email:
            raise Refused(loser_id)
        del self.merges[loser_id], self.keys[merged_key(loser_id)]
        winner.email, winner.city = values["email"], values["city"]
        for key in merged.keys:
            if self.keys.get(key, holder) == holder and not (winner.email and key == _key(winner.email)):
                self.keys[key] = loser.id
        if winner.email is not None:
            self.keys[_key(winner.email)] = holder
        self.records[loser.id] = loser
        for place, (marks, born) in merged.between.items():
            self.born[place], self.pairs[place] = born, set(marks)
        back = {place: found for place, shared in merged.shared.items() if (found := self._back(place, shared, merged))}
        for place, marks in sorted(back.items()):
            if "primary" in marks and self.is_live(place) and self._primary_of(place[1]) is not None:
                marks.discard("primary")
            self._join(place, marks - {""})

    def _is_overtaken(self, merged: Merged) -> bool:
        """Whether a later merge has to be undone first: into the same winner, or among what the two know."""
        others = merged.known() - {merged.loser.id}
        return any(
            one.winner == merged.winner
            or one.loser.id in others
            or (one.winner in others and merged.winner in one.known())
            for one in self.merges.values()
            if one.order > merged.order
        )

    def _back(self, place: Place, shared: Shared, merged: Merged) -> set[str] | None:
        """What of an association returns, taken from the winner's; None where that is gone, "" for no label."""
        there, flip = _moved(place, merged.loser.id, merged.winner)
        now = self.pairs.get(there)
        if now is None or self.born[there] != shared.born:
            return None
        came = shared.after - (shared.own or set())
        marks = {mark for mark in shared.marks if flip(mark) in now or flip(mark) not in shared.after}
        now -= came
        if shared.own is None and not now:
            del self.pairs[there], self.born[there]
        self.born[place] = shared.born
        return marks | {""}

    def _join(self, place: Place, marks: set[str]) -> set[str]:
        """A pair, new ones with labels."""
        self.born.setdefault(place, self._next())
        return self.pairs.setdefault(place, set(marks))

    def _next(self) -> int:
        self._count += 1
        return self._count

    # --- associations -----------------------------------------------------------------------------------------

    def associate(self, near_id: str, far_id: str, labels: tuple[str, ...], *, replace: bool = False) -> None:
        """Join two records, or give a pair labels."""
        place, marks = self._named(near_id, far_id, labels)
        if replace:
            self._join(place, set()).intersection_update(marks)
        found = self._join(place, set())
        for mark in marks:
            if mark == "primary" and mark not in found:
                holder = self._primary_of(place[1])
                if holder is not None:
                    self.pairs[holder].discard("primary")
            found.add(mark)

    def dissociate(self, near_id: str, far_id: str, labels: tuple[str, ...]) -> None:
        """Take labels off a pair, or part it."""
        place, marks = self._named(near_id, far_id, labels)
        if labels:
            self.pairs.get(place, set()).difference_update(marks)
        elif place in self.pairs:
            if place[0] == "DEAL_QUOTE" and self._deals_of(place[2]) == [place[1]]:
                raise Refused(place[2])
            del self.pairs[place], self.born[place]

    def is_live(self, place: Place) -> bool:
        """Whether both ends of an association are."""
        return not any(self.records[one].archived for one in place[1:])

    def _named(self, near_id: str, far_id: str, labels: tuple[str, ...]) -> tuple[Place, list[str]]:
        near, far = self.live(near_id), self.live(far_id)
        start, end = (near, far) if (near.type, far.type) in KINDS else (far, near)
        kind = KINDS.get((start.type, end.type))
        if kind is None or near is far or not set(labels) <= set(LABELS[kind]):
            raise Refused(far_id)
        if kind != "CONTACT_CONTACT":
            return (kind, start.id, end.id), list(labels)
        first, last = sorted((near.id, far.id))
        holder = {"manager": far.id, "direct_report": near.id}
        marks = [f"manager{'>' if holder[label] == first else '<'}" if label in holder else label for label in labels]
        return (kind, first, last), marks

    def _primary_of(self, contact: str) -> Place | None:
        held = (
            place
            for place, marks in self.pairs.items()
            if place[0] == "CONTACT_COMPANY" and place[1] == contact and "primary" in marks and self.is_live(place)
        )
        return next(held, None)

    def _deals_of(self, quote: str) -> list[str]:
        return [
            start
            for kind, start, end in self.pairs
            if kind == "DEAL_QUOTE" and end == quote and not self.records[start].archived
        ]

    def _check_required_by(self, held: Held) -> None:
        quotes = [end for kind, start, end in self.pairs if kind == "DEAL_QUOTE" and start == held.id]
        if any(not self.records[one].archived and self._deals_of(one) == [held.id] for one in quotes):
            raise Refused(held.id)


def _key(email: str) -> str:
    return f"contact.email:{email}"


def _moved(place: Place, old: str, new: str) -> tuple[Place, Callable[[str], str]]:
    """A pair where one end has taken another's place, and what becomes of its labels' marks."""
    kind, start, end = (new if one == old else one for one in place)
    if kind == "CONTACT_CONTACT" and end < start:
        return (kind, end, start), lambda mark: mark.translate({ord(">"): "<", ord("<"): ">"})
    return (kind, start, end), lambda mark: mark
