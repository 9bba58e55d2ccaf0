"""Introspection over HTTP: made once, kept compressed, bounded in time and size."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from graphql import build_client_schema, get_introspection_query, print_schema

from app.asgi import create_app
from app.introspection import Introspections
from app.settings import Settings
from graphdb.catalog.files import standard_catalog
from schema import build_schema, prepare

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.bolt import BoltStore

STANDARD = get_introspection_query(specified_by_url=True, input_value_deprecation=True, one_of=True)


@contextlib.asynccontextmanager
async def running(store: BoltStore, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(build_indexes=False, statistics_every_s=0, **settings), store)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


async def test_the_standard_document_gives_the_schema_compressed_or_plain(clean_store: BoltStore) -> None:
    """As the client likes; what comes is the schema that is served."""
    async with running(clean_store) as client:
        packed = await client.post("/graphql", json={"query": STANDARD}, headers={"accept-encoding": "br, gzip;q=0.8"})
        plain = await client.post("/graphql", json={"query": STANDARD}, headers={"accept-encoding": "gzip;q=0, br"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert {packed.headers["vary"], plain.headers["vary"]} == {"accept, accept-encoding"}
    assert int(packed.headers["content-length"]) < 0.1 * int(plain.headers["content-length"])
    assert packed.json() == plain.json()
    assert list(plain.json()) == ["data", "extensions"]
    served = build_schema(standard_catalog()).graphql_schema
    assert print_schema(build_client_schema(plain.json()["data"])) == print_schema(served)


async def test_variables_and_operation_names_decide_the_answer(store: BoltStore) -> None:
    """An answer is kept for its document and operation, and not where variables decide."""
    by_name = "query ($name: String!) { __type(name: $name) { name } }"
    several = 'query A { __type(name: "Deal") { name } } query B { __type(name: "Ticket") { name } }'
    async with running(store) as client:
        names = [
            (await client.post("/graphql", json=body)).json()["data"]["__type"]["name"]
            for body in (
                {"query": by_name, "variables": {"name": "Contact"}},
                {"query": by_name, "variables": {"name": "Company"}},
                {"query": several, "operationName": "A"},
                {"query": several, "operationName": "B"},
                {"query": several, "operationName": "A"},
            )
        ]
    assert names == ["Contact", "Company", "Deal", "Ticket", "Deal"]


async def test_it_stands_beside_records_and_the_data_model(store: BoltStore) -> None:
    """In the order of the document."""
    query = "{ a: __schema { queryType { name } } contacts { totalCount } m: dataModel { version } t: __typename }"
    without = "{ m: dataModel { version } t: __typename a: __schema { queryType { name } } }"
    async with running(store) as client:
        with_records = (await client.post("/graphql", json={"query": query})).json()
        without_records = (await client.post("/graphql", json={"query": without})).json()

    assert list(with_records["data"]) == ["a", "contacts", "m", "t"]
    assert with_records["data"]["a"] == without_records["data"]["a"] == {"queryType": {"name": "Query"}}
    assert (list(without_records["data"]), without_records["data"]["t"]) == (["m", "t", "a"], "Query")


async def test_it_can_be_turned_off(store: BoltStore) -> None:
    async with running(store, introspection=False) as client:
        response = await client.post("/graphql", json={"query": STANDARD})

    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


@pytest.mark.parametrize("more", ["", " contacts { totalCount }"])
@pytest.mark.parametrize(
    ("limits", "code"), [({"read_timeout_s": 0.001}, "TIMEOUT"), ({"introspection_bytes_max": 2_000}, "TOO_COMPLEX")]
)
async def test_it_ends_at_the_deadline_and_at_its_size(
    store: BoltStore, limits: dict[str, Any], code: str, more: str
) -> None:
    """In a thread: others are answered meanwhile. What failed is not kept."""
    document = STANDARD.replace("__schema", f"{more} __schema", 1)
    async with running(store, **limits) as client:
        for _ in range(2):
            found = (await client.post("/graphql", json={"query": document})).json()
            assert {error["extensions"]["code"] for error in found["errors"]} <= {code, "TIMEOUT"}
            assert found.get("data") is None


async def test_whoever_asks_at_once_waits_for_one_answer() -> None:
    """However many; and what is kept is bounded."""
    catalog = standard_catalog()
    prepared = prepare(build_schema(catalog).graphql_schema, catalog, STANDARD)
    operation = prepared.open(prepared.coerce({}))
    fields = prepared.root_fields(operation)
    answers = Introspections(Settings(introspections_max=2), {})

    found = await asyncio.gather(*(answers.response((STANDARD, ""), operation, fields) for _ in range(5)))
    again = await answers.response((STANDARD, ""), operation, fields)

    assert all(one.packed is again.packed for one in found)
    assert list(orjson.loads(gzip.decompress(again.packed.gzipped))["data"]) == ["__schema"]
    for name in "abc":
        await answers.response((name, ""), operation, fields)
    anew = await answers.response((STANDARD, ""), operation, fields)
    assert anew.packed is not again.packed
