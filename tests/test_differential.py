"""Random documents over random data models: the compiler's answer is that of graphql-core's own executor.

No engine takes part: ``tests.interpreter`` reads what the compiler asks for. What text it is asked in, the golden
cases and the tests against the engines say.
"""

from __future__ import annotations

import json
import os
import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from graphql import GraphQLError, parse

from schema import Limits, Prepared
from schema.ir import Comparison
from tests import interpreter
from tests.documents import Generator
from tests.oracle import Oracle
from tests.random_catalogs import random_catalog, random_graph
from tests.test_oracle import first_difference

if TYPE_CHECKING:
    from tests.documents import Document

FIXED_SEED = 20_261_124
CATALOGS = 1 if "NEO4J_URI" in os.environ else 25
"""No engine takes part, so that once is enough for all of them."""
DOCUMENTS = 200
LIMITS = Limits(records_max=10**9)


def differences(seed: int, documents: int) -> list[str]:
    """How the answers to some documents over one random catalog differ."""
    catalog = random_catalog(seed)
    oracle = Oracle(random_graph(catalog, seed), LIMITS)
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


def _difference(oracle: Oracle, document: Document) -> str | None:
    expected = oracle.answer(document.text, document.variables)
    prepared = Prepared(oracle.schema, oracle.catalog, parse(document.text), None, LIMITS)
    try:
        variables = prepared.coerce(document.variables)
        parts = prepared.parts_for(variables)
        assert parts.plan is not None
        data = interpreter.answer(oracle.graph, parts.plan, variables.coerced, LIMITS, datetime.now(UTC))
    except GraphQLError as error:
        return f"refused: {error.message}"
    if expected.errors:
        return f"the oracle failed: {expected.errors}"
    fixed = {key: value for key, value in (expected.data or {}).items() if key not in data}
    whole: dict[str, Any] = {key: {**data, **fixed}[key] for key in parts.keys}
    return first_difference(expected.data, whole)


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
