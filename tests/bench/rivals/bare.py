"""The limit of this stack: given statements through the bare driver, the rows encoded with orjson.

    bare.py PORT STATEMENTS      a JSON file of {name: {"text": …, "params": {…}}}

A request to ``/graphql`` names its statement in ``query``; one to ``/write`` brings the statements of one transaction,
each with its parameters, pickled, for JSON has no points in time. Same server, same driver and same connection settings
as the program.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson
import uvicorn
from neo4j import READ_ACCESS, AsyncDriver, AsyncGraphDatabase
from neo4j.exceptions import ConstraintError, TransientError
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

ATTEMPTS: Final = 1_000


def open_driver() -> AsyncDriver:
    """The driver that the environment's variables lead to."""
    return AsyncGraphDatabase.driver(
        os.environ["NEO4J_URI"],
        auth=(os.environ["NEO4J_USER"], os.environ["NEO4J_PASSWORD"]),
        max_connection_pool_size=50,
        notifications_min_severity="OFF",
        warn_notification_severity="OFF",
        telemetry_disabled=True,
    )


def make_app(statements: Path) -> Starlette:
    """The endpoint."""
    driver = open_driver()
    database = os.environ.get("NEO4J_DATABASE")
    known: dict[str, Any] = {}

    def read_statements() -> None:
        known.update(orjson.loads(statements.read_bytes()))

    async def answer(request: Request) -> Response:
        name = orjson.loads(await request.body())["query"]
        if name not in known:
            read_statements()
        asked = known[name]
        async with driver.session(database=database, fetch_size=-1, default_access_mode=READ_ACCESS) as session:
            result = await session.run(asked["text"], {"p": asked["params"]})
            rows = await result.values()
        return Response(orjson.dumps(rows), media_type="application/json")

    async def write(request: Request) -> Response:
        statements = pickle.loads(await request.body())  # noqa: S301 - from the benchmark, on this machine
        for _ in range(ATTEMPTS):
            try:
                return Response(orjson.dumps(await _written(driver, database, statements), default=str))
            except (TransientError, ConstraintError):
                # Two transactions met, which may look like a taken key; the store of the program waits as long.
                await asyncio.sleep(random.uniform(0.01, 0.02))  # noqa: S311 - spreading retries is no secret
        raise RuntimeError(f"a write met others {ATTEMPTS} times")

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await driver.close()

    routes = [Route("/graphql", answer, methods=["POST"]), Route("/write", write, methods=["POST"])]
    return Starlette(routes=routes, lifespan=lifespan)


async def _written(driver: AsyncDriver, database: str | None, statements: list[tuple[str, dict[str, Any]]]) -> Any:
    """The rows of each statement of a transaction."""
    async with (
        driver.session(database=database, fetch_size=-1) as session,
        await session.begin_transaction() as transaction,
    ):
        rows = [await (await transaction.run(text, parameters)).values() for text, parameters in statements]
        await transaction.commit()
    return rows


if __name__ == "__main__":
    uvicorn.run(make_app(Path(sys.argv[2])), port=int(sys.argv[1]), log_level="error", access_log=False)
