"""The catalog in the graph, on the engine under test."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Association, Catalog, Category, ObjectType, Property, PropertyType
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict, CatalogError
from graphdb.metadata import catalog_version, load_catalog, save_catalog

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction

STANDARD = standard_catalog()


def only(*names: str) -> Catalog:
    """The standard catalog with a few of its object types, for quick saves."""
    return replace(
        STANDARD,
        object_types=tuple(STANDARD.by_name[name] for name in names),
        associations=tuple(a for a in STANDARD.associations if {a.start, a.end} <= set(names)),
    )


SMALL = only("contact", "company", "deal")


def numbered(version: int) -> Catalog:
    return replace(SMALL, version=version)


async def test_a_graph_without_a_catalog_has_no_version(clean_store: BoltStore) -> None:
    assert await catalog_version(clean_store) is None
    assert await load_catalog(clean_store) is None


async def test_what_was_saved_is_loaded_equal_and_in_order(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)

    assert await load_catalog(clean_store) == STANDARD
    assert await catalog_version(clean_store) == 1


async def test_a_new_version_replaces_the_whole_catalog(clean_store: BoltStore) -> None:
    """Nothing of the old one stays: not what was removed, nor the old order."""
    await save_catalog(clean_store, SMALL, expected=None)
    smaller = replace(only("deal", "contact"), version=2)

    await save_catalog(clean_store, smaller, expected=1)

    assert await load_catalog(clean_store) == smaller
    rows = await clean_store.read(
        Statement("MATCH (t:`_ObjectType`) WITH count(t) AS types MATCH (p:`_Property`) RETURN types, count(p)")
    )
    assert rows == [[2, sum(len(object_type.properties) for object_type in smaller.object_types)]]


async def test_text_of_any_kind_survives(clean_store: BoltStore) -> None:
    text = "\"quotes\", 'apostrophes', `back``ticks`, \\u0060, $p, {braces}, line\nbreak, 品質, 🦉"
    contact = replace(SMALL.by_name["contact"], label=text, description=text, aliases=(text, ""))
    catalog = replace(SMALL, object_types=(contact, *SMALL.object_types[1:]))

    await save_catalog(clean_store, catalog, expected=None)

    assert await load_catalog(clean_store) == catalog


@pytest.mark.parametrize("expected", [None, 2])
async def test_a_change_made_from_another_version_is_refused(clean_store: BoltStore, expected: int | None) -> None:
    await save_catalog(clean_store, SMALL, expected=None)

    with pytest.raises(CatalogConflict) as caught:
        await save_catalog(clean_store, numbered(3), expected=expected)

    assert (caught.value.expected, caught.value.found) == (expected, 1)
    assert await load_catalog(clean_store) == SMALL


async def test_a_version_must_rise(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, SMALL, expected=None)

    with pytest.raises(CatalogConflict):
        await save_catalog(clean_store, SMALL, expected=1)


async def test_an_unsound_catalog_is_not_saved(clean_store: BoltStore) -> None:
    company = replace(SMALL.by_name["company"], display=(("nickname",),))
    unsound = replace(SMALL, object_types=(SMALL.by_name["contact"], company))

    with pytest.raises(CatalogError) as caught:
        await save_catalog(clean_store, unsound, expected=None)

    assert any(fault.where == "company" for fault in caught.value.faults)
    assert await catalog_version(clean_store) is None


async def test_of_two_first_savers_one_wins(clean_store: BoltStore) -> None:
    results = await asyncio.gather(
        *(save_catalog(clean_store, SMALL, expected=None) for _ in range(4)), return_exceptions=True
    )

    assert [type(result) for result in results if result is not None] == [CatalogConflict] * 3
    assert await load_catalog(clean_store) == SMALL


async def test_of_two_changes_from_one_version_one_wins(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, SMALL, expected=None)

    results = await asyncio.gather(
        *(save_catalog(clean_store, numbered(version), expected=1) for version in (2, 3)),
        return_exceptions=True,
    )

    (refused,) = (result for result in results if result is not None)
    assert isinstance(refused, CatalogConflict)
    assert await load_catalog(clean_store) == numbered(3 if refused.found == 3 else 2)


async def test_a_reader_never_sees_parts_of_two_versions(clean_store: BoltStore) -> None:
    """While versions replace one another, each load is equal to one of them."""
    await save_catalog(clean_store, SMALL, expected=None)

    async def change() -> None:
        for version in range(2, 5):
            await save_catalog(clean_store, numbered(version), expected=version - 1)

    changing = asyncio.create_task(change())
    seen = []
    while not changing.done():
        seen.append(await load_catalog(clean_store))
    await changing

    assert seen
    assert all(catalog is not None and catalog == numbered(catalog.version) for catalog in seen)


async def test_a_part_that_is_missing_is_noticed(clean_store: BoltStore) -> None:
    """A catalog from which somebody deleted a node is not taken for a whole one."""
    await save_catalog(clean_store, SMALL, expected=None)

    async def damage(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (s:`_Stage` {name: 'CLOSED_WON'}) DETACH DELETE s"))

    await clean_store.write(damage)

    with pytest.raises(CatalogError, match="parts"):
        await load_catalog(clean_store)


async def test_an_association_is_joined_to_its_object_types(clean_store: BoltStore) -> None:
    """Whoever looks at the graph sees which types a pair joins."""
    await save_catalog(clean_store, SMALL, expected=None)

    rows = await clean_store.read(
        Statement(
            "MATCH (s:`_ObjectType`)<-[:`_START`]-(a:`_Association`)-[:`_END`]->(e:`_ObjectType`) "
            "RETURN a.relationship_type, s.name, e.name"
        )
    )

    assert sorted(rows) == sorted([a.relationship_type, a.start, a.end] for a in SMALL.associations)


async def test_a_large_catalog_is_saved_and_loaded(clean_store: BoltStore) -> None:
    """200 types in a ring, 20 properties each."""
    properties = tuple(Property(name=f"field{n}", type=PropertyType.STRING, label=f"Field {n}") for n in range(20))
    names = [f"thing_{n}" for n in range(200)]
    types = tuple(
        ObjectType(
            name=name,
            type_name=f"Thing{n}",
            field=f"thing{n}",
            plural_field=f"things{n}",
            node_label=f"Thing{n}",
            label=name,
            plural_label=name,
            description="A thing.",
            categories=(Category.OTHER,),
            properties=properties,
            display=(("field0",),),
        )
        for n, name in enumerate(names)
    )
    pairs = tuple(
        Association(
            start=names[n],
            end=names[(n + 1) % 200],
            relationship_type=f"THING_{n}_THING",
            start_field=f"next{n}",
            end_field=f"previous{n}",
        )
        for n in range(200)
    )
    catalog = replace(STANDARD, object_types=types, option_sets=(), associations=pairs)

    await save_catalog(clean_store, catalog, expected=None)

    assert await load_catalog(clean_store) == catalog
