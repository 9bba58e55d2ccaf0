"""Further values of a unique property: held by keys as the first one's are, and given up like them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from graphdb.errors import FaultCode, WriteRefused
from graphdb.writer.operations import Archive, Create, Purge, Ref, Restore, Update, Upsert

if TYPE_CHECKING:
    from graphdb.writer.operations import Operation
    from tests.graphdb.conftest import Graph


def contact(**values: Any) -> Create:
    return Create(type="contact", values=values, path=("input",))


def by(key: str, value: str) -> Ref:
    return Ref(type="contact", key=key, value=value, path=("by", key))


async def held(graph: Graph) -> dict[str, str]:
    """The addresses that are held, and by whom."""
    rows = await graph.rows("MATCH (k:`_Key`)-[:`OF`]->(r:Record) WHERE r.id = k.of RETURN k.k, r.id")
    return {key.removeprefix("contact.email:"): holder for key, holder in rows}


async def test_a_record_is_found_by_each_of_its_addresses(graph: Graph) -> None:
    """An update and an upsert by a further address reach the record and leave its first one as it is."""
    (made,) = await graph.write(contact(email="ada@x.org", additionalEmails=[" Ada@Home.org", "a@y.org"]))
    assert await held(graph) == dict.fromkeys(("ada@x.org", "ada@home.org", "a@y.org"), made.id)
    (updated,) = await graph.write(Update(by=by("email", "ADA@home.org"), values={"city": "London"}, path=("input",)))
    upsert = Upsert(type="contact", key="email", values={"email": "a@y.org", "jobTitle": "Countess"}, path=("input",))
    (upserted,) = await graph.write(upsert)
    assert (updated.id, upserted.id, upserted.created) == (made.id, made.id, False)
    assert await graph.rows("MATCH (r:Contact) RETURN r.email, r.additionalEmails, r.city, r.jobTitle") == [
        ["ada@x.org", ["ada@home.org", "a@y.org"], "London", "Countess"]
    ]


async def test_an_address_belongs_to_one_record_wherever_it_stands(graph: Graph) -> None:
    """First or further, in one batch or two: CONFLICT with the holder and the place, and nothing is written."""
    first = await graph.create("contact", email="ada@x.org", additionalEmails=["ada@home.org"])
    taken: list[Operation] = [
        contact(email="ada@home.org"),
        contact(additionalEmails=["free@x.org", "ADA@home.org"]),
        contact(additionalEmails=["ada@x.org"]),
    ]
    for operation, place in zip(taken, ("email", "additionalEmails", "additionalEmails"), strict=True):
        (fault,) = await graph.refused(operation)
        assert (fault.code, fault.input, fault.conflicting_id) == (FaultCode.CONFLICT, ("input", place), first)
        assert "found 'ada@" in fault.message
    (fault,) = await graph.refused(contact(email="b@x.org"), contact(additionalEmails=["c@x.org", "b@x.org"]))
    assert (fault.code, fault.input) == (FaultCode.CONFLICT, ("input", "additionalEmails"))
    assert set(await held(graph)) == {"ada@x.org", "ada@home.org"}


async def test_what_becomes_the_first_address_is_no_further_one(graph: Graph) -> None:
    """Nor is what is given as both; what is left out of the list is free again."""
    record_id = await graph.create("contact", email="a@x.org", additionalEmails=["a@x.org", "b@x.org"])
    read = "MATCH (r:Contact {id: $p.id}) RETURN r.email, r.additionalEmails"
    assert await graph.rows(read, id=record_id) == [["a@x.org", ["b@x.org"]]]
    await graph.write(Update(by=by("id", record_id), values={"email": "b@x.org"}, path=("input",)))
    assert await graph.rows(read, id=record_id) == [["b@x.org", None]]
    assert await held(graph) == {"b@x.org": record_id}
    both = {"email": "c@x.org", "additionalEmails": ["b@x.org", "a@x.org"]}
    await graph.write(Update(by=by("id", record_id), values=both, path=("input",)))
    assert set(await held(graph)) == {"a@x.org", "b@x.org", "c@x.org"}
    await graph.write(Update(by=by("id", record_id), values={"additionalEmails": None}, path=("input",)))
    assert await held(graph) == {"c@x.org": record_id}
    (again,) = await graph.write(
        Update(by=by("id", record_id), values={"additionalEmails": ["c@x.org"]}, path=("input",))
    )
    assert not again.changed


async def test_an_address_changes_hands_within_a_batch(graph: Graph) -> None:
    first = await graph.create("contact", email="a@x.org", additionalEmails=["shared@x.org"])
    second = await graph.create("contact", email="b@x.org")
    await graph.write(
        Update(by=by("id", second), values={"additionalEmails": ["shared@x.org"]}, path=("input",)),
        Update(by=by("id", first), values={"additionalEmails": []}, path=("input",)),
    )
    assert await held(graph) == {"a@x.org": first, "b@x.org": second, "shared@x.org": second}


async def test_archived_addresses_are_free_until_they_are_needed_again(graph: Graph) -> None:
    """A restore claims them, and is refused where another record has one by then; a purge frees them."""
    first = await graph.create("contact", email="a@x.org", additionalEmails=["b@x.org"])
    await graph.write(Archive(by=by("id", first)))
    assert await held(graph) == {}
    await graph.write(Restore(by=by("id", first)))
    assert await held(graph) == {"a@x.org": first, "b@x.org": first}
    await graph.write(Archive(by=by("id", first)))
    other = await graph.create("contact", email="b@x.org")
    (fault,) = await graph.refused(Restore(by=by("id", first)))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, other)
    assert "additionalEmails" in fault.message
    await graph.write(Purge(by=by("id", other)))
    await graph.write(Restore(by=by("id", first)))
    await graph.write(Purge(by=by("id", first)))
    assert await held(graph) == {}


async def test_of_those_who_race_for_an_address_one_gets_it(graph: Graph) -> None:
    """Half as their first one, half as a further one; the others are told who has it."""

    async def claim(number: int) -> str:
        values: dict[str, Any] = (
            {"email": "it@x.org"} if number % 2 else {"additionalEmails": [f"{number}@x.org", "it@x.org"]}
        )
        try:
            (made,) = await graph.write(contact(**values))
        except WriteRefused as refused:
            return ", ".join(fault.code for fault in refused.faults)
        return made.id

    answers = await asyncio.gather(*(claim(number) for number in range(12)))
    winner = (await held(graph))["it@x.org"]
    assert sorted(answers) == sorted([winner, *["CONFLICT"] * 11])
    assert await graph.value("MATCH (r:Contact) RETURN count(r)") == 1
