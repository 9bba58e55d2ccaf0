"""Kept roll-ups equal a recount after whatever was written, once the change log is folded in."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.errors import WriteRefused
from graphdb.writer.operations import (
    Archive,
    Associate,
    Create,
    Dissociate,
    Link,
    Merge,
    Purge,
    Ref,
    Restore,
    SetLabels,
    Update,
)
from tests.kept import KeptGraph, kept_catalog, ref

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.writer.operations import Operation

SEEDS = range(3)
FIRST = 20
STEPS = 120
CATALOG = kept_catalog()
PAIRS = {
    ("company", "deal"): (),
    ("company", "contact"): ("primary", "billing"),
    ("contact", "deal"): (),
    ("deal", "ticket"): (),
    ("contact", "ticket"): (),
    ("company", "company"): ("parent", "child"),
}
KINDS = ("company", "company", "contact", "deal", "deal", "ticket")


class Walk:
    """Random writes by one writer."""

    def __init__(self, graph: KeptGraph, seed: int) -> None:
        self._graph = graph
        self._dice = random.Random(seed)  # noqa: S311 - a sequence is no secret
        self._live: dict[str, list[str]] = {kind: [] for kind in KINDS}
        self._archived: list[Ref] = []
        self.done: Counter[str] = Counter()

    async def step(self) -> None:
        """One write; what the rules refuse is none."""
        chosen = [self._create, self._update, self._update, self._pair, self._pair, self._pair, self._part, self._life]
        operation = (self._dice.choice(chosen) if self.done.total() >= FIRST else self._create)()
        if operation is None:
            return
        try:
            (record_id,) = await self._graph.write(operation)
        except WriteRefused:
            return
        self.done[type(operation).__name__] += 1
        self._note(operation, record_id)

    def _note(self, operation: Operation, record_id: str) -> None:
        match operation:
            case Create(type=kind):
                self._live[kind].append(record_id)
            case Archive(by=by):
                self._live[by.type].remove(by.value)
                self._archived.append(by)
            case Restore(by=by):
                self._archived.remove(by)
                self._live[by.type].append(by.value)
            case Purge(by=by) if by in self._archived:
                self._archived.remove(by)
            case Purge(by=by) | Merge(loser=by):
                self._live[by.type].remove(by.value)

    def _values(self, kind: str) -> dict[str, Any]:
        dice = self._dice
        if kind == "deal":
            amount = dice.choice([None, 10_000, 123_456, 7])
            stage = dice.choice(["PROSPECTING", "CLOSED_WON", "CLOSED_LOST"])
            closes = dice.choice([None, date(2026, 1, 1), date(2026, 5, 31)])
            return {"name": "d", "amount": amount, "stage": stage, "closeDate": closes}
        if kind == "ticket":
            return {"subject": "t", "priority": dice.choice(["HIGH", "LOW", None])}
        return {"city": dice.choice(["Berlin", "Paris", None])}

    def _create(self) -> Operation:
        kind = self._dice.choice(KINDS)
        links = []
        for near, far in PAIRS:
            if near != far and kind in {near, far} and self._dice.random() < 0.4:
                other = far if kind == near else near
                side = CATALOG.side_between(kind, other)
                to = self._some(other)
                if side is not None and to is not None:
                    links.append(Link(side=side, to=to))
        values = {name: value for name, value in self._values(kind).items() if value is not None}
        return Create(type=kind, values=values, links=tuple(links))

    def _update(self) -> Operation | None:
        by = self._some(self._dice.choice(KINDS))
        return None if by is None else Update(by=by, values=self._values(by.type))

    def _pair(self) -> Operation | None:
        types = self._dice.choice(list(PAIRS))
        start, to = self._some(types[0]), self._some(types[1])
        if start is None or to is None:
            return None
        labels = tuple(one for one in PAIRS[types] if self._dice.random() < 0.4)
        if self._dice.random() < 0.5:
            return SetLabels(start=start, to=to, labels=labels)
        return Associate(start=start, to=to, labels=labels)

    def _part(self) -> Operation | None:
        types = self._dice.choice(list(PAIRS))
        start, to = self._some(types[0]), self._some(types[1])
        return None if start is None or to is None else Dissociate(start=start, to=to)

    def _life(self) -> Operation | None:
        by = self._some(self._dice.choice(KINDS))
        kinds: list[type[Archive | Restore | Purge | Merge]] = [
            Archive,
            Archive,
            Archive,
            Restore,
            Restore,
            Purge,
            Merge,
        ]
        chosen = self._dice.choice(kinds)
        if self._archived and (chosen is Restore or (chosen is Purge and self._dice.random() < 0.5)):
            by = self._dice.choice(self._archived)
        if by is None:
            return None
        if issubclass(chosen, Merge):
            other = self._some(by.type)
            return None if other is None else Merge(winner=by, loser=other)
        return chosen(by=by)

    def _some(self, kind: str) -> Ref | None:
        ids = self._live[kind]
        return ref(kind, self._dice.choice(ids)) if ids else None


@pytest.mark.parametrize("seed", SEEDS)
async def test_they_equal_a_recount_after_random_writes(store: BoltStore, seed: int) -> None:
    """Folded in at random moments, so that a round finds a graph that several writes have changed since."""
    graph = await KeptGraph.begin(store, CATALOG)
    walk, dice = Walk(graph, seed), random.Random(seed)  # noqa: S311 - moments are no secret
    for _ in range(STEPS):
        await walk.step()
        if dice.random() < 0.06:
            await graph.catch_up()
            assert await graph.wrong() == []
    await graph.catch_up()
    assert await graph.wrong() == []
    assert walk.done.total() > STEPS / 2
    assert len(walk.done) >= 6, walk.done
