"""Our own processor time: requests through the whole application, with a store that answers at once.

What remains is what the program adds to the engine and the driver: reading the request, finding its plan, binding
values, shaping and encoding the answer. The server's loop and sockets are left out, the application's code is not.
"""

from __future__ import annotations

import pickle
import statistics
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
import orjson

from app.asgi import create_app
from tests.bench.case import OURS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.settings import Settings
    from graphdb.bolt import BoltStore
    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows
    from tests.bench.case import Case

CASES: Final = ("one", "nest-1", "nest-50", "nest-500", "records")
ROUNDS: Final = 7
ROUND_S: Final = 0.2


class _Answering:
    """A store that remembers the rows of each statement; what a request makes of them is its own."""

    def __init__(self, store: BoltStore) -> None:
        self._store = store
        self._rows: dict[str, bytes] = {}
        self._ready: dict[str, Rows] = {}
        self.remembers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def renew(self) -> None:
        """Make ready the rows of another request."""
        self._ready = {asked: pickle.loads(rows) for asked, rows in self._rows.items()}  # noqa: S301 - its own

    async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
        asked = f"{statement.text} {statement.params}"
        rows = self._ready.pop(asked, None)
        if rows is None:
            rows = await self._store.read(statement, timeout_s=timeout_s)
            if self.remembers:
                self._rows[asked] = pickle.dumps(rows)
        return rows


async def own_cpu(store: BoltStore, settings: Settings, cases: Sequence[Case]) -> dict[str, float]:
    """Milliseconds of processor time a request, by case."""
    answering: Any = _Answering(store)
    app = create_app(settings, answering)
    found: dict[str, float] = {}
    async with app.router.lifespan_context(app):
        answering.remembers = True
        for case in cases:
            if case.name in CASES:
                asked = case.sides[OURS]
                body = orjson.dumps({"query": asked.document, "variables": asked.variables(0)})
                found[case.name] = await _measured(app, body, answering)
    return found


async def _measured(app: Any, body: bytes, answering: _Answering) -> float:
    await _send(app, body)
    times: list[float] = []
    for _ in range(ROUNDS):
        spent, requests = 0.0, 0
        until = time.perf_counter() + ROUND_S
        while time.perf_counter() < until or not requests:
            answering.renew()
            started = time.process_time()
            await _send(app, body)
            spent += time.process_time() - started
            requests += 1
        times.append(spent / requests * 1e3)
    return statistics.median(times)


async def _send(app: Any, body: bytes) -> None:
    """One request, straight to the application, as the server hands it over."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [
            (b"host", b"localhost"),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"accept", b"application/json"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    answered: list[int] = []

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            answered.append(message["status"])

    await app(scope, receive, send)
    if answered != [httpx.codes.OK]:
        raise RuntimeError(f"the application answers {answered}")
