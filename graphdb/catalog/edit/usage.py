"""What relies on a property: why it cannot just go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphdb.catalog.calculated import where_of, where_reads
from graphdb.catalog.formula import names_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphdb.catalog.model import Catalog, LabelSide, ObjectType, Property, Side

_WORDS: Final = {"FORMULA": "formula", "ROLL_UP": "roll-up"}


def uses_of(catalog: Catalog, object_type: ObjectType, prop: Property) -> Iterator[str]:
    """Everything that would break without a property, in words."""
    if any(prop.name in choice for choice in object_type.display):
        yield f"records of {object_type.label} are called by it (display)"
    if object_type.pipelines and prop.name in {"stage", "pipeline", "isClosed", "stageEnteredAt", "isWon"}:
        yield f"it belongs to the pipelines of {object_type.label}"
    if prop.required:
        yield "it is required"
    for name in composite_uses(object_type, prop):
        yield f"a composite index is of {name} (deleteCompositeIndex)"
    for kind, name in calculated_uses(catalog, object_type, prop):
        yield f"the {_WORDS[kind]} {name} reads it"


def composite_uses(object_type: ObjectType, prop: Property) -> Iterator[str]:
    """The composite indexes that a property takes part in, by both names."""
    for one in object_type.composite_indexes:
        if prop.name in {one.equal, one.order}:
            yield f"{one.equal}, {one.order}"


def calculated_uses(catalog: Catalog, object_type: ObjectType, prop: Property) -> Iterator[tuple[str, str]]:
    """The calculated properties that read a property: FORMULA or ROLL_UP, and ``type.property``."""
    for other in object_type.properties:
        if other.name != prop.name and other.formula and prop.name in names_in(other.formula):
            yield "FORMULA", f"{object_type.name}.{other.name}"
    for near, other in roll_ups(catalog):
        if (object_type.name, prop.name) in _reads(catalog, near, other):
            yield "ROLL_UP", f"{near.name}.{other.name}"


def roll_ups(catalog: Catalog) -> Iterator[tuple[ObjectType, Property]]:
    """Every roll-up of the data model."""
    for object_type in catalog.object_types:
        for prop in object_type.properties:
            if prop.roll_up is not None:
                yield object_type, prop


def far_type(catalog: Catalog, near: ObjectType, field: str) -> str | None:
    """The object type that a field of an association or label leads to."""
    for side in _sides(catalog, near.name):
        names = {side.field, *(label.field for label in side.labels)}
        if field in names:
            return side.far
    return None


def roll_ups_through(catalog: Catalog, sides: Sequence[Side | LabelSide]) -> Iterator[str]:
    """The roll-ups that read the records at the end of some associations or labels."""
    fields = {(side.near, side.field) for side in sides}
    for near, prop in roll_ups(catalog):
        if not fields.isdisjoint(_reads(catalog, near, prop)):
            yield f"{near.name}.{prop.name}"


def _reads(catalog: Catalog, near: ObjectType, prop: Property) -> set[tuple[str, str]]:
    """Every property and association that a roll-up names, each with its object type."""
    if prop.roll_up is None:
        return set()
    found = {(near.name, prop.roll_up.field)}
    far = far_type(catalog, near, prop.roll_up.field)
    if far is not None:
        found |= set(where_reads(catalog, far, where_of(prop.roll_up)))
        if prop.roll_up.property is not None:
            found.add((far, prop.roll_up.property))
    return found


def _sides(catalog: Catalog, name: str) -> Iterator[Side]:
    """As ``Catalog.sides_of``, of types that are not enabled too."""
    for association in catalog.associations:
        if association.start == name:
            yield association.side(forward=True)
        elif association.end == name:
            yield association.side(forward=False)
