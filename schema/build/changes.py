"""What a change of the data model means to clients: what breaks, what may, what does not.

graphql-core judges; what it leaves out is that a field, argument or option is retired.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType
from graphql.utilities.find_schema_changes import BreakingChange, DangerousChange, find_schema_changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from graphql import GraphQLNamedType, GraphQLSchema


class Severity(StrEnum):
    """What a change does to a client that was made for the schema before it."""

    BREAKING = "breaking"
    DANGEROUS = "dangerous"
    SAFE = "safe"


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """One difference of two schemas.

    Attributes:
        kind: Such as ``FIELD_REMOVED``.
        description: One sentence, with the type and the field.
    """

    severity: Severity
    kind: str
    description: str


def schema_changes(old: GraphQLSchema, new: GraphQLSchema) -> tuple[SchemaChange, ...]:
    """Everything that differs for clients, the gravest first."""
    changes = [
        SchemaChange(_severity(found), found.type.name, found.description) for found in find_schema_changes(old, new)
    ]
    changes += _retired(old, new)
    order = list(Severity)
    return tuple(sorted(changes, key=lambda one: (order.index(one.severity), one.kind, one.description)))


def print_changes(changes: Sequence[SchemaChange]) -> str:
    """The changes for people: a heading with the number for each severity, a line for each change."""
    lines: list[str] = []
    for severity in Severity:
        found = [one for one in changes if one.severity is severity]
        lines.append(f"{severity.value.capitalize()}: {len(found):,}")
        lines += [f"  {one.kind}: {' '.join(one.description.split())}" for one in found]
    return "\n".join(lines) + "\n"


def _severity(change: Any) -> Severity:
    if isinstance(change, BreakingChange):
        return Severity.BREAKING
    return Severity.DANGEROUS if isinstance(change, DangerousChange) else Severity.SAFE


def _retired(old: GraphQLSchema, new: GraphQLSchema) -> Iterator[SchemaChange]:
    for name, graphql_type in new.type_map.items():
        before = dict(_members(old.type_map.get(name)))
        for member, reason in _members(graphql_type):
            if reason is not None and before.get(member, reason) is None:
                yield SchemaChange(Severity.SAFE, "DEPRECATED", f"{name}.{member} was deprecated: {reason}.")


def _members(graphql_type: GraphQLNamedType | None) -> Iterator[tuple[str, str | None]]:
    """What may be deprecated in a type, with the reason of what is."""
    members: dict[str, Any] = {}
    if isinstance(graphql_type, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
        members = graphql_type.fields
    elif isinstance(graphql_type, GraphQLEnumType):
        members = graphql_type.values
    return ((name, member.deprecation_reason) for name, member in members.items())
