"""Merges undone by another data model than they were made by."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.changes import JobKind
from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import Rules
from graphdb.errors import FaultCode, WriteRefused
from graphdb.writer.operations import Associate, Create, Merge, Purge, Ref, Unmerge, Update
from tests.graph_state import read_state
from tests.job_graph import JobGraph

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.errors import Fault


@pytest.fixture
async def graph(clean_store: BoltStore) -> JobGraph:
    return await JobGraph.begin(clean_store)


async def merged(graph: JobGraph, winner: dict[str, Any], loser: dict[str, Any], *take: str) -> tuple[str, str]:
    """Two contacts that are one, each with a company of its own."""
    ids = [await graph.create("contact", **values) for values in (winner, loser)]
    for record_id in ids:
        company = await graph.create("company")
        start, to = Ref(type="contact", key="id", value=record_id), Ref(type="company", key="id", value=company)
        await graph.write(Associate(start=start, to=to, labels=("billing",)))
    refs = [Ref(type="contact", key="id", value=one) for one in ids]
    await graph.write(Merge(winner=refs[0], loser=refs[1], take=take))
    return ids[0], ids[1]


async def undo(graph: JobGraph, loser: str) -> dict[str, dict[str, Any]]:
    """The values of all live contacts afterwards, in a sound graph."""
    await graph.write(Unmerge(type="contact", loser=loser))
    state = await read_state(graph.store, graph.catalog)
    assert state.broken == []
    return {record_id: values for record_id, (kind, values) in state.live.items() if kind == "contact"}


async def refused(graph: JobGraph, loser: str) -> Fault:
    before = await read_state(graph.store, graph.catalog)
    with pytest.raises(WriteRefused) as caught:
        await graph.write(Unmerge(type="contact", loser=loser, path=("loser",)))
    assert await read_state(graph.store, graph.catalog) == before
    (fault,) = caught.value.faults
    assert fault.input == ("loser",)
    return fault


async def test_a_property_that_is_gone(graph: JobGraph) -> None:
    """Deleted, its values come back to neither; one of its name and another type is another one."""
    winner, loser = await merged(graph, {"city": "here", "state": "s"}, {"city": "there", "jobTitle": "j"}, "city")
    await graph.commit(graph.without_property("contact", "city"), graph.spec("contact", JobKind.DELETE_VALUES, "city"))
    await graph.run()
    await graph.commit(graph.with_property("contact", "jobTitle", type=PropertyType.NUMBER))
    await graph.write(Update(by=Ref(type="contact", key="id", value=winner), values={"jobTitle": None}))
    assert await undo(graph, loser) == {winner: {"state": "s"}, loser: {}}
    assert await graph.rows("MATCH (n:Contact) WHERE n.city IS NOT NULL OR n.jobTitle IS NOT NULL RETURN n") == []


async def test_a_property_that_was_withdrawn(graph: JobGraph) -> None:
    """Its value is kept with the loser, for when the property is put back."""
    winner, loser = await merged(graph, {}, {"city": "there", "state": "s"})
    found = graph.catalog.by_name["contact"]
    city = found.by_name["city"]
    left = tuple(one for one in found.properties if one.name != "city")
    await graph.commit(graph.with_type(replace(found, properties=left, withdrawn_properties=(city,))))
    assert await undo(graph, loser) == {winner: {}, loser: {"state": "s"}}
    assert await graph.value("MATCH (n:Contact {id: $p.id}) RETURN n.city", id=loser) == "there"
    refs = [Ref(type="contact", key="id", value=one) for one in (winner, loser)]
    await graph.write(Merge(winner=refs[0], loser=refs[1]))
    assert (await undo(graph, loser))[loser] == {"state": "s"}
    assert await graph.value("MATCH (n:Contact {id: $p.id}) RETURN n.city", id=loser) == "there"


async def test_an_option_that_is_gone(graph: JobGraph) -> None:
    """Nobody gets it back."""
    winner, loser = await merged(graph, {"lifecycleStage": "LEAD"}, {"lifecycleStage": "CUSTOMER"}, "lifecycleStage")
    name = graph.catalog.by_name["contact"].by_name["lifecycleStage"].option_set
    sets = tuple(
        replace(one, options=tuple(option for option in one.options if option.name not in {"LEAD", "CUSTOMER"}))
        if one.name == name
        else one
        for one in graph.catalog.option_sets
    )
    await graph.commit(replace(graph.catalog, option_sets=sets, _sides={}))
    assert await undo(graph, loser) == {winner: {}, loser: {}}


async def test_what_the_loser_would_break(graph: JobGraph) -> None:
    """A value that is required by now, or must be another one: refused until the data model is loosened."""
    winner, loser = await merged(graph, {"city": "here"}, {"state": "long"})
    strict = graph.with_property("contact", "city", required=True)
    await graph.commit(strict)
    fault = await refused(graph, loser)
    assert fault.code is FaultCode.CONFLICT
    assert fault.message.startswith("city is required, as the data model has come to say")
    assert "updateProperty" in fault.message
    await graph.commit(graph.with_property("contact", "city", required=False))
    await graph.commit(graph.with_property("contact", "state", rules=Rules(longest=3)))
    fault = await refused(graph, loser)
    assert fault.message.startswith("state: ")
    await graph.commit(graph.with_property("contact", "state", rules=None))
    assert await undo(graph, loser) == {winner: {"city": "here"}, loser: {"state": "long"}}


async def test_a_value_that_the_survivor_must_have(graph: JobGraph) -> None:
    """Required since, it keeps the one that it has from the loser."""
    winner, loser = await merged(graph, {}, {"city": "there"})
    await graph.commit(graph.with_property("contact", "city", required=True))
    assert await undo(graph, loser) == {winner: {"city": "there"}, loser: {"city": "there"}}


async def test_unique_since_and_unique_no_more(graph: JobGraph) -> None:
    """Keys are claimed by the data model as it is."""
    winner, loser = await merged(graph, {"email": "a@x.example"}, {"email": "b@x.example", "city": "there"})
    contact = graph.catalog.by_name["contact"]
    properties = tuple(
        replace(one, unique={"city": True}.get(one.name, False))
        for one in contact.properties
        if one.unique_with is None
    )
    await graph.commit(graph.with_type(replace(contact, properties=properties)))
    await graph.write(Update(by=Ref(type="contact", key="id", value=winner), values={"city": "here"}))
    assert (await undo(graph, loser))[loser]["city"] == "there"
    assert await graph.value("MATCH (k:_Key {k: 'contact.city:there'})-[:OF]->(n) RETURN n.id") == loser


@pytest.mark.parametrize("gone", ["CONTACT_COMPANY", "CONTACT_COMPANY__BILLING"])
async def test_a_label_or_an_association_that_is_gone(graph: JobGraph, gone: str) -> None:
    """It is left out; without its label the association itself returns."""
    winner, loser = await merged(graph, {}, {})
    pair = next(one for one in graph.catalog.associations if one.relationship_type == "CONTACT_COMPANY")
    labels = tuple(one for one in pair.labels if one.relationship_type != gone)
    left = [
        replace(one, labels=labels) if one is pair else one
        for one in graph.catalog.associations
        if one.relationship_type != gone
    ]
    types = tuple(replace(one, required_associations=()) for one in graph.catalog.object_types)
    spec = graph.spec("contact", JobKind.DELETE_RELATIONSHIPS)
    specs = [replace(spec, label=one) for one in {gone, "CONTACT_COMPANY__BILLING"}]
    await graph.commit(replace(graph.catalog, object_types=types, associations=tuple(left), _sides={}), *specs)
    await graph.run()
    await undo(graph, loser)
    pairs = (await read_state(graph.store, graph.catalog)).pairs
    assert {start: marks for (_, start, _), marks in pairs.items()} == (
        {} if gone == "CONTACT_COMPANY" else {winner: (), loser: ()}
    )


async def test_a_label_that_allows_fewer_by_now(graph: JobGraph) -> None:
    """It returns as often as it may."""
    winner, loser = await merged(graph, {}, {})
    company = await graph.create("company")
    start, to = Ref(type="contact", key="id", value=loser), Ref(type="company", key="id", value=company)
    await graph.write(Unmerge(type="contact", loser=loser))
    await graph.write(Associate(start=start, to=to, labels=("billing",)))
    await graph.write(Merge(winner=Ref(type="contact", key="id", value=winner), loser=start))
    pair = next(one for one in graph.catalog.associations if one.relationship_type == "CONTACT_COMPANY")
    one_only = replace(
        pair, labels=tuple(replace(one, max_end=1) if one.name == "billing" else one for one in pair.labels)
    )
    left = tuple(one_only if one is pair else one for one in graph.catalog.associations)
    await graph.commit(replace(graph.catalog, associations=left, _sides={}))
    await undo(graph, loser)
    pairs = (await read_state(graph.store, graph.catalog)).pairs
    assert sorted(marks for (_, start, _), marks in pairs.items() if start == loser) == [(), ("billing",)]


async def test_a_deleted_object_type_leaves_nothing_to_undo(graph: JobGraph) -> None:
    await merged(graph, {}, {"lastName": "Prefect"})
    left = tuple(replace(one, required_associations=()) for one in graph.catalog.object_types if one.name != "contact")
    pairs = tuple(one for one in graph.catalog.associations if "contact" not in {one.start, one.end})
    spec = graph.spec("contact", JobKind.DELETE_RECORDS)
    assert await graph.value("MATCH (m:_Merge) RETURN count(m)") == 1
    await graph.commit(replace(graph.catalog, object_types=left, associations=pairs, _sides={}), spec)
    await graph.run()
    assert await graph.value("MATCH (m:_Merge) RETURN count(m)") == 0


async def test_a_disabled_object_type(graph: JobGraph) -> None:
    """As any write to it."""
    winner, loser = await merged(graph, {}, {})
    contact = graph.catalog.by_name["contact"]
    await graph.commit(graph.with_type(replace(contact, enabled=False)))
    fault = await refused(graph, loser)
    assert (fault.code, fault.message) == (FaultCode.BAD_USER_INPUT, "the object type Contact is not enabled")
    await graph.commit(graph.with_type(contact))
    assert set(await undo(graph, loser)) == {winner, loser}


async def test_records_of_before_have_nothing_to_undo_with(graph: JobGraph) -> None:
    """A merge that was made when nothing was kept of it."""
    _, loser = await merged(graph, {}, {})
    await graph.cypher("MATCH (m:_Merge) DELETE m")
    fault = await refused(graph, loser)
    assert fault.code is FaultCode.NOT_FOUND
    await graph.write(Purge(by=Ref(type="contact", key="id", value=loser)))
    await graph.write(Create(type="contact", values={}))
