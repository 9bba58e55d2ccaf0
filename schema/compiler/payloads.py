"""Payloads of mutations: what is selected of them, and how the answer is put together.

What a payload says of the write itself is known when it is done; records come from a plan that reads them back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInterfaceType, GraphQLObjectType, get_named_type

from schema.bindings import record_type

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schema.compiler.document import Operation, Selected
    from schema.errors import Path


@dataclass(frozen=True, slots=True)
class Chosen:
    """One response key of a payload or of a part of it.

    Attributes:
        key: The response key.
        name: The field.
        selected: What the document says of it.
        type_name: Of what type the part is, below this key.
        fields: What is chosen below; nothing for values and for records.
        is_record: Whether it is a record, which a plan answers.
    """

    key: str
    name: str
    selected: Selected
    type_name: str
    fields: tuple[Chosen, ...] = ()
    is_record: bool = False


class ByKey(dict[str, Any]):
    """Values of one field by response key: of records, each key may ask for something else."""


def chosen_fields(operation: Operation, field: Selected, path: Path) -> tuple[Chosen, ...]:
    """What is selected below a field, down to values and records."""
    named = get_named_type(field.definition.type)
    if not isinstance(named, GraphQLObjectType):
        return ()
    found: list[Chosen] = []
    for key, selected in operation.subfields(named, field, path).items():
        inner = get_named_type(selected.definition.type)
        is_record = isinstance(inner, GraphQLInterfaceType) or (
            isinstance(inner, GraphQLObjectType) and record_type(inner) is not None
        )
        below = () if is_record else chosen_fields(operation, selected, (*path, key))
        found.append(Chosen(key, selected.name, selected, inner.name, below, is_record))
    return tuple(found)


def answer(chosen: Sequence[Chosen], type_name: str, value: Any) -> Any:
    """A value as it was selected.

    Args:
        chosen: What was selected of it.
        type_name: Its type.
        value: A mapping from field to value, a list of such, or null.
    """
    if isinstance(value, list):
        return [answer(chosen, type_name, one) for one in value]
    if value is None or not chosen:
        return value
    return {one.key: type_name if one.name == "__typename" else _below(one, value[one.name]) for one in chosen}


def _below(one: Chosen, value: Any) -> Any:
    return answer(one.fields, one.type_name, value[one.key] if isinstance(value, ByKey) else value)
