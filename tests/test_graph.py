"""``neighbourhood`` and ``associationsBetween``: records and what joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from tests.crm import minted
from tests.test_oracle import first_difference

if TYPE_CHECKING:
    from tests.harness import Crm

WHOLE = "nodes { id displayName objectType } edges { from to labels { name label } } cut { of type more }"


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


async def _same(crm: Crm, text: str, variables: dict[str, Any]) -> Any:
    expected = crm.oracle.answer(text, variables)
    response = await crm.ask(text, variables)
    assert not response.errors
    assert first_difference(expected.data, response.data) is None
    return response.data


@pytest.mark.parametrize("hops", [1, 2, 3])
@pytest.mark.parametrize("per_type", [0, 1, 4, 100])
async def test_the_neighbourhood_of_a_hub(crm: Crm, hops: int, per_type: int) -> None:
    """Of the company that everybody works for; nothing is left out without being counted in ``cut``."""
    hub = next(one.id for one in crm.oracle.graph.by_type["company"] if one.values.get("domain") == "hub.example")
    text = f"query Q($of: ID!, $h: Int, $n: Int) {{ g: neighbourhood(of: $of, hops: $h, perType: $n) {{ {WHOLE} }} }}"
    graph = (await _same(crm, text, {"of": hub, "h": hops, "n": per_type}))["g"]
    ids = {node["id"] for node in graph["nodes"]}
    assert hub in ids
    assert len(ids) > 1 or per_type == 0
    assert all({edge["from"], edge["to"]} <= ids for edge in graph["edges"])
    if hops == 1:
        neighbours = sum(len(far) for (near, _), far in crm.oracle.graph.neighbours.items() if near == hub)
        assert sum(one["more"] for one in graph["cut"]) == neighbours - (len(ids) - 1)


async def test_defaults_and_what_is_not_there(crm: Crm) -> None:
    """One hop, a page of each type; nulls mean "not given"; an unknown record has an empty neighbourhood."""
    some, none = next(iter(crm.oracle.graph.records)), minted(999_999)
    around = "query Q($of: ID!, $hops: Int, $n: Int) { g: neighbourhood(of: $of, hops: $hops, perType: $n) { %s } }"
    plain = await _same(crm, around % WHOLE, {"of": some})
    assert await _same(crm, around % WHOLE, {"of": some, "hops": None, "n": None}) == plain
    empty: dict[str, Any] = {"nodes": [], "edges": [], "cut": []}
    assert (await _same(crm, around % WHOLE, {"of": none}))["g"] == empty
    between = "query Q($ids: [ID!]!) { g: associationsBetween(ids: $ids) { %s } contacts(first: 1) { nodes { id } } }"
    assert [one["id"] for one in (await _same(crm, between % WHOLE, {"ids": [none, some]}))["g"]["nodes"]] == [some]
    nothing = await _same(crm, between % WHOLE, {"ids": []})
    assert nothing["g"] == empty
    assert nothing["contacts"]["nodes"]


async def test_paired_labels_are_read_from_one_end(crm: Crm) -> None:
    """Whichever of two people is the manager, ``labels`` says what ``to`` is to ``from``."""
    people = [one.id for one in crm.oracle.graph.by_type["contact"][:4]]
    text = "query Q($ids: [ID!]!) { g: associationsBetween(ids: $ids) { edges { from to labels { name } } } }"
    graph = (await _same(crm, text, {"ids": [*people, *people]}))["g"]
    names = {label["name"] for edge in graph["edges"] for label in edge["labels"]}
    assert {"manager", "direct_report", "colleague"} <= names
    assert len({(edge["from"], edge["to"]) for edge in graph["edges"]}) == len(graph["edges"])


async def test_lists_below_the_nodes(crm: Crm) -> None:
    """A node is a record like any other."""
    some = crm.oracle.graph.by_type["company"][0].id
    text = """query Q($of: ID!) { neighbourhood(of: $of, perType: 3) { nodes { __typename id
      ... on Contact { email companies(first: 2) { totalCount edges { labels { name } node { name } } } }
      associations(types: [DEAL], first: 1) { nodes { displayName } } } } }"""
    await _same(crm, text, {"of": some})


@pytest.mark.parametrize(
    ("arguments", "place", "words"),
    [
        ("hops: 0", "hops", "hops expects from 1 to 3; found 0"),
        ("hops: 4", "hops", "hops expects from 1 to 3; found 4"),
        ("perType: 101", "perType", "perType expects from 0 to 100; found 101"),
        ("perType: -1", "perType", "perType expects from 0 to 100; found -1"),
    ],
)
async def test_bounds(crm: Crm, arguments: str, place: str, words: str) -> None:
    """BAD_USER_INPUT with the place and the bounds."""
    response = await crm.ask(f'{{ neighbourhood(of: "x", {arguments}) {{ nodes {{ id }} }} }}')
    assert response.data is None
    assert response.codes == ["BAD_USER_INPUT"]
    assert words in response.errors[0]["message"]
    assert response.errors[0]["path"] == ["neighbourhood"]
    assert response.errors[0]["extensions"]["input"] == [place]


async def test_lists_below_the_nodes_count(crm: Crm) -> None:
    """By the largest graph that the arguments allow: TOO_COMPLEX before anything is read."""
    text = """{ neighbourhood(of: "x", hops: 3, perType: 100) { nodes {
      ... on Contact { companies(first: 100) { nodes { id } } } } } }"""
    response = await crm.ask(text)
    assert response.codes == ["TOO_COMPLEX"]
    assert "neighbourhood.nodes.companies" in response.errors[0]["message"]


def test_hops_are_part_of_the_shape(merged: MergedSchema) -> None:
    """Each hop is a subquery; the cap is a value."""
    text = 'query Q($h: Int, $n: Int) { neighbourhood(of: "x", hops: $h, perType: $n) { nodes { id } } }'
    prepared = Prepared(merged.graphql_schema, standard_catalog(), parse(text))
    assert prepared.plan({"h": 1, "n": 1}) is prepared.plan({"h": 1, "n": 9})
    assert prepared.plan({"h": 1, "n": 1}).text != prepared.plan({"h": 2, "n": 1}).text


def test_only_what_is_selected_is_read(merged: MergedSchema) -> None:
    """Edges and what was cut are subqueries of their own."""
    prepared = Prepared(merged.graphql_schema, standard_catalog(), parse('{ neighbourhood(of: "x") { nodes { id } } }'))
    text = prepared.plan().text
    assert "AS nodes" in text
    assert "AS edges" not in text
    assert "AS cut" not in text
