"""Kept roll-ups brought up to date: what the change log's entries touched is worked out anew, in the log's order.

A round takes the entries that follow the last one that kept roll-ups show, finds the records that they may have
changed (``graphdb.journal.watches``), each once, and works their values out (``graphdb.kept``), some in a transaction;
the last transaction writes down how far they are now. So whoever is stopped at any moment leaves a round that is done
again, and of several that do it at once each gets what the others leave.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from graphdb.catalog.calculated import kept
from graphdb.catalog.parts import BuildState
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.journal.following import Follower
from graphdb.journal.log import LOG
from graphdb.journal.watches import Entry, starts, watches_of
from graphdb.kept import BATCH_RECORDS, FOLD, begin, hold

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from graphdb.catalog.model import Catalog
    from graphdb.journal.watches import Watch, Way
    from graphdb.kept import KeptRollUp, KeptRollUps
    from graphdb.store import GraphStore, Transaction

_log = logging.getLogger("kinship.changes")

ROUND_ENTRIES: Final = 1_000
"""Entries that a round takes: a record that several of them touch is worked out once."""

BULK_ENTRIES: Final = 1_000
BULK_PAUSE_S: Final = 2.0
"""How long to leave those alone who write so many entries at a time, as the sequencer does."""

_STATE = f"OPTIONAL MATCH {LOG} OPTIONAL MATCH {FOLD} RETURN coalesce(log.n, 0), coalesce(log.first, 1), f.n"
_ENTRIES = (
    "UNWIND range($p.first, $p.last) AS k OPTIONAL MATCH (e:`_Change` {seq: k}) "
    "WITH e, k WHERE e IS NULL OR e.type IN $p.types OR e.farType IN $p.types "
    "RETURN e.kind, e.type, e.record, e.props, e.farType, e.far, e.around, k ORDER BY k"
)
_ADVANCE = f"MATCH {FOLD} SET f.n = $p.n"
_FORGET_AROUND = "UNWIND $p.seqs AS k MATCH (e:`_Change` {seq: k}) SET e.around = null"
_END = f"MATCH {FOLD} DELETE f"
_ARCHIVED = "`_ARCHIVED`"


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is kept by a data model, and where each reads."""

    catalog: Catalog
    roll_ups: tuple[tuple[KeptRollUp, tuple[Watch, ...]], ...]

    @property
    def types(self) -> list[str]:
        """The object types whose entries may touch any."""
        return sorted({watch.types[0] for _, watches in self.roll_ups for watch in watches})

    @property
    def is_shown(self) -> bool:
        """Whether reads rely on any already."""
        return any(prop.indexed_state is BuildState.ONLINE for _, prop in kept(self.catalog))


@dataclass(frozen=True, slots=True)
class _Round:
    """Some entries, and what they touched.

    Attributes:
        after: The number of the last entry before them.
        until: That of their last one.
        touched: Roll-ups with the ids of records, those of one roll-up together.
        purges: The numbers of entries that hold what purged records were associated with.
    """

    after: int
    until: int
    touched: Sequence[tuple[KeptRollUp, str]]
    purges: Sequence[int]


class Folder(Follower):
    """The background task. Several may run at once, in one process or many.

    Args:
        store: The graph.
        catalog: The data model as this process knows it.
        refresh: Has this process look for a later one.
        roll_ups: Makes the kept roll-ups of a data model.
        poll_s: How often to look for entries that another process has numbered, in seconds.
    """

    def __init__(
        self,
        store: GraphStore,
        catalog: Callable[[], Catalog],
        refresh: Callable[[], Awaitable[object]],
        roll_ups: KeptRollUps,
        *,
        poll_s: float,
    ) -> None:
        super().__init__(self._fold_all, poll_s=poll_s, failure="Kept roll-ups could not be brought up to date")
        self._store = store
        self._catalog = catalog
        self._refresh = refresh
        self._roll_ups = roll_ups
        self._plan: _Plan | None = None
        self._ended: Catalog | None = None

    async def fold(self) -> int:
        """Bring kept roll-ups forward by one round, and say by how many entries.

        Raises:
            StoreError: The engine failed; what the round was to do is done by the next one.
        """
        plan = await self._planned()
        if not plan.roll_ups:
            await self._end(plan.catalog)
            return 0
        ((head, first, position),) = await self._store.read(Statement(_STATE))
        if position is None:
            if not plan.is_shown:
                return 0  # the first job begins it
            position = first - 1
            await self._store.write(partial(begin, position=position))
        if position >= head:
            return 0
        found = await self._round(plan, position, min(head, position + ROUND_ENTRIES))
        if found.until == position:
            return 0
        parts = [
            found.touched[start : start + BATCH_RECORDS] for start in range(0, len(found.touched), BATCH_RECORDS)
        ] or [()]
        for number, part in enumerate(parts, 1):
            until = found.until if number == len(parts) else None
            if not await self._store.write(partial(_write, plan, found, part, until)):
                await self._refresh()  # another has done it, or the data model is another
                return 0
        _log.debug("Folded %d changes into %d kept values.", found.until - found.after, len(found.touched))
        return found.until - found.after

    async def _fold_all(self) -> float:
        folded = 0
        while count := await self.fold():
            folded += count
        return BULK_PAUSE_S if folded >= BULK_ENTRIES else 0.0

    async def _planned(self) -> _Plan:
        catalog = self._catalog()
        if self._plan is None or self._plan.catalog is not catalog:
            made = await asyncio.to_thread(self._roll_ups, catalog)
            roll_ups = tuple(
                (one, watches_of(catalog, object_type, prop.roll_up))
                for one, (object_type, prop) in zip(made, kept(catalog), strict=True)
                if prop.roll_up is not None
            )
            self._plan = _Plan(catalog, roll_ups)
        return self._plan

    async def _round(self, plan: _Plan, after: int, until: int) -> _Round:
        span = {"first": after + 1, "last": until, "types": plan.types}
        rows = await self._store.read(Statement(_ENTRIES, span))
        # Neo4j brings the index of numbers up to date behind the numbers that a commit writes, so one may be missing
        # for a moment; it and what follows it are for a later round.
        unseen = next((place for place, row in enumerate(rows) if row[0] is None), None)
        if unseen is not None:
            until, rows = rows[unseen][-1] - 1, rows[:unseen]
        entries = [
            Entry(
                kind=kind,
                type=name,
                record=record,
                properties=frozenset(props or ()),
                far_type=far_type,
                far=far,
                around=tuple(around or ()),
            )
            for kind, name, record, props, far_type, far, around, _ in rows
        ]
        touched: list[tuple[KeptRollUp, str]] = []
        for roll_up, watches in plan.roll_ups:
            begun: defaultdict[Way, set[str]] = defaultdict(set)
            for entry in entries:
                for way, record_id in starts(watches, entry):
                    begun[way].add(record_id)
            ends = [await self._ends(way, record_ids) for way, record_ids in begun.items()]
            touched += [(roll_up, record_id) for record_id in sorted(set().union(*ends))]
        return _Round(after, until, touched, [number for *_, around, number in rows if around])

    async def _ends(self, way: Way, record_ids: Iterable[str]) -> set[str]:
        """The records that a way leads to from some."""
        if not way.steps:
            return set(record_ids)
        rows = await self._store.read(Statement(_walk(way), {"ids": sorted(record_ids)}))
        return {record_id for (record_id,) in rows}

    async def _end(self, catalog: Catalog) -> None:
        """Forget how far kept roll-ups are, where there are none any more."""
        if self._ended is catalog:
            return

        async def end(tx: Transaction) -> None:
            held = await hold(tx)
            if held is not None and held.version == catalog.version:
                await tx.run(Statement(_END))

        ((_, _, position),) = await self._store.read(Statement(_STATE))
        if position is not None:
            await self._store.write(end)
        self._ended = catalog


async def _write(
    plan: _Plan, found: _Round, part: Sequence[tuple[KeptRollUp, str]], until: int | None, tx: Transaction
) -> bool:
    """Work out a part of what a round touched, the last one with how far it went; False where it is not its turn."""
    held = await hold(tx)
    if held is None or (held.position, held.version) != (found.after, plan.catalog.version):
        return False
    for roll_up, pairs in groupby(part, key=itemgetter(0)):
        await tx.run(roll_up.refresh([record_id for _, record_id in pairs]))
    if until is not None:
        await tx.run(Statement(_ADVANCE, {"n": until}))
        if found.purges:
            await tx.run(Statement(_FORGET_AROUND, {"seqs": found.purges}))
    return True


def _walk(way: Way) -> str:
    """The ids of the records at the end of a way; each step is a clause, for it may lead back where it came from."""
    text = "UNWIND $p.ids AS id MATCH (m0:Record {id: id})"
    for number, step in enumerate(way.steps):
        kinds = quote(step.relationship_type) + (f"|{_ARCHIVED}" if way.archived and number == 0 else "")
        end = f"m{number + 1}"
        text += f" MATCH (m{number})-[:{kinds}]-({end}:{quote(step.node_label)}) WITH DISTINCT {end}"
    return f"{text} RETURN m{len(way.steps)}.id"
