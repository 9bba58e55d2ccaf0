"""Constraints and indexes from the catalog: made once, visible while they are made, mended after a crash."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from graphdb.bolt import BoltStore
from graphdb.bootstrap import (
    CONSTRAINTS,
    JOURNAL_INDEXES,
    WORDS,
    Index,
    IndexState,
    IndexStatus,
    build_indexes,
    further_indexes,
    id_indexes,
    index_states,
    prepare,
    wanted_indexes,
)
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.quoting import is_safe
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine
from graphdb.errors import ConstraintViolated, StoreError
from graphdb.store import Engine

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.catalog.model import Catalog
    from graphdb.store import Rows, Transaction

LABEL = "BootstrapTest"


@pytest.fixture(scope="module")
def small_catalog() -> Catalog:
    """The standard contact under a label of this test's own, alone in its catalog."""
    standard = standard_catalog()
    contact = replace(standard.by_name["contact"], node_label=LABEL)
    return replace(standard, object_types=(contact,), associations=(), _sides={})


@pytest.fixture(scope="module")
def server_store(request: pytest.FixtureRequest) -> BoltStore | None:
    """The store of the run, if that is on a server."""
    return request.getfixturevalue("store") if "NEO4J_URI" in os.environ else None


@pytest.fixture(scope="module")
async def own_store(
    server_store: BoltStore | None, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[BoltStore]:
    """A store whose schema may be taken apart.

    The embedded engine's is one of its own: after a constraint was dropped and made again while it ran, its other
    tests saw statements fail. On a server the schema is mended afterwards.
    """
    if server_store is not None:
        yield server_store
        await prepare(server_store, standard_catalog())
        return
    with EmbeddedEngine(tmp_path_factory.mktemp("bootstrap")) as engine:
        store = BoltStore.connect(engine.uri, engine.user, engine.password)
        await store.verify(timeout_s=60)
        yield store
        await store.close()


@pytest.fixture
async def bare_store(own_store: BoltStore, small_catalog: Catalog) -> BoltStore:
    """A store without a node, and without anything that the small catalog wants."""

    async def empty(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (n) DETACH DELETE n"))

    await own_store.write(empty)
    for index in wanted_indexes(own_store, small_catalog):
        if index not in (*CONSTRAINTS, WORDS):
            await own_store.change_schema(f"DROP INDEX {index.name} IF EXISTS")
    for index in CONSTRAINTS:
        await own_store.change_schema(f"DROP CONSTRAINT {index.name} IF EXISTS")
    return own_store


def _ignore(_status: IndexStatus) -> None:
    pass


async def _states(store: BoltStore, catalog: Catalog) -> dict[Index, IndexState]:
    return {status.index: status.state for status in await index_states(store, catalog)}


async def _assert_one_record_per_id(store: BoltStore) -> None:
    async def create(transaction: Transaction) -> None:
        await transaction.run(Statement("CREATE (:Record {id: $p.id})", {"id": "1"}))

    await store.write(create)
    with pytest.raises(ConstraintViolated):
        await store.write(create)


def test_each_indexed_property_has_an_index_with_id_and_its_marker_another() -> None:
    catalog = standard_catalog()
    indexes = set(further_indexes(catalog))
    for object_type in catalog.enabled:
        assert Index(object_type.node_label, ("createdAt", "id")) in indexes
        for prop in object_type.properties:
            assert (Index(object_type.node_label, (prop.name, "id")) in indexes) == prop.indexed
            if prop.unset_marker:
                assert Index(object_type.node_label, (prop.unset_marker, "id")) in indexes


def test_names_are_distinct_and_may_stand_in_cypher() -> None:
    catalog = standard_catalog()
    indexes = (
        *CONSTRAINTS,
        *id_indexes(catalog),
        *further_indexes(catalog),
        Index("L" * 60, ("p" * 60, "id")),
    )
    names = [index.name for index in indexes]
    assert len(set(names)) == len(names)
    assert all(is_safe(name) for name in names)


def test_a_type_that_is_off_gets_no_index() -> None:
    catalog = standard_catalog()
    off = [object_type for object_type in catalog.object_types if not object_type.enabled]
    labels = {index.node_label for index in (*id_indexes(catalog), *further_indexes(catalog))}
    assert off
    assert not labels & {object_type.node_label for object_type in off}


async def test_prepare_makes_what_serving_needs_and_no_more(bare_store: BoltStore, small_catalog: Catalog) -> None:
    await prepare(bare_store, small_catalog)

    states = await _states(bare_store, small_catalog)
    needed = {*CONSTRAINTS, *id_indexes(small_catalog), *JOURNAL_INDEXES}
    # What an application served on this server before has the words' index left.
    assert {index for index, state in states.items() if state is IndexState.ONLINE} - {WORDS} == needed
    assert {state for index, state in states.items() if index not in {*needed, WORDS}} == {IndexState.WANTED}
    await _assert_one_record_per_id(bare_store)


async def test_prepare_and_build_may_run_again_and_at_once(bare_store: BoltStore, small_catalog: Catalog) -> None:
    await asyncio.gather(*(prepare(bare_store, small_catalog) for _ in range(3)))
    await asyncio.gather(*(build_indexes(bare_store, small_catalog, _ignore) for _ in range(2)))
    await prepare(bare_store, small_catalog)
    await build_indexes(bare_store, small_catalog, _ignore)

    assert set((await _states(bare_store, small_catalog)).values()) == {IndexState.ONLINE}
    await _assert_one_record_per_id(bare_store)


async def test_each_index_is_seen_going_from_wanted_to_online(bare_store: BoltStore, small_catalog: Catalog) -> None:
    seen: dict[Index, list[IndexState]] = {}

    results = await build_indexes(
        bare_store, small_catalog, lambda status: seen.setdefault(status.index, []).append(status.state)
    )

    further = [*id_indexes(small_catalog), *further_indexes(small_catalog)]
    if bare_store.engine is Engine.NEO4J:  # the embedded engine has no full-text index, and reads no composite one
        further += [Index(LABEL, ("lifecycleStage", "createdAt", "id")), WORDS]
    made = [one for one in further if one.node_label == LABEL]
    assert [result.index for result in results] == further
    for index in made:
        assert seen[index] == [IndexState.WANTED, IndexState.BUILDING, IndexState.ONLINE]


async def test_an_index_that_is_there_already_is_not_made_again(bare_store: BoltStore, small_catalog: Catalog) -> None:
    """It is told by its columns: somebody may have made it under a name of theirs."""
    index = further_indexes(small_catalog)[-1]
    await bare_store.change_schema(f"CREATE INDEX by_hand FOR (n:{LABEL}) ON ({index.columns})")
    await build_indexes(bare_store, small_catalog, _ignore)  # which waits for it: the command only asks for it
    seen: list[IndexState] = []

    await build_indexes(
        bare_store, small_catalog, lambda status: seen.append(status.state) if status.index == index else None
    )
    await bare_store.change_schema("DROP INDEX by_hand IF EXISTS")

    assert seen == [IndexState.ONLINE]
    assert (await _states(bare_store, small_catalog))[index] is IndexState.WANTED


async def test_an_index_that_is_still_being_filled_is_said_to_be_so_once(
    bare_store: BoltStore, small_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is waited for; nothing is asked of the engine."""
    await build_indexes(bare_store, small_catalog, _ignore)
    asked: list[str] = []
    change_schema = BoltStore.change_schema

    async def still_filling(self: BoltStore, text: str) -> Rows:
        asked.append(text)
        rows = await change_schema(self, text)
        return rows if len(asked) > 1 else [[name, "POPULATING", *rest] for name, _, *rest in rows]

    monkeypatch.setattr(BoltStore, "change_schema", still_filling)
    seen: dict[Index, list[IndexState]] = {}
    await build_indexes(
        bare_store, small_catalog, lambda status: seen.setdefault(status.index, []).append(status.state)
    )

    assert set(map(tuple, seen.values())) == {(IndexState.BUILDING, IndexState.ONLINE)}
    assert {text.partition(" YIELD")[0] for text in asked} == {"SHOW INDEXES"}


async def test_an_index_that_a_crash_left_in_a_constraints_place_is_replaced(
    bare_store: BoltStore, small_catalog: Catalog
) -> None:
    for constraint in CONSTRAINTS:
        await bare_store.change_schema(
            f"CREATE INDEX {constraint.name} FOR (n:{constraint.node_label}) ON ({constraint.columns})"
        )

    await prepare(bare_store, small_catalog)

    await _assert_one_record_per_id(bare_store)


async def test_a_constraint_that_the_data_breaks_is_reported(bare_store: BoltStore, small_catalog: Catalog) -> None:
    async def create(transaction: Transaction) -> None:
        await transaction.run(Statement("UNWIND [1, 2] AS i CREATE (:Record {id: 'same'})"))

    async def remove(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (n:Record) DELETE n"))

    await bare_store.write(create)
    with pytest.raises(ConstraintViolated):
        await prepare(bare_store, small_catalog)

    await bare_store.write(remove)
    await prepare(bare_store, small_catalog)
    await _assert_one_record_per_id(bare_store)


async def test_an_index_that_the_engine_refuses_fails_alone(bare_store: BoltStore, small_catalog: Catalog) -> None:
    """Its reason is kept, and the indexes after it are made all the same."""
    first, *others = [index for index in further_indexes(small_catalog) if index.node_label == LABEL]

    class Refusing:
        """The real store, but for one command."""

        engine = Engine.NEO4J

        def __getattr__(self, name: str) -> object:
            return getattr(bare_store, name)

        async def change_schema(self, text: str) -> list[list[object]]:
            if f"CREATE INDEX `{first.name}`" in text:
                raise StoreError("no room", "Neo.DatabaseError.General.UnknownError")
            return await bare_store.change_schema(text)

    results = await build_indexes(Refusing(), small_catalog, _ignore)  # type: ignore[arg-type]

    by_index = {result.index: result for result in results}
    assert by_index[first].state is IndexState.FAILED
    assert "no room" in (by_index[first].reason or "")
    assert {by_index[index].state for index in others} == {IndexState.ONLINE}


async def test_the_first_records_of_a_type_may_be_written_by_many_at_once(
    bare_store: BoltStore, small_catalog: Catalog
) -> None:
    await prepare(bare_store, small_catalog)

    async def create(number: int) -> None:
        async def work(transaction: Transaction) -> None:
            statement = Statement(f"CREATE (:Record:{LABEL} {{id: $p.id}})", {"id": str(number)})
            await transaction.run(statement)

        await bare_store.write(work)

    await asyncio.gather(*(create(number) for number in range(16)))

    rows = await bare_store.read(Statement(f"MATCH (n:{LABEL}) RETURN count(n)"))
    assert rows == [[16]]
