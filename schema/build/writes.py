"""Mutations and their inputs: refs, links and payloads, one set per object type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
)

from graphdb.catalog.model import PropertyType
from schema.bindings import KEY, Part, Write, WriteField
from schema.scalars import DateTime

if TYPE_CHECKING:
    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry


def add_shared_write_types(types: TypeRegistry) -> None:
    """What names a record of any type, and what ``associate`` answers."""
    key = types.add(
        GraphQLInputObjectType(
            "RecordKey",
            lambda: {
                "type": GraphQLInputField(GraphQLNonNull(types.object_type_name)),
                "property": GraphQLInputField(GraphQLNonNull(GraphQLString), description="A unique property's name."),
                "value": GraphQLInputField(GraphQLNonNull(GraphQLString)),
            },
            description="A record by a unique property.",
        )
    )
    types.add(
        GraphQLInputObjectType(
            "RecordRef",
            lambda: {"id": GraphQLInputField(GraphQLID), "key": GraphQLInputField(key)},
            description="A record of any object type.",
            is_one_of=True,
        )
    )
    types.add(
        GraphQLObjectType(
            "AssociationPayload",
            lambda: {
                "from": GraphQLField(GraphQLNonNull(types["Record"]), description="The record named by `from`."),
                "to": GraphQLField(GraphQLNonNull(types["Record"]), description="The record named by `to`."),
                "labels": GraphQLField(
                    GraphQLNonNull(GraphQLList(GraphQLNonNull(types["AssociationLabel"]))),
                    description="What `to` now is to `from`.",
                ),
                "created": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether they are newly joined."),
            },
        )
    )


def add_write_types(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactRef``, ``ContactLink``, ``ContactUniqueKey``, ``ContactInput`` and ``ContactPayload``."""
    name, unique = object_type.type_name, object_type.unique_properties

    def ref_fields() -> dict[str, GraphQLInputField]:
        return {
            "id": GraphQLInputField(GraphQLID),
            **{
                prop.name: GraphQLInputField(
                    types.leaf_type(prop), description=prop.description, extensions=types.meaning(prop)
                )
                for prop in unique
            },
        }

    for suffix, description in (
        ("Ref", f"One {object_type.label}, by id or by a unique property."),
        ("Link", f"A {object_type.label} to associate, by id or by a unique property."),
    ):
        types.add(GraphQLInputObjectType(f"{name}{suffix}", ref_fields, description=description, is_one_of=True))
    if object_type.unique_properties:
        types.add(
            GraphQLEnumType(
                f"{name}UniqueKey",
                {prop.name: GraphQLEnumValue(prop.name, description=prop.description or prop.label) for prop in unique},
                description=f"The unique properties of {object_type.label}; the value stands in the input.",
            )
        )
    types.add(
        GraphQLInputObjectType(
            f"{name}Input",
            lambda: _input_fields(types, object_type),
            description="All optional; what a new record must have is checked by the writer, all faults at once. "
            "A property set to null is unset.",
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}Payload",
            lambda: {
                object_type.field: GraphQLField(GraphQLNonNull(types[name]), description="The record as it now is."),
                "created": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether it is new."),
            },
        )
    )


def mutation_fields(types: TypeRegistry) -> dict[str, GraphQLField]:
    """The root fields that write. Every one is non-null: by the specification, all or nothing."""
    fields: dict[str, GraphQLField] = {}
    for object_type in types.catalog.enabled:
        name = object_type.type_name
        record_input = GraphQLArgument(GraphQLNonNull(types[f"{name}Input"]))
        arguments: dict[Write, tuple[str, dict[str, GraphQLArgument], str]] = {
            Write.CREATE: (f"create{name}", {"input": record_input}, f"A new {object_type.label}."),
            Write.UPDATE: (
                f"update{name}",
                {
                    "by": GraphQLArgument(GraphQLNonNull(types[f"{name}Ref"])),
                    "input": record_input,
                    "ifUpdatedAt": GraphQLArgument(
                        DateTime, description="Refuse with CONFLICT unless `updatedAt` is still this."
                    ),
                },
                "Changes the properties that are given; links add.",
            ),
        }
        if object_type.unique_properties:
            arguments[Write.UPSERT] = (
                f"upsert{name}",
                {"by": GraphQLArgument(GraphQLNonNull(types[f"{name}UniqueKey"])), "input": record_input},
                "Updates the record that has the key's value, or creates it.",
            )
        for kind, (field, field_arguments, description) in arguments.items():
            fields[field] = GraphQLField(
                GraphQLNonNull(types[f"{name}Payload"]),
                field_arguments,
                description=description,
                deprecation_reason=object_type.deprecation,
                extensions={KEY: WriteField(object_type, kind)},
            )
    ref = GraphQLArgument(GraphQLNonNull(types["RecordRef"]))
    fields["associate"] = GraphQLField(
        GraphQLNonNull(types["AssociationPayload"]),
        {"from": ref, "to": ref, "labels": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLString)))},
        description="Joins two records and adds labels. A paired label's name says what `to` is to `from`.",
        extensions={KEY: Part.ASSOCIATE},
    )
    return fields


def _input_fields(types: TypeRegistry, object_type: ObjectType) -> dict[str, GraphQLInputField]:
    fields: dict[str, GraphQLInputField] = {}
    for prop in object_type.properties:
        if prop.read_only:
            continue
        leaf: Any = types.leaf_type(prop)
        many = prop.type is PropertyType.MULTI_ENUMERATION
        fields[prop.name] = GraphQLInputField(
            GraphQLList(GraphQLNonNull(leaf)) if many else leaf,
            description=prop.description or prop.label,
            deprecation_reason=prop.deprecation,
            extensions=types.meaning(prop),
        )
    for hop in types.hops(object_type):
        link = f"{hop.far.type_name}Link"
        fields[hop.field] = GraphQLInputField(
            types[link] if hop.stands_for.single else GraphQLList(types.required(link)),
            description="Associates this record; what is associated already stays.",
            deprecation_reason=hop.stands_for.deprecation,
            extensions=hop.meaning,
        )
    return fields
