"""The mutations that undo merges, and what is read of them afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.asgi import create_app
from app.idempotency import HEADER, REPLAYED
from app.registry import Registry
from app.settings import Settings
from graphdb.journal.sequencer import number_entries
from tests.harness import ask, done, empty, refused, state

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

MERGE = """mutation M($winner: ID!, $loser: ID!) {
  mergeContacts(winner: {id: $winner}, loser: {id: $loser}, take: ["city"]) { contact { id city } } }"""
UNDO = """mutation U($loser: ID!) { unmergeContact(loser: $loser) { created contact {
  id email city rev: history { nodes { property rev } } primaryCompany { domain } companies { totalCount } } } }"""


@pytest.fixture
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served."""
    await empty(store)
    return await Registry.open(store, Settings())


async def two(registry: Registry) -> dict[str, str]:
    """A contact with a city and another one with a company, by what they are in a merge."""
    data = await done(
        registry,
        """mutation { winner: createContact(input: {email: "w@x.example", city: "W"}) { contact { id } }
          loser: createContact(input: {
            email: "l@x.example", city: "L", primaryCompany: {create: {domain: "l.example"}}
          }) { contact { id } } }""",
    )
    return {name: made["contact"]["id"] for name, made in data.items()}


async def test_the_payload_reads_back_who_has_returned(registry: Registry) -> None:
    """With its values, associations and history; each id and address leads to its own record again."""
    ids = await two(registry)
    await done(registry, MERGE, ids)
    data = await done(registry, UNDO, {"loser": ids["loser"]})
    history = data["unmergeContact"]["contact"].pop("rev")["nodes"]
    assert data["unmergeContact"] == {
        "created": False,
        "contact": {
            "id": ids["loser"],
            "email": "l@x.example",
            "city": "L",
            "primaryCompany": {"domain": "l.example"},
            "companies": {"totalCount": 1},
        },
    }
    assert {(one["property"], one["rev"]) for one in history} == {("email", 1), ("city", 1)}
    data = await done(
        registry,
        """query F($winner: ID!, $loser: ID!) { nodes(ids: [$winner, $loser]) { id }
          w: contact(by: {email: "w@x.example"}) { id city companies { totalCount }
            history(properties: ["city"]) { nodes { before after rev } } }
          l: contact(by: {email: "l@x.example"}) { id } contacts { totalCount } }""",
        ids,
    )
    assert data == {
        "nodes": [{"id": ids["winner"]}, {"id": ids["loser"]}],
        "w": {
            "id": ids["winner"],
            "city": "W",
            "companies": {"totalCount": 0},
            "history": {
                "nodes": [
                    {"before": "L", "after": "W", "rev": 3},
                    {"before": "W", "after": "L", "rev": 2},
                    {"before": None, "after": "W", "rev": 1},
                ]
            },
        },
        "l": {"id": ids["loser"]},
        "contacts": {"totalCount": 2},
    }


async def test_the_changes_say_so(registry: Registry) -> None:
    ids = await two(registry)
    await done(registry, MERGE, ids)
    await number_entries(registry.store)
    position = (await done(registry, "{ changes(first: 0) { position } }"))["changes"]["position"]
    await done(registry, UNDO, {"loser": ids["loser"]})
    await number_entries(registry.store)
    data = await done(
        registry,
        """query C($after: String!) { changes(after: $after) { nodes {
          kind recordId rev mergedId association { objectType labels } record { id } } } }""",
        {"after": position},
    )
    alone: dict[str, Any] = {"mergedId": None, "association": None}
    company = {"mergedId": None, "rev": None, "association": {"objectType": "COMPANY", "labels": ["primary"]}}
    winner, loser = ({"recordId": one, "record": {"id": one}} for one in (ids["winner"], ids["loser"]))
    assert data["changes"]["nodes"] == [
        {"kind": "UNMERGED", "rev": 3, **alone, **winner, "mergedId": ids["loser"]},
        {"kind": "UPDATED", "rev": 3, **alone, **winner},
        {"kind": "RESTORED", "rev": 2, **alone, **loser},
        {"kind": "DISSOCIATED", **company, **winner, "association": {"objectType": "COMPANY", "labels": []}},
        {"kind": "ASSOCIATED", **company, **loser},
    ]


async def test_a_dry_run_changes_nothing(registry: Registry) -> None:
    ids = await two(registry)
    await done(registry, MERGE, ids)
    before = await state(registry.store)
    response = await ask(registry, UNDO.replace("($loser: ID!)", "($loser: ID!) @dryRun"), {"loser": ids["loser"]})
    assert response.data is not None
    assert response.data["unmergeContact"]["contact"]["city"] == "L"
    assert response.extensions["dryRun"] is True
    assert await state(registry.store) == before
    assert (await done(registry, "{ contacts { totalCount } }"))["contacts"]["totalCount"] == 1


async def test_several_in_one_request_are_all_or_nothing(registry: Registry) -> None:
    """In reverse order; in another one, the error has the field's path, the place and the remedy."""
    ids = await two(registry)
    data = await done(registry, 'mutation { createContact(input: {city: "T"}) { contact { id } } }')
    third = data["createContact"]["contact"]["id"]
    await done(registry, MERGE, ids)
    await done(registry, MERGE, {"winner": ids["winner"], "loser": third})
    text = """mutation U($one: ID!, $two: ID!) { a: unmergeContact(loser: $one) { contact { city } }
      b: unmergeContact(loser: $two) { contact { city } } }"""
    response = await refused(registry, text, {"one": ids["loser"], "two": third})
    (error,) = response.errors
    assert (error["path"], response.codes, response.faults) == (["a"], ["CONFLICT"], [("CONFLICT", "loser")])
    assert error["extensions"]["conflictingId"] == third
    assert f"unmerge {third}" in error["message"]
    response = await refused(registry, text, {"one": third, "two": "nope"})
    assert (response.errors[0]["path"], response.codes) == (["b"], ["NOT_FOUND"])
    data = await done(registry, text, {"one": third, "two": ids["loser"]})
    assert data == {"a": {"contact": {"city": "T"}}, "b": {"contact": {"city": "L"}}}


async def test_sent_again_it_has_its_effect_once(clean_store: BoltStore) -> None:
    """With an idempotency key; without one, the second is told that the merge was undone already."""
    app = create_app(Settings(build_indexes=False, statistics_every_s=0), clean_store)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as client:

            async def send(query: str, variables: Any = None, **headers: str) -> httpx.Response:
                return await client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

            made = [await send('mutation { createContact(input: {city: "x"}) { contact { id } } }') for _ in range(2)]
            winner, loser = (one.json()["data"]["createContact"]["contact"]["id"] for one in made)
            await send(MERGE, {"winner": winner, "loser": loser})
            first, second = [await send(UNDO, {"loser": loser}, **{HEADER: "once"}) for _ in range(2)]
            assert first.json()["data"]["unmergeContact"]["contact"]["id"] == loser
            assert (second.json()["data"], second.headers[REPLAYED]) == (first.json()["data"], "true")
            third = (await send(UNDO, {"loser": loser})).json()
            assert third["data"] is None
            assert third["errors"][0]["extensions"]["code"] == "NOT_FOUND"
            assert "undone already" in third["errors"][0]["message"]
