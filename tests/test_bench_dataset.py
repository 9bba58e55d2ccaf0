"""The graph that is measured is the one that the writer would have made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Link, Ref
from tests.bench.dataset import Dataset, fill, record_id

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction

_CHOSEN = "MATCH (r:Record) WHERE r.id IN $p.ids "
_RECORDS = _CHOSEN + "RETURN r.id, labels(r), properties(r) ORDER BY r.id"
_JOINED = _CHOSEN + (
    "MATCH (r)-[e]->(far:Record) WHERE far.id IN $p.ids "
    "RETURN r.id, type(e), far.id, properties(e) ORDER BY r.id, type(e), far.id"
)
_KEYS = _CHOSEN + "MATCH (k:`_Key`)-[:OF]->(r) RETURN k.k, k.of, r.id, keys(k) ORDER BY k.k"


async def test_a_loaded_record_is_stored_as_the_writer_stores_it(clean_store: BoltStore) -> None:
    """Properties, markers, words, keys, associations and labels; only moments differ."""
    catalog = standard_catalog()
    dataset = Dataset(120, set_contacts=40)
    told: list[str] = []
    await fill(clean_store, catalog, dataset, told.append)
    ((count,),) = await clean_store.read(Statement("MATCH (r:Record) RETURN count(r)"))
    assert count == dataset.count
    assert told

    number = dataset.set_contacts + 1
    company = dataset.shared_companies + 1
    chosen = {("company", company), ("contact", number), ("deal", 5 * company), ("ticket", 15 * company)}
    loaded = await _state(clean_store, [record_id(*one) for one in chosen])

    values = {record_id(kind, at): (kind, given) for kind, at, given in dataset.records() if (kind, at) in chosen}
    await clean_store.write(_empty)
    await clean_store.write(lambda tx: Writer(catalog, as_given=True).apply(tx, _operations(dataset, values)))
    assert await _state(clean_store, list(values)) == loaded


async def _empty(transaction: Transaction) -> None:
    await transaction.run(Statement("MATCH (n) DETACH DELETE n"))


def _operations(dataset: Dataset, values: dict[str, tuple[str, dict[str, Any]]]) -> list[Create]:
    catalog = standard_catalog()
    found = []
    for one, (kind, given) in sorted(values.items()):
        links = [
            Link(side=side, to=Ref(type=pair.kinds[0], key="id", value=start), labels=pair.labels)
            for pair in dataset.pairs()
            if record_id(pair.kinds[1], pair.end) == one
            and (start := record_id(pair.kinds[0], pair.start)) in values
            and (side := catalog.side_between(pair.kinds[1], pair.kinds[0])) is not None
        ]
        found.append(Create(type=kind, values=given, links=tuple(links), id=one))
    return sorted(found, key=lambda operation: len(operation.links))


async def _state(store: BoltStore, ids: list[str]) -> list[Any]:
    """What there is of some records, without the moments at which it was written."""
    records = await store.read(Statement(_RECORDS, {"ids": ids}))
    joined = await store.read(Statement(_JOINED, {"ids": ids}))
    keys = await store.read(Statement(_KEYS, {"ids": ids}))
    return [
        [[one, sorted(labels), _timeless(held), sorted(held)] for one, labels, held in records],
        [[start, kind, end, _timeless(held), sorted(held)] for start, kind, end, held in joined],
        [[key, of, one, sorted(names)] for key, of, one, names in keys],
    ]


def _timeless(held: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if name not in {"createdAt", "updatedAt", "_lock"}}
