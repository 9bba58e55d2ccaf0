"""Making and dropping what is large beside running requests.

A schema is some ten to some hundred thousand objects that stay. While they are made, the collector would walk all that
are there already again and again, which doubles the time; and a thread that only computes would let a waiting request
run every 5 ms. So the collector pauses meanwhile, the interpreter changes hands more often, and in a process that
serves the collector leaves alone what was made. What requests left behind in that time it finds when it is quiet
(``settle``).
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

TURN_S: Final = 0.0005
"""How long the thread that makes something large keeps the interpreter from a request that waits."""
OBJECTS: Final = 100_000
"""How many more objects there are, in a process that serves, before the collector looks at the newest: more than an
answer of some thousand records is made of, for it would be walked again and again while it is made."""
_USUAL: Final = gc.get_threshold()
_ONE_AT_A_TIME = threading.Lock()


@contextlib.contextmanager
def beside_requests() -> Iterator[None]:
    """Around making something large in a thread; another such thread waits for its turn."""
    with _ONE_AT_A_TIME:
        turn_s, collecting = sys.getswitchinterval(), gc.isenabled()
        sys.setswitchinterval(TURN_S)
        gc.disable()
        try:
            yield
        finally:
            if gc.get_freeze_count():  # by ``settle``; else the collector's next step would be over all that was made
                gc.freeze()
            if collecting:
                gc.enable()
            sys.setswitchinterval(turn_s)


def settle() -> None:
    """Collect what is gone, and have the collector leave alone what is there, which stays, and look less often.

    This holds up requests for 40 ms at the data model that ships, for 0.2 s at 500 object types.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS, *_USUAL[1:])


def unsettle() -> None:
    """Let the collector do as Python has it do, once nothing is served any more."""
    gc.set_threshold(*_USUAL)
    gc.unfreeze()
