"""Records that go, come or move as a whole: locked along with all that is looked at afterwards, in one statement.

The embedded engine goes on showing a transaction the pages that it has changed as they were when it first did. A record
that is locked by itself would hide what others do to its neighbours on the page before those are locked, and what
follows from them (totals, the time of the last contact) would be worked out from what is no more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.writer import ties
from graphdb.writer.automatic import totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.model import Catalog
    from graphdb.store import Transaction
    from graphdb.writer.targets import Targets


async def lock_whole(tx: Transaction, catalog: Catalog, targets: Targets, named: Iterable[tuple[str, str]]) -> None:
    """Lock records, given by object type and id, with their neighbours and what is added up beside them.

    Args:
        tx: The transaction, in which nothing was locked yet.
        catalog: The data model.
        targets: Where they are found afterwards.
        named: The records.
    """
    known = list(named)
    ids = {record_id for _, record_id in known}
    around = await ties.neighbours(tx, ids) if ids else set()
    await targets.lock(ids | around | await totals.beside(tx, catalog, known))


async def lock_newcomers(tx: Transaction, targets: Targets, ids: Iterable[str]) -> None:
    """Lock those neighbours of locked records that they got before they were locked."""
    await targets.lock(await ties.neighbours(tx, ids) - targets.found.keys())
