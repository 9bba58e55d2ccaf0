"""The load: requests over keep-alive connections, each sent when the answer before is whole.

A few lines over uvloop and httptools cost some 30 µs a request, so that the servers are the bottleneck and not this.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import httptools
import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

OK: Final = 200
ANSWER_TIMEOUT_S: Final = 120.0
_ERRORS: Final = b'{"errors"'


class BadAnswerError(RuntimeError):
    """A server answered with another status than 200 or with errors, or closed the connection."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes over the wire."""

    host: str
    port: int
    raw: bytes

    @classmethod
    def of(cls, url: str, document: str, variables: Mapping[str, Any]) -> Request:
        """A GraphQL request to ``http://host:port/path``."""
        return cls.with_body(url, orjson.dumps({"query": document, "variables": dict(variables)}))

    @classmethod
    def with_body(cls, url: str, body: bytes) -> Request:
        """A request to ``http://host:port/path`` that is encoded already."""
        authority, _, path = url.removeprefix("http://").partition("/")
        host, _, port = authority.partition(":")
        head = (
            f"POST /{path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\n"
            f"Accept: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return cls(host, int(port), head.encode() + body)


@dataclass(slots=True)
class Load:
    """What a stretch of load took.

    Attributes:
        times: Seconds of each request.
        seconds: From the first request to the last answer.
    """

    times: list[float] = field(default_factory=list)
    seconds: float = 0.0


class _Connection(asyncio.Protocol):
    """One keep-alive connection; ``parser`` calls the ``on_`` methods."""

    def __init__(self, take: Callable[[_Connection], Request | None], loop: asyncio.AbstractEventLoop) -> None:
        self._take = take
        self._pieces: list[bytes] = []
        self._sent = 0.0
        self._transport: asyncio.Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self.body = b""
        self.times: list[float] = []
        self.done: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._next()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(BadAnswerError(str(error)))

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self._fail(error or BadAnswerError("the server closed the connection"))

    def on_body(self, piece: bytes) -> None:
        """A piece of the answer."""
        self._pieces.append(piece)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.times.append(time.perf_counter() - self._sent)
        self.body = b"".join(self._pieces)
        self._pieces.clear()
        if self._parser.get_status_code() != OK or self.body.startswith(_ERRORS):
            self._fail(BadAnswerError(f"status {self._parser.get_status_code()}: {self.body[:500]!r}"))
            return
        self._next()

    def _next(self) -> None:
        if self._transport is None or self.done.done():
            return
        request = self._take(self)
        if request is None:
            self.done.set_result(None)
            self._transport.close()
            return
        self._parser = httptools.HttpResponseParser(self)
        self._sent = time.perf_counter()
        self._transport.write(request.raw)

    def _fail(self, error: Exception) -> None:
        if not self.done.done():
            self.done.set_exception(error)
        if self._transport is not None:
            self._transport.close()


async def ask(request: Request) -> bytes:
    """The body of one answer.

    Raises:
        BadAnswerError: The status is not 200.
    """
    left = [request]
    connection = await _connect(request, lambda _: left.pop() if left else None)
    await asyncio.wait_for(connection.done, ANSWER_TIMEOUT_S)
    return connection.body


async def load(make: Callable[[], Request], clients: int, seconds: float, *, least: int = 1) -> Load:
    """Have some clients ask for a while, each ``least`` times at least.

    Args:
        make: The next request; writes differ each time.
        clients: How many connections.
        seconds: When no new request is begun.
        least: How often each connection asks at least.

    Raises:
        BadAnswerError: A status is not 200.
    """
    started = time.perf_counter()
    until = started + seconds

    def take(connection: _Connection) -> Request | None:
        more = time.perf_counter() < until or len(connection.times) < least
        return make() if more else None

    first = make()
    connections = [await _connect(first, take) for _ in range(clients)]
    await asyncio.wait_for(asyncio.gather(*(one.done for one in connections)), seconds + ANSWER_TIMEOUT_S)
    return Load([taken for one in connections for taken in one.times], time.perf_counter() - started)


async def _connect(request: Request, take: Callable[[_Connection], Request | None]) -> _Connection:
    loop = asyncio.get_running_loop()
    _, connection = await loop.create_connection(lambda: _Connection(take, loop), request.host, request.port)
    return connection
