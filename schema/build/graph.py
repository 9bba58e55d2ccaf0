"""Questions about the graph itself: ``neighbourhood``, ``associationsBetween`` and ``paths``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from schema.bindings import KEY, Part
from schema.build.connections import listed

if TYPE_CHECKING:
    from schema.build.registry import TypeRegistry


def add_graph_types(types: TypeRegistry) -> None:
    """``Graph`` and what it is made of."""
    types.add(
        GraphQLObjectType(
            "Graph",
            lambda: {
                "nodes": GraphQLField(listed(types["Record"]), description="The records, oldest first."),
                "edges": GraphQLField(
                    listed(types["GraphEdge"]), description="Every association between two of them, each once."
                ),
                "cut": GraphQLField(
                    listed(types["CutNeighbours"]),
                    description="Where records were left out. Empty where nothing was.",
                ),
            },
            description="Records and what joins them.",
        )
    )
    types.add(
        GraphQLObjectType(
            "GraphEdge",
            lambda: {
                "from": GraphQLField(GraphQLNonNull(GraphQLID), description="One record of the pair."),
                "to": GraphQLField(GraphQLNonNull(GraphQLID), description="The other one."),
                "labels": GraphQLField(listed(types["AssociationLabel"]), description="What `to` is to `from`."),
            },
            description="An association of two records of a graph.",
        )
    )
    types.add(
        GraphQLObjectType(
            "CutNeighbours",
            lambda: {
                "of": GraphQLField(GraphQLNonNull(GraphQLID), description="The record with more neighbours."),
                "type": GraphQLField(GraphQLNonNull(types.object_type_name), description="Their object type."),
                "more": GraphQLField(
                    GraphQLNonNull(GraphQLInt), description="How many associated records the graph does not hold."
                ),
            },
            description="How many neighbours of one object type a graph leaves out at one record.",
        )
    )
    _add_path_types(types)


def _add_path_types(types: TypeRegistry) -> None:
    types.add(
        GraphQLObjectType(
            "Path",
            lambda: {
                "length": GraphQLField(GraphQLNonNull(GraphQLInt), description="How many associations it goes along."),
                "nodes": GraphQLField(listed(types["Record"]), description="Its records, from `from` to `to`."),
                "edges": GraphQLField(listed(types["GraphEdge"]), description="Its associations, in that direction."),
            },
            description="A way from one record to another along associations, without a record twice.",
        )
    )
    types.add(
        GraphQLObjectType(
            "PathConnection",
            lambda: {
                "nodes": GraphQLField(listed(types["Path"]), description="The page's paths."),
                "edges": GraphQLField(listed(types["PathEdge"]), description="The page's paths with their cursors."),
                "pageInfo": GraphQLField(GraphQLNonNull(types["PageInfo"]), description="Whether there is more."),
            },
            description="A page of paths, the shortest first, then by the ids of their records.",
        )
    )
    types.add(
        GraphQLObjectType(
            "PathEdge",
            lambda: {
                "node": GraphQLField(GraphQLNonNull(types["Path"]), description="The path."),
                "cursor": GraphQLField(GraphQLNonNull(GraphQLString), description="For `after`."),
            },
            description="One of a page of paths.",
        )
    )


def graph_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root fields that answer graphs."""
    limits = types.limits
    one_id: Any = GraphQLNonNull(GraphQLID)
    return {
        "neighbourhood": GraphQLField(
            GraphQLNonNull(types["Graph"]),
            {
                "of": GraphQLArgument(one_id),
                "hops": GraphQLArgument(GraphQLInt),
                "perType": GraphQLArgument(GraphQLInt),
            },
            description=f"The records up to `hops` associations away from one: 1 unless given, at most "
            f"{limits.hops_max}. Each hop adds the oldest `perType` records of every object type, "
            f"{min(limits.page_size_nested, limits.per_type_max)} unless given, at most {limits.per_type_max:,}; `cut` "
            "tells, for every record within `hops - 1`, how many of its neighbours were left out. Empty for an unknown "
            "id.",
            extensions={KEY: Part.NEIGHBOURHOOD},
        ),
        "associationsBetween": GraphQLField(
            GraphQLNonNull(types["Graph"]),
            {"ids": GraphQLArgument(listed(GraphQLID))},
            description="The records with these ids, and every association between two of them. Unknown ids are left "
            f"out. At most {limits.page_size_max:,}.",
            extensions={KEY: Part.ASSOCIATIONS_BETWEEN},
        ),
        "paths": GraphQLField(
            GraphQLNonNull(types["PathConnection"]),
            {
                "from": GraphQLArgument(one_id),
                "to": GraphQLArgument(one_id),
                "maxHops": GraphQLArgument(GraphQLInt),
                "shortest": GraphQLArgument(GraphQLBoolean),
                "via": GraphQLArgument(GraphQLList(GraphQLNonNull(types.object_type_name))),
                "labels": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLString))),
                "first": GraphQLArgument(GraphQLInt),
                "after": GraphQLArgument(GraphQLString),
            },
            description="How two records are connected: the paths of up to `maxHops` associations, "
            f"{min(3, limits.path_hops_max)} unless given, at most {limits.path_hops_max}; with `shortest` those of "
            "the least length only. `via` names the object types that may lie between, `labels` the association "
            "labels, seen from either side, of which every association has to carry one. A page holds "
            f"{limits.page_size_root} unless `first` is given.",
            extensions={KEY: Part.PATHS},
        ),
    }
