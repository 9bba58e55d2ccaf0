"""The named GraphQL types of a schema under construction, in the order in which the SDL prints them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from graphql import GraphQLEnumType, GraphQLEnumValue, GraphQLNamedType

from graphdb.catalog.model import PropertyType
from schema.bindings import object_type_enum_value
from schema.scalars import OWN_SCALARS, TYPE_MAPPINGS

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog, Property
    from schema.limits import Limits

NamedType = TypeVar("NamedType", bound=GraphQLNamedType)


class TypeRegistry:
    """Types by name. Fields refer to types through thunks, so types may be added in any order.

    Attributes:
        catalog: What the schema is generated from.
        limits: Page sizes, which descriptions state.
        fixed: Types that Strawberry made and record types refer to (``PageInfo``, ``AssociationLabel``).
    """

    def __init__(self, catalog: Catalog, limits: Limits, fixed: dict[str, GraphQLNamedType]) -> None:
        self.catalog = catalog
        self.limits = limits
        self.fixed = fixed
        self._types: dict[str, GraphQLNamedType] = {}
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
