"""The writer's Cypher: text from the catalog's names alone, values in ``$p``, rows as positional lists.

Every statement takes a whole batch (``UNWIND``), so a thousand records cost as many round trips as one. The
text depends only on the object type, association or label, so the engine plans each once.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import ObjectType, Property, PropertyType
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import from_epoch

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


def lock(ids: Iterable[str], token: str) -> Statement:
    """Lock records in the order of their ids; rows ``[id, labels, archived type]`` of those there are.

    The token differs for each transaction, because the embedded engine notices only a value that changes.
    """
    text = "UNWIND $p.ids AS id MATCH (r:Record {id: id}) SET r._lock = $p.token "
    text += "RETURN collect([r.id, labels(r), r._type])"
    return Statement(text, {"ids": sorted(ids), "token": token}, folded=True)


def load(object_type: ObjectType, ids: Sequence[str]) -> Statement:
    """Read records of a type; rows ``[id, rev, updatedAt in ms, [values as by ``decode``]]``."""
    return Statement(_load_text(object_type.stored_properties), {"ids": list(ids)}, folded=True)


@lru_cache(maxsize=1024)
def _load_text(properties: tuple[Property, ...]) -> str:
    columns = ", ".join(column(prop) for prop in properties)
    return (
        "UNWIND $p.ids AS id MATCH (r:Record {id: id}) "
        f"RETURN collect([r.id, r.rev, datetime(r.updatedAt).epochMillis, [{columns}]])"
    )


def column(prop: Property) -> str:
    """What a statement returns of a property of ``r``, for ``decode_value``."""
    # Temporal values come back as different types from the two engines; these expressions do not.
    name = f"r.{quote(prop.name)}"
    if prop.type is PropertyType.DATETIME:
        return f"datetime({name}).epochMillis"
    return f"toString({name})" if prop.type is PropertyType.DATE else name


def decode(object_type: ObjectType, columns: Sequence[Any]) -> dict[str, Any]:
    """The set values of a row of ``load``, in stored form."""
    return {
        prop.name: decode_value(prop, value)
        for prop, value in zip(object_type.stored_properties, columns, strict=True)
        if value is not None
    }


def decode_value(prop: Property, value: Any) -> Any:
    """The stored form of a set value that ``column`` returned."""
    if prop.type is PropertyType.DATETIME:
        return from_epoch(value)
    return date.fromisoformat(value) if prop.type is PropertyType.DATE else value


def create(object_type: ObjectType, rows: list[list[Any]], now: datetime) -> Statement:
    """Create records and lead their key nodes to them; rows ``[properties, keys]``."""
    text = (
        f"UNWIND $p.rows AS row CREATE (r:Record:{quote(object_type.node_label)} {{rev: 1}}) SET r += row[0] "
        # The time is sent once, not per row: packing a point in time costs the driver as much as a short row.
        "SET r.createdAt = coalesce(row[0].createdAt, $p.now), r.updatedAt = $p.now "
        "WITH r, row UNWIND row[1] AS key MATCH (k:_Key {k: key}) CREATE (k)-[:OF]->(r)"
    )
    return Statement(text, {"rows": rows, "now": now})


def update(rows: list[list[Any]]) -> Statement:
    """Change records; rows ``[id, properties]``, where null removes."""
    return Statement("UNWIND $p.rows AS row MATCH (r:Record {id: row[0]}) SET r += row[1]", {"rows": rows})


def find_keys(keys: Iterable[str]) -> Statement:
    """Who has unique values; rows ``[key, id]`` of those taken."""
    text = "UNWIND $p.keys AS key MATCH (k:_Key {k: key}) RETURN collect([k.k, k.of])"
    return Statement(text, {"keys": sorted(keys)}, folded=True)


def claim_keys(owners: dict[str, str], token: str) -> Statement:
    """Take unique values in one order for every writer; rows ``[key, id of who has it]``, all of them."""
    text = (
        "UNWIND $p.rows AS row MERGE (k:_Key {k: row[0]}) ON CREATE SET k.of = row[1] "
        "SET k._lock = $p.token RETURN collect([k.k, k.of])"
    )
    return Statement(text, {"rows": [[key, owners[key]] for key in sorted(owners)], "token": token}, folded=True)


def join_keys(rows: list[list[str]]) -> Statement:
    """Lead from claimed keys to their records; rows ``[key, id]``."""
    text = "UNWIND $p.rows AS row MATCH (k:_Key {k: row[0]}) MATCH (r:Record {id: row[1]}) MERGE (k)-[:OF]->(r)"
    return Statement(text, {"rows": rows})


def hand_over_keys(rows: list[list[str]]) -> Statement:
    """Take keys from the records that give them up, for others; rows ``[key, new id]``."""
    text = (
        "UNWIND $p.rows AS row MATCH (k:_Key {k: row[0]}) SET k.of = row[1] "
        "WITH k OPTIONAL MATCH (k)-[o:OF]->() DELETE o"
    )
    return Statement(text, {"rows": rows})


def free_keys(rows: list[list[str]]) -> Statement:
    """Delete keys that their records have no more; rows ``[key, id]``."""
    text = "UNWIND $p.rows AS row MATCH (k:_Key {k: row[0]}) WHERE k.of = row[1] DETACH DELETE k"
    return Statement(text, {"rows": rows})


_ENDS = "UNWIND $p.rows AS row MATCH (a:Record {id: row[0]}) MATCH (b:Record {id: row[1]}) "


def _between(relationship_type: str, rows: list[list[Any]], then: str, *, folded: bool = False) -> list[Statement]:
    """Statements that find the relationship ``r`` of each pair in ``rows``, null where there is none.

    OPTIONAL, because Neo4j turns a plain MATCH into a walk over all neighbours of one end, which may be a
    hub. The embedded engine walks from the end that stands first: the one that fewer of the rows have.
    """
    uses = Counter(end for row in rows for end in row[:2])
    outward = [row for row in rows if uses[row[0]] <= uses[row[1]]]
    inward = [row for row in rows if uses[row[0]] > uses[row[1]]]
    name = quote(relationship_type)
    ways = ((f"(a)-[r:{name}]->(b)", outward), (f"(b)<-[r:{name}]-(a)", inward))
    return [
        Statement(f"{_ENDS}OPTIONAL MATCH {way} {then}", {"rows": found}, folded=folded) for way, found in ways if found
    ]


def find_pairs(relationship_type: str, rows: list[list[Any]]) -> list[Statement]:
    """Which pairs are associated; rows ``[start id, end id]`` become ``[start id, end id, whether, labels]``."""
    returned = "RETURN collect([a.id, b.id, r IS NOT NULL, r.labels])"
    return _between(relationship_type, rows, returned, folded=True)


def find_labelled(relationship_type: str, ids: Iterable[str], *, forward: bool) -> Statement:
    """The pairs with a label at some records; rows ``[source id, target id]``."""
    known = "source" if forward else "target"
    text = (
        f"UNWIND $p.ids AS id MATCH ({known}:Record {{id: id}}) "
        f"MATCH (source)-[:{quote(relationship_type)}]->(target) RETURN source.id, target.id"
    )
    return Statement(text, {"ids": sorted(ids)})


def create_pairs(relationship_type: str, rows: list[list[Any]], now: datetime) -> Statement:
    """Associate pairs, locked or new; rows ``[start id, end id, labels or null]``."""
    text = f"{_ENDS}CREATE (a)-[r:{quote(relationship_type)} {{createdAt: $p.now}}]->(b) SET r.labels = row[2]"
    return Statement(text, {"rows": rows, "now": now})


def set_labels(relationship_type: str, rows: list[list[Any]]) -> list[Statement]:
    """Replace the labels of associated pairs; rows ``[start id, end id, labels or null]``."""
    return _between(relationship_type, rows, "SET r.labels = row[2]")


def add_label(relationship_type: str, rows: list[list[Any]]) -> Statement:
    """Make a label's relationships; rows ``[source id, target id]``."""
    return Statement(f"{_ENDS}CREATE (a)-[:{quote(relationship_type)}]->(b)", {"rows": rows})


def remove(relationship_type: str, rows: list[list[Any]]) -> list[Statement]:
    """Delete the relationships of pairs, an association's or a label's; rows of the ids at their ends."""
    return _between(relationship_type, rows, "DELETE r")


def count_associated(relationship_types: Iterable[str], ids: Iterable[str]) -> Statement:
    """How many associations of some kinds records have; rows ``[id, how many]``."""
    kinds = "|".join(quote(name) for name in relationship_types)
    text = f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}}) RETURN r.id, COUNT {{ (r)-[:{kinds}]-() }}"
    return Statement(text, {"ids": sorted(ids)})
