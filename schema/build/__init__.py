"""From a catalog to one ``strawberry.Schema``.

``registry`` collects the named types; ``records`` makes record types, connections and their fields; ``across`` the
lists of records of several object types, ``graph`` questions about the graph itself, ``journal`` those about what was
changed; ``filters`` makes ``where`` and ``orderBy`` from the ``operators`` of each type, and ``associations`` what a
``where`` asks of associated records; ``aggregates`` makes ``aggregate``, ``groups`` makes ``groupBy``; ``writes`` makes
the inputs and payloads of ``mutations``; ``fixed`` holds what Strawberry answers; ``merge`` puts all of it into one
schema. The same catalog gives the same SDL, byte for byte: everything is added in catalog order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import print_schema

from schema.build.across import add_across_types
from schema.build.aggregates import add_aggregate, add_shared_aggregates
from schema.build.associations import add_association_filters
from schema.build.filters import add_order_by, add_shared_filters, add_where
from schema.build.graph import add_graph_types, graph_fields
from schema.build.groups import add_groups, add_shared_group_types
from schema.build.having import add_having, add_shared_having
from schema.build.journal import add_journal_types, journal_fields
from schema.build.merge import Fields, MergedSchema
from schema.build.mutations import mutation_fields
from schema.build.operators import add_option_set_filters
from schema.build.records import add_interfaces, add_record_type, query_fields
from schema.build.registry import TypeRegistry, add_option_sets
from schema.build.search import add_search_types, search_fields
from schema.build.writes import add_shared_write_types, add_write_types
from schema.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graphql import GraphQLNamedType
    from strawberry.extensions import SchemaExtension

    from graphdb.catalog.model import Catalog

__all__ = ["MergedSchema", "build_schema", "print_sdl"]


def build_schema(
    catalog: Catalog,
    limits: Limits | None = None,
    extensions: Sequence[type[SchemaExtension] | Callable[[], SchemaExtension]] = (),
) -> MergedSchema:
    """The schema of an account.

    Args:
        catalog: A sound catalog.
        limits: Page sizes, which the descriptions state.
        extensions: Strawberry extensions that answer record fields.
    """

    def generate(fixed: dict[str, GraphQLNamedType]) -> tuple[Fields, Fields, list[GraphQLNamedType]]:
        types = TypeRegistry(catalog, limits or Limits(), fixed)
        add_interfaces(types)
        add_across_types(types)
        add_graph_types(types)
        add_search_types(types)
        add_journal_types(types)
        add_option_sets(types)
        add_shared_filters(types)
        add_option_set_filters(types)
        add_shared_aggregates(types)
        add_association_filters(types)
        add_shared_group_types(types)
        add_shared_having(types)
        add_shared_write_types(types)
        for object_type in catalog.enabled:
            add_record_type(types, object_type)
            add_where(types, object_type)
            add_order_by(types, object_type)
            add_aggregate(types, object_type)
            add_groups(types, object_type)
            add_having(types, object_type)
            add_write_types(types, object_type)
        queries = {**query_fields(types), **graph_fields(types), **search_fields(types), **journal_fields(types)}
        return queries, mutation_fields(types), types.all

    return MergedSchema(generate, extensions)


def print_sdl(schema: MergedSchema) -> str:
    """The schema in GraphQL's schema definition language."""
    return print_schema(schema.graphql_schema) + "\n"
