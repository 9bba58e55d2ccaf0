"""``aggregate``: what holds of all records of a list, shared by scalar type, one object per object type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from graphdb.catalog.model import SYSTEM_PROPERTIES, PropertyType
from schema.bindings import KEY, AggregateField, MeasureField, Part
from schema.scalars import Date, DateTime, Decimal, Long

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType, Property
    from schema.build.registry import TypeRegistry

NUMBERS = ("count", "countDistinct", "sum", "avg", "min", "max", "median", "percentile")
ORDERED = ("count", "countDistinct", "min", "max")
COUNTED = ("count", "countDistinct")
_DESCRIPTIONS = {
    "count": "How many records have a value.",
    "countDistinct": "How many different values there are.",
    "sum": "Exact, or an error where the type cannot hold it; null where no record has a value.",
    "avg": "The sum divided by the count; null where no record has a value.",
    "min": "The least value; null where no record has one.",
    "max": "The greatest value; null where no record has one.",
    "median": "The middle value, or the mean of the two in the middle.",
    "percentile": "The least value that at least the share `p` of the values, from 0 to 1, does not exceed.",
}
_TYPES: dict[PropertyType, str] = {
    PropertyType.STRING: "StringAggregate",
    PropertyType.EMAIL: "StringAggregate",
    PropertyType.PHONE: "StringAggregate",
    PropertyType.URL: "StringAggregate",
    PropertyType.NUMBER: "FloatAggregate",
    PropertyType.INTEGER: "LongAggregate",
    PropertyType.MONEY: "DecimalAggregate",
    PropertyType.BOOLEAN: "BooleanAggregate",
    PropertyType.DATE: "DateAggregate",
    PropertyType.DATETIME: "DateTimeAggregate",
    PropertyType.ENUMERATION: "EnumAggregate",
}
_FIGURES = {
    "StringAggregate": ORDERED,
    "FloatAggregate": NUMBERS,
    "LongAggregate": NUMBERS,
    "DecimalAggregate": NUMBERS,
    "BooleanAggregate": COUNTED,
    "DateAggregate": ORDERED,
    "DateTimeAggregate": ORDERED,
    "EnumAggregate": COUNTED,
}


def figures_of(kind: PropertyType) -> tuple[str, ...]:
    """What can be computed of the values of a type of properties; nothing where they have no aggregate."""
    return _FIGURES[_TYPES[kind]] if kind in _TYPES else ()


def add_shared_aggregates(types: TypeRegistry) -> None:
    """The aggregates of one property, by the scalar that its values are of."""
    for name, leaf, mean, note in (
        ("StringAggregate", GraphQLString, None, "Texts are compared by their characters' code points."),
        ("FloatAggregate", GraphQLFloat, GraphQLFloat, "The last digits of a sum depend on its order."),
        ("LongAggregate", Long, GraphQLFloat, "Sums are exact."),
        ("DecimalAggregate", Decimal, Decimal, "Sums are exact, means are rounded half-even to 4 places."),
        ("BooleanAggregate", None, None, ""),
        ("DateAggregate", Date, None, ""),
        ("DateTimeAggregate", DateTime, None, ""),
        ("EnumAggregate", None, None, ""),
    ):
        fields = {function: _measure(function, leaf, mean) for function in _FIGURES[name]}
        types.add(GraphQLObjectType(name, fields, description=f"What holds of one property's values. {note}".rstrip()))


def add_aggregate(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactAggregate``: the records themselves, and each property whose values can be compared or counted."""

    def fields() -> dict[str, GraphQLField]:
        return {
            "count": GraphQLField(
                GraphQLNonNull(GraphQLInt), description="How many records.", extensions={KEY: MeasureField("count")}
            ),
            **{
                prop.name: GraphQLField(
                    types.required(aggregate_name(prop)),
                    description=prop.description or prop.label,
                    extensions={KEY: AggregateField(prop)},
                )
                for prop in aggregated(object_type)
            },
        }

    types.add(
        GraphQLObjectType(
            f"{object_type.type_name}Aggregate",
            fields,
            description=f"What holds of all {object_type.plural_label} of a list that match, whatever its page.",
        )
    )


def aggregated(object_type: ObjectType) -> list[Property]:
    """The properties that have an aggregate: long texts, JSON, lists of options and what is computed have none."""
    return [prop for prop in (*SYSTEM_PROPERTIES, *object_type.stored_properties) if prop.type in _TYPES]


def aggregate_name(prop: Property) -> str:
    """The type of a property's aggregate."""
    return _TYPES[prop.type]


def aggregate_field(types: TypeRegistry, object_type: ObjectType) -> GraphQLField:
    """The field of a connection."""
    return GraphQLField(
        GraphQLNonNull(types[f"{object_type.type_name}Aggregate"]),
        description="Counts, sums and more over all that match, over all pages.",
        extensions={KEY: Part.AGGREGATE},
    )


def _measure(function: str, leaf: Any, mean: Any) -> GraphQLField:
    kinds: dict[str, Any] = {
        "count": GraphQLNonNull(GraphQLInt),
        "countDistinct": GraphQLNonNull(GraphQLInt),
        "avg": mean,
        "median": mean,
    }
    arguments = {"p": GraphQLArgument(GraphQLNonNull(GraphQLFloat))} if function == "percentile" else {}
    return GraphQLField(
        kinds.get(function, leaf),
        arguments,
        description=_DESCRIPTIONS[function],
        extensions={KEY: MeasureField(function)},
    )
