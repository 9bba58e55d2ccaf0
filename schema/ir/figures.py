"""Figures that filters and orders compare: what is computed from many records, as one value of one record or group.

A figure stands in a predicate or an order as a property does, under a name that no stored property can have. Its
value is the one that an ``aggregate`` shows, so that what is read agrees with what was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from schema.ir.predicates import Prop

if TYPE_CHECKING:
    from schema.ir.predicates import Associated, Predicate


class Function(StrEnum):
    """What is computed of a property's set values, or, with no property, of the records."""

    COUNT = "count"
    COUNT_DISTINCT = "countDistinct"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    MEDIAN = "median"


_COUNTS = frozenset({Function.COUNT, Function.COUNT_DISTINCT})
_MEANS = frozenset({Function.AVG, Function.MEDIAN})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure; without a property it counts the records."""

    function: Function
    prop: Prop | None = None

    @property
    def as_prop(self) -> Prop:
        """The figure in the place of a stored property: a count is never unset, anything else of no values is."""
        if self.prop is None:
            return Prop(self.function.value, PropertyType.INTEGER, required=True)
        name = f"{self.function.value}_{self.prop.name}"
        if self.function in _COUNTS:
            return Prop(name, PropertyType.INTEGER, required=True)
        if self.function in _MEANS and self.prop.type is not PropertyType.MONEY:
            return Prop(name, PropertyType.NUMBER)
        return Prop(name, self.prop.type, lower=self.prop.lower)


@dataclass(frozen=True, slots=True)
class Having:
    """A condition on figures: ``where`` names them by their ``as_prop``."""

    figures: tuple[Figure, ...]
    where: Predicate


@dataclass(frozen=True, slots=True)
class Measured:
    """True where the figures of associated records are so."""

    records: Associated
    having: Having
