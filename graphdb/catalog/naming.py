"""The one place where names are minted.

A name is minted once, when its element comes into being, and stored with it; renaming what is shown never
mints again. The rule:

* **Words.** Text is split at all that is no letter or digit and at camel-case humps; accents are taken off.
  "Green lot #" has the words *green lot*. A name never begins with a digit: its kind goes in front
  (``OPTION_3_YEARS``). A text without a usable letter or digit is named for its kind alone.
* **Object type** ``line_item``: type ``LineItem``, field ``lineItem``, list ``lineItems``, node ``LineItem``.
  The plural follows the regular English rule unless one is given; equal to the singular, it is
  ``staffRecords``.
* **GraphQL types and enums** share one namespace. One that equals a fixed type or an earlier one, or ends in
  a reserved suffix, gets ``Object`` (an enum: ``Option``) behind it. Fields are not touched by that:
  ``SubscriptionObject`` is read by ``subscription``.
* **Property**: camelCase (``qualityScore``). **Option, pipeline**: UPPER_SNAKE; a pipeline leaves out a last
  word "pipeline".
* **Stage**: UPPER_SNAKE, unique over all pipelines of its type; a taken one gets its pipeline in front
  (``RENEWAL_CLOSED_WON``).
* **Association**: on each side the other type's list field; relationship type ``CONTACT_COMPANY``.
* **Label**: API name in snake_case (``decision_maker``); relationship type ``CONTACT_COMPANY__BILLING``;
  field: what the far record is, then its type, singular where there is at most one (``primaryCompany``,
  ``billingContacts``); a label that ends in the type's name does not repeat it (``parent_company`` gives
  ``parentCompany``). A field that is taken gets the full form (``parentCompanyCompany``); if that is taken
  too, ``graphdb.catalog.check`` reports the conflict.

Names are unique in their namespace ignoring case and underscores (``fold``), for generated clients fold them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


NAME_LENGTH_MAX = 48
"""Characters of a minted name; leaves room for prefixes within what ``graphdb.cypher.quoting`` allows."""

RESERVED_FIELDS = _names("""
    id objectType displayName createdAt updatedAt archivedAt timeline associations history
    and or not count keys aggregate rev
""")
"""Fields that every record, filter or group has of its own; no property, association or label is so named."""

RESERVED_ROOT_FIELDS = _names("""
    node nodes search archived paths neighbourhood associationsBetween dataModel account changes
""")
"""Root fields that are no object type's."""

RESERVED_SUFFIXES = _names("""
    Where AssociationWhere OrderBy Edge Connection Aggregate GroupBy GroupKey GroupItem GroupConnection
    GroupOrderBy Having Ref Link UniqueKey Input NestedInput Payload BatchPayload BatchItem Filter
""")
"""Endings of the types that are generated per object type."""

FIXED_TYPES = _names("""
    Query Mutation Subscription Node Record PageInfo
    ID String Int Float Boolean Decimal Date DateTime Long JSON
    Account DataModel Catalog ObjectType ObjectTypeName ObjectTypeCategory Property PropertyType
    Option OptionSet Pipeline Stage Association AssociationLabel Label Category Tool
    Timeline TimelineKind TimelineItem Path Graph CutNeighbours Fault OnError Purge RecordKey
    SortDirection OrderDirection Direction DateBucket DateUnit DatePeriod Search GroupValue AggregateFunction Enum
    Index IndexState
    Change ChangeKind ChangeSource PropertyChange AssociationChange History HistoryItem
    AccountModel ObjectTypeModel PropertyModel OptionModel OptionSetModel PipelineModel StageModel
    AssociationModel AssociationLabelModel LabelModel IndexModel PropertyUseModel VersionModel
    PropertyGroup PropertyGroupModel JobKind RulesModel RollUpModel JobModel Rules RollUp RollUpFunction
    BuildState Deletion
""")
"""Types of the schema that do not depend on the data model, and the names that their mutations would take."""

RESERVED_NODE_LABELS = frozenset({"Record"})
"""Node labels that mean something for every record."""

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_FIELD = re.compile(r"[a-z][A-Za-z0-9]*")
_TYPE = re.compile(r"[A-Z][A-Za-z0-9]*")
_ENUM_VALUE = re.compile(r"(?!__)[_A-Za-z][_0-9A-Za-z]*")
_API_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


def fold(name: str) -> str:
    """The form in which two names are compared: without case and underscores."""
    return name.replace("_", "").lower()


def repeated(names: Iterable[str]) -> list[str]:
    """One of each group of names that are equal when folded."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(fold(name), []).append(name)
    return [group[-1] for group in groups.values() if len(group) > 1]


def words(text: str) -> list[str]:
    """The lower-case words of a text or of a name in any style, without accents."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("'", "").replace("\u2019", ""))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    parts = re.split(r"[^A-Za-z0-9]+", plain)
    return [word.lower() for part in parts if part for word in _HUMP.split(part)]


def camel(text: str) -> str:
    """``text`` in camelCase: the form of fields."""
    first, *rest = words(text) or [""]
    return first + "".join(word.capitalize() for word in rest)


def pascal(text: str) -> str:
    """``text`` in PascalCase: the form of types."""
    return "".join(word.capitalize() for word in words(text))


def upper_snake(text: str) -> str:
    """``text`` in UPPER_SNAKE: the form of options, stages and relationship types."""
    return "_".join(words(text)).upper()


def is_field_name(name: str) -> bool:
    """Whether ``name`` has the form of a field: camelCase, ASCII, no underscore."""
    return _FIELD.fullmatch(name) is not None


def is_type_name(name: str) -> bool:
    """Whether ``name`` has the form of a GraphQL type or enum: PascalCase, ASCII, no underscore."""
    return _TYPE.fullmatch(name) is not None


def is_enum_value(name: str) -> bool:
    """Whether ``name`` may be a GraphQL enum value."""
    return _ENUM_VALUE.fullmatch(name) is not None and name not in {"true", "false", "null"}


def is_api_name(name: str) -> bool:
    """Whether ``name`` has the form of an object type's or label's API name: snake_case."""
    return _API_NAME.fullmatch(name) is not None


def ends_reserved(name: str) -> bool:
    """Whether a type's name ends as a generated type's would."""
    return name.endswith(tuple(RESERVED_SUFFIXES))


def shown(name: str) -> str:
    """Text to show for a name, where none is given: ``firstName`` reads "First name"."""
    return " ".join(words(name)).capitalize()


def plural(word: str) -> str:
    """The regular English plural of the last word of ``word``."""
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"


def unique(name: str, taken: Container[str]) -> str:
    """``name``, or with the first number behind it that makes it new; ``taken`` holds folded names."""
    if fold(name) not in taken:
        return name
    number = 2
    while fold(f"{name}{number}") in taken:
        number += 1
    return f"{name}{number}"


def type_api_name(text: str) -> str:
    """The catalog name of an object type from free text: "Roast Batch" gives ``roast_batch``."""
    return _short("_".join(words(text)), kind="type", joint="_")


def property_name(text: str) -> str:
    """The name of a property from free text: "Green lot #" gives ``greenLot``."""
    return _short(camel(text), kind="property", joint="")


def label_api_name(text: str) -> str:
    """The API name of a label from free text: "Decision maker" gives ``decision_maker``."""
    return _short("_".join(words(text)), kind="label", joint="_")


def option_name(text: str) -> str:
    """The enum value for an option from free text: "3-5 years" gives ``OPTION_3_5_YEARS``."""
    return _short(upper_snake(text), kind="OPTION", joint="_")


def pipeline_name(text: str) -> str:
    """The name of a pipeline from free text: "Sales pipeline" gives ``SALES``."""
    parts = words(text)
    if len(parts) > 1 and parts[-1] == "pipeline":
        parts = parts[:-1]
    return _short("_".join(parts).upper(), kind="PIPELINE", joint="_")


def stage_name(text: str, pipeline: str, taken: Container[str]) -> str:
    """The name of a stage; ``taken`` holds the folded names of the type's stages so far."""
    name = _short(upper_snake(text), kind="STAGE", joint="_")
    return name if fold(name) not in taken else f"{pipeline}_{name}"


def type_name(text: str, taken: Container[str]) -> str:
    """The GraphQL type of an object type; ``taken`` holds the folded names of types and enums so far."""
    return _clear(pascal(text), "Object", taken)


def enum_name(text: str, taken: Container[str]) -> str:
    """The GraphQL enum of an option set; ``taken`` holds the folded names of types and enums so far."""
    return _clear(pascal(text), "Option", taken)


def node_label(text: str) -> str:
    """The node label of an object type."""
    name = pascal(text)
    return f"{name}Object" if name in RESERVED_NODE_LABELS else name


def field(text: str) -> str:
    """The root field for one record."""
    return camel(text)


def plural_field(text: str, plural_text: str | None = None) -> str:
    """The root field for the list of records; ``plural_text`` where the regular plural is wrong."""
    one = field(text)
    many = camel(plural_text) if plural_text else plural(one)
    return f"{one}Records" if fold(many) == fold(one) else many


def relationship_type(start: str, end: str, taken: Container[str]) -> str:
    """The relationship type of an association; ``taken`` holds those so far."""
    name = f"{upper_snake(start)}_{upper_snake(end)}"
    if name not in taken:
        return name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"


def label_relationship_type(association: str, label: str) -> str:
    """The relationship type that marks one label of an association."""
    return f"{association}__{upper_snake(label)}"


def label_field(label: str, target: str, target_plural: str, *, single: bool, taken: Container[str]) -> str:
    """The field that leads to the records which have a label.

    Args:
        label: What the far record is to the near one (API name).
        target: The far type's field, singular.
        target_plural: The far type's list field.
        single: Whether there is at most one such record.
        taken: The folded names of the near type's fields so far.
    """
    role, one, many = words(label), words(target), words(target_plural)
    far = target if single else target_plural
    full = camel(label) + far[:1].upper() + far[1:]
    stem = next((role[: -len(end)] for end in (one, many) if end and role[-len(end) :] == end), None)
    if stem is None:
        return full
    name = camel(" ".join(stem)) + far[:1].upper() + far[1:] if stem else far
    return full if fold(name) in taken else name


def _clear(name: str, suffix: str, taken: Container[str]) -> str:
    """A type's name, with ``suffix`` where it would be one of the schema's own or is taken."""
    fixed = fold(name) in _FIXED_FOLDED
    return f"{name}{suffix}" if fixed or ends_reserved(name) or fold(name) in taken else name


def _short(name: str, *, kind: str, joint: str) -> str:
    """A name of lawful length and beginning."""
    if not name:
        return kind
    if name[0].isdigit():
        name = f"{kind}{joint}{name}"
    return name[:NAME_LENGTH_MAX].rstrip("_")


_FIXED_FOLDED = frozenset(fold(name) for name in FIXED_TYPES)
