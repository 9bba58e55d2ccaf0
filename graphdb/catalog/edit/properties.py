"""Properties of an object type: made, changed, retired, restored, deleted; and the groups that they are shown in."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog import naming
from graphdb.catalog.calculated import kept_anew
from graphdb.catalog.changes import AllDistinct, AllSet, AllWithin, JobKind, JobSpec
from graphdb.catalog.edit import options
from graphdb.catalog.edit.draft import (
    DESCRIPTION_LENGTH_MAX,
    minted,
    refuse,
    require_in_use,
    require_retired,
    restored,
    text,
)
from graphdb.catalog.edit.usage import uses_of
from graphdb.catalog.model import Property, PropertyGroup, PropertyType
from graphdb.catalog.parts import BuildState, RollUp, RollUpFunction, Rules
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft, Given, Path
    from graphdb.catalog.model import Catalog, ObjectType

_ENUMERATIONS: Final = frozenset({PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION})
_FIXED: Final = {"type": "type", "option_set": "option set", "options": "option set", "name": "name"}
"""What a property keeps for good, with its words."""
PROPERTIES_MAX: Final = 1_000
"""Properties of an object type, withdrawn ones included."""


def create(draft: Draft, type_name: str, given: Given, path: Path = ("input",)) -> Property:
    """A new property of an object type.

    Raises:
        WriteRefused: The input is not sound, or its name is taken.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    require_in_use(object_type, object_type.label, ("objectType",))
    prop = _new(draft, object_type, given, path)
    _place(draft, object_type, prop)
    where = {"object_type": object_type.name, "property": prop.name}
    if prop.required:
        draft.narrowings.append(((*path, "required"), AllSet(**where)))
    if prop.indexed:
        draft.jobs.append(_job(object_type, prop, JobKind.INDEX))
    return prop


def new_properties(draft: Draft, object_type: ObjectType, given: list[Given], path: Path) -> ObjectType:
    """A new object type with its properties: nothing holds values of them yet."""
    for index, one in enumerate(given):
        prop = _new(draft, object_type, one, (*path, index))
        if prop.indexed:
            draft.jobs.append(_job(object_type, prop, JobKind.INDEX))
        object_type = dataclasses.replace(object_type, properties=(*object_type.properties, prop))
        draft.put_type(object_type)
    return object_type


def update(draft: Draft, type_name: str, name: str, given: Given, path: Path = ("input",)) -> Property:
    """Change what is given of a property; what it is called in the API stays.

    Raises:
        WriteRefused: It is not there, or the change is none that a property can go through.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    prop = draft.property_of(object_type, name, ("name",))
    require_in_use(prop, f"{object_type.name}.{name}", ("name",))
    for key, words in _FIXED.items():
        if key in given:
            refuse((*path, key), f"A property keeps its {words}: make a new property and retire {name}.")
    changed = _described(prop, object_type, given, path)
    changed = dataclasses.replace(changed, **_value_changes(given, path))
    if changed.calculated != prop.calculated:
        refuse(path, f"{name} is {'' if prop.calculated else 'not '}calculated, and stays so: make a new property.")
    changed = _flags(draft, object_type, prop, changed, given, path)
    _place(draft, object_type, changed)
    return changed


def _flags(
    draft: Draft, object_type: ObjectType, prop: Property, changed: Property, given: Given, path: Path
) -> Property:
    """Required, unique, indexed and rules: what they ask of the records that exist."""
    where = {"object_type": object_type.name, "property": prop.name}
    changed = dataclasses.replace(changed, **_flags_given(given, path))
    if changed.required and not prop.required:
        _narrow(draft, object_type, changed, AllSet(**where), (*path, "required"))
    if changed.rules is not None and changed.rules != prop.rules:
        _narrow(draft, object_type, changed, AllWithin(**where, rules=changed.rules), (*path, "rules"))
    if changed.unique and not prop.unique:
        draft.narrowings.append(((*path, "unique"), AllDistinct(**where)))
        changed = dataclasses.replace(changed, unique_state=BuildState.BUILDING)
        draft.jobs.append(_job(object_type, changed, JobKind.CLAIM_KEYS))
    if prop.unique and not changed.unique:
        if not prop.custom:
            refuse((*path, "unique"), f"{prop.name} identifies {object_type.plural_label}, and stays unique.")
        changed = dataclasses.replace(changed, unique_state=BuildState.ONLINE)
        draft.jobs.append(_job(object_type, changed, JobKind.FREE_KEYS))
    marked = changed.unset_marker is not None and prop.unset_marker is None
    redefined = changed.roll_up != prop.roll_up
    if changed.indexed and (marked or redefined or not prop.indexed):
        changed = dataclasses.replace(changed, indexed_state=BuildState.BUILDING)
        draft.jobs.append(_job(object_type, changed, JobKind.INDEX))
    if prop.indexed and not changed.indexed:
        changed = dataclasses.replace(changed, indexed_state=BuildState.ONLINE)
        draft.jobs.append(_job(object_type, changed, JobKind.DROP_INDEX))
    return changed


def retire(draft: Draft, type_name: str, name: str) -> Property:
    """Take a property out of use: deprecated until it leaves; its values stay.

    Raises:
        WriteRefused: It is not there, retired already, or something relies on it.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    prop = draft.property_of(object_type, name, ("name",))
    require_in_use(prop, f"{object_type.name}.{name}", ("name",))
    uses = list(uses_of(draft.catalog, object_type, prop))
    if not prop.custom and prop.name == "externalId":
        uses.append("imports and syncs of every object type find their records by it")
    if uses:
        refuse(("name",), f"{object_type.name}.{name} cannot be retired: {'; '.join(uses)}.", FaultCode.CONFLICT)
    changed: Property = draft.retired(prop)
    _place(draft, object_type, changed)
    return changed


def restore(draft: Draft, type_name: str, name: str) -> Property:
    """Put a retired or withdrawn property back into use, with the values that it had.

    Raises:
        WriteRefused: It is not there, or not retired.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    prop = draft.property_of(object_type, name, ("name",))
    require_retired(prop, f"{object_type.name}.{name}", ("name",))
    changed: Property = restored(prop)
    if any(one.name == name for one in object_type.withdrawn_properties):
        # While it was away nobody kept its keys and markers.
        if changed.unique:
            changed = dataclasses.replace(changed, unique_state=BuildState.BUILDING)
            draft.jobs.append(_job(object_type, changed, JobKind.CLAIM_KEYS))
            narrowing = AllDistinct(object_type=object_type.name, property=name)
            draft.narrowings.append((("name",), narrowing))
        if changed.indexed:
            changed = dataclasses.replace(changed, indexed_state=BuildState.BUILDING)
            draft.jobs.append(_job(object_type, changed, JobKind.INDEX))
        left = tuple(one for one in object_type.withdrawn_properties if one.name != name)
        object_type = dataclasses.replace(object_type, withdrawn_properties=left)
    _place(draft, object_type, changed)
    return changed


def delete(draft: Draft, type_name: str, name: str) -> Property:
    """Give up a retired property of the account's own for good, with its values.

    Raises:
        WriteRefused: It is not there, not retired, or shipped.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    prop = draft.property_of(object_type, name, ("name",))
    require_custom(prop.custom, f"{object_type.name}.{name}", ("name",))
    require_retired(prop, f"{object_type.name}.{name}", ("name",))
    draft.put_type(
        dataclasses.replace(
            object_type,
            properties=tuple(one for one in object_type.properties if one.name != name),
            withdrawn_properties=tuple(one for one in object_type.withdrawn_properties if one.name != name),
            spent_names=(*object_type.spent_names, name),
        )
    )
    if not prop.calculated:
        draft.jobs.append(_job(object_type, prop, JobKind.DELETE_VALUES))
    elif prop.kept:  # nothing is lost that could not be worked out again
        draft.jobs.append(_job(object_type, prop, JobKind.DROP_INDEX))
    return prop


def keep_again(draft: Draft, before: Catalog) -> None:
    """Have roll-ups worked out for every record that can be computed again, for nobody kept them meanwhile."""
    for type_name, name in sorted(kept_anew(before, draft.catalog)):
        object_type = draft.catalog.by_name[type_name]
        prop = dataclasses.replace(object_type.by_name[name], indexed_state=BuildState.BUILDING)
        _place(draft, object_type, prop)
        draft.jobs.append(_job(object_type, prop, JobKind.INDEX))


def withdraw_due(draft: Draft, object_type: ObjectType) -> ObjectType:
    """Take the properties out of the API whose last day has passed."""
    due = [one for one in object_type.properties if one.leaves is not None and one.leaves < draft.today.isoformat()]
    if not due:
        return object_type
    return dataclasses.replace(
        object_type,
        properties=tuple(one for one in object_type.properties if one not in due),
        withdrawn_properties=(*object_type.withdrawn_properties, *due),
    )


def put_group(draft: Draft, type_name: str, given: Given, name: str | None = None) -> ObjectType:
    """Make a group of properties, or change the one that is named.

    Raises:
        WriteRefused: There is none of that name, or the name is taken.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    known = {group.name: group for group in object_type.groups}
    path: Path = ("input",)
    label = text(given, "label", path)
    if name is None:
        if label is None:
            refuse((*path, "label"), "label is required: what people see above the properties.")
        name = minted({**given, "label": label}, path, naming.property_name, default="property")
        if naming.fold(name) in {naming.fold(one) for one in known}:
            refuse((*path, "name"), f"{object_type.label} has a property group {name} already.", FaultCode.CONFLICT)
        groups = (*object_type.groups, PropertyGroup(name=name, label=label))
    else:
        if name not in known:
            refuse(("name",), f"{object_type.label} has no property group {name!r}.", FaultCode.NOT_FOUND)
        changed = dataclasses.replace(known[name], label=label or known[name].label)
        groups = tuple(changed if one.name == name else one for one in object_type.groups)
    object_type = dataclasses.replace(object_type, groups=groups)
    draft.put_type(object_type)
    return object_type


def delete_group(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Take a group away; its properties stay, in none.

    Raises:
        WriteRefused: There is none of that name.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    if name not in {group.name for group in object_type.groups}:
        refuse(("name",), f"{object_type.label} has no property group {name!r}.", FaultCode.NOT_FOUND)
    object_type = dataclasses.replace(
        object_type,
        groups=tuple(group for group in object_type.groups if group.name != name),
        properties=tuple(
            dataclasses.replace(one, group=None) if one.group == name else one for one in object_type.properties
        ),
    )
    draft.put_type(object_type)
    return object_type


def require_custom(custom: bool, what: str, path: Path) -> None:
    """Refuse to delete what the program ships with.

    Raises:
        WriteRefused: It is not the account's own.
    """
    if not custom:
        refuse(path, f"{what} is shipped with the program: it can be retired, not deleted.", FaultCode.CONFLICT)


def _new(draft: Draft, object_type: ObjectType, given: Given, path: Path) -> Property:
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    if given.get("type") is None:
        refuse((*path, "type"), f"type is required: one of {', '.join(one.name for one in PropertyType)}.")
    if len(object_type.properties) + len(object_type.withdrawn_properties) >= PROPERTIES_MAX:
        refuse(path, f"{object_type.label} has {PROPERTIES_MAX:,} properties already, which is the most.")
    name = minted({**given, "label": label}, path, naming.property_name, default="property")
    _require_free(draft, object_type, name, path)
    kind = PropertyType(given["type"])
    prop = Property(
        name=name,
        type=kind,
        label=label,
        custom=True,
        option_set=_option_set(draft, object_type, given, path, kind, name),
    )
    prop = _described(prop, object_type, given, path)
    prop = dataclasses.replace(prop, **_value_changes(given, path))
    prop = dataclasses.replace(prop, read_only=prop.calculated)
    prop = dataclasses.replace(prop, **_flags_given(given, path))
    return dataclasses.replace(prop, indexed_state=BuildState.BUILDING) if prop.indexed else prop


def _require_free(draft: Draft, object_type: ObjectType, name: str, path: Path) -> None:
    if naming.fold(name) not in draft.taken_fields(object_type):
        return
    place = (*path, "name" if name else "label")
    if naming.fold(name) in {naming.fold(one) for one in naming.RESERVED_FIELDS}:
        refuse(place, f"Every record has a field {name} of its own: give another `name`.", FaultCode.CONFLICT)
    if name in object_type.spent_names:
        refuse(place, f"{name} was a field of {object_type.label}: give another `name`.", FaultCode.CONFLICT)
    message = f"The name {name} is taken by another field of {object_type.label}: give another `name`."
    refuse(place, message, FaultCode.CONFLICT)


def _option_set(
    draft: Draft, object_type: ObjectType, given: Given, path: Path, kind: PropertyType, name: str
) -> str | None:
    """The name of the option set: the one that is given, or a new one of the options that are."""
    named, listed = given.get("option_set"), given.get("options")
    if kind not in _ENUMERATIONS:
        for key in ("option_set", "options"):
            if given.get(key) is not None:
                refuse((*path, key), f"{key} is for ENUMERATION and MULTI_ENUMERATION; the type is {kind.name}.")
        return None
    if (named is None) == (listed is None):
        refuse(path, "An enumeration has either `optionSet`, the name of one that is there, or `options` of its own.")
    if named is not None:
        return draft.option_set(named, (*path, "option_set")).name
    label = f"{object_type.label} {naming.shown(name).lower()}"
    made = options.new_set(draft, f"{object_type.name}_{name}", label, listed or [], (*path, "options"))
    return made.name


def _described(prop: Property, object_type: ObjectType, given: Given, path: Path) -> Property:
    """A property with the words and the group that the input gives it."""
    changes: Given = {}
    if (label := text(given, "label", path)) is not None:
        changes["label"] = label
    if "description" in given:
        described = given["description"]
        changes["description"] = (
            text(given, "description", path, most=DESCRIPTION_LENGTH_MAX) if described and described.strip() else ""
        )
    if "aliases" in given:
        changes["aliases"] = tuple(given["aliases"] or ())
    if "group" in given:
        if given["group"] is not None and given["group"] not in {group.name for group in object_type.groups}:
            message = f"{object_type.label} has no property group {given['group']!r}; createPropertyGroup makes one."
            refuse((*path, "group"), message, FaultCode.NOT_FOUND)
        changes["group"] = given["group"]
    return dataclasses.replace(prop, **changes)


def _value_changes(given: Given, path: Path) -> Given:
    """What the input says of a property's values."""
    changes: Given = {}
    if "default" in given:
        value = given["default"]
        changes["default"] = None if value is None else json.dumps(value, ensure_ascii=False)
    if "rules" in given:
        changes["rules"] = _rules(given["rules"])
    if "formula" in given:
        changes["formula"] = given["formula"] or None
    if "roll_up" in given:
        changes["roll_up"] = _roll_up(given["roll_up"])
    if changes.get("formula") and changes.get("roll_up"):
        refuse(path, "A property is computed by a formula or by a roll-up, not by both.")
    return changes


def _rules(given: Given | None) -> Rules | None:
    values = {key: value for key, value in (given or {}).items() if value is not None}
    return Rules(**values) if values else None


def _roll_up(given: Given | None) -> RollUp | None:
    if given is None:
        return None
    where = given.get("where")
    return RollUp(
        field=given["field"],
        function=RollUpFunction(given["function"]),
        property=given.get("property"),
        where=None if where is None else json.dumps(where, ensure_ascii=False),
    )


def _flags_given(given: Given, path: Path) -> Given:
    flags: Given = {key: given[key] for key in ("required", "unique", "indexed") if key in given}
    for key, value in flags.items():
        if value is None:
            refuse((*path, key), f"{key} expects true or false, found null.")
    return flags


def _narrow(draft: Draft, object_type: ObjectType, prop: Property, narrowing: Any, place: Path) -> None:
    """Something must hold of the records that exist: looked at now, and again behind the change."""
    draft.narrowings.append((place, narrowing))
    draft.jobs.append(dataclasses.replace(_job(object_type, prop, JobKind.VERIFY), narrowing=narrowing))


def _job(object_type: ObjectType, prop: Property, kind: JobKind) -> JobSpec:
    return JobSpec(kind=kind, object_type=object_type.name, node_label=object_type.node_label, property=prop.name)


def _place(draft: Draft, object_type: ObjectType, prop: Property) -> None:
    """Put a property in its place in its type; a new one comes last."""
    known = [one.name for one in object_type.properties]
    properties = (
        tuple(prop if one.name == prop.name else one for one in object_type.properties)
        if prop.name in known
        else (*object_type.properties, prop)
    )
    draft.put_type(dataclasses.replace(object_type, properties=properties))
