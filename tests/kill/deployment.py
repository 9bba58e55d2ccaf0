"""A server with several processes, and an engine of its own beneath it, on one folder and fixed ports: to be killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from graphdb.bolt import BoltStore
from graphdb.engine import EmbeddedEngine
from graphdb.errors import StoreError

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Mapping

ROOT = Path(__file__).parents[2]
READY_S = 240.0
"""How long all of it may take to answer again after a kill, on a machine that is far too busy."""
PAUSE_S = 0.1


class Server:
    """``kinship serve``.

    Args:
        folder: Where its data goes, and what it says.
        workers: Server processes.
        environment: How its engine is reached; empty for the embedded one, which then belongs to it.
    """

    def __init__(self, folder: Path, workers: int, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._workers = workers
        self._port = free_port()
        self._environment = {**environment, "KINSHIP_PORT": str(self._port), "KINSHIP_DATA": str(folder / "data")}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it if it does not run, and return once a query would be answered."""
        async with asyncio.timeout(READY_S), httpx.AsyncClient() as client:
            while not await self._is_ready(client):
                if self._process is None or self._process.poll() is not None:
                    # The port is free once the last process of the server before has ended.
                    command = ("-m", "app", "serve", "--workers", str(self._workers))
                    self._process = run(self._folder, self._environment, *command)
                await asyncio.sleep(PAUSE_S)

    @property
    def workers(self) -> list[int]:
        """The server processes."""
        return _children(self._process, "spawn_main")

    def kill_worker(self, dice: random.Random) -> None:
        """Kill one of the server processes; their parent starts another."""
        workers = self.workers
        if workers:
            kill(dice.choice(workers))

    def kill_parent(self) -> None:
        """Kill the process that supervises the others, and, where it is embedded, the engine."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def stop(self) -> None:
        """End it in order."""
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait)

    async def _is_ready(self, client: httpx.AsyncClient) -> bool:
        """Whether a query is answered, however late; ``/readyz`` would have it within a second."""
        query = {"query": "{ contacts(first: 1) { nodes { id } } }"}
        try:
            return "errors" not in (await client.post(f"{self.base}/graphql", json=query, timeout=20)).json()
        except (httpx.HTTPError, ValueError):
            return False


class Deployment:
    """A server and an engine that no other test uses.

    Args:
        folder: Where the data and the logs go.
        neo4j: Whether the engine is a Neo4j beside the server; else it is the embedded one.
        workers: Server processes.
    """

    def __init__(self, folder: Path, *, neo4j: bool, workers: int = 4) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._neo4j: dict[str, str] = {}
        if neo4j:
            port = str(free_port())
            self._neo4j = {"NEO4J_URI": f"bolt://127.0.0.1:{port}", "NEO4J_PORT": port, "NEO4J_HEAP": "768m"}
            self._neo4j["NEO4J_PASSWORD"] = secrets.token_urlsafe(12)
        self._engine: subprocess.Popen[bytes] | None = None
        self.server = Server(folder, workers, self._neo4j)
        self.slowest_start_s = 0.0

    async def start(self) -> None:
        """Start what does not run, and return once a query would be answered."""
        began = time.monotonic()
        if self._neo4j:
            async with self._neo4j_engine():
                pass  # a server that starts before its engine ends
        await self.server.start()
        self.slowest_start_s = max(self.slowest_start_s, time.monotonic() - began)

    async def kill_engine(self) -> None:
        """Kill the engine; the embedded one is started again by its server."""
        if self._neo4j:
            while self._engine is not None and self._engine.poll() is None:
                for pid in _children(self._engine, "Neo4jServer"):
                    kill(pid)
                await asyncio.sleep(PAUSE_S)
        else:
            with contextlib.suppress(FileNotFoundError, ValueError):
                kill(int((self._data / "engine.pid").read_text(encoding="ascii")))

    async def kill_all(self) -> None:
        """Kill every process, and wait until none is left."""
        workers = self.server.workers
        await self.kill_engine()
        self.server.kill_parent()
        for pid in workers:
            kill(pid)
        async with asyncio.timeout(READY_S):
            while any("java" in args and str(self._data) in args for _, _, args in _processes()):  # noqa: ASYNC110
                await asyncio.sleep(PAUSE_S)

    def internal_errors(self) -> list[str]:
        """What the log has of answers with the code INTERNAL, each with its traceback."""
        text = (self._folder / "console.log").read_text(encoding="utf-8", errors="replace")
        return [block for block in re.split(r"\n(?=\d{4}-\d\d-\d\dT)", text) if "Internal error" in block]

    @contextlib.asynccontextmanager
    async def store(self) -> AsyncIterator[BoltStore]:
        """The graph that was left, with no server on it: the engine is started anew, and stopped afterwards."""
        if not self._neo4j:
            with EmbeddedEngine(self._data) as engine:
                async with _reached(engine.uri, engine.user, engine.password, engine.database) as store:
                    yield store
            return
        async with self._neo4j_engine() as store:
            yield store
        await self.kill_engine()

    @contextlib.asynccontextmanager
    async def _neo4j_engine(self) -> AsyncIterator[BoltStore]:
        """A Neo4j that answers; it goes on running."""
        if self._engine is None or self._engine.poll() is not None:
            self._engine = run(self._folder, self._neo4j, "engine/neo4j/run.py", "serve", "--data", str(self._data))
        async with _reached(self._neo4j["NEO4J_URI"], "neo4j", self._neo4j["NEO4J_PASSWORD"]) as store:
            yield store


def run(folder: Path, environment: Mapping[str, str], *command: str) -> subprocess.Popen[bytes]:
    """A program of this checkout, in a session of its own; what it says is added to a log in the folder."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINSHIP_", "NEO4J_"))}
    with (folder / "console.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - our own programs
            [sys.executable, *command],
            cwd=ROOT,
            env={**kept, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


@contextlib.asynccontextmanager
async def _reached(uri: str, user: str, password: str, database: str | None = None) -> AsyncIterator[BoltStore]:
    """A store whose engine answers."""
    store = BoltStore.connect(uri, user, password, database=database)
    try:
        async with asyncio.timeout(READY_S):
            while True:
                with contextlib.suppress(StoreError):
                    await store.verify()
                    break
                await asyncio.sleep(PAUSE_S)
        yield store
    finally:
        await store.close()


def _processes() -> list[tuple[int, int, str]]:
    """Id, parent and command line of every process."""
    command = ["ps", "-ww", "-eo", "pid=,ppid=,args="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - a fixed command
    rows = (line.split(None, 2) for line in listing.stdout.splitlines())
    return [(int(pid), int(parent), rest[0] if rest else "") for pid, parent, *rest in rows]


def _children(parent: subprocess.Popen[bytes] | None, word: str) -> list[int]:
    """The processes right beneath one whose command line holds a word."""
    return [] if parent is None else [pid for pid, above, args in _processes() if above == parent.pid and word in args]


def kill(pid: int) -> None:
    """End a process at once, whatever it does."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    """One that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
