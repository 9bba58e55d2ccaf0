"""The application on a real engine: routes, health, and what becomes of requests when the engine is away."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING, cast

import httpx
import pytest

from app.asgi import create_app
from app.catalog_source import CatalogSource
from app.connection import open_store
from app.health import CACHED_S
from app.settings import Settings
from graphdb.cypher.statement import Statement
from graphdb.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.bolt import BoltStore
    from graphdb.store import GraphStore, Rows

SETTINGS = Settings(build_indexes=False, statistics_every_s=0)
CONTACTS = {"query": "{ contacts(first: 1) { nodes { id } } }"}


class Switch:
    """A store that can be cut off: what it wraps is real, the cut is a store on a port where nobody listens."""

    def __init__(self, store: BoltStore) -> None:
        self._store = store
        self._nobody = open_store(Settings(neo4j_uri="bolt://127.0.0.1:1"))
        self.cut = False
        self.pings = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._nobody if self.cut else self._store, name)

    async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
        self.pings += "`_Log`" in statement.text  # not what is read behind the requests
        return await (self._nobody if self.cut else self._store).read(statement, timeout_s=timeout_s)

    async def close(self) -> None:
        await self._nobody.close()


@contextlib.asynccontextmanager
async def running(store: object, settings: Settings = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings, store)  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


@pytest.fixture
async def switch(store: BoltStore) -> AsyncIterator[Switch]:
    found = Switch(store)
    yield found
    await found.close()


async def test_a_query_is_answered_from_the_graph(store: BoltStore) -> None:
    async with running(store) as client:
        response = await client.post("/graphql", json=CONTACTS)

    assert response.status_code == 200
    assert "errors" not in response.json()


async def test_introspection_is_answered_beside_records(store: BoltStore) -> None:
    query = "{ __schema { queryType { name } } contacts(first: 1) { nodes { __typename } } }"

    async with running(store) as client:
        data = (await client.post("/graphql", json={"query": query})).json()["data"]

    assert list(data) == ["__schema", "contacts"]
    assert data["__schema"] == {"queryType": {"name": "Query"}}


async def test_ready_says_what_is_served_and_how_far_the_indexes_are(store: BoltStore) -> None:
    async with running(store) as client:
        response = await client.get("/readyz")

    body = response.json()
    assert (response.status_code, body["status"], body["engine"]) == (200, "ready", "reachable")
    assert body["catalogVersion"] >= 1
    assert body["indexes"]["online"] > 0
    assert body["indexes"]["faults"] == {}


async def test_changes_are_numbered_behind_the_requests_and_ready_tells_how_far(clean_store: BoltStore) -> None:
    create = {"query": "mutation { createContact(input: {}) { contact { id } } }"}

    async with running(clean_store, Settings(statistics_every_s=0, changes_poll_ms=60_000)) as client:
        begun = (await client.get("/readyz")).json()["changeLog"]
        await asyncio.sleep(CACHED_S)
        ids = [(await client.post("/graphql", json=create)).json()["data"]["createContact"] for _ in range(3)]
        async with asyncio.timeout(20):
            while (log := (await client.get("/readyz")).json()["changeLog"]) != {
                "position": 3,
                "delayS": 0.0,
                "rollUps": None,
            }:
                await asyncio.sleep(0.2)
                assert log["position"] <= len(ids)
        entries = await clean_store.read(
            Statement("MATCH (e:_Change) RETURN e.seq, e.record, e.by, e.source ORDER BY e.seq")
        )

    assert begun == {"position": 0, "delayS": 0.0, "rollUps": None}
    assert entries == [[at + 1, one["contact"]["id"], "super_admin", "API"] for at, one in enumerate(ids)]


async def test_health_does_not_touch_the_engine(switch: Switch) -> None:
    async with running(switch) as client:
        before = switch.pings
        switch.cut = True
        response = await client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert switch.pings == before


async def test_ready_asks_the_engine_once_a_second_however_often_it_is_asked(switch: Switch) -> None:
    async with running(switch) as client:
        before = switch.pings
        for _ in range(20):
            assert (await client.get("/readyz")).status_code == 200

    assert switch.pings - before <= 2


async def test_an_engine_that_is_away_is_told_in_time_and_answers_again_when_it_is_back(switch: Switch) -> None:
    accept = {"accept": "application/graphql-response+json"}

    async with running(switch) as client:
        switch.cut = True
        started = time.monotonic()
        away = await client.post("/graphql", json=CONTACTS, headers=accept)
        took_s = time.monotonic() - started
        older = await client.post("/graphql", json=CONTACTS)
        not_ready = await client.get("/readyz")
        switch.cut = False
        back = await client.post("/graphql", json=CONTACTS, headers=accept)

    assert away.status_code == 503
    assert away.json()["errors"][0]["extensions"]["code"] == "UNAVAILABLE"
    assert took_s < 5
    assert "127.0.0.1:1" not in away.text
    assert (older.status_code, older.json()["errors"]) == (200, away.json()["errors"])
    assert (not_ready.status_code, not_ready.json()["engine"]) == (503, "unreachable")
    assert (back.status_code, "errors" in back.json()) == (200, False)


async def test_a_start_without_an_engine_fails_and_says_so() -> None:
    app = create_app(Settings(neo4j_uri="bolt://127.0.0.1:1"))

    with pytest.raises(StoreUnavailable):
        async with app.router.lifespan_context(app):
            pass


async def test_a_server_process_that_starts_during_an_outage_is_ready_once_that_is_over(switch: Switch) -> None:
    """Would it end instead, its parent would take it for broken, and end all the others."""
    switch.cut = True
    app = create_app(SETTINGS, cast("GraphStore", switch), waits_for_engine=True)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            meanwhile = [await client.post("/graphql", json=CONTACTS), await client.get("/schema.graphql")]
            not_ready, alive = await client.get("/readyz"), await client.get("/healthz")
            switch.cut = False
            async with asyncio.timeout(20):
                while (await client.get("/readyz")).status_code != 200:  # noqa: ASYNC110 - as a balancer asks
                    await asyncio.sleep(0.05)
            back = await client.post("/graphql", json=CONTACTS)

    assert [response.status_code for response in meanwhile] == [503, 503]
    assert {response.json()["errors"][0]["extensions"]["code"] for response in meanwhile} == {"UNAVAILABLE"}
    assert (not_ready.status_code, not_ready.json()["status"], alive.status_code) == (503, "starting", 200)
    assert "errors" not in back.json()


async def test_the_process_that_does_the_chores_of_all_waits_for_the_engine_too(switch: Switch) -> None:
    """It numbers the change log: did it end instead, no reader of the log would see anything any more."""
    switch.cut = True
    opening = asyncio.create_task(CatalogSource(cast("GraphStore", switch), SETTINGS).open_when_there())
    await asyncio.sleep(0.2)
    assert not opening.done()
    switch.cut = False
    async with asyncio.timeout(20):
        assert (await opening).version >= 1


async def test_a_server_process_that_found_no_engine_ends_all_the_same(switch: Switch) -> None:
    switch.cut = True
    app = create_app(SETTINGS, cast("GraphStore", switch), waits_for_engine=True)
    async with asyncio.timeout(20), app.router.lifespan_context(app):
        await asyncio.sleep(0.1)


async def test_the_root_leads_to_the_api(store: BoltStore) -> None:
    async with running(store) as client:
        response = await client.get("/")

    assert (response.status_code, response.headers["location"]) == (307, "/graphql")


async def test_an_unknown_path_is_a_404_in_the_form_of_a_graphql_error(store: BoltStore) -> None:
    async with running(store) as client:
        response = await client.get("/nowhere")

    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] == "NOT_FOUND"


async def test_the_page_and_its_files_can_be_turned_off(store: BoltStore) -> None:
    html = {"accept": "text/html,*/*;q=0.8"}

    async with running(store, Settings(build_indexes=False, graphiql=False)) as client:
        page = await client.get("/graphql", headers=html)
        file = await client.get("/static/graphiql/start.js")

    assert page.status_code == 400
    assert page.headers["content-type"].startswith("application/json")
    assert file.status_code == 404


async def test_the_first_query_of_the_page_is_valid_and_answered(store: BoltStore) -> None:
    async with running(store) as client:
        script = (await client.get("/static/graphiql/start.js")).text
        response = await client.post("/graphql", json={"query": script.split("`")[1]})

    assert "errors" not in response.json()
