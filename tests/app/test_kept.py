"""Kept roll-ups through the API: made at run time, listed from their index, and how far they are."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from app.execution import RequestContext
from app.health import Health
from app.registry import Registry
from app.settings import Settings
from graphdb.cypher.statement import Statement
from graphdb.jobs import Terms, run_jobs
from graphdb.journal.sequencer import number_entries
from graphdb.store import Engine
from schema.kept import kept_roll_ups
from tests.harness import ask, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction

KEEP = """mutation { createProperty(objectType: "company", input: {
  label: "Open deals value", type: MONEY, indexed: true
  rollUp: {field: "deals", function: SUM, property: "amount", where: {isClosed: {eq: false}}}
}) { property { name indexed indexedState } } }"""
COMPANIES = 12
PAGE = """query P($first: Int, $after: String, $order: OrderDirection!) {
  companies(first: $first, after: $after, orderBy: [{openDealsValue: $order}]) {
    nodes { name openDealsValue } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture
async def registry(store: BoltStore) -> Registry:
    """Companies, two of three of which have a deal; their sums are kept."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    for n in range(COMPANIES):
        deals = f'deals: [{{create: {{name: "d", stage: PROSPECTING, amount: "{n}.50"}}}}]' if n % 3 else ""
        await _done(registry, f'mutation {{ createCompany(input: {{name: "c{n:02}" {deals}}}) {{ created }} }}')
    await number(registry)
    return registry


async def _done(registry: Registry, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    response = await ask(registry, text, variables)
    assert response.errors == []
    assert response.data is not None
    return response.data


async def number(registry: Registry) -> None:
    """Number what was written."""
    while (await number_entries(registry.store))[0]:
        pass


async def catch_up(registry: Registry) -> None:
    """Number what was written, and fold it in."""
    await number(registry)
    while await registry.keeper.folder.fold():
        pass


async def keep(registry: Registry) -> None:
    """Have the sum kept, and wait until it is."""
    data = await _done(registry, KEEP)
    property_ = {"name": "openDealsValue", "indexed": True, "indexedState": "BUILDING"}
    assert data["createProperty"]["property"] == property_
    await run_jobs(registry.store, Terms(grace_s=0, roll_ups=kept_roll_ups))
    await registry.refresh()


async def pages(registry: Registry, order: str) -> list[Any]:
    """All companies in an order, a page at a time."""
    found: list[Any] = []
    after = None
    while True:
        data = await _done(registry, PAGE, {"first": 5, "after": after, "order": order})
        found += data["companies"]["nodes"]
        if not data["companies"]["pageInfo"]["hasNextPage"]:
            return found
        after = data["companies"]["pageInfo"]["endCursor"]


async def test_lists_are_the_same_before_and_after(registry: Registry) -> None:
    await _done(registry, KEEP)
    computed = {order: await pages(registry, order) for order in ("ASC", "DESC")}
    begun = (await _done(registry, PAGE, {"first": 5, "order": "ASC"}))["companies"]["pageInfo"]["endCursor"]
    await run_jobs(registry.store, Terms(grace_s=0, roll_ups=kept_roll_ups))
    await registry.refresh()
    assert not registry.catalog.by_name["company"].by_name["openDealsValue"].computed
    assert {order: await pages(registry, order) for order in ("ASC", "DESC")} == computed
    late = await ask(registry, PAGE, {"first": 5, "after": begun, "order": "ASC"})
    assert late.codes == ["BAD_USER_INPUT"]
    assert [one["openDealsValue"] for one in computed["DESC"][-4:]] == [None] * 4
    assert computed["DESC"][0] == {"name": "c11", "openDealsValue": "11.50"}
    data = await _done(
        registry,
        """{
          some: companies(where: {openDealsValue: {gte: "7.50"}}) { totalCount }
          others: companies(where: {not: {openDealsValue: {gte: "7.50"}}}) { totalCount }
          unset: companies(where: {openDealsValue: {isSet: false}}) { totalCount }
        }""",
    )
    assert {key: one["totalCount"] for key, one in data.items()} == {"some": 4, "others": 8, "unset": 4}


async def test_a_list_shows_what_it_is_ordered_by_and_says_as_of_when(registry: Registry) -> None:
    """Also of a record that has just been written: what is shown agrees with where it stands."""
    await keep(registry)
    data = await _done(
        registry,
        """mutation { createCompany(input: {
             name: "new", deals: [{create: {name: "d", stage: PROSPECTING, amount: "99"}}]
           }) { company { openDealsValue } } }""",
    )
    assert data["createCompany"]["company"]["openDealsValue"] is None
    listed = await pages(registry, "DESC")
    assert listed[-5] == {"name": "new", "openDealsValue": None}
    await number(registry)
    behind = (await _done(registry, "{ changes(first: 0) { position rollUpsPosition } }"))["changes"]
    assert behind["position"] != behind["rollUpsPosition"]
    left = await _done(
        registry, "query C($a: String) { changes(after: $a) { nodes { kind } } }", {"a": behind["rollUpsPosition"]}
    )
    assert {one["kind"] for one in left["changes"]["nodes"]} == {"CREATED", "ASSOCIATED"}
    await catch_up(registry)
    assert (await pages(registry, "DESC"))[0] == {"name": "new", "openDealsValue": "99.00"}
    now = (await _done(registry, "{ changes(first: 0) { position rollUpsPosition } }"))["changes"]
    assert now["position"] == now["rollUpsPosition"] == behind["position"]


async def test_a_page_is_read_from_the_index(registry: Registry) -> None:
    """Of so many that it is worth it to Neo4j, which is told to look how many there are."""
    deal = {"create": {"name": "d", "stage": "PROSPECTING", "amount": "50.00"}}
    inputs = [{"name": f"more{n}", "deals": [deal]} for n in range(200)]
    text = "mutation M($inputs: [CompanyInput!]!) { createCompanies(inputs: $inputs) { succeeded } }"
    await _done(registry, text, {"inputs": inputs})
    await keep(registry)
    if registry.store.engine is Engine.NEO4J:
        await registry.store.change_schema("CALL db.prepareForReplanning(30)")
    text = """{
      sorted: companies(first: 2, orderBy: [{openDealsValue: DESC}]) { nodes { id } }
      chosen: companies(first: 2, where: {openDealsValue: {eq: "7.50"}}) { nodes { id } }
    }"""
    context = RequestContext(registry)
    result: Any = await registry.schema.execute(text, context_value=context, operation_extensions={"explain": True})
    assert result.errors is None
    found = result.extensions["explain"]
    assert "COMPANY_DEAL" not in found["cypher"]
    if registry.store.engine is Engine.NEO4J:
        assert [(part["fromIndex"], part["sorts"]) for part in found["parts"]] == [(True, False)] * 2


async def test_readiness_says_how_far_they_are(registry: Registry) -> None:
    async def log() -> Any:
        async with asyncio.timeout(30):
            while True:  # a busy machine may not answer within the second that readiness gives it
                response = await Health(lambda: registry).ready(None)  # type: ignore[arg-type]
                if (found := orjson.loads(response.body)["changeLog"]) is not None:
                    return found

    assert (await log())["rollUps"] is None
    await keep(registry)
    await _done(registry, 'mutation { createDeal(input: {name: "d", stage: PROSPECTING}) { created } }')
    await number(registry)
    behind = await log()
    assert behind["rollUps"]["position"] < behind["position"]
    assert behind["rollUps"]["delayS"] > 0
    await catch_up(registry)
    now = await log()
    assert now["rollUps"] == {"position": now["position"], "delayS": 0}


async def test_the_keeper_folds_what_requests_write(registry: Registry) -> None:
    """With its own tasks, as a server runs them."""
    await keep(registry)
    running = [asyncio.create_task(one.run()) for one in (registry.keeper.sequencer, registry.keeper.folder)]
    try:
        await _done(
            registry,
            """mutation { createCompany(input: {
                 name: "new", deals: [{create: {name: "d", stage: PROSPECTING, amount: "99"}}]}) { created } }""",
        )
        async with asyncio.timeout(20):
            while (await pages(registry, "DESC"))[0]["name"] != "new":  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0.02)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def test_the_field_says_what_it_shows(registry: Registry) -> None:
    text = '{ __type(name: "Company") { fields { name description } } }'

    async def described() -> str:
        fields = (await _done(registry, text))["__type"]["fields"]
        return str(next(one["description"] for one in fields if one["name"] == "openDealsValue"))

    await _done(registry, KEEP)
    assert await described() == "Open deals value"
    await run_jobs(registry.store, Terms(grace_s=0, roll_ups=kept_roll_ups))
    await registry.refresh()
    assert "as of the change log's position" in await described()


async def test_a_sum_that_is_not_exact_is_an_error(registry: Registry) -> None:
    """Past 64 bits both engines go on in floating point, and what is kept then is no amount."""
    await keep(registry)

    async def overflow(tx: Transaction) -> None:
        await tx.run(Statement("MATCH (r:Company {name: 'c01'}) SET r.openDealsValue = 1.0e19"))

    await registry.store.write(overflow)
    response = await ask(registry, '{ companies(where: {name: {eq: "c01"}}) { nodes { openDealsValue } } }')
    assert response.codes == ["BAD_USER_INPUT"]
    assert "64 bits" in response.errors[0]["message"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ('formula: "amount * 2", type: MONEY', "a formula is computed when it is read"),
        (
            'type: INTEGER, rollUp: {field: "contacts", function: COUNT, where: {createdAt: {within: {this: "YEAR"}}}}',
            "Expected no relative dates",
        ),
    ],
)
async def test_what_cannot_be_kept_is_refused(registry: Registry, given: str, expected: str) -> None:
    flags = f'label: "X", indexed: true, {given}'
    response = await ask(
        registry, f'mutation {{ createProperty(objectType: "deal", input: {{{flags}}}) {{ version }} }}'
    )
    assert response.codes == ["BAD_USER_INPUT"]
    assert expected in response.errors[0]["message"]
