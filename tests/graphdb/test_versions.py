"""Earlier versions of the data model, on the engine under test."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from graphdb.catalog.codec import to_data
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict
from graphdb.metadata import load_catalog, save_catalog
from graphdb.versions import catalog_at, kept_versions
from tests.schema.catalogs import ring

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.catalog.model import Catalog
    from graphdb.store import Transaction
    from graphdb.versions import KnownParts

STANDARD = standard_catalog()


def numbered(version: int, catalog: Catalog = STANDARD) -> Catalog:
    """Each version has a property of its own."""
    contact = catalog.by_name["contact"]
    added = Property(name=f"field{version}", type=PropertyType.STRING, label="“Field”, 品質 🦉\n")
    changed = replace(contact, properties=(*contact.properties, added))
    return replace(catalog, version=version, object_types=(changed, *catalog.object_types[1:]), _sides={})


async def test_every_version_can_be_read_as_it_was(clean_store: BoltStore) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    await save_catalog(clean_store, STANDARD, expected=None)
    await save_catalog(clean_store, numbered(2), expected=1)
    await save_catalog(clean_store, numbered(5), expected=2)

    kept = await kept_versions(clean_store)
    assert [one.version for one in kept] == [1, 2, 5]
    assert all(before <= one.at <= datetime.now(UTC) for one in kept)
    assert await catalog_at(clean_store, 1) == STANDARD
    assert await catalog_at(clean_store, 2) == numbered(2)
    assert await catalog_at(clean_store, 5) == await load_catalog(clean_store) == numbered(5)
    assert await catalog_at(clean_store, 3) is None


async def test_the_oldest_versions_are_given_up(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None, versions_max=2)
    for version in (2, 3, 4):
        await save_catalog(clean_store, numbered(version), expected=version - 1, versions_max=2)

    assert [one.version for one in await kept_versions(clean_store)] == [3, 4]


async def test_a_change_that_is_refused_leaves_no_version(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)

    with pytest.raises(CatalogConflict):
        await save_catalog(clean_store, numbered(3), expected=2)

    assert [one.version for one in await kept_versions(clean_store)] == [1]


async def test_what_a_later_program_does_not_know_is_passed_over(clean_store: BoltStore) -> None:
    """Versions outlive the program that wrote them."""
    await save_catalog(clean_store, STANDARD, expected=None)

    async def older(transaction: Transaction) -> None:
        text = 'MATCH (v:`_CatalogVersion`) SET v.content = \'{"colour":"red",\' + substring(v.content, 1)'
        await transaction.run(Statement(text))

    await clean_store.write(older)

    assert await catalog_at(clean_store, 1) == STANDARD


async def test_versions_share_what_they_have_in_common(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)
    parts = await count(clean_store, "_CatalogPart")

    await save_catalog(clean_store, numbered(2), expected=1)

    assert await count(clean_store, "_CatalogPart") == parts + 1
    rows = await clean_store.read(Statement("MATCH (v:`_CatalogVersion`) RETURN max(size(v.content))"))
    assert rows[0][0] < 10_000


async def test_parts_go_with_the_last_version_that_holds_them(clean_store: BoltStore) -> None:
    """A part that comes back, for a change was undone, stays."""
    await save_catalog(clean_store, STANDARD, expected=None, versions_max=3)
    parts = await count(clean_store, "_CatalogPart")
    await save_catalog(clean_store, numbered(2), expected=1, versions_max=3)
    await save_catalog(clean_store, replace(STANDARD, version=3), expected=2, versions_max=3)
    assert await count(clean_store, "_CatalogPart") == parts + 1

    for version in (4, 5):
        undone = replace(STANDARD, version=version)
        await save_catalog(clean_store, undone, expected=version - 1, versions_max=3)

    assert [one.version for one in await kept_versions(clean_store)] == [3, 4, 5]
    assert await count(clean_store, "_CatalogPart") == parts
    assert await catalog_at(clean_store, 3) == replace(STANDARD, version=3)


async def test_of_a_version_only_unknown_parts_are_read(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)
    known: KnownParts = {}
    first = await load_catalog(clean_store, known)
    assert first is not None
    held = len(known)
    await save_catalog(clean_store, numbered(2), expected=1)

    second = await load_catalog(clean_store, known)

    assert second == numbered(2)
    read = [one.name for one in second.object_types if not any(one is other for other in first.object_types)]
    assert read == ["contact"]
    assert len(known) == held  # what only the first version holds is let go


async def test_a_graph_of_before_parts_were_shared(clean_store: BoltStore) -> None:
    """Such a version holds all of its parts itself."""

    async def older(transaction: Transaction) -> None:
        await transaction.run(Statement("CREATE (:`_Catalog` {key: 'catalog', version: 1})"))
        values = {"content": json.dumps(to_data(STANDARD))}
        await transaction.run(Statement("CREATE (:`_CatalogVersion` {version: 1, at: 0, content: $p.content})", values))

    await clean_store.write(older)
    assert await load_catalog(clean_store) == STANDARD

    await save_catalog(clean_store, numbered(2), expected=1)

    assert await load_catalog(clean_store) == numbered(2)
    assert await catalog_at(clean_store, 1) == STANDARD


async def count(store: BoltStore, label: str) -> int:
    rows = await store.read(Statement(f"MATCH (n:`{label}`) RETURN count(n)"))
    return int(rows[0][0])


async def test_a_large_version_is_kept(clean_store: BoltStore) -> None:
    """200 object types of 40 properties: more than a megabyte."""
    large = ring(200)
    await save_catalog(clean_store, large, expected=None)

    assert await catalog_at(clean_store, 1) == large
