"""The jobs in the graph: added, listed, held by whoever carries one out, brought forward."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graphdb import ids
from graphdb.catalog import changes
from graphdb.catalog.changes import JobKind, JobSpec
from graphdb.catalog.codec import from_data, to_data
from graphdb.cypher.statement import Statement
from graphdb.errors import GraphError
from graphdb.values import from_epoch, to_epoch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta

    from graphdb.catalog.changes import Narrowing
    from graphdb.store import GraphStore, Rows, Transaction

KEPT_MAX: Final = 200
"""Jobs that have come to an end and can still be looked at."""


class JobState(StrEnum):
    """How far a job is."""

    WANTED = "WANTED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


UNFINISHED: Final = frozenset({JobState.WANTED, JobState.RUNNING})


TWICE: Final = frozenset({JobKind.CLAIM_KEYS, JobKind.INDEX})
"""Begun at once, which finds conflicts soon and does the most of it; ended by a second pass over what came between."""


_AT_ONCE: Final = frozenset({JobKind.ENSURE_TYPE, JobKind.COMPOSITE_INDEX})
"""What no writer has a part in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """A job and how far it is.

    Attributes:
        id: Tells it from others; ids rise in the order in which jobs were added.
        spec: What it does, and to what.
        state: How far it is.
        at: When the data model was changed.
        done: Records, keys or relationships that were dealt with since it was last taken up.
        total: How many there were then; None before it was.
        reason: Why it failed, is late, or had nothing to do.
        examples: Ids of records for which it failed.
    """

    id: str
    spec: JobSpec
    state: JobState
    at: datetime
    done: int = 0
    total: int | None = None
    reason: str | None = None
    examples: tuple[str, ...] = ()

    @property
    def kind(self) -> JobKind:
        """What it does."""
        return self.spec.kind

    @property
    def object_type(self) -> str:
        """The catalog name of the type that it is about."""
        return self.spec.object_type

    @property
    def property(self) -> str | None:
        """The property that it is about, if it is about one."""
        return self.spec.property


class LeaseLost(GraphError):
    """Another process has the job by now, or the job is gone."""


class JobUnsound(GraphError):
    """A job does not say what its kind needs, or the graph has no data model that it could be about."""


_ADD = (
    "UNWIND $p.rows AS row CREATE (j:`_CatalogJob`) SET j = row, j.state = 'WANTED', j.done = 0, j.at = $p.at "
    "RETURN count(j)"
)
_FORGET = (
    "MATCH (j:`_CatalogJob`) WHERE j.state IN ['DONE', 'FAILED'] "
    "WITH j ORDER BY j.at DESC, j.id DESC SKIP $p.kept DELETE j"
)
_LIST = (
    "MATCH (j:`_CatalogJob`) WHERE j.kind IN $p.kinds "
    "RETURN j.id, j.kind, j.objectType, j.nodeLabel, j.property, j.sortedBy, j.label, j.narrowing, "
    "j.state, j.at, j.done, j.total, j.reason, j.examples ORDER BY j.at, j.id"
)
# The node's lock is taken before its properties are read, so nobody changes them until the commit.
_LOCK = "MATCH (j:`_CatalogJob` {id: $p.id}) SET j._lock = $p.token RETURN j.holder, j.until, j.state"
_SET = "MATCH (j:`_CatalogJob` {id: $p.id}) SET j += $p.changes"


async def add_jobs(tx: Transaction, specs: Sequence[JobSpec], at: datetime) -> None:
    """Leave jobs behind a change of the data model, in the transaction that makes the change.

    Args:
        tx: The transaction.
        specs: The jobs; those about one property are carried out in this order.
        at: The moment of the change.

    Raises:
        StoreError: The engine did not answer.
    """
    if not specs:
        return
    await tx.run(Statement(_FORGET, {"kept": KEPT_MAX}))
    await tx.run(Statement(_ADD, {"rows": [_row(spec) for spec in specs], "at": to_epoch(at)}))


async def job_states(store: GraphStore) -> list[JobStatus]:
    """Every job that is kept, in the order in which they were added; none of a kind that a later program has added.

    Raises:
        StoreError: The engine did not answer.
    """
    return [_status(row) for row in await store.read(Statement(_LIST, {"kinds": [kind.value for kind in JobKind]}))]


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to carry out a job, for a time.

    Attributes:
        job_id: The job.
        holder: Who has it: an id of the process's own.
        lasts: For how long it is prolonged at a time.
    """

    job_id: str
    holder: str
    lasts: timedelta

    async def take(self, tx: Transaction, now: datetime) -> bool:
        """Take the job, if it is unfinished and nobody else has it; whether that went well."""
        rows = await self._lock(tx)
        if not rows:
            return False
        ((holder, until, state),) = rows
        if JobState(state) not in UNFINISHED or (holder not in {None, self.holder} and from_epoch(until) > now):
            return False
        await self.note(tx, now, state=JobState.RUNNING.value, reason=None)
        return True

    async def check(self, tx: Transaction) -> None:
        """Make sure that nobody else has the job before the transaction ends.

        Raises:
            LeaseLost: Somebody has.
        """
        rows = await self._lock(tx)
        if not rows or rows[0][0] != self.holder or JobState(rows[0][2]) not in UNFINISHED:
            raise LeaseLost(f"the job {self.job_id} is no longer this process's")

    async def note(self, tx: Transaction, now: datetime, **changes: Any) -> None:
        """Write down how far the job is, and prolong the lease."""
        held = {"holder": self.holder, "until": to_epoch(now + self.lasts)}
        await tx.run(Statement(_SET, {"id": self.job_id, "changes": {**held, **changes}}))

    async def _lock(self, tx: Transaction) -> Rows:
        return await tx.run(Statement(_LOCK, {"id": self.job_id, "token": ids.mint()}))


def unfinished(jobs: Iterable[JobStatus]) -> list[JobStatus]:
    """The jobs that have not come to an end."""
    return [job for job in jobs if job.state in UNFINISHED]


def ready_jobs(jobs: Iterable[JobStatus], now: datetime, grace: timedelta) -> list[JobStatus]:
    """The unfinished jobs whose time has come, in order: those about one property wait for each other."""
    busy: set[tuple[str, str]] = set()
    ready: list[JobStatus] = []
    for job in unfinished(jobs):
        target = None if job.property is None or job.kind is JobKind.VERIFY else (job.object_type, job.property)
        if target not in busy and due(job, grace) <= now:
            ready.append(job)
        if target is not None:
            busy.add(target)
    return ready


def due(job: JobStatus, grace: timedelta) -> datetime:
    """When a job may begin, or go on: most have to wait until what writes by the data model of before has ended."""
    at_once = job.kind in _AT_ONCE or (job.kind in TWICE and job.state is JobState.WANTED)
    return job.at if at_once else job.at + grace


def _row(spec: JobSpec) -> dict[str, Any]:
    return {
        "id": ids.mint(),
        "kind": spec.kind.value,
        "objectType": spec.object_type,
        "nodeLabel": spec.node_label,
        "property": spec.property,
        "sortedBy": spec.order,
        "label": spec.label,
        "narrowing": None if spec.narrowing is None else _narrowing_text(spec.narrowing),
    }


def _status(row: Sequence[Any]) -> JobStatus:
    job_id, kind, object_type, node_label, prop, order, label, narrowing, state, at, done, total, reason, examples = row
    spec = JobSpec(
        kind=JobKind(kind),
        object_type=object_type,
        node_label=node_label,
        property=prop,
        order=order,
        label=label,
        narrowing=None if narrowing is None else _narrowing(narrowing),
    )
    return JobStatus(
        id=job_id,
        spec=spec,
        state=JobState(state),
        at=from_epoch(at),
        done=done,
        total=total,
        reason=reason,
        examples=tuple(examples or ()),
    )


_NARROWINGS: Final[dict[str, type[Any]]] = {
    one.__name__: one
    for one in (
        changes.AllSet,
        changes.NoneHolds,
        changes.AllDistinct,
        changes.AllWithin,
        changes.AtMost,
        changes.AllAssociated,
    )
}


def _narrowing_text(narrowing: Narrowing) -> str:
    return json.dumps([type(narrowing).__name__, to_data(narrowing)], ensure_ascii=False)


def _narrowing(text: str) -> Narrowing | None:
    name, data = json.loads(text)
    found: Narrowing | None = from_data(_NARROWINGS[name], data, name) if name in _NARROWINGS else None
    return found
