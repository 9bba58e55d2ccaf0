"""Records archived, restored and purged, as the writer leaves them in the graph."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.errors import FaultCode
from graphdb.writer.operations import Archive, Associate, Create, Purge, Ref, Restore, Update, Upsert

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.errors import Fault
    from tests.graphdb.conftest import Graph


_MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def life(kind: type[Archive | Purge | Restore], object_type: str, record_id: str, index: int = 0) -> Any:
    """An operation on one record."""
    return kind(by=Ref(type=object_type, key="id", value=record_id, path=("by", index, "id")), path=("by", index))


async def dump(graph: Graph) -> list[Any]:
    """Everything in the graph but the change log, and the property that records are locked by."""
    nodes = await graph.rows("MATCH (n) WHERE NOT n:_Change RETURN labels(n), properties(n)")
    ties = await graph.rows(
        "MATCH (a)-[r]->(b) RETURN coalesce(a.id, a.k), type(r), coalesce(b.id, b.k), properties(r)"
    )
    return [
        sorted(
            repr([sorted(labels), sorted((k, repr(v)) for k, v in held.items() if k != "_lock")])
            for labels, held in nodes
        ),
        sorted(repr([*row[:3], sorted((k, repr(v)) for k, v in row[3].items())]) for row in ties),
    ]


async def refused(graph: Graph, *operations: Any) -> Sequence[Fault]:
    """The faults of operations that leave the graph as it was."""
    before = await dump(graph)
    faults = await graph.refused(*operations)
    assert await dump(graph) == before
    return faults


async def kinds(graph: Graph) -> dict[str, int]:
    """How many relationships of each type there are between records."""
    rows = await graph.rows("MATCH (:Record)-[r]->(:Record) RETURN type(r), count(r)")
    return {str(kind): int(count) for kind, count in rows}


async def live(graph: Graph, label: str) -> list[str]:
    """Ids of the live records of a type."""
    return sorted(row[0] for row in await graph.rows(f"MATCH (n:{label}) RETURN n.id"))


async def test_archive_and_restore_change_nothing_else(graph: Graph) -> None:
    """All comes back: values, labels, associations with their times, unique values; only rev and updatedAt rise."""
    company = await graph.create("company", name="c", domain="c.example")
    links = (graph.link("contact", "company", company, "primary", "billing"),)
    values = {"email": "a@b.example", "firstName": "A", "birthDate": date(1999, 12, 31), "lastContactedAt": _MOMENT}
    (made,) = await graph.write(Create(type="contact", values=values, links=links, path=("input",)))
    other = await graph.create("contact")
    await graph.write(graph_associate("contact", made.id, "contact", other, "manager"))

    def comparable(found: list[Any]) -> list[Any]:
        return [[text.split("'rev'")[0] for text in found[0]], found[1]]

    before = comparable(await dump(graph))
    (outcome,) = await graph.write(life(Archive, "contact", made.id))
    assert (outcome.id, outcome.created, outcome.changed) == (made.id, False, True)
    assert await live(graph, "Contact") == [other]
    assert await kinds(graph) == {"_ARCHIVED": 2}
    assert await graph.rows("MATCH (k:_Key) RETURN k.k") == [["company.domain:c.example"]]
    ((labels, kind, rev, at),) = await graph.rows(
        "MATCH (n:Record) WHERE n.archivedAt IS NOT NULL RETURN labels(n), n._type, n.rev, n.archivedAt = n.updatedAt"
    )
    assert (labels, kind, rev, at) == (["Record"], "Contact", 2, True)
    await graph.write(life(Restore, "contact", made.id))
    assert comparable(await dump(graph)) == before
    assert await graph.value("MATCH (n:Contact {id: $p.id}) RETURN n.rev", id=made.id) == 3


def graph_associate(near: str, near_id: str, far: str, far_id: str, *labels: str) -> Associate:
    """An operation that associates two records."""
    start, to = Ref(type=near, key="id", value=near_id), Ref(type=far, key="id", value=far_id)
    return Associate(start=start, to=to, labels=labels, path=("labels",))


async def test_an_archived_record_is_named_as_such(graph: Graph) -> None:
    """Whatever is asked of it but to restore or purge it; its unique values lead nowhere."""
    contact, company = await graph.create("contact", email="a@b.example"), await graph.create("company")
    await graph.write(life(Archive, "contact", contact))
    by = Ref(type="contact", key="id", value=contact, path=("by", "id"))
    for operation in (
        Update(by=by, values={"city": "x"}),
        life(Archive, "contact", contact),
        graph_associate("company", company, "contact", contact),
        Create(type="company", values={}, links=(graph.link("company", "contact", contact),)),
    ):
        (fault,) = await refused(graph, operation)
        assert fault.code is FaultCode.NOT_FOUND
        assert "archived" in fault.message
    (fault,) = await refused(graph, Update(by=Ref(type="contact", key="email", value="a@b.example"), values={}))
    assert fault.code is FaultCode.NOT_FOUND
    (again,) = await graph.write(Upsert(type="contact", key="email", values={"email": "a@b.example"}))
    assert again.created


async def test_restore_meets_a_value_that_was_taken(graph: Graph) -> None:
    """CONFLICT with the holder; once that one has changed it works."""
    first = await graph.create("contact", email="a@b.example")
    await graph.write(life(Archive, "contact", first))
    second = await graph.create("contact", email="a@b.example")
    (fault,) = await refused(graph, life(Restore, "contact", first))
    assert (fault.code, fault.conflicting_id, fault.input) == (FaultCode.CONFLICT, second, ("by", 0, "id"))
    await graph.write(life(Archive, "contact", second))
    (first_fault,) = await refused(graph, life(Restore, "contact", first), life(Restore, "contact", second, 1))
    assert (first_fault.conflicting_id, first_fault.input) == (first, ("by", 1, "id"))
    await graph.write(life(Restore, "contact", first))


async def test_associations_wait_for_the_other_end(graph: Graph) -> None:
    """Of two archived records, in whatever order they come back, and of both at once."""
    one, two = await graph.create("contact"), await graph.create("contact")
    company = await graph.create("company")
    await graph.write(
        graph_associate("contact", one, "contact", two, "manager"), graph_associate("contact", one, "company", company)
    )
    whole = await kinds(graph)
    await graph.write(life(Archive, "contact", one), life(Archive, "contact", two, 1))
    assert await kinds(graph) == {"_ARCHIVED": 2}
    await graph.write(life(Restore, "contact", two))
    assert await kinds(graph) == {"_ARCHIVED": 2}
    await graph.write(life(Restore, "contact", one))
    assert await kinds(graph) == whole == {"CONTACT_CONTACT": 1, "CONTACT_CONTACT__MANAGER": 1, "CONTACT_COMPANY": 1}
    await graph.write(life(Archive, "contact", one))
    await graph.write(life(Archive, "contact", two))
    await graph.write(life(Archive, "company", company))
    await graph.write(
        life(Restore, "contact", two, 0), life(Restore, "contact", one, 1), life(Restore, "company", company, 2)
    )
    assert await kinds(graph) == whole


async def test_a_label_that_moved_on_stays_where_it_is(graph: Graph) -> None:
    """A restored company is not primary again where another one has become that."""
    contact, old, new = await graph.create("contact"), await graph.create("company"), await graph.create("company")
    await graph.write(graph_associate("contact", contact, "company", old, "primary", "billing"))
    await graph.write(life(Archive, "company", old))
    await graph.write(graph_associate("contact", contact, "company", new, "primary"))
    await graph.write(life(Restore, "company", old))
    rows = await graph.rows("MATCH (:Contact)-[r:CONTACT_COMPANY]->(o) RETURN o.id, r.labels")
    assert sorted(rows) == sorted([[old, ["billing"]], [new, ["primary"]]])
    assert await graph.rows("MATCH (:Contact)-[:CONTACT_COMPANY__PRIMARY]->(o) RETURN o.id") == [[new]]


async def test_what_others_require_is_not_archived(graph: Graph) -> None:
    """The last deal of a quote is refused, naming the quote; with the quote it may go, and comes back with it."""
    deal = await graph.create("deal", name="d")
    links = (graph.link("quote", "deal", deal),)
    (quote,) = await graph.write(Create(type="quote", values={"title": "q"}, links=links))
    for kind in (Archive, Purge):
        (fault,) = await refused(graph, life(kind, "deal", deal))
        assert (fault.code, fault.conflicting_id, fault.input) == (FaultCode.CONFLICT, quote.id, ("by", 0, "id"))
        assert quote.id in fault.message
    await graph.write(life(Archive, "quote", quote.id))
    await graph.write(life(Archive, "deal", deal))
    (fault,) = await refused(graph, life(Restore, "quote", quote.id))
    assert fault.code is FaultCode.CONFLICT
    assert "deal" in fault.message
    await graph.write(
        life(Restore, "deal", deal, 0),
    )
    await graph.write(life(Restore, "quote", quote.id))
    assert await kinds(graph) == {"DEAL_QUOTE": 1}


@pytest.mark.parametrize("archived", [True, False])
async def test_purge_leaves_nothing(graph: Graph, archived: bool) -> None:
    """Of a live record and of an archived one: no node, no key, no relationship."""
    contact, company = await graph.create("contact", email="a@b.example"), await graph.create("company")
    await graph.write(graph_associate("contact", contact, "company", company, "primary"))
    if archived:
        await graph.write(life(Archive, "contact", contact))
    (outcome,) = await graph.write(life(Purge, "contact", contact))
    assert outcome.id == contact
    assert await graph.rows("MATCH (n) WHERE NOT n:_Change RETURN labels(n), n.id") in (
        [[["Record", "Company"], company]],
        [[["Company", "Record"], company]],
    )
    assert await graph.rows("MATCH ()-[r]->() RETURN type(r)") == []
    (fault,) = await refused(graph, life(Purge, "contact", contact))
    assert fault.code is FaultCode.NOT_FOUND


async def test_a_record_changed_and_archived_in_one_transaction(graph: Graph) -> None:
    """And one that is created in it; nothing stands in the way on either engine."""
    contact = await graph.create("contact", email="a@b.example")

    async def work(tx: Any) -> None:
        await graph.writer.apply(tx, [Update(by=Ref(type="contact", key="id", value=contact), values={"city": "x"})])
        await graph.writer.apply(tx, [life(Archive, "contact", contact)])
        (made,) = await graph.writer.apply(tx, [Create(type="contact", values={"email": "a@b.example", "city": "y"})])
        await graph.writer.apply(tx, [life(Archive, "contact", made.id)])

    await graph.store.write(work)
    rows = await graph.rows("MATCH (n:Record) RETURN labels(n), n.city, n.rev")
    assert sorted(rows) == [[["Record"], "x", 3], [["Record"], "y", 2]]


async def test_restore_names_what_is_no_archived_record(graph: Graph) -> None:
    """A live one, none at all, one twice."""
    contact = await graph.create("contact")
    (fault,) = await refused(graph, life(Restore, "contact", contact))
    assert (fault.code, "a live one" in fault.message) == (FaultCode.NOT_FOUND, True)
    (fault,) = await refused(graph, life(Restore, "contact", "0" * 32))
    assert fault.code is FaultCode.NOT_FOUND
    (fault,) = await refused(graph, life(Archive, "contact", contact), life(Archive, "contact", contact, 1))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("by", 1, "id"))


async def test_many_at_once_take_few_statements(graph: Graph) -> None:
    """A hundred records with associations are archived and restored in a handful of round trips."""
    company = await graph.create("company")
    made = await graph.write(
        *(
            Create(
                type="contact", values={"email": f"{n}@x.example"}, links=(graph.link("contact", "company", company),)
            )
            for n in range(100)
        )
    )
    for kind in (Archive, Restore):
        counted = 0

        async def work(tx: Any, kind: Any = kind) -> None:
            class Counting:
                async def run(self, statement: Any) -> Any:
                    nonlocal counted
                    counted += 1
                    return await tx.run(statement)

            await graph.writer.apply(Counting(), [life(kind, "contact", one.id, n) for n, one in enumerate(made)])

        await graph.store.write(work)
        assert counted <= 16
    assert await kinds(graph) == {"CONTACT_COMPANY": 100}
