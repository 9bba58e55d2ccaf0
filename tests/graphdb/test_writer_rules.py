"""What the writer makes of rules and defaults."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.check import check
from graphdb.catalog.parts import Rules
from graphdb.cypher.statement import Statement
from graphdb.errors import WriteRefused
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Ref, Update, Upsert
from tests.job_graph import JobGraph

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction


@pytest.fixture
def graph(clean_store: BoltStore) -> JobGraph:
    """An empty graph, whose data model stands in memory alone."""
    return JobGraph(clean_store)


def give(graph: JobGraph, object_type: str, name: str, **changes: Any) -> None:
    """Change a property of the data model."""
    graph.catalog = graph.with_property(object_type, name, **changes)
    assert check(graph.catalog) == []


async def test_a_value_that_breaks_a_rule_is_refused_with_its_place(graph: JobGraph) -> None:
    give(graph, "contact", "city", rules=Rules(shortest=2, pattern="[A-Z].*"))
    give(graph, "deal", "amount", rules=Rules(greatest="1000.50"))

    with pytest.raises(WriteRefused) as caught:
        await graph.write(
            Create(type="contact", values={"city": "x"}, path=("input", 0)),
            Create(type="deal", values={"name": "D", "amount": 10_005_001}, path=("input", 1)),
        )
    assert [(fault.input, fault.message) for fault in caught.value.faults] == [
        (("input", 0, "city"), "city: expected at least 2 characters, found 1"),
        (("input", 1, "amount"), "amount: expected at most 1000.50, found 1000.5001"),
    ]
    record_id = await graph.create("contact", city="Oslo")
    with pytest.raises(WriteRefused, match="as a whole, found 'oslo'"):
        await graph.update("contact", record_id, city="oslo")
    await graph.update("contact", record_id, city=None)


async def test_what_stands_there_from_before_a_rule_is_no_obstacle_to_other_changes(graph: JobGraph) -> None:
    record_id = await graph.create("contact", city="x")
    give(graph, "contact", "city", rules=Rules(shortest=2))

    await graph.update("contact", record_id, state="y")
    assert await graph.rows("MATCH (r:Contact) RETURN r.city, r.state") == [["x", "y"]]


async def test_a_new_record_gets_defaults_and_a_stored_one_none(graph: JobGraph) -> None:
    give(graph, "contact", "city", default='"Oslo"', required=True, indexed=True)
    give(graph, "contact", "country", default='" NO "')

    await graph.write(
        Create(type="contact", values={"email": "a@x.org"}),
        Create(type="contact", values={"email": "b@x.org", "country": None, "city": "Rome"}),
        Upsert(type="contact", key="email", values={"email": "c@x.org"}),
    )
    await graph.write(Update(by=Ref(type="contact", key="email", value="b@x.org"), values={"state": "y"}))
    await graph.write(Upsert(type="contact", key="email", values={"email": "b@x.org", "state": "z"}))

    assert await graph.rows("MATCH (r:Contact) RETURN r.email, r.city, r.country ORDER BY r.email") == [
        ["a@x.org", "Oslo", "NO"],
        ["b@x.org", "Rome", None],
        ["c@x.org", "Oslo", "NO"],
    ]
    with pytest.raises(WriteRefused, match="city is required"):
        await graph.create("contact", city=None)


async def test_of_two_upserts_of_one_new_record_the_first_brings_the_defaults(graph: JobGraph) -> None:
    give(graph, "contact", "city", default='"Oslo"')
    values = [{"email": "a@x.org"}, {"email": "a@x.org", "city": "Rome"}, {"email": "a@x.org", "state": "x"}]

    await graph.write(*(Upsert(type="contact", key="email", values=one) for one in values))
    assert await graph.rows("MATCH (r:Contact) RETURN r.city, r.state") == [["Rome", "x"]]


async def test_a_default_stage_gives_way_to_a_stage_or_a_pipeline(graph: JobGraph) -> None:
    deal = graph.catalog.by_name["deal"]
    pipeline = deal.pipelines[0]
    give(graph, "deal", "stage", default=f'"{pipeline.stages[1].name}"')

    await graph.write(
        Create(type="deal", values={"name": "1"}),
        Create(type="deal", values={"name": "2", "pipeline": pipeline.name}),
        Create(type="deal", values={"name": "3", "stage": pipeline.stages[2].name}),
    )
    rows = await graph.rows("MATCH (r:Deal) RETURN r.stage, r.pipeline ORDER BY r.name")
    assert rows == [[pipeline.stages[at].name, pipeline.name] for at in (1, 0, 2)]


def test_unsound_rules_and_defaults_are_faults_of_the_data_model(graph: JobGraph) -> None:
    changed = graph.with_property("contact", "city", rules=Rules(shortest=3, longest=2), default="[]")

    assert [(fault.where, fault.field, fault.message) for fault in check(changed)] == [
        ("contact", "properties.city.rules", "shortest: expected at most the longest, 2, found 3"),
        ("contact", "properties.city.default", "expected text, found []"),
    ]


@pytest.mark.parametrize(("day", "written"), [(20, True), (21, False)])
def test_a_retired_option_is_written_until_its_last_day(graph: JobGraph, day: int, *, written: bool) -> None:
    found = graph.catalog.option_sets_by_name["LifecycleStage"]
    options = tuple(
        replace(one, retired="2026-11-22", leaves="2027-05-20") if one.name == "LEAD" else one for one in found.options
    )
    sets = tuple(replace(one, options=options) if one is found else one for one in graph.catalog.option_sets)
    writer = Writer(
        replace(graph.catalog, option_sets=sets, _sides={}), now=lambda: datetime(2027, 5, day, 23, tzinfo=UTC)
    )

    faults = list(writer.check([Create(type="contact", values={"lifecycleStage": "LEAD"}, path=("input",))]).faults)
    assert [fault.message for fault in faults] == (
        []
        if written
        else ["lifecycleStage: expected an option in use, found LEAD, which could be written until 2027-05-20"]
    )
    assert writer.check([Create(type="contact", values={"lifecycleStage": "CUSTOMER"})]).faults == ()


async def test_what_is_checked_is_made_anew_for_each_further_attempt(graph: JobGraph) -> None:
    """An attempt changes what it was given: here, the values of an upsert and the id of a record."""
    writer = Writer(graph.catalog)
    checked = writer.check([Upsert(type="contact", key="email", values={"email": "a@b.example", "city": "Oslo"})])
    made = []

    async def work(tx: Transaction) -> str:
        (outcome,) = await writer.apply(tx, checked)
        made.append(outcome.id)
        return outcome.id

    await graph.store.rollback(work)
    written = await graph.store.write(work)
    again = await graph.store.write(work)
    assert made[0] != written == again
    rows = await graph.store.read(Statement("MATCH (r:Record {id: $p.id}) RETURN r.email, r.city", {"id": written}))
    assert rows == [["a@b.example", "Oslo"]]
