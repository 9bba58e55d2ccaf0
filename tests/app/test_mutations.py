"""Mutations: written and read back in one request, fields in order, all or nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.ids import is_id
from tests.harness import done, empty, refused, state

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served; tests use records of their own."""
    await empty(store)
    return await Registry.open(store, Settings())


async def test_create_answers_the_record_as_it_now_is(registry: Registry) -> None:
    """Every kind of value, normalised, with what the program sets by itself."""
    data = await done(
        registry,
        """mutation New($input: ContactInput!) { createContact(input: $input) { created contact {
          id email firstName score age birthDate lastContactedAt lifecycleStage buyingRole emailOptOut displayName
          createdAt updatedAt archivedAt objectType __typename city } } }""",
        {
            "input": {
                "email": " Grace@Hopper.Example",
                "firstName": " Grace ",
                "score": 1,
                "age": 85,
                "birthDate": "1906-12-09",
                "lastContactedAt": "1992-01-01T01:00:00.123456+01:00",
                "lifecycleStage": "CUSTOMER",
                "buyingRole": ["DECISION_MAKER", "CHAMPION", "CHAMPION"],
                "emailOptOut": False,
                "city": None,
            }
        },
    )
    contact = data["createContact"]["contact"]
    assert data["createContact"]["created"] is True
    assert is_id(contact.pop("id"))
    assert contact.pop("createdAt") == contact.pop("updatedAt")
    assert sorted(contact.pop("buyingRole")) == ["CHAMPION", "DECISION_MAKER"]
    assert contact == {
        "email": "grace@hopper.example",
        "firstName": "Grace",
        "score": 1.0,
        "age": 85,
        "birthDate": "1906-12-09",
        "lastContactedAt": "1992-01-01T00:00:00.123Z",
        "lifecycleStage": "CUSTOMER",
        "emailOptOut": False,
        "displayName": "Grace",
        "archivedAt": None,
        "objectType": "CONTACT",
        "__typename": "Contact",
        "city": None,
    }


async def test_update_changes_what_is_given(registry: Registry) -> None:
    """Properties that are not given stay, null unsets; the record is named by id or by a unique property."""
    data = await done(
        registry,
        """mutation {
          createDeal(input: {name: "Update", amount: "12.5", externalId: "up-1", owner: "Kim"}) {
            deal { id updatedAt } }
          a: updateDeal(by: {externalId: "up-1"}, input: {amount: "0.0001", owner: null}) {
            created deal { id name amount owner updatedAt } } }""",
    )
    before, after = data["createDeal"]["deal"], data["a"]["deal"]
    assert data["a"]["created"] is False
    assert after["updatedAt"] > before["updatedAt"]
    assert after == {
        "id": before["id"],
        "name": "Update",
        "amount": "0.0001",
        "owner": None,
        "updatedAt": after["updatedAt"],
    }
    again = await done(
        registry,
        "mutation A($id: ID!) { updateDeal(by: {id: $id}, input: {amount: 7}) { deal { name amount } } }",
        {"id": before["id"]},
    )
    assert again["updateDeal"]["deal"] == {"name": "Update", "amount": "7.00"}


async def test_upsert_creates_then_updates(registry: Registry) -> None:
    """By any unique property; equal values change nothing, not even ``updatedAt``."""
    text = """mutation Up($city: String) { upsertContact(by: email, input: {email: "Up@Sert.Example", city: $city}) {
      created contact { id city updatedAt } } }"""
    first = (await done(registry, text, {"city": "Here"}))["upsertContact"]
    same = (await done(registry, text, {"city": "Here"}))["upsertContact"]
    other = (await done(registry, text, {"city": "There"}))["upsertContact"]
    assert [first["created"], same["created"], other["created"]] == [True, False, False]
    assert same["contact"] == first["contact"]
    assert other["contact"]["id"] == first["contact"]["id"]
    assert other["contact"]["city"] == "There"
    assert other["contact"]["updatedAt"] > first["contact"]["updatedAt"]


async def test_fields_run_in_order_and_see_what_those_before_wrote(registry: Registry) -> None:
    """Each field reads back before the next one writes."""
    data = await done(
        registry,
        """mutation {
          one: createCompany(input: {name: "One", domain: "order.example"}) { company { name contacts { totalCount } } }
          two: createContact(input: {email: "two@order.example", primaryCompany: {domain: "order.example"}}) {
            contact { email primaryCompany { name contacts { totalCount } } } }
          three: updateCompany(by: {domain: "order.example"}, input: {name: "Three"}) {
            company { name contacts { totalCount nodes { email primaryCompany { name } } } } } }""",
    )
    assert list(data) == ["one", "two", "three"]
    assert data["one"] == {"company": {"name": "One", "contacts": {"totalCount": 0}}}
    assert data["two"]["contact"]["primaryCompany"] == {"name": "One", "contacts": {"totalCount": 1}}
    assert data["three"]["company"] == {
        "name": "Three",
        "contacts": {"totalCount": 1, "nodes": [{"email": "two@order.example", "primaryCompany": {"name": "Three"}}]},
    }


async def test_all_or_nothing(registry: Registry) -> None:
    """A later field that is refused by what the graph holds takes the earlier ones with it."""
    await done(registry, 'mutation { createContact(input: {email: "taken@nothing.example"}) { created } }')
    response = await refused(
        registry,
        """mutation { a: createCompany(input: {domain: "nothing.example"}) { company { id } }
          b: createContact(input: {email: "taken@nothing.example", companies: [{domain: "nothing.example"}]}) {
            created }
          c: createCompany(input: {name: "Never"}) { created } }""",
    )
    assert response.codes == ["CONFLICT"]
    assert response.errors[0]["path"] == ["b"]
    found = await done(registry, '{ company(by: {domain: "nothing.example"}) { id } }')
    assert found == {"company": None}
    # The value was given up with the rest.
    await done(registry, 'mutation { createCompany(input: {domain: "nothing.example"}) { created } }')


async def test_a_value_claimed_twice_in_one_request(registry: Registry) -> None:
    """The second field meets the first one's record."""
    response = await refused(
        registry,
        """mutation { a: createContact(input: {email: "twice@request.example"}) { contact { id } }
          b: createContact(input: {email: "twice@request.example"}) { contact { id } } }""",
    )
    assert response.codes == ["CONFLICT"]
    assert response.errors[0]["path"] == ["b"]
    assert response.faults == [("CONFLICT", "input.email")]


async def test_aliases_and_fragments_in_payloads(registry: Registry) -> None:
    """As in any selection: merged fields, fragments, ``@include`` and the order of keys."""
    data = await done(
        registry,
        """mutation New($yes: Boolean!) { __typename
          made: createContact(input: {email: "frag@ment.example", lastName: "Ment"}) {
            kind: __typename who: contact { ...Name } ...Rest who: contact { email @include(if: $yes) } new: created } }
        fragment Name on Record { displayName ... on Contact { last: lastName companies { totalCount } } }
        fragment Rest on ContactPayload { created contact { id @skip(if: $yes) } }""",
        {"yes": True},
    )
    assert list(data) == ["__typename", "made"]
    assert data["__typename"] == "Mutation"
    assert list(data["made"]) == ["kind", "who", "created", "contact", "new"]
    assert data["made"] == {
        "kind": "ContactPayload",
        "who": {
            "displayName": "Ment",
            "last": "Ment",
            "companies": {"totalCount": 0},
            "email": "frag@ment.example",
        },
        "created": True,
        "contact": {},
        "new": True,
    }


async def test_label_fields_in_inputs(registry: Registry) -> None:
    """A label with max 1 moves; links add to what is there."""
    data = await done(
        registry,
        """mutation {
          createCompany(input: {domain: "old.label.example"}) { created }
          new: createCompany(input: {domain: "new.label.example"}) { created }
          createContact(input: {email: "a@label.example", primaryCompany: {domain: "old.label.example"},
            billingCompanies: [{domain: "old.label.example"}, {domain: "new.label.example"}]}) {
            contact { primaryCompany { domain } billingCompanies { nodes { domain } } } }
          updateContact(by: {email: "a@label.example"}, input: {primaryCompany: {domain: "new.label.example"}}) {
            contact { primaryCompany { domain }
              companies(orderBy: [{domain: DESC}]) { edges { labels { name } node { domain } } } } } }""",
    )
    assert data["createContact"]["contact"]["primaryCompany"] == {"domain": "old.label.example"}
    assert len(data["createContact"]["contact"]["billingCompanies"]["nodes"]) == 2
    assert data["updateContact"]["contact"] == {
        "primaryCompany": {"domain": "new.label.example"},
        "companies": {
            "edges": [
                {"labels": [{"name": "billing"}], "node": {"domain": "old.label.example"}},
                {"labels": [{"name": "primary"}, {"name": "billing"}], "node": {"domain": "new.label.example"}},
            ]
        },
    }


async def test_paired_labels_in_inputs_and_associate(registry: Registry) -> None:
    """Within one type, seen from both sides; a paired label's name says what ``to`` is to ``from``."""
    data = await done(
        registry,
        """mutation {
          boss: createContact(input: {email: "boss@pair.example"}) { contact { id } }
          staff: createContact(input: {email: "staff@pair.example", managerContacts: [{email: "boss@pair.example"}]}) {
            contact { managerContacts { nodes { email } } directReportContacts { totalCount } } }
          peer: createContact(input: {email: "peer@pair.example"}) { contact { id } }
          up: associate(from: {key: {type: CONTACT, property: "email", value: "PEER@pair.example"}},
            to: {key: {type: CONTACT, property: "email", value: "boss@pair.example"}}, labels: ["manager"]) {
            created labels { name label } from { displayName } to { id ... on Contact {
              directReportContacts(orderBy: [{email: ASC}]) { nodes { email } } } } }
          more: associate(from: {key: {type: CONTACT, property: "email", value: "boss@pair.example"}},
            to: {key: {type: CONTACT, property: "email", value: "peer@pair.example"}}, labels: ["colleague"]) {
            created labels { name } } }""",
    )
    assert data["staff"]["contact"] == {
        "managerContacts": {"nodes": [{"email": "boss@pair.example"}]},
        "directReportContacts": {"totalCount": 0},
    }
    assert data["up"] == {
        "created": True,
        "labels": [{"name": "manager", "label": "Manager"}],
        "from": {"displayName": "peer@pair.example"},
        "to": {
            "id": data["boss"]["contact"]["id"],
            "directReportContacts": {"nodes": [{"email": "peer@pair.example"}, {"email": "staff@pair.example"}]},
        },
    }
    assert data["more"] == {"created": False, "labels": [{"name": "direct_report"}, {"name": "colleague"}]}


async def test_associate_by_ids_finds_out_the_types(registry: Registry) -> None:
    """Of records that the same request has made; in either direction."""
    made = await done(
        registry,
        """mutation { createDeal(input: {name: "Ids"}) { deal { id } }
          createContact(input: {email: "a@ids.example"}) { contact { id } } }""",
    )
    deal, contact = made["createDeal"]["deal"]["id"], made["createContact"]["contact"]["id"]
    text = """mutation A($from: ID!, $to: ID!, $labels: [String!]) { associate(from: {id: $from}, to: {id: $to},
      labels: $labels) { created __typename from { __typename id } to { objectType } labels { name } } }"""
    first = (await done(registry, text, {"from": deal, "to": contact, "labels": ["champion"]}))["associate"]
    assert first == {
        "created": True,
        "__typename": "AssociationPayload",
        "from": {"__typename": "Deal", "id": deal},
        "to": {"objectType": "CONTACT"},
        "labels": [{"name": "champion"}],
    }
    second = (await done(registry, text, {"from": contact, "to": deal}))["associate"]
    assert second["created"] is False
    assert second["labels"] == [{"name": "champion"}]
    found = await done(registry, "query A($id: ID!) { deal(by: {id: $id}) { contacts { totalCount } } }", {"id": deal})
    assert found == {"deal": {"contacts": {"totalCount": 1}}}


async def test_if_updated_at(registry: Registry) -> None:
    """A record that changed since it was read is not overwritten."""
    data = await done(registry, 'mutation { createDeal(input: {name: "If", externalId: "if"}) { deal { updatedAt } } }')
    text = """mutation A($at: DateTime!, $owner: String) { updateDeal(by: {externalId: "if"}, input: {owner: $owner},
      ifUpdatedAt: $at) { deal { owner updatedAt } } }"""
    at = data["createDeal"]["deal"]["updatedAt"]
    updated = (await done(registry, text, {"at": at, "owner": "first"}))["updateDeal"]["deal"]
    assert updated["owner"] == "first"
    response = await refused(registry, text, {"at": at, "owner": "second"})
    assert response.codes == ["CONFLICT"]
    assert response.errors[0]["path"] == ["updateDeal"]
    again = await done(registry, text, {"at": updated["updatedAt"], "owner": "third"})
    assert again["updateDeal"]["deal"]["owner"] == "third"


async def test_stages_bring_what_follows_from_them(registry: Registry) -> None:
    """The pipeline, closed and won."""
    data = await done(
        registry,
        """mutation {
          createDeal(input: {name: "Stage", externalId: "st", stage: RENEWAL_CLOSED_WON}) {
            deal { stage pipeline isClosed isWon } }
          updateDeal(by: {externalId: "st"}, input: {stage: PROSPECTING}) {
            deal { stage pipeline isClosed isWon } } }""",
    )
    assert data["createDeal"]["deal"] == {
        "stage": "RENEWAL_CLOSED_WON",
        "pipeline": "RENEWAL",
        "isClosed": True,
        "isWon": True,
    }
    assert data["updateDeal"]["deal"] == {
        "stage": "PROSPECTING",
        "pipeline": "SALES",
        "isClosed": False,
        "isWon": False,
    }


async def test_the_pages_of_a_payload(registry: Registry) -> None:
    """Lists in a payload are lists like any other."""
    await done(registry, 'mutation { createCompany(input: {domain: "pages.example"}) { created } }')
    for number in range(12):
        await done(
            registry,
            'mutation A($e: String) { createContact(input: {email: $e, companies: [{domain: "pages.example"}]}) '
            "{ created } }",
            {"e": f"p{number:02}@pages.example"},
        )
    data = await done(
        registry,
        """mutation { updateCompany(by: {domain: "pages.example"}, input: {city: "x"}) { company {
          contacts { nodes { email } pageInfo { hasNextPage } }
          last: contacts(first: 1, orderBy: [{email: DESC}]) { edges { node { email } } } } } }""",
    )
    company = data["updateCompany"]["company"]
    assert len(company["contacts"]["nodes"]) == 10
    assert company["contacts"]["pageInfo"] == {"hasNextPage": True}
    assert company["last"] == {"edges": [{"node": {"email": "p11@pages.example"}}]}


async def test_typename_alone_writes_nothing(registry: Registry) -> None:
    """A mutation without a field that writes."""
    before = await state(registry.store)
    assert await done(registry, "mutation { a: __typename __typename }") == {"a": "Mutation", "__typename": "Mutation"}
    assert await state(registry.store) == before
