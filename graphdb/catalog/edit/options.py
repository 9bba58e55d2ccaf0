"""Option sets and their options. Those of pipelines change with their pipelines (``pipelines``)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from graphdb.catalog import naming
from graphdb.catalog.changes import NoneHolds
from graphdb.catalog.edit.draft import (
    DESCRIPTION_LENGTH_MAX,
    minted,
    refuse,
    require_in_use,
    require_retired,
    restored,
    text,
)
from graphdb.catalog.model import Option, OptionSet
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.edit.draft import Draft, Given, Path
    from graphdb.catalog.model import Catalog, ObjectType, Property

OPTIONS_MAX = 1_000
"""Options of a set."""


def create_set(draft: Draft, given: Given, path: Path = ("input",)) -> OptionSet:
    """A new option set, for enumerations to share.

    Raises:
        WriteRefused: The input is not sound.
    """
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    name = minted({**given, "label": label}, path, naming.pascal, default="")
    made = new_set(draft, name, label, given.get("options") or [], (*path, "options"))
    described = text(given, "description", path, most=DESCRIPTION_LENGTH_MAX) if given.get("description") else ""
    made = dataclasses.replace(made, description=described or "")
    draft.put_option_set(made)
    return made


def new_set(draft: Draft, name: str, label: str, given: list[Given], path: Path) -> OptionSet:
    """A new option set with its options; its enum's name is minted from ``name``."""
    enum = naming.enum_name(name[: naming.NAME_LENGTH_MAX], draft.taken_types())
    if naming.fold(enum) in draft.taken_types():
        refuse(
            path, f"The name {enum} is taken by another type of the schema: give another `name`.", FaultCode.CONFLICT
        )
    made = OptionSet(name=enum, label=label, options=())
    if not given:
        refuse(path, "At least one option is required.")
    for index, one in enumerate(given):
        made = _with_new(made, one, (*path, index))
    draft.put_option_set(made)
    return made


def update_set(draft: Draft, name: str, given: Given, path: Path = ("input",)) -> OptionSet:
    """Change how a set is shown.

    Raises:
        WriteRefused: There is none of that name.
    """
    found = draft.option_set(name, ("name",))
    changes: dict[str, Any] = {}
    if (label := text(given, "label", path)) is not None:
        changes["label"] = label
    if "description" in given:
        described = given["description"]
        changes["description"] = text(given, "description", path, most=DESCRIPTION_LENGTH_MAX) if described else ""
    for key in ("name", "options"):
        if key in given:
            refuse(
                (*path, key), f"{key} does not change here: a set keeps its name; options have mutations of their own."
            )
    found = dataclasses.replace(found, **changes)
    draft.put_option_set(found)
    return found


def create(draft: Draft, set_name: str, given: Given, path: Path = ("input",)) -> OptionSet:
    """A new option, behind the others; every property that names the set has it.

    Raises:
        WriteRefused: The input is not sound, or the name is taken.
    """
    found = _with_new(_own_set(draft, set_name), given, path)
    draft.put_option_set(found)
    return found


def update(draft: Draft, set_name: str, name: str, given: Given, path: Path = ("input",)) -> OptionSet:
    """Change how an option is shown, and its other names for imports.

    Raises:
        WriteRefused: There is none of that name.
    """
    found = _own_set(draft, set_name)
    option = option_of(found, name)
    if "name" in given:
        refuse((*path, "name"), "An option keeps its name, which records hold: make a new one and retire this.")
    changes: dict[str, Any] = {}
    if (label := text(given, "label", path)) is not None:
        changes["label"] = label
    if "description" in given:
        changes["description"] = given["description"] or ""
    if "aliases" in given:
        changes["aliases"] = tuple(given["aliases"] or ())
    return _put(draft, found, dataclasses.replace(option, **changes))


def retire(draft: Draft, set_name: str, name: str) -> OptionSet:
    """Take an option out of use: deprecated until it leaves. Records that hold it keep it.

    Raises:
        WriteRefused: There is none of that name, it is retired already, or it is the last.
    """
    found = _own_set(draft, set_name)
    option = option_of(found, name)
    require_in_use(option, f"{set_name}.{name}", ("name",))
    if sum(one.retired is None for one in found.options) == 1:
        refuse(("name",), f"{name} is the last option of {set_name} in use.", FaultCode.CONFLICT)
    return _put(draft, found, draft.retired(option))


def restore(draft: Draft, set_name: str, name: str) -> OptionSet:
    """Put a retired option back into use.

    Raises:
        WriteRefused: There is none of that name, or it is not retired.
    """
    found = _own_set(draft, set_name)
    option = option_of(found, name)
    require_retired(option, f"{set_name}.{name}", ("name",))
    return _put(draft, found, restored(option))


def delete(draft: Draft, set_name: str, name: str) -> OptionSet:
    """Give up an option that no record holds; its name is not given again.

    Raises:
        WriteRefused: There is none of that name, or it is the last.
    """
    found = _own_set(draft, set_name)
    option_of(found, name)
    if len(found.options) == 1:
        refuse(("name",), f"{name} is the last option of {set_name}.", FaultCode.CONFLICT)
    for object_type, prop in uses(draft.catalog, set_name):
        draft.narrowings.append(
            (("name",), NoneHolds(object_type=object_type.name, property=prop.name, option=name)),
        )
    found = dataclasses.replace(
        found,
        options=tuple(one for one in found.options if one.name != name),
        spent_names=(*found.spent_names, name),
    )
    draft.put_option_set(found)
    return found


def uses(catalog: Catalog, set_name: str) -> Iterator[tuple[ObjectType, Property]]:
    """The properties that name a set, withdrawn ones included."""
    for object_type in catalog.object_types:
        for prop in (*object_type.properties, *object_type.withdrawn_properties):
            if prop.option_set == set_name:
                yield object_type, prop


def option_of(option_set: OptionSet, name: str) -> Option:
    """An option of a set by its name.

    Raises:
        WriteRefused: There is none.
    """
    found = option_set.by_name.get(name)
    if found is None:
        known = ", ".join(list(option_set.by_name)[:12])
        refuse(("name",), f"{option_set.name} has no option {name!r}; it has {known}.", FaultCode.NOT_FOUND)
    return found


def _own_set(draft: Draft, set_name: str) -> OptionSet:
    """A set whose options are changed one by one: none of a type's pipelines and stages."""
    found = draft.option_set(set_name, ("optionSet",))
    for object_type, prop in uses(draft.catalog, set_name):
        if object_type.pipelines and prop.name in {"stage", "pipeline"}:
            kind = "Stage" if prop.name == "stage" else "Pipeline"
            message = f"{set_name} holds the {prop.name}s of {object_type.label}: use create{kind} and its like."
            refuse(("optionSet",), message)
    return found


def _with_new(option_set: OptionSet, given: Given, path: Path) -> OptionSet:
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    if len(option_set.options) >= OPTIONS_MAX:
        refuse(path, f"{option_set.label} has {OPTIONS_MAX:,} options already, which is the most.")
    name = minted({**given, "label": label}, path, naming.option_name, default="OPTION")
    taken = {naming.fold(one) for one in (*option_set.by_name, *option_set.spent_names)}
    if naming.fold(name) in taken:
        gone = " before" if name in option_set.spent_names else ""
        message = f"{option_set.label} has{' had' if gone else ''} an option {name}{gone}: give another `name`."
        refuse((*path, "name" if given.get("name") else "label"), message, FaultCode.CONFLICT)
    option = Option(
        name=name, label=label, description=given.get("description") or "", aliases=tuple(given.get("aliases") or ())
    )
    return dataclasses.replace(option_set, options=(*option_set.options, option))


def _put(draft: Draft, option_set: OptionSet, changed: Option) -> OptionSet:
    option_set = dataclasses.replace(
        option_set, options=tuple(changed if one.name == changed.name else one for one in option_set.options)
    )
    draft.put_option_set(option_set)
    return option_set
