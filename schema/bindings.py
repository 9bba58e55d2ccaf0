"""What a generated GraphQL field stands for.

The builder hangs one of these on each field it generates (``GraphQLField.extensions``); the compiler reads it
there. So the schema itself is the map from names to the catalog, and no second table can disagree with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from graphql import GraphQLField, GraphQLInputField, GraphQLInputObjectType, GraphQLObjectType

    from graphdb.catalog.formula import Expression
    from graphdb.catalog.model import LabelSide, ObjectType, Property, Side

KEY = "kinship"

DRY_RUN = "dryRun"
"""The directive on a mutation that is to commit nothing."""


class Part(Enum):
    """Fields that mean the same on every generated type of their kind."""

    ID = auto()
    OBJECT_TYPE = auto()
    DISPLAY_NAME = auto()
    ARCHIVED_AT = auto()
    NODES = auto()
    EDGES = auto()
    PAGE_INFO = auto()
    TOTAL_COUNT = auto()
    AGGREGATE = auto()
    GROUPS = auto()
    GROUP_KEY = auto()
    NODE = auto()
    CURSOR = auto()
    LABELS = auto()
    ASSOCIATED_AT = auto()
    NODE_BY_ID = auto()
    NODES_BY_IDS = auto()
    ARCHIVED = auto()
    ASSOCIATIONS = auto()
    TIMELINE = auto()
    NEIGHBOURHOOD = auto()
    ASSOCIATIONS_BETWEEN = auto()
    PATHS = auto()
    SEARCH = auto()
    SCORE = auto()
    CHANGES = auto()
    HISTORY = auto()


@dataclass(frozen=True, slots=True)
class PropertyField:
    """A property of a record; ``rolled_up`` or ``formula`` where it is computed from associated ones or its own."""

    property: Property
    rolled_up: RolledUp | None = None
    formula: Expression | None = None


@dataclass(frozen=True, slots=True)
class RolledUp:
    """What a roll-up goes over.

    Attributes:
        hop: The field that leads to the associated records.
        of: Their property whose values are summed up; None where they are counted.
        where: The type of the filter that chooses among them.
    """

    hop: HopField
    of: Property | None
    where: GraphQLInputObjectType


@dataclass(frozen=True, slots=True)
class HopField:
    """Associated records: all of a side, or those with one label; ``single`` for a label with max 1."""

    side: Side
    label: LabelSide | None = None

    @property
    def single(self) -> bool:
        """Whether the field holds one record instead of a connection."""
        return self.label is not None and self.label.single

    @property
    def deprecation(self) -> str | None:
        """The reason for ``@deprecated`` of the field; None while it is in use."""
        return (self.label or self.side).deprecation


class Structural(Enum):
    """Keys of input objects whose values decide a statement's text, so that they belong to a plan's shape."""

    LABEL = auto()


@dataclass(frozen=True, slots=True)
class ListField:
    """All records of a type."""

    type: ObjectType


@dataclass(frozen=True, slots=True)
class LookupField:
    """One record of a type, by id or unique property."""

    type: ObjectType


@dataclass(frozen=True, slots=True)
class AggregateField:
    """What holds of a property's values over many records."""

    property: Property


@dataclass(frozen=True, slots=True)
class MeasureField:
    """One figure of an aggregate: ``count``, ``sum`` and so on."""

    function: str


@dataclass(frozen=True, slots=True)
class KeyField:
    """A property that a group's records have in common."""

    property: Property


class Write(Enum):
    """What a mutation of an object type does."""

    CREATE = auto()
    UPDATE = auto()
    UPSERT = auto()
    ARCHIVE = auto()
    RESTORE = auto()
    PURGE = auto()
    MERGE = auto()
    UNMERGE = auto()


@dataclass(frozen=True, slots=True)
class WriteField:
    """A mutation of one object type: of one record, or of a list (``many``)."""

    type: ObjectType
    kind: Write
    many: bool = False


class PairWrite(Enum):
    """What a mutation of two records of any object types does."""

    ASSOCIATE = auto()
    SET_LABELS = auto()
    DISSOCIATE = auto()


@dataclass(frozen=True, slots=True)
class PairWriteField:
    """A mutation of two records, or of a list of such pairs (``many``)."""

    kind: PairWrite
    many: bool = False


@dataclass(frozen=True, slots=True)
class RecordType:
    """On a GraphQL object type: the object type its records are of."""

    type: ObjectType


FigureBinding = AggregateField | MeasureField | KeyField
Binding = Part | PropertyField | HopField | ListField | LookupField | WriteField | PairWriteField | FigureBinding


def binding(field: GraphQLField) -> Binding | None:
    """What a field stands for; None for a fixed field that Strawberry answers."""
    return cast("Binding | None", field.extensions.get(KEY))


def input_binding(field: GraphQLInputField) -> PropertyField | HopField | None:
    """What an input field stands for; None for operators and other fixed fields."""
    return cast("PropertyField | HopField | None", field.extensions.get(KEY))


def decides_text(field: GraphQLInputField) -> bool:
    """Whether an input field's value decides the statement's text."""
    return isinstance(field.extensions.get(KEY), Structural)


def record_type(graphql_type: GraphQLObjectType) -> ObjectType | None:
    """The object type whose records a GraphQL type shows, if it shows records."""
    bound = graphql_type.extensions.get(KEY)
    return bound.type if isinstance(bound, RecordType) else None


def object_type_enum_value(object_type: ObjectType) -> str:
    """The value of the enum ``ObjectTypeName`` for an object type: ``LINE_ITEM``."""
    return object_type.name.upper()
