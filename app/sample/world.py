"""The CRM while it is being made up: mints ids and keeps what was added."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.sample.dice import Dice
from app.sample.model import Sample, SampleAssociation, SampleRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

END = datetime(2026, 11, 1, tzinfo=UTC)
"""Nothing in the sample is later: fixed, so that the same seed gives the same CRM on any day."""

START = END - timedelta(days=3 * 365)
"""Nothing in the sample is earlier."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class World:
    """Records and associations of a sample in the making."""

    def __init__(self, seed: int, scale: float) -> None:
        self.seed = seed
        self.scale = scale
        self.contacts_of: dict[str, list[SampleRecord]] = defaultdict(list)
        """A company's id to its contacts."""
        self._ids = Dice(seed, "ids")
        self._records: dict[str, list[SampleRecord]] = {}
        self._associations: dict[tuple[str, str], SampleAssociation] = {}

    def dice(self, name: str) -> Dice:
        """Dice for one part of the sample."""
        return Dice(self.seed, name)

    def count(self, at_scale_1: int) -> int:
        """How many records to make, at least one."""
        return max(1, round(at_scale_1 * self.scale))

    def of(self, object_type: str) -> list[SampleRecord]:
        """The records of a type so far."""
        return self._records.get(object_type, [])

    def add(self, object_type: str, created_at: datetime, values: Mapping[str, Any]) -> SampleRecord:
        """A new record; values that are None are left unset."""
        moment = (created_at - _EPOCH) // _MILLISECOND
        record = SampleRecord(
            id=self._mint(moment),
            type=object_type,
            values={name: value for name, value in values.items() if value is not None},
            created_at=_EPOCH + moment * _MILLISECOND,
        )
        self._records.setdefault(object_type, []).append(record)
        return record

    def join(self, start: SampleRecord, end: SampleRecord, *labels: str) -> None:
        """Associate two records in the definition's direction; a second time adds the labels."""
        pair = (start.id, end.id)
        known = self._associations.get(pair)
        if known is not None:
            labels = tuple(dict.fromkeys((*known.labels, *labels)))
        self._associations[pair] = SampleAssociation(
            start_type=start.type, start_id=start.id, end_type=end.type, end_id=end.id, labels=labels
        )

    def pairs(self, start_type: str, end_type: str) -> list[tuple[str, str]]:
        """The ids of every pair between two object types so far."""
        return [
            (known.start_id, known.end_id)
            for known in self._associations.values()
            if known.start_type == start_type and known.end_type == end_type
        ]

    def sample(self) -> Sample:
        """All of it, each type's records in the order of their ids."""
        return Sample(
            seed=self.seed,
            scale=self.scale,
            records={name: sorted(records, key=lambda record: record.id) for name, records in self._records.items()},
            associations=list(self._associations.values()),
        )

    def _mint(self, moment_ms: int) -> str:
        """A UUID version 7 (RFC 9562): 48 bits of time, then random bits around version and variant."""
        noise = int(self._ids.fraction() * (1 << 52))
        more = int(self._ids.fraction() * (1 << 22))
        low = (noise << 10) | (more & 0x3FF)
        return f"{(moment_ms << 80) | (0x7 << 76) | ((more >> 10) << 64) | (0b10 << 62) | low:032x}"


def moment(dice: Dice, after: datetime = START, before: datetime = END) -> datetime:
    """A moment between two others, to the millisecond; later ones a little likelier, for a CRM grows."""
    share: float = dice.fraction() ** 0.8
    return after + (before - after) * share // _MILLISECOND * _MILLISECOND


def money(amount: float) -> int:
    """An amount in stored form: ten-thousandths."""
    return round(amount * 10_000)
