"""What changes of the data model are given. One input serves making and changing: what must be there is checked then.

``given`` turns an input into the keys that the client gave, which is what the edits take.
"""

from __future__ import annotations

from dataclasses import fields
from enum import Enum
from typing import Any

import strawberry
from strawberry import UNSET
from strawberry.types import get_object_definition

from graphdb.catalog.model import Category, PropertyType, Tool
from graphdb.catalog.parts import RollUpFunction
from schema.build.fixed.model import Json


def _given(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(default=UNSET, description=description)


_LABEL = "What people see; it can change at any time."
_NAME = "The name in the API, minted once: made of the label unless it is given."
_ALIASES = "Names in other systems, for imports."


@strawberry.input(description="What a value must be besides being of its property's type.")
class RulesInput:
    """Rules of a property."""

    least: str | None = _given("The least value: a decimal, or a day or point in time as ISO 8601.")
    greatest: str | None = _given("The greatest value, in the same form.")
    shortest: int | None = _given("The fewest characters, or options of a multi-enumeration.")
    longest: int | None = _given("The most characters, or options.")
    pattern: str | None = _given("A regular expression that a text must match as a whole.")


@strawberry.input(description="How a property is computed from associated records.")
class RollUpInput:
    """A roll-up."""

    field: str = strawberry.field(description="The field that leads to them: `deals`, or that of a label.")
    function: RollUpFunction = strawberry.field(description="What is made of them.")
    property: str | None = _given("The property of theirs that is summed up; a COUNT has none.")
    where: Json | None = _given("Which of them count: a `where` of their type.")


@strawberry.input(description="An option of an enumeration.")
class OptionInput:
    """An option."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)
    description: str | None = _given("What it means.")
    aliases: list[str] | None = _given(_ALIASES)


@strawberry.input(description="A set of options that enumerations share by naming it.")
class OptionSetInput:
    """An option set."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)
    description: str | None = _given("What it is for.")
    options: list[OptionInput] | None = _given("Its options, in order.")


@strawberry.input(description="A property of an object type; a new one needs a label and a type.")
class PropertyInput:
    """A property."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)
    description: str | None = _given("What it says of a record.")
    type: PropertyType | None = _given("What it holds; it never changes.")
    option_set: str | None = _given("Of an enumeration: the option set that it shares.")
    options: list[OptionInput] | None = _given("Of an enumeration: options of its own instead.")
    required: bool | None = _given("Whether every record must have a value.")
    unique: bool | None = _given("Whether no two live records may have the same value.")
    indexed: bool | None = _given(
        "Whether lists are sorted and filtered by an index of it. A roll-up is kept on its records for that."
    )
    default: Json | None = _given("What a new record gets that is given no value.")
    rules: RulesInput | None = _given("What else a value must be; null for nothing.")
    formula: str | None = _given("How it is computed from the record's other properties.")
    roll_up: RollUpInput | None = _given("How it is computed from associated records.")
    group: str | None = _given("The property group that it is shown in.")
    aliases: list[str] | None = _given(_ALIASES)


@strawberry.input(description="A heading under which properties are shown.")
class PropertyGroupInput:
    """A property group."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)


@strawberry.input(description="An object type; a new one needs a label.")
class ObjectTypeInput:
    """An object type."""

    label: str | None = _given("What people call one record; it can change at any time.")
    plural_label: str | None = _given("What people call several.")
    name: str | None = _given(_NAME)
    description: str | None = _given("What its records are.")
    categories: list[Category] | None = _given("Where it belongs.")
    tools: list[Tool] | None = _given("What it works with; all unless given.")
    aliases: list[str] | None = _given(_ALIASES)
    activity: bool | None = _given("Whether its records are activities, which stand in the timelines of others.")
    display: list[list[str]] | None = _given(
        "What its records are called by: of the first choice with a value, its values joined."
    )
    properties: list[PropertyInput] | None = _given("The properties of a new type, besides `externalId`.")
    associations: list[str] | None = _given("The object types that records of a new type may be associated with.")
    required_associations: list[list[str]] | None = _given(
        "Of each group, a record must have an associated record of one of the types."
    )


@strawberry.input(description="What an association may say about its pair.")
class LabelInput:
    """A label of an association."""

    label: str | None = _given("What a record of the type `start` is to the other; of both, without an inverse.")
    name: str | None = _given(_NAME)
    inverse_label: str | None = _given("What a record of the type `end` is to the other, where that differs.")
    inverse_name: str | None = _given("The inverse's name in the API, minted once.")
    max_start: int | None = _given("At most so many records of the type `start` for one of `end`; null for any.")
    max_end: int | None = _given("At most so many records of the type `end` for one of `start`; null for any.")


@strawberry.input(description="A step of a pipeline.")
class StageInput:
    """A stage."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)
    probability: float | None = _given("How likely a record at it is won, from 0 to 1.")
    closed: bool | None = _given("Whether it ends the pipeline.")
    won: bool | None = _given("Whether it ends the pipeline with success.")
    position: int | None = _given("Where it stands, from 0; last unless given.")
    aliases: list[str] | None = _given(_ALIASES)


@strawberry.input(description="The ordered stages that records go through.")
class PipelineInput:
    """A pipeline."""

    label: str | None = _given(_LABEL)
    name: str | None = _given(_NAME)
    stages: list[StageInput] | None = _given("The stages of a new pipeline, in order.")
    aliases: list[str] | None = _given(_ALIASES)


@strawberry.input(description="The account's own settings.")
class AccountInput:
    """The account."""

    name: str | None = _given("What it is called.")
    time_zone: str | None = _given("The IANA name of its time zone, which relative dates and buckets count in.")
    currency: str | None = _given("The ISO 4217 code of its currency.")
    join_companies_by_domain: bool | None = _given(
        "Whether a new contact joins the company whose domain its e-mail address has."
    )


def given(value: Any) -> Any:
    """An input as plain values: only the keys that the client gave."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list):
        return [given(item) for item in value]
    if get_object_definition(value) is not None:
        return {item.name: given(found) for item in fields(value) if (found := getattr(value, item.name)) is not UNSET}
    return value
