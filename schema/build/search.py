"""``search``: records of any object type by words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLString,
)

from schema.bindings import KEY, Part
from schema.build.connections import add_forward_connection, bound

if TYPE_CHECKING:
    from schema.build.registry import TypeRegistry


def add_search_types(types: TypeRegistry) -> None:
    """``SearchConnection`` and its edge."""
    add_forward_connection(
        types,
        "Search",
        "Record",
        lambda: {
            "score": bound(
                GraphQLNonNull(GraphQLFloat),
                Part.SCORE,
                "The share of the words that the record holds whole, and one more where its name begins with one.",
            )
        },
        connection="A page of what was found, the best match first.",
        edges="The page's records with their scores.",
        edge="Something that was found.",
    )


def search_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root field."""
    return {
        "search": GraphQLField(
            GraphQLNonNull(types["SearchConnection"]),
            {
                "text": GraphQLArgument(GraphQLNonNull(GraphQLString)),
                "types": GraphQLArgument(GraphQLList(GraphQLNonNull(types.object_type_name))),
                "first": GraphQLArgument(GraphQLInt),
                "after": GraphQLArgument(GraphQLString),
            },
            description="Records of any object type, or of `types`, in whose texts every word of `text` stands or a "
            "word begins so, whatever the case and the accents. The best match comes first, ties by id. A page holds "
            f"{types.limits.page_size_root} unless `first` is given.",
            extensions={KEY: Part.SEARCH},
        )
    }
