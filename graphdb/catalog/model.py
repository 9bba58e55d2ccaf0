"""The catalog: an account's data model as frozen values.

Every name that reaches GraphQL or Cypher is minted once (``graphdb.catalog.naming``) and stored here; nothing
is derived from what is shown, so renaming a label never renames a field.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Final

from graphdb.catalog.parts import BuildState, CompositeIndex, Reach, Retirable, RollUp, Rules
from graphdb.catalog.sides import Association, AssociationLabel, LabelSide, Side

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "SYSTEM_PROPERTIES",
    "Account",
    "Association",
    "AssociationLabel",
    "Catalog",
    "Category",
    "LabelSide",
    "ObjectType",
    "Option",
    "OptionSet",
    "Pipeline",
    "Property",
    "PropertyGroup",
    "PropertyType",
    "Side",
    "Stage",
    "Tool",
    "marker_of",
]


class PropertyType(StrEnum):
    """What a property holds. How each is stored stands in ``graphdb.values``."""

    STRING = "string"
    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ENUMERATION = "enumeration"
    MULTI_ENUMERATION = "multi_enumeration"
    EMAIL = "email"
    EMAIL_LIST = "email_list"
    PHONE = "phone"
    URL = "url"
    JSON = "json"


SEARCHED = frozenset(
    {
        PropertyType.STRING,
        PropertyType.TEXT,
        PropertyType.EMAIL,
        PropertyType.EMAIL_LIST,
        PropertyType.PHONE,
        PropertyType.URL,
    }
)
"""Types of properties whose values are searched."""


UNORDERED: Final = frozenset(
    {PropertyType.TEXT, PropertyType.JSON, PropertyType.MULTI_ENUMERATION, PropertyType.EMAIL_LIST}
)
"""Types by whose values nothing is sorted, and which have no index therefore."""


class Category(StrEnum):
    """Where an object type belongs (R14); one type may have several (R15)."""

    BASIC = "basic"
    MARKETING = "marketing"
    SALES = "sales"
    SERVICE = "service"
    COMMERCE = "commerce"
    OTHER = "other"


class Tool(StrEnum):
    """The seven tools of the compatibility matrix (R202)."""

    INDEX_PAGE = "index_page"
    RECORD_PAGE = "record_page"
    REPORTING = "reporting"
    IMPORT = "import"
    PROPERTY_SETTINGS = "property_settings"
    SEGMENTS = "segments"
    WORKFLOWS = "workflows"


@dataclass(frozen=True, kw_only=True)
class Option(Retirable):
    """One value of an option set. ``name`` is the GraphQL enum value and also what is stored."""

    name: str
    label: str
    description: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class OptionSet:
    """The values that enumeration properties share by naming it. ``name`` is the GraphQL enum type.

    Attributes:
        spent_names: Names of options that are gone; they are not given again.
    """

    name: str
    label: str
    options: tuple[Option, ...]
    description: str = ""
    spent_names: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Option]:
        """Options by their minted name."""
        return {option.name: option for option in self.options}


@dataclass(frozen=True, kw_only=True)
class PropertyGroup:
    """A heading under which an object type's properties are shown."""

    name: str
    label: str


def marker_of(name: str) -> str:
    """What marks the records where the property of a name is unset."""
    return f"_u_{name}"


@dataclass(frozen=True, kw_only=True)
class Property(Retirable):
    """A typed field of an object type.

    Attributes:
        name: The GraphQL field and the key on the node (``firstName``).
        type: What it holds.
        label: What people see; free text ("Green lot #").
        option_set: For enumerations, the option set's name.
        required: Checked by the writer; the GraphQL field is nullable all the same.
        unique: At most one live record has a value; held by a key node.
        unique_with: The unique property of which these are further values: each is held by a key as that one's is, and
            records are found by it as by that one's.
        indexed: Has a composite index (property, id), so that lists sort by it from the index.
        read_only: Set by the program, never by a client.
        aliases: Its names in other systems, for imports.
        group: The name of the property group that it is shown in.
        custom: Made by the account, not shipped.
        default: What a new record gets where the input leaves the property out: the input's value as JSON text.
        rules: What else a value must be.
        roll_up: How it is computed from associated records. Indexed, it is kept on the record, behind the writes.
        formula: How it is computed from the record's own properties (``graphdb.catalog.formula``); not stored.
        unique_state: Whether all existing records hold their keys; look-ups need ONLINE.
        indexed_state: Whether the index and the markers of unset values are there; pages read them when ONLINE.
    """

    name: str
    type: PropertyType
    label: str
    description: str = ""
    option_set: str | None = None
    required: bool = False
    unique: bool = False
    unique_with: str | None = None
    indexed: bool = False
    read_only: bool = False
    aliases: tuple[str, ...] = ()
    group: str | None = None
    custom: bool = False
    default: str | None = None
    rules: Rules | None = None
    roll_up: RollUp | None = None
    formula: str | None = None
    unique_state: BuildState = BuildState.ONLINE
    indexed_state: BuildState = BuildState.ONLINE

    @property
    def calculated(self) -> bool:
        """Whether its value is made of others, and never written by whoever writes the record."""
        return self.roll_up is not None or self.formula is not None

    @property
    def kept(self) -> bool:
        """Whether it is a roll-up whose value the record holds, brought up to date behind the writes."""
        return self.roll_up is not None and self.indexed

    @property
    def computed(self) -> bool:
        """Whether a read computes it; a kept roll-up is computed until every record holds its value."""
        return self.calculated and not (self.kept and self.indexed_state is BuildState.ONLINE)

    @property
    def unset_marker(self) -> str | None:
        """The property that marks records where this one is unset, if lists need it (graph.md Q1).

        The writer keeps it from the moment that the property is indexed.
        """
        return marker_of(self.name) if self.indexed and not self.required else None

    @property
    def read_marker(self) -> str | None:
        """The marker, where every record that lacks a value is known to carry it: what pages may rely on."""
        return self.unset_marker if self.indexed_state is BuildState.ONLINE else None


@dataclass(frozen=True, kw_only=True)
class Stage(Retirable):
    """A step of a pipeline. ``name`` is unique over all pipelines of the object type."""

    name: str
    label: str
    probability: float | None = None
    closed: bool = False
    won: bool = False
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Pipeline(Retirable):
    """The ordered stages that records of a type go through."""

    name: str
    label: str
    stages: tuple[Stage, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ObjectType(Retirable):
    """A kind of record.

    Attributes:
        name: The catalog's key (``line_item``).
        type_name: GraphQL object type (``LineItem``).
        field: GraphQL root field for one record (``lineItem``).
        plural_field: GraphQL root field for the list (``lineItems``).
        node_label: Label of its nodes.
        label: What people see; an account may rename it (R17).
        display: Properties whose set values, joined by a space, name a record; each inner tuple is tried in turn.
        required_associations: For each group, at least one associated record of one of its types must exist.
        activity: Whether its records are activities, which timelines show.
        reaches: The associated records on which an activity is logged that is logged on a record of this type (R189).
        requires_enabling: Off until a super admin enables it (R18-R20).
        custom: Made by the account, not shipped.
        groups: The headings under which its properties are shown.
        withdrawn_properties: Properties that the API no longer has; their names and values are kept.
        spent_names: Names of fields that are gone for good; they are not given again.
        composite_indexes: Which lists by one value, in the order of another property, an index answers.
    """

    name: str
    type_name: str
    field: str
    plural_field: str
    node_label: str
    label: str
    plural_label: str
    description: str
    categories: tuple[Category, ...]
    properties: tuple[Property, ...]
    display: tuple[tuple[str, ...], ...]
    pipelines: tuple[Pipeline, ...] = ()
    required_associations: tuple[tuple[str, ...], ...] = ()
    tools: tuple[Tool, ...] = ()
    aliases: tuple[str, ...] = ()
    activity: bool = False
    reaches: tuple[Reach, ...] = ()
    requires_enabling: bool = False
    enabled: bool = True
    custom: bool = False
    groups: tuple[PropertyGroup, ...] = ()
    withdrawn_properties: tuple[Property, ...] = ()
    spent_names: tuple[str, ...] = ()
    composite_indexes: tuple[CompositeIndex, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Property]:
        """Properties of the type and of every record, by name."""
        return {prop.name: prop for prop in (*SYSTEM_PROPERTIES, *self.properties)}

    def stores(self, name: str, kind: PropertyType) -> bool:
        """Whether its records are written with a property of a name and a type: neither absent nor calculated."""
        prop = self.by_name.get(name)
        return prop is not None and prop.type is kind and not prop.calculated

    @cached_property
    def further_unique_properties(self) -> tuple[Property, ...]:
        """Properties that hold further values of a unique one."""
        return tuple(prop for prop in self.properties if prop.unique_with is not None)

    @cached_property
    def unique_properties(self) -> tuple[Property, ...]:
        """Properties that identify a record, besides its id."""
        return tuple(prop for prop in self.properties if prop.unique)

    @cached_property
    def stored_properties(self) -> tuple[Property, ...]:
        """The type's own properties that are written with its records: all but the calculated ones."""
        return tuple(prop for prop in self.properties if not prop.calculated)

    @cached_property
    def unset_markers(self) -> dict[str, str]:
        """The stored properties that need a marker where they are unset, each with that marker."""
        return {prop.name: prop.unset_marker for prop in self.stored_properties if prop.unset_marker is not None}

    @cached_property
    def searched_properties(self) -> tuple[str, ...]:
        """The properties whose words full-text search compares, those that name a record first."""
        named = (name for group in self.display for name in group)
        others = (prop.name for prop in self.stored_properties if prop.type in SEARCHED)
        return tuple(dict.fromkeys((*named, *others)))

    @cached_property
    def kept_roll_ups(self) -> tuple[Property, ...]:
        """The roll-ups that its nodes hold."""
        return tuple(prop for prop in self.properties if prop.kept)

    @cached_property
    def stages(self) -> dict[str, tuple[Pipeline, Stage]]:
        """Stage name to its pipeline and itself."""
        return {stage.name: (pipe, stage) for pipe in self.pipelines for stage in pipe.stages}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One deployment's data and data model.

    Attributes:
        join_companies_by_domain: Whether a new contact joins the company whose domain its e-mail address has.
        spent_names: Names of object types, enumerations and relationship types that are gone for good, each with its
            kind in front (``type:RoastBatch``); they are not given again.
    """

    name: str = "Kinship"
    time_zone: str = "UTC"
    currency: str = "USD"
    join_companies_by_domain: bool = False
    spent_names: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """The whole data model at one version. ``graphdb.catalog.check`` says whether it is sound."""

    version: int
    account: Account
    object_types: tuple[ObjectType, ...]
    option_sets: tuple[OptionSet, ...]
    associations: tuple[Association, ...]
    _sides: dict[str, tuple[Side, ...]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def by_name(self) -> dict[str, ObjectType]:
        """Every object type by its catalog name."""
        return {object_type.name: object_type for object_type in self.object_types}

    @cached_property
    def option_sets_by_name(self) -> dict[str, OptionSet]:
        """Option sets by their GraphQL enum name."""
        return {option_set.name: option_set for option_set in self.option_sets}

    @cached_property
    def enabled(self) -> tuple[ObjectType, ...]:
        """The object types that records may have now, in catalog order."""
        return tuple(object_type for object_type in self.object_types if object_type.enabled)

    @cached_property
    def keeps_roll_ups(self) -> bool:
        """Whether any record holds roll-ups."""
        return any(object_type.kept_roll_ups for object_type in self.object_types)

    def sides_of(self, name: str) -> tuple[Side, ...]:
        """The associations of an object type to enabled types, each as seen from it, in catalog order."""
        found = self._sides.get(name)
        if found is None:
            found = self._sides[name] = tuple(self._find_sides(name))
        return found

    def side_between(self, near: str, far: str) -> Side | None:
        """The association between two object types as seen from the first, if there is one."""
        return next((side for side in self.sides_of(near) if side.far == far), None)

    def _find_sides(self, name: str) -> Iterator[Side]:
        for association in self.associations:
            ends = (self.by_name[association.start], self.by_name[association.end])
            if association.withdrawn or not all(one.enabled for one in ends):
                continue
            if association.start == name:
                yield association.side(forward=True)
            elif association.end == name:
                yield association.side(forward=False)


SYSTEM_PROPERTIES: tuple[Property, ...] = (
    Property(
        name="createdAt",
        type=PropertyType.DATETIME,
        label="Created",
        required=True,
        indexed=True,
        read_only=True,
        description="When the record was created.",
        aliases=("createdate", "hs_createdate", "created_at"),
    ),
    Property(
        name="updatedAt",
        type=PropertyType.DATETIME,
        label="Updated",
        required=True,
        indexed=True,
        read_only=True,
        description="When the record last changed; rises with every write.",
        aliases=("lastmodifieddate", "hs_lastmodifieddate", "updated_at"),
    ),
)
"""Properties that every record has besides ``id``; each type's own list leaves them out."""
