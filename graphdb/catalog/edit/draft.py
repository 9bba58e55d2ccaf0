"""A data model while it is being changed: what it is by now, what that asks of existing records, what is wrong.

The edits of this package take a ``Draft`` and what the client gave, change ``draft.catalog`` and note narrowings and
jobs. An edit that cannot be made raises ``WriteRefused`` with every fault it found and leaves the draft as it was.
"""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from graphdb.catalog import naming
from graphdb.catalog.changes import CatalogChange
from graphdb.catalog.check import check
from graphdb.errors import Fault, FaultCode, WriteRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphdb.catalog.changes import JobSpec, Narrowing
    from graphdb.catalog.model import Association, Catalog, ObjectType, OptionSet, Property
    from graphdb.catalog.parts import Retirable
    from graphdb.errors import CatalogFault

Path = tuple[str | int, ...]
Given = dict[str, Any]
"""What a client gave of an input: only the keys that stand there, null included."""

LABEL_LENGTH_MAX: Final = 100
"""Characters of what is shown."""
DESCRIPTION_LENGTH_MAX: Final = 2_000


class Draft:
    """The state of a change.

    Args:
        catalog: The data model as it is.
        today: The day of the change.
        deprecation_days: For how long what is retired stays in the API.
        unsound: More checks of a catalog, that this package knows nothing of.
    """

    def __init__(
        self,
        catalog: Catalog,
        *,
        today: date,
        deprecation_days: int,
        unsound: Callable[[Catalog], Sequence[CatalogFault]] = lambda _: (),
    ) -> None:
        self.catalog = catalog
        self.today = today
        self.narrowings: list[tuple[Path, Narrowing]] = []
        self.jobs: list[JobSpec] = []
        self._before = catalog
        self._leaves = today + timedelta(days=deprecation_days)
        self._unsound = unsound

    @property
    def change(self) -> CatalogChange:
        """What has come of it."""
        catalog = dataclasses.replace(self.catalog, version=self._before.version + 1, _sides={})
        return CatalogChange(catalog=catalog, narrowings=tuple(self.narrowings), jobs=tuple(self.jobs))

    def attempt(self, edit: Callable[[Draft], None], path: Path) -> None:
        """Make an edit whole or not at all.

        Args:
            edit: Changes the draft.
            path: The place in the input that faults of the whole data model are reported at.

        Raises:
            WriteRefused: The edit refused, or what it made is unsound; every fault.
        """
        kept = (self.catalog, list(self.narrowings), list(self.jobs))
        try:
            edit(self)
            self._check(path)
        except BaseException:
            self.catalog, self.narrowings, self.jobs = kept
            raise

    def _check(self, path: Path) -> None:
        # The further checks suppose a catalog that is sound by itself.
        if faults := check(self.catalog) or self._unsound(self.catalog):
            raise WriteRefused([_fault_of(fault, path) for fault in faults])

    # What the edits find and replace.

    def object_type(self, name: str, path: Path) -> ObjectType:
        """An object type by its catalog name, enabled or not."""
        found = self.catalog.by_name.get(name)
        if found is None:
            refuse(path, f"There is no object type {name!r}.{_near(name, self.catalog.by_name)}", FaultCode.NOT_FOUND)
        return found

    def property_of(self, object_type: ObjectType, name: str, path: Path) -> Property:
        """A property of a type by its name, withdrawn ones included."""
        every = {prop.name: prop for prop in (*object_type.properties, *object_type.withdrawn_properties)}
        found = every.get(name)
        if found is None:
            message = f"{object_type.label} has no property {name!r}.{_near(name, every)}"
            refuse(path, message, FaultCode.NOT_FOUND)
        return found

    def option_set(self, name: str, path: Path) -> OptionSet:
        """An option set by the name of its enum."""
        found = self.catalog.option_sets_by_name.get(name)
        if found is None:
            message = f"There is no option set {name!r}.{_near(name, self.catalog.option_sets_by_name)}"
            refuse(path, message, FaultCode.NOT_FOUND)
        return found

    def association(self, start: str, end: str, path: Path) -> Association:
        """The association of two object types, named in either order."""
        for place, name in (("start", start), ("end", end)):
            self.object_type(name, (*path, place))
        found = next((one for one in self.catalog.associations if {one.start, one.end} == {start, end}), None)
        if found is None:
            message = f"There is no association between {start} and {end}; createAssociation makes one."
            refuse(path, message, FaultCode.NOT_FOUND)
        return found

    def put_type(self, changed: ObjectType) -> None:
        """Put an object type in the place of the one of its name, or behind all."""
        types = self.catalog.object_types
        self._replace(object_types=_put(types, changed, lambda one: one.name))

    def put_option_set(self, changed: OptionSet) -> None:
        """Put an option set in the place of the one of its name, or behind all."""
        self._replace(option_sets=_put(self.catalog.option_sets, changed, lambda one: one.name))

    def put_association(self, changed: Association) -> None:
        """Put an association in the place of the one of its ends, or behind all."""
        self._replace(associations=_put(self.catalog.associations, changed, lambda one: (one.start, one.end)))

    def put(self, **changes: Any) -> None:
        """Replace whole parts of the catalog."""
        self._replace(**changes)

    def _replace(self, **changes: Any) -> None:
        # The memory of what follows from the parts is not carried over.
        self.catalog = dataclasses.replace(self.catalog, **changes, _sides={})

    # Names.

    def taken_types(self) -> set[str]:
        """Folded names of object types and enums, and of those that are gone for good."""
        names = [one.type_name for one in self.catalog.object_types]
        names += [one.name for one in self.catalog.option_sets]
        names += spent(self.catalog.account.spent_names, "type")
        return {naming.fold(name) for name in names}

    def taken_fields(self, object_type: ObjectType) -> set[str]:
        """Folded names of everything that is, was or will be a field of a type."""
        names = [*naming.RESERVED_FIELDS, *object_type.by_name, *object_type.spent_names]
        names += [prop.name for prop in object_type.withdrawn_properties]
        for one in self.catalog.associations:
            for near, field, former in association_fields(one):
                if near == object_type.name:
                    names += [field, *([former] if former else [])]
        return {naming.fold(name) for name in names}

    def retired(self, element: Any) -> Any:
        """An element, retired today."""
        return dataclasses.replace(element, retired=self.today.isoformat(), leaves=self.leaves)

    @property
    def leaves(self) -> str:
        """The day after which what is retired today leaves the API."""
        return self._leaves.isoformat()


def association_fields(association: Association) -> list[tuple[str, str, str | None]]:
    """The fields that an association and its labels give to types: type, field, former field."""
    found: list[tuple[str, str, str | None]] = [(association.start, association.start_field, None)]
    if not association.same_type:
        found.append((association.end, association.end_field, None))
    for label in association.labels:
        found.append((association.start, label.start_field, label.start_field_was))
        if not association.same_type or label.inverse_name is not None:
            found.append((association.end, label.end_field, label.end_field_was))
    return found


def restored(element: Any) -> Any:
    """An element in use again."""
    return dataclasses.replace(element, retired=None, leaves=None)


def require_in_use(element: Retirable, what: str, path: Path) -> None:
    """Refuse what is retired already."""
    if element.retired is not None:
        refuse(path, f"{what} is retired already, since {element.retired}.", FaultCode.CONFLICT)


def require_retired(element: Retirable, what: str, path: Path) -> None:
    """Refuse what is in use."""
    if element.retired is None:
        refuse(path, f"{what} is not retired.", FaultCode.CONFLICT)


def spent(names: Sequence[str], kind: str) -> list[str]:
    """The names of a kind among those that are gone for good."""
    return [name.partition(":")[2] for name in names if name.startswith(f"{kind}:")]


def refuse(path: Path, message: str, code: FaultCode = FaultCode.BAD_USER_INPUT) -> NoReturn:
    """Refuse an edit for one fault.

    Raises:
        WriteRefused: Always.
    """
    raise WriteRefused([Fault(code=code, message=message, input=path)])


def text(given: Mapping[str, Any], key: str, path: Path, *, most: int = LABEL_LENGTH_MAX) -> str | None:
    """A text that is shown, without white space around it; None where the input leaves it out.

    Raises:
        WriteRefused: It is empty, too long, or not fit to be shown.
    """
    if key not in given:
        return None
    value = given[key]
    place = (*path, key)
    if value is None or not value.strip():
        refuse(place, f"{key} expects a text that is not empty.")
    value = value.strip()
    if len(value) > most:
        refuse(place, f"{key} expects at most {most:,} characters, found {len(value):,}.")
    if any(not (char.isprintable() or (char == "\n" and most > LABEL_LENGTH_MAX)) for char in value):
        refuse(place, f"{key} expects a text without control characters, found {ascii(value)[:60]}.")
    found: str = value
    return found


def minted(given: Mapping[str, Any], path: Path, mint: Callable[[str], str], *, default: str) -> str:
    """The name of a new element: the one that is given, or made of its label.

    Args:
        given: The input, with ``label`` and perhaps ``name``.
        path: The input's place.
        mint: From a text to the kind's form of names.
        default: What ``mint`` makes of a text that holds no usable character.

    Raises:
        WriteRefused: No name can be made of it.
    """
    chosen = given.get("name")
    if chosen is not None:
        if not chosen or len(chosen) > naming.NAME_LENGTH_MAX or mint(chosen) != chosen:
            wanted = mint(chosen[:200])
            hint = f" such as {wanted!r}" if wanted and wanted != default else ""
            message = (
                f"name expects ASCII letters and digits in the form of its kind{hint}, at most "
                f"{naming.NAME_LENGTH_MAX} characters; found {ascii(chosen)[:60]}."
            )
            refuse((*path, "name"), message)
        return str(chosen)
    label = given["label"]
    name = mint(label)
    letters = [char for char in label if char.isalpha()]
    usable = "".join(naming.words(label))
    if not usable or (letters and not any(char.isalpha() for char in usable)):
        message = (
            f"No name for the API can be made of {label[:60]!r}, for it holds no Latin letter: give one as `name`."
        )
        refuse((*path, "label"), message)
    return name


def _near(name: str, known: Mapping[str, Any]) -> str:
    wanted = naming.fold(name)
    close = [one for one in known if naming.fold(one) == wanted or naming.fold(one) in {f"{wanted}s", wanted[:-1]}]
    return f" Did you mean {close[0]!r}?" if close else ""


def _put(parts: tuple[Any, ...], changed: Any, key: Callable[[Any], Any]) -> tuple[Any, ...]:
    if any(key(one) == key(changed) for one in parts):
        return tuple(changed if key(one) == key(changed) else one for one in parts)
    return (*parts, changed)


def _fault_of(fault: CatalogFault, path: Path) -> Fault:
    conflict = fault.message.startswith("CONFLICT: ")
    message = fault.message.removeprefix("CONFLICT: ")
    return Fault(
        code=FaultCode.CONFLICT if conflict else FaultCode.BAD_USER_INPUT,
        message=f"{fault.where}.{fault.field}: {message[0].upper()}{message[1:]}.",
        input=path,
    )
