"""Lists by one value in the order of another property: their pages on both engines, and what they cost on Neo4j."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from neo4j import AsyncGraphDatabase

from app.registry import Registry
from app.settings import Settings
from graphdb.bootstrap import build_indexes, composite_indexes, drop_index
from graphdb.store import Engine
from tests.harness import NOW, done

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from neo4j import AsyncSession

    from graphdb.bolt import BoltStore

STAGES = ("CLOSED_WON", "PROSPECTING", "ENGAGING")
SIZE = 4
TEXT = """query Page($first: Int, $after: String, $last: Int, $before: String) {{
  deals(where: {{stage: {{eq: CLOSED_WON}}{more}}}, orderBy: [{order}],
        first: $first, after: $after, last: $last, before: $before) {{
    totalCount edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage hasPreviousPage }} }} }}"""
CREATE = "mutation Create($inputs: [DealInput!]!) { createDeals(inputs: $inputs) { succeeded } }"
ALL = "{ deals(first: 1000) { nodes { id stage closeDate amount } } }"
ORDERS = [
    "{closeDate: ASC}",
    "{closeDate: DESC}",
    "{closeDate: DESC}, {id: ASC}",
    "{amount: DESC}, {closeDate: ASC}",
    "{closeDate: ASC}, {amount: DESC}, {name: ASC}",
]


async def create(registry: Registry, count: int) -> None:
    """Deals with equal and unset values in every stage."""
    inputs = [
        {
            "name": "Deal",
            "stage": STAGES[number % 3],
            "closeDate": f"2026-0{1 + number % 7}-11" if number % 5 else None,
            "amount": f"{number % 11 * 1000}.00" if number % 4 else None,
        }
        for number in range(count)
    ]
    for start in range(0, count, 500):
        await done(registry, CREATE, {"inputs": inputs[start : start + 500]})


async def indexed(registry: Registry) -> None:
    """Have the engine make the indexes of deals."""
    only = tuple(one for one in registry.catalog.object_types if one.name == "deal")
    part = replace(registry.catalog, object_types=only, associations=(), _sides={})
    await build_indexes(registry.store, part, lambda _: None)
    await registry.look_at_indexes()


async def unindexed(registry: Registry) -> None:
    """Have the engine drop the composite indexes of deals, whatever the data model wants."""
    for index in _composite(registry):
        await drop_index(registry.store, index)


def _composite(registry: Registry) -> list[Any]:
    deal = registry.catalog.by_name["deal"]
    return [index for one in deal.composite_indexes for index in composite_indexes(deal, one.equal, one.order)]


@pytest.fixture
async def registry(clean_store: BoltStore) -> AsyncIterator[Registry]:
    """Ninety deals, served by a process that knows of no index but those on the id."""
    registry = await Registry.open(clean_store, Settings())
    await unindexed(registry)
    await registry.look_at_indexes()
    await create(registry, 90)
    yield registry
    await unindexed(registry)


async def in_order(registry: Registry, order: str) -> list[str]:
    """The ids of the closed ones in an order, sorted here: unset values last, ties by the id."""
    found = [one for one in (await done(registry, ALL))["deals"]["nodes"] if one["stage"] == "CLOSED_WON"]
    keys = [part.strip("{} ").split(": ") for part in order.split("}, {")]
    if "id" not in [name for name, _ in keys]:
        keys.append(["id", keys[0][1]])
    for name, direction in reversed([key for key in keys if key[0] != "name"]):
        number = float if name == "amount" else str
        known = sorted(
            (one for one in found if one[name] is not None),
            key=lambda one, name=name, number=number: number(one[name]),  # type: ignore[misc]
            reverse=direction == "DESC",
        )
        found = [*known, *(one for one in found if one[name] is None)]
    return [one["id"] for one in found]


async def page(registry: Registry, order: str, variables: dict[str, Any]) -> Any:
    """A page of the closed ones."""
    return (await done(registry, TEXT.format(order=order, more=""), variables))["deals"]


async def walk(registries: list[Registry], order: str, *, backward: bool) -> list[str]:
    """Every id of the closed ones, a page at a time, each page by the next of the processes."""
    size, place, more = ("last", "before", "hasPreviousPage") if backward else ("first", "after", "hasNextPage")
    found: list[str] = []
    cursor: str | None = None
    turn = 0
    while True:
        one = await page(registries[turn % len(registries)], order, {size: SIZE, place: cursor})
        turn += 1
        ids = [edge["node"]["id"] for edge in one["edges"]]
        found = [*ids, *found] if backward else [*found, *ids]
        assert one["totalCount"] == 30
        if not one["pageInfo"][more]:
            return found
        cursor = one["edges"][0 if backward else -1]["cursor"]


def statement(registry: Registry, text: str, variables: dict[str, Any] | None = None) -> Any:
    """What a document becomes, with its values."""
    served = registry.current
    prepared = served.documents.prepared(text, served.documents.parse(text), None)
    coerced = prepared.coerce(variables or {})
    plan = prepared.parts_for(coerced).plan
    assert plan is not None
    return plan.bind(coerced.coerced, prepared.limits, now=NOW).statement


def hinted(registry: Registry) -> bool:
    """Whether the process reads the closed ones in an order by a composite index."""
    return "USING INDEX" in statement(registry, TEXT.format(order=ORDERS[0], more=""), {"first": SIZE}).text


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "backward"])
@pytest.mark.parametrize("order", ORDERS)
async def test_pages_are_the_same_with_the_index_and_without(registry: Registry, order: str, *, backward: bool) -> None:
    """Each page by another process: one that does not know of the index, one that does, one whose index is gone."""
    expected = await in_order(registry, order)
    assert await walk([registry], order, backward=backward) == expected
    later = await Registry.open(registry.store, Settings())
    await indexed(later)
    neo4j = registry.store.engine is Engine.NEO4J
    assert (hinted(registry), hinted(later)) == (False, neo4j)
    assert await walk([later], order, backward=backward) == expected
    assert await walk([registry, later], order, backward=backward) == expected
    await unindexed(registry)
    assert hinted(later) is neo4j  # nobody has told it
    assert await walk([later, registry], order, backward=backward) == expected


@pytest.mark.parametrize("order", ORDERS)
async def test_between_two_cursors(registry: Registry, order: str) -> None:
    await indexed(registry)
    expected = await in_order(registry, order)
    edges = (await page(registry, order, {"first": 1000}))["edges"]
    cursors = [edge["cursor"] for edge in edges]
    assert [edge["node"]["id"] for edge in edges] == expected
    for start, end in ((0, 29), (3, 12), (20, 28), (27, 29), (5, 5), (9, 2)):
        for size in ("first", "last"):
            found = await page(registry, order, {size: 1000, "after": cursors[start], "before": cursors[end]})
            assert [edge["node"]["id"] for edge in found["edges"]] == expected[start + 1 : end], (start, end, size)


async def test_it_is_named_from_when_it_is_there_until_it_is_given_up(registry: Registry) -> None:
    """No plan made before outlives either: the same document, byte for byte."""
    neo4j = registry.store.engine is Engine.NEO4J
    assert not hinted(registry)
    await indexed(registry)
    assert hinted(registry) is neo4j
    text = 'mutation { deleteCompositeIndex(objectType: "deal", equal: "stage", order: "closeDate") { version } }'
    await done(registry, text)
    assert not hinted(registry)
    await done(registry, text.replace("delete", "create"))
    assert hinted(registry) is False  # until it is seen to be there again
    await registry.look_at_indexes()
    assert hinted(registry) is neo4j


@pytest.fixture
async def session(engine_address: tuple[str, str, str]) -> AsyncIterator[AsyncSession]:
    """A session of the driver itself."""
    uri, user, password = engine_address
    async with (
        AsyncGraphDatabase.driver(uri, auth=(user, password), notifications_min_severity="OFF") as driver,
        driver.session() as session,
    ):
        yield session


async def _profile(session: AsyncSession, asked: Any) -> tuple[int, set[str]]:
    """The engine's hits and operators for a statement."""
    result = await session.run(f"PROFILE {asked.text}", {"p": dict(asked.params)})
    summary = await result.consume()
    hits, operators = 0, set()
    left: list[Any] = [summary.profile]
    while left:
        step = left.pop()
        hits += step.get("dbHits", 0)
        operators.add(step["operatorType"].split("@")[0])
        left += step.get("children", ())
    return hits, operators


async def _costs(registry: Registry, session: AsyncSession, order: str) -> list[tuple[int, set[str]]]:
    """Of the first page, the last, one after and one before a cursor, between two, and where the order is unset."""
    text = TEXT.format(order=order, more="").replace("totalCount ", "")
    edges = (await page(registry, order, {"first": 1000}))["edges"]
    early, late, unset = (edges[len(edges) * part // 100]["cursor"] for part in (30, 60, 96))
    return [
        await _profile(session, statement(registry, text, {"first": SIZE, **variables}))
        for variables in (
            {},
            {"first": None, "last": SIZE},
            {"after": early},
            {"first": None, "last": SIZE, "before": late},
            {"after": early, "before": late},
            {"after": unset},
            {"first": None, "last": SIZE, "before": unset},
        )
    ]


@pytest.mark.parametrize("order", ["{closeDate: ASC}", "{closeDate: DESC}", "{amount: DESC}"])
async def test_a_page_costs_the_same_when_there_are_ten_times_as_many(
    registry: Registry, session: AsyncSession, order: str
) -> None:
    """On Neo4j: nothing is sorted, and what is visited is the page. The embedded engine sorts what matches."""
    await indexed(registry)
    if registry.store.engine is not Engine.NEO4J:
        assert not hinted(registry)
        return
    few = await _costs(registry, session, order)
    await create(registry, 810)
    many = await _costs(registry, session, order)
    for (before, operators), (after, _) in zip(few, many, strict=True):
        assert not {one for one in operators if "Sort" in one or "Top" in one}, operators
        assert "NodeIndexSeek" in operators
        assert after <= before + 8 * SIZE, (few, many)
    assert not {one for _, operators in many for one in operators if "Sort" in one or "Top" in one}
