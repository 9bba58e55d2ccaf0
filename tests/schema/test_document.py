"""Selections, variables and directives as the specification has them; the parts that no engine is needed for."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError, OperationType

from graphdb.catalog.files import standard_catalog
from schema import Limits, MergedSchema, Prepared, build_schema, prepare
from schema.compiler.plan import Plan
from tests.harness import NOW


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _prepared(merged: MergedSchema, text: str, name: str | None = None, limits: Limits | None = None) -> Prepared:
    return prepare(merged.graphql_schema, standard_catalog(), text, name, limits)


def _params(merged: MergedSchema, text: str, variables: dict[str, Any]) -> list[Any]:
    prepared = _prepared(merged, text)
    plan = prepared.plan(variables)
    return list(plan.bind(prepared.coerce(variables).coerced, prepared.limits, now=NOW).statement.params.values())


def _code(error: pytest.ExceptionInfo[GraphQLError]) -> str:
    assert error.value.extensions
    return str(error.value.extensions["code"])


def test_absent_null_and_given_page_sizes(merged: MergedSchema) -> None:
    """Null is the same as not given; a default stands in for what is absent, not for null."""
    text = "query A($n: Int = 7) { contacts(first: $n) { nodes { id } } }"
    assert _params(merged, text, {}) == [7]
    assert _params(merged, text, {"n": None}) == [25]
    assert _params(merged, text, {"n": 3}) == [3]
    assert _params(merged, "{ contacts { nodes { id companies { nodes { id } } } } }", {}) == [25, 10]
    assert _params(merged, '{ contact(by: {id: "x"}) { companies { nodes { id } } } }', {}) == [
        "x",
        "id:x",
        "Contact",
        10,
    ]


def test_one_row_more_only_where_the_page_has_to_know(merged: MergedSchema) -> None:
    """``pageInfo`` costs a row; a list without it does not."""
    assert _params(merged, "{ contacts(first: 3) { nodes { id } } }", {}) == [3]
    assert _params(merged, "{ contacts(first: 3) { nodes { id } pageInfo { hasNextPage } } }", {}) == [4]


def test_an_operator_whose_variable_is_absent_is_not_there(merged: MergedSchema) -> None:
    text = "query A($x: String, $y: String) { contacts(where: {city: {eq: $x, contains: $y}}) { totalCount } }"
    assert _params(merged, text, {"y": "b"}) == ["b"]
    assert _params(merged, text, {"x": None, "y": "b"}) == ["b"]
    assert "IS NULL" in _prepared(merged, text).plan({"x": None, "y": "b"}).text
    assert "WHERE" not in _prepared(merged, text).plan({}).text


def test_values_partly_in_variables(merged: MergedSchema) -> None:
    """A list with literals and variables keeps its order."""
    text = 'query A($a: String!, $n: Long) { contacts(where: {city: {in: ["x", $a]}, age: {gt: $n}}) { totalCount } }'
    assert _params(merged, text, {"a": "y", "n": 5}) == [["x", "y"], 5]


def test_equal_constants_of_different_kinds_are_different_values(merged: MergedSchema) -> None:
    """Python has 1 == True; a statement has not."""
    text = (
        "{ a: contacts(where: {age: {eq: 1}}) { totalCount } b: contacts(where: {emailOptOut: {eq: true}}) "
        "{ totalCount } c: contacts(where: {age: {in: [1]}}) { totalCount } }"
    )
    params = _params(merged, text, {})
    assert [repr(value) for value in params] == ["1", "True", "[1]"]


def test_skip_and_include(merged: MergedSchema) -> None:
    """Both at once; what is left out is not read."""
    text = """query A($a: Boolean!, $b: Boolean!) { contacts { nodes { id city @skip(if: $a) @include(if: $b)
      ... @include(if: $a) { age } } } }"""
    prepared = _prepared(merged, text)
    for a in (True, False):
        for b in (True, False):
            plan = prepared.plan({"a": a, "b": b}).text
            assert ("`city`" in plan) == (not a and b)
            assert ("`age`" in plan) == a


def test_an_operation_is_chosen_by_name(merged: MergedSchema) -> None:
    """Where there are several, it has to be named."""
    text = "query A { contacts { totalCount } } query B { deals { totalCount } } mutation C { __typename }"
    assert "`Deal`" in _prepared(merged, text, "B").plan().text
    assert _prepared(merged, text, "C").kind is OperationType.MUTATION
    for name in (None, "D"):
        with pytest.raises(GraphQLError) as caught:
            _prepared(merged, text, name)
        assert _code(caught) == "BAD_USER_INPUT"


def test_record_fields_and_others_part_at_the_root(merged: MergedSchema) -> None:
    """The plan answers records, graphql-core the rest, which keeps its fragments."""
    text = """{ a: __schema { queryType { ...T } } b: contacts { totalCount } c: __typename dataModel { version } }
      fragment T on __Type { name }"""
    prepared = _prepared(merged, text)
    parts = prepared.parts_for(prepared.coerce({}))
    assert parts.keys == ("a", "b", "c", "dataModel")
    assert isinstance(parts.plan, Plan)
    assert [key for key, _ in parts.plan.query.shape] == ["b", "c"]
    assert parts.fixed is not None
    alone = _prepared(merged, "{ __schema { queryType { name } } __typename }")
    assert alone.parts_for(alone.coerce({})).plan is None


@pytest.mark.parametrize(
    ("limits", "text", "words"),
    [
        (Limits(depth_max=3), "{ contacts { nodes { companies { nodes { id } } } } }", "deeper than 3"),
        (Limits(fields_max=3), "{ contacts { nodes { id city age email } } }", "more than 3 fields"),
        (Limits(root_fields_max=1), "{ a: contacts { totalCount } b: contacts { totalCount } }", "2 root fields"),
        (Limits(records_max=10), "{ contacts(first: 11) { nodes { id } } }", "asks for 11 records, 11 of them in cont"),
        (Limits(records_max=10), "{ nodes(ids: [1]) { ... on Contact { companies { nodes { id } } } } }", "11 records"),
    ],
)  # fmt: skip
def test_limits(merged: MergedSchema, limits: Limits, text: str, words: str) -> None:
    """TOO_COMPLEX says what was too much."""
    prepared = _prepared(merged, text, limits=limits)
    with pytest.raises(GraphQLError, match=words) as caught:
        prepared.plan().bind({}, limits, now=NOW)
    assert _code(caught) == "TOO_COMPLEX"


def test_a_list_costs_its_page_once_however_it_is_shown(merged: MergedSchema) -> None:
    """Nodes and edges of one list are the same records."""
    text = "{ contacts(first: 10) { nodes { id } edges { node { id } } totalCount } }"
    _prepared(merged, text).plan().bind({}, Limits(records_max=10), now=NOW)


def test_plans_are_kept_by_shape_and_the_oldest_makes_room(merged: MergedSchema) -> None:
    """A hundred shapes of one operation do not stay for ever."""
    text = "query A($w: [ContactWhere!]) { contacts(where: {and: $w}) { totalCount } }"
    prepared = _prepared(merged, text)
    first = prepared.plan({"w": []})
    assert prepared.plan({"w": []}) is first
    for count in range(1, 80):
        prepared.plan({"w": [{}] * count})
    again = prepared.plan({"w": []})
    assert again is not first
    assert again.text == first.text
