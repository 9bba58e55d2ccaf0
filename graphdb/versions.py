"""The data model's earlier versions: each whole, as JSON text, on a node of its own.

``(:_CatalogVersion {version, at, content})``, written in the transaction that makes the version the current one; ``at``
is that moment in milliseconds since 1970. The current version is kept like the others.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.model import Catalog
from graphdb.cypher.statement import Statement
from graphdb.values import from_epoch, to_epoch

if TYPE_CHECKING:
    from datetime import datetime

    from graphdb.store import GraphStore, Transaction

VERSIONS_MAX: Final = 200
"""Versions kept unless a setting says otherwise; one of the data model that ships takes 150 kB."""

_NODE: Final = "`_CatalogVersion`"
_KEEP = f"CREATE (v:{_NODE}) SET v.version = $p.version, v.at = $p.at, v.content = $p.content"
# The same number again: of a catalog that somebody deleted, or an attempt that is made anew.
_FORGET = f"MATCH (v:{_NODE}) WHERE v.version <= $p.oldest OR v.version >= $p.version DELETE v"
_LIST = f"MATCH (v:{_NODE}) RETURN v.version, v.at ORDER BY v.version"
_READ = f"MATCH (v:{_NODE}) WHERE v.version = $p.version RETURN v.content"


@dataclass(frozen=True, slots=True)
class KeptVersion:
    """A version that can be read, and when it became the current one."""

    version: int
    at: datetime


async def keep_version(transaction: Transaction, catalog: Catalog, *, at: datetime, most: int = VERSIONS_MAX) -> None:
    """Keep a catalog that becomes the current one, and give up those that are too many versions old."""
    await transaction.run(Statement(_FORGET, {"oldest": catalog.version - most, "version": catalog.version}))
    content = json.dumps(to_data(catalog), ensure_ascii=False, separators=(",", ":"))
    await transaction.run(Statement(_KEEP, {"version": catalog.version, "at": to_epoch(at), "content": content}))


async def kept_versions(store: GraphStore) -> tuple[KeptVersion, ...]:
    """The versions that ``catalog_at`` answers, oldest first.

    Raises:
        StoreError: The engine did not answer.
    """
    rows = await store.read(Statement(_LIST))
    return tuple(KeptVersion(version, from_epoch(at)) for version, at in rows)


async def catalog_at(store: GraphStore, version: int) -> Catalog | None:
    """The data model as it was; None for a version that is not kept.

    Raises:
        StoreError: The engine did not answer.
        CatalogError: What is kept is no catalog.
    """
    rows = await store.read(Statement(_READ, {"version": version}))
    if not rows:
        return None
    # What a later program no longer knows is passed over: the rest of the version is as it was.
    return from_data(Catalog, json.loads(rows[0][0]), f"version {version}", known_only=True)
