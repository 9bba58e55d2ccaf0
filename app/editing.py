"""A request's change of the data model: each field's edit upon those before it, then all of them committed as one.

Before an edit is taken, existing records are asked whether they bear it; inside the committing transaction they are
asked again, and behind it once more (``graphdb.jobs``), for writers of the version before may still be on their way.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from graphdb.catalog.edit.draft import Draft
from graphdb.catalog.naming import camel
from graphdb.errors import Fault, FaultCode, GraphError, WriteRefused
from graphdb.evolve import commit_change, count_lost, find_faults
from schema import calculation_faults

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import date

    from app.registry import Registry
    from graphdb.catalog.model import Catalog
    from graphdb.store import Transaction
    from schema.build.fixed.context import Confirmation

_log = logging.getLogger("kinship.editing")


@dataclass(frozen=True, slots=True)
class Changed:
    """What one edit has made.

    Attributes:
        catalog: The data model as it will be.
        version: Its version.
        element: What the edit returned.
        lost: How many records, values or associations a deletion loses.
    """

    catalog: Catalog
    version: int
    element: Any
    lost: int = 0


class EditSession:
    """The edits of one request.

    Args:
        registry: What the process serves: its current data model is what the edits start from.
        today: The day of the request.
    """

    def __init__(self, registry: Registry, today: date) -> None:
        self._registry = registry
        self._base = registry.catalog
        self._draft = Draft(
            self._base,
            today=today,
            deprecation_days=registry.settings.deprecation_days,
            unsound=calculation_faults,
        )

    async def apply(self, edit: Callable[[Draft], Any], *, confirmed: Confirmation | None = None) -> Changed:
        """Make one edit and look whether existing records bear it.

        Raises:
            WriteRefused: The edit, the data model that it makes or existing records refuse; every fault.
            StoreError: The engine did not answer.
        """
        try:
            return await self._apply(edit, confirmed)
        except WriteRefused as refused:
            raise WriteRefused([_as_given(fault) for fault in refused.faults]) from refused

    async def _apply(self, edit: Callable[[Draft], Any], confirmed: Confirmation | None) -> Changed:
        draft, read = self._draft, self._registry.store.read
        known, jobs = len(draft.narrowings), len(draft.jobs)
        made: list[Any] = []
        # Off the event loop: at some hundred object types a check of the whole takes its time.
        await asyncio.to_thread(draft.attempt, lambda one: made.append(edit(one)), ("input",))
        if faults := await find_faults(read, draft.catalog, draft.narrowings[known:]):
            raise WriteRefused(faults)
        lost = 0
        if confirmed is not None:
            lost, what = await count_lost(read, draft.jobs[jobs:])
            _require(confirmed, lost, what)
        return Changed(draft.catalog, self._base.version + 1, made[0], lost)

    async def commit(self, beside: Callable[[Transaction], Awaitable[None]] | None = None) -> None:
        """Save what the edits have made, and serve it in this process before returning.

        Args:
            beside: What else is to be done in the transaction, first of all.

        Raises:
            CatalogConflict: Another change came first; nothing was saved.
            WriteRefused: Records that were written meanwhile do not bear it; nothing was saved.
            StoreError: As the store says.
        """
        change = self._draft.change
        versions_max = self._registry.settings.catalog_versions_max
        await commit_change(self._registry.store, self._base, change, versions_max=versions_max, beside=beside)
        try:
            await self._registry.refresh()
        except GraphError:
            # It is committed all the same: whoever follows the data model takes it up.
            _log.exception("The changed data model is saved, but this process does not serve it yet.")


def _require(confirmed: Confirmation, lost: int, what: str) -> None:
    """Refuse what loses data unless the client has repeated its name."""
    if confirmed.given == confirmed.name:
        return
    many = what if lost == 1 else f"{what}s"
    found = "" if confirmed.given is None else f" (found {confirmed.given[:60]!r})"
    message = (
        f"Deleting {confirmed.name} would lose {lost:,} {many} for good. "
        f'To do it, repeat the mutation with confirm: "{confirmed.name}"{found}.'
    )
    raise WriteRefused(
        [Fault(code=FaultCode.BAD_USER_INPUT, message=message, input=("confirm",), count=lost)],
    )


def _as_given(fault: Fault) -> Fault:
    """A fault with its place as the client names it."""
    place = tuple(camel(step) if isinstance(step, str) and "_" in step else step for step in fault.input)
    return replace(fault, input=place)
