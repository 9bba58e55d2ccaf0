"""Associations taken apart, labels replaced and taken off, required associations kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphdb.errors import FaultCode
from graphdb.writer.operations import Associate, Create, Dissociate, Link, Ref, SetLabels, Update

if TYPE_CHECKING:
    from graphdb.writer.operations import Operation, Outcome
    from tests.graphdb.conftest import Graph

Pair = tuple[str, str, str, str]


def on(kind: type[Associate | Dissociate | SetLabels], pair: Pair, *labels: str) -> Any:
    """An operation on two records."""
    near, near_id, far, far_id = pair
    return kind(
        start=Ref(type=near, key="id", value=near_id, path=("from", "id")),
        to=Ref(type=far, key="id", value=far_id, path=("to", "id")),
        labels=labels,
        path=("pair",),
    )


def names(outcome: Outcome) -> tuple[str, ...]:
    """The labels that an operation tells of."""
    return tuple(label.name for label in outcome.labels)


async def labels_of(graph: Graph, kind: str) -> list[Any]:
    """Labels of every relationship of a type, sorted."""
    rows = await graph.rows(f"MATCH (a)-[r:{kind}]->(b) RETURN a.id, b.id, coalesce(r.labels, [])")
    return sorted([start, end, sorted(labels)] for start, end, labels in rows)


async def edges(graph: Graph, kind: str) -> list[Any]:
    """The ends of every relationship of a type, sorted."""
    return sorted(await graph.rows(f"MATCH (a)-[:{kind}]->(b) RETURN a.id, b.id"))


async def contact_and_company(graph: Graph) -> Pair:
    """Two records that may be associated."""
    return "contact", await graph.create("contact"), "company", await graph.create("company", name="c")


async def test_dissociate_parts_two_records_with_all_labels(graph: Graph) -> None:
    """From either end; a second time nothing is changed, and that is no fault."""
    pair = await contact_and_company(graph)
    await graph.write(on(Associate, pair, "primary", "billing"))
    (outcome,) = await graph.write(on(Dissociate, (*pair[2:], *pair[:2])))
    assert (outcome.removed, outcome.changed, outcome.created, names(outcome)) == (True, True, False, ())
    assert await labels_of(graph, "CONTACT_COMPANY") == []
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == await edges(graph, "CONTACT_COMPANY__BILLING") == []
    (again,) = await graph.write(on(Dissociate, pair))
    assert (again.removed, again.changed) == (False, False)


async def test_dissociate_with_labels_takes_off_only_those(graph: Graph) -> None:
    """The pair stays, with its other labels and the time it was joined."""
    pair = await contact_and_company(graph)
    await graph.write(on(Associate, pair, "primary", "billing"))
    since = await graph.value("MATCH ()-[r:CONTACT_COMPANY]->() RETURN toString(r.createdAt)")
    (outcome,) = await graph.write(on(Dissociate, pair, "primary"))
    assert (outcome.removed, outcome.changed, names(outcome)) == (False, True, ("billing",))
    assert await labels_of(graph, "CONTACT_COMPANY") == [[pair[1], pair[3], ["billing"]]]
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == []
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == [[pair[1], pair[3]]]
    assert await graph.value("MATCH ()-[r:CONTACT_COMPANY]->() RETURN toString(r.createdAt)") == since
    (again,) = await graph.write(on(Dissociate, pair, "primary"))
    assert not again.changed


async def test_set_labels_replaces_them(graph: Graph) -> None:
    """It joins two that are not, and with no labels leaves them joined without any."""
    pair = await contact_and_company(graph)
    (first,) = await graph.write(on(SetLabels, pair, "primary"))
    assert (first.created, names(first)) == (True, ("primary",))
    (second,) = await graph.write(on(SetLabels, pair, "billing"))
    assert (second.created, second.changed, names(second)) == (False, True, ("billing",))
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == []
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == [[pair[1], pair[3]]]
    (same,) = await graph.write(on(SetLabels, pair, "billing"))
    assert not same.changed
    await graph.write(on(SetLabels, pair))
    assert await labels_of(graph, "CONTACT_COMPANY") == [[pair[1], pair[3], []]]
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == []


async def test_paired_labels_are_replaced_and_taken_off_from_both_sides(graph: Graph) -> None:
    """Within one object type a label's name says what the second record is to the first."""
    one, two = sorted([await graph.create("contact"), await graph.create("contact")])
    pair, turned = ("contact", one, "contact", two), ("contact", two, "contact", one)
    await graph.write(on(Associate, pair, "manager", "colleague"))  # two is one's manager
    assert await edges(graph, "CONTACT_CONTACT__MANAGER") == [[two, one]]
    (outcome,) = await graph.write(on(SetLabels, turned, "manager"))  # now one is two's
    assert names(outcome) == ("manager",)
    assert await edges(graph, "CONTACT_CONTACT__MANAGER") == [[one, two]]
    assert await edges(graph, "CONTACT_CONTACT__COLLEAGUE") == []
    (wrong,) = await graph.write(on(Dissociate, pair, "manager"))
    assert (wrong.changed, names(wrong)) == (False, ("direct_report",))
    (right,) = await graph.write(on(Dissociate, pair, "direct_report"))
    assert (right.changed, names(right)) == (True, ())
    assert await edges(graph, "CONTACT_CONTACT__MANAGER") == []
    assert await labels_of(graph, "CONTACT_CONTACT") == [[one, two, []]]


async def test_a_label_set_to_nothing_is_taken_off(graph: Graph) -> None:
    """The pair stays; a new record that says so has none."""
    contact, first, second = await graph.create("contact"), await graph.create("company"), await graph.create("company")
    side = graph.catalog.side_between("contact", "company")
    assert side is not None
    off = Link(side=side, to=None, labels=("primary",), path=("input", "primaryCompany"))
    await graph.write(on(Associate, ("contact", contact, "company", first), "primary", "billing"))
    await graph.write(on(Associate, ("contact", contact, "company", second)))
    me = Ref(type="contact", key="id", value=contact)
    (outcome,) = await graph.write(Update(by=me, values={}, links=(off,)))
    assert outcome.changed
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == []
    assert await labels_of(graph, "CONTACT_COMPANY") == sorted([[contact, first, ["billing"]], [contact, second, []]])
    (again,) = await graph.write(Update(by=me, values={}, links=(off,)))
    assert not again.changed
    await graph.write(Create(type="contact", values={}, links=(off,)))


async def test_operations_on_one_pair_in_one_batch(graph: Graph) -> None:
    """They take effect in order, and what comes to nothing leaves the association as it was."""
    pair = await contact_and_company(graph)
    await graph.write(on(Associate, pair, "billing"))
    since = await graph.value("MATCH ()-[r:CONTACT_COMPANY]->() RETURN toString(r.createdAt)")
    parted, joined, labelled = await graph.write(
        on(Dissociate, pair), on(Associate, pair), on(SetLabels, pair, "primary")
    )
    assert (parted.removed, joined.created, labelled.created) == (True, True, False)
    assert await labels_of(graph, "CONTACT_COMPANY") == [[pair[1], pair[3], ["primary"]]]
    assert await graph.value("MATCH ()-[r:CONTACT_COMPANY]->() RETURN toString(r.createdAt)") == since
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[pair[1], pair[3]]]
    assert await edges(graph, "CONTACT_COMPANY__BILLING") == []


async def quote(graph: Graph, *deals: str) -> str:
    """A quote of some deals."""
    links = tuple(graph.link("quote", "deal", deal) for deal in deals)
    (outcome,) = await graph.write(Create(type="quote", values={"title": "q"}, links=links, path=("input",)))
    return outcome.id


async def test_the_last_required_association_stays(graph: Graph) -> None:
    """A quote keeps a deal: one of two may go, the last one may not, from neither end, nor both at once."""
    first, second = await graph.create("deal", name="a"), await graph.create("deal", name="b")
    quoted = await quote(graph, first, second)
    (fault,) = await graph.refused(
        on(Dissociate, ("quote", quoted, "deal", first)), on(Dissociate, ("deal", second, "quote", quoted))
    )
    assert (fault.code, fault.conflicting_id, fault.input) == (FaultCode.CONFLICT, quoted, ("pair",))
    assert "must stay associated with a deal" in fault.message
    await graph.write(on(Dissociate, ("quote", quoted, "deal", first)))
    (fault,) = await graph.refused(on(Dissociate, ("deal", second, "quote", quoted)))
    assert fault.conflicting_id == quoted
    assert await edges(graph, "DEAL_QUOTE") == [[second, quoted]]
    await graph.write(
        on(Dissociate, ("deal", second, "quote", quoted)), on(Associate, ("quote", quoted, "deal", first))
    )
    assert await edges(graph, "DEAL_QUOTE") == [[first, quoted]]


async def test_one_of_several_required_types_is_enough(graph: Graph) -> None:
    """A lead has a contact or a company."""
    contact, company = await graph.create("contact"), await graph.create("company")
    links = (graph.link("lead", "contact", contact), graph.link("lead", "company", company))
    (lead,) = await graph.write(Create(type="lead", values={"name": "l"}, links=links))
    await graph.write(on(Dissociate, ("lead", lead.id, "contact", contact)))
    (fault,) = await graph.refused(on(Dissociate, ("company", company, "lead", lead.id)))
    assert "contact or a company" in fault.message


async def test_records_created_along_with_another(graph: Graph) -> None:
    """With links of their own; what one of them requires may be the record that it is created along with."""
    company = await graph.create("company", name="c")

    def along(near: str, far: str, values: dict[str, Any], *links: Link) -> Link:
        side = graph.catalog.side_between(near, far)
        assert side is not None
        place = ("input", side.field, 0)
        return Link(side=side, to=Create(type=far, values=values, links=links, path=(*place, "create")), path=place)

    deal: Operation = Create(
        type="deal",
        values={"name": "d"},
        links=(
            along("deal", "contact", {"email": "a@b.example"}, graph.link("contact", "company", company, "primary")),
            along("deal", "quote", {"title": "q"}),
        ),
        path=("input",),
    )
    (outcome,) = await graph.write(deal)
    assert outcome.created
    assert len(await edges(graph, "DEAL_QUOTE")) == len(await edges(graph, "CONTACT_DEAL")) == 1
    ((contact, _),) = await edges(graph, "CONTACT_DEAL")
    assert await edges(graph, "CONTACT_COMPANY__PRIMARY") == [[contact, company]]
    assert (
        await graph.value("MATCH (k:_Key {k: 'contact.email:a@b.example'})-[:OF]->(c:Contact) RETURN c.id") == contact
    )
    (fault,) = await graph.refused(deal)
    assert (fault.code, fault.input, fault.conflicting_id) == (
        FaultCode.CONFLICT,
        ("input", "contacts", 0, "create", "email"),
        contact,
    )


async def test_faults_of_records_created_along_have_their_place(graph: Graph) -> None:
    """Values, required properties and links alike."""
    side = graph.catalog.side_between("deal", "quote")
    assert side is not None
    nested = Create(type="quote", values={"nope": 1}, path=("input", "quotes", 0, "create"))
    faults = await graph.refused(
        Create(type="deal", values={"name": "d"}, links=(Link(side=side, to=nested),), path=("input",))
    )
    assert {fault.input for fault in faults} == {
        ("input", "quotes", 0, "create", "nope"),
        ("input", "quotes", 0, "create", "title"),
    }


@pytest.mark.parametrize("kind", [Dissociate, SetLabels])
async def test_records_and_labels_that_are_not_there(graph: Graph, kind: type[Dissociate | SetLabels]) -> None:
    """Refused with the place, as by associate."""
    pair = await contact_and_company(graph)
    (fault,) = await graph.refused(on(kind, pair, "nope"))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("pair", "labels"))
    (fault,) = await graph.refused(on(kind, (*pair[:3], "0" * 32)))
    assert (fault.code, fault.input) == (FaultCode.NOT_FOUND, ("to", "id"))
