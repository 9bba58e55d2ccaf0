"""``history``: what became of a record's values, against a model of what was written."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from tests.harness import ask, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

VALUES: dict[str, list[Any]] = {
    "firstName": [None, "Ada", "Grace", 'O\'Brien "`x`"', "\U0001f600"],
    "city": [None, "London", "Turin"],
    "age": [None, 0, 2**53 - 1],
    "score": [None, 1.5, -0.25],
    "birthDate": [None, "1815-12-10", "1906-12-09"],
    "lastContactedAt": [None, "2026-11-22T09:30:00.123Z", "0001-01-01T00:00:00.000Z"],
    "emailOptOut": [None, True, False],
    "gender": [None, "FEMALE", "MALE"],
    "buyingRole": [None, ["CHAMPION"], ["CHAMPION", "DECISION_MAKER"]],
}
HISTORY = (
    "query H($id: ID!, $first: Int, $after: String, $properties: [String!]) { contact(by: {id: $id}) { "
    "history(first: $first, after: $after, properties: $properties) { "
    "pageInfo { hasNextPage hasPreviousPage startCursor endCursor } "
    "edges { cursor node { property before after rev by source at } } nodes { property } } } }"
)


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """An empty CRM, served; tests use records of their own."""
    await empty(store)
    return await Registry.open(store, Settings())


async def data(registry: Registry, text: str, **variables: Any) -> Any:
    response = await ask(registry, text, variables)
    assert not response.errors, response.errors
    return response.data


async def created(registry: Registry, **values: Any) -> str:
    text = "mutation C($input: ContactInput!) { createContact(input: $input) { contact { id } } }"
    record_id: str = (await data(registry, text, input=values))["createContact"]["contact"]["id"]
    return record_id


async def updated(registry: Registry, record_id: str, **values: Any) -> None:
    text = "mutation U($id: ID!, $input: ContactInput!) { updateContact(by: {id: $id}, input: $input) { created } }"
    await data(registry, text, id=record_id, input=values)


async def history(registry: Registry, record_id: str, *, first: int = 1000, **arguments: Any) -> list[dict[str, Any]]:
    """All of it, page after page."""
    found: list[dict[str, Any]] = []
    while True:
        shown = (await data(registry, HISTORY, id=record_id, first=first, **arguments))["contact"]["history"]
        info, edges = shown["pageInfo"], shown["edges"]
        assert [edge["node"]["property"] for edge in edges] == [node["property"] for node in shown["nodes"]]
        assert len(edges) == first or not info["hasNextPage"]
        assert info["hasPreviousPage"] is ("after" in arguments)
        assert (info["startCursor"], info["endCursor"]) == (
            (edges[0]["cursor"], edges[-1]["cursor"]) if edges else (None, None)
        )
        found += [edge["node"] for edge in edges]
        if not info["hasNextPage"]:
            return found
        arguments["after"] = info["endCursor"]


@pytest.mark.parametrize("seed", range(8))
async def test_every_change_of_a_value_is_shown_newest_first(registry: Registry, seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - choices are no secret
    values = {name: dice.choice(VALUES[name][1:]) for name in dice.sample(list(VALUES), 4)}
    record_id = await created(registry, **values)
    made = [{name: (None, value) for name, value in values.items()}]
    for _ in range(12):
        given = {name: dice.choice(VALUES[name]) for name in dice.sample(list(VALUES), dice.randint(1, 4))}
        await updated(registry, record_id, **given)
        changed = {
            name: (values.get(name), value) for name, value in given.items() if not _same(values.get(name), value)
        }
        values |= given
        if changed:
            made.append(changed)
    order = [prop.name for prop in registry.catalog.by_name["contact"].properties]
    asked = dice.choice([None, dice.sample(list(VALUES), 2), ["firstName"]])
    expected = [
        (rev, name, *changes[name])
        for rev, changes in reversed(list(enumerate(made, start=1)))
        for name in order
        if name in changes and (asked is None or name in asked)
    ]
    whole = await history(registry, record_id, properties=asked)
    assert [(one["rev"], one["property"], _plain(one["before"]), _plain(one["after"])) for one in whole] == [
        (rev, name, _plain(before), _plain(after)) for rev, name, before, after in expected
    ]
    assert {(one["by"], one["source"]) for one in whole} <= {("super_admin", "API")}
    assert [one["at"] for one in whole] == sorted((one["at"] for one in whole), reverse=True)
    for first in (1, 2, 3, 7):
        assert await history(registry, record_id, first=first, properties=asked) == whole


def _same(before: Any, after: Any) -> bool:
    return bool(_plain(before) == _plain(after))


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


async def test_pages_stay_where_they_are_while_the_record_changes(registry: Registry) -> None:
    record_id = await created(registry, firstName="0", city="x", age=1)
    before = await history(registry, record_id)
    shown = (await data(registry, HISTORY, id=record_id, first=2))["contact"]["history"]
    await updated(registry, record_id, firstName="1")
    rest = await history(registry, record_id, first=2, after=shown["pageInfo"]["endCursor"])
    assert [edge["node"] for edge in shown["edges"]] + rest == before


async def test_a_page_of_none_says_whether_there_is_any(registry: Registry) -> None:
    some = await created(registry, firstName="0")
    none = await created(registry)
    for record_id, more in ((some, True), (none, False)):
        shown = (await data(registry, HISTORY, id=record_id, first=0))["contact"]["history"]
        assert shown["edges"] == []
        assert shown["pageInfo"] == {
            "hasNextPage": more,
            "hasPreviousPage": False,
            "startCursor": None,
            "endCursor": None,
        }


async def test_it_stands_on_records_wherever_they_are_found(registry: Registry) -> None:
    """On a record of any type, in lists, behind associations, and on what a mutation has just written."""
    company = (await data(registry, 'mutation { createCompany(input: {name: "c"}) { company { id } } }'))[
        "createCompany"
    ]
    contact = await created(registry, firstName="Ada", primaryCompany={"id": company["company"]["id"]})
    select = 'history(properties: ["firstName", "name"]) { nodes { property after } }'
    found = await data(
        registry,
        f"""query Q($contact: ID!, $company: ID!) {{
        node(id: $contact) {{ ... on Record {{ {select} }} }}
        nodes(ids: [$company, $contact]) {{ ... on Record {{ {select} }} }}
        contact(by: {{id: $contact}}) {{ primaryCompany {{ {select} }} associations {{ nodes {{ {select} }} }} }}
        companies(where: {{id: {{eq: $company}}}}) {{ nodes {{ {select} contacts {{ nodes {{ {select} }} }} }} }} }}""",
        contact=contact,
        company=company["company"]["id"],
    )
    ada = {"history": {"nodes": [{"property": "firstName", "after": "Ada"}]}}
    named = {"history": {"nodes": [{"property": "name", "after": "c"}]}}
    assert found == {
        "node": ada,
        "nodes": [named, ada],
        "contact": {"primaryCompany": named, "associations": {"nodes": [named]}},
        "companies": {"nodes": [{**named, "contacts": {"nodes": [ada]}}]},
    }
    text = (
        'mutation U($id: ID!) { updateContact(by: {id: $id}, input: {firstName: "Augusta"}) { contact { '
        "history(first: 1) { nodes { before after } } } } }"
    )
    assert (await data(registry, text, id=contact))["updateContact"] == {
        "contact": {"history": {"nodes": [{"before": "Ada", "after": "Augusta"}]}}
    }


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"after": "x"}, "after expects a cursor that this list gave; it is no cursor."),
        ({"after": "WyJjaGFuZ2VzIiwiMSJd"}, "after expects a cursor that this list gave; it belongs to another list."),
        ({"first": -1}, "first expects from 0 to 1,000; found -1."),
        ({"properties": ["firstNam"]}, "No object type has a property named \"firstNam\". Did you mean 'firstName'"),
    ],
)
async def test_bad_input_is_refused(registry: Registry, arguments: dict[str, Any], message: str) -> None:
    record_id = await created(registry)
    response = await ask(registry, HISTORY, {"id": record_id, **arguments})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["contact", "history"]
    assert message in response.errors[0]["message"]
