"""``EmbeddedEngine``: ArcadeDB as a child process that is started, watched, restarted and stopped.

It listens on the loopback interface only, under a password made once and kept in a file of its owner's. The
child has a session of its own, so that Ctrl-C in the terminal reaches this program alone, which then stops it
in order. A thread starts and watches it: the system ties the child's life to the thread that started it, so
that thread lives as long as the engine.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphdb.engine import launch
from graphdb.engine.claim import Claim
from graphdb.engine.command import (
    DATABASE,
    HOST,
    USER,
    EngineError,
    engine_command,
    find_distribution,
)

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from graphdb.engine.command import Distribution

__all__ = ["EmbeddedEngine", "EngineError"]

START_S = 60.0
"""How long a start may take, in seconds: recovery after a crash included."""
STOP_S = 20.0
"""How long the engine may take to close its files before it is killed, in seconds."""
_LONGEST_PAUSE_S = 10.0
_STEADY_S = 30.0
"""An engine that ran for so long had started well: its next restart is not delayed."""
_START_ATTEMPTS = 3
_BOLT_HELLO = bytes.fromhex("6060b017" + "00000405" + "00" * 12)
"""The handshake: magic bytes, then version 5.4 and no other."""

_log = logging.getLogger(__name__)


class EmbeddedEngine:
    """One ArcadeDB on one data folder.

    Args:
        data_dir: Where its data, its password and its logs are; made if absent. One engine per folder.
        heap: The most memory for its heap, as Java writes it (``1g``).
    """

    user = USER
    database = DATABASE

    def __init__(self, data_dir: Path | str, *, heap: str = "1g") -> None:
        self._data_dir = Path(data_dir).resolve()
        self._heap = heap
        self._bolt_port = self._http_port = 0
        self._password = ""
        self._claim: Claim | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None
        self._stopping = threading.Event()
        self._spawned = threading.Event()
        self._starting = False

    @property
    def uri(self) -> str:
        """Where it answers Bolt; the same after a restart by the watcher."""
        return f"bolt://{HOST}:{self._bolt_port}"

    @property
    def password(self) -> str:
        """What ``user`` logs in with."""
        return self._password

    @property
    def data_dir(self) -> Path:
        """Its folder, absolute."""
        return self._data_dir

    @property
    def pid(self) -> int | None:
        """The process that runs now, if one does."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def running(self) -> bool:
        """Whether its process runs; after a crash false until the watcher has started it anew."""
        return self.pid is not None

    def start(self) -> None:
        """Start it and return once it answers.

        Raises:
            EngineError: It is not installed, another process has the folder, or it did not start; the text
                then ends with the last lines of its log.
        """
        if self._claim is not None:
            raise EngineError(f"the engine on {self._data_dir} has been started already")
        distribution = find_distribution()
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._claim = Claim(self._data_dir)
        try:
            leftover = self._claim.stop_leftover()
            if leftover is not None:
                _log.warning("stopped process %d, an engine that a dead owner had left on this folder", leftover)
            self._start_on_free_ports(distribution, self._make_password())
            self._make_database()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop it: let it close its files, then kill it. Harmless where none runs."""
        self._end_watcher()
        if self._claim is not None:
            self._claim.release()
            self._claim = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _start_on_free_ports(self, distribution: Distribution, password_file: Path) -> None:
        for _ in range(_START_ATTEMPTS):
            self._bolt_port, self._http_port = _free_ports()
            command = engine_command(
                distribution,
                self._data_dir,
                password_file,
                heap=self._heap,
                bolt_port=self._bolt_port,
                http_port=self._http_port,
            )
            if self._launch(command):
                return
            # Another program may have taken a port between our look and the engine's.
            self._end_watcher()
        raise EngineError(f"the embedded engine did not start:\n{self._log_tail()}")

    def _launch(self, command: list[str]) -> bool:
        """Start the watcher and wait until the engine answers; false if it ended before."""
        self._stopping.clear()
        self._spawned.clear()
        self._starting = True
        self._watcher = threading.Thread(target=self._watch, args=(command,), name="engine-watcher", daemon=True)
        self._watcher.start()
        self._spawned.wait()
        deadline = time.monotonic() + START_S
        while not self._answers():
            if not self.running or time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        self._starting = False
        return True

    def _answers(self) -> bool:
        """Whether Bolt answers and the server says that it is ready, which it is a little later."""
        if not _answers_bolt(self._bolt_port):
            return False
        try:
            self._http("GET", "/api/v1/ready")
        except OSError:
            return False
        return True

    def _watch(self, command: list[str]) -> None:
        """The watcher thread: keep the engine running until asked to stop."""
        pause_s = 0.1
        while not self._stopping.is_set():
            started = time.monotonic()
            self._spawn(command)
            process = self._process
            if process is None:
                return
            if self._stopping.is_set():
                process.terminate()
            code = process.wait()
            if self._stopping.is_set() or self._starting:
                return
            if time.monotonic() - started > _STEADY_S:
                pause_s = 0.1
            _log.error("the embedded engine ended with status %s; starting it again in %.1f s", code, pause_s)
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _spawn(self, command: list[str]) -> None:
        log = self._data_dir / "engine.log"
        with contextlib.suppress(FileNotFoundError):
            log.replace(log.with_suffix(".log.1"))
        if sys.platform == "linux":
            command = [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), *command]
        try:
            with log.open("wb") as output:
                self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    cwd=self._data_dir,
                    start_new_session=True,
                )
            if self._claim is not None:
                self._claim.note_engine(self._process.pid)
        finally:
            self._spawned.set()

    def _end_watcher(self) -> None:
        self._stopping.set()
        process, watcher = self._process, self._watcher
        if process is not None and process.poll() is None:
            process.terminate()
        if watcher is not None:
            watcher.join(STOP_S)
            if watcher.is_alive() and self._process is not None:
                _log.warning("the embedded engine did not stop within %g s and is killed", STOP_S)
                self._process.kill()
                watcher.join()
        self._process = self._watcher = None

    def _make_password(self) -> Path:
        path = self._data_dir / "password"
        if not path.exists():
            # Without our password nobody can use the accounts the engine may have stored.
            (self._data_dir / "config" / "server-users.jsonl").unlink(missing_ok=True)
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(24))
        self._password = path.read_text(encoding="ascii")
        return path

    def _make_database(self) -> None:
        try:
            if not self._http("GET", f"/api/v1/exists/{DATABASE}")["result"]:
                self._http("POST", "/api/v1/server", {"command": f"create database {DATABASE}"})
        except OSError as error:
            raise EngineError(f"the embedded engine made no database: {error}\n{self._log_tail()}") from error

    def _http(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        credentials = base64.b64encode(f"{USER}:{self._password}".encode()).decode()
        request = urllib.request.Request(
            f"http://{HOST}:{self._http_port}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Basic {credentials}", "Content-Type": "application/json"},
        )
        # A proxy from the environment has no business between two processes of one machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=START_S) as response:
            text = response.read()
            return json.loads(text) if text else None

    def _log_tail(self) -> str:
        with contextlib.suppress(OSError):
            text = (self._data_dir / "engine.log").read_text(encoding="utf-8", errors="replace")
            return "\n".join(text.splitlines()[-20:])
        return "(it wrote no log)"


def _free_ports() -> tuple[int, int]:
    """Two ports that nobody listens on at this moment."""
    with socket.socket() as first, socket.socket() as second:
        first.bind((HOST, 0))
        second.bind((HOST, 0))
        return first.getsockname()[1], second.getsockname()[1]


def _answers_bolt(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=2.0) as connection:
            connection.sendall(_BOLT_HELLO)
            return connection.recv(4) == _BOLT_HELLO[4:8]
    except OSError:
        return False
