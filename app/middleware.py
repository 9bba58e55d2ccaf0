"""What every request passes through before its route: an id, a check of its host name, a line in the log."""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING, Any, Final

import orjson
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response

from app.logs import new_request_id, request_id
from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_log = logging.getLogger("kinship.access")


class RequestMiddleware:
    """Gives each request its id, refuses foreign host names, and logs the answer at level info.

    A name other than ours in ``Host`` on a loopback address means that a web page has pointed its own domain
    at this machine, to read through the user's browser what only the user may read.

    Args:
        app: What answers the request.
        host_names: The names a request may be addressed to; None for any.
    """

    def __init__(self, app: ASGIApp, host_names: frozenset[str] | None) -> None:
        self._app = app
        self._host_names = host_names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = headers.get("x-request-id", "")
        current = given if _REQUEST_ID.fullmatch(given) else new_request_id()
        token = request_id.set(current)
        started = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["x-request-id"] = current
            await send(message)

        try:
            if self._host_names is None or host_name(headers.get("host", "")) in self._host_names:
                await self._app(scope, receive, send_with_id)
            elif scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
            else:
                await _misdirected(headers.get("host", ""))(scope, receive, send_with_id)
        finally:
            if _log.isEnabledFor(logging.INFO):
                _log.info("%s", _summary(scope, status), extra={"ms": _since_ms(started)})
            request_id.reset(token)


def host_name(header: str) -> str:
    """The name in a ``Host`` header, without its port and the brackets of an IPv6 address."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


def _misdirected(host: str) -> Response:
    message = f"This server does not answer for the host name {host!r}; KINSHIP_ALLOWED_HOSTS says which it does."
    body: dict[str, Any] = {"errors": [refuse(ErrorCode.FORBIDDEN, message).formatted]}
    return Response(orjson.dumps(body), status_code=421, media_type="application/json")


def _summary(scope: Scope, status: int) -> str:
    return f"{scope.get('method', 'WEBSOCKET')} {scope['path']} {status or 'closed'}"


def _since_ms(started: float) -> float:
    return round((time.perf_counter() - started) * 1_000, 2)
