"""Calculated properties seen from the catalog alone: what they read, and which of them can be computed in it.

A part of a data model (``schema.build.slices``) lacks object types that a roll-up may need; there, it has no field.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import Catalog, LabelSide, ObjectType, Property, Side
    from graphdb.catalog.parts import RollUp

LOGICAL = ("and", "or", "not")
CHOOSING = ("some", "none", "every", "where")


def readable(catalog: Catalog, object_type: ObjectType) -> tuple[Property, ...]:
    """The properties of an enabled type that its records show: all but roll-ups over what the catalog lacks."""
    return tuple(
        prop
        for prop in object_type.properties
        if prop.roll_up is None or computable(catalog, object_type, prop.roll_up)
    )


def kept(catalog: Catalog) -> list[tuple[ObjectType, Property]]:
    """The roll-ups whose values records hold, of those that can be computed; with their object types."""
    return [
        (object_type, prop)
        for object_type in catalog.enabled
        for prop in object_type.kept_roll_ups
        if prop.roll_up is not None and computable(catalog, object_type, prop.roll_up)
    ]


def kept_anew(before: Catalog, after: Catalog) -> set[tuple[str, str]]:
    """The kept roll-ups, by type and name, whose values nobody brought up to date before a change."""
    known = {(object_type.name, prop.name) for object_type, prop in kept(before)}
    return {(object_type.name, prop.name) for object_type, prop in kept(after)} - known


def computable(catalog: Catalog, object_type: ObjectType, roll_up: RollUp) -> bool:
    """Whether everything that a roll-up names is there."""
    side = ways(catalog, object_type.name).get(roll_up.field)
    if side is None:
        return False
    reads = [*where_reads(catalog, side.far, where_of(roll_up))]
    if roll_up.property is not None:
        reads.append((side.far, roll_up.property))
    # "count" is a key of what is asked of associated records together.
    return all(
        name in {"id", "count"} or name in catalog.by_name[near].by_name or name in ways(catalog, near)
        for near, name in reads
    )


def ways(catalog: Catalog, near: str) -> dict[str, Side | LabelSide]:
    """The fields of an object type that lead to records of enabled types, by name."""
    found: dict[str, Side | LabelSide] = {}
    for side in catalog.sides_of(near):
        found[side.field] = side
        found |= {label.field: label for label in side.label_fields}
    return found


def where_of(roll_up: RollUp) -> Any:
    """The ``where`` of a roll-up as it was given; an empty one if there is none, None if it is no JSON."""
    try:
        return json.loads(roll_up.where) if roll_up.where else {}
    except (ValueError, RecursionError):
        return None


def where_reads(catalog: Catalog, near: str, where: Any) -> Iterator[tuple[str, str]]:
    """Every key of a ``where`` that stands for something of an object type, with that type, however deep.

    Args:
        catalog: What the keys are looked up in; one that means nothing in it comes as it stands.
        near: The object type whose records are chosen.
        where: What was given; what has not the form of a ``where`` is passed over.
    """
    if not isinstance(where, dict):
        return
    for key, part in where.items():
        if key in LOGICAL:
            for item in part if isinstance(part, list) else [part]:
                yield from where_reads(catalog, near, item)
            continue
        yield near, key
        way = ways(catalog, near).get(key)
        if way is None or not isinstance(part, dict):
            continue
        if getattr(way, "single", False):
            yield from where_reads(catalog, way.far, part)
            continue
        for choice in CHOOSING:
            yield from where_reads(catalog, way.far, part.get(choice))
        yield from where_reads(catalog, way.far, part.get("aggregate"))
