"""What an import did: counts, what was refused, what was loaded with a remark, and why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

REFUSALS_KEPT = 1_000
"""So many refusals are kept with their row; the counts hold all."""

EXAMPLES_KEPT = 5
"""So many rows are named for each remark."""


@dataclass(slots=True, kw_only=True)
class RecordCounts:
    """What became of one file's records of one object type.

    Attributes:
        rows: Rows that feed the type.
        created: New records.
        updated: Records that were there and changed, be it by a new association alone.
        unchanged: Records that were there with the same values and associations.
        refused: Rows that gave no record.
        repeated: Rows whose record an earlier row of the file had given.
        present: In a dry run, records that are there already; whether they would change is not known.
        association_changes: Associations within the type that were made or got a label after the last row.
    """

    file: str
    type: str
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    repeated: int = 0
    present: int = 0
    association_changes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a row, or a part of it, was not loaded.

    Attributes:
        file: The file's path below the source's folder.
        line: The line that the row begins on; 1 is the header.
        type: The object type's name; empty when the row as a whole cannot be read.
        column: The column at fault, if it is one.
        value: The cell as it stands in the file.
        reason: What was expected and what was found.
    """

    file: str
    line: int
    type: str
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A row that a remark is about."""

    line: int
    column: str
    value: str


@dataclass(slots=True, kw_only=True)
class Remark:
    """Something that was loaded, but not as it stood; ``count`` says how often."""

    file: str
    reason: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """The whole report.

    Attributes:
        mapping: The mapping file's name.
        dry_run: Whether nothing was written.
        records: Counts by file and object type, in the order of the mapping.
        refusals: The first refusals; ``refusal_count`` counts all.
        remarks: Everything loaded with a remark.
        left_out: By file, the columns that the mapping neither reads nor ignores.
        seconds: How long it took.
    """

    mapping: str
    dry_run: bool = False
    records: list[RecordCounts] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    refusal_count: int = 0
    remarks: list[Remark] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def changed(self) -> int:
        """How many records were created or updated, and associations changed."""
        return sum(item.created + item.updated + item.association_changes for item in self.records)

    def refuse(self, refusal: Refusal) -> None:
        """Note a refusal."""
        self.refusal_count += 1
        if len(self.refusals) < REFUSALS_KEPT:
            self.refusals.append(refusal)

    def remark(self, file: str, reason: str, example: Example) -> None:
        """Note that something was loaded, but not as it stood."""
        found = next((item for item in self.remarks if item.file == file and item.reason == reason), None)
        if found is None:
            found = Remark(file=file, reason=reason)
            self.remarks.append(found)
        found.count += 1
        if len(found.examples) < EXAMPLES_KEPT:
            found.examples.append(example)

    def as_json(self) -> dict[str, Any]:
        """The report as plain values."""
        return asdict(self)
