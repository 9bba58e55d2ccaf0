"""From settings to the graph: a store on the engine they name."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final

from graphdb.bolt import BoltStore
from graphdb.errors import StoreUnavailable

if TYPE_CHECKING:
    from app.settings import Settings

_PAUSE_S: Final = 0.2


def open_store(settings: Settings) -> BoltStore:
    """The graph that the settings name. Opens no connection yet.

    Raises:
        StoreUnavailable: The settings name no engine, or its address is not one.
    """
    if settings.neo4j_uri is None:
        raise StoreUnavailable("the settings name no engine")
    return BoltStore.connect(
        settings.neo4j_uri,
        settings.neo4j_user if settings.neo4j_password is not None else None,
        settings.neo4j_password,
        database=settings.neo4j_database,
        timeout_s=settings.read_timeout_s,
        write_timeout_s=settings.write_timeout_s,
        pool_size=settings.connections_max,
    )


async def await_engine(settings: Settings, within_s: float) -> None:
    """Return once the engine answers a query, which a cold one on a busy machine does late.

    Raises:
        StoreUnavailable: It did not within this time, in seconds.
    """
    deadline = time.monotonic() + within_s
    store = open_store(settings)
    try:
        while True:
            try:
                await store.verify()
            except StoreUnavailable:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(_PAUSE_S)
            else:
                return
    finally:
        await store.close()
