"""Composite indexes in the data model: what they may be of, how they come and go, and what the engine makes of them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.bootstrap import Index, index_states
from graphdb.catalog.changes import JobKind
from graphdb.catalog.check import check
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.compare import ChangeKind, compare, joined, refusals
from graphdb.catalog.edit import indexes, properties
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Catalog
from graphdb.catalog.parts import CompositeIndex
from graphdb.errors import FaultCode
from graphdb.jobs import JobState
from graphdb.store import Engine
from tests.edits import draft, jobs, make, refused
from tests.job_graph import JobGraph, carry_out_interrupted, states

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

PAIR = CompositeIndex(equal="leadStatus", order="lastContactedAt")


def _catalog(*found: CompositeIndex, object_type: str = "contact") -> Catalog:
    """The standard data model with these composite indexes of an object type alone."""
    catalog = standard_catalog()
    types = tuple(
        dataclasses.replace(one, composite_indexes=found if one.name == object_type else ())
        for one in catalog.object_types
    )
    return dataclasses.replace(catalog, object_types=types, _sides={})


def _faults(*found: CompositeIndex) -> list[tuple[str, str]]:
    return [(fault.field, fault.message) for fault in check(_catalog(*found))]


@pytest.mark.parametrize(
    "found",
    [PAIR, CompositeIndex(equal="age", order="createdAt"), CompositeIndex(equal="owner", order="updatedAt")],
)
def test_two_properties_by_which_lists_are_filtered_and_sorted(found: CompositeIndex) -> None:
    """What is filtered by needs no index of its own unless it holds text."""
    assert _faults(found) == []


@pytest.mark.parametrize(
    ("equal", "order", "words"),
    [
        ("leadStatus", "nope", "expected properties of the type, found 'nope'"),
        ("leadStatus", "id", "expected properties of the type, found 'id'"),
        ("lastName", "lastName", "expected two properties, found lastName twice"),
        ("additionalEmails", "lastName", "expected properties by which lists are sorted, additionalEmails holds"),
        ("leadStatus", "birthDate", "expected birthDate to be indexed by itself (updateProperty, indexed: true)"),
        ("city", "createdAt", "expected city to be indexed by itself"),
    ],
)
def test_what_a_composite_index_cannot_be_of(equal: str, order: str, words: str) -> None:
    ((place, message),) = _faults(CompositeIndex(equal=equal, order=order))
    assert place == f"composite_indexes.{equal}.{order}"
    assert words in message


def test_each_once_and_ten_at_most() -> None:
    assert _faults(PAIR, PAIR) == [
        (
            "composite_indexes.leadStatus.lastContactedAt",
            "CONFLICT: there is a composite index of leadStatus and lastContactedAt already",
        )
    ]
    names = ("lifecycleStage", "leadStatus", "age", "owner", "country", "email")
    many = [CompositeIndex(equal=name, order=order) for name in names for order in ("createdAt", "updatedAt")]
    assert _faults(*many[:10]) == []
    assert _faults(*many[:11]) == [("composite_indexes", "expected at most 10 composite indexes, found 11")]


def test_one_of_a_calculated_or_retired_property_is_refused() -> None:
    one = draft(_catalog())
    make(one, properties.create, "contact", {"label": "Twice", "type": "integer", "formula": "age * 2"})
    fault = refused(one, indexes.create, "contact", "twice", "createdAt")
    assert "Expected properties that are stored, twice is computed" in fault.message
    make(one, properties.retire, "contact", "leadStatus")
    fault = refused(one, indexes.create, "contact", "leadStatus", "createdAt")
    assert "leadStatus is retired (restoreProperty)" in fault.message


def test_it_is_made_and_given_up_with_a_job_behind_each() -> None:
    one = draft(_catalog())
    made = make(one, indexes.create, "contact", PAIR.equal, PAIR.order)
    assert made.composite_indexes == (PAIR,)
    assert one.catalog.by_name["contact"] == made
    assert jobs(one) == [(JobKind.COMPOSITE_INDEX, "contact", "leadStatus")]
    assert one.jobs[0].order == "lastContactedAt"
    assert refused(one, indexes.create, "contact", PAIR.equal, PAIR.order).code is FaultCode.CONFLICT
    fault = refused(one, indexes.delete, "contact", PAIR.order, PAIR.equal)
    assert (fault.code, fault.message) == (
        FaultCode.NOT_FOUND,
        "Contact has no composite index of lastContactedAt and leadStatus; it has leadStatus, lastContactedAt.",
    )
    assert make(one, indexes.delete, "contact", PAIR.equal, PAIR.order).composite_indexes == ()
    assert jobs(one)[1:] == [(JobKind.DROP_COMPOSITE_INDEX, "contact", "leadStatus")]


@pytest.mark.parametrize(
    ("arguments", "place"),
    [
        (("nobody", "leadStatus", "createdAt"), ("objectType",)),
        (("contact", "leadstatus", "createdAt"), ("equal",)),
        (("contact", "leadStatus", "created"), ("order",)),
    ],
)
def test_what_is_not_there_is_named(arguments: tuple[str, str, str], place: tuple[str, ...]) -> None:
    fault = refused(draft(_catalog()), indexes.create, *arguments)
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, place)


@pytest.mark.parametrize("name", ["leadStatus", "lastContactedAt"])
def test_a_property_that_takes_part_stays_until_the_index_is_given_up(name: str) -> None:
    one = draft(_catalog(PAIR))
    fault = refused(one, properties.retire, "contact", name)
    assert "a composite index is of leadStatus, lastContactedAt (deleteCompositeIndex)" in fault.message
    make(one, indexes.delete, "contact", PAIR.equal, PAIR.order)
    make(one, properties.retire, "contact", name)


def test_what_it_is_in_the_order_of_stays_indexed() -> None:
    fault = refused(draft(_catalog(PAIR)), properties.update, "contact", "lastContactedAt", {"indexed": False})
    assert "Expected lastContactedAt to be indexed by itself" in fault.message


def test_it_travels_with_the_data_model() -> None:
    """As data it is one of named elements: what an import brings is added, what it lacks is left alone."""
    own, other = _catalog(PAIR), _catalog(CompositeIndex(equal="owner", order="createdAt"))
    assert from_data(Catalog, to_data(own), "here") == own
    changes = compare(own, other)
    assert [(one.kind, one.place[-1]) for one in changes] == [
        (ChangeKind.ABSENT, "leadStatus.lastContactedAt"),
        (ChangeKind.ADDED, "owner.createdAt"),
    ]
    assert refusals(changes, {"contact"}) == []
    change = joined(own, other)
    found = change.catalog.by_name["contact"].composite_indexes
    assert {(one.equal, one.order) for one in found} == {("leadStatus", "lastContactedAt"), ("owner", "createdAt")}
    assert [(job.kind, job.property, job.order) for job in change.jobs] == [
        (JobKind.COMPOSITE_INDEX, "owner", "createdAt")
    ]


@pytest.fixture
async def graph(clean_store: BoltStore) -> JobGraph:
    """The standard data model without composite indexes, in an empty graph."""
    graph = await JobGraph.begin(clean_store)
    await graph.commit(_catalog())
    return graph


async def _edit(graph: JobGraph, edit: Any) -> None:
    one = draft(graph.catalog)
    make(one, edit, "contact", PAIR.equal, PAIR.order)
    await graph.commit(one.catalog, *one.jobs)


async def _there(graph: JobGraph) -> dict[tuple[str, ...], str]:
    """Which of the composite indexes the engine has, and how far each is."""
    found = await graph.store.change_schema("SHOW INDEXES YIELD labelsOrTypes, properties, state")
    wanted = (("leadStatus", "lastContactedAt", "id"), ("leadStatus", "_u_lastContactedAt", "id"))
    return {
        tuple(columns): state for labels, columns, state in found if labels == ["Contact"] and tuple(columns) in wanted
    }


async def test_the_engine_gets_it_and_one_of_the_unset_values_and_loses_both(graph: JobGraph) -> None:
    """The embedded engine, which reads an index for a value only, gets none; the jobs end all the same."""
    await _edit(graph, indexes.create)
    assert states(await graph.run()) == [(JobKind.COMPOSITE_INDEX, JobState.DONE)]
    neo4j = graph.store.engine is Engine.NEO4J
    columns = {("leadStatus", "lastContactedAt", "id"), ("leadStatus", "_u_lastContactedAt", "id")}
    assert await _there(graph) == (dict.fromkeys(columns, "ONLINE") if neo4j else {})
    wanted = {status.index for status in await index_states(graph.store, graph.catalog)}
    assert {Index("Contact", one) for one in columns} <= wanted if neo4j else wanted.isdisjoint(columns)
    await _edit(graph, indexes.delete)
    assert states(await graph.run())[1:] == [(JobKind.DROP_COMPOSITE_INDEX, JobState.DONE)]
    assert await _there(graph) == {}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_jobs_that_are_stopped_anywhere_end_later(graph: JobGraph, *, after: bool) -> None:
    await _edit(graph, indexes.create)
    assert await carry_out_interrupted(graph, after=after) > 3
    await _edit(graph, indexes.delete)
    assert await carry_out_interrupted(graph, after=after) > 3
    assert await _there(graph) == {}


async def test_of_changes_back_and_forth_the_last_one_holds(graph: JobGraph) -> None:
    await _edit(graph, indexes.create)
    await _edit(graph, indexes.delete)
    await _edit(graph, indexes.create)
    found = await graph.run()
    assert [job.state for job in found] == [JobState.DONE] * 3
    assert found[1].reason is not None
    assert bool(await _there(graph)) is (graph.store.engine is Engine.NEO4J)
    await _edit(graph, indexes.delete)
    await graph.run()
