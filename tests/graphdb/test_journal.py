"""What each transaction leaves in the change log: every change once, in the transaction of its effect."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from graphdb.cypher.statement import Statement
from graphdb.errors import WriteRefused
from graphdb.journal.entries import Journal, Kind, Origin, Source
from graphdb.writer.operations import (
    Archive,
    Create,
    Dissociate,
    Merge,
    Purge,
    Ref,
    Restore,
    SetLabels,
    Update,
    Upsert,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.writer.operations import Associate
    from tests.graphdb.conftest import Graph

    MakeAssociate = Callable[..., Associate]

ENTRIES = (
    "MATCH (e:_Change) WITH e ORDER BY e.at, e.id RETURN e.kind, e.type, e.record, e.rev, e.props, e.data, "
    "e.farType, e.far, e.labels, e.labelsBefore"
)


def update(record_id: str, **values: Any) -> Update:
    return Update(by=Ref(type="contact", key="id", value=record_id), values=values)


async def entries(graph: Graph) -> list[list[Any]]:
    """Every entry in the order in which they were made; of values, ``{property: [before, after]}``."""
    found = []
    for kind, object_type, record, rev, props, data, *association in await graph.rows(ENTRIES):
        values = dict(zip(props, orjson.loads(data), strict=True)) if data else None
        far_type, far_id, labels, before = association
        ends = [] if far_type is None else [far_type, far_id]
        far = [*ends, labels or [], before or []] if ends and kind != "MERGED" else ends
        found.append([kind, object_type, record, rev, values, *far])
    return found


async def emptied(graph: Graph) -> None:
    """Forget what the preparation of a test left."""
    await graph.store.write(lambda tx: tx.run(Statement("MATCH (e:_Change) DELETE e")))


async def test_a_new_record_is_logged_with_its_values_as_clients_see_them(graph: Graph) -> None:
    moment = datetime(2026, 11, 22, 9, 8, 7, 654321, tzinfo=UTC)
    contact = await graph.create(
        "contact", email=" ADA@x.org", birthDate=date(1815, 12, 10), lastContactedAt=moment, emailOptOut=False
    )
    deal = await graph.create("deal", name="d", amount=125_000)
    first, second = await entries(graph)
    values = {
        "email": [None, "ada@x.org"],
        "birthDate": [None, "1815-12-10"],
        "lastContactedAt": [None, "2026-11-22T09:08:07.654Z"],
        "emailOptOut": [None, False],
    }
    assert first == ["CREATED", "contact", contact, 1, values]
    assert second[:4] == ["CREATED", "deal", deal, 1]
    assert second[4]["amount"] == [None, "12.50"]


async def test_an_update_is_logged_with_old_and_new_values_of_what_changed(graph: Graph) -> None:
    contact = await graph.create("contact", firstName="Ada", city="London", jobTitle="Countess")
    await emptied(graph)
    await graph.write(update(contact, firstName="Ada", city="Turin", jobTitle=None))
    changed = {"city": ["London", "Turin"], "jobTitle": ["Countess", None]}
    assert await entries(graph) == [["UPDATED", "contact", contact, 2, changed]]


async def test_what_changes_nothing_is_not_logged(graph: Graph, associate: MakeAssociate) -> None:
    contact = await graph.create("contact", email="ada@x.org", firstName="Ada")
    company = await graph.create("company", name="x")
    await graph.write(associate("contact", contact, "company", company, "billing"))
    await emptied(graph)
    await graph.write(update(contact, firstName="Ada"))
    await graph.write(Upsert(type="contact", key="email", values={"email": "ada@x.org", "firstName": "Ada"}))
    await graph.write(associate("contact", contact, "company", company, "billing"))
    assert await entries(graph) == []


async def test_a_refused_write_is_not_logged(graph: Graph) -> None:
    await graph.create("contact", email="ada@x.org")
    await emptied(graph)
    with pytest.raises(WriteRefused):
        await graph.write(
            Create(type="contact", values={"email": "b@x.org"}), Create(type="contact", values={"email": "ada@x.org"})
        )
    assert await entries(graph) == []


async def test_operations_on_one_record_in_one_transaction_are_one_entry(graph: Graph) -> None:
    contact = await graph.create("contact", firstName="Ada")
    await emptied(graph)
    await graph.write(update(contact, firstName="A", city="Turin"), update(contact, firstName="Augusta"))
    changed = {"firstName": ["Ada", "Augusta"], "city": [None, "Turin"]}
    assert await entries(graph) == [["UPDATED", "contact", contact, 2, changed]]


async def test_an_association_is_logged_once_with_both_ends_and_labels(graph: Graph, associate: MakeAssociate) -> None:
    contact, company = await graph.create("contact"), await graph.create("company", name="x")
    await emptied(graph)
    await graph.write(associate("company", company, "contact", contact, "billing"))
    await graph.write(associate("contact", contact, "company", company, "primary"))
    assert await entries(graph) == [
        ["ASSOCIATED", "contact", contact, None, None, "company", company, ["billing"], []],
        ["LABELS_CHANGED", "contact", contact, None, None, "company", company, ["primary", "billing"], ["billing"]],
    ]


async def test_a_label_that_moves_is_logged_at_both_pairs(graph: Graph, associate: MakeAssociate) -> None:
    contact = await graph.create("contact")
    old, new = await graph.create("company", name="old"), await graph.create("company", name="new")
    await graph.write(associate("contact", contact, "company", old, "primary"))
    await emptied(graph)
    await graph.write(associate("contact", contact, "company", new, "primary"))
    assert sorted(await entries(graph), key=lambda entry: str(entry[0])) == [
        ["ASSOCIATED", "contact", contact, None, None, "company", new, ["primary"], []],
        ["LABELS_CHANGED", "contact", contact, None, None, "company", old, [], ["primary"]],
    ]


async def test_a_paired_label_says_what_the_other_record_is(graph: Graph, associate: MakeAssociate) -> None:
    small, large = sorted([await graph.create("contact"), await graph.create("contact")])
    await emptied(graph)
    await graph.write(associate("contact", small, "contact", large, "manager"))
    await graph.write(associate("contact", small, "contact", large, "direct_report"))
    first, second = await entries(graph)
    assert first == ["ASSOCIATED", "contact", small, None, None, "contact", large, ["manager"], []]
    assert (sorted(second[7]), second[8]) == (["direct_report", "manager"], ["manager"])


async def test_an_entry_says_who_and_which_way(graph: Graph) -> None:
    operation = Create(type="contact", values={})
    origin = Origin(Source.IMPORT, "super_admin")
    await graph.store.write(lambda tx: graph.writer.apply(tx, [operation], origin))
    assert await graph.rows("MATCH (e:_Change) RETURN e.by, e.source") == [["super_admin", "IMPORT"]]


async def test_entries_hang_on_no_record_and_are_stamped_by_the_engine(graph: Graph) -> None:
    await graph.create("contact")
    await graph.create("contact")
    clock = "WITH datetime.realtime() AS now RETURN now.epochSeconds * 1000000 + now.microsecond"
    now = await graph.value(clock)
    (first, links), (second, _) = await graph.rows(
        "MATCH (e:_Change) WITH e ORDER BY e.at RETURN e.at, COUNT { (e)--() }"
    )
    assert links == 0
    assert now - 60_000_000 < first < second < now


async def test_what_happens_to_a_record_as_a_whole_is_noted_without_values(graph: Graph) -> None:
    contact = graph.catalog.by_name["contact"]
    journal = Journal(Origin())
    journal.noted(Kind.ARCHIVED, contact, "a" * 32, 2)
    journal.noted(Kind.MERGED, contact, "a" * 32, 3, other="b" * 32)
    association = next(one for one in graph.catalog.associations if (one.start, one.end) == ("contact", "company"))
    journal.related(association, "a" * 32, "c" * 32, before=["billing"], after=None)
    journal.related(association, "a" * 32, "d" * 32, before=["billing"], after=["billing"])
    await graph.store.write(journal.write)
    assert await entries(graph) == [
        ["ARCHIVED", "contact", "a" * 32, 2, None],
        ["MERGED", "contact", "a" * 32, 3, None, "contact", "b" * 32],
        ["DISSOCIATED", "contact", "a" * 32, None, None, "company", "c" * 32, [], ["billing"]],
    ]


async def test_archives_restores_and_purges_are_logged(graph: Graph) -> None:
    contact = await graph.create("contact", firstName="Ada")
    by = Ref(type="contact", key="id", value=contact)
    await emptied(graph)
    for operation in (Archive(by=by), Restore(by=by), Purge(by=by)):
        await graph.write(operation)
    assert await entries(graph) == [
        ["ARCHIVED", "contact", contact, 2, None],
        ["RESTORED", "contact", contact, 3, None],
        ["PURGED", "contact", contact, None, None],
    ]


async def test_a_label_that_a_restored_record_lost_meanwhile_is_logged(graph: Graph, associate: MakeAssociate) -> None:
    """Who follows the log would else go on showing it at a pair that no longer has it."""
    contact = await graph.create("contact")
    old, new = await graph.create("company", name="old"), await graph.create("company", name="new")
    by = Ref(type="company", key="id", value=old)
    await graph.write(associate("contact", contact, "company", old, "primary", "billing"))
    await graph.write(Archive(by=by))
    await graph.write(associate("contact", contact, "company", new, "primary"))
    await emptied(graph)
    await graph.write(Restore(by=by))
    assert await entries(graph) == [
        ["RESTORED", "company", old, 3, None],
        ["LABELS_CHANGED", "contact", contact, None, None, "company", old, ["billing"], ["primary", "billing"]],
    ]


async def test_a_merge_is_logged_with_the_values_and_the_pairs_that_it_moved(
    graph: Graph, associate: MakeAssociate
) -> None:
    winner, loser = await graph.create("contact", firstName="Ada"), await graph.create("contact", city="London")
    shared, other = await graph.create("company", name="s"), await graph.create("company", name="o")
    await graph.write(associate("contact", winner, "company", shared))
    await graph.write(associate("contact", loser, "company", shared, "billing"))
    await graph.write(associate("contact", loser, "company", other))
    await emptied(graph)
    refs = [Ref(type="contact", key="id", value=one) for one in (winner, loser)]
    await graph.write(Merge(winner=refs[0], loser=refs[1]))
    first, second, *pairs = await entries(graph)
    assert first == ["MERGED", "contact", winner, 2, None, "contact", loser]
    assert second == ["UPDATED", "contact", winner, 2, {"city": [None, "London"]}]
    assert sorted(pairs, key=lambda pair: str(pair[0])) == [
        ["ASSOCIATED", "contact", winner, None, None, "company", other, [], []],
        ["LABELS_CHANGED", "contact", winner, None, None, "company", shared, ["billing"], []],
    ]


async def test_what_is_parted_or_set_anew_is_logged(graph: Graph, associate: MakeAssociate) -> None:
    contact, company = await graph.create("contact"), await graph.create("company", name="x")
    await graph.write(associate("contact", contact, "company", company, "billing"))
    await emptied(graph)
    start, to = Ref(type="contact", key="id", value=contact), Ref(type="company", key="id", value=company)
    await graph.write(SetLabels(start=start, to=to, labels=("primary",)))
    await graph.write(Dissociate(start=start, to=to))
    assert await entries(graph) == [
        ["LABELS_CHANGED", "contact", contact, None, None, "company", company, ["primary"], ["billing"]],
        ["DISSOCIATED", "contact", contact, None, None, "company", company, [], ["primary"]],
    ]
