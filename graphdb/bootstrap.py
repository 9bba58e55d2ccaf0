"""The engine's constraints and indexes, made from the catalog.

``prepare`` makes what serving needs at the start: the constraints, each enabled type's index on ``id``, and the
journal's indexes; of object types that come later ``prepare_types`` makes what is needed before their first record.
``build_indexes`` makes the rest behind the running program, one after the other, and tells of each one's
state; ``index_states`` reads the states at any time. All of them look first and make only what is missing, so
each may run again after a crash at any step. What exists is recognised by its label and properties, not by
its name: an equal index that somebody made by hand serves as well.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from graphdb.catalog.model import SYSTEM_PROPERTIES, marker_of
from graphdb.cypher.quoting import is_safe, quote
from graphdb.cypher.statement import Statement
from graphdb.errors import StatementRejected, StoreError, StoreTimeout, StoreUnavailable
from graphdb.store import Engine
from graphdb.words import WORDS_PROPERTY

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.store import GraphStore, Transaction

T = TypeVar("T")

RECORD = "Record"
KEY = "_Key"
CHANGE = "_Change"
LOG = "_Log"
FOLD = "_Fold"
REQUEST = "_Idempotency"
MERGE = "_Merge"
JOB = "_CatalogJob"

_COMPOSITE_COLUMNS = 3
"""Two properties and the id."""
_CONSTRAINT_ATTEMPTS = 5
_TYPE_ATTEMPTS = 8
_TYPE_PAUSE_S = 0.02
_EXISTS = frozenset(
    f"Neo.ClientError.Schema.{kind}"
    # Neo4j's IF NOT EXISTS looks before it locks: of two programs that start together one gets the first.
    for kind in ("EquivalentSchemaRuleAlreadyExists", "IndexAlreadyExists", "IndexWithNameAlreadyExists")
)
_OWNED = frozenset({"Neo.DatabaseError.Schema.IndexDropFailed"})
"""The index belongs to a constraint by now, which another program has made."""
_FIRST_LOOK_S = 0.02
_LONGEST_LOOK_S = 0.5
_OUTAGE_PAUSE_S = 2.0


class IndexState(StrEnum):
    """How far an index is."""

    WANTED = "WANTED"
    BUILDING = "BUILDING"
    ONLINE = "ONLINE"
    FAILED = "FAILED"


@dataclass(frozen=True, slots=True)
class Index:
    """An index, or the constraint of the same columns, on the nodes of one label; or a full-text one."""

    node_label: str
    properties: tuple[str, ...]
    full_text: bool = False

    @property
    def name(self) -> str:
        """Its name in the engine: readable, of limited length, and the same in every run."""
        columns = "\0".join((self.node_label, *self.properties))
        digest = hashlib.sha256(columns.encode()).hexdigest()[:8]
        return f"ix_{'_'.join((self.node_label, *self.properties))}"[:50] + f"_{digest}"

    @property
    def columns(self) -> str:
        """The properties as they stand in a schema command."""
        return ", ".join(f"n.{quote(name)}" for name in self.properties)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """An index that the catalog wants, and how far it is; ``reason`` says why it failed."""

    index: Index
    state: IndexState
    reason: str | None = None

    @property
    def name(self) -> str:
        """The index's name in the engine."""
        return self.index.name


CONSTRAINTS = (
    Index(RECORD, ("id",)),
    Index(KEY, ("k",)),
    Index(JOB, ("id",)),
    Index(LOG, ("key",)),
    Index(FOLD, ("key",)),
    Index(REQUEST, ("key",)),
    Index(MERGE, ("id",)),
)
"""No two nodes of the label share the property's value: ids over all types, the unique keys, the jobs, the one change
log and what kept roll-ups show of it, the requests that were answered, and the merges by the losers' ids."""

JOURNAL_INDEXES = (Index(CHANGE, ("pend",)), Index(CHANGE, ("seq",)), Index(CHANGE, ("of",)))
"""What the change log is put in order by, read by, and asked by for one record's history."""


WORDS = Index(RECORD, (WORDS_PROPERTY,), full_text=True)
"""Of the words that ``graphdb.words`` made: nothing is left to an analyzer but to part them at spaces."""


def id_indexes(catalog: Catalog) -> tuple[Index, ...]:
    """Each enabled type's index on ``id``: its default order, and the way to a record of a known type."""
    return tuple(id_index(object_type.node_label) for object_type in catalog.enabled)


def further_indexes(catalog: Catalog) -> tuple[Index, ...]:
    """The indexes of properties that sorted and filtered lists read, by type in catalog order."""
    found = [Index(RECORD, ("archivedAt",))]
    for object_type in catalog.enabled:
        found.extend(_property_indexes(object_type))
    return tuple(dict.fromkeys(found))


def property_indexes(node_label: str, name: str, *, marked: bool) -> Iterator[Index]:
    """The indexes of one property: on its values and, where it may be unset, on the marker of that."""
    yield Index(node_label, (name, "id"))
    if marked:
        yield Index(node_label, (marker_of(name), "id"))


async def prepare(store: GraphStore, catalog: Catalog) -> None:
    """Make the constraints, the id indexes and the journal's, and return once they are online.

    Raises:
        StoreError: The engine could not make one of them.
    """
    await _make_constraints(store)
    await prepare_types(store, catalog.enabled)
    wanted = (*id_indexes(catalog), *JOURNAL_INDEXES)
    found = await _found_indexes(store)
    for index in wanted:
        await _make(store, index, found.get(index, _Found()).state)
    failed = [status for status in await _await_settled(store, wanted) if status.state is IndexState.FAILED]
    if failed:
        raise StatementRejected(f"the engine could not build {failed[0].index.name}: {failed[0].reason}")


async def prepare_types(store: GraphStore, object_types: Sequence[ObjectType]) -> None:
    """Have the embedded engine make what it keeps these types' nodes in, before the first are written.

    It makes that for each set of labels with the first node that has them, and of transactions that come to it at
    once all but one fail: with a general error, for which no retry is due. Neo4j needs nothing of the kind.

    Raises:
        StoreError: The engine could not make it.
    """
    if store.engine is not Engine.ARCADEDB or not object_types:
        return

    async def touch(transaction: Transaction) -> None:
        for object_type in object_types:
            label = quote(object_type.node_label)
            await transaction.run(Statement(f"CREATE (n:{quote(RECORD)}:{label}) DELETE n"))

    for attempt in range(_TYPE_ATTEMPTS):
        try:
            await store.write(touch)
        except StatementRejected:  # another process does the same at this moment
            if attempt + 1 == _TYPE_ATTEMPTS:
                raise
            await asyncio.sleep(_TYPE_PAUSE_S * (attempt + 1))
        else:
            return


async def build_indexes(
    store: GraphStore, catalog: Catalog, on_state: Callable[[IndexStatus], None]
) -> list[IndexStatus]:
    """Make the id indexes and the further ones one after the other and return what became of each.

    One that the engine refuses is FAILED with its reason, and the next one's turn comes; one that had failed
    before is made anew. While no engine answers it waits.

    Args:
        store: Where to make them.
        catalog: What wants them.
        on_state: Called at each change of a state, the first time with the state found.
    """
    wanted = (*id_indexes(catalog), *_further(store, catalog))
    results: dict[Index, IndexStatus] = {}
    for status in await _outlasting(partial(_states, store, wanted)):
        results[status.index] = status
        on_state(status)
    for index in wanted:
        found = results[index].state
        if found is not IndexState.ONLINE:
            if found is not IndexState.BUILDING:
                on_state(IndexStatus(index, IndexState.BUILDING))
            results[index] = await _outlasting(partial(build_index, store, index))
            on_state(results[index])
    return list(results.values())


async def index_states(store: GraphStore, catalog: Catalog) -> list[IndexStatus]:
    """The state of every index that the catalog wants, as the engine tells it, in catalog order.

    Raises:
        StoreError: The engine did not answer.
    """
    return await _states(store, wanted_indexes(store, catalog))


def wanted_indexes(store: GraphStore, catalog: Catalog) -> tuple[Index, ...]:
    """Every index and constraint that a catalog wants of this engine, in catalog order."""
    return (*CONSTRAINTS, *id_indexes(catalog), *JOURNAL_INDEXES, *_further(store, catalog))


def _further(store: GraphStore, catalog: Catalog) -> tuple[Index, ...]:
    """The further indexes that this engine can have and read."""
    if store.engine is not Engine.NEO4J:
        return further_indexes(catalog)
    composite = (
        index
        for object_type in catalog.enabled
        for one in object_type.composite_indexes
        for index in composite_indexes(object_type, one.equal, one.order)
    )
    return (*further_indexes(catalog), *composite, WORDS)


def composite_indexes(object_type: ObjectType, equal: str, order: str) -> Iterator[Index]:
    """The indexes of a composite one: on both values and, where the second may be unset, on the marker of that."""
    yield Index(object_type.node_label, (equal, order, "id"))
    prop = object_type.by_name.get(order)
    if prop is None or prop.unset_marker is not None:
        yield Index(object_type.node_label, (equal, marker_of(order), "id"))


def is_named(index: Index) -> bool:
    """Whether statements name the index, so that it has to be there: the one of words, and composite ones."""
    return index.full_text or len(index.properties) == _COMPOSITE_COLUMNS


def id_index(node_label: str) -> Index:
    """The index on ``id`` of one object type's nodes."""
    return Index(node_label, ("id",))


def _property_indexes(object_type: ObjectType) -> Iterator[Index]:
    for prop in (*SYSTEM_PROPERTIES, *object_type.properties):
        if prop.indexed:
            yield from property_indexes(object_type.node_label, prop.name, marked=prop.unset_marker is not None)


async def _make_constraints(store: GraphStore) -> None:
    for attempt in range(_CONSTRAINT_ATTEMPTS):
        missing = [index for index in CONSTRAINTS if index not in await _found_constraints(store)]
        if not missing:
            return
        for index in missing:
            if attempt:
                await _drop_plain_indexes(store, index)
            await _create(
                store,
                f"CREATE CONSTRAINT {quote(index.name)} IF NOT EXISTS "
                f"FOR (n:{quote(index.node_label)}) REQUIRE {index.columns} IS UNIQUE",
            )
    missing = [index for index in CONSTRAINTS if index not in await _found_constraints(store)]
    if missing:
        raise StatementRejected(f"the engine made no constraint {missing[0].name}")


async def _drop_plain_indexes(store: GraphStore, index: Index) -> None:
    """Clear a constraint's place.

    Killed while it builds one, Neo4j keeps an index of its name without an owner, which lets duplicates in and
    stands in the way: Neo4j then refuses the constraint, and the embedded engine silently makes none.
    """
    for name in (await _found_indexes(store)).get(index, _Found()).names:
        if is_safe(name):
            await _tolerating(_OWNED, store, f"DROP INDEX {quote(name)} IF EXISTS")


async def _make(store: GraphStore, index: Index, state: IndexState) -> None:
    """Ask for an index that is not there; one that failed does not mend, so it is asked for anew."""
    if state is IndexState.FAILED:
        await store.change_schema(f"DROP INDEX {quote(index.name)} IF EXISTS")
    if state in {IndexState.FAILED, IndexState.WANTED}:
        kind, on, options = "", "ON", ""
        if index.full_text:
            kind, on = "FULLTEXT ", "ON EACH"
            # Brought up to date within each commit, it costs a small write as much as all the rest of it. So it is done
            # behind the commits, and who searches waits for it first.
            options = (
                " OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace', `fulltext.eventually_consistent`: true}}"
            )
        columns = f"[{index.columns}]" if index.full_text else f"({index.columns})"
        label = quote(index.node_label)
        await _create(
            store, f"CREATE {kind}INDEX {quote(index.name)} IF NOT EXISTS FOR (n:{label}) {on} {columns}{options}"
        )


async def _create(store: GraphStore, command: str) -> None:
    await _tolerating(_EXISTS, store, command)


async def _tolerating(codes: frozenset[str], store: GraphStore, command: str) -> None:
    """Run a command whose failure with one of these codes is no fault: what is there now is looked at next."""
    try:
        await store.change_schema(command)
    except StatementRejected as error:
        if error.code not in codes:
            raise


async def drop_index(store: GraphStore, index: Index) -> None:
    """Drop an index, if it is there under the name that this module gives.

    Raises:
        StoreError: The engine did not drop it.
    """
    await _tolerating(_OWNED, store, f"DROP INDEX {quote(index.name)} IF EXISTS")


async def build_index(store: GraphStore, index: Index) -> IndexStatus:
    """Make one index and wait until it is settled; what the engine refuses is FAILED with its reason.

    Raises:
        StoreUnavailable: No engine answered.
        StoreTimeout: The engine did not answer in time.
    """
    try:
        (status,) = await _states(store, (index,))
        await _make(store, index, status.state)
        (status,) = await _await_settled(store, (index,))
    except (StoreUnavailable, StoreTimeout):
        raise
    except StoreError as error:
        return IndexStatus(index, IndexState.FAILED, str(error))
    return status


async def _await_settled(store: GraphStore, wanted: tuple[Index, ...]) -> list[IndexStatus]:
    pause_s = _FIRST_LOOK_S
    while True:
        states = await _states(store, wanted)
        if all(status.state is not IndexState.BUILDING for status in states):
            return states
        await asyncio.sleep(pause_s)
        pause_s = min(pause_s * 2, _LONGEST_LOOK_S)


async def _outlasting(call: Callable[[], Awaitable[T]]) -> T:
    """The call's answer, however long the engine is away: what runs behind the program has the time."""
    while True:
        try:
            return await call()
        except (StoreUnavailable, StoreTimeout):
            await asyncio.sleep(_OUTAGE_PAUSE_S)


@dataclass(frozen=True, slots=True)
class _Found:
    """What the engine has on one set of columns."""

    names: tuple[str, ...] = ()
    state: IndexState = IndexState.WANTED
    reason: str | None = None


_ENGINE_STATES = {"ONLINE": IndexState.ONLINE, "POPULATING": IndexState.BUILDING, "FAILED": IndexState.FAILED}


async def _states(store: GraphStore, wanted: tuple[Index, ...]) -> list[IndexStatus]:
    found = await _found_indexes(store)
    return [IndexStatus(index, (at := found.get(index, _Found())).state, at.reason) for index in wanted]


async def _found_indexes(store: GraphStore) -> dict[Index, _Found]:
    rows = await store.change_schema(
        "SHOW INDEXES YIELD name, state, labelsOrTypes, properties, failureMessage, entityType"
    )
    found: dict[Index, _Found] = {}
    for name, state, labels, properties, failure, entity in rows:
        # Of a server shared with others: indexes of relationships, of several labels, of no label at all.
        if entity == "NODE" and labels and len(labels) == 1 and properties:
            index = Index(labels[0], tuple(properties), full_text=properties == [WORDS_PROPERTY])
            names = (*found.get(index, _Found()).names, name)
            found[index] = _Found(names, _ENGINE_STATES.get(state, IndexState.BUILDING), failure or None)
    return found


async def _found_constraints(store: GraphStore) -> set[Index]:
    rows = await store.change_schema("SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties")
    return {Index(labels[0], tuple(properties)) for kind, labels, properties in rows if "UNIQUENESS" in kind}
