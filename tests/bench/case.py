"""A case of the benchmark: what is asked, and how each side is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS: Final = "kinship"
TWO_WORKERS: Final = "kinship on 2 workers"
NESTED: Final = "kinship nested"
"""Without statistics, by which it would read shared records apart."""
BARE: Final = "bare driver"
PEER: Final = "@neo4j/graphql"
LOADERS: Final = "strawberry"
SIDES: Final = (OURS, TWO_WORKERS, NESTED, BARE, PEER, LOADERS)

Variables = Callable[[int], dict[str, Any]]
"""The variables of the n-th request: those of a write differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How one side is asked.

    Attributes:
        read: From ``data`` to what is compared; None for all of it.
    """

    document: str
    variables: Variables = lambda _: {}
    read: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Writes:
    """How the statements that our writer sends for one request become those for another, and who asks.

    Attributes:
        before: What our side is asked once before, for what makes the ids that it reads.
        exchanged: What of the n-th request stands in them, given the ids that were made before: always as many strings
            in the same order. Other ids are minted anew.
        made: The id of the record that the n-th request writes, where another one finds it again; ``read`` of our side
            is then this id.
        kinds: The first request of each kind; the kinds differ in their statements.
        kind: The place in ``kinds`` of the n-th request's.
        together: Whether many clients ask at once.
    """

    before: Asked | None = None
    exchanged: Callable[[int, Sequence[str]], tuple[str, ...]]
    made: Callable[[int], str] | None = None
    kinds: tuple[int, ...] = (0,)
    kind: Callable[[int], int] = lambda _: 0
    together: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A question.

    Attributes:
        name: What it is chosen by.
        title: What the tables call it.
        sides: How each side is asked, ours first.
        bare: Whether its statements are put to the bare driver too.
        writes: How it changes the graph, if it does.
        scaled: Whether two server processes are measured too.
        shares: Whether the form that reads nothing apart is measured too.
        compared: Whether the sides answer the same; each describes a schema of its own.
    """

    name: str
    title: str
    sides: Mapping[str, Asked]
    bare: bool = True
    writes: Writes | None = None
    scaled: bool = False
    shares: bool = False
    compared: bool = True

    def asked(self, side: str) -> Asked | None:
        """How a side is asked; None for one that is not, or by the statement alone."""
        if (side == TWO_WORKERS and not self.scaled) or (side == NESTED and not self.shares):
            return None
        return self.sides.get(OURS if side in {TWO_WORKERS, NESTED} else side)
