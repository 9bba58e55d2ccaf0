"""Any sequence of writes: the engine holds what a model of the rules in memory holds, and refuses what it does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

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
    from collections.abc import Callable, Coroutine

    from graphdb.bolt import BoltStore
    from graphdb.writer.operations import Operation

STEPS = 25
CATALOG = standard_catalog()
EMAILS = st.sampled_from([f"{one}@x.example" for one in "abcd"])
PAIRS = st.tuples(st.sampled_from(list(KINDS)), st.booleans(), st.integers(0, 7))
"""Two object types, which of them is named first, which of the labels are named."""


class Writes(RuleBasedStateMachine):
    """Each step is done by the writer and by the model: both do it, or both refuse.

    Args:
        store: The graph.
        loop: Where the store lives; the steps are taken in another thread.
    """

    def __init__(self, store: BoltStore, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._store = store
        self._loop = loop
        self._writer = Writer(CATALOG)
        self._ids: list[tuple[str, str]] = []
        self._sound = True
        self.model = Model()
        self._run(empty(store))

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _do(self, operation: Operation, as_model: Callable[[], object]) -> str | None:
        """Carry an operation out on both sides; the record's id where it was done."""
        self._sound = False
        record_id: str | None = None
        try:
            as_model()
        except Refused:
            with pytest.raises(WriteRefused):
                self._write(operation)
        else:
            record_id = self._write(operation)
        self._sound = True
        return record_id

    def _write(self, operation: Operation) -> str:
        (outcome,) = self._run(self._store.write(lambda tx: self._writer.apply(tx, [operation])))
        record_id: str = outcome.id
        return record_id

    def _any(self, data: st.DataObject, *types: str) -> Ref:
        """Any record there ever was; of these types if there was one."""
        known = [one for one in self._ids if not types or one[1] in types] or self._ids
        record_id, kind = data.draw(st.sampled_from(known))
        return Ref(type=kind, key="id", value=record_id)

    def _some(self) -> bool:
        return bool(self._ids)

    @rule(
        kind=st.sampled_from(["contact", "company", "deal", "quote", "contact", "contact"]),
        email=st.none() | EMAILS,
        data=st.data(),
    )
    def create(self, kind: str, email: str | None, data: st.DataObject) -> None:
        """A record; a quote with its deal."""
        record_id, model = mint(), self.model
        email = email if kind == "contact" else None
        values: dict[str, Any] = {"quote": {"title": "q"}, "deal": {"name": "d"}}.get(kind, {})
        deals = [one for one, known in self._ids if known == "deal"]
        deal = data.draw(st.sampled_from(deals)) if kind == "quote" and deals else "0" * 32
        side = CATALOG.side_between("quote", "deal")
        assert side is not None
        links = (Link(side=side, to=Ref(type="deal", key="id", value=deal)),) if kind == "quote" else ()
        if email is not None:
            values = {"email": email}

        def as_model() -> None:
            model.check_free(email)
            if kind == "quote":
                model.live(deal, "deal")
            model.create(record_id, kind, email, None)
            if kind == "quote":
                model.associate(record_id, deal, ())

        if self._do(Create(type=kind, values=values, links=links, id=record_id), as_model) is not None:
            self._ids.append((record_id, kind))

    @precondition(_some)
    @rule(email=st.none() | EMAILS, data=st.data())
    def update(self, email: str | None, data: st.DataObject) -> None:
        """A contact's unique value."""
        by = self._any(data, "contact")
        if by.type == "contact":
            self._do(Update(by=by, values={"email": email}), lambda: self.model.update(by.value, email))

    @rule(email=EMAILS)
    def upsert(self, email: str) -> None:
        """By a unique value, which may be a merged record's."""
        holder = self.model.keys.get(f"contact.email:{email}")
        record_id = self._do(Upsert(type="contact", key="email", values={"email": email, "city": email}), lambda: None)
        assert record_id is not None
        if holder is None:
            self.model.create(record_id, "contact", email, email)
            self._ids.append((record_id, "contact"))
        else:
            assert record_id == holder
            self.model.records[holder].city = email

    @precondition(_some)
    @rule(pair=PAIRS, data=st.data())
    def associate(self, pair: Any, data: st.DataObject) -> None:
        """Join, or add labels."""
        self._pair(Associate, pair, data)

    @precondition(_some)
    @rule(pair=PAIRS, data=st.data())
    def set_labels(self, pair: Any, data: st.DataObject) -> None:
        """Join, or replace labels."""
        self._pair(SetLabels, pair, data, replace=True)

    @precondition(_some)
    @rule(pair=PAIRS, data=st.data())
    def dissociate(self, pair: Any, data: st.DataObject) -> None:
        """Part, or take labels off."""
        self._pair(Dissociate, pair, data)

    def _pair(
        self, kind: type[Associate | SetLabels | Dissociate], pair: Any, data: st.DataObject, **options: bool
    ) -> None:
        types, turned, chosen = pair
        start, to = (self._any(data, one) for one in (types[::-1] if turned else types))
        relationship = KINDS.get((start.type, to.type)) or KINDS.get((to.type, start.type))
        if relationship is None:
            return  # the data model may know it; this model does not
        labels = tuple(one for place, one in enumerate(LABELS[relationship]) if chosen >> place & 1)
        act = self.model.dissociate if kind is Dissociate else self.model.associate
        self._do(kind(start=start, to=to, labels=labels), lambda: act(start.value, to.value, labels, **options))

    @precondition(_some)
    @rule(data=st.data())
    def archive(self, data: st.DataObject) -> None:
        """Any record."""
        by = self._any(data)
        self._do(Archive(by=by), lambda: self.model.archive(by.value))

    @precondition(_some)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        """An archived record, if there is one."""
        archived = [(one.id, one.type) for one in self.model.records.values() if one.archived]
        record_id, kind = data.draw(st.sampled_from(archived or self._ids))
        self._do(Restore(by=Ref(type=kind, key="id", value=record_id)), lambda: self.model.restore(record_id))

    @precondition(_some)
    @rule(data=st.data())
    def purge(self, data: st.DataObject) -> None:
        """Any record."""
        by = self._any(data)
        self._do(Purge(by=by), lambda: self.model.purge(by.value))

    @precondition(_some)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        """Two records of one type, which may be the same."""
        winner = self._any(data, "contact", "company")
        loser = self._any(data, winner.type)
        if winner.type in {"contact", "company"}:
            self._do(Merge(winner=winner, loser=loser), lambda: self.model.merge(winner.value, loser.value))

    @precondition(_some)
    @rule(data=st.data(), merged=st.sampled_from([True, True, True, False]))
    def unmerge(self, data: st.DataObject, merged: bool) -> None:
        """The undoing of a merge; at times of one that never was."""
        losers = list(self.model.merges) if merged else []
        loser = data.draw(st.sampled_from(losers or [one for one, _ in self._ids]))
        kind = next(kind for one, kind in self._ids if one == loser)
        self._do(Unmerge(type=kind, loser=loser), lambda: self.model.unmerge(loser))

    def teardown(self) -> None:
        """At the end of each sequence the whole graph is compared with the model."""
        if self._sound:
            self._run(self._compare())

    async def _compare(self) -> None:
        found, model = await read_state(self._store, CATALOG), self.model
        assert found.broken == []
        live = {one.id: (one.type, one.email, one.city) for one in model.records.values() if not one.archived}
        shown = {one: (kind, held.get("email"), held.get("city")) for one, (kind, held) in found.live.items()}
        assert shown == live
        assert found.archived == {one.id: one.type for one in model.records.values() if one.archived}
        assert found.keys == model.keys
        pairs = {place: tuple(sorted(marks)) for place, marks in model.pairs.items()}
        assert found.pairs == {place: marks for place, marks in pairs.items() if model.is_live(place)}
        assert found.waiting == {place: marks for place, marks in pairs.items() if not model.is_live(place)}


async def test_sequences_of_writes_leave_what_the_rules_say(store: BoltStore, request: pytest.FixtureRequest) -> None:
    """Creates, updates, upserts, pairs, labels, archives, restores, merges, their undoing and purges, in any order.

    A sequence that fails is shrunk to the shortest one that does, which is shown as a program.
    """
    loop = asyncio.get_running_loop()

    class Here(Writes):
        def __init__(self) -> None:
            super().__init__(store, loop)

    profile = settings(max_examples=request.config.getoption("--sequences"), stateful_step_count=STEPS)
    await asyncio.to_thread(run_state_machine_as_test, Here, settings=profile)
