"""What the files of a data model may hold, key by key; anything else is a fault.

A short form is allowed where it reads better: an option or a stage may be a bare text, its label.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from graphdb.catalog.model import Category, PropertyType, Tool


class _Part(BaseModel):
    """Base of all parts: nothing unknown, nothing changed afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _labelled(value: Any) -> Any:
    """The long form of a bare text."""
    return {"label": value} if isinstance(value, str) else value


def _of_type(value: Any) -> Any:
    """The long form of a bare text, the name of an object type."""
    return {"type": value} if isinstance(value, str) else value


Text = Annotated[str, Field(min_length=1)]


class OptionPart(_Part):
    """One option. ``name`` is minted from the label unless given."""

    label: Text
    name: str | None = None
    description: str = ""
    aliases: tuple[Text, ...] = ()


class OptionSetPart(_Part):
    """One option set; its key is the enum's name."""

    options: Annotated[tuple[Annotated[OptionPart, BeforeValidator(_labelled)], ...], Field(min_length=1)]
    label: str | None = None
    description: str = ""


class PropertyPart(_Part):
    """One property; its key is its name, its label is made from that unless given."""

    type: PropertyType
    description: Text
    label: str | None = None
    option_set: str | None = None
    required: bool = False
    unique: bool = False
    unique_with: str | None = None
    indexed: bool = False
    read_only: bool = False
    aliases: tuple[Text, ...] = ()


class StagePart(_Part):
    """One stage. ``name`` is minted from the label unless given. ``won`` implies ``closed``."""

    label: Text
    name: str | None = None
    probability: Annotated[float, Field(ge=0, le=1)] | None = None
    closed: bool = False
    won: bool = False
    aliases: tuple[Text, ...] = ()


class PipelinePart(_Part):
    """One pipeline. ``name`` is minted from the label unless given."""

    label: Text
    stages: Annotated[tuple[Annotated[StagePart, BeforeValidator(_labelled)], ...], Field(min_length=1)]
    name: str | None = None
    aliases: tuple[Text, ...] = ()


class ReachPart(_Part):
    """Associated records on which an activity is logged as well: of a type, with a label if one is given."""

    type: Text
    label: Text | None = None


class CompositeIndexPart(_Part):
    """An index over two properties: records with one value of ``equal``, in the order of ``order``."""

    equal: Text
    order: Text


class ObjectTypeFile(_Part):
    """A file of an object type; its API name is the file's name."""

    label: Text
    plural_label: Text
    description: Text
    categories: Annotated[tuple[Category, ...], Field(min_length=1)]
    display: Annotated[tuple[tuple[Text, ...], ...], Field(min_length=1)]
    properties: Annotated[dict[str, PropertyPart], Field(min_length=1)]
    pipelines: tuple[PipelinePart, ...] = ()
    required_associations: tuple[tuple[Text, ...], ...] = ()
    tools: tuple[Tool, ...] = tuple(Tool)
    aliases: tuple[Text, ...] = ()
    plural: str | None = None
    activity: bool = False
    reaches: tuple[Annotated[ReachPart, BeforeValidator(_of_type)], ...] = ()
    requires_enabling: bool = False
    enabled: bool = True
    composite_indexes: tuple[CompositeIndexPart, ...] = ()


class AccountFile(_Part):
    """The account, and the order in which its object types are shown."""

    name: Text = "Kinship"
    time_zone: Text = "UTC"
    currency: Text = "USD"
    join_companies_by_domain: bool = False
    object_types: tuple[Text, ...] = ()


class OptionSetsFile(_Part):
    """All option sets, by the name of their enum."""

    option_sets: dict[str, OptionSetPart] = {}


class LabelPart(_Part):
    """One label of a pair: ``name`` is the start's role, ``inverse_name`` the end's where it differs."""

    start: Text
    end: Text
    name: Text
    label: str | None = None
    inverse_name: str | None = None
    inverse_label: str | None = None
    max_start: int | None = None
    max_end: int | None = None


class AssociationsFile(_Part):
    """Which object types may be associated: by start, the ends; and the labels of the pairs."""

    pairs: dict[str, tuple[Text, ...]] = {}
    labels: tuple[LabelPart, ...] = ()


Layout = TypeVar("Layout", bound=BaseModel)

_STAND_INS: dict[str, Any] = {
    "label": "Stand-in",
    "plural_label": "Stand-ins",
    "description": "A stand-in for a broken part.",
    "categories": ["other"],
    "display": [["externalId"]],
    "properties": {"standIn": {"type": "string", "description": "A stand-in."}},
}
_STAND_IN_ITEMS: dict[str, Any] = {
    "properties": {"type": "string", "description": "A stand-in."},
    "option_sets": {"options": ["Stand-in"]},
}


def stand_in(layout: type[Layout], data: dict[str, Any], broken: list[tuple[int | str, ...]]) -> Layout:
    """``data`` with something harmless in the place of each broken part.

    So the check of the whole can go on, and reports what is wrong elsewhere but nothing that only follows
    from the broken part: a property of an unknown type still exists for whoever refers to it.
    """
    mended = {key: value for key, value in data.items() if key in layout.model_fields}
    dropped: dict[str, set[int]] = {}
    for key, *rest in broken:
        if not isinstance(key, str) or key not in layout.model_fields:
            continue
        content = mended.get(key)
        if rest and isinstance(content, dict) and key in _STAND_IN_ITEMS:
            mended[key] = {**content, str(rest[0]): _STAND_IN_ITEMS[key]}
        elif rest and isinstance(content, dict):
            mended[key] = {name: value for name, value in content.items() if name != rest[0]}
        elif rest and isinstance(content, list) and isinstance(rest[0], int):
            dropped.setdefault(key, set()).add(rest[0])
        else:
            mended.pop(key, None)
    for key, places in dropped.items():
        mended[key] = [item for place, item in enumerate(mended.get(key, [])) if place not in places]
    for key, info in layout.model_fields.items():
        if info.is_required() and not mended.get(key):
            mended[key] = _STAND_INS[key]
    return layout.model_validate(mended)
