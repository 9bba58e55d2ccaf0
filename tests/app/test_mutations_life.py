"""Mutations that archive, restore, purge and merge records, and what is read of them afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.registry import Registry
from app.settings import Settings
from tests.harness import done, empty, refused

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served; tests use records of their own."""
    await empty(store)
    return await Registry.open(store, Settings())


async def made(registry: Registry, email: str, company: str) -> tuple[str, str]:
    """The ids of a new contact and its primary company."""
    data = await done(
        registry,
        """mutation Made($email: String, $domain: String) {
          createContact(input: {email: $email, firstName: "A", primaryCompany: {create: {domain: $domain}}}) {
            contact { id primaryCompany { id } } } }""",
        {"email": email, "domain": company},
    )
    contact = data["createContact"]["contact"]
    return contact["id"], contact["primaryCompany"]["id"]


async def test_an_archived_record_is_read_by_its_id_alone(registry: Registry) -> None:
    """With archivedAt and empty connections; no list, hop, count, figure or search finds it."""
    contact, company = await made(registry, "gone@archive.example", "archive.example")
    data = await done(
        registry,
        """mutation A($id: ID!) { archiveContact(by: {id: $id}) { created __typename contact { id email displayName
          archivedAt updatedAt companies { totalCount nodes { id } } primaryCompany { id } } } }""",
        {"id": contact},
    )
    shown = data["archiveContact"]["contact"]
    assert shown.pop("archivedAt") == shown.pop("updatedAt")
    assert data["archiveContact"] == {
        "created": False,
        "__typename": "ContactPayload",
        "contact": {
            "id": contact,
            "email": "gone@archive.example",
            "displayName": "A",
            "companies": {"totalCount": 0, "nodes": []},
            "primaryCompany": None,
        },
    }
    data = await done(
        registry,
        """query Where($id: ID!, $ids: [ID!]!, $company: ID!) {
          node(id: $id) { __typename objectType archivedAt ... on Contact { email } associations { totalCount } }
          nodes(ids: $ids) { id archivedAt }
          contact(by: {id: $id}) { email archivedAt timeline { nodes { __typename } } }
          byKey: contact(by: {email: "gone@archive.example"}) { id }
          wrong: company(by: {id: $id}) { id }
          contacts(where: {email: {eq: "gone@archive.example"}}) { totalCount nodes { id } aggregate { count } }
          company(by: {id: $company}) { archivedAt contacts { totalCount nodes { id } aggregate { count } }
            primaryContacts { totalCount } associations { totalCount } }
          search(text: "gone") { totalCount nodes { id } }
          neighbourhood(of: $id) { nodes { id } edges { from } }
          associationsBetween(ids: $ids) { nodes { id } edges { from } }
          paths(from: $id, to: $company) { nodes { length } } }""",
        {"id": contact, "ids": [company, contact, "nope"], "company": company},
    )
    at = data["node"].pop("archivedAt")
    assert at is not None
    assert data["node"] == {
        "__typename": "Contact",
        "objectType": "CONTACT",
        "email": "gone@archive.example",
        "associations": {"totalCount": 0},
    }
    assert data["nodes"] == [{"id": company, "archivedAt": None}, {"id": contact, "archivedAt": at}, None]
    assert data["contact"] == {"email": "gone@archive.example", "archivedAt": at, "timeline": {"nodes": []}}
    assert data["byKey"] is None
    assert data["wrong"] is None
    nothing = {"totalCount": 0, "nodes": [], "aggregate": {"count": 0}}
    assert data["contacts"] == nothing
    assert data["company"] == {
        "archivedAt": None,
        "contacts": nothing,
        "primaryContacts": {"totalCount": 0},
        "associations": {"totalCount": 0},
    }
    assert data["search"] == {"totalCount": 0, "nodes": []}
    assert data["neighbourhood"] == {"nodes": [], "edges": []}
    assert data["associationsBetween"] == {"nodes": [{"id": company}], "edges": []}
    assert data["paths"] == {"nodes": []}


async def test_restore_brings_everything_back(registry: Registry) -> None:
    """Not in the request that archives: one that moves a record twice is refused, on either engine."""
    contact, _ = await made(registry, "back@restore.example", "restore.example")
    both = """mutation R($id: ID!) { archiveContact(by: {email: "back@restore.example"}) { contact { archivedAt } }
      restoreContact(by: {id: $id}) { created } }"""
    response = await refused(registry, both, {"id": contact})
    assert (response.errors[0]["path"], response.faults) == (["restoreContact"], [("BAD_USER_INPUT", "by.id")])
    await done(registry, "mutation A($id: ID!) { archiveContact(by: {id: $id}) { created } }", {"id": contact})
    text = """mutation R($id: ID!) { restoreContact(by: {id: $id}) {
      contact { archivedAt primaryCompany { domain } companies { totalCount } } } }"""
    data = await done(registry, text, {"id": contact})
    assert data["restoreContact"]["contact"] == {
        "archivedAt": None,
        "primaryCompany": {"domain": "restore.example"},
        "companies": {"totalCount": 1},
    }
    found = await done(registry, '{ contact(by: {email: "back@restore.example"}) { id } }')
    assert found == {"contact": {"id": contact}}


async def test_archived_lists_the_latest_first(registry: Registry) -> None:
    """In pages, forwards and backwards, of all or some types."""
    await done(registry, "mutation { archiveContacts(by: [], onError: ROLLBACK) { succeeded } }")
    wanted: list[str] = []
    for number in range(3):
        contact, company = await made(registry, f"{number}@list.example", f"list{number}.example")
        await done(registry, "mutation A($id: ID!) { archiveContact(by: {id: $id}) { created } }", {"id": contact})
        await done(registry, "mutation A($id: ID!) { archiveCompany(by: {id: $id}) { created } }", {"id": company})
        wanted = [company, contact, *wanted]
    text = """query L($first: Int, $after: String, $last: Int, $before: String, $types: [ObjectTypeName!]) {
      archived(types: $types, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor labels { name } associatedAt node { id archivedAt __typename } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    page = (await done(registry, text, {"first": 4}))["archived"]
    assert [edge["node"]["id"] for edge in page["edges"]] == wanted[:4]
    assert page["totalCount"] >= 6
    assert page["pageInfo"]["hasNextPage"] is True
    assert {(edge["associatedAt"], *edge["labels"]) for edge in page["edges"]} == {(None,)}
    rest = (await done(registry, text, {"first": 2, "after": page["pageInfo"]["endCursor"]}))["archived"]
    assert [edge["node"]["id"] for edge in rest["edges"]] == wanted[4:6]
    back = (await done(registry, text, {"last": 2, "before": rest["pageInfo"]["startCursor"]}))["archived"]
    assert [edge["node"]["id"] for edge in back["edges"]] == wanted[2:4]
    some = (await done(registry, text, {"first": 3, "types": ["COMPANY"]}))["archived"]
    assert [edge["node"]["id"] for edge in some["edges"]] == wanted[::2]
    assert {edge["node"]["__typename"] for edge in some["edges"]} == {"Company"}


async def test_what_cannot_be_archived_or_restored(registry: Registry) -> None:
    """A code, the field's path, the place in the arguments, the record in the way; nothing changes."""
    data = await done(
        registry,
        """mutation { createDeal(input: {name: "d", quotes: [{create: {title: "q"}}]}) {
          deal { id quotes { nodes { id } } } } }""",
    )
    deal = data["createDeal"]["deal"]
    response = await refused(registry, "mutation A($id: ID!) { archiveDeal(by: {id: $id}) { created } }", deal)
    (error,) = response.errors
    assert (error["path"], response.codes, response.faults) == (["archiveDeal"], ["CONFLICT"], [("CONFLICT", "by.id")])
    assert error["extensions"]["conflictingId"] == deal["quotes"]["nodes"][0]["id"]
    contact, _ = await made(registry, "twice@taken.example", "taken.example")
    await done(registry, "mutation A($id: ID!) { archiveContact(by: {id: $id}) { created } }", {"id": contact})
    update = 'mutation U($id: ID!) { updateContact(by: {id: $id}, input: {city: "x"}) { created } }'
    response = await refused(registry, update, {"id": contact})
    assert (response.codes, response.faults) == (["NOT_FOUND"], [("NOT_FOUND", "by.id")])
    assert "archived" in response.errors[0]["message"]
    pair = """mutation A($id: ID!) { associate(from: {id: $id},
      to: {key: {type: COMPANY, property: "domain", value: "taken.example"}}) { created } }"""
    response = await refused(registry, pair, {"id": contact})
    assert (response.codes, response.faults) == (["NOT_FOUND"], [("NOT_FOUND", "from.id")])
    assert "archived" in response.errors[0]["message"]
    data = await done(registry, 'mutation { createContact(input: {email: "twice@taken.example"}) { contact { id } } }')
    restore = "mutation R($id: ID!) { restoreContact(by: {id: $id}) { created } }"
    response = await refused(registry, restore, {"id": contact})
    assert (response.codes, response.faults) == (["CONFLICT"], [("CONFLICT", "by.id")])
    assert response.errors[0]["extensions"]["conflictingId"] == data["createContact"]["contact"]["id"]


async def test_purge_answers_the_id(registry: Registry) -> None:
    """Of a record that is there no more."""
    contact, company = await made(registry, "out@purge.example", "purge.example")
    data = await done(
        registry, "mutation P($id: ID!) { purgeContact(by: {id: $id}) { id kind: __typename } }", {"id": contact}
    )
    assert data == {"purgeContact": {"id": contact, "kind": "PurgePayload"}}
    data = await done(
        registry,
        """query N($id: ID!, $company: ID!) { node(id: $id) { id }
          company(by: {id: $company}) { contacts { totalCount } } }""",
        {"id": contact, "company": company},
    )
    assert data == {"node": None, "company": {"contacts": {"totalCount": 0}}}


async def test_merge(registry: Registry) -> None:
    """Values are chosen, associations move, and every way to the loser leads to the winner."""
    winner, _ = await made(registry, "winner@merge.example", "winner.example")
    loser, _ = await made(registry, "loser@merge.example", "loser.example")
    await done(
        registry, 'mutation U($id: ID!) { updateContact(by: {id: $id}, input: {city: "L"}) { created } }', {"id": loser}
    )
    data = await done(
        registry,
        """mutation M($winner: ID!) { mergeContacts(winner: {id: $winner}, loser: {email: "loser@merge.example"},
          take: ["firstName"]) { created contact { id email city primaryCompany { domain }
            companies(orderBy: [{domain: ASC}]) { nodes { domain } } } } }""",
        {"winner": winner},
    )
    assert data["mergeContacts"] == {
        "created": False,
        "contact": {
            "id": winner,
            "email": "winner@merge.example",
            "city": "L",
            "primaryCompany": {"domain": "winner.example"},
            "companies": {"nodes": [{"domain": "loser.example"}, {"domain": "winner.example"}]},
        },
    }
    data = await done(
        registry,
        """query F($id: ID!, $ids: [ID!]!) { node(id: $id) { id } nodes(ids: $ids) { id }
          a: contact(by: {id: $id}) { id } b: contact(by: {email: "loser@merge.example"}) { id }
          company(by: {id: $id}) { id } }""",
        {"id": loser, "ids": [loser, winner, loser]},
    )
    one = {"id": winner}
    assert data == {"node": one, "nodes": [one, one, one], "a": one, "b": one, "company": None}
    text = 'mutation M($id: ID!) { mergeContacts(winner: {id: $id}, loser: {id: $id}, take: ["nope"]) { created } }'
    response = await refused(registry, text, one)
    assert (response.codes, response.faults) == (["BAD_USER_INPUT"], [("BAD_USER_INPUT", "take")])
