"""Filters and orders by associated records, and the fields of a ``where`` that take such a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLString

from schema.bindings import KEY, Structural
from schema.build.groups import figure_orders

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry


def add_association_filters(types: TypeRegistry) -> None:
    """``DealAssociationWhere``, ``DealAssociationOrderBy``: one per object type that others are associated with."""
    catalog = types.catalog
    reached = {side.far for object_type in catalog.enabled for side in catalog.sides_of(object_type.name)}
    for object_type in catalog.enabled:
        if object_type.name in reached:
            _add_association_where(types, object_type)
            _add_association_order(types, object_type)


def association_fields(types: TypeRegistry, object_type: ObjectType) -> Iterator[tuple[str, GraphQLInputField]]:
    """What a ``where`` asks of associated records: a field for each association and each label."""
    for hop in types.hops(object_type):
        far, label = hop.far, hop.stands_for.label
        if label is None:
            described = f"What is asked of the associated {far.plural_label}."
        elif hop.stands_for.single:
            described = f"There is an associated {far.label} labelled “{label.shown}”, and it matches."
        else:
            described = f"What is asked of the associated {far.plural_label} labelled “{label.shown}”."
        kind = "Where" if hop.stands_for.single else "AssociationWhere"
        yield (
            hop.field,
            GraphQLInputField(
                types[f"{far.type_name}{kind}"],
                description=described,
                deprecation_reason=hop.stands_for.deprecation,
                extensions=hop.meaning,
            ),
        )


def _add_association_where(types: TypeRegistry, object_type: ObjectType) -> None:
    name, records = object_type.type_name, object_type.plural_label

    def fields() -> dict[str, GraphQLInputField]:
        where = types[f"{name}Where"]
        return {
            "some": GraphQLInputField(where, description="At least one matches."),
            "none": GraphQLInputField(where, description="Not one matches."),
            "every": GraphQLInputField(where, description="None is left that does not match; true when there is none."),
            "count": GraphQLInputField(types["IntFilter"], description="How many there are."),
            "aggregate": GraphQLInputField(types[f"{name}Having"], description="What holds of all of them together."),
            "label": GraphQLInputField(
                GraphQLString,
                description="Only those with this label count, by its API name. Beside association fields only.",
                extensions={KEY: Structural.LABEL},
            ),
            "associatedAt": GraphQLInputField(
                types["DateTimeFilter"], description="Only those count that were joined then."
            ),
            "where": GraphQLInputField(where, description="Only those that match count."),
        }

    types.add(
        GraphQLInputObjectType(
            f"{name}AssociationWhere",
            fields,
            description=f"What is asked of associated {records}: exactly one of `some`, `none`, `every`, `count` and "
            "`aggregate`, while `label`, `associatedAt` and `where` say which of them count. An empty object asks "
            "nothing.",
        )
    )


def _add_association_order(types: TypeRegistry, object_type: ObjectType) -> None:
    name, records = object_type.type_name, object_type.plural_label

    def fields() -> dict[str, GraphQLInputField]:
        return {
            "count": GraphQLInputField(types["OrderDirection"], description="How many there are."),
            **figure_orders(types, object_type),
            "label": GraphQLInputField(
                GraphQLString,
                description="Only those with this label count, by its API name. Beside association fields only.",
                extensions={KEY: Structural.LABEL},
            ),
            "where": GraphQLInputField(types[f"{name}Where"], description="Only those that match count."),
        }

    types.add(
        GraphQLInputObjectType(
            f"{name}AssociationOrderBy",
            fields,
            description=f"A figure of associated {records}: exactly one, while `label` and `where` say which of them "
            "count.",
        )
    )
