"""Object types: made, changed, enabled, retired, restored, deleted; and the account itself."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog import naming
from graphdb.catalog.assemble import EXTERNAL_ID
from graphdb.catalog.changes import AllAssociated, JobKind, JobSpec
from graphdb.catalog.edit import associations, properties
from graphdb.catalog.edit.draft import (
    DESCRIPTION_LENGTH_MAX,
    minted,
    refuse,
    require_in_use,
    require_retired,
    restored,
    spent,
    text,
)
from graphdb.catalog.edit.usage import far_type, roll_ups
from graphdb.catalog.model import Category, ObjectType, PropertyType, Tool
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft, Given, Path

_DISPLAYED: Final = frozenset({PropertyType.STRING, PropertyType.EMAIL})
OBJECT_TYPES_MAX: Final = 1_000
"""Object types of an account, retired ones included."""


def create(draft: Draft, given: Given, path: Path = ("input",)) -> ObjectType:
    """A new object type of the account's own, with its properties and associations.

    Raises:
        WriteRefused: The input is not sound, or a name is taken.
    """
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people call one record.")
    if len(draft.catalog.object_types) >= OBJECT_TYPES_MAX:
        refuse(path, f"The account has {OBJECT_TYPES_MAX:,} object types already, which is the most.")
    name = minted({**given, "label": label}, path, naming.type_api_name, default="type")
    gone = spent(draft.catalog.account.spent_names, "object")
    if naming.fold(name) in {naming.fold(one) for one in (*draft.catalog.by_name, *gone)}:
        had = "had" if name in gone else "has"
        refuse((*path, "label"), f"The account {had} an object type {name}: give another `name`.", FaultCode.CONFLICT)
    plural = text(given, "plural_label", path) or naming.plural(label)
    object_type = ObjectType(
        name=name,
        type_name=naming.type_name(name, draft.taken_types()),
        field=naming.field(name),
        plural_field=_plural_field(draft, name, plural),
        node_label=naming.node_label(name),
        label=label,
        plural_label=plural,
        description=_description(given, path),
        categories=tuple(Category(one) for one in given.get("categories") or (Category.OTHER,)),
        tools=tuple(Tool(one) for one in given.get("tools") or Tool),
        aliases=tuple(given.get("aliases") or ()),
        activity=bool(given.get("activity")),
        properties=(EXTERNAL_ID,),
        display=((EXTERNAL_ID.name,),),
        custom=True,
    )
    draft.put_type(object_type)
    object_type = properties.new_properties(draft, object_type, given.get("properties") or [], (*path, "properties"))
    object_type = dataclasses.replace(object_type, display=_display(object_type, given, path))
    draft.put_type(object_type)
    for index, end in enumerate(given.get("associations") or ()):
        associations.create(draft, name, end, (*path, "associations", index))
    if given.get("required_associations"):
        object_type = _with_required(draft, object_type, given, path)
    draft.jobs.append(_job(object_type, JobKind.ENSURE_TYPE))
    return object_type


def update(draft: Draft, name: str, given: Given, path: Path = ("input",)) -> ObjectType:
    """Change what is given of an object type; what it is called in the API stays.

    Raises:
        WriteRefused: There is none of that name, or the change is none that it can go through.
    """
    object_type = draft.object_type(name, ("name",))
    require_in_use(object_type, object_type.label, ("name",))
    for key, remedy in (
        ("name", "an object type keeps its name"),
        ("properties", "createProperty and its like change properties"),
        ("associations", "createAssociation and its like change associations"),
        ("activity", "an object type stays what it is"),
    ):
        if key in given:
            refuse((*path, key), f"{key} does not change here: {remedy}.")
    changes: dict[str, Any] = {}
    for key in ("label", "plural_label"):
        if (shown := text(given, key, path)) is not None:
            changes[key] = shown
    if "description" in given:
        changes["description"] = _description(given, path)
    if given.get("categories"):
        changes["categories"] = tuple(Category(one) for one in given["categories"])
    if "tools" in given:
        changes["tools"] = tuple(Tool(one) for one in given["tools"] or ())
    if "aliases" in given:
        changes["aliases"] = tuple(given["aliases"] or ())
    if "display" in given:
        changes["display"] = _display(object_type, given, path)
    object_type = dataclasses.replace(object_type, **changes)
    draft.put_type(object_type)
    if "required_associations" in given:
        object_type = _with_required(draft, object_type, given, path)
    return object_type


def enable(draft: Draft, name: str) -> ObjectType:
    """Bring an object type into the API that is off until somebody wants it (R18).

    Raises:
        WriteRefused: There is none of that name, or it is there already.
    """
    object_type = draft.object_type(name, ("name",))
    require_in_use(object_type, object_type.label, ("name",))
    if object_type.enabled:
        refuse(("name",), f"{object_type.label} is enabled already.", FaultCode.CONFLICT)
    before = draft.catalog
    draft.put_type(dataclasses.replace(object_type, enabled=True))
    draft.jobs.append(_job(object_type, JobKind.ENSURE_TYPE))
    properties.keep_again(draft, before)
    return draft.catalog.by_name[name]


def retire(draft: Draft, name: str) -> ObjectType:
    """Take an object type out of use: deprecated until it leaves; its records stay.

    Raises:
        WriteRefused: There is none of that name, it is retired already, or something relies on it.
    """
    object_type = draft.object_type(name, ("name",))
    require_in_use(object_type, object_type.label, ("name",))
    uses = [
        f"a {one.label} must be associated with one"
        for one in draft.catalog.object_types
        if any(name in group for group in one.required_associations)
    ]
    uses += [
        f"the roll-up {near.name}.{prop.name} reads its records"
        for near, prop in roll_ups(draft.catalog)
        if near.name != name and prop.roll_up and far_type(draft.catalog, near, prop.roll_up.field) == name
    ]
    if uses:
        refuse(("name",), f"{object_type.label} cannot be retired: {'; '.join(uses)}.", FaultCode.CONFLICT)
    changed: ObjectType = draft.retired(object_type)
    draft.put_type(changed)
    return changed


def restore(draft: Draft, name: str) -> ObjectType:
    """Put a retired object type back into use, with the records that it had.

    Raises:
        WriteRefused: There is none of that name, or it is not retired.
    """
    object_type = draft.object_type(name, ("name",))
    require_retired(object_type, object_type.label, ("name",))
    before = draft.catalog
    changed: ObjectType = dataclasses.replace(restored(object_type), enabled=True)
    draft.put_type(changed)
    if not object_type.enabled:
        draft.jobs.append(_job(changed, JobKind.ENSURE_TYPE))
        properties.keep_again(draft, before)
    return draft.catalog.by_name[name]


def delete(draft: Draft, name: str) -> ObjectType:
    """Give up a retired object type of the account's own for good, with its records and associations.

    Raises:
        WriteRefused: There is none of that name, it is not retired, or it is shipped.
    """
    object_type = draft.object_type(name, ("name",))
    properties.require_custom(object_type.custom, object_type.label, ("name",))
    require_retired(object_type, object_type.label, ("name",))
    own = [one for one in draft.catalog.associations if name in (one.start, one.end)]
    for association in own:
        associations.remove(draft, association)
    sets = _own_sets(draft, object_type)
    account = draft.catalog.account
    names = [f"object:{name}", f"type:{object_type.type_name}", *(f"type:{one}" for one in sets)]
    draft.put(
        object_types=tuple(one for one in draft.catalog.object_types if one.name != name),
        option_sets=tuple(one for one in draft.catalog.option_sets if one.name not in sets),
        account=dataclasses.replace(account, spent_names=(*account.spent_names, *names)),
    )
    draft.jobs.append(_job(object_type, JobKind.DELETE_RECORDS))
    return object_type


def withdraw_due(draft: Draft) -> None:
    """Take everything out of the API whose last day has passed; its data and names stay."""
    today = draft.today.isoformat()
    for object_type in draft.catalog.object_types:
        changed = properties.withdraw_due(draft, object_type)
        if changed.enabled and changed.leaves is not None and changed.leaves < today:
            changed = dataclasses.replace(changed, enabled=False)
        if changed != object_type:
            draft.put_type(changed)
    for association in draft.catalog.associations:
        kept = associations.withdrawn_by(association, today)
        if kept != association:
            draft.put_association(kept)


def update_account(draft: Draft, given: Given, path: Path = ("input",)) -> None:
    """Change the account's name, time zone, currency or switches.

    Raises:
        WriteRefused: A name is empty.
    """
    changes: dict[str, Any] = {}
    for key in ("name", "time_zone", "currency"):
        if (value := text(given, key, path)) is not None:
            changes[key] = value
    if given.get("join_companies_by_domain") is not None:
        changes["join_companies_by_domain"] = bool(given["join_companies_by_domain"])
    draft.put(account=dataclasses.replace(draft.catalog.account, **changes))


def _plural_field(draft: Draft, name: str, plural: str) -> str:
    """The list's field: from the plural that is shown, if it is in Latin letters, else from the name."""
    shown = naming.camel(plural)
    field = naming.plural_field(name, plural if naming.is_field_name(shown) else None)
    taken = {naming.fold(one) for one in naming.RESERVED_ROOT_FIELDS}
    taken |= {naming.fold(f) for one in draft.catalog.object_types for f in (one.field, one.plural_field)}
    return f"{naming.field(name)}Records" if naming.fold(field) in taken else field[: naming.NAME_LENGTH_MAX]


def _description(given: Given, path: Path) -> str:
    if not given.get("description"):
        return ""
    return text(given, "description", path, most=DESCRIPTION_LENGTH_MAX) or ""


def _display(object_type: ObjectType, given: Given, path: Path) -> tuple[tuple[str, ...], ...]:
    """What a record is called by: what is given, or the first property that holds a line of text."""
    if given.get("display"):
        known = object_type.by_name
        for number, choice in enumerate(given["display"]):
            for name in choice:
                if name not in known:
                    message = f"{object_type.label} has no property {name!r} to be called by."
                    refuse((*path, "display", number), message, FaultCode.NOT_FOUND)
        return tuple(tuple(choice) for choice in given["display"])
    own = [one.name for one in object_type.properties if one.type in _DISPLAYED and one.custom and not one.calculated]
    return (*((name,) for name in own[:1]), (EXTERNAL_ID.name,))


def _with_required(draft: Draft, object_type: ObjectType, given: Given, path: Path) -> ObjectType:
    """An object type with what its records must be associated with; new demands are looked at in the graph."""
    groups = tuple(tuple(group) for group in given["required_associations"] or ())
    for number, group in enumerate(groups):
        place = (*path, "required_associations", number)
        if group not in object_type.required_associations:
            narrowing = AllAssociated(object_type=object_type.name, group=group)
            draft.narrowings.append((place, narrowing))
            draft.jobs.append(dataclasses.replace(_job(object_type, JobKind.VERIFY), narrowing=narrowing))
    object_type = dataclasses.replace(object_type, required_associations=groups)
    draft.put_type(object_type)
    return object_type


def _own_sets(draft: Draft, object_type: ObjectType) -> list[str]:
    """The option sets that only this type's properties name."""
    mine = {one.option_set for one in (*object_type.properties, *object_type.withdrawn_properties)}
    others = {
        prop.option_set
        for one in draft.catalog.object_types
        if one.name != object_type.name
        for prop in (*one.properties, *one.withdrawn_properties)
    }
    return [one.name for one in draft.catalog.option_sets if one.name in mine - others]


def _job(object_type: ObjectType, kind: JobKind) -> JobSpec:
    return JobSpec(kind=kind, object_type=object_type.name, node_label=object_type.node_label)
