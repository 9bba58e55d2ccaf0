"""What a document will make the engine visit, by statistics that the test makes up: no data is needed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from graphql import GraphQLError

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.statistics import Ends, Statistics
from schema import Limits, MergedSchema, build_schema, prepare
from schema.compiler.plan import SIZES_MAX

NOW = datetime(2026, 11, 22, tzinfo=UTC)
MILLION = Statistics(
    nodes={"Contact": 1_000_000, "Company": 100_000, "Deal": 200_000, "Ticket": 0},
    relationships={
        "CONTACT_COMPANY": 1_000_000,
        "CONTACT_COMPANY__PRIMARY": 900_000,
        "COMPANY_DEAL": 200_000,
        "CONTACT_CONTACT": 500_000,
    },
    ends={
        "CONTACT_COMPANY": Ends(start="Contact", end="Company"),
        "CONTACT_COMPANY__PRIMARY": Ends(start="Contact", end="Company"),
        "COMPANY_DEAL": Ends(start="Company", end="Deal"),
        "CONTACT_CONTACT": Ends(start="Contact", end="Contact"),
    },
)


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _touches(merged: MergedSchema, text: str, limits: Limits | None = None) -> int | None:
    prepared = prepare(merged.graphql_schema, standard_catalog(), text, None, limits)
    return prepared.plan().bind({}, prepared.limits, statistics=MILLION, now=NOW).cost.touches


@pytest.mark.parametrize(
    ("text", "touches"),
    [
        pytest.param("{ contacts(first: 10) { nodes { id } } }", 10, id="a page in index order"),
        pytest.param("{ contacts(first: 10) { pageInfo { hasNextPage } } }", 11, id="one row more"),
        pytest.param("{ contacts(first: 10, orderBy: [{lastName: DESC}]) { nodes { id } } }", 10, id="indexed order"),
        pytest.param("{ contacts(first: 10, orderBy: [{jobTitle: ASC}]) { nodes { id } } }", 1_000_000, id="sorted"),
        pytest.param(
            "{ contacts(first: 10, orderBy: [{lastName: ASC}, {companies: {count: ASC}}]) { nodes { id } } }",
            2_000_000,
            id="an order over an association",
        ),
        pytest.param(
            "{ contacts(first: 10, where: {lifecycleStage: {eq: LEAD}}) { nodes { id } } }", 10, id="indexed equality"
        ),
        pytest.param(
            '{ contacts(first: 10, where: {city: {contains: "x"}}) { nodes { id } } }', 1_000_000, id="a scan"
        ),
        pytest.param("{ contacts { totalCount } }", 1, id="a stored count"),
        pytest.param("{ contacts(where: {score: {gt: 5}}) { totalCount } }", 1_000_000, id="a counted count"),
        pytest.param("{ companies(first: 10) { nodes { contacts(first: 2) { nodes { id } } } } }", 110, id="a hop"),
        pytest.param(
            "{ companies(first: 10) { nodes { contacts(first: 2) { nodes { id companies { nodes { id } } } } } } }",
            130,
            id="two hops, the second from the page of the first",
        ),
        pytest.param("{ companies(first: 10) { nodes { contacts { totalCount } } } }", 20, id="a degree"),
        pytest.param("{ contacts(first: 10) { nodes { contacts { nodes { id } } } } }", 20, id="within one type"),
        pytest.param('{ contact(by: {id: "x"}) { primaryCompany { name } } }', 2, id="one record"),
        pytest.param('{ node(id: "x") { ... on Company { contacts { nodes { id } } } } }', 11, id="of any type"),
        pytest.param(
            """{ contact(by: {id: "x"}) { associations(first: 3) {
              nodes { ... on Company { deals { nodes { id } } } } } } }""",
            7,
            id="of several types: one record, its two associations, and should both be companies two deals of each",
        ),
        pytest.param(
            "{ companies(first: 10) { nodes { contacts { aggregate { score { sum } } } } } }", 110, id="an aggregate"
        ),
        pytest.param("{ tickets { nodes { contacts { nodes { id } } } } }", 0, id="nothing there"),
    ],
)
def test_what_is_visited_follows_from_order_filter_and_degree(merged: MergedSchema, text: str, touches: int) -> None:
    assert _touches(merged, text) == touches


def test_without_statistics_only_page_sizes_count(merged: MergedSchema) -> None:
    prepared = prepare(merged.graphql_schema, standard_catalog(), "{ contacts(first: 3) { nodes { id } } }")
    cost = prepared.plan().bind({}, prepared.limits, now=NOW).cost
    assert (cost.records, cost.touches) == (3, None)


def test_a_document_that_would_visit_too_much_is_refused_with_the_field_and_the_numbers(merged: MergedSchema) -> None:
    text = """{ few: contacts(first: 1) { nodes { id } }
      companies(first: 10, orderBy: [{street: ASC}]) { nodes { contacts { nodes { id } } } } }"""
    with pytest.raises(GraphQLError) as caught:
        _touches(merged, text, Limits(touches_max=1_000))
    error = caught.value
    assert error.path == ["companies"]
    assert error.extensions == {"code": "TOO_COMPLEX", "touches": 100_101, "limit": 1_000}
    assert "100,101 records, 100,000 of them for companies" in error.message


def test_the_cost_is_that_of_the_sizes_and_statistics_of_the_request(merged: MergedSchema) -> None:
    """Whatever was asked before: more sizes than a plan remembers, other statistics, and the first ones again."""
    text = "query Page($first: Int!) { contacts(first: $first) { nodes { companies(first: 1) { nodes { id } } } } }"
    prepared = prepare(merged.graphql_schema, standard_catalog(), text)
    more = replace(MILLION, relationships={**MILLION.relationships, "CONTACT_COMPANY": 3_000_000})
    for statistics, companies in ((MILLION, 1), (more, 3), (MILLION, 1)):
        for first in [*range(1, SIZES_MAX + 3), 1]:
            variables = {"first": first}
            bound = prepared.plan(variables).bind(variables, prepared.limits, statistics=statistics, now=NOW)
            assert bound.cost.touches == first * (1 + companies)
