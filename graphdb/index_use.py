"""What lists were asked for, kept in the graph for whoever decides on indexes.

``(:_IndexUse {process, day, since, until, uses})``: a node for each process and day, which that process alone writes,
so that no two wait for each other; ``uses`` is JSON. What was asked in all is the sum over the nodes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.store import GraphStore, Transaction

_KEEP = (
    "MERGE (u:`_IndexUse` {process: $p.process, day: $p.day}) "
    "SET u.since = $p.since, u.until = $p.until, u.uses = $p.uses"
)
_FORGET = "MATCH (u:`_IndexUse`) WHERE u.day < $p.oldest DELETE u"
_READ = "MATCH (u:`_IndexUse`) RETURN u.since, u.until, u.uses ORDER BY u.since"


@dataclass(frozen=True, slots=True)
class Use:
    """How often records of an object type were asked for in one way.

    Attributes:
        label: The type's node label.
        equal: Properties that were held to one value or some.
        between: Properties that were bounded.
        order: The property that was sorted by first.
        count: How many statements asked so.
        ms: How long they took in all, in milliseconds; with whatever else they asked.
        single: Those of ``equal`` that a sorted list held to one value.
    """

    label: str
    equal: tuple[str, ...]
    between: tuple[str, ...]
    order: str | None
    count: int
    ms: float
    single: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watched:
    """What was asked while somebody watched; ``since`` and ``until`` are ISO 8601, None if nobody ever did."""

    since: str | None
    until: str | None
    uses: tuple[Use, ...]


async def keep_uses(
    store: GraphStore, *, process: str, day: str, oldest: str, since: str, until: str, uses: Sequence[Use]
) -> None:
    """Keep what a process saw on a day so far, and forget days that are too old.

    Args:
        store: The graph.
        process: Tells the process from others.
        day: The day, ISO 8601.
        oldest: The first day that is still kept.
        since: When the process began to watch that day.
        until: Up to when.
        uses: All that it saw since.

    Raises:
        StoreError: As the store says.
    """
    listed = [[one.label, one.equal, one.between, one.order, one.count, round(one.ms, 3), one.single] for one in uses]
    params = {"process": process, "day": day, "since": since, "until": until, "uses": json.dumps(listed)}

    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement(_FORGET, {"oldest": oldest}))
        await transaction.run(Statement(_KEEP, params))

    await store.write(work)


async def read_uses(store: GraphStore) -> Watched:
    """What was asked, over all processes and days that are kept; the most expensive first.

    Raises:
        StoreError: The engine did not answer.
    """
    rows = await store.read(Statement(_READ))
    totals: dict[tuple[str, tuple[str, ...], tuple[str, ...], str | None, tuple[str, ...]], tuple[int, float]] = {}
    for _, _, text in rows:
        # What an earlier version of the program kept ends before the last.
        for label, equal, between, order, count, ms, *single in json.loads(text):
            key = (label, tuple(equal), tuple(between), order, tuple(*single))
            known = totals.get(key, (0, 0.0))
            totals[key] = (known[0] + count, known[1] + ms)
    uses = (Use(*key[:4], *total, key[4]) for key, total in totals.items())
    return Watched(
        since=rows[0][0] if rows else None,
        until=max((until for _, until, _ in rows), default=None),
        uses=tuple(
            sorted(uses, key=lambda one: (-one.ms, one.label, one.equal, one.between, one.order or "", one.single))
        ),
    )
