"""New contacts join the company of their e-mail address's domain, where the account wants it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.writer.apply import Writer
from graphdb.writer.operations import Archive, Create, Ref, Update, Upsert

if TYPE_CHECKING:
    from tests.graphdb.conftest import Graph

PAIRS = (
    "MATCH (p:Contact)-[r:CONTACT_COMPANY]->(c:Company) "
    "RETURN p.email, c.domain, coalesce(r.labels, []) ORDER BY p.email, c.domain"
)


@pytest.fixture
def joining(graph: Graph) -> Graph:
    """An account that wants it."""
    account = replace(graph.catalog.account, join_companies_by_domain=True)
    graph.catalog = replace(graph.catalog, account=account, _sides={})
    graph.writer = Writer(graph.catalog)
    return graph


def contact(email: str, *links: Any) -> Create:
    return Create(type="contact", values={"email": email}, links=links, path=("input",))


async def test_a_new_contact_joins_the_company_of_its_domain(joining: Graph) -> None:
    await joining.create("company", domain="acme.com")
    await joining.create("company", domain="gmail.com")
    upsert = Upsert(type="contact", key="email", values={"email": "bob@acme.com"})
    await joining.write(contact("Ada@ACME.com"), contact("eve@other.com"), contact("kim@gmail.com"), upsert)
    expected = [["ada@acme.com", "acme.com", ["primary"]], ["bob@acme.com", "acme.com", ["primary"]]]
    assert await joining.rows(PAIRS) == expected
    assert await joining.value("MATCH ()-[r:CONTACT_COMPANY__PRIMARY]->() RETURN count(r)") == 2
    await joining.write(upsert)
    assert await joining.rows(PAIRS) == expected


async def test_a_company_made_in_the_same_request_counts(joining: Graph) -> None:
    await joining.write(contact("ada@acme.com"), Create(type="company", values={"domain": "acme.com"}))
    assert await joining.rows(PAIRS) == [["ada@acme.com", "acme.com", ["primary"]]]


async def test_a_primary_company_that_is_given_stays_the_one(joining: Graph) -> None:
    await joining.create("company", domain="acme.com")
    other = await joining.create("company", domain="other.com")
    await joining.write(contact("ada@acme.com", joining.link("contact", "company", other, "primary")))
    assert await joining.rows(PAIRS) == [["ada@acme.com", "acme.com", []], ["ada@acme.com", "other.com", ["primary"]]]


async def test_only_new_contacts_and_live_companies_count(joining: Graph) -> None:
    company = await joining.create("company", domain="acme.com")
    known = await joining.create("contact")
    await joining.write(Update(by=Ref(type="contact", key="id", value=known), values={"email": "ada@acme.com"}))
    await joining.write(Archive(by=Ref(type="company", key="id", value=company)))
    await joining.write(contact("bob@acme.com"))
    assert await joining.rows(PAIRS) == []


async def test_an_account_that_does_not_want_it_is_left_alone(graph: Graph) -> None:
    await graph.create("company", domain="acme.com")
    await graph.write(contact("ada@acme.com"))
    assert await graph.rows(PAIRS) == []
