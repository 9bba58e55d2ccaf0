"""Catalog properties → the part of them that the IR carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.formula import Literal, Name
from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import BuildState
from graphdb.values import is_lower_case
from schema.ir import Const, Operation, Prop

if TYPE_CHECKING:
    from graphdb.catalog import formula
    from graphdb.catalog.model import Property
    from schema.bindings import PropertyField
    from schema.ir import Expression

ID = Prop("id", PropertyType.STRING, indexed=True, required=True)


def to_prop(prop: Property) -> Prop:
    """The part of a catalog property that the IR carries."""
    return Prop(
        name=prop.name,
        type=prop.type,
        indexed=prop.indexed and prop.indexed_state is BuildState.ONLINE,
        required=prop.required,
        marker=prop.read_marker,
        lower=is_lower_case(prop),
    )


def prop_of(bound: PropertyField | None) -> Prop:
    """The property that a field stands for, one with a formula included; the id for a field that stands for none."""
    if bound is None:
        return ID
    if bound.formula is None:
        return to_prop(bound.property)
    return Prop(bound.property.name, bound.property.type, formula=_expression(bound.formula))


def _expression(part: formula.Expression) -> Expression:
    if isinstance(part, Literal):
        return Const(part.value)
    if isinstance(part, Name):
        return to_prop(part.prop)
    return Operation(part.operator, tuple(_expression(inner) for inner in part.parts), part.kind)
