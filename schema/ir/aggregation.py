"""The part of the intermediate representation that tells of many records at once: counts, sums, the least and most.

An aggregate is one row of *measures* over all records of a source that match; groups are a list of such rows, each
behind its keys. Their shapes are record shapes over those rows, so that what reads rows reads them too.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir.figures import Figure, Having
    from schema.ir.predicates import Hop, OrderKey, Predicate, Prop
    from schema.ir.reads import Page, Source
    from schema.ir.shapes import Entry
    from schema.ir.values import Value

GROUP_KEYS_MAX = 4
BUCKETED = frozenset({PropertyType.DATE, PropertyType.DATETIME})
"""Types of properties that are grouped by spans of time instead of by value."""


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
class GroupKey:
    """What records have in common in a group.

    Attributes:
        prop: A property of the records, or of those at a hop.
        bucket: ``HOUR`` … ``YEAR`` for dates and datetimes.
        over: The hop's name in the API. Keys over one hop are of one associated record.
        hop: How to walk there.
    """

    prop: Prop
    bucket: str | None = None
    over: str | None = None
    hop: Hop | None = None

    @property
    def name(self) -> str:
        """What tells keys apart: ``stage``, ``closedAt:MONTH``, ``primaryCompany.industry``."""
        of = self.prop.name if self.bucket is None else f"{self.prop.name}:{self.bucket}"
        return of if self.over is None else f"{self.over}.{of}"


@dataclass(frozen=True, slots=True)
class GroupsColumn:
    """The records of a source that match, grouped: a list of rows of keys, the measures' row, the zone, order values.

    Attributes:
        zone: The time zone that buckets start in; sent back with each row, for who prints the keys needs it.
        having: Which groups; None for all of them.
        sorted_by: The figures that groups are ordered by before their keys are looked at.
        order: By those, by the keys, then what stands for the id in a cursor.
    """

    source: Source
    where: Predicate
    keys: tuple[GroupKey, ...]
    measures: tuple[Measure, ...]
    zone: Value
    to_zone: Callable[[Any], Any] | None
    having: Having | None
    sorted_by: tuple[Figure, ...]
    order: tuple[OrderKey, ...]
    page: Page


@dataclass(frozen=True, slots=True)
class GroupCountColumn:
    """How many groups there are."""

    source: Source
    where: Predicate
    keys: tuple[GroupKey, ...]
    zone: Value
    to_zone: Callable[[Any], Any] | None
    having: Having | None = None


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
FiguresColumn = AggregateColumn | GroupsColumn | GroupCountColumn
