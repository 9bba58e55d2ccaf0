"""Hostile text in every place that takes text: it is data there, or refused; nothing else ever comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLNonNull,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)

from graphdb.catalog.model import PropertyType
from graphdb.cypher.statement import Statement
from tests.crm import HOSTILE_TEXT, minted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.harness import Crm

TEXTS = {
    "quotes": "' OR '1'='1 \" -- \\\" \\' ''",
    "backticks": "`x` `` ```",
    "escaped backtick": "\\u0060}) DETACH DELETE n //\\",
    "statement": "}) DETACH DELETE n //",
    "statement in a name": "`}) DETACH DELETE n //",
    "second statement": "x'; MATCH (n) DETACH DELETE n; //\n/* $p.v0 */ {id: 1} ${jndi:ldap://x} %s {0}",
    "emoji": "\U0001f469\u200d\U0001f680\U0001f600 e\u0301 \u202etxet\u202c",
    "line separators": "a\u2028b\u2029c\u0085d\r\ne\tf\x0bg",
    "control characters": "a\x01\x1b[31m\x7fz",
    "NUL": "a\x00b",
    "very long": "`'\"" * 20_000,
}
STRINGS = {PropertyType.STRING, PropertyType.TEXT, PropertyType.PHONE, PropertyType.URL, PropertyType.EMAIL}
REFUSALS = {"BAD_USER_INPUT", "GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED", "NOT_FOUND", "TOO_COMPLEX"}
_TEXT_TYPES = {"String", "ID", "JSON"}
_REVISIONS = "MATCH (n:`Record`) RETURN n.id, n.rev, datetime(n.updatedAt).epochMillis ORDER BY n.id"

each_text = pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())


def _places(graphql_type: Any, depth: int = 0) -> Iterator[tuple[tuple[str | int, ...], bool]]:
    """Where in an input type text may stand, and whether in a list."""
    inner = get_nullable_type(graphql_type)
    if is_list_type(inner):
        yield from (((0, *path), many) for path, many in _places(inner.of_type, depth))
        return
    named = get_named_type(inner)
    if isinstance(named, GraphQLInputObjectType) and depth < 3:
        for name, field in named.fields.items():
            if name not in {"and", "or", "not"} or depth == 0:
                yield from (((name, *path), many) for path, many in _places(field.type, depth + 1))
    elif named.name in _TEXT_TYPES:
        yield (), False


def _put(path: tuple[str | int, ...], value: Any) -> Any:
    for step in reversed(path):
        value = [value] if isinstance(step, int) else {step: value}
    return value


def _read_places(crm: Crm) -> list[tuple[str, str, tuple[str | int, ...]]]:
    """(root field, argument, place) of every text that a query on contacts or by id takes."""
    query = crm.registry.schema.graphql_schema.query_type
    assert query is not None
    return [
        (name, argument, path)
        for name in ("contact", "contacts", "node", "nodes", "notes")
        for argument, definition in query.fields[name].args.items()
        for path, _ in _places(definition.type)
    ]


def _inner(name: str) -> str:
    return "{ totalCount nodes { id } }" if name in {"contacts", "notes"} else "{ id }"


@each_text
async def test_in_every_argument_that_reads(crm: Crm, text: str) -> None:
    """In variables, as many fields at a time as one operation may have: no error but of the input, no change."""
    before = await _contents(crm)
    places = _read_places(crm)
    assert len(places) > 200
    schema = crm.registry.schema.graphql_schema
    query = schema.query_type
    assert query is not None
    plain = [place for place in places if place[1] not in {"after", "before"}]
    for start in range(0, len(plain), 50):
        definitions, fields, variables = [], [], {}
        for number, (name, argument, path) in enumerate(plain[start : start + 50]):
            definitions.append(f"$v{number}: {query.fields[name].args[argument].type}")
            fields.append(f"a{number}: {name}({argument}: $v{number}) {_inner(name)}")
            variables[f"v{number}"] = _put(path, text)
        response = await crm.ask(f"query A({', '.join(definitions)}) {{ {' '.join(fields)} }}", variables)
        assert not response.errors, response.errors[0]
    for name in ("contacts", "notes"):
        for argument in ("after", "before"):
            response = await crm.ask(f"query A($v: String) {{ {name}({argument}: $v) {_inner(name)} }}", {"v": text})
            assert response.codes == ["BAD_USER_INPUT"]
    assert await _contents(crm) == before


@each_text
async def test_written_into_the_document(crm: Crm, text: str) -> None:
    """As literals, escaped and as they are."""
    before = await _contents(crm)
    for literal in (json.dumps(text), json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")):
        response = await crm.ask(
            f"{{ a: contact(by: {{email: {literal}}}) {{ id }} b: node(id: {literal}) {{ id }} "
            f"c: contacts(where: {{id: {{in: [{literal}]}}, city: {{contains: {literal}, startsWith: {literal}}}}})"
            f"{{ totalCount }} d: nodes(ids: [{literal}]) {{ id }} }}"
        )
        assert not response.errors, response.errors[0]
        assert response.data == {"a": None, "b": None, "c": {"totalCount": 0}, "d": [None]}
        for field in (
            f"contacts(after: {literal}) {{ totalCount }}",
            f"contacts {{ nodes {{ companies(label: {literal}) {{ totalCount }} }} }}",
        ):
            response = await crm.ask(f"{{ {field} }}")
            assert response.codes == ["BAD_USER_INPUT"]
    assert await _contents(crm) == before


@each_text
async def test_in_labels_and_keys_of_writes(crm: Crm, text: str) -> None:
    """References that lead nowhere and labels that there are not: refused, and nothing written."""
    before = await _contents(crm)
    ada, hub = (crm.oracle.graph.by_type[name][0].id for name in ("contact", "company"))
    key = {"type": "CONTACT", "property": "email", "value": text}
    good = {"from": {"id": ada}, "to": {"id": hub}}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("associate", {**good, "labels": [text]}),
        ("associate", {**good, "from": {"id": text}}),
        ("associate", {**good, "to": {"id": text}}),
        ("associate", {**good, "from": {"key": {**key, "property": text}}}),
        ("associate", {**good, "from": {"key": key}}),
        ("associate", {**good, "to": {"key": {**key, "type": "COMPANY", "property": "externalId"}}}),
        ("updateContact", {"by": {"id": text}, "input": {"city": "x"}}),
        ("updateContact", {"by": {"email": text}, "input": {"city": "x"}}),
        ("updateContact", {"by": {"externalId": text}, "input": {"city": "x"}}),
        ("createContact", {"input": {"companies": [{"id": text}]}}),
        ("createContact", {"input": {"primaryCompany": {"domain": text}}}),
        ("upsertContact", {"by": "email", "input": {"email": text}}),
    ]
    mutation = crm.registry.schema.graphql_schema.mutation_type
    assert mutation is not None
    for name, arguments in cases:
        declared = ", ".join(f"${one}: {mutation.fields[name].args[one].type}" for one in arguments)
        passed = ", ".join(f"{one}: ${one}" for one in arguments)
        response = await crm.ask(f"mutation A({declared}) {{ {name}({passed}) {{ created }} }}", arguments)
        assert response.data is None, (name, arguments)
        assert set(response.codes) <= REFUSALS, response.errors
    assert await _contents(crm) == before


@each_text
async def test_in_every_property(crm: Crm, text: str) -> None:
    """A text is stored byte for byte; a line, without what surrounds it; what a property refuses is not stored."""
    before = await _contents(crm)
    contact = crm.oracle.catalog.by_name["contact"]
    accepted: dict[str, str] = {}
    for prop in contact.properties:
        if prop.type not in STRINGS:
            continue
        response = await crm.ask(
            f"mutation A($v: ContactInput!) {{ createContact(input: $v) {{ contact {{ {prop.name} }} }} }}",
            {"v": {prop.name: text}},
        )
        if response.data is None:
            assert response.faults == [("BAD_USER_INPUT", f"input.{prop.name}")], response.errors
        else:
            accepted[prop.name] = text if prop.type is PropertyType.TEXT else text.strip()
            assert response.data["createContact"]["contact"][prop.name] == accepted[prop.name]
    assert "description" in accepted
    accepted["externalId"] = "hostile"
    response = await crm.ask(
        "mutation A($v: ContactInput!) { upsertContact(by: externalId, input: $v) { contact { id } } }",
        {"v": accepted},
    )
    assert response.data is not None
    fields = " ".join(accepted)
    read = await crm.ask(f'{{ contact(by: {{externalId: "hostile"}}) {{ displayName {fields} }} }}')
    assert read.data is not None
    assert {name: read.data["contact"][name] for name in accepted} == accepted
    count = await crm.ask(
        "query A($t: String) { contacts(where: {description: {eq: $t}}) { totalCount } }", {"t": text}
    )
    assert count.data == {"contacts": {"totalCount": 2}}
    after = await _contents(crm)
    assert [row for row in after if row in before] == before
    await _delete_new(crm, before)


@each_text
async def test_in_json(crm: Crm, text: str) -> None:
    """As a key and as a value, written and read back."""
    before = await _contents(crm)
    value = {text[:100]: [text, {"deep": text}], "plain": None}
    response = await crm.ask(
        "mutation A($v: JSON) { createNote(input: {attachments: $v}) { note { attachments } } }", {"v": value}
    )
    assert response.data == {"createNote": {"note": {"attachments": value}}}
    after = await _contents(crm)
    assert [row for row in after if row in before] == before
    assert len(after) == len(before) + 1
    await _delete_new(crm, before)


async def test_unique_values_that_differ_only_in_hostile_parts(crm: Crm) -> None:
    """Each is a key of its own and finds its own record."""
    before = await _contents(crm)
    keys = [*HOSTILE_TEXT, "a.b:c", "contact.email:ada@hub.example", "a'", "a''", "a\\", "a\\\\"]
    for key in keys:
        response = await crm.ask(
            "mutation A($k: String) { createContact(input: {externalId: $k, city: $k}) { contact { externalId } } }",
            {"k": key},
        )
        assert response.data == {"createContact": {"contact": {"externalId": key}}}
    for key in keys:
        response = await crm.ask("query A($k: String!) { contact(by: {externalId: $k}) { city } }", {"k": key})
        assert response.data == {"contact": {"city": key}}
    await _delete_new(crm, before)


async def test_a_blank_key_finds_nothing(crm: Crm) -> None:
    """Not even a record whose key reads like Python's word for nothing."""
    before = await _contents(crm)
    text = "mutation A($k: String) { createContact(input: {externalId: $k}) { contact { externalId } } }"
    assert (await crm.ask(text, {"k": "None"})).data == {"createContact": {"contact": {"externalId": "None"}}}
    requests = (
        'mutation A($k: String!) { updateContact(by: {externalId: $k}, input: {city: "x"}) { created } }',
        """mutation A($k: String!) { associate(from: {key: {type: CONTACT, property: "externalId", value: $k}},
          to: {key: {type: COMPANY, property: "domain", value: "hub.example"}}) { created } }""",
    )
    for blank in ("", " ", "\t"):
        response = await crm.ask("query A($k: String!) { contact(by: {externalId: $k}) { id } }", {"k": blank})
        assert response.data == {"contact": None}
        for request in requests:
            response = await crm.ask(request, {"k": blank})
            assert response.data is None
            assert response.codes == ["BAD_USER_INPUT"]
    await _delete_new(crm, before)


@pytest.mark.parametrize("value", ["\ud800", "a\udfffb"])
async def test_half_a_surrogate_pair_is_refused(crm: Crm, value: str) -> None:
    """It is no Unicode text; JSON that holds one does not get past the endpoint, other callers get an error."""
    before = await _contents(crm)
    for text, variables in (
        ("mutation A($v: String) { createContact(input: {city: $v}) { created } }", {"v": value}),
        ("query A($v: String) { contacts(where: {city: {eq: $v}}) { totalCount } }", {"v": value}),
        ("query A($v: ID!) { node(id: $v) { id } }", {"v": value}),
        ("query A($v: String) { contacts(after: $v) { totalCount } }", {"v": value}),
    ):
        response = await crm.ask(text, variables)
        assert response.codes == ["BAD_USER_INPUT"], (text, response)
    assert await _contents(crm) == before


async def test_huge_numbers_in_documents(crm: Crm) -> None:
    """Thousands of digits where a number may stand."""
    digits = "9" * 9_000
    for field in (
        f"contacts(first: {digits}) {{ totalCount }}",
        f"contacts(where: {{age: {{eq: {digits}}}}}) {{ totalCount }}",
        f"deals(where: {{amount: {{eq: {digits}}}}}) {{ totalCount }}",
        f'deals(where: {{amount: {{eq: "{digits}"}}}}) {{ totalCount }}',
        f"contacts(where: {{score: {{eq: {digits}}}}}) {{ totalCount }}",
        f"contacts(where: {{score: {{eq: 1e{digits}}}}}) {{ totalCount }}",
        f"node(id: {digits}) {{ id }}",
    ):
        response = await crm.ask(f"{{ {field} }}")
        assert set(response.codes) <= REFUSALS, (field[:60], response.errors)
        # A float may be too large to be told from infinity; then no record has it.
        assert response.errors or response.data in ({"node": None}, {"contacts": {"totalCount": 0}})


async def test_ids_of_other_kinds(crm: Crm) -> None:
    """Numbers and ids in other spellings find nothing."""
    one = crm.oracle.graph.by_type["contact"][0].id
    response = await crm.ask(
        "query A($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [1, one.upper(), f" {one}", minted(88_888), one]}
    )
    assert response.data is not None
    assert response.data["nodes"][0] is None
    assert response.data["nodes"][2:] == [None, None, {"id": one}]


async def _contents(crm: Crm) -> list[list[Any]]:
    """Every record with its revision, and how many nodes and relationships there are."""
    rows = await crm.store.read(Statement(_REVISIONS))
    relationships = await crm.store.read(Statement("MATCH ()-[r]->() RETURN count(r)"))
    return [*rows, ["relationships", relationships[0][0] - await _key_count(crm)]]


async def _key_count(crm: Crm) -> int:
    rows = await crm.store.read(Statement("MATCH (:`_Key`)-[r]->() RETURN count(r)"))
    return int(rows[0][0])


async def _delete_new(crm: Crm, before: list[list[Any]]) -> None:
    known = [row[0] for row in before]

    async def work(transaction: Any) -> None:
        await transaction.run(
            Statement(
                "MATCH (n:`Record`) WHERE NOT n.id IN $p.known OPTIONAL MATCH (k:`_Key`)-[:OF]->(n) DETACH DELETE k, n",
                {"known": known},
            )
        )

    await crm.store.write(work)
    assert await _contents(crm) == before


def test_the_places_are_found() -> None:
    """The walk over input types sees into lists and objects."""
    from graphql import GraphQLInputField, GraphQLList, GraphQLString  # noqa: PLC0415

    inner = GraphQLInputObjectType("Inner", {"text": GraphQLInputField(GraphQLNonNull(GraphQLString))})
    outer = GraphQLList(GraphQLNonNull(inner))
    assert is_non_null_type(outer.of_type)
    assert [path for path, _ in _places(outer)] == [(0, "text")]
