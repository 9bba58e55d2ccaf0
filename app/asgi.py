"""The ASGI application: routes, and what is opened before the first request and closed after the last.

/            leads to /graphql
/graphql     the API; a browser gets GraphiQL
/schema…     the schema as files
/healthz     the process lives
/readyz      a query would be answered
/static      GraphiQL's files
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from app import graphiql, logs, memory
from app.catalog_source import ENGINE_PAUSE_S
from app.connection import open_store
from app.errors import to_graphql_error
from app.execution import RequestContext
from app.health import Health
from app.http import Begun, GraphQLView
from app.keeper import guarded
from app.middleware import RequestMiddleware
from app.registry import Registry
from app.schema_files import SchemaFiles
from app.settings import Settings
from app.supervise import watch_parent
from graphdb.errors import StoreTimeout, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

    from starlette.requests import Request

    from graphdb.store import GraphStore

_log = logging.getLogger("kinship.app")


def create_app(settings: Settings, store: GraphStore | None = None, *, waits_for_engine: bool = False) -> Starlette:
    """The application.

    Args:
        settings: Its settings and limits.
        store: The graph, which then stays open at shutdown; None: the one that the settings name.
        waits_for_engine: Whether it starts although no engine answers, and is ready once one does.
    """
    holder = _Holder()
    health = Health(lambda: holder.registry)
    page = graphiql.page() if settings.graphiql else None
    view = GraphQLView(lambda request: begin(holder.open, request), settings, page)
    routes = [
        Route("/", _to_graphql),
        Route("/graphql", view),
        Route("/graphql/", view),
        Route("/healthz", health.live),
        Route("/readyz", health.ready),
        *SchemaFiles(lambda: holder.open).routes,
    ]
    return Starlette(
        routes=[*routes, graphiql.files()] if settings.graphiql else routes,
        middleware=[Middleware(RequestMiddleware, host_names=settings.host_names)],
        exception_handlers={HTTPException: _refused, StoreUnavailable: _unavailable, Exception: _failed},
        lifespan=lambda _: _lifespan(holder, settings, store, waits=waits_for_engine),
    )


def begin(registry: Registry, request: Request) -> Begun:
    """What a request begins with: all of one version of the data model."""
    context = RequestContext(registry, request)
    return Begun(context.served.schema, context, context.served.extensions, context.response_headers)


def from_environment() -> Starlette:
    """The application of a server process; its settings, and the engine's address, are in the environment.

    It waits for the engine: one that was started anew during an outage would else end, and its parent and the other
    processes with it, for to the parent that is a program that cannot be started.
    """
    settings = Settings.from_environment()
    logs.configure(settings)
    return create_app(settings, waits_for_engine=True)


class _Holder:
    """Where the registry is while the application runs and has found an engine."""

    registry: Registry | None = None

    @property
    def open(self) -> Registry:
        if self.registry is None:
            raise StoreUnavailable("no engine has answered since this process was started")
        return self.registry


@contextlib.asynccontextmanager
async def _lifespan(
    holder: _Holder, settings: Settings, given: GraphStore | None, *, waits: bool
) -> AsyncIterator[None]:
    async with contextlib.AsyncExitStack() as stack:
        stack.push_async_callback(_stopped, _behind(watch_parent))
        store = given
        if store is None:
            store = open_store(settings)
            stack.push_async_callback(store.close)
        opened = store
        try:
            await _open(holder, settings, opened, stack)
        except (StoreUnavailable, StoreTimeout) as error:
            if not waits:
                raise
            _log.warning("No engine answers yet: %s", error)
            stack.push_async_callback(_stopped, _behind(lambda: _open_later(holder, settings, opened, stack)))
        try:
            yield
        finally:
            holder.registry = None
            memory.unsettle()


async def _open(holder: _Holder, settings: Settings, store: GraphStore, stack: contextlib.AsyncExitStack) -> None:
    """Load what is served, and begin what runs behind it."""
    registry = await Registry.open(store, settings)
    behind: list[Callable[[], Coroutine[Any, Any, None]]] = [
        registry.keep_indexes,
        registry.follow_statistics,
        registry.follow_catalog,
        registry.settle_memory,
        registry.index_use.keep,
    ]
    if settings.build_indexes:
        behind.append(registry.keeper.run)
    for work in behind:
        stack.push_async_callback(_stopped, _behind(work))
    memory.settle()
    holder.registry = registry


async def _open_later(holder: _Holder, settings: Settings, store: GraphStore, stack: contextlib.AsyncExitStack) -> None:
    """Open it as soon as an engine answers."""
    while holder.registry is None:
        await asyncio.sleep(ENGINE_PAUSE_S)
        with contextlib.suppress(StoreUnavailable, StoreTimeout):
            await _open(holder, settings, store, stack)


def _behind(work: Callable[[], Coroutine[Any, Any, None]]) -> asyncio.Task[None]:
    """Run something beside the requests."""
    return asyncio.create_task(guarded(work))


async def _stopped(task: asyncio.Task[None]) -> None:
    """End what runs behind the server."""
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _to_graphql(request: Request) -> Response:  # noqa: ARG001 - Starlette's signature
    return RedirectResponse("/graphql")


async def _refused(request: Request, error: Exception) -> Response:
    """A path or method that no route has."""
    known = error if isinstance(error, HTTPException) else HTTPException(500)
    message = f"{known.detail}: {request.method} {request.url.path}"
    body = {"errors": [{"message": message, "extensions": {"code": "NOT_FOUND"}}]}
    return Response(
        orjson.dumps(body),
        status_code=known.status_code,
        media_type="application/json",
        headers=known.headers,
    )


async def _unavailable(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
    """A request to a process that has found no engine yet."""
    body = {"errors": [to_graphql_error(error).formatted]}
    return Response(orjson.dumps(body), status_code=503, media_type="application/json")


async def _failed(request: Request, error: Exception) -> Response:  # noqa: ARG001 - Starlette's signature
    """A bug outside of the GraphQL document: the client gets an id, the log the rest."""
    body = {"errors": [to_graphql_error(error).formatted]}
    return Response(orjson.dumps(body), status_code=500, media_type="application/json")
