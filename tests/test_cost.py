"""Costs over the whole way: taken from the graph, refused before anything runs, answered to who asks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

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
