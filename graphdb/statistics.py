"""Counts what is in the graph.

Neo4j answers from its count store, in some milliseconds. The embedded engine knows its records by type as fast, but
walks the relationships from the records at one end: seconds at a hundred thousand of them, so they are counted from
the end that has fewer records, seldom, and behind the requests unless a client asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.statistics import Ends, Statistics
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

TIMEOUT_S = 60.0


async def read_record_counts(
    store: GraphStore, catalog: Catalog, *, timeout_s: float | None = TIMEOUT_S
) -> dict[str, int]:
    """Count the records of each enabled type, by node label.

    Raises:
        StoreError: The engine did not answer.
    """
    labels = [object_type.node_label for object_type in catalog.enabled]
    counts = ", ".join(f"COUNT {{ (:{quote(label)}) }}" for label in labels)
    ((nodes,),) = await store.read(Statement(f"RETURN [{counts}]"), timeout_s=timeout_s)
    return dict(zip(labels, nodes, strict=True))


async def read_statistics(store: GraphStore, catalog: Catalog, *, timeout_s: float | None = TIMEOUT_S) -> Statistics:
    """Count the records of each enabled type and the relationships of each association and label.

    Raises:
        StoreError: The engine did not answer.
    """
    nodes = await read_record_counts(store, catalog, timeout_s=timeout_s)
    ends = _ends(catalog)
    counts = ", ".join(f"COUNT {{ {_pattern(name, at, nodes)} }}" for name, at in ends.items())
    ((relationships,),) = await store.read(Statement(f"RETURN [{counts}]"), timeout_s=timeout_s)
    return Statistics(nodes=nodes, relationships=dict(zip(ends, relationships, strict=True)), ends=ends)


def _pattern(name: str, ends: Ends, nodes: Mapping[str, int]) -> str:
    """A relationship type from the end with fewer records; with one label given, Neo4j's count store knows it too."""
    if nodes[ends.end] < nodes[ends.start]:
        return f"(:{quote(ends.end)})<-[:{quote(name)}]-()"
    return f"(:{quote(ends.start)})-[:{quote(name)}]->()"


def _ends(catalog: Catalog) -> dict[str, Ends]:
    found: dict[str, Ends] = {}
    for association in catalog.associations:
        start, end = catalog.by_name[association.start], catalog.by_name[association.end]
        if start.enabled and end.enabled:
            ends = Ends(start=start.node_label, end=end.node_label)
            for name in (association.relationship_type, *(label.relationship_type for label in association.labels)):
                found[name] = ends
    return found
