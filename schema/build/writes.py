"""Inputs and payloads of mutations, one set per object type; ``mutations`` makes the fields."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from graphql import (
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

from schema.scalars import TYPE_MAPPINGS, DateTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry

Fields = dict[str, GraphQLField]


def add_shared_write_types(types: TypeRegistry) -> None:
    """What names a record of any type, and what mutations of any types answer."""
    _add_refs(types)
    _add_faults(types)

    def joined(wrap: Callable[[Any], Any]) -> Fields:
        return {
            "from": GraphQLField(wrap(types["Record"]), description="The record named by `from`."),
            "to": GraphQLField(wrap(types["Record"]), description="The record named by `to`."),
            "labels": GraphQLField(
                GraphQLNonNull(types.several(types["AssociationLabel"])), description="What `to` now is to `from`."
            ),
            "created": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether they are newly joined."),
            "removed": GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether they were joined until now."),
        }

    _add_payloads(types, "Association", joined)
    _add_payloads(types, "Purge", lambda wrap: {"id": GraphQLField(wrap(GraphQLID), description="The id it had.")})


def _add_refs(types: TypeRegistry) -> None:
    """What names a record, or two, of any type."""
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
        GraphQLInputObjectType(
            "AssociationInput",
            lambda: {
                "from": GraphQLInputField(GraphQLNonNull(types["RecordRef"])),
                "to": GraphQLInputField(GraphQLNonNull(types["RecordRef"])),
                "labels": GraphQLInputField(GraphQLList(GraphQLNonNull(GraphQLString))),
            },
            description="Two records of any object types. A paired label's name says what `to` is to `from`.",
        )
    )


def _add_faults(types: TypeRegistry) -> None:
    """What becomes of items that are refused."""
    types.add(
        GraphQLEnumType(
            "OnError",
            {
                "ROLLBACK": GraphQLEnumValue("ROLLBACK", description="Nothing of the request is written."),
                "CONTINUE": GraphQLEnumValue(
                    "CONTINUE", description="Items without faults are written; the others' faults are data."
                ),
            },
            description="What becomes of a mutation in the plural when items of it are refused.",
        )
    )
    types.add(
        GraphQLObjectType(
            "Fault",
            lambda: {
                "code": GraphQLField(GraphQLNonNull(GraphQLString), description="BAD_USER_INPUT, NOT_FOUND, CONFLICT."),
                "message": GraphQLField(GraphQLNonNull(GraphQLString)),
                "input": GraphQLField(
                    GraphQLNonNull(GraphQLList(GraphQLNonNull(GraphQLString))),
                    description="The place in the field's arguments.",
                ),
                "conflictingId": GraphQLField(GraphQLID, description="The record that has the value already."),
            },
            description="One thing wrong with an item.",
        )
    )


def add_write_types(types: TypeRegistry, object_type: ObjectType) -> None:
    """``ContactRef``, ``ContactLink``, ``ContactUniqueKey``, its inputs and its payloads."""
    name = object_type.type_name
    _add_references(types, object_type)
    _add_inputs(types, object_type)

    def payload(wrap: Callable[[Any], Any]) -> Fields:
        return {
            object_type.field: GraphQLField(wrap(types[name]), description="The record as it now is."),
            "created": types.shared.created,
        }

    _add_payloads(types, name, payload)


def _add_references(types: TypeRegistry, object_type: ObjectType) -> None:
    """What names a record of a type: by id or by a unique property, or one to be created."""
    name, unique = object_type.type_name, object_type.unique_properties

    @cache
    def ref_fields() -> dict[str, GraphQLInputField]:
        leaves = {prop: types.leaf_type(prop) for prop in unique}
        return {
            "id": types.shared.id,
            **{
                prop.name: GraphQLInputField(leaf, description=prop.description, extensions=types.meaning(prop))
                for prop, leaf in leaves.items()
            },
        }

    types.add(
        GraphQLInputObjectType(
            f"{name}Ref",
            ref_fields,
            description=f"One {object_type.label}, by id or by a unique property.",
            is_one_of=True,
        )
    )
    types.add(
        GraphQLInputObjectType(
            f"{name}Link",
            lambda: {**ref_fields(), "create": GraphQLInputField(types[f"{name}NestedInput"])},
            description=f"A {object_type.label} to associate: by id or by a unique property, or a new one.",
            is_one_of=True,
        )
    )
    if unique:
        types.add(
            GraphQLEnumType(
                f"{name}UniqueKey",
                {prop.name: GraphQLEnumValue(prop.name, description=prop.description or prop.label) for prop in unique},
                description=f"The unique properties of {object_type.label}; the value stands in the input.",
            )
        )


def _add_inputs(types: TypeRegistry, object_type: ObjectType) -> None:
    """What is written: of a record, of one that is created along with another, of one among several changes."""
    name = object_type.type_name

    @cache
    def property_fields() -> dict[str, GraphQLInputField]:
        return _property_fields(types, object_type)

    types.add(
        GraphQLInputObjectType(
            f"{name}Input",
            lambda: {**property_fields(), **_link_fields(types, object_type, "Link")},
            description="All optional; what a new record must have is checked by the writer, all faults at once. "
            "A property set to null is unset, and a label with at most one is taken off.",
        )
    )
    types.add(
        GraphQLInputObjectType(
            f"{name}NestedInput",
            lambda: {**property_fields(), **_link_fields(types, object_type, "Ref")},
            description=f"A {object_type.label} that is created along with the record that it is associated with.",
        )
    )
    types.add(
        GraphQLInputObjectType(
            f"{name}UpdateInput",
            lambda: {
                "by": GraphQLInputField(GraphQLNonNull(types[f"{name}Ref"])),
                "input": GraphQLInputField(GraphQLNonNull(types[f"{name}Input"])),
                "ifUpdatedAt": GraphQLInputField(DateTime),
            },
            description=f"One of several changes, as of `update{name}`.",
        )
    )


def _add_payloads(types: TypeRegistry, name: str, fields: Callable[[Callable[[Any], Any]], Fields]) -> None:
    """``ContactPayload``, ``ContactBatchPayload`` and ``ContactBatchItem``.

    Args:
        types: Where to add them.
        name: What their names begin with.
        fields: What both a payload and an item hold, from what makes a type non-null; an item with faults has none.
    """
    types.add(GraphQLObjectType(f"{name}Payload", lambda: fields(GraphQLNonNull)))
    types.add(
        GraphQLObjectType(
            f"{name}BatchPayload",
            lambda: {
                "items": GraphQLField(GraphQLNonNull(types.several(types[f"{name}BatchItem"]))),
                **types.shared.counts,
            },
        )
    )
    types.add(
        GraphQLObjectType(
            f"{name}BatchItem",
            lambda: {"index": types.shared.index, **fields(lambda nullable: nullable), "faults": types.shared.faults},
        )
    )


def _property_fields(types: TypeRegistry, object_type: ObjectType) -> dict[str, GraphQLInputField]:
    fields: dict[str, GraphQLInputField] = {}
    for prop in object_type.properties:
        if prop.read_only:
            continue
        leaf: Any = types.leaf_type(prop)
        many = TYPE_MAPPINGS[prop.type].many
        fields[prop.name] = GraphQLInputField(
            GraphQLList(GraphQLNonNull(leaf)) if many else leaf,
            description=prop.description or prop.label,
            deprecation_reason=prop.deprecation,
            extensions=types.meaning(prop),
        )
    return fields


def _link_fields(types: TypeRegistry, object_type: ObjectType, suffix: str) -> dict[str, GraphQLInputField]:
    fields: dict[str, GraphQLInputField] = {}
    for hop in types.hops(object_type):
        link = types[f"{hop.far.type_name}{suffix}"]
        fields[hop.field] = GraphQLInputField(
            link if hop.stands_for.single else types.several(link),
            description="Associates this record; what is associated already stays.",
            deprecation_reason=hop.stands_for.deprecation,
            extensions=hop.meaning,
        )
    return fields
