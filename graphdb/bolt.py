"""``BoltStore``: the graph store over the official driver, the same for Neo4j and the embedded engine.

The driver has no read time-out, waits a second before its first retry and decides by itself how long to go on
(up to 30 s), so the deadline, the retries and the pauses are kept here:

* a deadline around every call; past it the connection is dropped and the call answers;
* an outage is waited out for ``OUTAGE_S`` at most, then reported: a dead engine is known within 4 s;
* a deadlock is tried again until the deadline, a refused unique value ``RACE_ATTEMPTS`` times;
* what the engine fails at without saying why is tried ``FAILURE_ATTEMPTS`` times: it may be about to shut down;
* who has lost ``TURN_AFTER`` times goes on in turn with the others of this process who have: where all write the same
  records, they would else undo each other's work until their deadlines.

A read is one auto-commit statement: on Neo4j that is one round trip where a managed transaction takes two. A
write is an explicit transaction, for the embedded engine does not isolate auto-commit writes.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import urlsplit

from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncGraphDatabase, AsyncResult, Query
from neo4j.exceptions import GqlError

from graphdb.driver_errors import UNKNOWN_AT_COMMIT, Retry, meaning_of, translate
from graphdb.errors import (
    OutcomeUnknown,
    StatementRejected,
    StoreError,
    StoreTimeout,
    StoreUnavailable,
    Superseded,
)
from graphdb.store import Engine, PlanStep

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from neo4j import AsyncDriver, AsyncSession, AsyncTransaction

    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction

T = TypeVar("T")

SCHEMES = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
OUTAGE_S = 3.5
"""How long an engine that does not answer is tried, in seconds: the embedded one mostly restarts in it."""
LEAST_OUTAGE_S = 0.75
"""How long it is tried at least, however long the attempt took that found it gone."""
CONNECT_S = 3.0
VERIFY_S = 3.0
ACQUIRE_S = 3.5
"""How long a call waits for a connection; a server that accepts and then is silent costs it all."""
IDLE_CHECK_S = 30.0
"""A pooled connection idle for longer is asked for a sign of life before it is used."""
RACE_ATTEMPTS = 8
FAILURE_ATTEMPTS = 3
TURN_AFTER = 2
"""How often a write loses against others before it waits for its turn."""
SCHEMA_TIMEOUT_S = 600.0
"""A schema command may have to build over all records first."""

_FIRST_PAUSE_S = 0.02
_LONGEST_PAUSE_S = 0.25
_UNSENDABLE = (UnicodeError, OverflowError, TypeError, ValueError)
"""What the driver raises for a parameter that Bolt cannot carry, e.g. a lone surrogate or 2**70."""


class BoltStore:
    """One graph behind Bolt. Made by ``connect``; safe to share between tasks of one event loop."""

    def __init__(self, driver: AsyncDriver, *, database: str | None, timeout_s: float, write_timeout_s: float) -> None:
        self._driver = driver
        self._timeout_s = timeout_s
        self._write_timeout_s = write_timeout_s
        self._agent: str | None = None
        self._turn = asyncio.Lock()
        self._session_config: dict[str, Any] = {"database": database, "fetch_size": -1}

    @classmethod
    def connect(
        cls,
        uri: str,
        user: str | None = None,
        password: str | None = None,
        *,
        database: str | None = None,
        timeout_s: float = 10.0,
        write_timeout_s: float = 30.0,
        pool_size: int = 50,
    ) -> Self:
        """A store for the engine at a Bolt address. Opens no connection yet: the engine may be down.

        Args:
            uri: ``bolt://``, ``neo4j://`` or their encrypted kin.
            user: Name to log in with; none where authentication is off.
            password: Its password.
            database: Name of the database; the server's default if none.
            timeout_s: Deadline of a read, in seconds.
            write_timeout_s: Deadline of a write with all of its retries, in seconds.
            pool_size: Most connections at one time.

        Raises:
            StoreUnavailable: The address is not one the driver can use.
        """
        scheme = _check_address(uri)
        try:
            driver = AsyncGraphDatabase.driver(
                uri,
                auth=(user, password or "") if user else None,
                max_connection_pool_size=pool_size,
                connection_timeout=CONNECT_S,
                connection_acquisition_timeout=ACQUIRE_S,
                connection_write_timeout=timeout_s,
                liveness_check_timeout=IDLE_CHECK_S,
                notifications_min_severity="OFF",
                warn_notification_severity="OFF",
                telemetry_disabled=True,
                user_agent="kinship",
            )
        except GqlError as error:
            raise translate(error) from error
        store = cls(driver, database=database, timeout_s=timeout_s, write_timeout_s=write_timeout_s)
        if scheme.startswith("neo4j"):
            # Behind routing the next read may reach another server than the last write did.
            store._session_config["bookmark_manager"] = AsyncGraphDatabase.bookmark_manager()
        return store

    @property
    def engine(self) -> Engine:
        """Who answers. Known from ``verify`` on.

        Raises:
            StoreUnavailable: ``verify`` has not reached an engine yet.
        """
        if self._agent is None:
            raise StoreUnavailable("no engine has answered yet, so its kind is not known")
        # The embedded engine presents itself as a server that Neo4j's drivers may talk to.
        return Engine.ARCADEDB if "ArcadeDB" in self._agent else Engine.NEO4J

    async def verify(self, *, timeout_s: float = VERIFY_S) -> str:
        """Ask the engine for its name and version, once.

        Raises:
            StoreUnavailable: No engine answered.
        """
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._driver.session(default_access_mode=READ_ACCESS, **self._session_config) as session,
            ):
                summary = await (await session.run("RETURN 1")).consume()
        except TimeoutError as error:
            raise StoreUnavailable(f"no answer within {timeout_s:g} s") from error
        except GqlError as error:
            raise translate(error) from error
        self._agent = summary.server.agent
        return self._agent

    async def read(self, statement: Statement, *, timeout_s: float | None = None) -> Rows:
        """Run a reading statement in a transaction of its own and return its rows.

        Raises:
            StoreUnavailable: No engine answered.
            StoreTimeout: It took longer than ``timeout_s`` (default: the store's own).
            StatementRejected: The engine or the driver refused the statement or a parameter.
        """
        parameters = {"p": _plain(statement.params)}
        take = partial(_rows, folded=statement.folded)
        return await self._run_alone(statement.text, parameters, READ_ACCESS, timeout_s or self._timeout_s, take)

    async def explain(self, text: str) -> PlanStep:
        """How the engine would carry out a statement; nothing is run.

        Raises:
            StoreUnavailable: No engine answered.
            StoreTimeout: Planning took longer than a read may.
            StatementRejected: The engine refused the statement.
        """
        return await self._run_alone(f"EXPLAIN {text}", {"p": {}}, READ_ACCESS, self._timeout_s, _plan_of)

    async def change_schema(self, text: str) -> Rows:
        """Run one schema command (an index, a constraint, SHOW ...) by itself and return its rows.

        A command is tried again after an outage, so it must be one that repeats harmlessly.

        Raises:
            StoreUnavailable: No engine answered.
            StoreTimeout: It took longer than ``SCHEMA_TIMEOUT_S``.
            ConstraintViolated: The records break the constraint that was asked for.
            StatementRejected: The engine refused the command.
        """
        return await self._run_alone(text, {}, WRITE_ACCESS, SCHEMA_TIMEOUT_S, AsyncResult.values)

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, timeout_s: float | None = None) -> T:
        """Run ``work`` in one transaction and commit.

        ``work`` may run several times, so it must change nothing outside its transaction. An exception that
        it raises itself rolls back and is passed on.

        Raises:
            StoreUnavailable: No engine answered; nothing was written.
            StoreTimeout: The deadline passed; nothing was written.
            OutcomeUnknown: The commit's answer was lost.
            ConstraintViolated: A unique value is taken, still after ``RACE_ATTEMPTS`` attempts.
            StatementRejected: The engine or the driver refused a statement or a parameter.
        """
        return await self._transact(work, timeout_s or self._write_timeout_s, commit=True)

    async def rollback(self, work: Callable[[Transaction], Awaitable[T]], *, timeout_s: float | None = None) -> T:
        """As ``write``, but roll back at the end: what a dry run needs."""
        return await self._transact(work, timeout_s or self._write_timeout_s, commit=False)

    async def close(self) -> None:
        """Give back every connection."""
        await self._driver.close()

    async def _run_alone(
        self,
        text: str,
        parameters: dict[str, Any],
        mode: str,
        timeout_s: float,
        take: Callable[[AsyncResult], Awaitable[T]],
    ) -> T:
        retries = _Retries(timeout_s)
        query = Query(text, timeout=timeout_s)
        config = self._session_config
        try:
            async with asyncio.timeout(timeout_s) as scope:
                while True:
                    retries.begin()
                    try:
                        async with self._driver.session(default_access_mode=mode, **config) as session:
                            result = await session.run(query, parameters)
                            return await take(result)
                    except GqlError as error:
                        await retries.pause(error, self._driver)
        except TimeoutError as error:
            if not scope.expired():
                raise
            raise retries.timed_out() from error
        except _UNSENDABLE as error:
            raise StatementRejected(f"a parameter cannot be sent: {error}") from error

    async def _transact(self, work: Callable[[Transaction], Awaitable[T]], timeout_s: float, *, commit: bool) -> T:
        retries = _Retries(timeout_s)
        attempt: _Attempt | None = None
        try:
            async with asyncio.timeout(timeout_s) as scope, contextlib.AsyncExitStack() as turn:
                while True:
                    if retries.collisions == TURN_AFTER:
                        retries.collisions += 1
                        await turn.enter_async_context(self._turn)
                    retries.begin()
                    attempt = _Attempt(retries.remaining_s)
                    try:
                        async with self._driver.session(
                            default_access_mode=WRITE_ACCESS, **self._session_config
                        ) as session:
                            return await attempt.run(session, work, commit=commit)
                    except GqlError as error:
                        attempt.check_commit(error)
                        attempt = None
                        await retries.pause(error, self._driver)
                    except Superseded:
                        attempt = None
                        await retries.again()
                    except StoreError as error:
                        cause = attempt.cause_of(error)
                        if cause is None:
                            raise
                        attempt = None
                        await retries.pause(cause, self._driver)
        except TimeoutError as error:
            if not scope.expired():
                raise
            if attempt is not None and attempt.committing:
                raise OutcomeUnknown("the deadline passed while the commit's answer was awaited") from error
            raise retries.timed_out() from error


def _check_address(uri: str) -> str:
    """The address's scheme, if the driver can use it; some faults it would find on the first call only."""
    try:
        address = urlsplit(uri)
        if address.scheme not in SCHEMES:
            raise StoreUnavailable(f"expected an address such as bolt://host:7687, found {uri!r}")
        _ = address.port
    except ValueError as error:
        raise StoreUnavailable(f"expected an address such as bolt://host:7687, found {uri!r}: {error}") from error
    return address.scheme


def _plain(params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters as the one kind of mapping that the driver packs."""
    return params if type(params) is dict else dict(params)


class _Attempt:
    """One run of a caller's work in a transaction.

    Attributes:
        committing: Whether the commit has been asked for: from here a lost answer leaves the outcome unknown.
        failure: The first statement's failure, as the work saw it and as the driver raised it.
    """

    def __init__(self, timeout_s: float) -> None:
        self.committing = False
        self.failure: tuple[StoreError, GqlError] | None = None
        self._timeout_s = timeout_s

    async def run(self, session: AsyncSession, work: Callable[[Transaction], Awaitable[T]], *, commit: bool) -> T:
        transaction = await session.begin_transaction(timeout=self._timeout_s)
        try:
            value = await work(_BoltTransaction(transaction, self))
            self._check_statements()
            if commit:
                self.committing = True
                await transaction.commit()
            else:
                await transaction.rollback()
        except asyncio.CancelledError:
            transaction.cancel()
            raise
        except BaseException:
            await transaction.close()
            raise
        return value

    def _check_statements(self) -> None:
        if self.failure is not None:
            # The work swallowed a failed statement; the engine has given the transaction up all the same.
            raise self.failure[0]

    def cause_of(self, error: StoreError) -> GqlError | None:
        """What the driver raised, if ``error`` comes from a statement of this attempt and not from the work."""
        return self.failure[1] if self.failure is not None and self.failure[0] is error else None

    def check_commit(self, error: GqlError) -> None:
        """Raise if a commit failed in a way that does not say whether it happened."""
        if self.committing and (getattr(error, "code", None) or "").startswith(UNKNOWN_AT_COMMIT):
            raise OutcomeUnknown(str(error), getattr(error, "code", None)) from error


class _BoltTransaction:
    """An open write transaction."""

    def __init__(self, transaction: AsyncTransaction, attempt: _Attempt) -> None:
        self._transaction = transaction
        self._attempt = attempt

    async def run(self, statement: Statement) -> Rows:
        """Run a statement and return all of its rows."""
        try:
            result = await self._transaction.run(statement.text, {"p": _plain(statement.params)})
            return await _rows(result, folded=statement.folded)
        except GqlError as error:
            failure = translate(error)
            if self._attempt.failure is None:
                self._attempt.failure = (failure, error)
            raise failure from error
        except _UNSENDABLE as error:
            raise StatementRejected(f"a parameter cannot be sent: {error}") from error


class _Retries:
    """How often and how long one call is tried: the policy of this module's docstring.

    Attributes:
        collisions: How often it lost against other transactions.
    """

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._started = self._attempt_started = time.monotonic()
        self._outage_ends: float | None = None
        self._attempts = 0
        self._races = self._failures = 0
        self.collisions = 0
        self._last: GqlError | None = None

    @property
    def remaining_s(self) -> float:
        """Seconds left until the deadline."""
        return max(0.001, self._timeout_s - (time.monotonic() - self._started))

    def begin(self) -> None:
        """Note that an attempt begins."""
        self._attempt_started = time.monotonic()

    async def pause(self, error: GqlError, driver: AsyncDriver) -> None:
        """Wait before the next attempt, or raise what ``error`` means if there is to be none."""
        self._attempts += 1
        self._last = error
        retry = meaning_of(error).retry
        if retry is Retry.NEVER:
            raise translate(error) from error
        if retry is Retry.RACE:
            self._races += 1
            if self._races >= RACE_ATTEMPTS:
                raise translate(error) from error
        if retry is Retry.OUTAGE:
            await self._await_engine(error, driver)
            return
        if retry is Retry.FAILURE:
            self._failures += 1
            if self._failures >= FAILURE_ATTEMPTS:
                raise translate(error) from error
            await asyncio.sleep(_LONGEST_PAUSE_S)
            return
        self.collisions += 1
        await asyncio.sleep(self._next_pause_s())

    async def again(self) -> None:
        """Wait before the next attempt, whatever the last one found."""
        self._attempts += 1
        self.collisions += 1
        await asyncio.sleep(self._next_pause_s())

    def timed_out(self) -> StoreError:
        """The error of a call whose deadline has passed."""
        last = f"; the last failure was {self._last}" if self._last else ""
        return StoreTimeout(f"no answer within {self._timeout_s:g} s{last}")

    async def _await_engine(self, error: GqlError, driver: AsyncDriver) -> None:
        """Return once an engine answers; raise what ``error`` means when the outage has lasted too long."""
        if self._outage_ends is None:
            now = time.monotonic()
            # A connection attempt that nobody answered has waited already; a refused one has not.
            self._outage_ends = now + max(LEAST_OUTAGE_S, OUTAGE_S - (now - self._attempt_started))
        while (left := self._outage_ends - time.monotonic()) > 0:
            await asyncio.sleep(min(self._next_pause_s(), left))
            self._attempts += 1
            try:
                async with asyncio.timeout(left):
                    await driver.verify_connectivity()
            except (GqlError, TimeoutError):
                continue
            return
        raise translate(error) from error

    def _next_pause_s(self) -> float:
        longest: float = min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2 ** min(self._attempts - 1, 10))
        # Spread, so that writers that collided do not meet again.
        return longest * random.uniform(0.5, 1.0)  # noqa: S311 - spreading retries is no secret


async def _rows(result: AsyncResult, *, folded: bool) -> Rows:
    rows = await result.values()
    return rows[0][0] if folded else rows


async def _plan_of(result: AsyncResult) -> PlanStep:
    plan = (await result.consume()).plan
    if plan is None:
        raise StatementRejected("the engine tells no plan")
    return _step(plan)


def _step(plan: Mapping[str, Any]) -> PlanStep:
    known = plan.get("args") or {}
    return PlanStep(
        operator=str(plan["operatorType"]).partition("@")[0],
        details=str(known.get("Details") or known.get("string-representation") or ""),
        rows=known.get("EstimatedRows"),
        steps=tuple(_step(child) for child in plan.get("children") or ()),
    )
