# ruff: noqa: INP001 - programs, not a package
"""Fetch and run a Neo4j server: in the foreground, or around the test suite.

    run.py serve [--data DIR]   start it, print how to reach it, stop it at Ctrl-C
    run.py test [ARGUMENT…]     start it on a scratch folder, run pytest against it, stop it

NEO4J_PORT and NEO4J_PASSWORD, where they are set, are the port and the password of ``serve``, so that a server that is
started anew is reached as before; NEO4J_HEAP is the most memory for its heap, as Java writes it (2g).

Needs Maven and a JDK; both are found where they usually are. Python's standard library is enough.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from java import JavaNotFoundError, find_java

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
CACHE = ROOT / ".neo4j"
USER = "neo4j"
HOST = "127.0.0.1"
USUAL_PORT = 7687
STOP_S = 60
MAVEN_ATTEMPTS = 3


class RunError(Exception):
    """The server cannot be run; the text says why."""


def fetch() -> Path:
    """The folder of Neo4j's libraries, filled by Maven if the pom has changed since it was filled.

    Raises:
        RunError: Maven is not there, or failed.
    """
    lib = CACHE / "lib"
    stamp = CACHE / "pom.sha256"
    wanted = hashlib.sha256((HERE / "pom.xml").read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return lib
    maven = shutil.which("mvn")
    if maven is None:
        raise RunError("Maven (mvn) fetches Neo4j, and is not installed.")
    shutil.rmtree(lib, ignore_errors=True)
    _say("fetching Neo4j (about 150 MB, once) …")
    command = [maven, "-q", "-B", "-ntp", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies"]
    for attempt in range(1, MAVEN_ATTEMPTS + 1):
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
        if done.returncode == 0:
            stamp.write_text(wanted, encoding="ascii")
            return lib
        _say(f"Maven failed ({attempt} of {MAVEN_ATTEMPTS})")
    raise RunError(f"Maven could not fetch Neo4j:\n{(done.stdout + done.stderr)[-2000:]}")


@dataclass(frozen=True)
class Server:
    """A server that runs.

    Attributes:
        process: Its process.
        environment: The variables that lead to it.
        log: What it says.
    """

    process: subprocess.Popen[str]
    environment: dict[str, str]
    log: Path


@contextlib.contextmanager
def server(data: Path, port: int, password: str) -> Iterator[Server]:
    """Run a server on a folder.

    Raises:
        RunError: It did not start; the text ends with the last lines of its log.
    """
    lib, java = fetch(), find_java()
    data.mkdir(parents=True, exist_ok=True)
    command = [
        java,
        f"-Xmx{os.environ.get('NEO4J_HEAP', '2g')}",
        "--add-opens=java.base/java.nio=ALL-UNNAMED",
        "--add-modules=jdk.incubator.vector",
        "--enable-native-access=ALL-UNNAMED",
        "-cp",
        str(lib / "*"),
        str(HERE / "Neo4jServer.java"),
        str(data),
        str(HERE / "neo4j.conf"),
        str(port),
    ]
    log = data / "console.log"
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(  # noqa: S603 - fixed words
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C in the terminal is for this program, which then stops the server in order.
            start_new_session=True,
        )
    try:
        if not _becomes_ready(process, password):
            raise RunError(f"Neo4j did not start:\n{log.read_text(encoding='utf-8')[-2000:]}")
        environment = {"NEO4J_URI": f"bolt://{HOST}:{port}", "NEO4J_USER": USER, "NEO4J_PASSWORD": password}
        yield Server(process, environment, log)
    finally:
        _stop(process)


def _becomes_ready(process: subprocess.Popen[str], password: str) -> bool:
    if process.stdin is None or process.stdout is None:
        return False
    process.stdin.write(password + "\n")
    process.stdin.flush()
    return any(line.strip() == "ready" for line in process.stdout)


def _stop(process: subprocess.Popen[str]) -> None:
    """Close its standard input, at which it shuts down; end it if it does not."""
    with contextlib.suppress(BrokenPipeError, subprocess.TimeoutExpired):
        process.communicate(timeout=STOP_S)
    if process.poll() is None:
        process.kill()
        process.wait()


def serve(data: Path | None) -> int:
    """Run a server in the foreground until Ctrl-C or SIGTERM.

    Raises:
        RunError: It did not start, or it ended by itself.
    """
    port = int(os.environ.get("NEO4J_PORT") or _free_port(USUAL_PORT))
    # Set for Ctrl-C too: a shell that starts this in the background has it ignored.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with (
        contextlib.suppress(KeyboardInterrupt),
        _folder(data) as folder,
        server(folder, port, os.environ.get("NEO4J_PASSWORD") or secrets.token_urlsafe(24)) as running,
    ):
        sys.stdout.writelines(f"export {name}={value}\n" for name, value in running.environment.items())
        sys.stdout.flush()
        _say(f"Neo4j runs on {folder}; Ctrl-C stops it.")
        status = running.process.wait()
        raise RunError(f"Neo4j ended with status {status}:\n{running.log.read_text(encoding='utf-8')[-2000:]}")
    return 0


def run_tests(arguments: list[str]) -> int:
    """Run pytest against a server of its own and return its exit code."""
    with _folder(None) as folder, server(folder, _free_port(0), secrets.token_urlsafe(24)) as running:
        command = [sys.executable, "-m", "pytest", *arguments]
        environment = os.environ | running.environment
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode  # noqa: S603


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="kinship-neo4j-", ignore_cleanup_errors=True) as scratch:
        yield Path(scratch)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            number: int = probe.getsockname()[1]
            return number
    raise RunError("no port is free")


def _say(text: str) -> None:
    """Tell a person something; standard output is for the lines that a shell may evaluate."""
    sys.stderr.write(text + "\n")


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description="Fetch and run a Neo4j server.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="in the foreground, until Ctrl-C")
    serving.add_argument("--data", type=Path, help="where its data is kept; a scratch folder if not given")
    commands.add_parser("test", help="around the test suite; everything after it goes to pytest")
    given, rest = parser.parse_known_args()
    if given.command == "serve" and rest:
        parser.error(f"unknown: {' '.join(rest)}")
    try:
        return serve(given.data) if given.command == "serve" else run_tests(rest)
    except (RunError, JavaNotFoundError) as error:
        _say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main())
