"""What would be too much is refused at once, with words that say what to change; what runs too long is ended."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.catalog.statistics import Ends, Statistics
from graphdb.cypher.statement import Statement
from graphdb.errors import StoreTimeout
from graphdb.store import Engine
from tests.harness import ask

if TYPE_CHECKING:
    from tests.harness import Crm, Response

SECONDS = 1.0
"""Of this process: what refuses a request may take this long at most."""


@pytest.fixture(scope="module")
async def huge(crm: Crm) -> Registry:
    """The same program over statistics of a graph with ten million deals; nothing of it is there."""
    registry = await Registry.open(crm.store, Settings())
    catalog = registry.catalog
    label = {one.name: one.node_label for one in catalog.object_types}
    registry.current.statistics = Statistics(
        nodes={one.node_label: 10_000_001 for one in catalog.enabled},
        relationships={one.relationship_type: 20_000_000 for one in catalog.associations},
        ends={one.relationship_type: Ends(start=label[one.start], end=label[one.end]) for one in catalog.associations},
    )
    return registry


async def refused(registry: Registry, text: str, variables: dict[str, Any] | None = None) -> Response:
    """The answer to a request that is refused, in time."""
    started = time.process_time()
    response = await ask(registry, text, variables)
    assert time.process_time() - started < SECONDS
    assert response.data is None
    assert response.errors
    return response


def nested_filter(levels: int) -> dict[str, Any]:
    """A ``not`` in a ``not`` in a ``not``."""
    where: dict[str, Any] = {"city": {"eq": "x"}}
    for _ in range(levels):
        where = {"not": where}
    return where


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(part)}" for name, part in value.items()) + "}"
    return f'"{value}"'


async def test_a_filter_nested_200_deep(crm: Crm) -> None:
    """In the document, and in a variable; one of 50 levels is answered."""
    text = "{ contacts(where: %s) { totalCount } }"
    in_variable = "query A($w: ContactWhere) { contacts(where: $w) { totalCount } }"
    assert not (await crm.ask(text % _literal(nested_filter(50)))).errors
    assert not (await crm.ask(in_variable, {"w": nested_filter(50)})).errors
    for response in (
        await refused(crm.registry, text % _literal(nested_filter(200))),
        await refused(crm.registry, in_variable, {"w": nested_filter(200)}),
    ):
        # Which of them counts first depends on how deep the interpreter's stack is already.
        assert response.codes[0] in {"GRAPHQL_PARSE_FAILED", "BAD_USER_INPUT", "TOO_COMPLEX"}
        assert re.search("nested too deeply|more than 200 conditions", response.errors[0]["message"])


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        pytest.param(
            "{ " + " ".join(f"a{n}: __typename" for n in range(10_000)) + " }",
            "TOO_COMPLEX",
            "longer than 5,000 tokens",
            id="10,000 aliases",
        ),
        pytest.param(
            "{ contacts { nodes { " + " ".join(f"a{n}: id" for n in range(1_000)) + " } } }",
            "TOO_COMPLEX",
            "the limit is 200",
            id="1,000 aliases",
        ),
        pytest.param(
            "{ " + " ".join(f"a{n}: contacts {{ totalCount }}" for n in range(51)) + " }",
            "TOO_COMPLEX",
            "the limit is 50",
            id="51 root fields",
        ),
        pytest.param(
            "{ contacts { nodes { " + "contacts { nodes { " * 20 + "id" + " } }" * 20 + " } } }",
            "TOO_COMPLEX",
            "30",
            id="40 levels",
        ),
        pytest.param(
            "{ contacts { nodes { ...f0 } } } "
            + " ".join(f"fragment f{n} on Contact {{ ...f{n + 1} ...f{n + 1} }}" for n in range(30))
            + " fragment f30 on Contact { id }",
            "",
            "",
            id="a fragment spread 2^30 times",
        ),
        pytest.param(
            "{ contacts { nodes { ...f0 } } } "
            + " ".join(
                f"fragment f{n} on Contact {{ a: contacts {{ nodes {{ ...f{n + 1} }} }} "
                f"b: contacts {{ nodes {{ ...f{n + 1} }} }} }}"
                for n in range(12)
            )
            + " fragment f12 on Contact { id }",
            "TOO_COMPLEX",
            "more than 5000 fields, fragments expanded",
            id="2^12 lists by fragments",
        ),
        pytest.param(
            "{ contacts(first: 1000) { nodes { contacts(first: 1000) { nodes { id } } } } }",
            "TOO_COMPLEX",
            "contacts.nodes.contacts",
            id="a million records by page sizes",
        ),
    ],
)
async def test_documents_that_are_too_much(crm: Crm, text: str, code: str, words: str) -> None:
    """Each is refused, or answered, within a second: what a fragment holds is measured once."""
    if not code:
        started = time.process_time()
        assert not (await crm.ask(text)).errors
        assert time.process_time() - started < SECONDS
        return
    response = await refused(crm.registry, text)
    assert response.codes == [code]
    assert words in response.errors[0]["message"]


async def test_page_sizes_in_variables_count_with_their_values(crm: Crm) -> None:
    """A document that is fine with one size is refused with another."""
    text = "query A($n: Int) { contacts(first: $n) { nodes { deals(first: $n) { nodes { id } } } } }"
    assert not (await crm.ask(text, {"n": 3})).errors
    response = await refused(crm.registry, text, {"n": 900})
    assert response.codes == ["TOO_COMPLEX"]
    assert "810,900" in response.errors[0]["message"]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("{ deals { groupBy(by: [{stage: VALUE}]) { nodes { aggregate { count } } } } }", "deals"),
        ('{ paths(from: "a", to: "b", maxHops: 6) { nodes { length } } }', "paths"),
        ("{ contacts(orderBy: [{deals: {amount: {sum: DESC}}}]) { nodes { id } } }", "contacts"),
        ("{ contacts(where: {deals: {aggregate: {count: {gt: 3}}}}) { totalCount } }", "contacts"),
        ("{ deals { aggregate { amount { median } } } }", "deals"),
    ],
)
async def test_what_would_touch_ten_million_records(huge: Registry, text: str, field: str) -> None:
    """By the statistics, before anything runs; the error names the field, the figure and the limit."""
    response = await refused(huge, text)
    assert response.codes == ["TOO_COMPLEX"]
    assert response.errors[0]["extensions"]["limit"] == 10_000_000
    assert response.errors[0]["extensions"]["touches"] > 10_000_000
    assert "A filter or an order that an index answers, or smaller pages, are needed" in response.errors[0]["message"]
    assert field in text


async def test_what_takes_too_long_is_ended_and_the_engine_is_free(crm: Crm) -> None:
    """TIMEOUT within a moment of the deadline; the engine does not go on with it."""
    slow = "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b < 0 RETURN count(*)"
    started = time.monotonic()
    with pytest.raises(StoreTimeout):
        await crm.store.read(Statement(slow), timeout_s=0.5)
    assert time.monotonic() - started < 10
    if crm.store.engine is Engine.NEO4J:
        shown = "SHOW TRANSACTIONS YIELD currentQuery WHERE currentQuery STARTS WITH 'UNWIND range' RETURN count(*)"
        for _ in range(50):
            if not (await crm.store.change_schema(shown))[0][0]:
                break
            await asyncio.sleep(0.1)
        else:
            pytest.fail("the statement is still running")
    answers = [await crm.ask("{ contacts(first: 1) { nodes { id } } }") for _ in range(3)]
    assert not any(answer.errors for answer in answers)
