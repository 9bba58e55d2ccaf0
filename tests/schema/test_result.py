"""From rows to the response: made by hand, without an engine."""

from __future__ import annotations

from typing import Any

import pytest

from graphdb.catalog.files import standard_catalog
from schema import MergedSchema, build_schema, prepare
from schema.compiler.cursors import decode_cursor
from schema.ir import Rows
from schema.limits import Limits
from tests.harness import NOW


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _made(merged: MergedSchema, text: str, row: list[Any], variables: dict[str, Any] | None = None) -> Any:
    prepared = prepare(merged.graphql_schema, standard_catalog(), text)
    plan = prepared.plan(variables)
    bound = plan.bind(prepared.coerce(variables).coerced, prepared.limits, now=NOW)
    return plan.answer(row, bound)


def test_values_are_printed_as_their_types_are(merged: MergedSchema) -> None:
    """Money, moments, days, JSON, lists; and null where nothing is."""
    text = "{ deals { nodes { amount closeDate closedAt name isWon } } notes { nodes { attachments } } }"
    row = [[[125_000, "2025-01-31", 0, "x", True], [None] * 5], [['{"a": [1]}'], [None]]]
    assert _made(merged, text, row) == {
        "deals": {
            "nodes": [
                {
                    "amount": "12.50",
                    "closeDate": "2025-01-31",
                    "closedAt": "1970-01-01T00:00:00.000Z",
                    "name": "x",
                    "isWon": True,
                },
                {"amount": None, "closeDate": None, "closedAt": None, "name": None, "isWon": None},
            ]
        },
        "notes": {"nodes": [{"attachments": {"a": [1]}}, {"attachments": None}]},
    }


@pytest.mark.parametrize("levels", [1, 3, 4, 5, 9, 40])
def test_lists_in_lists_come_out_however_deep_they_are(merged: MergedSchema, levels: int) -> None:
    """Each with its own count and ids, forward and backward in turn; the text nests no deeper than Python reads."""
    text = ""
    row: list[Any] = []
    expected: dict[str, Any] = {}
    for level in range(levels):
        kind = "contacts" if (levels - level) % 2 else "companies"
        size = "last: 2" if level % 2 else "first: 2"
        text = f"{kind}({size}) {{ totalCount nodes {{ id {text} }} }}"
        rows = [[f"{level}-{number}", *row] for number in range(2)]
        nodes = [{"id": f"{level}-{number}", **expected} for number in range(2)]
        row, expected = [level, rows], {kind: {"totalCount": level, "nodes": nodes[::-1] if level % 2 else nodes}}
        if level > 3:  # a tree of one branch, for another one has a thousand times as many leaves
            del rows[1], nodes[1]
            expected[kind]["nodes"] = nodes
    limits = Limits(depth_max=500, records_max=10**15)
    prepared = prepare(merged.graphql_schema, standard_catalog(), f"{{ {text} }}", limits=limits)
    bound = prepared.plan().bind({}, limits, now=NOW)
    assert prepared.plan().answer(row, bound) == expected


@pytest.mark.parametrize(("rows", "more"), [(0, False), (2, False), (3, True)])
def test_a_page_and_whether_there_is_more(merged: MergedSchema, rows: int, more: bool) -> None:
    """The row too many is seen and cut off."""
    text = "{ contacts(first: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"
    found = _made(merged, text, [[[f"id{n}"] for n in range(rows)]])["contacts"]
    assert found["nodes"] == [{"id": f"id{n}"} for n in range(min(rows, 2))]
    info = found["pageInfo"]
    assert (info["hasNextPage"], info["hasPreviousPage"]) == (more, False)
    plan = prepare(merged.graphql_schema, standard_catalog(), text).plan()
    (read,) = plan.query.read.roots
    assert isinstance(read, Rows)
    if rows:
        assert decode_cursor(info["startCursor"], read.order) == ["id0"]
        assert decode_cursor(info["endCursor"], read.order) == ["id1"]
    else:
        assert info["startCursor"] is None
        assert info["endCursor"] is None


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        (["Ada", "Byron", "a@b.example", None], "Ada Byron"),
        ([None, "Byron", "a@b.example", None], "Byron"),
        ([None, None, "a@b.example", None], "a@b.example"),
        ([None, None, None, "+1"], "+1"),
        ([None, None, None, None], "the-id"),
    ],
)
def test_display_names(merged: MergedSchema, names: list[str | None], shown: str) -> None:
    """The first group of properties with a value, else the id."""
    found = _made(merged, "{ contacts { nodes { displayName } } }", [[[*names, "the-id"]]])
    assert found == {"contacts": {"nodes": [{"displayName": shown}]}}


def test_records_by_ids_keep_the_order_of_the_ids(merged: MergedSchema) -> None:
    """Null for an unknown one, twice where an id is given twice."""
    row = [[["b", [0, ["b"]]], ["a", [2, ["a"]]]]]
    text = "query A($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    found = _made(merged, text, row, {"ids": ["a", "x", "b", "a"]})
    deal, contact = {"__typename": "Deal", "id": "a"}, {"__typename": "Contact", "id": "b"}
    assert found == {"nodes": [deal, None, contact, deal]}


@pytest.mark.parametrize(
    ("marks", "near_is_start", "names"),
    [
        (None, True, []),
        ([], True, []),
        (["manager>"], True, ["direct_report"]),
        (["manager>"], False, ["manager"]),
        (["manager<"], True, ["manager"]),
        (["colleague", "manager<"], False, ["direct_report", "colleague"]),
        (["manager>", "manager<"], True, ["manager", "direct_report"]),
        (["unknown"], True, []),
    ],
)
def test_labels_of_a_pair_within_one_type(
    merged: MergedSchema, marks: list[str] | None, near_is_start: bool, names: list[str]
) -> None:
    """What the far record is to the near one, in the catalog's order."""
    text = "{ contacts { nodes { contacts { edges { labels { name } } } } } }"
    found = _made(merged, text, [[[[[near_is_start, marks]]]]])
    labels = found["contacts"]["nodes"][0]["contacts"]["edges"][0]["labels"]
    assert sorted(label["name"] for label in labels) == sorted(names)


def test_keys_keep_the_order_of_the_document(merged: MergedSchema) -> None:
    """Aliases too, and a field that is given twice stands where it first stood."""
    text = "{ contacts { nodes { b: city a: id age b: city } totalCount } __typename }"
    found = _made(merged, text, [7, [["x", "y", 1]]])
    assert list(found) == ["contacts", "__typename"]
    assert list(found["contacts"]) == ["nodes", "totalCount"]
    assert list(found["contacts"]["nodes"][0]) == ["b", "a", "age"]
    assert found == {"contacts": {"nodes": [{"b": "x", "a": "y", "age": 1}], "totalCount": 7}, "__typename": "Query"}
