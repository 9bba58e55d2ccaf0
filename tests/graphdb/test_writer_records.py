"""Records as the writer leaves them in the graph."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.cypher.statement import Statement
from graphdb.errors import FaultCode
from graphdb.ids import mint
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Ref, Update, Upsert

if TYPE_CHECKING:
    from graphdb.store import Rows, Transaction
    from graphdb.writer.operations import Outcome
    from tests.graphdb.conftest import Graph

HOSTILE = [
    'O\'Brien "the" `tick`',
    "\\u0060 $p {id: 1} //",
    "']->() DETACH DELETE n //",
    "line\nbreak\r\nand\ttab",
    "\U0001f600 \U00020000 é e\u0301",
    "nul\x00inside",
    "\u202eright to left",
    "x" * 1_000,
]


def by_id(object_type: str, record_id: str) -> Ref:
    return Ref(type=object_type, key="id", value=record_id, path=("by", "id"))


def update(object_type: str, record_id: str, **values: Any) -> Update:
    return Update(by=by_id(object_type, record_id), values=values, path=("input",))


def upsert(email: str, **values: Any) -> Upsert:
    return Upsert(type="contact", key="email", values={"email": email, **values}, path=("input",))


async def test_a_new_record_has_both_labels_its_values_times_and_a_revision(graph: Graph) -> None:
    moment = datetime(2026, 11, 22, 9, 8, 7, 654321, tzinfo=UTC)
    writer = Writer(graph.catalog, now=lambda: moment)
    (outcome,) = await graph.write(Create(type="contact", values={"email": " ADA@x.org", "city": ""}), writer=writer)
    assert (outcome.created, outcome.changed) == (True, True)
    ((labels, email, city, created, updated, rev),) = await graph.rows(
        "MATCH (n:Record {id: $p.id}) RETURN labels(n), n.email, n.city, datetime(n.createdAt).epochMillis, "
        "datetime(n.updatedAt).epochMillis, n.rev",
        id=outcome.id,
    )
    assert set(labels) == {"Record", "Contact"}
    assert (email, city, rev) == ("ada@x.org", None, 1)
    assert created == updated == int(moment.timestamp() * 1000)


async def test_every_type_of_value_comes_back_as_it_was_stored(graph: Graph) -> None:
    values = {
        "score": 1.5,
        "age": 2**53 - 1,
        "birthDate": date(1815, 12, 10),
        "lastContactedAt": datetime(1, 1, 1, tzinfo=UTC),
        "emailOptOut": False,
        "buyingRole": [graph.catalog.option_sets_by_name["BuyingRole"].options[0].name],
        "description": "a\nb",
    }
    record_id = await graph.create("contact", **values)
    (again,) = await graph.write(update("contact", record_id, **values))
    assert not again.changed
    deal = await graph.create("deal", name="d", amount=-(10**16) + 1)
    assert await graph.value("MATCH (n:Deal {id: $p.id}) RETURN n.amount", id=deal) == -(10**16) + 1


@pytest.mark.parametrize("text", HOSTILE)
async def test_hostile_text_is_a_value_like_any_other(graph: Graph, text: str) -> None:
    record_id = await graph.create("contact", firstName=text, externalId=text)
    assert await graph.rows("MATCH (n:Contact {id: $p.id}) RETURN n.firstName, n.externalId", id=record_id) == [
        [text.strip(), text.strip()]
    ]
    found = Ref(type="contact", key="externalId", value=text)
    (outcome,) = await graph.write(Update(by=found, values={"firstName": "tamed"}))
    assert outcome.id == record_id


async def test_an_update_changes_what_is_given_and_nothing_else(graph: Graph) -> None:
    record_id = await graph.create("contact", firstName="Ada", lastName="Byron", city="London")
    (outcome,) = await graph.write(update("contact", record_id, lastName="Lovelace", city=None))
    assert (outcome.id, outcome.created, outcome.changed) == (record_id, False, True)
    assert await graph.rows(
        "MATCH (n:Contact {id: $p.id}) RETURN n.firstName, n.lastName, n.city, n.rev", id=record_id
    ) == [["Ada", "Lovelace", None, 2]]


async def test_equal_values_change_nothing(graph: Graph) -> None:
    read = "MATCH (n:Contact) RETURN n.id, n.rev, datetime(n.updatedAt).epochMillis"
    (first,) = await graph.write(upsert("ada@x.org", firstName="Ada"))
    before = await graph.rows(read)
    (second,) = await graph.write(upsert("ADA@x.org ", firstName=" Ada", city=None))
    assert (first.created, first.changed) == (True, True)
    assert (second.id, second.created, second.changed) == (first.id, False, False)
    assert await graph.rows(read) == before


async def test_updated_at_rises_strictly_even_if_the_clock_stands_or_steps_back(graph: Graph) -> None:
    record_id = await graph.create("contact")
    read = "MATCH (n:Contact {id: $p.id}) RETURN datetime(n.updatedAt).epochMillis"
    times = [await graph.value(read, id=record_id)]
    for step in range(5):
        moment = datetime(2020, 1, 1, tzinfo=UTC) if step % 2 else datetime.now(UTC)
        writer = Writer(graph.catalog, now=lambda at=moment: at)  # type: ignore[misc]
        await graph.write(update("contact", record_id, firstName=str(step)), writer=writer)
        times.append(await graph.value(read, id=record_id))
    assert times == sorted(set(times))


async def test_markers_tell_exactly_the_indexed_properties_that_are_unset(graph: Graph) -> None:
    contact = graph.catalog.by_name["contact"]
    marked = {prop.name: prop.unset_marker for prop in contact.properties if prop.unset_marker is not None}

    async def markers(record_id: str) -> set[str]:
        keys = await graph.value("MATCH (n:Contact {id: $p.id}) RETURN keys(n)", id=record_id)
        return {key for key in keys if key.startswith("_u_")}

    record_id = await graph.create("contact", firstName="Ada", owner="Ann")
    assert await markers(record_id) == {m for name, m in marked.items() if name not in {"firstName", "owner"}}
    await graph.write(update("contact", record_id, firstName=None, lastName="Byron"))
    assert await markers(record_id) == {m for name, m in marked.items() if name not in {"lastName", "owner"}}


async def test_if_updated_at_refuses_a_record_that_changed_since(graph: Graph) -> None:
    record_id = await graph.create("contact", firstName="Ada")
    millis = await graph.value("MATCH (n:Contact) RETURN datetime(n.updatedAt).epochMillis")
    seen = datetime.fromtimestamp(millis / 1000, UTC)
    await graph.write(replace(update("contact", record_id, firstName="Bea"), if_updated_at=seen))
    (fault,) = await graph.refused(replace(update("contact", record_id, firstName="Cleo"), if_updated_at=seen))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, record_id)
    assert seen.isoformat(timespec="milliseconds") in fault.message
    assert await graph.value("MATCH (n:Contact) RETURN n.firstName") == "Bea"


@pytest.mark.parametrize(
    ("object_type", "key", "value"),
    [("contact", "id", "f" * 32), ("contact", "id", "'"), ("contact", "email", "nobody@x.org")],
)
async def test_a_record_that_is_not_there_is_not_found(graph: Graph, object_type: str, key: str, value: str) -> None:
    ref = Ref(type=object_type, key=key, value=value, path=("by", key))
    (fault,) = await graph.refused(Update(by=ref, values={}))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("by", key))


async def test_a_record_of_another_type_is_not_found(graph: Graph) -> None:
    company = await graph.create("company", name="Acme")
    (fault,) = await graph.refused(update("contact", company, firstName="x"))
    assert fault.code is FaultCode.NOT_FOUND


async def keys(graph: Graph) -> Rows:
    return await graph.rows("MATCH (k:_Key) OPTIONAL MATCH (k)-[:OF]->(n) RETURN k.k, k.of, n.id ORDER BY k.k")


async def test_a_taken_unique_value_is_a_conflict_that_names_who_has_it(graph: Graph) -> None:
    holder = await graph.create("contact", email="ada@x.org")
    (fault,) = await graph.refused(Create(type="contact", values={"email": "Ada@X.org"}, path=("input",)))
    assert (fault.code, fault.input, fault.conflicting_id) == (FaultCode.CONFLICT, ("input", "email"), holder)
    other = await graph.create("contact", email="bea@x.org")
    (fault,) = await graph.refused(update("contact", other, email="ada@x.org"))
    assert (fault.code, fault.input, fault.conflicting_id) == (FaultCode.CONFLICT, ("input", "email"), holder)
    assert await keys(graph) == [
        ["contact.email:ada@x.org", holder, holder],
        ["contact.email:bea@x.org", other, other],
    ]


async def test_a_unique_value_is_free_again_once_it_is_changed_or_unset(graph: Graph) -> None:
    first = await graph.create("contact", email="ada@x.org", externalId="7")
    await graph.write(update("contact", first, email="new@x.org", externalId=None))
    second = await graph.create("contact", email="ada@x.org", externalId="7")
    assert await keys(graph) == [
        ["contact.email:ada@x.org", second, second],
        ["contact.email:new@x.org", first, first],
        ["contact.externalId:7", second, second],
    ]


async def test_records_of_one_batch_can_hand_unique_values_over(graph: Graph) -> None:
    a, b = await graph.create("contact", email="a@x.org"), await graph.create("contact", email="b@x.org")
    (_, _, third) = await graph.write(
        update("contact", a, email="b@x.org"),
        update("contact", b, email="c@x.org"),
        Create(type="contact", values={"email": "a@x.org"}),
    )
    assert await keys(graph) == [
        ["contact.email:a@x.org", third.id, third.id],
        ["contact.email:b@x.org", a, a],
        ["contact.email:c@x.org", b, b],
    ]


async def test_two_records_of_one_batch_cannot_share_a_unique_value(graph: Graph) -> None:
    twins = [Create(type="contact", values={"email": "a@x.org"}, path=("inputs", place)) for place in range(2)]
    (fault,) = await graph.refused(*twins)
    assert (fault.code, fault.input) == (FaultCode.CONFLICT, ("inputs", 1, "email"))
    assert await keys(graph) == []


async def test_upserts_of_one_value_in_one_batch_make_one_record(graph: Graph) -> None:
    outcomes = await graph.write(upsert("a@x.org", city="Bonn"), upsert("A@x.org", owner="Ann"), upsert("a@x.org"))
    assert len({outcome.id for outcome in outcomes}) == 1
    assert [(one.created, one.changed) for one in outcomes] == [(True, True), (False, True), (False, False)]
    assert await graph.rows("MATCH (n:Contact) RETURN n.city, n.owner, n.rev") == [["Bonn", "Ann", 1]]


async def test_an_upsert_makes_a_record_only_with_all_that_it_requires(graph: Graph) -> None:
    bare = Upsert(type="quote", key="externalId", values={"externalId": "7"}, path=("input",))
    found = await graph.refused(bare)
    assert [fault.input for fault in found] == [("input", "title"), ("input",)]
    deal = await graph.create("deal", name="d")
    full = replace(bare, values={"externalId": "7", "title": "t"}, links=(graph.link("quote", "deal", deal),))
    (outcome,) = await graph.write(full)
    (again,) = await graph.write(replace(bare, values={"externalId": "7", "link": "a.com/q"}))
    assert (again.id, again.created, again.changed) == (outcome.id, False, True)


async def test_a_stage_brings_its_pipeline_and_whether_it_is_closed_and_won(graph: Graph) -> None:
    read = "MATCH (n:Deal {id: $p.id}) RETURN n.stage, n.pipeline, n.isClosed, n.isWon"
    sales, renewal = graph.catalog.by_name["deal"].pipelines
    record_id = await graph.create("deal", name="d", pipeline=renewal.name)
    assert await graph.rows(read, id=record_id) == [[renewal.stages[0].name, renewal.name, False, False]]
    won = next(stage for stage in sales.stages if stage.won)
    await graph.write(update("deal", record_id, stage=won.name))
    assert await graph.rows(read, id=record_id) == [[won.name, sales.name, True, True]]
    (fault,) = await graph.refused(update("deal", record_id, pipeline=renewal.name))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("input", "pipeline"))
    await graph.write(update("deal", record_id, stage=None))
    assert await graph.rows(read, id=record_id) == [[None, sales.name, None, None]]


async def test_every_fault_is_reported_at_once_and_nothing_is_kept(graph: Graph) -> None:
    holder = await graph.create("contact", email="ada@x.org")
    before = await graph.rows("MATCH (n) RETURN count(n)")
    found = await graph.refused(
        Create(type="contact", values={"email": "fine@x.org", "externalId": "1"}, path=("inputs", 0)),
        Create(type="contact", values={"email": "ADA@x.org", "score": "high"}, path=("inputs", 1)),
        Create(
            type="contact", values={}, links=(graph.link("contact", "company", "e" * 32, "boss"),), path=("inputs", 2)
        ),
        update("contact", "d" * 32, city="Bonn"),
    )
    assert {(fault.code, fault.input) for fault in found} == {
        (FaultCode.CONFLICT, ("inputs", 1, "email")),
        (FaultCode.BAD_USER_INPUT, ("inputs", 1, "score")),
        (FaultCode.BAD_USER_INPUT, ("input", "companies", 0)),
        (FaultCode.NOT_FOUND, ("input", "companies", 0, "id")),
        (FaultCode.NOT_FOUND, ("by", "id")),
    }
    assert await graph.rows("MATCH (n) RETURN count(n)") == before
    assert await graph.value("MATCH (n:Contact) RETURN n.id") == holder


async def test_a_given_id_is_kept_and_never_taken_from_another_record(graph: Graph) -> None:
    given = mint()
    made = Create(type="contact", values={"firstName": "Ada"}, id=given, path=("input",))
    (outcome,) = await graph.write(made)
    assert outcome.id == given
    (fault,) = await graph.refused(replace(made, type="company", values={}))
    assert (fault.code, fault.conflicting_id) == (FaultCode.CONFLICT, given)


async def test_operations_on_one_record_take_effect_in_order(graph: Graph) -> None:
    given = mint()
    outcomes = await graph.write(
        Create(type="contact", values={"city": "Bonn"}, id=given),
        update("contact", given, city="Rome", owner="Ann"),
        update("contact", given, owner=None),
    )
    assert [(one.id, one.created) for one in outcomes] == [(given, True), (given, False), (given, False)]
    assert await graph.rows("MATCH (n:Contact) RETURN n.city, n.owner, n._u_owner, n.rev") == [["Rome", None, True, 1]]


class CountingTransaction:
    """Passes statements on and keeps them."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.statements: list[Statement] = []

    async def run(self, statement: Statement) -> Rows:
        self.statements.append(statement)
        return await self._transaction.run(statement)


async def test_a_thousand_records_with_links_take_a_handful_of_statements(graph: Graph) -> None:
    companies = [await graph.create("company", domain=f"c{n}.com") for n in range(3)]
    operations = [
        Upsert(
            type="contact",
            key="email",
            values={"email": f"u{n}@x.org", "firstName": "n"},
            links=(graph.link("contact", "company", f"c{n % 3}.com", "primary", key="domain"),),
        )
        for n in range(1_000)
    ]
    seen: list[Statement] = []

    async def work(transaction: Transaction) -> list[Outcome]:
        counting = CountingTransaction(transaction)
        outcomes = await graph.writer.apply(counting, operations)
        seen[:] = counting.statements
        return outcomes

    outcomes = await graph.store.write(work, timeout_s=60)
    assert len({outcome.id for outcome in outcomes if outcome.created}) == 1_000
    assert len(seen) <= 8
    assert not any("u7@x.org" in statement.text for statement in seen)
    degrees = await graph.rows("MATCH (c:Company)-[:CONTACT_COMPANY__PRIMARY]-(n) RETURN c.id, count(n) ORDER BY c.id")
    assert degrees == [[companies[0], 334], [companies[1], 333], [companies[2], 333]]
    assert not any(outcome.changed for outcome in await graph.write(*operations))


async def test_a_value_held_for_a_record_that_is_gone_is_a_conflict(graph: Graph) -> None:
    gone = await graph.create("contact", email="ada@x.org")
    remove = Statement("MATCH (n:Contact {id: $p.id}) DETACH DELETE n", {"id": gone})
    await graph.store.write(lambda tx: tx.run(remove))
    (fault,) = await graph.refused(upsert("ada@x.org", city="Bonn"))
    assert (fault.code, fault.input, fault.conflicting_id) == (FaultCode.CONFLICT, ("input",), gone)


async def test_no_operation_is_no_write(graph: Graph) -> None:
    assert await graph.write() == []


async def test_a_date_time_property_is_read_back_for_comparison_to_the_millisecond(graph: Graph) -> None:
    moment = datetime(2026, 3, 29, 1, 30, 0, 1_999, tzinfo=UTC)
    record_id = await graph.create("contact", lastContactedAt=moment)
    (same,) = await graph.write(update("contact", record_id, lastContactedAt=moment - timedelta(microseconds=999)))
    (other,) = await graph.write(update("contact", record_id, lastContactedAt=moment + timedelta(milliseconds=1)))
    assert (same.changed, other.changed) == (False, True)
