"""Chance that falls the same way everywhere.

Only ``random.Random.random`` is promised to give the same numbers in every Python version, so every choice is
built on that one method. Each part of the sample rolls dice of its own, named after it: a change to the tickets
leaves the contacts as they were.
"""

from __future__ import annotations

import random
from bisect import bisect
from itertools import accumulate
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

T = TypeVar("T")


class Dice:
    """A stream of deterministic choices."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}").random  # noqa: S311 - invented people, no secrets

    def fraction(self) -> float:
        """A number from 0 up to, not including, 1."""
        return self._random()

    def chance(self, probability: float) -> bool:
        """True in ``probability`` of the cases."""
        return self._random() < probability

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self._random() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of the items, each as likely as the others."""
        return items[int(self._random() * len(items))]

    def some(self, items: Sequence[T], count: int) -> list[T]:
        """Up to ``count`` different items, in the order drawn."""
        pool = list(items)
        drawn: list[T] = []
        while pool and len(drawn) < count:
            position = int(self._random() * len(pool))
            pool[position], pool[-1] = pool[-1], pool[position]
            drawn.append(pool.pop())
        return drawn

    def shuffled(self, items: Iterable[T]) -> list[T]:
        """All items in a random order."""
        pool = list(items)
        return self.some(pool, len(pool))


class Weighted(Generic[T]):
    """Items drawn in proportion to their weights."""

    def __init__(self, items: Sequence[T], weights: Iterable[float]) -> None:
        self._items = items
        self._bounds = list(accumulate(weights))

    def pick(self, dice: Dice) -> T:
        """One item; a heavy one more often."""
        return self._items[bisect(self._bounds, dice.fraction() * self._bounds[-1], hi=len(self._items) - 1)]


def zipf(items: Sequence[T], flatten: float) -> Weighted[T]:
    """Items drawn as in Zipf's law: the first one most, with a long tail of rare ones.

    Args:
        items: The items, the most frequent first.
        flatten: How many ranks the head is cut by; the greater, the less the first item stands out.
    """
    return Weighted(items, (1 / (rank + 1 + flatten) for rank in range(len(items))))
