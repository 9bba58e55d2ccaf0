"""A statement ready for the engine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Statement:
    """Cypher text and its values.

    Attributes:
        text: The Cypher; the same, byte for byte, for the same shape of request, so that the engine's plan
            cache hits. It reads every value from the one map parameter ``$p``.
        params: What ``$p`` holds (engines.md: a parameter of its own per value would plan anew for each list
            size and type).
        folded: Whether the statement returns its rows as one list in one row, which costs the driver a fraction of
            as many rows; the store unfolds it.
    """

    text: str
    params: Mapping[str, Any] = field(default_factory=dict)
    folded: bool = False
