"""The graph that tests run against: the server in NEO4J_URI, or else an embedded engine of the run's own."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from graphdb.bolt import BoltStore
from graphdb.bootstrap import prepare
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from graphdb.store import Transaction


pytest_plugins = ["tests.harness", "tests.proxy"]


@pytest.fixture(scope="session")
def engine_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str | None, str | None]]:
    """Address, user and password of the engine under test."""
    uri = os.environ.get("NEO4J_URI")
    if uri:
        yield uri, os.environ.get("NEO4J_USER"), os.environ.get("NEO4J_PASSWORD")
        return
    with EmbeddedEngine(tmp_path_factory.mktemp("engine")) as engine:
        yield engine.uri, engine.user, engine.password


@pytest.fixture(scope="session")
async def store(engine_address: tuple[str, str | None, str | None]) -> AsyncIterator[BoltStore]:
    """A store on the engine under test, shared by the whole run, with the constraints and id indexes.

    Its contents are whatever the tests before left.
    """
    store = BoltStore.connect(*engine_address, database=os.environ.get("NEO4J_DATABASE"))
    try:
        await store.verify(timeout_s=60)
        await prepare(store, standard_catalog())
        yield store
    finally:
        await store.close()


@pytest.fixture
async def clean_store(store: BoltStore) -> BoltStore:
    """The same store without any node; constraints and indexes stay."""

    async def empty(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (n) DETACH DELETE n"))

    await store.write(empty)
    return store
