"""When somebody was last in touch with a record, and when anything last happened to it.

An activity sets the times of the records that it is associated with, once it lies in the past, unless they are later
already. Where one that gave a record its time leaves or moves, the latest of the remaining ones takes its place; a time
that somebody wrote stays.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import from_epoch, to_epoch
from graphdb.writer.automatic.trace import change, ends_of_types, near_ends, read_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace
    from graphdb.writer.drafts import RecordDraft

LAST_CONTACTED: Final = "lastContactedAt"
LAST_ACTIVITY: Final = "lastActivityAt"
OCCURRED: Final = "occurredAt"
CONTACTS: Final = frozenset({"call", "meeting", "email", "communication"})
"""Activities in which somebody is in touch with somebody."""


@dataclass(slots=True)
class _Touch:
    """Times that a record's activities brought and took, of one property."""

    brought: set[datetime] = field(default_factory=set)
    taken: set[datetime] = field(default_factory=set)


_Touches = dict[tuple[str, str, str], _Touch]
"""By object type, id and property."""


def follows_from(catalog: Catalog) -> dict[str, frozenset[str]]:
    """The activities that each of the properties follows from."""
    activities = frozenset(one.name for one in catalog.enabled if one.activity and _is_time(one, OCCURRED))
    return {LAST_CONTACTED: activities & CONTACTS, LAST_ACTIVITY: activities}


def touched(catalog: Catalog, trace: Trace) -> set[str]:
    """The activities whose time changed: all their records have to be looked at."""
    return {state.id for state in trace.changed(follows_from(catalog)[LAST_ACTIVITY], (OCCURRED,))}


async def dated(tx: Transaction, catalog: Catalog, trace: Trace, now: datetime) -> tuple[_Touches, set[str]]:
    """What may have to change, and the records to lock before it is looked at."""
    touches: _Touches = defaultdict(_Touch)
    kinds = follows_from(catalog)
    times = await _times(tx, catalog, trace)
    for name, activities in kinds.items():
        for joints, lost in ((trace.gained, False), (trace.lost, True)):
            for activity, far_type, far in ends_of_types(catalog, joints, activities):
                if _is_time(far_type, name):
                    touch = touches[far_type.name, far, name]
                    (touch.taken if lost else touch.brought).update(times[activity][0 if lost else 1])
    for activity_type, activity, far_type, far in await _associated(tx, catalog, trace, kinds[LAST_ACTIVITY]):
        for name, activities in kinds.items():
            if activity_type in activities and _is_time(far_type, name):
                touch = touches[far_type.name, far, name]
                touch.taken.update(times[activity][0])
                touch.brought.update(times[activity][1])
    for touch in touches.values():
        touch.brought = {time for time in touch.brought if time <= now}
    needed = {key: touch for key, touch in touches.items() if touch.brought or touch.taken}
    return needed, {record_id for _, record_id, _ in needed}


async def settled(
    tx: Transaction, catalog: Catalog, trace: Trace, touches: _Touches, now: datetime
) -> list[RecordDraft]:
    """The times that records get, which are locked."""
    drafts = []
    by_type: defaultdict[str, set[str]] = defaultdict(set)
    for type_name, record_id, _ in touches:
        by_type[type_name].add(record_id)
    for type_name, ids in by_type.items():
        object_type = catalog.by_name[type_name]
        held = await read_values(tx, object_type, ids)
        for name in (LAST_CONTACTED, LAST_ACTIVITY):
            own = {i: touches[type_name, i, name] for i in held if (type_name, i, name) in touches}
            own = {i: touch for i, touch in own.items() if not trace.gave(i, name)}
            fallen = {i for i, touch in own.items() if held[i].get(name) in touch.taken}
            latest = await _latest(tx, catalog, object_type, name, fallen, now)
            for record_id, touch in own.items():
                known = latest.get(record_id) if record_id in fallen else held[record_id].get(name)
                time = max((*touch.brought, *([known] if known is not None else [])), default=None)
                if record_id in fallen:
                    time = known
                if time != held[record_id].get(name):
                    drafts.append(change(object_type, record_id, {name: time}))
    return drafts


async def last(
    tx: Transaction, catalog: Catalog, object_type: ObjectType, around: Mapping[str, Iterable[str]], now: datetime
) -> dict[str, datetime | None]:
    """The times that a record would have that is associated with these activities, by their object types."""
    found: dict[str, datetime | None] = {}
    text = (
        f"UNWIND $p.ids AS id MATCH (a:Record {{id: id}}) WITH datetime(a.{quote(OCCURRED)}).epochMillis AS time "
        "WHERE time <= $p.now RETURN max(time)"
    )
    for name, activities in follows_from(catalog).items():
        if _is_time(object_type, name):
            ids = sorted({record_id for kind in activities for record_id in around.get(kind, ())})
            rows = await tx.run(Statement(text, {"ids": ids, "now": to_epoch(now)})) if ids else []
            found[name] = from_epoch(rows[0][0]) if rows and rows[0][0] is not None else None
    return found


async def _times(tx: Transaction, catalog: Catalog, trace: Trace) -> dict[str, tuple[set[datetime], set[datetime]]]:
    """The times of activities before and after, by id; empty where there is none."""
    kinds = follows_from(catalog)[LAST_ACTIVITY]
    times: dict[str, tuple[set[datetime], set[datetime]]] = {}
    unknown: defaultdict[str, set[str]] = defaultdict(set)
    for state in trace.states.values():
        if state.type.name in kinds:
            times[state.id] = (_one(state.stored), _one(state.values))
    for near_type, near in near_ends((*trace.gained, *trace.lost), kinds):
        if near in trace.gone:
            times[near] = (_one(trace.gone[near]), set())
        elif near not in times:
            unknown[near_type].add(near)
    for type_name, ids in unknown.items():
        held = await read_values(tx, catalog.by_name[type_name], ids)
        times |= {record_id: (_one(held.get(record_id, {})),) * 2 for record_id in ids}
    return times


def _is_time(object_type: ObjectType, name: str) -> bool:
    return object_type.stores(name, PropertyType.DATETIME)


def _one(values: dict[str, Any]) -> set[datetime]:
    time = values.get(OCCURRED)
    return {time} if isinstance(time, datetime) else set()


async def _associated(
    tx: Transaction, catalog: Catalog, trace: Trace, activities: Iterable[str]
) -> list[tuple[str, str, ObjectType, str]]:
    """What activities are associated with whose time changed: those by type and id, the other ones likewise."""
    found: list[tuple[str, str, ObjectType, str]] = []
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for state in trace.changed(activities, (OCCURRED,)):
        ids[state.type.name].append(state.id)
    for type_name, own in ids.items():
        fars = {
            side.association.relationship_type: catalog.by_name[side.far]
            for side in catalog.sides_of(type_name)
            if _is_time(catalog.by_name[side.far], LAST_ACTIVITY) or _is_time(catalog.by_name[side.far], LAST_CONTACTED)
        }
        if not fars:
            continue
        kinds = "|".join(quote(kind) for kind in fars)
        text = f"UNWIND $p.ids AS id MATCH (a:Record {{id: id}})-[e:{kinds}]-(o:Record) RETURN id, type(e), o.id"
        rows = await tx.run(Statement(text, {"ids": sorted(own)}))
        found += [(type_name, activity, fars[kind], far) for activity, kind, far in rows]
    return found


async def _latest(
    tx: Transaction, catalog: Catalog, object_type: ObjectType, name: str, ids: set[str], now: datetime
) -> dict[str, datetime]:
    """The latest times of the activities that records have."""
    kinds = [
        quote(side.association.relationship_type)
        for side in catalog.sides_of(object_type.name)
        if side.far in follows_from(catalog)[name]
    ]
    if not ids or not kinds:
        return {}
    text = (
        f"UNWIND $p.ids AS id MATCH (h:Record {{id: id}})-[:{'|'.join(kinds)}]-(a:Record) "
        f"WITH id, datetime(a.{quote(OCCURRED)}).epochMillis AS time WHERE time <= $p.now RETURN id, max(time)"
    )
    rows = await tx.run(Statement(text, {"ids": sorted(ids), "now": to_epoch(now)}))
    return {record_id: from_epoch(time) for record_id, time in rows}
