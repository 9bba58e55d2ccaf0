"""``Idempotency-Key``: a mutation sent again has its effect once and the first one's answer, whatever was lost."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest

from app.asgi import create_app
from app.idempotency import HEADER, KEY_MAX, REPLAYED
from app.settings import Settings
from graphdb.bolt import BoltStore
from graphdb.cypher.statement import Statement
from graphdb.journal.housekeeping import keep_house
from tests.proxy import Fault

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.proxy import Proxy

SETTINGS = Settings(build_indexes=False, statistics_every_s=0)
CREATE = "mutation C($name: String) { createContact(input: {firstName: $name}) { created contact { id firstName } } }"
TWO = """mutation { a: createContact(input: {firstName: "A", score: 0.1}) { contact { id score createdAt } } __typename
  b: upsertCompany(by: domain, input: {domain: "c.org"}) { created company { id history { nodes { after } } } } }"""


@contextlib.asynccontextmanager
async def running(store: BoltStore, settings: Settings = SETTINGS) -> AsyncIterator[httpx.AsyncClient]:
    """A served process of its own."""
    app = create_app(settings, store)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", timeout=60) as client:
            yield client


@pytest.fixture
async def client(clean_store: BoltStore) -> AsyncIterator[httpx.AsyncClient]:
    async with running(clean_store) as found:
        yield found


async def send(client: httpx.AsyncClient, key: str, query: str = CREATE, **variables: Any) -> httpx.Response:
    body = {"query": query, "variables": variables}
    return await client.post("/graphql", json=body, headers={HEADER: key})


def code(response: httpx.Response) -> str:
    body = response.json()
    assert body.get("data") is None
    found: str = body["errors"][0]["extensions"]["code"]
    return found


async def count(store: BoltStore, label: str = "Record") -> int:
    found: int = (await store.read(Statement(f"MATCH (n:{label}) RETURN count(n)")))[0][0]
    return found


async def test_a_request_sent_again_is_answered_the_same_bytes_and_does_nothing(
    client: httpx.AsyncClient, store: BoltStore
) -> None:
    first, again = await send(client, "k1", TWO), await send(client, "k1", TWO)
    assert "errors" not in first.json()
    assert again.content == first.content
    assert (REPLAYED in first.headers, again.headers[REPLAYED]) == (False, "true")
    assert await count(store) == 2
    assert await count(store, "_Change") == 2


async def test_the_order_of_variables_does_not_make_another_request(client: httpx.AsyncClient) -> None:
    query = "mutation C($a: String, $b: String) { createContact(input: {firstName: $a, city: $b}) { contact { id } } }"
    first, again = await send(client, "k", query, a="1", b="2"), await send(client, "k", query, b="2", a="1")
    assert again.content == first.content


@pytest.mark.parametrize(
    ("query", "variables"), [(CREATE, {"name": "B"}), (CREATE, {}), (CREATE + " ", {"name": "A"}), (TWO, {})]
)
async def test_a_key_of_another_request_is_refused(
    client: httpx.AsyncClient, store: BoltStore, query: str, variables: dict[str, Any]
) -> None:
    await send(client, "k", name="A")
    refused = await send(client, "k", query, **variables)
    assert code(refused) == "BAD_USER_INPUT"
    assert "another document, operation or variables" in refused.json()["errors"][0]["message"]
    assert await count(store) == 1


async def test_other_keys_and_none_are_other_requests(client: httpx.AsyncClient, store: BoltStore) -> None:
    for key in ("k1", "k2", "K1"):
        await send(client, key, name="A")
    for _ in range(2):
        await client.post("/graphql", json={"query": CREATE})
    assert await count(store) == 5


async def test_a_request_that_wrote_nothing_keeps_no_key(client: httpx.AsyncClient, store: BoltStore) -> None:
    missing = 'mutation { updateContact(by: {email: "a@x.org"}, input: {firstName: "A"}) { contact { id } } }'
    assert code(await send(client, "k", missing)) == "NOT_FOUND"
    assert code(await send(client, "k", 'mutation { createContact(input: {age: -1, email: "x"}) { created } }'))
    assert await count(store, "_Idempotency") == 0
    await client.post("/graphql", json={"query": 'mutation { createContact(input: {email: "a@x.org"}) { created } }'})
    done = await send(client, "k", missing)
    assert "errors" not in done.json()
    assert (await send(client, "k", missing)).content == done.content


async def test_a_request_that_found_nothing_to_change_does_nothing_later_either(
    client: httpx.AsyncClient, store: BoltStore
) -> None:
    """Its answer may have been lost: sent again it must not undo what others have written meanwhile."""
    upsert = (
        'mutation U($city: String) { upsertContact(by: email, input: {email: "a@x.org", city: $city}) { created } }'
    )
    await send(client, "k1", upsert, city="Bonn")
    first = await send(client, "k2", upsert, city="Bonn")
    await send(client, "k3", upsert, city="Bern")
    again = await send(client, "k2", upsert, city="Bonn")
    assert (again.content, again.headers[REPLAYED]) == (first.content, "true")
    assert await store.read(Statement("MATCH (n:Contact) RETURN n.city")) == [["Bern"]]
    assert await count(store, "_Change") == 2


async def test_a_dry_run_keeps_no_key(client: httpx.AsyncClient, store: BoltStore) -> None:
    dry = "mutation @dryRun { createContact(input: {}) { created } }"
    assert "errors" not in (await send(client, "k", dry)).json()
    assert await count(store, "_Idempotency") == 0
    assert "errors" not in (await send(client, "k", name="A")).json()
    assert await count(store) == 1


async def test_queries_pay_no_attention_to_it(client: httpx.AsyncClient, store: BoltStore) -> None:
    asked = [await send(client, "k", "{ contacts { totalCount } }") for _ in range(2)]
    await send(client, "k", name="A")
    assert all(response.json()["data"] == {"contacts": {"totalCount": 0}} for response in asked)
    assert await count(store) == 1


@pytest.mark.parametrize("key", ["", "a b", "ä", "k" * (KEY_MAX + 1), "tab\tkey"])
async def test_what_is_no_key_is_refused(client: httpx.AsyncClient, store: BoltStore, key: str) -> None:
    body = {"query": CREATE}
    response = await client.post("/graphql", json=body, headers=[(HEADER.encode(), key.encode())])
    assert code(response) == "BAD_USER_INPUT"
    assert "Idempotency-Key expects 1 to 255 visible ASCII characters" in response.json()["errors"][0]["message"]
    assert await count(store) == 0


async def test_two_keys_are_refused_and_the_longest_is_not(client: httpx.AsyncClient) -> None:
    two = await client.post("/graphql", json={"query": CREATE}, headers=[(HEADER, "a"), (HEADER, "b")])
    assert code(two) == "BAD_USER_INPUT"
    assert "errors" not in (await send(client, "k" * KEY_MAX)).json()


async def test_one_key_sent_fifty_times_at_once_has_one_effect(clean_store: BoltStore) -> None:
    """To two processes: within one the others are told that it runs, between two they wait for it."""
    async with running(clean_store) as one, running(clean_store) as other:
        responses = await asyncio.gather(*(send((one, other)[n % 2], "k", name="A") for n in range(50)))
        answered = [response for response in responses if "errors" not in response.json()]
        assert len({response.content for response in answered}) == 1
        assert {code(response) for response in responses if response not in answered} <= {"CONFLICT"}
        assert sum(REPLAYED not in response.headers for response in answered) == 1
        assert await count(clean_store) == 1
        assert await count(clean_store, "_Idempotency") == 1
        assert (await send(other, "k", name="A")).content == answered[0].content


@pytest.mark.parametrize(("fault", "effects"), [(Fault.CUT_AFTER, 1), (Fault.CUT_BEFORE, 0), (Fault.SWALLOW, None)])
async def test_after_a_lost_commit_the_same_key_finds_the_effect_or_makes_it(
    proxy: Proxy,
    clean_store: BoltStore,
    engine_address: tuple[str, str | None, str | None],
    fault: Fault,
    effects: int | None,
) -> None:
    _, user, password = engine_address
    deadline_s = 5.0 if fault is Fault.SWALLOW else SETTINGS.write_timeout_s
    faulty = BoltStore.connect(f"bolt://127.0.0.1:{proxy.port}", user, password)
    async with running(faulty, replace(SETTINGS, write_timeout_s=deadline_s)) as client:
        proxy.fault = fault
        assert code(await send(client, "k", name="A")) == "OUTCOME_UNKNOWN"
        if effects is not None:
            assert await count(clean_store) == effects
        again = await send(client, "k", name="A")
        assert "errors" not in again.json()
        assert (REPLAYED in again.headers) is (effects != 0)
        stored = await clean_store.read(Statement("MATCH (n:Contact) RETURN n.id"))
        assert stored == [[again.json()["data"]["createContact"]["contact"]["id"]]]
        assert (await send(client, "k", name="A")).content == again.content
    await faulty.close()


async def test_an_answer_counts_for_a_day_and_is_forgotten_then(client: httpx.AsyncClient, store: BoltStore) -> None:
    async def older(hours: int) -> None:
        age = {"age": hours * 3_600_000_000}
        await store.write(lambda tx: tx.run(Statement("MATCH (r:_Idempotency) SET r.at = r.at - $p.age", age)))

    first = await send(client, "k", name="A")
    await older(23)
    assert (await send(client, "k", name="A")).content == first.content
    await older(2)
    second = await send(client, "k", name="B")
    assert second.json()["data"]["createContact"]["contact"]["firstName"] == "B"
    assert (await send(client, "k", name="B")).content == second.content
    await older(25)
    await send(client, "young", name="C")
    task = asyncio.create_task(keep_house(store, changes_s=None, requests_s=86_400, every_s=0.01))
    async with asyncio.timeout(20):
        while await count(store, "_Idempotency") != 1:  # noqa: ASYNC110 - the engine tells nobody
            await asyncio.sleep(0.05)
    task.cancel()
    assert await count(store, "_Change") == 3


async def test_an_answer_that_was_purged_is_not_made_again(client: httpx.AsyncClient, store: BoltStore) -> None:
    await send(client, "k", name="A")
    await store.write(lambda tx: tx.run(Statement("MATCH (r:_Idempotency) REMOVE r.answer")))
    refused = await send(client, "k", name="A")
    assert code(refused) == "CONFLICT"
    assert "its answer is no longer kept" in refused.json()["errors"][0]["message"]
    assert await count(store) == 1


async def test_large_answers_come_back_whole(client: httpx.AsyncClient) -> None:
    text = '\u2028\U0001f600\\"' * 2_000
    query = "mutation C($t: String) { createNote(input: {body: $t}) { note { id body history { nodes { after } } } } }"
    first, again = await send(client, "k", query, t=text), await send(client, "k", query, t=text)
    assert orjson.loads(first.content)["data"]["createNote"]["note"]["body"] == text
    assert again.content == first.content


PROPERTY = 'mutation { createProperty(objectType: "contact", input: {label: "Shoe size", type: INTEGER}) { version } }'


async def version(client: httpx.AsyncClient) -> int:
    found: int = (await client.post("/graphql", json={"query": "{ dataModel { version } }"})).json()["data"][
        "dataModel"
    ]["version"]
    return found


async def test_a_change_of_the_data_model_is_made_once_too(clean_store: BoltStore) -> None:
    async with running(clean_store) as one, running(clean_store) as other:
        before = await version(one)
        responses = await asyncio.gather(*(send((one, other)[n % 2], "k", PROPERTY) for n in range(12)))
        answered = [response for response in responses if "errors" not in response.json()]
        assert [response.json()["data"] for response in answered] == [
            {"createProperty": {"version": before + 1}}
        ] * len(answered)
        assert {code(response) for response in responses if response not in answered} <= {"CONFLICT"}
        assert sum(REPLAYED not in response.headers for response in answered) == 1
        again = await send(other, "k", PROPERTY)
        assert (again.json()["data"], again.headers[REPLAYED]) == (answered[0].json()["data"], "true")
        assert code(await send(one, "k", PROPERTY.replace("Shoe", "Hat"))) == "BAD_USER_INPUT"
        assert code(await send(one, "other", PROPERTY))
        assert await version(one) == before + 1


async def test_a_change_of_the_data_model_whose_commit_was_lost_is_found(
    proxy: Proxy, clean_store: BoltStore, engine_address: tuple[str, str | None, str | None]
) -> None:
    _, user, password = engine_address
    faulty = BoltStore.connect(f"bolt://127.0.0.1:{proxy.port}", user, password)
    async with running(faulty) as client:
        before = await version(client)
        proxy.fault = Fault.CUT_AFTER
        assert code(await send(client, "k", PROPERTY)) == "OUTCOME_UNKNOWN"
        again = await send(client, "k", PROPERTY)
        assert again.json()["data"] == {"createProperty": {"version": before + 1}}
        assert await count(clean_store, "_Idempotency") == 1
        assert again.headers[REPLAYED] == "true"
    await faulty.close()
