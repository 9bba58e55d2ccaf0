"""The command line: what starts an engine in a process of its own, as users run it; the rest in this one."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from app import logs
from app.cli import cli
from app.console import FIRST_QUERY

if TYPE_CHECKING:
    from pathlib import Path
from typing import Any

START_S = 90.0
FOUR_LEVELS = """
query Chain($stages: [DealStage!]) {
  contacts(first: 2, where: {email: {contains: "hidden@value.example"}}) {
    nodes { companies { nodes { deals(where: {stage: {in: $stages}}) { nodes { tickets { nodes { subject } } } } } } }
  }
}
"""


def environment(**more: str) -> dict[str, str]:
    """Ours without the settings of the run: the embedded engine, whatever the suite runs on."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KINSHIP_", "NEO4J_"))}
    return {**kept, "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "dumb", **more}


def kinship(*arguments: str, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(  # noqa: S603 - our own program
        command, input=stdin, capture_output=True, text=True, check=False, env=environment(**variables), timeout=120
    )


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner in this process: its environment without our settings, its log left to pytest."""
    for name in list(os.environ):
        if name.startswith(("KINSHIP_", "NEO4J_")):
            monkeypatch.delenv(name)
    monkeypatch.setattr(logs, "configure", lambda _: None)
    return CliRunner()


class Running:
    """A server started from the command line, reachable at ``base``."""

    def __init__(self, *arguments: str) -> None:
        command = [sys.executable, "-u", "-m", "app", *arguments, "--port", "0"]
        self.process = subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=environment(),
            start_new_session=True,
        )
        self.output = ""
        self.base = self._await_address()

    def _await_address(self) -> str:
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_S
        for line in self.process.stdout:
            self.output += line
            found = re.search(r"(http://[^/]+)/readyz", line)
            if found:
                return found[1]
            if time.monotonic() > deadline:
                break
        self.process.kill()
        raise AssertionError(f"the server did not start:\n{self.output}")

    def ask(self, query: str) -> dict[str, object]:
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.base}/graphql",
            data=json.dumps({"query": query}).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310 - likewise
            found: dict[str, object] = json.load(response)
        return found

    def stop(self, number: int) -> int:
        """Send a signal, wait, and return the exit status."""
        self.process.send_signal(number)
        assert self.process.stdout is not None
        with self.process.stdout as rest:
            self.output += rest.read()
        return self.process.wait(timeout=60)


def processes_on(folder: Path) -> list[str]:
    """Command lines of processes that mention a folder."""
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)  # noqa: S607
    return [line for line in listing.stdout.splitlines() if str(folder) in line]


@dataclass
class Run:
    """A server's life: what it answered to the first query, how it ended, and what it left."""

    data_dir: Path
    answer: dict[str, object]
    status: int
    output: str
    left: list[str]


def live(data_dir: Path, ending: int, *arguments: str) -> Run:
    server = Running(*arguments, "--data", str(data_dir))
    answer = server.ask("{ contacts(first: 1) { totalCount } }")
    status = server.stop(ending)
    return Run(data_dir, answer, status, server.output, processes_on(data_dir))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A small demo, from the first start to Ctrl-C."""
    return live(tmp_path_factory.mktemp("data"), signal.SIGINT, "demo", "--scale", "0.02")


def test_demo_loads_the_sample_and_serves_it(demo: Run) -> None:
    assert demo.answer == {"data": {"contacts": {"totalCount": 20}}, "extensions": {"catalogVersion": 1}}
    assert "Kinship is ready" in demo.output
    assert FIRST_QUERY in demo.output


def test_ctrl_c_stops_everything_without_a_traceback(demo: Run) -> None:
    assert demo.status == 0
    assert demo.left == []
    assert "Traceback" not in demo.output


def test_a_second_run_starts_from_the_data_of_the_first_and_ends_by_sigterm(demo: Run) -> None:
    again = live(demo.data_dir, signal.SIGTERM, "serve", "--workers", "2")

    assert again.answer == demo.answer
    assert (again.status, again.left) == (0, [])
    assert "Traceback" not in again.output


def test_check_describes_a_sound_graph(demo: Run) -> None:
    result = kinship("check", "--data", str(demo.data_dir))

    assert result.returncode == 0, result.stderr
    assert "Catalog: version 1, sound" in result.stdout
    assert "Jobs: all done" in result.stdout


def test_several_server_processes_follow_a_change_and_its_jobs_are_done(demo: Run) -> None:
    """The parent does the jobs, for no server process builds indexes."""
    server = Running("serve", "--workers", "2", "--data", str(demo.data_dir))
    try:
        made = server.ask(
            """mutation { createObjectType(input: {label: "Roast Batch", associations: ["contact"],
                 properties: [{label: "Roast date", type: DATE}]}) { version } }"""
        )
        assert "errors" not in made
        deadline = time.monotonic() + START_S
        while True:
            found: Any = server.ask("{ dataModel { jobs { kind objectType state } } roastBatches { totalCount } }")
            if "errors" not in found and {job["state"] for job in found["data"]["dataModel"]["jobs"]} == {"DONE"}:
                break
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
        # Whichever process answers, it is on the new data model by now.
        assert all("errors" not in server.ask("{ roastBatches { totalCount } }") for _ in range(10))
    finally:
        server.stop(signal.SIGTERM)
    assert "Traceback" not in server.output


def test_a_taken_port_is_told_before_anything_is_started(here: CliRunner, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = here.invoke(cli, ["demo", "--port", str(port), "--data", str(tmp_path / "data")])

    assert result.exit_code == 1
    assert f"Port {port} on 127.0.0.1 is taken" in result.stderr
    assert "--port" in result.stderr
    assert not (tmp_path / "data").exists()


def test_bad_settings_are_told_all_at_once(here: CliRunner) -> None:
    result = here.invoke(cli, ["serve", "--port", "99999"], env={"KINSHIP_WORKERS": "none", "NEO4J_URI": "http://db"})

    assert result.exit_code == 2
    assert result.stderr.count("error:") == 3


def test_an_engine_that_does_not_answer_is_one_line_with_a_remedy() -> None:
    result = kinship("check", NEO4J_URI="bolt://127.0.0.1:1")

    assert result.returncode == 1
    assert len(result.stderr.strip().splitlines()) == 1
    assert "NEO4J_URI" in result.stderr


def test_debug_adds_the_traceback(here: CliRunner) -> None:
    result = here.invoke(cli, ["--debug", "serve", "--port", "99999"])

    assert result.exit_code == 2
    assert "Traceback" in result.stderr


def test_sdl_prints_the_same_schema_in_every_process(here: CliRunner) -> None:
    first = here.invoke(cli, ["sdl", "--standard"])
    second = kinship("sdl", "--standard", PYTHONHASHSEED="7")

    assert first.exit_code == 0
    assert first.stdout == second.stdout
    assert "type Contact implements" in first.stdout


@pytest.mark.parametrize("place", ["argument", "stdin", "file"])
def test_compile_prints_one_statement_without_a_value_of_the_document(
    here: CliRunner, place: str, tmp_path: Path
) -> None:
    file = tmp_path / "chain.graphql"
    file.write_text(FOUR_LEVELS, encoding="utf-8")
    document = {"argument": FOUR_LEVELS, "stdin": "-", "file": str(file)}[place]
    variables = '{"stages": ["CLOSED_WON"]}'

    result = here.invoke(cli, ["compile", document, "--variables", variables, "--standard"], input=FOUR_LEVELS)

    assert result.exit_code == 0, result.stderr
    _, _, rest = result.stdout.partition("// Cypher\n")
    cypher, _, params = rest.partition("// Parameters: $p\n")
    assert ";" not in cypher
    assert "hidden@value.example" not in cypher
    assert "CLOSED_WON" not in cypher
    assert "hidden@value.example" in params
    assert ["CLOSED_WON"] in json.loads(params).values()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["{ contacts { nodes { emial } } }"], "'emial'"),
        (["{ contacts {"], "Syntax Error"),
        (["nowhere.graphql"], "nowhere.graphql: the document cannot be read"),
        (["{ __typename }", "--variables", "[1]"], "--variables: expected a JSON object"),
        (["mutation { __typename }"], "Only a query"),
    ],
)
def test_a_document_that_cannot_be_compiled_is_told_with_its_place(
    here: CliRunner, arguments: list[str], told: str
) -> None:
    result = here.invoke(cli, ["compile", *arguments, "--standard"])

    assert result.exit_code == 2
    assert told in result.stderr


def test_import_names_the_shipped_mappings_when_there_is_no_such_file(here: CliRunner, tmp_path: Path) -> None:
    result = here.invoke(cli, ["import", "nothing.toml", str(tmp_path), "--data", str(tmp_path / "data")])

    assert result.exit_code == 2
    assert "crm-sales" in result.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["serve", "demo", "import", "sdl", "compile", "check"])
def test_every_command_has_help_with_an_example(here: CliRunner, command: str) -> None:
    result = here.invoke(cli, [command, "--help"])

    assert result.exit_code == 0
    assert "Example" in result.stdout
