"""The part of the intermediate representation that reads the journal: the change log, and one record's history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir.reads import Column, Page
    from schema.ir.shapes import CaseShape
    from schema.ir.values import Value


@dataclass(frozen=True, slots=True)
class ChangesColumn:
    """A stretch of the change log.

    Attributes:
        page: How many entries.
        after: The cursor that it begins behind; None for the log's beginning.
        place: From a cursor to its number.
        enabled: The object types whose entries are shown.
        types: Of them, those that one end of an entry has to be of.
        kinds: The kinds of entries that are looked for.
        columns: What is read of the record that an entry is about, if anything.
    """

    page: Page
    after: Value | None
    place: Callable[[Any], int]
    enabled: tuple[str, ...]
    types: tuple[str, ...] | None
    kinds: tuple[str, ...] | None
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class HistoryColumn:
    """What became of a record's values, newest first.

    Attributes:
        page: How many changes of values.
        after: The cursor that they begin behind, if any.
        place: From a cursor to the time and the id of its entry, and its property.
        properties: The names of the properties that are looked for; None for all.
        known: Refuses names that no object type has.
    """

    page: Page
    after: Value | None
    place: Callable[[Any], list[Any]]
    properties: Value | None
    known: Callable[[Any], list[str]]


@dataclass(frozen=True, slots=True)
class Picked:
    """What is selected of an object: response key → its field, and what is selected below that."""

    type_name: str
    entries: tuple[tuple[str, str, Picked | CaseShape | None], ...]


@dataclass(frozen=True, slots=True)
class ChangesShape:
    """A connection of the change log's entries; ``path`` is where it stands, for its errors."""

    column: int
    page: Page
    picked: Picked
    path: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class HistoryShape:
    """A connection of the changes of one record's values."""

    column: int
    page: Page
    picked: Picked
