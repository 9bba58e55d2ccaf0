"""The rules of writes over plain values in memory: what the writer has to leave, said once more and slowly.

It knows contacts (by e-mail), companies, deals and quotes, which always have a deal; of labels, ``primary`` (a contact
has at most one), ``billing``, and between contacts ``manager`` (paired) and ``colleague`` (the same of both).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from graphdb.values import MERGED_PREFIX, merged_key

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


class Model:
    """The records, the keys and the associations that there are."""

    def __init__(self) -> None:
        self.records: dict[str, Held] = {}
        self.keys: dict[str, str] = {}
        self.pairs: dict[Place, set[str]] = {}

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
        self.keys = {key: owner for key, owner in self.keys.items() if owner != held.id}
        self.pairs = {place: marks for place, marks in self.pairs.items() if held.id not in place}

    def merge(self, winner_id: str, loser_id: str) -> None:
        """One record takes over all of another one."""
        winner, loser = self.live(winner_id, "contact", "company"), self.live(loser_id)
        if winner is loser or winner.type != loser.type:
            raise Refused(loser_id)
        winner.email, winner.city = winner.email or loser.email, winner.city or loser.city
        self.keys = {key: winner.id if owner == loser.id else owner for key, owner in self.keys.items()}
        self.keys[merged_key(loser.id)] = winner.id
        moved = {place: marks for place, marks in self.pairs.items() if loser.id in place}
        self.pairs = {place: marks for place, marks in self.pairs.items() if loser.id not in place}
        for place, marks in sorted(moved.items()):
            if winner.id in place:
                continue
            kind, *before = place
            start, end = (winner.id if one == loser.id else one for one in before)
            turned = kind == "CONTACT_CONTACT" and end < start
            new = (kind, end, start) if turned else (kind, start, end)
            live = self.is_live(new)
            found = self.pairs.setdefault(new, set())
            for mark in marks:
                if mark == "primary" and live and self._primary_of(new[1]) is not None:
                    continue
                found.add(mark.translate({ord(">"): "<", ord("<"): ">"}) if turned else mark)
        del self.records[loser.id]

    # --- associations -----------------------------------------------------------------------------------------

    def associate(self, near_id: str, far_id: str, labels: tuple[str, ...], *, replace: bool = False) -> None:
        """Join two records, or give a pair labels."""
        place, marks = self._named(near_id, far_id, labels)
        if replace:
            self.pairs[place] = set(marks) & self.pairs.get(place, set())
        found = self.pairs.setdefault(place, set())
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
            del self.pairs[place]

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
