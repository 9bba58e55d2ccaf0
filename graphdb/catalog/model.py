"""The catalog: an account's data model as frozen values.

Every name that reaches GraphQL or Cypher is minted once (``graphdb.catalog.naming``) and stored here; nothing
is derived from what is shown, so renaming a label never renames a field.

A *label* belongs to an association and has two sides. ``name`` says what the record at the **start** of the
relationship is to the other one, ``inverse_name`` what the record at the **end** is; a label without an inverse
says the same of both. ``start_field`` is the field *on* the start's object type, which leads to the end records.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from graphdb.catalog.parts import BuildState, Retirable, RollUp, Rules

if TYPE_CHECKING:
    from collections.abc import Iterator


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
    PHONE = "phone"
    URL = "url"
    JSON = "json"


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
        indexed: Has a composite index (property, id), so that lists sort by it from the index.
        read_only: Set by the program, never by a client.
        aliases: Its names in other systems, for imports.
        group: The name of the property group that it is shown in.
        custom: Made by the account, not shipped.
        default: What a new record gets where the input leaves the property out: the input's value as JSON text.
        rules: What else a value must be.
        roll_up: How it is computed from associated records; such a property is not stored.
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
        """Whether its value is computed when it is read, and not stored."""
        return self.roll_up is not None or self.formula is not None

    @property
    def unset_marker(self) -> str | None:
        """The property that marks records where this one is unset, if lists need it (graph.md Q1).

        The writer keeps it from the moment that the property is indexed.
        """
        return f"_u_{self.name}" if self.indexed and not self.required else None

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
class AssociationLabel(Retirable):
    """What an association may say about its pair (R156-R159).

    Attributes:
        name: The role of the record at the start ("manager"), or of both when there is no inverse.
        relationship_type: The relationship kept beside the association's own (``CONTACT_CONTACT__MANAGER``).
        start_field: Field on the start's type, leading to the end records ("directReportContacts").
        end_field: Field on the end's type, leading to the start records ("managerContacts").
        inverse_name: The role of the record at the end ("direct_report"), if it differs.
        max_start: At most so many start records for one end record.
        max_end: At most so many end records for one start record.
        start_field_was: The singular field on the start's type from when there was at most one end record; it stays
            until the day ``start_field_leaves``, deprecated, and leads to the oldest of them.
        end_field_was: The same on the end's type.
        withdrawn: No longer in the API; its names and relationships are kept.
    """

    name: str
    label: str
    relationship_type: str
    start_field: str
    end_field: str
    inverse_name: str | None = None
    inverse_label: str | None = None
    max_start: int | None = None
    max_end: int | None = None
    start_field_was: str | None = None
    start_field_leaves: str | None = None
    end_field_was: str | None = None
    end_field_leaves: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, kw_only=True)
class Association(Retirable):
    """A pair of object types whose records may be associated; one relationship type, walked from both ends.

    Attributes:
        withdrawn: No longer in the API; its names and relationships are kept.
    """

    start: str
    end: str
    relationship_type: str
    start_field: str
    end_field: str
    labels: tuple[AssociationLabel, ...] = ()
    withdrawn: bool = False

    @property
    def same_type(self) -> bool:
        """Whether both ends are of one object type."""
        return self.start == self.end

    def side(self, *, forward: bool) -> Side:
        """The association as seen from its start (``forward``) or from its end."""
        return Side(association=self, forward=forward)


@dataclass(frozen=True, kw_only=True)
class Side:
    """An association seen from one of its ends. Of a same-type association there is only the forward side."""

    association: Association
    forward: bool

    @property
    def near(self) -> str:
        """The object type one stands on."""
        return self.association.start if self.forward else self.association.end

    @property
    def far(self) -> str:
        """The object type one walks to."""
        return self.association.end if self.forward else self.association.start

    @property
    def field(self) -> str:
        """The GraphQL field on the near type."""
        return self.association.start_field if self.forward else self.association.end_field

    @property
    def labels(self) -> tuple[LabelSide, ...]:
        """Every label as seen from here; a same-type paired label is seen twice, once from each role."""
        sides: list[LabelSide] = []
        for label in self.association.labels:
            if label.withdrawn:
                continue
            if not self.association.same_type:
                sides.append(LabelSide(association=self.association, label=label, forward=self.forward))
                continue
            sides.append(LabelSide(association=self.association, label=label, forward=True))
            if label.inverse_name is not None:
                sides.append(LabelSide(association=self.association, label=label, forward=False))
        return tuple(sides)


@dataclass(frozen=True, kw_only=True)
class LabelSide:
    """A label seen from one of its ends: ``forward`` stands on the start and looks at end records."""

    association: Association
    label: AssociationLabel
    forward: bool

    @property
    def symmetric(self) -> bool:
        """Whether the label's relationship has no direction that means anything (same type, no inverse)."""
        return self.association.same_type and self.label.inverse_name is None

    @property
    def near(self) -> str:
        """The object type one stands on."""
        return self.association.start if self.forward else self.association.end

    @property
    def far(self) -> str:
        """The object type one walks to."""
        return self.association.end if self.forward else self.association.start

    @property
    def field(self) -> str:
        """The GraphQL field on the near type."""
        return self.label.start_field if self.forward else self.label.end_field

    @property
    def name(self) -> str:
        """What the far record is to the near one: the API name."""
        return (self.label.inverse_name or self.label.name) if self.forward else self.label.name

    @property
    def shown(self) -> str:
        """What the far record is to the near one: the text people see."""
        return (self.label.inverse_label or self.label.label) if self.forward else self.label.label

    @property
    def max_far(self) -> int | None:
        """At most so many far records for one near record; 1 makes the GraphQL field singular."""
        return self.label.max_end if self.forward else self.label.max_start

    @property
    def max_near(self) -> int | None:
        """At most so many near records for one far record."""
        return self.label.max_start if self.forward else self.label.max_end


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
        requires_enabling: Off until a super admin enables it (R18-R20).
        custom: Made by the account, not shipped.
        groups: The headings under which its properties are shown.
        withdrawn_properties: Properties that the API no longer has; their names and values are kept.
        spent_names: Names of fields that are gone for good; they are not given again.
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
    requires_enabling: bool = False
    enabled: bool = True
    custom: bool = False
    groups: tuple[PropertyGroup, ...] = ()
    withdrawn_properties: tuple[Property, ...] = ()
    spent_names: tuple[str, ...] = ()

    @cached_property
    def by_name(self) -> dict[str, Property]:
        """Properties of the type and of every record, by name."""
        return {prop.name: prop for prop in (*SYSTEM_PROPERTIES, *self.properties)}

    @cached_property
    def unique_properties(self) -> tuple[Property, ...]:
        """Properties that identify a record, besides its id."""
        return tuple(prop for prop in self.properties if prop.unique)

    @cached_property
    def stored_properties(self) -> tuple[Property, ...]:
        """The type's own properties that its nodes hold: all but the calculated ones."""
        return tuple(prop for prop in self.properties if not prop.calculated)

    @cached_property
    def stages(self) -> dict[str, tuple[Pipeline, Stage]]:
        """Stage name to its pipeline and itself."""
        return {stage.name: (pipe, stage) for pipe in self.pipelines for stage in pipe.stages}


@dataclass(frozen=True, kw_only=True)
class Account:
    """One deployment's data and data model.

    Attributes:
        spent_names: Names of object types, enumerations and relationship types that are gone for good, each with its
            kind in front (``type:RoastBatch``); they are not given again.
    """

    name: str = "Kinship"
    time_zone: str = "UTC"
    currency: str = "USD"
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
