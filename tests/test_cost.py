"""Costs over the whole way: taken from the graph, refused before anything runs, answered to who asks."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.execution import RequestContext
from app.registry import Registry
from app.settings import Settings
from graphdb.statistics import read_statistics

if TYPE_CHECKING:
    from tests.harness import Crm


async def test_a_document_that_would_visit_too_much_is_refused_before_it_runs(crm: Crm) -> None:
    """By the statistics, taken from the graph; and both numbers are answered to a request that asks for them."""
    registry = await Registry.open(crm.store, replace(Settings(), touches_max=5))
    registry.current.statistics = await read_statistics(crm.store, registry.catalog)
    text = "{ contacts(first: 2, orderBy: [{jobTitle: ASC}]) { nodes { id } } }"
    response = await replace(crm, registry=registry).ask(text)
    assert response.codes == ["TOO_COMPLEX"]
    assert response.errors[0]["path"] == ["contacts"]
    assert response.errors[0]["extensions"]["limit"] == 5
    assert response.errors[0]["extensions"]["touches"] == len(crm.oracle.graph.by_type["contact"])


async def test_the_cost_is_answered_to_who_asks_for_it(crm: Crm) -> None:
    registry = await Registry.open(crm.store, Settings())
    registry.current.statistics = await read_statistics(crm.store, registry.catalog)
    for asked, expected in (({"cost": True}, {"cost": {"records": 2, "touches": 2}}), (None, {})):
        result = await registry.schema.execute(
            "{ contacts(first: 2) { nodes { id } } }",
            context_value=RequestContext(registry),
            operation_extensions=asked,
        )
        assert result.extensions == expected


@pytest.mark.parametrize("conditions", [99, 100])
async def test_a_where_holds_a_stated_number_of_conditions_and_groups(crm: Crm, conditions: int) -> None:
    """The limit is 200, which both engines plan: here an ``or``, and for each condition the object it stands in."""
    parts = ", ".join(f'{{city: {{eq: "x{n}"}}}}' for n in range(conditions))
    response = await crm.ask(f"{{ contacts(where: {{or: [{parts}]}}) {{ totalCount }} }}")
    if conditions < 100:
        assert response.data == {"contacts": {"totalCount": 0}}
    else:
        assert response.codes == ["TOO_COMPLEX"]
        assert response.errors[0]["extensions"]["limit"] == 200


async def test_a_long_document_of_mergeable_fields_is_refused_at_once(crm: Crm) -> None:
    """graphql-core compares equal fields pair by pair; the bound on tokens bounds that, too."""
    started = time.process_time()
    response = await crm.ask("{ contacts { nodes { " + "companies { nodes { name } } " * 1_000 + "} } }")
    assert time.process_time() - started < 1
    assert response.codes == ["TOO_COMPLEX"]
