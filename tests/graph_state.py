"""What must hold of any graph that the writer has left, by plain Cypher; and the graph as values to compare."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import MERGED_PREFIX, keys_of
from graphdb.writer import statements

if TYPE_CHECKING:
    from graphdb.catalog.model import Association, Catalog
    from graphdb.store import GraphStore

_RECORDS = "MATCH (n:Record) RETURN n.id, labels(n), n._type, n.archivedAt IS NULL"
_KEYS = "MATCH (k:_Key) OPTIONAL MATCH (k)-[:OF]->(n:Record) RETURN k.k, k.of, collect(n.id)"
_TIES = (
    "MATCH (a:Record)-[e]->(b:Record) RETURN type(e), e.type, a.id, b.id, coalesce(e.labels, []), "
    "a.archivedAt IS NULL AND b.archivedAt IS NULL"
)


@dataclass(slots=True)
class GraphState:
    """A graph by ids.

    Attributes:
        live: Object type and values of each live record.
        archived: Object type of each archived record.
        keys: Who has a unique value, or the id of a merged record.
        pairs: Labels of each association between live records, as ``(relationship type, start, end)``.
        waiting: Associations with an archived end.
        broken: What no writer may leave, in words.
    """

    live: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    archived: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    pairs: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    waiting: dict[tuple[str, str, str], tuple[str, ...]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)


async def read_state(store: GraphStore, catalog: Catalog) -> GraphState:
    """Read a whole graph and look for what is broken in it."""
    state = GraphState()
    await _read_records(store, catalog, state)
    await _read_keys(store, catalog, state)
    await _read_ties(store, catalog, state)
    return state


async def _read_records(store: GraphStore, catalog: Catalog, state: GraphState) -> None:
    types = {object_type.node_label: object_type for object_type in catalog.object_types}
    by_type: defaultdict[str, list[str]] = defaultdict(list)
    for record_id, labels, kind, is_live in await store.read(Statement(_RECORDS)):
        own = [label for label in labels if label in types]
        if len(own) != (1 if is_live else 0) or (kind is None) != is_live:
            state.broken.append(f"{record_id} has the labels {labels} and the archived type {kind}")
        elif is_live:
            by_type[own[0]].append(record_id)
        else:
            state.archived[record_id] = types[kind].name
    for label, ids in by_type.items():
        for record_id, _, _, columns in await store.read(statements.load(types[label], ids)):
            if record_id in state.live:
                state.broken.append(f"{record_id} is there twice")
            state.live[record_id] = (types[label].name, statements.decode(types[label], columns))


async def _read_keys(store: GraphStore, catalog: Catalog, state: GraphState) -> None:
    for key, owner, holders in await store.read(Statement(_KEYS)):
        state.keys[key] = owner
        if holders != [owner]:
            state.broken.append(f"the key {key} of {owner} leads to {holders}")
        if owner in state.archived and not key.startswith(MERGED_PREFIX):
            state.broken.append(f"the archived record {owner} holds the key {key}")
    for record_id, (type_name, values) in state.live.items():
        object_type = catalog.by_name[type_name]
        for key, (name, _) in keys_of(object_type, values).items():
            if state.keys.get(key) != record_id:
                state.broken.append(f"{record_id} does not hold the key of its {name}")


async def _read_ties(store: GraphStore, catalog: Catalog, state: GraphState) -> None:
    bases = {one.relationship_type: one for one in catalog.associations}
    edges: Counter[tuple[str, str, str]] = Counter()
    wanted: Counter[tuple[str, str, str]] = Counter()
    for kind, archived, start, end, labels, is_live in await store.read(Statement(_TIES)):
        if kind == "_ARCHIVED" or kind in bases:
            place = (archived or kind, start, end)
            if place in state.pairs or place in state.waiting:
                state.broken.append(f"{place} is there twice")
            if (kind != "_ARCHIVED") != is_live:
                state.broken.append(f"{place} is {kind} between records of which one is archived: {not is_live}")
            (state.waiting if kind == "_ARCHIVED" else state.pairs)[place] = tuple(sorted(labels))
            if kind in bases:
                wanted.update(_label_edges(bases[kind], start, end, labels))
        else:
            edges[kind, start, end] += 1
    if edges != wanted:
        state.broken.append(f"labels of their own {edges - wanted}, marks of their own {wanted - edges}")
    state.broken += _beyond_limits(catalog, edges)


def _label_edges(association: Association, start: str, end: str, marks: list[str]) -> list[tuple[str, str, str]]:
    kinds = {label.name: label.relationship_type for label in association.labels}
    return [(kinds[mark.rstrip("<>")], *((end, start) if mark.endswith("<") else (start, end))) for mark in marks]


def _beyond_limits(catalog: Catalog, edges: Counter[tuple[str, str, str]]) -> list[str]:
    at_start: Counter[tuple[str, str]] = Counter()
    at_end: Counter[tuple[str, str]] = Counter()
    for kind, source, target in edges:
        at_start[kind, source] += 1
        at_end[kind, target] += 1
    broken: list[str] = []
    for association in catalog.associations:
        for label in association.labels:
            for limit, counts in ((label.max_end, at_start), (label.max_start, at_end)):
                over = [one for (kind, one), count in counts.items() if kind == label.relationship_type]
                if limit is not None:
                    broken += [
                        f"{one} has more than {limit} labelled {quote(label.name)}"
                        for one in over
                        if counts[label.relationship_type, one] > limit
                    ]
    return broken
