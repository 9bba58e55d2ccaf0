"""Bad input: a clear error with its code and its place, quickly, and a graph as it was before."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from app.asgi import create_app
from app.registry import Registry
from app.settings import Settings
from tests.crm import minted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.harness import Crm, Response

ADA = "ada@hub.example"


@pytest.fixture(autouse=True)
async def unchanged(crm: Crm) -> AsyncIterator[None]:
    """Whatever a test sends: no node, relationship or revision more or less than before."""
    before = await crm.state()
    yield
    assert await crm.state() == before


async def _refused(crm: Crm, text: str, variables: dict[str, Any] | None = None) -> Response:
    response = await crm.ask(text, variables)
    assert response.data is None
    assert response.errors
    return response


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{ contacts { nodes { shoeSize } } }", "Cannot query field 'shoeSize' on type 'Contact'"),
        ("{ contatcs { totalCount } }", "Did you mean 'contacts'"),
        ('{ deals(where: {stage: {eq: "CLOSED_WON"}}) { totalCount } }', "DealStage"),
        ("{ deals(where: {stage: {eq: CLOSED_WUN}}) { totalCount } }", "CLOSED_WON"),
        ("{ contacts(where: {age: {eq: 1.5}}) { totalCount } }", "Long expects an integer"),
        (
            "{ contacts(where: {age: {contains: 1}}) { totalCount } }",
            "'LongFilter' not to include unknown field 'contains'",
        ),
        (
            "{ contacts(where: {shoeSize: {eq: 1}}) { totalCount } }",
            "'ContactWhere' not to include unknown field 'shoeSize'",
        ),
        ("{ deals(where: {amount: {gt: 1.5}}) { totalCount } }", "Decimal expects a string"),
        ('{ deals(where: {closeDate: {gt: "31.01.2025"}}) { totalCount } }', 'Date expects "YYYY-MM-DD"'),
        ('{ deals(where: {closedAt: {gt: "2025-01-31"}}) { totalCount } }', "DateTime expects RFC 3339"),
        ('{ contacts(first: "3") { totalCount } }', "Int cannot represent"),
        ("{ contacts { nodes } }", "must have a selection of subfields"),
        ("{ contact { id } }", "'Query.contact(by:)'"),
        ("{ contact(by: {}) { id } }", "exactly one"),
        ('{ contact(by: {id: "1", email: "a@b.example"}) { id } }', "exactly one"),
        ("{ contacts { nodes { ...Missing } } }", "Unknown fragment 'Missing'"),
        ("query A($x: Int) { contacts(after: $x) { totalCount } }", "expecting type 'String'"),
    ],
)
async def test_what_does_not_fit_the_schema(crm: Crm, text: str, words: str) -> None:
    """The document is refused as a whole, before anything is read."""
    response = await _refused(crm, text)
    assert set(response.codes) == {"GRAPHQL_VALIDATION_FAILED"}
    assert any(words in error["message"] for error in response.errors), response.errors
    assert all(error["locations"] for error in response.errors)


async def test_what_is_no_graphql(crm: Crm) -> None:
    """A syntax error says where."""
    response = await _refused(crm, "{ contacts { nodes { id } }")
    assert response.codes == ["GRAPHQL_PARSE_FAILED"]
    assert response.errors[0]["locations"] == [{"line": 1, "column": 28}]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"stage": "CLOSED_WUN"}, "CLOSED_WON"),
        ({"first": "3"}, "Int"),
        ({"first": 1.5}, "Int"),
        ({"where": {"amount": {"gt": 1.5}}}, "Decimal expects a string"),
        ({"where": {"amount": {"gt": "NaN"}}}, "Decimal expects a string"),
        ({"where": {"closedAt": {"gt": "2025-01-31T10:00:00"}}}, "DateTime expects RFC 3339 with an offset"),
        ({"where": {"name": {"eq": 5}}}, "String"),
        ({"where": {"shoeSize": {"eq": 5}}}, "shoeSize"),
        ({"where": {"and": [None]}}, "and"),
        ({"where": 5}, "DealWhere"),
    ],
)
async def test_variables_that_do_not_fit(crm: Crm, variables: dict[str, Any], words: str) -> None:
    """Values of the wrong type in variables."""
    text = """query A($where: DealWhere, $first: Int, $stage: DealStage) {
      deals(where: $where, first: $first) { totalCount } b: deals(where: {stage: {eq: $stage}}) { totalCount } }"""
    response = await _refused(crm, text, variables)
    assert set(response.codes) == {"BAD_USER_INPUT"}
    assert any(words in error["message"] for error in response.errors), response.errors


async def test_every_bad_variable_is_reported(crm: Crm) -> None:
    """Not only the first one."""
    text = (
        "query A($a: Int!, $b: DealStage, $c: Int) { deals(first: $a, where: {stage: {eq: $b}}) { totalCount } "
        "x: deals(first: $c) { totalCount } }"
    )
    response = await _refused(crm, text, {"b": "NO", "c": "x"})
    assert response.codes == ["BAD_USER_INPUT"] * 3


@pytest.mark.parametrize(
    ("arguments", "place", "words"),
    [
        ("first: -1", ["first"], "first expects from 0 to 1,000; found -1."),
        ("first: 1001", ["first"], "first expects from 0 to 1,000; found 1,001."),
        ('after: "nonsense"', ["after"], "after expects a cursor that this list gave"),
        ('after: ""', ["after"], "after expects a cursor"),
        ('after: "W10"', ["after"], "after expects a cursor"),
        ('after: "WyJ4IiwxXQ"', ["after"], "after expects a cursor"),
        ("orderBy: [{name: ASC, amount: DESC}]", ["orderBy", 0], "exactly one key in each object; found 2"),
        ("orderBy: [{amount: DESC}, {}]", ["orderBy", 1], "exactly one key in each object; found 0"),
        ("orderBy: [{amount: null}]", ["orderBy", 0, "amount"], "expects ASC or DESC; found null"),
        ("orderBy: [{amount: ASC}, {amount: DESC}]", ["orderBy", 1, "amount"], "is given twice"),
        ("where: {amount: null}", ["where", "amount"], "expects a filter; found null"),
        ("where: {amount: {gt: null}}", ["where", "amount", "gt"], "only eq and ne take null"),
        ("where: {name: {in: null}}", ["where", "name", "in"], "only eq and ne take null"),
        ("where: {name: {isSet: null}}", ["where", "name", "isSet"], "only eq and ne take null"),
        ("where: {and: null}", ["where", "and"], "found null"),
        ("where: {not: null}", ["where", "not"], "found null"),
        ("where: {or: [{not: {name: {contains: null}}}]}", ["where", "or", 0, "not", "name", "contains"], "null"),
    ],
)
async def test_arguments_that_no_list_takes(crm: Crm, arguments: str, place: list[Any], words: str) -> None:
    """The error names the response field and the place in its arguments."""
    response = await _refused(crm, f"{{ big: deals({arguments}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}")
    assert response.codes == ["BAD_USER_INPUT"]
    (error,) = response.errors
    assert error["path"] == ["big"]
    assert error["locations"]
    assert error["extensions"]["input"] == place
    assert words in error["message"]


@pytest.mark.parametrize("value", [-1, 1001])
async def test_page_sizes_in_variables_are_checked_in_each_request(crm: Crm, value: int) -> None:
    """A plan made for a good page size still refuses a bad one."""
    text = "query A($n: Int) { companies { nodes { deals(first: $n) { nodes { id } } } } }"
    assert not (await crm.ask(text, {"n": 1})).errors
    response = await _refused(crm, text, {"n": value})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["companies", "nodes", "deals"]
    assert response.errors[0]["extensions"]["input"] == ["first"]


async def test_cursors_in_variables_are_checked_in_each_request(crm: Crm) -> None:
    """Malformed ones, those of another order and those that hold a value of another type."""
    text = "query A($after: String) { deals(after: $after, orderBy: [{amount: DESC}]) { edges { cursor } } }"
    good = (await crm.ask(text)).data
    assert good is not None
    cursor = good["deals"]["edges"][0]["cursor"]
    assert not (await crm.ask(text, {"after": cursor})).errors
    other = (await crm.ask(text.replace("amount", "name"))).data
    assert other is not None
    for after in ("", "x", cursor + "A", cursor[:-2], other["deals"]["edges"][0]["cursor"], "\ud800", "💥"):
        response = await _refused(crm, text, {"after": after})
        assert response.codes == ["BAD_USER_INPUT"]
        assert response.errors[0]["extensions"]["input"] == ["after"]


async def test_an_unknown_label_is_answered_with_a_suggestion(crm: Crm) -> None:
    """Written into the document or in a variable."""
    text = "query A($l: String) { contacts { nodes { companies(label: $l) { totalCount } } } }"
    response = await _refused(crm, text, {"l": "biling"})
    assert response.codes == ["BAD_USER_INPUT"]
    assert "Did you mean 'billing'?" in response.errors[0]["message"]
    assert response.errors[0]["path"] == ["contacts", "nodes", "companies"]
    assert response.errors[0]["extensions"]["input"] == ["label"]
    assert not (await crm.ask(text, {"l": None})).errors


async def test_null_where_nothing_may_be_null_is_no_filter_left_out(crm: Crm) -> None:
    """A filter's variable that is null is refused, an absent one leaves the operator out."""
    text = (
        "query A($s: [DealStage!], $n: String) { deals(where: {stage: {in: $s}, name: {contains: $n}}) { totalCount } }"
    )
    response = await _refused(crm, text, {"s": ["CLOSED_WON"], "n": None})
    assert response.errors[0]["extensions"]["input"] == ["where", "name", "contains"]
    answer = await crm.ask(text, {"s": ["CLOSED_WON"]})
    assert not answer.errors


# --- limits ------------------------------------------------------------------------------------------------------


async def test_too_many_records_by_page_sizes(crm: Crm) -> None:
    """The error names the list with the largest share and both numbers."""
    text = "{ contacts(first: 100) { nodes { companies(first: 50) { nodes { deals(first: 30) { nodes { id } } } } } } }"
    response = await _refused(crm, text)
    (error,) = response.errors
    assert error["extensions"] == {"code": "TOO_COMPLEX", "records": 155_100, "limit": 100_000}
    assert error["path"] == ["contacts", "nodes", "companies", "nodes", "deals"]
    for words in ("155,100", "150,000", "contacts.nodes.companies.nodes.deals", "100,000"):
        assert words in error["message"]


async def test_lists_below_many_ids_count_for_each(crm: Crm) -> None:
    """``nodes(ids:)`` multiplies like any list."""
    text = "query A($ids: [ID!]!) { nodes(ids: $ids) { ... on Contact { companies(first: 1000) { nodes { id } } } } }"
    assert not (await crm.ask(text, {"ids": [minted(1)]})).errors
    response = await _refused(crm, text, {"ids": [minted(n) for n in range(200)]})
    assert response.codes == ["TOO_COMPLEX"]
    assert response.errors[0]["extensions"]["records"] == 200_200


async def test_too_many_ids(crm: Crm) -> None:
    """At most as many as a page holds."""
    text = "query A($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    response = await _refused(crm, text, {"ids": ["x"] * 1001})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["extensions"]["input"] == ["ids"]


def _bomb(levels: int) -> str:
    """Each fragment spreads the next one twice, one hop further."""
    fragments = [
        f"fragment F{n} on Contact {{ a: companies(first: 1) {{ nodes {{ contacts(first: 1) {{ nodes {{ ...F{n + 1} }} "
        f"}} }} }} b: companies(first: 1) {{ nodes {{ contacts(first: 1) {{ nodes {{ ...F{n + 1} }} }} }} }} }}"
        for n in range(levels)
    ]
    return "\n".join(
        ["{ contacts(first: 1) { nodes { ...F0 } } }", *fragments, f"fragment F{levels} on Contact {{ id }}"]
    )


def _deep(levels: int) -> str:
    hop = "companies(first: 1) { nodes { contacts(first: 1) { nodes { "
    return "{ contacts(first: 1) { nodes { " + hop * levels + "id" + " } } } }" * levels + " } } }"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(_bomb(12), id="fragments that double at each level"),
        pytest.param(_bomb(60), id="more of them"),
        pytest.param(_deep(20), id="deep"),
        pytest.param(_deep(400), id="very deep"),
        pytest.param("{" * 5_000, id="braces"),
        pytest.param("{ contacts { nodes { " + " ".join(f"a{n}: email" for n in range(5_001)) + " } } }", id="wide"),
        pytest.param("{ " + " ".join(f"a{n}: contacts {{ totalCount }}" for n in range(51)) + " }", id="many roots"),
        pytest.param("{ contacts { nodes { id } } }" + " " * 10 + "#" * 10 + "\n" + "{ a } " * 10_000, id="long"),
        pytest.param(
            "{ contacts(where: " + "{not: " * 900 + "{}" + "}" * 900 + ") { totalCount } }", id="a deep filter"
        ),
        pytest.param(
            "{ contacts { nodes { "
            + "...A " * 1_500
            + "} } } fragment A on Contact { "
            + " ".join(f"a{n}: email" for n in range(100))
            + " ...B } fragment B on Contact { ...C } "
            "fragment C on Contact { id }",
            id="one fragment many times",
        ),
    ],
)
async def test_documents_that_would_cost_too_much_are_refused_at_once(crm: Crm, text: str) -> None:
    """Less than a second of processor time, and no internal error."""
    started = time.process_time()
    response = await crm.ask(text)
    spent = time.process_time() - started
    assert spent < 1, spent
    if response.errors:
        assert response.data is None
        assert set(response.codes) <= {"TOO_COMPLEX", "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED"}
        assert len(response.errors) <= 100


# --- writes ------------------------------------------------------------------------------------------------------


async def _write(crm: Crm, field: str, variables: dict[str, Any] | None = None, head: str = "") -> Response:
    return await _refused(crm, f"mutation A{head} {{ {field} }}", variables)


async def test_a_record_that_does_not_exist_cannot_be_associated(crm: Crm) -> None:
    """NOT_FOUND with the place of each reference; a link in an input likewise."""
    response = await _write(
        crm, f'a: associate(from: {{id: "{minted(1)}"}}, to: {{id: "{minted(77_777)}"}}) {{ created }}'
    )
    assert response.codes == ["NOT_FOUND"]
    assert response.faults == [("NOT_FOUND", "to.id")]
    assert response.errors[0]["path"] == ["a"]
    response = await _write(crm, 'associate(from: {id: "no id"}, to: {id: ""}) { created }')
    assert response.faults == [("NOT_FOUND", "from.id"), ("NOT_FOUND", "to.id")]
    key = 'key: {type: COMPANY, property: "domain", value: "nobody.example"}'
    response = await _write(
        crm,
        f'associate(from: {{key: {{type: CONTACT, property: "email", value: "{ADA}"}}}}, to: {{{key}}}) {{ created }}',
    )
    assert response.faults == [("NOT_FOUND", "to.key.value")]
    field = 'createContact(input: {companies: [{domain: "hub.example"}, {id: "x"}]}) { created }'
    response = await _write(crm, field)
    assert response.faults == [("NOT_FOUND", "input.companies.1.id")]


async def test_records_that_cannot_be_associated(crm: Crm) -> None:
    """Types without an association, a record with itself, a label that the pair lacks."""
    note, product = (crm.oracle.graph.by_type[name][0].id for name in ("note", "product"))
    field = f'associate(from: {{id: "{note}"}}, to: {{id: "{product}"}}) {{ created }}'
    assert (await _write(crm, field)).codes == ["BAD_USER_INPUT"]
    ada = crm.oracle.graph.by_type["contact"][0].id
    field = f'associate(from: {{id: "{ada}"}}, to: {{id: "{ada}"}}) {{ created }}'
    assert (await _write(crm, field)).codes == ["BAD_USER_INPUT"]
    company = crm.oracle.graph.by_type["company"][0].id
    field = f'associate(from: {{id: "{ada}"}}, to: {{id: "{company}"}}, labels: ["biling"]) {{ created }}'
    response = await _write(crm, field)
    assert response.codes == ["BAD_USER_INPUT"]
    assert "billing" in response.errors[0]["message"]


async def test_an_unknown_unique_property(crm: Crm) -> None:
    """Of a key that names a record."""
    field = 'associate(from: {key: {type: CONTACT, property: "emial", value: "x"}}, to: {id: "x"}) { created }'
    response = await _write(crm, field)
    assert response.codes == ["BAD_USER_INPUT"]
    assert "Did you mean 'email'?" in response.errors[0]["message"]
    assert response.errors[0]["extensions"]["input"] == ["from", "key", "property"]


async def test_a_duplicate_email_names_the_record_that_has_it(crm: Crm) -> None:
    """However it is written; on update too."""
    holder = next(one.id for one in crm.oracle.graph.by_type["contact"] if one.values.get("email") == ADA)
    field = 'createContact(input: {email: " ADA@Hub.Example "}) { contact { id } }'
    response = await _write(crm, field)
    assert response.codes == ["CONFLICT"]
    assert response.errors[0]["extensions"]["conflictingId"] == holder
    assert response.errors[0]["extensions"]["faults"][0]["conflictingId"] == holder
    assert response.faults == [("CONFLICT", "input.email")]
    field = f'updateContact(by: {{email: "bob@hub.example"}}, input: {{email: "{ADA}"}}) {{ created }}'
    response = await _write(crm, field)
    assert response.codes == ["CONFLICT"]
    assert response.errors[0]["extensions"]["conflictingId"] == holder


async def test_a_record_that_does_not_exist_cannot_be_updated(crm: Crm) -> None:
    """By id, by key, and by the id of a record of another type."""
    company = crm.oracle.graph.by_type["company"][0].id
    for by, place in (
        (f'{{id: "{minted(77_777)}"}}', "by.id"),
        ('{email: "nobody@hub.example"}', "by.email"),
        (f'{{id: "{company}"}}', "by.id"),
    ):
        response = await _write(crm, f'updateContact(by: {by}, input: {{city: "x"}}) {{ created }}')
        assert response.codes == ["NOT_FOUND"]
        assert response.faults == [("NOT_FOUND", place)]


async def test_all_faults_of_an_input_are_reported(crm: Crm) -> None:
    """Required properties, bad values, at once and each with its place."""
    response = await _write(
        crm, 'createDeal(input: {amount: "1.00", stage: CLOSED_WON, pipeline: RENEWAL}) { created }'
    )
    assert response.codes == ["BAD_USER_INPUT"]
    assert sorted(response.faults) == [("BAD_USER_INPUT", "input.name"), ("BAD_USER_INPUT", "input.pipeline")]
    response = await _write(
        crm, 'createContact(input: {email: "no address", phone: "??", website: "no web", city: "ok"}) { created }'
    )
    assert sorted(place for _, place in response.faults) == ["input.email", "input.phone", "input.website"]


async def test_faults_of_every_field_are_reported(crm: Crm) -> None:
    """Inputs are checked before anything is written: an error for each field that has faults."""
    response = await _write(
        crm,
        'a: createContact(input: {email: "fresh@hub.example"}) { created } b: createDeal(input: {}) { created } '
        'c: createContact(input: {email: "x"}) { created }',
    )
    assert [error["path"] for error in response.errors] == [["b"], ["c"]]
    assert response.faults == [("BAD_USER_INPUT", "input.name"), ("BAD_USER_INPUT", "input.email")]


async def test_a_required_association(crm: Crm) -> None:
    """A lead has a contact or a company."""
    response = await _write(crm, 'createLead(input: {name: "Nobody\'s"}) { created }')
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.faults == [("BAD_USER_INPUT", "input")]


async def test_what_a_mutation_does_not_take(crm: Crm) -> None:
    """Read-only properties and unknown ones are no input fields; a required one cannot be unset."""
    response = await _write(crm, 'createContact(input: {createdAt: "2025-01-01T00:00:00Z"}) { created }')
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]
    response = await _write(crm, 'createDeal(input: {isWon: true, name: "x"}) { created }')
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]
    response = await _write(crm, "createContact(input: {companies: null}) { created }")
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["extensions"]["input"] == ["input", "companies"]
    deal = crm.oracle.graph.by_type["deal"][0].id
    response = await _write(crm, f'updateDeal(by: {{id: "{deal}"}}, input: {{name: null}}) {{ created }}')
    assert response.faults == [("BAD_USER_INPUT", "input.name")]


async def test_a_payload_that_would_be_refused_stops_the_write(crm: Crm) -> None:
    """What is wrong with the selection is found before anything is committed."""
    response = await _write(
        crm, 'createContact(input: {city: "x"}) { contact { companies(first: -1) { nodes { id } } } }'
    )
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["createContact", "contact", "companies"]


# --- over HTTP ---------------------------------------------------------------------------------------------------


@pytest.fixture
async def client(crm: Crm) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(replace(Settings(), build_indexes=False, statistics_every_s=0, index_use_days=0), crm.store)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client,
    ):
        yield client


@pytest.mark.parametrize(
    ("text", "code", "status"),
    [
        ("{ contacts { nodes { shoeSize } } }", "GRAPHQL_VALIDATION_FAILED", 400),
        ("{ contacts", "GRAPHQL_PARSE_FAILED", 400),
        ("{ contacts(first: -1) { totalCount nodes { id } } }", "BAD_USER_INPUT", 200),
        ('mutation { createContact(input: {email: "ada@hub.example"}) { created } }', "CONFLICT", 200),
    ],
)
async def test_over_http(client: httpx.AsyncClient, text: str, code: str, status: int) -> None:
    """The same errors, with the status of the media type that was asked for."""
    for media, expected in (("application/json", 200), ("application/graphql-response+json", status)):
        answer = await client.post("/graphql", json={"query": text}, headers={"accept": media})
        assert answer.status_code == expected
        assert [error["extensions"]["code"] for error in answer.json()["errors"]] == [code]
        assert answer.json().get("data") is None


async def test_introspection_can_be_mixed_with_records_over_http(client: httpx.AsyncClient) -> None:
    """One document, both answered, in the document's order."""
    text = "{ b: __schema { queryType { name } } contacts(first: 1) { nodes { id } } a: __typename }"
    answer = (await client.post("/graphql", json={"query": text})).json()
    assert "errors" not in answer
    assert list(answer["data"]) == ["b", "contacts", "a"]
    assert answer["data"]["b"] == {"queryType": {"name": "Query"}}
    assert answer["data"]["a"] == "Query"


async def test_the_data_model_can_be_mixed_with_records(crm: Crm) -> None:
    """Fixed fields with arguments, fragments and variables of their own, in the document's order."""
    response = await crm.ask(
        """query A($with: Boolean!, $n: Int) { model: dataModel { ...M } contacts(first: $n) { nodes { id } }
          t: __type(name: "Contact") { name @include(if: $with) } }
        fragment M on DataModel { version objectTypes { name @skip(if: $with) plural: pluralField } }""",
        {"with": True, "n": 1},
    )
    assert not response.errors
    assert response.data is not None
    assert list(response.data) == ["model", "contacts", "t"]
    assert response.data["model"]["objectTypes"][0] == {"plural": "contacts"}
    assert len(response.data["contacts"]["nodes"]) == 1
    assert response.data["t"] == {"name": "Contact"}


async def test_limits_come_from_the_settings(crm: Crm) -> None:
    """A smaller limit refuses what the default one takes."""
    registry = await Registry.open(crm.store, replace(Settings(), records_max=40))
    served = replace(crm, registry=registry)
    assert not (await crm.ask("{ contacts(first: 41) { nodes { id } } }")).errors
    response = await served.ask("{ contacts(first: 41) { nodes { id } } }")
    assert response.codes == ["TOO_COMPLEX"]
