"""Kept roll-ups on a graph: what they hold, who may bring them up to date, what is cut short, what is begun late."""

from __future__ import annotations

import asyncio
import dataclasses
import random
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.cypher.statement import Statement
from graphdb.journal.log import log_state, trim
from graphdb.journal.sequencer import Sequencer
from graphdb.writer.operations import Archive, Associate, Create, Merge, Purge, Restore, Unmerge, Update
from tests.job_graph import Interrupted
from tests.kept import KeptGraph, kept_catalog, ref

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

CATALOG = kept_catalog()


@pytest.fixture
async def graph(store: BoltStore) -> KeptGraph:
    """An empty graph."""
    return await KeptGraph.begin(store, CATALOG)


async def company_with(graph: KeptGraph, *amounts: int) -> tuple[str, list[str]]:
    """A company with deals of some amounts."""
    (company,) = await graph.write(Create(type="company", values={"name": "c"}))
    deals = await graph.write(
        *(
            Create(
                type="deal",
                values={
                    "name": "d",
                    "amount": amount,
                    "stage": "PROSPECTING",
                    "closeDate": date(2026, 3, 1 + day % 28),
                },
                links=(graph.link("deal", "company", company),),
            )
            for day, amount in enumerate(amounts, 1)
        )
    )
    return company, deals


async def test_they_are_what_the_records_say(graph: KeptGraph) -> None:
    """Compared with values that are written down here, not with the program's own expression."""
    company, deals = await company_with(graph, 10_000, 25_000)
    assert await graph.values("dealCount", company) == [0]
    assert await graph.values("_u_openValue", company) == [True]
    await graph.catch_up()
    assert await graph.values("openValue", company) == [35_000]
    assert await graph.values("meanAmount", company) == [17_500]
    assert await graph.values("_u_openValue", company) == [None]
    await graph.write(Archive(by=ref("deal", deals[0])))
    await graph.catch_up()
    assert await graph.values("openValue", company) == [25_000]
    await graph.write(Purge(by=ref("deal", deals[1])))
    await graph.catch_up()
    assert await graph.values("openValue", company) == [None]
    assert await graph.values("dealCount", company) == [0]
    await graph.write(Restore(by=ref("deal", deals[0])))
    await graph.catch_up()
    assert await graph.values("openValue", company) == [10_000]
    assert await graph.wrong() == []


async def test_an_entry_that_cannot_be_seen_yet_is_folded_in_later(graph: KeptGraph) -> None:
    """Neo4j shows the log's position before the index finds its entries: what is missing is waited for."""
    company, _ = await company_with(graph, 10_000)
    await graph.catch_up()
    before = await log_state(graph.store)
    await graph.write(
        Create(type="deal", values={"name": "d", "amount": 5_000}, links=(graph.link("deal", "company", company),))
    )
    await graph.number()
    hide = "MATCH (e:_Change {seq: $p.seq}) SET e.seq = -$p.seq"
    seen = {"seq": before.position + 1}
    await graph.store.write(lambda tx: tx.run(Statement(hide, seen)))
    await graph.catch_up()
    assert (await log_state(graph.store)).folded == before.position
    show = "MATCH (e:_Change {seq: -$p.seq}) SET e.seq = $p.seq"
    await graph.store.write(lambda tx: tx.run(Statement(show, seen)))
    await graph.catch_up()
    assert await graph.wrong() == []
    assert await graph.values("dealCount", company) == [2]


async def test_a_fold_is_no_change_of_the_record(graph: KeptGraph) -> None:
    company, _ = await company_with(graph, 10_000)
    before = await graph.rows("MATCH (r:Company) RETURN r.id, r.rev, toString(r.updatedAt)")
    entries = await graph.rows("MATCH (e:_Change) RETURN count(e)")
    await graph.catch_up()
    assert await graph.values("openValue", company) == [10_000]
    assert await graph.rows("MATCH (r:Company) RETURN r.id, r.rev, toString(r.updatedAt)") == before
    assert await graph.rows("MATCH (e:_Change) RETURN count(e)") == entries


async def test_a_purge_is_folded_in_although_nothing_leads_from_the_record_any_more(graph: KeptGraph) -> None:
    """What it was associated with stands in its entry until then, also where it was archived before."""
    company, (first, second) = await company_with(graph, 10_000, 20_000)
    await graph.catch_up()
    await graph.write(Archive(by=ref("deal", first)))
    await graph.write(Purge(by=ref("deal", first)), Purge(by=ref("deal", second)))
    assert await graph.rows("MATCH (e:_Change {kind: 'PURGED'}) RETURN e.around") == [[[company]], [[company]]]
    await graph.catch_up()
    assert await graph.values("dealCount", company) == [0]
    assert await graph.rows("MATCH (e:_Change {kind: 'PURGED'}) RETURN e.around") == [[None], [None]]
    assert await graph.wrong() == []


async def test_a_merge_and_its_undoing_are_folded_in(graph: KeptGraph) -> None:
    winner, _ = await company_with(graph, 10_000)
    loser, deals = await company_with(graph, 20_000, 30_000)
    await graph.catch_up()
    await graph.write(Merge(winner=ref("company", winner), loser=ref("company", loser)))
    await graph.catch_up()
    assert await graph.values("dealCount", winner) == [3]
    await graph.write(Merge(winner=ref("deal", deals[0]), loser=ref("deal", deals[1])))
    await graph.catch_up()
    assert await graph.values("dealCount", winner) == [2]
    await graph.write(Unmerge(type="deal", loser=deals[1]), Unmerge(type="company", loser=loser))
    await graph.catch_up()
    assert await graph.values("dealCount", winner, loser) == [1, 2]
    assert await graph.wrong() == []


async def test_the_log_says_how_far_they_are_and_forgets_nothing_before(graph: KeptGraph) -> None:
    await company_with(graph, 10_000)
    await graph.catch_up()
    before = await log_state(graph.store)
    assert before.folded == before.position > 0
    assert before.fold_delay_s == 0
    await company_with(graph, 10_000)
    await graph.number()
    await asyncio.sleep(0.01)
    behind = await log_state(graph.store)
    assert behind.folded == before.position < behind.position
    assert 0.01 <= behind.fold_delay_s < 60
    await trim(graph.store, 0)
    assert (await log_state(graph.store)).first == before.position + 1
    await graph.catch_up()
    await trim(graph.store, 0)
    assert (await log_state(graph.store)).first == behind.position + 1
    assert await graph.wrong() == []


@pytest.mark.parametrize("after", [False, True])
async def test_whoever_is_stopped_at_any_statement_leaves_a_round_that_is_done_again(
    graph: KeptGraph, *, after: bool
) -> None:
    company, deals = await company_with(graph, *range(10_000, 10_060))
    others = [(await company_with(graph, 1_000))[0] for _ in range(3)]
    await graph.catch_up()
    for statement in range(1, 40):
        await graph.write(
            *(Update(by=ref("deal", deal), values={"amount": 20_000 + statement}) for deal in deals[::20]),
            *(Associate(start=ref("company", other), to=ref("deal", deals[statement])) for other in others),
        )
        await graph.number()
        store: Any = Interrupted(graph.store, statement, after=after)  # type: ignore[arg-type]
        stopped = KeptGraph(store, CATALOG)
        try:
            await stopped.folder.fold()
        except asyncio.CancelledError:
            await graph.catch_up()
            assert await graph.wrong() == [], statement
        else:
            break
    assert 4 < statement < 39
    assert (await graph.values("dealCount", company)) == [60]


async def test_two_that_fold_at_once_keep_the_order(store: BoltStore, graph: KeptGraph) -> None:
    """Several at work while records change: no value that one has read early is written late by it."""
    company, deals = await company_with(graph, *range(10_000, 10_020))
    done = asyncio.Event()
    rivals = [KeptGraph(store, CATALOG) for _ in range(3)]

    async def change(dice: random.Random) -> None:
        for _ in range(40):
            deal = dice.choice(deals)
            await graph.write(Update(by=ref("deal", deal), values={"amount": dice.randrange(1_000_000)}))

    async def fold(one: KeptGraph) -> None:
        while not done.is_set():
            await one.folder.fold()
            await asyncio.sleep(0)

    folding = [asyncio.create_task(fold(one)) for one in rivals]
    sequencer = asyncio.create_task(Sequencer(store, poll_s=0.01).run())
    await asyncio.gather(*(change(random.Random(seed)) for seed in range(4)))  # noqa: S311 - what they write is no secret
    done.set()
    await asyncio.gather(*folding)
    sequencer.cancel()
    await asyncio.gather(sequencer, return_exceptions=True)
    await graph.catch_up()
    assert await graph.wrong() == []
    assert await graph.values("dealCount", company) == [20]


async def test_whoever_goes_by_another_data_model_waits_and_looks_for_it(graph: KeptGraph) -> None:
    company, _ = await company_with(graph, 10_000)
    await graph.number()
    late = KeptGraph(graph.store, dataclasses.replace(CATALOG, version=CATALOG.version + 1, _sides={}))
    await late.folder.fold()
    assert late.looked == 1
    assert await graph.values("dealCount", company) == [0]
    await graph.catch_up()
    assert await graph.values("dealCount", company) == [1]


async def test_where_nothing_is_kept_nothing_is_folded(store: BoltStore) -> None:
    plain = await KeptGraph.begin(store, kept_catalog(indexed=False))
    await company_with(plain, 10_000)
    await plain.catch_up()
    state = await log_state(store)
    assert (state.folded, state.fold_delay_s) == (None, 0)
    assert await plain.rows("MATCH (f:_Fold) RETURN f.n") == []


async def test_how_far_they_were_is_forgotten_with_the_last_of_them(graph: KeptGraph) -> None:
    await company_with(graph, 10_000)
    await graph.catch_up()
    assert (await log_state(graph.store)).folded is not None
    # A process with another data model says nothing of this one.
    late = KeptGraph(graph.store, dataclasses.replace(kept_catalog(indexed=False), version=CATALOG.version + 1))
    await late.folder.fold()
    assert (await log_state(graph.store)).folded is not None
    graph.catalog = kept_catalog(indexed=False)
    await graph.folder.fold()
    assert (await log_state(graph.store)).folded is None


async def test_a_record_that_many_entries_touch_is_worked_out_once_in_a_round(graph: KeptGraph) -> None:
    company, deals = await company_with(graph, *range(10_000, 10_010))
    await graph.catch_up()
    for deal in deals:
        await graph.write(Update(by=ref("deal", deal), values={"amount": 77}))
    await graph.number()
    counted: list[Statement] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(graph.store, name)

        async def write(self, work: Any) -> Any:
            async def whole(tx: Any) -> Any:
                class Spy:
                    async def run(self, statement: Statement) -> Any:
                        counted.append(statement)
                        return await tx.run(statement)

                return await work(Spy())

            return await graph.store.write(whole)

    spied: Any = Counting()
    await KeptGraph(spied, CATALOG).folder.fold()
    refreshed = [one.params["ids"] for one in counted if "ids" in one.params]
    assert refreshed == [[company]] * 2  # openValue and meanAmount
    assert await graph.wrong() == []
