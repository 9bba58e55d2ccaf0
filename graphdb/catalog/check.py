"""Whether a catalog is sound: every fault at once, each with its place.

``check`` looks at what the parts say about each other; the form of a single value is the business of whoever
makes it (``graphdb.catalog.layout`` for files). A fault's ``where`` is an object type's name, or
``_account``, ``_option_sets`` or ``_associations``, as the files are called.
"""

from __future__ import annotations

import re
import zoneinfo
from typing import TYPE_CHECKING

from graphdb.catalog import naming
from graphdb.catalog.check_associations import association_faults, field_faults
from graphdb.catalog.check_types import object_type_faults
from graphdb.cypher.quoting import is_safe
from graphdb.errors import CatalogFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import Account, Catalog, OptionSet

_OPTION_SETS = "_option_sets"


def check(catalog: Catalog) -> list[CatalogFault]:
    """Every fault of the catalog, in catalog order; an empty list when it is sound."""
    faults = [*_account_faults(catalog.account), *_option_set_faults(catalog), *_type_name_faults(catalog)]
    for object_type in catalog.object_types:
        for place, message in object_type_faults(catalog, object_type):
            faults.append(CatalogFault(where=object_type.name, field=place, message=message))
    return [*faults, *association_faults(catalog), *field_faults(catalog)]


def _account_faults(account: Account) -> Iterator[CatalogFault]:
    try:
        zoneinfo.ZoneInfo(account.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        message = f"expected a time zone by its IANA name, found {account.time_zone!r}"
        yield CatalogFault(where="_account", field="time_zone", message=message)
    if not re.fullmatch(r"[A-Z]{3}", account.currency):
        message = f"expected a currency by its ISO 4217 code, found {account.currency!r}"
        yield CatalogFault(where="_account", field="currency", message=message)


def _option_set_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """What is wrong inside the option sets. Those of pipelines are judged by their type."""
    of_pipelines = {
        prop.option_set
        for object_type in catalog.object_types
        if object_type.pipelines
        for prop in object_type.properties
        if prop.name in {"stage", "pipeline"}
    }
    for option_set in catalog.option_sets:
        place = f"option_sets.{option_set.name}"
        if not naming.is_type_name(option_set.name) or not is_safe(option_set.name):
            yield _fault(_OPTION_SETS, place, f"expected a name in PascalCase, found {option_set.name!r}")
        if option_set.name not in of_pipelines:
            for inner, message in _option_faults(option_set):
                yield _fault(_OPTION_SETS, f"{place}.{inner}", message)


def _option_faults(option_set: OptionSet) -> Iterator[tuple[str, str]]:
    if not option_set.options:
        yield "options", "expected at least one option, found none"
    for option in option_set.options:
        if not naming.is_enum_value(option.name):
            yield option.name, f"expected a name that a GraphQL enum value may have, found {option.name!r}"
    calls = [
        call
        for option in option_set.options
        for call in {naming.fold(name) for name in (option.name, option.label, *option.aliases)}
    ]
    for call in naming.repeated(calls):
        yield "options", f"expected each name, label or alias to mean one option, {call!r} means several"


def _type_name_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """Names that share the schema's namespaces: types and enums, root fields, node labels."""
    types: dict[str, str] = {}
    fixed = {naming.fold(name): name for name in naming.FIXED_TYPES}
    named = [(object_type.name, "type_name", object_type.type_name) for object_type in catalog.object_types]
    named += [(_OPTION_SETS, f"option_sets.{option_set.name}", option_set.name) for option_set in catalog.option_sets]
    for where, place, name in named:
        if naming.fold(name) in fixed:
            yield _fault(where, place, f"expected a name that is not reserved, found {name}, a type of every schema")
        elif naming.ends_reserved(name):
            yield _fault(where, place, f"expected a name without a reserved ending, found {name}")
        if naming.fold(name) in types:
            yield _fault(where, place, f"CONFLICT: the name {name} is taken by {types[naming.fold(name)]}")
        types.setdefault(naming.fold(name), f"{where} ({place})")
    roots: dict[str, str] = {naming.fold(name): "the schema itself" for name in naming.RESERVED_ROOT_FIELDS}
    nodes: dict[str, str] = {naming.fold(name): "the schema itself" for name in naming.RESERVED_NODE_LABELS}
    api: dict[str, str] = {}
    for object_type in catalog.object_types:
        for place, name, taken in (
            ("name", object_type.name, api),
            ("field", object_type.field, roots),
            ("plural_field", object_type.plural_field, roots),
            ("node_label", object_type.node_label, nodes),
        ):
            holder = taken.get(naming.fold(name))
            if holder is not None:
                yield _fault(object_type.name, place, f"CONFLICT: the name {name} is taken by {holder}")
            taken.setdefault(naming.fold(name), f"{object_type.name} ({place})")


def _fault(where: str, place: str, message: str) -> CatalogFault:
    return CatalogFault(where=where, field=place, message=message)
