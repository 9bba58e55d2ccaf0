"""The catalog's rules, as far as operations alone can break them: pure, every fault at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphdb import values
from graphdb.catalog.model import Property, PropertyType
from graphdb.errors import Fault, FaultCode
from graphdb.ids import is_id, mint
from graphdb.rules import default_of, rule_fault
from graphdb.writer import stages
from graphdb.writer.automatic import products
from graphdb.writer.drafts import (
    Life,
    LifeDraft,
    LinkDraft,
    MergeDraft,
    Mode,
    PairDraft,
    RecordDraft,
    Target,
    UnmergeDraft,
)
from graphdb.writer.operations import (
    Archive,
    Associate,
    Create,
    Dissociate,
    LifeOperation,
    Merge,
    PairOperation,
    Purge,
    Ref,
    Restore,
    SetLabels,
    Unmerge,
    Update,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from graphdb.catalog.model import Catalog, LabelSide, ObjectType, OptionSet, Side
    from graphdb.writer.drafts import Draft
    from graphdb.writer.operations import Link, Operation, Path, Upsert

_MODES: dict[type[PairOperation], Mode] = {Associate: Mode.ADD, SetLabels: Mode.SET, Dissociate: Mode.REMOVE}
_LIVES: dict[type[LifeOperation], Life] = {Archive: Life.ARCHIVE, Restore: Life.RESTORE, Purge: Life.PURGE}


def check(
    catalog: Catalog, operations: Sequence[Operation], mint_id: Callable[[], str] = mint, *, today: str
) -> tuple[list[Draft], list[Fault]]:
    """What the operations say, normalised, and all that is wrong with them.

    A draft leaves out what is faulty, so that the rest can still be checked against the graph. Records that are
    created along with another one have drafts of their own before its draft, with indexes behind all operations'.
    ``today``, as ISO 8601, says which retired options have left.
    """
    checker = _Checker(catalog, mint_id, today, len(operations))
    for index, operation in enumerate(operations):
        draft = checker.draft(index, operation)
        if draft is not None:
            checker.drafts.append(draft)
    return checker.drafts, checker.faults


@dataclass(frozen=True, slots=True, kw_only=True)
class _Holder:
    """A property that operations give values of.

    Attributes:
        left: Options whose last day has passed, with that day; records that hold them keep them.
        refused: Why no operation may give it a value.
    """

    prop: Property
    options: OptionSet | None = None
    left: Mapping[str, str] = field(default_factory=dict)
    refused: str | None = None


_UNKNOWN = Property(name="", type=PropertyType.STRING, label="")


class _Checker:
    """One run over the operations, collecting faults."""

    def __init__(self, catalog: Catalog, mint_id: Callable[[], str], today: str, count: int) -> None:
        self._catalog = catalog
        self._today = today
        self._mint_id = mint_id
        self._next = count
        self._ids: set[str] = set()
        self.drafts: list[Draft] = []
        self._defaults_of: dict[str, dict[str, Any]] = {}
        self._required_of: dict[str, tuple[str, ...]] = {}
        self._holders: dict[tuple[str, str], _Holder] = {}
        self._named: dict[tuple[str, str, str], Target] = {}
        self._known_sides: dict[int, tuple[bool, dict[str, LabelSide]]] = {}
        self.faults: list[Fault] = []

    def draft(self, index: int, operation: Operation) -> Draft | None:
        if isinstance(operation, PairOperation):
            return self._pair(index, operation)
        if isinstance(operation, LifeOperation):
            target = self._target(operation.by)
            return LifeDraft(index=index, target=target, life=_LIVES[type(operation)]) if target is not None else None
        if isinstance(operation, Merge):
            return self._merge(index, operation)
        if isinstance(operation, Unmerge):
            return self._unmerge(index, operation)
        return self._record(index, operation)

    def _record(self, index: int, operation: Create | Update | Upsert, parent: str | None = None) -> RecordDraft | None:
        type_name = operation.by.type if isinstance(operation, Update) else operation.type
        object_type = self._type(type_name, operation.path)
        if object_type is None:
            return None
        draft = RecordDraft(
            index=index,
            type=object_type,
            path=operation.path,
            values=self._values(object_type, operation.values, operation.path),
            links=self._links(object_type, operation.links),
        )
        self._check_required(draft, operation, parent)
        if isinstance(operation, Update):
            draft.if_updated_at = operation.if_updated_at
            draft.target = self._target(operation.by)
            return draft if draft.target is not None else None
        if isinstance(operation, Create):
            draft.id, draft.given = self._new_id(operation), operation.id is not None
            draft.created_at = operation.created_at
            return draft
        draft.key = self._upsert_key(object_type, operation, draft.values)
        draft.key_property = operation.key
        return draft if draft.key is not None else None

    def _type(self, name: str, path: Path) -> ObjectType | None:
        found = self._catalog.by_name.get(name)
        if found is None:
            self._fault(path, f"expected an object type, found {values.shown(name)}")
        elif not found.enabled:
            self._fault(path, f"the object type {found.label} is not enabled")
            return None
        return found

    def _new_id(self, operation: Create) -> str:
        if operation.id is None:
            return self._mint_id()
        if not is_id(operation.id):
            self._fault(
                operation.path, f"expected an id of 32 hexadecimal digits, found {values.shown(repr(operation.id))}"
            )
        elif operation.id in self._ids:
            self._fault(operation.path, f"expected an id of its own, found {operation.id} twice")
        self._ids.add(operation.id)
        return operation.id

    def _upsert_key(self, object_type: ObjectType, operation: Upsert, known: Mapping[str, Any]) -> str | None:
        prop = object_type.by_name.get(operation.key)
        if prop is None or not prop.unique:
            names = ", ".join(one.name for one in object_type.unique_properties)
            self._fault(operation.path, f"expected a unique property ({names}), found {values.shown(operation.key)}")
            return None
        if not self._is_ready(prop, operation.path):
            return None
        if known.get(prop.name) is None:
            if operation.values.get(prop.name) is None or prop.name in known:
                self._fault((*operation.path, prop.name), f"expected a value of {prop.name} to find the record by")
            return None
        return values.key_of(object_type, prop, known[prop.name])

    def _values(self, object_type: ObjectType, given: Mapping[str, Any], path: Path) -> dict[str, Any]:
        normalised: dict[str, Any] = {}
        for name, value in given.items():
            held = self._holders.get((object_type.name, name)) or self._holder(object_type, name)
            if held.refused is not None:
                self._fault((*path, name), held.refused)
                continue
            prop = held.prop
            try:
                stored = values.normalise(prop, value, held.options)
            except ValueError as error:
                self._fault((*path, name), f"{name}: {error}")
                continue
            fault = _left(held.left, stored) if held.left else None
            if fault is None and prop.rules is not None:
                fault = rule_fault(prop, stored)
            if fault is not None:
                self._fault((*path, name), f"{name}: {fault}")
            elif stored is None and prop.required:
                self._fault((*path, name), f"{name} is required and cannot be unset")
            else:
                normalised[name] = stored
        conflict = stages.conflict(object_type, normalised)
        if conflict is not None:
            self._fault((*path, stages.PIPELINE), conflict)
        return normalised

    def _holder(self, object_type: ObjectType, name: str) -> _Holder:
        """What is known of a property before any value of it."""
        prop = object_type.by_name.get(name)
        if prop is None:
            unknown = f"expected a property of {object_type.label}, found {values.shown(name)}"
            return _Holder(prop=_UNKNOWN, refused=unknown)
        refused = None
        if prop.calculated:
            refused = f"{name} is computed and cannot be written"
        elif prop.read_only:
            refused = f"{name} is set by the program and cannot be written"
        options = values.options_of(self._catalog, prop)
        left = {
            option.name: option.leaves
            for option in (options.options if options is not None else ())
            if option.leaves is not None and option.leaves < self._today
        }
        found = self._holders[object_type.name, name] = _Holder(prop=prop, options=options, left=left, refused=refused)
        return found

    def _defaults(self, object_type: ObjectType, given: Mapping[str, Any]) -> dict[str, Any]:
        """What a new record gets of the properties that an operation leaves out."""
        known = self._defaults_of.get(object_type.name)
        if known is None:
            known = self._defaults_of[object_type.name] = {
                prop.name: default_of(prop, values.options_of(self._catalog, prop))
                for prop in object_type.properties
                if prop.default is not None
            }
            if object_type.pipelines and stages.STAGE in known:
                known.pop(stages.PIPELINE, None)  # it follows from the stage
        if not known:
            return {}
        left_out = {name: value for name, value in known.items() if name not in given}
        if object_type.pipelines and not given.keys().isdisjoint((stages.STAGE, stages.PIPELINE)):
            left_out = {name: value for name, value in left_out.items() if name not in {stages.STAGE, stages.PIPELINE}}
        return left_out

    def _check_required(self, draft: RecordDraft, operation: Create | Update | Upsert, parent: str | None) -> None:
        """Find what a new record would lack; report it now if the record surely is new."""
        if isinstance(operation, Update):
            return
        draft.defaults = self._defaults(draft.type, operation.values)
        required = self._required_of.get(draft.type.name)
        if required is None:
            required = self._required_of[draft.type.name] = tuple(
                prop.name for prop in draft.type.properties if prop.required and not prop.read_only
            )
        if required:
            copied = products.supplied(draft.type, draft.links)
            draft.missing = [
                name
                for name in required
                if name not in operation.values and name not in draft.defaults and name not in copied
            ]
        if isinstance(operation, Create) and (draft.missing or draft.type.required_associations):
            linked = {link.side.far for link in operation.links if link.to is not None}
            self.faults += missing_faults(draft, linked if parent is None else {*linked, parent})

    def _links(self, object_type: ObjectType, links: Iterable[Link]) -> list[LinkDraft]:
        drafts: list[LinkDraft] = []
        singular: dict[tuple[str, str], Any] = {}
        for link in links:
            if link.side.near != object_type.name:
                message = f"expected an association of {object_type.label}, found one of {link.side.near}"
                self._fault(link.path, message)
                continue
            draft = self._link(link)
            if draft is None:
                continue
            drafts.append(draft)
            for label in draft.labels:
                key = (label.label.relationship_type, label.name)
                named = (link.to.key, link.to.value) if isinstance(link.to, Ref) else id(link)
                if label.max_far == 1 and singular.setdefault(key, named) != named:
                    self._fault(link.path, f"expected at most one record labelled {label.name}, found another")
        return drafts

    def _link(self, link: Link) -> LinkDraft | None:
        side = link.side
        target = self._create_along(side, link.to) if isinstance(link.to, Create) else None
        if isinstance(link.to, Ref):
            target = self._target(link.to)
        labels = self._labels(side, link.labels, link.path)
        if not self._side(side)[0]:
            self._fault(link.path, f"{side.near} and {side.far} cannot be associated")
            return None
        if target is None:
            return LinkDraft(side=side, to=None, labels=labels, path=link.path) if link.to is None else None
        if target.type.name != side.far:
            place = link.to.path if link.to is not None else ()
            self._fault(place or link.path, f"expected a {side.far}, found a {target.type.name}")
            return None
        return LinkDraft(side=side, to=target, labels=labels, path=link.path)

    def _create_along(self, side: Side, operation: Create) -> Target | None:
        """A record to be created along with the one that is to be associated with it."""
        self._next += 1
        draft = self._record(self._next - 1, operation, side.near)
        if draft is None:
            return None
        self.drafts.append(draft)
        return Target(type=draft.type, id=draft.id, key=None, named="a new one", path=operation.path)

    def _side(self, side: Side) -> tuple[bool, dict[str, LabelSide]]:
        """Whether the catalog has an association, and its labels by name."""
        found = self._known_sides.get(id(side))  # the operations hold the sides meanwhile
        if found is None:
            there = side in self._catalog.sides_of(side.near)
            found = self._known_sides[id(side)] = (there, {label.name: label for label in side.labels})
        return found

    def _labels(self, side: Side, names: Sequence[str], path: Path) -> tuple[LabelSide, ...]:
        if not names:
            return ()
        known = self._side(side)[1]
        found: dict[str, LabelSide] = {}
        for name in names:
            if name not in known:
                expected = f"one of {', '.join(known)}" if known else "none, for this association has no labels"
                self._fault(
                    path, f"expected a label of {side.near} and {side.far}: {expected}; found {values.shown(name)}"
                )
            elif name in found:
                self._fault(path, f"expected each label once, found {name} twice")
            else:
                found[name] = known[name]
        return tuple(found.values())

    def _target(self, ref: Ref) -> Target | None:
        # A batch's records are often associated with the same few ones.
        place = (ref.type, ref.key, ref.value) if isinstance(ref.value, str) else None
        known = self._named.get(place) if place is not None else None
        if known is not None:
            return Target(type=known.type, id=known.id, key=known.key, named=known.named, path=ref.path)
        found = self._looked_up(ref)
        if found is not None and place is not None:
            self._named[place] = found
        return found

    def _looked_up(self, ref: Ref) -> Target | None:
        object_type = self._type(ref.type, ref.path)
        if object_type is None:
            return None
        if ref.key == "id":
            # What is no id names no record, and is answered as one that does not exist.
            record_id = ref.value if is_id(ref.value) else ""
            named = f"the id {values.shown(repr(ref.value))}"
            return Target(type=object_type, id=record_id, key=None, named=named, path=ref.path)
        prop = object_type.by_name.get(ref.key)
        if prop is None or not prop.unique:
            names = ", ".join(("id", *(one.name for one in object_type.unique_properties)))
            self._fault(ref.path, f"expected one of {names}, found {values.shown(ref.key)}")
            return None
        if not self._is_ready(prop, ref.path):
            return None
        try:
            value = values.normalise(prop, ref.value, values.options_of(self._catalog, prop))
        except ValueError as error:
            self._fault(ref.path, f"{ref.key}: {error}")
            return None
        if value is None:
            self._fault(ref.path, f"expected a value of {ref.key} to find the record by")
            return None
        key = values.key_of(object_type, prop, value)
        return Target(type=object_type, id=None, key=key, named=f"{ref.key} {values.shown(repr(value))}", path=ref.path)

    def _pair(self, index: int, operation: PairOperation) -> PairDraft | None:
        near, far = self._target(operation.start), self._target(operation.to)
        if near is None or far is None:
            return None
        side = self._catalog.side_between(near.type.name, far.type.name)
        if side is None:
            message = (
                f"{near.type.plural_label} and {far.type.plural_label} cannot be associated: the data model has no "
                "association between them (createAssociation makes one)"
            )
            self._fault(operation.path, message)
            return None
        labels = self._labels(side, operation.labels, (*operation.path, "labels"))
        link = LinkDraft(side=side, to=far, labels=labels, path=operation.path)
        return PairDraft(index=index, near=near, link=link, far=far, mode=_MODES[type(operation)])

    def _merge(self, index: int, operation: Merge) -> MergeDraft | None:
        winner, loser = self._target(operation.winner), self._target(operation.loser)
        if winner is None or loser is None:
            return None
        if winner.type is not loser.type:
            self._fault(operation.loser.path, f"expected a {winner.type.label}, found a {loser.type.label}")
            return None
        known = {prop.name for prop in winner.type.properties if not prop.read_only}
        unknown = [name for name in operation.take if name not in known]
        for name in unknown:
            message = f"expected properties of {winner.type.label} that can be written, found {values.shown(name)}"
            self._fault((*operation.path, "take"), message)
        return MergeDraft(index=index, winner=winner, loser=loser, take=operation.take, path=operation.path)

    def _unmerge(self, index: int, operation: Unmerge) -> UnmergeDraft | None:
        object_type = self._type(operation.type, operation.path)
        if object_type is None:
            return None
        loser = operation.loser if is_id(operation.loser) else ""
        named = f"the id {values.shown(repr(operation.loser))}"
        return UnmergeDraft(index=index, type=object_type, loser=loser, named=named, path=operation.path)

    def _is_ready(self, prop: Property, path: Path) -> bool:
        """Whether records can be named by a unique property; a fault while not all of them have their keys."""
        fault = values.unready(prop)
        if fault is not None:
            self.faults.append(Fault(code=FaultCode.CONFLICT, message=fault, input=path))
        return fault is None

    def _fault(self, path: Path, message: str) -> None:
        self.faults.append(bad_input(path, message))


def _left(left: Mapping[str, str], stored: Any) -> str | None:
    """How a value names an option whose last day has passed."""
    for name in stored if isinstance(stored, list) else (stored,):
        if name in left:
            return f"expected an option in use, found {name}, which could be written until {left[name]}"
    return None


def missing_faults(draft: RecordDraft, linked: Iterable[str]) -> list[Fault]:
    """The faults of a new record that lacks required properties or associations.

    Args:
        draft: The operation that makes it.
        linked: The object types that it is associated with.
    """
    faults = [bad_input((*draft.path, name), f"{name} is required") for name in draft.missing]
    present = set(linked)
    for group in draft.type.required_associations:
        if present.isdisjoint(group):
            message = f"a new {draft.type.label} must be associated with a {' or a '.join(group)}"
            faults.append(bad_input(draft.path, message))
    return faults


def bad_input(path: Path, message: str) -> Fault:
    """A fault of the input itself."""
    return Fault(code=FaultCode.BAD_USER_INPUT, message=message, input=path)
