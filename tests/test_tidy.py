"""What keeps the code readable, checked: sizes, contracts, left-overs, versions."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

import app
import graphdb
import schema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
# Each is spelt in two parts, so that this file holds none of them. In quotes it is a value: there are to-do tasks.
LEFT_OVERS = re.compile(
    "|".join(rf"(?<![\"'])\b{a}{b}\b(?![\"'])" for a, b in (("TO", "DO"), ("FIX", "ME"), ("X", "XX")))
)
MACHINE_PATHS = re.compile(
    "|".join(
        f"{a}{b}/" for a, b in (("/wo", "rk"), ("/t", "mp"), ("/ro", "ot"), ("/ho", r"me/\w+"), ("/Us", r"ers/\w+"))
    )
)
MARKS = re.compile("|".join(rf"\b{a}{b}\(" for a, b in (("sk", "ip"), ("skip", "if"), ("xf", "ail"))))
TEXT_SUFFIXES = frozenset(
    [
        "",
        ".py",
        ".md",
        ".toml",
        ".graphql",
        ".json",
        ".cypher",
        ".ir",
        ".yml",
        ".cfg",
        ".ini",
        ".sh",
        ".java",
        ".xml",
        ".conf",
    ]
)


def _files() -> list[Path]:
    """Every file that is under version control or will be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    if listed.returncode:
        return [path for name in ("app", "schema", "graphdb", "tests") for path in (ROOT / name).rglob("*.py")]
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


FILES = _files()
SOURCES = [path for path in FILES if path.suffix == ".py"]


def _functions(path: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = min((node.lineno, *(one.lineno for one in node.decorator_list)))
            yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", (node.end_lineno or start) - start + 1


def test_there_are_sources() -> None:
    """The checks below look at something."""
    assert len(SOURCES) > 80


def test_files_are_short() -> None:
    """Long ones hold more than one idea."""
    lengths = {path.relative_to(ROOT): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES}
    assert {str(path): length for path, length in lengths.items() if length > FILE_LINES_MAX} == {}


def test_functions_are_short() -> None:
    """Long ones do more than one thing."""
    lengths = dict(one for path in SOURCES for one in _functions(path))
    assert {name: length for name, length in lengths.items() if length > FUNCTION_LINES_MAX} == {}


def test_every_module_says_what_it_is_for() -> None:
    """A docstring at the top, in packages a map."""
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


@pytest.mark.parametrize(("pattern", "what"), [(LEFT_OVERS, "left-overs"), (MACHINE_PATHS, "paths of one machine")])
def test_nothing_is_left_behind(pattern: re.Pattern[str], what: str) -> None:
    """In code, docs and data alike; other people's files apart."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {what}: {line.strip()[:80]}"
        for path in FILES
        if path.suffix in TEXT_SUFFIXES and "static" not in path.parts and path.name != "LICENSE"
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_no_test_is_skipped() -> None:
    """Nor expected to fail; only what one operating system alone has is tested on that one alone."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in SOURCES
        if "tests" in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if MARKS.search(line) and "pytest" in line and "sys.platform" not in line
    ]
    assert found == []


def test_imports_keep_the_contracts() -> None:
    """App > schema > graphdb, and those inside the packages; as ``lint-imports`` reads them."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-cache"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert " 0 broken" in checked.stdout


def test_the_packages_are_this_checkout() -> None:
    """Not others of the same name that happen to be installed."""
    for package in (app, schema, graphdb):
        assert Path(str(package.__file__)).is_relative_to(ROOT)


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_dependencies_are_installed_at_their_floor_or_above(requirement: str) -> None:
    """Each names its lowest version, which is one without known faults, and what is installed satisfies it."""
    parsed = Requirement(requirement)
    assert any(part.operator == ">=" for part in parsed.specifier), f"{parsed.name} names no lowest version"
    if parsed.marker is None or parsed.marker.evaluate():
        assert parsed.specifier.contains(version(parsed.name), prereleases=True)


def test_only_the_driver_modules_import_the_driver() -> None:
    """Everything else sees the store's protocol."""
    importing = {
        path.relative_to(ROOT).as_posix()
        for path in SOURCES
        if path.is_relative_to(ROOT / "app")
        or path.is_relative_to(ROOT / "schema")
        or path.is_relative_to(ROOT / "graphdb")
        if re.search(r"^\s*(?:from|import) neo4j\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert importing <= {"graphdb/bolt.py", "graphdb/driver_errors.py", "graphdb/driver_values.py"}
