"""What conditions on figures mean, and what an order by one sorts by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracle.aggregates import measure, values_of
from tests.oracle.filters import folded, matches

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graphdb.catalog.model import Property
    from tests.oracle.graph import Record


@dataclass(frozen=True, slots=True)
class FigureKey:
    """An order key: a figure of the associated records that are chosen.

    Attributes:
        hop: The association, or the label of one.
        of: The property; None for the records themselves.
        chosen: ``where`` and ``label``, coerced.
    """

    hop: str
    function: str
    of: str | None = None
    chosen: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.hop}.{self.function}" + ("" if self.of is None else f"_{self.of}")


def figure(records: Sequence[Record], function: str, prop: Property | None) -> Any:
    """One figure of some records."""
    return measure(records if prop is None else values_of(records, prop), function)


def having_holds(having: Mapping[str, Any], records: Sequence[Record], properties: Mapping[str, Property]) -> bool:
    """Whether a coerced ``having`` is true of some records."""
    for name, given in having.items():
        match name:
            case "and":
                found = all(having_holds(part, records, properties) for part in given)
            case "or":
                found = any(having_holds(part, records, properties) for part in given)
            case "not":
                found = not having_holds(given, records, properties)
            case "count":
                found = all(matches(len(records), operator, wanted) for operator, wanted in given.items())
            case _:
                prop = properties[name]
                found = all(
                    matches(figure(records, function, prop), operator, folded(prop, wanted))
                    for function, operators in given.items()
                    for operator, wanted in operators.items()
                )
        if not found:
            return False
    return True
