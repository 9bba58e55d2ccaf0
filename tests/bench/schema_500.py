"""How long a large schema takes to build, and what it holds on to.

500 object types of 40 properties, each associated with 10 others in a ring. The target: under 3 s and 150 MB.
Run: ``PYTHONPATH=. python tests/bench/schema_500.py [TYPES]``.
"""

from __future__ import annotations

import gc
import sys
import time
import tracemalloc

from schema import build_schema, print_sdl
from tests.schema.catalogs import ring

SECONDS_MAX = 3.0
MEGABYTES_MAX = 150.0


def main() -> int:
    """Measure and print; 1 when a target is missed."""
    types = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    catalog = ring(types, properties=40, associations=10)
    build_schema(ring(3))  # so that imports and first calls are not measured
    gc.collect()
    started = time.perf_counter()
    merged = build_schema(catalog)
    seconds = time.perf_counter() - started
    named = len(merged.graphql_schema.type_map)
    started = time.perf_counter()
    sdl = print_sdl(merged)
    printing = time.perf_counter() - started
    del merged
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


if __name__ == "__main__":
    sys.exit(main())
