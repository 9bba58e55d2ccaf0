"""What connections of all kinds are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLField, GraphQLInt, GraphQLList, GraphQLNonNull, GraphQLObjectType, GraphQLString

from schema.bindings import KEY, Part

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.build.registry import TypeRegistry


def add_forward_connection(
    types: TypeRegistry,
    name: str,
    node: str,
    of_edges: Callable[[], dict[str, GraphQLField]],
    *,
    connection: str,
    edges: str,
    edge: str,
) -> None:
    """``SearchConnection`` and ``SearchEdge``: a list of records of several object types, paged forward.

    Args:
        types: Where the two are added.
        name: What their names begin with.
        node: The type of a record.
        of_edges: What an edge has beside its record and its cursor.
        connection: Description of the list.
        edges: Description of its field ``edges``.
        edge: Description of an edge.
    """
    types.add(
        GraphQLObjectType(
            f"{name}Connection",
            lambda: {
                "nodes": bound(listed(types[node]), Part.NODES, "The page's records."),
                "edges": bound(listed(types[f"{name}Edge"]), Part.EDGES, edges),
                "pageInfo": bound(GraphQLNonNull(types["PageInfo"]), Part.PAGE_INFO, "Whether there is more."),
                "totalCount": bound(
                    GraphQLNonNull(GraphQLInt), Part.TOTAL_COUNT, "How many, over all pages. Counted when asked."
                ),
            },
            description=connection,
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Edge",
            lambda: {
                "node": bound(GraphQLNonNull(types[node]), Part.NODE, "The record."),
                "cursor": bound(GraphQLNonNull(GraphQLString), Part.CURSOR, "For `after`."),
                **of_edges(),
            },
            description=edge,
        )
    )


def bound(graphql_type: Any, part: Part, description: str) -> GraphQLField:
    """A field that means the same wherever it stands."""
    return GraphQLField(graphql_type, description=description, extensions={KEY: part})


def listed(item: Any) -> GraphQLNonNull[Any]:
    """``[T!]!``."""
    return GraphQLNonNull(GraphQLList(GraphQLNonNull(item)))
