"""GraphQL over HTTP: what is read, what is refused, how it is answered; on a small schema of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
import strawberry
from graphql import ExecutionResult
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route
from strawberry.extensions import SchemaExtension

from app import graphiql
from app.http import Begun, GraphQLView
from app.introspection import PackedResponse
from app.middleware import RequestMiddleware
from app.negotiation import MediaType, choose
from app.packed import Packed
from app.settings import Settings
from graphdb.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

BASE = "http://127.0.0.1:8000"
RESPONSE_JSON = {"accept": "application/graphql-response+json"}
SETTINGS = Settings(body_bytes_max=2_000, json_depth_max=20)


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, name: str = "world") -> str:
        return f"Hello, {name}"

    @strawberry.field
    def away(self) -> int | None:
        raise StoreUnavailable("bolt://10.0.0.7:7687 refused")

    @strawberry.field
    def needed(self) -> int:
        raise StoreUnavailable("bolt://10.0.0.7:7687 refused")

    @strawberry.field
    def broken(self) -> int:
        raise KeyError("inside")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def touch(self) -> bool:
        return True


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    schema = strawberry.Schema(Query, Mutation)
    view = GraphQLView(lambda request: Begun(schema, {"request": request}), SETTINGS, graphiql.page())
    app = Starlette(
        routes=[Route("/graphql", view), graphiql.files()],
        middleware=[Middleware(RequestMiddleware, host_names=SETTINGS.host_names)],
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE) as found:
        yield found


async def ask(client: httpx.AsyncClient, query: str, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


def code(response: httpx.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


async def test_a_query_is_answered_with_data_alone(client: httpx.AsyncClient) -> None:
    response = await ask(client, "query ($n: String!) { greeting(name: $n) }", variables={"n": "Ada"})

    assert (response.status_code, response.json()) == (200, {"data": {"greeting": "Hello, Ada"}})
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"


async def test_a_kept_response_may_stand_beside_extensions() -> None:
    """What is kept compressed is expanded when an answer holds more than it."""

    class Kept(SchemaExtension):
        def on_execute(self) -> Iterator[None]:
            data: Any = PackedResponse(Packed.of([b'{"data":', b'{"greeting":"kept"}}']))
            self.execution_context.result = ExecutionResult(data)
            yield

        def get_results(self) -> dict[str, Any]:
            return {"version": 7}

    schema = strawberry.Schema(Query, extensions=[Kept])
    view = GraphQLView(lambda request: Begun(schema, {"request": request}), SETTINGS)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(view), base_url=BASE) as found:
        response = await ask(found, "{ greeting }")

    assert response.json() == {"data": {"greeting": "kept"}, "extensions": {"version": 7}}


async def test_a_query_may_come_by_get(client: httpx.AsyncClient) -> None:
    response = await client.get(
        "/graphql",
        params={"query": "query ($n: String!) { greeting(name: $n) }", "variables": '{"n": "Ada"}'},
    )

    assert response.json() == {"data": {"greeting": "Hello, Ada"}}


async def test_a_mutation_by_get_is_refused_and_says_how(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "mutation { touch }"})

    assert response.status_code == 405
    assert response.headers["allow"] == "POST"
    assert code(response) == "BAD_USER_INPUT"


async def test_a_get_from_another_site_needs_a_header_of_its_own(client: httpx.AsyncClient) -> None:
    params = {"query": "{ greeting }"}
    foreign = {"sec-fetch-site": "cross-site"}

    refused = await client.get("/graphql", params=params, headers=foreign)
    allowed = await client.get("/graphql", params=params, headers={**foreign, "x-requested-with": "x"})

    assert (refused.status_code, code(refused)) == (403, "FORBIDDEN")
    assert allowed.status_code == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_other_methods_are_refused(client: httpx.AsyncClient, method: str) -> None:
    response = await client.request(method, "/graphql")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/x-www-form-urlencoded"},
        {"content-type": "multipart/form-data; boundary=x"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": ""},
        {"content-type": "application/json", "content-encoding": "gzip"},
    ],
)
async def test_only_plain_json_in_utf_8_is_read(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    response = await client.post("/graphql", content=b'{"query": "{ greeting }"}', headers=headers)

    assert (response.status_code, code(response)) == (415, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "Expected JSON"),
        (b"{", "Expected JSON"),
        (b'{"query": "{ greeting }", "variables": {"n": NaN}}', "Expected JSON"),
        (b'{"query": "{ greeting }", "variables": {"n": Infinity}}', "Expected JSON"),
        (b'{"query": "{ greeting }", "variables": {"n": "\\ud800"}}', "Expected JSON"),
        (b'{"query": "\xff"}', "Expected JSON"),
        (b'{"query": "{ greeting }", "variables": ' + b'{"n": ' * 30 + b"1" + b"}" * 31, "at most 20 levels"),
        (b"[" * 1_900, "Expected JSON"),
        (b'"text"', "Expected a JSON object"),
        (b'[{"query": "{ greeting }"}]', "batches are not answered"),
        (b'{"query": 7}', "Expected a string in `query`, found a number"),
        (
            b'{"query": "{ greeting }", "variables": []}',
            "Expected an object or null in `variables`, found a list",
        ),
        (b'{"query": "{ greeting }", "operationName": {}}', "Expected a string or null in `operationName`"),
        (b'{"query": "{ greeting }", "extensions": true}', "found a boolean"),
        (b"{}", "Expected a document"),
        (b'{"query": ""}', "Expected a document"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", "application/graphql-response+json"])
async def test_a_malformed_request_is_a_400_in_the_form_of_a_graphql_error(
    client: httpx.AsyncClient, body: bytes, found: str, accept: str
) -> None:
    headers = {"content-type": "application/json", "accept": accept}

    response = await client.post("/graphql", content=body, headers=headers)

    assert response.status_code == 400
    assert "data" not in response.json()
    assert code(response) == "BAD_USER_INPUT"
    assert found in response.json()["errors"][0]["message"]
    assert response.headers["content-type"].startswith(accept)


async def test_a_body_over_the_limit_is_a_413_with_or_without_its_length(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b" " * 100

    headers = {"content-type": "application/json"}

    known = await client.post("/graphql", content=b" " * 2_001, headers=headers)
    unknown = await client.post("/graphql", content=chunks(), headers=headers)

    assert (known.status_code, unknown.status_code) == (413, 413)
    assert code(unknown) == "BAD_USER_INPUT"


async def test_a_get_query_over_the_limit_is_a_414(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", params={"query": "{ greeting }" + " " * 2_000})

    assert response.status_code == 414


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ greeting", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("query ($n: String!) { greeting(name: $n) }", "BAD_USER_INPUT"),
    ],
)
async def test_a_faulty_document_is_400_without_data_or_200_as_the_client_asks(
    client: httpx.AsyncClient, query: str, expected: str
) -> None:
    older = await ask(client, query)
    newer = await client.post("/graphql", json={"query": query}, headers=RESPONSE_JSON)

    assert (older.status_code, code(older)) == (200, expected)
    assert (newer.status_code, code(newer)) == (400, expected)
    assert "data" not in older.json()
    assert "data" not in newer.json()
    assert newer.headers["content-type"] == "application/graphql-response+json; charset=utf-8"


async def test_an_operation_that_the_document_lacks_is_bad_input(client: httpx.AsyncClient) -> None:
    response = await ask(client, "query A { greeting } query B { greeting }", operationName="C")

    assert (response.status_code, code(response)) == (200, "BAD_USER_INPUT")
    assert "'C'" in response.json()["errors"][0]["message"]


async def test_part_of_the_data_is_a_success(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ greeting away }"}, headers=RESPONSE_JSON)

    assert response.status_code == 200
    assert response.json()["data"] == {"greeting": "Hello, world", "away": None}
    assert response.json()["errors"][0]["path"] == ["away"]
    assert code(response) == "UNAVAILABLE"


async def test_no_data_because_the_engine_is_away_is_a_503_that_may_be_repeated(
    client: httpx.AsyncClient,
) -> None:
    response = await client.post("/graphql", json={"query": "{ needed }"}, headers=RESPONSE_JSON)

    assert (response.status_code, code(response)) == (503, "UNAVAILABLE")
    assert response.headers["retry-after"] == "1"
    assert "10.0.0.7" not in response.text


async def test_a_bug_is_a_500_that_shows_only_an_id(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ broken }"}, headers=RESPONSE_JSON)

    assert (response.status_code, code(response)) == (500, "INTERNAL")
    assert "inside" not in response.text


async def test_an_accept_that_cannot_be_met_is_a_406(client: httpx.AsyncClient) -> None:
    headers = {"accept": "text/csv", "content-type": "application/json"}

    response = await client.post("/graphql", content=b'{"query": "{ greeting }"}', headers=headers)

    assert (response.status_code, code(response)) == (406, "BAD_USER_INPUT")


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", MediaType.JSON),
        ("*/*", MediaType.JSON),
        ("application/*;q=0.5", MediaType.JSON),
        ("application/json", MediaType.JSON),
        ("application/graphql-response+json", MediaType.GRAPHQL_RESPONSE),
        ("application/graphql-response+json; charset=utf-8, application/json", MediaType.GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", MediaType.JSON),
        ("application/json;q=0.9, application/graphql-response+json", MediaType.GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=0.1, */*", MediaType.JSON),
        ("application/graphql-response+json;q=0, */*;q=0.1", MediaType.JSON),
        ("APPLICATION/JSON", MediaType.JSON),
        ("text/html, */*;q=0.8", MediaType.JSON),
        ("application/json; charset=iso-8859-1", None),
        ("application/json;q=0", None),
        ("application/json;q=x", None),
        ("image/png", None),
    ],
)
def test_the_media_type_follows_the_accept_header(accept: str, expected: MediaType | None) -> None:
    assert choose(accept) is expected


async def test_a_browser_gets_a_page_whose_every_file_is_ours(client: httpx.AsyncClient) -> None:
    response = await client.get("/graphql", headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert response.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in response.headers["content-security-policy"]
    assert "http://" not in response.text
    assert "https://" not in response.text
    for path in {part.split('"')[0] for part in response.text.split('="/')[1:]}:
        assert (await client.get(f"/{path}")).status_code == 200


async def test_a_request_for_a_foreign_host_name_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": "{ greeting }"}, headers={"host": "rebound.example:8000"})

    assert (response.status_code, code(response)) == (421, "FORBIDDEN")
    assert (await ask(client, "{ greeting }")).status_code == 200


@pytest.mark.parametrize("host", ["localhost:8000", "127.0.0.1", "[::1]:8000", "LOCALHOST"])
async def test_loopback_names_are_answered(client: httpx.AsyncClient, host: str) -> None:
    response = await client.post("/graphql", json={"query": "{ greeting }"}, headers={"host": host})

    assert response.status_code == 200


async def test_a_request_keeps_its_id_and_gets_one_if_it_has_none(client: httpx.AsyncClient) -> None:
    kept = await client.post("/graphql", json={"query": "{ greeting }"}, headers={"x-request-id": "abc-1"})
    made = await ask(client, "{ greeting }")
    unsafe = await client.post("/graphql", json={"query": "{ greeting }"}, headers={"x-request-id": "a b"})

    assert kept.headers["x-request-id"] == "abc-1"
    assert len(made.headers["x-request-id"]) == 16
    assert unsafe.headers["x-request-id"] != "a b"


async def test_no_other_origin_is_allowed_to_read(client: httpx.AsyncClient) -> None:
    headers = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}

    preflight = await client.request("OPTIONS", "/graphql", headers=headers)

    assert not [name for name in preflight.headers if name.startswith("access-control-")]


def test_bytes_that_are_json_already_are_passed_through() -> None:
    """The extension that answers record fields hands over finished JSON."""
    schema = strawberry.Schema(Query)
    view = GraphQLView(lambda _: Begun(schema, None), SETTINGS)

    assert view.encode_json({"data": orjson.Fragment(b'{"a":1}')}) == b'{"data":{"a":1}}'
