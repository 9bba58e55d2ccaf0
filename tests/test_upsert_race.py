"""Thirty-two clients that upsert the same hundred contacts, over HTTP, on several server processes."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from graphdb.journal.log import log_state
from graphdb.metadata import load_catalog
from tests.harness import empty
from tests.kill.deployment import Server
from tests.kill.evidence import read_evidence
from tests.kill.judge import graph_faults, log_faults
from tests.kill.replay import replay

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from graphdb.bolt import BoltStore

CLIENTS = 32
EMAILS = [f"{number}@race.example" for number in range(100)]
BATCH = 20
MANY = """mutation Many($inputs: [ContactInput!]!) { upsertContacts(by: email, inputs: $inputs) {
  items { created contact { id } } } }"""
COMPANY = 'mutation { createCompany(input: {domain: "race.example"}) { company { id } } }'


@pytest.fixture
async def server(
    tmp_path: Path, store: BoltStore, engine_address: tuple[str, str | None, str | None]
) -> AsyncIterator[Server]:
    """Two server processes on the engine under test, which is empty."""
    await empty(store)
    names = ("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD")
    given = {name: value for name, value in zip(names, engine_address, strict=True) if value is not None}
    given["KINSHIP_WRITE_TIMEOUT_S"] = "300"  # how long it takes says how busy the machine is
    server = Server(tmp_path, 2, given)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


async def test_thirty_two_clients_upsert_the_same_hundred_contacts(server: Server, store: BoltStore) -> None:
    """One by one and in batches, in any order, some with an association: no error to anybody, each is there once."""
    created: Counter[str] = Counter()
    owners: dict[str, set[str]] = {email: set() for email in EMAILS}
    async with httpx.AsyncClient(base_url=server.base, timeout=300) as http:

        async def send(query: str, **variables: Any) -> Any:
            response = await http.post("/graphql", json={"query": query, "variables": variables})
            body = response.json()
            assert "errors" not in body, body
            return body["data"]

        async def client(number: int) -> None:
            dice = random.Random(number)  # noqa: S311 - an order is no secret
            emails = dice.sample(EMAILS, len(EMAILS))
            inputs: list[dict[str, Any]] = [{"email": one.upper(), "city": f"{number}"} for one in emails]
            if number % 2:
                inputs = [{**one, "companies": [{"domain": "race.example"}]} for one in inputs]
            size = 1 if number % 8 == 0 else BATCH
            for start in range(0, len(EMAILS), size):
                items = (await send(MANY, inputs=inputs[start : start + size]))["upsertContacts"]["items"]
                for email, item in zip(emails[start : start + size], items, strict=True):
                    created[email] += item["created"]
                    owners[email].add(item["contact"]["id"])

        await send(COMPANY)
        await asyncio.gather(*(client(number) for number in range(CLIENTS)))
        assert created == dict.fromkeys(EMAILS, 1)
        assert {len(ids) for ids in owners.values()} == {1}
        await _judge(store, send)


async def _judge(store: BoltStore, send: Callable[..., Awaitable[Any]]) -> None:
    """The graph, and the change log, which tells of each change once and in order."""
    catalog = await load_catalog(store)
    assert catalog is not None
    async with asyncio.timeout(60):
        while (await log_state(store)).delay_s:  # noqa: ASYNC110 - the server's sequencer numbers them
            await asyncio.sleep(0.1)
    evidence = await read_evidence(store, catalog, send, [])
    evidence.followed = evidence.entries
    told = replay(evidence.entries)
    assert [*log_faults(evidence), *told.faults, *graph_faults(told, evidence)] == []
    kinds = Counter((entry.kind, entry.type) for entry in evidence.entries)
    assert kinds["CREATED", "CONTACT"] == len(EMAILS)
    assert sum(count for (kind, _), count in kinds.items() if kind == "ASSOCIATED") == len(EMAILS)
    assert len(evidence.pairs) == len(EMAILS)
