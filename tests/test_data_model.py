"""``dataModel``: the catalog as data, with what the graph holds of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.counts import Counts
from app.execution import RequestContext
from graphdb.errors import StoreTimeout

if TYPE_CHECKING:
    import pytest

    from tests.harness import Crm

MODEL = "{ dataModel { %s } }"


async def model(crm: Crm, selection: str) -> Any:
    response = await crm.ask(MODEL % selection)
    assert response.errors == []
    assert response.data is not None
    return response.data["dataModel"]


async def test_records_are_counted_by_type(crm: Crm) -> None:
    found = await model(crm, "objectTypes { name enabled records }")

    counted = {one["name"]: one["records"] for one in found["objectTypes"]}
    assert counted == {name: len(crm.oracle.graph.by_type[name]) for name in crm.registry.catalog.by_name}
    assert counted["contact"] > 0


async def test_associations_are_counted_by_pair_and_by_label(crm: Crm) -> None:
    found = await model(crm, "associations { start end count labels { name count } }")

    graph = crm.oracle.graph
    pairs: Counter[tuple[str, ...]] = Counter()
    labels: Counter[tuple[str, ...]] = Counter()
    for ends, pair in graph.pairs.items():
        types = [graph.records[one].type for one in ends]
        key = tuple(sorted(types * (3 - len(types))))[:2]
        pairs[key] += 1
        labels.update((*key, name) for name, _ in pair.labels)
    counted = {tuple(sorted((one["start"], one["end"]))): one["count"] for one in found["associations"]}
    assert {key: count for key, count in counted.items() if count} == dict(pairs)
    of_different = {
        (*sorted((one["start"], one["end"])), label["name"]): label["count"]
        for one in found["associations"]
        for label in one["labels"]
        if label["count"] and one["start"] != one["end"]
    }
    assert of_different == {key: count for key, count in labels.items() if key[0] != key[1]}
    assert of_different


async def test_what_relies_on_a_property_is_told(crm: Crm) -> None:
    found = await model(crm, "objectTypes { name properties { name usedBy { kind name } } }")
    uses = {
        f"{one['name']}.{prop['name']}": [(use["kind"], use["name"]) for use in prop["usedBy"]]
        for one in found["objectTypes"]
        for prop in one["properties"]
    }
    deal = crm.registry.catalog.by_name["deal"]

    assert {("UNIQUE_KEY", None), ("SEARCH", None)} <= set(uses["contact.email"])
    assert ("SEARCH", None) not in uses["deal.amount"]
    assert ("DISPLAY", None) in uses["contact.lastName"]
    assert ("REQUIRED", None) in uses["contact.createdAt"]
    assert [name for kind, name in uses["deal.stage"] if kind == "PIPELINE"] == [one.name for one in deal.pipelines]
    assert ("INDEX", None) in uses["deal.stage"]
    assert [] in uses.values()


async def test_its_versions_are_listed(crm: Crm) -> None:
    found = await model(crm, "version versions { version at }")

    (only,) = found["versions"]
    assert only["version"] == found["version"] == 1
    assert timedelta() <= datetime.now(UTC) - datetime.fromisoformat(only["at"]) < timedelta(days=1)


async def test_the_graph_is_asked_only_where_counts_are_selected(crm: Crm) -> None:
    """Once for all fields that need it, and again when the answer is some seconds old."""
    asked = []

    class Spy:
        async def read(self, statement: Any, *, timeout_s: float | None = None) -> Any:
            asked.append(statement.text)
            return await crm.store.read(statement, timeout_s=timeout_s)

    spy: Any = Spy()
    counts = Counts(spy, crm.registry.catalog)
    before = crm.registry.current.counts
    crm.registry.current.counts = counts
    try:
        await model(crm, "objectTypes { name properties { name } } associations { start }")
        assert asked == []
        await model(crm, "objectTypes { records }")
        assert len(asked) == 1
        await asyncio.gather(*(model(crm, "objectTypes { records }") for _ in range(5)))
        assert len(asked) == 1
        await model(crm, "associations { count labels { count } }")
        assert len(asked) == 3
    finally:
        crm.registry.current.counts = before


async def test_a_graph_that_does_not_answer_is_told_by_its_code(crm: Crm, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        async def records(self) -> Any:
            raise StoreTimeout("too slow")

    monkeypatch.setattr(RequestContext, "counts", Slow())

    response = await crm.ask(MODEL % "version objectTypes { name records }")
    assert response.codes[0] == "TIMEOUT"
    assert response.data is None
    assert not (await crm.ask(MODEL % "version objectTypes { name }")).errors
