"""Lists that hold records of several object types: ``associations`` and ``timeline``, which every record has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
)

from schema.bindings import KEY, Part, object_type_enum_value
from schema.scalars import DateTime

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry


def add_across_types(types: TypeRegistry) -> None:
    """``RecordConnection``, and what ``timeline`` is made of where the account has activities."""
    _add_connection(types, "Record", "Record", "records of any object type")
    activities = _activities(types)
    if not activities:
        return
    types.add(
        GraphQLEnumType(
            "TimelineKind",
            {
                object_type_enum_value(one): GraphQLEnumValue(object_type_enum_value(one), description=one.label)
                for one in activities
            },
            description="What timelines show.",
        )
    )
    types.add(
        GraphQLUnionType(
            "TimelineItem",
            lambda: [types[one.type_name] for one in activities],
            description="Something on a timeline. Its kinds grow: keep a default branch.",
        )
    )
    _add_connection(types, "Timeline", "TimelineItem", "what happened around a record, newest first")


def across_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The fields of every record whose lists go across object types."""
    page = f"A page holds {types.limits.page_size_nested} unless `first` is given."
    fields = {
        "associations": GraphQLField(
            GraphQLNonNull(types["RecordConnection"]),
            _arguments("types", types.object_type_name),
            description=f"Associated records of any object type, or of `types`, oldest first. {page}",
            extensions={KEY: Part.ASSOCIATIONS},
        )
    }
    if _activities(types):
        fields["timeline"] = GraphQLField(
            GraphQLNonNull(types["TimelineConnection"]),
            _arguments("kinds", types["TimelineKind"]),
            description="The associated activities, or those of `kinds`, by `occurredAt`, newest first; those without "
            f"a time come last. {page}",
            extensions={KEY: Part.TIMELINE},
        )
    return fields


def _activities(types: TypeRegistry) -> list[ObjectType]:
    return [object_type for object_type in types.catalog.enabled if object_type.activity]


def _arguments(choice: str, enum: GraphQLEnumType) -> dict[str, GraphQLArgument]:
    return {
        choice: GraphQLArgument(GraphQLList(GraphQLNonNull(enum))),
        "first": GraphQLArgument(GraphQLInt),
        "after": GraphQLArgument(GraphQLString),
    }


def _add_connection(types: TypeRegistry, name: str, node: str, shown: str) -> None:
    types.add(
        GraphQLObjectType(
            f"{name}Connection",
            lambda: {
                "nodes": _bound(_list(types[node]), Part.NODES, "The page's records."),
                "edges": _bound(_list(types[f"{name}Edge"]), Part.EDGES, "The page's records with what joins them."),
                "pageInfo": _bound(GraphQLNonNull(types["PageInfo"]), Part.PAGE_INFO, "Whether there is more."),
                "totalCount": _bound(
                    GraphQLNonNull(GraphQLInt), Part.TOTAL_COUNT, "How many, over all pages. Counted when asked."
                ),
            },
            description=f"A page of {shown}.",
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Edge",
            lambda: {
                "node": _bound(GraphQLNonNull(types[node]), Part.NODE, "The record."),
                "cursor": _bound(GraphQLNonNull(GraphQLString), Part.CURSOR, "For `after`."),
                "labels": _bound(
                    _list(types["AssociationLabel"]),
                    Part.LABELS,
                    "What the association says of the record, seen from where the list hangs.",
                ),
                "associatedAt": _bound(DateTime, Part.ASSOCIATED_AT, "When the two were joined."),
            },
            description=f"One of a page of {shown}.",
        )
    )


def _bound(graphql_type: Any, part: Part, description: str) -> GraphQLField:
    return GraphQLField(graphql_type, description=description, extensions={KEY: part})


def _list(item: Any) -> GraphQLNonNull[Any]:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))
