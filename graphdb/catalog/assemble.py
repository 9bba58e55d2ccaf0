"""From the files' content to a catalog: every name that is not given is minted, what every type has is added.

Nothing is judged here: what does not fit together is found by ``graphdb.catalog.check``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog import naming
from graphdb.catalog.model import (
    SYSTEM_PROPERTIES,
    Account,
    Association,
    AssociationLabel,
    Catalog,
    ObjectType,
    Option,
    OptionSet,
    Pipeline,
    Property,
    PropertyType,
    Stage,
)
from graphdb.catalog.parts import CompositeIndex, Reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.layout import (
        AccountFile,
        AssociationsFile,
        LabelPart,
        ObjectTypeFile,
        OptionSetPart,
        OptionSetsFile,
        PropertyPart,
    )

EXTERNAL_ID = Property(
    name="externalId",
    type=PropertyType.STRING,
    label="External id",
    unique=True,
    description="The record's id in the system it came from.",
)
"""A property that every object type has; imports find their records again by it."""


def assemble(
    account: AccountFile,
    types: Mapping[str, ObjectTypeFile],
    option_sets: OptionSetsFile,
    associations: AssociationsFile,
) -> Catalog:
    """The catalog, at version 1, of what the files say."""
    taken: set[str] = set()
    type_names = {}
    for name in types:
        type_names[name] = naming.type_name(name, taken)
        taken.add(naming.fold(type_names[name]))
    sets = [_option_set(name, part) for name, part in option_sets.option_sets.items()]
    taken.update(naming.fold(option_set.name) for option_set in sets)
    object_types = []
    for name, part in types.items():
        pipelines = _pipelines(part)
        added: tuple[Property, ...] = ()
        if pipelines:
            pipeline_set, stage_set = pipeline_sets(name, part.label, pipelines, taken)
            taken.update((naming.fold(pipeline_set.name), naming.fold(stage_set.name)))
            sets += [pipeline_set, stage_set]
            added = pipeline_properties(name, pipelines, pipeline_set, stage_set)
        object_types.append(_object_type(name, type_names[name], part, pipelines, added))
    return Catalog(
        version=1,
        account=Account(
            name=account.name,
            time_zone=account.time_zone,
            currency=account.currency,
            join_companies_by_domain=account.join_companies_by_domain,
        ),
        object_types=tuple(object_types),
        option_sets=tuple(sets),
        associations=_associations(associations, object_types),
    )


def _option_set(name: str, part: OptionSetPart) -> OptionSet:
    options = tuple(
        Option(
            name=option.name or naming.option_name(option.label),
            label=option.label,
            description=option.description,
            aliases=option.aliases,
        )
        for option in part.options
    )
    label = part.label or naming.shown(name)
    return OptionSet(name=name, label=label, options=options, description=part.description)


def _pipelines(part: ObjectTypeFile) -> tuple[Pipeline, ...]:
    taken: set[str] = set()
    pipelines = []
    for pipeline in part.pipelines:
        name = pipeline.name or naming.pipeline_name(pipeline.label)
        stages = []
        for stage in pipeline.stages:
            stage_name = stage.name or naming.stage_name(stage.label, name, taken)
            taken.add(naming.fold(stage_name))
            stages.append(
                Stage(
                    name=stage_name,
                    label=stage.label,
                    probability=stage.probability,
                    closed=stage.closed or stage.won,
                    won=stage.won,
                    aliases=stage.aliases,
                )
            )
        pipelines.append(Pipeline(name=name, label=pipeline.label, stages=tuple(stages), aliases=pipeline.aliases))
    return tuple(pipelines)


def pipeline_sets(
    name: str, label: str, pipelines: tuple[Pipeline, ...], taken: set[str]
) -> tuple[OptionSet, OptionSet]:
    """The enumerations of a type's pipelines and of their stages."""
    return (
        OptionSet(
            name=naming.enum_name(f"{name}_pipeline", taken),
            label=f"{label} pipeline",
            description=f"The pipelines of the object type {label}.",
            options=tuple(Option(name=p.name, label=p.label, aliases=p.aliases) for p in pipelines),
        ),
        OptionSet(
            name=naming.enum_name(f"{name}_stage", taken),
            label=f"{label} stage",
            description=f"The stages of all pipelines of the object type {label}.",
            options=tuple(Option(name=s.name, label=s.label, aliases=s.aliases) for p in pipelines for s in p.stages),
        ),
    )


def pipeline_properties(
    name: str, pipelines: tuple[Pipeline, ...], pipeline_set: OptionSet, stage_set: OptionSet
) -> tuple[Property, ...]:
    """The properties of a type that has pipelines; those after the first two follow from the stage."""
    enumeration = PropertyType.ENUMERATION
    properties = [
        Property(
            name="stage",
            type=enumeration,
            label="Stage",
            option_set=stage_set.name,
            indexed=True,
            description="The step of its pipeline that the record is at.",
            aliases=("hs_pipeline_stage", f"{name}stage"),
        ),
        Property(
            name="pipeline",
            type=enumeration,
            label="Pipeline",
            option_set=pipeline_set.name,
            description="The pipeline that the record goes through.",
            aliases=("hs_pipeline",),
        ),
        Property(
            name="isClosed",
            type=PropertyType.BOOLEAN,
            label="Closed",
            read_only=True,
            description="Whether the record's stage ends its pipeline.",
            aliases=("hs_is_closed",),
        ),
        Property(
            name="stageEnteredAt",
            type=PropertyType.DATETIME,
            label="Stage entered at",
            read_only=True,
            description="When the record came to the stage that it is at.",
            aliases=("hs_v2_date_entered_current_stage",),
        ),
    ]
    if any(stage.probability is not None for pipeline in pipelines for stage in pipeline.stages):
        properties.append(
            Property(
                name="isWon",
                type=PropertyType.BOOLEAN,
                label="Won",
                read_only=True,
                description="Whether the record's stage ends its pipeline with success.",
                aliases=("hs_is_closed_won",),
            )
        )
    return tuple(properties)


def _object_type(
    name: str,
    type_name: str,
    part: ObjectTypeFile,
    pipelines: tuple[Pipeline, ...],
    added: tuple[Property, ...],
) -> ObjectType:
    own = [_property(key, value) for key, value in part.properties.items()]
    return ObjectType(
        name=name,
        type_name=type_name,
        field=naming.field(name),
        plural_field=naming.plural_field(name, part.plural),
        node_label=naming.node_label(name),
        label=part.label,
        plural_label=part.plural_label,
        description=part.description,
        categories=part.categories,
        properties=(*own[:1], *added, *own[1:], EXTERNAL_ID),
        display=part.display,
        pipelines=pipelines,
        required_associations=part.required_associations,
        tools=part.tools,
        aliases=part.aliases,
        activity=part.activity,
        reaches=tuple(Reach(type=reach.type, label=reach.label) for reach in part.reaches),
        requires_enabling=part.requires_enabling,
        enabled=part.enabled,
        composite_indexes=tuple(CompositeIndex(equal=one.equal, order=one.order) for one in part.composite_indexes),
    )


def _property(name: str, part: PropertyPart) -> Property:
    return Property(
        name=name,
        type=part.type,
        label=part.label or naming.shown(name),
        description=part.description,
        option_set=part.option_set,
        required=part.required,
        unique=part.unique,
        unique_with=part.unique_with,
        indexed=part.indexed,
        read_only=part.read_only,
        aliases=part.aliases,
    )


def _associations(file: AssociationsFile, object_types: list[ObjectType]) -> tuple[Association, ...]:
    """All pairs first, so that a label's field gives way to an association's, whatever their order."""
    fields = {object_type.name: (object_type.field, object_type.plural_field) for object_type in object_types}
    taken = {
        object_type.name: {
            naming.fold(name)
            for name in (
                *naming.RESERVED_FIELDS,
                *(p.name for p in (*SYSTEM_PROPERTIES, *object_type.properties)),
            )
        }
        for object_type in object_types
    }
    relationship_types: set[str] = set()
    pairs: list[Association] = []
    for start, ends in file.pairs.items():
        for end in ends:
            relationship_type = naming.relationship_type(start, end, relationship_types)
            relationship_types.add(relationship_type)
            start_field, end_field = (_fields_of(far, fields)[1] for far in (end, start))
            taken.setdefault(start, set()).add(naming.fold(start_field))
            taken.setdefault(end, set()).add(naming.fold(end_field))
            pairs.append(
                Association(
                    start=start,
                    end=end,
                    relationship_type=relationship_type,
                    start_field=start_field,
                    end_field=end_field,
                    labels=(),
                )
            )
    return tuple(
        Association(
            start=pair.start,
            end=pair.end,
            relationship_type=pair.relationship_type,
            start_field=pair.start_field,
            end_field=pair.end_field,
            labels=tuple(
                _label(part, pair, fields, taken)
                for part in file.labels
                if (part.start, part.end) == (pair.start, pair.end)
            ),
        )
        for pair in pairs
    )


def _label(
    part: LabelPart, pair: Association, fields: dict[str, tuple[str, str]], taken: dict[str, set[str]]
) -> AssociationLabel:
    """A label with its names; its fields are noted as taken."""
    symmetric = pair.same_type and part.inverse_name is None
    start_field = naming.label_field(
        part.inverse_name or part.name,
        *_fields_of(pair.end, fields),
        single=part.max_end == 1,
        taken=taken[pair.start],
    )
    taken[pair.start].add(naming.fold(start_field))
    end_field = start_field
    if not symmetric:
        end_field = naming.label_field(
            part.name, *_fields_of(pair.start, fields), single=part.max_start == 1, taken=taken[pair.end]
        )
        taken[pair.end].add(naming.fold(end_field))
    inverse_label = part.inverse_label
    if part.inverse_name is not None and inverse_label is None:
        inverse_label = naming.shown(part.inverse_name)
    return AssociationLabel(
        name=part.name,
        label=part.label or naming.shown(part.name),
        relationship_type=naming.label_relationship_type(pair.relationship_type, part.name),
        start_field=start_field,
        end_field=end_field,
        inverse_name=part.inverse_name,
        inverse_label=inverse_label,
        max_start=part.max_start,
        max_end=part.max_end,
    )


def _fields_of(name: str, fields: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """A type's field and list field; of an unknown type those it would have."""
    return fields.get(name) or (naming.field(name), naming.plural_field(name))
