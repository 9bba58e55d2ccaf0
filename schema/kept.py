"""Kept roll-ups → the expressions that bring them up to date: those by which a read computes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import FieldNode, NameNode

from graphdb.catalog.calculated import kept, ways, where_of
from graphdb.catalog.sides import LabelSide
from graphdb.kept import NODE, KeptRollUp
from schema.bindings import HopField, PropertyField, RolledUp
from schema.calculations import where_type
from schema.compiler.emit.params import Names, ValueParam
from schema.compiler.emit.related import definitions
from schema.compiler.filters import WhereReader
from schema.compiler.periods import Periods
from schema.compiler.plan import resolve
from schema.ir import OrderKey, Via
from schema.limits import Limits

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.catalog.parts import RollUp
    from schema.compiler.emit.params import Param

_FIELD: Final = FieldNode(name=NameNode(value="roll_up"))


def kept_roll_ups(catalog: Catalog) -> tuple[KeptRollUp, ...]:
    """The kept roll-ups of a data model that can be computed, in catalog order.

    Args:
        catalog: A sound one.
    """
    return tuple(
        _kept(catalog, object_type, prop, prop.roll_up)
        for object_type, prop in kept(catalog)
        if prop.roll_up is not None
    )


def _kept(catalog: Catalog, object_type: ObjectType, prop: Property, roll_up: RollUp) -> KeptRollUp:
    reader = WhereReader(_FIELD, (), Limits().conditions_max, Periods(catalog.account.time_zone))
    records, figure = reader.rolled_up(_bound(catalog, object_type, prop, roll_up), (prop.name,))
    names = Names()
    (defined,) = definitions((OrderKey(figure.as_prop, via=Via(prop.name, records, figure)),), NODE, names)
    return KeptRollUp(
        object_type=object_type.name,
        node_label=object_type.node_label,
        property=prop.name,
        expression=defined.rpartition(" AS ")[0],
        params={f"v{number}": _value(param) for number, param in enumerate(names.params)},
    )


def _bound(catalog: Catalog, object_type: ObjectType, prop: Property, roll_up: RollUp) -> PropertyField:
    way = ways(catalog, object_type.name)[roll_up.field]
    side = way.association.side(forward=way.forward)
    hop = HopField(side, way if isinstance(way, LabelSide) else None)
    far = catalog.by_name[way.far]
    of = None if roll_up.property is None else far.by_name[roll_up.property]
    return PropertyField(prop, RolledUp(hop, of, where_type(catalog, far, where_of(roll_up))))


def _value(param: Param) -> Any:
    # The data model holds each value; there are no pages, and relative dates are refused.
    if not isinstance(param, ValueParam):
        raise TypeError(f"{param} is no value of a roll-up")
    value = resolve(param.value, {})
    return param.convert(value) if param.convert else value
