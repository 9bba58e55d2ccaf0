"""Which hops are read apart, by statistics that the test makes up, and how their records are put back."""

from __future__ import annotations

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.statistics import Ends, Statistics
from schema import MergedSchema, Plan, build_schema, prepare
from schema.compiler.plan import Form
from schema.compiler.sharing import share
from schema.ir import Rows, shared_rows
from tests.harness import NOW

PIPELINE = """{ contacts { nodes { email companies { edges { labels { name } node {
  name deals { nodes { name tickets { nodes { subject } } } } } } } } } }"""


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _statistics(*, contacts: int, companies: int, deals: int = 5) -> Statistics:
    """Contacts with one company each, companies with so many deals each, deals with three tickets each."""
    return Statistics(
        nodes={
            "Contact": contacts,
            "Company": companies,
            "Deal": deals * companies or 1,
            "Ticket": 3 * deals * companies or 1,
        },
        relationships={
            "CONTACT_COMPANY": contacts,
            "CONTACT_COMPANY__PRIMARY": contacts,
            "COMPANY_DEAL": deals * companies,
            "DEAL_TICKET": 3 * deals * companies,
        },
        ends={
            "CONTACT_COMPANY": Ends(start="Contact", end="Company"),
            "CONTACT_COMPANY__PRIMARY": Ends(start="Contact", end="Company"),
            "COMPANY_DEAL": Ends(start="Company", end="Deal"),
            "DEAL_TICKET": Ends(start="Deal", end="Ticket"),
        },
    )


def _plan(merged: MergedSchema, text: str) -> Plan:
    return prepare(merged.graphql_schema, standard_catalog(), text).plan()


def _shared(merged: MergedSchema, text: str, statistics: Statistics) -> bool:
    """Whether a hop from the only root's records is read apart."""
    (root,) = share(_plan(merged, text).query.read, statistics).roots
    assert isinstance(root, Rows)
    return bool(root.shared)


@pytest.mark.parametrize(
    ("text", "statistics", "shared"),
    [
        pytest.param(PIPELINE, _statistics(contacts=2_000, companies=100), True, id="20 contacts a company"),
        pytest.param(PIPELINE, _statistics(contacts=200, companies=100), True, id="2, with much below"),
        pytest.param(PIPELINE, _statistics(contacts=100, companies=100), False, id="1: nothing is shared"),
        pytest.param(PIPELINE, _statistics(contacts=2_000, companies=100, deals=0), False, id="nothing below"),
        pytest.param(PIPELINE, Statistics(nodes={}, relationships={}, ends={}), False, id="nothing is known"),
        pytest.param(
            "{ contacts { nodes { companies { nodes { name domain } } } } }",
            _statistics(contacts=2_000, companies=100),
            False,
            id="a leaf: looking it up costs more than it",
        ),
        pytest.param(
            "{ contacts { nodes { primaryCompany { name deals { nodes { name } } } } } }",
            _statistics(contacts=2_000, companies=100),
            True,
            id="the only one, over a label",
        ),
        pytest.param(
            "{ contacts { nodes { companies { nodes { name deals { aggregate { count amount { sum } } } } } } } }",
            _statistics(contacts=2_000, companies=100, deals=50),
            True,
            id="figures of many",
        ),
        pytest.param(
            "{ contacts { nodes { companies { nodes { name deals { totalCount } } } } } }",
            _statistics(contacts=2_000, companies=100, deals=50),
            False,
            id="a count that the engine keeps",
        ),
        pytest.param(
            "{ companies { nodes { deals { nodes { tickets { nodes { subject } } } } } } }",
            _statistics(contacts=2_000, companies=100),
            False,
            id="deals of one company each",
        ),
    ],
)
def test_what_is_read_apart(merged: MergedSchema, text: str, statistics: Statistics, shared: bool) -> None:
    """Where several parents have children in common, and enough below them."""
    assert _shared(merged, text, statistics) is shared


def test_below_the_only_record_its_lists_share(merged: MergedSchema) -> None:
    """Of one company the contacts' companies are read apart; its own list of contacts has no record twice."""
    text = '{ company(by: {domain: "a.example"}) { contacts { nodes { companies { nodes { deals { nodes { id }}}}}}}}'
    (root,) = share(_plan(merged, text).query.read, _statistics(contacts=2_000, companies=100)).roots
    assert isinstance(root, Rows)
    assert root.shared == ()
    assert shared_rows(root, 0).shared == (0,)


def test_the_text_changes_with_the_choice_only(merged: MergedSchema) -> None:
    """Other counts that lead to the same choice give the very same text; without counts, nothing is read apart."""
    plan = _plan(merged, PIPELINE)
    bound = [
        plan.bind({}, prepare(merged.graphql_schema, standard_catalog(), PIPELINE).limits, statistics=one, now=NOW)
        for one in (
            _statistics(contacts=2_000, companies=100),
            _statistics(contacts=5_000, companies=100),
            _statistics(contacts=100, companies=100),
            None,
        )
    ]
    texts = [one.statement.text for one in bound]
    assert texts[0] is texts[1]
    assert texts[2] is texts[3] is plan.text
    assert texts[0] != plan.text


def test_records_are_put_where_they_belong(merged: MergedSchema) -> None:
    """In the order of the pairs, with what belongs to the pair; a record is made once, however often it is shown."""
    pairs = [
        ["ada@x.example", [["k2", ["billing"]], ["k1", None]]],
        ["bob@x.example", []],
        ["eve@x.example", [["k1", ["primary"]]]],
    ]
    records = [[None, "One", [], "k1"], [None, "Two", [["Deal", []]], "k2"]]
    plan = _plan(merged, PIPELINE)
    limits = prepare(merged.graphql_schema, standard_catalog(), PIPELINE).limits
    bound = plan.bind({}, limits, statistics=_statistics(contacts=2_000, companies=100), now=NOW)
    nodes = plan.answer([[pairs, records]], bound)["contacts"]["nodes"]
    one = {"name": "One", "deals": {"nodes": []}}
    two = {"name": "Two", "deals": {"nodes": [{"name": "Deal", "tickets": {"nodes": []}}]}}
    assert [node["companies"]["edges"] for node in nodes] == [
        [{"labels": [{"name": "billing"}], "node": two}, {"labels": [], "node": one}],
        [],
        [{"labels": [{"name": "primary"}], "node": one}],
    ]
    assert nodes[0]["companies"]["edges"][1]["node"] is nodes[2]["companies"]["edges"][0]["node"]


def test_a_record_that_is_shown_in_two_ways_is_made_once_for_each(merged: MergedSchema) -> None:
    """As a node and at the end of an edge, with other fields."""
    text = """{ contacts { nodes { companies { nodes { name deals { nodes { tickets { nodes { id } } } } }
      edges { node { deals { nodes { tickets { nodes { id } } } } } } } } } }"""
    plan = _plan(merged, text)
    limits = prepare(merged.graphql_schema, standard_catalog(), text).limits
    bound = plan.bind({}, limits, statistics=_statistics(contacts=2_000, companies=100), now=NOW)
    contacts = [[[["k1"]]], [[["k1"]]]]
    companies = [["One", [[[["t"]]]], [[[["t"]]]], "k1"]]
    first, second = plan.answer([[contacts, companies]], bound)["contacts"]["nodes"]
    deals = {"nodes": [{"tickets": {"nodes": [{"id": "t"}]}}]}
    assert first == {"companies": {"nodes": [{"name": "One", "deals": deals}], "edges": [{"node": {"deals": deals}}]}}
    assert second == first
    assert first["companies"]["nodes"][0] is second["companies"]["nodes"][0]
    assert first["companies"]["edges"][0]["node"] is second["companies"]["edges"][0]["node"]


def test_a_record_purged_while_the_statement_ran_is_gone(merged: MergedSchema) -> None:
    """It was among the pairs and is not found any more when it is looked up."""
    text = "{ contacts { nodes { companies { nodes { name deals { nodes { name tickets { nodes { id } } } } } } } } }"
    query = _plan(merged, text).query
    form = Form.of(query, share(query.read, _statistics(contacts=2_000, companies=100)))
    contacts = [[[["k1"], ["k2"]]], [[["k1"]]]]
    companies = [["Two", [], "k2"]]
    ((first, second),) = form.unfold([[contacts, companies]])
    assert [company[:2] for company in first[0]] == [["Two", []]]
    assert second[0] == []
