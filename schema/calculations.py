"""Whether the roll-ups of a catalog can be computed: what they go over, what they sum up, which records they choose.

A roll-up reads what is stored of the far records, never what is computed of them: so none goes round in a circle, and
each costs one association. Formulas read one record alone; ``graphdb.catalog.check`` judges them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from graphql import FieldNode, GraphQLError, GraphQLInputObjectType, NameNode, validate_input_value

from graphdb.catalog.calculated import ways, where_of, where_reads
from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import RollUpFunction
from graphdb.errors import CatalogFault
from schema.build import build_schema
from schema.build.aggregates import figures_of
from schema.build.slices import slice_of
from schema.compiler.filters import WhereReader
from schema.compiler.periods import Periods, ends_of
from schema.ir import Const
from schema.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.catalog.parts import RollUp
    from schema.ir import Value

_NODE: Final = FieldNode(name=NameNode(value="roll_up"))
_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)
"""For relative dates: whether a period is one does not depend on the day."""


def calculation_faults(catalog: Catalog) -> list[CatalogFault]:
    """Every fault of the roll-ups of enabled object types, in catalog order.

    Args:
        catalog: One that is sound by itself (``graphdb.catalog.check``).
    """
    return [
        CatalogFault(where=object_type.name, field=f"properties.{prop.name}.{place}", message=message)
        for object_type in catalog.enabled
        for prop in object_type.properties
        if prop.roll_up is not None
        for place, message in _faults(catalog, object_type, prop, prop.roll_up)
    ]


def _faults(catalog: Catalog, object_type: ObjectType, prop: Property, roll_up: RollUp) -> Iterator[tuple[str, str]]:
    # A former field of a label is on its way out.
    found = {name: way for name, way in ways(catalog, object_type.name).items() if not getattr(way, "former", False)}
    way = found.get(roll_up.field)
    if way is None:
        names = ", ".join(found) or "none, for it has no associations"
        yield "roll_up.field", f"expected a field that leads to associated records ({names}), found {roll_up.field!r}"
        return
    far = catalog.by_name[way.far]
    yield from _value_faults(far, prop, roll_up)
    where = where_of(roll_up)
    if not isinstance(where, dict):
        yield "roll_up.where", f"expected a where of {far.label} as an object, found {roll_up.where!r}"
        return
    reads = where_reads(catalog, far.name, where)
    computed = sorted({f"{near}.{name}" for near, name in reads if _is_calculated(catalog, near, name)})
    if computed:
        why = "for a roll-up over what is computed may go in a circle"
        yield "roll_up.where", f"expected conditions on what is stored, {why}; found {', '.join(computed)}"
        return
    fault = _where_fault(catalog, far, roll_up, indexed=prop.indexed) if where else None
    if fault is not None:
        yield "roll_up.where", fault


def _is_calculated(catalog: Catalog, near: str, name: str) -> bool:
    prop = catalog.by_name[near].by_name.get(name)
    return prop is not None and prop.calculated


def _value_faults(far: ObjectType, prop: Property, roll_up: RollUp) -> Iterator[tuple[str, str]]:
    """Whether the far property is there and what is made of it is of the roll-up's own type."""
    function, name = roll_up.function, roll_up.property
    if name is None:
        if function is not RollUpFunction.COUNT:
            yield "roll_up.property", f"expected a property of {far.label} to take the {function} of, found none"
        elif prop.type is not PropertyType.INTEGER:
            yield "type", f"expected integer for a count, found {prop.type}"
        return
    of = far.by_name.get(name)
    if of is None:
        yield "roll_up.property", f"expected a property of {far.label}, found {name!r}"
        return
    if of.calculated:
        message = f"expected a property of {far.label} that is stored, for a roll-up goes over no other; found {name}"
        yield "roll_up.property", message
        return
    made = _type_of(function, of.type)
    if made is None:
        yield "roll_up.property", f"expected a property that has a {function}; {name} holds {of.type}"
    elif made is not prop.type:
        yield "type", f"expected {made} for the {function} of {of.type}, found {prop.type}"


def _type_of(function: RollUpFunction, kind: PropertyType) -> PropertyType | None:
    """What a figure of values of a type is of; None where there is no such figure."""
    if function.value not in figures_of(kind):
        return None
    if function is RollUpFunction.COUNT:
        return PropertyType.INTEGER
    return PropertyType.NUMBER if (function, kind) == (RollUpFunction.AVG, PropertyType.INTEGER) else kind


def _where_fault(catalog: Catalog, far: ObjectType, roll_up: RollUp, *, indexed: bool) -> str | None:
    """What is wrong with a ``where``, by the schema of the part of the data model that it speaks of."""
    input_type = where_type(catalog, far, where_of(roll_up))
    periods = Periods(catalog.account.time_zone)
    reader = WhereReader(_NODE, (), Limits().conditions_max, periods)
    errors: list[str] = []
    validate_input_value(
        where_of(roll_up), input_type, lambda error, path: errors.append(f"{_dotted(path)}: {error.message}")
    )
    if errors:
        return errors[0].removesuffix(".")
    try:
        reader.fixed(input_type, str(roll_up.where), ("where",))
        for check in periods.checks:
            amount, unit, zone = map(_value_of, (check.period.amount, check.period.unit, check.period.time_zone))
            ends_of(check, amount, unit, zone, _SOME_DAY)
    except GraphQLError as error:
        return error.message.removesuffix(".")
    if indexed and periods.checks:
        return "expected no relative dates, for the roll-up is kept, and changes with its records alone; found within"
    return None


def where_type(catalog: Catalog, far: ObjectType, where: Any) -> GraphQLInputObjectType:
    """The filter of an object type, in the schema of the part of the data model that a ``where`` speaks of."""
    reads = list(where_reads(catalog, far.name, where))
    types = {far.name, *(near for near, _ in reads)}
    types |= {way.far for near, name in reads if (way := ways(catalog, near).get(name)) is not None}
    found = build_schema(slice_of(catalog, sorted(types))).graphql_schema.type_map[f"{far.type_name}Where"]
    if not isinstance(found, GraphQLInputObjectType):
        raise TypeError(f"{found} is no filter")
    return found


def _value_of(value: Value | None) -> Any:
    return value.value if isinstance(value, Const) else None


def _dotted(path: Sequence[str | int]) -> str:
    return ".".join(["where", *map(str, path)])
