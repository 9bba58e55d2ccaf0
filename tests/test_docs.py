"""The README says what is so: settings, commands, error codes, and the examples' answers.

An example is checked when ``<!-- tested -->`` stands before it: a ``graphql`` block and then the ``json`` block with
the answer, over the records that ``kinship demo`` loads.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from graphql import parse, validate
from typer.main import get_command

from app.cli import cli
from app.registry import Registry
from app.sample import generate, load_sample
from app.settings import SETTINGS, Settings, settings_table
from graphdb.catalog.files import standard_catalog
from schema import build_schema
from schema.errors import ErrorCode
from tests.harness import ask, empty

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graphdb.bolt import BoltStore

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_TESTED = re.compile(r"<!-- tested -->\s*```graphql\n(.*?)```\s*```json\n(.*?)```", re.DOTALL)
EXAMPLES: list[tuple[str, str]] = _TESTED.findall(README)


@pytest.fixture(scope="module")
async def demo(store: BoltStore) -> AsyncIterator[Registry]:
    """What ``kinship demo`` serves after its first start."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    await load_sample(store, registry.catalog, generate())
    yield registry
    await registry.close()


def test_there_is_an_example() -> None:
    assert EXAMPLES
    assert README.count("<!-- tested -->") == len(EXAMPLES)


@pytest.mark.parametrize(("document", "answer"), EXAMPLES)
async def test_an_example_gives_its_answer(demo: Registry, document: str, answer: str) -> None:
    """Word for word, keys in the order that is printed."""
    response = await ask(demo, document)
    assert response.errors == []
    expected = json.loads(answer)
    expected = expected.get("data", expected)
    assert json.dumps(response.data, indent=1) == json.dumps(expected, indent=1)


@pytest.mark.parametrize("document", [text for kind, text in _BLOCK.findall(README) if kind == "graphql"])
def test_every_document_fits_the_schema(document: str) -> None:
    assert validate(build_schema(standard_catalog()).graphql_schema, parse(document)) == []


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.variable)
def test_every_setting_is_listed(setting: object) -> None:
    """With its default, unit and meaning as the program has them."""
    rows = {line for line in settings_table().splitlines() if f"`{getattr(setting, 'variable', '')}`" in line}
    assert len(rows) == 1
    assert rows <= set(README.splitlines())


def test_every_command_is_listed() -> None:
    """And none that there is not."""
    commands: dict[str, object] = get_command(cli).commands  # type: ignore[attr-defined]  # a group
    assert set(re.findall(r"^\| `kinship ([a-z-]+)", README, re.MULTILINE)) == set(commands)


def test_every_error_code_is_listed() -> None:
    """In the table of errors."""
    table = README[README.index("### Errors") :].split("\n## ")[0]
    assert set(re.findall(r"`([A-Z_]{5,})`", table)) >= {code.value for code in ErrorCode}


def test_links_to_files_lead_somewhere() -> None:
    """Within the repository."""
    root = Path(__file__).parents[1]
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", README):
        assert (root / target).exists(), target
