"""Calculated properties of a whole CRM, against the same worked out in Python: shown, filtered, sorted, paged.

The oracle takes what Python makes of each record for a stored value, so it knows nothing of how one is computed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.sample import load_sample
from app.settings import Settings
from graphdb.catalog.model import PropertyType
from graphdb.printed import print_date_time
from schema.scalars import TYPE_MAPPINGS
from tests.crm import whole_crm
from tests.harness import Crm, ask, empty, read_times
from tests.oracle import Graph, Oracle

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.bolt import BoltStore
    from tests.oracle.graph import Record

    Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Calculated:
    """A calculated property: how the data model has it, and what Python makes of a record's values."""

    type: str
    label: str
    kind: str
    how: str
    value: Callable[[Any], Any]

    @property
    def name(self) -> str:
        return self.label[0].lower() + self.label.title().replace(" ", "")[1:]


@dataclass(frozen=True, slots=True)
class RollUp(Calculated):
    """The same of what associated records hold: ``value`` makes it of their values."""

    field: str = ""


def _formula(text: str) -> str:
    return f"formula: {json.dumps(text)}"


def _whole(value: Any, most: int) -> Any:
    return value if value is not None and abs(value) <= most else None


def _all(values: Values, *names: str) -> bool:
    return all(values.get(name) is not None for name in names)


def _rounded(value: float, places: int) -> float:
    return float(Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def _amounts(records: list[Values]) -> list[int]:
    return [one["amount"] for one in records if one.get("amount") is not None]


def _total(values: list[int]) -> int | None:
    return sum(values) if values else None


INTEGER, MONEY = 2**53 - 1, 10**16 - 1
FORMULAS = [
    Calculated(
        "contact", "Full name", "STRING", _formula('concat(firstName, " ", upper(lastName))'),
        lambda v: f"{v['firstName']} {v['lastName'].upper()}" if _all(v, "firstName", "lastName") else None,
    ),
    Calculated(
        "contact", "Called", "STRING", _formula('coalesce(firstName, lower(lastName), email, "nobody")'),
        lambda v: v.get("firstName") or v.get("lastName", "").lower() or v.get("email") or "nobody",
    ),
    Calculated(
        "contact", "Inverse", "NUMBER", _formula("1 / score"),
        lambda v: 1 / v["score"] if v.get("score") else None,
    ),
    Calculated(
        "contact", "Huge", "NUMBER", _formula("score * score * 1000000000000.5 - -score"),
        lambda v: v["score"] * v["score"] * 1000000000000.5 - -v["score"] if _all(v, "score") else None,
    ),
    Calculated(
        "contact", "Good", "BOOLEAN", _formula('score > 1 and not emailOptOut or lifecycleStage = "CUSTOMER"'),
        lambda v: (_all(v, "score") and v["score"] > 1 and not v.get("emailOptOut"))
        or v.get("lifecycleStage") == "CUSTOMER",
    ),
    Calculated(
        "contact", "Third", "NUMBER", _formula("round(score / 3, 2)"),
        lambda v: _rounded(v["score"] / 3, 2) if _all(v, "score") else None,
    ),
    Calculated(
        "contact", "Known days", "INTEGER", _formula("days_between(birthDate, lastContactedAt)"),
        lambda v: (v["lastContactedAt"].date() - v["birthDate"]).days
        if _all(v, "birthDate", "lastContactedAt") else None,
    ),
    Calculated(
        "contact", "Seen", "DATETIME", _formula("if(is_set(lastContactedAt), lastContactedAt, createdAt)"),
        lambda v: v.get("lastContactedAt") or v["createdAt"],
    ),
    Calculated("contact", "Was seen", "BOOLEAN", _formula("is_set(lastContactedAt)"), lambda v: "lastContactedAt" in v),
    Calculated("contact", "Born", "DATE", _formula("coalesce(birthDate, birthDate)"), lambda v: v.get("birthDate")),
    Calculated(
        "company", "Squared", "INTEGER", _formula("employees * employees"),
        lambda v: _whole(v["employees"] ** 2, INTEGER) if _all(v, "employees") else None,
    ),
    Calculated(
        "company", "More", "INTEGER", _formula("employees + 1"),
        lambda v: _whole(v["employees"] + 1, INTEGER) if _all(v, "employees") else None,
    ),
    Calculated(
        "company", "Share", "NUMBER", _formula("if(employees != 0, 7 / employees, employees)"),
        lambda v: None if v.get("employees") is None else 7 / v["employees"] if v["employees"] else 0.0,
    ),
    Calculated(
        "company", "Per head", "MONEY", _formula("annualRevenue * employees"),
        lambda v: _whole(v["annualRevenue"] * v["employees"], MONEY) if _all(v, "annualRevenue", "employees") else None,
    ),
    Calculated(
        "deal", "Left", "MONEY", _formula("if(isClosed, 0, coalesce(amount, 1.5) - 0.0001)"),
        lambda v: 0 if v.get("isClosed") else v.get("amount", 15_000) - 1,
    ),
    Calculated(
        "deal", "Big", "BOOLEAN", _formula("amount >= 2 and closeDate != closeDate or amount < -1.5"),
        lambda v: _all(v, "amount") and v["amount"] < -15_000,
    ),
]  # fmt: skip
ROLL_UPS = [
    RollUp(
        "company", "Open value", "MONEY",
        'rollUp: {field: "deals", function: SUM, property: "amount", where: {isClosed: {eq: false}}}',
        lambda deals: _total(_amounts([one for one in deals if one.get("isClosed") is False])),
        "deals",
    ),
    RollUp("company", "People", "INTEGER", 'rollUp: {field: "contacts", function: COUNT}', len, "contacts"),
    RollUp(
        "company", "Customers", "INTEGER",
        'rollUp: {field: "contacts", function: COUNT, where: {lifecycleStage: {eq: "CUSTOMER"}, '
        'not: {owner: {eq: "Kim"}}}}',
        lambda people: sum(one.get("lifecycleStage") == "CUSTOMER" and one.get("owner") != "Kim" for one in people),
        "contacts",
    ),
    RollUp(
        "company", "Mean", "MONEY", 'rollUp: {field: "deals", function: AVG, property: "amount"}',
        lambda deals: round(Fraction(sum(_amounts(deals)), len(_amounts(deals)))) if _amounts(deals) else None, "deals",
    ),
    RollUp(
        "company", "Last contact", "DATETIME",
        'rollUp: {field: "billingContacts", function: MAX, property: "lastContactedAt"}',
        lambda people: max((one["lastContactedAt"] for one in people if _all(one, "lastContactedAt")), default=None),
        "billingContacts",
    ),
    RollUp(
        "contact", "First close", "DATE", 'rollUp: {field: "deals", function: MIN, property: "closeDate"}',
        lambda deals: min((one["closeDate"] for one in deals if _all(one, "closeDate")), default=None), "deals",
    ),
    RollUp(
        "contact", "Amounts", "INTEGER", 'rollUp: {field: "deals", function: COUNT, property: "amount"}',
        lambda deals: len(_amounts(deals)), "deals",
    ),
    RollUp(
        "contact", "Workplace size", "INTEGER",
        'rollUp: {field: "primaryCompany", function: SUM, property: "employees"}',
        lambda found: sum(one["employees"] for one in found) if any(_all(one, "employees") for one in found) else None,
        "primaryCompany",
    ),
]  # fmt: skip
EVERY = [*FORMULAS, *ROLL_UPS]
PLURAL = {"contact": "contacts", "company": "companies", "deal": "deals"}


@pytest.fixture(scope="module")
async def crm(store: BoltStore) -> Crm:
    """A CRM whose data model has a handful of calculated properties, and the oracle that holds their values."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    fields = "\n".join(
        f'p{number}: createProperty(objectType: "{one.type}", input: {{label: "{one.label}", type: {one.kind}, '
        f"{one.how}}}) {{ property {{ name }} }}"
        for number, one in enumerate(EVERY)
    )
    response = await ask(registry, f"mutation {{ {fields} }}")
    assert response.errors == []
    assert [one["property"]["name"] for one in (response.data or {}).values()] == [one.name for one in EVERY]
    sample = whole_crm()
    await load_sample(store, registry.catalog, sample, batch_records=50)
    oracle = Oracle(Graph(registry.catalog, sample), registry.current.limits)
    await read_times(store, oracle.graph)
    made = [
        (record, one.name, _value(oracle, one, record)) for one in EVERY for record in oracle.graph.by_type[one.type]
    ]
    for record, name, value in made:
        if value is not None:
            record.values[name] = value
    return Crm(store, registry, oracle)


def _value(oracle: Oracle, one: Calculated, record: Record) -> Any:
    if not isinstance(one, RollUp):
        return one.value(record.values)
    found = oracle.associated.field(record, one.field)
    assert found is not None
    side, label = found
    return one.value([far.values for far in oracle.associated.chosen(record, side, label, {})])


def _values(crm: Crm, one: Calculated) -> list[Any]:
    return [record.values.get(one.name) for record in crm.oracle.graph.by_type[one.type]]


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
async def test_a_value_is_what_python_makes_of_the_record(crm: Crm, one: Calculated) -> None:
    """In a list, and among associated records of any type. Both set and unset values are there to be compared."""
    text = f"{{ {PLURAL[one.type]}(first: 1000) {{ nodes {{ id {one.name} }} }} }}"
    response = await crm.ask(text)
    assert response.errors == []
    assert response.data == crm.oracle.answer(text).data
    assert len({repr(value) for value in _values(crm, one)}) > 1


@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
async def test_a_filter_and_its_negation_split_the_records(crm: Crm, one: Calculated) -> None:
    """Each operator with values that records have: what it keeps, and that ``not`` keeps the rest exactly."""
    known = sorted({value for value in _values(crm, one) if value is not None})
    chosen = [_written(one, value) for value in (known[0], known[len(known) // 2], known[-1])]
    operators = ["isSet: true", "eq: null", *(f"{op}: {value}" for op in ("eq", "ne") for value in chosen)]
    if one.kind != "BOOLEAN":
        operators += [f"{op}: {value}" for op in ("lt", "lte", "gt", "gte") for value in chosen]
        operators += [
            f"in: [{', '.join(chosen)}]",
            f"notIn: [{chosen[0]}]",
            f"between: {{from: {chosen[0]}, to: {chosen[1]}}}",
        ]
    if one.kind == "STRING":
        operators += ['containsIgnoreCase: "A"', 'startsWith: "A"']
    plural = PLURAL[one.type]
    for operator in operators:
        where = f"{{{one.name}: {{{operator}}}}}"
        text = (
            f"{{ all: {plural} {{ totalCount }} "
            f"kept: {plural}(first: 1000, where: {where}) {{ totalCount nodes {{ id }} }} "
            f"left: {plural}(where: {{not: {where}}}) {{ totalCount }} }}"
        )
        response = await crm.ask(text)
        assert response.errors == []
        assert response.data == crm.oracle.answer(text).data, operator
        assert response.data is not None
        counts = {key: part["totalCount"] for key, part in response.data.items()}
        assert counts["kept"] + counts["left"] == counts["all"]


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize("one", EVERY, ids=lambda one: one.name)
async def test_pages_of_an_order_by_what_is_computed_are_the_whole_list(
    crm: Crm, one: Calculated, direction: str
) -> None:
    """Forward and backward, page after page: each record once, unset values last."""
    plural, order = PLURAL[one.type], f"orderBy: [{{{one.name}: {direction}}}]"
    whole = crm.oracle.answer(f"{{ {plural}(first: 1000, {order}) {{ nodes {{ id }} }} }}").data
    assert whole is not None
    expected = [node["id"] for node in whole[plural]["nodes"]]
    for count, cursor, end in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
        found: list[str] = []
        at, size = "", max(2, len(expected) // 4)
        for _ in range(8):
            text = f"{{ {plural}({count}: {size}, {order}{at}) {{ nodes {{ id }} pageInfo {{ {end} }} }} }}"
            response = await crm.ask(text)
            assert response.errors == []
            assert response.data is not None
            page = response.data[plural]
            ids = [node["id"] for node in page["nodes"]]
            found = [*found, *ids] if count == "first" else [*ids, *found]
            if len(ids) < size:
                break
            at = f', {cursor}: "{page["pageInfo"][end]}"'
        assert found == expected


async def test_what_is_computed_is_asked_of_associated_records_too(crm: Crm) -> None:
    """In nested lists with filters and orders, and in filters over associations."""
    text = """{
      companies(
        first: 30
        where: {contacts: {some: {good: {eq: true}}}, people: {gte: 2}}
        orderBy: [{people: DESC}, {more: ASC}]
      ) {
        totalCount
        nodes {
          people
          contacts(first: 3, where: {wasSeen: {eq: true}}, orderBy: [{seen: DESC}]) { nodes { fullName seen amounts } }
        }
      }
      contacts(first: 20, where: {not: {primaryCompany: {openValue: {gt: "1.00"}}}}) {
        nodes { primaryCompany { openValue } }
      }
    }"""
    response = await crm.ask(text)
    assert response.errors == []
    assert response.data == crm.oracle.answer(text).data


def _written(one: Calculated, value: Any) -> str:
    match PropertyType(one.kind.lower()):
        case PropertyType.DATETIME:
            return json.dumps(print_date_time(value))
        case PropertyType.DATE:
            return json.dumps(value.isoformat())
        case PropertyType.MONEY:
            output = TYPE_MAPPINGS[PropertyType.MONEY].output
            assert output is not None
            return json.dumps(output(value))
    return json.dumps(value, ensure_ascii=False)
