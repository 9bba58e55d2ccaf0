"""A data model as a file that moves it between accounts: JSON with everything that the catalog says.

Minted names are part of it, so both accounts call a thing the same; the version is not, for each counts its own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import orjson

from graphdb.catalog.check import check
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.model import Catalog, Property
from graphdb.catalog.parts import BuildState
from graphdb.errors import CatalogError, CatalogFault

FORMAT: Final = "kinship-model/1"
"""What the file is, and which form it has; a form that older programs cannot read gets the next number."""


def write_model(catalog: Catalog) -> str:
    """The file's text."""
    data: dict[str, Any] = {"format": FORMAT, **to_data(without_history(catalog))}
    del data["version"]
    return orjson.dumps(data, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()


def without_history(catalog: Catalog) -> Catalog:
    """A catalog without what only its own account has gone through: names that are spent, jobs under way."""
    types = tuple(
        replace(
            one,
            spent_names=(),
            properties=tuple(_settled(prop) for prop in one.properties),
            withdrawn_properties=tuple(_settled(prop) for prop in one.withdrawn_properties),
        )
        for one in catalog.object_types
    )
    sets = tuple(replace(one, spent_names=()) for one in catalog.option_sets)
    account = replace(catalog.account, spent_names=())
    return replace(catalog, account=account, object_types=types, option_sets=sets, _sides={})


def _settled(prop: Property) -> Property:
    return replace(prop, unique_state=BuildState.ONLINE, indexed_state=BuildState.ONLINE)


def read_model(text: bytes, where: str, *, version: int) -> Catalog:
    """The catalog that a file describes, known to be sound.

    Args:
        text: What is in the file.
        where: What the file is called in faults.
        version: The version that the catalog gets.

    Raises:
        CatalogError: It is not JSON, not of this form, or describes an unsound catalog; every fault with its place.
    """
    try:
        data = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise CatalogError([CatalogFault(where=where, field=place, message=f"expected JSON: {error.msg}")]) from error
    found = data.pop("format", None) if isinstance(data, dict) else None
    if found != FORMAT:
        message = f"expected a data model in the form {FORMAT!r}, found {ascii(found)[:100] if found else 'nothing'}"
        raise CatalogError([CatalogFault(where=where, field="format", message=message)])
    if "version" in data:
        message = "expected no version, for each account counts its own"
        raise CatalogError([CatalogFault(where=where, field="version", message=message)])
    catalog = from_data(Catalog, {**data, "version": version}, where)
    if faults := check(catalog):
        raise CatalogError([_in_file(where, fault) for fault in faults])
    return catalog


def _in_file(where: str, fault: CatalogFault) -> CatalogFault:
    return CatalogFault(where=where, field=f"{fault.where}.{fault.field}", message=fault.message)
