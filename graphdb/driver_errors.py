"""What each error of the driver means here, decided by exception class and status code, never by message.

``meaning_of`` is total over ``neo4j.exceptions``: a test walks that module and finds every class in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from neo4j import exceptions as driver

from graphdb.errors import (
    ConstraintViolated,
    OutcomeUnknown,
    StatementRejected,
    StoreError,
    StoreTimeout,
    StoreUnavailable,
)


class Retry(StrEnum):
    """Whether doing the same again may help, and for how long to try."""

    NEVER = "never"
    OUTAGE = "outage"
    """No engine answered: try for as long as a restart may take, then say so."""
    TRANSIENT = "transient"
    """A deadlock or the like: try until the deadline."""
    FAILURE = "failure"
    """The engine failed and does not say why: try a few times, for one that shuts down fails so before it is gone."""
    RACE = "race"
    """A uniqueness constraint refused the write: try a few times, for a lost race looks like a taken key."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error of ours that a driver error becomes, and whether to try again."""

    error: type[StoreError]
    retry: Retry = Retry.NEVER


_REJECTED = Meaning(StatementRejected)
_UNAVAILABLE = Meaning(StoreUnavailable, Retry.OUTAGE)
_MISCONFIGURED = Meaning(StoreUnavailable)
_TIMED_OUT = Meaning(StoreTimeout)
_TRANSIENT = Meaning(StoreUnavailable, Retry.TRANSIENT)
_FAILED = Meaning(StatementRejected, Retry.FAILURE)

BY_CLASS: dict[type[driver.GqlError], Meaning] = {
    driver.GqlError: _REJECTED,
    # Answers of the engine; a code below may say more.
    driver.Neo4jError: _REJECTED,
    driver.ClientError: _REJECTED,
    driver.CypherSyntaxError: _REJECTED,
    driver.CypherTypeError: _REJECTED,
    driver.ConstraintError: Meaning(ConstraintViolated, Retry.RACE),
    driver.AuthError: _MISCONFIGURED,
    driver.TokenExpired: _MISCONFIGURED,
    driver.Forbidden: _MISCONFIGURED,
    driver.DatabaseError: _FAILED,
    driver.TransientError: _TRANSIENT,
    driver.DatabaseUnavailable: _UNAVAILABLE,
    driver.NotALeader: _UNAVAILABLE,
    driver.ForbiddenOnReadOnlyDatabase: _UNAVAILABLE,
    # What the driver finds by itself.
    driver.DriverError: _REJECTED,
    driver.SessionError: _REJECTED,
    driver.TransactionError: _REJECTED,
    driver.TransactionNestingError: _REJECTED,
    driver.ResultError: _REJECTED,
    driver.ResultFailedError: _REJECTED,
    driver.ResultConsumedError: _REJECTED,
    driver.ResultNotSingleError: _REJECTED,
    driver.BrokenRecordError: _REJECTED,
    driver.SessionExpired: _UNAVAILABLE,
    driver.ServiceUnavailable: _UNAVAILABLE,
    driver.RoutingServiceUnavailable: _UNAVAILABLE,
    driver.WriteServiceUnavailable: _UNAVAILABLE,
    driver.ReadServiceUnavailable: _UNAVAILABLE,
    driver.IncompleteCommit: Meaning(OutcomeUnknown),
    driver.ConfigurationError: _MISCONFIGURED,
    driver.AuthConfigurationError: _MISCONFIGURED,
    driver.CertificateConfigurationError: _MISCONFIGURED,
    driver.UnsupportedServerProduct: _MISCONFIGURED,
    driver.ConnectionPoolError: _MISCONFIGURED,
    # Every connection is in use: the engine is busy, not gone, so the call waits until its deadline.
    driver.ConnectionAcquisitionTimeoutError: _TRANSIENT,
}
"""Every exception class of the driver."""

BY_CODE: dict[str, Meaning] = {
    "Neo.ClientError.Transaction.TransactionTimedOut": _TIMED_OUT,
    "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration": _TIMED_OUT,
    # Somebody (an administrator, a shutdown) ended it: nothing was written, the caller may repeat it.
    "Neo.ClientError.Transaction.Terminated": _MISCONFIGURED,
    "Neo.ClientError.Transaction.LockClientStopped": _MISCONFIGURED,
    "Neo.ClientError.Database.DatabaseNotFound": _MISCONFIGURED,
    "Neo.DatabaseError.Schema.ConstraintCreationFailed": Meaning(ConstraintViolated),
    # An engine that shuts down has forgotten who is logged in, or the transaction, before it closes the connection.
    "Neo.ClientError.Request.Invalid": _UNAVAILABLE,
    "Neo.ClientError.Transaction.TransactionNotFound": _UNAVAILABLE,
    # It also closes the database under statements that run: they then look wrong, their labels being unknown.
    "Neo.ClientError.Statement.SemanticError": _FAILED,
    # Another transaction deleted what a statement had just found: the next attempt does not find it.
    "Neo.ClientError.Statement.EntityNotFound": _TRANSIENT,
}
"""Status codes that say more than the class under which the driver raises them."""


UNKNOWN_AT_COMMIT = (
    "Neo.DatabaseError.",
    "Neo.ClientError.Request.Invalid",
    "Neo.ClientError.Transaction.TransactionNotFound",
    "Neo.ClientError.Statement.SemanticError",
)
"""How the codes begin with which a commit may be answered that has happened all the same."""


def meaning_of(error: driver.GqlError) -> Meaning:
    """What a driver error means: its code's entry, else that of the nearest class in ``BY_CLASS``."""
    if isinstance(error, driver.Neo4jError) and error.code is not None:
        found = BY_CODE.get(error.code)
        if found is not None:
            return found
    return next(BY_CLASS[cls] for cls in type(error).__mro__ if cls in BY_CLASS)


def translate(error: driver.GqlError) -> StoreError:
    """The error of ours for a driver error, with the engine's words and code kept for the log."""
    code = error.code if isinstance(error, driver.Neo4jError) else None
    return meaning_of(error).error(str(error), code)
