"""Errors in an operation, as data: a code, what was expected, what was found, where in the document.

Every refusal of the compiler is a ``GraphQLError`` that carries ``extensions.code``; graphql-core's own errors
get theirs in ``app.errors``. Messages are fit for a client.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError
from graphql.pyutils import did_you_mean, suggestion_list

if TYPE_CHECKING:
    from collections.abc import Collection

    from graphql import Node


class ErrorCode(StrEnum):
    """Every value of ``extensions.code``."""

    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    CONFLICT = "CONFLICT"
    TOO_COMPLEX = "TOO_COMPLEX"
    TIMEOUT = "TIMEOUT"
    UNAVAILABLE = "UNAVAILABLE"
    OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
    INTERNAL = "INTERNAL"


Path = tuple[str | int, ...]


def refuse(
    code: ErrorCode,
    message: str,
    nodes: Collection[Node] | Node | None = None,
    path: Path | None = None,
    **data: Any,
) -> GraphQLError:
    """An error that names its code, its place in the document and the response field it belongs to."""
    return GraphQLError(
        message, nodes=nodes, path=list(path) if path else None, extensions={"code": code.value, **data}
    )


def bad_input(
    message: str, nodes: Collection[Node] | Node | None = None, path: Path | None = None, **data: Any
) -> GraphQLError:
    """A value that the request holds is not one the field takes."""
    return refuse(ErrorCode.BAD_USER_INPUT, message, nodes, path, **data)


def suggest(found: str, known: Collection[str]) -> str:
    """`` Did you mean …?`` for a misspelt name, or nothing."""
    return did_you_mean(suggestion_list(found, list(known)))
