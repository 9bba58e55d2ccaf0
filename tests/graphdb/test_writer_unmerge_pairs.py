"""Merges undone: which associations return, which stay, and what follows from them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from graphdb.errors import FaultCode
from graphdb.writer.operations import (
    Archive,
    Create,
    Purge,
    Restore,
    SetLabels,
)
from tests.unmerging import UNIT, changed, figures, joined, merge, pairs, parted, ref, refused, shown, sound, undo

if TYPE_CHECKING:
    from tests.graphdb.conftest import Graph


async def test_associations_return_to_whom_they_came_from(graph: Graph) -> None:
    """Those that both had stay with both, labels too; the loser's labels that had no room return as well."""
    a, b = await graph.create("contact"), await graph.create("contact")
    shared, own, theirs = [await graph.create("company") for _ in range(3)]
    await graph.write(
        joined("contact", a, "company", shared, "billing"),
        joined("contact", a, "company", own, "primary"),
        joined("contact", b, "company", shared, "billing"),
        joined("contact", b, "company", theirs, "primary", "billing"),
        joined("contact", a, "contact", b, "manager"),
    )
    before = await sound(graph)
    since = "MATCH (:Record)-[r:CONTACT_COMPANY]->(:Record) RETURN datetime(r.createdAt).epochMillis"
    times = await shown(graph, since)
    await graph.write(merge(a, b))
    await graph.write(undo(b))
    assert await sound(graph) == before
    assert await shown(graph, since) == times


async def test_what_became_of_associations_since_stays(graph: Graph) -> None:
    """Made on the survivor: with it. Taken off or parted: gone, also where it was joined anew."""
    a, b = await graph.create("contact"), await graph.create("contact")
    shared, kept, gone, anew, unlabelled, new = [await graph.create("company") for _ in range(6)]
    await graph.write(joined("contact", a, "company", shared))
    await graph.write(
        joined("contact", b, "company", shared, "billing"),
        *(joined("contact", b, "company", one, "billing") for one in (kept, gone, anew, unlabelled)),
    )
    await graph.write(merge(a, b))
    await graph.write(parted("contact", a, "company", gone), parted("contact", a, "company", anew))
    await graph.write(
        joined("contact", a, "company", kept, "primary"),
        joined("contact", a, "company", anew, "billing"),
        joined("contact", a, "company", new),
        SetLabels(start=ref("contact", a), to=ref("company", unlabelled)),
    )
    await graph.write(undo(b))
    assert await pairs(graph) == {
        (a, shared): (),
        (b, shared): ("billing",),
        (a, kept): ("primary",),
        (b, kept): ("billing",),
        (a, anew): ("billing",),
        (a, new): (),
        (b, unlabelled): (),
    }


@pytest.mark.parametrize("first", [0, 3])
async def test_pairs_of_one_type_turn_back(graph: Graph, first: int) -> None:
    """Whichever id is the smaller, labels keep their meaning."""
    ids = sorted([await graph.create("contact") for _ in range(4)])
    winner, loser = ids[first], ids[3 - first]
    await graph.write(
        joined("contact", loser, "contact", ids[1], "manager"),
        joined("contact", loser, "contact", ids[2], "direct_report", "colleague"),
        joined("contact", winner, "contact", ids[2], "manager"),
        joined("contact", winner, "contact", loser, "colleague", "manager"),
    )
    before = await sound(graph)
    await graph.write(merge(winner, loser))
    await graph.write(undo(loser))
    assert await sound(graph) == before


async def test_a_label_with_room_for_one_stays_with_who_has_it_by_then(graph: Graph) -> None:
    """The loser's primary contact has another primary company by now; the association itself returns."""
    a, b, c = [await graph.create("company", name=one) for one in "abc"]
    one, two = await graph.create("contact"), await graph.create("contact")
    await graph.write(*(joined("contact", contact, "company", b, "primary") for contact in (one, two)))
    await graph.write(merge(a, b, kind="company"))
    await graph.write(joined("contact", two, "company", c, "primary"))
    await graph.write(undo(b, "company"))
    assert await pairs(graph) == {(one, b): ("primary",), (two, b): (), (two, c): ("primary",)}


async def test_the_other_end_archived_restored_purged_since(graph: Graph) -> None:
    """Archived, it comes back to the loser when it is restored; purged, it is gone, and so is its trace."""
    a, b = await graph.create("contact"), await graph.create("contact")
    archived, restored, purged = [await graph.create("company", name=one) for one in "arp"]
    await graph.write(*(joined("contact", b, "company", one, "billing") for one in (archived, restored, purged)))
    await graph.write(Archive(by=ref("company", restored)))
    await graph.write(merge(a, b))
    await graph.write(Archive(by=ref("company", archived)))
    await graph.write(Restore(by=ref("company", restored)))
    assert purged in str(await graph.rows("MATCH (m:_Merge) RETURN m.ties"))
    await graph.write(Purge(by=ref("company", purged)))
    assert purged not in str(await graph.rows("MATCH (m:_Merge) RETURN properties(m)"))
    await graph.write(undo(b))
    state = await sound(graph)
    assert state.pairs == {("CONTACT_COMPANY", b, restored): ("billing",)}
    assert state.waiting == {("CONTACT_COMPANY", b, archived): ("billing",)}
    await graph.write(Restore(by=ref("company", archived)))
    assert await pairs(graph) == {(b, restored): ("billing",), (b, archived): ("billing",)}


@pytest.mark.parametrize("own", [False, True])
async def test_the_other_end_merged_since(graph: Graph, *, own: bool) -> None:
    """That merge is undone first, for it tells which association came from whom; then everything is as it was."""
    a, b = await graph.create("contact"), await graph.create("contact")
    old, now = await graph.create("company", name="old"), await graph.create("company", name="now")
    await graph.write(joined("contact", b, "company", old, "billing"))
    if own:
        await graph.write(joined("contact", a, "company", now, "primary"))
    before = await sound(graph)
    await graph.write(merge(a, b))
    await graph.write(merge(now, old, kind="company"))
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, old)
    assert f"undo it first: unmerge {old}" in fault.message
    await graph.write(undo(old, "company"), undo(b))
    assert await sound(graph) == before
    await graph.write(merge(now, old, kind="company"))
    await graph.write(merge(a, b))
    fault = await refused(graph, undo(old, "company"))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, b)
    await graph.write(undo(b), undo(old, "company"))
    assert await sound(graph) == before


async def test_another_record_merged_into_the_other_end_since(graph: Graph) -> None:
    """If the survivor was associated with both, that merge is undone first; else it does not matter."""
    a, b = await graph.create("contact"), await graph.create("contact")
    known, strange, company = [await graph.create("company", name=one) for one in "ksc"]
    await graph.write(joined("contact", b, "company", company, "billing"), joined("contact", a, "company", known))
    before = await sound(graph)
    await graph.write(merge(a, b), merge(company, strange, kind="company"))
    merged = merge(company, known, kind="company")
    await graph.write(merged)
    fault = await refused(graph, undo(b))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, known)
    await graph.write(undo(known, "company"))
    await graph.write(undo(b))
    await graph.write(undo(strange, "company"))
    assert await sound(graph) == before


async def test_associations_that_must_be_there(graph: Graph) -> None:
    """A quote that would return, or stay, without a deal: refused, with what to do first."""
    deals = [await graph.create("deal", name=str(number)) for number in range(3)]
    quotes = [
        (await graph.write(Create(type="quote", values={"title": "q"}, links=(graph.link("quote", "deal", deal),))))[
            0
        ].id
        for deal in deals[:2]
    ]
    await graph.write(merge(*quotes, kind="quote"))
    await graph.write(parted("quote", quotes[0], "deal", deals[0]))
    fault = await refused(graph, undo(quotes[1], "quote"))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, quotes[0])
    assert fault.message.endswith("associate it with another one first")
    await graph.write(joined("quote", quotes[0], "deal", deals[2]), parted("quote", quotes[0], "deal", deals[1]))
    fault = await refused(graph, undo(quotes[1], "quote"))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, quotes[0])
    assert "none that" in fault.message


async def test_a_quote_follows_its_deal_back(graph: Graph) -> None:
    """What requires the association has it at every moment."""
    first, second = await graph.create("deal", name="a"), await graph.create("deal", name="b")
    (quote,) = await graph.write(
        Create(type="quote", values={"title": "q"}, links=(graph.link("quote", "deal", second),))
    )
    await graph.write(merge(first, second, kind="deal"))
    await graph.write(undo(second, "deal"))
    assert await pairs(graph) == {(second, quote.id): ()}


async def test_totals_are_worked_out_anew(graph: Graph) -> None:
    """Of both, from the line items as they are by then; a total that somebody wrote stays."""
    first, second = await graph.create("deal", name="a"), await graph.create("deal", name="b")
    lines = [
        (
            await graph.write(
                Create(
                    type="line_item",
                    values={"name": "x", "quantity": 1.0, "price": price * UNIT},
                    links=(graph.link("line_item", "deal", deal),),
                )
            )
        )[0].id
        for deal, price in ((first, 1), (second, 2), (second, 4))
    ]
    amounts = "MATCH (d:Deal) RETURN d.id, d.amount"
    await graph.write(merge(first, second, kind="deal"))
    assert await figures(graph, amounts) == {first: 7 * UNIT}
    await graph.write(changed(lines[1], "line_item", price=20 * UNIT))
    await graph.write(Archive(by=ref("line_item", lines[2])))
    await graph.write(undo(second, "deal"))
    assert await figures(graph, amounts) == {first: UNIT, second: 20 * UNIT}
    await graph.write(Restore(by=ref("line_item", lines[2])))
    assert await figures(graph, amounts) == {first: UNIT, second: 24 * UNIT}
    await graph.write(changed(second, "deal", amount=9 * UNIT))
    await graph.write(merge(first, second, "amount", kind="deal"))
    await graph.write(undo(second, "deal"))
    assert await figures(graph, amounts) == {first: UNIT, second: 9 * UNIT}


async def test_line_items_that_were_merged_count_again(graph: Graph) -> None:
    deal = await graph.create("deal", name="a")
    one, two = [
        (
            await graph.write(
                Create(
                    type="line_item",
                    values={"name": "x", "quantity": 1.0, "price": price * UNIT},
                    links=(graph.link("line_item", "deal", deal),),
                )
            )
        )[0].id
        for price in (1, 2)
    ]
    before = await sound(graph)
    await graph.write(merge(one, two, "price", "amount", kind="line_item"))
    assert await graph.value("MATCH (d:Deal) RETURN d.amount") == 2 * UNIT
    await graph.write(undo(two, "line_item"))
    assert await sound(graph) == before


async def test_the_last_contact_is_worked_out_anew(graph: Graph) -> None:
    """Of both, from the activities as they are by then."""
    now = datetime.now(UTC).replace(microsecond=0)
    days = [now - timedelta(days=day) for day in range(10)]
    a, b = await graph.create("contact"), await graph.create("contact")
    theirs, moved = await graph.create("call", occurredAt=days[5]), await graph.create("call", occurredAt=days[3])
    await graph.write(joined("call", theirs, "contact", b), joined("call", moved, "contact", b))
    await graph.write(merge(a, b))
    own = await graph.create("call", occurredAt=days[8])
    await graph.write(joined("call", own, "contact", a))
    await graph.write(changed(moved, "call", occurredAt=days[7]))
    await graph.write(undo(b))
    state = await sound(graph)
    wanted = {a: days[8], b: days[5]}
    for record_id, time in wanted.items():
        values = state.live[record_id][1]
        assert (values["lastContactedAt"], values["lastActivityAt"]) == (time, time)


async def test_what_the_log_says(graph: Graph) -> None:
    """The undoing at the survivor, the return of the loser, the values and the associations of both."""
    a, b = await graph.create("contact"), await graph.create("contact", lastName="L")
    shared, theirs = await graph.create("company"), await graph.create("company")
    await graph.write(joined("contact", a, "company", shared))
    await graph.write(joined("contact", b, "company", shared, "billing"), joined("contact", b, "company", theirs))
    await graph.write(merge(a, b))
    known = {row[0] for row in await graph.rows("MATCH (e:_Change) RETURN e.id")}
    await graph.write(undo(b))
    rows = await graph.rows("MATCH (e:_Change) RETURN e.id, e.kind, e.record, e.rev, e.far, e.data ORDER BY e.id")
    assert [row[1:] for row in rows if row[0] not in known] == [
        ["UNMERGED", a, 3, b, None],
        ["UPDATED", a, 3, None, '[["L",null]]'],
        ["RESTORED", b, 2, None, None],
        *sorted(
            [["LABELS_CHANGED", a, None, shared, None], ["DISSOCIATED", a, None, theirs, None]],
            key=lambda row: str(row[3]),
        ),
        *sorted(
            [["ASSOCIATED", b, None, shared, None], ["ASSOCIATED", b, None, theirs, None]], key=lambda row: str(row[3])
        ),
    ]
    shown = await graph.rows("MATCH (e:_Change) WHERE e.of IS NOT NULL RETURN e.of, e.record, e.kind ORDER BY e.at")
    assert [row for row in shown if row[0] == b] == [[b, b, "CREATED"]]
    assert [row[1:] for row in shown if row[0] == a] == [[a, "UPDATED"], [a, "UPDATED"]]


async def test_histories_part_over_several_merges(graph: Graph) -> None:
    a, b, c = [await graph.create("contact", city=one) for one in "abc"]
    await graph.write(merge(b, c))
    await graph.write(merge(a, b))
    shown = "MATCH (e:_Change {kind: 'CREATED'}) WHERE e.of IS NOT NULL RETURN e.record, e.of"
    assert await figures(graph, shown) == {a: a, b: a, c: a}
    await graph.write(undo(b))
    assert await figures(graph, shown) == {a: a, b: b, c: b}
    await graph.write(undo(c))
    assert await figures(graph, shown) == {a: a, b: b, c: c}
