"""Which records break what a change of the data model asks: against small graphs that are counted by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.changes import AllAssociated, AllDistinct, AllSet, AllWithin, AtMost, NoneHolds, Violations
from graphdb.catalog.model import Property, PropertyType
from graphdb.catalog.parts import Rules
from graphdb.cypher.statement import Statement
from graphdb.narrowing import find_violations

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.changes import Narrowing
    from graphdb.store import Transaction
    from graphdb.writer.operations import Associate
    from tests.graphdb.conftest import Graph

NONE = Violations(count=0)


async def violations(graph: Graph, narrowing: Narrowing) -> Violations:
    """What is found outside of a transaction, after it was seen that the same is found inside of one."""

    async def inside(transaction: Transaction) -> Violations:
        return await find_violations(transaction.run, graph.catalog, narrowing)

    found = await find_violations(graph.store.read, graph.catalog, narrowing)
    assert await graph.store.write(inside) == found
    return found


async def archive(graph: Graph, record_id: str) -> None:
    """Make a record what the writer makes of one that is archived."""

    async def work(transaction: Transaction) -> None:
        text = (
            "MATCH (old:Record {id: $p.id}) WITH old, properties(old) AS held, "
            "[one IN labels(old) WHERE one <> 'Record'][0] AS label DETACH DELETE old "
            "CREATE (r:Record) SET r = held SET r.archivedAt = $p.at, r.`_type` = label"
        )
        await transaction.run(Statement(text, {"id": record_id, "at": datetime(2026, 11, 22, tzinfo=UTC)}))

    await graph.store.write(work)


async def test_records_that_lack_a_value_are_counted_and_the_first_ten_named(graph: Graph) -> None:
    lacking = [await graph.create("contact", email=f"u{n}@x.org") for n in range(12)]
    await graph.create("contact", city="Oslo")
    await archive(graph, await graph.create("contact"))
    await graph.create("company", name="Analytical")
    narrowing = AllSet(object_type="contact", property="city")

    assert await violations(graph, narrowing) == Violations(count=12, examples=tuple(sorted(lacking)[:10]))
    assert await violations(graph, replace(narrowing, object_type="deal")) == NONE


@pytest.mark.parametrize(
    ("prop", "held", "other"),
    [("lifecycleStage", "LEAD", "CUSTOMER"), ("several", ["LEAD", "CUSTOMER"], ["CUSTOMER"])],
)
async def test_records_that_hold_an_option_count_archived_ones_too(
    graph: Graph, prop: str, held: Any, other: Any
) -> None:
    contact = graph.catalog.by_name["contact"]
    several = replace(contact.by_name["lifecycleStage"], name="several", type=PropertyType.MULTI_ENUMERATION)
    changed = replace(contact, properties=(*contact.properties, several))
    catalog = replace(graph.catalog, object_types=(changed,), _sides={})
    ids = [await graph.create("contact") for _ in range(3)]

    async def give(transaction: Transaction) -> None:
        for record_id, value in zip(ids, (held, held, other), strict=True):
            text = f"MATCH (r:Record {{id: $p.id}}) SET r.`{prop}` = $p.value"
            await transaction.run(Statement(text, {"id": record_id, "value": value}))

    await graph.store.write(give)
    await archive(graph, ids[1])
    narrowing = NoneHolds(object_type="contact", property=prop, option="LEAD")

    found = await find_violations(graph.store.read, catalog, narrowing)
    assert found == Violations(count=2, examples=tuple(sorted(ids[:2])))
    assert await find_violations(graph.store.read, catalog, replace(narrowing, option="EVANGELIST")) == NONE


async def test_records_that_share_a_value_all_count(graph: Graph) -> None:
    ids = [await graph.create("contact", city=city) for city in ("Oslo", "Bergen", "Oslo", "Oslo", "Rome", "Rome")]
    await graph.create("contact")
    await graph.create("contact")
    await graph.create("company", city="Bergen")
    await archive(graph, await graph.create("contact", city="Bergen"))
    narrowing = AllDistinct(object_type="contact", property="city")

    assert await violations(graph, narrowing) == Violations(
        count=5, examples=tuple(sorted(one for at, one in enumerate(ids) if at != 1))
    )


@pytest.mark.parametrize(
    ("kind", "values", "shared"),
    [
        (PropertyType.DATE, [date(2026, 1, 1), date(2026, 1, 1), date(2026, 1, 2)], 2),
        (PropertyType.DATETIME, [datetime(2026, 1, 1, tzinfo=UTC)] * 2, 2),
        (PropertyType.NUMBER, [1.5, 2.5, 1.5], 2),
    ],
)
async def test_values_of_every_type_are_compared(
    graph: Graph, kind: PropertyType, values: list[Any], shared: int
) -> None:
    contact = graph.catalog.by_name["contact"]
    given = Property(name="given", type=kind, label="Given")
    changed = replace(contact, properties=(*contact.properties, given))
    catalog = replace(graph.catalog, object_types=(changed,), _sides={})
    ids = [await graph.create("contact") for _ in values]

    async def give(transaction: Transaction) -> None:
        for record_id, value in zip(ids, values, strict=True):
            text = "MATCH (r:Record {id: $p.id}) SET r.given = $p.value"
            await transaction.run(Statement(text, {"id": record_id, "value": value}))

    await graph.store.write(give)
    found = await find_violations(graph.store.read, catalog, AllDistinct(object_type="contact", property="given"))
    assert found.count == shared


async def test_values_are_judged_by_what_the_writer_asks(graph: Graph) -> None:
    broken = [await graph.create("deal", name=f"D{n}", amount=n * 10_000) for n in range(3)]
    kept = await graph.create("deal", name="D", amount=50_000)
    await graph.create("deal", name="none")
    await archive(graph, broken[0])
    amounts = AllWithin(object_type="deal", property="amount", rules=Rules(least="2.5"))
    names = AllWithin(object_type="deal", property="name", rules=Rules(pattern="D[0-9]"))

    assert await violations(graph, amounts) == Violations(count=3, examples=tuple(sorted(broken)))
    assert (await violations(graph, names)).count == 2
    assert kept in (await violations(graph, names)).examples


async def test_records_with_more_of_a_label_than_a_limit_are_found_from_either_end(
    graph: Graph, associate: Callable[..., Associate]
) -> None:
    contacts = [await graph.create("contact") for _ in range(3)]
    companies = [await graph.create("company") for _ in range(3)]
    for contact, company in ((0, 0), (0, 1), (0, 2), (1, 0), (2, 1)):
        await graph.write(associate("contact", contacts[contact], "company", companies[company], "billing"))
    of_contacts = AtMost(
        object_type="contact", relationship_type="CONTACT_COMPANY__BILLING", of_start=True, symmetric=False, limit=2
    )
    of_companies = replace(of_contacts, object_type="company", of_start=False, limit=1)

    assert await violations(graph, of_contacts) == Violations(count=1, examples=(contacts[0],))
    assert await violations(graph, replace(of_contacts, limit=3)) == NONE
    assert await violations(graph, of_companies) == Violations(count=2, examples=tuple(sorted(companies[:2])))


async def test_of_a_label_without_direction_both_ends_count(graph: Graph, associate: Callable[..., Associate]) -> None:
    association = next(one for one in graph.catalog.associations if one.same_type)
    label = next(one for one in association.labels if one.inverse_name is None)
    name = association.start
    ids = sorted([await graph.create(name) for _ in range(3)])
    await graph.write(associate(name, ids[0], name, ids[1], label.name))
    await graph.write(associate(name, ids[1], name, ids[2], label.name))
    narrowing = AtMost(
        object_type=name, relationship_type=label.relationship_type, of_start=True, symmetric=True, limit=1
    )

    assert await violations(graph, narrowing) == Violations(count=1, examples=(ids[1],))


async def test_records_without_an_association_of_a_group_are_found(
    graph: Graph, associate: Callable[..., Associate]
) -> None:
    contacts = [await graph.create("contact") for _ in range(3)]
    company, deal = await graph.create("company"), await graph.create("deal", name="D")
    await graph.write(associate("contact", contacts[0], "company", company))
    await graph.write(associate("deal", deal, "contact", contacts[1]))
    narrowing = AllAssociated(object_type="contact", group=("company", "deal"))

    assert await violations(graph, narrowing) == Violations(count=1, examples=(contacts[2],))
    alone = replace(narrowing, group=("company",))
    assert await violations(graph, alone) == Violations(count=2, examples=tuple(sorted(contacts[1:])))
