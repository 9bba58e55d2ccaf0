"""Variables are read as graphql-core reads them, faults and all."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    build_schema,
    get_variable_values,
    parse,
)
from graphql.execution.values import VariableValues
from hypothesis import given
from hypothesis import strategies as st

from schema.compiler.coercion import VariableReader

SCHEMA: GraphQLSchema = build_schema("""
type Query { any(one: Thing, many: [Thing!], ref: Ref, lists: [[Int]], flag: Boolean): Int }
enum Colour { RED GREEN }
input Ref @oneOf { id: ID name: String }
input Thing {
  text: String number: Float count: Int! = 3 colour: Colour ref: Ref refs: [Ref!] below: Thing must: Boolean!
}
""")
DOCUMENT = parse("""
query A($one: Thing, $many: [Thing!]!, $ref: Ref, $lists: [[Int]], $flag: Boolean! = true, $given: Int = 5) {
  any(one: $one, many: $many, ref: $ref, lists: $lists, flag: $flag) }""")
OPERATION = next(one for one in DOCUMENT.definitions if isinstance(one, OperationDefinitionNode))
DEFINITIONS = OPERATION.variable_definitions or ()

_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.just(2**40),
    st.floats(allow_nan=False),
    st.sampled_from(["RED", "x", ""]),
)
_REFS = st.one_of(_LEAVES, st.dictionaries(st.sampled_from(["id", "name", "other"]), _LEAVES, max_size=2))
_KEYS = ["text", "number", "count", "colour", "must", "must", "unknown"]


def _things(below: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    sound = st.fixed_dictionaries(
        {"must": st.booleans()},
        optional={
            "number": st.integers(-3, 3),
            "text": st.text(max_size=3),
            "colour": st.sampled_from(["RED", "GREEN", None]),
            "count": st.integers(0, 9),
            "ref": st.fixed_dictionaries({"id": st.sampled_from(["a", 1])}),
            "refs": st.lists(st.fixed_dictionaries({"name": st.text(max_size=2)}), max_size=2),
            "below": below,
        },
    )
    return st.one_of(
        sound,
        sound,
        st.dictionaries(st.sampled_from(_KEYS), _LEAVES),
        st.builds(lambda thing, ref: {**thing, "ref": ref}, sound, _REFS),
    )


THINGS = st.recursive(_things(st.none()), _things, max_leaves=3)
INPUTS = st.fixed_dictionaries(
    {"many": st.one_of(st.lists(THINGS, max_size=4), st.lists(THINGS, max_size=4), THINGS, _LEAVES)},
    optional={
        "one": THINGS,
        "ref": _REFS,
        "lists": st.lists(st.one_of(_LEAVES, st.lists(_LEAVES, max_size=3)), max_size=3),
        "flag": _LEAVES,
        "given": _LEAVES,
        "nobody": _LEAVES,
    },
)
READER = VariableReader(SCHEMA, DEFINITIONS)


def expected(inputs: dict[str, Any]) -> VariableValues | list[GraphQLError]:
    return get_variable_values(SCHEMA, DEFINITIONS, inputs, max_errors=50)


@given(INPUTS)
def test_every_value_is_read_as_graphql_core_reads_it(inputs: dict[str, Any]) -> None:
    """The values with their keys' order and their kinds, or the same messages at the same places."""
    found, wanted = READER.read(inputs, 50), expected(inputs)
    if isinstance(wanted, list):
        assert isinstance(found, list)
        assert [(one.message, one.nodes) for one in found] == [(one.message, one.nodes) for one in wanted]
    else:
        assert isinstance(found, VariableValues)
        assert repr(found.coerced) == repr(wanted.coerced)
        assert found.sources.keys() == wanted.sources.keys()
        assert [one.value for one in found.sources.values()] == [one.value for one in wanted.sources.values()]


@pytest.mark.parametrize("depth", [5, 199, 200, 201, 400])
def test_values_nest_as_deep_as_graphql_core_lets_them(depth: int) -> None:
    """And no deeper."""
    thing: dict[str, Any] = {"must": True, "count": 1}
    for _ in range(depth):
        thing = {"must": True, "count": 1, "below": thing}
    inputs = {"many": [], "one": thing, "flag": True, "given": 1}
    found, wanted = READER.read(inputs, 50), expected(inputs)
    assert isinstance(found, list) is isinstance(wanted, list) is (depth >= 200)


def test_any_set_of_keys_is_read_however_many_there_are() -> None:
    """More of them than are remembered."""
    fields = " ".join(f"f{number}: Int" for number in range(12))
    schema = build_schema(f"type Query {{ any(one: Wide): Int }} input Wide {{ {fields} }}")
    document = parse("query A($one: Wide) { any(one: $one) }")
    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    reader = VariableReader(schema, operation.variable_definitions or ())
    for mask in range(2**12):
        given_keys = {f"f{bit}": bit for bit in range(12) if mask & 1 << bit}
        found = reader.read({"one": given_keys}, 50)
        assert isinstance(found, VariableValues)
        assert found.coerced == {"one": given_keys}
