"""Key nodes of a property that became unique, or is unique no more.

From the commit of the change on, writers keep the keys of what they write; a record's lock is what a writer and the job
meet at, so each sees what the other has done. A key whose holder has another value by now, or is gone, was left from
a time when nobody kept it: it is taken off, or goes to the record that has the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb import ids
from graphdb.catalog.changes import AllDistinct, JobKind, JobSpec
from graphdb.catalog.parts import BuildState
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import GraphError
from graphdb.jobs.table import JobState
from graphdb.jobs.work import EXAMPLES_MAX, lock
from graphdb.narrowing import find_violations
from graphdb.values import key_of
from graphdb.writer import statements
from graphdb.writer.keys import claim

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdb.catalog.model import ObjectType, Property
    from graphdb.jobs.work import Work
    from graphdb.store import Rows, Transaction

_KEYS = "MATCH (k:`_Key`) WHERE k.k STARTS WITH $p.prefix AND k.k > $p.after "
_LIST = f"{_KEYS}WITH k ORDER BY k.k LIMIT $p.limit RETURN k.k, k.of"
_COUNT = f"{_KEYS}RETURN count(k)"
_HELD = (
    "UNWIND $p.keys AS key MATCH (k:`_Key` {k: key}) OPTIONAL MATCH (k)-[:`OF`]->(r:Record {id: k.of}) RETURN k.k, r.id"
)


class _Conflict(GraphError):
    """Two live records have the same value."""

    def __init__(self, holder: str, other: str) -> None:
        self.pair = (holder, other)
        super().__init__(f"{holder} and {other} have the same value")


async def claim_keys(work: Work) -> None:
    """Give each live record the key of its value; then, unless it is early, records can be named by the property."""
    found = work.find(await work.catalog())
    if found is None or not found[1].unique:
        await work.superseded()
        return
    object_type, prop = found
    has_value = f"r.{quote(prop.name)} IS NOT NULL"
    await work.expect(await work.count(has_value))
    await _take_off_stale(work, object_type, prop)
    try:
        async for batch in work.batches(has_value, archived=False):
            await _claim_batch(work, object_type, prop, batch)
    except _Conflict as conflict:
        await _fail(work, object_type, prop, conflict)
        return
    if not work.early:
        await work.settle(lambda now: {"unique_state": BuildState.ONLINE} if now.unique else None)


async def free_keys(work: Work) -> None:
    """Delete the keys of a property that is not unique."""
    found = work.find(await work.catalog())
    if found is not None and found[1].unique:
        await work.superseded()
        return
    await delete_keys(work, f"{work.spec.object_type}.{work.name}:")
    await work.finish()


async def delete_keys(work: Work, prefix: str) -> None:
    """Delete the keys whose text begins so."""
    ((total,),) = await work.read(_COUNT, prefix=prefix, after="")
    await work.expect(work.done + total)
    while rows := await work.read(_LIST, prefix=prefix, after="", limit=work.batch):
        await work.step(_deletion(rows))


async def _take_off_stale(work: Work, object_type: ObjectType, prop: Property) -> None:
    after = prefix = f"{object_type.name}.{prop.name}:"
    while rows := await work.read(_LIST, prefix=prefix, after=after, limit=work.batch):
        after = rows[-1][0]
        values = await _values(work.read, object_type, prop, {holder for _, holder in rows})
        stale = [[key, holder] for key, holder in rows if _key(object_type, prop, values.get(holder)) != key]
        if stale:

            async def take_off(tx: Transaction, rows: Rows = stale) -> int:
                held = await _locked_values(tx, object_type, prop, {holder for _, holder in rows})
                left = [row for row in rows if _key(object_type, prop, held.get(row[1])) != row[0]]
                await tx.run(statements.free_keys(left))
                return 0

            await work.step(take_off)


async def _claim_batch(work: Work, object_type: ObjectType, prop: Property, batch: list[str]) -> None:
    values = await _values(work.read, object_type, prop, batch)
    keys = {record_id: key_of(object_type, prop, value) for record_id, value in values.items()}
    held = dict(await work.read(_HELD, keys=sorted(set(keys.values()))))
    lacking = [record_id for record_id, key in keys.items() if held.get(key) != record_id]

    async def claim(tx: Transaction) -> int:
        if lacking:
            await _claim(tx, object_type, prop, lacking)
        return len(batch)

    await work.step(claim)


async def _claim(tx: Transaction, object_type: ObjectType, prop: Property, record_ids: list[str]) -> None:
    """Claim the keys of records, each under its record's lock.

    Raises:
        _Conflict: Another live record has one of the values.
    """
    owners: dict[str, str] = {}
    for record_id, value in sorted((await _locked_values(tx, object_type, prop, record_ids)).items()):
        owner = owners.setdefault(key_of(object_type, prop, value), record_id)
        if owner != record_id:
            raise _Conflict(owner, record_id)
    token = ids.mint()
    holders = await claim(tx, owners, token)
    others = {key: holder for key, holder in holders.items() if holder != owners[key]}
    held = await _locked_values(tx, object_type, prop, others.values())
    for key, holder in others.items():
        if _key(object_type, prop, held.get(holder)) == key:
            raise _Conflict(holder, owners[key])
    if others:
        await tx.run(statements.hand_over_keys([[key, owners[key]] for key in sorted(others)]))
    if owners:
        await tx.run(statements.join_keys([[key, owner] for key, owner in sorted(owners.items())]))


async def _fail(work: Work, object_type: ObjectType, prop: Property, conflict: _Conflict) -> None:
    """Take the uniqueness back: what has been claimed is freed by a job that follows."""
    narrowing = AllDistinct(object_type=object_type.name, property=prop.name)
    found = await find_violations(work.reader, await work.catalog(), narrowing, most=EXAMPLES_MAX)
    examples = found.examples or conflict.pair
    reason = f"{found.count or len(examples):,} records have a value of {prop.name} that another one has too."
    freed = JobSpec(
        kind=JobKind.FREE_KEYS,
        object_type=work.spec.object_type,
        node_label=work.spec.node_label,
        property=prop.name,
    )
    await work.settle(
        lambda now: {"unique": False, "unique_state": BuildState.FAILED} if now.unique else None,
        JobState.FAILED,
        reason,
        examples,
        then=(freed,),
    )


def _key(object_type: ObjectType, prop: Property, value: Any) -> str | None:
    return None if value is None else key_of(object_type, prop, value)


async def _values(read: Any, object_type: ObjectType, prop: Property, record_ids: Iterable[str]) -> Mapping[str, Any]:
    """The values that live records of the type have, by id."""
    rows = await read(_values_text(object_type, prop), ids=sorted(record_ids))
    return {record_id: statements.decode_value(prop, value) for record_id, value in rows}


async def _locked_values(
    tx: Transaction, object_type: ObjectType, prop: Property, record_ids: Iterable[str]
) -> Mapping[str, Any]:
    """The same, of records that stay so until the transaction ends."""
    wanted = sorted(set(record_ids))
    if not wanted:
        return {}
    await lock(tx, wanted)
    rows = await tx.run(Statement(_values_text(object_type, prop), {"ids": wanted}))
    return {record_id: statements.decode_value(prop, value) for record_id, value in rows}


def _values_text(object_type: ObjectType, prop: Property) -> str:
    return (
        f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}}) WHERE r:{quote(object_type.node_label)} "
        f"AND r.{quote(prop.name)} IS NOT NULL RETURN r.id, {statements.column(prop)}"
    )


def _deletion(rows: Rows) -> Any:
    async def delete(tx: Transaction) -> int:
        await tx.run(statements.free_keys(rows))
        return len(rows)

    return delete
