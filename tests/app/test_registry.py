"""What a process serves while the data model changes under it, on a real engine."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import threading
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app import memory
from app import registry as registry_module
from app.asgi import create_app
from app.catalog_source import CatalogSource
from app.execution import RequestContext
from app.registry import Registry, Served
from app.settings import Settings
from graphdb.bootstrap import WORDS, Index, IndexState, IndexStatus, further_indexes, id_indexes
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.catalog.statistics import Statistics
from graphdb.metadata import save_catalog
from graphdb.store import Engine
from schema import build_schema

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from graphdb.bolt import BoltStore
    from graphdb.catalog.model import Catalog
    from graphdb.cypher.statement import Statement
    from graphdb.store import GraphStore, Rows

STANDARD = standard_catalog()
SETTINGS = Settings(build_indexes=False, statistics_every_s=0, catalog_poll_s=0.05)
BATCHES = "{ roastBatches { nodes { id name } } }"


def with_roast_batches(catalog: Catalog, number: int = 0) -> Catalog:
    """The next version: an object type more."""
    name = f"roast_batch{number or ''}"
    indexed = Property(name="roastDate", type=PropertyType.DATE, label="Roast date", indexed=True)
    batch = replace(
        catalog.by_name["lead"],
        name=name,
        type_name=f"RoastBatch{number or ''}",
        field=f"roastBatch{number or ''}",
        plural_field=f"roastBatches{number or ''}",
        node_label=f"RoastBatch{number or ''}",
        label="Roast Batch",
        plural_label="Roast Batches",
        properties=(Property(name="name", type=PropertyType.STRING, label="Name"), indexed),
        display=(("name",),),
        pipelines=(),
        required_associations=(),
        reaches=(),
        aliases=(),
    )
    types = (*catalog.object_types, batch)
    return replace(catalog, version=catalog.version + 1, object_types=types, _sides={})


async def change(store: GraphStore, before: Catalog, after: Catalog) -> None:
    await save_catalog(store, after, expected=before.version, before=before)


async def until(holds: Callable[[], bool], *, within_s: float = 5) -> None:
    async with asyncio.timeout(within_s):
        while not holds():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.02)


async def ask(registry: Registry, text: str) -> Any:
    return await registry.schema.execute(text, context_value=RequestContext(registry))


@pytest.fixture
async def registry(clean_store: BoltStore) -> Registry:
    return await Registry.open(clean_store, SETTINGS)


@contextlib.asynccontextmanager
async def running(store: object, settings: Settings = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, store)  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


async def test_a_refresh_serves_what_the_graph_holds(registry: Registry) -> None:
    """A new object type can be written and read at once; without a change nothing is made anew."""
    before = registry.current
    assert await registry.refresh() is before

    await change(registry.store, STANDARD, with_roast_batches(STANDARD))
    assert (await ask(registry, BATCHES)).errors
    assert (await registry.refresh()).catalog.version == 2

    written = await ask(registry, 'mutation { createRoastBatch(input: {name: "Yirga"}) { roastBatch { id } } }')
    assert written.errors is None
    read = await ask(registry, BATCHES)
    assert [node["name"] for node in read.data["roastBatches"]["nodes"]] == ["Yirga"]


async def test_a_request_ends_under_the_version_it_began_with(registry: Registry) -> None:
    """Also what it reads late, as ``dataModel`` does."""
    context = RequestContext(registry)
    schema = registry.schema
    await change(registry.store, STANDARD, with_roast_batches(STANDARD))
    await registry.refresh()
    assert registry.schema is not schema

    text = (
        '{ contacts { nodes { id } } dataModel { version objectTypes { name } } __type(name: "RoastBatch") { name } }'
    )
    result = await schema.execute(text, context_value=context)

    assert result.errors is None
    assert result.data is not None
    assert result.data["dataModel"]["version"] == 1
    assert "roast_batch" not in {one["name"] for one in result.data["dataModel"]["objectTypes"]}


async def test_refreshes_at_once_make_one_schema(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []

    class Counted(Served):
        def __init__(self, catalog: Catalog, *rest: Any) -> None:
            assert threading.current_thread() is not threading.main_thread()
            made.append(catalog.version)
            super().__init__(catalog, *rest)

    monkeypatch.setattr(registry_module, "Served", Counted)
    await change(registry.store, STANDARD, with_roast_batches(STANDARD))

    served = await asyncio.gather(*(registry.refresh() for _ in range(5)))

    assert made == [2]
    assert {id(one) for one in served} == {id(registry.current)}


async def test_what_holds_whatever_the_data_model_is_carried_over(registry: Registry) -> None:
    statistics = Statistics(nodes={"Contact": 7}, relationships={}, ends={})
    registry.current.statistics = statistics
    wanted, unwanted = (Index("Deal", (name, "amount", "id")) for name in ("stage", "owner"))
    for index in (WORDS, wanted, unwanted):
        registry._indexes._statuses[index] = IndexStatus(index, IndexState.ONLINE)
    registry.current.use_indexes(registry._indexes.online)

    await change(registry.store, STANDARD, with_roast_batches(STANDARD))
    served = await registry.refresh()

    assert served.statistics is statistics
    neo4j = registry.store.engine is Engine.NEO4J  # for which alone the data model wants any of them
    assert served.limits.words_index == (WORDS.name if neo4j else None)
    assert ((wanted.node_label, wanted.properties) in served.limits.composite_indexes) is neo4j
    assert (unwanted.node_label, unwanted.properties) not in served.limits.composite_indexes
    assert {status.index for status in registry.indexes} >= {*id_indexes(served.catalog)}


async def test_a_version_that_cannot_be_served_leaves_the_one_before(
    registry: Registry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, once, and tried again."""
    failures = 3

    class Failing(Served):
        def __init__(self, *arguments: Any) -> None:
            nonlocal failures
            failures -= 1
            if failures >= 0:
                raise RuntimeError("no room")
            super().__init__(*arguments)

    monkeypatch.setattr(registry_module, "Served", Failing)
    await change(registry.store, STANDARD, with_roast_batches(STANDARD))
    following = asyncio.create_task(registry.follow_catalog())
    try:
        with caplog.at_level(logging.WARNING):
            async with asyncio.timeout(10):
                while failures >= 0:
                    assert (await ask(registry, "{ contacts { nodes { id } } }")).errors is None
                    await asyncio.sleep(0.02)
            await until(lambda: registry.catalog.version == 2)
    finally:
        following.cancel()
    assert ["no room" in record.getMessage() for record in caplog.records] == [True]


async def test_an_outage_ends_nothing(registry: Registry) -> None:
    class Away:
        def __init__(self) -> None:
            self.away = True

        def __getattr__(self, name: str) -> Any:
            return getattr(registry.store, name)

        async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
            if self.away:
                raise ConnectionError("away")
            return await registry.store.read(statement, timeout_s=timeout_s)

    store = Away()
    source = CatalogSource(store, SETTINGS)
    seen: list[Catalog] = []

    async def refresh() -> None:
        catalog = await source.other_than(1)
        if catalog is not None:
            seen.append(catalog)

    following = asyncio.create_task(source.follow(refresh))
    await change(registry.store, STANDARD, with_roast_batches(STANDARD))
    await asyncio.sleep(0.3)
    assert not seen
    store.away = False
    await until(lambda: bool(seen))
    following.cancel()
    assert seen[0].version == 2


async def test_another_process_follows_within_a_second(clean_store: BoltStore) -> None:
    """Told by ``extensions.catalogVersion``, which each answer has, whatever it is."""
    documents = (
        "{ contacts { nodes { id } } }",
        "{ __schema { queryType { name } } }",
        "{ dataModel { version } }",
        "{ nobody }",
        "{",
        "{ contacts(first: -1) { nodes { id } } }",
    )
    async with running(clean_store) as client:
        for version in (1, 2):
            async with asyncio.timeout(1):
                while (await client.get("/readyz")).json()["catalogVersion"] != version:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            for text in documents:
                response = await client.post("/graphql", json={"query": text})
                assert response.json()["extensions"] == {"catalogVersion": version}
            if version == 1:
                await change(clean_store, STANDARD, with_roast_batches(STANDARD))
        costed = await client.post("/graphql", json={"query": documents[0], "extensions": {"cost": True}})
        assert set(costed.json()["extensions"]) == {"catalogVersion", "cost"}


async def test_indexes_of_a_new_object_type_are_made_behind_it(clean_store: BoltStore) -> None:
    registry = await Registry.open(clean_store, replace(SETTINGS, build_indexes=True))
    after = with_roast_batches(STANDARD)
    wanted = {one for one in (*id_indexes(after), *further_indexes(after)) if one.node_label == "RoastBatch"}
    keeping = asyncio.create_task(registry.keep_indexes())
    try:
        await change(clean_store, STANDARD, after)
        await registry.refresh()
        states = {status.index: status.state for status in registry.indexes}
        assert wanted <= states.keys()
        await until(
            lambda: {one.state for one in registry.indexes if one.index in wanted} == {IndexState.ONLINE}, within_s=300
        )
    finally:
        keeping.cancel()


async def test_the_first_records_of_a_new_type_are_written_by_many_at_once(clean_store: BoltStore) -> None:
    """Two processes serve the type; neither gets in the other's way on the engine."""
    registries = [await Registry.open(clean_store, SETTINGS) for _ in range(2)]
    catalog = STANDARD
    for number in range(1, 4):
        after = with_roast_batches(catalog, number)
        await change(clean_store, catalog, after)
        await asyncio.gather(*(one.refresh() for one in registries))
        text = f'mutation {{ createRoastBatch{number}(input: {{name: "A"}}) {{ created }} }}'
        results = await asyncio.gather(*(ask(registries[n % 2], text) for n in range(12)))
        assert [result.errors for result in results] == [None] * 12
        catalog = after


async def test_a_version_goes_with_its_last_request(registry: Registry) -> None:
    """Without the collector: it is told to leave alone what is served."""
    context = RequestContext(registry)
    served = weakref.ref(registry.current)
    text = "{ contacts { nodes { id } } dataModel { version } __schema { queryType { name } } __typename }"
    assert (await ask(registry, text)).errors is None
    contact = weakref.ref(registry.schema.graphql_schema.type_map["Contact"])
    gc.collect()
    gc.disable()
    gc.freeze()
    try:
        await change(registry.store, STANDARD, with_roast_batches(STANDARD))
        await registry.refresh()
        assert served() is context.served
        assert contact() is not None
        del context
        assert served() is None
        assert contact() is None
    finally:
        gc.unfreeze()
        gc.enable()


def test_only_scalars_and_introspection_belong_to_several_schemas() -> None:
    """What a schema takes apart when it goes is its own."""
    first, second = (build_schema(STANDARD).graphql_schema.type_map for _ in range(2))

    shared = {name for name, graphql_type in first.items() if second[name] is graphql_type}

    assert {name for name in shared if not name.startswith("__")} == {
        *("ID", "String", "Int", "Float", "Boolean", "Decimal", "DateTime", "Date", "Long", "JSON")
    }


async def test_memory_is_put_in_order_when_it_is_quiet(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not at the change itself, which requests wait for."""
    settled: list[int] = []
    monkeypatch.setattr(memory, "settle", lambda: settled.append(registry.catalog.version))
    monkeypatch.setattr(registry_module, "QUIET_S", 0.3)
    settling = asyncio.create_task(registry.settle_memory())
    catalog = STANDARD
    for number in (1, 2):
        after = with_roast_batches(catalog, number)
        await change(registry.store, catalog, after)
        await registry.refresh()
        assert after.version not in settled
        catalog = after
    await until(lambda: 3 in settled)
    settling.cancel()


async def test_memory_is_put_in_order_in_a_long_row_of_changes(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It never becomes quiet."""
    settled: list[bool] = []
    monkeypatch.setattr(memory, "settle", lambda: settled.append(True))
    monkeypatch.setattr(registry_module, "QUIET_S", 0.05)
    settling = asyncio.create_task(registry.settle_memory())

    def changed() -> bool:
        registry._swapped.set()
        return len(settled) > 1

    await until(changed)
    settling.cancel()
