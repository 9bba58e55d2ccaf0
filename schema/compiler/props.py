"""Catalog properties → the part of them that the IR carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import BuildState
from graphdb.values import is_lower_case
from schema.ir import Prop

if TYPE_CHECKING:
    from graphdb.catalog.model import Property

ID = Prop("id", PropertyType.STRING, indexed=True, required=True)


def to_prop(prop: Property) -> Prop:
    """The part of a catalog property that the IR carries."""
    return Prop(
        name=prop.name,
        type=prop.type,
        indexed=prop.indexed and prop.indexed_state is BuildState.ONLINE,
        required=prop.required,
        marker=prop.read_marker,
        lower=is_lower_case(prop),
    )
