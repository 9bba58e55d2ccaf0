"""Two records made one, as the writer leaves them in the graph."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from graphdb.errors import FaultCode
from graphdb.writer.operations import Archive, Associate, Create, Merge, Purge, Ref, Restore, Update, Upsert

if TYPE_CHECKING:
    from graphdb.store import Rows
    from tests.graphdb.conftest import Graph


def merge(winner: str, loser: str, *take: str, kind: str = "contact") -> Merge:
    """The operation, by ids."""
    return Merge(
        winner=Ref(type=kind, key="id", value=winner, path=("winner", "id")),
        loser=Ref(type=kind, key="id", value=loser, path=("loser", "id")),
        take=take,
    )


def joined(near: str, near_id: str, far: str, far_id: str, *labels: str) -> Associate:
    """An operation that associates two records."""
    start, to = Ref(type=near, key="id", value=near_id), Ref(type=far, key="id", value=far_id)
    return Associate(start=start, to=to, labels=labels, path=("labels",))


async def ties(graph: Graph, kind: str) -> Rows:
    """Ends and labels of every relationship of a type."""
    rows = await graph.rows(f"MATCH (a)-[r:{kind}]->(b) RETURN a.id, b.id, coalesce(r.labels, [])")
    return sorted([start, end, sorted(labels)] for start, end, labels in rows)


async def test_values_are_chosen(graph: Graph) -> None:
    """The winner's stay, unset ones are filled, those that are named are taken; also where that unsets."""
    winner = await graph.create("contact", firstName="A", city="here", phone="+1 202 555 0100", jobTitle="x")
    loser = await graph.create("contact", firstName="B", lastName="L", city="there")
    (outcome,) = await graph.write(merge(winner, loser, "city", "jobTitle"))
    assert (outcome.id, outcome.far_id, outcome.changed) == (winner, loser, True)
    assert await graph.rows("MATCH (n:Record) RETURN n.id, n.firstName, n.lastName, n.city, n.jobTitle, n.rev") == [
        [winner, "A", "L", "there", None, 2]
    ]


async def test_stages_follow_their_pipeline(graph: Graph) -> None:
    """What a stage says is worked out anew."""
    winner = await graph.create("deal", name="a", stage="PROSPECTING")
    loser = await graph.create("deal", name="b", stage="CLOSED_WON")
    await graph.write(merge(winner, loser, "stage", kind="deal"))
    assert await graph.rows("MATCH (n:Deal) RETURN n.stage, n.isWon, n.isClosed, n.name") == [
        ["CLOSED_WON", True, True, "a"]
    ]


async def test_the_losers_values_and_id_lead_to_the_winner(graph: Graph) -> None:
    """For references of every kind, over several merges, and when the survivor is archived and restored."""
    a = await graph.create("contact", email="a@x.example")
    b = await graph.create("contact", email="b@x.example", externalId="b")
    c = await graph.create("contact", email="c@x.example")
    await graph.write(merge(b, c))
    await graph.write(merge(a, b))
    rows = await graph.rows("MATCH (k:_Key)-[:OF]->(n:Contact) WHERE k.of = n.id AND n.id = $p.id RETURN k.k", id=a)
    found = sorted(row[0] for row in rows)
    emails = [f"contact.email:{one}@x.example" for one in "abc"]
    wanted = sorted([*emails, "contact.externalId:b", f"id:{b}", f"id:{c}"])
    assert found == wanted
    assert await graph.value("MATCH (n:Contact) RETURN n.externalId") == "b"
    for key, value in (("id", b), ("id", c), ("email", "c@x.example"), ("externalId", "b")):
        by = Ref(type="contact", key=key, value=value)
        (outcome,) = await graph.write(Update(by=by, values={"city": value}))
        assert outcome.id == a
    company = await graph.create("company")
    (outcome,) = await graph.write(joined("contact", c, "company", company))
    assert outcome.id == a
    await graph.write(Archive(by=Ref(type="contact", key="id", value=b)))
    taken = await graph.create("contact", email="c@x.example")
    await graph.write(Restore(by=Ref(type="contact", key="id", value=c)))
    rows = await graph.rows("MATCH (k:_Key)-[:OF]->(n:Contact) WHERE k.of = n.id AND n.id = $p.id RETURN k.k", id=a)
    assert sorted(row[0] for row in rows) == [key for key in wanted if key != "contact.email:c@x.example"]
    assert await graph.value("MATCH (k:_Key {k: 'contact.email:c@x.example'})-[:OF]->(n) RETURN n.id") == taken
    await graph.write(Purge(by=Ref(type="contact", key="id", value=c)))
    assert await graph.rows("MATCH (k:_Key) RETURN k.k") == [["contact.email:c@x.example"]]


async def test_an_upsert_by_the_losers_value_leaves_the_winners(graph: Graph) -> None:
    """It updates the survivor, whose own e-mail stays."""
    a, b = await graph.create("contact", email="a@x.example"), await graph.create("contact", email="b@x.example")
    await graph.write(merge(a, b))
    (outcome,) = await graph.write(
        Upsert(type="contact", key="email", values={"email": "b@x.example", "city": "x"}, path=("input",))
    )
    assert (outcome.id, outcome.created, outcome.changed) == (a, False, True)
    assert await graph.rows("MATCH (n:Contact) RETURN n.email, n.city") == [["a@x.example", "x"]]
    (fault,) = await graph.refused(Create(type="contact", values={"email": "b@x.example"}, path=("input",)))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, a)
    await graph.write(Update(by=Ref(type="contact", key="id", value=a), values={"email": "b@x.example"}))
    assert await graph.value("MATCH (n:Contact) RETURN n.email") == "b@x.example"


async def test_associations_move_with_their_labels(graph: Graph) -> None:
    """Where both had one, it gets the labels of both; a label with at most one stays with the winner's."""
    a, b = await graph.create("contact"), await graph.create("contact")
    shared, own, other = [await graph.create("company") for _ in range(3)]
    await graph.write(
        joined("contact", a, "company", shared),
        joined("contact", a, "company", own, "primary"),
        joined("contact", b, "company", shared, "billing"),
        joined("contact", b, "company", other, "primary", "billing"),
    )
    await graph.write(merge(a, b))
    assert await ties(graph, "CONTACT_COMPANY") == sorted(
        [[a, shared, ["billing"]], [a, own, ["primary"]], [a, other, ["billing"]]]
    )
    assert await ties(graph, "CONTACT_COMPANY__PRIMARY") == [[a, own, []]]
    assert await ties(graph, "CONTACT_COMPANY__BILLING") == sorted([[a, shared, []], [a, other, []]])


@pytest.mark.parametrize("first", [0, 3])
async def test_pairs_of_one_type_turn_round(graph: Graph, first: int) -> None:
    """Whichever id is the smaller, labels keep their meaning; the pair of the two goes away."""
    ids = sorted([await graph.create("contact") for _ in range(4)])
    winner, loser = ids[first], ids[3 - first]
    await graph.write(
        joined("contact", loser, "contact", ids[1], "manager"),  # ids[1] manages the loser
        joined("contact", loser, "contact", ids[2], "direct_report", "colleague"),
        joined("contact", winner, "contact", loser, "colleague"),
    )
    await graph.write(merge(winner, loser))
    assert await ties(graph, "CONTACT_CONTACT__MANAGER") == sorted([[ids[1], winner, []], [winner, ids[2], []]])
    assert await ties(graph, "CONTACT_CONTACT__COLLEAGUE") == [[*sorted((winner, ids[2])), []]]
    at_start, at_end = ("manager>", "manager<")
    assert await ties(graph, "CONTACT_CONTACT") == sorted(
        [
            [*sorted((winner, ids[1])), [at_end if winner < ids[1] else at_start]],
            [*sorted((winner, ids[2])), ["colleague", at_start if winner < ids[2] else at_end]],
        ]
    )


async def test_archived_associations_move_too(graph: Graph) -> None:
    """They come back to the survivor."""
    a, b, company = await graph.create("contact"), await graph.create("contact"), await graph.create("company")
    await graph.write(joined("contact", b, "company", company, "primary"), joined("contact", a, "company", company))
    await graph.write(Archive(by=Ref(type="company", key="id", value=company)))
    await graph.write(merge(a, b))
    await graph.write(Restore(by=Ref(type="company", key="id", value=company)))
    assert await ties(graph, "CONTACT_COMPANY") == [[a, company, ["primary"]]]
    assert await ties(graph, "CONTACT_COMPANY__PRIMARY") == [[a, company, []]]


async def test_what_cannot_be_merged(graph: Graph) -> None:
    """One with itself, of two types, what is not there or archived, unknown and required properties."""
    a, b, company = await graph.create("contact"), await graph.create("contact"), await graph.create("company")
    (fault,) = await graph.refused(merge(a, a))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("loser", "id"))
    (fault,) = await graph.refused(merge(a, company))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("loser", "id"))
    (fault,) = await graph.refused(merge(a, b, "nope"))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("take",))
    await graph.write(Archive(by=Ref(type="contact", key="id", value=b)))
    (fault,) = await graph.refused(merge(a, b))
    assert (fault.code, "archived" in fault.message) == (FaultCode.NOT_FOUND, True)


async def test_two_merges_of_one_record_at_once(graph: Graph) -> None:
    """The second one finds the survivor of the first: all three are one in the end."""
    a, b, c = [await graph.create("contact") for _ in range(3)]
    await asyncio.gather(graph.write(merge(a, c)), graph.write(merge(b, c)))
    ((left,),) = await graph.rows("MATCH (n:Contact) RETURN n.id")
    rows = await graph.rows("MATCH (k:_Key)-[:OF]->(n:Contact) WHERE k.of = n.id RETURN k.k")
    assert sorted(row[0] for row in rows) == sorted(f"id:{one}" for one in (a, b, c) if one != left)
