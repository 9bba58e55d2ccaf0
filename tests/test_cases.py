"""Documents and the statements that they become, word for word.

``tests/cases/NAME.graphql`` (with ``NAME.variables.json``) becomes ``NAME.cypher``, the text and then the parameters,
and ``NAME.ir``, the representation between. ``pytest --update-golden`` writes the latter two anew: the difference is
then for a person to read. ``"@deal:amount-=125000"`` stands for the cursor of a deal in a list ordered by the amount,
descending.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse, validate

from app.explain import outline
from graphdb.bootstrap import composite_indexes
from graphdb.catalog.edit import properties
from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import BuildState
from graphdb.catalog.statistics import Statistics
from schema import Limits, MergedSchema, Plan, Prepared, build_schema
from schema.compiler.cursors import encode_cursor, order_mark
from schema.compiler.plan import Form
from schema.compiler.sharing import share
from schema.ir import OrderKey, Prop
from tests.edits import draft, make
from tests.harness import NOW

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog

CASES = Path(__file__).parent / "cases"
NAMES = sorted(path.stem for path in CASES.glob("*.graphql"))
_CURSOR = re.compile(r'"@(\w+):([^"]*)"')


def _catalog() -> Catalog:
    """The data model that ships and a few calculated properties."""
    one = draft()
    amount = {"field": "deals", "function": "sum", "property": "amount", "where": {"isClosed": {"eq": False}}}
    for object_type, label, kind, how in (
        ("company", "Open deals", "money", {"roll_up": amount}),
        ("company", "People", "integer", {"roll_up": {"field": "contacts", "function": "count"}}),
        ("company", "Per head", "money", {"formula": "annualRevenue * employees - 1.5"}),
        ("company", "Ratio", "number", {"formula": "round(1 / employees, 2)"}),
        ("company", "Size", "string", {"formula": 'if(employees > 250 or not listed, "large", lower(name))'}),
        ("contact", "Called", "string", {"formula": 'concat(firstName, " ", coalesce(lastName, "MARK"))'}),
        ("company", "Kept", "money", {"roll_up": amount, "indexed": True}),
        ("contact", "Waited", "integer", {"formula": "days_between(lastContactedAt, birthDate)"}),
    ):
        make(one, properties.create, object_type, {"label": label, "type": kind, **how})
    company = one.catalog.by_name["company"]
    online = tuple(replace(prop, indexed_state=BuildState.ONLINE) for prop in company.properties)
    one.put_type(replace(company, properties=online))
    return one.catalog


CATALOG = _catalog()
COMPOSITE = frozenset(
    (object_type.node_label, index.properties)
    for object_type in CATALOG.object_types
    for one in object_type.composite_indexes
    for index in composite_indexes(object_type, one.equal, one.order)
)
"""All of them, as if the engine had them; the cases called ``composite`` are compiled so."""


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(CATALOG)


def _compiled(merged: MergedSchema, name: str) -> tuple[str, dict[str, Any], Plan, dict[str, Any]]:
    """A case's document, its variables, its plan and the parameters."""
    text = _CURSOR.sub(_cursor, (CASES / f"{name}.graphql").read_text(encoding="utf-8"))
    path = CASES / f"{name}.variables.json"
    variables = json.loads(_CURSOR.sub(_cursor, path.read_text(encoding="utf-8"))) if path.exists() else {}
    document = parse(text)
    assert validate(merged.graphql_schema, document) == []
    limits = Limits(composite_indexes=COMPOSITE) if name.startswith("composite") else None
    prepared = Prepared(merged.graphql_schema, CATALOG, document, limits=limits)
    plan = prepared.plan(variables)
    bound = plan.bind(prepared.coerce(variables).coerced, prepared.limits, now=NOW)
    return text, variables, plan, dict(bound.statement.params)


def _cursor(match: re.Match[str]) -> str:
    """``@deal:amount-=125000`` → the cursor of deal 7 after that amount."""
    keys, values = [], []
    for part in match[2].split(","):
        name, _, value = part.rpartition("=")
        if name:
            keys.append(OrderKey(Prop(name[:-1], PropertyType.STRING), name.endswith("-")))
            values.append(value if "-" in value else json.loads(value))
    keys.append(OrderKey(Prop("id", PropertyType.STRING), bool(keys) and keys[0].descending))
    return json.dumps(encode_cursor(order_mark(keys), values, "MARK-cursor-id"))


@pytest.mark.parametrize("name", NAMES)
def test_a_document_becomes_its_statement(merged: MergedSchema, name: str, update_golden: bool) -> None:
    """The Cypher, the parameters and the IR are those on file."""
    _, _, plan, params = _compiled(merged, name)
    shown = json.dumps(params, indent=2, default=str, ensure_ascii=False)
    for suffix, found in (("cypher", f"{plan.text}\n\n{shown}\n"), ("ir", outline(plan.query) + "\n")):
        path = CASES / f"{name}.{suffix}"
        if update_golden:
            path.write_text(found, encoding="utf-8")
        assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "labelled_hops",
        "nested_after",
        "nested_below_one",
        "nested_hops",
        "order_related_nested",
        "same_type_labels",
    ],
)
def test_a_document_becomes_its_statement_with_records_shared(
    merged: MergedSchema, name: str, update_golden: bool
) -> None:
    """The Cypher is that on file, every hop of which that is possible being read apart: ``NAME.shared.cypher``."""
    _, _, plan, _ = _compiled(merged, name)
    nothing_known = Statistics(nodes={}, relationships={}, ends={})
    form = Form.of(plan.query, share(plan.query.read, nothing_known, least=-1.0))
    assert form.text != plan.text
    path = CASES / f"{name}.shared.cypher"
    if update_golden:
        path.write_text(form.text + "\n", encoding="utf-8")
    assert form.text + "\n" == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_no_value_of_the_document_stands_in_the_statement(merged: MergedSchema, name: str) -> None:
    """Texts, numbers, amounts and dates travel as parameters: neither quotes nor digits are left in the text."""
    _, _, plan, _ = _compiled(merged, name)
    rest = re.sub(r"`[^`]*`", "", plan.text)
    assert not re.search(r"mark|['\"]", rest, re.IGNORECASE)
    rest = re.sub(r"\$p\.v\d+|\b[nerf]\d+\b|(?:THEN |= )?\[\d+, \[", "", rest)
    assert not re.search(r"\d", rest), rest


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (
            "query A($n: Int, $s: String) { contacts(first: $n, where: {jobTitle: {eq: $s}}) { nodes { id } } }",
            {"n": 1, "s": "a"},
            {"n": 1000, "s": "}) DETACH DELETE n //"},
        ),
        (
            "query A($w: ContactWhere) { contacts(where: $w) { nodes { id } } }",
            {"w": {"jobTitle": {"in": ["a"]}, "or": [{"age": {"gt": 1}}]}},
            {"w": {"jobTitle": {"in": []}, "or": [{"age": {"gt": 77}}]}},
        ),
        ("query A($s: [DealStage!]) { deals(where: {stage: {in: $s}}) { totalCount } }", {"s": []}, {"s": ["CLOSED"]}),
        ("query A($i: [ID!]!) { nodes(ids: $i) { id } }", {"i": []}, {"i": ["a", "b", "c"]}),
        (
            "query A($s: DealStage) { deals(where: {stage: {eq: $s}}) { totalCount } }",
            {"s": "PROSPECTING"},
            {"s": "ENGAGING"},
        ),
        (
            "query A($w: ContactWhere) { contacts(where: $w) { totalCount } }",
            {"w": {"companies": {"label": "billing", "count": {"gte": 1}, "where": {"name": {"eq": "a"}}}}},
            {"w": {"companies": {"label": "billing", "count": {"gte": 7}, "where": {"name": {"eq": "b"}}}}},
        ),
        (
            "query A($w: WithinFilter) { deals(where: {closeDate: {within: $w}}) { totalCount } }",
            {"w": {"last": 1, "unit": "DAYS", "timeZone": "Europe/Berlin"}},
            {"w": {"last": 7, "unit": "MONTHS", "timeZone": "Asia/Kathmandu"}},
        ),
        (
            "query A($r: ContactRef!) { contact(by: $r) { id } }",
            {"r": {"email": "a@b.example"}},
            {"r": {"email": "c@d.example"}},
        ),
    ],
)
def test_values_of_one_shape_share_one_plan(
    merged: MergedSchema, text: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """The very same plan, so that the text is the same byte for byte."""
    prepared = Prepared(merged.graphql_schema, CATALOG, parse(text.replace('"CLOSED"', '"CLOSED_WON"')))
    second = {key: ["CLOSED_WON"] if value == ["CLOSED"] else value for key, value in second.items()}
    plan = prepared.plan(first)
    assert prepared.plan(second) is plan
    bound = [plan.bind(prepared.coerce(given).coerced, prepared.limits, now=NOW) for given in (first, second)]
    assert bound[0].statement.text is bound[1].statement.text
    assert bound[0].statement.params != bound[1].statement.params


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        ("query A($s: String) { contacts(where: {jobTitle: {eq: $s}}) { totalCount } }", {"s": "a"}, {"s": None}),
        ("query A($s: String) { contacts(where: {jobTitle: {eq: $s}}) { totalCount } }", {"s": "a"}, {}),
        (
            "query A($w: ContactWhere) { contacts(where: $w) { totalCount } }",
            {"w": {"age": {"gt": 1}}},
            {"w": {"age": {"lt": 1}}},
        ),
        ("query A($w: ContactWhere) { contacts(where: $w) { totalCount } }", {"w": {"or": []}}, {"w": {"or": [{}]}}),
        (
            "query A($d: OrderDirection) { contacts(orderBy: [{age: $d}]) { nodes { id } } }",
            {"d": "ASC"},
            {"d": "DESC"},
        ),
        ("query A($b: Boolean!) { contacts { nodes { id email @include(if: $b) } } }", {"b": True}, {"b": False}),
        ("query A($b: Boolean) { contacts(where: {age: {isSet: $b}}) { totalCount } }", {"b": True}, {"b": False}),
        (
            "query A($l: String) { contacts { nodes { companies(label: $l) { totalCount } } } }",
            {"l": "billing"},
            {"l": "primary"},
        ),
        ("query A($r: ContactRef!) { contact(by: $r) { id } }", {"r": {"email": "a@b.example"}}, {"r": {"id": "x"}}),
        (
            "query A($l: String) { contacts(where: {or: [{companies: {some: {}, label: $l}}]}) { totalCount } }",
            {"l": "billing"},
            {"l": "primary"},
        ),
        (
            "query A($w: [ContactWhere!]) { contacts(where: {and: $w}) { totalCount } }",
            {"w": [{"companies": {"some": {}, "label": "billing"}}]},
            {"w": [{"companies": {"some": {}, "label": "primary"}}]},
        ),
    ],
)
def test_what_chooses_the_text_makes_a_plan_of_its_own(
    merged: MergedSchema, text: str, first: dict[str, Any], second: dict[str, Any]
) -> None:
    """Null, absent, keys, directions, booleans and labels are part of the shape."""
    prepared = Prepared(merged.graphql_schema, CATALOG, parse(text))
    assert prepared.plan(first).text != prepared.plan(second).text
    assert prepared.plan(first) is prepared.plan(first)


def test_the_same_list_twice_is_read_once(merged: MergedSchema) -> None:
    """Two response keys with equal lists are one column of the statement."""
    prepared = Prepared(
        merged.graphql_schema, CATALOG, parse("{ contacts { nodes { email mail: email again: email } } }")
    )
    assert prepared.plan().text.count("`email`") == 1
