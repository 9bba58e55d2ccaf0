"""What the elements of a data model have in common, and the smaller values that they are made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class BuildState(StrEnum):
    """How far something is that existing records have to be brought to."""

    BUILDING = "BUILDING"
    ONLINE = "ONLINE"
    FAILED = "FAILED"


class RollUpFunction(StrEnum):
    """What a roll-up makes of the associated records' values."""

    COUNT = "count"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"


@dataclass(frozen=True, kw_only=True)
class Retirable:
    """An element that can be taken out of use without losing what it holds.

    A retired element stays in the API, deprecated, until the day ``leaves``; then it is withdrawn: no longer in the
    API, its data and its names still kept. Restoring it undoes either.

    Attributes:
        retired: The day of the retirement, ISO 8601; None while it is in use.
        leaves: The last day on which the API has it.
    """

    retired: str | None = None
    leaves: str | None = None

    @property
    def deprecation(self) -> str | None:
        """The reason for ``@deprecated``; None while it is in use."""
        return f"retired {self.retired}, leaves after {self.leaves}" if self.retired else None


@dataclass(frozen=True, kw_only=True)
class Reach:
    """Associated records on which an activity is logged as well.

    Attributes:
        type: Their object type.
        label: The label that they have, seen from the record that the activity is logged on; None for any.
    """

    type: str
    label: str | None = None


@dataclass(frozen=True, kw_only=True)
class CompositeIndex:
    """An index over two properties: records with one value of the first, in the order of the second.

    Attributes:
        equal: The name of the property that lists hold to one value.
        order: The name of the one that they are sorted by.
    """

    equal: str
    order: str


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a value must be besides being of its property's type.

    Attributes:
        least: The least value: numbers, amounts and whole numbers as decimal text, dates and times as ISO 8601.
        greatest: The greatest value, in the same form.
        shortest: The fewest characters of a text, or options of a multi-enumeration.
        longest: The most.
        pattern: A regular expression (RE2 subset of Python's) that a text must match as a whole.
    """

    least: str | None = None
    greatest: str | None = None
    shortest: int | None = None
    longest: int | None = None
    pattern: str | None = None


@dataclass(frozen=True, kw_only=True)
class RollUp:
    """A value that is computed from associated records whenever it is read.

    Attributes:
        field: The field of the own type that leads to them: of an association (``deals``) or a label.
        function: What is made of them.
        property: The far property that is summed up; None for a count.
        where: Which of them count: a ``where`` of the far type as JSON text; None for all.
    """

    field: str
    function: RollUpFunction
    property: str | None = None
    where: str | None = None
