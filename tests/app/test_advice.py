"""Which indexes are said to be missing or unused, from uses that the test makes up."""

from __future__ import annotations

from typing import Any

import pytest

from app.advice import Advice, Spread, Verdict, advise, as_json, candidates
from graphdb.catalog.files import standard_catalog
from graphdb.index_use import Use, Watched
from graphdb.store import Engine
from schema import MergedSchema, build_schema, prepare
from schema.compiler.access import Access, accesses_of

CATALOG = standard_catalog()
SINCE = "2026-11-01T08:00:00+00:00"


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(CATALOG)


def _use(
    *,
    equal: tuple[str, ...] = (),
    between: tuple[str, ...] = (),
    order: str | None = "id",
    single: tuple[str, ...] = (),
) -> Use:
    return Use("Contact", (*single, *equal), between, order, count=10, ms=500.0, single=single)


def _advice(
    *uses: Use, engine: Engine = Engine.NEO4J, spreads: dict[str, Spread] | None = None, since: str | None = SINCE
) -> dict[str, Advice]:
    watched = Watched(since, since, uses)
    known = {("Contact", name): spread for name, spread in (spreads or {}).items()}
    return {one.name: one for one in advise(CATALOG, engine, watched, known)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{ contacts { nodes { id } } }", [Access("Contact", order="id")]),
        ("{ contacts { totalCount } }", [Access("Contact")]),
        (
            '{ contacts(where: {city: {eq: "a"}, jobTitle: {in: ["b"]}}, orderBy: [{age: ASC}]) { nodes { id } } }',
            [Access("Contact", equal=("city", "jobTitle"), order="age", single=("city",))],
        ),
        (
            '{ contacts(where: {age: {gt: 1, lt: 9}, city: {startsWith: "a"}}) { totalCount nodes { id } } }',
            [Access("Contact", between=("age", "city"), order="id"), Access("Contact", between=("age", "city"))],
        ),
        (
            '{ contacts(where: {or: [{age: {eq: 2}}, {age: {eq: 1}}], city: {eqIgnoreCase: "b"}}) { totalCount } }',
            [Access("Contact")],
        ),
        (
            "{ contacts(orderBy: [{primaryCompany: {name: ASC}}]) { nodes { companies { nodes { id } } } } }",
            [Access("Contact")],
        ),
        ('{ contact(by: {id: "x"}) { deals(where: {amount: {eq: "1.00"}}) { nodes { id } } } }', []),
    ],
)
def test_in_which_ways_a_document_asks(merged: MergedSchema, text: str, expected: list[Access]) -> None:
    """Of whole object types alone: below them, a hop leads to the records."""
    plan = prepare(merged.graphql_schema, CATALOG, text).plan()
    assert sorted(plan.accesses, key=repr) == sorted(expected, key=repr)
    assert plan.accesses == accesses_of(plan.query.read)


def test_a_value_asked_for_without_an_index_is_missing_one() -> None:
    """With what it would gain: records of one value in place of all."""
    found = _advice(_use(equal=("city",)), spreads={"city": Spread(300_000, 200_000, 400)})["contact.city"]
    assert (found.verdict, found.visited, found.with_index) == (Verdict.MISSING, 300_000, 500)
    assert (found.equal, found.ms) == (10, 500.0)


def test_of_two_values_the_one_that_parts_the_records_most() -> None:
    """One index answers both."""
    spreads = {"city": Spread(9_000, 9_000, 40), "jobTitle": Spread(9_000, 9_000, 700)}
    found = _advice(_use(equal=("city", "jobTitle")), spreads=spreads)
    assert found["contact.jobTitle"].verdict is Verdict.MISSING
    assert "contact.city" not in found


@pytest.mark.parametrize(
    ("use", "name"),
    [
        (_use(order="jobTitle"), "contact.jobTitle"),
        (_use(between=("age",)), "contact.age"),
        (_use(between=("age",), order=None), "contact.age"),
    ],
)
def test_an_order_and_bounds_miss_an_index_on_neo4j_alone(use: Use, name: str) -> None:
    """The embedded engine reads an index for a value only."""
    spreads = {name.partition(".")[2]: Spread(9_000, 9_000, 9_000)}
    assert _advice(use, spreads=spreads)[name].verdict is Verdict.MISSING
    assert name not in _advice(use, spreads=spreads, engine=Engine.ARCADEDB)


@pytest.mark.parametrize(
    "use",
    [
        _use(equal=("city", "lifecycleStage")),
        _use(between=("age",), order="lastName"),
        _use(order="createdAt"),
        _use(equal=("noSuchProperty",)),
    ],
)
def test_nothing_is_missing_where_an_index_answers(use: Use) -> None:
    """Another value of the same filter, or the order of the page; nor of a property that is gone."""
    assert not [one.name for one in _advice(use).values() if one.verdict is Verdict.MISSING]


@pytest.mark.parametrize("spread", [Spread(500, 500, 400), Spread(50_000, 50_000, 1), Spread(50_000, 0, 0)])
def test_few_records_or_values_are_not_worth_an_index(spread: Spread) -> None:
    """What has hardly any records, or the same value in most of them; without any value nothing is known."""
    found = _advice(_use(equal=("city",)), spreads={"city": spread})["contact.city"]
    assert found.verdict is (Verdict.NOT_WORTH_IT if spread.distinct else Verdict.MISSING)


def test_an_index_that_nobody_asks_for_is_unused_once_somebody_watched() -> None:
    """One that is asked for in whatever way is not."""
    found = _advice(_use(equal=("lifecycleStage",)), _use(order="lastName"))
    assert found["contact.lifecycleStage"].verdict is Verdict.USED
    assert found["contact.lastName"].verdict is Verdict.USED
    assert found["contact.owner"].verdict is Verdict.UNUSED
    assert _advice(since=None)["contact.owner"].verdict is Verdict.USED


def test_what_is_measured_is_what_is_missing() -> None:
    """The dearest first, each once."""
    uses = (_use(equal=("city",)), _use(equal=("jobTitle", "city")), _use(equal=("lifecycleStage",)))
    watched = Watched(SINCE, SINCE, uses)
    assert candidates(CATALOG, Engine.NEO4J, watched) == [("Contact", "city"), ("Contact", "jobTitle")]


def test_what_is_missing_comes_first_and_reads_as_json() -> None:
    """Then what is unused, then what is used."""
    watched = Watched(SINCE, SINCE, (_use(equal=("city",)), _use(order="lastName")))
    advice = advise(CATALOG, Engine.NEO4J, watched, {("Contact", "city"): Spread(9_000, 9_000, 90)})
    shown: dict[str, Any] = as_json(watched, advice)
    assert shown["since"] == SINCE
    assert shown["properties"][0] == {
        "objectType": "contact",
        "property": "city",
        "inOrderOf": None,
        "indexed": False,
        "state": None,
        "equal": 10,
        "between": 0,
        "order": 0,
        "ms": 500.0,
        "verdict": "missing",
        "visited": 9_000,
        "withIndex": 100,
    }
    verdicts = [one["verdict"] for one in shown["properties"]]
    assert verdicts == sorted(verdicts, key=["missing", "unused", "used"].index)


OWNER = "contact.owner,createdAt"
"""A composite index that the data model does not have."""


@pytest.mark.parametrize(
    ("spread", "verdict"),
    [
        (Spread(300_000, 300_000, 4), Verdict.MISSING),
        (Spread(300_000, 3_000, 2), Verdict.MISSING),
        (Spread(300_000, 300_000, 3_000), Verdict.NOT_WORTH_IT),
        (Spread(300_000, 0, 0), Verdict.NOT_WORTH_IT),
    ],
)
def test_a_value_that_an_index_finds_in_another_order_is_missing_a_composite_one(
    spread: Spread, verdict: Verdict
) -> None:
    """Unless so few records have the same value that they are sorted as fast."""
    use = _use(single=("owner",), order="createdAt")
    assert candidates(CATALOG, Engine.NEO4J, Watched(SINCE, SINCE, (use,))) == [("Contact", "owner")]
    found = _advice(use, spreads={"owner": spread})[OWNER]
    assert (found.verdict, found.equal, found.order, found.ms) == (verdict, 10, 10, 500.0)
    assert found.visited == (spread.valued // spread.distinct if spread.distinct else 0)
    assert OWNER not in _advice(use, engine=Engine.ARCADEDB)


@pytest.mark.parametrize(
    "use",
    [
        _use(single=("owner",)),
        _use(equal=("owner",), order="createdAt"),
        _use(single=("owner",), equal=("country",), order="createdAt"),
        _use(single=("owner",), between=("lastName",), order="createdAt"),
        _use(single=("owner",), order="age"),
        _use(single=("city",), order="createdAt"),
        _use(single=("owner",), order="owner"),
    ],
)
def test_no_composite_index_is_missing_where_none_would_be_read(use: Use) -> None:
    """Another condition that an index finds, several values, or a property without an index of its own."""
    assert not [one.name for one in _advice(use).values() if one.then and one.verdict is Verdict.MISSING]


def test_a_composite_index_that_there_is_is_used_or_not() -> None:
    """Where nobody watched, or on the embedded engine, nothing is said."""
    name = "contact.lifecycleStage,createdAt"
    use = _use(single=("lifecycleStage",), between=("createdAt",), order="createdAt")
    used = _advice(use)[name]
    assert (used.verdict, used.indexed, used.equal, used.ms) == (Verdict.USED, True, 10, 500.0)
    assert candidates(CATALOG, Engine.NEO4J, Watched(SINCE, SINCE, (use,))) == []
    assert _advice(_use(single=("lifecycleStage",), order="lastName"))[name].verdict is Verdict.UNUSED
    assert _advice(since=None)[name].verdict is Verdict.USED
    assert _advice(engine=Engine.ARCADEDB)[name].verdict is Verdict.USED
