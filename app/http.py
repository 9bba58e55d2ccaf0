"""GraphQL over HTTP: a request in, ``data`` and ``errors`` out.

What is read is bounded before it is parsed: size, time, then JSON, its depth and its shape. Whatever is wrong
is answered in the form of a GraphQL error. The document itself is Strawberry's business, from
``schema.execute`` on.

Statuses: under ``application/graphql-response+json`` an answer without data has the status of its gravest
error (400 where the document is at fault, 503 where the database is away); under ``application/json`` every
well-formed request is answered with 200. A request that is not well formed gets a 4xx in both.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from starlette.requests import ClientDisconnect, Request
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from app.delivery import SAFE_METHODS, deliver
from app.errors import classify, status_of
from app.introspection import PackedResponse
from app.negotiation import MediaType, accepts_html, choose, content_type_refused
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphql import GraphQLError
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send
    from strawberry.schema.base import BaseSchema
    from strawberry.types import ExecutionResult

    from app.settings import Settings

SERVER_ERROR: Final = 500
_OPERATIONS = {
    "GET": frozenset({OperationType.QUERY}),
    "HEAD": frozenset({OperationType.QUERY}),
    "POST": frozenset({OperationType.QUERY, OperationType.MUTATION}),
}
_SAFE_SITES = frozenset({"same-origin", "none"})
_PREFLIGHT_HEADERS = ("x-requested-with", "graphql-require-preflight", "apollo-require-preflight")
_HEADERS = {"cache-control": "no-store", "vary": "accept", "x-content-type-options": "nosniff"}
_DRAINED_BODIES = 4
"""How many largest bodies are read, and thrown away, so that a client lives to see its 413."""


class Refusal(Exception):
    """A request that is not well formed, with the answer it gets."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: ErrorCode = ErrorCode.BAD_USER_INPUT,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.error = refuse(code, message)
        self.headers = dict(headers or {})
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a request begins with, and keeps to its end.

    Attributes:
        schema: The schema of the moment.
        context: What resolvers and extensions see.
        extensions: What stands in the ``extensions`` of its answer.
        headers: Headers of its answer, which those who carry it out may add to.
    """

    schema: BaseSchema
    context: Any
    extensions: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class GraphQLView(GraphQL[Any, None]):
    """The endpoint. What it answers with is asked for anew with each request, for the catalog may have changed.

    Args:
        begin: Gives what a request begins with, once it is known to be well formed.
        settings: The limits.
        page: The HTML that a browser gets; None for no page.
    """

    def __init__(self, begin: Callable[[Request], Begun], settings: Settings, page: Response | None = None) -> None:
        self._begin = begin
        self._settings = settings
        self._page = page
        # Strawberry would keep one schema for good.
        super().__init__(
            schema=cast("BaseSchema", None),
            graphql_ide=None,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
        )

    def encode_json(self, data: object) -> bytes:
        """JSON text, in which ``orjson.Fragment`` stands for itself."""
        return orjson.dumps(data)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        response = await self.answer(Request(scope, receive))
        await response(scope, receive, send)

    async def answer(self, request: Request) -> Response:
        """The answer to one HTTP request."""
        accept = request.headers.get("accept", "")
        if self._page is not None and _wants_page(request, accept):
            return self._page
        media = choose(accept)
        try:
            _check_media(media, accept)
            asked = await self._read(request)
            begun = self._begin(request)
            result = await self._execute(request, asked, begun)
            data: Any = result.data
            if isinstance(data, PackedResponse):
                return await self._packed(request, result, data, begun, media or MediaType.JSON)
        except Refusal as refusal:
            content = {"errors": [refusal.error.formatted]}
            return await self._response(request, content, refusal.status, media or MediaType.JSON, refusal.headers)
        return await self._answered(request, result, begun, media or MediaType.JSON)

    async def _read(self, request: Request) -> GraphQLRequestData:
        """What a request asks for, once its outside is known to be sound."""
        if request.method in SAFE_METHODS:
            _check_site(request)
            fields = self._query_fields(request)
        elif request.method == "POST":
            refused = content_type_refused(request.headers.get("content-type", ""))
            if refused is None and request.headers.get("content-encoding", "identity").lower() != "identity":
                refused = "Expected a body without content encoding."
            if refused:
                raise Refusal(415, refused, headers={"accept-post": "application/json"})
            fields = self.read_json(await self._body(request), "the request body")
        else:
            message = f"Expected the method GET or POST, found {request.method}."
            raise Refusal(405, message, headers={"allow": "GET, HEAD, POST"})
        return _request_data(fields)

    def _query_fields(self, request: Request) -> dict[str, Any]:
        if len(request.scope["query_string"]) > self._settings.body_bytes_max:
            raise Refusal(414, f"Expected at most {self._settings.body_bytes_max:,} bytes of query.")
        fields: dict[str, Any] = dict(request.query_params)
        for name in ("variables", "extensions"):
            text = fields.get(name)
            fields[name] = self.read_json(text.encode(), f"the parameter {name}") if text else None
        return fields

    async def _body(self, request: Request) -> bytes:
        """The body, read up to its limit in size and time."""
        limit = self._settings.body_bytes_max
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._settings.body_timeout_s):
                async for chunk in request.stream():
                    size += len(chunk)
                    if size <= limit:
                        chunks.append(chunk)
                    elif size > limit * _DRAINED_BODIES:
                        break
        except TimeoutError:
            raise Refusal(408, f"The body did not arrive within {self._settings.body_timeout_s:g} s.") from None
        except ClientDisconnect:
            raise Refusal(400, "The connection closed before the body was complete.") from None
        if size > limit:
            raise Refusal(413, f"Expected a body of at most {limit:,} bytes.")
        return b"".join(chunks)

    def read_json(self, text: bytes, where: str) -> Any:
        """Parse JSON, strictly: no NaN, no lone surrogate, nothing deeper than the limit.

        Raises:
            Refusal: It is not JSON, or nested too deeply.
        """
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError as error:
            message = f"Expected JSON in {where}, found something else at character {error.pos}: {error.msg}."
            raise Refusal(400, message) from None
        limit = self._settings.json_depth_max
        # Counting brackets bounds the depth from above, so that ordinary requests are not walked.
        if text.count(b"{") + text.count(b"[") > limit and _deeper_than(value, limit):
            raise Refusal(400, f"Expected JSON of at most {limit} levels in {where}.")
        return value

    async def _execute(self, request: Request, asked: GraphQLRequestData, begun: Begun) -> ExecutionResult:
        """Have the document carried out, or refuse an operation that the method does not allow."""
        try:
            return await begun.schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=begun.context,
                operation_name=asked.operation_name,
                allowed_operation_types=_OPERATIONS[request.method],
                operation_extensions=asked.extensions,
            )
        except MissingQueryError:
            raise Refusal(400, "Expected a document in `query`, found none.") from None
        except CannotGetOperationTypeError as error:
            return PreExecutionError(data=None, errors=[_no_operation(error.operation_name)])
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.MUTATION:
                message = "Expected the method POST for a mutation."
                raise Refusal(405, message, headers={"allow": "POST"}) from None
            raise Refusal(400, "Subscriptions are not answered over HTTP.") from None

    async def _answered(self, request: Request, result: ExecutionResult, begun: Begun, media: MediaType) -> Response:
        before_execution = isinstance(result, PreExecutionError)
        errors = [classify(error, executing=not before_execution) for error in result.errors or ()]
        content: dict[str, Any] = {}
        if errors:
            content["errors"] = [error.formatted for error in errors]
        executed = result.data is not None or any(error.path for error in errors)
        if executed and not before_execution:
            content["data"] = result.data
        extensions = {**begun.extensions, **(result.extensions or {})}
        if extensions:
            content["extensions"] = extensions
        status = 200 if media is MediaType.JSON else _status(content, errors)
        headers = {"retry-after": "1"} if status == 503 else {}  # noqa: PLR2004 - an HTTP status
        return await self._response(request, content, status, media, {**headers, **begun.headers})

    async def _packed(
        self, request: Request, result: ExecutionResult, found: PackedResponse, begun: Begun, media: MediaType
    ) -> Response:
        """An answer about the schema, which is kept compressed."""
        if result.extensions:
            data: Any = await asyncio.to_thread(lambda: found.data)
            result.data = data
            return await self._answered(request, result, begun, media)
        compress = bool(self._settings.compress_bytes_min)
        headers = {**_HEADERS, "vary": "accept, accept-encoding" if compress else "accept"}
        if request.method in SAFE_METHODS:
            headers |= {"etag": found.packed.tag, "cache-control": "private, no-cache"}
        return await found.packed.response(request, f"{media.value}; charset=utf-8", headers, compress=compress)

    async def _response(
        self, request: Request, content: dict[str, Any], status: int, media: MediaType, headers: Mapping[str, str]
    ) -> Response:
        return await deliver(
            request,
            self.encode_json(content),
            status=status,
            media_type=f"{media.value}; charset=utf-8",
            headers={**_HEADERS, **headers},
            tagged="errors" not in content,
            compress_from=self._settings.compress_bytes_min,
        )


def _status(content: Mapping[str, Any], errors: list[GraphQLError]) -> int:
    """The status under ``application/graphql-response+json``."""
    if "data" not in content:
        return status_of(errors)
    if content["data"] is not None:
        return 200
    status = status_of(errors)
    # The document was carried out and the answer is null: that is a failure only if it is the server's.
    return status if status >= SERVER_ERROR else 200


def _wants_page(request: Request, accept: str) -> bool:
    return request.method in SAFE_METHODS and "query" not in request.query_params and accepts_html(accept)


def _check_media(media: MediaType | None, accept: str) -> None:
    if media is None:
        raise Refusal(406, f"Expected to be asked for {' or '.join(MediaType)}, found {accept!r}.")


def _check_site(request: Request) -> None:
    """Refuse a GET that a page of another site makes a browser send: it could time what the answer holds."""
    site = request.headers.get("sec-fetch-site", "none")
    if site not in _SAFE_SITES and not any(name in request.headers for name in _PREFLIGHT_HEADERS):
        message = f"A GET from another site needs one of the headers {', '.join(_PREFLIGHT_HEADERS)}."
        raise Refusal(403, message, code=ErrorCode.FORBIDDEN)


def _request_data(fields: Any) -> GraphQLRequestData:
    if isinstance(fields, list):
        raise Refusal(400, "Expected one operation, found a list: batches are not answered.")
    if not isinstance(fields, dict):
        raise Refusal(400, "Expected a JSON object in the request body.")
    kinds: tuple[tuple[str, type, str], ...] = (
        ("query", str, "a string"),
        ("operationName", str, "a string or null"),
        ("variables", dict, "an object or null"),
        ("extensions", dict, "an object or null"),
    )
    for name, kind, expected in kinds:
        value = fields.get(name)
        if value is not None and not isinstance(value, kind):
            raise Refusal(400, f"Expected {expected} in `{name}`, found {_kind_of(value)}.")
    return GraphQLRequestData(
        query=fields.get("query"),
        operation_name=fields.get("operationName") or None,
        variables=fields.get("variables"),
        extensions=fields.get("extensions"),
    )


def _kind_of(value: Any) -> str:
    names: dict[type, str] = {str: "a string", list: "a list", dict: "an object", bool: "a boolean"}
    return names.get(type(value), "a number")


def _no_operation(name: str | None) -> GraphQLError:
    if name is None:
        message = "Expected `operationName`, for the document does not hold exactly one operation."
    else:
        message = f"Expected an operation named {name!r} in the document, found none."
    return refuse(ErrorCode.BAD_USER_INPUT, message)


def _deeper_than(value: Any, limit: int) -> bool:
    """Whether nested lists and objects go deeper than the limit; level by level, so without recursion."""
    level = [value]
    for _ in range(limit + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not any(isinstance(child, dict | list) for child in level):
            return False
    return True
