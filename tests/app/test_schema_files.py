"""The schema as files over HTTP."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from graphql import build_schema as schema_of

from app.asgi import create_app
from app.settings import Settings
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.metadata import save_catalog
from schema import build_schema, print_sdl
from schema.build.slices import slice_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.bolt import BoltStore

STANDARD = standard_catalog()


@contextlib.asynccontextmanager
async def running(store: BoltStore, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(build_indexes=False, statistics_every_s=0, **settings), store)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
            yield client


@pytest.fixture
async def client(clean_store: BoltStore) -> AsyncIterator[httpx.AsyncClient]:
    """A data model at version 3; each version added a property to contacts."""
    await save_catalog(clean_store, STANDARD, expected=None)
    catalog = STANDARD
    for version, name in ((2, "shoeSize"), (3, "hatSize")):
        contact = catalog.by_name["contact"]
        added = Property(name=name, type=PropertyType.INTEGER, label=name)
        changed = replace(contact, properties=(*contact.properties, added))
        types = tuple(changed if one is contact else one for one in catalog.object_types)
        catalog = replace(catalog, version=version, object_types=types, _sides={})
        await save_catalog(clean_store, catalog, expected=version - 1)
    async with running(clean_store) as found:
        yield found


async def test_the_schema_is_had_as_it_is_as_it_was_and_in_part(client: httpx.AsyncClient) -> None:
    whole = await client.get("/schema.graphql")
    first = await client.get("/schema.graphql", params={"version": "1"})
    part = await client.get("/schema.graphql", params={"version": "2", "only": "deal, Contact"})

    assert whole.headers["content-type"] == "text/plain; charset=utf-8"
    assert "hatSize" in whole.text
    assert first.text == print_sdl(build_schema(STANDARD))
    assert "shoeSize" in part.text
    assert "hatSize" not in part.text
    assert set(schema_of(part.text).type_map) == set(
        build_schema(slice_of(STANDARD, ["contact", "deal"])).graphql_schema.type_map
    )


async def test_what_a_client_has_is_not_sent_again(client: httpx.AsyncClient) -> None:
    """Whatever the encoding; another part is another text."""
    first = await client.get("/schema.graphql")
    tag = first.headers["etag"]
    again = await client.get("/schema.graphql", headers={"if-none-match": f'"other", {tag}'})
    plain = await client.get("/schema.graphql", headers={"if-none-match": tag, "accept-encoding": "identity"})
    other = await client.get("/schema.graphql?version=1", headers={"if-none-match": tag})

    assert first.headers["content-encoding"] == "gzip"
    assert [one.status_code for one in (first, again, plain, other)] == [200, 304, 304, 200]
    assert again.headers["etag"] == tag
    assert again.content == b""
    assert other.headers["etag"] != tag
    assert other.headers["cache-control"] == "no-cache"


async def test_what_changed_is_told(client: httpx.AsyncClient) -> None:
    since_first = (await client.get("/schema.diff?from=1")).text
    one_step = (await client.get("/schema.diff?from=1&to=2")).text
    back = (await client.get("/schema.diff?from=3&to=2&only=contact")).text
    elsewhere = (await client.get("/schema.diff?from=1&only=deal")).text

    assert "FIELD_ADDED: Field Contact.hatSize was added." in since_first
    assert since_first.startswith("Breaking: 0\n")
    assert "shoeSize" in one_step
    assert "hatSize" not in one_step
    assert "FIELD_REMOVED: Field Contact.hatSize was removed." in back
    assert elsewhere == "Breaking: 0\nDangerous: 0\nSafe: 0\n"


async def test_clients_get_what_they_are_set_up_with(client: httpx.AsyncClient) -> None:
    possible = (await client.get("/schema/possible-types.json")).json()
    policies = (await client.get("/schema/type-policies.json")).json()
    config = (await client.get("/schema/codegen.json?only=ticket,contact")).json()

    assert "Contact" in possible["Record"]
    assert policies["ContactConnection"] == {"merge": True}
    assert list(config["schema"][0]) == ["http://127.0.0.1:8000/schema.graphql?only=contact,ticket"]
    assert config["config"]["scalars"]["Decimal"] == "string"


@pytest.mark.parametrize(
    ("path", "status", "code", "words"),
    [
        ("/schema.graphql?version=9", 404, "NOT_FOUND", "no version 9 that is kept; it is at 3"),
        ("/schema.graphql?version=-1", 400, "BAD_USER_INPUT", "Expected a version in `version`, found '-1'"),
        ("/schema.graphql?version=²", 400, "BAD_USER_INPUT", "Expected a version"),
        ("/schema.graphql?version=" + "9" * 400, 400, "BAD_USER_INPUT", "Expected a version"),
        ("/schema.graphql?only=", 400, "BAD_USER_INPUT", "at least one object type"),
        ("/schema.graphql?only=contacts", 400, "BAD_USER_INPUT", "found 'contacts'; contact is one"),
        ("/schema/codegen.json?only=%22%3E", 400, "BAD_USER_INPUT", "expected the name of an enabled object type"),
        ("/schema.diff", 400, "BAD_USER_INPUT", "Expected a version in `from`, found none"),
        ("/schema.diff?from=1&to=7", 404, "NOT_FOUND", "no version 7"),
    ],
)
async def test_what_there_is_not_is_refused(
    client: httpx.AsyncClient, path: str, status: int, code: str, words: str
) -> None:
    response = await client.get(path)
    error = response.json()["errors"][0]
    assert (response.status_code, error["extensions"]["code"]) == (status, code)
    assert words in error["message"]


async def test_a_schema_that_is_hidden_is_hidden_here_too(store: BoltStore) -> None:
    async with running(store, introspection=False) as client:
        for path in ("/schema.graphql", "/schema.diff?from=1", "/schema/possible-types.json", "/schema/codegen.json"):
            response = await client.get(path)
            assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
