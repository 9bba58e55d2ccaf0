"""How a statement finds the records of whole object types: what an index could answer of its filters and orders.

Below the root a hop leads to the records, and no index takes part.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schema.ir import (
    AggregateColumn,
    All,
    AllOf,
    Compare,
    Comparison,
    CountColumn,
    GroupCountColumn,
    GroupsColumn,
    Rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schema.ir import Predicate, Read

_SINGLE = frozenset({Comparison.EQ})
_EQUAL = frozenset({Comparison.EQ, Comparison.IN})
_RANGE = frozenset({Comparison.LT, Comparison.LTE, Comparison.GT, Comparison.GTE, Comparison.STARTS_WITH})


@dataclass(frozen=True, slots=True)
class Access:
    """One way to ask for records of an object type.

    Attributes:
        label: The type's node label.
        equal: Properties that the filter holds to one value or some.
        between: Properties that it bounds, or whose beginning it gives.
        order: The property that the list is sorted by first; None for a figure.
        single: Those of ``equal`` that a sorted list holds to one value.
    """

    label: str
    equal: tuple[str, ...] = ()
    between: tuple[str, ...] = ()
    order: str | None = None
    single: tuple[str, ...] = ()


def accesses_of(read: Read) -> tuple[Access, ...]:
    """The ways in which a statement asks for records of whole object types, each once."""
    return tuple(dict.fromkeys(_accesses(read)))


def _accesses(read: Read) -> Iterator[Access]:
    for root in read.roots:
        if not isinstance(root, Rows | CountColumn | AggregateColumn | GroupsColumn | GroupCountColumn):
            continue
        if not isinstance(root.source, AllOf):
            continue
        first = root.order[0] if isinstance(root, Rows) and root.order else None
        sorted_by = None if first is None or first.computed else first.prop.name
        single = () if sorted_by is None else _held(root.where, _SINGLE)
        yield Access(root.source.label, _held(root.where, _EQUAL), _held(root.where, _RANGE), sorted_by, single)


def _held(where: Predicate, operators: frozenset[Comparison]) -> tuple[str, ...]:
    """The stored properties that every record has to meet such a comparison by."""
    found = {
        part.prop.name
        for part in (where.parts if isinstance(where, All) else (where,))
        if isinstance(part, Compare)
        and part.operator in operators
        and not part.ignore_case
        and part.prop.formula is None
    }
    return tuple(sorted(found))
