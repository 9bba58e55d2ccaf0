"""The fields that Strawberry's resolvers answer, walked by graphql-core's executor."""

from __future__ import annotations

import asyncio
import copy
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import execute
from strawberry.schema._graphql_core import execution_context_class_kwargs
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext
from strawberry.utils.await_maybe import await_maybe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphql import DocumentNode, ExecutionResult

    from app.execution import RequestContext


async def resolve(
    document: DocumentNode,
    context: RequestContext,
    variables: Mapping[str, Any] | None,
    operation_name: str | None,
    *,
    in_thread: bool,
    **options: Any,
) -> ExecutionResult:
    """Carry out an operation under the version of the data model that its request began with.

    Args:
        document: A valid document.
        context: The request.
        variables: As the client gave them.
        operation_name: Which operation of the document.
        in_thread: Whether the walk leaves the event loop to others; what it awaits, it awaits here.
        options: Further arguments of graphql-core's ``execute``.
    """
    # The executor holds itself in a ring, and what it was given, until a collection: the version of the data model
    # would outlive its last request. So it is given a copy, which is emptied.
    given = copy.copy(context)
    walk = partial(
        execute,
        context.served.schema.graphql_schema,
        document,
        context_value=given,
        variable_values=dict(variables or {}),
        operation_name=operation_name,
        **execution_context_class_kwargs(StrawberryGraphQLCoreExecutionContext),
        **options,
    )
    try:
        result: ExecutionResult = await await_maybe(await asyncio.to_thread(walk) if in_thread else walk())
    finally:
        vars(given).clear()
    return result
