"""``paths``: how two records are connected."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from tests.crm import minted
from tests.test_oracle import first_difference

if TYPE_CHECKING:
    from tests.harness import Crm

PATH = "{ length nodes { id displayName } edges { from to labels { name label } } }"


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _ends(crm: Crm) -> dict[str, str]:
    """Two of the contacts made by hand, who share a company, a colleague and a manager."""
    graph = crm.oracle.graph
    ada, bob = (
        next(one.id for one in graph.by_type["contact"] if one.values.get("email") == f"{name}@hub.example")
        for name in ("ada", "bob")
    )
    return {"from": ada, "to": bob}


async def _same(crm: Crm, text: str, variables: dict[str, Any]) -> Any:
    expected = crm.oracle.answer(text, variables)
    assert not expected.errors
    response = await crm.ask(text, variables)
    assert not response.errors
    assert first_difference(expected.data, response.data) is None
    return response.data


@pytest.mark.parametrize(
    ("arguments", "least"),
    [
        ("maxHops: 1", 1),
        ("maxHops: 2", 3),
        ("first: 1000", 4),
        ("maxHops: 3, shortest: true", 1),
        ("maxHops: 3, via: [COMPANY], first: 1000", 2),
        ("maxHops: 3, via: [CONTACT, DEAL], first: 1000", 2),
        ("maxHops: 2, via: []", 1),
        ('maxHops: 3, labels: ["manager", "colleague"]', 1),
        ('maxHops: 3, labels: ["direct_report"]', 1),
        ('maxHops: 2, labels: ["primary"]', 0),
        ("maxHops: 2, labels: []", 0),
        ("maxHops: 2, first: 0", 0),
    ],
)
async def test_paths_are_those_of_a_walk(crm: Crm, arguments: str, least: int) -> None:
    """Each once, the shortest first, through the chosen types, along the chosen labels."""
    text = f"""query Q($from: ID!, $to: ID!) {{ p: paths(from: $from, to: $to, {arguments}) {{
      nodes {PATH} pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"""
    found = (await _same(crm, text, _ends(crm)))["p"]["nodes"]
    assert len(found) >= least
    for path in found:
        ids = [node["id"] for node in path["nodes"]]
        assert len(set(ids)) == len(ids) == path["length"] + 1
        assert [(edge["from"], edge["to"]) for edge in path["edges"]] == list(itertools.pairwise(ids))


@pytest.mark.parametrize("size", [2, 5])
@pytest.mark.parametrize("shortest", [False, True])
async def test_walking_all_pages(crm: Crm, size: int, shortest: bool) -> None:
    """Every path once, over the borders between lengths."""
    text = """query Walk($from: ID!, $to: ID!, $first: Int, $after: String, $shortest: Boolean) {
      p: paths(from: $from, to: $to, first: $first, after: $after, shortest: $shortest, via: [CONTACT, COMPANY]) {
        edges { cursor node { length nodes { id } } } pageInfo { hasNextPage endCursor } } }"""
    given = {**_ends(crm), "shortest": shortest}
    expected = (crm.oracle.answer(text, {**given, "first": 1000}).data or {})["p"]["edges"]
    assert len({path["node"]["length"] for path in expected}) == (1 if shortest else 3)
    found: list[Any] = []
    after, more = None, True
    while more:
        page = (await _same(crm, text, {**given, "first": size, "after": after}))["p"]
        found += page["edges"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == expected


async def test_no_path(crm: Crm) -> None:
    """To an unknown record, from an unknown one, to itself: empty, and no other root field is harmed."""
    text = """query Q($from: ID!, $none: ID!) {
      a: paths(from: $from, to: $none) { nodes { length } pageInfo { hasNextPage endCursor } }
      b: paths(from: $none, to: $from) { edges { cursor } }
      c: paths(from: $from, to: $from) { nodes { length nodes { id } } }
      contacts(first: 1) { nodes { id } } }"""
    data = await _same(crm, text, {"from": _ends(crm)["from"], "none": minted(999_999)})
    assert [data["a"]["nodes"], data["b"]["edges"], data["c"]["nodes"]] == [[], [], []]
    assert data["contacts"]["nodes"]


@pytest.mark.parametrize(
    ("arguments", "place", "words"),
    [
        ("maxHops: 0", ["maxHops"], "maxHops expects from 1 to 6; found 0"),
        ("maxHops: 7", ["maxHops"], "maxHops expects from 1 to 6; found 7"),
        ("first: -1", ["first"], "first expects from 0 to 1,000; found -1"),
        ('labels: ["primary", "managr"]', ["labels", 1], 'No association label is named "managr". Did you mean'),
        ('after: "x"', ["after"], "it is no cursor"),
        ('after: "WyJkODFjMjY2NiIsIjAiXQ"', ["after"], "another"),
    ],
)
async def test_bad_input_is_refused(crm: Crm, arguments: str, place: list[Any], words: str) -> None:
    """BAD_USER_INPUT with its place in the input."""
    response = await crm.ask(f'{{ paths(from: "x", to: "y", {arguments}) {{ nodes {{ length }} }} }}')
    assert response.data is None
    assert response.codes == ["BAD_USER_INPUT"]
    assert words in response.errors[0]["message"]
    assert response.errors[0]["path"] == ["paths"]
    assert response.errors[0]["extensions"]["input"] == place


def test_what_chooses_the_text_is_part_of_the_shape(merged: MergedSchema) -> None:
    """Lengths, types and labels are; ids and sizes are not."""
    text = """query Q($h: Int, $l: [String!], $v: [ObjectTypeName!], $s: Boolean, $id: ID!, $n: Int) {
      paths(from: $id, to: "y", maxHops: $h, labels: $l, via: $v, shortest: $s, first: $n) { nodes { length } } }"""
    prepared = Prepared(merged.graphql_schema, standard_catalog(), parse(text))
    given: dict[str, Any] = {"h": 2, "l": ["primary"], "v": ["DEAL"], "s": True, "id": "x", "n": 1}
    plan = prepared.plan(given)
    assert prepared.plan({**given, "id": "z", "n": 7}) is plan
    others: dict[str, Any] = {"h": 3, "l": ["manager"], "v": ["COMPANY"], "s": False}
    for name, other in others.items():
        assert prepared.plan({**given, name: other}) is not plan
