"""Conditions on figures: ``having`` and ``aggregate`` inputs → a predicate over figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from graphql import GraphQLInputObjectType, get_named_type

from schema.bindings import PropertyField, input_binding
from schema.compiler.props import to_prop
from schema.ir import All, AnyOf, Figure, Function, Having, Not

if TYPE_CHECKING:
    from schema.errors import Path
    from schema.ir import Predicate, Prop


class Operators(Protocol):
    """Reads a filter's operators, and counts and refuses on behalf of the whole input."""

    def count(self) -> None:
        """One more condition, or group of them."""

    def operator(self, prop: Prop, operator: str, given: Any, place: Path) -> Predicate:
        """One operator of a filter."""

    def bad(self, place: Path, message: str) -> Exception:
        """What to raise of a part of the input."""


def read_having(reader: Operators, input_type: GraphQLInputObjectType, value: dict[str, Any], place: Path) -> Having:
    """A coerced ``DealHaving``."""
    figures: dict[Figure, None] = {}
    where = _Reader(reader, figures).object(input_type, value, place)
    return Having(tuple(figures), where)


class _Reader:
    def __init__(self, reader: Operators, figures: dict[Figure, None]) -> None:
        self._reader = reader
        self._figures = figures

    def object(self, input_type: GraphQLInputObjectType, value: dict[str, Any], place: Path) -> Predicate:
        self._reader.count()
        parts: list[Predicate] = []
        for name, part in value.items():
            inner = (*place, name)
            if part is None:
                raise self._reader.bad(inner, "expects a condition; found null")
            if name in {"and", "or"}:
                items = tuple(self.object(input_type, item, (*inner, index)) for index, item in enumerate(part))
                parts.append(All(items) if name == "and" else AnyOf(items))
            elif name == "not":
                parts.append(Not(self.object(input_type, part, inner)))
            elif isinstance(bound := input_binding(input_type.fields[name]), PropertyField):
                parts.extend(self._property(to_prop(bound.property), part, inner))
            else:
                parts.append(self._figure(Figure(Function.COUNT), part, inner))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _property(self, prop: Prop, given: dict[str, Any], place: Path) -> list[Predicate]:
        for function, part in given.items():
            if part is None:
                raise self._reader.bad((*place, function), "expects a condition; found null")
        return [
            self._figure(Figure(Function(function), prop), part, (*place, function)) for function, part in given.items()
        ]

    def _figure(self, figure: Figure, given: dict[str, Any], place: Path) -> Predicate:
        known = figure.as_prop
        parts: list[Predicate] = []
        for operator, value in given.items():
            if value is None and known.required:
                raise self._reader.bad((*place, operator), "expects a value; found null (a count is never unset)")
            self._figures[figure] = None
            parts.append(self._reader.operator(known, operator, value, (*place, operator)))
        return parts[0] if len(parts) == 1 else All(tuple(parts))


def input_type_of(graphql_type: Any) -> GraphQLInputObjectType:
    """The input object that a field or an argument takes."""
    named = get_named_type(graphql_type)
    if not isinstance(named, GraphQLInputObjectType):
        raise TypeError(f"{named} is no input object")
    return named
