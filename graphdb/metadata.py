"""The catalog in the graph: what differs is written, under a version; what is loaded equals what was saved.

The catalog is read from ``graphdb.versions``, which keeps each version. Besides, written in the same transaction, each
part of the current one is a node, joined to its whole by a relationship that holds its position, so that the data model
can be looked at with any graph browser and joined to records in Cypher::

    (:_Catalog)-[:_ACCOUNT]->(:_Account)
    (:_Catalog)-[:_OBJECT_TYPE]->(:_ObjectType)-[:_PROPERTY]->(:_Property)
                                 (:_ObjectType)-[:_PIPELINE]->(:_Pipeline)-[:_STAGE]->(:_Stage)
                                 (:_ObjectType)-[:_PROPERTY_GROUP]->(:_PropertyGroup)
                                 (:_ObjectType)-[:_WITHDRAWN_PROPERTY]->(:_WithdrawnProperty)
    (:_Catalog)-[:_OPTION_SET]->(:_OptionSet)-[:_OPTION]->(:_Option)
    (:_Catalog)-[:_ASSOCIATION]->(:_Association)-[:_LABEL]->(:_AssociationLabel)
                                 (:_Association)-[:_START]->(:_ObjectType), -[:_END]->(:_ObjectType)

A node's properties are its dataclass's fields. Nested tuples, which no engine stores, are kept as JSON text.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from graphdb.bootstrap import prepare_types
from graphdb.catalog.check import check
from graphdb.catalog.codec import to_data
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
from graphdb.errors import CatalogConflict, CatalogError, CatalogFault
from graphdb.versions import VERSIONS_MAX, catalog_at, forget_versions, keep_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphdb.store import GraphStore, Transaction
    from graphdb.versions import KnownParts

READ_ATTEMPTS = 5
"""How often a catalog is read whose version is given up under the reader's eyes, before giving up."""

READ_PAUSE_S = 0.1
"""Seconds longer before each further attempt."""

_CONSTRAINT = "CREATE CONSTRAINT `_catalog_key` IF NOT EXISTS FOR (c:`_Catalog`) REQUIRE c.key IS UNIQUE"
_ROOT = "(c:`_Catalog` {key: 'catalog'})"
_VERSION = f"MATCH {_ROOT} RETURN c.version"
# Writing to the node takes its lock, so the version that is returned stays until the commit.
_CLAIM = f"MERGE {_ROOT} SET c._lock = $p.version RETURN c.version"
_STAMP = f"MATCH {_ROOT} SET c.version = $p.version REMOVE c._lock"
_ENDS = (
    "MATCH (a:`_Association`) WHERE a.relationship_type IN $p.keys "
    "MATCH (s:`_ObjectType` {name: a.start}) MATCH (e:`_ObjectType` {name: a.end}) "
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


@dataclass(frozen=True, slots=True)
class _Part:
    """A field of the catalog.

    Attributes:
        field: Its name.
        kind: What it holds.
        key: What tells one from another: the first of these fields finds its node.
    """

    field: str
    kind: _Kind
    key: tuple[str, ...] = ("name",)

    def identity(self, value: Any) -> tuple[str, ...]:
        """What tells a value from others."""
        return tuple(getattr(value, name) for name in self.key)


_PARTS: tuple[_Part, ...] = (
    _Part("account", _Kind(Account, "_Account", "_ACCOUNT")),
    _Part(
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
    _Part("option_sets", _Kind(OptionSet, "_OptionSet", "_OPTION_SET", (("options", _OPTIONS),))),
    _Part(
        "associations",
        _Kind(Association, "_Association", "_ASSOCIATION", (("labels", _LABELS),)),
        ("relationship_type", "start", "end"),
    ),
)


async def catalog_version(store: GraphStore) -> int | None:
    """The version of the stored catalog; None if there is none."""
    rows = await store.read(Statement(_VERSION))
    return rows[0][0] if rows else None


async def save_catalog(
    store: GraphStore,
    catalog: Catalog,
    *,
    expected: int | None,
    before: Catalog | None = None,
    versions_max: int = VERSIONS_MAX,
) -> None:
    """Put the catalog in the place of the one that is stored, in one transaction.

    Args:
        store: Where to.
        catalog: What to save; its version must be higher than ``expected``.
        expected: The version that is to be replaced; None for a graph that has no catalog yet.
        before: The catalog at that version, where it is at hand: else it is read.
        versions_max: How many versions stay readable (``graphdb.versions``).

    Raises:
        CatalogError: The catalog is unsound.
        CatalogConflict: Another version is stored than the expected one, or the new one is not higher.
        StoreError: The engine did not answer.
    """
    faults = await asyncio.to_thread(check, catalog)
    if faults:
        raise CatalogError(faults)
    if expected is not None and catalog.version <= expected:
        raise CatalogConflict(expected=catalog.version - 1, found=expected)
    await store.change_schema(_CONSTRAINT)
    if expected is not None and (before is None or before.version != expected):
        before = await catalog_at(store, expected)
        if before is None:
            raise CatalogConflict(expected=expected, found=await catalog_version(store))
    await prepare_types(store, new_types(before, catalog))
    await store.write(lambda transaction: replace_catalog(transaction, before, catalog, versions_max=versions_max))


def new_types(before: Catalog | None, catalog: Catalog) -> list[ObjectType]:
    """The object types that records may have from now on, which ``bootstrap.prepare_types`` is for."""
    old = {one.node_label for one in before.enabled} if before else set()
    return [one for one in catalog.enabled if one.node_label not in old]


async def replace_catalog(
    transaction: Transaction, before: Catalog | None, catalog: Catalog, *, versions_max: int = VERSIONS_MAX
) -> None:
    """Put the catalog in the place of the one that is stored, writing what differs between the two.

    Every process serves it soon after the commit, so what its ``new_types`` need has to be there before.

    Args:
        transaction: What else it holds is committed with the catalog, or not at all.
        before: The catalog that is stored; None for a graph that has none.
        catalog: A sound catalog of a higher version.
        versions_max: How many versions stay readable.

    Raises:
        CatalogConflict: Another version is stored than that of ``before``. The transaction must not be committed.
        StoreError: The engine did not answer.
    """
    expected = before.version if before else None
    rows = await transaction.run(Statement(_CLAIM, {"version": catalog.version}))
    if rows[0][0] != expected:
        raise CatalogConflict(expected=expected, found=rows[0][0])
    if before is None:
        await _clear(transaction)
    for part in _PARTS:
        await _replace_nodes(transaction, part, _changes(part, before, catalog))
    await keep_version(transaction, catalog, at=datetime.now(UTC), most=versions_max)
    await transaction.run(Statement(_STAMP, {"version": catalog.version}))


async def load_catalog(store: GraphStore, known: KnownParts | None = None) -> Catalog | None:
    """The stored catalog, in the order in which it was saved; None if there is none.

    Args:
        store: The graph.
        known: Parts that need not be read; afterwards exactly those of the catalog that is returned.

    Raises:
        CatalogError: What is stored is not whole, each of ``READ_ATTEMPTS`` times.
        StoreError: The engine did not answer.
    """
    for attempt in range(READ_ATTEMPTS):
        await asyncio.sleep(attempt * READ_PAUSE_S)
        version = await catalog_version(store)
        if version is None:
            return None
        catalog = await catalog_at(store, version, known)
        if catalog is not None:
            return catalog
        # Either the version was given up between the two reads, or somebody deleted it.
    message = f"expected version {version} to be kept, found no `_CatalogVersion` of that number"
    raise CatalogError([CatalogFault(where="_Catalog", field="version", message=message)])


@dataclass(frozen=True, slots=True)
class _Changes:
    """What differs between two catalogs in one kind of part: rows, and keys of nodes."""

    created: list[list[Any]] = field(default_factory=list)
    changed: list[list[Any]] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    moved: dict[str, int] = field(default_factory=dict)


def _changes(part: _Part, before: Catalog | None, catalog: Catalog) -> _Changes:
    kind, changes = part.kind, _Changes()
    old = {part.identity(value): (place, value) for place, value in enumerate(_values(before, part.field))}
    new = {part.identity(value): (place, value) for place, value in enumerate(_values(catalog, part.field))}
    changes.removed.extend(identity[0] for identity in old if identity not in new)
    for identity, (place, value) in new.items():
        if identity not in old:
            changes.created.append(_row(kind, value, place))
            continue
        old_place, old_value = old[identity]
        if value != old_value:
            changes.changed.append(_row(kind, value, place))
        elif place != old_place:
            changes.moved[identity[0]] = place
    return changes


async def _replace_nodes(transaction: Transaction, part: _Part, changes: _Changes) -> None:
    """Bring the nodes of one kind of part to what the catalog says."""
    kind, key = part.kind, part.key[0]
    changed = [row[1][key] for row in changes.changed]
    emptied = [*changes.removed, *changed]
    if emptied:
        for text in _emptying(kind, key):
            await transaction.run(Statement(text, {"keys": emptied}))
    if changes.removed:
        text = f"MATCH (n:{quote(kind.label)}) WHERE n.{quote(key)} IN $p.keys DETACH DELETE n"
        await transaction.run(Statement(text, {"keys": changes.removed}))
    if changes.changed:
        await transaction.run(Statement(_changing(kind, key), {"rows": changes.changed}))
    if changes.moved:
        await transaction.run(Statement(_moving(kind, key), {"places": changes.moved, "keys": list(changes.moved)}))
    if changes.created:
        await transaction.run(Statement(_creation(kind), {"rows": changes.created}))
        if kind.cls is Association:
            await transaction.run(Statement(_ENDS, {"keys": [row[1][key] for row in changes.created]}))


async def _clear(transaction: Transaction) -> None:
    """Delete what is left of a catalog whose root somebody deleted."""
    for kind in _kinds([part.kind for part in _PARTS]):
        await transaction.run(Statement(f"MATCH (n:{quote(kind.label)}) DETACH DELETE n"))
    await forget_versions(transaction)


def _kinds(kinds: Iterable[_Kind]) -> Iterator[_Kind]:
    for kind in kinds:
        yield kind
        yield from _kinds(child for _, child in kind.children)


def _values(whole: Any, name: str) -> tuple[Any, ...]:
    value = getattr(whole, name, ())
    return value if isinstance(value, tuple) else (value,)


def _row(kind: _Kind, part: Any, place: int) -> list[Any]:
    """``[position, properties, *children by field]``: lists, for nested maps lose their shape on one engine."""
    children = [
        [_row(child, value, at) for at, value in enumerate(_values(part, name))] for name, child in kind.children
    ]
    return [place, _encode(kind, part), *children]


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
def _changing(kind: _Kind, key: str) -> str:
    """Cypher that sets what parts of one kind hold anew, from ``$p.rows``; what belonged to them is gone already."""
    found = f"(c)-[e:{quote(kind.relationship)}]->(n0:{quote(kind.label)})"
    return (
        f"MATCH {_ROOT} UNWIND $p.rows AS r0 MATCH {found} WHERE n0.{quote(key)} = r0[1].{quote(key)} "
        f"SET e.position = r0[0], n0 = r0[1]{_creation_below(kind, 0)}"
    )


@cache
def _moving(kind: _Kind, key: str) -> str:
    """Cypher that gives parts of one kind their positions in ``$p.places``."""
    return (
        f"MATCH {_ROOT} MATCH (c)-[e:{quote(kind.relationship)}]->(n:{quote(kind.label)}) "
        f"WHERE n.{quote(key)} IN $p.keys SET e.position = $p.places[n.{quote(key)}]"
    )


@cache
def _emptying(kind: _Kind, key: str) -> tuple[str, ...]:
    """Cypher that deletes what belongs to the parts of one kind in ``$p.keys``, the innermost first."""
    found = f"(n:{quote(kind.label)})"
    return tuple(
        f"MATCH {found}{path}(m) WHERE n.{quote(key)} IN $p.keys DETACH DELETE m" for path in _paths_below(kind)
    )


def _paths_below(kind: _Kind) -> Iterator[str]:
    for _, child in kind.children:
        path = f"-[:{quote(child.relationship)}]->"
        yield from (f"{path}(){below}" for below in _paths_below(child))
        yield path


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


def _is_nested(hint: Any) -> bool:
    return get_origin(hint) is tuple and get_origin(get_args(hint)[0]) is tuple
