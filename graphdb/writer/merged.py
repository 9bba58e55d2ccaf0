"""What is kept of a merge so that it can be undone: a node beside the key that leads from the loser's id.

``(:_Merge {id, at, of, type, rev, data, ties})``: ``id`` was the loser's, ``at`` puts merges in order, ``of`` is the
survivor's id, ``rev`` its revision since; ``data`` and ``ties`` are JSON text, of what the loser held and of its
associations. No client sees it. It goes when the merge is undone, and with the survivor when that is purged; of others
that are purged nothing stays in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import orjson

from graphdb.catalog.model import PropertyType
from graphdb.cypher.statement import Statement
from graphdb.values import MERGED_PREFIX, from_epoch, normalise, options_of, to_epoch
from graphdb.writer.ties import Tie

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.store import Transaction

Held = tuple[str, Any]
"""The type of a property and its value as JSON has it, for the data model may have changed when it is read."""
Change = tuple[str, Any, Any]
"""The same with two values: before the merge and after it."""

_KEEP: Final = (
    "CREATE (m:`_Merge` {id: $p.id, at: $p.at, of: $p.of, type: $p.type, rev: $p.rev, data: $p.data, ties: $p.ties}) "
    "RETURN count(m)"
)
_READ: Final = (
    "UNWIND $p.ids AS id MATCH (m:`_Merge` {id: id}) "
    "RETURN m.id, m.at, m.of, m.type, m.rev, m.data, m.ties ORDER BY m.at"
)
# The embedded engine walks from the end that stands first.
_LOSERS: Final = (
    "UNWIND $p.ids AS id MATCH (r:Record {id: id})<-[:`OF`]-(k:`_Key`) WHERE k.k STARTS WITH $p.prefix RETURN k.k"
)
_FORGET: Final = "UNWIND $p.ids AS id MATCH (m:`_Merge` {id: id}) DELETE m"
_NAMING: Final = (
    "MATCH (m:`_Merge`) WHERE any(id IN $p.ids WHERE m.ties CONTAINS id) AND NOT m.id IN $p.ids RETURN m.id, m.ties"
)
_TIES: Final = "UNWIND $p.rows AS row MATCH (m:`_Merge` {id: row[0]}) SET m.ties = row[1]"


class Moved(NamedTuple):
    """An association of the loser, and what became of it.

    Attributes:
        tie: As the loser had it.
        own: The marks that the survivor had itself with that other end; None where the two were not associated.
        marks: Those that it had with it after the merge; None for the pair of winner and loser, which was dropped.
        since: Since when the survivor has been associated with it, in milliseconds.
    """

    tie: Tie
    own: tuple[str, ...] | None
    marks: tuple[str, ...] | None
    since: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRecord:
    """A merge as it is kept.

    Attributes:
        loser: The id that the loser had.
        at: Above that of every merge before.
        winner: The id of the record that it was merged into.
        type: The name of their object type.
        rev: The winner's revision since.
        loser_rev: The loser's last revision.
        created: When the loser was created, in milliseconds.
        updated: When it was last changed, in milliseconds.
        values: What it held, by property.
        changes: What the merge changed of the winner's values, by property.
        follows: The loser's properties whose values were what its associated records make them.
        keys: The keys that led to the loser.
        ties: Its associations.
    """

    loser: str
    at: str
    winner: str
    type: str
    rev: int
    loser_rev: int
    created: int | None
    updated: int | None
    values: dict[str, Held]
    changes: dict[str, Change]
    follows: tuple[str, ...]
    keys: tuple[str, ...]
    ties: tuple[Moved, ...]


def with_withdrawn(object_type: ObjectType) -> ObjectType:
    """An object type with the properties that the API no longer has, for their values are kept."""
    properties = (*object_type.properties, *object_type.withdrawn_properties)
    return replace(object_type, properties=properties)


def held(object_type: ObjectType, values: Mapping[str, Any]) -> dict[str, Held]:
    """Values in stored form, as they are kept."""
    return {name: (object_type.by_name[name].type.value, _encode(value)) for name, value in values.items()}


def changed(object_type: ObjectType, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Change]:
    """The values that differ, as they are kept."""
    return {
        prop.name: (prop.type.value, _encode(before.get(prop.name)), _encode(after.get(prop.name)))
        for prop in object_type.stored_properties
        if before.get(prop.name) != after.get(prop.name)
    }


def decoded(prop: Property, kind: str, kept: Any) -> Any:
    """The stored form of a value that was kept; None where the property has another type by now."""
    if kept is None or prop.type.value != kind or prop.calculated:
        return None
    if prop.type is PropertyType.DATETIME:
        return from_epoch(kept)
    return date.fromisoformat(kept) if prop.type is PropertyType.DATE else kept


def sound(catalog: Catalog, prop: Property, kind: str, kept: Any) -> Any:
    """As ``decoded``; None also where the data model has none such any more: an option may be gone."""
    value = decoded(prop, kind, kept)
    options = options_of(catalog, prop)
    if isinstance(value, list) and options is not None:
        value = [name for name in value if name in options.by_name] or None
    try:
        return normalise(prop, value, options)
    except ValueError:
        return None


async def keep(tx: Transaction, record: MergeRecord) -> None:
    """Keep a merge, in its own transaction."""
    data = {
        "rev": record.loser_rev,
        "created": record.created,
        "updated": record.updated,
        "values": record.values,
        "changes": record.changes,
        "follows": record.follows,
        "keys": record.keys,
    }
    given = {"id": record.loser, "at": record.at, "of": record.winner, "type": record.type, "rev": record.rev}
    await tx.run(Statement(_KEEP, {**given, "data": orjson.dumps(data).decode(), "ties": _ties_text(record.ties)}))


async def read(tx: Transaction, ids: Iterable[str]) -> dict[str, MergeRecord]:
    """The merges in which records with these ids were the losers, in their order."""
    return {row[0]: _record(*row) for row in await tx.run(Statement(_READ, {"ids": sorted(ids)}))}


async def forget(tx: Transaction, ids: Iterable[str]) -> None:
    """Keep the merges no longer in which records with these ids were the losers."""
    await tx.run(Statement(_FORGET, {"ids": sorted(ids)}))


async def losers_of(tx: Transaction, ids: Iterable[str]) -> list[str]:
    """The ids of the records that were merged into some others."""
    rows = await tx.run(Statement(_LOSERS, {"ids": sorted(ids), "prefix": MERGED_PREFIX}))
    return losers(key for (key,) in rows)


async def forget_purged(tx: Transaction, ids: Iterable[str]) -> None:
    """Take all out that is kept of records that are purged: their own merges, and their part in those of others."""
    purged = frozenset(ids)
    await forget(tx, purged)
    rows = [
        [record_id, _ties_text(moved for moved in _moved(text) if purged.isdisjoint(moved.tie.ends))]
        for record_id, text in await tx.run(Statement(_NAMING, {"ids": sorted(purged)}))
    ]
    if rows:
        await tx.run(Statement(_TIES, {"rows": rows}))


def losers(keys: Iterable[str]) -> list[str]:
    """The ids of the records that were merged into one that has these keys."""
    return [key.removeprefix(MERGED_PREFIX) for key in keys if key.startswith(MERGED_PREFIX)]


def _encode(value: Any) -> Any:
    if isinstance(value, datetime):
        return to_epoch(value)
    return value.isoformat() if isinstance(value, date) else value


def _ties_text(ties: Iterable[Moved]) -> str:
    return orjson.dumps(
        [
            [tie.kind, tie.ends, tie.marks, tie.since and to_epoch(tie.since), tie.archived, own, marks, since]
            for tie, own, marks, since in ties
        ]
    ).decode()


def _moved(text: str) -> list[Moved]:
    return [
        Moved(
            Tie(kind, (start, end), tuple(marks), None if since is None else from_epoch(since), archived),
            None if own is None else tuple(own),
            None if left is None else tuple(left),
            there,
        )
        for kind, (start, end), marks, since, archived, own, left, there in orjson.loads(text)
    ]


def _record(loser: str, at: str, winner: str, kind: str, rev: int, data: str, ties: str) -> MergeRecord:
    found = orjson.loads(data)
    return MergeRecord(
        loser=loser,
        at=at,
        winner=winner,
        type=kind,
        rev=rev,
        loser_rev=found["rev"],
        created=found["created"],
        updated=found["updated"],
        values={name: (one, value) for name, (one, value) in found["values"].items()},
        changes={name: (one, before, after) for name, (one, before, after) in found["changes"].items()},
        follows=tuple(found["follows"]),
        keys=tuple(found["keys"]),
        ties=tuple(_moved(ties)),
    )
