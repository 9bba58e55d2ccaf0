"""Roll-ups that begin to be kept, are defined anew, or end, on a graph with records that others write meanwhile."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import random
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from graphdb.bootstrap import property_indexes
from graphdb.catalog.changes import JobKind
from graphdb.catalog.compare import joined
from graphdb.catalog.edit import object_types, properties
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.parts import BuildState, RollUp, RollUpFunction
from graphdb.catalog.portable import without_history
from graphdb.errors import WriteRefused
from graphdb.jobs import JobState, Terms, run_jobs
from graphdb.jobs.work import clock
from graphdb.journal.log import log_state
from graphdb.writer.operations import Archive, Create, Update
from schema.kept import kept_roll_ups
from tests.edits import draft, make
from tests.job_graph import Interrupted, JobGraph
from tests.kept import KeptGraph, kept_catalog, ref

if TYPE_CHECKING:
    from datetime import datetime

    from graphdb.bolt import BoltStore

TERMS = Terms(grace_s=0, batch=7, roll_ups=kept_roll_ups)
NAMES = ("openValue", "dealCount", "urgentDeals")
KEPT = {"indexed": True, "indexed_state": BuildState.BUILDING}


@pytest.fixture
async def kept(store: BoltStore) -> KeptGraph:
    """Companies, of which some have deals and one is archived; nothing is kept yet."""
    graph = await KeptGraph.begin(store, kept_catalog(indexed=False))
    companies = await graph.write(*(Create(type="company", values={"name": f"c{n}"}) for n in range(20)))
    for number, company in enumerate(companies):
        for amount in range(number % 4):
            await graph.write(_deal(graph, company, 10_000 * (amount + 1)))
    await graph.write(Archive(by=ref("company", companies[3])))
    await graph.number()
    return graph


@pytest.fixture
def graph(kept: KeptGraph) -> JobGraph:
    """The same graph, whose data model is to be changed."""
    return JobGraph(kept.store, kept.catalog)  # type: ignore[arg-type]


def _deal(graph: KeptGraph, company: str, amount: int) -> Create:
    values = {"name": "d", "amount": amount, "stage": "PROSPECTING", "closeDate": date(2026, 3, 1)}
    return Create(type="deal", values=values, links=(graph.link("deal", "company", company),))


def _hours_later(hours: int) -> datetime:
    """So that the lease of whoever was stopped has run out."""
    return clock() + timedelta(hours=hours)


async def _change(kept: KeptGraph, graph: JobGraph, name: str, kind: JobKind, **changes: object) -> None:
    await graph.change("company", name, kind, **changes)
    kept.catalog = graph.catalog


async def _run(kept: KeptGraph, graph: JobGraph) -> JobState:
    jobs = await graph.run(TERMS)
    kept.catalog = graph.catalog
    return jobs[-1].state


async def test_one_that_is_to_be_kept_is_computed_until_every_record_holds_it(kept: KeptGraph, graph: JobGraph) -> None:
    for name in NAMES:
        await _change(kept, graph, name, JobKind.INDEX, **KEPT)
        assert graph.property("company", name).computed
        assert await _run(kept, graph) is JobState.DONE
        assert not graph.property("company", name).computed
        assert await kept.wrong() == []
        await graph.assert_markers("Company", name)
    held = await kept.rows("MATCH (r:Company) WHERE r.dealCount > 0 RETURN count(r)")
    assert held == [[14]]
    state = await log_state(kept.store)
    assert state.folded == state.position


async def test_what_writers_do_meanwhile_is_kept_too(kept: KeptGraph, graph: JobGraph) -> None:
    companies = [row[0] for row in await kept.rows("MATCH (r:Company) RETURN r.id ORDER BY r.id")]
    deals = [row[0] for row in await kept.rows("MATCH (r:Deal) RETURN r.id ORDER BY r.id")]
    for name in NAMES:
        await graph.change("company", name, JobKind.INDEX, **KEPT)
    kept.catalog = graph.catalog
    done = asyncio.Event()

    async def write(seed: int) -> None:
        dice = random.Random(seed)  # noqa: S311 - what they write is no secret
        while not done.is_set():
            await kept.write(_deal(kept, dice.choice(companies), 500))
            await kept.write(Update(by=ref("deal", dice.choice(deals)), values={"amount": dice.randrange(10**6)}))
            await asyncio.sleep(0.02)

    async def fold() -> None:
        while not done.is_set():
            kept.catalog = await graph.reload()
            await kept.catch_up()

    behind = [asyncio.create_task(fold()), *(asyncio.create_task(write(seed)) for seed in range(2))]
    try:
        await run_jobs(kept.store, dataclasses.replace(TERMS, batch=3))
    finally:
        done.set()
        await asyncio.gather(*behind)
    kept.catalog = await graph.reload()
    assert all(not graph.property("company", name).computed for name in NAMES)
    await kept.catch_up()
    assert await kept.wrong() == []


@pytest.mark.parametrize("after", [False, True])
async def test_whoever_is_stopped_while_records_get_their_values_is_followed_by_another(
    kept: KeptGraph, graph: JobGraph, *, after: bool
) -> None:
    await _change(kept, graph, "openValue", JobKind.INDEX, **KEPT)
    for statement in range(1, 400):
        store: object = Interrupted(graph.store, statement, after=after)
        terms = dataclasses.replace(TERMS, holder=f"h{statement}", now=partial(_hours_later, statement))
        try:
            await run_jobs(store, terms)  # type: ignore[arg-type]
        except asyncio.CancelledError:
            continue
        break
    assert 10 < statement < 399
    kept.catalog = await graph.reload()
    assert not graph.property("company", "openValue").computed
    await kept.catch_up()
    assert await kept.wrong() == []


async def test_one_that_is_defined_anew_is_worked_out_anew(kept: KeptGraph, graph: JobGraph) -> None:
    await _change(kept, graph, "openValue", JobKind.INDEX, **KEPT)
    await _run(kept, graph)
    defined = RollUp(field="deals", function=RollUpFunction.MAX, property="amount")
    await _change(kept, graph, "openValue", JobKind.INDEX, roll_up=defined, **KEPT)
    assert graph.property("company", "openValue").computed
    assert await _run(kept, graph) is JobState.DONE
    assert await kept.wrong() == []
    assert await kept.rows("MATCH (r:Company) RETURN max(r.openValue)") == [[30_000]]


async def test_one_that_is_kept_no_more_leaves_nothing_behind(kept: KeptGraph, graph: JobGraph) -> None:
    await _change(kept, graph, "openValue", JobKind.INDEX, **KEPT)
    await _run(kept, graph)
    await _change(kept, graph, "openValue", JobKind.DROP_INDEX, indexed=False, indexed_state=BuildState.ONLINE)
    assert await _run(kept, graph) is JobState.DONE
    left = "MATCH (r:Record) WHERE r.openValue IS NOT NULL OR r._u_openValue IS NOT NULL RETURN count(r)"
    assert await kept.rows(left) == [[0]]
    wanted = {index.name for index in property_indexes("Company", "openValue", marked=True)}
    names = {row[0] for row in await kept.store.change_schema("SHOW INDEXES YIELD name")}
    assert not names & wanted


async def test_a_process_that_cannot_work_roll_ups_out_leaves_the_job_to_others(
    kept: KeptGraph, graph: JobGraph
) -> None:
    await _change(kept, graph, "openValue", JobKind.INDEX, **KEPT)
    (job,) = await graph.run(dataclasses.replace(TERMS, roll_ups=None))
    assert job.state is JobState.RUNNING
    assert graph.property("company", "openValue").computed
    assert await _run(kept, graph) is JobState.DONE
    assert await kept.wrong() == []


# --- the edits ------------------------------------------------------------------------------------------------

OPEN = {"field": "deals", "function": "sum", "property": "amount", "where": {"isClosed": {"eq": False}}}


def test_the_edits_of_a_kept_roll_up_leave_the_jobs_that_they_need() -> None:
    one = draft()
    given = {"label": "Open value", "type": "money", "roll_up": OPEN, "indexed": True}
    prop = make(one, properties.create, "company", given)
    assert (prop.kept, prop.computed, [job.kind for job in one.jobs]) == (True, True, [JobKind.INDEX])
    make(one, properties.update, "company", "openValue", {"label": "Open"})
    assert len(one.jobs) == 1
    prop = make(one, properties.update, "company", "openValue", {"roll_up": {**OPEN, "function": "max"}})
    assert (prop.indexed_state, one.jobs[1].kind) == (BuildState.BUILDING, JobKind.INDEX)
    prop = make(one, properties.update, "company", "openValue", {"indexed": False})
    assert (prop.kept, one.jobs[2].kind) == (False, JobKind.DROP_INDEX)
    make(one, properties.update, "company", "openValue", {"indexed": True})
    make(one, properties.retire, "company", "openValue")
    make(one, properties.delete, "company", "openValue")
    assert [job.kind for job in one.jobs[3:]] == [JobKind.INDEX, JobKind.DROP_INDEX]


def test_a_formula_is_not_kept() -> None:
    one = draft()
    with pytest.raises(WriteRefused, match=r"a formula is computed when it is read \(a roll-up can be kept\)"):
        make(one, properties.create, "company", {"label": "X", "type": "money", "formula": "1", "indexed": True})


def test_one_that_nobody_kept_while_an_object_type_was_off_is_worked_out_anew() -> None:
    one = draft()
    make(one, object_types.enable, "course")
    rolled = {"field": "contacts", "function": "count", "where": json.loads('{"courses": {"some": {}}}')}
    make(one, properties.create, "company", {"label": "Pupils", "type": "integer", "roll_up": rolled, "indexed": True})
    changed = dataclasses.replace(one.catalog.by_name["course"], enabled=False, retired=None, leaves=None)
    one.put_type(changed)
    jobs = len(one.jobs)
    make(one, object_types.enable, "course")
    assert [(job.kind, job.property) for job in one.jobs[jobs:]] == [
        (JobKind.ENSURE_TYPE, None),
        (JobKind.INDEX, "pupils"),
    ]
    assert one.catalog.by_name["company"].by_name["pupils"].indexed_state is BuildState.BUILDING


def test_one_of_a_model_from_elsewhere_is_worked_out_before_it_is_read() -> None:
    own, one = standard_catalog(), draft()
    make(one, properties.create, "company", {"label": "Open", "type": "money", "roll_up": OPEN, "indexed": True})
    change = joined(own, without_history(one.catalog))
    assert [(job.kind, job.property) for job in change.jobs] == [(JobKind.INDEX, "open")]
    assert change.catalog.by_name["company"].by_name["open"].computed
