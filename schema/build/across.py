"""Lists that hold records of several object types: ``associations`` and ``timeline``, which every record has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
    GraphQLUnionType,
)

from schema.bindings import KEY, Part, object_type_enum_value
from schema.build.connections import add_forward_connection, bound, listed
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
    add_forward_connection(
        types,
        name,
        node,
        lambda: {
            "labels": bound(
                listed(types["AssociationLabel"]),
                Part.LABELS,
                "What the association says of the record, seen from where the list hangs.",
            ),
            "associatedAt": bound(DateTime, Part.ASSOCIATED_AT, "When the two were joined."),
        },
        connection=f"A page of {shown}.",
        edges="The page's records with what joins them.",
        edge=f"One of a page of {shown}.",
    )
