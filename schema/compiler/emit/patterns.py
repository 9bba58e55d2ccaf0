"""Hops → relationship patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.ir import Direction

if TYPE_CHECKING:
    from schema.ir import Hop


def arrow(hop: Hop) -> str:
    """The relationship that a hop walks: the association's, or the label's own."""
    if hop.label_relationship is None:
        return f"-[:{quote(hop.relationship)}]-"
    relationship = f"[:{quote(hop.label_relationship)}]"
    return {
        Direction.OUT: f"-{relationship}->",
        Direction.IN: f"<-{relationship}-",
        Direction.BOTH: f"-{relationship}-",
    }[hop.direction]
