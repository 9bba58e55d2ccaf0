"""Records and associations in memory, as the sample says they are stored."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.sample import Sample
    from graphdb.catalog.model import Catalog, LabelSide


@dataclass(eq=False, slots=True)
class Record:
    """A record with everything known of it; ``values`` holds the set properties, ``id`` and the system's own."""

    type: str
    values: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.values["id"])


@dataclass(eq=False, slots=True)
class Pair:
    """An association. ``labels`` holds label names with the id of the record at the label's start."""

    created_at: datetime | None = None
    labels: set[tuple[str, str]] = field(default_factory=set)


class Graph:
    """Records and associations in memory."""

    def __init__(self, catalog: Catalog, sample: Sample) -> None:
        self.catalog = catalog
        self.records: dict[str, Record] = {}
        self.by_type: dict[str, list[Record]] = defaultdict(list)
        self.pairs: dict[frozenset[str], Pair] = defaultdict(Pair)
        self.neighbours: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name, records in sample.records.items():
            for given in records:
                record = Record(
                    name, {"id": given.id, **self._stored(name, given.values), **self._of_stage(name, given.values)}
                )
                self.records[given.id] = record
                self.by_type[name].append(record)
        for given_pair in sample.associations:
            ends = frozenset((given_pair.start_id, given_pair.end_id))
            if ends not in self.pairs:
                self.neighbours[given_pair.start_id, given_pair.end_type].append(given_pair.end_id)
                self.neighbours[given_pair.end_id, given_pair.start_type].append(given_pair.start_id)
            self.pairs[ends].labels |= {(name, given_pair.start_id) for name in given_pair.labels}

    def _stored(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values as they are stored: numbers that happen to be whole are still floats."""
        properties = self.catalog.by_name[name].by_name
        return {
            key: float(value) if properties[key].type is PropertyType.NUMBER else value for key, value in values.items()
        }

    def _of_stage(self, name: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """What follows from a record's stage."""
        object_type = self.catalog.by_name[name]
        if "stage" not in values:
            return {}
        pipeline, stage = object_type.stages[values["stage"]]
        known = {"pipeline": pipeline.name, "isClosed": stage.closed, "isWon": stage.won}
        return {key: value for key, value in known.items() if key in object_type.by_name}

    def seen(self, near: Record, label: LabelSide, far: str) -> bool:
        """Whether the far record is to the near one what the label says."""
        held = [holder for name, holder in self.pairs[frozenset((near.id, far))].labels if name == label.label.name]
        if not label.association.same_type or label.symmetric:
            return bool(held)
        return (near.id if label.forward else far) in held
