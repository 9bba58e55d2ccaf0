"""``search``: records of any object type by words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLFloat,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from schema.bindings import KEY, Part

if TYPE_CHECKING:
    from schema.build.registry import TypeRegistry


def add_search_types(types: TypeRegistry) -> None:
    """``SearchConnection`` and its edge."""
    types.add(
        GraphQLObjectType(
            "SearchConnection",
            lambda: {
                "nodes": _bound(_list(types["Record"]), Part.NODES, "The page's records."),
                "edges": _bound(_list(types["SearchEdge"]), Part.EDGES, "The page's records with their scores."),
                "pageInfo": _bound(GraphQLNonNull(types["PageInfo"]), Part.PAGE_INFO, "Whether there is more."),
                "totalCount": _bound(
                    GraphQLNonNull(GraphQLInt), Part.TOTAL_COUNT, "How many, over all pages. Counted when asked."
                ),
            },
            description="A page of what was found, the best match first.",
        )
    )
    types.add(
        GraphQLObjectType(
            "SearchEdge",
            lambda: {
                "node": _bound(GraphQLNonNull(types["Record"]), Part.NODE, "The record."),
                "cursor": _bound(GraphQLNonNull(GraphQLString), Part.CURSOR, "For `after`."),
                "score": _bound(
                    GraphQLNonNull(GraphQLFloat),
                    Part.SCORE,
                    "The share of the words that the record holds whole, and one more where its name begins with one.",
                ),
            },
            description="Something that was found.",
        )
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


def _bound(graphql_type: Any, part: Part, description: str) -> GraphQLField:
    return GraphQLField(graphql_type, description=description, extensions={KEY: part})


def _list(item: Any) -> GraphQLNonNull[Any]:
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))
