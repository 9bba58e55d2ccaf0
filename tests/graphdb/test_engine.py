"""The embedded engine as a supervised process: secrets, crashes, leftovers, one owner per folder."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from graphdb.bolt import BoltStore
from graphdb.cypher.statement import Statement
from graphdb.engine import EmbeddedEngine, EngineError
from graphdb.engine.claim import command_line
from graphdb.engine.command import find_distribution
from graphdb.errors import OutcomeUnknown, StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from graphdb.store import Transaction

COUNT = Statement("MATCH (n:EngineTest) RETURN count(n)")
OWNER = """
import sys, time
from graphdb.engine import EmbeddedEngine
engine = EmbeddedEngine(sys.argv[1], heap="256m")
engine.start()
print(engine.pid, flush=True)
time.sleep(300)
"""
"""A program that owns an engine and does nothing more."""


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedEngine]:
    with EmbeddedEngine(tmp_path_factory.mktemp("own-engine"), heap="256m") as engine:
        yield engine


@pytest.fixture
async def own_store(engine: EmbeddedEngine) -> AsyncIterator[BoltStore]:
    store = _connect(engine)
    yield store
    await store.close()


def _connect(engine: EmbeddedEngine) -> BoltStore:
    return BoltStore.connect(engine.uri, engine.user, engine.password, database=engine.database)


def _creation(number: int) -> Callable[[Transaction], Awaitable[None]]:
    async def work(transaction: Transaction) -> None:
        await transaction.run(Statement("CREATE (:EngineTest {n: $p.n})", {"n": number}))

    return work


def _kill(engine: EmbeddedEngine) -> None:
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGKILL)


def _wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def _start_owner(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    root = Path(__file__).resolve().parents[2]
    owner = subprocess.Popen(  # noqa: S603 - a program of this test
        [sys.executable, "-c", OWNER, str(data_dir)], cwd=root, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    with owner.stdout:
        return owner, int(owner.stdout.readline())


def test_no_process_list_shows_the_password(engine: EmbeddedEngine) -> None:
    listing = subprocess.run(["ps", "-efww"], capture_output=True, text=True, check=True).stdout  # noqa: S607

    assert str(engine.data_dir) in listing
    assert engine.password not in listing
    assert engine.pid is not None
    assert engine.password not in command_line(engine.pid)
    if sys.platform == "linux":
        assert engine.password not in Path(f"/proc/{engine.pid}/environ").read_text(encoding="utf-8")


def test_the_passwords_file_and_folder_are_the_owners_alone(engine: EmbeddedEngine) -> None:
    assert (engine.data_dir / "password").stat().st_mode & 0o777 == 0o600
    assert engine.data_dir.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table of sockets")
def test_it_listens_on_the_loopback_interface_only(engine: EmbeddedEngine) -> None:
    sockets = {str(entry.readlink()) for entry in Path(f"/proc/{engine.pid}/fd").iterdir() if entry.is_symlink()}
    listening = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{engine.pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                listening.append(fields[1].rpartition(":")[0])

    assert len(listening) == 2, "Bolt and HTTP"
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F"}


async def test_a_killed_engine_loses_nothing_acknowledged_and_comes_back_by_itself(
    engine: EmbeddedEngine, own_store: BoltStore
) -> None:
    """Writers go on through kill -9: each call ends within 5 s, what was acknowledged is there afterwards."""
    acknowledged: list[int] = []
    refused = 0
    slowest_s = 0.0
    ended = asyncio.Event()

    async def write_on(first: int) -> None:
        nonlocal refused, slowest_s
        number = first
        while not ended.is_set():
            number += 4
            started = time.monotonic()
            try:
                await own_store.write(_creation(number))
                acknowledged.append(number)
            except StoreError:
                refused += 1
            slowest_s = max(slowest_s, time.monotonic() - started)

    writers = [asyncio.create_task(write_on(first)) for first in range(4)]
    async with asyncio.timeout(60):
        while len(acknowledged) < 100:  # noqa: ASYNC110 - the count of what four writers do
            await asyncio.sleep(0.01)
    killed = len(acknowledged)
    before, address = engine.pid, engine.uri
    _kill(engine)
    async with asyncio.timeout(60):
        while len(acknowledged) < killed + 20:  # noqa: ASYNC110 - the count of what four writers do
            await asyncio.sleep(0.05)
    ended.set()
    await asyncio.gather(*writers)

    rows = await own_store.read(Statement("MATCH (n:EngineTest) RETURN collect(n.n)"))
    present = rows[0][0]
    assert set(acknowledged) <= set(present)
    assert len(present) == len(set(present))
    assert slowest_s < 20
    assert engine.pid != before
    assert engine.uri == address


async def test_while_it_stops_in_order_calls_say_that_no_engine_answers(tmp_path: Path) -> None:
    """It takes its leave in steps: logins are forgotten before the connections are closed."""
    said: list[StoreError] = []
    engine = EmbeddedEngine(tmp_path, heap="256m")
    await asyncio.to_thread(engine.start)
    store = _connect(engine)

    async def go_on(number: int) -> None:
        while engine.running:
            try:
                await (store.write(_creation(number)) if number % 2 else store.read(COUNT))
            except StoreError as error:
                said.append(error)

    calls = [asyncio.create_task(go_on(number)) for number in range(8)]
    await asyncio.sleep(0.5)
    await asyncio.to_thread(engine.stop)
    async with asyncio.timeout(60):
        await asyncio.gather(*calls)
    await store.close()
    assert said
    assert {type(error) for error in said} <= {StoreUnavailable, OutcomeUnknown}


async def test_while_it_is_down_calls_say_so_within_five_seconds(engine: EmbeddedEngine) -> None:
    """A stopped process (not a dead one) accepts and never answers: the case that is slowest to notice."""
    store = _connect(engine)
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSTOP)
    started = time.monotonic()
    try:
        with pytest.raises(StoreUnavailable):
            await store.read(COUNT)
        assert time.monotonic() - started < 20
    finally:
        os.kill(engine.pid, signal.SIGCONT)
    assert (await store.read(COUNT))[0][0] >= 0
    await store.close()


async def test_a_second_run_starts_from_what_the_first_left(tmp_path: Path) -> None:
    passwords = set()
    for expected in (1, 2):
        with EmbeddedEngine(tmp_path / "data", heap="256m") as engine:
            store = _connect(engine)
            await store.write(_creation(expected))
            assert await store.read(COUNT) == [[expected]]
            await store.close()
            passwords.add(engine.password)
        assert not engine.running
    assert len(passwords) == 1


def test_a_second_owner_is_refused_and_told_who_the_first_is(engine: EmbeddedEngine) -> None:
    with pytest.raises(EngineError, match=f"in use by process {os.getpid()}"):
        EmbeddedEngine(engine.data_dir).start()
    assert engine.running


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_the_engine_ends_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    owner, engine_pid = _start_owner(tmp_path)
    owner.kill()
    owner.wait()
    _wait_until(lambda: not command_line(engine_pid))


def test_an_engine_that_outlived_its_owner_is_stopped_by_the_next_one(tmp_path: Path) -> None:
    """The signal of the parent's death is lost on a stopped engine until it goes on: it is still there."""
    owner, engine_pid = _start_owner(tmp_path)
    os.kill(engine_pid, signal.SIGSTOP)
    owner.kill()
    owner.wait()
    assert command_line(engine_pid)

    with EmbeddedEngine(tmp_path, heap="256m") as engine:
        assert engine.running
        assert not command_line(engine_pid)


def test_a_strangers_process_under_a_remembered_id_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as stranger:
        (tmp_path / "engine.pid").write_text(str(stranger.pid), encoding="ascii")
        with EmbeddedEngine(tmp_path, heap="256m"):
            assert stranger.poll() is None
        stranger.kill()


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match=r"did not start:[^$]*Invalid maximum heap size"):
        EmbeddedEngine(tmp_path, heap="nonsense").start()


def test_where_the_package_is_missing_the_error_points_at_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(EngineError, match="NEO4J_URI"):
        find_distribution()


def test_stopping_twice_or_before_the_start_is_harmless(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    engine.stop()
    engine.stop()
    assert not engine.running
