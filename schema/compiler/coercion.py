"""Variables as the schema's types read them, quickly: what graphql-core makes of them, for a batch's many inputs.

graphql-core looks at every field of an input object's type, of which most inputs give a few, and walks a value twice.
Here the fields that an input gives are looked up once for each set of keys. Only sound values are read: whatever else
there is graphql-core reads again, and words the faults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLScalarType,
    Undefined,
    get_variable_values,
    is_list_type,
    is_non_null_type,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource
from graphql.language.parser import MAX_NESTING_DEPTH
from graphql.type import is_required_input_field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from graphql import GraphQLInputField, GraphQLInputType, GraphQLSchema, VariableDefinitionNode

    Coercer = Callable[[Any, int], Any]
    """From a value and how deep it stands to the value as its type reads it; ``Undefined`` where graphql-core is to
    look at it."""

KEYS_MAX: Final = 256
"""Sets of keys of an input object that are remembered."""


class VariableReader:
    """Reads the variables of one operation.

    Args:
        schema: The schema.
        definitions: The operation's variables.
    """

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        self._signatures = [get_variable_signature(schema, one) for one in definitions]
        self._coercers: dict[int, Coercer] = {}

    def read(self, inputs: Mapping[str, Any], max_errors: int) -> VariableValues | list[GraphQLError]:
        """The values as graphql-core's ``get_variable_values`` gives them, or its errors."""
        found = self._read(inputs)
        if found is not None:
            return found
        return get_variable_values(self._schema, self._definitions, dict(inputs), max_errors=max_errors)

    def _read(self, inputs: Mapping[str, Any]) -> VariableValues | None:
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for definition, signature in zip(self._definitions, self._signatures, strict=True):
            if isinstance(signature, GraphQLError):
                return None
            value = inputs.get(signature.name, Undefined)
            if value is Undefined:
                if definition.default_value is not None or is_non_null_type(signature.type):
                    return None
                sources[signature.name] = VariableValueSource(signature)
                continue
            read = self._coercer(signature.type)(value, 0)
            if read is Undefined:
                return None
            sources[signature.name] = VariableValueSource(signature, value)
            coerced[signature.name] = read
        return VariableValues(sources, coerced)

    def _coercer(self, graphql_type: GraphQLInputType) -> Coercer:
        # By identity: types of one schema are compared so, and live as long as it does.
        found = self._coercers.get(id(graphql_type))
        if found is None:
            found = self._coercers[id(graphql_type)] = self._made(graphql_type)
        return found

    def _made(self, graphql_type: Any) -> Coercer:
        if is_non_null_type(graphql_type):
            return _non_null(self._coercer(graphql_type.of_type))
        if is_list_type(graphql_type):
            return _list(self._coercer(graphql_type.of_type))
        if isinstance(graphql_type, GraphQLInputObjectType):
            return _InputObject(graphql_type, self._coercer)
        return _leaf(graphql_type)


def _non_null(inner: Coercer) -> Coercer:
    def coerce(value: Any, depth: int) -> Any:
        return Undefined if value is None else inner(value, depth)

    return coerce


def _leaf(graphql_type: GraphQLScalarType | GraphQLEnumType) -> Coercer:
    parse = graphql_type.coerce_input_value

    def coerce(value: Any, _: int) -> Any:
        if value is None:
            return None
        try:
            return parse(value)
        except Exception:  # noqa: BLE001 - whatever a scalar raises: graphql-core asks it again, and words it
            return Undefined

    return coerce


def _list(item: Coercer) -> Coercer:
    def coerce(value: Any, depth: int) -> Any:
        if value is None:
            return None
        if type(value) is not list or depth >= MAX_NESTING_DEPTH:
            return Undefined  # one value that stands for a list of it is graphql-core's to judge
        depth += 1
        read = []
        for given in value:
            one = item(given, depth)
            if one is Undefined:  # which is equal to None
                return Undefined
            read.append(one)
        return read

    return coerce


class _InputObject:
    """Reads values of one input object's type."""

    def __init__(self, graphql_type: GraphQLInputObjectType, coercer: Callable[[GraphQLInputType], Coercer]) -> None:
        self._type = graphql_type
        self._coercer = coercer
        self._known: dict[tuple[str, ...], list[tuple[str, str, Coercer]] | None] = {}

    def __call__(self, value: Any, depth: int) -> Any:
        if value is None:
            return None
        if type(value) is not dict or depth >= MAX_NESTING_DEPTH:
            return Undefined
        keys = tuple(value)
        try:
            fields = self._known[keys]
        except KeyError:
            fields = self._fields_of(keys)
        if fields is None:
            return Undefined
        depth += 1
        read = {}
        for name, out_name, coerce in fields:
            one = coerce(value[name], depth)
            if one is Undefined:
                return Undefined
            read[out_name] = one
        if self._type.is_one_of and None in read.values():
            return Undefined
        return self._type.out_type(read)

    def _fields_of(self, keys: tuple[str, ...]) -> list[tuple[str, str, Coercer]] | None:
        """How to read the values of these keys, in the type's order; None for keys that graphql-core is to judge."""
        given, fields = frozenset(keys), self._type.fields
        sound = given <= fields.keys() and not any(
            _fills_in(field) for name, field in fields.items() if name not in given
        )
        found = None
        if sound and (len(keys) == 1 or not self._type.is_one_of):
            found = [
                (name, field.out_name or name, self._coercer(field.type))
                for name, field in fields.items()
                if name in given
            ]
        if len(self._known) >= KEYS_MAX:
            self._known.clear()
        self._known[keys] = found
        return found


def _fills_in(field: GraphQLInputField) -> bool:
    """Whether a field that is not given is a fault, or has a value all the same."""
    return is_required_input_field(field) or field.default is not None or field.default_value is not Undefined
