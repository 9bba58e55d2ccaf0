"""Filters that no list takes: a clear error with its code and its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.harness import Crm

OPERATORS = [
    ("{name: {notIn: null}}", ["name", "notIn"], "only eq and ne take null"),
    ("{name: {eqIgnoreCase: null}}", ["name", "eqIgnoreCase"], "only eq and ne take null"),
    ("{amount: {between: null}}", ["amount", "between"], "only eq and ne take null"),
]
PERIODS = [
    ("{closeDate: {within: null}}", ["closeDate", "within"], "only eq and ne take null"),
    ("{closeDate: {within: {}}}", ["closeDate", "within"], "expects exactly one of last, next and this; found 0"),
    ("{closeDate: {within: {last: 1, this: DAY}}}", ["closeDate", "within"], "found 2"),
    ("{closeDate: {within: {last: 1}}}", ["closeDate", "within"], "expects a unit beside last"),
    ("{closeDate: {within: {this: DAY, unit: DAYS}}}", ["closeDate", "within"], "takes no unit beside this"),
    ("{closeDate: {within: {this: null}}}", ["closeDate", "within", "this"], "found null"),
    ("{closeDate: {within: {last: 0, unit: DAYS}}}", ["closeDate", "within", "last"], "from 1 to 10,000; found 0"),
    ("{closedAt: {within: {next: 9999, unit: YEARS}}}", ["closedAt", "within", "next"], "the years 1 and 9999"),
    ("{closeDate: {within: {next: 1, unit: HOURS}}}", ["closeDate", "within", "unit"], "DAYS or longer"),
    (
        '{not: {closedAt: {within: {this: DAY, timeZone: "Europe/Atlantis"}}}}',
        ["not", "closedAt", "within", "timeZone"],
        "the name of a time zone",
    ),
    ('{closedAt: {within: {this: DAY, timeZone: "../passwd"}}}', ["closedAt", "within", "timeZone"], "time zone"),
]
ASSOCIATIONS = [
    ("{companies: null}", ["companies"], "found null"),
    ("{primaryCompany: null}", ["primaryCompany"], "found null"),
    ("{companies: {some: null}}", ["companies", "some"], "found null"),
    ("{companies: {some: {}, label: null}}", ["companies", "label"], "found null"),
    ('{companies: {label: "primary"}}', ["companies"], "exactly one of some, none, every, count, aggregate; found 0"),
    ("{companies: {where: {}}}", ["companies"], "exactly one of some, none, every, count, aggregate; found 0"),
    ("{companies: {associatedAt: {}}}", ["companies"], "found 0"),
    ("{companies: {some: {}, none: {}}}", ["companies"], "exactly one of some, none, every, count, aggregate; found 2"),
    ('{companies: {some: {}, label: "primry"}}', ["companies", "label"], "Did you mean 'primary'"),
    ('{contacts: {some: {}, label: "attendee"}}', ["contacts", "label"], "no association label"),
    ('{championContacts: {some: {}, label: "champion"}}', ["championContacts", "label"], "expects none here"),
    ("{companies: {count: {eq: null}}}", ["companies", "count", "eq"], "a count is never unset"),
    ("{companies: {count: {gte: null}}}", ["companies", "count", "gte"], "a count is never unset"),
    ("{companies: {every: {name: {in: null}}}}", ["companies", "every", "name", "in"], "only eq and ne take null"),
    (
        '{not: {companies: {some: {}, associatedAt: {within: {this: DAY, timeZone: "Mars"}}}}}',
        ["not", "companies", "associatedAt", "within", "timeZone"],
        "the name of a time zone",
    ),
]

FIGURES = [
    ("{contacts: {aggregate: null}}", ["contacts", "aggregate"], "found null"),
    ("{contacts: {aggregate: {count: {eq: null}}}}", ["contacts", "aggregate", "count", "eq"], "never unset"),
    ("{contacts: {aggregate: {score: null}}}", ["contacts", "aggregate", "score"], "found null"),
    ("{contacts: {aggregate: {score: {avg: null}}}}", ["contacts", "aggregate", "score", "avg"], "found null"),
    (
        "{contacts: {aggregate: {score: {avg: {gt: null}}}}}",
        ["contacts", "aggregate", "score", "avg", "gt"],
        "found null",
    ),
    ("{contacts: {aggregate: {}, count: {eq: 1}}}", ["contacts"], "found 2"),
    ('{contacts: {aggregate: {}, label: "chapion"}}', ["contacts", "label"], "Did you mean 'champion'"),
]


@pytest.mark.parametrize(("where", "place", "words"), [*OPERATORS, *PERIODS, *ASSOCIATIONS, *FIGURES])
async def test_filters_that_no_list_takes(crm: Crm, where: str, place: list[Any], words: str) -> None:
    """The error names the response field and the place in its arguments."""
    response = await crm.ask(f"{{ big: deals(where: {where}) {{ totalCount }} }}")
    assert response.data is None
    assert response.codes == ["BAD_USER_INPUT"]
    (error,) = response.errors
    assert error["path"] == ["big"]
    assert error["locations"]
    assert error["extensions"]["input"] == ["where", *place]
    assert words in error["message"]


async def test_a_period_is_checked_for_each_request(crm: Crm) -> None:
    """A plan that fitted one request's values refuses another's."""
    text = "query A($w: WithinFilter!) { deals(where: {closedAt: {within: $w}}) { totalCount } }"
    assert (await crm.ask(text, {"w": {"last": 1, "unit": "DAYS"}})).errors == []
    response = await crm.ask(text, {"w": {"last": -1, "unit": "DAYS"}})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["extensions"]["input"] == ["where", "closedAt", "within", "last"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("{companies: {some: {deals: {some: " * 6 + "{}" + "}}}}" * 6, "more than 10 associations away"),
        ("{companies: {none: {}, where: {name: {ne: null}}}}, " * 60, "more than 200 conditions"),
        ("{companies: {count: {gt: 1, lt: 2, ne: 3, in: [4]}}}, " * 50, "more than 200 conditions"),
    ],
)
async def test_filters_that_ask_too_much(crm: Crm, where: str, words: str) -> None:
    """Conditions on associated records count too, and so does each association on the way."""
    asked = where if where.startswith("{companies: {some") else f"{{or: [{where}]}}"
    response = await crm.ask(f"{{ contacts: deals(where: {asked}) {{ totalCount }} }}")
    assert response.codes == ["TOO_COMPLEX"]
    assert words in response.errors[0]["message"]


async def test_an_absent_variable_asks_nothing(crm: Crm) -> None:
    """As everywhere in a filter; and an empty association filter is true."""
    text = """query A($label: String, $filter: ContactAssociationWhere) {
      all: deals { totalCount }
      empty: deals(where: {contacts: {}}) { totalCount }
      absent: deals(where: {contacts: $filter}) { totalCount }
      label: deals(where: {contacts: {some: {}, label: $label}}) { totalCount }
      some: deals(where: {contacts: {some: {}}}) { totalCount } }"""
    data = (await crm.ask(text)).data or {}
    assert data["all"] == data["empty"] == data["absent"]
    assert data["label"] == data["some"] != data["all"]


ORDERS = [
    ("{contacts: {}}", ["contacts"], "exactly one figure; found 0"),
    ("{contacts: null}", ["contacts"], "found null"),
    ("{contacts: {count: null}}", ["contacts", "count"], "expects ASC or DESC; found null"),
    ("{contacts: {count: ASC, score: {sum: ASC}}}", ["contacts"], "exactly one figure; found 2"),
    ("{contacts: {score: {sum: ASC, avg: ASC}}}", ["contacts", "score"], "exactly one key; found 2"),
    ("{contacts: {score: null}}", ["contacts", "score"], "found null"),
    ("{contacts: {where: {}}}", ["contacts"], "exactly one figure; found 0"),
    ("{contacts: {count: ASC, where: null}}", ["contacts", "where"], "found null"),
    ('{contacts: {count: ASC, label: "chapion"}}', ["contacts", "label"], "Did you mean 'champion'"),
    ('{championContacts: {count: ASC, label: "champion"}}', ["championContacts", "label"], "expects none here"),
    ("{contacts: {count: ASC, where: {email: {in: null}}}}", ["contacts", "where", "email", "in"], "found null"),
]


@pytest.mark.parametrize(("order", "place", "words"), ORDERS)
async def test_orders_by_figures_that_no_list_takes(crm: Crm, order: str, place: list[Any], words: str) -> None:
    """The error names the response field and the place in its arguments."""
    response = await crm.ask(f"{{ big: deals(orderBy: [{order}]) {{ nodes {{ id }} }} }}")
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["big"]
    assert response.errors[0]["extensions"]["input"] == ["orderBy", 0, *place]
    assert words in response.errors[0]["message"]
