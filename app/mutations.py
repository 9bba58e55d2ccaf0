"""A request's mutation fields in one transaction: validate all, then write and read back each in turn, then commit.

``data`` is not null exactly when all of it was committed (but for a commit whose answer was lost, and a dry run). Of a
mutation in the plural with ``onError: CONTINUE``, items that are refused are left out, and the transaction is tried
again without them, for an engine gives a transaction up where a value proves to be taken.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError

from app.errors import fault_data, to_graphql_error
from app.idempotency import REPLAYED
from graphdb.errors import Fault, FaultCode, StoreTimeout, WriteRefused
from graphdb.journal.entries import Origin, Source
from graphdb.writer.operations import Archive, PairOperation, Ref, Restore
from graphdb.writer.targets import types_of
from schema.bindings import binding
from schema.compiler.lower import place_of
from schema.compiler.payloads import ByKey, answer
from schema.compiler.writes import WriteReader, WriteStep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence

    from graphql.execution.values import VariableValues

    from app.execution import RequestContext
    from app.idempotency import RequestKey
    from app.registry import Served
    from graphdb.store import Transaction
    from graphdb.writer.apply import Checked
    from graphdb.writer.operations import Operation, Outcome
    from schema import Prepared
    from schema.compiler.payloads import Chosen

Dropped = dict[int, list[Fault]]
"""Items of a field that are left out, by index, and why."""


class _FieldError(Exception):
    """A field's error, on its way out of the transaction."""

    def __init__(self, key: str, error: Exception) -> None:
        self.key = key
        self.error = error
        super().__init__(str(error))


class _ItemsRefused(Exception):
    """Items of a field that goes on without them, on its way out of the transaction."""

    def __init__(self, key: str, items: Dropped) -> None:
        self.key = key
        self.items = items
        super().__init__(key)


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
        self._dropped: dict[str, Dropped] = {}
        self._checked: dict[str, Checked] = {}
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
            try:
                self._check(step)
            except WriteRefused as refused:
                errors.append(to_graphql_error(refused, [field.key], field.nodes))
        if errors:
            return ExecutionResult(None, errors)
        if not steps:
            return ExecutionResult(dict.fromkeys(fields, typename))
        try:
            written = await self._carry_out(steps)
        except _FieldError as refused:
            return ExecutionResult(None, [to_graphql_error(refused.error, [refused.key], fields[refused.key].nodes)])
        except Exception as error:  # noqa: BLE001 - whatever it was: the client gets a code, the log the rest
            return ExecutionResult(None, [to_graphql_error(error, [steps[0].field.key])])
        self._context.committed()
        return ExecutionResult({key: written.get(key, typename) for key in fields})

    async def _carry_out(self, steps: Sequence[WriteStep]) -> dict[str, Any]:
        """Write and commit, or roll back a dry run; again without items that are refused, within one deadline."""
        store = self._served.store
        execute = store.rollback if self._prepared.is_dry_run else self._once
        loop = asyncio.get_running_loop()
        timeout_s = self._served.settings.write_timeout_s
        ends = loop.time() + timeout_s
        while (left := ends - loop.time()) > 0:
            try:
                return await execute(lambda tx: self._write(tx, steps), timeout_s=left)
            except _ItemsRefused as refused:
                self._dropped.setdefault(refused.key, {}).update(refused.items)
        raise StoreTimeout(f"items kept being refused for {timeout_s:g} s")

    async def _once(
        self, work: Callable[[Transaction], Awaitable[dict[str, Any]]], *, timeout_s: float
    ) -> dict[str, Any]:
        """The answer of the work in its transaction, or that of the same request before."""
        store = self._served.store
        if self._key is None:
            return await store.write(work, timeout_s=timeout_s)
        answer = await self._key.write(store, work, timeout_s=timeout_s)
        if self._key.replayed:
            self._context.response_headers[REPLAYED] = "true"
        return answer

    def _check(self, step: WriteStep) -> None:
        """Look at what a field writes by itself.

        Raises:
            WriteRefused: Something is wrong with it, and the field does not go on without that.
        """
        # What records are that are named by their ids alone is known inside the transaction only.
        known = [one for one in step.operations if not _unknown(one)]
        checked = self._served.writer.check(known)
        if checked.faults:
            self._drop(step, checked.faults)
        elif len(known) == len(step.operations):
            self._checked[step.field.key] = checked

    def _drop(self, step: WriteStep, faults: Sequence[Fault]) -> None:
        """Leave out the items that have faults.

        Raises:
            WriteRefused: The field does not go on without them.
        """
        items = _by_item(step, faults)
        if items is None:
            raise WriteRefused(list(faults))
        self._dropped.setdefault(step.field.key, {}).update(items)

    async def _write(self, tx: Transaction, steps: Sequence[WriteStep]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        moved: set[str] = set()
        for step in steps:
            dropped = self._dropped.get(step.field.key, {})
            left = {index: one for index, one in enumerate(step.operations) if index not in dropped}
            try:
                checked = self._checked.get(step.field.key) if not dropped else None
                typed = checked.operations if checked is not None else await self._typed(tx, left.values())
                outcomes = await self._served.writer.apply(tx, checked or typed, self._origin)
                _move_once(typed, outcomes, moved)
                data[step.field.key] = await self._read_back(tx, step, dict(zip(left, outcomes, strict=True)))
            except WriteRefused as refused:
                items = _by_item(step, refused.faults)
                if items is None:
                    raise _FieldError(step.field.key, refused) from refused
                raise _ItemsRefused(step.field.key, _firm(items)) from refused
            except GraphQLError as error:
                raise _FieldError(step.field.key, error) from error
        return data

    async def _typed(self, tx: Transaction, operations: Iterable[Operation]) -> list[Operation]:
        """Pairs by ids: with the object types that the ids are of."""
        found = list(operations)
        unknown = [ref for one in found for ref in _unknown(one)]
        if not unknown:
            return found
        types = await types_of(tx, self._served.catalog, (ref.value for ref in unknown))
        faults = [
            Fault(
                code=FaultCode.NOT_FOUND,
                message=f"There is no record with the id {ref.value}.",
                input=ref.path,
            )
            for ref in unknown
            if ref.value not in types
        ]
        if faults:
            raise WriteRefused(faults)

        def typed(ref: Ref) -> Ref:
            return ref if ref.type else dataclasses.replace(ref, type=types[ref.value])

        return [
            dataclasses.replace(one, start=typed(one.start), to=typed(one.to))
            if isinstance(one, PairOperation)
            else one
            for one in found
        ]

    async def _read_back(self, tx: Transaction, step: WriteStep, outcomes: Mapping[int, Outcome]) -> dict[str, Any]:
        """The payload: what was written, as it now is in this transaction."""
        plan = self._reader.read_back(step)
        records: dict[str, Any] = {}
        ids: dict[str, Any] = {
            "id": [one.id for one in outcomes.values()],
            "from": [one.id for one in outcomes.values()],
            "to": [one.far_id for one in outcomes.values()],
        }
        if plan is not None and outcomes:
            given = ids if step.many else {name: found[0] for name, found in ids.items()}
            bound = plan.bind(self._variables, self._prepared.limits, given, now=self._context.now)
            rows = await tx.run(bound.statement)
            records = plan.answer(rows[0], bound)
        found: dict[str, Any] = answer(step.chosen, step.payload_type, self._payload(step, outcomes, records))
        return found

    def _payload(self, step: WriteStep, outcomes: Mapping[int, Outcome], records: Mapping[str, Any]) -> dict[str, Any]:
        """Every field of the payload."""
        if not step.many:
            (outcome,) = outcomes.values()
            return {**self._told(outcome), **_read(step.chosen, None, records)}
        dropped = self._dropped.get(step.field.key, {})
        places = {index: place for place, index in enumerate(outcomes)}
        items = ByKey()
        for outer in step.chosen:
            items[outer.key] = [
                {
                    "index": index,
                    **self._told(outcomes.get(index)),
                    **_read(outer.fields, outer, records if index in places else {}, places.get(index)),
                    "faults": [fault_data(fault) for fault in dropped.get(index, ())],
                }
                for index in range(len(step.operations))
            ]
        return {"items": items, "succeeded": len(outcomes), "failed": len(dropped)}

    @staticmethod
    def _told(outcome: Outcome | None) -> dict[str, Any]:
        """What is said of a write itself; of an item that was refused, nothing."""
        if outcome is None:
            return {"created": False, "removed": False, "id": None, "labels": []}
        labels = [{"name": label.name, "label": label.shown} for label in outcome.labels]
        return {"created": outcome.created, "removed": outcome.removed, "id": outcome.id, "labels": labels}


def _unknown(operation: Operation) -> list[Ref]:
    """The records of a pair that are named by their ids alone, so that their object types are not known yet."""
    pair = (operation.start, operation.to) if isinstance(operation, PairOperation) else ()
    return [ref for ref in pair if not ref.type]


def _move_once(operations: Sequence[Operation], outcomes: Sequence[Outcome], moved: set[str]) -> None:
    """Note the records that are archived or restored; the embedded engine does that to a record once a transaction.

    Raises:
        WriteRefused: A record is moved again.
    """
    moves = [
        (operation.by.path, outcome.id)
        for operation, outcome in zip(operations, outcomes, strict=True)
        if isinstance(operation, (Archive, Restore))
    ]
    message = "expected a record that no field before has archived or restored; one request does one of the two"
    faults = [
        Fault(code=FaultCode.BAD_USER_INPUT, message=message, input=path) for path, moving in moves if moving in moved
    ]
    if faults:
        raise WriteRefused(faults)
    moved.update(moving for _, moving in moves)


def _by_item(step: WriteStep, faults: Sequence[Fault]) -> Dropped | None:
    """Faults by the item that they lie in; None where the field does not go on without its items."""
    found: defaultdict[int, list[Fault]] = defaultdict(list)
    for fault in faults:
        index = fault.input[1] if len(fault.input) > 1 else None
        if not step.keeps_going or not isinstance(index, int):
            return None
        found[index].append(fault)
    return dict(found)


def _firm(items: Dropped) -> Dropped:
    """The items to leave out next: those that are refused for what the graph holds, or for themselves.

    One that only clashes with another item of the same field is looked at again when others have been left out.
    """
    firm = {
        index: faults
        for index, faults in items.items()
        if any(fault.code is not FaultCode.CONFLICT or fault.conflicting_id is not None for fault in faults)
    }
    return firm or items


def _read(
    fields: Sequence[Chosen], outer: Chosen | None, records: Mapping[str, Any], place: int | None = None
) -> dict[str, ByKey]:
    """The records of a payload, or of its item at a place among those that were written."""
    found: defaultdict[str, ByKey] = defaultdict(ByKey)
    for one in fields:
        if one.is_record:
            record = records.get(place_of(one, outer))
            found[one.name][one.key] = record if place is None or record is None else record[place]
    return found
