"""Records created a second: Kinship beside the same Cypher through the bare driver, and beside the least that does it.

    PYTHONPATH=. .venv/bin/python tests/bench/writes.py

On the engine that NEO4J_URI names, where what it makes stays; else its own.

Single creates by one client and by sixteen, and batches of 1,000 contacts and of 1,000 deals with two associations
each. Three sides take turns within one run, so that the machine's other load falls on each alike:

kinship  the whole path in process: the HTTP request with its variables, the writer, the read-back, the JSON answer
same     the statements that the writer sent for such a request, its read-back included, with ids and unique values
         renewed, in one transaction of the official driver
least    records created from a list of maps, relationships from a list of pairs: no lock, unique value or change log

A ratio is the median of the rounds' ratios; ``CPU`` is that of this process in microseconds a record, the engine's
not counted. The change log's numbers are given between the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import orjson
from neo4j import AsyncGraphDatabase
from neo4j.exceptions import TransientError

from app.asgi import create_app
from app.settings import Settings
from graphdb.bootstrap import build_indexes, prepare
from graphdb.catalog.files import standard_catalog
from graphdb.engine import EmbeddedEngine
from graphdb.journal.sequencer import number_entries
from tests.bench.noted import NotingStore, noting, renewed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from neo4j import AsyncDriver

    from graphdb.cypher.statement import Statement

BATCH = 1_000
HUBS = 50
"""Records that the batches' associations lead to, of each type."""
CLIENTS = 16
_TAGS = count()

CREATE_ONE = "mutation One($input: ContactInput!) { createContact(input: $input) { contact { id } } }"
CREATE_CONTACTS = """mutation Contacts($inputs: [ContactInput!]!) {
  createContacts(inputs: $inputs) { succeeded items { contact { id } } } }"""
CREATE_DEALS = """mutation Deals($inputs: [DealInput!]!) {
  createDeals(inputs: $inputs) { succeeded items { deal { id } } } }"""
CREATE_COMPANIES = """mutation Companies($inputs: [CompanyInput!]!) {
  createCompanies(inputs: $inputs) { items { company { id } } } }"""


def tag() -> str:
    """What makes the values of one request its own; of equal length each time."""
    return f"qz{os.getpid():08}x{next(_TAGS):08}"


@dataclass
class Times:
    """What one side took, each round: seconds and seconds of this process's CPU for so many records."""

    rates: list[float] = field(default_factory=list)
    cpu_us: list[float] = field(default_factory=list)

    async def take(self, records: int, work: Callable[[], Awaitable[object]]) -> None:
        """Do some work, once."""
        begun, begun_cpu = time.perf_counter(), time.process_time()
        await work()
        self.rates.append(records / (time.perf_counter() - begun))
        self.cpu_us.append((time.process_time() - begun_cpu) / records * 1e6)


class Bench:
    """All sides over one graph."""

    def __init__(self, store: NotingStore, driver: AsyncDriver, client: httpx.AsyncClient, *, detail: bool) -> None:
        self._store = store
        self._driver = driver
        self._client = client
        self._detail = detail
        self._companies: list[str] = []
        self._contacts: list[str] = []

    async def prepare(self) -> None:
        """The records that others are associated with."""
        made = await self.ask(CREATE_COMPANIES, inputs=[{"name": f"Hub {n}"} for n in range(HUBS)])
        self._companies = [item["company"]["id"] for item in made["createCompanies"]["items"]]
        made = await self.ask(CREATE_CONTACTS, inputs=[{"lastName": f"Hub {n}"} for n in range(HUBS)])
        self._contacts = [item["contact"]["id"] for item in made["createContacts"]["items"]]

    async def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of one request."""
        body = orjson.dumps({"query": document, "variables": variables})
        response = await self._client.post("/graphql", content=body, headers={"content-type": "application/json"})
        answer = orjson.loads(response.content)
        if answer.get("data") is None:
            raise SystemExit(f"writes.py: the request was refused: {answer}")
        data: dict[str, Any] = answer["data"]
        return data

    def contact(self, n: int, mark: str) -> dict[str, Any]:
        """What is given of a contact."""
        return {
            "email": f"ada.lovelace.{n}@{mark}.example",
            "firstName": "Ada",
            "lastName": "Lovelace",
            "jobTitle": "Countess",
            "city": "London",
            "lifecycleStage": "CUSTOMER",
            "score": 12.5,
        }

    def contacts(self, mark: str) -> list[dict[str, Any]]:
        """A batch of contacts, each with two companies."""
        hubs = self._companies
        return [
            {**self.contact(n, mark), "companies": [{"id": hubs[n % HUBS]}, {"id": hubs[(n + 7) % HUBS]}]}
            for n in range(BATCH)
        ]

    def deals(self, mark: str) -> list[dict[str, Any]]:
        """A batch of deals, each with a company and a contact."""
        return [
            {
                "name": f"Engine {n} {mark}",
                "amount": "1200.50",
                "stage": "QUALIFIED_TO_BUY",
                "closeDate": "2027-03-31",
                "companies": [{"id": self._companies[n % HUBS]}],
                "contacts": [{"id": self._contacts[(n + 7) % HUBS]}],
            }
            for n in range(BATCH)
        ]

    async def note(self, document: str, **variables: Any) -> Sequence[Statement]:
        """The statements that the writer sends for a request."""
        with noting() as noted:
            await self.ask(document, **variables)
        return noted

    async def replay(self, transactions: Sequence[Sequence[tuple[str, dict[str, Any]]]]) -> None:
        """Transactions one after the other, through the bare driver."""
        for transaction in transactions:
            while not await self._replayed(transaction):
                await _pause()

    async def _replayed(self, statements: Sequence[tuple[str, dict[str, Any]]]) -> bool:
        """Run a transaction; False where it met another one and has to be tried again."""
        try:
            async with self._driver.session(fetch_size=-1) as session, await session.begin_transaction() as tx:
                for text, parameters in statements:
                    result = await tx.run(text, parameters)
                    await result.values()
                await tx.commit()
        except TransientError:
            return False
        return True

    async def number(self) -> None:
        """Give the change log's entries their numbers."""
        while (await number_entries(self._store))[0]:
            pass

    async def many(self, name: str, document: str, label: str, inputs: Callable[[str], Any], rounds: int) -> None:
        """Batches of a thousand."""
        kept = {one: one for one in (*self._companies, *self._contacts)}
        mark = tag()
        noted = await self.note(document, inputs=inputs(mark))
        sides = {side: Times() for side in ("kinship", "same", "least")}
        for turn in range(rounds + 1):
            given = inputs(tag())
            same = renewed(noted, kept | {mark: tag()})
            least = self.least(label, renewed(noted, kept | {mark: tag()}))
            work: dict[str, Callable[[], Awaitable[object]]] = {
                "kinship": lambda given=given: self.ask(document, inputs=given),  # type: ignore[misc]
                "same": lambda same=same: self.replay([same]),  # type: ignore[misc]
                "least": lambda least=least: self.replay([least]),  # type: ignore[misc]
            }
            await self._turn(turn, sides, work, BATCH)
        report(name, sides, len(noted))
        if self._detail:
            await self.detail(renewed(noted, kept | {mark: tag()}))

    async def singles(self, clients: int, each: int, rounds: int) -> None:
        """One record a request, so many clients at once."""
        mark = tag()
        noted = await self.note(CREATE_ONE, input=self.contact(0, mark))
        sides = {side: Times() for side in ("kinship", "same", "least")}
        for turn in range(rounds + 1):
            same = [[renewed(noted, {mark: tag()}) for _ in range(each)] for _ in range(clients)]
            others = [[renewed(noted, {mark: tag()}) for _ in range(each)] for _ in range(clients)]
            least = [[self.least("Contact", one) for one in own] for own in others]
            given = [[self.contact(n, tag()) for n in range(each)] for _ in range(clients)]

            async def client(inputs: Sequence[dict[str, Any]]) -> None:
                for one in inputs:
                    await self.ask(CREATE_ONE, input=one)

            work: dict[str, Callable[[], Awaitable[object]]] = {
                "kinship": lambda given=given: asyncio.gather(*map(client, given)),  # type: ignore[misc]
                "same": lambda same=same: asyncio.gather(*map(self.replay, same)),  # type: ignore[misc]
                "least": lambda least=least: asyncio.gather(*map(self.replay, least)),  # type: ignore[misc]
            }
            await self._turn(turn, sides, work, clients * each)
        plural = "client" if clients == 1 else "clients"
        report(f"single creates, {clients} {plural}", sides, len(noted))
        if self._detail:
            await self.detail(renewed(noted, {mark: tag()}))

    async def _turn(
        self, turn: int, sides: dict[str, Times], work: dict[str, Callable[[], Awaitable[object]]], records: int
    ) -> None:
        """One round, whose order is another each time; the first one only warms up."""
        names = list(work)
        for name in names[turn % 3 :] + names[: turn % 3]:
            times = sides[name] if turn else Times()
            await times.take(records, work[name])
            await self.number()

    @staticmethod
    def least(label: str, statements: Sequence[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
        """The least that makes the same records and associations: one statement for each kind of either."""
        now = datetime.now(UTC)
        made: list[tuple[str, dict[str, Any]]] = []
        for text, parameters in statements:
            rows = parameters["p"].get("rows", ())
            if f"CREATE (r:Record:`{label}`" in text:
                props = [
                    {key: value for key, value in row[0].items() if not key.startswith("_")}
                    | {"createdAt": now, "updatedAt": now, "rev": 1}
                    for row in rows
                ]
                made.insert(
                    0, (f"UNWIND $p.rows AS row CREATE (r:Record:`{label}`) SET r = row", {"p": {"rows": props}})
                )
            elif "CREATE (a)-[" in text:
                kind = text.partition("CREATE (a)-[")[2].partition("`")[2].partition("`")[0]
                create = (
                    "UNWIND $p.rows AS row MATCH (a:Record {id: row[0]}) MATCH (b:Record {id: row[1]}) "
                    f"CREATE (a)-[:`{kind}` {{createdAt: $p.now}}]->(b)"
                )
                made.append((create, {"p": {"rows": [row[:2] for row in rows], "now": now}}))
        return made

    async def detail(self, statements: Sequence[tuple[str, dict[str, Any]]]) -> None:
        """How long each of the statements takes through the bare driver."""
        async with self._driver.session(fetch_size=-1) as session:
            begun = time.perf_counter()
            async with await session.begin_transaction() as tx:
                print(f"    {(time.perf_counter() - begun) * 1000:8.1f} ms  begin")
                for text, parameters in statements:
                    begun = time.perf_counter()
                    await (await tx.run(text, parameters)).values()
                    print(f"    {(time.perf_counter() - begun) * 1000:8.1f} ms  {text[:150]}")
                begun = time.perf_counter()
                await tx.commit()
                print(f"    {(time.perf_counter() - begun) * 1000:8.1f} ms  commit")
        await self.number()


async def _pause() -> None:
    """As long as the store waits before it tries again."""
    await asyncio.sleep(random.uniform(0.01, 0.02))  # noqa: S311 - spreading retries is no secret


def report(name: str, sides: dict[str, Times], statements: int) -> None:
    """Print what was measured."""
    ours = sides["kinship"].rates
    ratios = {
        side: statistics.median(a / b for a, b in zip(ours, times.rates, strict=True)) for side, times in sides.items()
    }
    rates = " ".join(f"{side} {statistics.median(times.rates):>7,.0f}/s" for side, times in sides.items())
    cpu = " ".join(f"{side} {statistics.median(times.cpu_us):>6,.0f}" for side, times in sides.items())
    print(f"{name} ({statements} statements)")
    print(
        f"    {rates}   ratio to same {ratios['same']:.2f}, to least {ratios['least']:.2f}   CPU us: {cpu}", flush=True
    )


async def measure(uri: str, user: str | None, password: str | None, rounds: int, each: int, *, detail: bool) -> None:
    """Run all of it over one engine."""
    store = NotingStore.connect(uri, user, password, timeout_s=60, write_timeout_s=120)
    print(await store.verify(timeout_s=60))
    catalog = standard_catalog()
    await prepare(store, catalog)
    await build_indexes(store, catalog, lambda _: None)
    settings = Settings(statistics_every_s=0, build_indexes=False, log_level="error", write_timeout_s=120)
    app = create_app(settings, store)
    auth = (user, password or "") if user else None
    async with (
        AsyncGraphDatabase.driver(uri, auth=auth, notifications_min_severity="OFF", telemetry_disabled=True) as driver,
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost", timeout=120) as client,
    ):
        bench = Bench(store, driver, client, detail=detail)
        await bench.prepare()
        await bench.singles(1, each, rounds)
        await bench.singles(CLIENTS, max(1, each // 4), rounds)
        await bench.many("batches of 1,000 contacts", CREATE_CONTACTS, "Contact", bench.contacts, rounds)
        await bench.many("batches of 1,000 deals", CREATE_DEALS, "Deal", bench.deals, rounds)
    await store.close()


def main(argv: Sequence[str] | None = None) -> None:
    """Measure, and print a block for each kind of write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="times that each side is asked")
    parser.add_argument("--quick", action="store_true", help="two rounds, few single creates")
    parser.add_argument("--detail", action="store_true", help="also the time of each statement")
    arguments = parser.parse_args(argv)
    rounds, each = (2, 20) if arguments.quick else (arguments.rounds, 100)
    with ExitStack() as stack:
        uri, user, password = (os.environ.get(f"NEO4J_{name}") for name in ("URI", "USER", "PASSWORD"))
        if uri is None:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            engine = stack.enter_context(EmbeddedEngine(Path(folder) / "engine"))
            uri, user, password = engine.uri, engine.user, engine.password
        asyncio.run(measure(uri, user, password, rounds, each, detail=arguments.detail))


if __name__ == "__main__":
    main()
