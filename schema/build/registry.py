"""The named GraphQL types of a schema under construction, in the order in which the SDL prints them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLEnumValue,
    GraphQLField,
    GraphQLID,
    GraphQLInputField,
    GraphQLInt,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
)

from graphdb.catalog.calculated import readable
from graphdb.catalog.formula import formula_of
from graphdb.catalog.model import PropertyType
from schema.bindings import KEY, HopField, PropertyField, RolledUp, object_type_enum_value
from schema.scalars import OWN_SCALARS, TYPE_MAPPINGS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import GraphQLArgument

    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.catalog.parts import RollUp
    from schema.limits import Limits

NamedType = TypeVar("NamedType", bound=GraphQLNamedType)


@dataclass(frozen=True, slots=True)
class SharedFields:
    """Fields that are one object wherever they stand: at 500 object types each copy counts."""

    id: GraphQLInputField
    created: GraphQLField
    counts: dict[str, GraphQLField]
    index: GraphQLField
    faults: GraphQLField


@dataclass(frozen=True, slots=True)
class Hop:
    """A field that leads to associated records: all of a side, or those with one label.

    Attributes:
        field: Its name.
        stands_for: What it stands for.
        far: The object type that it leads to.
        meaning: The ``extensions`` of fields and input fields that stand for it.
    """

    field: str
    stands_for: HopField
    far: ObjectType
    meaning: dict[str, Any]


class TypeRegistry:
    """Types by name. Fields refer to types through thunks, so types may be added in any order.

    What many fields have in common is made once and shared: graphql-core only reads it, and a large data model has
    some hundred thousand fields.

    Attributes:
        catalog: What the schema is generated from.
        limits: Page sizes, which descriptions state.
        fixed: Types that Strawberry made and record types refer to (``PageInfo``, ``AssociationLabel``).
        arguments: Of the lists of an object type, with and without ``label``.
    """

    def __init__(self, catalog: Catalog, limits: Limits, fixed: dict[str, GraphQLNamedType]) -> None:
        self.catalog = catalog
        self.limits = limits
        self.fixed = fixed
        self.arguments: dict[tuple[str, bool], dict[str, GraphQLArgument]] = {}
        self._types: dict[str, GraphQLNamedType] = {}
        self._lists: dict[str, Any] = {}
        self._required: dict[str, GraphQLNonNull[Any]] = {}
        self._meanings: dict[int, dict[str, Any]] = {}
        self._properties: dict[str, tuple[Property, ...]] = {}
        self._hops: dict[str, tuple[Hop, ...]] = {}
        for scalar in OWN_SCALARS:
            self.add(scalar)
        self.object_type_name = self.add(
            GraphQLEnumType(
                "ObjectTypeName",
                {
                    object_type_enum_value(object_type): GraphQLEnumValue(
                        object_type_enum_value(object_type),
                        description=object_type.label,
                        deprecation_reason=object_type.deprecation,
                    )
                    for object_type in catalog.enabled
                },
                description="Every object type that records may have.",
            )
        )

    def add(self, graphql_type: NamedType) -> NamedType:
        """Register a type.

        Raises:
            ValueError: Its name is taken: a bug, for the catalog's names are checked.
        """
        if graphql_type.name in self._types or graphql_type.name in self.fixed:
            raise ValueError(f"two GraphQL types are named {graphql_type.name}")
        self._types[graphql_type.name] = graphql_type
        return graphql_type

    def __getitem__(self, name: str) -> Any:
        return self._types.get(name) or self.fixed[name]

    def several(self, graphql_type: Any) -> Any:
        """A list of values of a type, without nulls in it."""
        name = graphql_type.name
        if name not in self._lists:
            self._lists[name] = GraphQLList(GraphQLNonNull(graphql_type))
        return self._lists[name]

    @cached_property
    def shared(self) -> SharedFields:
        """The fields that inputs and payloads of every object type have in common."""
        return SharedFields(
            id=GraphQLInputField(GraphQLID),
            created=GraphQLField(GraphQLNonNull(GraphQLBoolean), description="Whether it is new."),
            counts={
                "succeeded": GraphQLField(GraphQLNonNull(GraphQLInt), description="Items that were written."),
                "failed": GraphQLField(GraphQLNonNull(GraphQLInt), description="Items that were refused."),
            },
            index=GraphQLField(GraphQLNonNull(GraphQLInt), description="The item's place among those given, from 0."),
            faults=GraphQLField(
                GraphQLNonNull(GraphQLList(GraphQLNonNull(self["Fault"]))),
                description="Why it was refused; else empty.",
            ),
        )

    def required(self, name: str) -> GraphQLNonNull[Any]:
        """``T!``."""
        found = self._required.get(name)
        if found is None:
            found = self._required[name] = GraphQLNonNull(self[name])
        return found

    def meaning(self, prop: Property) -> dict[str, Any]:
        """The ``extensions`` of fields and input fields that stand for a property."""
        # By identity: the catalog holds the properties as long as this lives, and hashing one costs more than the rest.
        found = self._meanings.get(id(prop))
        if found is None:
            found = self._meanings[id(prop)] = {KEY: PropertyField(prop)}
        return found

    def properties(self, object_type: ObjectType) -> tuple[Property, ...]:
        """The properties that records of a type show, calculated ones included. Of use in thunks, as types are."""
        found = self._properties.get(object_type.name)
        if found is None:
            found = self._properties[object_type.name] = readable(self.catalog, object_type)
            for prop in found:
                if prop.roll_up is not None and prop.computed:
                    self._meanings[id(prop)] = {KEY: PropertyField(prop, self._rolled_up(object_type, prop.roll_up))}
                elif prop.formula is not None:
                    self._meanings[id(prop)] = {KEY: PropertyField(prop, formula=formula_of(object_type, prop))}
        return found

    def _rolled_up(self, object_type: ObjectType, roll_up: RollUp) -> RolledUp:
        hop = next(hop for hop in self.hops(object_type) if hop.field == roll_up.field)
        of = None if roll_up.property is None else hop.far.by_name[roll_up.property]
        return RolledUp(hop.stands_for, of, self[f"{hop.far.type_name}Where"])

    def hops(self, object_type: ObjectType) -> tuple[Hop, ...]:
        """The associations and labels of an object type, in catalog order."""
        found = self._hops.get(object_type.name)
        if found is None:
            found = self._hops[object_type.name] = tuple(self._find_hops(object_type))
        return found

    def _find_hops(self, object_type: ObjectType) -> Iterator[Hop]:
        for side in self.catalog.sides_of(object_type.name):
            far = self.catalog.by_name[side.far]
            for hop in (HopField(side), *(HopField(side, label) for label in side.label_fields)):
                yield Hop(hop.label.field if hop.label else side.field, hop, far, {KEY: hop})

    @property
    def all(self) -> list[GraphQLNamedType]:
        """Every type made here, in the order of registration."""
        return list(self._types.values())

    def leaf_type(self, prop: Property) -> Any:
        """The enum or scalar of one value of a property."""
        if prop.type in {PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION}:
            return self[str(prop.option_set)]
        return TYPE_MAPPINGS[prop.type].scalar


def add_option_sets(types: TypeRegistry) -> None:
    """One enum per option set that an enabled type uses: the stored value is the enum value's own name."""
    used = {prop.option_set for object_type in types.catalog.enabled for prop in object_type.properties}
    for option_set in types.catalog.option_sets:
        if option_set.name in used:
            types.add(
                GraphQLEnumType(
                    option_set.name,
                    {
                        option.name: GraphQLEnumValue(
                            option.name,
                            description=option.description or option.label,
                            deprecation_reason=option.deprecation,
                        )
                        for option in option_set.options
                    },
                    description=option_set.description or option_set.label,
                )
            )
