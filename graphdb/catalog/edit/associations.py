"""Associations of object types and their labels: made, changed, retired, restored, deleted."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog import naming
from graphdb.catalog.changes import AtMost, JobKind, JobSpec
from graphdb.catalog.edit.draft import (
    association_fields,
    minted,
    refuse,
    require_in_use,
    require_retired,
    restored,
    spent,
    text,
)
from graphdb.catalog.edit.usage import roll_ups_through
from graphdb.catalog.model import Association, AssociationLabel, LabelSide
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft, Given, Path
    from graphdb.catalog.model import ObjectType, Side

LABELS_MAX: Final = 100
"""Labels of an association."""


def create(draft: Draft, start: str, end: str, path: Path = ()) -> Association:
    """Let records of two object types be associated.

    Raises:
        WriteRefused: An object type is not there, they are associable already, or a field's name is taken.
    """
    near, far = draft.object_type(start, (*path, "start")), draft.object_type(end, (*path, "end"))
    for one, place in ((near, "start"), (far, "end")):
        require_in_use(one, one.label, (*path, place))
    for association in draft.catalog.associations:
        if {association.start, association.end} == {start, end}:
            gone = ", but it is retired: restoreAssociation brings it back" if association.retired else ""
            message = f"There is an association between {start} and {end} already{gone}."
            refuse((*path, "end"), message, FaultCode.CONFLICT)
    made = Association(
        start=start,
        end=end,
        relationship_type=naming.relationship_type(start, end, _relationship_types(draft)),
        start_field=_free_field(draft, near, far.plural_field, (*path, "end")),
        end_field=_free_field(draft, far, near.plural_field, (*path, "start")),
    )
    draft.put_association(made)
    return made


def retire(draft: Draft, start: str, end: str) -> Association:
    """Take an association out of use: its fields are deprecated until they leave; the pairs stay.

    Raises:
        WriteRefused: There is none, it is retired already, or something relies on it.
    """
    found = draft.association(start, end, ())
    require_in_use(found, f"The association of {start} and {end}", ("end",))
    uses = [
        f"a {one.label} must have it"
        for one, other in _ends(draft, found)
        if any(other.name in group for group in one.required_associations)
    ]
    uses += [f"the roll-up {name} reads it" for name in roll_ups_through(draft.catalog, _sides(found))]
    if uses:
        message = f"The association of {start} and {end} cannot be retired: {'; '.join(uses)}."
        refuse(("end",), message, FaultCode.CONFLICT)
    changed: Association = draft.retired(found)
    draft.put_association(changed)
    return changed


def restore(draft: Draft, start: str, end: str) -> Association:
    """Put a retired association back into use, with the pairs that it had.

    Raises:
        WriteRefused: There is none, or it is not retired.
    """
    found = draft.association(start, end, ())
    require_retired(found, f"The association of {start} and {end}", ("end",))
    changed: Association = dataclasses.replace(restored(found), withdrawn=False)
    draft.put_association(changed)
    return changed


def delete(draft: Draft, start: str, end: str) -> Association:
    """Give up a retired association for good, with all pairs and labels.

    Raises:
        WriteRefused: There is none, or it is not retired.
    """
    found = draft.association(start, end, ())
    require_retired(found, f"The association of {start} and {end}", ("end",))
    remove(draft, found)
    return found


def remove(draft: Draft, association: Association) -> None:
    """Take an association out of the data model; its fields and relationship types are not given again."""
    _reach_no_more(draft, association)
    for near, field, former in association_fields(association):
        object_type = draft.catalog.by_name[near]
        names = (*object_type.spent_names, field, *((former,) if former else ()))
        draft.put_type(dataclasses.replace(object_type, spent_names=tuple(dict.fromkeys(names))))
    kinds = [association.relationship_type, *(label.relationship_type for label in association.labels)]
    account = draft.catalog.account
    draft.put(
        associations=tuple(one for one in draft.catalog.associations if one != association),
        account=dataclasses.replace(
            account, spent_names=(*account.spent_names, *(f"relationship:{one}" for one in kinds))
        ),
    )
    node_label = draft.catalog.by_name[association.start].node_label
    draft.jobs += [
        JobSpec(kind=JobKind.DELETE_RELATIONSHIPS, object_type=association.start, node_label=node_label, label=one)
        for one in kinds
    ]


def create_label(draft: Draft, start: str, end: str, given: Given, path: Path = ("input",)) -> AssociationLabel:
    """A new label for the pairs of an association. ``start`` is the type whose role ``name`` and ``label`` say.

    Raises:
        WriteRefused: There is no association, the input is not sound, or a name is taken.
    """
    pair = draft.association(start, end, ())
    require_in_use(pair, f"The association of {start} and {end}", ("end",))
    if len(pair.labels) >= LABELS_MAX:
        refuse(path, f"The association has {LABELS_MAX} labels already, which is the most.")
    given = _as_stored(pair, start, given)
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    name = minted({**given, "label": label}, path, naming.label_api_name, default="label")
    inverse_label = text(given, "inverse_label", path) if given.get("inverse_label") is not None else None
    inverse_name = None
    if inverse_label is not None or given.get("inverse_name") is not None:
        shown = inverse_label or naming.shown(given["inverse_name"])
        inverse = {"label": shown, "name": given.get("inverse_name")}
        inverse_name = minted(inverse, (*path, "inverse"), naming.label_api_name, default="label")
        inverse_label = shown
    _require_free_name(pair, (name, inverse_name), path)
    most_start, most_end = _limit(given, "max_start", path), _limit(given, "max_end", path)
    near, far = draft.catalog.by_name[pair.start], draft.catalog.by_name[pair.end]
    start_field = _label_field(draft, near, inverse_name or name, far, single=most_end == 1, path=path)
    end_field = start_field
    if not pair.same_type or inverse_name is not None:
        taken = frozenset({naming.fold(start_field)} if pair.same_type else ())
        end_field = _label_field(draft, far, name, near, single=most_start == 1, path=path, also=taken)
    made = AssociationLabel(
        name=name,
        label=label,
        relationship_type=_label_relationship(draft, pair, name, path),
        start_field=start_field,
        end_field=end_field,
        inverse_name=inverse_name,
        inverse_label=inverse_label,
        max_start=most_start,
        max_end=most_end,
    )
    draft.put_association(dataclasses.replace(pair, labels=(*pair.labels, made)))
    return made


def update_label(
    draft: Draft, start: str, end: str, name: str, given: Given, path: Path = ("input",)
) -> AssociationLabel:
    """Change how a label is shown, and how many records may carry it; its names stay.

    Where a side's limit becomes one or stops being one, the side gets the singular or plural field, and the former
    one stays for a time, deprecated.

    Raises:
        WriteRefused: There is none, or the input is not sound.
    """
    pair, label = _label(draft, start, end, name)
    require_in_use(label, f"The label {name}", ("name",))
    for key in ("name", "inverse_name"):
        if key in given:
            refuse((*path, key), f"{key} does not change: a label keeps its names in the API.")
    given = _as_stored(pair, start, given)
    changes: dict[str, Any] = {}
    for key in ("label", "inverse_label"):
        if (shown := text(given, key, path)) is not None:
            changes[key] = shown
    if "inverse_label" in changes and label.inverse_name is None:
        refuse((*path, "inverse_label"), f"{name} says the same of both sides; a paired label is a new label.")
    symmetric = pair.same_type and label.inverse_name is None
    for key in ("max_start", "max_end"):
        if key in given:
            changes[key] = _limit(given, key, path)
    if symmetric and ("max_start" in changes) != ("max_end" in changes):
        limit = changes.get("max_start", changes.get("max_end"))
        changes |= {"max_start": limit, "max_end": limit}
    changed = dataclasses.replace(label, **changes)
    _narrow(draft, pair, label, changed, path, symmetric=symmetric)
    changed = _with_fields(draft, pair, label, changed, path, symmetric=symmetric)
    _put_label(draft, pair, changed)
    return changed


def retire_label(draft: Draft, start: str, end: str, name: str) -> AssociationLabel:
    """Take a label out of use: its fields are deprecated until they leave; pairs keep it.

    Raises:
        WriteRefused: There is none, it is retired already, or something relies on it.
    """
    pair, label = _label(draft, start, end, name)
    require_in_use(label, f"The label {name}", ("name",))
    sides = [side for side in _sides(pair) if isinstance(side, LabelSide) and side.label == label]
    uses = [f"the roll-up {one} reads it" for one in roll_ups_through(draft.catalog, sides)]
    if uses:
        refuse(("name",), f"The label {name} cannot be retired: {'; '.join(dict.fromkeys(uses))}.", FaultCode.CONFLICT)
    changed: AssociationLabel = draft.retired(label)
    _put_label(draft, pair, changed)
    return changed


def restore_label(draft: Draft, start: str, end: str, name: str) -> AssociationLabel:
    """Put a retired label back into use.

    Raises:
        WriteRefused: There is none, or it is not retired.
    """
    pair, label = _label(draft, start, end, name)
    require_retired(label, f"The label {name}", ("name",))
    changed: AssociationLabel = dataclasses.replace(restored(label), withdrawn=False)
    _put_label(draft, pair, changed)
    return changed


def delete_label(draft: Draft, start: str, end: str, name: str) -> AssociationLabel:
    """Give up a retired label for good; the pairs stay associated, without it.

    Raises:
        WriteRefused: There is none, or it is not retired.
    """
    pair, label = _label(draft, start, end, name)
    require_retired(label, f"The label {name}", ("name",))
    _reach_no_more(draft, pair, label)
    alone = dataclasses.replace(pair, labels=(label,))
    for near, field, former in association_fields(alone)[1 if pair.same_type else 2 :]:
        object_type = draft.catalog.by_name[near]
        names = (*object_type.spent_names, field, *((former,) if former else ()))
        draft.put_type(dataclasses.replace(object_type, spent_names=tuple(dict.fromkeys(names))))
    account = draft.catalog.account
    spent_names = (*account.spent_names, f"relationship:{label.relationship_type}")
    draft.put(account=dataclasses.replace(account, spent_names=spent_names))
    draft.put_association(dataclasses.replace(pair, labels=tuple(one for one in pair.labels if one != label)))
    node_label = draft.catalog.by_name[pair.start].node_label
    draft.jobs.append(
        JobSpec(
            kind=JobKind.DELETE_RELATIONSHIPS,
            object_type=pair.start,
            node_label=node_label,
            label=label.relationship_type,
        )
    )
    return label


def withdrawn_by(association: Association, today: str) -> Association:
    """An association as it is on a day: what was to leave before is no longer in the API."""

    def gone(leaves: str | None) -> bool:
        return leaves is not None and leaves < today

    labels = []
    for label in association.labels:
        changes: dict[str, Any] = {}
        if gone(label.leaves):
            changes["withdrawn"] = True
        for key in ("start_field", "end_field"):
            if gone(getattr(label, f"{key}_leaves")):
                changes |= {f"{key}_leaves": None}
        labels.append(dataclasses.replace(label, **changes) if changes else label)
    withdrawn = association.withdrawn or gone(association.leaves)
    return dataclasses.replace(association, labels=tuple(labels), withdrawn=withdrawn)


def _reach_no_more(draft: Draft, pair: Association, label: AssociationLabel | None = None) -> None:
    """Log activities no longer over an association that goes, or over one of its labels."""
    names = {label.name, label.inverse_name} if label else None
    for one, other in _ends(draft, pair):
        kept = tuple(
            reach
            for reach in draft.catalog.by_name[one.name].reaches
            if reach.type != other.name or (names is not None and reach.label not in names)
        )
        draft.put_type(dataclasses.replace(draft.catalog.by_name[one.name], reaches=kept))


def _label(draft: Draft, start: str, end: str, name: str) -> tuple[Association, AssociationLabel]:
    pair = draft.association(start, end, ())
    found = next((label for label in pair.labels if name in {label.name, label.inverse_name}), None)
    if found is None:
        known = ", ".join(label.name for label in pair.labels) or "none"
        message = f"{start} and {end} have no label {name!r}; they have {known}."
        refuse(("name",), message, FaultCode.NOT_FOUND)
    return pair, found


def _put_label(draft: Draft, pair: Association, changed: AssociationLabel) -> None:
    labels = tuple(changed if one.name == changed.name else one for one in pair.labels)
    draft.put_association(dataclasses.replace(pair, labels=labels))


def _as_stored(pair: Association, start: str, given: Given) -> Given:
    """An input that names the ends in the other order than they are stored, turned round."""
    if pair.same_type or pair.start == start:
        return given
    turned = {"max_start": "max_end", "max_end": "max_start"}
    found = {turned.get(key, key): value for key, value in given.items()}
    if "inverse_label" in given or "inverse_name" in given:
        # The name says what the record at the stored start is.
        swap = {"label": "inverse_label", "inverse_label": "label", "name": "inverse_name", "inverse_name": "name"}
        found = {swap.get(key, key): value for key, value in found.items()}
    return found


def _limit(given: Given, key: str, path: Path) -> int | None:
    limit = given.get(key)
    if limit is not None and limit < 1:
        refuse((*path, key), f"{key} expects at least 1, or null for no limit; found {limit}.")
    return None if limit is None else int(limit)


def _narrow(
    draft: Draft, pair: Association, before: AssociationLabel, after: AssociationLabel, path: Path, *, symmetric: bool
) -> None:
    """What a smaller limit asks of the pairs that exist."""
    for key, of_start in (("max_end", True), ("max_start", False)):
        old, new = getattr(before, key), getattr(after, key)
        if new is None or (old is not None and new >= old) or (symmetric and key == "max_start"):
            continue
        near = draft.catalog.by_name[pair.start if of_start else pair.end]
        narrowing = AtMost(
            object_type=near.name,
            relationship_type=after.relationship_type,
            of_start=of_start,
            symmetric=symmetric,
            limit=new,
        )
        draft.narrowings.append(((*path, key), narrowing))
        draft.jobs.append(
            JobSpec(
                kind=JobKind.VERIFY,
                object_type=near.name,
                node_label=near.node_label,
                label=after.relationship_type,
                narrowing=narrowing,
            )
        )


def _with_fields(
    draft: Draft, pair: Association, before: AssociationLabel, after: AssociationLabel, path: Path, *, symmetric: bool
) -> AssociationLabel:
    """A label whose sides have the field that their limits ask for: singular for one, plural for more."""
    near, far = draft.catalog.by_name[pair.start], draft.catalog.by_name[pair.end]
    for key, most, one, other, role in (
        ("start_field", "max_end", near, far, after.inverse_name or after.name),
        ("end_field", "max_start", far, near, after.name),
    ):
        single, was_single = getattr(after, most) == 1, getattr(before, most) == 1
        if single == was_single:
            continue
        if symmetric and key == "end_field":
            after = dataclasses.replace(
                after,
                end_field=after.start_field,
                end_field_was=after.start_field_was,
                end_field_leaves=after.start_field_leaves,
            )
            continue
        former = getattr(after, f"{key}_was")
        field = former or _label_field(draft, one, role, other, single=single, path=path)
        after = dataclasses.replace(
            after,
            **{key: field, f"{key}_was": getattr(after, key), f"{key}_leaves": draft.leaves},
        )
    return after


def _label_field(
    draft: Draft,
    near: ObjectType,
    role: str,
    far: ObjectType,
    *,
    single: bool,
    path: Path,
    also: frozenset[str] = frozenset(),
) -> str:
    taken = draft.taken_fields(near) | also
    field = naming.label_field(role, far.field, far.plural_field, single=single, taken=taken)
    if naming.fold(field) in taken:
        message = f"The field {field} of {near.label} is taken: give the label another `name`."
        refuse((*path, "name"), message, FaultCode.CONFLICT)
    return field


def _free_field(draft: Draft, near: ObjectType, field: str, path: Path) -> str:
    if naming.fold(field) in draft.taken_fields(near):
        message = f"The field {field} of {near.label}, which would lead to the associated records, is taken."
        refuse(path, message, FaultCode.CONFLICT)
    return field


def _require_free_name(pair: Association, names: tuple[str | None, ...], path: Path) -> None:
    taken = {naming.fold(one) for label in pair.labels for one in (label.name, label.inverse_name) if one}
    for name in names:
        if name is not None and naming.fold(name) in taken:
            message = f"{pair.start} and {pair.end} have a label {name} already: give another `name`."
            refuse((*path, "name"), message, FaultCode.CONFLICT)
    if names[1] is not None and naming.fold(names[1]) == naming.fold(str(names[0])):
        refuse((*path, "inverse_label"), "A paired label says something else of each side; leave inverseLabel out.")


def _label_relationship(draft: Draft, pair: Association, name: str, path: Path) -> str:
    kind = naming.label_relationship_type(pair.relationship_type, name)
    if kind in _relationship_types(draft):
        message = f"{pair.start} and {pair.end} had a label {name} before: give another `name`."
        refuse((*path, "name"), message, FaultCode.CONFLICT)
    return kind


def _relationship_types(draft: Draft) -> set[str]:
    """Every relationship type that is in use, or was."""
    names = spent(draft.catalog.account.spent_names, "relationship")
    for association in draft.catalog.associations:
        names += [association.relationship_type, *(label.relationship_type for label in association.labels)]
    return set(names)


def _ends(draft: Draft, association: Association) -> list[tuple[ObjectType, ObjectType]]:
    start, end = draft.catalog.by_name[association.start], draft.catalog.by_name[association.end]
    return [(start, end), (end, start)]


def _sides(association: Association) -> list[Side | LabelSide]:
    """An association and its labels, seen from both ends."""
    directions = (True,) if association.same_type else (True, False)
    sides = [association.side(forward=forward) for forward in directions]
    return [*sides, *(label for side in sides for label in side.labels)]
