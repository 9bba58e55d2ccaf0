"""Changes of the data model in the graph: looked at, committed as one transaction, with the jobs that follow."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from graphdb.bootstrap import prepare_types
from graphdb.catalog.changes import JobKind
from graphdb.catalog.check import check
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogError, Fault, FaultCode, WriteRefused
from graphdb.jobs import add_jobs
from graphdb.metadata import new_types, replace_catalog
from graphdb.narrowing import find_violations
from graphdb.versions import VERSIONS_MAX

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphdb.catalog.changes import CatalogChange, JobSpec, Narrowing, Violations
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore, Rows, Transaction

    Read = Callable[[Statement], Awaitable[Rows]]
    Place = tuple[str | int, ...]

_WORDS: Final = {
    "AllSet": ("has", "have", "no value"),
    "NoneHolds": ("holds", "hold", "the option"),
    "AllDistinct": ("shares its", "share their", "value with another"),
    "AllWithin": ("has", "have", "a value outside of the rules"),
    "AtMost": ("has", "have", "more of them than the limit"),
    "AllAssociated": ("has", "have", "no such associated record"),
}
"""What is wrong with the records that break each kind of narrowing."""


async def find_faults(read: Read, catalog: Catalog, narrowings: Sequence[tuple[Place, Narrowing]]) -> list[Fault]:
    """What existing records have against narrowings: a fault for each, with a count and up to ten of them.

    Args:
        read: Runs a statement and gives its rows.
        catalog: The data model as it would be.
        narrowings: What would have to hold, each with its place in the input.

    Raises:
        StoreError: The engine did not answer.
    """
    found = []
    for place, narrowing in narrowings:
        violations = await find_violations(read, catalog, narrowing)
        if violations.count:
            found.append(_fault(place, narrowing, violations))
    return found


async def commit_change(
    store: GraphStore,
    before: Catalog,
    change: CatalogChange,
    *,
    versions_max: int = VERSIONS_MAX,
    beside: Callable[[Transaction], Awaitable[None]] | None = None,
) -> None:
    """Save a changed data model with its jobs, unless another change or the records refuse.

    Args:
        store: The graph.
        before: The data model that the change was made from.
        change: The change.
        versions_max: How many versions stay readable.
        beside: What else is to be done in the transaction, first of all.

    Raises:
        CatalogError: The changed data model is unsound.
        CatalogConflict: Another change came first.
        WriteRefused: Existing records do not bear it.
        StoreError: As the store says.
    """
    if faults := await asyncio.to_thread(check, change.catalog):
        raise CatalogError(faults)
    await prepare_types(store, new_types(before, change.catalog))

    async def work(transaction: Transaction) -> None:
        if beside is not None:
            await beside(transaction)
        # Before the records are asked, for it takes the lock under which no other change comes until the commit.
        await replace_catalog(transaction, before, change.catalog, versions_max=versions_max)
        if refused := await find_faults(transaction.run, change.catalog, change.narrowings):
            raise WriteRefused(refused)
        await add_jobs(transaction, change.jobs, datetime.now(UTC))

    await store.write(work)


async def count_lost(read: Read, jobs: Sequence[JobSpec]) -> tuple[int, str]:
    """How many records, values or associations go with a deletion, and what they are called.

    Args:
        read: Runs a statement and gives its rows.
        jobs: What the deletion leaves to be done.

    Raises:
        StoreError: The engine did not answer.
    """
    deletions = [job for job in jobs if job.kind in _COUNTED]
    # An object type's associations go with its records, an association's labels with its pairs.
    job = next((one for one in deletions if one.kind is JobKind.DELETE_RECORDS), next(iter(deletions), None))
    if job is None:
        return 0, "record"
    rows = await read(Statement(_counting(job)))
    return rows[0][0], _COUNTED[job.kind]


_COUNTED: Final = {
    JobKind.DELETE_VALUES: "value",
    JobKind.DELETE_RECORDS: "record",
    JobKind.DELETE_RELATIONSHIPS: "association",
}


def _counting(job: JobSpec) -> str:
    if job.kind is JobKind.DELETE_RELATIONSHIPS:
        return f"MATCH ()-[r:{quote(str(job.label))}]->() RETURN count(r)"
    records = f"MATCH (n:{quote(job.node_label)})"
    if job.kind is JobKind.DELETE_RECORDS:
        return f"{records} RETURN count(n)"
    return f"{records} WHERE n.{quote(str(job.property))} IS NOT NULL RETURN count(n)"


def _fault(place: Place, narrowing: Narrowing, violations: Violations) -> Fault:
    one, more, what = _WORDS[type(narrowing).__name__]
    single = violations.count == 1
    message = (
        f"{violations.count:,} {'record' if single else 'records'} of {narrowing.object_type} "
        f"{one if single else more} {what}: {', '.join(violations.examples)}"
        f"{', …' if violations.count > len(violations.examples) else ''}. Mend {'it' if single else 'them'} first."
    )
    return Fault(
        code=FaultCode.CONFLICT,
        message=message,
        input=place,
        count=violations.count,
        examples=violations.examples,
    )
