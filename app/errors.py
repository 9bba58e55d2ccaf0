"""What a client may see of an error, and what the log gets.

One table, ``RULES``, says for every exception that the program expects: the code, the words for a client and
how serious it is. An exception outside the table is a bug or a surprise: the client gets INTERNAL with an id,
and the log the whole of it under the same id. ``STATUSES`` says which HTTP status goes with a code where no
data was answered.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLSyntaxError

from graphdb.errors import (
    CatalogConflict,
    ConstraintViolated,
    FaultCode,
    OutcomeUnknown,
    StatementRejected,
    StoreTimeout,
    StoreUnavailable,
    WriteRefused,
)
from schema.errors import ErrorCode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from graphql import Node

    from graphdb.errors import Fault

_log = logging.getLogger("kinship.errors")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one class of exceptions is answered.

    Attributes:
        exception: The class; its subclasses too, unless a rule before it names them.
        code: ``extensions.code``.
        message: The words for a client.
        level: The level of its entry in the log.
    """

    exception: type[Exception]
    code: ErrorCode
    message: str
    level: int


RULES: tuple[Rule, ...] = (
    Rule(
        exception=StoreUnavailable,
        code=ErrorCode.UNAVAILABLE,
        message="The database cannot be reached. Nothing was written; the request may be repeated.",
        level=logging.WARNING,
    ),
    Rule(
        exception=StoreTimeout,
        code=ErrorCode.TIMEOUT,
        message="The request took longer than its time limit and was given up. Nothing was written.",
        level=logging.WARNING,
    ),
    Rule(
        exception=OutcomeUnknown,
        code=ErrorCode.OUTCOME_UNKNOWN,
        message="The connection broke while the changes were being committed: they may or may not be there. A request "
        "with an Idempotency-Key may be repeated as it is: it has its effect once.",
        level=logging.ERROR,
    ),
    Rule(
        exception=ConstraintViolated,
        code=ErrorCode.CONFLICT,
        message="Other requests kept writing the same unique value. Nothing was written; the request may be repeated.",
        level=logging.WARNING,
    ),
    Rule(
        exception=CatalogConflict,
        code=ErrorCode.CONFLICT,
        message="Other changes of the data model kept coming first. Nothing was changed; the request may be repeated.",
        level=logging.WARNING,
    ),
    Rule(
        exception=TimeoutError,
        code=ErrorCode.TIMEOUT,
        message="The request took longer than its time limit and was given up.",
        level=logging.WARNING,
    ),
    Rule(
        exception=UnicodeEncodeError,
        code=ErrorCode.BAD_USER_INPUT,
        message="A text holds half of a surrogate pair: it is no Unicode.",
        level=logging.INFO,
    ),
    Rule(
        exception=RecursionError,
        code=ErrorCode.TOO_COMPLEX,
        message="The document is nested too deeply.",
        level=logging.INFO,
    ),
)
"""The exceptions that are expected, besides ``WriteRefused``, whose faults speak for themselves."""

STATUSES: dict[ErrorCode, int] = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.TIMEOUT: 504,
    ErrorCode.UNAVAILABLE: 503,
    ErrorCode.OUTCOME_UNKNOWN: 500,
    ErrorCode.INTERNAL: 500,
}
"""HTTP status of an answer without data, where the failure is not the document's."""


def to_graphql_error(
    exc: BaseException,
    path: Sequence[str | int] | None = None,
    nodes: Collection[Node] | None = None,
) -> GraphQLError:
    """The error a client sees for an exception, and its entry in the log.

    Args:
        exc: What was raised. A ``GraphQLError`` that has a code already is only given its place.
        path: The response field it belongs to, if it has none yet.
        nodes: The places in the document, if it has none yet.
    """
    if isinstance(exc, StatementRejected) and isinstance(exc.__cause__, UnicodeEncodeError):
        exc = exc.__cause__  # a text that cannot be sent: the request's fault, not ours
    if isinstance(exc, GraphQLError):
        return _placed(classify(exc, executing=True), path, nodes)
    if isinstance(exc, WriteRefused):
        _log.info("A write was refused: %s", exc)
        return _error(_summary(exc.faults), _faults(exc.faults), exc, path, nodes)
    rule = next((rule for rule in RULES if isinstance(exc, rule.exception)), None)
    if rule is not None:
        _log.log(rule.level, "%s: %s", rule.code.value, exc)
        return _error(rule.message, {"code": rule.code.value}, exc, path, nodes)
    error_id = secrets.token_hex(6)
    _log.error("Internal error %s", error_id, exc_info=exc, extra={"error_id": error_id})
    message = f"Internal error. The server's log has it under {error_id}."
    return _error(message, {"code": ErrorCode.INTERNAL.value, "errorId": error_id}, exc, path, nodes)


def classify(error: GraphQLError, *, executing: bool = False) -> GraphQLError:
    """An error of graphql-core's with ``extensions.code``; one that has a code stays as it is.

    Args:
        error: A syntax error, a validation error, an error in the variables, or one that wraps an exception.
        executing: Whether the document had passed validation: then an error of graphql-core's own is about
            the values in the request.
    """
    if error.extensions and "code" in error.extensions:
        return error
    if isinstance(error, GraphQLSyntaxError):
        return _coded(error, ErrorCode.GRAPHQL_PARSE_FAILED)
    if isinstance(error.original_error, ValueError) and error.nodes and not (executing or error.path):
        return _coded(error, ErrorCode.GRAPHQL_VALIDATION_FAILED)  # a literal that Python cannot read: 5,000 digits
    if error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        return to_graphql_error(error.original_error, error.path, error.nodes)
    if executing or error.path:
        return _coded(error, ErrorCode.BAD_USER_INPUT)
    return _coded(error, ErrorCode.GRAPHQL_VALIDATION_FAILED)


def status_of(errors: Sequence[GraphQLError]) -> int:
    """The HTTP status of an answer without data: its gravest error's; 400 when all are the document's."""
    found = [STATUSES.get(code_of(error), 400) for error in errors]
    return max(found, default=400)


def code_of(error: GraphQLError) -> ErrorCode:
    """An error's code; INTERNAL if it has none."""
    return ErrorCode((error.extensions or {}).get("code", ErrorCode.INTERNAL))


def _coded(error: GraphQLError, code: ErrorCode) -> GraphQLError:
    # A new error: validation errors are cached with their document and serve later requests too.
    return GraphQLError(
        error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={**(error.extensions or {}), "code": code.value},
    )


def _placed(error: GraphQLError, path: Sequence[str | int] | None, nodes: Collection[Node] | None) -> GraphQLError:
    if (error.path or not path) and (error.nodes or not nodes):
        return error
    return GraphQLError(
        error.message,
        nodes=error.nodes or nodes,
        path=error.path or path,
        original_error=error.original_error,
        extensions=error.extensions,
    )


def _error(
    message: str,
    extensions: dict[str, Any],
    exc: BaseException,
    path: Sequence[str | int] | None,
    nodes: Collection[Node] | None,
) -> GraphQLError:
    original = exc if isinstance(exc, Exception) else None
    return GraphQLError(message, nodes=nodes, path=path, original_error=original, extensions=extensions)


def _summary(faults: Sequence[Fault]) -> str:
    if len(faults) == 1:
        return faults[0].message
    return f"{len(faults)} faults in the input, the first: {faults[0].message}"


def _faults(faults: Sequence[Fault]) -> dict[str, Any]:
    codes = {fault.code for fault in faults}
    code = next(iter(codes)) if len(codes) == 1 else FaultCode.BAD_USER_INPUT
    found: dict[str, Any] = {"code": code.value, "faults": [fault_data(fault) for fault in faults]}
    if len(faults) == 1 and faults[0].conflicting_id is not None:
        found["conflictingId"] = faults[0].conflicting_id
    return found


def fault_data(fault: Fault) -> dict[str, Any]:
    """A fault in the form that clients get it, in ``extensions.faults`` and in batch payloads alike."""
    data: dict[str, Any] = {
        "code": fault.code.value,
        "message": fault.message,
        "input": [str(step) for step in fault.input],
        "conflictingId": fault.conflicting_id,
    }
    if fault.count is not None:
        data |= {"count": fault.count, "examples": list(fault.examples)}
    return data
