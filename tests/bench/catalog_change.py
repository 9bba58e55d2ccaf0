"""How long a change of the data model takes until it is served, and what requests notice of it.

Two measurements, each bounded in count and time, on the engine that NEO4J_URI names or an embedded one of its own. They
change the data model and delete what is in the graph, so the engine has to be one for this:

- from the mutation to the first answer that uses the new object type, at 30, 100 and 500 object types of 40 properties;
- sixteen clients against ``kinship serve --workers 4`` while the data model changes: requests that failed, time until
  each worker serves the change, memory of each worker before and after (Linux).

Run: ``PYTHONPATH=. python tests/bench/catalog_change.py [--types 30 100 500] [--changes 50] [--rounds 5]``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from app import memory
from app.asgi import begin
from app.http import GraphQLView
from app.registry import Registry
from app.sample import generate, load_sample
from app.settings import Settings
from graphdb.bolt import BoltStore
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine
from graphdb.metadata import save_catalog
from tests.schema.catalogs import ring

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from graphdb.store import Transaction

CLIENTS: Final = 16
WORKERS: Final = 4
START_S: Final = 90
FOLLOW_S: Final = 30
TARGETS_S: Final = {30: 0.3, 100: 1.0, 500: 3.0}
QUERIES: Final = (
    "{ contacts(first: 5) { nodes { email companies(first: 3) { nodes { name deals(first: 3) { totalCount } } } } } }",
    "{ deals(first: 10, orderBy: [{amount: DESC}]) { totalCount nodes { name amount } } }",
    "{ companies(where: {deals: {some: {}}}, first: 5) { aggregate { count } nodes { name } } }",
)
CREATE: Final = """mutation ($input: ObjectTypeInput!) {
  createObjectType(input: $input) { version objectType { pluralField } } }"""
WHO: Final = {"query": "{ __typename }"}


def main() -> int:
    """Measure and print; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--types", type=int, nargs="*", default=list(TARGETS_S))
    parser.add_argument("--rounds", type=int, default=5, help="changes of each size")
    parser.add_argument("--changes", type=int, default=50, help="changes under load")
    parser.add_argument("--pause", type=float, default=0.1, help="seconds between two requests of a client")
    arguments = parser.parse_args()
    with engine() as environment:
        os.environ.update(environment)
        missed = asyncio.run(sizes(arguments.types, arguments.rounds))
        if arguments.changes:
            with tempfile.TemporaryDirectory() as folder:
                missed += asyncio.run(load(arguments.changes, arguments.pause, Path(folder)))
    return int(missed > 0)


@contextlib.contextmanager
def engine() -> Iterator[dict[str, str]]:
    """What names the engine to the program."""
    if "NEO4J_URI" in os.environ:
        yield {}
        return
    with tempfile.TemporaryDirectory() as folder, EmbeddedEngine(Path(folder)) as embedded:
        yield {"NEO4J_URI": embedded.uri, "NEO4J_USER": embedded.user, "NEO4J_PASSWORD": embedded.password}


@contextlib.asynccontextmanager
async def emptied() -> AsyncIterator[BoltStore]:
    """The graph, without any node."""
    found = [os.environ.get(f"NEO4J_{name}") for name in ("URI", "USER", "PASSWORD")]
    store = BoltStore.connect(str(found[0]), *found[1:])

    async def delete(transaction: Transaction) -> int:
        text = "MATCH (n) WITH n LIMIT 10000 DETACH DELETE n RETURN count(*)"
        return int((await transaction.run(Statement(text)))[0][0])

    try:
        await store.verify(timeout_s=60)
        while await store.write(delete):
            pass
        yield store
    finally:
        await store.close()


def creation(number: int) -> dict[str, Any]:
    """A request that adds an object type with properties."""
    properties: list[dict[str, Any]] = [{"label": "Title", "type": "STRING"}]
    properties += [{"label": f"Figure {index}", "type": "NUMBER", "indexed": index < 3} for index in range(20)]
    label = f"Fresh {number}"
    given = {"label": label, "pluralLabel": f"{label} records", "name": f"fresh_{number}", "properties": properties}
    return {"query": CREATE, "variables": {"input": given}}


async def sizes(counts: list[int], rounds: int) -> int:
    """From a change to the first answer with the new object type, for each number of object types."""
    missed = 0
    for types in counts:
        async with emptied() as store:
            catalog = ring(types)
            await save_catalog(store, catalog, expected=None)
            settings = Settings(build_indexes=False, statistics_every_s=0)
            registry = await Registry.open(store, settings)
            view = GraphQLView(partial(begin, registry), settings)
            transport = httpx.ASGITransport(view)
            made: list[float] = []
            answered: list[float] = []
            memory.settle()
            settling = asyncio.create_task(registry.settle_memory())
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                for number in range(rounds):
                    begun = time.perf_counter()
                    changed = await answer(client, creation(number))
                    made.append(time.perf_counter() - begun)
                    field = changed["createObjectType"]["objectType"]["pluralField"]
                    await answer(client, {"query": f"{{ {field} {{ nodes {{ id }} }} }}"})
                    answered.append(time.perf_counter() - begun)
            settling.cancel()
        print(
            f"{types} object types: first answer after {shape(answered)}, the mutation's own {shape(made)}", flush=True
        )
        missed += statistics.median(answered) > TARGETS_S.get(types, TARGETS_S[500])
    return missed


def shape(seconds: list[float]) -> str:
    """Least, median and worst of some times."""
    return " / ".join(f"{one * 1e3:.0f}" for one in (min(seconds), statistics.median(seconds), max(seconds))) + " ms"


@dataclass
class Seen:
    """What the clients saw."""

    latencies: list[tuple[float, float]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ended: bool = False


async def load(changes: int, pause_s: float, folder: Path) -> int:
    """Sixteen clients against four workers while the data model changes."""
    async with emptied() as store:
        registry = await Registry.open(store, Settings())
        await load_sample(store, registry.catalog, generate(0.2))
        with serving(folder) as (url, parent):
            await ready(url)
            limits = httpx.Limits(max_connections=None)
            async with httpx.AsyncClient(base_url=url, timeout=60, limits=limits) as client:
                workers = await reach(url, parent)
                seen = Seen()
                clients = [asyncio.create_task(keep_asking(client, number, pause_s, seen)) for number in range(CLIENTS)]
                await asyncio.sleep(5)
                before, quiet = {pid: resident(pid) for pid in workers}, time.perf_counter()
                took = []
                for number in range(changes):
                    took.append(await follow(client, number, list(workers.values())))
                    await asyncio.sleep(0.3)
                changed = time.perf_counter()
                await asyncio.sleep(6)
                after = {pid: resident(pid) for pid in workers}
                seen.ended = True
                await asyncio.gather(*clients)
                for connection in workers.values():
                    await connection.aclose()
    calm = [one for at, one in seen.latencies if at < quiet]
    busy = [one for at, one in seen.latencies if quiet <= at < changed]
    print(f"{changes} changes under {len(busy) / (changed - quiet):.0f} requests a second of {CLIENTS} clients:")
    print(f"  every one of {len(workers)} workers served a change after {shape(took)}")
    print(f"  requests: {len(seen.latencies):,}, failed: {len(seen.failures)} {seen.failures[:3]}")
    print(f"  latency before: {percentiles(calm)}; during: {percentiles(busy)}")
    grown = ", ".join(f"{before[pid]:.0f} → {after[pid]:.0f}" for pid in workers)
    print(f"  memory of each worker, MB: {grown}", flush=True)
    return len(seen.failures) + (max(took) > 1)


def percentiles(seconds: list[float]) -> str:
    """Median, 95th and 99th percentile."""
    cuts = statistics.quantiles(seconds, n=100)
    return " / ".join(f"{cuts[at - 1] * 1e3:.0f}" for at in (50, 95, 99)) + " ms (50 / 95 / 99 %)"


async def keep_asking(client: httpx.AsyncClient, number: int, pause_s: float, seen: Seen) -> None:
    """One client: a query, a pause, and so on."""
    at = number
    await asyncio.sleep(pause_s * number / CLIENTS)
    while not seen.ended:
        begun = time.perf_counter()
        try:
            response = await client.post("/graphql", json={"query": QUERIES[at % len(QUERIES)]})
            if response.status_code != 200 or "errors" in response.json():
                seen.failures.append(response.text[:200])
        except httpx.HTTPError as error:
            seen.failures.append(repr(error))
        seen.latencies.append((begun, time.perf_counter() - begun))
        at += 1
        await asyncio.sleep(pause_s)


async def follow(client: httpx.AsyncClient, number: int, workers: list[httpx.AsyncClient]) -> float:
    """Change the data model, and return after how many seconds the last worker served it."""
    changed = await answer(client, creation(number))
    begun = time.perf_counter()

    async def served(worker: httpx.AsyncClient) -> None:
        while (await asked(worker))["extensions"]["catalogVersion"] < changed["createObjectType"]["version"]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async with asyncio.timeout(FOLLOW_S):
        await asyncio.gather(*(served(worker) for worker in workers))
    return time.perf_counter() - begun


async def answer(client: httpx.AsyncClient, body: dict[str, Any]) -> dict[str, Any]:
    """The data of an answer without errors."""
    found = (await client.post("/graphql", json=body)).json()
    assert "errors" not in found, found["errors"]
    data: dict[str, Any] = found["data"]
    return data


async def asked(client: httpx.AsyncClient) -> dict[str, Any]:
    """A small answer."""
    answer: dict[str, Any] = (await client.post("/graphql", json=WHO)).json()
    return answer


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[tuple[str, int]]:
    """The program with four workers: its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = Path(sys.executable).with_name("kinship")
    command = [str(program), "serve", "--port", str(port), "--workers", str(WORKERS), "--data", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - fixed words
    try:
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=60)


async def ready(url: str) -> None:
    """Wait until queries are answered."""
    async with asyncio.timeout(START_S), httpx.AsyncClient(base_url=url) as client:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await client.get("/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)


# Which worker a connection leads to, and what it holds, is read from Linux's /proc.


def children(parent: int) -> list[int]:
    """The server processes."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            text = entry.read_text()
            is_child = int(text.rpartition(")")[2].split()[1]) == parent
            if is_child and "spawn_main" in (entry.parent / "cmdline").read_text():
                found.append(int(entry.parent.name))
    return sorted(found)


def resident(pid: int) -> float:
    """Memory of a process in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


async def reach(url: str, parent: int) -> dict[int, httpx.AsyncClient]:
    """For each server process a client whose one connection leads to it."""
    found: dict[int, httpx.AsyncClient] = {}
    async with asyncio.timeout(START_S):
        while len(found) < WORKERS:
            client = httpx.AsyncClient(base_url=url, timeout=60, limits=httpx.Limits(max_connections=1))
            response = await client.post("/graphql", json=WHO)
            port = response.extensions["network_stream"].get_extra_info("client_addr")[1]
            pid = next((one for one in children(parent) if one not in found and holds(one, port)), None)
            if pid is None:
                await client.aclose()
            else:
                found[pid] = client
    return found


def holds(pid: int, port: int) -> bool:
    """Whether a process holds the other end of a connection from this port."""
    inodes = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if int(columns[2].rpartition(":")[2], 16) == port:
            inodes.add(f"socket:[{columns[9]}]")
    held = set()
    with contextlib.suppress(OSError):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                held.add(str(entry.readlink()))
    return bool(inodes & held)


if __name__ == "__main__":
    sys.exit(main())
