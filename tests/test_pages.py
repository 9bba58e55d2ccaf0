"""Pages: forwards and backwards, between cursors, and what they say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.test_oracle import WALKS, first_difference

if TYPE_CHECKING:
    from tests.harness import Crm

_PAGE = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
_VARIABLES = "$first: Int, $after: String, $last: Int, $before: String"
_ARGUMENTS = "first: $first, after: $after, last: $last, before: $before"


def root(field: str, arguments: str = "") -> str:
    """A query for a page of a root list."""
    return f"query Page({_VARIABLES}) {{ page: {field}({_ARGUMENTS} {arguments}) {{ {_PAGE} }} }}"


def nested(field: str, arguments: str = "") -> str:
    """A query for a page of what belongs to the company that everybody works for."""
    return (
        f'query Page({_VARIABLES}) {{ company(by: {{domain: "hub.example"}}) '
        f"{{ page: {field}({_ARGUMENTS} {arguments}) {{ {_PAGE} }} }} }}"
    )


async def page(crm: Crm, text: str, variables: dict[str, Any]) -> dict[str, Any]:
    """One page."""
    response = await crm.ask(text, variables)
    assert not response.errors, response.errors
    assert response.data is not None
    found: dict[str, Any] = (response.data.get("company") or response.data)["page"]
    return found


def ids(found: dict[str, Any]) -> list[str]:
    """The ids of a page, in order."""
    return [edge["node"]["id"] for edge in found["edges"]]


async def walk_back(crm: Crm, text: str, size: int) -> list[str]:
    """Every id, read from the end, in the list's order."""
    found: list[str] = []
    before: str | None = None
    while True:
        one = await page(crm, text, {"last": size, "before": before})
        found = ids(one) + found
        assert one["pageInfo"]["hasNextPage"] is (before is not None)
        if not one["pageInfo"]["hasPreviousPage"]:
            return found
        assert len(one["edges"]) == size
        before = one["pageInfo"]["startCursor"]
        assert before == one["edges"][0]["cursor"]


RELATED = [
    ("contacts", "orderBy: [{primaryCompany: {name: ASC}}]"),
    ("contacts", "orderBy: [{primaryCompany: {employees: DESC}}, {lastName: ASC}]"),
    ("contacts", "orderBy: [{primaryCompany: {createdAt: DESC}}], where: {owner: {isSet: true}}"),
    ("contacts", "orderBy: [{primaryCompany: {annualRevenue: ASC}}, {score: DESC}]"),
    ("contacts", "orderBy: [{lifecycleStage: ASC}, {companies: {count: DESC}}]"),
    ("contacts", "orderBy: [{directReportContacts: {count: ASC}}, {primaryCompany: {id: DESC}}]"),
    ("companies", "orderBy: [{contacts: {count: DESC}}]"),
    ("companies", "orderBy: [{billingContacts: {count: ASC}}, {deals: {count: DESC}}]"),
    ("companies", "orderBy: [{parentCompany: {name: DESC}}]"),
]


async def walk_on(crm: Crm, text: str, size: int) -> list[str]:
    """Every id, read from the start."""
    found: list[str] = []
    info: dict[str, Any] = {"hasNextPage": True, "endCursor": None}
    while info["hasNextPage"]:
        one = await page(crm, text, {"first": size, "after": info["endCursor"]})
        found += ids(one)
        info = one["pageInfo"]
    return found


@pytest.mark.parametrize(("field", "arguments"), RELATED)
async def test_walking_in_the_order_of_what_is_related(crm: Crm, field: str, arguments: str) -> None:
    """By the properties of the only related record, and by how many there are; none at all comes last."""
    text = root(field, arguments)
    expected = crm.oracle.answer(text, {"first": 1000}).data
    assert first_difference(expected, (await crm.ask(text, {"first": 1000})).data) is None
    records = ids((expected or {})["page"])
    assert await walk_on(crm, text, 5) == records
    assert await walk_back(crm, text, 5) == records


@pytest.mark.parametrize("arguments", [arguments for field, arguments in RELATED if field == "contacts"])
async def test_walking_a_nested_list_in_the_order_of_what_is_related(crm: Crm, arguments: str) -> None:
    """The company that everybody works for, three at a time."""
    text = nested("contacts", arguments)
    expected = ids((crm.oracle.answer(text, {"first": 1000}).data or {})["company"]["page"])
    assert await walk_on(crm, text, 3) == expected
    assert await walk_back(crm, text, 3) == expected


@pytest.mark.parametrize(
    ("order", "place", "words"),
    [
        ("[{primaryCompany: {}}]", [0, "primaryCompany"], "expects exactly one key; found 0"),
        ("[{primaryCompany: null}]", [0, "primaryCompany"], "expects exactly one key; found null"),
        ("[{primaryCompany: {name: ASC, id: ASC}}]", [0, "primaryCompany"], "expects exactly one key; found 2"),
        ("[{primaryCompany: {name: null}}]", [0, "primaryCompany", "name"], "expects ASC or DESC; found null"),
        ("[{companies: {count: null}}]", [0, "companies", "count"], "expects ASC or DESC; found null"),
        (
            "[{lastName: ASC}, {primaryCompany: {parentCompany: {name: ASC}}}]",
            [1, "primaryCompany", "parentCompany"],
            "goes over a second association",
        ),
        (
            "[{primaryCompany: {contacts: {count: ASC}}}]",
            [0, "primaryCompany", "contacts"],
            "goes over a second association",
        ),
        (
            "[{companies: {count: ASC}}, {companies: {count: DESC}}]",
            [1, "companies", "count"],
            "is given twice",
        ),
    ],
)
async def test_orders_over_associations_that_are_none(crm: Crm, order: str, place: list[Any], words: str) -> None:
    """The error names the place in the input."""
    response = await crm.ask(f"{{ contacts(orderBy: {order}) {{ nodes {{ id }} }} }}")
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["extensions"]["input"] == ["orderBy", *place]
    assert words in response.errors[0]["message"]


async def test_a_cursor_of_another_related_order_is_refused(crm: Crm) -> None:
    """The same property over another way, or of the record itself, is another order."""
    cursor = (await page(crm, root("companies", "orderBy: [{parentCompany: {name: ASC}}]"), {}))["edges"][0]["cursor"]
    for order in ("{name: ASC}", "{parentCompany: {domain: ASC}}", "{parentCompany: {name: DESC}}"):
        response = await crm.ask(root("companies", f"orderBy: [{order}]"), {"after": cursor})
        assert response.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(("field", "arguments"), WALKS)
async def test_walking_a_root_list_from_its_end(crm: Crm, field: str, arguments: str) -> None:
    """Every record once, in the same order as forwards, whatever the size of a page."""
    text = root(field, arguments)
    expected = ids((crm.oracle.answer(text, {"first": 1000}).data or {})["page"])
    for size in (3, 7):
        assert await walk_back(crm, text, size) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "orderBy: [{lastName: ASC}]",
        "orderBy: [{lastName: DESC}]",
        "orderBy: [{lifecycleStage: DESC}, {score: ASC}]",
        'label: "billing", orderBy: [{score: DESC}]',
    ],
)
async def test_walking_a_nested_list_from_its_end(crm: Crm, arguments: str) -> None:
    """The company that everybody works for, two at a time."""
    text = nested("contacts", arguments)
    expected = ids((crm.oracle.answer(text, {"first": 1000}).data or {})["company"]["page"])
    assert len(expected) > 4
    assert await walk_back(crm, text, 2) == expected


@pytest.mark.parametrize(
    ("make", "field", "arguments"),
    [
        (root, "deals", ""),
        (root, "deals", "orderBy: [{amount: DESC}]"),
        (root, "deals", "orderBy: [{closeDate: ASC}, {amount: DESC}]"),
        (root, "contacts", "orderBy: [{lifecycleStage: DESC}, {score: ASC}]"),
        (root, "contacts", "orderBy: [{createdAt: ASC}], where: {lifecycleStage: {eq: CUSTOMER}}"),
        (root, "contacts", 'orderBy: [{lastName: ASC}], where: {not: {owner: {eq: "Kim"}}}'),
        (nested, "contacts", "orderBy: [{lastName: ASC}]"),
        (nested, "contacts", "orderBy: [{lifecycleStage: DESC}, {score: ASC}]"),
    ],
)
async def test_what_lies_between_two_cursors(crm: Crm, make: Any, field: str, arguments: str) -> None:
    """Counted from the start or from the end; nothing where the second cursor does not follow the first."""
    text = make(field, arguments)
    edges = (await page(crm, text, {"first": 1000}))["edges"]
    records, cursors = [edge["node"]["id"] for edge in edges], [edge["cursor"] for edge in edges]
    count = len(edges)
    assert count > 6
    for start, end in ((0, 5), (1, count - 1), (count // 2, count - 2), (count - 5, count - 1), (2, 3), (4, 4), (5, 1)):
        between = records[start + 1 : end]
        bounds = {"after": cursors[start], "before": cursors[end]}
        for size in (0, 2, count):
            first = await page(crm, text, {**bounds, "first": size})
            last = await page(crm, text, {**bounds, "last": size})
            assert ids(first) == between[:size]
            assert ids(last) == between[max(0, len(between) - size) :]
            assert first["pageInfo"]["hasNextPage"] is last["pageInfo"]["hasPreviousPage"] is (len(between) > size)
            assert first["pageInfo"]["hasPreviousPage"] is last["pageInfo"]["hasNextPage"] is True


async def test_a_page_says_where_it_stands(crm: Crm) -> None:
    """At both ends of the list, in its middle, and where no size is given."""
    text = root("contacts", "orderBy: [{score: DESC}]")
    edges = (await page(crm, text, {"first": 1000}))["edges"]
    cursors, limits = [edge["cursor"] for edge in edges], crm.registry.current.limits
    size = limits.page_size_root
    assert len(edges) > size + 2
    for variables, start, end, previous, following in (
        ({"first": 2}, 0, 2, False, True),
        ({"last": 2}, len(edges) - 2, len(edges), True, False),
        ({"first": 2, "after": cursors[0]}, 1, 3, True, True),
        ({"last": 2, "before": cursors[4]}, 2, 4, True, True),
        ({"last": 2, "before": cursors[2]}, 0, 2, False, True),
        ({"last": 2, "after": cursors[-3]}, len(edges) - 2, len(edges), False, False),
        ({"first": 2, "before": cursors[2]}, 0, 2, False, False),
        ({}, 0, size, False, True),
        ({"last": None, "before": cursors[size + 1]}, 1, size + 1, True, True),
        ({"before": cursors[1]}, 0, 1, False, True),
    ):
        found = await page(crm, text, variables)
        info = found["pageInfo"]
        assert found["edges"] == edges[start:end], variables
        assert (info["hasPreviousPage"], info["hasNextPage"]) == (previous, following), variables
        assert (info["startCursor"], info["endCursor"]) == (cursors[start], cursors[end - 1]), variables
    empty = await page(crm, text, {"last": 3, "before": cursors[0]})
    assert empty["edges"] == []
    assert empty["pageInfo"] == {
        "hasNextPage": True, "hasPreviousPage": False, "startCursor": None, "endCursor": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "place", "words"),
    [
        ("last: -1", ["last"], "last expects from 0 to 1,000; found -1."),
        ("last: 1001", ["last"], "last expects from 0 to 1,000; found 1,001."),
        ("first: 1, last: 1", ["last"], "A page takes first or last, not both"),
        ('before: "nonsense"', ["before"], "before expects a cursor that this list gave"),
        ('last: 1, after: "nonsense"', ["after"], "after expects a cursor that this list gave"),
    ],
)
async def test_arguments_that_no_page_takes(crm: Crm, arguments: str, place: list[str], words: str) -> None:
    """The error names the response field and the place in its arguments."""
    for text, path in (
        (f"{{ big: deals({arguments}) {{ nodes {{ id }} }} }}", ["big"]),
        (
            f"{{ companies {{ nodes {{ big: deals({arguments}) {{ nodes {{ id }} }} }} }} }}",
            ["companies", "nodes", "big"],
        ),
    ):
        response = await crm.ask(text)
        assert response.codes == ["BAD_USER_INPUT"]
        (error,) = response.errors
        assert error["path"] == path
        assert error["locations"]
        assert error["extensions"]["input"] == place
        assert words in error["message"]


async def test_sizes_and_cursors_in_variables_are_checked_in_each_request(crm: Crm) -> None:
    """A plan made for good ones still refuses bad ones, and both sizes at once."""
    text = root("deals", "orderBy: [{amount: DESC}]")
    cursor = (await page(crm, text, {"last": 1}))["edges"][0]["cursor"]
    other = (await page(crm, root("deals", "orderBy: [{name: DESC}]"), {"last": 1}))["edges"][0]["cursor"]
    await page(crm, text, {"last": 1, "before": cursor})
    await page(crm, text, {"last": 1, "before": None})
    await page(crm, text, {"last": 1, "before": cursor, "after": None})
    for variables, place in (
        ({"last": -1, "before": cursor}, ["last"]),
        ({"last": 1, "before": cursor[:-2]}, ["before"]),
        ({"last": 1, "before": other}, ["before"]),
        ({"last": 1, "before": cursor, "after": "x"}, ["after"]),
        ({"last": 1, "first": 1}, ["last"]),
    ):
        response = await crm.ask(text, variables)
        assert response.codes == ["BAD_USER_INPUT"]
        assert response.errors[0]["extensions"]["input"] == place
