"""``groupBy``: typed keys, buckets of time, and the groups as a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from graphdb.catalog.model import PropertyType
from schema.bindings import KEY, KeyField, Part
from schema.build.aggregates import aggregated
from schema.ir import BUCKETED, GROUP_KEYS_MAX

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType, Property
    from schema.build.registry import TypeRegistry

_NUMBERS = frozenset({PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY})
_UNORDERED = frozenset({PropertyType.BOOLEAN, PropertyType.ENUMERATION})
_BUCKETS = ("HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR")


def add_shared_group_types(types: TypeRegistry) -> None:
    """How a property is grouped."""
    types.add(
        GraphQLEnumType("GroupValue", {"VALUE": GraphQLEnumValue("VALUE", description="A group for each value.")})
    )
    types.add(
        GraphQLEnumType(
            "DateBucket",
            {name: GraphQLEnumValue(name) for name in _BUCKETS},
            description="Spans of time that records are grouped by; weeks begin on Monday.",
        )
    )

    direction = types["OrderDirection"]
    for name, functions in (
        ("NumberAggregateOrderBy", ("count", "countDistinct", "sum", "avg", "min", "max", "median")),
        ("ValueAggregateOrderBy", ("count", "countDistinct", "min", "max")),
        ("CountAggregateOrderBy", ("count", "countDistinct")),
    ):
        fields = {function: GraphQLInputField(direction) for function in functions}
        types.add(GraphQLInputObjectType(name, fields, description="Exactly one key."))


def add_groups(types: TypeRegistry, object_type: ObjectType) -> None:
    """``DealGroupBy`` and ``DealGroupOrderBy``; ``DealGroupKey``, ``DealGroupItem`` and ``DealGroupConnection``."""
    _add_inputs(types, object_type)
    _add_outputs(types, object_type)


def _add_inputs(types: TypeRegistry, object_type: ObjectType) -> None:
    name = object_type.type_name
    properties = aggregated(object_type)

    def by_fields() -> dict[str, GraphQLInputField]:
        return {
            "id": GraphQLInputField(types["GroupValue"], description="A group for each record: of use over a hop."),
            **{
                prop.name: GraphQLInputField(
                    types["DateBucket" if prop.type in BUCKETED else "GroupValue"],
                    description=prop.description or prop.label,
                    extensions=types.meaning(prop),
                )
                for prop in properties
            },
            **{
                hop.field: GraphQLInputField(types[f"{hop.far.type_name}GroupBy"], extensions=hop.meaning)
                for hop in types.hops(object_type)
            },
        }

    types.add(
        GraphQLInputObjectType(
            f"{name}GroupBy",
            by_fields,
            description="Exactly one key in each object of the list. A key goes over one association at most.",
        )
    )

    def order_fields() -> dict[str, GraphQLInputField]:
        direction = types["OrderDirection"]
        return {
            "keys": GraphQLInputField(direction, description="By the keys, in their order."),
            "count": GraphQLInputField(direction, description="By how many records a group holds."),
            **figure_orders(types, object_type),
        }

    types.add(
        GraphQLInputObjectType(
            f"{name}GroupOrderBy", order_fields, description="Exactly one key in each object of the list."
        )
    )


def _add_outputs(types: TypeRegistry, object_type: ObjectType) -> None:
    name = object_type.type_name
    properties = aggregated(object_type)
    types.add(
        GraphQLObjectType(
            f"{name}GroupKey",
            lambda: {
                "id": GraphQLField(GraphQLID, description="The record itself.", extensions={KEY: Part.ID}),
                **{prop.name: _key(types, prop) for prop in properties},
                **{
                    hop.field: GraphQLField(types.required(f"{hop.far.type_name}GroupKey"), extensions=hop.meaning)
                    for hop in types.hops(object_type)
                },
            },
            description="What a group's records have in common: only what `by` names can be read.",
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}GroupItem",
            lambda: {
                "key": _bound(types, f"{name}GroupKey", Part.GROUP_KEY, "What its records have in common."),
                "aggregate": _bound(types, f"{name}Aggregate", Part.AGGREGATE, "What holds of its records."),
            },
            description=f"A group of {object_type.plural_label}.",
        )
    )
    _add_group_connection(types, object_type)


def _add_group_connection(types: TypeRegistry, object_type: ObjectType) -> None:
    name = object_type.type_name
    types.add(
        GraphQLObjectType(
            f"{name}GroupConnection",
            lambda: {
                "nodes": GraphQLField(
                    GraphQLNonNull(GraphQLList(GraphQLNonNull(types[f"{name}GroupItem"]))),
                    description="The page's groups.",
                    extensions={KEY: Part.NODES},
                ),
                "pageInfo": _bound(types, "PageInfo", Part.PAGE_INFO, "Whether there is more."),
                "totalCount": GraphQLField(
                    GraphQLNonNull(GraphQLInt),
                    description="How many groups there are, over all pages.",
                    extensions={KEY: Part.TOTAL_COUNT},
                ),
            },
            description=f"A page of groups of {object_type.plural_label}.",
        )
    )


def group_field(types: TypeRegistry, object_type: ObjectType) -> GraphQLField:
    """The field of a connection."""
    name = object_type.type_name
    by = GraphQLNonNull(GraphQLList(GraphQLNonNull(types[f"{name}GroupBy"])))
    return GraphQLField(
        GraphQLNonNull(types[f"{name}GroupConnection"]),
        {
            "by": GraphQLArgument(by, description=f"1 to {GROUP_KEYS_MAX} keys, one an object."),
            "timeZone": GraphQLArgument(
                GraphQLString, description="Where days begin, such as `Europe/Berlin`; the account's unless given."
            ),
            "having": GraphQLArgument(types[f"{name}Having"], description="Only groups whose figures are so."),
            "first": GraphQLArgument(GraphQLInt),
            "after": GraphQLArgument(GraphQLString),
            "orderBy": GraphQLArgument(
                GraphQLList(GraphQLNonNull(types[f"{name}GroupOrderBy"])),
                description="By the keys unless given; ties are settled by the keys.",
            ),
        },
        description="All that match, over all pages, in groups; those without a value come last. "
        f"A page holds {types.limits.page_size_root} unless `first` is given.",
        extensions={KEY: Part.GROUPS},
    )


def figure_orders(types: TypeRegistry, object_type: ObjectType) -> dict[str, GraphQLInputField]:
    """The keys of an order by one figure of a property: of groups, and of associated records."""
    return {
        prop.name: GraphQLInputField(types[_figure_order(prop)], extensions=types.meaning(prop))
        for prop in aggregated(object_type)
    }


def _figure_order(prop: Property) -> str:
    if prop.type in _NUMBERS:
        return "NumberAggregateOrderBy"
    return "CountAggregateOrderBy" if prop.type in _UNORDERED else "ValueAggregateOrderBy"


def _key(types: TypeRegistry, prop: Property) -> GraphQLField:
    bucket = GraphQLArgument(types["DateBucket"], description="Needed where `by` holds the property twice.")
    return GraphQLField(
        types.leaf_type(prop),
        {"bucket": bucket} if prop.type in BUCKETED else {},
        description=prop.description or prop.label,
        extensions={KEY: KeyField(prop)},
    )


def _bound(types: TypeRegistry, name: str, part: Part, description: str) -> GraphQLField:
    return GraphQLField(types.required(name), description=description, extensions={KEY: part})
