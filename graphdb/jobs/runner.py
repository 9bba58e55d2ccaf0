"""Carries jobs out, one after the other, until none is left whose time has come."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from graphdb import ids
from graphdb.catalog.changes import JobKind
from graphdb.errors import GraphError, OutcomeUnknown, StoreTimeout, StoreUnavailable
from graphdb.jobs.deletions import delete_records, delete_relationships, delete_values
from graphdb.jobs.indexes import drop_composite, drop_indexes, ensure_type, make_composite, make_index
from graphdb.jobs.keys import claim_keys, free_keys
from graphdb.jobs.table import TWICE, Lease, LeaseLost, due, job_states, ready_jobs, unfinished
from graphdb.jobs.verification import verify
from graphdb.jobs.work import BATCH_RECORDS, Work, clock
from graphdb.versions import VERSIONS_MAX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from typing import NoReturn

    from graphdb.jobs.table import JobStatus
    from graphdb.kept import KeptRollUps
    from graphdb.store import GraphStore, Transaction

_log = logging.getLogger("kinship.jobs")
GRACE_S: Final = 35.0
"""How long after a change of the data model something may still be written by the one before: the time in which every
process follows, and the longest write."""
LEASE_S: Final = 30.0
"""How long a job is left alone whose process was stopped."""
POLL_S: Final = 5.0
"""How often it is looked for jobs that another process has left."""
_OUTAGES: Final = (StoreUnavailable, StoreTimeout, OutcomeUnknown)
_KINDS: Final[Mapping[JobKind, Callable[[Work], Awaitable[None]]]] = {
    JobKind.CLAIM_KEYS: claim_keys,
    JobKind.FREE_KEYS: free_keys,
    JobKind.INDEX: make_index,
    JobKind.DROP_INDEX: drop_indexes,
    JobKind.COMPOSITE_INDEX: make_composite,
    JobKind.DROP_COMPOSITE_INDEX: drop_composite,
    JobKind.ENSURE_TYPE: ensure_type,
    JobKind.VERIFY: verify,
    JobKind.DELETE_VALUES: delete_values,
    JobKind.DELETE_RECORDS: delete_records,
    JobKind.DELETE_RELATIONSHIPS: delete_relationships,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a process carries jobs out.

    Attributes:
        grace_s: Seconds after a change in which something may still be written by the data model before it.
        lease_s: Seconds for which a job is held at a time.
        poll_s: Seconds after which it is looked for jobs that another process has left.
        versions_max: How many versions of the data model stay readable when a job makes another.
        batch: Records, keys or relationships in one transaction.
        roll_ups: Makes the kept roll-ups of a data model; without it, jobs about them wait for another process.
        holder: Tells this process from others.
        now: The clock.
    """

    grace_s: float = GRACE_S
    lease_s: float = LEASE_S
    poll_s: float = POLL_S
    versions_max: int = VERSIONS_MAX
    batch: int = BATCH_RECORDS
    roll_ups: KeptRollUps | None = None
    holder: str = field(default_factory=ids.mint)
    now: Callable[[], datetime] = clock


async def follow_jobs(store: GraphStore, wanted: asyncio.Event, terms: Terms) -> NoReturn:
    """Carry out jobs for as long as the program runs.

    Args:
        store: The graph.
        wanted: Set by whoever has added jobs; without it they are found at the next poll.
        terms: How.
    """
    while True:
        wanted.clear()
        pause_s: float | None = None
        try:
            pause_s = await run_jobs(store, terms)
        except GraphError as error:
            _log.warning("Jobs of the data model wait for the graph: %s", error)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wanted.wait(), min(terms.poll_s, pause_s or terms.poll_s))


async def run_jobs(store: GraphStore, terms: Terms) -> float | None:
    """Carry out every job whose time has come and that no other process has.

    It may be cancelled at any moment: what it left undone is taken up by a later call of this process, or by one of
    another when the lease has run out.

    Args:
        store: The graph.
        terms: How.

    Returns:
        Seconds until the next job's time comes; None if there is none to wait for.

    Raises:
        StoreError: The engine did not answer.
    """
    grace = timedelta(seconds=terms.grace_s)
    passed_over: set[str] = set()
    while True:
        jobs = await job_states(store)
        ready = [job for job in ready_jobs(jobs, terms.now(), grace) if job.id not in passed_over]
        if not ready:
            waiting = [due(job, grace) for job in unfinished(jobs)]
            later = [(moment - terms.now()).total_seconds() for moment in waiting if moment > terms.now()]
            return min(later, default=None)
        if not await _carry_out(store, ready[0], terms):
            passed_over.add(ready[0].id)


async def _carry_out(store: GraphStore, job: JobStatus, terms: Terms) -> bool:
    """Carry a job out; False if another process has it or the engine refuses a part of it."""
    lease = Lease(job.id, terms.holder, timedelta(seconds=terms.lease_s))
    work = Work(
        store=store,
        job=job,
        lease=lease,
        versions_max=terms.versions_max,
        early=job.kind in TWICE and terms.now() < job.at + timedelta(seconds=terms.grace_s),
        batch=terms.batch,
        roll_ups=terms.roll_ups,
        now=terms.now,
    )
    if not await store.write(lambda tx: lease.take(tx, terms.now())):
        return False
    prolonging = asyncio.create_task(_prolong(store, lease, terms))
    try:
        await _KINDS[job.kind](work)
    except LeaseLost as error:
        _log.info("Another process has taken a job over: %s", error)
        return False
    except _OUTAGES:
        raise
    except GraphError as error:
        _log.warning("The job %s of %s is tried again later: %s", job.kind, _target(job), error)
        await _note_refusal(store, lease, terms)
        return False
    finally:
        prolonging.cancel()
        with contextlib.suppress(asyncio.CancelledError, GraphError):
            await prolonging
    _log.info("The job %s of %s has come to its end%s.", job.kind, _target(job), " for now" if work.early else "")
    return True


async def _prolong(store: GraphStore, lease: Lease, terms: Terms) -> None:
    """Keep a job whose single steps may take long, such as the build of an index."""

    async def whole(tx: Transaction) -> None:
        await lease.check(tx)
        await lease.note(tx, terms.now())

    while True:
        await asyncio.sleep(terms.lease_s / 3)
        try:
            await store.write(whole)
        except LeaseLost:
            return  # the next step of the job finds it out by itself
        except GraphError as error:
            _log.debug("A lease could not be prolonged: %s", error)


async def _note_refusal(store: GraphStore, lease: Lease, terms: Terms) -> None:
    async def whole(tx: Transaction) -> None:
        await lease.check(tx)
        await lease.note(tx, terms.now(), reason="The engine refused a part of it, which is tried again; see the log.")

    with contextlib.suppress(LeaseLost):
        await store.write(whole)


def _target(job: JobStatus) -> str:
    return ".".join(part for part in (job.object_type, job.property) if part)
