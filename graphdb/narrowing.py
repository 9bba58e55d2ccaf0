"""Which of the existing records break what a change of the data model asks of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.changes import AllAssociated, AllDistinct, AllSet, AllWithin, AtMost, NoneHolds, Violations
from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.rules import rule_fault
from graphdb.store import Rows
from graphdb.writer import statements

if TYPE_CHECKING:
    from graphdb.catalog.changes import Narrowing
    from graphdb.catalog.model import Catalog, ObjectType, Property

Reader = Callable[[Statement], Awaitable[Rows]]
"""Runs a statement: a store's ``read`` or a transaction's ``run``."""

EXAMPLES_MAX: Final = 10
"""Records that are named, unless the caller wants another number."""
_BATCH_RECORDS: Final = 5_000


async def find_violations(
    reader: Reader, catalog: Catalog, narrowing: Narrowing, *, most: int = EXAMPLES_MAX
) -> Violations:
    """How many records break a narrowing, exactly, and the first of them by id.

    Args:
        reader: Runs the statements, all of them reading ones.
        catalog: The data model as it would be, or any that has the narrowing's object types and properties.
        narrowing: What should hold. Archived records count where a restore would bring back what breaks it and nothing
            else would notice: values that an option or a rule forbids.
        most: How many ids to return at most.

    Raises:
        KeyError: The catalog does not have the object type or the property.
        StoreError: The engine did not answer.
    """
    object_type = catalog.by_name[narrowing.object_type]
    match narrowing:
        case AllSet():
            found = _Search(f"r.{quote(narrowing.property)} IS NULL")
        case NoneHolds():
            prop = stored_property(object_type, narrowing.property)
            name = f"r.{quote(prop.name)}"
            many = prop.type is PropertyType.MULTI_ENUMERATION
            condition = f"$p.option IN {name}" if many else f"{name} = $p.option"
            found = _Search(condition, {"option": narrowing.option}, archived=True)
        case AtMost():
            left, right = ("-", "-") if narrowing.symmetric else ("-", "->") if narrowing.of_start else ("<-", "-")
            degree = f"COUNT {{ (r){left}[:{quote(narrowing.relationship_type)}]{right}() }}"
            found = _Search(f"{degree} > $p.most", {"most": narrowing.limit})
        case AllAssociated():
            found = _Search(_unassociated(catalog, narrowing))
        case AllDistinct():
            return await _shared_values(reader, object_type, narrowing, most)
        case AllWithin():
            return await _outside(reader, object_type, narrowing, most)
    return await _search(reader, object_type, found, most)


def stored_property(object_type: ObjectType, name: str) -> Property:
    """A property by its name, one that is withdrawn included.

    Raises:
        KeyError: The object type has none of that name.
    """
    for prop in (*object_type.properties, *object_type.withdrawn_properties):
        if prop.name == name:
            return prop
    raise KeyError(f"{object_type.name}.{name}")


LIVE: Final = "MATCH (r:{label}) WHERE "
"""The live records of an object type, to be formatted with its quoted node label."""
ARCHIVED: Final = "MATCH (r:Record) WHERE r.archivedAt IS NOT NULL AND r.`_type` = $p.label AND "
"""Its archived ones, by the node label that they had, in ``$p.label``."""


@dataclass(frozen=True, slots=True)
class _Search:
    """Records for which a condition on ``r`` holds."""

    condition: str
    params: dict[str, Any] | None = None
    archived: bool = False


async def _search(reader: Reader, object_type: ObjectType, wanted: _Search, most: int) -> Violations:
    params = {**(wanted.params or {}), "label": object_type.node_label, "examples": most}
    count = 0
    ids: list[str] = []
    for records in (LIVE.format(label=quote(object_type.node_label)), *((ARCHIVED,) if wanted.archived else ())):
        ((found,),) = await reader(Statement(f"{records}{wanted.condition} RETURN count(r)", params))
        if found:
            count += found
            text = f"{records}{wanted.condition} WITH r.id AS id ORDER BY id LIMIT $p.examples RETURN id"
            ids += [record_id for (record_id,) in await reader(Statement(text, params))]
    return Violations(count=count, examples=tuple(sorted(ids)[:most]))


def _unassociated(catalog: Catalog, narrowing: AllAssociated) -> str:
    ends = [{narrowing.object_type, name} for name in narrowing.group]
    kinds = [quote(one.relationship_type) for one in catalog.associations if {one.start, one.end} in ends]
    # Associations of archived records are of another type, so these lead to live ones.
    return f"COUNT {{ (r)-[:{'|'.join(kinds)}]-() }} = 0" if kinds else "true"


async def _shared_values(reader: Reader, object_type: ObjectType, narrowing: AllDistinct, most: int) -> Violations:
    name = f"r.{quote(narrowing.property)}"
    shared = f"MATCH (r:{quote(object_type.node_label)}) WHERE {name} IS NOT NULL WITH {name} AS value, "
    text = f"{shared}count(r) AS holders WHERE holders > 1 RETURN sum(holders)"
    ((count,),) = await reader(Statement(text))
    if not count:
        return Violations(count=0)
    text = (
        f"{shared}collect(r.id) AS ids WHERE size(ids) > 1 UNWIND ids AS id "
        "WITH id ORDER BY id LIMIT $p.examples RETURN id"
    )
    return Violations(count=count, examples=tuple(row[0] for row in await reader(Statement(text, {"examples": most}))))


async def _outside(reader: Reader, object_type: ObjectType, narrowing: AllWithin, most: int) -> Violations:
    """Values that break rules, judged one by one by what the writer asks."""
    prop = dataclasses.replace(stored_property(object_type, narrowing.property), rules=narrowing.rules)
    count = 0
    ids: list[str] = []
    for records in (LIVE.format(label=quote(object_type.node_label)), ARCHIVED):
        text = (
            f"{records}r.id > $p.after AND r.{quote(prop.name)} IS NOT NULL "
            f"WITH r ORDER BY r.id LIMIT $p.limit RETURN r.id, {statements.column(prop)}"
        )
        params: dict[str, Any] = {"after": "", "limit": _BATCH_RECORDS, "label": object_type.node_label}
        while rows := await reader(Statement(text, params)):
            broken = [one for one, value in rows if rule_fault(prop, statements.decode_value(prop, value)) is not None]
            count += len(broken)
            ids = nsmallest(most, [*ids, *broken])
            params = {**params, "after": rows[-1][0]}
    return Violations(count=count, examples=tuple(ids))
