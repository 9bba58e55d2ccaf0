"""The data model in the graph, version by version; versions share what they have in common.

``(:_CatalogVersion {version, at, content})`` is written in the transaction that makes the version the current one and
never changes; ``at`` is that moment in milliseconds since 1970. ``content`` is the catalog as JSON in which each object
type, each option set and each run of associations that start at one object type is the hash of its own JSON text, which
stands once, however many versions hold it, in ``(:_CatalogPart {hash, content})``. A part that the current version no
longer holds has ``until``: no later version than that holds it, so it goes when that one is given up.

So a change writes little, and whoever has an earlier version reads little. Versions of before parts were shared hold
the parts themselves; they are read alike.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.model import Association, Catalog, ObjectType, OptionSet
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogError, CatalogFault
from graphdb.values import from_epoch, to_epoch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from graphdb.store import GraphStore, Transaction

VERSIONS_MAX: Final = 200
"""Versions kept unless a setting says otherwise; one takes 35 bytes for each part, and the parts that are new in it."""

KnownParts = dict[str, tuple[Any, ...]]
"""Parts that were read before, by hash."""

_SHARED: Final[dict[str, type[Any]]] = {
    "object_types": ObjectType,
    "option_sets": OptionSet,
    "associations": Association,
}
"""The catalog's fields whose items are parts, and what these are."""
_HASH_BYTES: Final = 16

_NODE: Final = "`_CatalogVersion`"
_PART: Final = "`_CatalogPart`"
_KEEP = f"CREATE (v:{_NODE}) SET v.version = $p.version, v.at = $p.at, v.content = $p.content"
_FORGET = f"MATCH (v:{_NODE}) WHERE v.version <= $p.oldest DELETE v"
_FORGET_PARTS = f"MATCH (p:{_PART}) WHERE p.until <= $p.oldest DELETE p"
_LIST = f"MATCH (v:{_NODE}) RETURN v.version, v.at ORDER BY v.version"
_READ = f"MATCH (v:{_NODE}) WHERE v.version = $p.version RETURN v.content"
_CURRENT_PARTS = f"MATCH (p:{_PART}) WHERE p.until IS NULL RETURN collect(p.hash)"
_GIVE_UP_PARTS = f"MATCH (p:{_PART}) WHERE p.hash IN $p.hashes SET p.until = $p.until"
_TAKE_UP_PARTS = f"MATCH (p:{_PART}) WHERE p.hash IN $p.hashes REMOVE p.until RETURN p.hash"
_CREATE_PARTS = f"UNWIND $p.rows AS r CREATE (p:{_PART}) SET p.hash = r[0], p.content = r[1]"
_READ_PARTS = f"MATCH (p:{_PART}) WHERE p.hash IN $p.hashes RETURN p.hash, p.content"


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version that can be read, and when it became the current one."""

    version: int
    at: datetime


async def keep_version(transaction: Transaction, catalog: Catalog, *, at: datetime, most: int = VERSIONS_MAX) -> None:
    """Keep a catalog that becomes the current one, and give up those that are too many versions old."""
    content, parts = await asyncio.to_thread(_contents, catalog)
    rows = await transaction.run(Statement(_CURRENT_PARTS))
    current = set(rows[0][0])
    dropped, added = current - parts.keys(), parts.keys() - current
    if dropped:
        values = {"hashes": list(dropped), "until": catalog.version - 1}
        await transaction.run(Statement(_GIVE_UP_PARTS, values))
    if added:
        # What an earlier version held is taken up again: a change that is undone.
        there = await transaction.run(Statement(_TAKE_UP_PARTS, {"hashes": list(added)}))
        new = added - {row[0] for row in there}
        await transaction.run(Statement(_CREATE_PARTS, {"rows": [[key, parts[key]] for key in new]}))
    oldest = {"oldest": catalog.version - most}
    await transaction.run(Statement(_FORGET, oldest))
    await transaction.run(Statement(_FORGET_PARTS, oldest))
    await transaction.run(Statement(_KEEP, {"version": catalog.version, "at": to_epoch(at), "content": content}))


async def forget_versions(transaction: Transaction) -> None:
    """Give up every version: of a catalog that is no longer there."""
    for label in (_NODE, _PART):
        await transaction.run(Statement(f"MATCH (n:{label}) DELETE n"))


async def kept_versions(store: GraphStore) -> tuple[KeptVersion, ...]:
    """The versions that ``catalog_at`` answers, oldest first.

    Raises:
        StoreError: The engine did not answer.
    """
    rows = await store.read(Statement(_LIST))
    return tuple(KeptVersion(version, from_epoch(at)) for version, at in rows)


async def catalog_at(store: GraphStore, version: int, known: KnownParts | None = None) -> Catalog | None:
    """The data model as it was; None for a version that is not kept.

    Args:
        store: The graph.
        version: Which one.
        known: Parts that need not be read; afterwards exactly those of the catalog that is returned.

    Raises:
        StoreError: The engine did not answer.
        CatalogError: What is kept is no catalog, or not whole.
    """
    known = {} if known is None else known
    rows = await store.read(Statement(_READ, {"version": version}))
    if not rows:
        return None
    data = json.loads(rows[0][0])
    hashes = {field: [item for item in data.get(field, ()) if isinstance(item, str)] for field in _SHARED}
    missing = {key for keys in hashes.values() for key in keys if key not in known}
    texts = dict(await store.read(Statement(_READ_PARTS, {"hashes": list(missing)})) if missing else ())
    if len(texts) < len(missing):
        if not await store.read(Statement(_READ, {"version": version})):
            return None  # it was given up meanwhile
        message = f"expected {len(missing)} parts of version {version}, found {len(texts)}"
        raise CatalogError([CatalogFault(where="_CatalogVersion", field="content", message=message)])
    read = await asyncio.to_thread(_read_parts, hashes, texts, f"version {version}")
    catalog = await asyncio.to_thread(_assemble, data, {**known, **read}, f"version {version}")
    used = {key: read.get(key) or known[key] for keys in hashes.values() for key in keys}
    known.clear()
    known.update(used)
    return catalog


def _runs(catalog: Catalog) -> dict[str, list[tuple[Any, ...]]]:
    """What becomes a part each, in order."""
    return {
        "object_types": [(one,) for one in catalog.object_types],
        "option_sets": [(one,) for one in catalog.option_sets],
        "associations": [tuple(run) for _, run in groupby(catalog.associations, lambda one: one.start)],
    }


def _contents(catalog: Catalog) -> tuple[str, dict[str, str]]:
    """The text of a version, and the texts of its parts by hash."""
    parts: dict[str, str] = {}
    whole = to_data(replace(catalog, object_types=(), option_sets=(), associations=(), _sides={}))
    for field, runs in _runs(catalog).items():
        hashes = []
        for run in runs:
            text = _json(to_data(run))
            key = hashlib.blake2b(text.encode(), digest_size=_HASH_BYTES).hexdigest()
            parts[key] = text
            hashes.append(key)
        whole[field] = hashes
    return _json(whole), parts


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# What a later program no longer knows is passed over: the rest of the version is as it was.


def _read_parts(hashes: Mapping[str, list[str]], texts: Mapping[str, str], where: str) -> KnownParts:
    return {
        key: tuple(from_data(_SHARED[field], item, where, known_only=True) for item in json.loads(texts[key]))
        for field, keys in hashes.items()
        for key in keys
        if key in texts
    }


def _assemble(data: dict[str, Any], parts: KnownParts, where: str) -> Catalog:
    def items(field: str) -> Iterator[tuple[Any, ...]]:
        for item in data.get(field, ()):
            whole = not isinstance(item, str)
            yield (from_data(_SHARED[field], item, where, known_only=True),) if whole else parts[item]

    bare: Catalog = from_data(Catalog, {**data, **{field: [] for field in _SHARED}}, where, known_only=True)
    shared: dict[str, Any] = {field: tuple(chain.from_iterable(items(field))) for field in _SHARED}
    return replace(bare, **shared, _sides={})
