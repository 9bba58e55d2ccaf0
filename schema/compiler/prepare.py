"""A parsed operation, ready to give a plan for any variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    parse,
)
from graphql.execution.values import VariableValues

from schema.bindings import DRY_RUN, binding
from schema.compiler.coercion import VariableReader
from schema.compiler.document import find_operation, open_operation
from schema.compiler.introspect import ROOT_FIELDS
from schema.compiler.lower import Lowering
from schema.compiler.plan import Plan
from schema.compiler.shape import shape_reader
from schema.errors import ErrorCode, bad_input, refuse
from schema.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from graphdb.catalog.model import Catalog
    from schema.compiler.document import Operation, Selected

FAULTS_MAX = 50
"""Faults of variables that one answer tells."""

SHAPES_MAX = 64
"""Plans kept per operation: one for each shape of its variables."""


@dataclass(frozen=True, slots=True)
class Parts:
    """How a query is answered.

    Attributes:
        plan: For the record fields; None where there are none.
        keys: The response keys of the root, in order.
        fixed: A document with the other root fields alone, for graphql-core; None where there are none.
        introspected: The response keys that ``compiler.introspect`` answers.
    """

    plan: Plan | None
    keys: tuple[str, ...]
    fixed: DocumentNode | None
    introspected: tuple[str, ...] = ()


class Prepared:
    """One operation of a valid document.

    Args:
        schema: The merged schema that the document was validated against.
        catalog: The catalog behind it.
        document: The parsed document.
        operation_name: Which operation, where there are several.
        limits: What it may ask for.

    Attributes:
        definition: The operation's AST node.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        catalog: Catalog,
        document: DocumentNode,
        operation_name: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.schema = schema
        self.catalog = catalog
        self.document = document
        self.limits = limits or Limits()
        self.definition: OperationDefinitionNode = find_operation(document, operation_name)
        self._variables = VariableReader(schema, self.definition.variable_definitions or ())
        self._shape_of = shape_reader(schema, document, self.definition)
        self._parts: dict[Hashable, Parts] = {}

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.definition.operation

    @property
    def is_dry_run(self) -> bool:
        """Whether it is a mutation that is to commit nothing."""
        return any(directive.name.value == DRY_RUN for directive in self.definition.directives or ())

    def coerce(self, variables: Mapping[str, Any] | None) -> VariableValues:
        """The request's variables as the schema's types read them.

        Raises:
            ExceptionGroup: Every fault as a ``GraphQLError`` with code BAD_USER_INPUT.
        """
        found = self._variables.read(variables or {}, FAULTS_MAX)
        if isinstance(found, VariableValues):
            return found
        raise ExceptionGroup("variables", [bad_input(error.message, error.nodes) for error in found])

    def open(self, variables: VariableValues) -> Operation:
        """The operation with these variables, ready to be lowered."""
        return open_operation(self.schema, self.document, self.definition, variables, self.limits)

    def plan(self, variables: Mapping[str, Any] | None = None) -> Plan:
        """The plan of a query's record fields; a convenience over ``coerce`` and ``parts_for``.

        Raises:
            GraphQLError: The operation selects no record field, or is refused.
        """
        plan = self.parts_for(self.coerce(variables)).plan
        if plan is None:
            raise refuse(ErrorCode.BAD_USER_INPUT, "The operation selects no records.", self.definition)
        return plan

    def parts_for(self, variables: VariableValues) -> Parts:
        """How the operation is answered for variables of this shape; made once per shape."""
        shape = self._shape_of(variables.coerced)
        if shape not in self._parts:
            if len(self._parts) >= SHAPES_MAX:
                self._parts.pop(next(iter(self._parts)))
            self._parts[shape] = self._compile(variables)
        return self._parts[shape]

    def root_fields(self, operation: Operation) -> dict[str, Selected]:
        """The operation's root fields.

        Raises:
            GraphQLError: There are too many.
        """
        fields = operation.root_fields()
        if len(fields) > self.limits.root_fields_max:
            raise refuse(
                ErrorCode.TOO_COMPLEX,
                f"The operation has {len(fields)} root fields; the limit is {self.limits.root_fields_max}.",
                self.definition,
                limit=self.limits.root_fields_max,
            )
        return fields

    def _compile(self, variables: VariableValues) -> Parts:
        operation = self.open(variables)
        fields = self.root_fields(operation)
        fixed = {key: field for key, field in fields.items() if binding(field.definition) is None}
        schema = [key for key, field in fixed.items() if field.name in ROOT_FIELDS]
        others = {
            k: field for k, field in fixed.items() if field.name not in ROOT_FIELDS and field.name != "__typename"
        }
        if len(fixed) == len(fields):
            if not schema:
                return Parts(None, tuple(fields), self.document)
            introspected = tuple(key for key in fields if key not in others)
            return Parts(None, tuple(fields), self._pruned(others) if others else None, introspected)
        records = {key: field for key, field in fields.items() if key not in fixed or field.name == "__typename"}
        lowering = Lowering(operation, self.catalog)
        plan = Plan.of(lowering.query(records), lowering.pages, lowering.periods)
        return Parts(plan, tuple(fields), self._pruned(others) if others else None, tuple(schema))

    def _pruned(self, fields: Mapping[str, Selected]) -> DocumentNode:
        """The document with an operation that selects only these root fields, for graphql-core to execute."""
        nodes = [node for field in fields.values() for node in field.nodes]
        definitions = tuple(
            _with_selections(definition, nodes) if definition is self.definition else definition
            for definition in self.document.definitions
        )
        return DocumentNode(definitions=definitions)


def prepare(
    schema: GraphQLSchema,
    catalog: Catalog,
    source: str,
    operation_name: str | None = None,
    limits: Limits | None = None,
) -> Prepared:
    """Parse a document that is known to be valid."""
    return Prepared(schema, catalog, parse(source), operation_name, limits)


def _with_selections(definition: OperationDefinitionNode, nodes: list[FieldNode]) -> OperationDefinitionNode:
    return OperationDefinitionNode(
        operation=definition.operation,
        name=definition.name,
        variable_definitions=definition.variable_definitions,
        directives=definition.directives,
        selection_set=SelectionSetNode(selections=tuple(nodes)),
        loc=definition.loc,
    )
