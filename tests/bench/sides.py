"""The servers that are measured, each a process of its own, and what they use."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import psutil

from tests.bench.case import BARE, LOADERS, NESTED, OURS, PEER, TWO_WORKERS
from tests.bench.engines import KEPT, NEO4J, ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.bench.engines import Address

RIVALS: Final = ROOT / "tests" / "bench" / "rivals"
STATEMENTS: Final = KEPT / "statements.json"
START_S: Final = 180.0
LIMITS: Final = {
    "KINSHIP_PAGE_SIZE_MAX": "10000",
    "KINSHIP_RECORDS_MAX": "100000000",
    "KINSHIP_TOUCHES_MAX": "1000000000",
    "KINSHIP_READ_TIMEOUT_S": "60",
    "KINSHIP_LOG_LEVEL": "error",
}
"""What some cases need: 2,000 parents count 2.2 million records by their page sizes."""


class SideError(RuntimeError):
    """A server did not start; the text says why."""


@dataclass(frozen=True, slots=True)
class Side:
    """A running server."""

    name: str
    url: str
    process: subprocess.Popen[bytes]

    def cpu_s(self) -> float:
        """Processor time so far, of the process and those that it started."""
        return sum(sum(one.cpu_times()[:2]) for one in self._processes())

    def rss_mb(self) -> float:
        """Memory that it holds."""
        return sum(one.memory_info().rss for one in self._processes()) / 1e6

    def _processes(self) -> list[psutil.Process]:
        first = psutil.Process(self.process.pid)
        return [first, *first.children(recursive=True)]


def engine_cpu_s() -> float:
    """Processor time of the engine, which is this program's only Java child."""
    found = psutil.Process().children(recursive=True)
    return sum(sum(one.cpu_times()[:2]) for one in found if "java" in one.name())


@contextlib.contextmanager
def started(address: Address, names: frozenset[str]) -> Iterator[list[Side]]:
    """Start servers over an engine; of the names, those that can be.

    Raises:
        SideError: One did not start.
    """
    with contextlib.ExitStack() as stack:
        sides = []
        for name, command in _commands(address, names).items():
            port = _free_port()
            environment = os.environ | address.environment() | LIMITS | {"PYTHONPATH": str(ROOT), "PORT": str(port)}
            if name == NESTED:
                environment["KINSHIP_STATISTICS_EVERY_S"] = "0"
            sides.append(
                stack.enter_context(_server(name, [word.replace("PORT", str(port)) for word in command], environment))
            )
        yield sides


def _commands(address: Address, names: frozenset[str]) -> dict[str, list[str]]:
    python = sys.executable
    kinship = [python, "-m", "app", "serve", "--port", "PORT"]
    commands = {
        OURS: kinship,
        TWO_WORKERS: [*kinship, "--workers", "2"],
        NESTED: kinship,
        BARE: [python, str(RIVALS / "bare.py"), "PORT", str(STATEMENTS)],
        LOADERS: [python, str(RIVALS / "dataloaders.py"), "PORT"],
    }
    if address.name == NEO4J and PEER in names:
        commands[PEER] = [_node(), str(_packages() / "neo4j_graphql.mjs")]
    return {name: command for name, command in commands.items() if name in names}


def _node() -> str:
    node = shutil.which("node")
    if node is None:
        raise SideError(f"node runs {PEER}, and is not installed; leave it out with --sides.")
    return node


def _packages() -> Path:
    """A folder with the rival's program and packages, installed by npm once."""
    folder = KEPT / "rival"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (RIVALS / "package-lock.json").read_bytes()
    installed = folder / "package-lock.json"
    shutil.copy(RIVALS / "neo4j_graphql.mjs", folder)
    if not installed.exists() or installed.read_bytes() != lock or not (folder / "node_modules").is_dir():
        npm = shutil.which("npm")
        if npm is None:
            raise SideError(f"npm installs {PEER}, and is not there; leave it out with --sides.")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(RIVALS / name, folder)
        done = subprocess.run(  # noqa: S603 - fixed words
            [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            installed.unlink()
            raise SideError(f"npm could not install {PEER}:\n{done.stderr[-2000:]}")
    return folder


@contextlib.contextmanager
def _server(name: str, command: list[str], environment: Mapping[str, str]) -> Iterator[Side]:
    log = KEPT / f"{''.join(sign if sign.isalnum() else '-' for sign in name)}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)  # noqa: S603 - fixed words
    side = Side(name, f"http://127.0.0.1:{environment['PORT']}/graphql", process)
    try:
        deadline = time.monotonic() + START_S
        while not _answers(side):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SideError(f"{name} did not start:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield side
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(side: Side) -> bool:
    """Whether it accepts connections, and ours says that it is ready."""
    if side.name in {OURS, TWO_WORKERS, NESTED}:
        ready = side.url.replace("/graphql", "/readyz")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with contextlib.suppress(OSError), opener.open(ready, timeout=5):
            return True
        return False
    port = int(side.url.split(":")[2].partition("/")[0])
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
