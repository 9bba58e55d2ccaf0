"""From a catalog to a schema."""

from __future__ import annotations

import dataclasses
import re

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_introspection_query,
    graphql_sync,
    is_non_null_type,
    validate_schema,
)
from graphql import (
    build_schema as parse_schema,
)

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Catalog
from schema import Limits, MergedSchema, build_schema, print_sdl
from schema.bindings import binding
from tests.schema.catalogs import ring


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def test_the_same_catalog_gives_the_same_sdl(merged: MergedSchema) -> None:
    """Byte for byte, and it is SDL that other tools read."""
    sdl = print_sdl(merged)
    assert sdl == print_sdl(build_schema(standard_catalog()))
    assert validate_schema(parse_schema(sdl)) == []


def test_the_schema_is_valid_and_every_type_is_reachable(merged: MergedSchema) -> None:
    """No type is printed that no field leads to."""
    schema = merged.graphql_schema
    assert validate_schema(schema) == []
    from graphql import GraphQLSchema  # noqa: PLC0415

    reachable = GraphQLSchema(schema.query_type, schema.mutation_type).type_map
    assert set(schema.type_map) - set(reachable) == set()


def test_record_types_implement_node_and_record(merged: MergedSchema) -> None:
    """With the fields that every record has, and those alone non-null."""
    schema = merged.graphql_schema
    common = {"id", "objectType", "displayName", "createdAt", "updatedAt"}
    for object_type in standard_catalog().enabled:
        kind = schema.type_map[object_type.type_name]
        assert isinstance(kind, GraphQLObjectType)
        assert [one.name for one in kind.interfaces] == ["Node", "Record"]
        not_null = {name for name, field in kind.fields.items() if is_non_null_type(field.type)}
        connections = {name for name in not_null if str(kind.fields[name].type).endswith("Connection!")}
        assert not_null - connections == common


def test_types_that_are_not_enabled_are_left_out(merged: MergedSchema) -> None:
    """With the associations that lead to them; enabling one adds it."""
    catalog = standard_catalog()
    assert "Course" not in merged.graphql_schema.type_map
    contact = merged.graphql_schema.type_map["Contact"]
    assert isinstance(contact, GraphQLObjectType)
    assert "courses" not in contact.fields
    types = tuple(dataclasses.replace(one, enabled=True) for one in catalog.object_types)
    schema = build_schema(dataclasses.replace(catalog, object_types=types, _sides={})).graphql_schema
    contact = schema.type_map["Contact"]
    assert isinstance(contact, GraphQLObjectType)
    assert {"courses", "participantCourses"} <= set(contact.fields)


def test_properties_that_name_one_option_set_share_one_enum(merged: MergedSchema) -> None:
    """And one filter; so fragments across types merge."""
    schema = merged.graphql_schema
    for name in ("Deal", "Ticket"):
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert str(kind.fields["priority"].type) == "Priority"
        where = schema.type_map[f"{name}Where"]
        assert isinstance(where, GraphQLInputObjectType)
        assert str(where.fields["priority"].type) == "PriorityFilter"
    enums = [name for name, kind in schema.type_map.items() if isinstance(kind, GraphQLEnumType)]
    used = {
        prop.option_set for one in standard_catalog().enabled for prop in one.properties if prop.option_set is not None
    }
    assert used <= set(enums)


def test_label_fields(merged: MergedSchema) -> None:
    """Singular for a label with max 1, else a connection; on both sides."""
    schema = merged.graphql_schema
    expected = {
        ("Contact", "primaryCompany"): "Company",
        ("Company", "primaryContacts"): "ContactConnection!",
        ("Contact", "managerContacts"): "ContactConnection!",
        ("Contact", "directReportContacts"): "ContactConnection!",
        ("Contact", "colleagueContacts"): "ContactConnection!",
        ("Company", "parentCompany"): "Company",
        ("Company", "childCompanies"): "CompanyConnection!",
        ("Deal", "decisionMakerContacts"): "ContactConnection!",
        ("Ticket", "requesterContact"): "Contact",
    }
    for (name, field), graphql_type in expected.items():
        kind = schema.type_map[name]
        assert isinstance(kind, GraphQLObjectType)
        assert str(kind.fields[field].type) == graphql_type
    kind = schema.type_map["Contact"]
    assert isinstance(kind, GraphQLObjectType)
    assert "label" in kind.fields["companies"].args
    assert "label" not in kind.fields["billingCompanies"].args


def test_an_object_type_named_subscription(merged: MergedSchema) -> None:
    """Its type gives way to GraphQL's own; its fields keep their names."""
    schema = merged.graphql_schema
    assert schema.subscription_type is None
    assert schema.query_type is not None
    assert schema.mutation_type is not None
    assert str(schema.query_type.fields["subscription"].type) == "SubscriptionObject"
    assert str(schema.query_type.fields["subscriptions"].type) == "SubscriptionObjectConnection!"
    assert {"createSubscriptionObject", "updateSubscriptionObject", "upsertSubscriptionObject"} <= set(
        schema.mutation_type.fields
    )


def test_every_mutation_field_is_non_null(merged: MergedSchema) -> None:
    """By the specification, all or nothing."""
    mutation = merged.graphql_schema.mutation_type
    assert mutation is not None
    assert all(is_non_null_type(field.type) for field in mutation.fields.values())


def test_read_only_properties_are_no_input(merged: MergedSchema) -> None:
    """What the program sets itself cannot be given."""
    given = merged.graphql_schema.type_map["DealInput"]
    assert isinstance(given, GraphQLInputObjectType)
    assert not {"id", "createdAt", "updatedAt", "isClosed", "isWon"} & set(given.fields)


def test_everything_is_described_and_every_bound_field_says_what_it_is(merged: MergedSchema) -> None:
    """Each generated type has a description, each generated field one and a binding."""
    schema = merged.graphql_schema
    for object_type in standard_catalog().enabled:
        for name in (object_type.type_name, f"{object_type.type_name}Connection", f"{object_type.type_name}Edge"):
            kind = schema.type_map[name]
            assert isinstance(kind, GraphQLObjectType)
            assert kind.description
            for field in kind.fields.values():
                assert field.description
                assert binding(field) is not None


def test_page_sizes_are_stated(merged: MergedSchema) -> None:
    """The descriptions hold the settings; the SDL has no default beside which ``last`` would stand."""
    schema = build_schema(standard_catalog(), Limits(page_size_root=7, page_size_nested=3)).graphql_schema
    assert schema.query_type is not None
    assert "7" in str(schema.query_type.fields["contacts"].description)
    contact = schema.type_map["Contact"]
    assert isinstance(contact, GraphQLObjectType)
    assert "3" in str(contact.fields["companies"].description)
    assert not re.search(r"first: Int =", print_sdl(merged))


def test_scalars_say_what_specifies_them(merged: MergedSchema) -> None:
    """Each of ours is printed with ``@specifiedBy``."""
    sdl = print_sdl(merged)
    for name in ("Decimal", "DateTime", "Date", "Long", "JSON"):
        assert re.search(rf"scalar {name}\s+@specifiedBy\(", sdl)


def test_introspection_knows_one_of_inputs(merged: MergedSchema) -> None:
    """Strawberry's patch of introspection does not hide graphql-core's own flag."""
    text = '{ ref: __type(name: "ContactRef") { isOneOf } where: __type(name: "ContactWhere") { isOneOf } }'
    result = graphql_sync(merged.graphql_schema, text)
    assert result.errors is None
    assert result.data == {"ref": {"isOneOf": True}, "where": {"isOneOf": False}}


def test_introspection_answers_the_standard_query(merged: MergedSchema) -> None:
    """As tools send it."""
    result = graphql_sync(merged.graphql_schema, get_introspection_query(input_value_deprecation=True))
    assert result.errors is None
    assert result.data is not None
    names = {one["name"] for one in result.data["__schema"]["types"]}
    assert {"Contact", "ContactConnection", "DataModel", "PageInfo"} <= names


def test_five_hundred_types_in_a_ring_build() -> None:
    """Types are given one by one: collecting them along the ring would exceed Python's recursion limit."""
    catalog = ring(500)
    schema = build_schema(catalog).graphql_schema
    assert isinstance(schema.type_map["Kind499"], GraphQLObjectType)
    kind = schema.type_map["Kind0"]
    assert isinstance(kind, GraphQLObjectType)
    assert len([field for field in kind.fields.values() if str(field.type).endswith("Connection!")]) >= 10


def test_a_catalog_of_one_type() -> None:
    """Without associations, without unique properties but its id's."""
    catalog = ring(1, associations=0)
    assert isinstance(catalog, Catalog)
    schema = build_schema(catalog).graphql_schema
    assert validate_schema(schema) == []
    assert isinstance(schema.type_map["Node"], GraphQLInterfaceType)
