"""The Strawberry extension that answers record fields: compile, run one statement, shape the answer.

Strawberry's pipeline runs as always (parse, validate, operation type, extensions, errors); before graphql-core
would start walking resolvers, ``on_execute`` sets the whole result. Introspection is answered beside it
(``app.introspection``); the other root fields that are no records (``dataModel``) go to graphql-core in a document of
their own. All are merged in response order.
"""

from __future__ import annotations

import dataclasses
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from graphql import ExecutionResult, GraphQLError, OperationType
from strawberry.extensions import SchemaExtension

from app.caller import caller_of
from app.errors import to_graphql_error
from app.idempotency import RequestKey, digest_of, header_key
from app.model_mutations import ModelMutationRunner, changes_of_model
from app.mutations import MutationRunner
from app.plans import explain_plan
from app.resolving import resolve
from schema.bindings import binding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from graphql import DocumentNode
    from graphql.execution.values import VariableValues
    from starlette.requests import Request

    from app.caller import Caller
    from app.counts import Counts
    from app.editing import EditSession
    from app.registry import Registry, Served
    from graphdb.bootstrap import IndexStatus
    from graphdb.catalog.model import Catalog
    from schema import Prepared
    from schema.compiler.plan import Cost
    from schema.compiler.prepare import Parts


class RequestContext:
    """What resolvers of the fixed fields see.

    ``served`` is what the process serves when the request begins; the request goes on with it to its end, whatever the
    data model becomes meanwhile.

    Args:
        registry: What the process serves.
        request: The HTTP request; None outside of one.
        now: The moment of the request, which relative dates are counted from; None for the clock's.
        caller: Who sends it; None for whom the settings say.
    """

    def __init__(
        self,
        registry: Registry,
        request: Request | None = None,
        now: datetime | None = None,
        caller: Caller | None = None,
    ) -> None:
        self._registry = registry
        self.served = registry.current
        self._editing: EditSession | None = None
        self.caller = caller or caller_of(registry.settings)
        self.request = request
        self.response_headers: dict[str, str] = {}
        self.now = now or datetime.now(UTC)

    @property
    def catalog(self) -> Catalog:
        """The data model that the request began with."""
        return self.served.catalog

    @property
    def counts(self) -> Counts:
        """How many records and associations there are."""
        return self.served.counts

    @property
    def editing(self) -> EditSession:
        """The change of the data model that this request makes."""
        if self._editing is None:
            raise RuntimeError("only mutations change the data model")
        return self._editing

    @editing.setter
    def editing(self, session: EditSession) -> None:
        self._editing = session

    @property
    def registry(self) -> Registry:
        """What the process serves."""
        return self._registry

    @property
    def indexes(self) -> Sequence[IndexStatus]:
        """Each index with its state."""
        return self._registry.indexes

    def request_key(self, document: str, operation: str | None, variables: Any) -> RequestKey | None:
        """The ``Idempotency-Key`` that the request carries, if any.

        Raises:
            GraphQLError: It carries one that is none.
        """
        key = header_key(self.request)
        if key is None:
            return None
        digest = digest_of(document, operation, variables)
        keep_s = self._registry.settings.idempotency_hours * 3_600
        return RequestKey(f"{self.caller.name} {key}", digest, self._registry.requests_running, keep_s)

    def committed(self) -> None:
        """Say that something was written: its entries in the change log are to be numbered."""
        self._registry.keeper.sequencer.wake()


class RecordsExtension(SchemaExtension):
    """Answers the record fields of one request, whose context says under which version of the data model.

    The schema holds the class, never what is served: ``Served`` holds the schema.
    """

    def __init__(self) -> None:
        self._cost: Cost | None = None
        self._explained: dict[str, Any] | None = None
        self._is_dry_run = False

    @property
    def _served(self) -> Served:
        served: Served = self.execution_context.context.served
        return served

    def on_parse(self) -> Iterator[None]:
        """Take a known document from the cache, or parse a new one under the token limit."""
        context = self.execution_context
        if context.graphql_document is None and context.query:
            document = self._served.documents.known(context.query)
            # An error raised here would be answered as one of execution; Strawberry parses again and reports it.
            context.graphql_document = document or self._served.documents.parse(context.query)
        yield

    def on_validate(self) -> Iterator[None]:
        """Skip the validation of a document that passed before."""
        context = self.execution_context
        document, text = context.graphql_document, context.query
        known = text is not None and self._served.documents.known(text) is document
        if known:
            context.pre_execution_errors = []
        yield
        if not known and not context.pre_execution_errors and text is not None and document is not None:
            self._served.documents.keep(text, document)

    async def on_execute(self) -> AsyncIterator[None]:
        """Set the whole result, unless no root field answers records."""
        context = self.execution_context
        result = await self._answer()
        if result is not None:
            # graphql-core's result, not Strawberry's: only its errors pass through the schema's own handling.
            context.result = result
        yield

    def get_results(self) -> dict[str, Any]:
        """What is added to the answer's ``extensions``, where the request's own ``extensions`` ask for it."""
        found: dict[str, Any] = {}
        if self._asks("cost") and self._cost is not None:
            found["cost"] = dataclasses.asdict(self._cost)
        if self._explained is not None:
            found["explain"] = self._explained
        if self._is_dry_run:
            found["dryRun"] = True
        return found

    def _asks(self, name: str) -> bool:
        return (self.execution_context.operation_extensions or {}).get(name) is True

    async def _answer(self) -> ExecutionResult | None:
        context = self.execution_context
        document = context.graphql_document
        if document is None:
            return None
        if self._asks("explain") and not context.context.caller.is_super_admin:
            return ExecutionResult(None, [context.context.caller.refusal("extensions.explain")])
        try:
            # Not context.operation_name: where the request names none, that is the first operation's.
            name = context._provided_operation_name  # noqa: SLF001
            prepared = self._served.documents.prepared(context.query or "", document, name)
            variables = prepared.coerce(context.variables)
            if prepared.kind is OperationType.QUERY:
                return await self._query(prepared, variables)
            if prepared.kind is OperationType.MUTATION:
                self._is_dry_run = prepared.is_dry_run
                return await self._mutation(prepared, variables)
        except ExceptionGroup as group:
            return ExecutionResult(None, [to_graphql_error(error) for error in group.exceptions])
        except GraphQLError as error:
            return ExecutionResult(None, [error])
        return None

    async def _mutation(self, prepared: Prepared, variables: VariableValues) -> ExecutionResult:
        context = self.execution_context
        fields = prepared.root_fields(prepared.open(variables))
        written = {key: field for key, field in fields.items() if binding(field.definition) is not None}
        # Not context.operation_name: where the request names none, that is the first operation's.
        name = context._provided_operation_name  # noqa: SLF001
        key = context.context.request_key(context.query or "", name, context.variables)
        if changes := changes_of_model(fields, written):
            runner = ModelMutationRunner(context.context.registry, prepared, context.context, key)
            return await runner.run(changes, context.variables)
        return await MutationRunner(self._served, prepared, context.context, key).run(variables)

    async def _query(self, prepared: Prepared, variables: VariableValues) -> ExecutionResult | None:
        parts = prepared.parts_for(variables)
        if parts.plan is None and parts.fixed is None:
            packed: Any = await self._introspection(prepared, parts, variables)
            return ExecutionResult(packed)
        data = await self._records(prepared, parts, variables)
        if parts.introspected:
            data = {**data, **await self._introspection(prepared, parts, variables)}
        if parts.fixed is not None:
            return await self._with_fixed(parts.fixed, parts.keys, data)
        return ExecutionResult({key: data[key] for key in parts.keys})

    async def _introspection(self, prepared: Prepared, parts: Parts, variables: VariableValues) -> Any:
        """What is asked about the schema: the whole response where that is all, else its values by response key."""
        operation = prepared.open(variables)
        fields = prepared.root_fields(operation)
        asked = {key: fields[key] for key in parts.introspected}
        answers = self._served.introspections
        try:
            if len(asked) < len(fields):
                return await answers.values(operation, asked)
            name = prepared.definition.name
            key = (self.execution_context.query or "", name.value if name else "")
            return await answers.response(None if prepared.definition.variable_definitions else key, operation, asked)
        except Exception as error:
            raise to_graphql_error(error, parts.introspected[:1]) from error

    async def _records(self, prepared: Prepared, parts: Parts, variables: VariableValues) -> Mapping[str, Any]:
        """The record fields."""
        plan = parts.plan
        if plan is None:
            return {}
        now = self.execution_context.context.now
        bound = plan.bind(variables.coerced, prepared.limits, now=now, statistics=self._served.statistics)
        self._cost = bound.cost
        try:
            if self._asks("explain"):
                self._explained = await explain_plan(self._served.store, plan, bound)
            begun = time.perf_counter()
            rows = await self._served.store.read(bound.statement)
            self.execution_context.context.registry.index_use.note(plan.accesses, (time.perf_counter() - begun) * 1_000)
            return plan.answer(rows[0], bound)
        except Exception as error:  # whatever it was: the client gets a code, the log the rest
            raise to_graphql_error(error, parts.keys[:1]) from error

    async def _with_fixed(
        self, document: DocumentNode, keys: Sequence[str], records: Mapping[str, Any]
    ) -> ExecutionResult:
        """Have graphql-core answer the other root fields, and put both in the order of the document.

        It walks off the event loop, for it takes its time over a large data model; what it awaits, it awaits here.
        """
        context = self.execution_context
        fixed = await resolve(
            document,
            context.context,
            context.variables,
            context.operation_name,
            in_thread=True,
            root_value=context.root_value,
            operation_extensions=context.operation_extensions,
        )
        if fixed.data is None:
            return fixed
        merged = {**records, **fixed.data}
        return ExecutionResult({key: merged[key] for key in keys}, fixed.errors)
