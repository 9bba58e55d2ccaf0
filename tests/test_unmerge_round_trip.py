"""Random merges of contacts and of companies, undone in any lawful order: the graph is what it was."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.errors import FaultCode, WriteRefused
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Archive, Associate, Create, Merge, Ref, Unmerge
from tests.graph_state import read_state
from tests.harness import empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.writer.operations import Operation, Outcome

SEQUENCES = 30
CATALOG = standard_catalog()
LABELS = {"company": ("primary", "billing"), "contact": ("manager", "direct_report", "colleague")}


def ref(kind: str, record_id: str) -> Ref:
    return Ref(type=kind, key="id", value=record_id)


async def write(store: BoltStore, *operations: Operation) -> list[Outcome]:
    writer = Writer(CATALOG)
    return await store.write(lambda tx: writer.apply(tx, operations))


async def crowd(store: BoltStore, dice: random.Random) -> dict[str, list[str]]:
    """Contacts and companies, joined and labelled at random, some of them archived."""
    ids: dict[str, list[str]] = {"contact": [], "company": []}
    for kind in [*["contact"] * 5, *["company"] * 4]:
        key, value = ("email", "@x.example") if kind == "contact" else ("domain", ".example")
        unique = {key: f"u{len(ids[kind])}{value}"} if dice.random() < 0.7 else {}
        values = {**unique, **({"city": str(len(ids[kind]))} if dice.random() < 0.6 else {})}
        (made,) = await write(store, Create(type=kind, values=values))
        ids[kind].append(made.id)
    for _ in range(14):
        far = dice.choice(["company", "contact"])
        start, to = dice.choice(ids["contact"]), dice.choice(ids[far])
        if start != to:
            labels = tuple(label for label in LABELS[far] if dice.random() < 0.5)
            await write(store, Associate(start=ref("contact", start), to=ref(far, to), labels=labels))
    for kind, known in ids.items():
        await write(store, Archive(by=ref(kind, known.pop())))
    return ids


async def merged(store: BoltStore, dice: random.Random, ids: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Merge records at random until few are left; type and id of each loser."""
    losers: list[tuple[str, str]] = []
    while len(losers) < 5:
        kind = dice.choice([one for one, known in ids.items() if len(known) > 1])
        winner, loser = dice.sample(ids[kind], 2)
        take = tuple(name for name in ("city",) if dice.random() < 0.5)
        await write(store, Merge(winner=ref(kind, winner), loser=ref(kind, loser), take=take))
        ids[kind].remove(loser)
        losers.append((kind, loser))
    return losers


@pytest.mark.parametrize("block", range(3))
async def test_merges_undone_in_any_lawful_order_leave_nothing_of_themselves(store: BoltStore, block: int) -> None:
    for seed in range(block * SEQUENCES // 3, (block + 1) * SEQUENCES // 3):
        await empty(store)
        dice = random.Random(seed)  # noqa: S311 - a sequence is no secret
        ids = await crowd(store, dice)
        before = await read_state(store, CATALOG)
        losers = await merged(store, dice, ids)
        merges = list(losers)
        codes: set[FaultCode] = set()
        while losers:
            kind, loser = chosen = dice.choice(losers)
            try:
                await write(store, Unmerge(type=kind, loser=loser))
            except WriteRefused as refused:
                codes.update(fault.code for fault in refused.faults)
                continue
            losers.remove(chosen)
            assert (await read_state(store, CATALOG)).broken == [], (seed, merges)
        assert await read_state(store, CATALOG) == before, (seed, merges)
        assert codes <= {FaultCode.CONFLICT}, (seed, merges)
