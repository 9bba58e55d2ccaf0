"""An import from start to end: plan, then file by file, chunk by chunk, record by record."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from app.importer.batches import Batches, DryRun
from app.importer.drafts import Drafter
from app.importer.mapping import read_mapping
from app.importer.plan import make_plan
from app.importer.report import Example, ImportReport, RecordCounts, Refusal
from app.importer.rows import read_rows
from graphdb.writer.apply import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from app.importer.drafts import Draft
    from app.importer.plan import FilePlan
    from app.importer.rows import Row
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

T = TypeVar("T")

Progress = Callable[[str, int], None]
"""Called with a file's path below the source's folder and how many of its rows are done."""

CHUNK_ROWS = 500
"""Rows whose records of one type are written in one transaction."""


async def run_import(
    store: GraphStore,
    catalog: Catalog,
    mapping_path: Path,
    source_dir: Path,
    *,
    progress: Progress | None = None,
    dry_run: bool = False,
) -> ImportReport:
    """Load a source's files by a mapping; a bad row never stops the others.

    Args:
        store: The graph to load into.
        catalog: Its data model.
        mapping_path: The mapping file.
        source_dir: The folder that holds the files it names.
        progress: Called after each chunk of rows.
        dry_run: Check everything and write nothing.

    Raises:
        MappingError: The mapping cannot be followed; nothing was loaded.
        StoreError: The engine failed; what the report would have counted stays, and importing again goes on.
    """
    started = time.perf_counter()
    plan = make_plan(read_mapping(mapping_path), mapping_path, source_dir, catalog)
    report = ImportReport(mapping=mapping_path.name, dry_run=dry_run)
    batches = DryRun(store, catalog) if dry_run else Batches(store, Writer(catalog))
    for file in plan.files:
        if file.left_out:
            report.left_out[file.spec.path] = list(file.left_out)
        drafters = []
        for record in file.records:
            counts = RecordCounts(file=file.spec.path, type=record.type.name)
            report.records.append(counts)
            drafters.append(Drafter(file, record, zone=plan.zone, report=report, counts=counts))
        await _load_file(batches, drafters, file, progress)
    report.seconds = time.perf_counter() - started
    return report


async def _load_file(batches: Batches, drafters: list[Drafter], file: FilePlan, progress: Progress | None) -> None:
    report = drafters[0].report
    joins: list[list[Draft]] = [[] for _ in drafters]
    done = 0
    for chunk in _chunks(_sound_rows(file, report), CHUNK_ROWS):
        for drafter, later in zip(drafters, joins, strict=True):
            drafts = [draft for row in chunk if (draft := drafter.draft(row)) is not None]
            for draft in await batches.write(drafter, drafts):
                later.extend(draft.joins)
        done += len(chunk)
        if progress is not None:
            progress(file.spec.path, done)
    for drafter, later in zip(drafters, joins, strict=True):
        for some in _chunks(iter(later), CHUNK_ROWS):
            await batches.write(drafter, some)


def _sound_rows(file: FilePlan, report: ImportReport) -> Iterator[Row]:
    """The rows that can be read, repaired as the mapping says; each other one is noted."""
    path = file.spec.path
    for row in read_rows(file.path, encoding=file.spec.encoding, delimiter=file.spec.delimiter):
        if row.fault is not None:
            report.refuse(Refusal(file=path, line=row.line, type="", column="", value="", reason=row.fault))
            continue
        yield _repaired(file, row, report)


def _repaired(file: FilePlan, row: Row, report: ImportReport) -> Row:
    cells = dict(row.cells)
    for repair in file.spec.repairs:
        if row.cells[repair.column] == repair.found:
            cells[repair.column] = repair.read
            reason = f"{repair.found!r} is read as {repair.read!r}: {repair.remark}"
            report.remark(file.spec.path, reason, Example(line=row.line, column=repair.column, value=repair.found))
    return replace(row, cells=cells)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk
