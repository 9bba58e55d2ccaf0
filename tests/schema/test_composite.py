"""Which lists name a composite index, and which leave the choice to the engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graphdb.catalog.check import check
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.parts import BuildState, CompositeIndex
from graphdb.catalog.statistics import Statistics
from schema import Limits, build_schema, prepare
from schema.compiler.cost import Estimate

Index = tuple[str, tuple[str, ...]]
CATALOG = standard_catalog()
SCHEMA = build_schema(CATALOG).graphql_schema
WHOLE: set[Index] = {
    ("Deal", ("stage", "closeDate", "id")),
    ("Deal", ("stage", "_u_closeDate", "id")),
    ("Ticket", ("stage", "createdAt", "id")),
}
STAGE = "stage: {eq: CLOSED_WON}"
BY_DATE = "{closeDate: DESC}"


def _text(where: str, order: str, *, online: set[Index] = WHOLE) -> str:
    document = f"{{ deals(where: {{{where}}}, orderBy: [{order}]) {{ totalCount nodes {{ id }} }} }}"
    limits = Limits(composite_indexes=frozenset(online))
    return prepare(SCHEMA, CATALOG, document, limits=limits).plan().text


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (STAGE, BY_DATE),
        (STAGE, "{closeDate: ASC}, {amount: DESC}"),
        (f'{STAGE}, closeDate: {{gte: "2026-01-01"}}', BY_DATE),
        (f'{STAGE}, competitor: {{eq: "x"}}', BY_DATE),
        (f'{STAGE}, owner: {{ne: "x"}}', BY_DATE),
        (f"{STAGE}, amount: {{eq: null}}", BY_DATE),
        (f"and: [{{{STAGE}}}]", BY_DATE),
        (f'{STAGE}, or: [{{owner: {{eq: "x"}}}}, {{competitor: {{eq: "x"}}}}]', BY_DATE),
        (f"{STAGE}, companies: {{some: {{}}}}", BY_DATE),
    ],
)
def test_one_value_in_the_order_of_the_other(where: str, order: str) -> None:
    """Whatever else is asked, if no index answers it; the count is written as without."""
    text = _text(where, order)
    assert "USING INDEX n0:`Deal`(`stage`, `closeDate`, `id`)" in text
    assert "USING INDEX n0:`Deal`(`stage`, `_u_closeDate`, `id`)" in text
    assert text.splitlines()[0] == _text(where, order, online=set()).splitlines()[0]


@pytest.mark.parametrize(
    ("where", "order"),
    [
        (STAGE, "{id: ASC}"),
        (STAGE, "{amount: DESC}"),
        (STAGE, "{probability: DESC}"),
        (STAGE, "{companies: {count: DESC}}, {closeDate: ASC}"),
        ("stage: {in: [CLOSED_WON]}", BY_DATE),
        ("stage: {eq: null}", BY_DATE),
        ("stage: {ne: CLOSED_WON}", BY_DATE),
        (f"not: {{{STAGE}}}", BY_DATE),
        (f"or: [{{{STAGE}}}, {{stage: {{eq: CLOSED_LOST}}}}]", BY_DATE),
        ("priority: {eq: HIGH}", BY_DATE),
        (f'{STAGE}, owner: {{eq: "x"}}', BY_DATE),
        (f'{STAGE}, amount: {{gt: "1.00"}}', BY_DATE),
        (f'{STAGE}, name: {{startsWith: "x"}}', BY_DATE),
        (f'{STAGE}, id: {{in: ["x"]}}', BY_DATE),
        (f'{STAGE}, and: [{{owner: {{eq: "x"}}}}]', BY_DATE),
        (f'{STAGE}, or: [{{owner: {{eq: "x"}}}}, {{and: [{{name: {{eq: "y"}}}}, {{isWon: {{eq: true}}}}]}}]', BY_DATE),
    ],
)
def test_what_is_left_to_the_engine(where: str, order: str) -> None:
    """Another order, other conditions on the value, and what an index of another property might find sooner."""
    assert "USING INDEX" not in _text(where, order)
    assert _text(where, order) == _text(where, order, online=set())


@pytest.mark.parametrize("missing", WHOLE - {("Ticket", ("stage", "createdAt", "id"))})
def test_none_is_named_before_all_of_it_is_there(missing: Index) -> None:
    assert "USING INDEX" not in _text(STAGE, BY_DATE, online=WHOLE - {missing})


def test_none_is_named_before_the_unset_values_are_marked() -> None:
    """The property that it is in the order of was indexed just now."""
    deal = CATALOG.by_name["deal"]
    properties = tuple(
        replace(prop, indexed_state=BuildState.BUILDING) if prop.name == "closeDate" else prop
        for prop in deal.properties
    )
    types = tuple(replace(one, properties=properties) if one is deal else one for one in CATALOG.object_types)
    catalog = replace(CATALOG, object_types=types, _sides={})
    schema = build_schema(catalog).graphql_schema
    document = f"{{ deals(where: {{{STAGE}}}, orderBy: [{BY_DATE}]) {{ nodes {{ id }} }} }}"
    plan = prepare(schema, catalog, document, limits=Limits(composite_indexes=frozenset(WHOLE))).plan()
    assert "USING INDEX" not in plan.text


def test_a_page_by_one_costs_the_page() -> None:
    """By the statistics; also where the value has no index of its own."""
    ticket = replace(
        CATALOG.by_name["ticket"], composite_indexes=(CompositeIndex(equal="pipeline", order="createdAt"),)
    )
    types = tuple(ticket if one.name == "ticket" else one for one in CATALOG.object_types)
    catalog = replace(CATALOG, object_types=types, _sides={})
    assert check(catalog) == []
    schema = build_schema(catalog).graphql_schema
    document = "{ tickets(first: 5, where: {pipeline: {eq: SUPPORT}}, orderBy: [{createdAt: ASC}]) { nodes { id } } }"
    statistics = Statistics(nodes={"Ticket": 50_000}, relationships={}, ends={})
    for online, visits in ((frozenset[Index](), 50_000), (frozenset({("Ticket", ("pipeline", "createdAt", "id"))}), 5)):
        plan = prepare(schema, catalog, document, limits=Limits(composite_indexes=online)).plan()
        assert Estimate(statistics, [5]).read(plan.query.read).total == visits
