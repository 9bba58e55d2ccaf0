"""The pages that change the data model: every request of each, in order, on an account as it ships."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from tests.answers import print_answer
from tests.harness import ask, empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"custom-objects.md": 10, "formulas.md": 5}
"""Each with how many requests it has at least."""
NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
_STEP = re.compile(r"<!-- story(: refused)? -->\n```graphql\n(.*?)```\n(?:```json\n(.*?)```\n)?", re.DOTALL)
_ID = re.compile(r"[0-9a-f]{32}")


@pytest.mark.parametrize("name", PAGES)
async def test_each_request_of_the_page_gets_its_answer(store: BoltStore, name: str, update_golden: bool) -> None:
    """In order, each upon what the ones before have made; without a restart in between."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    text = (DOCS / name).read_text(encoding="utf-8")
    steps = list(_STEP.finditer(text))
    assert len(steps) >= PAGES[name]
    answers = []
    for step in steps:
        refused, document, answer = step.groups()
        response = await ask(registry, document, now=NOW)
        assert bool(response.errors) == bool(refused), (document, response.errors)
        found = _shown(response.data, response.errors)
        answers.append(found)
        if not update_golden:
            assert json.dumps(found, indent=1) == json.dumps(json.loads(answer or "null"), indent=1), document
    if update_golden:
        (DOCS / name).write_text(_filled(text, answers), encoding="utf-8")


def _shown(data: Any, errors: list[dict[str, Any]]) -> dict[str, Any]:
    """What the page prints: ids differ from run to run, and where in the document something stands is no news."""
    if not errors:
        return {"data": data}
    shown = [{key: one[key] for key in ("message", "path", "extensions") if key in one} for one in errors]
    return json.loads(_ID.sub("0" * 32, json.dumps({"data": data, "errors": shown})))  # type: ignore[no-any-return]


def _filled(text: str, answers: list[dict[str, Any]]) -> str:
    found = iter(answers)

    def fill(step: re.Match[str]) -> str:
        refused, document, _ = step.groups()
        head = f"<!-- story{refused or ''} -->\n```graphql\n{document}```\n"
        return f"{head}```json\n{print_answer(next(found))}\n```\n"

    return _STEP.sub(fill, text)
