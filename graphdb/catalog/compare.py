"""What a data model from elsewhere would change in an account's own, and the two joined.

Elements are known by their minted names (associations by their ends). What the other model does not have is left
alone: joining adds and changes, it takes nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.calculated import kept_anew
from graphdb.catalog.changes import CatalogChange, JobKind, JobSpec
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.model import Catalog, ObjectType
from graphdb.catalog.parts import BuildState
from graphdb.catalog.portable import without_history

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

Data = dict[str, Any]

_SHOWN: Final = frozenset(
    {"label", "plural_label", "inverse_label", "description", "aliases", "categories", "tools", "group"}
)
"""What people see or imports read: no record and no name in the API depends on it."""


class ChangeKind(StrEnum):
    """What becomes of an element."""

    ADDED = "added"
    CHANGED = "changed"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class ModelChange:
    """One difference.

    Attributes:
        place: The element or its field, such as ``object_types.deal.properties.amount.label``.
        before: What the account has; None for what is added.
        after: What the other model has; None for what is absent there.
    """

    kind: ChangeKind
    place: tuple[str, ...]
    before: Any = None
    after: Any = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that is not made, and why."""

    place: tuple[str, ...]
    reason: str


def compare(own: Catalog, other: Catalog) -> tuple[ModelChange, ...]:
    """Everything that differs, in the order of the account's own model; versions are not compared."""
    return tuple(_differences(_data(own), _data(other), ()))


def joined(own: Catalog, other: Catalog) -> CatalogChange:
    """The account's model with all that the other adds and changes, at the next version, and what is left to be done.

    An order that the other model gives to all that the account has is taken over; else what is new comes last.
    """
    data = _join(_data(own), _data(other))
    catalog = _with_pipelines_in_order(from_data(Catalog, {**data, "version": own.version + 1}, "joined"))
    return _with_jobs(own, _with_history(own, catalog))


def _with_jobs(own: Catalog, changed: Catalog) -> CatalogChange:
    """The changed model with the jobs of what is new: types made ready, indexes built."""
    jobs: list[JobSpec] = []
    types = []
    kept = kept_anew(own, changed)
    for one in changed.object_types:
        before = own.by_name.get(one.name)
        if one.enabled and (before is None or not before.enabled):
            jobs.append(JobSpec(kind=JobKind.ENSURE_TYPE, object_type=one.name, node_label=one.node_label))
        known = before.by_name if before else {}
        added = {
            prop.name
            for prop in one.properties
            if prop.indexed and (prop.name not in known or (one.name, prop.name) in kept)
        }
        jobs += [
            JobSpec(kind=JobKind.INDEX, object_type=one.name, node_label=one.node_label, property=name)
            for name in sorted(added)
        ]
        jobs += [
            JobSpec(
                kind=JobKind.COMPOSITE_INDEX,
                object_type=one.name,
                node_label=one.node_label,
                property=index.equal,
                order=index.order,
            )
            for index in one.composite_indexes
            if before is None or index not in before.composite_indexes
        ]
        properties = (
            replace(prop, indexed_state=BuildState.BUILDING) if prop.name in added else prop for prop in one.properties
        )
        types.append(replace(one, properties=tuple(properties)))
    return CatalogChange(catalog=replace(changed, object_types=tuple(types), _sides={}), jobs=tuple(jobs))


def refusals(changes: tuple[ModelChange, ...], occupied: Container[str]) -> list[Refusal]:
    """The changes that records or clients would not survive.

    Args:
        changes: What ``compare`` found.
        occupied: The object types that have records.
    """
    found = []
    for change in changes:
        reason = _reason(change, occupied)
        if reason is not None:
            found.append(Refusal(change.place, reason))
    return found


def _reason(change: ModelChange, occupied: Container[str]) -> str | None:
    if change.kind is ChangeKind.ABSENT:
        return None
    match change.place:
        case (*_, field) if change.kind is ChangeKind.CHANGED and field in _SHOWN:
            return None
        case ("account", "name" | "time_zone" | "join_companies_by_domain"):
            return None
        case ("object_types", _, "reaches"):
            return None
        case ("object_types", _, "enabled") if change.after is None:  # the default: it is enabled
            return None
        case ("object_types", name, "properties", _) if change.kind is ChangeKind.ADDED:
            if change.after.get("required") and name in occupied:
                return f"{name} has records, so a property added to it cannot be required from the start"
            return None
        case _ if change.kind is ChangeKind.ADDED:
            return None
        case _:
            found = f"it is {_shown(change.before)} here and {_shown(change.after)} in the file"
            return f"{found}: an import adds, and changes what people see, and no more"


def _shown(value: Any) -> str:
    return "not set" if value is None else repr(value)[:60]


def _data(catalog: Catalog) -> Data:
    data: Data = to_data(without_history(catalog))
    del data["version"]
    return data


_NAMES: Final = (("name",), ("start", "end"), ("equal", "order"))
"""By what elements are known; a list of others is one value."""


def _name(item: Any) -> str | None:
    if not isinstance(item, dict):
        return None
    return next((".".join(item[key] for key in keys) for keys in _NAMES if keys[0] in item), None)


def _named(value: Any) -> dict[str, Data] | None:
    """A list of elements by what they are known by; None for any other value."""
    if value is None:
        return {}
    if not isinstance(value, list):
        return None
    names = [_name(item) for item in value]
    return None if None in names else {str(name): item for name, item in zip(names, value, strict=True)}


def _is_parts(value: Any) -> bool:
    """Whether a value is a list of parts, which like elements stay where the other model has none."""
    return isinstance(value, list) and any(isinstance(item, dict) for item in value)


# A key that is not there stands for its default, so None, which no data holds, says "not set" of both sides.


def _differences(own: Data, other: Data, place: tuple[str, ...]) -> Iterator[ModelChange]:
    for key in dict.fromkeys((*own, *other)):
        before, after, here = own.get(key), other.get(key), (*place, key)
        mine, theirs = _named(before), _named(after)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _differences(before, after, here)
        elif mine is not None and theirs is not None:
            for name, item in mine.items():
                if name in theirs:
                    yield from _differences(item, theirs[name], (*here, name))
                else:
                    yield ModelChange(ChangeKind.ABSENT, (*here, name), before=item)
            for name, item in theirs.items():
                if name not in mine:
                    yield ModelChange(ChangeKind.ADDED, (*here, name), after=item)
        elif after is None and _is_parts(before):
            yield ModelChange(ChangeKind.ABSENT, here, before)
        elif before != after:
            yield ModelChange(ChangeKind.CHANGED, here, before, after)


def _join(own: Data, other: Data) -> Data:
    result = dict(own)
    for key in dict.fromkeys((*own, *other)):
        before, after = own.get(key), other.get(key)
        mine, theirs = _named(before), _named(after)
        if isinstance(before, dict) and isinstance(after, dict):
            result[key] = _join(before, after)
        elif mine is not None and theirs is not None:
            names = theirs if mine.keys() <= theirs.keys() else {**mine, **theirs}
            both = {**theirs, **mine, **{name: _join(mine[name], theirs[name]) for name in mine.keys() & theirs}}
            result[key] = [both[name] for name in names]
        elif after is None:
            if not _is_parts(before):
                result.pop(key)
        else:
            result[key] = after
    return result


def _with_history(own: Catalog, changed: Catalog) -> Catalog:
    """The changed model with what the account has gone through: names that are spent, jobs under way."""
    types = tuple(_type_with_history(own.by_name.get(one.name), one) for one in changed.object_types)
    sets = tuple(
        replace(one, spent_names=before.spent_names) if (before := own.option_sets_by_name.get(one.name)) else one
        for one in changed.option_sets
    )
    account = replace(changed.account, spent_names=own.account.spent_names)
    return replace(changed, account=account, object_types=types, option_sets=sets, _sides={})


def _type_with_history(before: ObjectType | None, changed: ObjectType) -> ObjectType:
    if before is None:
        return changed
    known = {prop.name: prop for prop in before.properties}
    properties = tuple(
        replace(prop, unique_state=same.unique_state, indexed_state=same.indexed_state)
        if (same := known.get(prop.name))
        else prop
        for prop in changed.properties
    )
    return replace(changed, spent_names=before.spent_names, properties=properties)


def _with_pipelines_in_order(catalog: Catalog) -> Catalog:
    """The enumerations of pipelines and stages in the order of the joined pipelines."""
    orders: dict[str | None, list[str]] = {}
    for one in catalog.object_types:
        if one.pipelines and {"stage", "pipeline"} <= one.by_name.keys():
            orders[one.by_name["pipeline"].option_set] = [pipeline.name for pipeline in one.pipelines]
            orders[one.by_name["stage"].option_set] = list(one.stages)
    sets = tuple(
        replace(one, options=tuple(one.by_name[name] for name in orders[one.name]))
        if set(orders.get(one.name, ())) == one.by_name.keys()
        else one
        for one in catalog.option_sets
    )
    return replace(catalog, option_sets=sets, _sides={})
