"""What is deleted for good with a part of the data model: values, records, relationships."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import marker_of
from graphdb.catalog.naming import label_relationship_type
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.jobs.indexes import remove_indexes
from graphdb.jobs.keys import delete_keys
from graphdb.jobs.table import JobUnsound
from graphdb.jobs.work import lock
from graphdb.words import WORDS_PROPERTY, record_words
from graphdb.writer import statements

if TYPE_CHECKING:
    from graphdb.catalog.model import Association, ObjectType
    from graphdb.jobs.work import Work
    from graphdb.store import Transaction

_ARCHIVED = "`_ARCHIVED`"
"""The type of archived records' associations; the one that they had stands in the relationship's ``type``."""


async def delete_values(work: Work) -> None:
    """Take the values, keys, markers and indexes of a property off that is gone; its words are found no more."""
    object_type = (await work.catalog()).by_name.get(work.spec.object_type)
    if object_type is None or work.find(await work.catalog()) is not None:
        await work.superseded()
        return
    await delete_keys(work, f"{work.spec.object_type}.{work.name}:")
    await remove_indexes(work)
    name, marker = quote(work.name), quote(marker_of(work.name))
    held = f"(r.{name} IS NOT NULL OR r.{marker} IS NOT NULL)"
    await work.expect(work.done + await work.count(held))
    async for batch in work.batches(held):
        await work.step(_Emptying(object_type, work.name, batch))
    await work.finish()


async def delete_records(work: Work) -> None:
    """Delete the records of an object type that is gone, archived ones included, with all that hangs on them."""
    if work.spec.object_type in (await work.catalog()).by_name:
        await work.superseded()
        return
    total = await work.count("true")
    await work.expect(total)
    # Relationships first: a hub with all of its own would be too much for one transaction.
    for records in (f"(r:{quote(work.spec.node_label)})", "(r:Record {`_type`: $p.label})"):
        await _delete_relationships(work, f"MATCH {records}-[e]-(:Record)", label=work.spec.node_label)
    async for batch in work.batches("true"):
        await work.step(_Deletion(batch))
    await delete_keys(work, f"{work.spec.object_type}.")
    await _forget_merges(work)
    await work.finish()


async def delete_relationships(work: Work) -> None:
    """Delete the relationships of an association or a label that is gone, and the label's marks."""
    kind = work.spec.label
    if kind is None:
        raise JobUnsound(f"the job {work.job.id}, {work.spec.kind}, names no relationship type")
    associations = (await work.catalog()).associations
    kinds = {one.relationship_type for one in associations}
    if kind in kinds or kind in {label.relationship_type for one in associations for label in one.labels}:
        await work.superseded()
        return
    ((live,),) = await work.read(f"MATCH ()-[e:{quote(kind)}]->() RETURN count(e)")
    ((archived,),) = await work.read(f"MATCH ()-[e:{_ARCHIVED}]->() WHERE e.type = $p.kind RETURN count(e)", kind=kind)
    await work.expect(live + archived)
    await _delete_relationships(work, f"MATCH ()-[e:{quote(kind)}]->()")
    await _delete_relationships(work, f"MATCH ()-[e:{_ARCHIVED}]->() WHERE e.type = $p.kind", kind=kind)
    for association in associations:
        if kind.startswith(f"{association.relationship_type}__"):
            await _take_off_marks(work, association, kind)
    await work.finish()


async def _forget_merges(work: Work) -> None:
    """Delete what is kept to undo merges of the object type's records with."""
    text = "MATCH (m:`_Merge`) WHERE m.type = $p.type WITH m LIMIT $p.limit DELETE m RETURN count(*)"

    async def forget(tx: Transaction) -> int:
        rows = await tx.run(Statement(text, {"type": work.spec.object_type, "limit": work.batch}))
        return int(rows[0][0]) if rows else 0

    while await work.step(forget):
        pass


async def _delete_relationships(work: Work, found: str, **params: Any) -> None:
    text = f"{found} WITH DISTINCT e LIMIT $p.limit DELETE e RETURN count(*)"

    async def delete(tx: Transaction) -> int:
        rows = await tx.run(Statement(text, {**params, "limit": work.batch}))
        return int(rows[0][0]) if rows else 0

    while await work.step(delete):
        pass


async def _take_off_marks(work: Work, association: Association, kind: str) -> None:
    """Take a label's marks off the relationships of its association."""
    for base, condition in (
        (quote(association.relationship_type), "true"),
        (_ARCHIVED, "e.type = $p.base"),
    ):
        of_base = f"MATCH (a:Record)-[e:{base}]->(b:Record) WHERE {condition} "
        rows = await work.read(
            f"{of_base}AND e.labels IS NOT NULL UNWIND e.labels AS mark RETURN DISTINCT mark",
            base=association.relationship_type,
        )
        marks = [
            mark
            for (mark,) in rows
            if label_relationship_type(association.relationship_type, mark.rstrip("<>")) == kind
        ]
        marked = f"{of_base}AND any(mark IN e.labels WHERE mark IN $p.marks) "
        params = {"marks": marks, "limit": work.batch, "base": association.relationship_type}
        text = f"{marked}RETURN a.id, b.id LIMIT $p.limit"
        while marks and (pairs := await work.read(text, **params)):
            await work.step(_Unmarking(base, marks, pairs))


class _Emptying:
    """Take a property's value and marker off records."""

    def __init__(self, object_type: ObjectType, name: str, record_ids: list[str]) -> None:
        self._type = object_type
        self._name = name
        self._ids = record_ids

    async def __call__(self, tx: Transaction) -> int:
        await lock(tx, self._ids)
        rows = [
            [
                record_id,
                {
                    self._name: None,
                    marker_of(self._name): None,
                    WORDS_PROPERTY: record_words(self._type, statements.decode(self._type, columns)),
                },
            ]
            for record_id, _, _, columns in await tx.run(statements.load(self._type, self._ids))
        ]
        await tx.run(statements.update(rows))
        return len(rows)


class _Deletion:
    """Delete records with their keys."""

    def __init__(self, record_ids: list[str]) -> None:
        self._ids = record_ids

    async def __call__(self, tx: Transaction) -> int:
        await lock(tx, self._ids)
        params = {"ids": self._ids}
        each = "UNWIND $p.ids AS id MATCH (r:Record {id: id}) "
        await tx.run(Statement(f"{each}MATCH (k:`_Key`)-[:`OF`]->(r) DETACH DELETE k", params))
        await tx.run(Statement(f"{each}DETACH DELETE r", params))
        return len(self._ids)


class _Unmarking:
    """Take marks off pairs, both of whose ends are locked as the writer does."""

    def __init__(self, base: str, marks: list[str], pairs: list[list[Any]]) -> None:
        self._base = base
        self._marks = marks
        self._pairs = pairs

    async def __call__(self, tx: Transaction) -> int:
        await lock(tx, {end for pair in self._pairs for end in pair})
        text = (
            "UNWIND $p.rows AS row MATCH (a:Record {id: row[0]}) MATCH (b:Record {id: row[1]}) "
            f"OPTIONAL MATCH (a)-[e:{self._base}]->(b) "
            "WITH e, [mark IN e.labels WHERE NOT mark IN $p.marks] AS kept "
            "SET e.labels = CASE WHEN size(kept) = 0 THEN null ELSE kept END"
        )
        await tx.run(Statement(text, {"rows": self._pairs, "marks": self._marks}))
        return 0
