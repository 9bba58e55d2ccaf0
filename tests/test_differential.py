"""Random documents over random data models: the compiler's answer is that of graphql-core's own executor.

No engine takes part: ``tests.interpreter`` reads what the compiler asks for. What text it is asked in, the golden
cases and the tests against the engines say.
"""

from __future__ import annotations

import json
import os
import random
import secrets
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLError, parse

from graphdb.bootstrap import composite_indexes
from graphdb.catalog.statistics import Statistics
from schema import Limits, Prepared
from schema.compiler.sharing import share
from schema.ir import Comparison
from tests import interpreter
from tests.documents import Generator
from tests.oracle import Oracle
from tests.random_catalogs import random_catalog, random_graph
from tests.test_oracle import first_difference

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.model import Catalog
    from tests.documents import Document

FIXED_SEED = 20_261_124
CATALOGS = 1 if "NEO4J_URI" in os.environ else 25
"""No engine takes part, so that once is enough for all of them."""
DOCUMENTS = 200
LIMITS = Limits(records_max=10**9)
NOTHING_KNOWN = Statistics(nodes={}, relationships={}, ends={})


@pytest.fixture(autouse=True)
def _shared_wherever_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the statistics say, where there are any."""
    monkeypatch.setattr("schema.compiler.plan.share", partial(share, least=-1.0))


def differences(seed: int, documents: int) -> list[str]:
    """How the answers to some documents over one random catalog differ.

    Each is asked once with every record where it belongs and once with every hop of which that is possible apart.
    """
    catalog = random_catalog(seed)
    oracle = Oracle(random_graph(catalog, seed), _with_composite_indexes(catalog))
    schema = oracle.schema
    generator = Generator(oracle, schema, seed, standard=False)
    found = []
    for number in range(documents):
        document = generator.next()
        difference = _difference(oracle, document)
        if difference is not None:
            variables = json.dumps(document.variables, ensure_ascii=False)
            found.append(f"\nseed {seed}, document {number}\n{document.text}\n{variables}\n{difference}")
    return found


def _with_composite_indexes(catalog: Catalog) -> Limits:
    """As if the engine had all that a catalog wants."""
    wanted = (
        (one.node_label, index.properties)
        for one in catalog.object_types
        for pair in one.composite_indexes
        for index in composite_indexes(one, pair.equal, pair.order)
    )
    return replace(LIMITS, composite_indexes=frozenset(wanted))


def _difference(oracle: Oracle, document: Document) -> str | None:
    expected = oracle.answer(document.text, document.variables)
    if expected.errors:
        return f"the oracle failed: {expected.errors}"
    prepared = Prepared(oracle.schema, oracle.catalog, parse(document.text), None, oracle.limits)
    try:
        variables = prepared.coerce(document.variables)
        parts = prepared.parts_for(variables)
        assert parts.plan is not None
        found = [
            interpreter.answer(oracle.graph, parts.plan, variables.coerced, LIMITS, datetime.now(UTC), statistics)
            for statistics in (None, NOTHING_KNOWN)
        ]
    except GraphQLError as error:
        return f"refused: {error.message}"
    fixed = {key: value for key, value in (expected.data or {}).items() if key not in found[0]}
    wholes: list[dict[str, Any]] = [{key: {**data, **fixed}[key] for key in parts.keys} for data in found]
    return next((text for whole in wholes if (text := first_difference(expected.data, whole)) is not None), None)


@pytest.mark.parametrize("catalog", range(CATALOGS))
def test_documents_over_a_random_catalog(catalog: int) -> None:
    """The same in every run; in all of them 5,000 documents."""
    found = differences(FIXED_SEED + catalog, DOCUMENTS)
    assert not found, found[0]


def test_new_documents_over_a_new_catalog(capsys: pytest.CaptureFixture[str]) -> None:
    """Others in each run; the seed is printed, so that a failure can be had again."""
    seed = secrets.randbelow(10**9)
    with capsys.disabled():
        print(f" [seed {seed}] ", end="")  # noqa: T201
    found = differences(seed, DOCUMENTS)
    assert not found, found[0]


def test_a_wrong_comparison_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: one that takes "less" for "less or equal" is found out."""
    honest = interpreter._compare

    def careless(value: Any, operator: Comparison, wanted: Any, *, ignore_case: bool = False) -> bool:
        meant = Comparison.LTE if operator is Comparison.LT else operator
        return honest(value, meant, wanted, ignore_case=ignore_case)

    monkeypatch.setattr(interpreter, "_compare", careless)
    assert any(differences(FIXED_SEED + catalog, DOCUMENTS) for catalog in range(3))


def test_variables_that_do_not_fit_are_refused_alike() -> None:
    """The same messages at the same places in the document, as graphql-core's executor has them; no data."""
    refused = 0
    for seed in range(FIXED_SEED, FIXED_SEED + 3):
        catalog = random_catalog(seed)
        oracle = Oracle(random_graph(catalog, seed), LIMITS)
        generator = Generator(oracle, oracle.schema, seed, standard=False)
        dice = random.Random(seed)  # noqa: S311  # no secret
        for _ in range(100):
            document = generator.next()
            if not document.variables:
                continue
            name = dice.choice(list(document.variables))
            given = {**document.variables, name: dice.choice(({"no": "such"}, [[[]]], "\ud800", 1.5, True, None))}
            expected = oracle.answer(document.text, given)
            prepared = Prepared(oracle.schema, oracle.catalog, parse(document.text), None, LIMITS)
            try:
                prepared.coerce(given)
                continue  # the value fits after all
            except ExceptionGroup as group:
                found: Any = group.exceptions
            except GraphQLError as error:
                found = [error]
            assert expected.data is None
            assert _places(found) == _places(expected.errors or []), document.text
            refused += 1
    assert refused > 50


def _places(errors: Iterable[GraphQLError]) -> list[Any]:
    return [(error.message, error.locations, error.path) for error in errors]
