"""The graph that the change log tells of: its entries carried out one after the other, on values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One change, as clients read it.

    Attributes:
        values: Value before and after of each property that changed.
        other: The other end of an association, or the record that was merged into this one.
        labels: Of an association, the labels since.
        labels_before: Those before.
    """

    kind: str
    type: str
    record: str
    rev: int | None = None
    values: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    other: str | None = None
    labels: tuple[str, ...] = ()
    labels_before: tuple[str, ...] = ()


@dataclass(slots=True)
class Told:
    """A record by the entries so far."""

    type: str
    rev: int
    values: dict[str, Any] = field(default_factory=dict)
    archived: bool = False


Pair = frozenset[str]


@dataclass(slots=True)
class Replay:
    """What the entries so far tell.

    Attributes:
        records: Every record that is there, by its id.
        merged: Into which record each one that is no more was merged.
        pairs: Labels of each association, also of those that wait for a record to be restored.
        blurred: Pairs that waited when an end was merged: the log does not tell which labels they came back with.
        after: The values of the record after each entry that changed some.
        faults: What cannot follow on what was before.
    """

    records: dict[str, Told] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)
    pairs: dict[Pair, tuple[str, ...]] = field(default_factory=dict)
    blurred: set[Pair] = field(default_factory=set)
    after: list[dict[str, Any]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def survivor(self, record: str) -> str:
        """The record that one has become."""
        while record in self.merged:
            record = self.merged[record]
        return record

    def is_live(self, pair: Pair) -> bool:
        """Whether both ends are live."""
        return all(one in self.records and not self.records[one].archived for one in pair)


def replay(entries: list[Entry]) -> Replay:
    """Carry out all entries, in their order."""
    told = Replay()
    for place, entry in enumerate(entries):
        where = f"entry {place + 1} ({entry.kind} {entry.record})"
        if entry.kind == "CREATED":
            _create(told, entry, where)
        elif entry.kind in {"ASSOCIATED", "DISSOCIATED", "LABELS_CHANGED"}:
            _relate(told, entry, where)
        elif entry.record not in told.records:
            told.faults.append(f"{where}: there is no such record")
        else:
            _change(told, entry, where)
        known = told.records.get(entry.record)
        told.after.append(dict(known.values) if known is not None and entry.values else {})
    return told


def _create(told: Replay, entry: Entry, where: str) -> None:
    if entry.record in told.records or entry.record in told.merged:
        told.faults.append(f"{where}: the record was there before")
    told.records[entry.record] = Told(entry.type, 1, {name: after for name, (_, after) in entry.values.items()})
    if entry.rev != 1:
        told.faults.append(f"{where}: the revision is {entry.rev}")


def _change(told: Replay, entry: Entry, where: str) -> None:
    record = told.records[entry.record]
    rev = entry.rev or 0
    # A merge is two entries of one revision: the event, and the values that it changed.
    if rev not in {record.rev, record.rev + 1} or (rev == record.rev and entry.kind != "UPDATED"):
        told.faults.append(f"{where}: revision {rev} follows on {record.rev}")
    record.rev = rev
    for name, (before, after) in entry.values.items():
        if record.values.get(name) != before:
            told.faults.append(f"{where}: {name} was {record.values.get(name)!r}, not {before!r}")
        record.values.pop(name, None)
        if after is not None:
            record.values[name] = after
    if entry.kind in {"ARCHIVED", "RESTORED"}:
        if record.archived == (entry.kind == "ARCHIVED"):
            told.faults.append(f"{where}: it was so before")
        record.archived = entry.kind == "ARCHIVED"
    elif entry.kind == "MERGED":
        _merge(told, entry, where)


def _merge(told: Replay, entry: Entry, where: str) -> None:
    winner, loser = entry.record, entry.other or ""
    if told.records.pop(loser, None) is None:
        told.faults.append(f"{where}: {loser}, which was merged into it, was not there")
    told.merged[loser] = winner
    for pair in [pair for pair in told.pairs if loser in pair]:
        labels = told.pairs.pop(pair)
        others = pair - {loser}
        waits = any(one in told.records and told.records[one].archived for one in others)
        if waits and winner not in others:
            moved = others | {winner}
            told.blurred.add(moved)
            told.pairs.setdefault(moved, labels)


def _relate(told: Replay, entry: Entry, where: str) -> None:
    pair = frozenset((entry.record, entry.other or ""))
    before = told.pairs.get(pair)
    if not told.is_live(pair):
        told.faults.append(f"{where}: an end of {sorted(pair)} is not live")
    if entry.kind == "ASSOCIATED":
        if before is not None:
            told.faults.append(f"{where}: {sorted(pair)} were associated before")
        told.pairs[pair] = tuple(sorted(entry.labels))
        return
    if before is None:
        told.faults.append(f"{where}: {sorted(pair)} were not associated")
    elif pair not in told.blurred and before != tuple(sorted(entry.labels_before)):
        told.faults.append(f"{where}: the labels of {sorted(pair)} were {before}, not {entry.labels_before}")
    if entry.kind == "DISSOCIATED":
        told.pairs.pop(pair, None)
    else:
        told.pairs[pair] = tuple(sorted(entry.labels))
    told.blurred.discard(pair)
