"""``changes``: the change log as clients follow it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.cypher.statement import Statement
from graphdb.journal.histories import purge_histories
from graphdb.journal.log import trim
from graphdb.journal.sequencer import number_entries
from graphdb.store import Engine
from schema.compiler.emit.journal import WINDOW
from tests.harness import NOW, ask, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import GraphStore
    from tests.harness import Crm, Response

ENTRY = """kind objectType recordId rev by source changes { property before after } mergedId
  association { recordId objectType labels labelsBefore }"""
FOLLOW = (
    "query F($after: String, $first: Int, $types: [ObjectTypeName!], $kinds: [ChangeKind!]) { changes(after: $after, "
    "first: $first, types: $types, kinds: $kinds) { position pageInfo { hasNextPage hasPreviousPage startCursor "
    f"endCursor }} edges {{ cursor node {{ {ENTRY} at }} }} }} }}"
)


@pytest.fixture
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served."""
    await empty(store)
    return await Registry.open(store, Settings())


async def numbered(store: GraphStore) -> None:
    """Give every entry its number."""
    while (await number_entries(store))[0]:
        pass


async def page(registry: Registry, **arguments: Any) -> dict[str, Any]:
    """One page of the log."""
    response = await ask(registry, FOLLOW, arguments)
    assert not response.errors, response.errors
    found: dict[str, Any] = (response.data or {})["changes"]
    return found


async def follow(registry: Registry, after: str | None = None, **arguments: Any) -> list[dict[str, Any]]:
    """All entries behind a cursor, page after page."""
    entries: list[dict[str, Any]] = []
    while True:
        found = await page(registry, after=after, **arguments)
        entries += [edge["node"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            return entries


async def written(registry: Registry, text: str, **variables: Any) -> Any:
    """What a mutation answered."""
    response = await ask(registry, text, variables)
    assert not response.errors, response.errors
    return response.data


async def refused(registry: Registry, **arguments: Any) -> str:
    """The message with which a page is refused."""
    response: Response = await ask(registry, FOLLOW, arguments)
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["changes"]
    message: str = response.errors[0]["message"]
    return message


async def test_everything_that_was_loaded_is_in_the_log_once(crm: Crm) -> None:
    await numbered(crm.store)
    entries = await follow(crm.registry, first=100)
    graph = crm.oracle.graph
    created = [entry for entry in entries if entry["kind"] == "CREATED"]
    joined = [entry for entry in entries if entry["kind"] == "ASSOCIATED"]
    assert len(created) + len(joined) == len(entries)
    assert sorted(entry["recordId"] for entry in created) == sorted(graph.records)
    pairs = [frozenset((entry["recordId"], entry["association"]["recordId"])) for entry in joined]
    assert len(pairs) == len(set(pairs))
    assert set(pairs) == set(graph.pairs)
    assert {(entry["by"], entry["source"]) for entry in entries} == {("sample", "IMPORT")}


@pytest.mark.parametrize("seed", range(6))
async def test_pages_of_any_size_and_filter_hold_the_same_entries_in_the_same_order(crm: Crm, seed: int) -> None:
    await numbered(crm.store)
    dice = random.Random(seed)  # noqa: S311 - choices are no secret
    everything = await follow(crm.registry, first=1000)
    types = dice.sample(["CONTACT", "COMPANY", "DEAL", "TICKET", "NOTE"], dice.randint(1, 3))
    kinds = dice.choice([None, ["CREATED"], ["ASSOCIATED", "LABELS_CHANGED"], ["PURGED"], []])
    wanted = [
        entry
        for entry in everything
        if (entry["objectType"] in types or (entry["association"] or {}).get("objectType") in types)
        and (kinds is None or entry["kind"] in kinds)
    ]
    found = await follow(crm.registry, first=dice.choice([1, 7, 50]), types=types, kinds=kinds)
    assert found == wanted


async def test_an_entry_tells_all_that_happened(registry: Registry) -> None:
    data = await written(
        registry,
        """mutation { a: createContact(input: {email: "ada@x.org", birthDate: "1815-12-10"}) { contact { id } }
        b: createDeal(input: {name: "d", amount: "12.5"}) { deal { id } }
        c: createCompany(input: {name: "c"}) { company { id } } }""",
    )
    contact, deal, company = data["a"]["contact"]["id"], data["b"]["deal"]["id"], data["c"]["company"]["id"]
    await numbered(registry.store)
    now = (await page(registry))["position"]
    await written(
        registry,
        """mutation M($contact: ID!, $deal: ID!, $company: ID!) {
        updateDeal(by: {id: $deal}, input: {amount: "1.0001", closeDate: "2026-12-31"}) { deal { id } }
        updateContact(by: {id: $contact}, input: {email: null, primaryCompany: {id: $company}}) { contact { id } } }""",
        contact=contact,
        deal=deal,
        company=company,
    )
    await numbered(registry.store)
    entries = await follow(registry, after=now)
    common = {"by": "super_admin", "source": "API", "mergedId": None}
    assert [{key: value for key, value in entry.items() if key != "at"} for entry in entries] == [
        {
            **common,
            "kind": "UPDATED",
            "objectType": "DEAL",
            "recordId": deal,
            "rev": 2,
            "changes": [
                {"property": "amount", "before": "12.50", "after": "1.0001"},
                {"property": "closeDate", "before": None, "after": "2026-12-31"},
            ],
            "association": None,
        },
        {
            **common,
            "kind": "UPDATED",
            "objectType": "CONTACT",
            "recordId": contact,
            "rev": 2,
            "changes": [{"property": "email", "before": "ada@x.org", "after": None}],
            "association": None,
        },
        {
            **common,
            "kind": "ASSOCIATED",
            "objectType": "CONTACT",
            "recordId": contact,
            "rev": None,
            "changes": [],
            "association": {
                "recordId": company,
                "objectType": "COMPANY",
                "labels": ["primary"],
                "labelsBefore": [],
            },
        },
    ]


async def test_a_client_begins_from_now_and_goes_on_from_any_page(registry: Registry) -> None:
    create = "mutation { createContact(input: {}) { contact { id } } }"
    first = await page(registry)
    assert (first["edges"], first["pageInfo"]["hasNextPage"]) == ([], False)
    await written(registry, create)
    await numbered(registry.store)
    now = await page(registry, first=0)
    assert now["edges"] == []
    assert now["pageInfo"] | {"endCursor": None} == {
        "hasNextPage": True,
        "hasPreviousPage": False,
        "startCursor": None,
        "endCursor": None,
    }
    made = (await written(registry, create))["createContact"]["contact"]["id"]
    poll = await page(registry, after=now["position"])
    assert poll["edges"] == []  # it has no number yet
    await numbered(registry.store)
    again = await page(registry, after=poll["pageInfo"]["endCursor"])
    assert [edge["node"]["recordId"] for edge in again["edges"]] == [made]
    assert again["position"] == again["pageInfo"]["endCursor"] == again["edges"][-1]["cursor"]
    assert again["pageInfo"]["hasPreviousPage"] is True
    assert (await page(registry, after=again["position"]))["pageInfo"]["endCursor"] == again["position"]
    assert len(await follow(registry, after=first["position"])) == 2


async def test_the_record_is_shown_as_it_is_now_and_null_when_it_is_not_live(registry: Registry) -> None:
    data = await written(
        registry,
        'mutation { a: createContact(input: {firstName: "A"}) { contact { id } } '
        'b: createContact(input: {firstName: "B"}) { contact { id } } }',
    )
    gone = data["b"]["contact"]["id"]
    await registry.store.write(
        lambda tx: tx.run(Statement("MATCH (n:Record {id: $p.id}) REMOVE n:Contact", {"id": gone}))
    )
    await numbered(registry.store)
    response = await ask(
        registry,
        "{ changes { nodes { __typename record { __typename displayName ... on Contact { firstName companies { "
        "totalCount } history(first: 1) { nodes { after } } } } } } }",
    )
    assert not response.errors
    assert (response.data or {})["changes"]["nodes"] == [
        {
            "__typename": "Change",
            "record": {
                "__typename": "Contact",
                "displayName": "A",
                "firstName": "A",
                "companies": {"totalCount": 0},
                "history": {"nodes": [{"after": "A"}]},
            },
        },
        {"__typename": "Change", "record": None},
    ]


async def test_of_a_purged_record_its_entries_are_shown_without_values(registry: Registry) -> None:
    data = await written(registry, 'mutation { createContact(input: {firstName: "A"}) { contact { id } } }')
    person = data["createContact"]["contact"]["id"]
    await numbered(registry.store)
    (before,) = await follow(registry)
    await registry.store.write(lambda tx: purge_histories(tx, [person]))
    assert await follow(registry) == [{**before, "changes": []}]
    text = "query H($id: ID!) { contact(by: {id: $id}) { history { nodes { after } pageInfo { hasNextPage } } } }"
    empty_page: dict[str, Any] = {"nodes": [], "pageInfo": {"hasNextPage": False}}
    assert (await written(registry, text, id=person))["contact"] == {"history": empty_page}


async def test_a_page_looks_at_so_many_entries_and_says_that_there_is_more(registry: Registry) -> None:
    async def make(start: int) -> None:
        fields = " ".join(f"c{n}: createContact(input: {{}}) {{ created }}" for n in range(start, start + 50))
        await written(registry, f"mutation {{ {fields} }}")

    for start in range(0, WINDOW + 100, 50):
        await make(start)
    await written(registry, 'mutation { createCompany(input: {name: "last"}) { created } }')
    await numbered(registry.store)
    first = await page(registry, types=["COMPANY"], first=10)
    assert (first["edges"], first["pageInfo"]["hasNextPage"]) == ([], True)
    second = await page(registry, types=["COMPANY"], first=10, after=first["pageInfo"]["endCursor"])
    assert [edge["node"]["objectType"] for edge in second["edges"]] == ["COMPANY"]
    assert second["pageInfo"]["hasNextPage"] is False


@pytest.mark.parametrize("kinds", [None, ["CREATED"]])
async def test_what_cannot_be_seen_yet_is_not_passed_over(registry: Registry, kinds: list[str] | None) -> None:
    """Neo4j shows the log's position before the index finds its entries: a page ends before one that is missing."""
    for city in ("a", "b", "c", "d"):
        await written(registry, f'mutation {{ createContact(input: {{city: "{city}"}}) {{ created }} }}')
    await numbered(registry.store)
    whole = await follow(registry, kinds=kinds)
    assert len(whole) == 4
    hide, show = "MATCH (e:_Change {seq: 3}) SET e.seq = -3", "MATCH (e:_Change {seq: -3}) SET e.seq = 3"
    await registry.store.write(lambda tx: tx.run(Statement(hide)))
    found = await page(registry, first=10, kinds=kinds)
    assert [edge["node"] for edge in found["edges"]] == whole[:2]
    assert found["pageInfo"]["hasNextPage"]
    after = found["pageInfo"]["endCursor"]
    again = await page(registry, first=10, after=after, kinds=kinds)
    assert (again["edges"], again["pageInfo"]["endCursor"]) == ([], after)
    assert not again["pageInfo"]["hasNextPage"]  # who asks for page after page ends here, and asks again later
    await registry.store.write(lambda tx: tx.run(Statement(show)))
    assert await follow(registry, after=after, kinds=kinds) == whole[2:]


async def test_a_cursor_that_the_log_does_not_reach_is_refused(registry: Registry) -> None:
    for _ in range(3):
        await written(registry, "mutation { createContact(input: {}) { created } }")
    begin = (await page(registry))["position"]
    await numbered(registry.store)
    second = (await page(registry, first=2))["pageInfo"]["endCursor"]
    end = (await page(registry))["position"]
    await registry.store.write(
        lambda tx: tx.run(Statement("MATCH (e:_Change) WHERE e.seq < 3 SET e.at = e.at - 7200000000"))
    )
    assert await trim(registry.store, 3600) == 2
    assert "before the log's beginning: entries up to number 2 were forgotten" in await refused(registry, after=begin)
    assert len(await follow(registry, after=second)) == len(await follow(registry)) == 1
    await empty(registry.store)
    assert "behind the log's end: the last number is 0" in await refused(registry, after=end)


@pytest.mark.parametrize("cursor", ["", "x", "WyJhIiwiYiJd", "WyJjaGFuZ2VzIiwiLTEiXQ", "WyJjaGFuZ2VzIiwxXQ"])
async def test_what_is_no_cursor_of_the_log_is_refused(crm: Crm, cursor: str) -> None:
    assert "after expects a cursor that this list gave" in await refused(crm.registry, after=cursor)


async def test_page_sizes_and_kinds_are_checked(crm: Crm) -> None:
    assert "first expects from 0 to 1,000; found -1" in await refused(crm.registry, first=-1)
    assert "first expects from 0 to 1,000; found 1,001" in await refused(crm.registry, first=1001)
    response = await crm.ask(FOLLOW, {"kinds": ["DELETED"]})
    assert response.codes == ["BAD_USER_INPUT"]


async def test_a_poll_is_an_index_read(registry: Registry) -> None:
    """On the embedded engine equality is what it reads an index for, and its plans do not tell."""
    text = "{ changes { nodes { recordId } } }"
    prepared = registry.current.documents.prepared(text, registry.current.documents.parse(text), None)
    bound = prepared.plan().bind({}, registry.current.limits, now=NOW)
    assert "MATCH (c:`_Change` {seq: k})" in bound.statement.text
    steps = str(await registry.store.explain(bound.statement.text))
    if registry.store.engine is Engine.NEO4J:
        assert "NodeIndexSeek" in steps
        assert "NodeByLabelScan" not in steps
        assert "AllNodesScan" not in steps
