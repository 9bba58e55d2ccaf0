"""Reading a data model from TOML files: parse, mint, check; every fault of every file at once.

A folder holds one file per object type, named for it (``line_item.toml``), and

* ``_account.toml``: the account, and the order of the object types;
* ``_option_sets.toml``: the values that enumerations share;
* ``_associations.toml``: which object types may be associated, and the labels of the pairs.

``graphdb.catalog.layout`` states what each may hold; ``graphdb.catalog.assemble`` makes the catalog of it.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from graphdb.catalog.assemble import assemble
from graphdb.catalog.check import check
from graphdb.catalog.layout import AccountFile, AssociationsFile, ObjectTypeFile, OptionSetsFile, stand_in
from graphdb.errors import CatalogError, CatalogFault

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from graphdb.catalog.model import Catalog

    Layout = TypeVar("Layout", bound=BaseModel)

_SHARED = frozenset({"_account.toml", "_option_sets.toml", "_associations.toml"})


@cache
def standard_catalog() -> Catalog:
    """The data model that the program ships with, at version 1.

    Raises:
        CatalogError: The shipped files are unsound: a bug of ours.
    """
    return load_catalog_files(resources.files("graphdb.catalog") / "standard")


def load_catalog_files(directory: Path | Traversable) -> Catalog:
    """The data model that a folder of TOML files describes, at version 1.

    Raises:
        CatalogError: With all faults of all files, each with its file and its place in it.
    """
    files = {entry.name: entry for entry in directory.iterdir() if entry.name.endswith(".toml")}
    faults: list[CatalogFault] = []
    account = _read(files, "_account.toml", AccountFile, faults)
    option_sets = _read(files, "_option_sets.toml", OptionSetsFile, faults)
    associations = _read(files, "_associations.toml", AssociationsFile, faults)
    types = {
        name.removesuffix(".toml"): _read(files, name, ObjectTypeFile, faults)
        for name in sorted(files)
        if not name.startswith("_")
    }
    faults += [
        CatalogFault(where=name, field="", message=f"expected one of {', '.join(sorted(_SHARED))}, found {name}")
        for name in sorted(files)
        if name.startswith("_") and name not in _SHARED
    ]
    faults += _undeclared_pairs(associations)
    ordered = _in_order(types, account.object_types, faults)
    catalog = assemble(account, ordered, option_sets, associations)
    faults += [
        CatalogFault(where=f"{fault.where}.toml", field=fault.field, message=fault.message) for fault in check(catalog)
    ]
    if faults:
        raise CatalogError(faults)
    return catalog


def _read(files: dict[str, Any], name: str, layout: type[Layout], faults: list[CatalogFault]) -> Layout:
    """One file's content; what is broken in it is added to the faults and replaced by a stand-in."""
    data: dict[str, Any] = {}
    if name in files:
        try:
            data = tomllib.loads(files[name].read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            faults.append(CatalogFault(where=name, field="", message=f"expected TOML in UTF-8: {error}"))
            return stand_in(layout, {}, [])
    try:
        return layout.model_validate(data)
    except ValidationError as error:
        problems = _problems(error)
        for problem in problems:
            place = ".".join(str(step) for step in problem["loc"])
            faults.append(CatalogFault(where=name, field=place, message=_message(problem)))
        return stand_in(layout, data, [problem["loc"] for problem in problems])


def _problems(error: ValidationError) -> list[ErrorDetails]:
    """What pydantic found, without the emptiness of a list that only its broken items make empty."""
    problems = error.errors(include_url=False)
    places = [problem["loc"] for problem in problems]
    return [
        problem
        for problem in problems
        if problem["type"] != "too_short"
        or not any(place != problem["loc"] and place[: len(problem["loc"])] == problem["loc"] for place in places)
    ]


def _message(problem: ErrorDetails) -> str:
    """What pydantic found, in our words: what was expected and what was found."""
    match problem["type"]:
        case "extra_forbidden":
            return "expected no such key"
        case "missing":
            return "expected a value, found none"
        case _:
            return f"{problem['msg']}; found {problem['input']!r}"


def _in_order(
    types: dict[str, ObjectTypeFile], order: tuple[str, ...], faults: list[CatalogFault]
) -> dict[str, ObjectTypeFile]:
    """The object types in the account's order; without one, by name."""
    if not order:
        return types
    for name in order:
        if name not in types:
            message = f"expected a file for each object type, found no {name}.toml"
            faults.append(CatalogFault(where="_account.toml", field="object_types", message=message))
    for name in types:
        if name not in order:
            message = f"expected every object type in the list, {name} is not"
            faults.append(CatalogFault(where="_account.toml", field="object_types", message=message))
    known = [name for name in dict.fromkeys(order) if name in types]
    return {name: types[name] for name in (*known, *(name for name in types if name not in order))}


def _undeclared_pairs(file: AssociationsFile) -> list[CatalogFault]:
    """Labels of pairs that the file does not declare, or declares the other way round."""
    faults = []
    for number, label in enumerate(file.labels):
        if label.end in file.pairs.get(label.start, ()):
            continue
        found = f"{label.end} to {label.start}" if label.start in file.pairs.get(label.end, ()) else "none"
        message = f"expected a pair {label.start} to {label.end}, found {found}"
        faults.append(CatalogFault(where="_associations.toml", field=f"labels.{number}", message=message))
    return faults
