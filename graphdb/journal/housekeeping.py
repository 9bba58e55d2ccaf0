"""What the journal forgets, behind the requests: the change log's beginning, and answers that no longer count."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from graphdb.errors import StoreError
from graphdb.journal.log import trim
from graphdb.journal.requests import forget_requests

if TYPE_CHECKING:
    from graphdb.store import GraphStore

_log = logging.getLogger("kinship.changes")

EVERY_S: Final = 60.0
"""How often old entries and answers are looked for."""


async def keep_house(
    store: GraphStore, *, changes_s: float | None, requests_s: float, every_s: float = EVERY_S
) -> None:
    """Forget what is too old, until cancelled; outlasts the engine's outages.

    Args:
        store: The graph.
        changes_s: How long entries of the change log are kept, in seconds; None for ever.
        requests_s: How long answers are kept.
        every_s: How often to look.
    """
    while True:
        try:
            if changes_s is not None and (forgotten := await trim(store, changes_s)):
                _log.info("Forgot %d changes older than %g s.", forgotten, changes_s)
            if forgotten := await forget_requests(store, requests_s):
                _log.info("Forgot the answers to %d requests older than %g s.", forgotten, requests_s)
        except StoreError as error:
            _log.warning("What the journal keeps too long could not be forgotten, which is tried again: %s", error)
        await asyncio.sleep(every_s)
