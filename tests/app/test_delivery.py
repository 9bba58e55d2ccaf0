"""How an answer travels: codings, entity tags, HEAD; on a small schema of its own."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import brotli
import httpx
import orjson
import pytest
import strawberry
import zstandard
from starlette.applications import Starlette
from starlette.routing import Route

from app.delivery import compress
from app.http import Begun, GraphQLView
from app.introspection import PackedResponse
from app.negotiation import Coding, choose_coding
from app.packed import Packed
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable

BASE = "http://127.0.0.1:8000"
LONG = '{ greeting(name: "' + "Ada " * 1_000 + '") }'
UNPACKED: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "br": brotli.decompress,
    "gzip": lambda body: zlib.decompress(body, 31),
}


@strawberry.type
class Query:
    @strawberry.field
    def greeting(self, name: str = "world") -> str:
        return f"Hello, {name}"

    @strawberry.field
    def broken(self) -> int | None:
        raise KeyError("inside")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def touch(self) -> bool:
        return True


def served(settings: Settings, packed: Packed | None = None) -> httpx.AsyncClient:
    """A client that says nothing of codings by itself."""
    schema = strawberry.Schema(Query, Mutation)
    view = GraphQLView(lambda request: Begun(schema, {"request": request}), settings)
    if packed is not None:

        async def execute(*_: Any) -> Any:
            return strawberry.types.ExecutionResult(PackedResponse(packed), None)  # type: ignore[arg-type]

        view._execute = execute  # type: ignore[method-assign, assignment]
    app = Starlette(routes=[Route("/graphql", view)])
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE)
    del client.headers["accept-encoding"]
    return client


async def raw(client: httpx.AsyncClient, method: str, **options: Any) -> tuple[httpx.Response, bytes]:
    """A response and its body as it travelled."""
    async with client.stream(method, "/graphql", **options) as response:
        return response, b"".join([piece async for piece in response.aiter_raw()])


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("deflate", None),
        ("gzip", "gzip"),
        ("x-gzip", "gzip"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5, zstd;q=0.2", "gzip"),
        ("zstd;q=0, br;q=0, gzip", "gzip"),
        ("*", "zstd"),
        ("zstd;q=0, *", "br"),
        ("*;q=0", None),
        ("gzip;q=0.5, identity;q=0.8", None),
        ("gzip;q=0.5, identity;q=0", "gzip"),
        ("br;q=nonsense, GZIP", "gzip"),
    ],
)
def test_the_coding_that_a_client_likes_best(accepted: str, coding: str | None) -> None:
    """By its weights, and where they are equal the one that costs least."""
    assert choose_coding(accepted) == coding


@pytest.mark.parametrize("coding", Coding)
async def test_a_large_answer_is_compressed(coding: Coding) -> None:
    """Each coding gives the same bytes back, and says so; the length is that of what travels."""
    async with served(Settings()) as client:
        response, body = await raw(client, "POST", json={"query": LONG}, headers={"accept-encoding": coding.value})
        plain, whole = await raw(client, "POST", json={"query": LONG})
    assert response.headers["content-encoding"] == coding.value
    assert response.headers["vary"] == plain.headers["vary"] == "accept, accept-encoding"
    assert int(response.headers["content-length"]) == len(body) < len(whole) / 10
    assert UNPACKED[coding.value](body) == whole
    assert "content-encoding" not in plain.headers
    assert "etag" not in response.headers


@pytest.mark.parametrize("coding", Coding)
def test_what_is_compressed_in_a_thread_is_the_same(coding: Coding) -> None:
    """Bodies of every size come back whole."""
    for body in (b"", b"a", bytes(range(256)) * 8_000):
        assert UNPACKED[coding.value](compress(coding, body)) == body


async def test_an_answer_too_large_for_the_event_loop_is_compressed_as_well() -> None:
    text = "x" * 700_000
    async with served(Settings(body_bytes_max=2_000_000)) as client:
        response = await client.post(
            "/graphql",
            json={"query": "query ($n: String!) { greeting(name: $n) }", "variables": {"n": text}},
            headers={"accept-encoding": "zstd"},
        )
    assert response.headers["content-encoding"] == "zstd"
    assert response.json() == {"data": {"greeting": f"Hello, {text}"}}


async def test_a_small_answer_and_one_of_a_server_that_does_not_compress_travel_as_they_are() -> None:
    async with served(Settings()) as client, served(Settings(compress_bytes_min=0)) as never:
        small = await client.post("/graphql", json={"query": "{ greeting }"}, headers={"accept-encoding": "gzip"})
        plain = await never.post("/graphql", json={"query": LONG}, headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in small.headers
    assert "content-encoding" not in plain.headers
    assert small.headers["vary"] == "accept, accept-encoding"
    assert plain.headers["vary"] == "accept"


async def test_a_get_has_a_tag_and_costs_no_bytes_while_the_answer_stays_the_same() -> None:
    """Whatever the coding; another answer has another tag."""
    async with served(Settings()) as client:
        first = await client.get("/graphql", params={"query": LONG}, headers={"accept-encoding": "br"})
        tag = first.headers["etag"]
        asked = {"if-none-match": f'"other", {tag}', "accept-encoding": "gzip"}
        again = await client.get("/graphql", params={"query": LONG}, headers=asked)
        strong = await client.get("/graphql", params={"query": LONG}, headers={"if-none-match": tag.removeprefix("W/")})
        any_tag = await client.get("/graphql", params={"query": LONG}, headers={"if-none-match": "*"})
        other = await client.get("/graphql", params={"query": "{ greeting }"}, headers=asked)
    assert tag.startswith('W/"')
    assert first.headers["cache-control"] == "private, no-cache"
    assert [again.status_code, strong.status_code, any_tag.status_code] == [304, 304, 304]
    assert again.content == b""
    assert {name: again.headers[name] for name in ("etag", "cache-control", "vary")} == {
        "etag": tag,
        "cache-control": "private, no-cache",
        "vary": "accept, accept-encoding",
    }
    assert not {"content-type", "content-encoding"} & set(again.headers)
    assert (other.status_code, other.json()) == (200, {"data": {"greeting": "Hello, world"}})
    assert other.headers["etag"] != tag


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        ("{ broken }", "application/json"),
        ("{ nothing }", "application/json"),
        ("{ nothing }", "application/graphql-response+json"),
        ("{", "application/graphql-response+json"),
        ("mutation { touch }", "application/json"),
    ],
)
async def test_what_failed_or_is_refused_has_no_tag(query: str, accept: str) -> None:
    """Errors, partial ones too, and mutations are neither kept nor answered with 304."""
    async with served(Settings()) as client:
        headers = {"accept": accept, "if-none-match": "*"}
        response = await client.get("/graphql", params={"query": query}, headers=headers)
    assert response.status_code != 304
    assert "errors" in response.json()
    assert "etag" not in response.headers
    assert response.headers["cache-control"] == "no-store"


async def test_a_post_is_answered_in_full() -> None:
    """A tag that a client sends along is not looked at, nor is one given."""
    async with served(Settings()) as client:
        for query in ("{ greeting }", "mutation { touch }"):
            response = await client.post("/graphql", json={"query": query}, headers={"if-none-match": "*"})
            assert response.status_code == 200
            assert response.headers["cache-control"] == "no-store"
            assert "etag" not in response.headers


@pytest.mark.parametrize("coding", ["identity", "zstd"])
async def test_a_head_has_the_headers_of_the_get(coding: str) -> None:
    """The length included, and no body; a mutation is refused."""
    async with served(Settings()) as client:
        headers = {"accept-encoding": coding}
        got, _ = await raw(client, "GET", params={"query": LONG}, headers=headers)
        head, body = await raw(client, "HEAD", params={"query": LONG}, headers=headers)
        refused, _ = await raw(client, "HEAD", params={"query": "mutation { touch }"})
    assert body == b""
    assert head.headers == got.headers
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"


async def test_what_is_kept_compressed_goes_the_same_way() -> None:
    """An answer about the schema: as gzip, tagged over GET, plain where nothing is to be compressed."""
    body = orjson.dumps({"data": {"__schema": "x" * 5_000}})
    packed = Packed.of([body])
    async with served(Settings(), packed) as client, served(Settings(compress_bytes_min=0), packed) as never:
        first, gzipped = await raw(client, "GET", params={"query": "{ a }"}, headers={"accept-encoding": "zstd, gzip"})
        known = {"if-none-match": first.headers["etag"]}
        again = await client.get("/graphql", params={"query": "{ a }"}, headers=known)
        posted = await client.post("/graphql", json={"query": "{ a }"}, headers=known)
        head, none = await raw(client, "HEAD", params={"query": "{ a }"})
        plain, whole = await raw(never, "GET", params={"query": "{ a }"}, headers={"accept-encoding": "gzip"})
    assert first.headers["content-encoding"] == "gzip"
    assert zlib.decompress(gzipped, 31) == body == whole
    assert (again.status_code, again.content) == (304, b"")
    assert (posted.status_code, posted.content) == (200, body)
    assert posted.headers["cache-control"] == "no-store"
    assert none == b""
    assert int(head.headers["content-length"]) == len(body)
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "accept"
