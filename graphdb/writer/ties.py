"""Whole records with all that hangs on them: read, deleted, put back on another node.

An archived record's node has no label of an object type; the label stands in ``_type``. It is a node of its own that
took the place of the live one, for the embedded engine changes a node's labels at most once in a transaction. Its
associations are relationships of one type, ``_ARCHIVED``, that hold the type they had; labels have none meanwhile.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import Superseded
from graphdb.values import from_epoch
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from graphdb.catalog.model import Association, Catalog
    from graphdb.store import Transaction
    from graphdb.writer.marks import Edge, Ends

ARCHIVED = "_ARCHIVED"
_TICK = timedelta(milliseconds=1)


class Tie(NamedTuple):
    """An association: the type of its relationship, its ends as stored, its labels' marks, since when."""

    kind: str
    ends: Ends
    marks: tuple[str, ...]
    since: datetime | None
    archived: bool = False

    def other(self, record_id: str) -> str:
        """The end that is not the record."""
        return self.ends[1] if self.ends[0] == record_id else self.ends[0]


@dataclass(slots=True, kw_only=True)
class Whole:
    """A record as it is stored: its revision, its keys, its associations."""

    id: str
    rev: int
    created_at: datetime | None
    updated_at: datetime | None
    keys: list[str]
    freed: list[str]
    ties: list[Tie] = field(default_factory=list)

    def changes(self, now: datetime) -> dict[str, Any]:
        """What every write changes on a record's node."""
        return {
            "id": self.id,
            "rev": self.rev + 1,
            "updatedAt": now if self.updated_at is None else max(now, self.updated_at + _TICK),
        }


async def neighbours(tx: Transaction, ids: Iterable[str]) -> set[str]:
    """The ids of all associated records, live and archived."""
    text = "UNWIND $p.ids AS id MATCH (r:Record {id: id})-[]-(o:Record) RETURN DISTINCT o.id"
    return {row[0] for row in await tx.run(Statement(text, {"ids": sorted(ids)}))}


async def read_whole(tx: Transaction, catalog: Catalog, ids: Iterable[str]) -> dict[str, Whole]:
    """Records that are locked, as their neighbours are, by id.

    Raises:
        Superseded: One of them is gone.
    """
    wanted = sorted(ids)
    text = (
        "UNWIND $p.ids AS id MATCH (r:Record {id: id}) RETURN r.id, r.rev, datetime(r.createdAt).epochMillis, "
        "datetime(r.updatedAt).epochMillis, "
        "COLLECT { MATCH (k:`_Key`)-[:`OF`]->(r) RETURN k.k }, r.`_keys`"
    )
    found = {
        record_id: Whole(
            id=record_id,
            rev=rev or 0,
            created_at=None if created is None else from_epoch(created),
            updated_at=None if updated is None else from_epoch(updated),
            keys=sorted(keys),
            freed=list(freed or ()),
        )
        for record_id, rev, created, updated, keys, freed in await tx.run(Statement(text, {"ids": wanted}))
    }
    if len(found) < len(wanted):
        raise Superseded("a record that was locked is gone")
    kinds = {association.relationship_type for association in catalog.associations}
    text = (
        "UNWIND $p.ids AS id MATCH (r:Record {id: id})-[e]-(:Record) "
        "RETURN id, type(e), startNode(e).id, endNode(e).id, e.labels, datetime(e.createdAt).epochMillis, e.type"
    )
    for record_id, kind, start, end, labels, since, archived in await tx.run(Statement(text, {"ids": wanted})):
        if kind == ARCHIVED or kind in kinds:
            created = None if since is None else from_epoch(since)
            tie = Tie(archived or kind, (start, end), tuple(labels or ()), created, archived is not None)
            found[record_id].ties.append(tie)
    return found


def replace_nodes(label: str | None, rows: list[list[Any]]) -> Statement:
    """Put records on new nodes, of an object type's label or of none; rows ``[id, properties]``, where null removes."""
    labels = "Record" if label is None else f"Record:{quote(label)}"
    text = (
        "UNWIND $p.rows AS row MATCH (old:Record {id: row[0]}) WITH old, row, properties(old) AS held "
        f"DETACH DELETE old CREATE (r:{labels}) SET r = held SET r += row[1]"
    )
    return Statement(text, {"rows": rows})


def delete_nodes(ids: Iterable[str]) -> Statement:
    """Delete records with their associations."""
    return Statement("UNWIND $p.ids AS id MATCH (r:Record {id: id}) DETACH DELETE r", {"ids": sorted(ids)})


def delete_keys(keys: Iterable[str]) -> Statement:
    """Delete key nodes, whoever holds them."""
    return Statement("UNWIND $p.keys AS key MATCH (k:_Key {k: key}) DETACH DELETE k", {"keys": sorted(keys)})


def tie_again(ties: Iterable[Tie]) -> list[Statement]:
    """The statements that make associations anew, without the relationships of their labels."""
    rows: defaultdict[str, list[list[Any]]] = defaultdict(list)
    for tie in sorted(set(ties), key=lambda one: one[:2]):
        kind = ARCHIVED if tie.archived else tie.kind
        rows[kind].append([*tie.ends, list(tie.marks) or None, tie.since, tie.kind if tie.archived else None])
    return [
        Statement(
            "UNWIND $p.rows AS row MATCH (a:Record {id: row[0]}) MATCH (b:Record {id: row[1]}) "
            f"CREATE (a)-[e:{quote(kind)}]->(b) SET e.labels = row[2], e.createdAt = row[3], e.type = row[4]",
            {"rows": found},
        )
        for kind, found in sorted(rows.items())
    ]


def label_again(edges: Iterable[Edge]) -> list[Statement]:
    """The statements that make the relationships of labels."""
    rows: defaultdict[str, list[list[str]]] = defaultdict(list)
    for label, source, target in edges:
        rows[label.relationship_type].append([source, target])
    return [statements.add_label(kind, found) for kind, found in sorted(rows.items())]


def associations_by_kind(catalog: Catalog) -> dict[str, Association]:
    """Associations by the type of their relationship."""
    return {association.relationship_type: association for association in catalog.associations}


def far_type(association: Association, ends: Ends, near: str) -> str:
    """The object type of the end that is not ``near``."""
    return association.end if near == ends[0] else association.start


def around(by_kind: Mapping[str, Association], ties: Iterable[Tie], near: str) -> dict[str, set[str]]:
    """The other ends of a record's associations: ids by object type."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for tie in ties:
        found[far_type(by_kind[tie.kind], tie.ends, near)].add(tie.other(near))
    return found
