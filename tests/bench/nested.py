"""Contact → company → deal → ticket, ten a level: Kinship beside the same Cypher through the bare driver.

    kinship demo --scale 20           # once, on the engine that NEO4J_URI names; stop it when it serves
    python tests/bench/nested.py      # NEO4J_URI, NEO4J_USER, NEO4J_PASSWORD as for the program

With ``--rival URL`` a GraphQL server of another make over the same graph is asked too: with offset-free lists
``contacts(limit:, sort:, where:)``, as @neo4j/graphql gives them. Answers are compared before times. All sides
are asked in turn within one run, so that the machine's other load falls on each alike.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import orjson
from neo4j import AsyncGraphDatabase

from app.asgi import create_app
from app.registry import Registry
from app.settings import Settings
from graphdb.bolt import BoltStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

QUERY = """query Nested($first: Int!) {
  contacts(first: $first, where: {lifecycleStage: {eq: CUSTOMER}}) { nodes { id email firstName lastName
    companies(first: 10) { nodes { id name industry
      deals(first: 10) { nodes { id name amount stage
        tickets(first: 10) { nodes { id subject stage priority } } } } } } } } }"""
RIVAL_QUERY = """query Nested($first: Int!) {
  contacts(limit: $first, sort: [{id: ASC}], where: {lifecycleStage: {eq: "CUSTOMER"}}) { id email firstName lastName
    companies(limit: 10, sort: [{id: ASC}]) { id name industry
      deals(limit: 10, sort: [{id: ASC}]) { id name amount stage
        tickets(limit: 10, sort: [{id: ASC}]) { id subject stage priority } } } } }"""


def nested(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """An answer without connections, amounts as numbers: what both sides' answers have in common."""
    shaped = []
    for record in records:
        plain = dict(record)
        for key, value in record.items():
            if isinstance(value, dict):
                plain[key] = nested(value["nodes"])
            elif isinstance(value, list):
                plain[key] = nested(value)
            elif key == "amount" and value is not None:
                plain[key] = float(value) if isinstance(value, str) else value / 10_000
        shaped.append(plain)
    return shaped


def count(records: list[dict[str, Any]]) -> int:
    """How many records an answer holds, at all levels."""
    return sum(1 + sum(count(value) for value in record.values() if isinstance(value, list)) for record in records)


async def best(runs: int, sides: dict[str, Callable[[], Awaitable[Any]]]) -> dict[str, list[float]]:
    """Times of each side in milliseconds, asked in turn."""
    times: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(runs):
        for name, ask in sides.items():
            begun = time.perf_counter()
            await ask()
            times[name].append((time.perf_counter() - begun) * 1000)
    return times


async def main(parents: list[int], runs: int, rival: str | None) -> None:
    """Print a line for each side and number of parents."""
    uri, user, password = os.environ.get("NEO4J_URI"), os.environ.get("NEO4J_USER"), os.environ.get("NEO4J_PASSWORD")
    if uri is None:
        print("nested.py: NEO4J_URI names no server; `make neo4j` runs one, `kinship demo --scale 20` loads it")
        return
    settings = Settings(records_max=100_000_000, statistics_every_s=0, read_timeout_s=60, log_level="error")
    store = BoltStore.connect(uri, user, password, timeout_s=60)
    registry = await Registry.open(store, settings)
    driver = AsyncGraphDatabase.driver(
        uri, auth=(user, password or "") if user else None, notifications_min_severity="OFF"
    )
    app = create_app(settings, store)
    print(f"{await store.verify()}\n{'parents':>8} {'records':>8} {'side':<22} {'best ms':>9} {'median ms':>10}")
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client,
        httpx.AsyncClient(timeout=60) as other,
    ):
        for first in parents:
            variables = {"first": first}
            document = registry.current.documents.parse(QUERY)
            prepared = registry.current.documents.prepared(QUERY, document, None)
            coerced = prepared.coerce(variables)
            plan = prepared.parts_for(coerced).plan
            if plan is None:
                raise SystemExit("the document has no plan")
            bound = plan.bind(coerced.coerced, prepared.limits, now=datetime.now(UTC))
            answers: dict[str, Any] = {}

            async def kinship(variables: dict[str, Any] = variables, answers: dict[str, Any] = answers) -> None:
                response = await client.post("/graphql", json={"query": QUERY, "variables": variables})
                answers["kinship"] = response.content

            async def bare(statement: Any = bound.statement) -> None:
                async with driver.session() as session:
                    result = await session.run(statement.text, {"p": dict(statement.params)})
                    orjson.dumps([record.values() async for record in result])

            async def peer(variables: dict[str, Any] = variables, answers: dict[str, Any] = answers) -> None:
                response = await other.post(str(rival), json={"query": RIVAL_QUERY, "variables": variables})
                answers["rival"] = response.content

            sides: dict[str, Callable[[], Awaitable[Any]]] = {"kinship": kinship, "bare driver + orjson": bare}
            if rival:
                sides["rival"] = peer
            await best(3, sides)  # plans and pools
            ours = nested(orjson.loads(answers["kinship"])["data"]["contacts"]["nodes"])
            if rival and nested(orjson.loads(answers["rival"])["data"]["contacts"]) != ours:
                raise SystemExit("the two sides answer differently")
            for name, times in (await best(runs, sides)).items():
                print(f"{first:>8} {count(ours):>8} {name:<22} {min(times):>9.1f} {statistics.median(times):>10.1f}")
    await driver.close()
    await store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parents", type=int, nargs="*", default=[1, 50, 500], help="contacts at the root")
    parser.add_argument("--runs", type=int, default=15, help="times that each side is asked")
    parser.add_argument("--rival", help="URL of the other server")
    arguments = parser.parse_args()
    asyncio.run(main(arguments.parents, arguments.runs, arguments.rival))
