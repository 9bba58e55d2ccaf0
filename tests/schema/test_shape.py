"""The shape of variables: what a plan may depend on, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, Prepared, build_schema
from tests.harness import NOW
from tests.schema.test_filters import WHERE

_SCHEMA: MergedSchema = build_schema(standard_catalog())


def _prepared(text: str) -> Prepared:
    return Prepared(_SCHEMA.graphql_schema, standard_catalog(), parse(text))


def _other_values(where: Any) -> Any:
    """The same filter with other numbers and texts, lists of other lengths."""
    if isinstance(where, dict):
        return {
            key: ["x", "y", "z"][: len(part) + 1] if key == "in" and part and isinstance(part[0], str)
            else [*part, 9] if key == "in" else ["CHAMPION"] if key in {"hasAny", "hasAll"} else _other_values(part)
            for key, part in where.items()
        }  # fmt: skip
    if isinstance(where, list):
        return [_other_values(part) for part in where]
    if isinstance(where, bool) or where is None:
        return where
    return where + 100 if isinstance(where, int) else f"other {where}"


@given(WHERE)
def test_other_values_have_the_same_plan(where: dict[str, Any]) -> None:
    """A thousand filters of one shape make one plan, and it is the plan that each would have had by itself."""
    text = "query A($w: ContactWhere) { contacts(where: $w) { nodes { id } totalCount } }"
    prepared = _prepared(text)
    plan, other = prepared.plan({"w": where}), _other_values(where)
    assert prepared.plan({"w": other}) is plan
    assert _prepared(text).plan({"w": other}).text == plan.text


@given(st.lists(st.fixed_dictionaries({}, optional={"where": WHERE, "first": st.integers(0, 9) | st.none()})))
def test_a_cached_plan_binds_as_a_new_one_does(requests: list[dict[str, Any]]) -> None:
    """Whatever came before, a request gets the text and the parameters that it would get as the first one."""
    text = """query A($where: ContactWhere, $first: Int) { contacts(where: $where, first: $first) {
      nodes { id companies(first: $first) { nodes { id } } } } }"""
    kept = _prepared(text)
    for request in requests:
        new = _prepared(text)
        found, expected = (
            one.plan(request).bind(one.coerce(request).coerced, one.limits, now=NOW).statement for one in (kept, new)
        )
        assert found == expected


@pytest.mark.parametrize("argument", ["after", "before"])
@pytest.mark.parametrize("after", [None, 7])
def test_which_values_of_a_cursor_are_unset_is_part_of_the_shape(after: int | None, argument: str) -> None:
    """The order is cut elsewhere when the cursor's record had no value."""
    from schema.compiler.cursors import encode_cursor, order_mark  # noqa: PLC0415
    from schema.ir import Rows  # noqa: PLC0415

    prepared = _prepared(
        f"query A($c: String) {{ deals({argument}: $c, orderBy: [{{amount: ASC}}]) {{ nodes {{ id }} }} }}"
    )
    (rows,) = prepared.plan().query.read.roots
    assert isinstance(rows, Rows)
    mark = order_mark(rows.order)
    plan = prepared.plan({"c": encode_cursor(mark, [after], "x")})
    assert prepared.plan({"c": encode_cursor(mark, [after if after is None else 9], "y")}) is plan
    assert prepared.plan({"c": encode_cursor(mark, [None if after else 1], "x")}) is not plan
