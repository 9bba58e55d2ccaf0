"""How long a large schema takes to build and to be asked about, and what it holds on to.

500 object types of 40 properties, each associated with 10 others in a ring. The targets: built in under 2 s and
150 MB; the standard introspection document answered in 1 s the first time, then in 50 ms compressed, 0.3 s plain.
Run: ``PYTHONPATH=. python tests/bench/schema_500.py [TYPES]``.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import time
import tracemalloc
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx
from graphql import get_introspection_query

from app import memory
from app.asgi import begin
from app.http import GraphQLView
from app.registry import Registry
from app.settings import Settings
from graphdb.store import Engine
from schema import build_schema, print_sdl
from tests.schema.catalogs import ring

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog

SECONDS_MAX = 2.0
MEGABYTES_MAX = 150.0


def main() -> int:
    """Measure and print; 1 when a target is missed."""
    types = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    catalog = ring(types, properties=40, associations=10)
    build_schema(ring(3))  # so that imports and first calls are not measured
    gc.collect()
    started = time.perf_counter()
    with memory.beside_requests():  # as the program does
        merged = build_schema(catalog)
    seconds = time.perf_counter() - started
    named = len(merged.graphql_schema.type_map)
    started = time.perf_counter()
    sdl = print_sdl(merged)
    printing = time.perf_counter() - started
    del merged
    gc.collect()
    asyncio.run(introspect(catalog))
    gc.collect()
    tracemalloc.start()
    held = build_schema(catalog)
    gc.collect()
    megabytes = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del held
    print(f"{types} object types, {named:,} GraphQL types: {seconds:.2f} s, {megabytes:.0f} MB")
    print(f"SDL: {len(sdl) / 1e6:.1f} MB in {printing:.2f} s")
    return int(seconds > SECONDS_MAX or megabytes > MEGABYTES_MAX)


async def introspect(catalog: Catalog) -> None:
    """Measure the standard introspection document through the application, and print."""
    nowhere: Any = SimpleNamespace(engine=Engine.NEO4J)  # the schema is asked about, no record
    registry = Registry(nowhere, Settings(), catalog)
    view = GraphQLView(lambda request: begin(registry, request), registry.settings)
    body = {"query": get_introspection_query(specified_by_url=True, input_value_deprecation=True, one_of=True)}
    before = _resident_megabytes()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(view), base_url="http://127.0.0.1") as client:
        for title, encoding in (("first", "gzip"), ("then, gzip", "gzip"), ("then, plain", "identity")):
            started = time.perf_counter()
            async with client.stream("POST", "/", json=body, headers={"accept-encoding": encoding}) as response:
                size = sum([len(piece) async for piece in response.aiter_raw()])
            taken = _resident_megabytes() - before
            print(
                f"introspection, {title}: {(time.perf_counter() - started) * 1e3:.0f} ms, {size / 1e6:.1f} MB, "
                f"most memory above the schema's so far {taken:.0f} MB"
            )


def _resident_megabytes() -> float:
    """The most memory that this process had so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


if __name__ == "__main__":
    sys.exit(main())
