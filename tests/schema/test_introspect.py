"""Introspection without graphql-core's executor: the same answers, byte for byte."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from graphql import GraphQLError, execute_sync, get_introspection_query, parse, validate

from graphdb.catalog.files import standard_catalog
from schema import Limits, MergedSchema, build_schema, prepare
from schema.compiler.introspect import Introspection

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = (
    "descriptions",
    "specified_by_url",
    "directive_is_repeatable",
    "schema_description",
    "input_value_deprecation",
    "one_of",
)
DOCUMENTS = [
    "{ __schema { queryType { name } mutationType { name } subscriptionType { name } } }",
    "{ __typename a: __schema { __typename types { __typename kind name } } b: __typename }",
    (
        '{ __type(name: "Contact") { ...T fields { ...F } } none: __type(name: "Nobody") { name } } '
        "fragment F on __Field { name type { ...T } args { name defaultValue type { ...T ofType { ...T } } } } "
        "fragment T on __Type { kind name }"
    ),
    (
        "query ($name: String!, $all: Boolean = true) { __type(name: $name) { name fields(includeDeprecated: $all) "
        "{ name isDeprecated deprecationReason } } }"
    ),
    (
        "query ($name: String!, $with: Boolean = false) { __type(name: $name) { name @skip(if: $with) kind "
        "@include(if: $with) ... on __Type { description } ... @include(if: $with) { isOneOf } } }"
    ),
    '{ __type(name: "Node") { possibleTypes { name interfaces { name } } } }',
    (
        '{ __type(name: "DealStage") { enumValues(includeDeprecated: true) { name description } name enumValues '
        "(includeDeprecated: true) { isDeprecated } } }"
    ),
    (
        '{ __type(name: "ContactRef") { isOneOf inputFields { name type { name } } } c: __type(name: "ContactWhere") '
        "{ isOneOf } }"
    ),
    '{ __type(name: "Decimal") { specifiedByURL fields { name } enumValues { name } ofType { name } } }',
    "{ __schema { directives { name isRepeatable locations args { name defaultValue } } } }",
    "query Both { s: __schema { t: types { n: name f: fields { t: type { n: name o: ofType { n: name } } } } } }",
]


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    """The schema of the data model that ships."""
    return build_schema(standard_catalog())


def answer(
    merged: MergedSchema, text: str, spend: Callable[[int], None] = lambda _: None, limits: Limits | None = None
) -> bytes:
    prepared = prepare(merged.graphql_schema, standard_catalog(), text, limits=limits or Limits())
    operation = prepared.open(prepared.coerce({"name": "Contact"}))
    found = Introspection(operation, prepared.root_fields(operation), spend).pieces()
    return b"{" + b",".join(orjson.dumps(key) + b":" + b"".join(pieces) for key, pieces in found) + b"}"


def reference(merged: MergedSchema, text: str) -> bytes:
    document = parse(text)
    assert validate(merged.graphql_schema, document) == []
    result: Any = execute_sync(merged.graphql_schema, document, variable_values={"name": "Contact"})
    assert result.errors is None
    return orjson.dumps(result.data)


@pytest.mark.parametrize("text", DOCUMENTS)
def test_a_document_is_answered_as_graphql_core_does(merged: MergedSchema, text: str) -> None:
    assert answer(merged, text) == reference(merged, text)


@pytest.mark.parametrize("chosen", [*product((False,), repeat=6), *product((True,), repeat=6), (True, *(False,) * 5)])
def test_the_standard_documents_are_answered_as_graphql_core_does(
    merged: MergedSchema, chosen: tuple[bool, ...]
) -> None:
    """The one that GraphiQL, code generators and Apollo's tools send, with and without its options."""
    text = get_introspection_query(**dict(zip(OPTIONS, chosen, strict=True)))
    assert answer(merged, text) == reference(merged, text)


def test_work_is_accounted_for_and_can_be_ended(merged: MergedSchema) -> None:
    """Each piece that is written is told of, so an answer can be bounded in time and size."""
    sizes: list[int] = []
    whole = answer(merged, get_introspection_query(), sizes.append)
    assert sum(sizes) > 0.9 * len(whole)
    assert max(sizes) < 0.2 * len(whole)

    def refuse(_: int) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        answer(merged, get_introspection_query(), refuse)


def test_fields_of_an_introspection_document_are_limited(merged: MergedSchema) -> None:
    """Fragments expanded, like those of any document."""
    doubling = " ".join(
        f"fragment F{n} on __Type {{ a: ofType {{ ...F{n + 1} }} b: ofType {{ ...F{n + 1} }} }}" for n in range(25)
    )
    text = f'{{ __type(name: "Contact") {{ ...F0 }} }} {doubling} fragment F25 on __Type {{ name }}'
    with pytest.raises(GraphQLError, match="more than 5000 fields"):
        answer(merged, text)
    with pytest.raises(GraphQLError, match="deeper than 3"):
        answer(merged, "{ __schema { types { fields { type { name } } } } }", limits=Limits(depth_max=3))
