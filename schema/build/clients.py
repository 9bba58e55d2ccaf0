"""What clients are set up with, made from the schema: for code generators and for Apollo's cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphql import GraphQLObjectType, is_abstract_type, is_specified_scalar_type
from graphql.type import GraphQLScalarType

if TYPE_CHECKING:
    from graphql import GraphQLSchema

SCALARS: Final = {"Decimal": "string", "DateTime": "string", "Date": "string", "Long": "number", "JSON": "unknown"}
"""The schema's own scalars in TypeScript; a generator would make ``unknown`` of all."""


def possible_types(schema: GraphQLSchema) -> dict[str, list[str]]:
    """The object types of each interface and union: Apollo's ``possibleTypes``.

    A client whose table is older than an object type loses the fields that fragments ask of its records, silently;
    so it should load this when it starts.
    """
    return {
        name: [possible.name for possible in schema.get_possible_types(graphql_type)]
        for name, graphql_type in schema.type_map.items()
        if is_abstract_type(graphql_type)
    }


def type_policies(schema: GraphQLSchema) -> dict[str, Any]:
    """Apollo's ``typePolicies``: objects without an id of their own are merged.

    Else two queries that select different parts of one connection (``totalCount`` here, ``aggregate`` there) would
    overwrite each other's answers.
    """
    roots = {schema.query_type, schema.mutation_type, schema.subscription_type}
    return {
        name: {"merge": True}
        for name, graphql_type in schema.type_map.items()
        if isinstance(graphql_type, GraphQLObjectType)
        and graphql_type not in roots
        and not name.startswith("__")
        and "id" not in graphql_type.fields
    }


def codegen_config(schema: GraphQLSchema, address: str) -> dict[str, Any]:
    """A configuration of graphql-codegen.

    Args:
        schema: For its scalars.
        address: Where the generator reads the schema.
    """
    own = [
        name
        for name, graphql_type in schema.type_map.items()
        if isinstance(graphql_type, GraphQLScalarType) and not is_specified_scalar_type(graphql_type)
    ]
    return {
        # Said in so many words, for the generator takes an address with a query for that of an API.
        "schema": [{address: {"handleAsSDL": True}}],
        "documents": ["src/**/*.{ts,tsx,graphql}"],
        "generates": {"src/gql/": {"preset": "client"}},
        "config": {
            "scalars": {name: SCALARS[name] for name in own},
            "strictScalars": True,
            "enumsAsTypes": True,
            # Object types and options grow: the default branch that this asks for is needed.
            "futureProofEnums": True,
            "useTypeImports": True,
        },
    }
