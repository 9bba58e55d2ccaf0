"""What every kind of job has in common: steps under the lease, progress, the change of the data model at its end."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from graphdb import ids
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict
from graphdb.jobs.table import JobState, JobUnsound, add_jobs, job_states, unfinished
from graphdb.metadata import load_catalog, replace_catalog
from graphdb.narrowing import ARCHIVED, LIVE
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence

    from graphdb.catalog.changes import JobSpec
    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.jobs.table import JobStatus, Lease
    from graphdb.kept import KeptRollUp, KeptRollUps
    from graphdb.store import GraphStore, Rows, Transaction

_log = logging.getLogger("kinship.jobs")
BATCH_RECORDS: Final = 500
"""Records in one transaction: they are locked while it lasts."""
READ_TIMEOUT_S: Final = 600.0
"""A whole object type may have to be looked through."""
EXAMPLES_MAX: Final = 20
"""Records that are named of those for which a job fails."""


def clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Work:
    """A job that this process carries out.

    Attributes:
        store: The graph.
        job: What is to be done.
        lease: The right to do it.
        versions_max: How many versions of the data model stay readable when the job makes another.
        early: Whether something may still be written by the data model before, so that the job cannot end well yet.
        batch: Records, keys or relationships in one transaction.
        roll_ups: Makes the kept roll-ups of a data model; None where nobody has said how.
        now: The clock.
    """

    store: GraphStore
    job: JobStatus
    lease: Lease
    versions_max: int
    early: bool = False
    batch: int = BATCH_RECORDS
    roll_ups: KeptRollUps | None = None
    now: Callable[[], datetime] = clock
    done: int = field(default=0, init=False)

    @property
    def spec(self) -> JobSpec:
        """What the job does, and to what."""
        return self.job.spec

    @property
    def name(self) -> str:
        """The property's name.

        Raises:
            JobUnsound: The job names none, which its kind needs.
        """
        if self.spec.property is None:
            raise JobUnsound(f"the job {self.job.id}, {self.spec.kind}, names no property")
        return self.spec.property

    @property
    def order(self) -> str:
        """The name of the property that a composite index is in the order of.

        Raises:
            JobUnsound: The job names none, which its kind needs.
        """
        if self.spec.order is None:
            raise JobUnsound(f"the job {self.job.id}, {self.spec.kind}, names no property to order by")
        return self.spec.order

    async def read(self, text: str, **params: Any) -> Rows:
        """Run a reading statement, which may take its time."""
        return await self.store.read(Statement(text, params), timeout_s=READ_TIMEOUT_S)

    @property
    def reader(self) -> Callable[[Statement], Awaitable[Rows]]:
        """Runs statements as ``read`` does."""
        return partial(self.store.read, timeout_s=READ_TIMEOUT_S)

    async def step(self, body: Callable[[Transaction], Awaitable[int]]) -> int:
        """Do a part of the job in one transaction, and count what it dealt with.

        Raises:
            LeaseLost: Another process has the job; nothing was written.
        """

        async def whole(tx: Transaction) -> int:
            await self.lease.check(tx)
            count = await body(tx)
            await self.lease.note(tx, self.now(), done=self.done + count)
            return count

        count = await self.store.write(whole)
        self.done += count
        return count

    async def expect(self, total: int) -> None:
        """Say how much there is to do."""

        async def whole(tx: Transaction) -> None:
            await self.lease.check(tx)
            await self.lease.note(tx, self.now(), done=self.done, total=total)

        await self.store.write(whole)

    async def finish(
        self,
        state: JobState = JobState.DONE,
        reason: str | None = None,
        examples: Sequence[str] = (),
    ) -> None:
        """End the job."""

        async def whole(tx: Transaction) -> None:
            await self.lease.check(tx)
            await self._end(tx, state, reason, examples)

        await self.store.write(whole)

    async def superseded(self) -> None:
        """End the job, for a later change of the data model left it nothing to do."""
        await self.finish(reason="A later change of the data model has made this needless.")

    async def settle(
        self,
        changes: Callable[[Property], dict[str, Any] | None],
        state: JobState = JobState.DONE,
        reason: str | None = None,
        examples: Sequence[str] = (),
        *,
        then: Sequence[JobSpec] = (),
    ) -> None:
        """End the job and change its property in the data model, in one transaction.

        Args:
            changes: What is to change of the property as it is now; None if it no longer wants the job.
            state: How the job ends.
            reason: Why it failed.
            examples: For which records.
            then: Jobs that follow from it.
        """
        while True:
            catalog = await self.catalog()
            found = None if await self._is_repeated() else self.find(catalog)
            wanted = changes(found[1]) if found is not None else None
            if found is None or wanted is None:
                await self.superseded()
                return
            changed = _with_property(catalog, found[0], dataclasses.replace(found[1], **wanted))

            async def whole(tx: Transaction, before: Catalog = catalog, after: Catalog = changed) -> None:
                await self.lease.check(tx)
                await replace_catalog(tx, before, after, versions_max=self.versions_max)
                await add_jobs(tx, then, self.now())
                await self._end(tx, state, reason, examples)

            try:
                await self.store.write(whole)
            except CatalogConflict:
                _log.debug("The data model was changed while a job was to end; its end is tried again.")
            else:
                return

    async def _is_repeated(self) -> bool:
        """Whether a later job does the same again, for the property was changed back and forth meanwhile."""
        return any(
            (job.kind, job.object_type, job.property) == (self.spec.kind, self.spec.object_type, self.spec.property)
            and (job.at, job.id) > (self.job.at, self.job.id)
            for job in unfinished(await job_states(self.store))
        )

    async def _end(self, tx: Transaction, state: JobState, reason: str | None, examples: Sequence[str]) -> None:
        ended = {"holder": None, "until": None, "state": state.value, "reason": reason, "examples": list(examples)}
        await self.lease.note(tx, self.now(), done=self.done, **ended)

    async def catalog(self) -> Catalog:
        """The data model as the graph has it now.

        Raises:
            JobUnsound: There is none.
            CatalogError: It is not whole.
        """
        catalog = await load_catalog(self.store)
        if catalog is None:
            raise JobUnsound(f"the job {self.job.id} was left by a change of a data model that is not there")
        return catalog

    async def kept_roll_up(self) -> KeptRollUp | None:
        """How the kept roll-up that the job is about is worked out; None where it cannot be by now.

        Raises:
            JobUnsound: Nobody has said how; there is no data model.
            CatalogError: The data model is not whole.
        """
        if self.roll_ups is None:
            raise JobUnsound(f"the job {self.job.id} is about a roll-up, and this process cannot work one out")
        made = await asyncio.to_thread(self.roll_ups, await self.catalog())
        wanted = (self.spec.object_type, self.name)
        return next((one for one in made if (one.object_type, one.property) == wanted), None)

    def find(self, catalog: Catalog) -> tuple[ObjectType, Property] | None:
        """The object type and the property that the job is about; None if either is gone or withdrawn."""
        object_type = catalog.by_name.get(self.spec.object_type)
        if object_type is None:
            return None
        prop = next((one for one in object_type.properties if one.name == self.spec.property), None)
        return None if prop is None else (object_type, prop)

    def is_withdrawn(self, catalog: Catalog) -> bool:
        """Whether the property that the job is about is no longer in the API, with its values kept."""
        object_type = catalog.by_name.get(self.spec.object_type)
        return object_type is not None and any(one.name == self.name for one in object_type.withdrawn_properties)

    async def batches(self, condition: str, *, archived: bool = True) -> AsyncIterator[list[str]]:
        """The ids of the type's records for which a condition on ``r`` holds, in order, a batch at a time.

        Args:
            condition: Cypher.
            archived: Whether those that are archived come as well, behind the live ones.
        """
        live = LIVE.format(label=quote(self.spec.node_label))
        for records in (live, *((ARCHIVED,) if archived else ())):
            text = f"{records}r.id > $p.after AND {condition} WITH r.id AS id ORDER BY id LIMIT $p.limit RETURN id"
            after = ""
            while rows := await self.read(text, label=self.spec.node_label, after=after, limit=self.batch):
                found = [record_id for (record_id,) in rows]
                after = found[-1]
                yield found

    async def count(self, condition: str) -> int:
        """How many of the type's records there are for which a condition on ``r`` holds, archived ones included."""
        live = LIVE.format(label=quote(self.spec.node_label))
        total = 0
        for records in (live, ARCHIVED):
            ((found,),) = await self.read(f"{records}{condition} RETURN count(r)", label=self.spec.node_label)
            total += found
        return total


async def lock(tx: Transaction, record_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Lock records as the writer does; the labels of those that are there, by id."""
    rows = await tx.run(statements.lock(record_ids, ids.mint()))
    # Neo4j waits for a lock and then has only a deleted node, where the record was deleted meanwhile.
    return {row[0]: frozenset(row[1]) for row in rows if row[0] is not None}


def _with_property(catalog: Catalog, object_type: ObjectType, prop: Property) -> Catalog:
    properties = tuple(prop if one.name == prop.name else one for one in object_type.properties)
    changed = dataclasses.replace(object_type, properties=properties)
    object_types = tuple(changed if one.name == changed.name else one for one in catalog.object_types)
    return dataclasses.replace(catalog, version=catalog.version + 1, object_types=object_types, _sides={})
