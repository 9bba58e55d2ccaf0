"""Mutations in the plural, of pairs, with nested inputs, and dry runs."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry, Served
from app.settings import Settings
from tests.harness import ask, done, empty, refused, state

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphdb.bolt import BoltStore
    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served; tests use records of their own."""
    await empty(store)
    return await Registry.open(store, Settings())


CREATE = """mutation C($inputs: [ContactInput!]!, $onError: OnError! = ROLLBACK) {
  createContacts(inputs: $inputs, onError: $onError) { succeeded failed __typename
    items { index created contact { id email companies { totalCount } } who: contact { displayName }
      faults { code message input conflictingId __typename } } again: items { kind: __typename } } }"""


async def test_many_are_created_and_read_back(registry: Registry) -> None:
    """In their order, each with its place."""
    inputs = [{"email": f"{n}@many.example", "firstName": f"N{n}"} for n in range(5)]
    found = (await done(registry, CREATE, {"inputs": inputs}))["createContacts"]
    assert (found["succeeded"], found["failed"], found["__typename"]) == (5, 0, "ContactBatchPayload")
    assert [item["index"] for item in found["items"]] == list(range(5))
    assert [item["contact"]["email"] for item in found["items"]] == [one["email"] for one in inputs]
    assert [item["who"]["displayName"] for item in found["items"]] == [one["firstName"] for one in inputs]
    assert {(item["created"], len(item["faults"])) for item in found["items"]} == {(True, 0)}
    assert found["again"] == [{"kind": "ContactBatchItem"}] * 5
    assert (await done(registry, CREATE, {"inputs": []}))["createContacts"]["items"] == []


async def test_one_fault_rolls_all_back(registry: Registry) -> None:
    """Each fault with the place of its item."""
    inputs = [{"email": "a@roll.example"}, {"email": "nope"}, {"email": "A@roll.example"}]
    response = await refused(registry, CREATE, {"inputs": inputs})
    assert response.faults == [("BAD_USER_INPUT", "inputs.1.email")]
    response = await refused(registry, CREATE, {"inputs": inputs[::2]})
    assert response.faults == [("CONFLICT", "inputs.1.email")]


async def test_items_without_faults_are_written(registry: Registry) -> None:
    """The others' faults are data: of the input, of the graph, of two items that clash."""
    await done(registry, 'mutation { createContact(input: {email: "taken@go.example"}) { created } }')
    inputs = [
        {"email": "a@go.example"},
        {"email": "nope", "phone": "nope"},
        {"email": "taken@go.example"},
        {"email": "a@go.example"},
        {"email": "b@go.example", "companies": [{"domain": "nowhere.example"}]},
        {"email": "b@go.example"},
    ]
    found = (await done(registry, CREATE, {"inputs": inputs, "onError": "CONTINUE"}))["createContacts"]
    faults = [[(fault["code"], ".".join(fault["input"])) for fault in item["faults"]] for item in found["items"]]
    assert faults == [
        [],
        [("BAD_USER_INPUT", "inputs.1.email"), ("BAD_USER_INPUT", "inputs.1.phone")],
        [("CONFLICT", "inputs.2.email")],
        [("CONFLICT", "inputs.3.email")],
        [("NOT_FOUND", "inputs.4.companies.0.domain")],
        [],
    ]
    assert [item["contact"] is None for item in found["items"]] == [False, True, True, True, True, False]
    assert [item["created"] for item in found["items"]] == [True, False, False, False, False, True]
    assert (found["succeeded"], found["failed"]) == (2, 4)
    holder = found["items"][2]["faults"][0]["conflictingId"]
    data = await done(registry, '{ contacts(where: {email: {endsWith: "@go.example"}}) { nodes { id email } } }')
    assert {one["email"]: one["id"] for one in data["contacts"]["nodes"]} == {
        "taken@go.example": holder,
        "a@go.example": found["items"][0]["contact"]["id"],
        "b@go.example": found["items"][5]["contact"]["id"],
    }


async def test_nothing_is_written_where_every_item_is_refused(registry: Registry) -> None:
    """All faults, no error, no record."""
    before = await state(registry.store)
    found = (await done(registry, CREATE, {"inputs": [{"email": "x"}], "onError": "CONTINUE"}))["createContacts"]
    assert (found["succeeded"], found["failed"], found["items"][0]["contact"]) == (0, 1, None)
    assert await state(registry.store) == before


async def test_a_later_field_may_still_refuse_all(registry: Registry) -> None:
    """CONTINUE is for the items of its field alone."""
    response = await refused(
        registry,
        """mutation { createContacts(inputs: [{email: "c@later.example"}, {email: "x"}], onError: CONTINUE) { failed }
          updateContact(by: {email: "nobody@later.example"}, input: {}) { created } }""",
    )
    assert (response.codes, response.errors[0]["path"]) == (["NOT_FOUND"], ["updateContact"])


async def test_updates_and_upserts_in_the_plural(registry: Registry) -> None:
    """With what each of them takes."""
    data = await done(
        registry,
        """mutation {
          upsertContacts(by: email, inputs: [{email: "u1@up.example", city: "A"}, {email: "u2@up.example"},
            {email: "U1@up.example", city: "B"}]) { items { created contact { city } } }
          updateContacts(inputs: [{by: {email: "u1@up.example"}, input: {city: "C"}},
            {by: {email: "u3@up.example"}, input: {city: "D"}},
            {by: {email: "u2@up.example"}, input: {city: "E"}, ifUpdatedAt: "2020-01-01T00:00:00Z"}],
            onError: CONTINUE) { succeeded items { created contact { city } faults { code input } } } }""",
    )
    assert data["upsertContacts"]["items"] == [
        {"created": True, "contact": {"city": "B"}},
        {"created": True, "contact": {"city": None}},
        {"created": False, "contact": {"city": "B"}},
    ]
    first, second, third = data["updateContacts"]["items"]
    assert first == {"created": False, "contact": {"city": "C"}, "faults": []}
    assert second["faults"] == [{"code": "NOT_FOUND", "input": ["inputs", "1", "by", "email"]}]
    assert third["faults"] == [{"code": "CONFLICT", "input": ["inputs", "2", "by", "email"]}]


async def test_archive_restore_and_purge_in_the_plural(registry: Registry) -> None:
    """By references of any kind."""
    data = await done(
        registry,
        """mutation { createContacts(inputs: [{email: "l1@life.example"}, {email: "l2@life.example"}]) {
          items { contact { id } } } }""",
    )
    ids = [item["contact"]["id"] for item in data["createContacts"]["items"]]
    data = await done(
        registry,
        """mutation A($by: [ContactRef!]!) { archiveContacts(by: $by, onError: CONTINUE) { succeeded
          items { contact { id archivedAt } faults { code input } } } }""",
        {"by": [{"email": "l1@life.example"}, {"email": "l2@life.example"}, {"id": "nope"}, {"id": ids[0]}]},
    )
    items = data["archiveContacts"]["items"]
    assert [item["contact"]["id"] for item in items[:2]] == ids
    assert all(item["contact"]["archivedAt"] for item in items[:2])
    assert items[2:] == [
        {"contact": None, "faults": [{"code": "NOT_FOUND", "input": ["by", "2", "id"]}]},
        {"contact": None, "faults": [{"code": "BAD_USER_INPUT", "input": ["by", "3", "id"]}]},
    ]
    refs = [{"id": one} for one in ids]
    data = await done(
        registry,
        "mutation R($by: [ContactRef!]!) { restoreContacts(by: $by) { items { contact { archivedAt email } } } }",
        {"by": refs},
    )
    assert [item["contact"]["email"] for item in data["restoreContacts"]["items"]] == [
        "l1@life.example",
        "l2@life.example",
    ]
    data = await done(
        registry,
        "mutation P($by: [ContactRef!]!) { purgeContacts(by: $by, onError: CONTINUE) { failed items { id index } } }",
        {"by": [*refs, {"id": "nope"}]},
    )
    assert data["purgeContacts"] == {
        "failed": 1,
        "items": [{"id": ids[0], "index": 0}, {"id": ids[1], "index": 1}, {"id": None, "index": 2}],
    }


async def test_pairs_in_the_singular(registry: Registry) -> None:
    """Labels are replaced, taken off; the pair is parted; what is required stays."""
    data = await done(
        registry,
        """mutation { createDeal(input: {name: "d", externalId: "pair", quotes: [{create: {title: "q"}}],
          contacts: [{create: {email: "d@pair.example"}}]}) {
          deal { id quotes { nodes { id } } contacts { nodes { id } } } } }""",
    )
    deal = data["createDeal"]["deal"]
    ids = {"deal": deal["id"], "contact": deal["contacts"]["nodes"][0]["id"], "quote": deal["quotes"]["nodes"][0]["id"]}
    data = await done(
        registry,
        """mutation P($deal: ID!, $contact: ID!) {
          a: setLabels(from: {id: $deal}, to: {id: $contact}, labels: ["champion", "decision_maker"]) {
            created removed labels { name label } }
          b: setLabels(from: {id: $contact}, to: {key: {type: DEAL, property: "externalId", value: "pair"}},
            labels: ["decision_maker"]) { created labels { name __typename } from { id } to { objectType } }
          c: dissociate(from: {id: $deal}, to: {id: $contact}, labels: ["champion"]) { removed labels { name } }
          d: dissociate(from: {id: $deal}, to: {id: $contact}) { removed labels { name } to { id ... on Contact {
            deals { totalCount } } } }
          e: dissociate(from: {id: $deal}, to: {id: $contact}) { removed __typename } }""",
        ids,
    )
    assert data["a"]["created"] is data["a"]["removed"] is False
    assert sorted(one["name"] for one in data["a"]["labels"]) == ["champion", "decision_maker"]
    assert data["b"]["labels"] == [{"name": "decision_maker", "__typename": "AssociationLabel"}]
    assert (data["b"]["from"], data["b"]["to"]) == ({"id": ids["contact"]}, {"objectType": "DEAL"})
    assert data["c"] == {"removed": False, "labels": [{"name": "decision_maker"}]}
    assert data["d"] == {"removed": True, "labels": [], "to": {"id": ids["contact"], "deals": {"totalCount": 0}}}
    assert data["e"] == {"removed": False, "__typename": "AssociationPayload"}
    text = "mutation D($deal: ID!, $quote: ID!) { dissociate(from: {id: $quote}, to: {id: $deal}) { removed } }"
    response = await refused(registry, text, ids)
    assert (response.codes, response.errors[0]["path"]) == (["CONFLICT"], ["dissociate"])
    assert response.errors[0]["extensions"]["conflictingId"] == ids["quote"]
    text = """mutation D($deal: ID!, $contact: ID!) {
      setLabels(from: {id: $contact}, to: {id: $deal}, labels: ["nope"]) { removed } }"""
    response = await refused(registry, text, ids)
    assert response.faults == [("BAD_USER_INPUT", "labels")]


async def test_pairs_in_the_plural(registry: Registry) -> None:
    """Of several object types in one field; a record that is not there leaves the others alone."""
    data = await done(
        registry,
        """mutation { createContact(input: {email: "p@plural.example"}) { contact { id } }
          createCompany(input: {domain: "plural.example"}) { company { id } }
          createDeal(input: {name: "p"}) { deal { id } } }""",
    )
    contact, company, deal = (data[f"create{n}"][n.lower()]["id"] for n in ("Contact", "Company", "Deal"))
    text = """mutation M($inputs: [AssociationInput!]!) { associateMany(inputs: $inputs, onError: CONTINUE) {
      succeeded failed
      items { index created labels { name } from { id } to { __typename } faults { code input } } } }"""
    inputs: list[dict[str, Any]] = [
        {"from": {"id": contact}, "to": {"id": company}, "labels": ["primary"]},
        {"from": {"id": deal}, "to": {"id": contact}},
        {"from": {"id": deal}, "to": {"id": "nope"}},
        {"from": {"id": contact}, "to": {"id": company}, "labels": ["nope"]},
    ]
    found = (await done(registry, text, {"inputs": inputs}))["associateMany"]
    assert (found["succeeded"], found["failed"]) == (2, 2)
    assert found["items"] == [
        {
            "index": 0,
            "created": True,
            "labels": [{"name": "primary"}],
            "from": {"id": contact},
            "to": {"__typename": "Company"},
            "faults": [],
        },
        {
            "index": 1,
            "created": True,
            "labels": [],
            "from": {"id": deal},
            "to": {"__typename": "Contact"},
            "faults": [],
        },
        {
            "index": 2,
            "created": False,
            "labels": [],
            "from": None,
            "to": None,
            "faults": [{"code": "NOT_FOUND", "input": ["inputs", "2", "to", "id"]}],
        },
        {
            "index": 3,
            "created": False,
            "labels": [],
            "from": None,
            "to": None,
            "faults": [{"code": "BAD_USER_INPUT", "input": ["inputs", "3", "labels"]}],
        },
    ]
    data = await done(
        registry,
        """mutation M($inputs: [AssociationInput!]!) {
          setLabelsMany(inputs: $inputs) { items { labels { name } } }
          dissociateMany(inputs: $inputs) { items { removed } } }""",
        {"inputs": [{**one, "labels": None} for one in inputs[:2]]},
    )
    assert data == {
        "setLabelsMany": {"items": [{"labels": []}, {"labels": []}]},
        "dissociateMany": {"items": [{"removed": True}, {"removed": True}]},
    }


async def test_a_deal_with_everything_in_one_input(registry: Registry) -> None:
    """Line items, a contact, a company and labels: some there, some new; what is new may be linked itself."""
    await done(registry, 'mutation { createCompany(input: {domain: "nested.example"}) { created } }')
    text = """mutation D($input: DealInput!) { createDeal(input: $input) { deal { name
      lineItems(orderBy: [{name: ASC}]) { nodes { name } }
      primaryCompany { domain } decisionMakerContacts { nodes { email primaryCompany { domain } } } } } }"""
    value = {
        "name": "Nested",
        "lineItems": [{"create": {"name": "one"}}, {"create": {"name": "two"}}],
        "primaryCompany": {"domain": "nested.example"},
        "decisionMakerContacts": [
            {"create": {"email": "dm@nested.example", "primaryCompany": {"domain": "nested.example"}}}
        ],
    }
    deal = (await done(registry, text, {"input": value}))["createDeal"]["deal"]
    assert deal == {
        "name": "Nested",
        "lineItems": {"nodes": [{"name": "one"}, {"name": "two"}]},
        "primaryCompany": {"domain": "nested.example"},
        "decisionMakerContacts": {
            "nodes": [{"email": "dm@nested.example", "primaryCompany": {"domain": "nested.example"}}]
        },
    }
    response = await refused(registry, text, {"input": value})
    assert response.faults == [("CONFLICT", "input.decisionMakerContacts.0.create.email")]
    bad = {"name": "x", "lineItems": [{"create": {}}], "primaryCompany": {"create": {"domain": "no domain"}}}
    response = await refused(registry, text, {"input": bad})
    assert set(response.faults) == {
        ("BAD_USER_INPUT", "input.lineItems.0.create.name"),
        ("BAD_USER_INPUT", "input.primaryCompany.create.domain"),
    }
    two = 'mutation { createDeal(input: {name: "x", companies: [{id: "a", domain: "b.example"}]}) { created } }'
    assert (await ask(registry, two)).codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_null_takes_a_label_off(registry: Registry) -> None:
    """The pair stays associated."""
    data = await done(
        registry,
        """mutation { createContact(input: {email: "n@null.example", primaryCompany: {create: {name: "N"}}}) { created }
          updateContact(by: {email: "n@null.example"}, input: {primaryCompany: null}) {
            contact { primaryCompany { name } companies { nodes { name } } } } }""",
    )
    assert data["updateContact"]["contact"] == {"primaryCompany": None, "companies": {"nodes": [{"name": "N"}]}}


async def test_a_dry_run_answers_and_writes_nothing(registry: Registry) -> None:
    """All of the answer, said to be dry; faults as ever."""
    before = await state(registry.store)
    text = """mutation Try($email: String!) @dryRun { createContact(input: {email: $email}) { created contact { id } }
      updateContact(by: {email: $email}, input: {city: "x"}) { contact { id city } } }"""
    variables = {"email": "dry@run.example"}
    response = await ask(registry, text, variables)
    assert response.extensions == {"dryRun": True}
    assert response.data is not None
    assert response.data["createContact"]["created"] is True
    assert response.data["updateContact"]["contact"]["city"] == "x"
    assert await state(registry.store) == before
    found = await done(
        registry, "query N($id: ID!) { node(id: $id) { id } }", response.data["createContact"]["contact"]
    )
    assert found == {"node": None}
    response = await refused(registry, text, {"email": "x"})
    assert response.codes[0] == "BAD_USER_INPUT"
    response = await ask(registry, "query Q @dryRun { contacts { totalCount } }")
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_more_items_than_the_limit(store: BoltStore) -> None:
    """Refused before anything is looked at."""
    registry = await Registry.open(store, dataclasses.replace(Settings(), batch_size_max=2))
    response = await refused(registry, CREATE, {"inputs": [{}] * 3})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["message"] == "inputs expects at most 2 items; found 3."


class _Counted:
    """A store that counts the statements of writes."""

    def __init__(self, store: Any) -> None:
        self._store = store
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, work: Callable[[Transaction], Awaitable[Any]], *, timeout_s: float | None = None) -> Any:
        counted = self

        class Counting:
            def __init__(self, tx: Transaction) -> None:
                self._tx = tx

            async def run(self, statement: Statement) -> Rows:
                counted.statements += 1
                return await self._tx.run(statement)

        return await self._store.write(lambda tx: work(Counting(tx)), timeout_s=timeout_s)


async def test_a_batch_is_a_handful_of_round_trips(registry: Registry) -> None:
    """Two hundred creates with two associations each."""
    await done(
        registry,
        """mutation { createCompanies(inputs: [{domain: "b1.example"}, {domain: "b2.example"}]) { succeeded } }""",
    )
    links = {"primaryCompany": {"domain": "b1.example"}, "companies": [{"domain": "b2.example"}]}
    inputs = [{"email": f"{n}@batch.example", **links} for n in range(200)]
    counted = _Counted(registry.store)
    held = registry.current
    registry.current = Served(held.catalog, counted, held.settings)
    try:
        found = (await done(registry, CREATE, {"inputs": inputs}))["createContacts"]
    finally:
        registry.current = held
    assert found["succeeded"] == 200
    assert {item["contact"]["companies"]["totalCount"] for item in found["items"]} == {2}
    assert counted.statements <= 10
