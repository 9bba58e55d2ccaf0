"""The schema as files over HTTP: its definition, at a version or of some object types, differences, clients' settings.

/schema.graphql             ?only=contact,deal  those object types alone    ?version=3  as it was
/schema.diff                ?from=3  what changed since, for clients        ?to=5       until then
/schema/possible-types.json     Apollo's possibleTypes
/schema/type-policies.json      Apollo's typePolicies
/schema/codegen.json            a configuration of graphql-codegen; ?only as above

Each has an entity tag, so that asking again costs nothing while it stays the same. Schemas other than the current one
are built in a thread, one at a time.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.responses import Response
from starlette.routing import Route

from app.errors import status_of, to_graphql_error
from app.packed import Packed, PackedTexts
from graphdb.errors import CatalogError
from graphdb.versions import catalog_at
from schema.build import build_schema, print_sdl
from schema.build.changes import print_changes, schema_changes
from schema.build.clients import codegen_config, possible_types, type_policies
from schema.build.slices import slice_of
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphql import GraphQLError, GraphQLSchema
    from starlette.requests import Request

    from app.registry import Registry, Served
    from graphdb.catalog.model import Catalog
    from schema import MergedSchema

_VERSION_DIGITS: Final = 15
_KEPT: Final = 16
_TEXT: Final = "text/plain; charset=utf-8"
_JSON: Final = "application/json"


class RefusedError(Exception):
    """A request for a file that there is not."""

    def __init__(self, status: int, error: GraphQLError) -> None:
        self.status = status
        self.error = error
        super().__init__(error.message)


@dataclass(frozen=True, slots=True)
class Part:
    """Which schema is meant: a version of the data model (None: the current one), all of it or some object types."""

    version: int | None = None
    only: tuple[str, ...] | None = None


class SchemaFiles:
    """The routes.

    Args:
        registry: Gives what is served.
    """

    def __init__(self, registry: Callable[[], Registry]) -> None:
        self._registry = registry
        self._kept = PackedTexts(_KEPT)
        self._building = asyncio.Lock()

    @property
    def routes(self) -> list[Route]:
        """What ``app.asgi`` adds to the application."""
        return [
            Route("/schema.graphql", self._answering(self.definition, _TEXT)),
            Route("/schema.diff", self._answering(self.difference, _TEXT)),
            Route("/schema/possible-types.json", self._answering(self._derived(possible_types), _JSON)),
            Route("/schema/type-policies.json", self._answering(self._derived(type_policies), _JSON)),
            Route("/schema/codegen.json", self._answering(self.codegen, _JSON)),
        ]

    async def definition(self, request: Request) -> Packed:
        """The schema in its definition language."""
        part = Part(_version(request, "version"), _only(request))
        served = self._registry().current

        async def make() -> Packed:
            schema = await self._schema(served, part)
            return await asyncio.to_thread(lambda: Packed.of([print_sdl(schema).encode()]))

        return await self._kept.get((served.catalog.version, "definition", part), make)

    async def difference(self, request: Request) -> Packed:
        """What changed between two versions, for clients."""
        start, end, only = _version(request, "from"), _version(request, "to"), _only(request)
        if start is None:
            raise _refused(400, ErrorCode.BAD_USER_INPUT, "Expected a version in `from`, found none.")
        served = self._registry().current

        async def make() -> Packed:
            old, new = await self._schema(served, Part(start, only)), await self._schema(served, Part(end, only))
            changes = await asyncio.to_thread(lambda: schema_changes(old.graphql_schema, new.graphql_schema))
            return Packed.of([print_changes(changes).encode()])

        return await self._kept.get((served.catalog.version, "difference", start, end, only), make)

    async def codegen(self, request: Request) -> Packed:
        """A configuration that reads the definition from here."""
        only = _only(request)
        address = str(request.base_url) + "schema.graphql" + (f"?only={','.join(only)}" if only else "")
        served = self._registry().current
        await self._catalog(served, Part(only=only))
        config = codegen_config(served.schema.graphql_schema, address)
        return Packed.of([orjson.dumps(config, option=orjson.OPT_INDENT_2)])

    def _derived(self, make: Callable[[GraphQLSchema], Any]) -> Callable[[Request], Awaitable[Packed]]:
        """A file that is made of the current schema alone."""

        async def answer(_: Request) -> Packed:
            served = self._registry().current

            async def pack() -> Packed:
                schema = served.schema.graphql_schema
                return await asyncio.to_thread(lambda: Packed.of([orjson.dumps(make(schema))]))

            return await self._kept.get((served.catalog.version, make), pack)

        return answer

    def _answering(
        self, file: Callable[[Request], Awaitable[Packed]], media_type: str
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            settings = self._registry().settings
            if not settings.introspection:
                return _error(403, refuse(ErrorCode.FORBIDDEN, "This server does not show its schema."))
            try:
                async with asyncio.timeout(settings.read_timeout_s):
                    packed = await file(request)
            except RefusedError as refused:
                return _error(refused.status, refused.error)
            except Exception as error:  # noqa: BLE001 - whatever it was: the client gets a code, the log the rest
                shown = to_graphql_error(error)
                return _error(status_of([shown]), shown)
            compress = bool(settings.compress_bytes_min)
            headers = {"etag": packed.tag, "cache-control": "no-cache", "x-content-type-options": "nosniff"}
            if compress:
                headers["vary"] = "accept-encoding"
            return await packed.response(request, media_type, headers, compress=compress)

        return answer

    async def _schema(self, served: Served, part: Part) -> MergedSchema:
        catalog = await self._catalog(served, part)
        if catalog is served.catalog:
            return served.schema
        async with self._building:
            return await asyncio.to_thread(lambda: build_schema(catalog, served.limits))

    async def _catalog(self, served: Served, part: Part) -> Catalog:
        catalog: Catalog | None = served.catalog
        if part.version not in (None, served.catalog.version):
            catalog = await catalog_at(served.store, part.version)
        if catalog is None:
            message = f"The data model has no version {part.version} that is kept; it is at {served.catalog.version}."
            raise _refused(404, ErrorCode.NOT_FOUND, message)
        if part.only is None:
            return catalog
        try:
            return slice_of(catalog, part.only)
        except CatalogError as error:
            message = "; ".join(fault.message for fault in error.faults)
            raise _refused(400, ErrorCode.BAD_USER_INPUT, f"In `only`: {message}.") from error


def _version(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > _VERSION_DIGITS:
        raise _refused(400, ErrorCode.BAD_USER_INPUT, f"Expected a version in `{name}`, found {text[:100]!r}.")
    return int(text)


def _only(request: Request) -> tuple[str, ...] | None:
    text = request.query_params.get("only")
    return None if text is None else tuple(sorted({name.strip() for name in text.split(",") if name.strip()}))


def _refused(status: int, code: ErrorCode, message: str) -> RefusedError:
    return RefusedError(status, refuse(code, message))


def _error(status: int, error: GraphQLError) -> Response:
    body = orjson.dumps({"errors": [error.formatted]})
    return Response(body, status_code=status, media_type=_JSON, headers={"cache-control": "no-store"})
