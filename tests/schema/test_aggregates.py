"""What figures and groups compile to, and sums beyond 64 bits."""

from __future__ import annotations

import pytest
from graphql import FieldNode, GraphQLError, NameNode, parse

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import PropertyType
from schema import Prepared, build_schema
from schema.compiler.aggregates import checked_sum, mean

NODE = FieldNode(name=NameNode(value="sum"))


@pytest.mark.parametrize("total", [1e19, -9.3e18, 2**63])
def test_a_sum_of_amounts_beyond_64_bits_is_an_error(total: float) -> None:
    """Never a wrong number: both engines go on in floating point without a word, so a float is refused."""
    for function in (checked_sum, mean):
        with pytest.raises(GraphQLError, match="64 bits"):
            function(PropertyType.MONEY, NODE, ("sum",), total, 3)


def test_a_sum_of_amounts_has_as_many_digits_as_64_bits_hold() -> None:
    """15 digits before the point."""
    assert checked_sum(PropertyType.MONEY, NODE, (), 2**63 - 1, 2) == "922337203685477.5807"


def test_what_chooses_how_groups_are_made_makes_a_plan_of_its_own() -> None:
    """Keys, spans and directions decide the text; time zones and sizes are values."""
    catalog = standard_catalog()
    text = """query A($by: [DealGroupBy!]!, $zone: String, $first: Int, $order: [DealGroupOrderBy!]) {
      deals { groupBy(by: $by, timeZone: $zone, first: $first, orderBy: $order) { nodes { aggregate { count } } } } }"""
    prepared = Prepared(build_schema(catalog).graphql_schema, catalog, parse(text))
    first = {"by": [{"closedAt": "DAY"}], "zone": "UTC", "first": 1, "order": [{"count": "ASC"}]}
    plan = prepared.plan(first)
    assert prepared.plan({**first, "zone": "Asia/Kolkata", "first": 100}) is plan
    for change in (
        {"by": [{"closedAt": "HOUR"}]},
        {"by": [{"closeDate": "DAY"}]},
        {"by": [{"closedAt": "DAY"}, {"stage": "VALUE"}]},
        {"order": [{"count": "DESC"}]},
        {"order": [{"amount": {"sum": "ASC"}}]},
        {"order": None},
    ):
        assert prepared.plan({**first, **change}).text != plan.text
