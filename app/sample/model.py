"""What the generator hands out: plain values that a test can walk with no engine behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleRecord:
    """One record.

    Attributes:
        id: 32 hex digits in the shape of a UUID version 7; rises with ``created_at``.
        type: The object type's name in the catalog.
        values: Set properties in stored form (``graphdb.writer.operations``); one that is unset is absent.
        created_at: The moment the id carries, in UTC, to the millisecond.
    """

    id: str
    type: str
    values: dict[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleAssociation:
    """One associated pair, in the terms of the catalog's definition.

    ``labels`` holds label names as defined: of a paired label, the name of what the record at the start is to
    the other one (``manager``: the start manages the end).
    """

    start_type: str
    start_id: str
    end_type: str
    end_id: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A whole CRM: records by object type, each list in the order of creation, and the associations."""

    seed: int
    scale: float
    records: dict[str, list[SampleRecord]] = field(default_factory=dict)
    associations: list[SampleAssociation] = field(default_factory=list)

    @property
    def record_count(self) -> int:
        """How many records there are, over all object types."""
        return sum(len(records) for records in self.records.values())
