"""A careful client, and its ledger: what was sent, under which key, what was answered, and when."""

from __future__ import annotations

import asyncio
import time
import uuid
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx

from app.idempotency import HEADER

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

AGAIN = frozenset({"UNAVAILABLE", "TIMEOUT", "OUTCOME_UNKNOWN"})
"""Codes after which the same request is sent again."""
ANSWER_S = 40.0
"""How long an answer is awaited: longer than the server takes for one."""
PATIENCE_S = 300.0
"""How long a request is repeated; it outlasts every restart."""


class State(StrEnum):
    """What the client knows of a write."""

    OPEN = "not answered"
    DONE = "acknowledged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry of the change log that an acknowledged write must have left, exactly once.

    Attributes:
        kinds: What happened: one of these.
        record: To which record.
        other: Of an association, the other one.
        token: A value that no other write gives; "" where entries are counted instead.
        values: What the record holds since.
    """

    kinds: tuple[str, ...]
    record: str
    other: str | None = None
    token: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Write:
    """One mutation.

    Attributes:
        claims: What its answer says that it did.
        tokens: Values that no other write gives, one for each record that it changes.
        sent_at: When it was sent first, by the client's monotonic clock.
        answered_at: When its fate was known.
        unknown: How often its fate was not: cut off, or OUTCOME_UNKNOWN.
        given_up: Whether the client did not send it again then.
    """

    document: str
    variables: dict[str, Any]
    claims: Callable[[dict[str, Any]], list[Claim]]
    tokens: tuple[str, ...] = ()
    key: str = field(default_factory=lambda: str(uuid.uuid4()))
    sent_at: float = 0.0
    answered_at: float = 0.0
    state: State = State.OPEN
    answer: dict[str, Any] = field(default_factory=dict)
    refusal: str = ""
    unknown: int = 0
    given_up: bool = False

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        return {"query": self.document, "variables": self.variables}

    @property
    def name(self) -> str:
        """What a report calls it."""
        return f"{self.document.split('(')[0].removeprefix('mutation ')} {self.key} {self.variables}"


@dataclass(slots=True)
class Ledger:
    """All writes, in the order in which they were first sent, and what no client should see."""

    writes: list[Write] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def in_state(self, state: State) -> list[Write]:
        """Those whose fate is known as this."""
        return [write for write in self.writes if write.state is state]

    def figures(self) -> str:
        """How many of each."""
        counts = ", ".join(f"{len(self.in_state(state))} {state.value}" for state in State)
        return f"{len(self.writes)} writes ({counts}), {sum(write.unknown for write in self.writes)} lost answers"


class Client:
    """Sends writes until their fate is known.

    Args:
        http: The connection to the server.
        ledger: Where they are noted.
        dice: Decides after which lost answers the client gives up.
        giving_up: The share of those.
    """

    def __init__(
        self, http: httpx.AsyncClient, ledger: Ledger, dice: random.Random, *, giving_up: float = 0.15
    ) -> None:
        self._http = http
        self._ledger = ledger
        self._dice = dice
        self._giving_up = giving_up

    async def ask(self, query: str, **variables: Any) -> dict[str, Any] | None:
        """The data of a query; None where there was no answer."""
        try:
            response = await self._http.post(
                "/graphql", json={"query": query, "variables": variables}, timeout=ANSWER_S
            )
            body: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError):
            return None
        return None if body.get("errors") else body["data"]

    async def send(self, write: Write) -> Write:
        """Send a write, again and again while its fate is not known."""
        self._ledger.writes.append(write)
        write.sent_at = time.monotonic()
        while write.state is State.OPEN and time.monotonic() < write.sent_at + PATIENCE_S:
            lost = await self._attempt(write)
            if write.state is State.OPEN:
                write.unknown += lost
                if lost and self._dice.random() < self._giving_up:
                    write.given_up = True
                    break
                await asyncio.sleep(self._dice.uniform(0.05, 0.4))
        write.answered_at = time.monotonic()
        if write.state is State.OPEN and not write.given_up:
            self._ledger.faults.append(f"{write.name} was not answered within {PATIENCE_S:g} s")
        return write

    async def _attempt(self, write: Write) -> bool:
        """Send it once; whether its fate is unknown since."""
        try:
            response = await self._http.post("/graphql", json=write.body, headers={HEADER: write.key}, timeout=ANSWER_S)
            body = response.json()
        except httpx.ConnectError:
            return False
        except (httpx.HTTPError, ValueError):
            return True
        return settle(write, body, self._ledger.faults)


def settle(write: Write, body: Mapping[str, Any], faults: list[str]) -> bool:
    """Note an answer; whether the write's fate is unknown since."""
    if not body.get("errors"):
        write.state, write.answer = State.DONE, body["data"]
        return False
    if body.get("data") is not None:
        faults.append(f"{write.name} has errors and data: {body}")
    codes = {error["extensions"]["code"] for error in body["errors"]}
    explained = any(error["extensions"].get("faults") for error in body["errors"])
    if codes <= AGAIN or (codes == {"CONFLICT"} and not explained):
        return "OUTCOME_UNKNOWN" in codes
    write.state, write.refusal = State.REFUSED, str(body["errors"])
    if not codes <= {"NOT_FOUND", "CONFLICT", "BAD_USER_INPUT"}:
        faults.append(f"{write.name} was answered {body['errors']}")
    return False
