"""Hops → Cypher patterns."""

from __future__ import annotations

from graphdb.cypher.quoting import quote
from schema.ir import Direction, Hop


def edge_of(node: str) -> str:
    """The variable of the association that leads to a record."""
    return f"e{node[1:]}"


def associations(hop: Hop) -> str:
    """The relationship types of a hop's associations, one of which leads to each record."""
    return "|".join(quote(relationship) for relationship in (hop.relationship, *hop.others))


def arrow(hop: Hop) -> str:
    """The relationship that a hop walks: the association's, or the label's own."""
    if hop.label_relationship is None:
        return f"-[:{associations(hop)}]-"
    relationship = f"[:{quote(hop.label_relationship)}]"
    return {
        Direction.OUT: f"-{relationship}->",
        Direction.IN: f"<-{relationship}-",
        Direction.BOTH: f"-{relationship}-",
    }[hop.direction]


def with_association(hop: Hop, near: str, node: str) -> str:
    """The pattern of a hop that binds the association itself, also where a label's relationship is walked."""
    association = f"({near})-[{edge_of(node)}:{quote(hop.relationship)}]-({node})"
    return association if hop.label_relationship is None else f"({near}){arrow(hop)}({node}), {association}"
