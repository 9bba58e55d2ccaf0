"""Random sequences of writes: the engine holds what a model of the rules in memory holds, and refuses what it does."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.errors import WriteRefused
from graphdb.ids import mint
from graphdb.writer.apply import Writer
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
    Unmerge,
    Update,
    Upsert,
)
from tests.graph_state import read_state
from tests.harness import empty
from tests.writes_model import KINDS, LABELS, Model, Refused

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.writer.operations import Operation

SEQUENCES = 50
STEPS = 25
EMAILS = [f"{one}@x.example" for one in "abcd"]
CATALOG = standard_catalog()


class Walk:
    """One sequence: each step is done by the writer and by the model."""

    def __init__(self, store: BoltStore, seed: int) -> None:
        self._store = store
        self._dice = random.Random(seed)  # noqa: S311 - a sequence is no secret
        self._writer = Writer(CATALOG)
        self._ids: list[tuple[str, str]] = []
        self.model = Model()
        self.log: list[str] = []

    async def step(self) -> None:
        """One operation."""
        names = ["create"] * 3 + ["associate"] * 5 + ["set_labels", "dissociate", "archive", "restore", "restore"]
        names += ["update", "upsert", "purge", "merge", "merge", "merge", "unmerge", "unmerge", "unmerge"]
        await getattr(self, f"_{self._dice.choice(names if len(self._ids) > 3 else names[:3])}")()

    async def _do(self, operation: Operation, rule: Any) -> str | None:
        """Carry an operation out on both sides: both do it, or both refuse; the record's id where it was done."""
        self.log.append(repr(operation))
        try:
            rule()
        except Refused:
            with pytest.raises(WriteRefused):
                await self._write(operation)
            return None
        return await self._write(operation)

    async def _write(self, operation: Operation) -> str:
        (outcome,) = await self._store.write(lambda tx: self._writer.apply(tx, [operation]))
        return outcome.id

    def _any(self, *types: str) -> Ref:
        known = [one for one in self._ids if not types or one[1] in types] or self._ids
        record_id, kind = self._dice.choice(known)
        return Ref(type=kind, key="id", value=record_id)

    async def _create(self) -> None:
        kind = self._dice.choice(["contact", "contact", "contact", "company", "deal", "quote"])
        email = self._dice.choice([*EMAILS, None, None]) if kind == "contact" else None
        record_id, model = mint(), self.model
        deals = [one for one in self._ids if one[1] == "deal"]
        side = CATALOG.side_between("quote", "deal")
        assert side is not None
        values: dict[str, Any] = {"quote": {"title": "q"}, "deal": {"name": "d"}}.get(kind, {})
        links: tuple[Link, ...] = ()
        chosen = self._dice.choice(deals)[0] if deals else "0" * 32
        if kind == "quote":
            links = (Link(side=side, to=Ref(type="deal", key="id", value=chosen)),)
        if email is not None:
            values = {"email": email}

        def rule() -> None:
            model.check_free(email)
            if kind == "quote":
                model.live(chosen, "deal")
            model.create(record_id, kind, email, None)
            if kind == "quote":
                model.associate(record_id, chosen, ())

        created = await self._do(Create(type=kind, values=values, links=links, id=record_id), rule)
        if created is not None:
            self._ids.append((record_id, kind))

    async def _update(self) -> None:
        by, email = self._any("contact"), self._dice.choice([*EMAILS, None])
        if by.type == "contact":
            await self._do(Update(by=by, values={"email": email}), lambda: self.model.update(by.value, email))

    async def _upsert(self) -> None:
        email = self._dice.choice(EMAILS)
        holder = self.model.keys.get(f"contact.email:{email}")
        operation = Upsert(type="contact", key="email", values={"email": email, "city": email})
        self.log.append(repr(operation))
        record_id = await self._write(operation)
        if holder is None:
            self.model.create(record_id, "contact", email, email)
            self._ids.append((record_id, "contact"))
        else:
            assert record_id == holder
            self.model.records[holder].city = email

    async def _pair(self, kind: type[Associate | SetLabels | Dissociate], **options: bool) -> None:
        types = self._dice.choice(list(KINDS))
        if self._dice.random() < 0.5:
            types = types[::-1]
        start, to = self._any(types[0]), self._any(types[1])
        relationship = KINDS.get((start.type, to.type)) or KINDS.get((to.type, start.type))
        if relationship is None:
            return  # the data model may know it; this model does not
        known = LABELS[relationship]
        labels = tuple(one for one in known if self._dice.random() < 0.4)
        rule = self.model.dissociate if kind is Dissociate else self.model.associate
        operation = kind(start=start, to=to, labels=labels)
        await self._do(operation, lambda: rule(start.value, to.value, labels, **options))

    async def _associate(self) -> None:
        await self._pair(Associate)

    async def _set_labels(self) -> None:
        await self._pair(SetLabels, replace=True)

    async def _dissociate(self) -> None:
        await self._pair(Dissociate)

    async def _archive(self) -> None:
        by = self._any()
        await self._do(Archive(by=by), lambda: self.model.archive(by.value))

    async def _restore(self) -> None:
        archived = [(one.id, one.type) for one in self.model.records.values() if one.archived]
        record_id, kind = self._dice.choice(archived or self._ids)
        by = Ref(type=kind, key="id", value=record_id)
        await self._do(Restore(by=by), lambda: self.model.restore(record_id))

    async def _purge(self) -> None:
        by = self._any()
        await self._do(Purge(by=by), lambda: self.model.purge(by.value))

    async def _merge(self) -> None:
        winner = self._any("contact", "company")
        loser = self._any(winner.type)
        if winner.type in {"contact", "company"}:
            rule = self.model.merge
            await self._do(Merge(winner=winner, loser=loser), lambda: rule(winner.value, loser.value))

    async def _unmerge(self) -> None:
        losers = list(self.model.merges)
        loser = self._dice.choice(losers if losers and self._dice.random() < 0.9 else [one for one, _ in self._ids])
        kind = next(kind for one, kind in self._ids if one == loser)
        await self._do(Unmerge(type=kind, loser=loser), lambda: self.model.unmerge(loser))

    async def compare(self) -> None:
        """The whole graph and the model, and what no writer may leave."""
        found, model = await read_state(self._store, CATALOG), self.model
        assert found.broken == [], self.log
        live = {one.id: (one.type, one.email, one.city) for one in model.records.values() if not one.archived}
        shown = {one: (kind, held.get("email"), held.get("city")) for one, (kind, held) in found.live.items()}
        assert shown == live, self.log
        assert found.archived == {one.id: one.type for one in model.records.values() if one.archived}, self.log
        assert found.keys == model.keys, self.log
        pairs = {place: tuple(sorted(marks)) for place, marks in model.pairs.items()}
        assert found.pairs == {place: marks for place, marks in pairs.items() if model.is_live(place)}, self.log
        assert found.waiting == {place: marks for place, marks in pairs.items() if not model.is_live(place)}, self.log


@pytest.mark.parametrize("block", range(5))
async def test_sequences_of_writes_leave_what_the_rules_say(store: BoltStore, block: int) -> None:
    """Creates, updates, upserts, pairs, labels, archives, restores, merges, their undoing and purges, in any order."""
    for seed in range(block * SEQUENCES // 5, (block + 1) * SEQUENCES // 5):
        await empty(store)
        walk = Walk(store, seed)
        for _ in range(STEPS):
            await walk.step()
        await walk.compare()
