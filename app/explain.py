"""What a document becomes, for people: the IR, the Cypher, the parameters. Nothing is read or written."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from enum import StrEnum
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any

import orjson
from graphql import GraphQLError, OperationType, parse, validate

from app.errors import classify
from schema.build import build_schema
from schema.compiler.prepare import Prepared
from schema.errors import bad_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.settings import Settings
    from graphdb.catalog.model import Catalog

_WIDTH = 100


class InvalidDocumentError(ValueError):
    """The document does not fit the schema. ``errors`` holds everything that validation found."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors
        super().__init__("\n".join(error.message for error in errors))


def explain(
    catalog: Catalog,
    settings: Settings,
    text: str,
    variables: Mapping[str, Any],
    operation: str | None = None,
) -> str:
    """The three forms of a query, one after the other, each under its heading.

    Args:
        catalog: The data model that the document is compiled against.
        settings: For their limits.
        text: The document.
        variables: The request's variables.
        operation: Which operation, if the document holds several.

    Raises:
        InvalidDocumentError: It does not fit the schema.
        GraphQLError: It cannot be parsed, its variables do not fit, or a limit refuses it.
    """
    schema = build_schema(catalog).graphql_schema
    document = parse(text, max_tokens=settings.tokens_max)
    if errors := validate(schema, document):
        raise InvalidDocumentError([classify(error) for error in errors])
    prepared = Prepared(schema, catalog, document, operation, settings.limits)
    if prepared.kind is not OperationType.QUERY:
        raise bad_input("Only a query has one statement to show; a mutation's depend on what they find.")
    plan = prepared.plan(variables)
    bound = plan.bind(prepared.coerce(variables).coerced, settings.limits, now=datetime.now(UTC))
    params = orjson.dumps(dict(bound.statement.params), option=orjson.OPT_INDENT_2, default=str).decode()
    return f"// IR\n{outline(plan.query)}\n\n// Cypher\n{bound.statement.text}\n\n// Parameters: $p\n{params}\n"


def outline(value: Any, indent: int = 0) -> str:
    """A tree of dataclasses as an indented outline; what fits on a line stays on one."""
    short = _short(value)
    if indent + len(short) <= _WIDTH:
        return short
    margin = " " * (indent + 2)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        lines = [
            f"{margin}{name}:{_after(outline(item, indent + 2))}" for name, item in fields if not _says_nothing(item)
        ]
        return "\n".join([type(value).__name__, *lines])
    if isinstance(value, tuple | list):
        return "\n".join(["", *(f"{margin}-{_after(outline(item, indent + 2))}" for item in value)])
    return short


def _after(text: str) -> str:
    """An outline after a colon or a dash; one that begins on the next line leaves no space behind."""
    return text if text.startswith("\n") else f" {text}"


def _says_nothing(item: Any) -> bool:
    """Whether a field is left out of the outline."""
    return item is None or item is False or (isinstance(item, tuple | list | str) and not item)


def _short(value: Any) -> str:
    """A value on one line, without what says nothing."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        inside = ", ".join(f"{name}={_short(item)}" for name, item in fields if not _says_nothing(item))
        return f"{type(value).__name__}({inside})"
    if isinstance(value, tuple | list):
        return f"[{', '.join(map(_short, value))}]"
    if isinstance(value, partial):
        return _short(value.func)
    if isinstance(value, type | FunctionType):
        return value.__name__
    return str(value) if isinstance(value, StrEnum) else repr(value)
