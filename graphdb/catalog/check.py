"""Whether a catalog is sound: every fault at once, each with its place.

``check`` looks at what the parts say about each other; the form of a single value is the business of whoever
makes it (``graphdb.catalog.layout`` for files). A fault's ``where`` is an object type's name, or ``account``,
``option_sets`` or ``associations``.
"""

from __future__ import annotations

import re
import zoneinfo
from collections import Counter
from typing import TYPE_CHECKING

from graphdb.catalog import naming
from graphdb.catalog.check_associations import association_faults, field_faults
from graphdb.catalog.model import SYSTEM_PROPERTIES, PropertyType
from graphdb.cypher.quoting import is_safe
from graphdb.errors import CatalogFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphdb.catalog.model import Account, Catalog, ObjectType, Property

INDEXED_MAX = 10
"""Indexed properties of an object type; each costs about a tenth of the rate of creates."""

_ENUMERATIONS = frozenset({PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION})
_NOT_UNIQUE = frozenset(
    {PropertyType.TEXT, PropertyType.BOOLEAN, PropertyType.JSON, PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION}
)
_NOT_INDEXED = frozenset({PropertyType.TEXT, PropertyType.JSON, PropertyType.MULTI_ENUMERATION})
_SHOWABLE = frozenset(
    {PropertyType.STRING, PropertyType.TEXT, PropertyType.EMAIL, PropertyType.PHONE, PropertyType.URL}
)


def check(catalog: Catalog) -> list[CatalogFault]:
    """Every fault of the catalog, in catalog order; an empty list when it is sound."""
    faults = [*_account_faults(catalog.account), *_option_set_faults(catalog), *_type_name_faults(catalog)]
    for object_type in catalog.object_types:
        for place, message in _object_type_faults(catalog, object_type):
            faults.append(CatalogFault(where=object_type.name, field=place, message=message))
    return [*faults, *association_faults(catalog), *field_faults(catalog)]


def _account_faults(account: Account) -> Iterator[CatalogFault]:
    try:
        zoneinfo.ZoneInfo(account.time_zone)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        message = f"expected a time zone by its IANA name, found {account.time_zone!r}"
        yield CatalogFault(where="account", field="time_zone", message=message)
    if not re.fullmatch(r"[A-Z]{3}", account.currency):
        message = f"expected a currency by its ISO 4217 code, found {account.currency!r}"
        yield CatalogFault(where="account", field="currency", message=message)


def _option_set_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """What is wrong inside the option sets. Those of pipelines may repeat labels and are judged by their type."""
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
            yield _fault("option_sets", place, f"expected a name in PascalCase, found {option_set.name!r}")
        if not option_set.options:
            yield _fault("option_sets", place, "expected at least one option, found none")
        if option_set.name in of_pipelines:
            continue
        for option in option_set.options:
            if not naming.is_enum_value(option.name):
                message = f"expected a name that a GraphQL enum value may have, found {option.name!r}"
                yield _fault("option_sets", f"{place}.{option.name}", message)
        for name in _repeated(option.name for option in option_set.options):
            yield _fault("option_sets", f"{place}.{name}", f"expected each option once, found {name} again")
        calls = [
            call
            for option in option_set.options
            for call in {naming.fold(name) for name in (option.name, option.label, *option.aliases)}
        ]
        for call in _repeated(calls):
            message = f"expected each label or alias to mean one option, {call!r} means several"
            yield _fault("option_sets", place, message)


def _type_name_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """Names that share the schema's namespaces: types and enums, root fields, node labels."""
    types: dict[str, str] = {}
    fixed = {naming.fold(name): name for name in naming.FIXED_TYPES}
    named = [(object_type.name, "type_name", object_type.type_name) for object_type in catalog.object_types]
    named += [("option_sets", f"option_sets.{option_set.name}", option_set.name) for option_set in catalog.option_sets]
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


def _object_type_faults(catalog: Catalog, object_type: ObjectType) -> Iterator[tuple[str, str]]:
    if not naming.is_api_name(object_type.name):
        yield "name", f"expected a name in snake_case, found {object_type.name!r}"
    if not naming.is_type_name(object_type.type_name):
        yield "type_name", f"expected a name in PascalCase, found {object_type.type_name!r}"
    for place, name in (("field", object_type.field), ("plural_field", object_type.plural_field)):
        if not naming.is_field_name(name):
            yield place, f"expected a name in camelCase, found {name!r}"
    if not is_safe(object_type.node_label) or object_type.node_label.startswith("_"):
        yield "node_label", f"expected letters, digits and underscores, found {object_type.node_label!r}"
    if not object_type.enabled and not object_type.requires_enabling:
        yield "enabled", "expected true, for the object type needs no enabling; found false"
    yield from _property_name_faults(object_type)
    for prop in object_type.properties:
        for place, message in _property_faults(catalog, prop):
            yield f"properties.{prop.name}.{place}", message
    indexed = [prop.name for prop in object_type.properties if prop.indexed]
    if len(indexed) > INDEXED_MAX:
        yield "properties", f"expected at most {INDEXED_MAX} indexed properties, found {len(indexed)}"
    yield from _display_faults(object_type)
    yield from _pipeline_faults(catalog, object_type)
    for number, group in enumerate(object_type.required_associations):
        yield from _required_association_faults(catalog, object_type, number, group)


def _property_name_faults(object_type: ObjectType) -> Iterator[tuple[str, str]]:
    """Names and aliases of a type's properties; those of associations and labels are judged with them."""
    reserved = {naming.fold(name) for name in (*naming.RESERVED_FIELDS, *(p.name for p in SYSTEM_PROPERTIES))}
    for prop in object_type.properties:
        place = f"properties.{prop.name}"
        if naming.fold(prop.name) in reserved:
            yield place, f"expected a name that is not reserved, found {prop.name}"
        if not naming.is_field_name(prop.name):
            yield place, f"expected a name in camelCase, found {prop.name!r}"
        elif not is_safe(prop.name) or not is_safe(f"_u_{prop.name}"):
            yield place, f"expected a name of at most 61 characters, found {prop.name!r}"
    for name in _repeated(prop.name for prop in object_type.properties):
        yield f"properties.{name}", f"CONFLICT: the name {name} is taken by another property of the type"
    calls = [
        call
        for prop in (*SYSTEM_PROPERTIES, *object_type.properties)
        for call in {naming.fold(name) for name in (prop.name, *prop.aliases)}
    ]
    for call in _repeated(calls):
        yield "properties", f"expected each name or alias to mean one property, {call!r} means several"


def _property_faults(catalog: Catalog, prop: Property) -> Iterator[tuple[str, str]]:
    if prop.type in _ENUMERATIONS:
        if prop.option_set is None:
            yield "option_set", f"expected an option set for the type {prop.type}, found none"
        elif prop.option_set not in catalog.option_sets_by_name:
            yield "option_set", f"expected the name of an option set, found {prop.option_set!r}"
    elif prop.option_set is not None:
        yield "option_set", f"expected none for the type {prop.type}, found {prop.option_set!r}"
    if prop.unique and prop.type in _NOT_UNIQUE:
        yield "unique", f"expected false for the type {prop.type}, found true"
    if prop.indexed and prop.type in _NOT_INDEXED:
        yield "indexed", f"expected false for the type {prop.type}, found true"
    if prop.required and prop.read_only:
        yield "required", "expected false, for no client can set the property; found true"


def _display_faults(object_type: ObjectType) -> Iterator[tuple[str, str]]:
    if not object_type.display or not all(object_type.display):
        yield "display", "expected at least one property in each choice, found none"
    for number, choice in enumerate(object_type.display):
        for name in choice:
            prop = object_type.by_name.get(name)
            if prop is None and name != "id":
                yield f"display.{number}", f"expected a property of the type, found {name!r}"
            elif prop is not None and prop.type not in _SHOWABLE:
                yield f"display.{number}", f"expected a property that holds text, {name} holds {prop.type}"


def _pipeline_faults(catalog: Catalog, object_type: ObjectType) -> Iterator[tuple[str, str]]:
    if not object_type.pipelines:
        return
    for name in _repeated(pipeline.name for pipeline in object_type.pipelines):
        yield f"pipelines.{name}", f"expected each pipeline once, found {name} again"
    stages = [(pipeline, stage) for pipeline in object_type.pipelines for stage in pipeline.stages]
    for name in _repeated(stage.name for _, stage in stages):
        owners = [pipeline.name for pipeline, stage in stages if naming.fold(stage.name) == naming.fold(name)]
        message = f"CONFLICT: expected a stage's name once in all pipelines, found it in {' and '.join(owners)}"
        yield f"pipelines.{owners[-1]}.{name}", message
    for pipeline in object_type.pipelines:
        if not pipeline.stages:
            yield f"pipelines.{pipeline.name}", "expected at least one stage, found none"
        if not naming.is_enum_value(pipeline.name):
            message = f"expected a name that a GraphQL enum value may have, found {pipeline.name!r}"
            yield f"pipelines.{pipeline.name}", message
    for pipeline, stage in stages:
        place = f"pipelines.{pipeline.name}.{stage.name}"
        if not naming.is_enum_value(stage.name):
            yield place, f"expected a name that a GraphQL enum value may have, found {stage.name!r}"
        if stage.won and not stage.closed:
            yield place, "expected a won stage to be closed, found it open"
        if stage.probability is not None and not 0 <= stage.probability <= 1:
            yield place, f"expected a probability from 0 to 1, found {stage.probability}"
    expected = {
        "pipeline": [pipeline.name for pipeline in object_type.pipelines],
        "stage": [stage.name for _, stage in stages],
    }
    for name, options in expected.items():
        prop = object_type.by_name.get(name)
        option_set = catalog.option_sets_by_name.get(prop.option_set or "") if prop else None
        if option_set is None or [option.name for option in option_set.options] != options:
            yield f"properties.{name}", f"expected an enumeration of the type's {name}s, found another or none"


def _required_association_faults(
    catalog: Catalog, object_type: ObjectType, number: int, group: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    place = f"required_associations.{number}"
    if not group:
        yield place, "expected at least one object type, found none"
    pairs = {frozenset((association.start, association.end)) for association in catalog.associations}
    for name in group:
        if name not in catalog.by_name:
            yield place, f"expected the name of an object type, found {name!r}"
        elif frozenset((object_type.name, name)) not in pairs:
            yield place, f"expected an association of {object_type.name} and {name}, found none"


def _fault(where: str, place: str, message: str) -> CatalogFault:
    return CatalogFault(where=where, field=place, message=message)


def _repeated(names: Iterable[str]) -> list[str]:
    """One of each group of names that are equal ignoring case and underscores."""
    names = list(names)
    counts = Counter(naming.fold(name) for name in names)
    return [next(name for name in names if naming.fold(name) == key) for key, count in counts.items() if count > 1]
