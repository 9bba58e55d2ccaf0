"""A part of a data model, whose schema holds a few object types and what they need.

The schema of the part is that of an account which has these object types alone: fields that lead to others are left
out, so that it is small and other teams' changes do not touch it. Names are stored with the catalog, so what both
schemas hold is called the same, and a document that fits the part fits the whole.
"""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from graphdb.catalog.naming import fold
from graphdb.errors import CatalogError, CatalogFault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.model import Catalog


def slice_of(catalog: Catalog, names: Iterable[str]) -> Catalog:
    """The part of a catalog with some object types.

    Args:
        catalog: The whole.
        names: Object types by catalog name or GraphQL type (``line_item``, ``LineItem``), in any order.

    Raises:
        CatalogError: A fault for each name that no enabled object type has, and one if there are no names.
    """
    called = {fold(name): one.name for one in catalog.enabled for name in (one.name, one.type_name)}
    asked = list(dict.fromkeys(names))
    faults = [_unknown(name, called) for name in asked if fold(name) not in called]
    if not asked:
        faults = [CatalogFault(where="only", field="", message="expected at least one object type, found none")]
    if faults:
        raise CatalogError(faults)
    kept = {called[fold(name)] for name in asked}
    return replace(
        catalog,
        object_types=tuple(one for one in catalog.object_types if one.name in kept),
        associations=tuple(one for one in catalog.associations if {one.start, one.end} <= kept),
        _sides={},
    )


def _unknown(name: str, called: dict[str, str]) -> CatalogFault:
    near = difflib.get_close_matches(fold(name), called, 1)
    hint = f"; {called[near[0]]} is one" if near else ""
    message = f"expected the name of an enabled object type, found {name[:100]!r}{hint}"
    return CatalogFault(where="only", field=name[:100], message=message)
