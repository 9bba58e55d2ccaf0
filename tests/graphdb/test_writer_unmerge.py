"""Merges undone, as the writer leaves the graph: values, unique values, several merges, what is refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from graphdb.errors import FaultCode, WriteRefused
from graphdb.writer.operations import (
    Archive,
    Purge,
    Restore,
    Upsert,
)
from tests.unmerging import changed, figures, joined, merge, pairs, ref, refused, sound, undo

if TYPE_CHECKING:
    from tests.graphdb.conftest import Graph

NOTHING = "MATCH (m:_Merge) RETURN count(m)"


async def test_both_are_what_they_were(graph: Graph) -> None:
    """Values, unique values and revisions; the loser is as old as it was, and nothing of the merge is kept."""
    winner = await graph.create("contact", firstName="A", city="here", email="a@x.example", phone="+1 202 555 0100")
    loser = await graph.create(
        "contact", firstName="B", lastName="L", city="there", email="b@x.example", externalId="b"
    )
    before = await sound(graph)
    created = "MATCH (n:Contact {id: $p.id}) RETURN datetime(n.createdAt).epochMillis"
    age = await graph.value(created, id=loser)
    await graph.write(merge(winner, loser, "city", "email"))
    merged = await sound(graph)
    assert merged.live[winner][1]["email"] == "b@x.example"
    (outcome,) = await graph.write(undo(loser))
    assert (outcome.id, outcome.far_id, outcome.created, outcome.changed) == (loser, winner, False, True)
    after = await sound(graph)
    assert after == before
    assert await graph.value(created, id=loser) == age
    assert await figures(graph, "MATCH (n:Contact) RETURN n.id, n.rev") == {winner: 3, loser: 2}
    assert await graph.value(NOTHING) == 0
    (found,) = await graph.write(
        Upsert(type="contact", key="email", values={"email": "b@x.example", "city": "x"}, path=("input",))
    )
    assert found.id == loser


async def test_values_changed_since_stay(graph: Graph) -> None:
    """Also where one was unset; what the merge had made of the others goes."""
    winner = await graph.create("contact", city="here")
    loser = await graph.create("contact", city="there", state="S", street="T", jobTitle="1")
    await graph.write(merge(winner, loser, "city"))
    await graph.write(changed(winner, state="later", street=None))
    await graph.write(undo(loser))
    state = await sound(graph)
    assert state.live[winner][1] == {"city": "here", "state": "later"}
    assert state.live[loser][1] == {"city": "there", "state": "S", "street": "T", "jobTitle": "1"}


async def test_stages_go_back_whole_or_not_at_all(graph: Graph) -> None:
    """What a stage says goes with it: a stage that was set since keeps what follows from it."""
    for later in (False, True):
        winner = await graph.create("deal", name="a", stage="PROSPECTING")
        loser = await graph.create("deal", name="b", stage="CLOSED_WON")
        held = (await sound(graph)).live
        await graph.write(merge(winner, loser, "stage", kind="deal"))
        if later:
            await graph.write(changed(winner, "deal", stage="CLOSED_LOST"))
        merged = (await sound(graph)).live[winner]
        await graph.write(undo(loser, "deal"))
        found = (await sound(graph)).live
        assert found[loser] == held[loser]
        assert found[winner] == (merged if later else held[winner])


async def test_unique_values_taken_since(graph: Graph) -> None:
    """By a third record, or by the survivor itself: refused, naming it; free again, it returns."""
    winner, loser = (
        await graph.create("contact", email="a@x.example"),
        await graph.create("contact", email="b@x.example"),
    )
    await graph.write(merge(winner, loser))
    await graph.write(changed(winner, email="b@x.example"))
    fault = await refused(graph, undo(loser))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, winner)
    assert "one of the two has to change first" in fault.message
    await graph.write(changed(winner, email="c@x.example"))
    third = await graph.create("contact", email="b@x.example")
    fault = await refused(graph, undo(loser))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, third)
    await graph.write(changed(third, email=None))
    await graph.write(undo(loser))
    state = await sound(graph)
    assert state.live[loser][1]["email"] == "b@x.example"
    assert state.live[winner][1]["email"] == "c@x.example"


async def test_further_unique_values_return_where_they_are_free(graph: Graph) -> None:
    """Those of what was merged into the loser before."""
    a, b, c = [await graph.create("contact", email=f"{one}@x.example") for one in "abc"]
    await graph.write(merge(b, c))
    await graph.write(merge(a, b))
    await graph.write(undo(b))
    keys = (await sound(graph)).keys
    assert keys == {
        "contact.email:a@x.example": a,
        "contact.email:b@x.example": b,
        "contact.email:c@x.example": b,
        f"id:{c}": b,
    }
    await graph.write(merge(a, b), changed(a, email="c@x.example"))
    await graph.write(undo(b))
    keys = (await sound(graph)).keys
    assert (keys["contact.email:c@x.example"], keys["contact.email:b@x.example"]) == (a, b)


async def test_lists_of_further_addresses_go_back(graph: Graph) -> None:
    """An address that was added to the survivor's list since is a conflict, until it is taken out."""
    a = await graph.create("contact", email="a@x.example")
    b = await graph.create("contact", email="b@x.example", additionalEmails=["c@x.example", "d@x.example"])
    before = await sound(graph)
    await graph.write(merge(a, b))
    assert (await sound(graph)).live[a][1]["additionalEmails"] == ["c@x.example", "d@x.example"]
    await graph.write(undo(b))
    assert await sound(graph) == before
    await graph.write(merge(a, b))
    await graph.write(changed(a, additionalEmails=["d@x.example", "b@x.example"]))
    faults = await graph.refused(undo(b))
    assert {(fault.code, fault.conflicting_id, fault.input) for fault in faults} == {
        (FaultCode.CONFLICT, a, ("loser",))
    }
    assert len(faults) == 2
    await graph.write(changed(a, additionalEmails=None))
    await graph.write(undo(b))
    assert await sound(graph) == before


async def test_several_merges_are_undone_in_reverse_order(graph: Graph) -> None:
    """Of one survivor, and of a survivor that was merged itself: another order is refused and says which is next."""
    a, b, c, d = [await graph.create("contact", email=f"{one}@x.example", city=one) for one in "abcd"]
    company = await graph.create("company")
    await graph.write(
        *(joined("contact", one, "company", company) for one in (b, d)), joined("contact", b, "contact", c)
    )
    states = [await sound(graph)]
    for operation in (merge(a, b, "city"), merge(a, c, "city"), merge(d, a, "city")):
        await graph.write(operation)
        states.append(await sound(graph))
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, a)
    assert f"undo that first: unmerge {a}" in fault.message
    await graph.write(undo(a))
    assert await sound(graph) == states[2]
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, c)
    assert f"unmerge {c}" in fault.message
    await graph.write(undo(c), undo(b))
    assert await sound(graph) == states[0]
    assert await graph.value(NOTHING) == 0


async def test_a_merge_undone_and_made_again_in_one_transaction(graph: Graph) -> None:
    a, b = await graph.create("contact", city="a"), await graph.create("contact", city="b", email="b@x.example")
    company = await graph.create("company")
    await graph.write(joined("contact", b, "company", company, "primary"))
    before = await sound(graph)
    await graph.write(merge(a, b, "city"), undo(b))
    assert await sound(graph) == before
    await graph.write(merge(a, b))
    await graph.write(undo(b), merge(b, a))
    state = await sound(graph)
    assert state.live[b][1]["city"] == "b"
    await graph.write(undo(a))
    assert await sound(graph) == before


async def test_the_survivor_archived_since(graph: Graph) -> None:
    """It has to be restored first; what is kept outlasts that."""
    a, b = await graph.create("contact", city="a"), await graph.create("contact", email="b@x.example")
    await graph.write(merge(a, b))
    before = await sound(graph)
    await graph.write(Archive(by=ref("contact", a)))
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, a)
    assert "restore it first" in fault.message
    await graph.write(Restore(by=ref("contact", a)))
    assert await sound(graph) == before
    await graph.write(undo(b))
    assert (await sound(graph)).keys == {"contact.email:b@x.example": b}


async def test_a_restored_survivor_and_an_archived_loser_in_one_transaction(graph: Graph) -> None:
    """Each is another node by then; the engine's limits on labels are not met."""
    a, b, company = await graph.create("contact"), await graph.create("contact"), await graph.create("company")
    await graph.write(joined("contact", b, "company", company, "primary"))
    await graph.write(merge(a, b))
    await graph.write(Archive(by=ref("contact", a)))
    await graph.write(Restore(by=ref("contact", a)), undo(b), Archive(by=ref("contact", b)))
    state = await sound(graph)
    assert (set(state.live), set(state.archived)) == ({a, company}, {b})
    assert state.waiting == {("CONTACT_COMPANY", b, company): ("primary",)}
    await graph.write(Restore(by=ref("contact", b)))
    assert await pairs(graph) == {(b, company): ("primary",)}


@pytest.mark.parametrize("chain", [False, True])
async def test_a_purged_survivor_leaves_nothing_to_undo(graph: Graph, *, chain: bool) -> None:
    """By either id; nothing of the loser is left anywhere either."""
    a, b, c = (
        await graph.create("contact"),
        await graph.create("contact", lastName="Prefect"),
        await graph.create("contact"),
    )
    await graph.write(merge(a, b))
    if chain:
        await graph.write(merge(c, a))
    await graph.write(Purge(by=ref("contact", b)))
    assert await graph.value(NOTHING) == 0
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("loser",))
    assert "purged" in fault.message
    assert "created anew" in fault.message
    assert "Prefect" not in str(await graph.rows("MATCH (n) RETURN properties(n)"))


async def test_a_purged_loser_leaves_nothing_in_the_survivors_history(graph: Graph) -> None:
    """Nor does what was made of its values before the merge was undone."""
    a, b = (
        await graph.create("contact", city="Here"),
        await graph.create("contact", lastName="Prefect", city="Guildford"),
    )
    await graph.write(merge(a, b, "city"))
    await graph.write(changed(a, lastName="Dent", jobTitle="kept"))
    await graph.write(undo(b))
    await graph.write(Purge(by=ref("contact", b)))
    text = str(await graph.rows("MATCH (n) RETURN properties(n)"))
    assert "Prefect" not in text
    assert "Guildford" not in text
    assert (await sound(graph)).live == {a: ("contact", {"city": "Here", "lastName": "Dent", "jobTitle": "kept"})}


async def test_what_cannot_be_undone(graph: Graph) -> None:
    """What is no id, is live, is of another type, or was undone already."""
    a, b = await graph.create("contact"), await graph.create("contact")
    for loser, kind in (("nope", "contact"), (a, "contact"), ("0" * 32, "contact")):
        fault = await refused(graph, undo(loser, kind))
        assert fault.code is FaultCode.NOT_FOUND
        assert repr(loser)[:10] in fault.message
    await graph.write(merge(a, b))
    fault = await refused(graph, undo(b, "company"))
    assert fault.code is FaultCode.NOT_FOUND
    await graph.write(undo(b))
    fault = await refused(graph, undo(b))
    assert fault.code is FaultCode.NOT_FOUND
    assert "undone already" in fault.message


async def test_one_merge_is_undone_once(graph: Graph) -> None:
    """Of several at once one does it, beside writers to the survivor."""
    a, b = await graph.create("contact"), await graph.create("contact", email="b@x.example")
    companies = [await graph.create("company", name=str(number)) for number in range(4)]
    await graph.write(*(joined("contact", b, "company", one) for one in companies))
    await graph.write(merge(a, b))
    codes: list[FaultCode] = []

    async def one() -> bool:
        try:
            await graph.write(undo(b))
        except WriteRefused as refusal:
            codes.extend(fault.code for fault in refusal.faults)
            return False
        return True

    writers = [graph.write(joined("contact", a, "company", company, "billing")) for company in companies]
    done = await asyncio.gather(one(), one(), one(), *writers)
    assert done[:3].count(True) == 1
    assert codes == [FaultCode.NOT_FOUND] * 2
    found = await pairs(graph)
    assert {(b, company) for company in companies} <= set(found)
    assert {(a, company): ("billing",) for company in companies}.items() <= found.items()
