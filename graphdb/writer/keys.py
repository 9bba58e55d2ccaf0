"""Unique values of a batch: who takes which, who gives which up, and what is taken already.

A unique value is held by a key node, under a constraint. Writers claim key nodes in one order, so that they
wait for each other instead of for ever; what a claim finds says whether the value was free.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.errors import Fault, FaultCode
from graphdb.values import shown
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphdb.cypher.statement import Statement
    from graphdb.store import Transaction
    from graphdb.writer.operations import Path
    from graphdb.writer.records import RecordState


async def claim(tx: Transaction, owners: Mapping[str, str], token: str) -> dict[str, str]:
    """Claim keys for records, by id; who has each of them: the claimant, or whoever had it before."""
    holders: dict[str, str] = {}
    wanted = dict(owners)
    while wanted:
        rows = await tx.run(statements.claim_keys(wanted, token))
        holders.update((key, holder) for key, holder in rows if key is not None)
        # Neo4j finds a key, waits for its lock, and has only a deleted node once the holder before gave the key up:
        # such a claim gets no answer, and is made again.
        wanted = {key: owner for key, owner in wanted.items() if key not in holders}
    return holders


class KeyBatch:
    """The unique values that a batch's records have, give up and ask for."""

    def __init__(self) -> None:
        self.holders: dict[str, str] = {}
        """Who has a key that was claimed, by id: the claimant, or whoever had it before."""
        self._claims: dict[str, str] = {}
        self._wanted: dict[str, RecordState] = {}
        self._freed: list[list[str]] = []
        self._handed: list[list[str]] = []

    async def claim(self, tx: Transaction, owners: Mapping[str, str], token: str) -> None:
        """Claim keys for records, by id; ``holders`` says afterwards who has them."""
        self._claims.update(owners)
        self.holders.update(await claim(tx, owners, token))

    def compare(self, states: Iterable[RecordState]) -> tuple[dict[str, str], list[Fault]]:
        """What the records' final values ask for: keys still to claim, and values two of them share."""
        faults: list[Fault] = []
        given_up: dict[str, str] = {key: owner for key, owner in self._claims.items() if self.holders[key] == owner}
        kept: dict[str, RecordState] = {}
        asked: list[tuple[RecordState, str]] = []
        for state in states:
            stored = state.stored_keys()
            given_up.update(dict.fromkeys(stored, state.id))
            for key in state.unique_keys():
                if key in stored:
                    kept[key] = state
                else:
                    asked.append((state, key))
        for state, key in asked:
            if key in kept:
                faults.append(_taken(state, key, kept[key]))
            else:
                kept[key] = state
                self._wanted[key] = state
        self._freed = [[key, owner] for key, owner in sorted(given_up.items()) if key not in kept]
        unclaimed = {key: state.id for key, state in self._wanted.items() if key not in self.holders}
        return unclaimed, faults

    def judge(self, states: Mapping[str, RecordState]) -> list[Fault]:
        """The values that others have; one that its holder gives up in this batch is handed over instead."""
        faults: list[Fault] = []
        for key, state in self._wanted.items():
            holder = self.holders[key]
            if holder == state.id:
                continue
            giving = states.get(holder)
            if giving is not None and key not in giving.unique_keys():
                self._handed.append([key, state.id])
            else:
                faults.append(_taken(state, key, giving, holder))
        return faults

    def writes(self) -> list[Statement]:
        """The statements that bring the key nodes in step with the records, which must be written before."""
        # A new record is joined to its keys as it is created; a key from another record only now is.
        handed = {key for key, _ in self._handed}
        joined = [
            [key, self._wanted[key].id] for key in sorted(self._wanted) if not self._wanted[key].new or key in handed
        ]
        return [
            *([statements.hand_over_keys(self._handed)] if self._handed else []),
            *([statements.join_keys(joined)] if joined else []),
            *([statements.free_keys(self._freed)] if self._freed else []),
        ]


def _taken(state: RecordState, key: str, other: RecordState | None, holder: str | None = None) -> Fault:
    name, value = state.unique_keys()[key]
    path: Path = state.paths.get(name, ())
    expected = f"expected a value of {name} that no other {state.type.label} has"
    if other is not None and other.new:
        message = f"{expected}, found {shown(repr(value))} given to two records"
        return Fault(code=FaultCode.CONFLICT, message=message, input=path)
    found = other.id if other is not None else holder
    message = f"{expected}, found {shown(repr(value))} at the record {found}"
    return Fault(code=FaultCode.CONFLICT, message=message, input=path, conflicting_id=found)
