"""Which records' roll-ups an entry of the change log may have changed: worked out from what roll-ups read.

A roll-up reads records at one or more places: the far records, and where its ``where`` asks about associated records
of theirs, those. A ``Watch`` is such a place, with the way from there back to the record that has the roll-up. What an
entry tells of a record, or of a pair, is looked up among the watches; what comes of it are starts of ways (``starts``),
and the ends of these ways, in the graph as it is by then, are the records to look at again.

That the graph may have changed since the entry does no harm. Whatever cut a way off meanwhile has a later entry, which
begins behind the cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphdb.catalog.calculated import CHOOSING, LOGICAL, ways, where_of
from graphdb.journal.entries import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphdb.catalog.model import Catalog, LabelSide, ObjectType, Side
    from graphdb.catalog.parts import RollUp

_OF_PAIRS = frozenset({Kind.ASSOCIATED, Kind.DISSOCIATED, Kind.LABELS_CHANGED})


@dataclass(frozen=True, slots=True)
class Step:
    """From a record to those that an association joins it with.

    Attributes:
        relationship_type: The association's.
        node_label: That of the records it leads to.
    """

    relationship_type: str
    node_label: str


@dataclass(frozen=True, slots=True)
class Watch:
    """Records that a roll-up reads.

    Attributes:
        types: Their object type, and those of the records on the way from them to the one that has the roll-up.
        steps: That way; none for the record itself.
        properties: What is read of them.
    """

    types: tuple[str, ...]
    steps: tuple[Step, ...] = ()
    properties: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """From a record to those whose roll-ups read it.

    Attributes:
        steps: The associations.
        archived: Whether the first step takes the associations of an archived record too.
    """

    steps: tuple[Step, ...]
    archived: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What an entry of the change log says of where something changed.

    Attributes:
        kind: What happened.
        type: The object type of the record that it happened to.
        record: That record's id.
        properties: The names of the values that changed.
        far_type: Of a pair or a merge, the object type of the other record.
        far: And its id.
        around: Of a purged record, the ids of those that it was associated with.
    """

    kind: str
    type: str
    record: str
    properties: frozenset[str] = frozenset()
    far_type: str | None = None
    far: str | None = None
    around: tuple[str, ...] = ()


def watches_of(catalog: Catalog, object_type: ObjectType, roll_up: RollUp) -> tuple[Watch, ...]:
    """Where a roll-up that can be computed reads records, its own among them."""
    own = Watch((object_type.name,))
    way = ways(catalog, object_type.name)[roll_up.field]
    summed = frozenset() if roll_up.property is None else frozenset({roll_up.property})
    return tuple(dict.fromkeys((own, *_behind(catalog, own, way, [where_of(roll_up)], summed))))


def starts(watches: Sequence[Watch], entry: Entry) -> Iterator[tuple[Way, str]]:
    """Where the ways begin to the records whose roll-up an entry may have changed: which way, and the id it begins at.

    Args:
        watches: What the roll-up reads.
        entry: The entry.
    """
    for watch in watches:
        if entry.kind in _OF_PAIRS:
            yield from _of_pair(watch, entry)
        elif entry.type != watch.types[0] or entry.kind == Kind.CREATED:
            continue  # a new record's associations have entries of their own
        elif entry.kind == Kind.UPDATED:
            # With any of its values, a record's time of change changes.
            if entry.properties and not watch.properties.isdisjoint({*entry.properties, "updatedAt"}):
                yield Way(watch.steps), entry.record
        else:
            yield Way(watch.steps, archived=bool(watch.steps)), entry.record
            if entry.far is not None:
                yield Way(watch.steps, archived=bool(watch.steps)), entry.far
            if watch.steps:
                yield from ((Way(watch.steps[1:]), record_id) for record_id in entry.around)


def _of_pair(watch: Watch, entry: Entry) -> Iterator[tuple[Way, str]]:
    """A pair that the watch's first step leads over: the way goes on from the end that is nearer to the roll-up."""
    if not watch.steps:
        return
    read, reader = watch.types[:2]
    for near_type, near, far_type in (
        (entry.type, entry.record, entry.far_type),
        (entry.far_type, entry.far, entry.type),
    ):
        if (near_type, far_type) == (reader, read) and near is not None:
            yield Way(watch.steps[1:]), near


def _behind(
    catalog: Catalog, near: Watch, way: Side | LabelSide, wheres: Sequence[Any], summed: frozenset[str] = frozenset()
) -> Iterator[Watch]:
    """The records that a field of watched records leads to, and those that conditions on them go on to.

    Args:
        catalog: What names are looked up in.
        near: The records that have the field.
        way: The field.
        wheres: The conditions.
        summed: What else is read.
    """
    names = set(summed)
    further: list[tuple[Side | LabelSide, list[Any]]] = []
    known = ways(catalog, way.far)
    left = list(wheres)
    while left:
        where = left.pop()
        if isinstance(where, list):
            left += where
        for key, part in where.items() if isinstance(where, dict) else ():
            if key in LOGICAL:
                left.append(part)
            elif key not in known:
                names.add(key)
            elif getattr(known[key], "single", False):
                further.append((known[key], [part]))
            else:
                asked = part if isinstance(part, dict) else {}
                further.append((known[key], [asked.get(choice) for choice in (*CHOOSING, "aggregate")]))
    step = Step(way.association.relationship_type, catalog.by_name[near.types[0]].node_label)
    here = Watch((way.far, *near.types), (step, *near.steps), frozenset(names))
    yield here
    for inner, parts in further:
        yield from _behind(catalog, here, inner, parts)
