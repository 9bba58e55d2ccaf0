"""An import's report on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console

    from app.importer.report import ImportReport

REFUSALS_SHOWN = 20
"""So many refusals are printed; the JSON form holds more."""

_VALUE_CHARACTERS = 40


def show(report: ImportReport, console: Console) -> None:
    """Print a report: counts, then what was refused, then what was loaded with a remark."""
    console.print(_counts(report))
    for path, columns in report.left_out.items():
        console.print(Text(f"{path}: not imported: {', '.join(columns)}", style="dim"))
    if report.refusal_count:
        console.print(_refusals(report))
        hidden = report.refusal_count - min(len(report.refusals), REFUSALS_SHOWN)
        if hidden:
            console.print(Text(f"… and {hidden:,} more refused", style="red"))
    if report.remarks:
        console.print(_remarks(report))
    console.print(_summary(report))


def _counts(report: ImportReport) -> Table:
    table = Table(title=f"{report.mapping} (dry run: nothing written)" if report.dry_run else report.mapping)
    table.add_column("file")
    table.add_column("object type")
    fates = ("rows", "created", "updated", "unchanged", "repeated", "refused")
    names = (*fates, "present") if report.dry_run else fates
    for name in names:
        table.add_column(name, justify="right")
    for item in report.records:
        table.add_row(Text(item.file), item.type, *(f"{getattr(item, name):,}" for name in names))
    return table


def _refusals(report: ImportReport) -> Table:
    table = Table(title="refused")
    table.add_column("file")
    table.add_column("line", justify="right")
    for name in ("column", "value", "reason"):
        table.add_column(name, overflow="fold")
    for item in report.refusals[:REFUSALS_SHOWN]:
        cells = (item.file, str(item.line), item.column, _cut(item.value), item.reason)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _remarks(report: ImportReport) -> Table:
    table = Table(title="loaded with a remark")
    table.add_column("file")
    table.add_column("count", justify="right")
    table.add_column("remark", overflow="fold")
    table.add_column("lines, for example", overflow="fold")
    for item in report.remarks:
        lines = ", ".join(str(example.line) for example in item.examples)
        table.add_row(Text(item.file), f"{item.count:,}", Text(item.reason), Text(lines))
    return table


def _summary(report: ImportReport) -> Text:
    joined = sum(item.association_changes for item in report.records)
    extra = f", {joined:,} associations within a type" if joined else ""
    text = (
        f"{sum(item.created for item in report.records):,} created, "
        f"{sum(item.updated for item in report.records):,} updated, "
        f"{sum(item.unchanged for item in report.records):,} unchanged{extra}, "
        f"{report.refusal_count:,} refused, in {report.seconds:.1f} s"
    )
    return Text(text, style="red" if report.refusal_count else "green")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _VALUE_CHARACTERS else f"{line[:_VALUE_CHARACTERS]}…"
