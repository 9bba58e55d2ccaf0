"""Conditions on figures: ``DealHaving``, of the groups of a ``groupBy`` and of associated records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLInputField, GraphQLInputObjectType, GraphQLList, GraphQLNonNull

from schema.build.aggregates import COUNTED, NUMBERS, ORDERED, aggregate_name, aggregated

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry

_UNCOMPARED = frozenset({"percentile"})


def add_shared_having(types: TypeRegistry) -> None:
    """The conditions on one property's figures, by the scalar that its values are of."""
    for name, leaf, mean, functions in (
        ("StringAggregate", "StringFilter", None, ORDERED),
        ("FloatAggregate", "FloatFilter", "FloatFilter", NUMBERS),
        ("LongAggregate", "LongFilter", "FloatFilter", NUMBERS),
        ("DecimalAggregate", "DecimalFilter", "DecimalFilter", NUMBERS),
        ("BooleanAggregate", None, None, COUNTED),
        ("DateAggregate", "DateFilter", None, ORDERED),
        ("DateTimeAggregate", "DateTimeFilter", None, ORDERED),
        ("EnumAggregate", None, None, COUNTED),
    ):
        kinds = {"count": "IntFilter", "countDistinct": "IntFilter", "avg": mean, "median": mean}
        types.add(
            GraphQLInputObjectType(
                f"{name}Filter",
                {
                    function: GraphQLInputField(types[str(kinds.get(function, leaf))])
                    for function in functions
                    if function not in _UNCOMPARED
                },
                description="Conditions on what holds of one property's values. Keys side by side mean AND.",
            )
        )


def add_having(types: TypeRegistry, object_type: ObjectType) -> None:
    """``DealHaving``: keys side by side mean AND."""
    name = f"{object_type.type_name}Having"

    def fields() -> dict[str, GraphQLInputField]:
        having = types[name]
        return {
            "and": GraphQLInputField(GraphQLList(GraphQLNonNull(having)), description="All of these."),
            "or": GraphQLInputField(
                GraphQLList(GraphQLNonNull(having)), description="At least one of these; an empty list is false."
            ),
            "not": GraphQLInputField(having, description="The exact complement: figures of no values included."),
            "count": GraphQLInputField(types["IntFilter"], description="How many records there are."),
            **{
                prop.name: GraphQLInputField(types[f"{aggregate_name(prop)}Filter"], extensions=types.meaning(prop))
                for prop in aggregated(object_type)
            },
        }

    types.add(
        GraphQLInputObjectType(
            name,
            fields,
            description=f"What has to hold of many {object_type.plural_label} together, in the figures that "
            "`aggregate` shows. Keys side by side mean AND.",
        )
    )
