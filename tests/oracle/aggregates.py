"""What the oracle answers for ``aggregate``: the specification's words over lists of values in memory."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from schema.bindings import AggregateField, MeasureField, Part

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphdb.catalog.model import Property


@dataclass(frozen=True, slots=True)
class Values:
    """The set values of a property, in order of size where they have one."""

    type: PropertyType
    values: Sequence[Any]

    @property
    def exact(self) -> list[Fraction]:
        """The values without any rounding."""
        return [Fraction(value) for value in self.values]


def resolver(bound: Any) -> Callable[..., Any]:
    """The resolver of an aggregate's field: ``aggregate`` itself gives the matching records."""
    match bound:
        case Part.AGGREGATE:
            return lambda page, _: page.matching
        case AggregateField(prop):
            return lambda records, _: values_of(records, prop)
        case MeasureField(function):
            return lambda source, _, **arguments: measure(source, function, **arguments)
    raise AssertionError(f"{bound} is no figure")


def values_of(records: Sequence[Any], prop: Property) -> Values:
    """A property's values over some records."""
    found = [record.values[prop.name] for record in records if record.values.get(prop.name) is not None]
    return Values(prop.type, sorted(found))


def measure(source: Any, function: str, p: float | None = None) -> Any:
    """One figure, of records or of values."""
    if not isinstance(source, Values):
        return len(source)
    values = source.values
    if function == "count":
        return len(values)
    if function == "countDistinct":
        return len(set(values))
    if not values:
        return None
    match function:
        case "min":
            return values[0]
        case "max":
            return values[-1]
        case "percentile":
            return values[max(math.ceil((p or 0) * len(values)) - 1, 0)]
        case "sum":
            total = sum(source.exact)
            return float(total) if source.type is PropertyType.NUMBER else int(total)
        case "avg":
            return _rounded(source, sum(source.exact) / len(values))
    middle = [source.exact[(len(values) - 1) // 2], source.exact[len(values) // 2]]
    return _rounded(source, sum(middle) / 2)


def _rounded(source: Values, value: Fraction | float) -> Any:
    """An amount half-even to its last place; any other number as the nearest float."""
    return round(Fraction(value)) if source.type is PropertyType.MONEY else float(value)
