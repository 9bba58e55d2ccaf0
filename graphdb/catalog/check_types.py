"""The part of ``check`` that looks at one object type: its names, properties, display and pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog import naming
from graphdb.catalog.formula import FormulaError, formula_of
from graphdb.catalog.model import SYSTEM_PROPERTIES, UNORDERED, PropertyType
from graphdb.cypher.quoting import is_safe
from graphdb.rules import check_default, check_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import Catalog, ObjectType, Pipeline, Property, Stage
    from graphdb.catalog.parts import Reach

    Found = Iterator[tuple[str, str]]
    """Places in the object type, each with what is wrong there."""

INDEXED_MAX = 10
"""Indexed properties of an object type; each costs about a tenth of the rate of creates."""

COMPOSITE_INDEXES_MAX = 10
"""Composite indexes of an object type; each costs as much as an indexed property."""

_ENUMERATIONS = frozenset({PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION})
_NOT_UNIQUE = UNORDERED | {PropertyType.BOOLEAN, PropertyType.ENUMERATION}
_TEXTUAL = frozenset({PropertyType.STRING, PropertyType.TEXT, PropertyType.EMAIL, PropertyType.PHONE, PropertyType.URL})


def object_type_faults(catalog: Catalog, object_type: ObjectType) -> Found:
    """Everything wrong with an object type by itself, and with what it refers to."""
    yield from _name_faults(object_type)
    if not object_type.enabled and not object_type.requires_enabling and object_type.retired is None:
        yield "enabled", "expected true, for the object type needs no enabling and is not retired; found false"
    yield from _property_name_faults(object_type)
    for prop in object_type.properties:
        if prop.formula is not None:
            try:
                formula_of(object_type, prop)
            except FormulaError as error:
                yield f"properties.{prop.name}.formula", str(error)
        for place, message in _unique_with_faults(object_type, prop):
            yield f"properties.{prop.name}.{place}", message
        for place, message in _property_faults(catalog, prop):
            yield f"properties.{prop.name}.{place}", message
    indexed = [prop.name for prop in object_type.properties if prop.indexed]
    if len(indexed) > INDEXED_MAX:
        yield "properties", f"expected at most {INDEXED_MAX} indexed properties, found {len(indexed)}"
    yield from _composite_index_faults(object_type)
    yield from _display_faults(object_type)
    yield from _pipeline_faults(object_type)
    yield from _pipeline_property_faults(catalog, object_type)
    for number, group in enumerate(object_type.required_associations):
        for message in _required_association_faults(catalog, object_type, group):
            yield f"required_associations.{number}", message
    for number, reach in enumerate(object_type.reaches):
        for message in _reach_faults(catalog, object_type, reach):
            yield f"reaches.{number}", message


def _name_faults(object_type: ObjectType) -> Found:
    if not naming.is_api_name(object_type.name):
        yield "name", f"expected a name in snake_case, found {object_type.name!r}"
    if not naming.is_type_name(object_type.type_name):
        yield "type_name", f"expected a name in PascalCase, found {object_type.type_name!r}"
    for place, name in (("field", object_type.field), ("plural_field", object_type.plural_field)):
        if not naming.is_field_name(name):
            yield place, f"expected a name in camelCase, found {name!r}"
    if not is_safe(object_type.node_label) or object_type.node_label.startswith("_"):
        yield (
            "node_label",
            f"expected at most 63 letters, digits and underscores, found {object_type.node_label!r}",
        )


def _property_name_faults(object_type: ObjectType) -> Found:
    """Names and aliases of a type's properties; those of associations and labels are judged with them."""
    reserved = {naming.fold(name) for name in naming.RESERVED_FIELDS}
    for prop in object_type.properties:
        place = f"properties.{prop.name}"
        if naming.fold(prop.name) in reserved:
            yield place, f"expected a name that is not reserved, found {prop.name}"
        if not naming.is_field_name(prop.name):
            yield place, f"expected a name in camelCase, found {prop.name!r}"
        elif not is_safe(f"_u_{prop.name}"):
            yield place, f"expected a name of at most 61 characters, found {prop.name!r}"
    for name in naming.repeated(prop.name for prop in object_type.properties):
        yield f"properties.{name}", f"CONFLICT: the name {name} is taken by another property of the type"
    calls = [
        call
        for prop in (*SYSTEM_PROPERTIES, *object_type.properties)
        for call in {naming.fold(name) for name in (prop.name, *prop.aliases)}
    ]
    for call in naming.repeated(calls):
        yield "properties", f"expected each name or alias to mean one property, {call!r} means several"


def _property_faults(catalog: Catalog, prop: Property) -> Found:
    if prop.type in _ENUMERATIONS:
        if prop.option_set is None:
            yield "option_set", f"expected an option set for the type {prop.type}, found none"
        elif prop.option_set not in catalog.option_sets_by_name:
            yield "option_set", f"expected the name of an option set, found {prop.option_set!r}"
    elif prop.option_set is not None:
        yield "option_set", f"expected none for the type {prop.type}, found {prop.option_set!r}"
    if prop.unique and prop.type in _NOT_UNIQUE:
        yield "unique", f"expected false for the type {prop.type}, found true"
    if prop.indexed and prop.type in UNORDERED:
        yield "indexed", f"expected false for the type {prop.type}, found true"
    if prop.required and prop.read_only:
        yield "required", "expected false, for no client can set the property; found true"
    if prop.calculated:
        yield from _calculated_faults(prop)
    for message in check_rules(prop):
        yield "rules", message
    for message in check_default(prop, catalog.option_sets_by_name.get(prop.option_set or "")):
        yield "default", message


def _unique_with_faults(object_type: ObjectType, prop: Property) -> Found:
    """Further values of a unique property are addresses, as that one's are."""
    if prop.unique_with is None:
        return
    other = object_type.by_name.get(prop.unique_with)
    if prop.type is not PropertyType.EMAIL_LIST:
        yield "unique_with", f"expected none for the type {prop.type}, found {prop.unique_with!r}"
    elif other is None or other.type is not PropertyType.EMAIL or not other.unique:
        yield "unique_with", f"expected a unique property of the type email, found {prop.unique_with!r}"


def _composite_index_faults(object_type: ObjectType) -> Found:
    """What a composite index is of: two properties in use by which lists are filtered and sorted.

    What is sorted by is indexed, for its records without a value are found by its marker; so is a text that is
    filtered by, for those that have an index are short enough for another.
    """
    found = object_type.composite_indexes
    if len(found) > COMPOSITE_INDEXES_MAX:
        yield "composite_indexes", f"expected at most {COMPOSITE_INDEXES_MAX} composite indexes, found {len(found)}"
    for one in dict.fromkeys(found):
        place = f"composite_indexes.{one.equal}.{one.order}"
        if found.count(one) > 1:
            yield place, f"CONFLICT: there is a composite index of {one.equal} and {one.order} already"
        if one.equal == one.order:
            yield place, f"expected two properties, found {one.equal} twice"
        for name in dict.fromkeys((one.equal, one.order)):
            prop = object_type.by_name.get(name)
            if prop is None:
                yield place, f"expected properties of the type, found {name!r}"
            elif prop.calculated:
                yield place, f"expected properties that are stored, {name} is computed"
            elif prop.type in UNORDERED:
                yield place, f"expected properties by which lists are sorted, {name} holds {prop.type}"
            elif prop.retired is not None:
                yield place, f"expected properties in use, {name} is retired (restoreProperty)"
            elif not prop.indexed and (name == one.order or prop.type in _TEXTUAL):
                yield place, f"expected {name} to be indexed by itself (updateProperty, indexed: true); it is not"


def _calculated_faults(prop: Property) -> Found:
    """What is made of other values cannot be set; a roll-up can be kept and found by an index, a formula cannot."""
    if prop.roll_up is not None and prop.formula is not None:
        yield "formula", "expected none beside a roll-up, found one"
    if not prop.read_only:
        yield "read_only", "expected true, for the property is computed; found false"
    for place, flag in (("required", prop.required), ("unique", prop.unique)):
        if flag:
            yield place, "expected false, for the property is computed; found true"
    if prop.indexed and prop.roll_up is None:
        yield "indexed", "expected false, for a formula is computed when it is read (a roll-up can be kept); found true"
    if prop.rules is not None:
        yield "rules", "expected none, for the property is computed; found some"


def _display_faults(object_type: ObjectType) -> Found:
    if not object_type.display or not all(object_type.display):
        yield "display", "expected at least one property in each choice, found none"
    for number, choice in enumerate(object_type.display):
        for name in choice:
            prop = object_type.by_name.get(name)
            if prop is None:
                yield f"display.{number}", f"expected a property of the type, found {name!r}"
            elif prop.calculated:
                yield f"display.{number}", f"expected a property that is stored, {name} is computed"
            elif prop.type not in _TEXTUAL:
                yield f"display.{number}", f"expected a property that holds text, {name} holds {prop.type}"


def _pipeline_faults(object_type: ObjectType) -> Found:
    stages = [(pipeline, stage) for pipeline in object_type.pipelines for stage in pipeline.stages]
    for name in naming.repeated(pipeline.name for pipeline in object_type.pipelines):
        yield f"pipelines.{name}", f"CONFLICT: the name {name} is taken by another pipeline of the type"
    for name in naming.repeated(stage.name for _, stage in stages):
        owners = [pipeline.name for pipeline, stage in stages if naming.fold(stage.name) == naming.fold(name)]
        message = f"CONFLICT: a stage's name stands once in all pipelines, found {name} in {', '.join(owners)}"
        yield f"pipelines.{owners[-1]}.{name}", message
    for pipeline in object_type.pipelines:
        if not pipeline.stages:
            yield f"pipelines.{pipeline.name}", "expected at least one stage, found none"
        if not naming.is_enum_value(pipeline.name):
            message = f"expected a name that a GraphQL enum value may have, found {pipeline.name!r}"
            yield f"pipelines.{pipeline.name}", message
    for pipeline, stage in stages:
        for message in _stage_faults(stage):
            yield f"pipelines.{pipeline.name}.{stage.name}", message


def _stage_faults(stage: Stage) -> Iterator[str]:
    if not naming.is_enum_value(stage.name):
        yield f"expected a name that a GraphQL enum value may have, found {stage.name!r}"
    if stage.won and not stage.closed:
        yield "expected a won stage to be closed, found it open"
    if stage.probability is not None and not 0 <= stage.probability <= 1:
        yield f"expected a probability from 0 to 1, found {stage.probability}"


def _pipeline_property_faults(catalog: Catalog, object_type: ObjectType) -> Found:
    """A type with pipelines says by two enumerations where its records are."""
    if not object_type.pipelines:
        return
    for name, expected in _pipeline_options(object_type.pipelines).items():
        prop = object_type.by_name.get(name)
        option_set = catalog.option_sets_by_name.get(prop.option_set or "") if prop else None
        if option_set is None or [option.name for option in option_set.options] != expected:
            message = f"expected an enumeration of the type's {name}s, found another or none"
            yield f"properties.{name}", message


def _pipeline_options(pipelines: tuple[Pipeline, ...]) -> dict[str, list[str]]:
    return {
        "pipeline": [pipeline.name for pipeline in pipelines],
        "stage": [stage.name for pipeline in pipelines for stage in pipeline.stages],
    }


def _reach_faults(catalog: Catalog, object_type: ObjectType, reach: Reach) -> Iterator[str]:
    """What is wrong with what activities reach from a type's records: a type, and a label seen from them."""
    if object_type.activity:
        yield "expected none, for an activity is logged on other records"
    if reach.type not in catalog.by_name:
        yield f"expected the name of an object type, found {reach.type!r}"
        return
    associations = [one for one in catalog.associations if {one.start, one.end} == {object_type.name, reach.type}]
    if not associations:
        yield f"expected an association of {object_type.name} and {reach.type}, found none"
        return
    association = associations[0]
    forward, backward = association.start == object_type.name, association.end == object_type.name
    # Withdrawn ones too, which come back when they are restored.
    labels = [
        name
        for label in association.labels
        for name, seen in ((label.inverse_name or label.name, forward), (label.name, backward))
        if seen
    ]
    if reach.label is not None and reach.label not in labels:
        known = ", ".join(labels) or "none, for this association has no labels"
        yield f"expected a label of {object_type.name} and {reach.type}: {known}; found {reach.label!r}"


def _required_association_faults(catalog: Catalog, object_type: ObjectType, group: tuple[str, ...]) -> Iterator[str]:
    if not group:
        yield "expected at least one object type, found none"
    pairs = {frozenset((association.start, association.end)) for association in catalog.associations}
    for name in group:
        if name not in catalog.by_name:
            yield f"expected the name of an object type, found {name!r}"
        elif frozenset((object_type.name, name)) not in pairs:
            yield f"expected an association of {object_type.name} and {name}, found none"
