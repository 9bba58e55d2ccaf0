"""``groupBy`` as a client sees it: keys, spans of time in a zone, pages, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from schema.zones import print_start

if TYPE_CHECKING:
    from tests.harness import Crm

ODD_DEALS = 'where: {name: {in: ["Big", "Small", "Fraction", "Alone"]}}'


async def groups(crm: Crm, text: str, variables: dict[str, Any] | None = None) -> Any:
    """The data of the only root field."""
    response = await crm.ask(text, variables)
    assert not response.errors
    return next(iter((response.data or {}).values()))["groupBy"]


async def test_groups_by_value_with_the_unset_last(crm: Crm) -> None:
    """Ordered by the keys; records without a value form a group of their own, behind the others."""
    found = await groups(
        crm,
        f"""{{ deals({ODD_DEALS}, first: 1) {{ groupBy(by: [{{priority: VALUE}}]) {{ totalCount
            nodes {{ key {{ priority }} aggregate {{ count amount {{ sum }} }} }} }} }} }}""",
    )
    assert found == {
        "totalCount": 3,
        "nodes": [
            {"key": {"priority": "HIGH"}, "aggregate": {"count": 1, "amount": {"sum": "1000.00"}}},
            {"key": {"priority": "LOW"}, "aggregate": {"count": 2, "amount": {"sum": "-1.50"}}},
            {"key": {"priority": None}, "aggregate": {"count": 2, "amount": {"sum": "1000.00"}}},
        ],
    }


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("UTC", "2025-01-01T00:00:00.000+00:00"),
        ("Europe/Berlin", "2025-02-01T00:00:00.000+01:00"),
        ("Asia/Kolkata", "2025-02-01T00:00:00.000+05:30"),
    ],
)
async def test_a_month_begins_where_the_client_is(crm: Crm, zone: str, start: str) -> None:
    """A millisecond before midnight on the last of January in UTC is February further east."""
    found = await groups(
        crm,
        """query A($zone: String) { deals(where: {closedAt: {isSet: true}, name: {eq: "Big"}}) {
            groupBy(by: [{closedAt: MONTH}], timeZone: $zone) { nodes { key { month: closedAt } } } } }""",
        {"zone": zone},
    )
    assert found["nodes"] == [{"key": {"month": start}}]


async def test_groups_in_the_order_of_a_figure(crm: Crm) -> None:
    """The largest sum first; a group without any value to add up comes last, as its sum is null."""
    found = await groups(
        crm,
        f"""{{ deals({ODD_DEALS}) {{ groupBy(by: [{{name: VALUE}}], orderBy: [{{amount: {{sum: DESC}}}}]) {{
            nodes {{ key {{ name }} aggregate {{ amount {{ sum }} }} }} }} }} }}""",
    )
    assert [(node["key"]["name"], node["aggregate"]["amount"]["sum"]) for node in found["nodes"]] == [
        ("Big", "2000.00"),
        ("Small", "0.0001"),
        ("Fraction", "-1.5001"),
        ("Alone", None),
    ]


async def test_one_property_in_two_spans(crm: Crm) -> None:
    """``bucket`` says which is read."""
    found = await groups(
        crm,
        """{ deals(where: {name: {eq: "Big"}, stage: {eq: CLOSED_WON}}) { groupBy(by: [{closeDate: YEAR},
            {closeDate: WEEK}]) { nodes { key { year: closeDate(bucket: YEAR) closeDate(bucket: WEEK) } } } } }""",
    )
    assert found["nodes"] == [{"key": {"year": "2025-01-01", "closeDate": "2025-01-27"}}]


@pytest.mark.parametrize(
    "order",
    [
        [],
        [{"keys": "DESC"}],
        [{"count": "DESC"}],
        [{"age": {"sum": "DESC"}}, {"createdAt": {"min": "ASC"}}, {"keys": "DESC"}],
        [{"birthDate": {"max": "ASC"}}, {"lastName": {"min": "DESC"}}],
    ],
)
async def test_walking_all_pages_of_groups(crm: Crm, order: list[Any]) -> None:
    """Every group comes once, in order, those without a value included."""
    text = """query Walk($first: Int, $after: String, $order: [ContactGroupOrderBy!]) {
        contacts { groupBy(by: [{lifecycleStage: VALUE},
        {score: VALUE}, {lastContactedAt: HOUR}], first: $first, after: $after, orderBy: $order) { totalCount
        pageInfo { hasNextPage endCursor } nodes { key { lifecycleStage score lastContactedAt }
        aggregate { count } } } } }"""
    whole = await groups(crm, text, {"first": 1000, "order": order})
    assert len(whole["nodes"]) == whole["totalCount"] > 10
    walked: list[Any] = []
    after, more = None, True
    while more:
        page = await groups(crm, text, {"first": 4, "after": after, "order": order})
        walked += page["nodes"]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert walked == whole["nodes"]


@pytest.mark.parametrize(
    ("arguments", "selection", "place", "message"),
    [
        ("by: []", "totalCount", ["by"], "from 1 to 4 keys"),
        (
            "by: [{name: VALUE}, {amount: VALUE}, {stage: VALUE}, {priority: VALUE}, {isWon: VALUE}]",
            "totalCount",
            ["by"],
            "found 5",
        ),
        ("by: [{}]", "totalCount", ["by", 0], "exactly one key"),
        ("by: [{stage: VALUE, name: VALUE}]", "totalCount", ["by", 0], "exactly one key"),
        ("by: [{stage: null}]", "totalCount", ["by", 0, "stage"], "found null"),
        ("by: [{stage: VALUE}, {stage: VALUE}]", "totalCount", ["by", 1, "stage"], "given twice"),
        ("by: [{closeDate: HOUR}]", "totalCount", ["by", 0, "closeDate"], "has no hours"),
        ('by: [{closedAt: DAY}], timeZone: "Europe/Berlni"', "totalCount", ["timeZone"], "Did you mean"),
        ("by: [{stage: VALUE}], first: -1", "nodes { key { stage } }", ["first"], "from 0 to"),
        ("by: [{stage: VALUE}], first: 1001", "nodes { key { stage } }", ["first"], "from 0 to"),
        ("by: [{stage: VALUE}], orderBy: [{}]", "totalCount", ["orderBy", 0], "exactly one key"),
        ("by: [{stage: VALUE}], orderBy: [{amount: {}}]", "totalCount", ["orderBy", 0, "amount"], "exactly one key"),
        ("by: [{stage: VALUE}], orderBy: [{amount: null}]", "totalCount", ["orderBy", 0, "amount"], "found null"),
        (
            "by: [{stage: VALUE}], orderBy: [{amount: {sum: ASC}}, {amount: {sum: DESC}}]",
            "totalCount",
            ["orderBy", 1, "amount", "sum"],
            "given twice",
        ),
        ('by: [{stage: VALUE}], after: "x"', "nodes { key { stage } }", ["after"], "cursor"),
    ],
)
async def test_what_groups_refuse(
    crm: Crm, arguments: str, selection: str, place: list[str | int], message: str
) -> None:
    """Each with the place in the arguments."""
    response = await crm.ask(f"{{ deals {{ groupBy({arguments}) {{ {selection} }} }} }}")
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["deals", "groupBy"]
    assert response.errors[0]["extensions"]["input"] == place
    assert message in response.errors[0]["message"]


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("{stage: VALUE}", "priority"),
        ("{closedAt: DAY}", "closedAt(bucket: MONTH)"),
        ("{closedAt: DAY}, {closedAt: MONTH}", "closedAt"),
    ],
)
async def test_only_keys_of_by_can_be_read(crm: Crm, by: str, key: str) -> None:
    """Another property, another span, or one of two spans without saying which."""
    response = await crm.ask(f"{{ deals {{ groupBy(by: [{by}]) {{ nodes {{ key {{ k: {key} }} }} }} }} }}")
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["deals", "groupBy", "nodes", "key", "k"]


@pytest.mark.parametrize(
    ("start", "zone", "expected"),
    [
        ("2026-11-01", "Europe/Berlin", "2026-11-01T00:00:00.000+01:00"),
        ("2018-11-04", "America/Sao_Paulo", "2018-11-04T01:00:00.000-02:00"),
        (1761436800000, "Europe/Berlin", "2025-10-26T02:00:00.000+02:00"),
        (1761440400000, "Europe/Berlin", "2025-10-26T02:00:00.000+01:00"),
    ],
)
def test_starts_are_printed_with_their_zones_offset(start: int | str, zone: str, expected: str) -> None:
    """Midnight, or when the clock that is put forward at midnight first shows; an hour that comes twice is two."""
    assert print_start(start, zone) == expected
