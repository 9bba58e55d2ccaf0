"""Indexes of a property, the markers beside them, and what an object type's nodes need in the engine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from graphdb.bootstrap import (
    IndexState,
    build_index,
    composite_indexes,
    drop_index,
    id_index,
    prepare_types,
    property_indexes,
)
from graphdb.catalog.model import marker_of
from graphdb.catalog.parts import BuildState, CompositeIndex
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.jobs.table import JobState
from graphdb.jobs.work import lock
from graphdb.kept import BATCH_RECORDS, begin
from graphdb.store import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.bootstrap import Index
    from graphdb.catalog.model import ObjectType
    from graphdb.jobs.work import Work
    from graphdb.kept import KeptRollUp
    from graphdb.store import Transaction

_POSITION: Final = "OPTIONAL MATCH (log:`_Log` {key: 'log'}) RETURN coalesce(log.n, 0)"
"""Where folding in goes on from, where nothing was kept before: what came earlier is seen by the job itself."""


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
    if prop.kept:
        # Once every process goes by this data model: until then some may bring values up to date by the one before.
        if not work.early:
            await _keep(work)
    elif prop.unset_marker is not None:
        await _mark(work)
    if work.early:
        return
    marker = prop.unset_marker
    # A property that was freed of being required meanwhile has a job of its own for its markers.
    await work.settle(
        lambda now: (
            {"indexed_state": BuildState.ONLINE}
            if now.indexed and now.unset_marker in {marker, None} and now.roll_up == prop.roll_up
            else None
        )
    )


async def drop_indexes(work: Work) -> None:
    """Drop the indexes of a property that is not indexed, and take its markers off, and what was kept of a roll-up."""
    catalog = await work.catalog()
    found = work.find(catalog)
    if found is not None and found[1].indexed:
        await work.superseded()
        return
    await remove_indexes(work)
    await take_off(work, marker_of(work.name))
    # What was withdrawn keeps its values; what is gone has none left but those of a roll-up, or loses them anyhow.
    if found[1].calculated if found is not None else not work.is_withdrawn(catalog):
        await take_off(work, work.name)
    await work.finish()


async def remove_indexes(work: Work) -> None:
    """Drop a property's indexes."""
    for index in property_indexes(work.spec.node_label, work.name, marked=True):
        await drop_index(work.store, index)


async def take_off(work: Work, name: str) -> None:
    """Take what a name holds off the records."""
    held = f"r.{quote(name)}"
    await work.expect(work.done + await work.count(f"{held} IS NOT NULL"))
    async for batch in work.batches(f"{held} IS NOT NULL"):
        # The embedded engine passes REMOVE over where the name is quoted.
        await _change(work, batch, f"SET {held} = null")


async def make_composite(work: Work) -> None:
    """Build a composite index; pages are read by it as soon as a process sees that it is there."""
    object_type = await _of_composite(work, there=True)
    if object_type is None:
        return
    wanted = composite_indexes(object_type, work.name, work.order)
    reason = None if work.store.engine is Engine.ARCADEDB else await _build(work, wanted)
    await work.finish(JobState.DONE if reason is None else JobState.FAILED, reason)


async def drop_composite(work: Work) -> None:
    """Drop a composite index that the data model has no more."""
    object_type = await _of_composite(work, there=False)
    if object_type is None:
        return
    for index in composite_indexes(object_type, work.name, work.order):
        await drop_index(work.store, index)
    await work.finish()


async def _of_composite(work: Work, *, there: bool) -> ObjectType | None:
    """The object type, if it has or has not the composite index as the job needs it; else the job has ended."""
    object_type = (await work.catalog()).by_name.get(work.spec.object_type)
    wanted = CompositeIndex(equal=work.name, order=work.order)
    if object_type is None or (wanted in object_type.composite_indexes) is not there:
        await work.superseded()
        return None
    return object_type


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


async def _keep(work: Work) -> None:
    """Have every record hold the roll-up's value, archived ones too; what is changed meanwhile is folded in."""
    roll_up = await work.kept_roll_up()
    if roll_up is None:
        return  # it cannot be computed for now; a change by which it can again leaves a job of its own
    ((position,),) = await work.read(_POSITION)
    await work.expect(await work.count("true"))
    async for batch in work.batches("true"):
        for start in range(0, len(batch), BATCH_RECORDS):
            await work.step(partial(_refresh, roll_up, batch[start : start + BATCH_RECORDS], position))


async def _refresh(roll_up: KeptRollUp, batch: list[str], position: int, tx: Transaction) -> int:
    # Its lock comes before what the values are made of is read (graphdb.kept).
    await begin(tx, position)
    await tx.run(roll_up.refresh(batch))
    return len(batch)


async def _change(work: Work, batch: list[str], change: str) -> None:
    async def step(tx: Transaction) -> int:
        await lock(tx, batch)
        text = f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}}) {change}"
        await tx.run(Statement(text, {"ids": batch}))
        return len(batch)

    await work.step(step)
