"""Generated documents, answered by the program and by graphql-core's own executor: the answers are the same."""

from __future__ import annotations

import json
import math
import secrets
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.statistics import Statistics
from schema.compiler.sharing import share
from tests.documents import Document, Generator

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from tests.harness import Crm

FIXED_SEED = 20_261_122
DOCUMENTS = 200

FOUR_LEVELS = """
query Pipeline($stages: [DealStage!]) {
  contacts(first: 20, where: {lifecycleStage: {eq: CUSTOMER}}, orderBy: [{createdAt: DESC}]) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id email primaryCompany { name domain }
      companies(first: 5) {
        edges { labels { name } associatedAt node { name
          deals(where: {stage: {in: $stages}}, orderBy: [{amount: DESC}]) {
            totalCount
            nodes { name amount
              decisionMakerContacts { nodes { email } }
              tickets(first: 3) { nodes { subject priority } } } } } } } } } }
"""


@contextmanager
def _nested(_: Crm) -> Iterator[None]:
    """Each record is read where it belongs: what these graphs, which are small, are read by."""
    yield


@contextmanager
def _shared(crm: Crm) -> Iterator[None]:
    """Every hop of which that is possible is read apart."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("schema.compiler.plan.share", partial(share, least=-1.0))
        patch.setattr(crm.registry.current, "statistics", Statistics(nodes={}, relationships={}, ends={}))
        yield


@pytest.mark.parametrize("stages", [["CLOSED_WON", "PROSPECTING"], [], None, "absent"])
async def test_four_levels(crm: Crm, stages: Any) -> None:
    """Contact → company → deal → ticket, with the stages given, none, null and absent."""
    variables = {} if stages == "absent" else {"stages": stages}
    if stages is None:
        response = await crm.ask(FOUR_LEVELS, variables)
        assert response.codes == ["BAD_USER_INPUT"]
        assert response.data is None
        return
    assert await _compare(crm, Document(FOUR_LEVELS, variables), "by hand")


async def test_generated_documents(crm: Crm) -> None:
    """The same documents in every run."""
    await _compare_generated(crm, FIXED_SEED, DOCUMENTS)


async def test_newly_generated_documents(
    crm: Crm, request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
) -> None:
    """Other documents in each run; the seed is printed, so that a failure can be had again."""
    seed = secrets.randbelow(10**9)
    with capsys.disabled():
        print(f" [seed {seed}] ", end="")  # noqa: T201
    await _compare_generated(crm, seed, request.config.getoption("--documents"))


COUNTED = [
    """companies(orderBy: [{childCompanies: {updatedAt: {max: ASC},
        where: {notes: {count: {lte: 2}, where: {body: {eq: "none"}}}}}}])""",
    """companies(orderBy: [{contacts: {count: DESC, where: {companies: {some: {deals: {count: {lt: 2},
        associatedAt: {lt: "2020-01-01T00:00:00Z"}}}}}}}])""",
    """companies(orderBy: [{contacts: {score: {sum: ASC},
        where: {not: {or: [{deals: {count: {gt: 0}, where: {stage: {eq: CLOSED_WON}}}}, {email: {eq: "none"}}]}}}}])""",
    """companies(where: {contacts: {aggregate: {count: {gte: 1}},
        where: {deals: {count: {in: [0, 1]}, where: {name: {eq: "none"}}}}}})""",
    """contacts(where: {companies: {count: {lt: 9}, where: {contacts: {aggregate: {email: {max: {ne: null}}},
        where: {notes: {count: {lt: 1}, where: {pinned: {eq: false}}}}}}}})""",
]
"""Figures of records of which others that meet conditions are counted, mostly none."""


@pytest.mark.parametrize("asked", COUNTED)
async def test_figures_of_records_that_few_others_belong_to(crm: Crm, asked: str) -> None:
    """To belong to no record is to belong to fewer than two."""
    document = Document(f"{{ {asked} {{ totalCount edges {{ cursor node {{ id }} }} }} }}", {})
    assert '"id"' in json.dumps(crm.oracle.answer(document.text, {}).data)
    assert await _compare(crm, document, "by hand")


@pytest.mark.parametrize("text", ["countess", "c", "hub example", "a", "ada HOME", "0", "lovelace ada"])
async def test_words_of_every_searched_property(crm: Crm, text: str) -> None:
    """Those of a list of addresses are words like any other."""
    page = "totalCount pageInfo { hasNextPage } edges { cursor score node { id __typename } }"
    document = Document(f"query A($text: String!) {{ search(text: $text, first: 100) {{ {page} }} }}", {"text": text})
    assert await _compare(crm, document, "by hand")


async def _compare_generated(crm: Crm, seed: int, count: int) -> None:
    generator = Generator(crm.oracle, crm.registry.schema.graphql_schema, seed)
    compared = 0
    for number in range(count):
        compared += await _compare(crm, generator.next(), f"seed {seed}, document {number}")
    assert compared >= count * 0.95


async def _compare(crm: Crm, document: Document, origin: str) -> bool:
    """Whether both forms' answers were compared: of a document that asks for too many records there is but one."""
    expected = crm.oracle.answer(document.text, document.variables)
    assert not expected.errors, _report(document, origin, f"the oracle failed: {expected.errors}")
    for form in (_nested, _shared):
        with form(crm):
            response = await crm.ask(document.text, document.variables)
        if response.codes == ["TOO_COMPLEX"]:
            return False
        assert not response.errors, _report(document, origin, f"errors: {response.errors}")
        difference = first_difference(expected.data, response.data)
        assert difference is None, _report(document, f"{origin}, {form.__name__[1:]}", difference)
    return True


def _report(document: Document, origin: str, difference: Any) -> str:
    variables = json.dumps(document.variables, ensure_ascii=False)
    return f"\n{origin}\n{document.text}\n{variables}\n{difference}"


def first_difference(expected: Any, found: Any, path: str = "data") -> str | None:
    """Where two answers first differ, order of keys included; None where they do not."""
    if isinstance(expected, dict) and isinstance(found, dict):
        if list(expected) != list(found):
            return f"{path}: expected the keys {list(expected)}, found {list(found)}"
        parts = ((f"{path}.{key}", expected[key], found[key]) for key in expected)
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            return f"{path}: expected {len(expected)} items, found {len(found)}: {expected} / {found}"
        parts = ((f"{path}[{i}]", a, b) for i, (a, b) in enumerate(zip(expected, found, strict=True)))
    elif isinstance(expected, float) and isinstance(found, float) and math.isclose(expected, found, rel_tol=1e-12):
        return None  # the last digits of a sum of floats depend on the order in which the engine adds them
    elif type(expected) is type(found) and expected == found:
        return None
    else:
        return f"{path}: expected {expected!r}, found {found!r}"
    return next((text for place, a, b in parts if (text := first_difference(a, b, place)) is not None), None)


# --- pages -------------------------------------------------------------------------------------------------------

WALKS = [
    ("contacts", ""),
    ("contacts", "orderBy: [{lastName: ASC}]"),
    ("contacts", "orderBy: [{lastName: DESC}]"),
    ("contacts", "orderBy: [{lifecycleStage: ASC}, {score: DESC}]"),
    ("contacts", "orderBy: [{lifecycleStage: DESC}, {lastName: ASC}]"),
    ("contacts", "orderBy: [{score: ASC}, {owner: DESC}, {email: ASC}]"),
    ("contacts", "orderBy: [{updatedAt: DESC}]"),
    ("contacts", 'orderBy: [{lastContactedAt: ASC}], where: {not: {owner: {eq: "Kim"}}}'),
    ("contacts", "orderBy: [{lastName: ASC}], where: {lifecycleStage: {eq: CUSTOMER}}"),
    ("contacts", 'where: {owner: {eq: "Kim"}}'),
    ("contacts", "orderBy: [{id: DESC}]"),
    ("contacts", "orderBy: [{owner: DESC}], where: {owner: {eq: null}}"),
    ("deals", "orderBy: [{closeDate: DESC}, {amount: ASC}]"),
    ("deals", "orderBy: [{amount: DESC}]"),
    ("contacts", "orderBy: [{createdAt: DESC}], where: {lifecycleStage: {eq: CUSTOMER}}"),
    ("companies", "orderBy: [{employees: ASC}]"),
    ("companies", "orderBy: [{listed: DESC}, {annualRevenue: ASC}]"),
    ("notes", "orderBy: [{pinned: ASC}]"),
]


@pytest.mark.parametrize(("field", "arguments"), WALKS)
async def test_walking_all_pages_of_a_root_list(crm: Crm, field: str, arguments: str) -> None:
    """Every record comes once, in the oracle's order, whatever the size of a page."""
    text = f"""query Walk($first: Int, $after: String) {{
      page: {field}(first: $first, after: $after {"," if arguments else ""} {arguments}) {{
        pageInfo {{ hasNextPage endCursor }} nodes {{ id }} }} }}"""
    expected = crm.oracle.answer(text, {"first": 1000}).data or {}
    for size in (3, 7):
        assert await _walk(crm, text, {"first": size}, ()) == [one["id"] for one in expected["page"]["nodes"]]


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "orderBy: [{lastName: ASC}]",
        "orderBy: [{lastName: DESC}]",
        "orderBy: [{lifecycleStage: DESC}, {score: ASC}]",
        'label: "billing", orderBy: [{score: DESC}]',
    ],
)
@pytest.mark.parametrize("form", [_nested, _shared])
async def test_walking_all_pages_of_a_nested_list(
    crm: Crm, arguments: str, form: Callable[[Crm], AbstractContextManager[None]]
) -> None:
    """The company that everybody works for, two at a time."""
    text = f"""query Walk($first: Int, $after: String) {{
      company(by: {{domain: "hub.example"}}) {{ page: contacts(first: $first, after: $after {"," if arguments else ""}
        {arguments}) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ id }} }} }} }}"""
    expected = crm.oracle.answer(text, {"first": 1000}).data or {}
    ids = [one["id"] for one in expected["company"]["page"]["nodes"]]
    assert len(ids) > 4
    with form(crm):
        assert await _walk(crm, text, {"first": 2}, ("company",)) == ids


async def _walk(crm: Crm, text: str, variables: dict[str, Any], path: tuple[str, ...]) -> list[str]:
    found: list[str] = []
    after: str | None = None
    while True:
        response = await crm.ask(text, {**variables, "after": after})
        assert not response.errors
        page: Any = response.data
        for key in (*path, "page"):
            page = page[key]
        found += [one["id"] for one in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        assert len(page["nodes"]) == variables["first"]
