"""Whether the process lives and whether it can answer.

``/healthz`` is about the process alone and never touches the engine: an engine that is away is no reason to
start the process anew. ``/readyz`` says whether a query would be answered now: the engine reachable, the
catalog loaded. It also tells where the change log stands, and how far its numbers are behind: ``delayS``; and up to
which number kept roll-ups show what changed, and how far they are behind.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, Protocol

import orjson
from starlette.responses import Response

from graphdb.bootstrap import IndexState
from graphdb.errors import StoreError
from graphdb.journal.log import log_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from graphdb.bootstrap import IndexStatus
    from graphdb.catalog.model import Catalog
    from graphdb.journal.log import LogState
    from graphdb.store import GraphStore

PING_TIMEOUT_S: Final = 1.0
CACHED_S: Final = 1.0
"""How long an answer of the engine's counts: however often one asks, it is asked once a second."""
_log = logging.getLogger("kinship.health")


class Served(Protocol):
    """What readiness is asked about: ``app.registry.Registry``."""

    @property
    def store(self) -> GraphStore:
        """The graph."""
        ...

    @property
    def catalog(self) -> Catalog:
        """The current data model."""
        ...

    @property
    def indexes(self) -> Sequence[IndexStatus]:
        """The state of each index."""
        ...


class Health:
    """The two health endpoints.

    Args:
        served: Gives what is served, or None before start-up is complete and after shutdown began.
    """

    def __init__(self, served: Callable[[], Served | None]) -> None:
        self._served = served
        self._asked_at = float("-inf")
        self._state: LogState | None = None
        self._asking = asyncio.Lock()

    async def live(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """``/healthz``: the process answers."""
        return _answer(200, {"status": "ok"})

    async def ready(self, request: Request) -> Response:  # noqa: ARG002 - Starlette's signature
        """``/readyz``: a query would be answered."""
        served = self._served()
        if served is None:
            return _answer(503, {"status": "starting", "engine": "unknown", "catalogVersion": None})
        state = await self._ping(served.store)
        reachable = state is not None
        body = {
            "status": "ready" if reachable else "unavailable",
            "engine": "reachable" if reachable else "unreachable",
            "catalogVersion": served.catalog.version,
            "indexes": _indexes(served.indexes),
            "changeLog": None if state is None else _change_log(state),
        }
        return _answer(200 if reachable else 503, body)

    async def _ping(self, store: GraphStore) -> LogState | None:
        """Where the change log stands, by which the engine shows that it answers; None if it does not."""
        async with self._asking:
            if time.monotonic() - self._asked_at < CACHED_S:
                return self._state
            try:
                async with asyncio.timeout(PING_TIMEOUT_S):
                    self._state = await log_state(store, timeout_s=PING_TIMEOUT_S)
            except (StoreError, TimeoutError) as error:
                _log.warning("The engine does not answer: %s", error)
                self._state = None
            self._asked_at = time.monotonic()
            return self._state


def _change_log(state: LogState) -> dict[str, Any]:
    folded = {"position": state.folded, "delayS": state.fold_delay_s}
    return {
        "position": state.position,
        "delayS": state.delay_s,
        "rollUps": None if state.folded is None else folded,
    }


def _indexes(statuses: Sequence[IndexStatus]) -> dict[str, Any]:
    """How many indexes are in each state, and the names of those that someone may want to look at."""
    counts = Counter(status.state for status in statuses)
    return {
        **{state.value.lower(): counts[state] for state in IndexState},
        "underWay": [status.index.name for status in statuses if status.state is IndexState.BUILDING],
        "faults": {status.index.name: status.reason for status in statuses if status.state is IndexState.FAILED},
    }


def _answer(status: int, body: dict[str, Any]) -> Response:
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store"},
    )
