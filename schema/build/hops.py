"""The fields of an object type that lead to associated records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema.bindings import HopField

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import ObjectType
    from schema.build.registry import TypeRegistry


def hops(types: TypeRegistry, object_type: ObjectType) -> Iterator[tuple[str, HopField, ObjectType]]:
    """The associations and labels of an object type: field, what it stands for, the type it leads to."""
    for side in types.catalog.sides_of(object_type.name):
        far = types.catalog.by_name[side.far]
        yield side.field, HopField(side), far
        for label in side.label_fields:
            yield label.field, HopField(side, label), far
