"""What can go wrong between the program and its graph, as data.

    GraphError
    ├── CatalogError            the data model is unsound; every fault, with file and field
    ├── CatalogConflict         another change to the stored data model came first
    ├── WriteRefused            a write breaks a rule of the catalog; every fault, with its place in the input
    ├── Superseded              what a transaction had read was changed under it; the store runs its work again
    └── StoreError
        ├── StoreUnavailable    no engine answers; nothing was written; safe to repeat
        ├── StoreTimeout        the engine gave up at the deadline; nothing was written
        ├── OutcomeUnknown      the answer to a commit was lost; it may or may not have happened
        ├── ConstraintViolated  a uniqueness constraint of the engine refused a write (a lost race)
        └── StatementRejected   the engine refused the statement itself: a bug of ours

Nothing here knows GraphQL; ``app.errors`` maps each class to a code and to what a client may see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class GraphError(Exception):
    """Base of every error this package raises on purpose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogFault:
    """One thing wrong with a data model.

    Attributes:
        where: The file or catalog element, e.g. ``deal.toml`` or ``deal``.
        field: The place inside it, e.g. ``properties.amount.type``.
        message: What was expected and what was found.
    """

    where: str
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.field}: {self.message}"


class CatalogError(GraphError):
    """The data model is unsound. ``faults`` holds all of it, not the first thing found."""

    def __init__(self, faults: list[CatalogFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class CatalogConflict(GraphError):
    """The stored data model is not at the version that a change was made from.

    Attributes:
        expected: The version that the change was made from; None for a graph without a data model.
        found: The version that is stored; None likewise.
    """

    def __init__(self, *, expected: int | None, found: int | None) -> None:
        self.expected = expected
        self.found = found
        super().__init__(f"expected the data model at version {expected}, found version {found}")


class FaultCode(StrEnum):
    """Why a part of an input was refused; the first three are also GraphQL error codes."""

    BAD_USER_INPUT = "BAD_USER_INPUT"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong with a write.

    Attributes:
        code: What kind of fault.
        message: What was expected and what was found, in words fit for a client.
        input: The place in the input, e.g. ``("input", "email")``.
        conflicting_id: Under CONFLICT, the id of the record that has the value already.
        count: How many records are in the way of a change of the data model, or are lost by it.
        examples: The ids of the first of them.
    """

    code: FaultCode
    message: str
    input: tuple[str | int, ...] = ()
    conflicting_id: str | None = None
    count: int | None = None
    examples: tuple[str, ...] = ()


class WriteRefused(GraphError):
    """A write breaks rules of the catalog; nothing of it was kept."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("; ".join(fault.message for fault in faults))


class Superseded(GraphError):
    """What a transaction read and locked is gone: the embedded engine finds out only when it commits.

    The store runs the transaction's work again until its deadline.
    """


@dataclass
class StoreError(GraphError):
    """The engine could not answer.

    Attributes:
        detail: The engine's or driver's own words, for the log only.
        code: The engine's status code, where there is one.
    """

    detail: str
    code: str | None = field(default=None)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}" if self.code else self.detail


class StoreUnavailable(StoreError):
    """No engine answers, or the connection broke before a commit was asked for."""


class StoreTimeout(StoreError):
    """The statement ran past its deadline and was given up."""


class OutcomeUnknown(StoreError):
    """A commit was asked for and its answer lost: the data may or may not be there."""


class ConstraintViolated(StoreError):
    """A uniqueness constraint refused the write."""


class StatementRejected(StoreError):
    """The engine refused the statement: syntax, type or an unknown failure."""
