"""One owner per data folder, and what a dead owner left running.

The owner holds an operating-system lock, which the system gives back however the owner ends; the lock's
file names the owner for the message that a second one gets. The engine's own process id stands in a file
beside it, so that the next owner can stop an engine that outlived the last one.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from graphdb.engine.command import EngineError

if TYPE_CHECKING:
    from typing import BinaryIO

_STOP_S = 15.0


class Claim:
    """The right to run an engine on a data folder, from construction until ``release``.

    Raises:
        EngineError: Another process has it; the text names that process.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._pid_file = data_dir / "engine.pid"
        path = data_dir / "owner.lock"
        self._file = path.open("ab+")
        if not _lock(self._file):
            self._file.seek(1)
            holder = self._file.read().decode("ascii", "replace").strip() or "unknown"
            self._file.close()
            raise EngineError(
                f"the data folder {data_dir} is in use by process {holder}: stop that one, or name another folder"
            )
        # The first byte is what Windows locks, and a locked byte cannot be read there.
        self._file.truncate(0)
        self._file.write(b" " + str(os.getpid()).encode())
        self._file.flush()

    def note_engine(self, pid: int) -> None:
        """Remember the engine's process."""
        self._pid_file.write_text(str(pid), encoding="ascii")

    def stop_leftover(self) -> int | None:
        """Stop the engine that a dead owner left running on this folder, if any, and return its id."""
        try:
            pid = int(self._pid_file.read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None
        ours = str(self._data_dir) in command_line(pid)
        if ours:
            _stop(pid)
        self._pid_file.unlink(missing_ok=True)
        return pid if ours else None

    def release(self) -> None:
        """Give the folder back."""
        self._pid_file.unlink(missing_ok=True)
        self._file.close()


def command_line(pid: int) -> str:
    """A process's command line as the system shows it; empty if there is no such process or no way to ask."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
        except OSError:
            return ""
    elif sys.platform == "win32":
        query = f"(Get-CimInstance Win32_Process -Filter 'ProcessId={pid}').CommandLine"
        return _output_of("powershell", "-NoProfile", "-Command", query)
    else:
        return _output_of("ps", "-ww", "-o", "command=", "-p", str(pid))


def _output_of(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 - ours


def _stop(pid: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, signal.SIGTERM)
        if sys.platform != "win32":
            # A stopped process would heed the request only when it goes on.
            os.kill(pid, signal.SIGCONT)
    deadline = time.monotonic() + _STOP_S
    while command_line(pid):
        if time.monotonic() > deadline:
            with contextlib.suppress(OSError):
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
        time.sleep(0.05)


if sys.platform == "win32":
    import msvcrt

    def _lock(file: BinaryIO) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
