"""Answers ``__schema`` and ``__type``, as JSON text, by graphql-core's own resolvers but without its executor.

Every type of the introspection system is an object type, none abstract, so what is selected is settled before the
first value is looked at; and whatever is selected below a ``__Type`` depends on that type alone, so it is written
once and its text used again wherever the type is referred to. What remains is some percent of the executor's time.
"""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

import orjson
from graphql import (
    GraphQLEnumType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    Undefined,
    introspection_types,
)

from schema.compiler.document import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from graphql import GraphQLOutputType

    from schema.compiler.document import Operation, Selected
    from schema.errors import Path

ROOT_FIELDS: Final = frozenset({"__schema", "__type"})
"""The root fields that are answered here."""
_STREAMED_LEVELS: Final = 2
"""Down to where text is given away in pieces: ``__schema``, then its lists."""


class Introspection:
    """The introspection fields of one operation.

    Args:
        operation: The operation with its variables.
        fields: Root fields by response key, each one of ``ROOT_FIELDS`` or ``__typename``.
        spend: Called with the bytes of each piece that was written, those inside others too. What it raises ends
            the work: that bounds the time and the size of an answer.

    Raises:
        GraphQLError: Too many fields are selected, or they nest too deeply.
    """

    def __init__(self, operation: Operation, fields: Mapping[str, Selected], spend: Callable[[int], None]) -> None:
        self._operation = operation
        self._spend = spend
        self._info = SimpleNamespace(schema=operation.schema)
        self._fields = self._compiled(operation.root_type, fields, ())

    def pieces(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each response key with the pieces of its value's JSON text, in the order of the document."""
        for key, resolve, value in self._fields:
            yield key, value.pieces(resolve(None, self._info), _STREAMED_LEVELS)

    def _compiled(self, parent: GraphQLObjectType, fields: Mapping[str, Selected], path: Path) -> tuple[_Field, ...]:
        return tuple(self._field(parent, selected, (*path, key)) for key, selected in fields.items())

    def _field(self, parent: GraphQLObjectType, selected: Selected, path: Path) -> _Field:
        if selected.name == "__typename":
            return selected.key, lambda *_: parent.name, _Text()
        arguments = {name: plain(value) for name, value in self._operation.arguments(selected, path).items()}
        resolver = selected.definition.resolve
        if resolver is None:
            raise TypeError(f"the introspection field {parent.name}.{selected.name} has no resolver")
        if arguments:
            resolver = partial(resolver, **arguments)
        if selected.name == "defaultValue":
            resolver = _unless_without(resolver)
        return selected.key, resolver, self._value(selected.definition.type, selected, path)

    def _value(self, graphql_type: GraphQLOutputType, selected: Selected, path: Path) -> _Value:
        if isinstance(graphql_type, GraphQLNonNull):
            return self._value(graphql_type.of_type, selected, path)
        if isinstance(graphql_type, GraphQLList):
            return _List(self._value(graphql_type.of_type, selected, path))
        if isinstance(graphql_type, GraphQLObjectType):
            fields = self._compiled(graphql_type, self._operation.subfields(graphql_type, selected, path), path)
            kind = _Type if graphql_type is introspection_types["__Type"] else _Object
            return kind(fields, self._info, self._spend)
        return _Enum() if isinstance(graphql_type, GraphQLEnumType) else _Text()


def _unless_without(default_value: Callable[..., Any]) -> Callable[..., Any]:
    """The resolver of defaults, which takes its time, for the few arguments and input fields that have one."""

    def resolve(item: Any, info: Any) -> Any:
        value = item[1]
        return None if value.default is None and value.default_value is Undefined else default_value(item, info)

    return resolve


class _Text:
    """A text or a truth value: what the resolvers give is what is written."""

    __slots__ = ()

    def of(self, source: Any) -> Any:
        """What orjson writes for it."""
        return source

    def pieces(self, source: Any, levels: int) -> Iterator[bytes]:  # noqa: ARG002 - every value's signature
        """Its JSON text."""
        yield orjson.dumps(self.of(source))


class _Enum(_Text):
    """A value of one of graphql-core's own enumerations, written by its name."""

    __slots__ = ()

    def of(self, source: Any) -> Any:
        """What orjson writes for it."""
        return source.name


class _List:
    """A list of values."""

    __slots__ = ("_item",)

    def __init__(self, item: _Value) -> None:
        self._item = item

    def of(self, source: Any) -> Any:
        """What orjson writes for it."""
        if source is None:
            return None
        of = self._item.of
        return [of(part) for part in source]

    def pieces(self, source: Any, levels: int) -> Iterator[bytes]:
        """Its JSON text, a piece for each item."""
        if source is None or not levels:
            yield orjson.dumps(self.of(source))
            return
        before = b"["
        for part in source:
            yield before
            yield from self._item.pieces(part, levels - 1)
            before = b","
        yield b"]" if before == b"," else b"[]"


class _Object:
    """An object with the fields that are selected of it."""

    __slots__ = ("_fields", "_info", "_spend", "_values")

    def __init__(self, fields: tuple[_Field, ...], info: Any, spend: Callable[[int], None]) -> None:
        self._fields = fields
        # The inner loop: a call less for each text and truth value, of which there are most.
        self._values = [(key, resolve, None if type(value) is _Text else value.of) for key, resolve, value in fields]
        self._info = info
        self._spend = spend

    def of(self, source: Any) -> Any:
        """What orjson writes for it."""
        if source is None:
            return None
        info = self._info
        return {
            key: resolve(source, info) if of is None else of(resolve(source, info)) for key, resolve, of in self._values
        }

    def pieces(self, source: Any, levels: int) -> Iterator[bytes]:
        """Its JSON text, a piece for each field."""
        if source is None or not levels:
            yield self._written(source)
            return
        before = b"{"
        for key, resolve, value in self._fields:
            yield before + orjson.dumps(key) + b":"
            yield from value.pieces(resolve(source, self._info), levels - 1)
            before = b","
        yield b"}"

    def _written(self, source: Any) -> bytes:
        text = orjson.dumps(_Object.of(self, source))
        self._spend(len(text))
        return text


class _Type(_Object):
    """A ``__Type``: what is selected of it is written once for each type, lists and non-nulls of it included."""

    __slots__ = ("_known",)

    def __init__(self, fields: tuple[_Field, ...], info: Any, spend: Callable[[int], None]) -> None:
        super().__init__(fields, info, spend)
        self._known: dict[str, orjson.Fragment] = {}

    def of(self, source: Any) -> Any:
        """What orjson writes for it."""
        if source is None:
            return None
        name = str(source)
        found = self._known.get(name)
        if found is None:
            # A text of its own: what orjson gives keeps the buffer that it was written in, ten times as large.
            found = self._known[name] = orjson.Fragment(self._written(source).decode())
        return found


_Value = _Text | _List | _Object
_Field = tuple[str, "Callable[..., Any]", _Value]
"""A response key, the resolver with its arguments, and how what it gives is written."""
