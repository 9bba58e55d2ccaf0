"""Associations and their labels as the writer leaves them in the graph."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.errors import FaultCode
from graphdb.ids import mint
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Ref, Update, Upsert

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import AssociationLabel, Catalog
    from graphdb.store import Rows
    from graphdb.writer.operations import Associate
    from tests.graphdb.conftest import Graph

    MakeAssociate = Callable[..., Associate]


async def pairs(graph: Graph, relationship_type: str) -> Rows:
    """Start, end and labels of every relationship of a type."""
    text = f"MATCH (a)-[r:{relationship_type}]->(b) RETURN a.id, b.id, coalesce(r.labels, []) ORDER BY a.id, b.id"
    return await graph.rows(text)


async def edges(graph: Graph, relationship_type: str) -> Rows:
    """Source and target of every relationship of a label."""
    text = f"MATCH (a)-[:{relationship_type}]->(b) RETURN a.id, b.id ORDER BY a.id, b.id"
    return await graph.rows(text)


async def records(graph: Graph, object_type: str, count: int) -> list[str]:
    """Ids of new records, in order."""
    return sorted(
        [
            await graph.create(object_type, name="n") if object_type != "contact" else await graph.create("contact")
            for _ in range(count)
        ]
    )


def limited(
    catalog: Catalog, relationship_type: str, label_type: str, *, start: int | None = None, end: int | None = None
) -> Catalog:
    """The catalog with other limits on one label."""

    def changed(label: AssociationLabel) -> AssociationLabel:
        return replace(label, max_start=start, max_end=end) if label.relationship_type == label_type else label

    return replace(
        catalog,
        associations=tuple(
            replace(one, labels=tuple(changed(label) for label in one.labels))
            if one.relationship_type == relationship_type
            else one
            for one in catalog.associations
        ),
        _sides={},
    )


async def test_a_pair_is_joined_once_in_the_definitions_direction(graph: Graph, associate: MakeAssociate) -> None:
    contact, company = await graph.create("contact"), await graph.create("company")
    (first,) = await graph.write(associate("company", company, "contact", contact))
    (second,) = await graph.write(associate("contact", contact, "company", company, "billing"))
    (third,) = await graph.write(associate("company", company, "contact", contact, "billing"))
    assert [(one.created, one.changed) for one in (first, second, third)] == [
        (True, True),
        (False, True),
        (False, False),
    ]
    assert (first.id, first.far_id) == (company, contact)
    assert await pairs(graph, "CONTACT_COMPANY") == [[contact, company, ["billing"]]]
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == [[contact, company]]
    assert await graph.value("MATCH ()-[r:CONTACT_COMPANY]->() RETURN datetime(r.createdAt).epochMillis") > 0


async def test_labels_are_added_to_those_there_are(graph: Graph, associate: MakeAssociate) -> None:
    contact, company = await graph.create("contact"), await graph.create("company")
    await graph.write(associate("contact", contact, "company", company, "billing"))
    await graph.write(associate("contact", contact, "company", company, "primary", "billing"))
    assert await pairs(graph, "CONTACT_COMPANY") == [[contact, company, ["billing", "primary"]]]
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[contact, company]]
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == [[contact, company]]


async def test_records_and_their_links_are_made_together_by_id_and_by_key(graph: Graph) -> None:
    deal = mint()
    outcomes = await graph.write(
        Upsert(type="company", key="domain", values={"domain": "acme.com"}),
        Create(
            type="deal",
            values={"name": "d"},
            id=deal,
            links=(graph.link("deal", "company", "www.acme.com", "primary", key="domain"),),
        ),
        Create(type="quote", values={"title": "q"}, links=(graph.link("quote", "deal", deal),)),
    )
    assert all(one.created and one.changed for one in outcomes)
    assert await pairs(graph, "COMPANY_DEAL") == [[outcomes[0].id, deal, ["primary"]]]
    quote = await graph.rows("MATCH (q:Quote)--(d:Deal) RETURN q.id, d.id")
    assert quote == [[outcomes[2].id, deal]]


async def test_links_of_an_update_add_and_leave_the_record_as_it_is(graph: Graph) -> None:
    contact = await graph.create("contact", email="ada@x.org")
    company = await graph.create("company", domain="acme.com")
    link = graph.link("contact", "company", "acme.com", "primary", key="domain")
    by = Ref(type="contact", key="email", value="ADA@x.org")
    (linked,) = await graph.write(Update(by=by, values={}, links=(link,)))
    (again,) = await graph.write(Update(by=by, values={}, links=(link,)))
    assert (linked.changed, again.changed) == (True, False)
    assert await pairs(graph, "CONTACT_COMPANY") == [[contact, company, ["primary"]]]
    assert await graph.value("MATCH (n:Contact) RETURN n.rev") == 1


@pytest.mark.parametrize("manager_is_smaller", [True, False])
async def test_a_paired_label_within_one_type_is_kept_by_its_meaning(
    graph: Graph, associate: MakeAssociate, *, manager_is_smaller: bool
) -> None:
    small, large = await records(graph, "contact", 2)
    manager, report = (small, large) if manager_is_smaller else (large, small)
    (first,) = await graph.write(associate("contact", manager, "contact", report, "direct_report"))
    (second,) = await graph.write(associate("contact", report, "contact", manager, "manager"))
    assert (first.created, second.created, second.changed) == (True, False, False)
    mark = "manager>" if manager_is_smaller else "manager<"
    assert await pairs(graph, "CONTACT_CONTACT") == [[small, large, [mark]]]
    assert await edges(graph, "CONTACT_CONTACT__MANAGER") == [[manager, report]]


async def test_a_pair_can_hold_labels_of_both_directions_and_of_none(graph: Graph, associate: MakeAssociate) -> None:
    small, large = await records(graph, "contact", 2)
    await graph.write(
        associate("contact", small, "contact", large, "manager", "colleague"),
        associate("contact", large, "contact", small, "referrer", "colleague"),
    )
    ((_, _, labels),) = await pairs(graph, "CONTACT_CONTACT")
    assert sorted(labels) == ["colleague", "manager<", "referrer>"]
    assert await edges(graph, "CONTACT_CONTACT__MANAGER") == [[large, small]]
    assert await edges(graph, "CONTACT_CONTACT__REFERRER") == [[small, large]]
    assert await edges(graph, "CONTACT_CONTACT__COLLEAGUE") == [[small, large]]


async def test_a_label_of_one_moves_and_the_old_pair_stays_associated(graph: Graph, associate: MakeAssociate) -> None:
    contact = await graph.create("contact")
    old, new = await records(graph, "company", 2)
    await graph.write(associate("contact", contact, "company", old, "primary", "billing"))
    (outcome,) = await graph.write(associate("contact", contact, "company", new, "primary"))
    assert (outcome.created, outcome.changed) == (True, True)
    assert await pairs(graph, "CONTACT_COMPANY") == [[contact, old, ["billing"]], [contact, new, ["primary"]]]
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[contact, new]]
    await graph.write(associate("company", old, "contact", contact, "primary"))
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[contact, old]]


async def test_a_label_of_one_moves_within_a_batch_too(graph: Graph, associate: MakeAssociate) -> None:
    contact = await graph.create("contact")
    a, b, c = await records(graph, "company", 3)
    await graph.write(*(associate("contact", contact, "company", one, "primary") for one in (a, b, a, c)))
    assert [labels for *_, labels in await pairs(graph, "CONTACT_COMPANY")] == [[], [], ["primary"]]
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[contact, c]]


async def test_a_company_has_one_parent_and_any_number_of_children(graph: Graph, associate: MakeAssociate) -> None:
    a, b, c = await records(graph, "company", 3)
    await graph.write(associate("company", a, "company", b, "child"), associate("company", c, "company", b, "parent"))
    assert await edges(graph, "COMPANY_COMPANY__PARENT") == [[a, b], [b, c]]
    await graph.write(associate("company", b, "company", c, "parent"))
    ((_, _, first), (_, _, second)) = await pairs(graph, "COMPANY_COMPANY")
    assert (sorted(first), sorted(second)) == ([], ["parent<", "parent>"])
    assert await edges(graph, "COMPANY_COMPANY__PARENT") == [[b, c], [c, b]]


@pytest.mark.parametrize("batched", [True, False])
async def test_a_label_of_several_is_refused_beyond_them(
    graph: Graph, associate: MakeAssociate, *, batched: bool
) -> None:
    catalog = limited(graph.catalog, "CONTACT_DEAL", "CONTACT_DEAL__CHAMPION", start=2)
    writer = Writer(catalog)
    deal = await graph.create("deal", name="d")
    contacts = await records(graph, "contact", 3)
    champions = [associate("deal", deal, "contact", one, "champion") for one in contacts]
    if batched:
        (fault,) = await graph.refused(*champions, writer=writer)
        assert await pairs(graph, "CONTACT_DEAL") == []
    else:
        await graph.write(*champions[:2], writer=writer)
        await graph.write(*champions[:2], writer=writer)
        (fault,) = await graph.refused(champions[2], writer=writer)
    assert (fault.code, fault.input) == (FaultCode.CONFLICT, ("pair",))
    assert fault.message == "expected at most 2 records labelled champion, found 2 already"


async def test_a_label_that_says_the_same_of_both_can_be_of_one_too(graph: Graph, associate: MakeAssociate) -> None:
    catalog = limited(graph.catalog, "CONTACT_CONTACT", "CONTACT_CONTACT__COLLEAGUE", start=1, end=1)
    writer = Writer(catalog)
    a, b, c, d = await records(graph, "contact", 4)
    for one, other in ((a, b), (c, d), (d, a)):
        await graph.write(associate("contact", one, "contact", other, "colleague"), writer=writer)
    assert await edges(graph, "CONTACT_CONTACT__COLLEAGUE") == [[a, d]]
    assert await pairs(graph, "CONTACT_CONTACT") == [[a, b, []], [a, d, ["colleague"]], [c, d, []]]


@pytest.mark.parametrize("key", ["id", "email"])
async def test_a_record_is_not_associated_with_itself(graph: Graph, key: str) -> None:
    values: dict[str, Any] = {"email": "ada@x.org"}
    values["id"] = await graph.create("contact", **values)
    link = graph.link("contact", "contact", values[key], key=key)
    by = Ref(type="contact", key="email", value="ada@x.org")
    (fault,) = await graph.refused(Update(by=by, values={}, links=(link,)))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("input", "contacts", 0))


async def test_an_association_to_a_record_that_is_not_there_changes_nothing(
    graph: Graph, associate: MakeAssociate
) -> None:
    contact = await graph.create("contact")
    (fault,) = await graph.refused(associate("contact", contact, "company", "f" * 32))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("to",))
    link = graph.link("contact", "company", "nowhere.com", key="domain")
    (fault,) = await graph.refused(Create(type="contact", values={"email": "new@x.org"}, links=(link,)))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("input", "companies", 0, "domain"))
    assert await graph.value("MATCH (n) WHERE NOT n:_Change RETURN count(n)") == 1


async def test_the_list_of_labels_and_their_relationships_stay_in_step(graph: Graph, associate: MakeAssociate) -> None:
    """Whatever is asked in whatever batches, a label's relationships are those that the lists say."""
    contacts, companies = await records(graph, "contact", 4), await records(graph, "company", 3)
    asked = [
        associate("contact", contacts[n % 4], "company", companies[n * 7 % 3], ("primary", "billing")[n * 5 % 3 % 2])
        for n in range(24)
    ]
    for size in (1, 5, 18):
        await graph.write(*asked[:size])
        del asked[:size]
    listed = await pairs(graph, "CONTACT_COMPANY")
    for name in ("primary", "billing"):
        expected = [[start, end] for start, end, labels in listed if name in labels]
        assert await edges(graph, f"CONTACT_COMPANY__{name.upper()}") == expected
    assert len(listed) == len({(start, end) for start, end, _ in listed})
    primaries = [start for start, _, labels in listed if "primary" in labels]
    assert len(primaries) == len(set(primaries))
