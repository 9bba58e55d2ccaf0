"""Drafts into the graph, a batch in each transaction; what the writer refuses is set aside."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.importer.drafts import placed, without_link
from graphdb.cypher.statement import Statement
from graphdb.errors import Fault, FaultCode, WriteRefused
from graphdb.journal.entries import Origin, Source
from graphdb.writer.apply import Writer
from graphdb.writer.drafts import PairDraft, RecordDraft
from graphdb.writer.operations import Associate
from graphdb.writer.validate import check, missing_faults

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.importer.drafts import Draft, Drafter
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore, Transaction
    from graphdb.writer.operations import Operation, Outcome, Path

ORIGIN = Origin(Source.IMPORT)
BATCH_TIMEOUT_S = 120.0
"""A transaction's deadline: nobody waits for an answer here, and a busy machine may be slow."""

_ROW_PLACE = 2
_LINK_PLACE = 4
_PRESENT = "UNWIND $p.keys AS k MATCH (n:_Key {k: k}) RETURN n.k"


class Batches:
    """Writes drafts and counts what became of them."""

    def __init__(self, store: GraphStore, writer: Writer) -> None:
        self._store = store
        self._writer = writer

    async def write(self, drafter: Drafter, drafts: Sequence[Draft]) -> list[Draft]:
        """Write drafts in one transaction, without those that the writer refuses; return the written ones.

        Raises:
            StoreError: The engine failed; nothing of this batch was written.
        """
        left = list(drafts)
        while left:
            try:
                outcomes = await self._apply(left)
            except WriteRefused as refused:
                if not refused.faults:
                    raise
                by_row, placeless = _by_row(refused.faults, len(left))
                if placeless and len(left) > 1:
                    # A fault that names no row: only one row at a time shows whose it is.
                    return [one for draft in left for one in await self.write(drafter, [draft])]
                by_row[0].extend(placeless)
                left = _without_faulty(drafter, left, by_row)
                continue
            for draft, outcome in zip(left, outcomes, strict=True):
                drafter.note(draft)
                _count(drafter, draft, outcome)
            return left
        return []

    async def _apply(self, drafts: Sequence[Draft]) -> list[Outcome]:
        operations: list[Operation] = [placed(draft, index) for index, draft in enumerate(drafts)]

        async def work(transaction: Transaction) -> list[Outcome]:
            return await self._writer.apply(transaction, operations, ORIGIN)

        return await self._store.write(work, timeout_s=BATCH_TIMEOUT_S)


class DryRun(Batches):
    """Writes nothing: checks drafts by the catalog's rules, and against the graph and what came before.

    That two records claim one value of a unique property other than the key is seen only when writing.
    """

    def __init__(self, store: GraphStore, catalog: Catalog) -> None:
        super().__init__(store, Writer(catalog))
        self._catalog = catalog
        self._given: set[str] = set()

    async def write(self, drafter: Drafter, drafts: Sequence[Draft]) -> list[Draft]:
        """Check drafts and count what would become of them; return those that would be written."""
        operations = [placed(draft, index) for index, draft in enumerate(drafts)]
        checked, faults = check(self._catalog, operations, today=datetime.now(UTC).date().isoformat())
        planned = [plan for plan in checked if isinstance(plan, (RecordDraft, PairDraft))]
        wanted = sorted({key for plan in planned for key in (_own_key(plan), *_far_keys(plan).values())})
        present = {row[0] for row in await self._store.read(Statement(_PRESENT, {"keys": wanted}))}
        for plan in planned:
            faults += self._faults_in_graph(plan, present | self._given)
            self._given.add(_own_key(plan))
        by_row, _ = _by_row(faults, len(drafts))
        own_keys = {plan.index: _own_key(plan) for plan in planned}
        kept = []
        for index, draft in enumerate(drafts):
            settled = _settle(drafter, draft, by_row.get(index, ()))
            if settled is None:
                self._given.discard(own_keys.get(index, ""))
                continue
            kept.append(settled)
            drafter.note(settled)
            if not isinstance(draft.operation, Associate):
                drafter.counts.present += own_keys[index] in present
                drafter.counts.created += own_keys[index] not in present
        return kept

    def _faults_in_graph(self, plan: RecordDraft | PairDraft, known: set[str]) -> list[Fault]:
        faults = [
            Fault(code=FaultCode.NOT_FOUND, message=f"no {far} has {named}", input=path)
            for (far, named, path), key in _far_keys(plan).items()
            if key not in known
        ]
        if isinstance(plan, RecordDraft) and plan.key not in known:
            faults += missing_faults(plan, {link.side.far for link in plan.links})
        return faults


def _own_key(plan: RecordDraft | PairDraft) -> str:
    return (plan.key if isinstance(plan, RecordDraft) else plan.near.key) or ""


def _far_keys(plan: RecordDraft | PairDraft) -> dict[tuple[str, str, Path], str]:
    """The key texts of the records a draft links to, by their type, what they were named by, and the place."""
    links = plan.links if isinstance(plan, RecordDraft) else [plan.link]
    return {(link.to.type.label, link.to.named, link.path): link.to.key or "" for link in links if link.to is not None}


def _by_row(faults: Iterable[Fault], rows: int) -> tuple[dict[int, list[Fault]], list[Fault]]:
    """The faults by the row they name, and those that name none."""
    by_row: dict[int, list[Fault]] = defaultdict(list)
    placeless: list[Fault] = []
    for fault in faults:
        place = fault.input
        index = place[1] if len(place) >= _ROW_PLACE and place[0] == "rows" else None
        if isinstance(index, int) and index < rows:
            by_row[index].append(fault)
        else:
            placeless.append(fault)
    return by_row, placeless


def _without_faulty(drafter: Drafter, drafts: Sequence[Draft], by_row: Mapping[int, Sequence[Fault]]) -> list[Draft]:
    """What is left once the faulty drafts are noted and out."""
    settled = [_settle(drafter, draft, by_row.get(index, ())) for index, draft in enumerate(drafts)]
    return [draft for draft in settled if draft is not None]


def _settle(drafter: Drafter, draft: Draft, faults: Sequence[Fault]) -> Draft | None:
    """What can still be loaded of a draft: all of it, all but a link, or nothing; each reason is noted."""
    if not faults:
        return draft
    numbers = {_forgivable(draft, fault) for fault in faults}
    if None in numbers:
        for fault in faults:
            drafter.refuse(draft.row, _column(drafter, draft, fault), fault.message)
        if not isinstance(draft.operation, Associate):
            drafter.counts.refused += 1
        return None
    for number in sorted((number for number in numbers if number is not None), reverse=True):
        link = draft.links[number]
        drafter.remark(draft.row, link.spec.column, f"{link.side.near} without its {link.side.far}: there is none")
        if isinstance(draft.operation, Associate):
            return None
        draft = without_link(draft, number)
    return draft


def _forgivable(draft: Draft, fault: Fault) -> int | None:
    """The number of the link that a fault is about, if the mapping lets the row do without it."""
    number = _link_number(fault)
    if number is None or fault.code is not FaultCode.NOT_FOUND:
        return None
    return number if draft.links[number].spec.unknown == "remark" else None


def _link_number(fault: Fault) -> int | None:
    place = fault.input
    if len(place) < _LINK_PLACE or place[2] != "links":
        return None
    return place[3] if isinstance(place[3], int) else None


def _column(drafter: Drafter, draft: Draft, fault: Fault) -> str:
    number = _link_number(fault)
    if number is not None:
        return draft.links[number].spec.column
    steps = fault.input[_ROW_PLACE:]
    return drafter.column_of(str(steps[0])) if steps else drafter.column_of(drafter.plan.key.name)


def _count(drafter: Drafter, draft: Draft, outcome: Outcome) -> None:
    if isinstance(draft.operation, Associate):
        drafter.counts.association_changes += outcome.changed
    elif outcome.created:
        drafter.counts.created += 1
    elif outcome.changed:
        drafter.counts.updated += 1
    else:
        drafter.counts.unchanged += 1
