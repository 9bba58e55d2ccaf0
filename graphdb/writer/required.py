"""Associations that records must have: kept when others go.

A record whose object type requires an association (a quote has a deal, a lead a contact or a company) is locked by
whoever takes one from it, so what the engine counts here stays so until the transaction ends.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from graphdb.errors import Fault, FaultCode
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.store import Transaction
    from graphdb.writer.operations import Path
    from graphdb.writer.pairs import PairBatch

Group = tuple[str, ...]
"""Object types, of one of which an associated record is required."""

SHOWN_MAX = 5
"""Records that one message names."""


class Requirements:
    """What records lose and gain in a batch, of the associations that their object types require."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._lost: defaultdict[tuple[str, Group], dict[str, Path]] = defaultdict(dict)
        self._balance: defaultdict[tuple[str, Group, str], int] = defaultdict(int)

    def lose(self, record_type: str, record_id: str, far_type: str, path: Path) -> None:
        """A record loses an association with a record of a type, by the operation at ``path``."""
        for group in self._groups(record_type, far_type):
            self._lost[record_type, group][record_id] = path
            self._balance[record_type, group, record_id] -= 1

    def gain(self, record_type: str, record_id: str, far_type: str) -> None:
        """A record gains one."""
        for group in self._groups(record_type, far_type):
            self._balance[record_type, group, record_id] += 1

    def change(self, pairs: PairBatch) -> None:
        """Take over what a batch parts and joins."""
        association = pairs.association
        for (start, end), path in pairs.lost:
            self.lose(association.start, start, association.end, path)
            self.lose(association.end, end, association.start, path)
        for start, end in pairs.gained:
            self.gain(association.start, start, association.end)
            self.gain(association.end, end, association.start)

    async def broken(self, tx: Transaction) -> dict[Path, list[tuple[ObjectType, Group, str]]]:
        """By the place of the operation that takes the last one: whose, and of what."""
        found: defaultdict[Path, list[tuple[ObjectType, Group, str]]] = defaultdict(list)
        for (record_type, group), records in self._lost.items():
            sides = [side for side in self._catalog.sides_of(record_type) if side.far in group]
            kinds = [side.association.relationship_type for side in sides]
            for record_id, count in await tx.run(statements.count_associated(kinds, records)):
                if count + self._balance[record_type, group, record_id] <= 0:
                    found[records[record_id]].append((self._catalog.by_name[record_type], group, record_id))
        return found

    def _groups(self, record_type: str, far_type: str) -> Iterable[Group]:
        groups = self._catalog.by_name[record_type].required_associations
        return (group for group in groups if far_type in group)


def needed_faults(broken: Mapping[Path, list[tuple[ObjectType, Group, str]]]) -> list[Fault]:
    """The faults of operations that take the last required association from records."""
    faults: list[Fault] = []
    for path, records in broken.items():
        object_type, group, first = records[0]
        named = ", ".join(record_id for _, _, record_id in records[:SHOWN_MAX])
        more = f" and {len(records) - SHOWN_MAX} more" if len(records) > SHOWN_MAX else ""
        message = (
            f"a {object_type.label} must stay associated with a {' or a '.join(group)}, and this is the last one of "
            f"{named}{more}"
        )
        faults.append(Fault(code=FaultCode.CONFLICT, message=message, input=path, conflicting_id=first))
    return faults
