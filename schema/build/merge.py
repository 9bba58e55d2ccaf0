"""Generated types and Strawberry's fixed ones in one ``strawberry.Schema``.

This is the one file that relies on Strawberry's internals: it builds the fixed part as Strawberry would, then
puts one merged ``GraphQLSchema`` in its place, with the references Strawberry keeps to itself re-attached.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import strawberry
from graphql import (
    DirectiveLocation,
    GraphQLDirective,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    introspection_types,
    validate_schema,
)
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.scalar import ScalarDefinition

from schema.bindings import DRY_RUN
from schema.build.fixed import AssociationLabel, Json, Mutation, PageInfo, Query
from schema.scalars import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import GraphQLField
    from strawberry.extensions import SchemaExtension

Fields = dict[str, "GraphQLField"]

DRY_RUN_DIRECTIVE = GraphQLDirective(
    DRY_RUN,
    [DirectiveLocation.MUTATION],
    description="Validate, write, read back, and then roll all of it back: nothing is committed, and ids that the "
    "answer shows of new records do not exist. `extensions.dryRun` is true.",
)
_JSON = ScalarDefinition(
    name=JSON.name,
    description=JSON.description,
    specified_by_url=JSON.specified_by_url,
    serialize=None,
    parse_value=None,
    parse_literal=None,
    implementation=JSON,
)
"""The scalar of the generated types for the fixed ones too: one schema has one."""


class MergedSchema(strawberry.Schema):
    """A Strawberry schema whose record types were generated beside it.

    Args:
        generate: From the fixed named types to (query fields, mutation fields, named types), in SDL order.
        extensions: Strawberry's schema extensions, as classes or factories.
    """

    def __init__(
        self,
        generate: Callable[[dict[str, GraphQLNamedType]], tuple[Fields, Fields, list[GraphQLNamedType]]],
        extensions: Sequence[type[SchemaExtension] | Callable[[], SchemaExtension]] = (),
    ) -> None:
        super().__init__(
            query=Query,
            mutation=Mutation,
            types=[PageInfo, AssociationLabel],
            extensions=extensions,
            config=StrawberryConfig(scalar_map={Json: _JSON}),
        )
        fixed = {
            name: graphql_type
            for name, graphql_type in self._schema.type_map.items()
            if not name.startswith("__") and name not in {"Query", "Mutation"} and graphql_type is not JSON
        }
        fixed_query, fixed_mutation = self._schema.query_type, self._schema.mutation_type
        if fixed_query is None or fixed_mutation is None:
            raise ValueError("the fixed part has no Query or no Mutation")
        query_fields, mutation_fields, generated = generate(fixed)
        query = GraphQLObjectType("Query", {**query_fields, **fixed_query.fields})
        mutation = GraphQLObjectType("Mutation", {**mutation_fields, **fixed_mutation.fields})
        merged = GraphQLSchema(
            query=query,
            mutation=mutation,
            # Every named type is given: graphql-core collects types by recursion along the type graph,
            # and a ring of some hundred associated types would exceed Python's recursion limit.
            types=[query, mutation, *generated, *fixed.values()],
            directives=[*self._schema.directives, DRY_RUN_DIRECTIVE],
            extensions={GraphQLCoreConverter.DEFINITION_BACKREF: self},
        )
        errors = validate_schema(merged)
        if errors:
            raise ValueError("the generated schema is invalid: " + "; ".join(error.message for error in errors))
        self._schema = merged
        self._attach(merged)

    def dispose(self) -> None:
        """Take the schema apart once nothing uses it any more.

        Its types hold each other in rings, so that it would stay until a full collection, and for good where the
        collector was told to leave it alone; without the rings it goes at once.
        """
        merged = self._schema
        for name, graphql_type in merged.type_map.items():
            # Scalars and the types of introspection are the process's, the rest is this schema's own.
            if not isinstance(graphql_type, GraphQLScalarType) and not name.startswith("__"):
                vars(graphql_type).clear()
        for whole in (merged, self.schema_converter, self):
            vars(whole).clear()

    def _extend_introspection(self) -> None:
        """Strawberry would make the whole process answer ``isOneOf`` from its own classes, if but for a moment."""

    def _attach(self, merged: Any) -> None:
        introspected: Any = introspection_types["__Type"]
        # Another Strawberry schema of the process may have done so, and our inputs have no class of Strawberry's.
        introspected.fields["isOneOf"].resolve = _is_one_of
        merged._strawberry_schema = self  # noqa: SLF001  # how Strawberry finds its way back from info.schema

    @property
    def graphql_schema(self) -> GraphQLSchema:
        """The merged graphql-core schema."""
        return self._schema


def _is_one_of(graphql_type: Any, _: Any) -> bool | None:
    """What graphql-core itself answers for ``__Type.isOneOf``."""
    return graphql_type.is_one_of if isinstance(graphql_type, GraphQLInputObjectType) else None
