"""The mutations that change the data model: for super admins, one version for all fields of a request.

Each resolver makes one edit of ``graphdb.catalog.edit`` and shows what has come of it; the request's ``Editing`` looks
whether existing records bear it, and commits all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from strawberry import UNSET

from graphdb.catalog.edit import associations, indexes, object_types, options, pipelines, properties
from schema.build.fixed.context import FixedInfo
from schema.build.fixed.inputs import (
    AccountInput,
    LabelInput,
    ObjectTypeInput,
    OptionInput,
    OptionSetInput,
    PipelineInput,
    PropertyGroupInput,
    PropertyInput,
    StageInput,
    given,
)
from schema.build.fixed.model import (
    account_model,
    association_model,
    label_model,
    object_type_model,
    option_set_model,
    property_model,
)
from schema.build.fixed.payloads import (
    AccountPayload,
    AssociationModelPayload,
    DeletionPayload,
    LabelPayload,
    ObjectTypePayload,
    OptionSetPayload,
    PropertyPayload,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.edit.draft import Draft
    from schema.build.fixed.context import Changed


@dataclass(frozen=True, slots=True)
class _Confirmed:
    name: str
    given: str | None


async def _type(info: FixedInfo, edit: Callable[[Draft], Any]) -> ObjectTypePayload:
    changed = await info.context.editing.apply(edit)
    # An edit of several parts may have gone on after what it returned was made.
    object_type = changed.catalog.by_name[changed.element.name]
    return ObjectTypePayload(object_type=object_type_model(object_type, changed.catalog), version=changed.version)


async def _property(info: FixedInfo, object_type: str, edit: Callable[[Draft], Any]) -> PropertyPayload:
    changed = await info.context.editing.apply(edit)
    owner = changed.catalog.by_name[object_type]
    model = property_model(changed.element, owner, changed.catalog)
    return PropertyPayload(property=model, version=changed.version)


async def _set(info: FixedInfo, edit: Callable[[Draft], Any]) -> OptionSetPayload:
    changed = await info.context.editing.apply(edit)
    return OptionSetPayload(option_set=option_set_model(changed.element), version=changed.version)


async def _association(info: FixedInfo, edit: Callable[[Draft], Any]) -> AssociationModelPayload:
    changed = await info.context.editing.apply(edit)
    return AssociationModelPayload(association=association_model(changed.element), version=changed.version)


async def _label(info: FixedInfo, edit: Callable[[Draft], Any]) -> LabelPayload:
    changed = await info.context.editing.apply(edit)
    return LabelPayload(label=label_model(changed.element), version=changed.version)


async def _gone(
    info: FixedInfo, edit: Callable[[Draft], Any], name: str, confirm: str | None, shown: str | None = None
) -> DeletionPayload:
    confirmed = _Confirmed(shown or name, confirm or None)
    changed: Changed = await info.context.editing.apply(edit, confirmed=confirmed)
    return DeletionPayload(name=shown or name, lost=changed.lost, version=changed.version)


Confirm = Annotated[
    str | None,
    strawberry.argument(
        description="Its name once more: without it the answer says what would be lost, and nothing is."
    ),
]


async def _create_object_type(info: FixedInfo, input: ObjectTypeInput) -> ObjectTypePayload:
    """A new object type of the account's own."""
    return await _type(info, lambda draft: object_types.create(draft, given(input)))


async def _update_object_type(info: FixedInfo, name: str, input: ObjectTypeInput) -> ObjectTypePayload:
    """Changes what is given; the names in the API stay."""
    return await _type(info, lambda draft: object_types.update(draft, name, given(input)))


async def _enable_object_type(info: FixedInfo, name: str) -> ObjectTypePayload:
    """Brings in an object type that is off until somebody wants it."""
    return await _type(info, lambda draft: object_types.enable(draft, name))


async def _retire_object_type(info: FixedInfo, name: str) -> ObjectTypePayload:
    """Takes an object type out of use: deprecated until it leaves; its records stay."""
    return await _type(info, lambda draft: object_types.retire(draft, name))


async def _restore_object_type(info: FixedInfo, name: str) -> ObjectTypePayload:
    """Puts a retired object type back into use, with its records."""
    return await _type(info, lambda draft: object_types.restore(draft, name))


async def _delete_object_type(info: FixedInfo, name: str, confirm: Confirm = UNSET) -> DeletionPayload:
    """Gives up a retired object type of the account's own for good, with its records."""
    return await _gone(info, lambda draft: object_types.delete(draft, name), name, confirm)


async def _create_property(info: FixedInfo, object_type: str, input: PropertyInput) -> PropertyPayload:
    """A new property of an object type."""
    return await _property(info, object_type, lambda draft: properties.create(draft, object_type, given(input)))


async def _update_property(info: FixedInfo, object_type: str, name: str, input: PropertyInput) -> PropertyPayload:
    """Changes what is given; name and type stay."""
    return await _property(info, object_type, lambda draft: properties.update(draft, object_type, name, given(input)))


async def _retire_property(info: FixedInfo, object_type: str, name: str) -> PropertyPayload:
    """Takes a property out of use: deprecated until it leaves; its values stay."""
    return await _property(info, object_type, lambda draft: properties.retire(draft, object_type, name))


async def _restore_property(info: FixedInfo, object_type: str, name: str) -> PropertyPayload:
    """Puts a retired property back into use, with its values."""
    return await _property(info, object_type, lambda draft: properties.restore(draft, object_type, name))


async def _delete_property(info: FixedInfo, object_type: str, name: str, confirm: Confirm = UNSET) -> DeletionPayload:
    """Gives up a retired property of the account's own for good, with its values."""
    return await _gone(info, lambda draft: properties.delete(draft, object_type, name), name, confirm)


async def _create_property_group(info: FixedInfo, object_type: str, input: PropertyGroupInput) -> ObjectTypePayload:
    """A new heading for properties."""
    return await _type(info, lambda draft: properties.put_group(draft, object_type, given(input)))


async def _update_property_group(
    info: FixedInfo, object_type: str, name: str, input: PropertyGroupInput
) -> ObjectTypePayload:
    """Changes what a heading says."""
    return await _type(info, lambda draft: properties.put_group(draft, object_type, given(input), name))


async def _delete_property_group(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Takes a heading away; its properties stay, under none."""
    return await _type(info, lambda draft: properties.delete_group(draft, object_type, name))


async def _create_composite_index(info: FixedInfo, object_type: str, equal: str, order: str) -> ObjectTypePayload:
    """An index over two properties: lists by one value of `equal`, in the order of `order`, cost what a page costs."""
    return await _type(info, lambda draft: indexes.create(draft, object_type, equal, order))


async def _delete_composite_index(info: FixedInfo, object_type: str, equal: str, order: str) -> ObjectTypePayload:
    """Gives an index over two properties up; no data is lost, and such lists are sorted again."""
    return await _type(info, lambda draft: indexes.delete(draft, object_type, equal, order))


async def _create_option_set(info: FixedInfo, input: OptionSetInput) -> OptionSetPayload:
    """A new set of options for enumerations to share."""
    return await _set(info, lambda draft: options.create_set(draft, given(input)))


async def _update_option_set(info: FixedInfo, name: str, input: OptionSetInput) -> OptionSetPayload:
    """Changes how a set is shown."""
    return await _set(info, lambda draft: options.update_set(draft, name, given(input)))


async def _create_option(info: FixedInfo, option_set: str, input: OptionInput) -> OptionSetPayload:
    """A new option; every enumeration that names the set has it."""
    return await _set(info, lambda draft: options.create(draft, option_set, given(input)))


async def _update_option(info: FixedInfo, option_set: str, name: str, input: OptionInput) -> OptionSetPayload:
    """Changes how an option is shown."""
    return await _set(info, lambda draft: options.update(draft, option_set, name, given(input)))


async def _retire_option(info: FixedInfo, option_set: str, name: str) -> OptionSetPayload:
    """Takes an option out of use: deprecated until it leaves; records keep it."""
    return await _set(info, lambda draft: options.retire(draft, option_set, name))


async def _restore_option(info: FixedInfo, option_set: str, name: str) -> OptionSetPayload:
    """Puts a retired option back into use."""
    return await _set(info, lambda draft: options.restore(draft, option_set, name))


async def _delete_option(info: FixedInfo, option_set: str, name: str) -> OptionSetPayload:
    """Gives up an option that no record holds."""
    return await _set(info, lambda draft: options.delete(draft, option_set, name))


async def _create_association(info: FixedInfo, start: str, end: str) -> AssociationModelPayload:
    """Lets records of two object types be associated."""
    return await _association(info, lambda draft: associations.create(draft, start, end))


async def _retire_association(info: FixedInfo, start: str, end: str) -> AssociationModelPayload:
    """Takes an association out of use: its fields are deprecated until they leave; the pairs stay."""
    return await _association(info, lambda draft: associations.retire(draft, start, end))


async def _restore_association(info: FixedInfo, start: str, end: str) -> AssociationModelPayload:
    """Puts a retired association back into use, with its pairs."""
    return await _association(info, lambda draft: associations.restore(draft, start, end))


async def _delete_association(info: FixedInfo, start: str, end: str, confirm: Confirm = UNSET) -> DeletionPayload:
    """Gives up a retired association for good, with all its pairs."""
    return await _gone(info, lambda draft: associations.delete(draft, start, end), start, confirm, f"{start}.{end}")


async def _create_label(info: FixedInfo, start: str, end: str, input: LabelInput) -> LabelPayload:
    """A new label for the pairs of an association."""
    return await _label(info, lambda draft: associations.create_label(draft, start, end, given(input)))


async def _update_label(info: FixedInfo, start: str, end: str, name: str, input: LabelInput) -> LabelPayload:
    """Changes how a label is shown and how many may carry it; its names stay."""
    return await _label(info, lambda draft: associations.update_label(draft, start, end, name, given(input)))


async def _retire_label(info: FixedInfo, start: str, end: str, name: str) -> LabelPayload:
    """Takes a label out of use: its fields are deprecated until they leave; pairs keep it."""
    return await _label(info, lambda draft: associations.retire_label(draft, start, end, name))


async def _restore_label(info: FixedInfo, start: str, end: str, name: str) -> LabelPayload:
    """Puts a retired label back into use."""
    return await _label(info, lambda draft: associations.restore_label(draft, start, end, name))


async def _delete_label(info: FixedInfo, start: str, end: str, name: str, confirm: Confirm = UNSET) -> DeletionPayload:
    """Gives up a retired label for good; the pairs stay, without it."""
    return await _gone(info, lambda draft: associations.delete_label(draft, start, end, name), name, confirm)


async def _create_pipeline(info: FixedInfo, object_type: str, input: PipelineInput) -> ObjectTypePayload:
    """A new pipeline with its stages."""
    return await _type(info, lambda draft: pipelines.create(draft, object_type, given(input)))


async def _update_pipeline(info: FixedInfo, object_type: str, name: str, input: PipelineInput) -> ObjectTypePayload:
    """Changes how a pipeline is shown."""
    return await _type(info, lambda draft: pipelines.update(draft, object_type, name, given(input)))


async def _retire_pipeline(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Takes a pipeline out of use with its stages; records stay where they are."""
    return await _type(info, lambda draft: pipelines.retire(draft, object_type, name))


async def _restore_pipeline(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Puts a retired pipeline back into use, with its stages."""
    return await _type(info, lambda draft: pipelines.restore(draft, object_type, name))


async def _delete_pipeline(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Gives up a retired pipeline in which no record is."""
    return await _type(info, lambda draft: pipelines.delete(draft, object_type, name))


async def _create_stage(info: FixedInfo, object_type: str, pipeline: str, input: StageInput) -> ObjectTypePayload:
    """A new stage of a pipeline."""
    return await _type(info, lambda draft: pipelines.create_stage(draft, object_type, pipeline, given(input)))


async def _update_stage(info: FixedInfo, object_type: str, name: str, input: StageInput) -> ObjectTypePayload:
    """Changes how a stage is shown, its probability and position."""
    return await _type(info, lambda draft: pipelines.update_stage(draft, object_type, name, given(input)))


async def _retire_stage(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Takes a stage out of use; records stay at it."""
    return await _type(info, lambda draft: pipelines.retire_stage(draft, object_type, name))


async def _restore_stage(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Puts a retired stage back into use."""
    return await _type(info, lambda draft: pipelines.restore_stage(draft, object_type, name))


async def _delete_stage(info: FixedInfo, object_type: str, name: str) -> ObjectTypePayload:
    """Gives up a stage at which no record is."""
    return await _type(info, lambda draft: pipelines.delete_stage(draft, object_type, name))


async def _update_account(info: FixedInfo, input: AccountInput) -> AccountPayload:
    """Changes the account's name, time zone, currency or switches."""
    changed = await info.context.editing.apply(lambda draft: object_types.update_account(draft, given(input)))
    return AccountPayload(account=account_model(changed.catalog.account), version=changed.version)


def _mutation(resolver: Callable[..., Any]) -> Any:
    """A field that does what the resolver's docstring says."""
    return strawberry.mutation(resolver=resolver, description=resolver.__doc__)


@strawberry.type
class Mutation:
    """Changes of the data model."""

    create_object_type: ObjectTypePayload = _mutation(_create_object_type)
    update_object_type: ObjectTypePayload = _mutation(_update_object_type)
    enable_object_type: ObjectTypePayload = _mutation(_enable_object_type)
    retire_object_type: ObjectTypePayload = _mutation(_retire_object_type)
    restore_object_type: ObjectTypePayload = _mutation(_restore_object_type)
    delete_object_type: DeletionPayload = _mutation(_delete_object_type)
    create_property: PropertyPayload = _mutation(_create_property)
    update_property: PropertyPayload = _mutation(_update_property)
    retire_property: PropertyPayload = _mutation(_retire_property)
    restore_property: PropertyPayload = _mutation(_restore_property)
    delete_property: DeletionPayload = _mutation(_delete_property)
    create_property_group: ObjectTypePayload = _mutation(_create_property_group)
    update_property_group: ObjectTypePayload = _mutation(_update_property_group)
    delete_property_group: ObjectTypePayload = _mutation(_delete_property_group)
    create_composite_index: ObjectTypePayload = _mutation(_create_composite_index)
    delete_composite_index: ObjectTypePayload = _mutation(_delete_composite_index)
    create_option_set: OptionSetPayload = _mutation(_create_option_set)
    update_option_set: OptionSetPayload = _mutation(_update_option_set)
    create_option: OptionSetPayload = _mutation(_create_option)
    update_option: OptionSetPayload = _mutation(_update_option)
    retire_option: OptionSetPayload = _mutation(_retire_option)
    restore_option: OptionSetPayload = _mutation(_restore_option)
    delete_option: OptionSetPayload = _mutation(_delete_option)
    create_association: AssociationModelPayload = _mutation(_create_association)
    retire_association: AssociationModelPayload = _mutation(_retire_association)
    restore_association: AssociationModelPayload = _mutation(_restore_association)
    delete_association: DeletionPayload = _mutation(_delete_association)
    create_label: LabelPayload = _mutation(_create_label)
    update_label: LabelPayload = _mutation(_update_label)
    retire_label: LabelPayload = _mutation(_retire_label)
    restore_label: LabelPayload = _mutation(_restore_label)
    delete_label: DeletionPayload = _mutation(_delete_label)
    create_pipeline: ObjectTypePayload = _mutation(_create_pipeline)
    update_pipeline: ObjectTypePayload = _mutation(_update_pipeline)
    retire_pipeline: ObjectTypePayload = _mutation(_retire_pipeline)
    restore_pipeline: ObjectTypePayload = _mutation(_restore_pipeline)
    delete_pipeline: ObjectTypePayload = _mutation(_delete_pipeline)
    create_stage: ObjectTypePayload = _mutation(_create_stage)
    update_stage: ObjectTypePayload = _mutation(_update_stage)
    retire_stage: ObjectTypePayload = _mutation(_retire_stage)
    restore_stage: ObjectTypePayload = _mutation(_restore_stage)
    delete_stage: ObjectTypePayload = _mutation(_delete_stage)
    update_account: AccountPayload = _mutation(_update_account)
