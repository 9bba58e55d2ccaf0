"""A request's mutation fields in one transaction: validate all, then write and read back each in turn, then commit.

``data`` is not null exactly when all of it was committed (but for a commit whose answer was lost).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError

from app.errors import to_graphql_error
from app.idempotency import REPLAYED
from graphdb.cypher.statement import Statement
from graphdb.errors import Fault, FaultCode, WriteRefused
from graphdb.journal.entries import Origin, Source
from graphdb.writer.operations import Associate, Ref
from schema.bindings import binding
from schema.compiler.writes import WriteReader, WriteStep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from graphql.execution.values import VariableValues

    from app.execution import RequestContext
    from app.idempotency import RequestKey
    from app.registry import Served
    from graphdb.store import Transaction
    from graphdb.writer.operations import Outcome
    from schema import Prepared

_LABELS_OF = "MATCH (n:`Record`) WHERE n.`id` IN $p.ids RETURN n.`id`, labels(n)"


class _FieldError(Exception):
    """A field's error, on its way out of the transaction."""

    def __init__(self, key: str, error: Exception) -> None:
        self.key = key
        self.error = error
        super().__init__(str(error))


class MutationRunner:
    """Carries out the mutation fields of one operation.

    Args:
        served: The version of the data model that the request began with.
        prepared: The operation.
        context: The request: who sends it, and when.
        key: Its key, if it carries one.
    """

    def __init__(
        self, served: Served, prepared: Prepared, context: RequestContext, key: RequestKey | None = None
    ) -> None:
        self._key = key
        self._served = served
        self._prepared = prepared
        self._context = context
        self._origin = Origin(Source.API, context.caller.name)

    async def run(self, variables: VariableValues) -> ExecutionResult:
        """All fields or none, in order."""
        operation = self._prepared.open(variables)
        fields = self._prepared.root_fields(operation)
        self._reader = WriteReader(operation, self._served.catalog)
        typename = operation.root_type.name
        self._variables = variables.coerced
        steps: list[WriteStep] = []
        errors: list[GraphQLError] = []
        for field in fields.values():
            if binding(field.definition) is None:
                continue
            try:
                step = self._reader.step(field)
            except GraphQLError as error:
                errors.append(error)
                continue
            steps.append(step)
            faults = self._faults(step)
            if faults:
                errors.append(to_graphql_error(WriteRefused(faults), [field.key], field.nodes))
        if errors:
            return ExecutionResult(None, errors)
        if not steps:
            return ExecutionResult(dict.fromkeys(fields, typename))
        try:
            written = await self._once(lambda tx: self._write(tx, steps))
        except _FieldError as refused:
            return ExecutionResult(None, [to_graphql_error(refused.error, [refused.key], fields[refused.key].nodes)])
        except Exception as error:  # noqa: BLE001 - whatever it was: the client gets a code, the log the rest
            return ExecutionResult(None, [to_graphql_error(error, [steps[0].field.key])])
        self._context.committed()
        return ExecutionResult({key: written.get(key, typename) for key in fields})

    async def _once(self, work: Callable[[Transaction], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
        """The answer of the work in its transaction, or that of the same request before."""
        if self._key is None:
            return await self._served.store.write(work)
        answer = await self._key.write(self._served.store, work)
        if self._key.replayed:
            self._context.response_headers[REPLAYED] = "true"
        return answer

    def _faults(self, step: WriteStep) -> list[Fault]:
        if isinstance(step.operation, Associate) and not (step.operation.start.type and step.operation.to.type):
            return []  # what the records are is known inside the transaction only
        return self._served.writer.validate([step.operation])

    async def _write(self, tx: Transaction, steps: Sequence[WriteStep]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for step in steps:
            try:
                typed = await self._typed(tx, step)
                (outcome,) = await self._served.writer.apply(tx, [typed.operation], self._origin)
                data[step.field.key] = await self._read_back(tx, typed, outcome)
            except (WriteRefused, GraphQLError) as error:
                raise _FieldError(step.field.key, error) from error
        return data

    async def _typed(self, tx: Transaction, step: WriteStep) -> WriteStep:
        """``associate`` by ids: the object types that the ids are of."""
        operation = step.operation
        if not isinstance(operation, Associate):
            return step
        unknown = [ref for ref in (operation.start, operation.to) if not ref.type]
        if not unknown:
            return step
        rows = await tx.run(Statement(_LABELS_OF, {"ids": [ref.value for ref in unknown]}))
        types = {object_type.node_label: object_type.name for object_type in self._served.catalog.enabled}
        found = {row[0]: next((types[label] for label in row[1] if label in types), None) for row in rows}
        faults = [
            Fault(
                code=FaultCode.NOT_FOUND,
                message=f"There is no record with the id {ref.value}.",
                input=ref.path,
            )
            for ref in unknown
            if found.get(ref.value) is None
        ]
        if faults:
            raise WriteRefused(faults)

        def typed(ref: Ref) -> Ref:
            return ref if ref.type else dataclasses.replace(ref, type=str(found[ref.value]))

        operation = dataclasses.replace(operation, start=typed(operation.start), to=typed(operation.to))
        return dataclasses.replace(step, operation=operation)

    async def _read_back(self, tx: Transaction, step: WriteStep, outcome: Outcome) -> dict[str, Any]:
        """The payload: what was written, as it now is in this transaction."""
        plan = self._reader.read_back(step)
        found: dict[str, Any] = {}
        if plan is not None:
            given = {"id": outcome.id, "from": outcome.id, "to": outcome.far_id}
            bound = plan.bind(self._variables, self._prepared.limits, given, now=self._context.now)
            rows = await tx.run(bound.statement)
            found = plan.make(rows[0], bound.frame)
        fixed = {"created": outcome.created, "__typename": step.payload.type_name}
        return {key: found[key] if key in found else fixed[name] for key, name in step.payload.entries}
