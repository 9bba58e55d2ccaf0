"""``changes``: the change log; and ``history``, which every record has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from graphdb.journal.entries import Kind, Source
from schema.bindings import KEY, Part
from schema.build.connections import listed
from schema.scalars import JSON, DateTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.build.registry import TypeRegistry

_KINDS = {
    Kind.CREATED: "A record is new.",
    Kind.UPDATED: "Values of a record changed.",
    Kind.ARCHIVED: "A record left the live ones.",
    Kind.RESTORED: "A record came back: an archived one, or one whose merge into another was undone.",
    Kind.MERGED: "Another record was merged into this one.",
    Kind.UNMERGED: "Such a merge was undone: the other record is one of its own again.",
    Kind.PURGED: "A record is gone for good.",
    Kind.ASSOCIATED: "Two records were joined.",
    Kind.DISSOCIATED: "Two records are no longer joined.",
    Kind.LABELS_CHANGED: "What an association says changed.",
}
_SOURCES = {
    Source.API: "A mutation.",
    Source.IMPORT: "An import of files, or the sample data.",
    Source.SYNC: "A synchronisation with another system.",
    Source.WORKFLOW: "A workflow.",
}
_ARGUMENTS = {"first": GraphQLArgument(GraphQLInt), "after": GraphQLArgument(GraphQLString)}


def add_journal_types(types: TypeRegistry) -> None:
    """``ChangeConnection`` and ``HistoryConnection``, and what they are made of."""
    types.add(_enum("ChangeKind", _KINDS, "What happened."))
    types.add(_enum("ChangeSource", _SOURCES, "Which way a change came."))
    types.add(GraphQLObjectType("PropertyChange", _property_change, description="A value before and after."))
    types.add(
        GraphQLObjectType(
            "AssociationChange",
            lambda: {
                "recordId": _field(GraphQLNonNull(GraphQLID), "The record at the other end."),
                "objectType": _field(GraphQLNonNull(types.object_type_name), "Its object type."),
                "labels": _field(listed(GraphQLString), "What it is to the entry's record, by the labels' API names."),
                "labelsBefore": _field(listed(GraphQLString), "The same before."),
            },
            description="What became of an association; each is one entry, told from one of its ends.",
        )
    )
    types.add(GraphQLObjectType("Change", lambda: _change(types), description="An entry of the change log."))
    types.add(
        GraphQLObjectType(
            "HistoryItem",
            lambda: {
                **_property_change(),
                **_whence(types),
                "rev": _field(GraphQLNonNull(GraphQLInt), "The record's revision since."),
            },
            description="A value of a record before and after, and what is known of the change.",
        )
    )
    _add_connection(
        types,
        "Change",
        "Change",
        lambda: {
            "position": _field(
                GraphQLNonNull(GraphQLString),
                "Where the log stands: its last entry's cursor. Whoever begins `after` it sees what comes from now.",
            ),
            "rollUpsPosition": _field(
                GraphQLNonNull(GraphQLString),
                "The cursor of the last entry that kept roll-ups show; the same as `position` where they show all.",
            ),
        },
        "A stretch of the change log, oldest first. `pageInfo.endCursor` is where to go on, also after a page without "
        "an entry: pages may hold fewer than `first` while there is more.",
    )
    _add_connection(types, "History", "HistoryItem", dict, "What became of a record's values, newest first.")


def journal_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root field."""
    return {
        "changes": GraphQLField(
            GraphQLNonNull(types["ChangeConnection"]),
            {
                "types": GraphQLArgument(
                    GraphQLList(GraphQLNonNull(types.object_type_name)),
                    description="Only entries about records of these; of associations, with one at an end.",
                ),
                "kinds": GraphQLArgument(GraphQLList(GraphQLNonNull(types["ChangeKind"]))),
                **_ARGUMENTS,
            },
            description="What changed since `after`, or since the log's beginning: every change once, one record's in "
            "the order of its revisions, and what was made after something could be seen comes after that. Asking "
            f"again is cheap. A page holds {types.limits.page_size_root} unless `first` is given.",
            extensions={KEY: Part.CHANGES},
        )
    }


def history_field(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The field of every record."""
    return {
        "history": GraphQLField(
            GraphQLNonNull(types["HistoryConnection"]),
            {"properties": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLString))), **_ARGUMENTS},
            description="What became of its values, or of those of `properties`, newest first. A page holds "
            f"{types.limits.page_size_nested} unless `first` is given.",
            extensions={KEY: Part.HISTORY},
        )
    }


def _change(types: TypeRegistry) -> dict[str, GraphQLField]:
    return {
        "kind": _field(GraphQLNonNull(types["ChangeKind"]), "What happened."),
        "objectType": _field(GraphQLNonNull(types.object_type_name), "The object type of the record it happened to."),
        "recordId": _field(GraphQLNonNull(GraphQLID), "The record that it happened to."),
        "record": _field(types["Record"], "That record as it now is; null unless it is live."),
        "rev": _field(GraphQLInt, "The record's revision since; null where that did not change."),
        **_whence(types),
        "changes": _field(listed(types["PropertyChange"]), "The values that changed; of a new record, those it has."),
        "association": _field(types["AssociationChange"], "Of an association, its other end and its labels."),
        "mergedId": _field(GraphQLID, "Of a merge and of its undoing, the record that was merged into this one."),
    }


def _whence(types: TypeRegistry) -> dict[str, GraphQLField]:
    return {
        "at": _field(GraphQLNonNull(DateTime), "When."),
        "by": _field(GraphQLString, "Who asked for it; null where nobody did."),
        "source": _field(GraphQLNonNull(types["ChangeSource"]), "Which way it came."),
    }


def _property_change() -> dict[str, GraphQLField]:
    return {
        "property": _field(GraphQLNonNull(GraphQLString), "The property's name."),
        "before": _field(JSON, "Its value before, as the property's own field shows values; null while unset."),
        "after": _field(JSON, "Its value since."),
    }


def _add_connection(
    types: TypeRegistry, name: str, node: str, further: Callable[[], dict[str, GraphQLField]], description: str
) -> None:
    types.add(
        GraphQLObjectType(
            f"{name}Connection",
            lambda: {
                "nodes": _field(listed(types[node]), "The page's entries."),
                "edges": _field(listed(types[f"{name}Edge"]), "The page's entries with their cursors."),
                "pageInfo": _field(GraphQLNonNull(types["PageInfo"]), "Whether there is more."),
                **further(),
            },
            description=description,
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Edge",
            lambda: {
                "node": _field(GraphQLNonNull(types[node]), "The entry."),
                "cursor": _field(GraphQLNonNull(GraphQLString), "For `after`."),
            },
            description="An entry with its cursor.",
        )
    )


def _field(graphql_type: Any, description: str) -> GraphQLField:
    return GraphQLField(graphql_type, description=description)


def _enum(name: str, values: dict[Any, str], description: str) -> GraphQLEnumType:
    return GraphQLEnumType(
        name,
        {value.value: GraphQLEnumValue(value.value, description=said) for value, said in values.items()},
        description=description,
    )
