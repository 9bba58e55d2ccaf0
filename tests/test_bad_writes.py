"""Each rule of the writer, broken through the API: a code, the field, the place, a remedy; the graph stays as it was.

"As it was" is taken literally: every node and relationship, with all that they hold, before and after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.cypher.statement import Statement
from tests.harness import ask, done, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

_NODES = "MATCH (n) RETURN labels(n), properties(n)"
_RELATIONSHIPS = "MATCH (a)-[r]->(b) RETURN labels(a), coalesce(a.id, a.k), type(r), properties(r), coalesce(b.id, b.k)"

_SETUP = """mutation {
  acme: createCompany(input: {name: "Acme", domain: "acme.example"}) { company { id } }
  ada: createContact(input: {email: "ada@acme.example", additionalEmails: ["ada@home.example"],
    primaryCompany: {domain: "acme.example"}}) { contact { id updatedAt } }
  bob: createContact(input: {email: "bob@acme.example"}) { contact { id } }
  gone: createContact(input: {email: "gone@acme.example"}) { contact { id } }
  deal: createDeal(input: {name: "Deal", stage: CLOSED_WON, quotes: [{create: {title: "Quote"}}]}) {
    deal { id quotes { nodes { id } } } }
  lead: createLead(input: {name: "Lead", contacts: [{email: "ada@acme.example"}]}) { lead { id } }
  ticket: createTicket(input: {subject: "Ticket"}) { ticket { id } }
}"""

Case = tuple[str, str, list[tuple[str, str]], str, str | None]

CASES: dict[str, Case] = {
    # name: the field, the code, the faults with their places, words of the message, whose id is named
    "a further address that another contact has": (
        'createContact(input: {email: "new@x.example", additionalEmails: ["ada@home.example"]}) { created }',
        "CONFLICT",
        [("CONFLICT", "input.additionalEmails")],
        "'ada@home.example' at the record",
        "ada",
    ),
    "a further address as the first one of another": (
        'updateContact(by: {email: "bob@acme.example"}, input: {email: "ADA@home.example"}) { created }',
        "CONFLICT",
        [("CONFLICT", "input.email")],
        "expected a value of email that no other Contact has",
        "ada",
    ),
    "a domain that another company has": (
        'createCompany(input: {name: "Other", domain: "https://www.ACME.example/about"}) { created }',
        "CONFLICT",
        [("CONFLICT", "input.domain")],
        "'acme.example' at the record",
        "acme",
    ),
    "one value twice in a batch": (
        'createContacts(inputs: [{email: "x@y.example"}, {email: "X@Y.example"}]) { succeeded }',
        "CONFLICT",
        [("CONFLICT", "inputs.1.email")],
        "given to two records",
        None,
    ),
    "a quote without a deal": (
        'createQuote(input: {title: "q"}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "input")],
        "deal",
        None,
    ),
    "the last required association removed": (
        'dissociate(from: {id: "$quote"}, to: {id: "$deal"}) { __typename }',
        "CONFLICT",
        [("CONFLICT", "")],
        "must stay associated with a deal",
        "quote",
    ),
    "the last required associated record archived": (
        'archiveDeal(by: {id: "$deal"}) { created }',
        "CONFLICT",
        [("CONFLICT", "by.id")],
        "must stay associated with a deal",
        "quote",
    ),
    "the last required associated record purged": (
        'purgeDeal(by: {id: "$deal"}) { id }',
        "CONFLICT",
        [("CONFLICT", "by.id")],
        "must stay associated with a deal",
        "quote",
    ),
    "the only contact of a lead archived": (
        'archiveContact(by: {id: "$ada"}) { created }',
        "CONFLICT",
        [("CONFLICT", "by.id")],
        "must stay associated with a contact or a company",
        "lead",
    ),
    "a stage of another pipeline": (
        'updateDeal(by: {id: "$deal"}, input: {pipeline: RENEWAL, stage: CLOSED_WON}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "input.pipeline")],
        "pipeline",
        None,
    ),
    "a record that somebody changed meanwhile": (
        'updateContact(by: {id: "$ada"}, input: {city: "x"}, ifUpdatedAt: "2020-01-01T00:00:00Z") { created }',
        "CONFLICT",
        [("CONFLICT", "by.id")],
        "last updated at 2020-01-01T00:00:00.000+00:00, found one of 20",
        "ada",
    ),
    "a required property unset": (
        'updateDeal(by: {id: "$deal"}, input: {name: null}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "input.name")],
        "name",
        None,
    ),
    "all faults of several inputs": (
        'createContacts(inputs: [{email: "no"}, {city: "x"}, {phone: "?", additionalEmails: ["c"]}]) { succeeded }',
        "BAD_USER_INPUT",
        [
            ("BAD_USER_INPUT", "inputs.0.email"),
            ("BAD_USER_INPUT", "inputs.2.additionalEmails"),
            ("BAD_USER_INPUT", "inputs.2.phone"),
        ],
        "expected an e-mail address",
        None,
    ),
    "a fault within a record created along": (
        'createDeal(input: {name: "d", contacts: [{create: {city: "x"}}, {create: {email: "no"}}]}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "input.contacts.1.create.email")],
        "expected an e-mail address",
        None,
    ),
    "a merge with itself": (
        'mergeContacts(winner: {id: "$ada"}, loser: {email: "ada@home.example"}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "loser.email")],
        "expected two records",
        None,
    ),
    "a merge that takes what no contact has": (
        'mergeContacts(winner: {id: "$ada"}, loser: {id: "$bob"}, take: ["shoeSize"]) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "take")],
        "shoeSize",
        None,
    ),
    "a merge with an archived record": (
        'mergeContacts(winner: {id: "$ada"}, loser: {id: "$gone"}) { created }',
        "NOT_FOUND",
        [("NOT_FOUND", "loser.id")],
        "archived",
        None,
    ),
    "a restore of what is live": (
        'restoreContact(by: {id: "$ada"}) { created }',
        "NOT_FOUND",
        [("NOT_FOUND", "by.id")],
        "found a live one",
        None,
    ),
    "a write to what is archived": (
        'associate(from: {id: "$gone"}, to: {id: "$deal"}) { created }',
        "NOT_FOUND",
        [("NOT_FOUND", "from.id")],
        "archived",
        None,
    ),
    "a label that the pair does not have": (
        'setLabels(from: {id: "$ada"}, to: {id: "$deal"}, labels: ["champoin"]) { __typename }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "labels")],
        "champion",
        None,
    ),
    "types that cannot be associated": (
        'associate(from: {id: "$lead"}, to: {id: "$ticket"}) { created }',
        "BAD_USER_INPUT",
        [("BAD_USER_INPUT", "")],
        "associated",
        None,
    ),
}


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """A few records that stand in each other's way, served."""
    await empty(store)
    return await Registry.open(store, Settings())


@pytest.fixture(scope="module")
async def ids(registry: Registry) -> dict[str, str]:
    """The records' ids by their names in the set-up."""
    data = await done(registry, _SETUP)
    await done(registry, 'mutation { archiveContact(by: {email: "gone@acme.example"}) { created } }')
    found = {name: next(iter(payload.values()))["id"] for name, payload in data.items()}
    return {**found, "quote": data["deal"]["deal"]["quotes"]["nodes"][0]["id"]}


async def whole(store: Any) -> list[str]:
    """Every node and relationship with what it holds."""
    rows = [*await store.read(Statement(_NODES)), *await store.read(Statement(_RELATIONSHIPS))]
    return sorted(repr([sorted(part.items()) if isinstance(part, dict) else part for part in row]) for row in rows)


@pytest.mark.parametrize("name", CASES)
async def test_a_rule_that_is_broken(registry: Registry, ids: dict[str, str], name: str) -> None:
    """Alone, behind a mutation that is sound, and in a dry run: the same error, and nothing is written."""
    field, code, faults, words, holder = CASES[name]
    for mark in sorted(ids, key=len, reverse=True):
        field = field.replace(f"${mark}", ids[mark])
    before = await whole(registry.store)
    for text in (
        f"mutation {{ it: {field} }}",
        f'mutation {{ sound: createTask(input: {{title: "t"}}) {{ created }} it: {field} }}',
        f"mutation @dryRun {{ it: {field} }}",
    ):
        response = await ask(registry, text)
        assert response.data is None
        assert len(response.errors) == 1, response.errors
        (error,) = response.errors
        assert (error["path"], response.codes, response.faults) == (["it"], [code], faults)
        assert words in error["message"]
        assert error["extensions"].get("conflictingId") == (holder and ids[holder])
    assert await whole(registry.store) == before
