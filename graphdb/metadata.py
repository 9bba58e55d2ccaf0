"""The catalog in the graph: saved whole under a version, loaded whole, equal to what was saved.

Each part of the catalog is a node, joined to its whole by a relationship that holds its position, so that the
data model can be looked at with any graph browser::

    (:_Catalog)-[:_ACCOUNT]->(:_Account)
    (:_Catalog)-[:_OBJECT_TYPE]->(:_ObjectType)-[:_PROPERTY]->(:_Property)
                                 (:_ObjectType)-[:_PIPELINE]->(:_Pipeline)-[:_STAGE]->(:_Stage)
                                 (:_ObjectType)-[:_PROPERTY_GROUP]->(:_PropertyGroup)
                                 (:_ObjectType)-[:_WITHDRAWN_PROPERTY]->(:_WithdrawnProperty)
    (:_Catalog)-[:_OPTION_SET]->(:_OptionSet)-[:_OPTION]->(:_Option)
    (:_Catalog)-[:_ASSOCIATION]->(:_Association)-[:_LABEL]->(:_AssociationLabel)
                                 (:_Association)-[:_START]->(:_ObjectType), -[:_END]->(:_ObjectType)

A node's properties are its dataclass's fields. Nested tuples, which no engine stores, are kept as JSON text.
Each version is kept besides, whole: ``graphdb.versions``.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from graphdb.catalog.check import check
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.model import (
    Account,
    Association,
    AssociationLabel,
    Catalog,
    ObjectType,
    Option,
    OptionSet,
    Pipeline,
    Property,
    PropertyGroup,
    Stage,
)
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict, CatalogError, CatalogFault, StatementRejected
from graphdb.versions import VERSIONS_MAX, keep_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.store import GraphStore, Transaction

READ_ATTEMPTS = 5
"""How often a catalog is read that changes under the reader's eyes, before giving up."""

READ_PAUSE_S = 0.1
"""Seconds longer before each further attempt."""

# What the engines answer when a node goes away between being found and being read.
_ENTITY_NOT_FOUND = "Neo.ClientError.Statement.EntityNotFound"
_CONSTRAINT = "CREATE CONSTRAINT `_catalog_key` IF NOT EXISTS FOR (c:`_Catalog`) REQUIRE c.key IS UNIQUE"
_ROOT = "(c:`_Catalog` {key: 'catalog'})"
_VERSION = f"MATCH {_ROOT} RETURN c.version"
# Writing to the node takes its lock, so the version that is returned stays until the commit.
_CLAIM = f"MERGE {_ROOT} SET c._lock = $p.version RETURN c.version"
_STAMP = f"MATCH {_ROOT} SET c.version = $p.version, c.parts = $p.parts REMOVE c._lock"
_ENDS = (
    "MATCH (a:`_Association`) MATCH (s:`_ObjectType` {name: a.start}) MATCH (e:`_ObjectType` {name: a.end}) "
    "CREATE (a)-[:`_START`]->(s) CREATE (a)-[:`_END`]->(e)"
)


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one dataclass is stored; ``children`` are its fields that hold nodes of their own."""

    cls: type[Any]
    label: str
    relationship: str
    children: tuple[tuple[str, _Kind], ...] = ()


_PROPERTIES = _Kind(Property, "_Property", "_PROPERTY")
_WITHDRAWN = _Kind(Property, "_WithdrawnProperty", "_WITHDRAWN_PROPERTY")
_GROUPS = _Kind(PropertyGroup, "_PropertyGroup", "_PROPERTY_GROUP")
_PIPELINES = _Kind(Pipeline, "_Pipeline", "_PIPELINE", (("stages", _Kind(Stage, "_Stage", "_STAGE")),))
_OPTIONS = _Kind(Option, "_Option", "_OPTION")
_LABELS = _Kind(AssociationLabel, "_AssociationLabel", "_LABEL")
_PARTS: tuple[tuple[str, _Kind], ...] = (
    ("account", _Kind(Account, "_Account", "_ACCOUNT")),
    (
        "object_types",
        _Kind(
            ObjectType,
            "_ObjectType",
            "_OBJECT_TYPE",
            (
                ("properties", _PROPERTIES),
                ("pipelines", _PIPELINES),
                ("groups", _GROUPS),
                ("withdrawn_properties", _WITHDRAWN),
            ),
        ),
    ),
    ("option_sets", _Kind(OptionSet, "_OptionSet", "_OPTION_SET", (("options", _OPTIONS),))),
    ("associations", _Kind(Association, "_Association", "_ASSOCIATION", (("labels", _LABELS),))),
)


async def catalog_version(store: GraphStore) -> int | None:
    """The version of the stored catalog; None if there is none."""
    rows = await store.read(Statement(_VERSION))
    return rows[0][0] if rows else None


async def save_catalog(
    store: GraphStore, catalog: Catalog, *, expected: int | None, versions_max: int = VERSIONS_MAX
) -> None:
    """Put the catalog in the place of the one that is stored, in one transaction.

    Args:
        store: Where to.
        catalog: What to save; its version must be higher than ``expected``.
        expected: The version that is to be replaced; None for a graph that has no catalog yet.
        versions_max: How many versions stay readable (``graphdb.versions``).

    Raises:
        CatalogError: The catalog is unsound.
        CatalogConflict: Another version is stored than the expected one, or the new one is not higher.
    """
    faults = check(catalog)
    if faults:
        raise CatalogError(faults)
    if expected is not None and catalog.version <= expected:
        raise CatalogConflict(expected=catalog.version - 1, found=expected)
    await store.change_schema(_CONSTRAINT)

    async def replace(transaction: Transaction) -> None:
        rows = await transaction.run(Statement(_CLAIM, {"version": catalog.version}))
        if rows[0][0] != expected:
            raise CatalogConflict(expected=expected, found=rows[0][0])
        for kind in _kinds(_PARTS) if expected is not None else ():
            await transaction.run(Statement(f"MATCH (n:{quote(kind.label)}) DETACH DELETE n"))
        parts = 0
        for field, kind in _PARTS:
            rows = [_row(kind, part, place, catalog.version) for place, part in enumerate(_values(catalog, field))]
            parts += sum(_size(row) for row in rows)
            await transaction.run(Statement(_creation(kind), {"rows": rows}))
        await transaction.run(Statement(_ENDS))
        await keep_version(transaction, catalog, at=datetime.now(UTC), most=versions_max)
        await transaction.run(Statement(_STAMP, {"version": catalog.version, "parts": parts}))

    await store.write(replace)


async def load_catalog(store: GraphStore) -> Catalog | None:
    """The stored catalog, in the order in which it was saved; None if there is none.

    Raises:
        CatalogError: What is stored is not whole, each of ``READ_ATTEMPTS`` times.
    """
    for attempt in range(READ_ATTEMPTS):
        await asyncio.sleep(attempt * READ_PAUSE_S)
        try:
            rows = await store.read(Statement(_loading()))
        except StatementRejected as error:
            if error.code != _ENTITY_NOT_FOUND:
                raise
            continue
        if not rows or rows[0][0] is None:
            return None
        version, parts, *branches = rows[0]
        # A read sees what is committed at each moment: a change in between shows as parts of another version.
        found = [row for branch in branches for row in branch]
        if all(_is_of(row, version) for row in found) and sum(_size(row) for row in found) == parts:
            values = {
                field: tuple(_part(kind, row) for row in _ordered(branch))
                for (field, kind), branch in zip(_PARTS, branches, strict=True)
            }
            return Catalog(version=version, **{**values, "account": values["account"][0]})
    message = "expected all parts of one version, found some missing or of another"
    raise CatalogError([CatalogFault(where="_Catalog", field="parts", message=message)])


def _kinds(parts: tuple[tuple[str, _Kind], ...]) -> Iterator[_Kind]:
    for _, kind in parts:
        yield kind
        yield from _kinds(kind.children)


def _values(whole: Any, field: str) -> tuple[Any, ...]:
    value = getattr(whole, field)
    return value if isinstance(value, tuple) else (value,)


# A row is [position, properties, *children by field]: lists, for nested maps lose their shape on one engine.


def _row(kind: _Kind, part: Any, place: int, version: int) -> list[Any]:
    children = [
        [_row(child, value, at, version) for at, value in enumerate(_values(part, field))]
        for field, child in kind.children
    ]
    return [place, {**_encode(kind, part), "_version": version}, *children]


def _part(kind: _Kind, row: list[Any]) -> Any:
    _, properties, *branches = row
    children = {
        field: tuple(_part(child, below) for below in _ordered(branch))
        for (field, child), branch in zip(kind.children, branches, strict=True)
    }
    return kind.cls(**_decode(kind, properties), **children)


def _ordered(rows: list[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row[0])


def _size(row: list[Any]) -> int:
    return 1 + sum(_size(below) for branch in row[2:] for below in branch)


def _is_of(row: list[Any], version: int) -> bool:
    return row[1].get("_version") == version and all(_is_of(below, version) for branch in row[2:] for below in branch)


@cache
def _creation(kind: _Kind) -> str:
    """Cypher that creates the parts of one kind, with all that belongs to them, from ``$p.rows``."""
    return (
        f"MATCH {_ROOT} UNWIND $p.rows AS r0 "
        f"CREATE (c)-[:{quote(kind.relationship)} {{position: r0[0]}}]->(n0:{quote(kind.label)}) "
        f"SET n0 = r0[1]{_creation_below(kind, 0)}"
    )


def _creation_below(kind: _Kind, depth: int) -> str:
    text = ""
    below = depth + 1
    for place, (_, child) in enumerate(kind.children):
        text += (
            f" FOREACH (r{below} IN r{depth}[{place + 2}] | "
            f"CREATE (n{depth})-[:{quote(child.relationship)} {{position: r{below}[0]}}]->"
            f"(n{below}:{quote(child.label)}) SET n{below} = r{below}[1]{_creation_below(child, below)})"
        )
    return text


@cache
def _loading() -> str:
    """Cypher that returns the catalog as one row: version, number of parts, and a list of rows per field."""
    branches = ", ".join(_loading_below("c", kind, 0) for _, kind in _PARTS)
    return f"MATCH {_ROOT} RETURN c.version, c.parts, {branches}"


def _loading_below(whole: str, kind: _Kind, depth: int) -> str:
    node, relationship = f"n{depth}", f"r{depth}"
    columns = [f"{relationship}.position", f"properties({node})"]
    columns += [_loading_below(node, child, depth + 1) for _, child in kind.children]
    pattern = f"({whole})-[{relationship}:{quote(kind.relationship)}]->({node}:{quote(kind.label)})"
    return f"COLLECT {{ MATCH {pattern} RETURN [{', '.join(columns)}] }}"


@cache
def _stored_fields(kind: _Kind) -> dict[str, Any]:
    """The fields that become properties, each with its type: all but those that hold nodes of their own."""
    hints = get_type_hints(kind.cls)
    children = dict(kind.children)
    return {item.name: hints[item.name] for item in fields(kind.cls) if item.name not in children}


def _encode(kind: _Kind, part: Any) -> dict[str, Any]:
    """A part's own properties; what is None is left out, as engines would."""
    encoded: dict[str, Any] = {}
    for name, hint in _stored_fields(kind).items():
        value = getattr(part, name)
        if value is None:
            continue
        if is_dataclass(value):
            encoded[name] = json.dumps(to_data(value))
        elif _is_nested(hint):
            encoded[name] = json.dumps(value)
        elif isinstance(value, tuple):
            encoded[name] = [str(item) for item in value]
        else:
            encoded[name] = str(value) if isinstance(value, StrEnum) else value
    return encoded


def _decode(kind: _Kind, properties: dict[str, Any]) -> dict[str, Any]:
    """The dataclass's arguments from a node's properties; what is not there gets the dataclass's default."""
    decoded: dict[str, Any] = {}
    for name, hint in _stored_fields(kind).items():
        value = properties.get(name)
        if value is None:
            continue
        if (part := _dataclass_of(hint)) is not None:
            decoded[name] = from_data(part, json.loads(value), name, known_only=True)
        elif _is_nested(hint):
            decoded[name] = tuple(tuple(inner) for inner in json.loads(value))
        elif get_origin(hint) is tuple:
            decoded[name] = tuple(get_args(hint)[0](item) for item in value)
        elif isinstance(hint, type) and issubclass(hint, StrEnum):
            decoded[name] = hint(str(value))
        else:
            decoded[name] = float(value) if float in get_args(hint) else value
    return decoded


def _dataclass_of(hint: Any) -> type[Any] | None:
    """The dataclass that an optional field holds, if it holds one: kept as JSON text like nested tuples."""
    return next((one for one in (hint, *get_args(hint)) if isinstance(one, type) and is_dataclass(one)), None)


def _is_nested(hint: Any) -> bool:
    return get_origin(hint) is tuple and get_origin(get_args(hint)[0]) is tuple
