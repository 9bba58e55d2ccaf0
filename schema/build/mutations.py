"""The root fields that write: those of each object type, for one record and for many, and those of two records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLArgument, GraphQLField, GraphQLID, GraphQLList, GraphQLNonNull, GraphQLString

from schema.bindings import KEY, PairWrite, PairWriteField, Write, WriteField
from schema.scalars import DateTime

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry

Arguments = dict[str, GraphQLArgument]


def mutation_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root fields that write. Every one is non-null: by the specification, all or nothing."""
    on_error = GraphQLArgument(
        GraphQLNonNull(types["OnError"]), default_value="ROLLBACK", description="What refused items mean for the rest."
    )
    if_updated_at = GraphQLArgument(DateTime, description="Refuse with CONFLICT unless `updatedAt` is still this.")
    take = GraphQLArgument(
        GraphQLList(GraphQLNonNull(GraphQLString)), description="Properties whose value is the loser's."
    )
    loser = GraphQLArgument(GraphQLNonNull(GraphQLID), description="The id that was merged into another record.")
    purged = {False: GraphQLNonNull(types["PurgePayload"]), True: GraphQLNonNull(types["PurgeBatchPayload"])}
    fields: dict[str, GraphQLField] = {}
    for object_type in types.catalog.enabled:
        name = object_type.type_name
        # One object wherever it stands: at 500 object types each copy counts.
        payload = {
            False: GraphQLNonNull(types[f"{name}Payload"]),
            True: GraphQLNonNull(types[f"{name}BatchPayload"]),
        }
        told = (
            *_of_type(types, object_type, if_updated_at, take, loser),
            *_of_many(types, object_type, on_error),
        )
        for field, write, arguments, description in told:
            answers = purged if write.kind is Write.PURGE else payload
            fields[field] = GraphQLField(
                answers[write.many],
                arguments,
                description=description,
                deprecation_reason=object_type.deprecation,
                extensions={KEY: write},
            )
    ref = GraphQLArgument(GraphQLNonNull(types["RecordRef"]))
    labels = GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLString)))
    inputs = GraphQLArgument(GraphQLNonNull(GraphQLList(GraphQLNonNull(types["AssociationInput"]))))
    for kind, name, description in _PAIRS:
        fields[name] = GraphQLField(
            GraphQLNonNull(types["AssociationPayload"]),
            {"from": ref, "to": ref, "labels": labels},
            description=f"{description} A paired label's name says what `to` is to `from`.",
            extensions={KEY: PairWriteField(kind)},
        )
        fields[f"{name}Many"] = GraphQLField(
            GraphQLNonNull(types["AssociationBatchPayload"]),
            {"inputs": inputs, "onError": on_error},
            description=f"As `{name}`, for many pairs.",
            extensions={KEY: PairWriteField(kind, many=True)},
        )
    return fields


_PAIRS = (
    (PairWrite.ASSOCIATE, "associate", "Joins two records and adds labels."),
    (PairWrite.SET_LABELS, "setLabels", "Joins two records and replaces whatever labels they have."),
    (
        PairWrite.DISSOCIATE,
        "dissociate",
        "Takes labels off two records, which stay joined; without labels, parts the two.",
    ),
)

_Field = tuple[str, WriteField, Arguments, str]


def _of_type(
    types: TypeRegistry,
    object_type: ObjectType,
    if_updated_at: GraphQLArgument,
    take: GraphQLArgument,
    loser: GraphQLArgument,
) -> Iterator[_Field]:
    """What is done with one record (a merge: with two)."""
    name = object_type.type_name
    record_input = GraphQLArgument(GraphQLNonNull(types[f"{name}Input"]))
    ref = GraphQLArgument(GraphQLNonNull(types[f"{name}Ref"]))
    by = {"by": ref}

    def field(verb: str, kind: Write, arguments: Arguments, description: str) -> _Field:
        return f"{verb}{name}", WriteField(object_type, kind), arguments, description

    yield field("create", Write.CREATE, {"input": record_input}, "A new record.")
    changes = {"by": ref, "input": record_input, "ifUpdatedAt": if_updated_at}
    yield field("update", Write.UPDATE, changes, "Changes the properties that are given; links add.")
    if object_type.unique_properties:
        by_key = {"by": GraphQLArgument(GraphQLNonNull(types[f"{name}UniqueKey"])), "input": record_input}
        yield field("upsert", Write.UPSERT, by_key, "Updates the record that has the key's value, or creates it.")
    yield field(
        "archive", Write.ARCHIVE, by, "Takes a record out of all lists but `archived`; its unique values are free."
    )
    yield field("restore", Write.RESTORE, by, "Brings an archived record back, with its associations to live records.")
    yield field("purge", Write.PURGE, by, "Deletes a record, live or archived, for good.")
    merged = {"winner": ref, "loser": ref, "take": take}
    yield f"merge{_plural(object_type)}", WriteField(object_type, Write.MERGE), merged, _MERGED
    yield field("unmerge", Write.UNMERGE, {"loser": loser}, _UNMERGED)


def _of_many(types: TypeRegistry, object_type: ObjectType, on_error: GraphQLArgument) -> Iterator[_Field]:
    """What is done with many records in one field."""
    name, plural = object_type.type_name, _plural(object_type)

    def several(named: str) -> GraphQLArgument:
        return GraphQLArgument(GraphQLNonNull(types.several(types[f"{name}{named}"])))

    def field(verb: str, kind: Write, arguments: Arguments) -> _Field:
        return f"{verb}{plural}", WriteField(object_type, kind, many=True), arguments, _MANY

    inputs = several("Input")
    by = {"by": several("Ref"), "onError": on_error}
    yield field("create", Write.CREATE, {"inputs": inputs, "onError": on_error})
    yield field("update", Write.UPDATE, {"inputs": several("UpdateInput"), "onError": on_error})
    if object_type.unique_properties:
        key = GraphQLArgument(GraphQLNonNull(types[f"{name}UniqueKey"]))
        yield field("upsert", Write.UPSERT, {"by": key, "inputs": inputs, "onError": on_error})
    for verb, kind in (("archive", Write.ARCHIVE), ("restore", Write.RESTORE), ("purge", Write.PURGE)):
        yield field(verb, kind, by)


_MERGED = (
    "The winner takes over the loser's associations, unique values and id, and its values where it has none itself; "
    "the loser is no more."
)
_UNMERGED = (
    "Undoes a merge: the loser is a record of its own again, with what it had; the winner keeps what it had itself and "
    "what came since. Of several merges into one record, the latest is undone first."
)
_MANY = "As the mutation in the singular, for many records."


def _plural(object_type: ObjectType) -> str:
    """Records of a type as the end of a field's name."""
    return object_type.plural_field[:1].upper() + object_type.plural_field[1:]
