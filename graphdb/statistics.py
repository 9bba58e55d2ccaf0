"""Counts what is in the graph: one statement, answered from Neo4j's count store in some milliseconds.

The embedded engine keeps no such counts and walks the relationships: seconds at a hundred thousand of them, so
whoever asks it does so seldom and behind the requests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.statistics import Ends, Statistics
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

TIMEOUT_S = 60.0


async def read_statistics(store: GraphStore, catalog: Catalog) -> Statistics:
    """Count the records of each enabled type and the relationships of each association and label.

    Raises:
        StoreError: The engine did not answer.
    """
    labels = [object_type.node_label for object_type in catalog.enabled]
    ends = _ends(catalog)
    text = (
        f"RETURN [{', '.join(f'COUNT {{ (:{quote(label)}) }}' for label in labels)}], "
        f"[{', '.join(f'COUNT {{ ()-[:{quote(name)}]->() }}' for name in ends)}]"
    )
    ((nodes, relationships),) = await store.read(Statement(text), timeout_s=TIMEOUT_S)
    return Statistics(
        nodes=dict(zip(labels, nodes, strict=True)),
        relationships=dict(zip(ends, relationships, strict=True)),
        ends=ends,
    )


def _ends(catalog: Catalog) -> dict[str, Ends]:
    found: dict[str, Ends] = {}
    for association in catalog.associations:
        start, end = catalog.by_name[association.start], catalog.by_name[association.end]
        if start.enabled and end.enabled:
            ends = Ends(start=start.node_label, end=end.node_label)
            for name in (association.relationship_type, *(label.relationship_type for label in association.labels)):
                found[name] = ends
    return found
