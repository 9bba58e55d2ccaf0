"""Activities: what they reach besides the record that they are logged on, and the times that they give."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from graphdb.values import from_epoch
from graphdb.writer.apply import Writer
from graphdb.writer.automatic.activities import REACHED_MAX
from graphdb.writer.operations import Archive, Create, Dissociate, Merge, Purge, Ref, Restore, Update

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.graphdb.conftest import Graph

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def ref(object_type: str, record_id: str) -> Ref:
    return Ref(type=object_type, key="id", value=record_id)


def logged(graph: Graph, kind: str, when: datetime | None, on: tuple[str, str], **values: Any) -> Create:
    """An activity that is logged on a record."""
    name = {"email": "subject", "note": "body", "communication": "body"}.get(kind, "title")
    own = {name: "x", **({"occurredAt": when} if when else {}), **values}
    return Create(type=kind, values=own, links=(graph.link(kind, *on),), path=("input",))


async def write(graph: Graph, *operations: Any) -> list[str]:
    """Write at the moment; the ids."""
    outcomes = await graph.write(*operations, writer=Writer(graph.catalog, now=lambda: NOW))
    return [outcome.id for outcome in outcomes]


async def times(graph: Graph, record_id: str) -> tuple[datetime | None, datetime | None]:
    """When a record was last contacted, and when its latest activity took place."""
    text = (
        "MATCH (n:Record {id: $p.id}) "
        "RETURN datetime(n.lastContactedAt).epochMillis, datetime(n.lastActivityAt).epochMillis"
    )
    ((contacted, active),) = await graph.rows(text, id=record_id)
    return (
        None if contacted is None else from_epoch(contacted),
        None if active is None else from_epoch(active),
    )


async def neighbours(graph: Graph, record_id: str) -> set[str]:
    return {row[0] for row in await graph.rows("MATCH (:Record {id: $p.id})--(o:Record) RETURN o.id", id=record_id)}


async def test_an_activity_on_a_contact_reaches_its_primary_company_and_open_deals(
    graph: Graph, associate: Callable[..., Any]
) -> None:
    contact, primary, other = (
        await graph.create("contact"),
        await graph.create("company"),
        await graph.create("company"),
    )
    open_deal = await graph.create("deal", name="o", stage="ENGAGING")
    stageless = await graph.create("deal", name="s")
    closed = await graph.create("deal", name="c", stage="CLOSED_LOST")
    await graph.write(
        associate("contact", contact, "company", primary, "primary"),
        associate("contact", contact, "company", other, "billing"),
        *(associate("contact", contact, "deal", deal) for deal in (open_deal, stageless, closed)),
    )
    (call,) = await write(graph, logged(graph, "call", NOW - DAY, ("contact", contact)))
    assert await neighbours(graph, call) == {contact, primary, open_deal, stageless}
    for record_id in (contact, primary, open_deal, stageless):
        assert await times(graph, record_id) == (NOW - DAY, NOW - DAY)
    for record_id in (other, closed):
        assert await times(graph, record_id) == (None, None)


async def test_of_many_open_deals_the_newest_are_reached(graph: Graph, associate: Callable[..., Any]) -> None:
    contact = await graph.create("contact")
    deals = [await graph.create("deal", name=str(number)) for number in range(REACHED_MAX + 2)]
    await graph.write(*(associate("contact", contact, "deal", deal) for deal in deals))
    (call,) = await write(graph, logged(graph, "call", NOW, ("contact", contact)))
    assert await neighbours(graph, call) == {contact, *deals[-REACHED_MAX:]}


async def test_what_is_made_in_the_same_request_is_reached_and_what_was_parted_stays_so(
    graph: Graph, associate: Callable[..., Any]
) -> None:
    company = Create(type="company", values={"name": "c"}, path=("input", "company"))
    contact_company = graph.catalog.side_between("contact", "company")
    call_contact = graph.catalog.side_between("call", "contact")
    assert contact_company is not None
    assert call_contact is not None
    (contact,) = await write(
        graph,
        Create(
            type="contact",
            values={},
            links=(replace(graph.link("contact", "company", ""), to=company, labels=("primary",)),),
        ),
    )
    ((company_id,),) = await graph.rows("MATCH (c:Company) RETURN c.id")
    (call,) = await write(graph, logged(graph, "call", NOW, ("contact", contact)))
    assert await neighbours(graph, call) == {contact, company_id}
    await write(graph, Dissociate(start=ref("call", call), to=ref("company", company_id)))
    await write(graph, associate("call", call, "contact", contact))
    assert await neighbours(graph, call) == {contact}
    await write(graph, Dissociate(start=ref("call", call), to=ref("contact", contact)))
    await write(graph, associate("call", call, "contact", contact))
    assert await neighbours(graph, call) == {contact, company_id}


async def test_the_latest_past_contact_counts(graph: Graph) -> None:
    contact = await graph.create("contact")
    on = ("contact", contact)
    await write(graph, logged(graph, "call", NOW - 3 * DAY, on), logged(graph, "email", NOW - 2 * DAY, on))
    await write(graph, logged(graph, "meeting", NOW - 5 * DAY, on), logged(graph, "meeting", NOW + DAY, on))
    await write(graph, logged(graph, "note", NOW - DAY, on), logged(graph, "call", None, on))
    assert await times(graph, contact) == (NOW - 2 * DAY, NOW - DAY)


async def test_a_moved_activity_moves_the_times(graph: Graph) -> None:
    contact = await graph.create("contact")
    on = ("contact", contact)
    call, email = await write(graph, logged(graph, "call", NOW - DAY, on), logged(graph, "email", NOW - 3 * DAY, on))

    async def moved(object_type: str, record_id: str, when: datetime | None) -> datetime | None:
        await write(graph, Update(by=ref(object_type, record_id), values={"occurredAt": when}))
        contacted, active = await times(graph, contact)
        assert contacted == active
        return contacted

    assert await moved("call", call, NOW - 5 * DAY) == NOW - 3 * DAY
    assert await moved("email", email, NOW - 4 * DAY) == NOW - 4 * DAY
    assert await moved("email", email, NOW + DAY) == NOW - 5 * DAY
    assert await moved("call", call, None) is None
    assert await moved("call", call, NOW - DAY) == NOW - DAY


async def test_times_fall_back_when_an_activity_leaves_and_come_back_with_it(graph: Graph) -> None:
    contact = await graph.create("contact")
    on = ("contact", contact)
    call, email = await write(graph, logged(graph, "call", NOW - DAY, on), logged(graph, "email", NOW - 3 * DAY, on))
    await write(graph, Archive(by=ref("call", call)))
    assert await times(graph, contact) == (NOW - 3 * DAY, NOW - 3 * DAY)
    await write(graph, Restore(by=ref("call", call)))
    assert await times(graph, contact) == (NOW - DAY, NOW - DAY)
    await write(graph, Dissociate(start=ref("call", call), to=ref("contact", contact)))
    assert await times(graph, contact) == (NOW - 3 * DAY, NOW - 3 * DAY)
    await write(graph, Purge(by=ref("email", email)))
    assert await times(graph, contact) == (None, None)


async def test_a_time_that_somebody_wrote_stays(graph: Graph) -> None:
    contact = await graph.create("contact")
    on = ("contact", contact)
    (call,) = await write(graph, logged(graph, "call", NOW - 3 * DAY, on))
    await write(graph, Update(by=ref("contact", contact), values={"lastContactedAt": NOW - DAY}))
    await write(graph, logged(graph, "call", NOW - 2 * DAY, on), Archive(by=ref("call", call)))
    assert await times(graph, contact) == (NOW - DAY, NOW - 2 * DAY)


async def test_a_merged_contact_has_the_latest_time_of_both(graph: Graph) -> None:
    first, second = await graph.create("contact"), await graph.create("contact")
    await write(
        graph,
        logged(graph, "call", NOW - 3 * DAY, ("contact", first)),
        logged(graph, "call", NOW - DAY, ("contact", second)),
    )
    await write(graph, Merge(winner=ref("contact", first), loser=ref("contact", second)))
    assert await times(graph, first) == (NOW - DAY, NOW - DAY)


async def test_what_follows_counts_as_a_write_of_the_record(graph: Graph) -> None:
    """Others who read the contact before are told by ``ifUpdatedAt``."""
    contact = await graph.create("contact")
    text = "MATCH (n:Contact) RETURN n.rev, datetime(n.updatedAt).epochMillis"
    ((rev, updated),) = await graph.rows(text)
    await graph.write(logged(graph, "call", NOW - 300 * DAY, ("contact", contact)))
    ((rev_after, updated_after),) = await graph.rows(text)
    assert (rev, rev_after) == (1, 2)
    assert updated_after > updated


async def test_calls_logged_at_once_leave_the_latest_time(graph: Graph, associate: Callable[..., Any]) -> None:
    """On a contact, its company and its deal from all three sides, by many writers."""
    contact, company = await graph.create("contact"), await graph.create("company")
    deal = await graph.create("deal", name="d")
    await graph.write(
        associate("contact", contact, "company", company, "primary"),
        associate("contact", contact, "deal", deal),
        associate("deal", deal, "company", company, "primary"),
    )
    places = (("contact", contact), ("company", company), ("deal", deal))
    await asyncio.gather(*(write(graph, logged(graph, "call", NOW - n * DAY, places[n % 3])) for n in range(18)))
    assert await times(graph, contact) == (NOW, NOW)
    assert await times(graph, deal) == (NOW, NOW)
    assert await times(graph, company) == (NOW, NOW)
    pairs = "MATCH (a:Call)-[r:CALL_COMPANY|COMPANY_CALL]-(:Company) RETURN count(r), count(DISTINCT a.id)"
    assert await graph.rows(pairs) == [[18, 18]]
