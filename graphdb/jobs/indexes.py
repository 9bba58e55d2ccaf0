"""Indexes of a property, the markers beside them, and what an object type's nodes need in the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.bootstrap import (
    IndexState,
    build_index,
    drop_index,
    id_index,
    prepare_types,
    property_indexes,
)
from graphdb.catalog.model import marker_of
from graphdb.catalog.parts import BuildState
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.jobs.table import JobState
from graphdb.jobs.work import lock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.bootstrap import Index
    from graphdb.jobs.work import Work
    from graphdb.store import Transaction


async def make_index(work: Work) -> None:
    """Build a property's indexes and mark the records that lack a value; then, unless it is early, pages read both."""
    found = work.find(await work.catalog())
    if found is None or not found[1].indexed:
        await work.superseded()
        return
    object_type, prop = found
    wanted = property_indexes(object_type.node_label, prop.name, marked=prop.unset_marker is not None)
    reason = await _build(work, wanted)
    if reason is not None:
        await work.settle(
            lambda now: {"indexed_state": BuildState.FAILED} if now.indexed else None, JobState.FAILED, reason
        )
        return
    if prop.unset_marker is not None:
        await _mark(work)
    if work.early:
        return
    marker = prop.unset_marker
    # A property that was freed of being required meanwhile has a job of its own for its markers.
    await work.settle(
        lambda now: {"indexed_state": BuildState.ONLINE} if now.indexed and now.unset_marker in {marker, None} else None
    )


async def drop_indexes(work: Work) -> None:
    """Drop the indexes of a property that is not indexed, and take its markers off."""
    found = work.find(await work.catalog())
    if found is not None and found[1].indexed:
        await work.superseded()
        return
    await remove_indexes(work)
    await take_off_markers(work)
    await work.finish()


async def remove_indexes(work: Work) -> None:
    """Drop a property's indexes."""
    for index in property_indexes(work.spec.node_label, work.name, marked=True):
        await drop_index(work.store, index)


async def take_off_markers(work: Work) -> None:
    """Take a property's markers off the records."""
    marker = f"r.{quote(marker_of(work.name))}"
    await work.expect(work.done + await work.count(f"{marker} IS NOT NULL"))
    async for batch in work.batches(f"{marker} IS NOT NULL"):
        # The embedded engine passes REMOVE over where the name is quoted.
        await _change(work, batch, f"SET {marker} = null")


async def ensure_type(work: Work) -> None:
    """Make what an object type's nodes need."""
    object_type = (await work.catalog()).by_name.get(work.spec.object_type)
    if object_type is None:
        await work.superseded()
        return
    await prepare_types(work.store, (object_type,))
    reason = await _build(work, (id_index(object_type.node_label),))
    await work.finish(JobState.DONE if reason is None else JobState.FAILED, reason)


async def _build(work: Work, wanted: Iterable[Index]) -> str | None:
    """Make indexes; why one of them could not be made."""
    for index in wanted:
        status = await build_index(work.store, index)
        if status.state is IndexState.FAILED:
            return f"The engine could not build the index {index.name}: {status.reason}"
    return None


async def _mark(work: Work) -> None:
    """Have exactly the records without a value marked, archived ones included: a restore brings back what they have."""
    value, marker = f"r.{quote(work.name)}", f"r.{quote(marker_of(work.name))}"
    wrong = f"({value} IS NULL) <> ({marker} IS NOT NULL)"
    await work.expect(await work.count(wrong))
    async for batch in work.batches(wrong):
        await _change(work, batch, f"SET {marker} = CASE WHEN {value} IS NULL THEN true ELSE null END")


async def _change(work: Work, batch: list[str], change: str) -> None:
    async def step(tx: Transaction) -> int:
        await lock(tx, batch)
        text = f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}}) {change}"
        await tx.run(Statement(text, {"ids": batch}))
        return len(batch)

    await work.step(step)
