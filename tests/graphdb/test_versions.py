"""Earlier versions of the data model, on the engine under test."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

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


async def test_a_large_version_is_kept(clean_store: BoltStore) -> None:
    """200 object types of 40 properties: more than a megabyte."""
    large = ring(200)
    await save_catalog(clean_store, large, expected=None)

    assert await catalog_at(clean_store, 1) == large
