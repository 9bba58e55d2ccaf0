"""CSV files as rows: one at a time, each with the line it begins on, bad ones as data instead of an end."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_FIELD_CHARACTERS_MAX = 2 * 1_048_576
"""Longest cell; above the longest text that a property holds, so that the writer's own message is seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row.

    Attributes:
        line: The line of the file that it begins on; 1 is the header. Cells may hold line breaks, so a row
            may take several.
        cells: Text by column, without white space around it; empty where the cell is.
        fault: What is wrong with the row as a whole; its cells are then not to be trusted.
    """

    line: int
    cells: Mapping[str, str]
    fault: str | None = None


def read_header(path: Path, *, encoding: str, delimiter: str) -> list[str]:
    """The names of the columns.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is empty, is not in that encoding, or a column's name is missing or there twice.
    """
    with path.open(encoding=encoding, newline="", errors="surrogateescape") as file:
        header = [name.strip() for name in next(csv.reader(file, delimiter=delimiter), [])]
    if not header:
        raise ValueError("expected a header line with the names of the columns, found an empty file")
    for position, name in enumerate(header, start=1):
        if not _is_text(name):
            raise ValueError(f"expected text in the encoding {encoding}, found other bytes in column {position}")
        if not name:
            raise ValueError(f"expected a name for each column, found none for column {position}")
        if header.index(name) != position - 1:
            raise ValueError(f"expected each column once, found {name!r} twice")
    return header


def read_rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[Row]:
    """The rows below the header; blank lines are left out."""
    csv.field_size_limit(_FIELD_CHARACTERS_MAX)
    header: list[str] | None = None
    with path.open(encoding=encoding, newline="", errors="surrogateescape") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Row(line=line, cells={}, fault=f"malformed CSV: {error}")
                continue
            if header is None:
                header = [name.strip() for name in cells]
            elif cells:
                yield _row(line, header, cells)


def _row(line: int, header: list[str], cells: list[str]) -> Row:
    if len(cells) != len(header):
        return Row(line=line, cells={}, fault=f"expected {len(header)} cells, found {len(cells)}")
    row = Row(line=line, cells={name: cell.strip() for name, cell in zip(header, cells, strict=True)})
    for name, cell in row.cells.items():
        if not _is_text(cell):
            return Row(line=line, cells={}, fault=f"{name}: bytes that are not text in the file's encoding")
    return row


def _is_text(cell: str) -> bool:
    """Whether every byte could be decoded; one that could not stands as a lone surrogate."""
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True
