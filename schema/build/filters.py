"""``where`` and ``orderBy``: filter inputs shared by scalar type and option set, one ``where`` per object type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)

from graphdb.catalog.model import SYSTEM_PROPERTIES, PropertyType
from schema.bindings import KEY, HopField, PropertyField
from schema.scalars import TYPE_MAPPINGS, Date, DateTime, Decimal, Long

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import ObjectType, Property
    from schema.build.registry import TypeRegistry

UNSORTABLE = frozenset({PropertyType.TEXT, PropertyType.JSON, PropertyType.MULTI_ENUMERATION})

_COUNT_ORDER = "AssociationOrderBy"
"""No object type can be named so that its order would be called this: ``Association`` is a fixed type."""

_OPERATORS = {
    "eq": "Equal to. `null` means: unset.",
    "ne": "Not equal to, unset values included. `null` means: set.",
    "in": "One of. An empty list matches nothing.",
    "lt": "Less than, or before.",
    "lte": "Less than or equal to, or not after.",
    "gt": "Greater than, or after.",
    "gte": "Greater than or equal to, or not before.",
    "contains": "Holds this text, case-sensitively.",
    "startsWith": "Begins with this text, case-sensitively.",
    "isSet": "Whether there is a value.",
}
_EQUALITY = ("eq", "ne", "in")
_RANGE = ("lt", "lte", "gt", "gte")
_TEXT = ("contains", "startsWith")


def add_shared_filters(types: TypeRegistry) -> None:
    """The filters of the scalars, and the direction of an order."""
    types.add(
        GraphQLEnumType(
            "OrderDirection",
            {"ASC": "ASC", "DESC": "DESC"},
            description="Unset values come last in both directions; ties are settled by id.",
        )
    )
    types.add(
        GraphQLInputObjectType(
            _COUNT_ORDER,
            lambda: {"count": GraphQLInputField(types["OrderDirection"], description="How many there are.")},
            description="By what is associated.",
        )
    )
    for name, leaf, operators in (
        ("IDFilter", GraphQLID, _EQUALITY),
        ("StringFilter", GraphQLString, (*_EQUALITY, *_RANGE, *_TEXT, "isSet")),
        ("FloatFilter", GraphQLFloat, (*_EQUALITY, *_RANGE, "isSet")),
        ("LongFilter", Long, (*_EQUALITY, *_RANGE, "isSet")),
        ("DecimalFilter", Decimal, (*_EQUALITY, *_RANGE, "isSet")),
        ("BooleanFilter", GraphQLBoolean, ("eq", "ne", "isSet")),
        ("DateFilter", Date, (*_EQUALITY, *_RANGE, "isSet")),
        ("DateTimeFilter", DateTime, (*_EQUALITY, *_RANGE, "isSet")),
        ("MultiEnumFilter", GraphQLString, ("isSet",)),
        ("JSONFilter", GraphQLString, ("isSet",)),
    ):
        types.add(_filter(name, leaf, operators))


def add_option_set_filters(types: TypeRegistry) -> None:
    """A filter for each enum of an option set."""
    filtered = {
        prop.option_set
        for object_type in types.catalog.enabled
        for prop in object_type.properties
        if prop.type is PropertyType.ENUMERATION
    }
    for graphql_type in types.all:
        if isinstance(graphql_type, GraphQLEnumType) and graphql_type.name in filtered:
            types.add(_filter(f"{graphql_type.name}Filter", graphql_type, (*_EQUALITY, "isSet")))


def add_where(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactWhere``: keys side by side mean AND."""
    name = f"{object_type.type_name}Where"

    def fields() -> dict[str, GraphQLInputField]:
        where = types[name]
        return {
            "and": GraphQLInputField(GraphQLList(GraphQLNonNull(where)), description="All of these."),
            "or": GraphQLInputField(
                GraphQLList(GraphQLNonNull(where)), description="At least one of these; an empty list matches nothing."
            ),
            "not": GraphQLInputField(where, description="The exact complement: unset values included."),
            "id": GraphQLInputField(types["IDFilter"]),
            **{
                prop.name: GraphQLInputField(types[_filter_name(prop)], extensions={KEY: PropertyField(prop)})
                for prop in (*SYSTEM_PROPERTIES, *object_type.properties)
            },
        }

    types.add(
        GraphQLInputObjectType(
            name, fields, description=f"Which {object_type.plural_label} to choose. Keys side by side mean AND."
        )
    )


def add_order_by(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactOrderBy``: one key an object; the list is the order.

    A label with at most one record takes that record's order, one level deep, which the compiler checks.
    """

    def fields() -> dict[str, GraphQLInputField]:
        direction = types["OrderDirection"]
        return {
            "id": GraphQLInputField(direction, description="By creation."),
            **{
                prop.name: GraphQLInputField(direction, extensions={KEY: PropertyField(prop)})
                for prop in (*SYSTEM_PROPERTIES, *object_type.properties)
                if prop.type not in UNSORTABLE
            },
            **{
                field: GraphQLInputField(
                    types[f"{types.catalog.by_name[hop.side.far].type_name}OrderBy" if hop.single else _COUNT_ORDER],
                    extensions={KEY: hop},
                )
                for field, hop in _hops(types, object_type)
            },
        }

    types.add(
        GraphQLInputObjectType(
            f"{object_type.type_name}OrderBy",
            fields,
            description="Exactly one key in each object of the list. An order goes over one association at most.",
        )
    )


def _hops(types: TypeRegistry, object_type: ObjectType) -> Iterator[tuple[str, HopField]]:
    """The associations and labels of an object type, by field."""
    for side in types.catalog.sides_of(object_type.name):
        yield side.field, HopField(side)
        for label in side.labels:
            yield label.field, HopField(side, label)


def _filter_name(prop: Property) -> str:
    return TYPE_MAPPINGS[prop.type].filter or f"{prop.option_set}Filter"


def _filter(name: str, leaf: GraphQLInputType, operators: tuple[str, ...]) -> GraphQLInputObjectType:
    kinds: dict[str, Any] = {"in": GraphQLList(GraphQLNonNull(leaf)), "isSet": GraphQLBoolean}
    return GraphQLInputObjectType(
        name,
        {
            operator: GraphQLInputField(kinds.get(operator, leaf), description=_OPERATORS[operator])
            for operator in operators
        },
    )
