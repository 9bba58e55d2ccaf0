"""Become the engine, and end with whoever started it.

Run by path with a bare interpreter, ``launch.py STARTER PROGRAM ARGUMENT…``: asks Linux to send SIGTERM when
the starting thread dies, however hard, then turns into the program. The request survives the exec. It is made
here and not between fork and exec, where a program with threads may do next to nothing safely. Other systems
have no such request and start the program directly; the data folder's pid file finds a leftover there.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def _end_with(starter: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != starter:
        # It died before the request was made, so the signal will never come.
        sys.exit(1)


if __name__ == "__main__":
    _end_with(int(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the command is made by graphdb.engine.command
