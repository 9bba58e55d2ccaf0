"""The operators of each scalar type and option set: ``StringFilter``, ``DealStageFilter``, ``BuyingRoleListFilter``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLString,
)

from graphdb.catalog.model import PropertyType
from schema.scalars import TYPE_MAPPINGS, Date, DateTime, Decimal, Long

if TYPE_CHECKING:
    from graphdb.catalog.model import Property
    from schema.build.registry import TypeRegistry

_OPERATORS = {
    "eq": "Equal to. `null` means: unset.",
    "ne": "Not equal to, unset values included. `null` means: set.",
    "in": "One of. An empty list matches nothing.",
    "notIn": "None of, unset values included. An empty list matches everything.",
    "lt": "Less than, or before.",
    "lte": "Less than or equal to, or not after.",
    "gt": "Greater than, or after.",
    "gte": "Greater than or equal to, or not before.",
    "between": "From one value to another, both included. Nothing when `from` is the greater one.",
    "within": "In a period relative to now: `{last: 90, unit: DAYS}`, `{next: 2, unit: WEEKS}`, `{this: QUARTER}`.",
    "contains": "Holds this text, case-sensitively.",
    "startsWith": "Begins with this text, case-sensitively.",
    "endsWith": "Ends with this text, case-sensitively.",
    "eqIgnoreCase": "Equal to, whatever the case of the letters.",
    "inIgnoreCase": "One of, whatever the case of the letters. An empty list matches nothing.",
    "containsIgnoreCase": "Holds this text, whatever the case of the letters.",
    "startsWithIgnoreCase": "Begins with this text, whatever the case of the letters.",
    "endsWithIgnoreCase": "Ends with this text, whatever the case of the letters.",
    "hasAny": "Holds at least one of these. An empty list matches nothing.",
    "hasAll": "Holds every one of these. An empty list matches every record with a value.",
    "isSet": "Whether there is a value.",
}
_EQUALITY = ("eq", "ne", "in", "notIn")
_RANGE = ("lt", "lte", "gt", "gte", "between")
_TEXT = (
    "contains",
    "startsWith",
    "endsWith",
    "eqIgnoreCase",
    "inIgnoreCase",
    "containsIgnoreCase",
    "startsWithIgnoreCase",
    "endsWithIgnoreCase",
)
_LISTS = frozenset({"in", "notIn", "inIgnoreCase", "hasAny", "hasAll"})


def add_scalar_filters(types: TypeRegistry) -> None:
    """A filter for each scalar type."""
    _add_within(types)
    _add(types, "IDFilter", GraphQLID, _EQUALITY)
    _add(types, "IntFilter", GraphQLInt, (*_EQUALITY, *_RANGE))
    _add(types, "StringFilter", GraphQLString, (*_EQUALITY, *_RANGE, *_TEXT, "isSet"))
    _add(types, "StringListFilter", GraphQLString, ("hasAny", "hasAll", "isSet"))
    _add(types, "FloatFilter", GraphQLFloat, (*_EQUALITY, *_RANGE, "isSet"))
    _add(types, "LongFilter", Long, (*_EQUALITY, *_RANGE, "isSet"))
    _add(types, "DecimalFilter", Decimal, (*_EQUALITY, *_RANGE, "isSet"))
    _add(types, "BooleanFilter", GraphQLBoolean, ("eq", "ne", "isSet"))
    _add(types, "DateFilter", Date, (*_EQUALITY, *_RANGE, "within", "isSet"))
    _add(types, "DateTimeFilter", DateTime, (*_EQUALITY, *_RANGE, "within", "isSet"))
    _add(types, "JSONFilter", GraphQLString, ("isSet",))


def add_option_set_filters(types: TypeRegistry) -> None:
    """Filters for the enum of each option set: of one value, of several, or both, as properties have it."""
    used = {
        (prop.option_set, prop.type is PropertyType.MULTI_ENUMERATION)
        for object_type in types.catalog.enabled
        for prop in object_type.properties
    }
    for graphql_type in types.all:
        if not isinstance(graphql_type, GraphQLEnumType):
            continue
        if (graphql_type.name, False) in used:
            _add(types, f"{graphql_type.name}Filter", graphql_type, (*_EQUALITY, "isSet"))
        if (graphql_type.name, True) in used:
            _add(types, f"{graphql_type.name}ListFilter", graphql_type, ("hasAny", "hasAll", "isSet"))


def filter_name(prop: Property) -> str:
    """The name of a property's filter."""
    many = "List" if prop.type is PropertyType.MULTI_ENUMERATION else ""
    return TYPE_MAPPINGS[prop.type].filter or f"{prop.option_set}{many}Filter"


def _add(types: TypeRegistry, name: str, leaf: GraphQLScalarType | GraphQLEnumType, operators: tuple[str, ...]) -> None:
    kinds: dict[str, Any] = {"isSet": GraphQLBoolean}
    if "between" in operators:
        kinds["between"] = types.add(_range(name.removesuffix("Filter"), leaf))
    if "within" in operators:
        kinds["within"] = types["WithinFilter"]
    kinds |= dict.fromkeys(_LISTS, GraphQLList(GraphQLNonNull(leaf)))
    types.add(
        GraphQLInputObjectType(
            name,
            {
                operator: GraphQLInputField(kinds.get(operator, leaf), description=_OPERATORS[operator])
                for operator in operators
            },
        )
    )


def _add_within(types: TypeRegistry) -> None:
    unit = types.add(
        GraphQLEnumType(
            "DateUnit",
            {name: name for name in ("HOURS", "DAYS", "WEEKS", "MONTHS", "QUARTERS", "YEARS")},
            description="What a period is counted in. HOURS are for points in time only.",
        )
    )
    period = types.add(
        GraphQLEnumType(
            "DatePeriod",
            {name: name for name in ("DAY", "WEEK", "MONTH", "QUARTER", "YEAR")},
            description="A calendar period. Weeks begin on Monday, quarters in January, April, July and October.",
        )
    )
    types.add(
        GraphQLInputObjectType(
            "WithinFilter",
            {
                "last": GraphQLInputField(
                    GraphQLInt,
                    description="So many units back. Of a point in time: from the same time on the clock so many units "
                    "ago until now. Of a day: so many units of days, of which today is the last.",
                ),
                "next": GraphQLInputField(
                    GraphQLInt,
                    description="So many units ahead. Of a point in time: from now until the same time on the clock "
                    "in so many units. Of a day: so many units of days, of which today is the first.",
                ),
                "unit": GraphQLInputField(unit, description="Of `last` and `next`, which need it."),
                "this": GraphQLInputField(period, description="The calendar period that holds now, whole."),
                "timeZone": GraphQLInputField(
                    GraphQLString,
                    description="Whose calendar and clock count, such as `Europe/Berlin`; the account's if not given.",
                ),
            },
            description="A period relative to the moment of the request: exactly one of `last`, `next` and `this`. "
            "Its first moment belongs to it, its end does not. A month is the same day of another month, "
            "or that month's last one.",
        )
    )


def _range(stem: str, leaf: GraphQLScalarType | GraphQLEnumType) -> GraphQLInputObjectType:
    return GraphQLInputObjectType(
        f"{stem}RangeFilter",
        {
            "from": GraphQLInputField(GraphQLNonNull(leaf), description="The least value."),
            "to": GraphQLInputField(GraphQLNonNull(leaf), description="The greatest value."),
        },
        description="Two ends, both included.",
    )
