"""The catalog in the graph, on the engine under test."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graphdb import metadata
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Association, Catalog, Category, ObjectType, Property, PropertyType
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict, CatalogError
from graphdb.metadata import catalog_version, load_catalog, replace_catalog, save_catalog
from graphdb.versions import kept_versions

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


@pytest.mark.parametrize("label", ["_CatalogPart", "_CatalogVersion"])
async def test_a_part_that_is_missing_is_noticed(
    clean_store: BoltStore, monkeypatch: pytest.MonkeyPatch, label: str
) -> None:
    """A catalog from which somebody deleted a node is not taken for a whole one."""
    monkeypatch.setattr(metadata, "READ_PAUSE_S", 0.0)
    await save_catalog(clean_store, SMALL, expected=None)
    await run(clean_store, f"MATCH (n:`{label}`) WITH n LIMIT 1 DELETE n")

    with pytest.raises(CatalogError, match="version 1"):
        await load_catalog(clean_store)


async def test_what_is_left_of_a_deleted_catalog_is_cleared(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, SMALL, expected=None)
    await save_catalog(clean_store, numbered(2), expected=1)
    await run(clean_store, "MATCH (n:`_Catalog`) DETACH DELETE n")

    await save_catalog(clean_store, SMALL, expected=None)

    assert await load_catalog(clean_store) == SMALL
    assert [one.version for one in await kept_versions(clean_store)] == [1]
    rows = await clean_store.read(Statement("MATCH (n:`_ObjectType`) RETURN count(n)"))
    assert rows == [[3]]


def with_type(catalog: Catalog, changed: ObjectType) -> Catalog:
    types = tuple(changed if one.name == changed.name else one for one in catalog.object_types)
    return replace(catalog, object_types=types, _sides={})


def relabelled(catalog: Catalog) -> Catalog:
    company = catalog.by_name["company"]
    field = Property(name="score", type=PropertyType.INTEGER, label="Score")
    return with_type(catalog, replace(company, label="Account", properties=(*company.properties[:-1], field)))


def other_chances(catalog: Catalog) -> Catalog:
    deal = catalog.by_name["deal"]
    first, *rest = deal.pipelines
    stages = tuple(replace(stage, probability=None) for stage in first.stages)
    return with_type(catalog, replace(deal, pipelines=(replace(first, stages=stages), *rest)))


def more_options(catalog: Catalog) -> Catalog:
    first = catalog.option_sets[0]
    added = replace(first.options[0], name="ADDED", label="Added")
    sets = (replace(first, options=(added, *first.options)), *catalog.option_sets[1:])
    return replace(catalog, option_sets=sets, _sides={})


def without_deals(catalog: Catalog) -> Catalog:
    types = tuple(one for one in catalog.object_types if one.name != "deal")
    pairs = tuple(one for one in catalog.associations if "deal" not in {one.start, one.end})
    sets = tuple(one for one in catalog.option_sets if not one.name.startswith("Deal"))
    return replace(catalog, object_types=types, associations=pairs, option_sets=sets, _sides={})


def with_deals_again(catalog: Catalog) -> Catalog:
    return replace(
        catalog,
        object_types=(SMALL.by_name["deal"], *catalog.object_types),
        option_sets=(*catalog.option_sets, *(one for one in SMALL.option_sets if one.name.startswith("Deal"))),
        associations=(*catalog.associations, *(one for one in SMALL.associations if "deal" in {one.start, one.end})),
        _sides={},
    )


def without_labels(catalog: Catalog) -> Catalog:
    pairs = tuple(replace(one, labels=one.labels[:1]) for one in catalog.associations)
    return replace(catalog, associations=pairs, _sides={})


def turned_round(catalog: Catalog) -> Catalog:
    return replace(
        catalog,
        object_types=catalog.object_types[::-1],
        option_sets=catalog.option_sets[::-1],
        associations=catalog.associations[::-1],
        _sides={},
    )


def of_another_name(catalog: Catalog) -> Catalog:
    return replace(catalog, account=replace(catalog.account, name="Ochre Roasters"), _sides={})


async def test_after_any_change_the_nodes_are_those_of_the_catalog(clean_store: BoltStore) -> None:
    """Whatever was written to get there, the graph holds what a first save of the same catalog writes."""
    catalog = SMALL
    await save_catalog(clean_store, catalog, expected=None)
    seen = []
    for version, change in enumerate(
        (
            relabelled,
            more_options,
            other_chances,
            turned_round,
            without_deals,
            of_another_name,
            with_deals_again,
            without_labels,
        ),
        start=2,
    ):
        before, catalog = catalog, replace(change(catalog), version=version, _sides={})
        await save_catalog(clean_store, catalog, expected=before.version, before=before)
        assert await load_catalog(clean_store) == catalog
        seen.append((catalog, await browsed(clean_store)))
    for saved, nodes in seen:
        await run(clean_store, "MATCH (n) DETACH DELETE n")
        await save_catalog(clean_store, saved, expected=None)
        assert await browsed(clean_store) == nodes


async def test_a_change_writes_the_parts_that_differ(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)
    await run(clean_store, "MATCH (n) SET n._mark = true")
    changed = replace(relabelled(STANDARD), version=2, _sides={})

    await save_catalog(clean_store, changed, expected=1, before=STANDARD)

    rows = await clean_store.read(Statement("MATCH (n) WHERE n._mark IS NULL UNWIND labels(n) AS l RETURN DISTINCT l"))
    assert sorted(row[0] for row in rows) == ["_CatalogPart", "_CatalogVersion", "_ObjectType", "_Property"]
    rows = await clean_store.read(Statement("MATCH (n:`_Property`) WHERE n._mark IS NULL RETURN count(n)"))
    assert rows == [[len(changed.by_name["company"].properties)]]


async def test_the_catalog_changes_in_the_transaction_of_something_else(clean_store: BoltStore) -> None:
    """Both are committed, or neither."""
    await save_catalog(clean_store, SMALL, expected=None)
    changed = replace(relabelled(SMALL), version=2, _sides={})

    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement("CREATE (:`_Job` {name: 'fill'})"))
        await replace_catalog(transaction, SMALL, changed)

    await clean_store.rollback(work)
    assert await load_catalog(clean_store) == SMALL

    await clean_store.write(work)
    assert await load_catalog(clean_store) == changed
    with pytest.raises(CatalogConflict):
        await clean_store.write(work)
    assert await clean_store.read(Statement("MATCH (j:`_Job`) RETURN count(j)")) == [[1]]


async def test_changes_made_at_once_are_all_kept_when_each_is_made_again_on_the_other(clean_store: BoltStore) -> None:
    """Eight admins add a property each; who comes too late begins again from what is there."""
    await save_catalog(clean_store, SMALL, expected=None)
    conflicts = 0

    async def add(number: int) -> None:
        nonlocal conflicts
        while True:
            before = await load_catalog(clean_store)
            assert before is not None
            contact = before.by_name["contact"]
            added = Property(name=f"own{number}", type=PropertyType.STRING, label=f"Own {number}")
            changed = replace(contact, properties=(*contact.properties, added))
            after = replace(with_type(before, changed), version=before.version + 1, _sides={})
            try:
                await save_catalog(clean_store, after, expected=before.version, before=before)
            except CatalogConflict:
                conflicts += 1
            else:
                return

    await asyncio.gather(*(add(number) for number in range(8)))

    saved = await load_catalog(clean_store)
    assert saved is not None
    assert saved.version == 9
    assert {f"own{number}" for number in range(8)} <= set(saved.by_name["contact"].by_name)
    assert conflicts
    assert (await browsed(clean_store))["_Property"] == sorted(
        f"{prop.name}@{place}" for one in saved.object_types for place, prop in enumerate(one.properties)
    )


async def run(store: BoltStore, text: str) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement(text))

    await store.write(work)


async def browsed(store: BoltStore) -> dict[str, list[str]]:
    """What somebody who looks at the graph finds: nodes with their places, and what each holds."""
    found: dict[str, list[str]] = {}
    for label in ("_Account", "_ObjectType", "_OptionSet", "_Association"):
        rows = await store.read(
            Statement(f"MATCH (:`_Catalog`)-[r]->(n:`{label}`) RETURN r.position, properties(n) ORDER BY r.position")
        )
        found[label] = [f"{place}: {sorted(values.items())}" for place, values in rows]
    for label in ("_Property", "_Pipeline", "_Stage", "_Option", "_AssociationLabel"):
        rows = await store.read(Statement(f"MATCH (n:`{label}`) OPTIONAL MATCH ()-[r]->(n) RETURN n.name, r.position"))
        found[label] = sorted(f"{name}@{place}" for name, place in rows)
    rows = await store.read(
        Statement(
            "MATCH (s:`_ObjectType`)<-[:`_START`]-(a:`_Association`)-[:`_END`]->(e:`_ObjectType`) "
            "RETURN a.relationship_type, s.name, e.name"
        )
    )
    found["ends"] = sorted(f"{kind}: {start}, {end}" for kind, start, end in rows)
    return found


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
