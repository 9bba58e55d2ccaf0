"""The part of the intermediate representation that tells of many records at once: counts, sums, the least and most.

An aggregate is one row of *measures* over all records of a source that match. Its shape is a record shape over
that row, so that what reads rows reads it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir import Entry, Predicate, Prop, Source, Value


class Measuring(StrEnum):
    """What is asked of one property's set values, or, with no property, of the records.

    ``LOWER`` and ``UPPER`` are the two middle values, which are one where the number of values is odd.
    """

    COUNT = "count"
    COUNT_DISTINCT = "countDistinct"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LOWER = "lower"
    UPPER = "upper"
    PERCENTILE = "percentile"


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure.

    Attributes:
        prop: Whose values; None counts the records themselves.
        share: For a percentile, how much of the values lies at or below it.
        convert: Checks that share.
    """

    kind: Measuring
    prop: Prop | None = None
    share: Value | None = None
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class AggregateColumn:
    """Measures over all records that a source holds and that match."""

    source: Source
    where: Predicate
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """What a function makes of some columns."""

    columns: tuple[int, ...]
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Inside:
    """An entry over the row that a column holds."""

    column: int
    entry: Entry


Figures = Computed | Inside
