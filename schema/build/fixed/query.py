"""The root fields that Strawberry answers; the generated ones are merged beside them."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graphdb.catalog.changes import JobKind
from schema.build.fixed.context import FixedInfo
from schema.build.fixed.model import (
    AccountModel,
    AssociationModel,
    ObjectTypeModel,
    OptionSetModel,
    account_model,
    association_model,
    object_type_model,
    option_set_model,
)

strawberry.enum(JobKind, name="JobKind", description="What a job does to the records that exist.")


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


@strawberry.type
class JobModel:
    """What a change of the data model has left to be done to the records that exist."""

    id: strawberry.ID
    kind: JobKind
    object_type: str
    property: str | None
    order: str | None = strawberry.field(
        description="Of a composite index: the property that it is in the order of; `property` is held to one value."
    )
    state: str = strawberry.field(description="WANTED, RUNNING, DONE or FAILED.")
    done: int = strawberry.field(description="How many records, keys or relationships it has dealt with.")
    total: int | None = strawberry.field(description="How many there were; null before it began.")
    reason: str | None = strawberry.field(description="Why it failed.")
    examples: list[strawberry.ID] = strawberry.field(description="Records for which it failed.")
    at: str = strawberry.field(description="When the data model was changed: RFC 3339, in UTC.")


async def _jobs(info: FixedInfo) -> list[JobModel]:
    return [
        JobModel(
            id=strawberry.ID(one.id),
            kind=one.spec.kind,
            object_type=one.spec.object_type,
            property=one.spec.property,
            order=one.spec.order,
            state=str(one.state.value),
            done=one.done,
            total=one.total,
            reason=one.reason,
            examples=[strawberry.ID(example) for example in one.examples],
            at=_shown(one.at),
        )
        for one in await info.context.counts.jobs()
    ]


def _shown(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _versions(info: FixedInfo) -> list[VersionModel]:
    return [VersionModel(version=one.version, at=_shown(one.at)) for one in await info.context.counts.versions()]


@strawberry.type(description="The account's data model at one version.")
class DataModel:
    """The whole catalog as data."""

    version: int
    account: AccountModel
    object_types: list[ObjectTypeModel]
    option_sets: list[OptionSetModel]
    associations: list[AssociationModel]
    indexes: list[IndexModel]
    versions: list[VersionModel] = strawberry.field(
        resolver=_versions, description="The versions that can be read, oldest first."
    )
    jobs: list[JobModel] = strawberry.field(
        resolver=_jobs, description="What changes have left to be done, and how far it is; oldest first."
    )


def _data_model(info: FixedInfo) -> DataModel:
    catalog = info.context.catalog
    return DataModel(
        version=catalog.version,
        account=account_model(catalog.account),
        object_types=[object_type_model(object_type, catalog) for object_type in catalog.object_types],
        option_sets=[option_set_model(option_set) for option_set in catalog.option_sets],
        associations=[association_model(association) for association in catalog.associations],
        indexes=[
            IndexModel(name=index.name, state=index.state.value, reason=index.reason) for index in info.context.indexes
        ],
    )


@strawberry.type
class Query:
    """What there is to ask besides records."""

    data_model: DataModel = strawberry.field(
        resolver=_data_model, description="The account's object types, properties, pipelines and associations."
    )
