"""How much there is of everything, as last counted: what the cost of a document is estimated from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """The node labels at the ends of a relationship type."""

    start: str
    end: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of an account's records and associations.

    Attributes:
        nodes: Records by node label.
        relationships: Relationships by type: associations, and those of each label.
        ends: What each relationship type joins.
    """

    nodes: Mapping[str, int]
    relationships: Mapping[str, int]
    ends: Mapping[str, Ends]

    def degree(self, relationship: str, near: str) -> float:
        """How many relationships of a type a record with a node label has, on the average."""
        records = self.nodes.get(near, 0)
        ends = self.ends.get(relationship)
        if not records or ends is None:
            return 0.0
        sides = 2 if ends.start == ends.end else 1
        return sides * self.relationships.get(relationship, 0) / records

    def far(self, relationship: str, near: str) -> str | None:
        """The node label at the other end; None for a relationship type that was not counted."""
        ends = self.ends.get(relationship)
        if ends is None:
            return None
        return ends.end if ends.start == near else ends.start
