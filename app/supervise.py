"""The life of a server: its port, the engine beneath it, its processes, and the end of all of them.

The order is what makes it safe to interrupt: the port is taken first, for nothing should be started that
cannot be served; then the engine; then the server processes. Whatever ends the server ends them in the
reverse order, and a signal that comes meanwhile is not heeded.
"""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import os
import signal
import socket
import sys
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.supervisors import Multiprocess

from app.catalog_source import CatalogSource
from app.connection import await_engine, open_store
from app.indexes import Indexes
from app.keeper import Keeper
from app.logs import configuration
from graphdb.engine import EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from app.settings import Settings

PARENT_VARIABLE: Final = "KINSHIP_PARENT_PID"
_BACKLOG: Final = 2_048
_READY_WITHIN_S: Final = 120.0
_ANSWERS_WITHIN_S: Final = 30.0
_DIRECT: Final = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Our own address is asked without the proxy that the environment may name."""
_STOP_SIGNALS: Final = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class Stopped(KeyboardInterrupt):
    """A signal asked for the end. A KeyboardInterrupt, for asyncio lets nothing else through its tasks."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


class PortError(OSError):
    """The address cannot be listened on; the text says why and what to do."""


class ServerError(RuntimeError):
    """The server did not start or did not stay; its log says why."""


@contextlib.contextmanager
def stop_signals() -> Iterator[None]:
    """Turn the signals that end a program into ``Stopped``, raised in the main thread."""
    before = {number: signal.signal(number, _raise_stopped) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore those signals: what is being stopped is stopped to the end."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def listen(host: str, port: int) -> socket.socket:
    """Take the address.

    Raises:
        PortError: It is taken, not this machine's, or not allowed.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise PortError(f"The host {host!r} is not known: {error.strerror}. Give another with --host.") from error
    listener = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":
            # On Windows the option means something else: it lets two programs take one port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise PortError(_port_message(host, port, error)) from error
    listener.setblocking(False)
    return listener


def _port_message(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken by another program. "
            f"Stop that one, or choose another with --port (KINSHIP_PORT), for example --port {port + 1}."
        )
    if error.errno == errno.EACCES:
        return f"Port {port} on {host} is not allowed to this user. Choose one above 1023 with --port."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{host} is no address of this machine. Give another with --host."
    return f"Port {port} on {host} cannot be listened on: {error.strerror}. Choose another with --port."


@contextlib.contextmanager
def engine(settings: Settings) -> Iterator[Settings]:
    """Settings with the address of a running engine: the server they name, or the embedded one, started here.

    Raises:
        EngineError: The embedded engine did not start.
        StoreUnavailable: It started but does not answer queries.
    """
    if settings.neo4j_uri is not None:
        yield settings
        return
    embedded = EmbeddedEngine(settings.data_dir)
    embedded.start()
    try:
        reached = dataclasses.replace(
            settings,
            neo4j_uri=embedded.uri,
            neo4j_user=embedded.user,
            neo4j_password=embedded.password,
            neo4j_database=embedded.database,
        )
        asyncio.run(await_engine(reached, _ANSWERS_WITHIN_S))
        yield reached
    finally:
        with undisturbed():
            embedded.stop()


def serve(settings: Settings, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Answer requests until a signal asks for the end.

    Args:
        settings: With the engine's address in them.
        listener: The address that was taken.
        on_ready: Called once, from a thread, when the first query would be answered.

    Raises:
        Stopped: By a signal, once every request under way was answered or its time was up.
        ServerError: The server did not start.
    """
    ended = threading.Event()
    url = _local_url(listener)
    announcer = threading.Thread(target=_announce, args=(url, on_ready, ended), name="announcer", daemon=True)
    announcer.start()
    try:
        if settings.workers == 1:
            _serve_here(settings, listener)
        else:
            _serve_in_processes(settings, listener)
    finally:
        ended.set()
        announcer.join(timeout=2)


def _serve_here(settings: Settings, listener: socket.socket) -> None:
    from app.asgi import create_app  # noqa: PLC0415 - it imports watch_parent from here

    server = uvicorn.Server(_config(create_app(settings), settings))
    server.run(sockets=[listener])
    if not server.started:
        raise ServerError("The server did not start; the log above says why.")


def _serve_in_processes(settings: Settings, listener: socket.socket) -> None:
    """The parent keeps the processes running and does what one does for all, so that they do not race for it."""
    shared = dataclasses.replace(settings, build_indexes=False)
    os.environ.update(shared.to_environment())
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    keeping = _Keeping(settings)
    if settings.build_indexes:
        keeping.start()
    try:
        parent = _Parent(_config("app.asgi:from_environment", settings), sockets=[listener])
        parent.run()
    finally:
        keeping.stop()
    if parent.stopped_by is None:
        raise ServerError("A server process did not start; the log above says why.")
    raise Stopped(parent.stopped_by)


class _Parent(Multiprocess):
    """Uvicorn's parent process, which remembers the signal that ended it."""

    stopped_by: int | None = None

    def handle_int(self) -> None:
        """Ctrl-C."""
        self.stopped_by = signal.SIGINT
        super().handle_int()

    def handle_term(self) -> None:
        """A supervisor's request to end."""
        self.stopped_by = signal.SIGTERM
        super().handle_term()

    def handle_hup(self) -> None:
        """A closed terminal ends the program; to uvicorn alone the signal would mean "restart"."""
        self.handle_term()


def _config(app: Any, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=isinstance(app, str),
        workers=settings.workers,
        lifespan="on",
        ws="none",
        log_config=configuration(settings),
        log_level=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=settings.shutdown_timeout_s,
    )


class _Keeping(threading.Thread):
    """Makes the indexes and does the graph's chores beside the server processes, on connections of its own."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="keeper", daemon=True)
        self._settings = settings
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None

    def run(self) -> None:
        """Go on until stopped."""
        with contextlib.suppress(asyncio.CancelledError):
            asyncio.run(self._keep())

    def stop(self) -> None:
        """Leave off; what is left to be done is done after the next start."""
        if self.is_alive() and self._loop is not None and self._task is not None:
            self._loop.call_soon_threadsafe(self._task.cancel)
            self.join(timeout=5)

    async def _keep(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        store = open_store(self._settings)
        try:
            source = CatalogSource(store, self._settings)
            indexes = Indexes(store, await source.open_when_there())

            async def refresh() -> None:
                catalog = await source.other_than(indexes.catalog.version)
                if catalog is not None:
                    indexes.use(catalog)
                    keeper.changed()

            keeper = Keeper(store, self._settings, lambda: indexes.catalog, refresh)
            await asyncio.gather(indexes.keep(), source.follow(refresh), keeper.run())
        finally:
            await store.close()


async def watch_parent() -> None:
    """In a server process: end it when the parent that supervises it is gone."""
    parent = os.environ.get(PARENT_VARIABLE)
    if parent is None or os.getpid() == int(parent):
        return
    while os.getppid() == int(parent):  # noqa: ASYNC110 - no event tells of a parent's end
        await asyncio.sleep(1)
    signal.raise_signal(signal.SIGTERM)


def _announce(url: str, on_ready: Callable[[], None], ended: threading.Event) -> None:
    deadline = time.monotonic() + _READY_WITHIN_S
    while not ended.wait(0.1) and time.monotonic() < deadline:
        with contextlib.suppress(OSError), _DIRECT.open(url, timeout=2):
            on_ready()
            return


def _local_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{reached}:{port}/readyz"


def _raise_stopped(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's signature
    if sys.is_finalizing():
        return
    raise Stopped(number)
