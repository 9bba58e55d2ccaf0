"""``where`` and ``orderBy``: one of each per object type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLEnumType, GraphQLInputField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from graphdb.catalog.model import SYSTEM_PROPERTIES, UNORDERED
from schema.build.associations import association_fields
from schema.build.operators import add_scalar_filters, filter_name

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry


def add_shared_filters(types: TypeRegistry) -> None:
    """The filters of the scalars, and the direction of an order."""
    types.add(
        GraphQLEnumType(
            "OrderDirection",
            {"ASC": "ASC", "DESC": "DESC"},
            description="Unset values come last in both directions; ties are settled by id.",
        )
    )
    add_scalar_filters(types)


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
                prop.name: GraphQLInputField(types[filter_name(prop)], extensions=types.meaning(prop))
                for prop in (*SYSTEM_PROPERTIES, *types.properties(object_type))
            },
            **dict(association_fields(types, object_type)),
        }

    types.add(
        GraphQLInputObjectType(
            name, fields, description=f"Which {object_type.plural_label} to choose. Keys side by side mean AND."
        )
    )


def add_order_by(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactOrderBy``: one key an object; the list is the order.

    A label with at most one record takes that record's order, one level deep, which the compiler checks; other
    associations take a figure of their records.
    """

    def fields() -> dict[str, GraphQLInputField]:
        direction = types["OrderDirection"]
        return {
            "id": GraphQLInputField(direction, description="By creation."),
            **{
                prop.name: GraphQLInputField(
                    direction, deprecation_reason=prop.deprecation, extensions=types.meaning(prop)
                )
                for prop in (*SYSTEM_PROPERTIES, *types.properties(object_type))
                if prop.type not in UNORDERED
            },
            **{
                hop.field: GraphQLInputField(
                    types[f"{hop.far.type_name}{'' if hop.stands_for.single else 'Association'}OrderBy"],
                    deprecation_reason=hop.stands_for.deprecation,
                    extensions=hop.meaning,
                )
                for hop in types.hops(object_type)
            },
        }

    types.add(
        GraphQLInputObjectType(
            f"{object_type.type_name}OrderBy",
            fields,
            description="Exactly one key in each object of the list. An order goes over one association at most.",
        )
    )
