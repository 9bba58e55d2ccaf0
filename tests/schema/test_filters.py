"""``where`` as predicates: two-valued, whatever is unset."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLError, parse
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from schema.compiler.plan import resolve
from schema.ir import All, AnyOf, Compare, IsSet, Not, Predicate, Rows
from tests.harness import NOW
from tests.oracle import Record, holds, matches

_SCHEMA: MergedSchema = build_schema(standard_catalog())
_TEXT = "query A($w: ContactWhere) { contacts(where: $w) { nodes { id } } }"
_PREPARED = Prepared(_SCHEMA.graphql_schema, standard_catalog(), parse(_TEXT))

_LEAVES = st.one_of(
    st.sampled_from([None, 0, 1, 5]).map(lambda value: {"age": {"eq": value}}),
    st.sampled_from([None, 0, 1, 5]).map(lambda value: {"age": {"ne": value}}),
    st.lists(st.sampled_from([0, 1, 5]), max_size=2).map(lambda value: {"age": {"in": value}}),
    st.tuples(st.sampled_from(["lt", "lte", "gt", "gte"]), st.sampled_from([0, 1, 5])).map(
        lambda pair: {"age": {pair[0]: pair[1]}}
    ),
    st.booleans().map(lambda value: {"city": {"isSet": value}}),
    st.tuples(
        st.sampled_from(["contains", "startsWith", "endsWith", "eqIgnoreCase", "containsIgnoreCase"]),
        st.sampled_from(["", "a", "ab", "BA"]),
    ).map(lambda pair: {"city": {pair[0]: pair[1]}}),
    st.lists(st.sampled_from([0, 1, 5]), max_size=2).map(lambda value: {"age": {"notIn": value}}),
    st.tuples(st.sampled_from([0, 1, 5]), st.sampled_from([0, 1, 5])).map(
        lambda ends: {"age": {"between": {"from": ends[0], "to": ends[1]}}}
    ),
    st.lists(st.sampled_from(["ABC", "c"]), max_size=2).map(lambda value: {"city": {"inIgnoreCase": value}}),
    st.lists(st.sampled_from(["CHAMPION", "DECISION_MAKER"]), max_size=2, unique=True).flatmap(
        lambda value: st.sampled_from([{"buyingRole": {"hasAny": value}}, {"buyingRole": {"hasAll": value}}])
    ),
    st.just({}),
    st.just({"age": {}}),
)
WHERE = st.recursive(
    _LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda parts: {"and": parts}),
        st.lists(inner, max_size=3).map(lambda parts: {"or": parts}),
        inner.map(lambda part: {"not": part}),
        st.tuples(inner, inner).map(lambda pair: {**pair[0], **pair[1]}),
    ),
    max_leaves=8,
)
RECORDS = [
    Record(
        "contact",
        {
            "id": "x",
            **({"age": age} if age is not None else {}),
            **({"city": city, "buyingRole": ["CHAMPION", "OTHER"][: len(city) - 1]} if city else {}),
        },
    )
    for age in (None, 0, 1, 5, 9)
    for city in (None, "abc", "Ba", "C")
]


def _predicate(where: dict[str, Any]) -> tuple[Predicate, dict[str, Any]]:
    variables = {"w": where}
    (rows,) = _PREPARED.plan(variables).query.read.roots
    assert isinstance(rows, Rows)
    return rows.where, dict(_PREPARED.coerce(variables).coerced)


def _true(predicate: Predicate, record: Record, variables: dict[str, Any]) -> bool:
    """What the IR says of a record, by the meaning that its classes state."""
    match predicate:
        case All(parts):
            return all(_true(part, record, variables) for part in parts)
        case AnyOf(parts):
            return any(_true(part, record, variables) for part in parts)
        case Not(part):
            return not _true(part, record, variables)
        case IsSet(prop):
            return prop.name in record.values
        case Compare(prop, operator, value, ignore_case):
            stored, wanted = record.values.get(prop.name), resolve(value, variables)
            named = f"{operator.value}IgnoreCase" if ignore_case else operator.value
            return stored is not None and matches(stored, named, wanted)
        case _:
            raise AssertionError(f"{predicate} asks about other records")


@given(WHERE)
def test_a_filter_means_what_the_design_says(where: dict[str, Any]) -> None:
    """The predicate chooses the records that the oracle's own reading of ``where`` chooses."""
    predicate, variables = _predicate(where)
    properties = standard_catalog().by_name["contact"].by_name
    for record in RECORDS:
        assert _true(predicate, record, variables) == holds(where, record, properties)


@given(WHERE)
def test_a_filter_and_its_negation_split_the_records(where: dict[str, Any]) -> None:
    """Exactly: each record matches one of the two, unset values included."""
    yes, variables = _predicate(where)
    no, negated = _predicate({"not": where})
    for record in RECORDS:
        assert _true(yes, record, variables) != _true(no, record, negated)


@given(WHERE)
def test_the_statement_negates_leaves_only(where: dict[str, Any]) -> None:
    """Cypher's null is neither true nor false: every NOT stands beside the decision on unset values."""
    text = _PREPARED.plan({"w": {"not": where}}).text
    for part in text.split("NOT (")[1:]:
        assert part.startswith(("n0.`age`", "n0.`city`", "toLower(n0.`city`)", "any(x", "(n0.`buyingRole`"))
    assert text.count("NOT (") == text.count("IS NULL OR NOT (")


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"age": None}, ["where", "age"]),
        ({"age": {"lt": None}}, ["where", "age", "lt"]),
        ({"city": {"contains": None}}, ["where", "city", "contains"]),
        ({"or": [{}, {"not": {"city": {"in": None}}}]}, ["where", "or", 1, "not", "city", "in"]),
    ],
)
def test_a_null_never_means_no_filter(where: dict[str, Any], place: list[Any]) -> None:
    """Except for ``eq`` and ``ne`` it is refused, with its place."""
    with pytest.raises(GraphQLError) as caught:
        _PREPARED.plan({"w": where})
    assert caught.value.extensions == {"code": "BAD_USER_INPUT", "input": place}


def test_emails_and_domains_are_compared_as_they_are_stored() -> None:
    """Trimmed and in lower case, alone and in lists."""
    text = """query A($e: String, $in: [String!], $d: String) {
      a: contacts(where: {email: {eq: $e, in: $in}}) { totalCount }
      b: companies(where: {domain: {eq: $d}, name: {eq: $d}}) { totalCount } }"""
    prepared = Prepared(_SCHEMA.graphql_schema, standard_catalog(), parse(text))
    variables = {"e": " Ada@Hub.Example ", "in": ["B@C.Example"], "d": " Hub.Example"}
    plan = prepared.plan(variables)
    params = plan.bind(prepared.coerce(variables).coerced, prepared.limits, now=NOW).statement.params
    assert list(params.values()) == ["ada@hub.example", ["b@c.example"], " Hub.Example", "hub.example"]
