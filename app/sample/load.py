"""The sample into the graph: through the one writer, a few hundred records in each transaction.

A record is written in one transaction with its associations to the records before it, so a record that is
there has them all. Ids are the sample's own: a load that was interrupted is simply run again, and what is
there is left as it is, changes made since included.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from graphdb.cypher.statement import Statement
from graphdb.journal.entries import Origin, Source
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Link, Ref

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.sample.model import Sample, SampleAssociation, SampleRecord
    from graphdb.catalog.model import Association, Catalog, Side
    from graphdb.store import GraphStore, Transaction

Progress = Callable[[int, int], None]
"""Called with how many of how many records are done."""

ORIGIN = Origin(Source.IMPORT, "sample")

BATCH_RECORDS = 500
"""Records in one transaction: enough that round trips vanish, few enough to be repeated cheaply."""

BATCH_TIMEOUT_S = 120.0
"""A transaction's deadline: nobody waits for an answer here, and a busy machine may be slow."""

_PRESENT = "UNWIND $p.ids AS id MATCH (n:Record {id: id}) RETURN n.id"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did.

    Attributes:
        created: Records written now.
        present: Records that were there already.
        associations: Associations written now.
        seconds: How long it took.
    """

    created: int
    present: int
    associations: int
    seconds: float


async def load_sample(
    store: GraphStore,
    catalog: Catalog,
    sample: Sample,
    *,
    progress: Progress | None = None,
    batch_records: int = BATCH_RECORDS,
) -> LoadReport:
    """Write the sample's records and associations; leave out what is there.

    Args:
        store: The graph to fill.
        catalog: Its data model; must hold the standard object types.
        sample: What to write.
        progress: Called after each batch with how many of how many records are done.
        batch_records: Records in one transaction.

    Raises:
        WriteRefused: A record clashes with one that somebody else made; the batches before it stay.
        StoreError: The engine failed; running it again goes on where this one stopped.
    """
    started = time.perf_counter()
    writer = Writer(catalog, as_given=True)
    links = _links_by_record(catalog, sample)
    created = present = associations = 0
    for batch in _batches(sample, batch_records):
        there = {row[0] for row in await store.read(Statement(_PRESENT, {"ids": [record.id for record in batch]}))}
        missing = [_create(record, links) for record in batch if record.id not in there]
        if missing:
            await _write(store, writer, missing)
        present += len(there)
        created += len(missing)
        associations += sum(len(operation.links) for operation in missing)
        if progress is not None:
            progress(created + present, sample.record_count)
    return LoadReport(
        created=created, present=present, associations=associations, seconds=time.perf_counter() - started
    )


async def _write(store: GraphStore, writer: Writer, operations: list[Create]) -> None:
    async def work(transaction: Transaction) -> None:
        await writer.apply(transaction, operations, ORIGIN)

    await store.write(work, timeout_s=BATCH_TIMEOUT_S)


def _create(record: SampleRecord, links: dict[str, list[Link]]) -> Create:
    return Create(
        type=record.type,
        values=record.values,
        links=tuple(links.get(record.id, ())),
        id=record.id,
        created_at=record.created_at,
        path=(record.type, record.id),
    )


def _batches(sample: Sample, batch_records: int) -> Iterator[list[SampleRecord]]:
    """Each type's records in slices: a slice of one type is written with the fewest statements."""
    for records in sample.records.values():
        for start in range(0, len(records), batch_records):
            yield records[start : start + batch_records]


def _links_by_record(catalog: Catalog, sample: Sample) -> dict[str, list[Link]]:
    """Each association as a link of the one of its records that is written later."""
    order = {record.id: place for place, record in enumerate(chain.from_iterable(sample.records.values()))}
    definitions = {(item.start, item.end): item for item in catalog.associations}
    links: dict[str, list[Link]] = defaultdict(list)
    for pair in sample.associations:
        forward = order[pair.start_id] > order[pair.end_id]
        link = _link(definitions[pair.start_type, pair.end_type], pair, forward=forward)
        links[pair.start_id if forward else pair.end_id].append(link)
    return links


def _link(definition: Association, pair: SampleAssociation, *, forward: bool) -> Link:
    """The association seen from its start (``forward``) or its end; labels say what the far record is."""
    side = definition.side(forward=forward or definition.same_type)
    to = (pair.end_type, pair.end_id) if forward else (pair.start_type, pair.start_id)
    return Link(
        side=side,
        to=Ref(type=to[0], key="id", value=to[1]),
        labels=tuple(_seen(side, name, forward=forward) for name in pair.labels),
        path=("links", pair.start_id, pair.end_id),
    )


def _seen(side: Side, name: str, *, forward: bool) -> str:
    """What a label defined as ``name`` is called from the near end: the far record's role."""
    for seen in side.labels:
        if seen.label.name == name and (seen.forward == forward or seen.symmetric):
            return seen.name
    raise ValueError(f"no label {name!r} between {side.near} and {side.far}")
