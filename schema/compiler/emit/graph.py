"""Questions about the graph → Cypher: which records, what joins them, and what was cut.

Only the relationships of associations are walked: those of labels stand beside them and would count a pair twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.ir import Around

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.compiler.emit.params import Names
    from schema.ir import GraphColumn


def graph_root(graph: GraphColumn, name: str, names: Names, row: Callable[[str], str]) -> str:
    """A subquery that returns a list of one row of (nodes, edges, cut), or of none.

    Args:
        graph: What is asked for.
        name: What its value is called.
        names: The statement's names.
        row: A record's columns as a list, from its variable.
    """
    walked = "|".join(quote(relationship) for relationship in graph.relationships)
    source = graph.source
    if isinstance(source, Around):
        node = names.node()
        start = f"[{node}.`id`]"
        text = f"MATCH ({node}:`Record`) WHERE {node}.`id` = {names.value(source.of)} AND {node}.`archivedAt` IS NULL "
        text += f"WITH {start} AS seen, {start} AS latest"
        text += _hop(walked, names.limit(source.page)) * source.hops
    else:
        text = f"WITH {names.value(source.ids)} AS seen"
    parts = []
    if graph.columns:
        parts.append("nodes")
        node = names.node()
        text += (
            f" CALL (seen) {{ MATCH ({node}:`Record`) WHERE {node}.`id` IN seen AND {node}.`archivedAt` IS NULL "
            f"RETURN collect({row(node)}) AS nodes }}"
        )
    if graph.edges:
        parts.append("edges")
        text += (
            f" CALL (seen) {{ MATCH (a:`Record`)-[e:{walked}]->(b:`Record`) WHERE a.`id` IN seen AND b.`id` IN seen "
            "RETURN collect([a.`id`, b.`id`, type(e), e.`labels`]) AS edges }"
        )
    if graph.cut:
        parts.append("cut")
        text += (
            f" CALL (seen, inner) {{ MATCH (a:`Record`)-[:{walked}]-(b:`Record`) WHERE a.`id` IN inner "
            "AND NOT b.`id` IN seen WITH a.`id` AS from, labels(b) AS kind, count(*) AS more "
            "RETURN collect([from, kind, more]) AS cut }"
        )
    found = ", ".join(part if part in parts else "null" for part in ("nodes", "edges", "cut"))
    return f"CALL () {{ {text} RETURN collect([{found}]) AS {name} }}"


def _hop(walked: str, limit: str) -> str:
    """One hop further: of each object type the first records by id that were not seen yet.

    The records of a type have the same node labels, so those are what the type is told by.
    """
    return (
        f" CALL (seen, latest) {{ MATCH (a:`Record`)-[:{walked}]-(b:`Record`) "
        "WHERE a.`id` IN latest AND NOT b.`id` IN seen WITH DISTINCT b ORDER BY b.`id` "
        f"WITH labels(b) AS kind, collect(b.`id`) AS ids UNWIND ids[..{limit}] AS id RETURN collect(id) AS found }} "
        "WITH seen + found AS seen, found AS latest, seen AS inner"
    )
