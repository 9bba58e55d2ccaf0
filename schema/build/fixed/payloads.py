"""What changes of the data model answer: the element as it now is, and the version that has it."""

from __future__ import annotations

import strawberry

from schema.build.fixed.model import (
    AccountModel,
    AssociationLabelModel,
    AssociationModel,
    ObjectTypeModel,
    OptionSetModel,
    PropertyModel,
)


@strawberry.type
class ObjectTypePayload:
    """An object type as it now is."""

    object_type: ObjectTypeModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class PropertyPayload:
    """A property as it now is."""

    property: PropertyModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class OptionSetPayload:
    """An option set as it now is."""

    option_set: OptionSetModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class AssociationModelPayload:
    """An association of object types as it now is."""

    association: AssociationModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class LabelPayload:
    """A label as it now is."""

    label: AssociationLabelModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class AccountPayload:
    """The account as it now is."""

    account: AccountModel
    version: int = strawberry.field(description="The version of the data model that has it.")


@strawberry.type
class DeletionPayload:
    """What is gone for good."""

    name: str
    lost: int = strawberry.field(description="How many records, values or associations go with it.")
    version: int = strawberry.field(description="The version of the data model that is without it.")
