"""``associations`` and ``timeline``: lists of records of several object types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from tests.test_oracle import first_difference

if TYPE_CHECKING:
    from tests.harness import Crm


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


@pytest.mark.parametrize(
    "field",
    [
        "associations",
        "associations(types: [CONTACT, DEAL, TICKET])",
        "timeline",
        "timeline(kinds: [NOTE, CALL, EMAIL])",
    ],
)
@pytest.mark.parametrize("size", [1, 3])
async def test_walking_all_pages(crm: Crm, field: str, size: int) -> None:
    """Every record comes once, in the oracle's order: of the company that has the most of them."""
    degree = {one.id: 0 for one in crm.oracle.graph.by_type["company"]}
    for pair in crm.oracle.graph.pairs:
        for one in pair & degree.keys():
            degree[one] += any(crm.oracle.catalog.by_name[crm.oracle.graph.records[i].type].activity for i in pair)
    called, _, rest = field.partition("(")
    arguments = f"(first: $first, after: $after{', ' + rest[:-1] if rest else ''})"
    text = f"""query Walk($id: ID!, $first: Int, $after: String) {{
      company(by: {{id: $id}}) {{ page: {called}{arguments} {{ totalCount pageInfo {{ hasNextPage endCursor }}
        nodes {{ ... on Node {{ id }} }} }} }} }}"""
    given: dict[str, Any] = {"id": max(degree, key=lambda one: degree[one])}
    expected = (crm.oracle.answer(text, {**given, "first": 1000}).data or {})["company"]["page"]
    assert expected["totalCount"] > 1
    found: list[Any] = []
    after, more = None, True
    while more:
        response = await crm.ask(text, {**given, "first": size, "after": after})
        assert response.data is not None, response.errors
        page = response.data["company"]["page"]
        found += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == expected["nodes"]


async def test_a_timeline_is_newest_first(crm: Crm) -> None:
    """By ``occurredAt``; an activity without one comes last."""
    text = """{ companies(first: 1000) { nodes { timeline(first: 20) { nodes {
      ... on Note { t: occurredAt } ... on Call { t: occurredAt } ... on Email { t: occurredAt }
      ... on Meeting { t: occurredAt } ... on Task { t: occurredAt } ... on Communication { t: occurredAt } } } } } }"""
    response = await crm.ask(text)
    assert response.data is not None, response.errors
    timelines = [
        [one["t"] and datetime.fromisoformat(one["t"]) for one in company["timeline"]["nodes"]]
        for company in response.data["companies"]["nodes"]
    ]
    assert any(len(times) > 1 for times in timelines)
    assert any(None in times for times in timelines)
    never = datetime(1, 1, 1, tzinfo=UTC)
    for times in timelines:
        assert times == sorted(times, key=lambda at: at or never, reverse=True)


async def test_associations_of_a_record_of_any_type(crm: Crm) -> None:
    """On the interface, twice over, through fragments: as the executor answers it."""
    ids = [records[0].id for records in crm.oracle.graph.by_type.values()]
    text = """query Around($ids: [ID!]!) { nodes(ids: $ids) { associations(types: [CONTACT, COMPANY], first: 3) {
      totalCount edges { labels { name } associatedAt cursor node {
        ...Name associations(types: [DEAL], first: 2) { nodes { ...Name ... on Deal { amount } } } } } } } }
      fragment Name on Record { __typename displayName }"""
    expected = crm.oracle.answer(text, {"ids": ids})
    response = await crm.ask(text, {"ids": ids})
    assert not response.errors
    assert first_difference(expected.data, response.data) is None


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{ contacts { nodes { associations(first: -1) { totalCount } } } }", "BAD_USER_INPUT", "from 0 to 1,000"),
        ("{ contacts { nodes { associations(first: 1001) { totalCount } } } }", "BAD_USER_INPUT", "found 1,001"),
        ('{ contacts { nodes { associations(after: "x") { totalCount } } } }', "BAD_USER_INPUT", "it is no cursor"),
        (
            '{ contacts { nodes { timeline(after: "WyJkODFjMjY2NiIsIjAiXQ") { totalCount } } } }',
            "BAD_USER_INPUT",
            "another orderBy",
        ),
        (
            "{ contacts { nodes { timeline(kinds: [DEAL]) { totalCount } } } }",
            "GRAPHQL_VALIDATION_FAILED",
            "'TimelineKind' enum",
        ),
        (
            "{ contacts { nodes { associations(types: [PERSON]) { totalCount } } } }",
            "GRAPHQL_VALIDATION_FAILED",
            "'ObjectTypeName' enum",
        ),
        (
            """{ contacts { nodes { associations { nodes { associations { nodes { associations { nodes { associations {
              nodes { id } } } } } } } } } } }""",
            "TOO_COMPLEX",
            "more than 5,000 fields",
        ),
    ],
)
async def test_bad_input_is_refused(crm: Crm, text: str, code: str, words: str) -> None:
    """With its code, and words that say what was expected."""
    response = await crm.ask(text)
    assert response.data is None
    assert response.codes == [code]
    assert words in response.errors[0]["message"].replace("5000", "5,000")


def test_the_object_types_are_part_of_the_shape(merged: MergedSchema) -> None:
    """They choose the statement's text, given in variables or not; so each choice has a plan of its own."""
    prepared = Prepared(
        merged.graphql_schema,
        standard_catalog(),
        parse("query A($t: [ObjectTypeName!]) { contacts { nodes { associations(types: $t) { totalCount } } } }"),
    )
    texts = {prepared.plan({"t": given}).text for given in (["DEAL"], ["NOTE"], [], None)}
    assert len(texts) == 4
    assert prepared.plan({"t": ["DEAL"]}) is prepared.plan({"t": ["DEAL"]})


def test_what_is_not_associated_is_no_error(merged: MergedSchema) -> None:
    """A list along no association at all reads nothing."""
    text = (
        "{ products { nodes { associations(types: [CONTACT]) { totalCount nodes { id } pageInfo { endCursor } } } } }"
    )
    plan = Prepared(merged.graphql_schema, standard_catalog(), parse(text)).plan()
    assert "[:" not in plan.text


def test_a_page_counts_once_whatever_record_it_hangs_on(merged: MergedSchema) -> None:
    """``records`` adds up pages, not the object types that a page may hold."""
    text = '{ node(id: "x") { associations(first: 5) { nodes { associations(first: 7) { nodes { id } } } } } }'
    plan = Prepared(merged.graphql_schema, standard_catalog(), parse(text)).plan()
    assert [check.cost.parent for check in plan.checks] == [None, 0]
