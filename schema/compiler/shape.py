"""The shape of a request's variables: all of them that a statement's text may depend on.

Which variables are present, null or lists of how many input objects; the keys inside input objects; the value of
whatever chooses text: enums that choose a direction or a key, booleans, label names; and of a cursor, which of its
values are unset. A thousand requests that differ in nothing else share one plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    ArgumentNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    ObjectFieldNode,
    TypeInfo,
    TypeInfoVisitor,
    VariableNode,
    Visitor,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_specified_scalar_type,
    type_from_ast,
    visit,
)

from schema.bindings import decides_text
from schema.compiler.cursors import unset_keys
from schema.compiler.document import holds_input_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from graphql import DocumentNode, GraphQLSchema, OperationDefinitionNode

STRUCTURAL_ENUMS = ("OrderDirection", "ObjectTypeName", "TimelineKind", "DateBucket", "GroupValue", "ChangeKind")
STRUCTURAL_SUFFIX = "UniqueKey"


class _VariableUses(Visitor):
    """Which variables stand directly in an argument, or at a key of an input object, that decides text."""

    def __init__(self, types: TypeInfo) -> None:
        super().__init__()
        self._types = types
        self.labels: set[str] = set()
        self.cursors: set[str] = set()

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        """Note a variable used as ``label``, ``labels``, ``hops``, ``maxHops``, ``after`` or ``before``."""
        if isinstance(node.value, VariableNode):
            name = node.value.name.value
            if node.name.value in {"label", "labels", "hops", "maxHops"}:
                self.labels.add(name)
            elif node.name.value in {"after", "before"}:
                self.cursors.add(name)

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> None:
        """Note a variable used as the ``label`` of an association filter."""
        if isinstance(node.value, VariableNode):
            holder = get_named_type(self._types.get_parent_input_type())
            if isinstance(holder, GraphQLInputObjectType) and decides_text(holder.fields[node.name.value]):
                self.labels.add(node.value.name.value)


def shape_reader(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Callable[[dict[str, Any]], Hashable]:
    """From an operation to a function from coerced variables to their shape."""
    types_met = TypeInfo(schema)
    uses = _VariableUses(types_met)
    visit(document, TypeInfoVisitor(types_met, uses))
    types = {
        definition.variable.name.value: type_from_ast(schema, definition.type)
        for definition in operation.variable_definitions or ()
    }

    def read(coerced: dict[str, Any]) -> Hashable:
        parts: list[Hashable] = []
        for name, value in coerced.items():
            if name in uses.labels:
                parts.append((name, tuple(value) if isinstance(value, list) else value))
            elif name in uses.cursors:
                # what is no cursor is not null either: it has to be refused, not left out
                parts.append((name, None if value is None else ("cursor", unset_keys(value))))
            else:
                parts.append((name, _shape(value, types[name])))
        return tuple(parts)

    return read


def _shape(value: Any, graphql_type: Any) -> Hashable:
    if value is None:
        return None
    if is_non_null_type(graphql_type):
        return _shape(value, graphql_type.of_type)
    if is_list_type(graphql_type):
        if not holds_input_objects(graphql_type):
            return tuple(value) if _structural(graphql_type) else "list"
        return tuple(_shape(item, graphql_type.of_type) for item in value)
    if isinstance(graphql_type, GraphQLInputObjectType):
        fields = graphql_type.fields
        return tuple(
            (key, part if decides_text(fields[key]) else _shape(part, fields[key].type)) for key, part in value.items()
        )
    return value if _structural(graphql_type) else "value"


def _structural(graphql_type: Any) -> bool:
    named = get_named_type(graphql_type)
    if isinstance(named, GraphQLEnumType):
        return named.name in STRUCTURAL_ENUMS or named.name.endswith(STRUCTURAL_SUFFIX)
    return is_specified_scalar_type(named) and named.name == "Boolean"
