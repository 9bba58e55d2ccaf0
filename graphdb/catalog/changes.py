"""What a change of the data model asks of the records that exist: checks before it, jobs behind it.

Pure values. ``graphdb.narrowing`` looks for the records that break a ``Narrowing``; ``graphdb.jobs`` carries out a
``JobSpec`` behind the running program.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from graphdb.catalog.parts import Rules  # noqa: TC001 - the codec reads the annotations

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class AllSet:
    """Every live record of the type has a value of the property (it becomes required)."""

    object_type: str
    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoneHolds:
    """No record, archived ones included, has the option as the property's value, or among its values."""

    object_type: str
    property: str
    option: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllDistinct:
    """No two live records of the type have the same value of the property (it becomes unique)."""

    object_type: str
    property: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AllWithin:
    """Every value of the property keeps the rules, which become tighter."""

    object_type: str
    property: str
    rules: Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class AtMost:
    """No record has more associated records with the label than the new limit.

    Attributes:
        relationship_type: The label's own.
        of_start: Whether the records that are limited stand at the relationship's start.
        symmetric: Whether the label has no direction (same type, no inverse): both ends count.
        limit: The most far records.
    """

    object_type: str
    relationship_type: str
    of_start: bool
    symmetric: bool
    limit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AllAssociated:
    """Every live record of the type has an associated record of one of the types (it becomes required)."""

    object_type: str
    group: tuple[str, ...]


Narrowing = AllSet | NoneHolds | AllDistinct | AllWithin | AtMost | AllAssociated


@dataclass(frozen=True, slots=True, kw_only=True)
class Violations:
    """What breaks a narrowing.

    Attributes:
        count: How many records.
        examples: The ids of the first ten of them.
    """

    count: int
    examples: tuple[str, ...] = ()


class JobKind(StrEnum):
    """What a job does to the records that exist."""

    CLAIM_KEYS = "CLAIM_KEYS"
    """Gives each record its key node of a property that became unique; then the property's unique_state is ONLINE."""
    INDEX = "INDEX"
    """Builds a property's indexes and marks the records without a value, or has each hold a roll-up's; then its
    indexed_state is ONLINE."""
    FREE_KEYS = "FREE_KEYS"
    """Deletes the key nodes of a property that is unique no more."""
    DROP_INDEX = "DROP_INDEX"
    """Drops the indexes of a property that is indexed no more, and takes its markers off the records, and what was kept
    of a roll-up."""
    COMPOSITE_INDEX = "COMPOSITE_INDEX"
    """Builds a composite index, where the engine can read one."""
    DROP_COMPOSITE_INDEX = "DROP_COMPOSITE_INDEX"
    """Drops one that the data model has no more."""
    ENSURE_TYPE = "ENSURE_TYPE"
    """Makes what an object type's nodes need in the engine, its index on the id among it."""
    VERIFY = "VERIFY"
    """Looks again, once every worker is on the new data model, whether a narrowing holds."""
    DELETE_VALUES = "DELETE_VALUES"
    """Takes the values, keys and markers of a property that is gone for good off its records."""
    DELETE_RECORDS = "DELETE_RECORDS"
    """Deletes the records of an object type that is gone for good, with their keys and associations."""
    DELETE_RELATIONSHIPS = "DELETE_RELATIONSHIPS"
    """Deletes the relationships of an association or a label that is gone for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSpec:
    """A job that a change of the data model leaves behind.

    Attributes:
        kind: What to do.
        object_type: The catalog name of the type; of a deleted one too.
        node_label: The label of the type's nodes.
        property: The property's name, where it is about one; of a composite index, which it holds to one value.
        order: The property that a composite index is in the order of.
        label: The relationship type of the association or label that is deleted.
        narrowing: What VERIFY looks for.
    """

    kind: JobKind
    object_type: str
    node_label: str
    property: str | None = None
    order: str | None = None
    label: str | None = None
    narrowing: Narrowing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogChange:
    """A changed data model and what follows from the change.

    Attributes:
        catalog: The data model as it would be; its version is the old one's plus one.
        narrowings: What must hold of the records that exist, each with the place in the input that asks for it.
        jobs: What is to be done behind it.
    """

    catalog: Catalog
    narrowings: tuple[tuple[tuple[str | int, ...], Narrowing], ...] = ()
    jobs: tuple[JobSpec, ...] = ()
