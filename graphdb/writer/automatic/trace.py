"""What a batch did, as far as something follows from it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from graphdb.writer import statements
from graphdb.writer.drafts import RecordDraft, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from graphdb.catalog.model import Association, Catalog, ObjectType
    from graphdb.store import Transaction
    from graphdb.writer.marks import Ends
    from graphdb.writer.records import RecordState
    from graphdb.writer.ties import Tie


LINE_ITEM: Final = "line_item"


class Joint(NamedTuple):
    """A pair of records that was joined or parted, as its relationship is stored."""

    association: Association
    ends: Ends

    def from_either(self) -> Iterator[tuple[str, str, str, str]]:
        """The pair seen from each end: that one's object type and id, and the other one's."""
        (start, end), association = self.ends, self.association
        yield association.start, start, association.end, end
        yield association.end, end, association.start, start


def joints(catalog: Catalog, ties: Iterable[Tie]) -> list[Joint]:
    """Pairs as they are kept with whole records."""
    by_kind = {association.relationship_type: association for association in catalog.associations}
    return [Joint(by_kind[tie.kind], tie.ends) for tie in ties]


@dataclass(slots=True)
class Trace:
    """What was done.

    Attributes:
        states: Records that were created or changed, by id.
        gained: Pairs that are joined now and were not before.
        lost: Pairs that are so no more.
        gone: What records that left the live graph held, by id, of the types that something follows from.
        asked: Whether the pairs were asked for; those of a restore or a merge were there before.
    """

    states: dict[str, RecordState] = field(default_factory=dict)
    gained: list[Joint] = field(default_factory=list)
    lost: list[Joint] = field(default_factory=list)
    gone: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: bool = True

    def add(self, other: Trace) -> None:
        """Take over what was done next."""
        self.states = {**other.states, **self.states}
        self.gained += other.gained
        self.lost += other.lost

    def gave(self, record_id: str, name: str) -> bool:
        """Whether an operation gave a record the value that a property has."""
        state = self.states.get(record_id)
        return state is not None and name in state.paths

    def changed(self, types: Iterable[str], names: Iterable[str]) -> Iterator[RecordState]:
        """Stored records of some types where one of some properties has another value than before."""
        wanted, properties = frozenset(types), tuple(names)
        for state in self.states.values():
            if state.type.name not in wanted or state.new:
                continue
            if any(state.stored.get(name) != state.values.get(name) for name in properties):
                yield state


async def read_values(tx: Transaction, object_type: ObjectType, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The values of records of one type as they stand in the graph, by id."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    rows = await tx.run(statements.load(object_type, wanted))
    return {record_id: statements.decode(object_type, columns) for record_id, _, _, columns in rows}


async def read_followed(tx: Transaction, catalog: Catalog, types: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """The values of those records that something follows from, activities and line items: by id, types given so."""
    by_type: defaultdict[str, list[str]] = defaultdict(list)
    for record_id, type_name in types.items():
        if catalog.by_name[type_name].activity or type_name == LINE_ITEM:
            by_type[type_name].append(record_id)
    held: dict[str, dict[str, Any]] = {}
    for type_name, ids in by_type.items():
        held |= await read_values(tx, catalog.by_name[type_name], ids)
    return held


def stored(object_type: ObjectType, record_id: str) -> Target:
    """A record that is there, as a draft names it."""
    return Target(type=object_type, id=record_id, key=None, named=f"the id {record_id}", path=())


def change(object_type: ObjectType, record_id: str, values: Mapping[str, Any]) -> RecordDraft:
    """Values that a record gets by itself."""
    target = stored(object_type, record_id)
    return RecordDraft(index=-1, type=object_type, path=(), values=dict(values), links=[], target=target)


def ends_of_types(
    catalog: Catalog, joints: Iterable[Joint], near: Iterable[str]
) -> Iterator[tuple[str, ObjectType, str]]:
    """Pairs with one end of some types: that one's id, and the other one's type and id."""
    wanted = frozenset(near)
    for joint in joints:
        if _touches(joint, wanted):
            for near_type, near_id, far_type, far_id in joint.from_either():
                if near_type in wanted:
                    yield near_id, catalog.by_name[far_type], far_id


def near_ends(joints: Iterable[Joint], types: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The ends of pairs that are of some types: their types and ids."""
    for joint in joints:
        if _touches(joint, types):
            yield from ((kind, record_id) for kind, record_id, _, _ in joint.from_either() if kind in types)


def _touches(joint: Joint, types: frozenset[str]) -> bool:
    return joint.association.start in types or joint.association.end in types
