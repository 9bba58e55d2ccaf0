"""A graph whose data model is changed: changes are committed with the jobs they leave, as the program does."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from graphdb.catalog.changes import JobKind, JobSpec
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.parts import BuildState
from graphdb.cypher.statement import Statement
from graphdb.jobs import JobState, Terms, add_jobs, job_states, run_jobs
from graphdb.jobs.work import clock
from graphdb.metadata import load_catalog, replace_catalog, save_catalog
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Ref, Update

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime

    from graphdb.bolt import BoltStore
    from graphdb.catalog.changes import Narrowing
    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.jobs import JobStatus
    from graphdb.store import Engine, Rows, Transaction
    from graphdb.writer.operations import Operation, Outcome

AT_ONCE = Terms(grace_s=0, batch=7)
"""Jobs begin at once, in batches so small that a few records take several."""


@dataclass
class JobGraph:
    """A store and the data model in it."""

    store: BoltStore
    catalog: Catalog = field(default_factory=standard_catalog)

    @classmethod
    async def begin(cls, store: BoltStore) -> JobGraph:
        """The standard data model in an empty graph."""
        graph = cls(store)
        await save_catalog(store, graph.catalog, expected=None)
        return graph

    async def change(self, object_type: str, name: str, kind: JobKind, **changes: Any) -> None:
        """Change a property and leave a job about it."""
        changed = self.with_property(object_type, name, **changes)
        await self.commit(changed, self.spec(object_type, kind, name))

    def with_property(self, object_type: str, name: str, **changes: Any) -> Catalog:
        """The data model with a changed property."""
        found = self.catalog.by_name[object_type]
        properties = tuple(dataclasses.replace(one, **changes) if one.name == name else one for one in found.properties)
        return self.with_type(dataclasses.replace(found, properties=properties))

    def without_property(self, object_type: str, name: str) -> Catalog:
        """The data model as it is when a property was deleted."""
        found = self.catalog.by_name[object_type]
        left = tuple(one for one in found.properties if one.name != name)
        return self.with_type(dataclasses.replace(found, properties=left))

    def with_type(self, changed: ObjectType) -> Catalog:
        """The data model with a changed object type."""
        types = tuple(changed if one.name == changed.name else one for one in self.catalog.object_types)
        return dataclasses.replace(self.catalog, object_types=types, _sides={})

    def spec(
        self, object_type: str, kind: JobKind, name: str | None = None, narrowing: Narrowing | None = None
    ) -> JobSpec:
        """A job about an object type."""
        label = self.catalog.by_name[object_type].node_label
        return JobSpec(kind=kind, object_type=object_type, node_label=label, property=name, narrowing=narrowing)

    async def commit(self, changed: Catalog, *specs: JobSpec) -> None:
        """Put a changed data model in the place of the current one, with jobs behind it."""
        before = self.catalog
        after = dataclasses.replace(changed, version=before.version + 1, _sides={})

        async def work(tx: Transaction) -> None:
            await replace_catalog(tx, before, after)
            await add_jobs(tx, specs, clock())

        await self.store.write(work)
        self.catalog = after

    async def run(self, terms: Terms = AT_ONCE) -> list[JobStatus]:
        """Carry out the jobs; their states afterwards, and the data model that they left."""
        await run_jobs(self.store, terms)
        await self.reload()
        return await job_states(self.store)

    async def reload(self) -> Catalog:
        """The data model as the graph has it now."""
        catalog = await load_catalog(self.store)
        assert catalog is not None
        self.catalog = catalog
        return catalog

    def property(self, object_type: str, name: str) -> Property:
        """A property as the data model has it."""
        return self.catalog.by_name[object_type].by_name[name]

    async def write(self, *operations: Operation) -> list[Outcome]:
        """Apply operations by the current data model."""
        writer = Writer(self.catalog)
        return await self.store.write(lambda tx: writer.apply(tx, operations), timeout_s=60)

    async def create(self, object_type: str, **values: Any) -> str:
        """The id of a new record."""
        (outcome,) = await self.write(Create(type=object_type, values=values, path=("input",)))
        return outcome.id

    async def update(self, object_type: str, record_id: str, **values: Any) -> None:
        """Change a record."""
        await self.write(Update(by=Ref(type=object_type, key="id", value=record_id), values=values))

    async def cypher(self, text: str, **params: Any) -> None:
        """Write by plain Cypher, past the writer."""

        async def work(tx: Transaction) -> None:
            await tx.run(Statement(text, params))

        await self.store.write(work)

    async def rows(self, text: str, **params: Any) -> Rows:
        """What a Cypher statement answers."""
        return await self.store.read(Statement(text, params))

    async def value(self, text: str, **params: Any) -> Any:
        """The one value that a Cypher statement answers."""
        ((value,),) = await self.rows(text, **params)
        return value

    async def assert_keys(self, node_label: str, name: str, prefix: str) -> None:
        """Every live record with a value holds exactly its key, and there is no other: counted by plain Cypher."""
        held = await self.rows(
            "MATCH (k:`_Key`) WHERE k.k STARTS WITH $p.prefix OPTIONAL MATCH (k)-[:OF]->(r) "
            "RETURN k.k, k.of, r.id ORDER BY k.k, r.id",
            prefix=prefix,
        )
        values = await self.rows(f"MATCH (r:`{node_label}`) WHERE r.`{name}` IS NOT NULL RETURN r.`{name}`, r.id")
        assert held == sorted([f"{prefix}{value}", record_id, record_id] for value, record_id in values)

    async def assert_markers(self, node_label: str, name: str) -> None:
        """Exactly the records without a value are marked, archived ones included: counted by plain Cypher."""
        wrong = await self.rows(
            f"MATCH (r:Record) WHERE (r:`{node_label}` OR r.`_type` = $p.label) RETURN r.id, r.`{name}`, r.`_u_{name}`",
            label=node_label,
        )
        assert [row for row in wrong if (row[1] is None) is not (row[2] is True)] == []
        assert [row for row in wrong if row[2] not in {None, True}] == []


class Interrupted:
    """A store whose work is cancelled when a statement's turn comes, before or after the engine has run it."""

    def __init__(self, store: BoltStore, statement: int, *, after: bool) -> None:
        self._store = store
        self._left = statement
        self._after = after

    @property
    def engine(self) -> Engine:
        return self._store.engine

    async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
        found: Rows = await self._pass(self._store.read(statement, timeout_s=timeout_s))
        return found

    async def change_schema(self, text: str) -> Rows:
        found: Rows = await self._pass(self._store.change_schema(text))
        return found

    async def write(self, work: Callable[[Transaction], Awaitable[Any]], *, timeout_s: float | None = None) -> Any:
        async def whole(tx: Transaction) -> Any:
            return await work(_Interrupted(tx, self))

        # The commit counts as well: afterwards everything is there, but nobody has been told.
        return await self._pass(self._store.write(whole, timeout_s=timeout_s), before=False)

    async def _pass(self, running: Any, *, before: bool = True) -> Any:
        self._left -= 1
        stops = self._left == 0
        if stops and before and not self._after:
            running.close()
            raise asyncio.CancelledError
        found = await running
        if stops:
            raise asyncio.CancelledError
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class _Interrupted:
    def __init__(self, tx: Transaction, store: Interrupted) -> None:
        self._tx = tx
        self._store = store

    async def run(self, statement: Statement) -> Rows:
        found: Rows = await self._store._pass(self._tx.run(statement))
        return found


async def carry_out_interrupted(graph: JobGraph, *, after: bool) -> int:
    """Carry out all jobs although each process is stopped one statement later than the one before; how many were."""
    for statement in range(1, 500):
        store: Any = Interrupted(graph.store, statement, after=after)
        try:
            # The next process comes when the lease has run out.
            await run_jobs(store, Terms(grace_s=0, batch=3, now=partial(_hours_later, statement)))
        except asyncio.CancelledError:
            continue
        await graph.reload()
        return statement - 1
    raise AssertionError("the jobs came to no end")


def _hours_later(hours: int) -> datetime:
    return clock() + timedelta(hours=hours)


def states(jobs: Sequence[JobStatus]) -> list[tuple[JobKind, JobState]]:
    """What each job does, and how far it is."""
    return [(job.kind, job.state) for job in jobs]


BUILDING: dict[str, Any] = {"unique": True, "unique_state": BuildState.BUILDING}
INDEXING: dict[str, Any] = {"indexed": True, "indexed_state": BuildState.BUILDING}
