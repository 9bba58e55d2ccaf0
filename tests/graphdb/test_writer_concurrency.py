"""Several writers at once: nothing doubled, nothing lost, nobody refused for another's speed."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Any, TypeVar

from graphdb.errors import FaultCode, WriteRefused
from graphdb.writer.operations import Archive, Create, Merge, Ref, Restore, Update, Upsert
from tests.graph_state import read_state

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphdb.errors import Fault
    from graphdb.writer.operations import Associate
    from tests.graphdb.conftest import Graph

    MakeAssociate = Callable[..., Associate]

T = TypeVar("T")


def shuffled(items: Sequence[T], seed: int) -> list[T]:
    """The items in an order that depends on the seed alone."""
    return random.Random(seed).sample(items, len(items))  # noqa: S311 - an order is no secret


async def test_writers_that_upsert_the_same_keys_make_each_record_once(graph: Graph) -> None:
    emails = [f"u{n}@x.org" for n in range(50)]

    async def writer(number: int) -> list[str]:
        order = shuffled(emails, number)
        ids: list[str] = []
        for at in range(0, len(order), 10):
            batch = [
                Upsert(type="contact", key="email", values={"email": email, "city": f"from {number}"})
                for email in order[at : at + 10]
            ]
            ids += [outcome.id for outcome in await graph.write(*batch)]
        return ids

    found = await asyncio.gather(*(writer(number) for number in range(8)))
    assert len({one for ids in found for one in ids}) == 50
    assert await graph.value("MATCH (n:Contact) RETURN count(n)") == 50
    assert await graph.value("MATCH (k:_Key)-[:OF]->(n:Contact) WHERE k.of = n.id RETURN count(k)") == 50
    revisions = await graph.rows("MATCH (n:Contact) RETURN n.rev")
    assert sum(rev for (rev,) in revisions) <= 400


async def test_of_writers_that_create_the_same_key_one_succeeds(graph: Graph) -> None:
    async def writer() -> str | None:
        try:
            (outcome,) = await graph.write(Create(type="contact", values={"email": "ada@x.org"}))
        except WriteRefused as refused:
            faults.extend(refused.faults)
            return None
        return outcome.id

    faults: list[Fault] = []
    found = await asyncio.gather(*(writer() for _ in range(8)))
    (winner,) = [one for one in found if one is not None]
    assert [(fault.code, fault.conflicting_id) for fault in faults] == [(FaultCode.CONFLICT, winner)] * 7
    assert await graph.rows("MATCH (k:_Key)-[:OF]->(n) RETURN k.k, n.id") == [["contact.email:ada@x.org", winner]]


async def test_writers_that_associate_the_same_pairs_make_each_once(graph: Graph, associate: MakeAssociate) -> None:
    contacts = [await graph.create("contact") for _ in range(5)]
    companies = [await graph.create("company") for _ in range(4)]
    wanted = [(contact, company) for contact in contacts for company in companies]

    async def writer(number: int) -> int:
        created = 0
        for contact, company in shuffled(wanted, number):
            (outcome,) = await graph.write(associate("contact", contact, "company", company, "billing"))
            created += outcome.created
        return created

    created = await asyncio.gather(*(writer(number) for number in range(12)))
    assert sum(created) == 20
    assert await graph.value("MATCH (:Contact)-[r:CONTACT_COMPANY]->(:Company) RETURN count(r)") == 20
    assert await graph.value("MATCH (:Contact)-[r:CONTACT_COMPANY__BILLING]->(:Company) RETURN count(r)") == 20


async def test_writers_that_move_a_primary_company_leave_exactly_one(graph: Graph, associate: MakeAssociate) -> None:
    contact = await graph.create("contact")
    companies = [await graph.create("company") for _ in range(6)]

    async def writer(number: int) -> None:
        for company in shuffled(companies, number):
            await graph.write(associate("contact", contact, "company", company, "primary"))

    await asyncio.gather(*(writer(number) for number in range(6)))
    ((labelled,),) = await graph.rows("MATCH ({id: $p.id})-[:CONTACT_COMPANY__PRIMARY]->(n) RETURN n.id", id=contact)
    listed = await graph.rows("MATCH ({id: $p.id})-[r:CONTACT_COMPANY]->(n) RETURN n.id, r.labels", id=contact)
    assert len(listed) == 6
    assert [one for one, labels in listed if labels] == [labelled]


async def test_no_update_is_lost_and_every_revision_has_a_time_of_its_own(graph: Graph) -> None:
    record = await graph.create("contact", email="ada@x.org")
    by = Ref(type="contact", key="email", value="ada@x.org")

    async def writer(name: str) -> None:
        for step in range(5):
            await graph.write(Update(by=by, values={name: str(step)}))

    await asyncio.gather(*(writer(name) for name in ("city", "state", "street", "owner")))
    found: Any = await graph.rows(
        "MATCH (n:Contact {id: $p.id}) RETURN n.rev, n.city, n.state, n.street, n.owner, "
        "datetime(n.updatedAt).epochMillis - datetime(n.createdAt).epochMillis",
        id=record,
    )
    assert found[0][:5] == [21, "4", "4", "4", "4"]
    assert found[0][5] >= 20


async def test_a_key_that_one_writer_gives_up_and_another_asks_for_has_one_holder(graph: Graph) -> None:
    ids = [await graph.create("contact", email=f"u{n}@x.org") for n in range(4)]

    wanted = [(one, f"u{n}@x.org") for one in ids for n in range(6)]
    faults: list[Fault] = []

    async def writer(number: int) -> None:
        for one, email in shuffled(wanted, number)[:10]:
            by = Ref(type="contact", key="id", value=one)
            try:
                await graph.write(Update(by=by, values={"email": email}))
            except WriteRefused as refused:
                faults.extend(refused.faults)

    await asyncio.gather(*(writer(number) for number in range(6)))
    assert {fault.code for fault in faults} <= {FaultCode.CONFLICT}
    held = await graph.rows("MATCH (k:_Key)-[:OF]->(n:Contact) RETURN k.k, k.of, n.id ORDER BY k.k")
    emails = await graph.rows("MATCH (n:Contact) RETURN n.email, n.id ORDER BY n.email")
    assert held == [[f"contact.email:{email}", one, one] for email, one in emails]
    assert await graph.value("MATCH (k:_Key) RETURN count(k)") == 4


async def test_associations_and_archives_at_once(graph: Graph, associate: MakeAssociate) -> None:
    """Whoever comes second is refused or finds the record archived: no association is lost or left on one side."""
    companies = [await graph.create("company", name=str(n)) for n in range(3)]
    contacts = [await graph.create("contact", city=str(n)) for n in range(6)]
    joined: set[tuple[str, str]] = set()
    codes: set[FaultCode] = set()

    async def join(contact: str) -> None:
        for company in shuffled(companies, int(contact[-4:], 16)):
            operation = associate("contact", contact, "company", company, "primary", "billing")
            try:
                await graph.write(operation)
            except WriteRefused as refused:
                codes.update(fault.code for fault in refused.faults)
            else:
                joined.add((contact, company))

    async def move(company: str) -> None:
        by = Ref(type="company", key="id", value=company)
        for operation in (Archive(by=by), Restore(by=by), Archive(by=by)):
            await asyncio.sleep(0.05)
            await graph.write(operation)

    await asyncio.gather(*(join(one) for one in contacts), *(move(one) for one in companies[:2]))
    state = await read_state(graph.store, graph.catalog)
    assert state.broken == []
    assert codes <= {FaultCode.NOT_FOUND}
    assert set(state.archived) == set(companies[:2])
    found = {(start, end) for _, start, end in [*state.pairs, *state.waiting]}
    assert found == joined


async def test_merges_and_writes_at_once(graph: Graph, associate: MakeAssociate) -> None:
    """What is written to a record that is being merged away arrives at its survivor."""
    survivor = await graph.create("contact", email="survivor@x.org")
    others = [await graph.create("contact", email=f"c{n}@x.org") for n in range(6)]
    companies = [await graph.create("company", name=str(n)) for n in range(6)]

    async def join(contact: str, company: str) -> None:
        await graph.write(associate("contact", contact, "company", company, "billing"))

    async def merge(contact: str) -> None:
        winner, loser = (Ref(type="contact", key="id", value=one) for one in (survivor, contact))
        await graph.write(Merge(winner=winner, loser=loser))

    writers = [join(*both) for both in zip(others, companies, strict=True)] + [merge(one) for one in others]
    await asyncio.gather(*shuffled(writers, 3))
    state = await read_state(graph.store, graph.catalog)
    assert state.broken == []
    assert [one for one, (kind, _) in state.live.items() if kind == "contact"] == [survivor]
    assert sorted(end for _, _, end in state.pairs) == sorted(companies)
    assert {owner for key, owner in state.keys.items() if key.startswith("id:")} == {survivor}
