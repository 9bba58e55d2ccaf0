"""Which lists a composite index answers: records with one value of a property, in the order of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schema.compiler.props import ID
from schema.ir import All, AnyOf, Compare, Comparison

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import ObjectType
    from schema.ir import OrderKey, Predicate, Prop
    from schema.limits import Limits

_SEEKS: Final = frozenset(
    {
        Comparison.EQ,
        Comparison.IN,
        Comparison.LT,
        Comparison.LTE,
        Comparison.GT,
        Comparison.GTE,
        Comparison.STARTS_WITH,
    }
)
"""What an index answers."""


def held_by_composite(
    object_type: ObjectType, where: Predicate, order: tuple[OrderKey, ...], limits: Limits
) -> Prop | None:
    """The property whose one value, with the order's first key, a composite index answers; None where none does.

    None too where an index could answer another condition: which of them leaves fewer records to look at, only the
    engine can weigh, and naming an index would take that from it.

    Args:
        object_type: Whose records are listed.
        where: The list's filter.
        order: Its order.
        limits: Which indexes the engine has.
    """
    first = order[0]
    if first.computed or first.prop is ID or not (first.prop.required or first.prop.marker):
        return None
    parts = list(_parts(where))
    for index in object_type.composite_indexes:
        held = _held(parts, index.equal)
        own = {index.equal, index.order}
        if held is None or index.order != first.prop.name or any(_is_sought(part, own) for part in parts):
            continue
        # Of the set values of the key and, unless it is always set, of the others.
        names = (index.order,) if first.prop.required else (index.order, first.prop.marker)
        wanted = {(object_type.node_label, (index.equal, name, ID.name)) for name in names}
        if wanted <= limits.composite_indexes:
            return held
    return None


def _parts(where: Predicate) -> Iterator[Predicate]:
    """The conditions that every record has to meet."""
    for part in where.parts if isinstance(where, All) else (where,):
        yield from _parts(part) if isinstance(part, All) else (part,)


def _held(parts: list[Predicate], name: str) -> Prop | None:
    """The property of a name, if it has to have one value."""
    for part in parts:
        if isinstance(part, Compare) and part.prop.name == name and part.operator is Comparison.EQ:
            return None if part.ignore_case or part.prop.formula is not None else part.prop
    return None


def _is_sought(part: Predicate, but: set[str]) -> bool:
    """Whether an index of a property answers a condition, of any ``but`` some."""
    if isinstance(part, Compare):
        return part.prop.indexed and part.operator in _SEEKS and not part.ignore_case and part.prop.name not in but
    if isinstance(part, All):
        return any(_is_sought(one, but) for one in part.parts)
    return isinstance(part, AnyOf) and bool(part.parts) and all(_is_sought(one, but) for one in part.parts)
