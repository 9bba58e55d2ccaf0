"""``aggregate`` as a client sees it: nothing to add up, exact sums, sums that are too large, shares out of range."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schema.compiler.aggregates import divided

if TYPE_CHECKING:
    from tests.harness import Crm


async def test_nothing_to_add_up_is_null_and_counts_zero(crm: Crm) -> None:
    """As in SQL: no records give no sum, least, greatest, mean or middle, but a count of 0."""
    response = await crm.ask("""{ deals(where: {id: {eq: "none"}}) { aggregate { count
        amount { count countDistinct sum avg min max median percentile(p: 0.5) } closeDate { min max } } } }""")
    assert response.data == {
        "deals": {
            "aggregate": {
                "count": 0,
                "amount": {
                    "count": 0,
                    "countDistinct": 0,
                    **dict.fromkeys(("sum", "avg", "min", "max", "median", "percentile")),
                },
                "closeDate": {"min": None, "max": None},
            }
        }
    }


async def test_what_is_aggregated_is_what_matches_and_not_the_page(crm: Crm) -> None:
    """``first`` and ``after`` change nothing; ``where`` does, and unset values count nowhere."""
    response = await crm.ask("""{ deals(first: 1, where: {name: {in: ["Big", "Small", "Fraction", "Alone"]}}) {
        nodes { name } aggregate { count amount { count countDistinct sum avg min max median } } } }""")
    assert response.data is not None
    assert response.data["deals"]["aggregate"] == {
        "count": 5,
        "amount": {
            "count": 4,
            "countDistinct": 3,
            "sum": "1998.50",
            "avg": "499.625",
            "min": "-1.5001",
            "max": "1000.00",
            "median": "500.00",
        },
    }


async def test_an_aggregate_of_which_only_the_type_is_asked(crm: Crm) -> None:
    """One object, however many records there are, none included."""
    response = await crm.ask("""{ contacts { aggregate { __typename } }
        company(by: {domain: "hub.example"}) { deals(where: {or: []}) { aggregate { __typename } } } }""")
    assert response.data == {
        "contacts": {"aggregate": {"__typename": "ContactAggregate"}},
        "company": {"deals": {"aggregate": {"__typename": "DealAggregate"}}},
    }


async def test_a_sum_that_its_type_cannot_hold_is_refused(crm: Crm) -> None:
    """An integer beyond 2^53-1 would arrive in a browser as another one."""
    response = await crm.ask("{ companies { aggregate { employees { max sum } } } }")
    assert response.data is None
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["companies", "aggregate", "employees", "sum"]
    assert "2^53-1" in response.errors[0]["message"]
    mean = await crm.ask("{ companies { aggregate { employees { max avg } } } }")
    assert not mean.errors


@pytest.mark.parametrize("share", [-0.1, 1.1, 100])
@pytest.mark.parametrize("in_variable", [True, False])
async def test_a_share_out_of_range_is_refused(crm: Crm, share: float, in_variable: bool) -> None:
    """A percentile's ``p`` goes from 0 to 1, not to 100."""
    head, value = ("query A($p: Float!) ", "$p") if in_variable else ("", str(share))
    variables: dict[str, Any] = {"p": share} if in_variable else {}
    response = await crm.ask(f"{head}{{ deals {{ aggregate {{ amount {{ percentile(p: {value}) }} }} }} }}", variables)
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["deals", "aggregate", "amount", "percentile"]
    assert response.errors[0]["extensions"]["input"] == ["p"]


@pytest.mark.parametrize(
    ("amount", "by", "expected"), [(5, 2, 2), (7, 2, 4), (-5, 2, -2), (-7, 2, -4), (2, 3, 1), (-2, 3, -1), (6, 3, 2)]
)
def test_quotients_are_rounded_half_even(amount: int, by: int, expected: int) -> None:
    """To the nearest integer, and from the middle to the even one."""
    assert divided(amount, by) == expected
