"""Changes of the data model through the API: who may make them, all or nothing, and two at once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from app.caller import Caller, Role
from app.leaving import withdraw
from app.registry import Registry
from app.settings import Settings
from graphdb.metadata import catalog_version, load_catalog
from tests.harness import ask, empty, state

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

USER = Caller(Role.USER)


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


def _property(label: str, object_type: str = "contact") -> str:
    return f'createProperty(objectType: "{object_type}", input: {{label: "{label}", type: STRING}})'


async def test_all_fields_of_a_request_are_one_version(registry: Registry) -> None:
    before = registry.catalog.version
    data = await _done(
        registry, f"mutation {{ a: {_property('One')} {{ version }} b: {_property('Two')} {{ version }} }}"
    )
    assert data == {"a": {"version": before + 1}, "b": {"version": before + 1}}
    assert registry.catalog.version == before + 1
    assert await catalog_version(registry.store) == before + 1


async def test_one_refused_field_leaves_nothing_of_the_others(registry: Registry) -> None:
    before = registry.catalog
    response = await ask(
        registry, f"mutation {{ a: {_property('One')} {{ version }} b: {_property('Id')} {{ version }} }}"
    )
    assert response.data is None
    assert [error["path"] for error in response.errors] == [["b"]]
    assert response.codes == ["CONFLICT"]
    assert response.faults == [("CONFLICT", "input.name")]
    assert await load_catalog(registry.store) == before
    assert "one" not in registry.schema.graphql_schema.type_map["Contact"].fields  # type: ignore[attr-defined]


async def test_what_is_new_is_there_when_the_answer_is(registry: Registry) -> None:
    await _done(registry, f"mutation {{ {_property('Favourite roast')} {{ version }} }}")
    data = await _done(
        registry,
        """mutation { createContact(input: {email: "new@x.example", favouriteRoast: "Light"}) {
             contact { favouriteRoast } } }""",
    )
    assert data["createContact"]["contact"] == {"favouriteRoast": "Light"}
    data = await _done(registry, '{ contacts(where: {favouriteRoast: {eq: "Light"}}) { totalCount } }')
    assert data["contacts"]["totalCount"] == 1


async def test_an_account_that_wants_it_has_new_contacts_join_companies(registry: Registry) -> None:
    data = await _done(
        registry,
        """mutation {
             updateAccount(input: {joinCompaniesByDomain: true}) { account { joinCompaniesByDomain name } } }""",
    )
    assert data["updateAccount"]["account"] == {"joinCompaniesByDomain": True, "name": "Kinship"}
    data = await _done(
        registry,
        """mutation { createCompany(input: {domain: "acme.com"}) { created }
             createContact(input: {email: "ada@acme.com"}) { contact { primaryCompany { domain } } } }""",
    )
    assert data["createContact"]["contact"] == {"primaryCompany": {"domain": "acme.com"}}
    data = await _done(registry, "{ dataModel { objectTypes { name reaches { objectType label } } } }")
    (reaches,) = [one["reaches"] for one in data["dataModel"]["objectTypes"] if one["name"] == "contact"]
    assert reaches == [{"objectType": "company", "label": "primary"}, {"objectType": "deal", "label": None}]


async def test_users_are_refused_each_field(registry: Registry) -> None:
    before = registry.catalog
    result = await registry.schema.execute(
        f'mutation {{ a: {_property("One")} {{ version }} enableObjectType(name: "listing") {{ version }} }}',
        context_value=_context(registry, USER),
    )
    assert result.data is None
    assert [error.path for error in result.errors or ()] == [["a"], ["enableObjectType"]]
    assert {(error.extensions or {})["code"] for error in result.errors or ()} == {"FORBIDDEN"}
    assert await load_catalog(registry.store) == before


def _context(registry: Registry, caller: Caller) -> Any:
    from app.execution import RequestContext  # noqa: PLC0415 - the module imports the registry's

    return RequestContext(registry, caller=caller)


async def test_records_and_the_data_model_are_not_changed_in_one_request(registry: Registry) -> None:
    response = await ask(
        registry, f"mutation {{ {_property('One')} {{ version }} createContact(input: {{}}) {{ created }} }}"
    )
    assert response.data is None
    assert response.codes == ["BAD_USER_INPUT"]
    assert "two requests" in response.errors[0]["message"]


async def test_two_admins_at_once_lose_nothing(store: BoltStore) -> None:
    """Each in a process of their own: whoever comes second makes the edit upon what is there by then."""
    await empty(store)
    processes = [await Registry.open(store, Settings()) for _ in range(4)]
    labels = [f"Made by {number}" for number in range(len(processes))]
    answers = await asyncio.gather(
        *(
            ask(process, f"mutation {{ {_property(label)} {{ version property {{ name }} }} }}")
            for process, label in zip(processes, labels, strict=True)
        )
    )
    assert [answer.errors for answer in answers] == [[]] * len(processes)
    versions = sorted(answer.data["createProperty"]["version"] for answer in answers if answer.data)
    assert versions == [2, 3, 4, 5]
    catalog = await load_catalog(store)
    assert catalog is not None
    assert {f"madeBy{number}" for number in range(4)} <= set(catalog.by_name["contact"].by_name)
    for process in processes:
        await process.refresh()
        assert process.catalog == catalog


async def test_a_request_that_began_before_a_change_ends_on_what_it_began_with(registry: Registry) -> None:
    """While another changes the data model under it, many times."""
    await _done(registry, 'mutation { createContact(input: {email: "a@x.example"}) { created } }')

    async def read() -> None:
        for _ in range(30):
            data = await _done(registry, "{ contacts { nodes { email companies { totalCount } } } }")
            assert data["contacts"]["nodes"] == [{"email": "a@x.example", "companies": {"totalCount": 0}}]

    async def change() -> None:
        for number in range(5):
            await _done(registry, f"mutation {{ {_property(f'New {number}')} {{ version }} }}")

    await asyncio.gather(read(), read(), change())
    assert "new4" in registry.catalog.by_name["contact"].by_name


async def test_narrowing_is_refused_with_the_count_and_ten_of_the_records(registry: Registry) -> None:
    for number in range(12):
        await _done(
            registry,
            "mutation C($e: String) { createContact(input: {email: $e}) { created } }",
            {"e": f"{number}@x.example"},
        )
    text = 'mutation { updateProperty(objectType: "contact", name: "phone", input: {required: true}) { version } }'
    response = await ask(registry, text)
    assert response.codes == ["CONFLICT"]
    (fault,) = response.errors[0]["extensions"]["faults"]
    assert (fault["count"], len(fault["examples"]), fault["input"]) == (12, 10, ["input", "required"])
    assert registry.catalog.version == 1
    await _done(registry, 'mutation { createCompany(input: {domain: "x.example"}) { created } }')
    made = await ask(registry, 'mutation { deleteOption(optionSet: "LifecycleStage", name: "CUSTOMER") { version } }')
    assert made.errors == []


async def test_a_deletion_says_what_would_be_lost_and_wants_the_name(registry: Registry) -> None:
    await _done(registry, f"mutation {{ {_property('Badge')} {{ version }} }}")
    await _done(registry, 'mutation { createContact(input: {email: "a@x.example", badge: "7"}) { created } }')
    await _done(registry, 'mutation { retireProperty(objectType: "contact", name: "badge") { version } }')
    asked = 'deleteProperty(objectType: "contact", name: "badge"%s) { name lost version }'
    for confirm in ("", ', confirm: "Badge"'):
        response = await ask(registry, f"mutation {{ {asked % confirm} }}")
        assert response.faults == [("BAD_USER_INPUT", "confirm")]
        assert response.errors[0]["extensions"]["faults"][0]["count"] == 1
    confirmed = asked % ', confirm: "badge"'
    data = await _done(registry, f"mutation {{ {confirmed} }}")
    assert data["deleteProperty"] == {"name": "badge", "lost": 1, "version": 4}
    response = await ask(registry, "{ contacts { nodes { badge } } }")
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]


async def test_the_change_is_data_too(registry: Registry) -> None:
    await _done(
        registry,
        """mutation {
          createPropertyGroup(objectType: "contact", input: {label: "Coffee"}) { version }
          createProperty(objectType: "contact", input: {
            label: "Cups a day", type: INTEGER, group: "coffee", rules: {least: "0"}, default: 2
          }) { version }
        }""",
    )
    data = await _done(
        registry,
        """{ dataModel { version objectTypes { name groups { name label }
             properties { name group custom default rules { least greatest } uniqueState indexedState } } } }""",
    )
    contact = next(one for one in data["dataModel"]["objectTypes"] if one["name"] == "contact")
    assert contact["groups"] == [{"name": "coffee", "label": "Coffee"}]
    assert contact["properties"][-1] == {
        "name": "cupsADay",
        "group": "coffee",
        "custom": True,
        "default": 2,
        "rules": {"least": "0", "greatest": None},
        "uniqueState": "ONLINE",
        "indexedState": "ONLINE",
    }


async def test_a_retired_field_is_answered_and_said_to_be_deprecated(registry: Registry) -> None:
    await _done(registry, f"mutation {{ {_property('Badge')} {{ version }} }}")
    await _done(registry, 'mutation { createContact(input: {email: "a@x.example", badge: "7"}) { created } }')
    data = await _done(
        registry, 'mutation { retireProperty(objectType: "contact", name: "badge") { property { retired leaves } } }'
    )
    dates = data["retireProperty"]["property"]
    data = await _done(
        registry,
        """{ contacts { nodes { badge } }
             __type(name: "Contact") { fields(includeDeprecated: true) { name isDeprecated deprecationReason } } }""",
    )
    assert data["contacts"]["nodes"] == [{"badge": "7"}]
    (field,) = [field for field in data["__type"]["fields"] if field["isDeprecated"]]
    assert field["name"] == "badge"
    assert field["deprecationReason"] == f"retired {dates['retired']}, leaves after {dates['leaves']}"


async def test_what_has_left_is_taken_out_on_its_day_and_comes_back_with_its_values(registry: Registry) -> None:
    await _done(registry, f"mutation {{ {_property('Badge')} {{ version }} }}")
    await _done(registry, 'mutation { createContact(input: {email: "a@x.example", badge: "7"}) { created } }')
    data = await _done(
        registry, 'mutation { retireProperty(objectType: "contact", name: "badge") { property { leaves } } }'
    )
    last = date.fromisoformat(data["retireProperty"]["property"]["leaves"])
    assert not await withdraw(registry.store, registry.settings, registry.catalog, last)
    assert await withdraw(registry.store, registry.settings, registry.catalog, last + timedelta(days=1))
    await registry.refresh()
    response = await ask(registry, "{ contacts { nodes { badge } } }")
    assert response.codes == ["GRAPHQL_VALIDATION_FAILED"]
    data = await _done(registry, "{ dataModel { objectTypes { name withdrawnProperties { name } } } }")
    gone = {one["name"]: one["withdrawnProperties"] for one in data["dataModel"]["objectTypes"]}
    assert gone["contact"] == [{"name": "badge"}]
    await _done(registry, 'mutation { restoreProperty(objectType: "contact", name: "badge") { version } }')
    data = await _done(registry, "{ contacts { nodes { badge } } }")
    assert data["contacts"]["nodes"] == [{"badge": "7"}]


BAD = [
    ('createObjectType(input: {label: "Contact"}) { version }', "CONFLICT", "input.label"),
    ('createObjectType(input: {label: "%s"}) { version }' % ("x" * 300), "BAD_USER_INPUT", "input.label"),
    ('createObjectType(input: {label: "焙煎"}) { version }', "BAD_USER_INPUT", "input.label"),
    (
        'createObjectType(input: {label: "A", name: "b`) DETACH DELETE n //"}) { version }',
        "BAD_USER_INPUT",
        "input.name",
    ),
    ('createProperty(objectType: "contact", input: {label: "Id", type: STRING}) { version }', "CONFLICT", "input.name"),
    (
        'createProperty(objectType: "contact", input: {label: "E-mail", name: "email", type: STRING}) { version }',
        "CONFLICT",
        "input.name",
    ),
    ('createProperty(objectType: "nothing", input: {label: "X", type: STRING}) { version }', "NOT_FOUND", "objectType"),
    ('deleteOption(optionSet: "LifecycleStage", name: "CUSTOMER") { version }', "CONFLICT", "name"),
    (
        'updateLabel(start: "contact", end: "company", name: "billing", input: {name: "primary"}) { version }',
        "BAD_USER_INPUT",
        "input.name",
    ),
    ('createLabel(start: "contact", end: "company", input: {label: "Primary"}) { version }', "CONFLICT", "input.name"),
    (
        'updateLabel(start: "contact", end: "company", name: "billing", input: {maxStart: 1}) { version }',
        "CONFLICT",
        "input.maxStart",
    ),
    (
        'updateProperty(objectType: "contact", name: "jobTitle", input: {unique: true}) { version }',
        "CONFLICT",
        "input.unique",
    ),
    (
        'updateProperty(objectType: "contact", name: "jobTitle", input: {rules: {longest: 3}}) { version }',
        "CONFLICT",
        "input.rules",
    ),
    (
        'updateObjectType(name: "contact", input: {requiredAssociations: [["deal"]]}) { version }',
        "CONFLICT",
        "input.requiredAssociations.0",
    ),
    ('retireObjectType(name: "deal") { version }', "CONFLICT", "name"),
    ('retireProperty(objectType: "contact", name: "lastName") { version }', "CONFLICT", "name"),
    ('deleteProperty(objectType: "contact", name: "email", confirm: "email") { version }', "CONFLICT", "name"),
    (
        'createStage(objectType: "deal", pipeline: "SALES", input: {label: "X", probability: 7}) { version }',
        "BAD_USER_INPUT",
        "input",
    ),
    ('updateAccount(input: {timeZone: "Mars/Olympus"}) { version }', "BAD_USER_INPUT", "input"),
]


@pytest.fixture(scope="module")
async def occupied(store: BoltStore) -> Registry:
    """An account with some records that are in the way of narrowing."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    contacts = " ".join(
        f'c{number}: createContact(input: {{email: "{number}@x.example", jobTitle: "Roaster", '
        'lifecycleStage: CUSTOMER, billingCompanies: [{domain: "x.example"}]}) { created }'
        for number in range(3)
    )
    await _done(registry, f'mutation {{ createCompany(input: {{domain: "x.example"}}) {{ created }} {contacts} }}')
    return registry


@pytest.mark.parametrize(("field", "code", "place"), BAD)
async def test_what_cannot_be_is_refused_and_nothing_is_changed(
    occupied: Registry, field: str, code: str, place: str
) -> None:
    before, graph = occupied.catalog, await state(occupied.store)
    response = await ask(occupied, f"mutation {{ {field} }}")
    assert response.data is None
    assert response.faults == [(code, place)]
    assert response.codes == [code]
    assert await load_catalog(occupied.store) == before
    assert occupied.catalog is before
    assert await state(occupied.store) == graph


async def test_a_dry_run_shows_what_would_be_and_changes_nothing(registry: Registry) -> None:
    before = registry.catalog
    text = f"mutation @dryRun {{ a: {_property('One')} {{ version property {{ name }} }} b: %s {{ version }} }}"
    data = await _done(registry, text % _property("Two"))
    assert data == {"a": {"version": 2, "property": {"name": "one"}}, "b": {"version": 2}}
    assert (await ask(registry, text % _property("Id"))).codes == ["CONFLICT"]
    assert await load_catalog(registry.store) == before
    assert registry.catalog is before


async def test_a_composite_index_is_made_shown_and_given_up(registry: Registry) -> None:
    """With what is wrong of one that is refused; a dry run changes nothing."""
    made = """createCompositeIndex(objectType: "company", equal: "industry", order: "name") {
      objectType { name compositeIndexes { equal order } } version }"""
    shown = """{ dataModel {
      objectTypes { name compositeIndexes { equal order } properties { name usedBy { kind name } } }
      jobs { kind objectType property order } } }"""
    before = registry.catalog
    dry = await _done(registry, f"mutation @dryRun {{ {made} }}")
    assert dry["createCompositeIndex"]["objectType"]["compositeIndexes"][-1] == {"equal": "industry", "order": "name"}
    assert await load_catalog(registry.store) == before
    assert await _done(registry, f"mutation {{ {made} }}") == dry
    data = (await _done(registry, shown))["dataModel"]
    (company,) = [one for one in data["objectTypes"] if one["name"] == "company"]
    assert company["compositeIndexes"][-1] == {"equal": "industry", "order": "name"}
    uses = {prop["name"]: prop["usedBy"] for prop in company["properties"]}
    assert {"kind": "COMPOSITE_INDEX", "name": "industry, name"} in uses["industry"]
    assert {"kind": "COMPOSITE_INDEX", "name": "industry, name"} in uses["name"]
    job = {"kind": "COMPOSITE_INDEX", "objectType": "company", "property": "industry", "order": "name"}
    assert data["jobs"] == [job]
    again = await ask(registry, f"mutation {{ {made} }}")
    assert again.codes == ["CONFLICT"]
    assert again.faults == [("CONFLICT", "order")]
    gone = made.replace("createComposite", "deleteComposite")
    assert "industry" not in str(await _done(registry, f"mutation {{ {gone} }}"))
    assert (await ask(registry, f"mutation {{ {gone} }}")).codes == ["NOT_FOUND"]
    jobs = (await _done(registry, shown))["dataModel"]["jobs"]
    assert jobs == [job, {**job, "kind": "DROP_COMPOSITE_INDEX"}]
