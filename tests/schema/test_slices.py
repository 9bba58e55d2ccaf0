"""Slices of a schema, what changes mean to clients, and what clients are set up with."""

from __future__ import annotations

from dataclasses import replace

import pytest
from graphql import GraphQLObjectType, GraphQLSchema, is_specified_scalar_type, parse, validate
from graphql import build_schema as schema_of
from graphql.type import GraphQLScalarType

from graphdb.catalog.edit import properties
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.errors import CatalogError
from schema import build_schema, print_sdl
from schema.build.changes import Severity, print_changes, schema_changes
from schema.build.clients import SCALARS, codegen_config, possible_types, type_policies
from schema.build.slices import slice_of
from tests.edits import draft, make

STANDARD = standard_catalog()
WHOLE = build_schema(STANDARD)
FOUR = ("contact", "company", "deal", "ticket")


def part(*names: str) -> GraphQLSchema:
    return build_schema(slice_of(STANDARD, names)).graphql_schema


def test_a_slice_holds_its_object_types_and_nothing_that_leads_elsewhere() -> None:
    sliced = slice_of(STANDARD, FOUR)
    sdl = print_sdl(build_schema(sliced))
    others = [one for one in STANDARD.object_types if one.name not in FOUR]

    assert [one.name for one in sliced.object_types] == [one.name for one in STANDARD.object_types if one.name in FOUR]
    assert len(sdl) < 0.3 * len(print_sdl(WHOLE))
    assert [one.type_name for one in others if f"type {one.type_name} " in sdl] == []
    assert set(part(*FOUR).type_map) < set(WHOLE.graphql_schema.type_map)
    document = "{ contacts { nodes { companies { nodes { deals { nodes { tickets { totalCount } } } } } } } }"
    assert validate(part(*FOUR), parse(document)) == []
    assert validate(part(*FOUR), parse("{ contacts { nodes { invoices { totalCount } } } }")) != []


@pytest.mark.parametrize("names", [FOUR, ("note",), ("contact", "call", "task"), ("quote", "line_item")])
def test_the_whole_breaks_no_client_of_a_slice(names: tuple[str, ...]) -> None:
    """Every type and field of it is in the whole as it is here."""
    changes = schema_changes(part(*names), WHOLE.graphql_schema)
    assert [one for one in changes if one.severity is Severity.BREAKING] == []


def test_a_slice_leaves_out_what_is_computed_of_what_it_has_not() -> None:
    """A roll-up over an object type, or with a filter that speaks of one."""
    one = draft()
    tickets = {"tickets": {"some": {"priority": {"eq": "HIGH"}}}}
    for label, where in (("All deals", None), ("Hot deals", tickets)):
        roll_up = {"field": "deals", "function": "count", "where": where}
        make(one, properties.create, "company", {"label": label, "type": "integer", "roll_up": roll_up})
    for names, there in ((("company",), []), (("company", "deal"), ["allDeals"]), (FOUR, ["allDeals", "hotDeals"])):
        company = build_schema(slice_of(one.catalog, names)).graphql_schema.type_map["Company"]
        assert isinstance(company, GraphQLObjectType)
        assert [name for name in ("allDeals", "hotDeals") if name in company.fields] == there


def test_a_slice_does_not_depend_on_the_order_of_names_nor_on_other_types() -> None:
    invoice = STANDARD.by_name["invoice"]
    renamed = replace(invoice, properties=invoice.properties[:3])
    others = tuple(renamed if one is invoice else one for one in STANDARD.object_types)
    changed = replace(STANDARD, object_types=others, _sides={})

    sdl = print_sdl(build_schema(slice_of(STANDARD, FOUR)))
    assert sdl == print_sdl(build_schema(slice_of(STANDARD, ("Ticket", "Deal", "COMPANY", "contact", "deal"))))
    assert sdl == print_sdl(build_schema(slice_of(changed, FOUR)))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ((), "at least one object type"),
        (("deals", "line-item", "contact"), "found 'deals'; deal is one"),
        (("course",), "expected the name of an enabled object type, found 'course'"),
        (("x" * 500,), "found 'xxx"),
    ],
)
def test_unknown_object_types_are_named(names: tuple[str, ...], words: str) -> None:
    """All of them; a type that is not enabled has no schema."""
    with pytest.raises(CatalogError) as caught:
        slice_of(STANDARD, names)
    assert words in str(caught.value)
    assert len(caught.value.faults) == max(len([name for name in names if name != "contact"]), 1)
    assert len(str(caught.value)) < 1_000


def test_changes_are_told_by_what_they_do_to_clients() -> None:
    contact = STANDARD.by_name["contact"]
    added = Property(name="shoeSize", type=PropertyType.INTEGER, label="Shoe size")
    properties = (*(one for one in contact.properties if one.name != "city"), added)
    types = tuple(replace(one, properties=properties) if one is contact else one for one in STANDARD.object_types)
    new = build_schema(replace(STANDARD, object_types=types, _sides={})).graphql_schema

    changes = schema_changes(WHOLE.graphql_schema, new)
    told = {(one.severity.value, one.kind, one.description) for one in changes}
    assert ("breaking", "FIELD_REMOVED", "Field Contact.city was removed.") in told
    assert ("dangerous", "OPTIONAL_INPUT_FIELD_ADDED", "An optional field ContactInput.shoeSize was added.") in told
    assert ("safe", "FIELD_ADDED", "Field Contact.shoeSize was added.") in told
    assert list(changes) == sorted(changes, key=lambda one: list(Severity).index(one.severity))
    text = print_changes(changes)
    assert text.startswith("Breaking: ")
    assert "\n  FIELD_REMOVED: Field Contact.city was removed.\n" in text
    assert print_changes(()) == "Breaking: 0\nDangerous: 0\nSafe: 0\n"


def test_what_is_retired_is_told() -> None:
    """Fields, inputs and options; once, when it happens."""
    text = "type Query { %s } input I { c: Int %s } enum E { V %s W }"
    old = schema_of(text % ('a: Int b(i: I, e: E): Int @deprecated(reason: "before")', "", ""))
    gone = '@deprecated(reason: "retired 2026-11-24")'
    new = schema_of(text % (f'a: Int {gone} b(i: I, e: E): Int @deprecated(reason: "before")', gone, gone))

    changes = schema_changes(old, new)
    assert [one.description for one in changes if one.kind == "DEPRECATED"] == [
        "E.V was deprecated: retired 2026-11-24.",
        "I.c was deprecated: retired 2026-11-24.",
        "Query.a was deprecated: retired 2026-11-24.",
    ]


def test_apollo_learns_the_object_types_of_interfaces_and_unions() -> None:
    found = possible_types(WHOLE.graphql_schema)
    assert set(found) == {"Node", "Record", "TimelineItem"}
    assert found["Record"] == [one.type_name for one in STANDARD.enabled]


def test_apollo_merges_what_has_no_id() -> None:
    """And nothing that has one: that it normalises."""
    found = type_policies(WHOLE.graphql_schema)
    assert {"ContactConnection", "DealAggregate", "PageInfo", "DataModel"} <= set(found)
    assert not {"Contact", "Query", "Mutation", "__Type"} & set(found)
    assert found["ContactConnection"] == {"merge": True}


def test_code_generators_know_every_scalar() -> None:
    own = {
        name
        for name, one in WHOLE.graphql_schema.type_map.items()
        if isinstance(one, GraphQLScalarType) and not is_specified_scalar_type(one)
    }
    config = codegen_config(WHOLE.graphql_schema, "https://crm.example/schema.graphql")
    assert set(config["config"]["scalars"]) == own <= set(SCALARS)
    assert config["schema"] == [{"https://crm.example/schema.graphql": {"handleAsSDL": True}}]
