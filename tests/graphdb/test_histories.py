"""What merging and purging do to the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.cypher.statement import Statement
from graphdb.journal.entries import Journal, Kind, Origin
from graphdb.journal.histories import adopt_history, purge_histories, release_history
from graphdb.journal.requests import claim, keep_answer
from graphdb.writer.operations import Ref, Update

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.store import Transaction
    from graphdb.writer.operations import Associate
    from tests.graphdb.conftest import Graph

    MakeAssociate = Callable[..., Associate]

SECRETS = {"firstName": "Zaphod", "email": "zaphod@heart.example", "city": 'Say "Ursa"'}


async def renamed(graph: Graph, record_id: str, name: str) -> None:
    await graph.write(Update(by=Ref(type="contact", key="id", value=record_id), values={"firstName": name}))


async def histories(graph: Graph) -> dict[str, list[str]]:
    """By record, whose entries its history shows, oldest first."""
    found: dict[str, list[str]] = {}
    for of, record in await graph.rows(
        "MATCH (e:_Change) WHERE e.of IS NOT NULL WITH e ORDER BY e.at RETURN e.of, e.record"
    ):
        found.setdefault(of, []).append(record)
    return found


async def test_a_merged_record_shows_both_histories_until_that_is_undone(graph: Graph) -> None:
    kept = await graph.create("contact", firstName="A")
    lost = await graph.create("contact", firstName="B")
    other = await graph.create("contact", firstName="C")
    await renamed(graph, kept, "AA")
    await graph.store.write(lambda tx: adopt_history(tx, lost, kept))
    await renamed(graph, kept, "AB")
    assert await histories(graph) == {kept: [kept, lost, kept, kept], other: [other]}
    await graph.store.write(lambda tx: release_history(tx, lost, [], kept))
    assert await histories(graph) == {kept: [kept, kept, kept], lost: [lost], other: [other]}


async def test_of_a_purged_record_the_fact_and_the_time_stay(graph: Graph, associate: MakeAssociate) -> None:
    person, merged = await graph.create("contact", **SECRETS), await graph.create("contact", firstName="Zaphod B.")
    other = await graph.create("contact", firstName="Ford")
    company = await graph.create("company", name="x")
    await graph.write(associate("contact", person, "company", company, "billing"))
    await graph.write(associate("contact", other, "company", company, "billing"))
    await renamed(graph, person, "Trillian")
    await graph.store.write(lambda tx: adopt_history(tx, merged, person))
    before = await graph.rows("MATCH (e:_Change) RETURN e.id, e.at, e.kind, e.record ORDER BY e.id")

    await graph.store.write(lambda tx: purge_histories(tx, [person]))

    text = str(await graph.rows("MATCH (e:_Change) WHERE e.record <> $p.other RETURN properties(e)", other=other))
    for secret in ("Zaphod", "zaphod", "Ursa", "Trillian", "billing"):
        assert secret not in text
    assert await graph.rows("MATCH (e:_Change) RETURN e.id, e.at, e.kind, e.record ORDER BY e.id") == before
    assert await histories(graph) == {other: [other], company: [company]}
    rest = str(await graph.rows("MATCH (e:_Change) WHERE e.record = $p.other RETURN properties(e)", other=other))
    assert "Ford" in rest
    assert "billing" in rest


async def test_answers_that_show_a_purged_record_are_not_given_again(graph: Graph) -> None:
    person = await graph.create("contact", **SECRETS)
    answers = {
        "id": f'{{"id":"{person}"}}',
        "email": '{"email":"zaphod@heart.example"}',
        "escaped": '{"city":"Say \\"Ursa\\""}',
        "other": '{"firstName":"Ford"}',
    }

    async def answer(transaction: Transaction) -> None:
        for key, text in answers.items():
            assert await claim(transaction, key, "x", keep_s=60) is None
            await keep_answer(transaction, key, text)

    await graph.store.write(answer)
    await graph.store.write(lambda tx: purge_histories(tx, [person]))

    async def again(transaction: Transaction) -> dict[str, Any]:
        found = {key: await claim(transaction, key, "x", keep_s=60) for key in answers}
        return {key: one and one.answer for key, one in found.items()}

    assert await graph.store.write(again) == {"id": None, "email": None, "escaped": None, "other": answers["other"]}


async def test_what_the_log_says_of_the_purge_itself_follows(graph: Graph) -> None:
    person = await graph.create("contact", **SECRETS)

    async def purge(transaction: Transaction) -> None:
        await purge_histories(transaction, [person])
        await transaction.run(Statement("MATCH (n:Record {id: $p.id}) DETACH DELETE n", {"id": person}))
        journal = Journal(Origin())
        journal.noted(Kind.PURGED, graph.catalog.by_name["contact"], person, None)
        await journal.write(transaction)

    await graph.store.write(purge)
    kinds = await graph.rows("MATCH (e:_Change) WITH e ORDER BY e.at RETURN e.kind, e.record, e.data, e.props")
    assert kinds == [["CREATED", person, None, None], ["PURGED", person, None, None]]
