"""The documentation says what is so: settings, commands, error codes, and the examples' answers.

An example is checked when ``<!-- tested -->`` stands before it: a ``graphql`` block and then the ``json`` block with
the answer, over the records that ``kinship demo`` loads, at the end of their last day. ``--update-golden`` writes the
answers anew.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from graphql import parse, validate
from typer.main import get_command

from app.cli import cli
from app.registry import Registry
from app.sample import generate, load_sample
from app.sample.world import END
from app.settings import SETTINGS, Settings, settings_table
from graphdb.catalog.files import standard_catalog
from schema import build_schema
from schema.errors import ErrorCode
from tests.answers import print_answer
from tests.harness import ask, empty

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from graphdb.bolt import BoltStore

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COOKBOOK = ROOT / "docs" / "cookbook.md"
STORIES = [ROOT / "docs" / "custom-objects.md", ROOT / "docs" / "formulas.md"]
"""Their documents fit the schemas that they make: ``tests/test_story.py``."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_MARK = "<!-- tested -->"
_BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
_TESTED = re.compile(r"<!-- tested -->\s*```graphql\n(.*?)```(?:\s*```json\n(.*?)```)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Example:
    """A document of a page, and the answer that the page gives to it."""

    page: Path
    document: str
    answer: str

    def __str__(self) -> str:
        return f"{self.page.name}: {self.document[:60]}"


EXAMPLES = [Example(page, *found) for page in PAGES for found in _TESTED.findall(page.read_text(encoding="utf-8"))]


@pytest.fixture(scope="module")
async def demo(store: BoltStore) -> Registry:
    """What ``kinship demo`` serves after its first start."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    await load_sample(store, registry.catalog, generate())
    return registry


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    """The schema of the data model that ships."""
    return build_schema(standard_catalog()).graphql_schema


def test_there_are_examples() -> None:
    """Every mark stands before one, and the cookbook has 25 questions at least."""
    assert sum(page.read_text(encoding="utf-8").count(_MARK) for page in PAGES) == len(EXAMPLES)
    assert len([example for example in EXAMPLES if example.page == COOKBOOK]) >= 25


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
async def test_an_example_gives_its_answer(demo: Registry, example: Example, update_golden: bool) -> None:
    """Word for word, keys in the order that is printed."""
    response = await ask(demo, example.document, now=END)
    assert response.errors == []
    if update_golden:
        _write(example, {"data": response.data})
        return
    expected = json.loads(example.answer)
    assert json.dumps({"data": response.data}, indent=1) == json.dumps(expected, indent=1)


def _write(example: Example, answer: Any) -> None:
    page = example.page.read_text(encoding="utf-8")
    start = page.index(example.document) + len(example.document) + len("```\n")
    rest = page[start:].removeprefix(f"```json\n{example.answer}```\n")
    example.page.write_text(f"{page[:start]}```json\n{print_answer(answer)}\n```\n{rest}", encoding="utf-8")


_DOCUMENTS = [
    text
    for page in PAGES
    if page not in STORIES
    for kind, text in _BLOCK.findall(page.read_text("utf-8"))
    if kind == "graphql"
]


@pytest.mark.parametrize("document", _DOCUMENTS)
def test_every_document_fits_the_schema(schema: GraphQLSchema, document: str) -> None:
    assert validate(schema, parse(document)) == []


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


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    """Within the repository."""
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
