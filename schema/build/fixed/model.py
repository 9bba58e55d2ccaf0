"""The data model as data: a Strawberry type for each part of the catalog, made from the catalog's values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NewType

import strawberry

from graphdb.catalog import model as catalog_model
from graphdb.catalog.codec import to_data
from graphdb.catalog.edit.usage import calculated_uses, composite_uses
from graphdb.catalog.model import Category, PropertyType, Tool
from graphdb.catalog.parts import BuildState, RollUpFunction
from schema.build.fixed.context import FixedInfo

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import Catalog

Json = NewType("Json", object)
"""Any JSON value: the scalar of ``schema.scalars``."""

# These stay the store's own classes: Strawberry notes on them what they are in the schema.
strawberry.enum(PropertyType, name="PropertyType", description="What a property holds.")
strawberry.enum(Category, name="ObjectTypeCategory", description="Where an object type belongs.")
strawberry.enum(Tool, name="Tool", description="What an object type works with.")
strawberry.enum(BuildState, name="BuildState", description="How far existing records have been brought to something.")
strawberry.enum(RollUpFunction, name="RollUpFunction", description="What a roll-up makes of the associated records.")


@strawberry.type
class OptionModel:
    """One value of an enumeration."""

    name: str
    label: str
    description: str
    aliases: list[str]
    retired: str | None = strawberry.field(description="The day on which it was taken out of use.")
    leaves: str | None = strawberry.field(description="The last day on which the API has it.")


@strawberry.type
class OptionSetModel:
    """The values that enumerations share by naming their set."""

    name: str
    label: str
    description: str
    options: list[OptionModel]


@strawberry.type
class PropertyUseModel:
    """What relies on a property."""

    kind: str = strawberry.field(
        description="REQUIRED, DISPLAY, UNIQUE_KEY, INDEX, COMPOSITE_INDEX, SEARCH, PIPELINE, FORMULA or ROLL_UP."
    )
    name: str | None = strawberry.field(
        description="Which: the pipeline's name, that of the calculated property, or the two properties of the "
        "composite index; null where there is but one."
    )


@strawberry.type
class RulesModel:
    """What a value must be besides being of its type."""

    least: str | None
    greatest: str | None
    shortest: int | None
    longest: int | None
    pattern: str | None


@strawberry.type
class RollUpModel:
    """How a property is computed from associated records."""

    field: str
    function: RollUpFunction
    property: str | None
    where: Json | None


@strawberry.type
class PropertyModel:
    """A property of an object type."""

    name: str
    label: str
    description: str
    type: PropertyType
    option_set: str | None
    options: list[OptionModel] | None
    required: bool
    unique: bool
    unique_with: str | None = strawberry.field(
        description="The unique property of which these are further values: records are found by them as by that one's."
    )
    indexed: bool
    read_only: bool
    custom: bool = strawberry.field(description="Whether the account made it.")
    aliases: list[str]
    group: str | None = strawberry.field(description="The name of the group that it is shown in.")
    default: Json | None = strawberry.field(description="What a new record gets that is given no value.")
    rules: RulesModel | None
    formula: str | None = strawberry.field(description="How it is computed from the record's other properties.")
    roll_up: RollUpModel | None
    unique_state: BuildState = strawberry.field(description="Whether all existing records hold their keys.")
    indexed_state: BuildState = strawberry.field(description="Whether lists are read from its index yet.")
    retired: str | None = strawberry.field(description="The day on which it was taken out of use.")
    leaves: str | None = strawberry.field(description="The last day on which the API has it.")
    used_by: list[PropertyUseModel] = strawberry.field(description="What relies on the property.")


@strawberry.type
class PropertyGroupModel:
    """A heading under which properties are shown."""

    name: str
    label: str


@strawberry.type
class StageModel:
    """A step of a pipeline."""

    name: str
    label: str
    probability: float | None
    closed: bool
    won: bool
    retired: str | None
    leaves: str | None


@strawberry.type
class PipelineModel:
    """The ordered stages that records go through."""

    name: str
    label: str
    stages: list[StageModel]
    retired: str | None
    leaves: str | None


async def _records(root: Any, info: FixedInfo) -> int:
    return (await info.context.counts.records()).get(root.node_label, 0)


@strawberry.type
class ReachModel:
    """Associated records on which an activity is logged as well: open ones of a type, the newest five."""

    object_type: str
    label: str | None = strawberry.field(description="The label that they have; null for any.")


@strawberry.type
class CompositeIndexModel:
    """An index over two properties: lists by one value of the first, in the order of the second."""

    equal: str = strawberry.field(description="The property that lists hold to one value.")
    order: str = strawberry.field(description="The one that they are sorted by.")


@strawberry.type
class ObjectTypeModel:
    """An object type of the account."""

    name: str
    type_name: str
    field: str
    plural_field: str
    label: str
    plural_label: str
    description: str
    categories: list[Category]
    tools: list[Tool]
    aliases: list[str]
    activity: bool
    reaches: list[ReachModel] = strawberry.field(
        description="The associated records on which an activity is logged that is logged on a record of this type."
    )
    custom: bool = strawberry.field(description="Whether the account made it.")
    requires_enabling: bool
    enabled: bool
    retired: str | None = strawberry.field(description="The day on which it was taken out of use.")
    leaves: str | None = strawberry.field(description="The last day on which the API has it.")
    display: list[list[str]] = strawberry.field(
        description="What its records are called by: of the first choice with a value, its values."
    )
    required_associations: list[list[str]] = strawberry.field(
        description="Of each group, a record must have an associated record of one of the types."
    )
    groups: list[PropertyGroupModel]
    properties: list[PropertyModel]
    withdrawn_properties: list[PropertyModel] = strawberry.field(
        description="Properties that have left the API; their values are kept, and restoring brings them back."
    )
    pipelines: list[PipelineModel]
    composite_indexes: list[CompositeIndexModel] = strawberry.field(
        description="Indexes over two properties; `dataModel { indexes }` says how far the engine has them."
    )
    node_label: strawberry.Private[str]
    records: int = strawberry.field(
        resolver=_records, description="How many live records there are; counted when asked."
    )


async def _associations(root: Any, info: FixedInfo) -> int:
    return (await info.context.counts.relationships()).get(root.relationship_type, 0)


@strawberry.type
class AssociationLabelModel:
    """A label that associations of a pair may carry."""

    name: str
    label: str
    inverse_name: str | None
    inverse_label: str | None
    start_field: str
    end_field: str
    max_start: int | None
    max_end: int | None
    retired: str | None
    leaves: str | None
    relationship_type: strawberry.Private[str]
    count: int = strawberry.field(
        resolver=_associations, description="How many associations carry the label; counted when asked."
    )


@strawberry.type
class AssociationModel:
    """A pair of object types whose records may be associated."""

    start: str
    end: str
    start_field: str
    end_field: str
    labels: list[AssociationLabelModel]
    retired: str | None
    leaves: str | None
    relationship_type: strawberry.Private[str]
    count: int = strawberry.field(
        resolver=_associations, description="How many associations of the pair there are; counted when asked."
    )


@strawberry.type
class AccountModel:
    """The account's own settings."""

    name: str
    time_zone: str
    currency: str
    join_companies_by_domain: bool = strawberry.field(
        description="Whether a new contact joins the company whose domain its e-mail address has."
    )


def option_set_model(option_set: catalog_model.OptionSet) -> OptionSetModel:
    """An option set as data."""
    return OptionSetModel(
        name=option_set.name,
        label=option_set.label,
        description=option_set.description,
        options=[_option(option) for option in option_set.options],
    )


def account_model(account: catalog_model.Account) -> AccountModel:
    """The account as data."""
    return AccountModel(
        name=account.name,
        time_zone=account.time_zone,
        currency=account.currency,
        join_companies_by_domain=account.join_companies_by_domain,
    )


def property_model(
    prop: catalog_model.Property, object_type: catalog_model.ObjectType, catalog: Catalog
) -> PropertyModel:
    """A property as data."""
    options = catalog.option_sets_by_name[prop.option_set].options if prop.option_set else None
    rules, roll_up = prop.rules, prop.roll_up
    return PropertyModel(
        name=prop.name,
        label=prop.label,
        description=prop.description,
        type=prop.type,
        option_set=prop.option_set,
        options=None if options is None else [_option(option) for option in options],
        required=prop.required,
        unique=prop.unique,
        unique_with=prop.unique_with,
        indexed=prop.indexed,
        read_only=prop.read_only,
        custom=prop.custom,
        aliases=list(prop.aliases),
        group=prop.group,
        default=None if prop.default is None else Json(prop.default),
        rules=None if rules is None else RulesModel(**{**dict.fromkeys(_RULES), **to_data(rules)}),
        formula=prop.formula,
        roll_up=None
        if roll_up is None
        else RollUpModel(
            field=roll_up.field,
            function=roll_up.function,
            property=roll_up.property,
            where=None if roll_up.where is None else Json(roll_up.where),
        ),
        unique_state=prop.unique_state,
        indexed_state=prop.indexed_state,
        retired=prop.retired,
        leaves=prop.leaves,
        used_by=list(_used_by(prop, object_type, catalog)),
    )


def object_type_model(object_type: catalog_model.ObjectType, catalog: Catalog) -> ObjectTypeModel:
    """An object type as data, with all that belongs to it."""
    return ObjectTypeModel(
        name=object_type.name,
        type_name=object_type.type_name,
        field=object_type.field,
        plural_field=object_type.plural_field,
        label=object_type.label,
        plural_label=object_type.plural_label,
        description=object_type.description,
        categories=list(object_type.categories),
        tools=list(object_type.tools),
        aliases=list(object_type.aliases),
        activity=object_type.activity,
        reaches=[ReachModel(object_type=reach.type, label=reach.label) for reach in object_type.reaches],
        custom=object_type.custom,
        requires_enabling=object_type.requires_enabling,
        enabled=object_type.enabled,
        retired=object_type.retired,
        leaves=object_type.leaves,
        display=[list(choice) for choice in object_type.display],
        required_associations=[list(group) for group in object_type.required_associations],
        groups=[PropertyGroupModel(name=group.name, label=group.label) for group in object_type.groups],
        properties=[
            property_model(prop, object_type, catalog)
            for prop in (*catalog_model.SYSTEM_PROPERTIES, *object_type.properties)
        ],
        withdrawn_properties=[property_model(one, object_type, catalog) for one in object_type.withdrawn_properties],
        pipelines=[_pipeline(pipeline) for pipeline in object_type.pipelines],
        composite_indexes=[
            CompositeIndexModel(equal=one.equal, order=one.order) for one in object_type.composite_indexes
        ],
        node_label=object_type.node_label,
    )


def association_model(association: catalog_model.Association) -> AssociationModel:
    """An association as data, with its labels."""
    return AssociationModel(
        start=association.start,
        end=association.end,
        start_field=association.start_field,
        end_field=association.end_field,
        labels=[label_model(label) for label in association.labels],
        retired=association.retired,
        leaves=association.leaves,
        relationship_type=association.relationship_type,
    )


def label_model(label: catalog_model.AssociationLabel) -> AssociationLabelModel:
    """A label as data."""
    return AssociationLabelModel(
        name=label.name,
        label=label.label,
        inverse_name=label.inverse_name,
        inverse_label=label.inverse_label,
        start_field=label.start_field,
        end_field=label.end_field,
        max_start=label.max_start,
        max_end=label.max_end,
        retired=label.retired,
        leaves=label.leaves,
        relationship_type=label.relationship_type,
    )


_RULES = ("least", "greatest", "shortest", "longest", "pattern")


def _option(option: catalog_model.Option) -> OptionModel:
    return OptionModel(
        name=option.name,
        label=option.label,
        description=option.description,
        aliases=list(option.aliases),
        retired=option.retired,
        leaves=option.leaves,
    )


def _used_by(
    prop: catalog_model.Property, object_type: catalog_model.ObjectType, catalog: Catalog
) -> Iterator[PropertyUseModel]:
    uses = {
        "REQUIRED": prop.required,
        "DISPLAY": any(prop.name in choice for choice in object_type.display),
        "UNIQUE_KEY": prop.unique,
        "INDEX": prop.indexed,
        "SEARCH": prop.type in catalog_model.SEARCHED and not prop.calculated,
    }
    yield from (PropertyUseModel(kind=kind, name=None) for kind, used in uses.items() if used)
    if prop.name in {"stage", "pipeline"}:
        yield from (PropertyUseModel(kind="PIPELINE", name=pipeline.name) for pipeline in object_type.pipelines)
    yield from (PropertyUseModel(kind="COMPOSITE_INDEX", name=name) for name in composite_uses(object_type, prop))
    for kind, name in calculated_uses(catalog, object_type, prop):
        yield PropertyUseModel(kind=kind, name=name)


def _pipeline(pipeline: catalog_model.Pipeline) -> PipelineModel:
    stages = [
        StageModel(
            name=stage.name,
            label=stage.label,
            probability=stage.probability,
            closed=stage.closed,
            won=stage.won,
            retired=stage.retired,
            leaves=stage.leaves,
        )
        for stage in pipeline.stages
    ]
    return PipelineModel(
        name=pipeline.name, label=pipeline.label, stages=stages, retired=pipeline.retired, leaves=pipeline.leaves
    )
