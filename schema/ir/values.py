"""The values of the intermediate representation: what is known when a plan is made, or only when it is bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

VariablePath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Const:
    """A value that the document holds. ``1`` and ``true`` are two values, although Python has them equal."""

    value: Any

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Const) and repr(self.value) == repr(other.value)

    def __hash__(self) -> int:
        return hash(repr(self.value))


@dataclass(frozen=True, slots=True)
class Variable:
    """A value that the request's variables hold at ``path``; ``$where`` → ``("where", "name", "eq")``."""

    path: VariablePath


@dataclass(frozen=True, slots=True)
class Items:
    """A list whose items stand partly in the document, partly in variables."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """A value that the program supplies when the plan runs: the id of a record just written."""

    name: str


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time around the moment of the request, of which a plan knows no more than that.

    Attributes:
        number: Index of the period among the plan's periods.
        kind: ``last``, ``next`` or ``this``.
        amount: How many units, or which calendar period.
        unit: The unit, where there is one.
        time_zone: Whose calendar and clock count.
        days: Its ends are days, not moments.
    """

    number: int
    kind: str
    amount: Value
    unit: Value | None
    time_zone: Value
    days: bool


@dataclass(frozen=True, slots=True)
class PeriodStart:
    """The first moment or day of a period."""

    period: Period


@dataclass(frozen=True, slots=True)
class PeriodEnd:
    """The first moment or day after a period."""

    period: Period


Value = Const | Variable | Items | Given | PeriodStart | PeriodEnd
