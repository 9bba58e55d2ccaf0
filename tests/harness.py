"""The served CRM that tests of the whole way share: fixtures, and how a request is sent.

A pytest plugin: ``tests/conftest.py`` names it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import HealthCheck, settings
from strawberry.types.execution import PreExecutionError

from app.errors import classify
from app.execution import RequestContext
from app.introspection import PackedResponse
from app.registry import Registry
from app.sample import load_sample
from app.settings import Settings
from graphdb.bootstrap import build_indexes
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from tests.crm import whole_crm
from tests.oracle import Graph, Oracle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from graphdb.bolt import BoltStore
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore, Transaction

# How long an example takes says how busy the machine is.
settings.register_profile("kinship", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kinship")

INDEXED = frozenset({"contact", "company", "deal", "note"})
"""Object types whose lists are read from indexes in these tests."""

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
"""The moment of a request in tests that bind plans themselves."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TIMES = "MATCH (n:`Record`) RETURN n.id, datetime(n.createdAt).epochMillis, datetime(n.updatedAt).epochMillis"
_WHOLE = (
    "MATCH (n) WITH count(n) AS nodes OPTIONAL MATCH (r:`Record`) "
    "WITH nodes, count(r) AS records, sum(r.rev) AS revisions, max(r.rev) AS latest "
    "RETURN nodes, records, revisions, latest"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--update-golden`` and what makes a run longer."""
    parser.addoption("--update-golden", action="store_true", help="write tests/cases anew instead of comparing")
    parser.addoption(
        "--documents", type=int, default=200, help="how many new documents the engine is asked (make test-long)"
    )
    parser.addoption("--sequences", type=int, default=50, help="how many random sequences of writes are carried out")
    parser.addoption("--kill-seconds", type=int, default=60, help="for how long server and engine are killed")
    seed = int.from_bytes(os.urandom(2))
    parser.addoption("--kill-seed", type=int, default=seed, help="what is killed when, and what is written")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be written instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@dataclass(frozen=True, slots=True)
class Response:
    """What a request was answered."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]]
    extensions: dict[str, Any]

    @property
    def codes(self) -> list[str]:
        """The code of each error."""
        return [error["extensions"]["code"] for error in self.errors]

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Code and place in the input of every fault of every error."""
        return [
            (fault["code"], ".".join(fault["input"]))
            for error in self.errors
            for fault in error["extensions"].get("faults", ())
        ]


@dataclass(frozen=True, slots=True)
class Crm:
    """A graph with the CRM in it, served.

    Attributes:
        oracle: The same records in memory.
    """

    store: GraphStore
    registry: Registry
    oracle: Oracle

    async def ask(self, text: str, variables: Mapping[str, Any] | None = None, **options: Any) -> Response:
        """Send a request the way that the HTTP endpoint does."""
        return await ask(self.registry, text, variables, **options)

    async def state(self) -> list[Any]:
        """What any write would change: how many nodes, records, revisions, relationships."""
        return await state(self.store)


async def ask(
    registry: Registry,
    text: str,
    variables: Mapping[str, Any] | None = None,
    *,
    operation: str | None = None,
    now: datetime | None = None,
) -> Response:
    """Send a request the way that the HTTP endpoint does."""
    result = await registry.schema.execute(
        text,
        variable_values=None if variables is None else dict(variables),
        context_value=RequestContext(registry, now=now),
        operation_name=operation,
    )
    executing = not isinstance(result, PreExecutionError)
    return Response(
        _read(result.data),
        [dict(classify(error, executing=executing).formatted) for error in result.errors or ()],
        dict(result.extensions or {}),
    )


def _read(data: Any) -> Any:
    """What a client reads of ``data``, parts that are JSON text already included."""
    return orjson.loads(orjson.dumps(data.data if isinstance(data, PackedResponse) else data))


async def done(registry: Registry, text: str, variables: Mapping[str, Any] | None = None) -> Any:
    """The data of a request that succeeds."""
    response = await ask(registry, text, variables)
    assert not response.errors, response.errors
    return response.data


async def refused(registry: Registry, text: str, variables: Mapping[str, Any] | None = None) -> Response:
    """The answer to a request that is refused, after which nothing has changed."""
    before = await state(registry.store)
    response = await ask(registry, text, variables)
    assert response.data is None
    assert response.errors
    assert await state(registry.store) == before
    return response


async def state(store: GraphStore) -> list[Any]:
    """What any write would change: how many nodes, records, revisions, relationships."""
    nodes = await store.read(Statement(_WHOLE))
    relationships = await store.read(Statement("MATCH ()-[r]->() RETURN count(r)"))
    return [*nodes[0], *relationships[0]]


async def empty(store: GraphStore) -> None:
    """Delete every node."""

    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (n) DETACH DELETE n"))

    await store.write(work)


@pytest.fixture
async def no_index_left(store: BoltStore) -> AsyncIterator[None]:
    """Indexes outlive the nodes that a test deletes, and this one would refuse the long cities of others."""
    yield
    for name, labels, properties in await store.change_schema("SHOW INDEXES YIELD name, labelsOrTypes, properties"):
        if labels == ["Contact"] and properties in (["city", "id"], ["_u_city", "id"]):
            await store.change_schema(f"DROP INDEX {quote(name)} IF EXISTS")


@pytest.fixture(scope="module")
async def crm(store: BoltStore) -> Crm:
    """A graph that holds ``tests.crm.whole_crm`` and nothing else, served."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    sample = whole_crm()
    await build_indexes(store, _indexed(registry.catalog), lambda _: None)
    await load_sample(store, registry.catalog, sample, batch_records=9)
    await registry.look_at_indexes()
    oracle = Oracle(Graph(registry.catalog, sample), registry.current.limits)
    await read_times(store, oracle.graph)
    return Crm(store, registry, oracle)


def _indexed(catalog: Catalog) -> Catalog:
    """The part of the catalog whose indexes are made: lists of the other types are sorted by the engine."""
    types = tuple(one for one in catalog.object_types if one.name in INDEXED)
    return replace(catalog, object_types=types, associations=(), _sides={})


async def read_times(store: GraphStore, graph: Graph) -> None:
    """The writer's clock decides when records were created and joined: take that over."""
    for record_id, created, updated in await store.read(Statement(_TIMES)):
        graph.records[record_id].values |= {"createdAt": _moment(created), "updatedAt": _moment(updated)}
    for association in graph.catalog.associations:
        text = (
            f"MATCH (a)-[r:{quote(association.relationship_type)}]->(b) "
            "RETURN a.id, b.id, datetime(r.createdAt).epochMillis"
        )
        for start, end, created in await store.read(Statement(text)):
            graph.pairs[frozenset((start, end))].created_at = _moment(created)


def _moment(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
