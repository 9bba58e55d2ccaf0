"""What goes on behind the writers for as long as the program runs: one step after the other."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from graphdb.errors import GraphError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import NoReturn

_log = logging.getLogger("kinship.changes")

GATHER_S: Final = 0.02
"""How long to wait after this process committed: what others commit meanwhile shares one transaction of numbers."""

LAST_STEP_S: Final = 2.0
"""How long a step may go on when the task is cancelled in its midst."""

OUTAGE_PAUSE_S: Final = 1.0
"""How long to wait before the next attempt when the engine has failed."""


class Follower:
    """A background task that does a step whenever it is woken, and now and then without.

    Args:
        step: What to do; returns for how many seconds to leave those alone then who write.
        poll_s: How often to look for what other processes made, in seconds.
        failure: What could not be done when a step fails, for the log.
    """

    def __init__(self, step: Callable[[], Coroutine[Any, Any, float]], *, poll_s: float, failure: str) -> None:
        self._step = step
        self._poll_s = poll_s
        self._failure = failure
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Say that there is something to do."""
        self._woken.set()

    async def run(self) -> NoReturn:
        """Go on until cancelled; outlasts the engine's outages."""
        while True:
            pause_s = self._poll_s
            self._woken.clear()
            try:
                await asyncio.sleep(await _whole(self._step()))
            except GraphError as error:
                _log.warning("%s, which is tried again: %s", self._failure, error)
                pause_s = OUTAGE_PAUSE_S
            # Not wait_for: cancelled in the moment of the wake, Python 3.11's forgets the cancellation.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
                await asyncio.sleep(GATHER_S)


async def _whole(step: Coroutine[Any, Any, float]) -> float:
    """A step's result; one that is under way at a cancellation is first brought to its end, and its connection back."""
    task = asyncio.create_task(step)
    task.add_done_callback(_seen)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=LAST_STEP_S)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


def _seen(task: asyncio.Task[float]) -> None:
    """Look at how a step ended: of one that outlives its waiter nobody else does, and the event loop complains."""
    if not task.cancelled():
        task.exception()
