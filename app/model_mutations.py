"""A request's mutations of the data model: Strawberry walks them in order, then all are committed as one version."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from graphql import ExecutionResult

from app.editing import EditSession
from app.errors import to_graphql_error
from app.idempotency import REPLAYED, AnsweredBefore
from app.resolving import resolve
from graphdb.errors import CatalogConflict
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.execution import RequestContext
    from app.idempotency import RequestKey
    from app.registry import Registry
    from graphdb.store import Transaction
    from schema import Prepared
    from schema.compiler.document import Selected

_ATTEMPTS: Final = 5
"""How often the edits are made upon a newer data model when another change came first."""


class ModelMutationRunner:
    """Carries out the mutations of the data model of one operation.

    Args:
        registry: What the process serves.
        prepared: The operation.
        context: The request.
        key: Its key, if it carries one.
    """

    def __init__(
        self, registry: Registry, prepared: Prepared, context: RequestContext, key: RequestKey | None = None
    ) -> None:
        self._key = key
        self._registry = registry
        self._prepared = prepared
        self._context = context

    async def run(self, fields: Mapping[str, Selected], variables: Mapping[str, Any] | None) -> ExecutionResult:
        """All fields or none, in order, as one version of the data model."""
        if not self._context.caller.is_super_admin:
            refusals = [
                to_graphql_error(self._context.caller.refusal(field.name), [key], field.nodes)
                for key, field in fields.items()
            ]
            return ExecutionResult(None, refusals)
        first = next(iter(fields))
        try:
            if self._key is None or self._prepared.is_dry_run:
                return await self._run(variables, None)
            return await self._once(variables, self._key)
        except Exception as error:  # noqa: BLE001 - whatever it was: the client gets a code, the log the rest
            return ExecutionResult(None, [to_graphql_error(error, [first], fields[first].nodes)])

    async def _once(self, variables: Mapping[str, Any] | None, key: RequestKey) -> ExecutionResult:
        """The answer of the edits, or that of the same request before, which would not bear to be made twice."""
        store = self._registry.store
        with key.held():
            answer = await key.look(store)
            if answer is None:
                try:
                    result = await self._run(variables, key)
                except AnsweredBefore as before:
                    answer = before.answer
                else:
                    # Another process may have been first, and its edits be what refuses these.
                    answer = await key.look(store) if result.errors else None
                    if answer is None:
                        return result
        self._context.response_headers[REPLAYED] = "true"
        return ExecutionResult(answer)

    async def _run(self, variables: Mapping[str, Any] | None, key: RequestKey | None) -> ExecutionResult:
        """Make the edits and commit them, upon whatever came first; a dry run commits nothing."""
        for attempt in range(1, _ATTEMPTS + 1):
            session = EditSession(self._registry, self._context.now.date())
            self._context.editing = session
            result = await self._edit(variables)
            if result.errors:
                return ExecutionResult(None, result.errors)
            if self._prepared.is_dry_run:
                return result
            try:
                await session.commit(None if key is None else partial(_keep, key, result.data))
            except CatalogConflict:
                if attempt == _ATTEMPTS:
                    raise
                # The edits say what is to change, not what is to be: they are made anew upon what is there now.
                await self._registry.refresh()
                continue
            return result
        raise AssertionError("the last attempt returns or raises")

    async def _edit(self, variables: Mapping[str, Any] | None) -> ExecutionResult:
        name = self._prepared.definition.name
        return await resolve(
            self._prepared.document, self._context, variables, name.value if name else None, in_thread=False
        )


async def _keep(key: RequestKey, data: dict[str, Any] | None, transaction: Transaction) -> None:
    await key.take(transaction)
    await key.keep(transaction, data)


def changes_of_model(fields: Mapping[str, Selected], written: Mapping[str, Selected]) -> dict[str, Selected]:
    """The root fields of a mutation that change the data model.

    Args:
        fields: Every root field.
        written: Those that write records.

    Raises:
        GraphQLError: There are fields of both kinds: a request changes records or the data model.
    """
    others = {key: field for key, field in fields.items() if key not in written and field.name != "__typename"}
    if others and written:
        field = next(iter(others.values()))
        raise refuse(
            ErrorCode.BAD_USER_INPUT,
            f"{field.name} changes the data model and {next(iter(written.values())).name} records: "
            "send them in two requests.",
            field.node,
            (field.key,),
        )
    return others
