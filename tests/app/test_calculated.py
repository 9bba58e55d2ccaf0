"""Calculated properties through the API: made at run time, read wherever a property is, and never written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from tests.harness import ask, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from tests.harness import Response

OPEN_DEALS = """mutation { createProperty(objectType: "company", input: {
  label: "Open deals value", type: MONEY
  rollUp: {field: "deals", function: SUM, property: "amount", where: {isClosed: {eq: false}}}
}) { property { name } } }"""

DEALS = """mutation {
  a: createCompany(input: {domain: "a.example", name: "A"}) { company { id } }
  b: createCompany(input: {domain: "b.example", name: "B"}) { company { id } }
  c: createCompany(input: {domain: "c.example", name: "C"}) { company { id } }
  d: createDeal(input: {name: "1", stage: PROSPECTING, amount: "10.50", companies: [{domain: "a.example"}]}) { created }
  e: createDeal(input: {name: "2", stage: PROSPECTING, amount: "0.25", companies: [{domain: "a.example"}]}) { created }
  f: createDeal(input: {name: "3", stage: CLOSED_WON, amount: "99.00", companies: [{domain: "a.example"}]}) { created }
  g: createDeal(input: {name: "4", stage: PROSPECTING, amount: "7.00", companies: [{domain: "b.example"}]}) { created }
}"""


@pytest.fixture
async def registry(store: BoltStore) -> Registry:
    """An account as it ships, served."""
    await empty(store)
    return await Registry.open(store, Settings())


async def _done(registry: Registry, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    response = await ask(registry, text, variables)
    assert response.errors == []
    assert response.data is not None
    return response.data


async def _refused(registry: Registry, text: str) -> Response:
    before = registry.catalog
    response = await ask(registry, text)
    assert response.data is None
    assert registry.catalog == before
    return response


async def test_the_sum_of_open_deals_is_made_at_run_time_and_read_everywhere(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    await _done(registry, DEALS)
    data = await _done(
        registry,
        """{
          companies(orderBy: [{openDealsValue: DESC}]) { nodes { name openDealsValue } }
          some: companies(where: {openDealsValue: {gt: "7.00"}}) { nodes { name } }
          others: companies(where: {not: {openDealsValue: {gt: "7.00"}}}) { nodes { name } }
          unset: companies(where: {openDealsValue: {isSet: false}}) { nodes { name } }
          deals(first: 1) { nodes { companies { nodes { openDealsValue } } associations { nodes { ... on Company {
            openDealsValue } } } } }
          company(by: {domain: "b.example"}) { openDealsValue }
        }""",
    )
    assert data == {
        "companies": {
            "nodes": [
                {"name": "A", "openDealsValue": "10.75"},
                {"name": "B", "openDealsValue": "7.00"},
                {"name": "C", "openDealsValue": None},
            ]
        },
        "some": {"nodes": [{"name": "A"}]},
        "others": {"nodes": [{"name": "B"}, {"name": "C"}]},
        "unset": {"nodes": [{"name": "C"}]},
        "deals": {
            "nodes": [
                {
                    "companies": {"nodes": [{"openDealsValue": "10.75"}]},
                    "associations": {"nodes": [{"openDealsValue": "10.75"}]},
                }
            ]
        },
        "company": {"openDealsValue": "7.00"},
    }


async def test_a_mutation_reads_back_what_is_computed_of_what_it_wrote(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    data = await _done(
        registry,
        """mutation { createCompany(input: {name: "A"}) { company { id openDealsValue } } }""",
    )
    assert data["createCompany"]["company"]["openDealsValue"] is None
    record_id = data["createCompany"]["company"]["id"]
    data = await _done(
        registry,
        """mutation Deal($id: ID!) { createDeal(input: {name: "1", stage: PROSPECTING, amount: "3.00",
             companies: [{id: $id}]}) { deal { companies { nodes { openDealsValue } } } } }""",
        {"id": record_id},
    )
    assert data["createDeal"]["deal"]["companies"]["nodes"] == [{"openDealsValue": "3.00"}]


async def test_what_is_computed_has_no_input(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    response = await ask(registry, 'mutation { createCompany(input: {openDealsValue: "1.00"}) { created } }')
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]


def _roll_up(given: str, kind: str = "MONEY") -> str:
    return f"""mutation {{ createProperty(objectType: "company", input: {{
      label: "X", type: {kind}, rollUp: {{{given}}}}}) {{ property {{ name }} }} }}"""


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ('field: "deal", function: COUNT', "INTEGER", "found 'deal'"),
        ('field: "deals", function: COUNT', "NUMBER", "expected integer for a count, found number"),
        ('field: "deals", function: SUM', "MONEY", "a property of Deal to take the sum of, found none"),
        ('field: "deals", function: SUM, property: "cost"', "MONEY", "expected a property of Deal, found 'cost'"),
        ('field: "deals", function: SUM, property: "amount"', "NUMBER", "expected money for the sum of money"),
        ('field: "deals", function: SUM, property: "name"', "MONEY", "name holds string"),
        ('field: "deals", function: MIN, property: "stage"', "STRING", "a property that has a min; stage holds"),
        ('field: "deals", function: COUNT, where: {stage: {eq: "NONE"}}', "INTEGER", "NONE"),
        ('field: "deals", function: COUNT, where: {cost: {eq: 1}}', "INTEGER", "cost"),
        (
            'field: "deals", function: COUNT, where: {closeDate: {within: {last: 1, unit: "DAYS", timeZone: "Mars"}}}',
            "INTEGER",
            "Mars",
        ),
        ('field: "deals", function: COUNT, where: {closeDate: {within: {last: 1}}}', "INTEGER", "expects a unit"),
        ('field: "deals", function: COUNT, where: [1]', "INTEGER", "as an object"),
        ('field: "deals", function: COUNT, where: {name: {lt: null}}', "INTEGER", "where.name.lt expects a value"),
        ('field: "deals", function: COUNT, where: {tickets: {}, companies: {label: "no", some: {}}}', "INTEGER", "no"),
    ],
)
async def test_a_roll_up_that_cannot_be_computed_is_refused_in_plain_words(
    registry: Registry, given: str, kind: str, expected: str
) -> None:
    response = await _refused(registry, _roll_up(given, kind))
    assert response.codes == ["BAD_USER_INPUT"]
    assert expected.casefold() in response.errors[0]["extensions"]["faults"][0]["message"].casefold()


async def test_roll_ups_read_what_is_stored_so_that_none_goes_in_a_circle(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    for given, place in (
        ('field: "companies", function: SUM, property: "openDealsValue"', "openDealsValue"),
        ('field: "companies", function: COUNT, where: {not: {openDealsValue: {gt: "1.00"}}}', "company.openDealsValue"),
        (
            'field: "contacts", function: COUNT, where: {companies: {some: {openDealsValue: {gt: "1.00"}}}}',
            "company.openDealsValue",
        ),
    ):
        kind = "MONEY" if "SUM" in given else "INTEGER"
        text = _roll_up(given, kind).replace('objectType: "company"', 'objectType: "deal"')
        response = await _refused(registry, text)
        assert place in response.errors[0]["extensions"]["faults"][0]["message"]


@pytest.mark.parametrize("flag", ["required: true", "unique: true", 'default: "1.00"', 'rules: {least: "1"}'])
async def test_what_is_computed_has_no_flags_of_what_is_stored(registry: Registry, flag: str) -> None:
    text = OPEN_DEALS.replace("type: MONEY", f"type: MONEY, {flag}")
    response = await _refused(registry, text)
    assert response.codes[0] == "BAD_USER_INPUT"


async def test_figures_and_groups_are_of_what_is_stored(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    for field in (
        "aggregate { openDealsValue { sum } }",
        "groupBy(by: [{openDealsValue: VALUE}]) { totalCount }",
        "groupBy(by: [{name: VALUE}], having: {openDealsValue: {sum: {gt: 1}}}) { totalCount }",
    ):
        response = await ask(registry, f"{{ companies {{ {field} }} }}")
        assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]
    response = await ask(registry, "{ contacts(orderBy: [{primaryCompany: {openDealsValue: ASC}}]) { totalCount } }")
    assert response.codes == ["BAD_USER_INPUT"]
    assert "is computed" in response.errors[0]["message"]


async def test_a_sum_that_its_type_cannot_hold_is_refused(registry: Registry) -> None:
    await _done(registry, _roll_up('field: "contacts", function: SUM, property: "age"', "INTEGER"))
    await _done(
        registry,
        """mutation {
          a: createCompany(input: {domain: "a.example"}) { created }
          b: createContact(input: {age: 9007199254740991, companies: [{domain: "a.example"}]}) { created }
        }""",
    )
    data = await _done(registry, "{ companies { nodes { x } } }")
    assert data["companies"]["nodes"] == [{"x": 9007199254740991}]
    await _done(registry, 'mutation { createContact(input: {age: 1, companies: [{domain: "a.example"}]}) { created } }')
    response = await ask(registry, "{ companies { nodes { x } } }")
    assert response.codes == ["BAD_USER_INPUT"]
    assert "2^53-1" in response.errors[0]["message"]


def _formula(text: str, kind: str = "NUMBER", object_type: str = "contact") -> str:
    return f"""mutation {{ createProperty(objectType: "{object_type}", input: {{
      label: "X", type: {kind}, formula: {json.dumps(text)}}}) {{ property {{ name }} }} }}"""


@pytest.mark.parametrize(
    ("score", "expected"),
    [(2.675, 2.68), (0.005, 0.01), (-0.005, -0.01), (1.005, 1.01), (123456789.125, 123456789.13), (1e300, 1e300)],
)
async def test_rounding_goes_by_the_digits_that_are_shown(registry: Registry, score: float, expected: float) -> None:
    await _done(registry, _formula("round(score, 2)"))
    data = await _done(registry, f"mutation {{ createContact(input: {{score: {score}}}) {{ contact {{ x }} }} }}")
    assert data["createContact"]["contact"] == {"x": expected}


@pytest.mark.parametrize(
    "text",
    [
        "score" + " * (score" * 10 + ")" * 10,
        "if(score > 1, " * 10 + "score" + ", 2)" * 10,
        "score" + " / 2 * 3" * 5,
        "-" * 10 + "score",
        " + ".join(["score * 2 / 3"] * 11),
    ],
)
async def test_a_formula_as_deep_as_may_be_is_answered(registry: Registry, text: str) -> None:
    await _done(registry, _formula(text))
    data = await _done(registry, "mutation { createContact(input: {score: 1}) { contact { x } } }")
    assert data["createContact"]["contact"]["x"] is not None
    data = await _done(
        registry,
        "{ contacts(where: {x: {isSet: true}, not: {x: {lt: -9}}}, orderBy: [{x: DESC}]) { totalCount nodes { x } } }",
    )
    assert data["contacts"]["totalCount"] == 1


async def test_what_a_type_cannot_hold_and_a_division_by_zero_are_unset(registry: Registry) -> None:
    for text, kind in (
        ("score * score", "NUMBER"),
        ("age * age", "INTEGER"),
        ("1 / age", "NUMBER"),
        ("age - -age", "INTEGER"),
    ):
        await _done(registry, _formula(text, kind).replace('"X"', f'"X {text}", name: "x{len(text)}{kind.title()}"'))
    for score, age in (("1e200", 9007199254740991), ("-1e200", 0), ("1", 3)):
        await _done(registry, f"mutation {{ createContact(input: {{score: {score}, age: {age}}}) {{ created }} }}")
    data = await _done(registry, "{ contacts { nodes { x13Number x9Integer x7Number x10Integer } } }")
    assert data["contacts"]["nodes"] == [
        {"x13Number": None, "x9Integer": None, "x7Number": 1 / 9007199254740991, "x10Integer": None},
        {"x13Number": None, "x9Integer": 0, "x7Number": None, "x10Integer": 0},
        {"x13Number": 1.0, "x9Integer": 9, "x7Number": 1 / 3, "x10Integer": 6},
    ]


async def test_a_formula_with_a_fault_is_refused_with_the_position(registry: Registry) -> None:
    response = await _refused(registry, _formula("score +"))
    assert response.codes == ["BAD_USER_INPUT"]
    message = "contact.properties.x.formula: Expected a property, a value or a function at position 8, found the end."
    assert response.errors[0]["extensions"]["faults"][0]["message"] == message


async def test_what_is_read_by_a_calculated_property_stays(registry: Registry) -> None:
    await _done(registry, _formula("score * 2"))
    response = await _refused(registry, 'mutation { retireProperty(objectType: "contact", name: "score") { version } }')
    assert "contact.x" in response.errors[0]["message"]
    by_stage = OPEN_DEALS.replace("isClosed: {eq: false}", "tickets: {some: {content: {isSet: true}}}")
    await _done(registry, by_stage)
    response = await _refused(
        registry, 'mutation { retireProperty(objectType: "ticket", name: "content") { version } }'
    )
    assert "company.openDealsValue" in response.errors[0]["message"]
    response = await _refused(registry, 'mutation { retireAssociation(start: "deal", end: "ticket") { version } }')
    assert "company.openDealsValue" in response.errors[0]["message"]
    response = await ask(registry, "mutation { createContact(input: {x: 2}) { created } }")
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_an_archived_record_counts_no_more_and_keeps_what_is_computed_of_itself(registry: Registry) -> None:
    await _done(registry, OPEN_DEALS)
    await _done(registry, _formula("amount * 2", "MONEY", "deal"))
    await _done(registry, DEALS)
    data = await _done(registry, '{ deals(where: {name: {eq: "1"}}) { nodes { id x } } }')
    record_id = data["deals"]["nodes"][0]["id"]
    data = await _done(registry, f'mutation {{ archiveDeal(by: {{id: "{record_id}"}}) {{ deal {{ x }} }} }}')
    assert data["archiveDeal"]["deal"] == {"x": "21.00"}
    ask_both = f"""{{ node(id: "{record_id}") {{ ... on Deal {{ x }} }}
      company(by: {{domain: "a.example"}}) {{ openDealsValue }} }}"""
    data = await _done(registry, ask_both)
    assert data == {"node": {"x": "21.00"}, "company": {"openDealsValue": "0.25"}}
