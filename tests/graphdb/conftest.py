"""The writer on an empty graph, and the graph read back by plain Cypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.errors import Fault, WriteRefused
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Associate, Create, Link, Ref

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.catalog.model import Catalog
    from graphdb.store import Rows
    from graphdb.writer.operations import Operation, Outcome


class Graph:
    """A store, a catalog and the writer between them."""

    def __init__(self, store: BoltStore, catalog: Catalog) -> None:
        self.store = store
        self.catalog = catalog
        self.writer = Writer(catalog)

    async def write(self, *operations: Operation, writer: Writer | None = None) -> list[Outcome]:
        """Apply operations in one transaction and commit."""
        chosen = writer or self.writer
        return await self.store.write(lambda tx: chosen.apply(tx, operations), timeout_s=60)

    async def refused(self, *operations: Operation, writer: Writer | None = None) -> list[Fault]:
        """The faults for which operations are refused."""
        with pytest.raises(WriteRefused) as caught:
            await self.write(*operations, writer=writer)
        return caught.value.faults

    async def rows(self, text: str, **params: Any) -> Rows:
        """What a Cypher statement answers."""
        return await self.store.read(Statement(text, params))

    async def value(self, text: str, **params: Any) -> Any:
        """The one value that a Cypher statement answers."""
        ((value,),) = await self.rows(text, **params)
        return value

    async def create(self, object_type: str, **values: Any) -> str:
        """The id of a new record."""
        (outcome,) = await self.write(Create(type=object_type, values=values, path=("input",)))
        return outcome.id

    def link(self, near: str, far: str, value: Any, *labels: str, key: str = "id") -> Link:
        """A link from a record of one type to one of another."""
        side = self.catalog.side_between(near, far)
        assert side is not None
        to = Ref(type=far, key=key, value=value, path=("input", side.field, 0, key))
        return Link(side=side, to=to, labels=labels, path=("input", side.field, 0))


@pytest.fixture
def graph(clean_store: BoltStore) -> Graph:
    """An empty graph under the standard catalog."""
    return Graph(clean_store, standard_catalog())


def associate(near: str, near_id: str, far: str, far_id: str, *labels: str) -> Associate:
    """An operation that associates two records by their ids."""
    return Associate(
        start=Ref(type=near, key="id", value=near_id, path=("from",)),
        to=Ref(type=far, key="id", value=far_id, path=("to",)),
        labels=labels,
        path=("pair",),
    )


@pytest.fixture(name="associate")
def associate_fixture() -> Any:
    """``associate(near type, near id, far type, far id, *labels)``."""
    return associate
