"""Statements that were noted of one request write another one's records."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from graphdb import ids
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Link, Ref
from tests.bench.case import OURS
from tests.bench.dataset import Dataset, fill, record_id
from tests.bench.noted import NotingStore, noting, renewed
from tests.bench.write_cases import MADE_BY, write_cases

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.bolt import BoltStore
    from tests.bench.case import Case

_MADE = (
    "MATCH (k:_Key)-[:OF]->(n:Contact)-[:CONTACT_COMPANY]->(c:Company) WHERE n.lastName = 'Made' "
    "RETURN n.id, n.email, c.id, k.k ORDER BY n.email"
)
_ENTRIES = "MATCH (e:_Change {record: $p.id}) RETURN e.kind ORDER BY e.kind"


@pytest.fixture
async def noting_store(clean_store: BoltStore, engine_address: tuple[str, str, str]) -> AsyncIterator[NotingStore]:
    """A graph of the benchmark, small."""
    await fill(clean_store, standard_catalog(), Dataset(120, set_contacts=40), lambda _: None)
    store = NotingStore.connect(*engine_address, timeout_s=60, write_timeout_s=60)
    await store.verify(timeout_s=60)
    yield store
    await store.close()


async def test_renewed_statements_make_another_record_with_what_belongs_to_it(noting_store: NotingStore) -> None:
    """Its address, key, company and change log entries; the ids that stay are those that were named."""
    catalog = standard_catalog()
    side = catalog.side_between("contact", "company")
    assert side is not None
    first, second = (record_id("company", number) for number in (1, 2))
    link = Link(side=side, to=Ref(type="company", key="id", value=first))
    create = Create(type="contact", values={"email": "qz01@made.example", "lastName": "Made"}, links=(link,))
    with noting() as noted:
        (outcome,) = await noting_store.write(lambda tx: Writer(catalog).apply(tx, [create]))

    async def replay() -> None:
        for text, parameters in renewed(noted, {"qz01": "qz02", first: second}):
            await noting_store.write(lambda tx, text=text, p=parameters["p"]: tx.run(Statement(text, p)))  # type: ignore[misc]

    await replay()
    one, other = await noting_store.read(Statement(_MADE))
    assert one == [outcome.id, "qz01@made.example", first, one[3]]
    assert other[1:] == ["qz02@made.example", second, one[3].replace("qz01", "qz02")]
    assert ids.is_id(other[0])
    assert other[0] != outcome.id
    entries = [await noting_store.read(Statement(_ENTRIES, {"id": made})) for made in (outcome.id, other[0])]
    assert entries[0] == entries[1] != []


async def test_what_other_tasks_write_is_not_noted(noting_store: NotingStore) -> None:
    async def write(text: str) -> None:
        await noting_store.write(lambda tx: tx.run(Statement(text)))

    async def noted_of(text: str) -> list[str]:
        with noting() as noted:
            await write(text)
        return [statement.text for statement in noted]

    found = await asyncio.gather(noted_of("RETURN 1"), write("RETURN 2"), noted_of("RETURN 3"))
    assert list(found) == [["RETURN 1"], None, ["RETURN 3"]]


@pytest.mark.parametrize("case", write_cases(), ids=lambda case: case.name)
def test_what_differs_between_requests_is_told_in_order_and_of_one_length(case: Case) -> None:
    """Else the bare driver would write something else, or the same record twice."""
    writes = case.writes
    assert writes is not None
    parties = [ids.mint() for _ in range(500)]
    one, other = (writes.exchanged(number, parties) for number in (64, 64 * 1_000 + 1))
    assert [len(word) for word in one] == [len(word) for word in other]
    assert one != other
    asked = case.sides[OURS]
    for number, words in ((64, one), (64 * 1_000 + 1, other)):
        text = str(asked.variables(number))
        assert all(word in text for word in words if word not in parties)
        assert MADE_BY in text
    for place, first in enumerate(writes.kinds):
        assert writes.kind(640 + first) == place
        assert writes.made is None or writes.made(640 + first) == writes.made(640)
