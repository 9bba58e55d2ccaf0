"""A GraphQL document → the fields selected at each level: the specification's CollectFields.

Fragments are expanded, aliases and equal response keys merged, ``@skip`` and ``@include`` decided, arguments
coerced by graphql-core. Leaves of the variables are tagged with their place, so that later stages know which
argument values the document fixes and which change from request to request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    GraphQLUnionType,
    InlineFragmentNode,
    NameNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.execution.values import VariableValues

from schema.errors import ErrorCode, bad_input, refuse
from schema.ir import Const, Items, Value, Variable, VariablePath

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import GraphQLNamedType
    from graphql.language import DirectiveNode, TypeNode

    from schema.errors import Path
    from schema.limits import Limits

CompositeType = GraphQLObjectType | GraphQLInterfaceType


@dataclass(frozen=True, slots=True)
class Tagged:
    """A leaf of the variables (or a list of leaves) and the place where it stands."""

    path: VariablePath
    value: Any


def plain(value: Any) -> Any:
    """A value as it stands in this request: for what decides the statement's text.

    Whatever is looked at in this way has to be part of the shape of the variables (``compiler.shape``).
    """
    if isinstance(value, Tagged):
        return value.value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


def as_value(value: Any) -> Value:
    """A value that only ends up in a parameter."""
    if isinstance(value, Tagged):
        return Variable(value.path)
    if isinstance(value, list) and any(isinstance(item, Tagged) for item in value):
        return Items(tuple(as_value(item) for item in value))
    return Const(value)


@dataclass(slots=True)
class Selected:
    """One response key at one level: every field node that adds to it, and what the schema says of it."""

    key: str
    definition: GraphQLField
    nodes: list[FieldNode]

    @property
    def node(self) -> FieldNode:
        """The first field node; validation has made sure that all have the same arguments."""
        return self.nodes[0]

    @property
    def name(self) -> str:
        """The field's name, whatever its alias."""
        return self.nodes[0].name.value


@dataclass(slots=True)
class Operation:
    """One operation of a validated document, with this request's variables.

    Attributes:
        variables: Coerced variables, leaves tagged.
        coerced: The same without tags, for binding.
    """

    schema: GraphQLSchema
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    variables: VariableValues
    coerced: dict[str, Any]
    limits: Limits
    fields_seen: int = field(default=0)

    @property
    def root_type(self) -> GraphQLObjectType:
        """The schema's root type for the operation's kind."""
        root = self.schema.get_root_type(self.definition.operation)
        if root is None:
            raise bad_input(f"The schema has no {self.definition.operation.value}s.", self.definition)
        return root

    def root_fields(self) -> dict[str, Selected]:
        """The operation's root fields, merged by response key."""
        return self.fields(self.root_type, [self.definition.selection_set])

    def subfields(self, graphql_type: CompositeType, selected: Selected, path: Path) -> dict[str, Selected]:
        """What is selected below a field, for a runtime type; refuses documents that nest or spread too much."""
        if len(path) > self.limits.depth_max:
            raise refuse(
                ErrorCode.TOO_COMPLEX,
                f"Fields nest deeper than {self.limits.depth_max} levels.",
                selected.node,
                path,
                limit=self.limits.depth_max,
            )
        found = self.fields(graphql_type, [node.selection_set for node in selected.nodes if node.selection_set])
        self.fields_seen += len(found)
        if self.fields_seen > self.limits.fields_max:
            raise refuse(
                ErrorCode.TOO_COMPLEX,
                f"The operation selects more than {self.limits.fields_max} fields, fragments expanded.",
                selected.node,
                path,
                limit=self.limits.fields_max,
            )
        return found

    def fields(self, graphql_type: CompositeType, sets: Iterable[SelectionSetNode]) -> dict[str, Selected]:
        """CollectFields over several selection sets of one level."""
        found: dict[str, Selected] = {}
        visited: set[str] = set()
        for selection_set in sets:
            self._collect(graphql_type, selection_set, found, visited)
        return found

    def arguments(self, selected: Selected, path: Path) -> dict[str, Any]:
        """A field's coerced arguments, variables' leaves tagged."""
        try:
            return get_argument_values(selected.definition, selected.node, self.variables)
        except GraphQLError as error:
            raise bad_input(error.message, selected.node, path) from error

    def plain_arguments(self, selected: Selected, path: Path) -> dict[str, Any]:
        """A field's coerced arguments as they stand in this request."""
        try:
            return get_argument_values(
                selected.definition, selected.node, VariableValues(self.variables.sources, self.coerced)
            )
        except GraphQLError as error:
            raise bad_input(error.message, selected.node, path) from error

    def _collect(
        self,
        graphql_type: CompositeType,
        selection_set: SelectionSetNode,
        found: dict[str, Selected],
        visited: set[str],
    ) -> None:
        for selection in selection_set.selections:
            if not self._included(selection.directives):
                continue
            if isinstance(selection, FieldNode):
                key = selection.alias.value if selection.alias else selection.name.value
                if key in found:
                    found[key].nodes.append(selection)
                    continue
                definition = self.schema.get_field(graphql_type, selection.name.value)
                if definition is not None:
                    found[key] = Selected(key, definition, [selection])
            elif isinstance(selection, InlineFragmentNode):
                if self._applies(selection.type_condition, graphql_type):
                    self._collect(graphql_type, selection.selection_set, found, visited)
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                fragment = self.fragments[name]
                if name not in visited:
                    visited.add(name)
                    if self._applies(fragment.type_condition, graphql_type):
                        self._collect(graphql_type, fragment.selection_set, found, visited)

    def _included(self, directives: tuple[DirectiveNode, ...] | list[DirectiveNode] | None) -> bool:
        if not directives:
            return True
        holder = FieldNode(name=NameNode(value=""), directives=tuple(directives))
        skip = get_directive_values(GraphQLSkipDirective, holder, self.variables)
        if skip and plain(skip["if"]):
            return False
        include = get_directive_values(GraphQLIncludeDirective, holder, self.variables)
        return not include or bool(plain(include["if"]))

    def _applies(self, condition: Any, graphql_type: CompositeType) -> bool:
        if condition is None:
            return True
        conditional: GraphQLNamedType | None = self.schema.get_type(condition.name.value)
        if conditional is graphql_type:
            return True
        if not isinstance(conditional, (GraphQLInterfaceType, GraphQLUnionType)):
            return False
        return self.schema.is_sub_type(conditional, graphql_type)


def find_operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation that a request means.

    Raises:
        GraphQLError: There is none of that name, or several and no name.
    """
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is None:
        if len(operations) != 1:
            raise bad_input("The document holds several operations: operationName has to name one.")
        return operations[0]
    for operation in operations:
        if operation.name and operation.name.value == name:
            return operation
    raise bad_input(f'The document holds no operation named "{name}".')


def open_operation(
    schema: GraphQLSchema,
    document: DocumentNode,
    definition: OperationDefinitionNode,
    variables: VariableValues,
    limits: Limits,
) -> Operation:
    """An operation ready to be lowered."""
    types = {one.variable.name.value: one.type for one in definition.variable_definitions or ()}
    tagged = _TaggedVariables(schema, types, variables.coerced)
    return Operation(
        schema=schema,
        definition=definition,
        fragments={d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)},
        variables=VariableValues(variables.sources, tagged),
        coerced=variables.coerced,
        limits=limits,
    )


class _TaggedVariables(dict[str, Any]):
    """Coerced variables whose leaves are tagged when a variable is first looked at: inputs of mutations never are."""

    def __init__(self, schema: GraphQLSchema, types: Mapping[str, TypeNode], coerced: Mapping[str, Any]) -> None:
        super().__init__(coerced)
        self._schema = schema
        self._untagged = {name: node for name, node in types.items() if name in coerced}

    def __getitem__(self, name: str) -> Any:
        node = self._untagged.pop(name, None)
        if node is not None:
            self[name] = _tag(super().__getitem__(name), type_from_ast(self._schema, node), (name,))
        return super().__getitem__(name)

    def get(self, name: str, default: Any = None) -> Any:
        try:
            return self[name]
        except KeyError:
            return default


def _tag(value: Any, graphql_type: Any, path: VariablePath) -> Any:
    if value is None:
        return None
    if is_non_null_type(graphql_type):
        return _tag(value, graphql_type.of_type, path)
    if is_list_type(graphql_type):
        item = graphql_type.of_type
        if not holds_input_objects(item):
            return Tagged(path, value)
        return [_tag(part, item, (*path, index)) for index, part in enumerate(value)]
    if isinstance(graphql_type, GraphQLInputObjectType):
        return {key: _tag(part, graphql_type.fields[key].type, (*path, key)) for key, part in value.items()}
    return Tagged(path, value)


def holds_input_objects(graphql_type: Any) -> bool:
    """Whether a type, its lists and non-nulls taken off, is an input object."""
    while isinstance(graphql_type, (GraphQLList, GraphQLNonNull)):
        graphql_type = graphql_type.of_type
    return is_input_object_type(graphql_type)
