"""Composite indexes of an object type: made and deleted."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from graphdb.catalog.changes import JobKind, JobSpec
from graphdb.catalog.edit.draft import refuse, require_in_use
from graphdb.catalog.parts import CompositeIndex
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft
    from graphdb.catalog.model import ObjectType


def create(draft: Draft, type_name: str, equal: str, order: str) -> ObjectType:
    """Have lists of the records with one value of a property, in the order of another, answered by an index.

    Raises:
        WriteRefused: The object type or a property is not there, or there is such an index already. What else it
            needs of the two, the check of the whole data model says.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    require_in_use(object_type, object_type.label, ("objectType",))
    for place, name in (("equal", equal), ("order", order)):
        if name not in object_type.by_name:
            draft.property_of(object_type, name, (place,))  # unless it has left the API, it says what is meant
            refuse((place,), f"{object_type.name}.{name} has left the API: restoreProperty brings it back.")
    wanted = CompositeIndex(equal=equal, order=order)
    if wanted in object_type.composite_indexes:
        message = f"{object_type.label} has a composite index of {equal} and {order} already."
        refuse(("order",), message, FaultCode.CONFLICT)
    return _put(draft, object_type, (*object_type.composite_indexes, wanted), wanted, JobKind.COMPOSITE_INDEX)


def delete(draft: Draft, type_name: str, equal: str, order: str) -> ObjectType:
    """Give a composite index up: such lists are sorted again.

    Raises:
        WriteRefused: There is none.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    gone = CompositeIndex(equal=equal, order=order)
    left = tuple(one for one in object_type.composite_indexes if one != gone)
    if len(left) == len(object_type.composite_indexes):
        known = "; ".join(f"{one.equal}, {one.order}" for one in left) or "none"
        message = f"{object_type.label} has no composite index of {equal} and {order}; it has {known}."
        refuse(("order",), message, FaultCode.NOT_FOUND)
    return _put(draft, object_type, left, gone, JobKind.DROP_COMPOSITE_INDEX)


def _put(
    draft: Draft, object_type: ObjectType, indexes: tuple[CompositeIndex, ...], about: CompositeIndex, kind: JobKind
) -> ObjectType:
    changed = dataclasses.replace(object_type, composite_indexes=indexes)
    draft.put_type(changed)
    draft.jobs.append(
        JobSpec(
            kind=kind,
            object_type=object_type.name,
            node_label=object_type.node_label,
            property=about.equal,
            order=about.order,
        )
    )
    return changed
