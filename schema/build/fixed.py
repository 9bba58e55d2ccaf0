"""The part of the schema that does not depend on the account: Strawberry classes, answered by Strawberry.

``dataModel`` gives the catalog as data, so that a client can draw it. Record types refer to ``PageInfo`` and
``AssociationLabel``; those two are answered by the plan like the records themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import strawberry

from graphdb.catalog import model as catalog_model
from graphdb.words import SEARCHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from enum import Enum

    from graphdb.catalog.model import Catalog


class DataModelContext(Protocol):
    """What a request's context must offer for ``dataModel``."""

    @property
    def catalog(self) -> Catalog:
        """The catalog that the request is answered under."""
        ...

    @property
    def counts(self) -> CountsLike:
        """How many records and associations there are."""
        ...

    @property
    def indexes(self) -> Sequence[IndexLike]:
        """Each index of the engine, with its state."""
        ...


class CountsLike(Protocol):
    """What can be asked of the graph itself; each is asked only where it is selected."""

    async def records(self) -> Mapping[str, int]:
        """Live records by node label."""
        ...

    async def relationships(self) -> Mapping[str, int]:
        """Associations, and those with a label, by relationship type."""
        ...

    async def versions(self) -> Sequence[VersionLike]:
        """The versions of the data model that can be read."""
        ...


class VersionLike(Protocol):
    """A version of the data model."""

    @property
    def version(self) -> int:
        """Its number."""
        ...

    @property
    def at(self) -> datetime:
        """When it became the current one."""
        ...


class IndexLike(Protocol):
    """The state of one index."""

    @property
    def name(self) -> str:
        """Its name in the engine."""
        ...

    @property
    def state(self) -> Enum:
        """WANTED, BUILDING, ONLINE or FAILED."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it failed."""
        ...


@strawberry.type(description="Where a page stands in its list (the Relay specification's).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(
        description="Whether records follow the page (with `last`: whether it was asked for with `before`)."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether records precede the page (with `first`: whether it was asked for with `after`)."
    )
    start_cursor: str | None = strawberry.field(
        description="The first record's cursor, for `before`; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(description="The last record's cursor, for `after`.")


@strawberry.type(description="What an association says about its pair, seen from the record the list hangs on.")
class AssociationLabel:
    """One label of an association."""

    name: str = strawberry.field(description="The API name, such as `decision_maker`.")
    label: str = strawberry.field(description="What people see, such as “Decision maker”.")


DataModelInfo = strawberry.Info[DataModelContext, None]


@strawberry.type
class OptionModel:
    """One value of an enumeration."""

    name: str
    label: str
    aliases: list[str]


@strawberry.type
class PropertyUseModel:
    """What relies on a property."""

    kind: str = strawberry.field(description="REQUIRED, DISPLAY, UNIQUE_KEY, INDEX, SEARCH or PIPELINE.")
    name: str | None = strawberry.field(description="Which: the pipeline's name; null where there is but one.")


@strawberry.type
class PropertyModel:
    """A property of an object type."""

    name: str
    label: str
    description: str
    type: str
    option_set: str | None
    options: list[OptionModel] | None
    required: bool
    unique: bool
    indexed: bool
    read_only: bool
    aliases: list[str]
    used_by: list[PropertyUseModel] = strawberry.field(description="What relies on the property.")


@strawberry.type
class StageModel:
    """A step of a pipeline."""

    name: str
    label: str
    probability: float | None
    closed: bool
    won: bool


@strawberry.type
class PipelineModel:
    """The ordered stages that records go through."""

    name: str
    label: str
    stages: list[StageModel]


async def _records(root: Any, info: DataModelInfo) -> int:
    return (await info.context.counts.records()).get(root.node_label, 0)


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
    categories: list[str]
    tools: list[str]
    aliases: list[str]
    activity: bool
    requires_enabling: bool
    enabled: bool
    required_associations: list[list[str]]
    properties: list[PropertyModel]
    pipelines: list[PipelineModel]
    node_label: strawberry.Private[str]
    records: int = strawberry.field(
        resolver=_records, description="How many live records there are; counted when asked."
    )


async def _associations(root: Any, info: DataModelInfo) -> int:
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


@strawberry.type
class IndexModel:
    """An index of the engine: WANTED, BUILDING, ONLINE or FAILED."""

    name: str
    state: str
    reason: str | None


@strawberry.type
class VersionModel:
    """A version of the data model whose schema can be had."""

    version: int
    at: str = strawberry.field(description="When it became the current one: RFC 3339, in UTC.")


async def _versions(info: DataModelInfo) -> list[VersionModel]:
    return [
        VersionModel(version=one.version, at=one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        for one in await info.context.counts.versions()
    ]


@strawberry.type(description="The account's data model at one version.")
class DataModel:
    """The whole catalog as data."""

    version: int
    account: AccountModel
    object_types: list[ObjectTypeModel]
    associations: list[AssociationModel]
    indexes: list[IndexModel]
    versions: list[VersionModel] = strawberry.field(
        resolver=_versions, description="The versions that can be read, oldest first."
    )


def _option(option: catalog_model.Option) -> OptionModel:
    return OptionModel(name=option.name, label=option.label, aliases=list(option.aliases))


def _used_by(prop: catalog_model.Property, object_type: catalog_model.ObjectType) -> Iterator[PropertyUseModel]:
    uses = {
        "REQUIRED": prop.required,
        "DISPLAY": any(prop.name in choice for choice in object_type.display),
        "UNIQUE_KEY": prop.unique,
        "INDEX": prop.indexed,
        "SEARCH": prop.type in SEARCHED,
    }
    yield from (PropertyUseModel(kind=kind, name=None) for kind, used in uses.items() if used)
    if prop.name in {"stage", "pipeline"}:
        yield from (PropertyUseModel(kind="PIPELINE", name=pipeline.name) for pipeline in object_type.pipelines)


def _property(prop: catalog_model.Property, object_type: catalog_model.ObjectType, catalog: Catalog) -> PropertyModel:
    options = catalog.option_sets_by_name[prop.option_set].options if prop.option_set else None
    return PropertyModel(
        name=prop.name,
        label=prop.label,
        description=prop.description,
        type=prop.type.value,
        option_set=prop.option_set,
        options=None if options is None else [_option(option) for option in options],
        required=prop.required,
        unique=prop.unique,
        indexed=prop.indexed,
        read_only=prop.read_only,
        aliases=list(prop.aliases),
        used_by=list(_used_by(prop, object_type)),
    )


def _pipeline(pipeline: catalog_model.Pipeline) -> PipelineModel:
    stages = [
        StageModel(name=s.name, label=s.label, probability=s.probability, closed=s.closed, won=s.won)
        for s in pipeline.stages
    ]
    return PipelineModel(name=pipeline.name, label=pipeline.label, stages=stages)


def _object_type(object_type: catalog_model.ObjectType, catalog: Catalog) -> ObjectTypeModel:
    return ObjectTypeModel(
        name=object_type.name,
        type_name=object_type.type_name,
        field=object_type.field,
        plural_field=object_type.plural_field,
        label=object_type.label,
        plural_label=object_type.plural_label,
        description=object_type.description,
        categories=[category.value for category in object_type.categories],
        tools=[tool.value for tool in object_type.tools],
        aliases=list(object_type.aliases),
        activity=object_type.activity,
        requires_enabling=object_type.requires_enabling,
        enabled=object_type.enabled,
        required_associations=[list(group) for group in object_type.required_associations],
        properties=[
            _property(prop, object_type, catalog)
            for prop in (*catalog_model.SYSTEM_PROPERTIES, *object_type.properties)
        ],
        pipelines=[_pipeline(pipeline) for pipeline in object_type.pipelines],
        node_label=object_type.node_label,
    )


def _association(association: catalog_model.Association) -> AssociationModel:
    labels = [
        AssociationLabelModel(
            name=label.name,
            label=label.label,
            inverse_name=label.inverse_name,
            inverse_label=label.inverse_label,
            start_field=label.start_field,
            end_field=label.end_field,
            max_start=label.max_start,
            max_end=label.max_end,
            relationship_type=label.relationship_type,
        )
        for label in association.labels
    ]
    return AssociationModel(
        start=association.start,
        end=association.end,
        start_field=association.start_field,
        end_field=association.end_field,
        labels=labels,
        relationship_type=association.relationship_type,
    )


def _data_model(info: DataModelInfo) -> DataModel:
    catalog, account = info.context.catalog, info.context.catalog.account
    return DataModel(
        version=catalog.version,
        account=AccountModel(name=account.name, time_zone=account.time_zone, currency=account.currency),
        object_types=[_object_type(object_type, catalog) for object_type in catalog.object_types],
        associations=[_association(association) for association in catalog.associations],
        indexes=[
            IndexModel(name=index.name, state=index.state.value, reason=index.reason) for index in info.context.indexes
        ],
    )


@strawberry.type
class Query:
    """The root fields that Strawberry answers; the generated ones are merged beside them."""

    data_model: DataModel = strawberry.field(
        resolver=_data_model, description="The account's object types, properties, pipelines and associations."
    )
