"""Record types, their connections and the fields that reach them, made straight as graphql-core types.

A Strawberry class per object type would cost ten times the time and five times the memory (graphql.md 1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from graphdb.catalog.model import SYSTEM_PROPERTIES
from schema.bindings import KEY, ListField, LookupField, Part, RecordType
from schema.build.across import across_fields
from schema.build.aggregates import aggregate_field
from schema.build.connections import bound, listed
from schema.build.groups import group_field
from schema.build.journal import history_field
from schema.scalars import TYPE_MAPPINGS, DateTime

if TYPE_CHECKING:
    from graphdb.catalog.model import LabelSide, ObjectType, Property
    from schema.build.registry import Hop, TypeRegistry


_PAGE: Final = {
    "first": GraphQLArgument(GraphQLInt, description="The page's size, counted from the start."),
    "after": GraphQLArgument(GraphQLString, description="Only what follows the record with this cursor."),
    "last": GraphQLArgument(GraphQLInt, description="The page's size, counted from the end; not beside `first`."),
    "before": GraphQLArgument(GraphQLString, description="Only what precedes the record with this cursor."),
}
_KEPT: Final = "Kept: as of the change log's position that `changes { rollUpsPosition }` tells."
_LABEL: Final = GraphQLArgument(
    GraphQLString, description="Only those with this label, by its API name, such as `billing`."
)


def add_interfaces(types: TypeRegistry) -> None:
    """``Node`` (the Relay specification's) and ``Record``, which every record type implements."""
    node = types.add(
        GraphQLInterfaceType(
            "Node",
            lambda: {"id": _id_field()},
            description="Anything with a globally unique id.",
        )
    )
    types.add(
        GraphQLInterfaceType(
            "Record",
            lambda: _common_fields(types),
            interfaces=[node],
            description="A record of any object type. The object types grow: keep a default branch.",
        )
    )


def add_record_type(types: TypeRegistry, object_type: ObjectType) -> None:
    """The object type, its connection and its edge."""
    name = object_type.type_name
    types.add(
        GraphQLObjectType(
            name,
            lambda: _record_fields(types, object_type),
            interfaces=lambda: [types["Node"], types["Record"]],
            description=object_type.description or object_type.label,
            extensions={KEY: RecordType(object_type)},
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Connection",
            lambda: {
                "nodes": bound(listed(types[name]), Part.NODES, "The page's records."),
                "edges": bound(listed(types[f"{name}Edge"]), Part.EDGES, "The page's records with what joins them."),
                "pageInfo": bound(GraphQLNonNull(types["PageInfo"]), Part.PAGE_INFO, "Whether there is more."),
                "totalCount": bound(
                    GraphQLNonNull(GraphQLInt), Part.TOTAL_COUNT, "How many match, over all pages. Counted when asked."
                ),
                "aggregate": aggregate_field(types, object_type),
                "groupBy": group_field(types, object_type),
            },
            description=f"A page of {object_type.plural_label}.",
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Edge",
            lambda: {
                "node": bound(GraphQLNonNull(types[name]), Part.NODE, "The record."),
                "cursor": bound(GraphQLNonNull(GraphQLString), Part.CURSOR, "For `after` and `before`."),
                "labels": bound(
                    listed(types["AssociationLabel"]),
                    Part.LABELS,
                    "What the association says of the record, seen from where the list hangs. Empty in a root list.",
                ),
                "associatedAt": bound(DateTime, Part.ASSOCIATED_AT, "When the two were joined. Null in a root list."),
            },
            description=f"One of {object_type.plural_label} in a page.",
        )
    )


def query_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root fields that answer records."""
    record = types["Record"]
    ids = GraphQLArgument(GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLID))))
    fields = {
        "node": GraphQLField(
            record,
            {"id": GraphQLArgument(GraphQLNonNull(GraphQLID))},
            description="The record with this id, of whatever object type, live or archived; null when there is none. "
            "The id of a record that was merged into another one gives that one.",
            extensions={KEY: Part.NODE_BY_ID},
        ),
        "nodes": GraphQLField(
            GraphQLNonNull(GraphQLList(record)),
            {"ids": ids},
            description="The records with these ids, in their order; null for an unknown one. "
            f"At most {types.limits.page_size_max:,}.",
            extensions={KEY: Part.NODES_BY_IDS},
        ),
    }
    fields["archived"] = GraphQLField(
        GraphQLNonNull(types["RecordConnection"]),
        {
            "types": GraphQLArgument(GraphQLList(GraphQLNonNull(types.object_type_name))),
            **_PAGE,
        },
        description="Archived records of any object type, or of `types`, the latest first; no other list holds one. "
        f"A page holds {types.limits.page_size_root} unless `first` or `last` is given.",
        extensions={KEY: Part.ARCHIVED},
    )
    for object_type in types.catalog.enabled:
        fields[object_type.field] = GraphQLField(
            types[object_type.type_name],
            {"by": GraphQLArgument(GraphQLNonNull(types[f"{object_type.type_name}Ref"]))},
            description=f"One {object_type.label}; null when there is none.",
            deprecation_reason=object_type.deprecation,
            extensions={KEY: LookupField(object_type)},
        )
        fields[object_type.plural_field] = GraphQLField(
            types.required(f"{object_type.type_name}Connection"),
            _list_arguments(types, object_type),
            description=f"{object_type.plural_label}, oldest first unless `orderBy` says otherwise. "
            f"A page holds {types.limits.page_size_root} unless `first` or `last` is given.",
            deprecation_reason=object_type.deprecation,
            extensions={KEY: ListField(object_type)},
        )
    return fields


def _common_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    created, updated = SYSTEM_PROPERTIES
    return {
        "id": _id_field(),
        "objectType": bound(GraphQLNonNull(types.object_type_name), Part.OBJECT_TYPE, "Which object type it is."),
        "displayName": bound(
            GraphQLNonNull(GraphQLString), Part.DISPLAY_NAME, "What to call it in a list: a name, or the id at worst."
        ),
        "createdAt": _property_field(types, created, GraphQLNonNull(DateTime)),
        "updatedAt": _property_field(types, updated, GraphQLNonNull(DateTime)),
        "archivedAt": bound(DateTime, Part.ARCHIVED_AT, "When it was archived; null while it is live."),
        **across_fields(types),
        **history_field(types),
    }


def _record_fields(types: TypeRegistry, object_type: ObjectType) -> dict[str, GraphQLField]:
    fields = _common_fields(types)
    for prop in types.properties(object_type):
        leaf = types.leaf_type(prop)
        many = TYPE_MAPPINGS[prop.type].many
        fields[prop.name] = _property_field(types, prop, GraphQLList(GraphQLNonNull(leaf)) if many else leaf)
    for hop in types.hops(object_type):
        fields[hop.field] = _hop_field(types, hop)
    return fields


def _hop_field(types: TypeRegistry, hop: Hop) -> GraphQLField:
    far, label = hop.far, hop.stands_for.label
    if label is not None and hop.stands_for.single:
        return GraphQLField(
            types[far.type_name],
            description=f"The associated {far.label} labelled “{label.shown}”; {_how_many(label)}.",
            deprecation_reason=label.deprecation,
            extensions=hop.meaning,
        )
    labelled = f" labelled “{label.shown}”" if label else ""
    field = GraphQLField(
        types.required(f"{far.type_name}Connection"),
        description=f"Associated {far.plural_label}{labelled}. "
        f"A page holds {types.limits.page_size_nested} unless `first` or `last` is given.",
        deprecation_reason=hop.stands_for.deprecation,
        extensions=hop.meaning,
    )
    # Not by the constructor, which would copy them for each of the fields that lead to an object type.
    field.args = _list_arguments(types, far, with_label=label is None)
    return field


def _how_many(label: LabelSide) -> str:
    return "the oldest of them" if label.former else "at most one"


def _list_arguments(
    types: TypeRegistry, object_type: ObjectType, *, with_label: bool = False
) -> dict[str, GraphQLArgument]:
    found = types.arguments.get((object_type.name, with_label))
    if found is None:
        found = {**_list_arguments(types, object_type), "label": _LABEL} if with_label else _new(types, object_type)
        types.arguments[object_type.name, with_label] = found
    return found


def _new(types: TypeRegistry, object_type: ObjectType) -> dict[str, GraphQLArgument]:
    name = object_type.type_name
    return {
        **_PAGE,
        "where": GraphQLArgument(types[f"{name}Where"]),
        "orderBy": GraphQLArgument(GraphQLList(GraphQLNonNull(types[f"{name}OrderBy"]))),
    }


def _id_field() -> GraphQLField:
    return bound(GraphQLNonNull(GraphQLID), Part.ID, "Unique over all object types; opaque.")


def _property_field(types: TypeRegistry, prop: Property, graphql_type: Any) -> GraphQLField:
    shown = prop.description or prop.label
    return GraphQLField(
        graphql_type,
        description=shown if prop.computed or not prop.kept else f"{shown.rstrip('.')}. {_KEPT}",
        deprecation_reason=prop.deprecation,
        extensions=types.meaning(prop),
    )
