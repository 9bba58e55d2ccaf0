"""An engine with the data set in it, kept on the disk between runs."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import json
import secrets
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from graphdb.bootstrap import Index, build_index
from graphdb.catalog.files import standard_catalog
from graphdb.engine import EmbeddedEngine, EngineError
from tests.bench.dataset import VERSION, Dataset, build, fill
from tests.bench.noted import NotingStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
KEPT: Final = ROOT / ".bench"
"""What runs leave behind, outside of version control: graphs, results, the rival's packages."""
NEO4J: Final = "neo4j"
EMBEDDED: Final = "embedded"
HEAP: Final = "2g"
_RIVALS: Final = {
    "Contact": ("email", "lifecycleStage", "owner"),
    "Company": ("industry",),
    "Deal": ("stage",),
    "Ticket": ("priority",),
}
RIVAL_INDEXES: Final = tuple(Index(label, (name,)) for label, names in _RIVALS.items() for name in names)
"""On what the rivals' statements look for: our composite indexes do not lead them, those on ids do. None on what they
only order by, for Neo4j uses no index there while records without a value are to come too; none on the score, which six
in ten contacts pass. Neo4j alone has them, and makes those that a graph was loaded without."""


@dataclass(frozen=True, slots=True)
class Address:
    """How an engine is reached.

    Attributes:
        name: ``neo4j`` or ``embedded``.
        scale: How many contacts are in it.
    """

    name: str
    uri: str
    user: str
    password: str
    database: str | None
    scale: int

    def environment(self) -> dict[str, str]:
        """The variables that lead a program to it."""
        found = {"NEO4J_URI": self.uri, "NEO4J_USER": self.user, "NEO4J_PASSWORD": self.password}
        return found if self.database is None else {**found, "NEO4J_DATABASE": self.database}

    def store(self) -> NotingStore:
        """A store on it."""
        return NotingStore.connect(
            self.uri, self.user, self.password, database=self.database, timeout_s=120, write_timeout_s=300
        )


@contextlib.contextmanager
def running(name: str, scale: int, say: Callable[[str], None]) -> Iterator[Address]:
    """Run an engine over the data set of so many contacts, which is loaded unless an earlier run did.

    Raises:
        EngineError: It did not start; the text says what is missing.
    """
    folder = KEPT / "graphs" / f"{name}-{scale}"
    stamp = folder.with_suffix(".json")
    loaded = stamp.exists() and json.loads(stamp.read_text(encoding="utf-8"))["version"] == VERSION
    if not loaded:
        stamp.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
    with _started(name, folder, scale) as address:
        rate = asyncio.run(_filled(address, say, loaded=loaded))
        if rate is not None:
            text = json.dumps({"version": VERSION, "records_a_second": round(rate)})
            stamp.write_text(text, encoding="utf-8")
        yield address


@contextlib.contextmanager
def _started(name: str, folder: Path, scale: int) -> Iterator[Address]:
    if name == EMBEDDED:
        with EmbeddedEngine(folder, heap=HEAP) as engine:
            yield Address(name, engine.uri, engine.user, engine.password, engine.database, scale)
        return
    runner = _neo4j_runner()
    try:
        server = contextlib.ExitStack()
        found = server.enter_context(runner.server(folder, runner._free_port(0), secrets.token_urlsafe(24)))
    except (runner.RunError, runner.JavaNotFoundError) as error:
        raise EngineError(str(error)) from error
    with server:
        yield Address(
            name,
            found.environment["NEO4J_URI"],
            found.environment["NEO4J_USER"],
            found.environment["NEO4J_PASSWORD"],
            None,
            scale,
        )


def _neo4j_runner() -> Any:
    """``engine/neo4j/run.py``, which is a program and no module of the project."""
    folder = ROOT / "engine" / "neo4j"
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location("neo4j_run", folder / "run.py")
        if spec is None or spec.loader is None:
            raise ImportError(f"{folder / 'run.py'} cannot be imported")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up there
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
    return module


async def _filled(address: Address, say: Callable[[str], None], *, loaded: bool) -> float | None:
    """Wait until the engine answers, which it does late on a cold start, and load it if that has not been done."""
    store = address.store()
    try:
        await store.verify(timeout_s=60)
        rate = None
        if not loaded:
            catalog = standard_catalog()
            rate = await fill(store, catalog, Dataset(address.scale), say)
            await build(store, catalog, say)
        if address.name == NEO4J:
            say("the rivals' indexes")
            await asyncio.gather(*(build_index(store, index) for index in RIVAL_INDEXES))
        return rate
    finally:
        await store.close()
