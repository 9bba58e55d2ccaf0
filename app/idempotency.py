"""``Idempotency-Key``: a mutation that is sent again has its effect once, and gets the first one's answer.

The answer is kept in the transaction of the effect (``graphdb.journal.requests``), so that it is there exactly when the
effect is, also where the answer to the commit was lost. A request that is refused keeps none. One that found nothing to
change keeps its answer as any other: carried out later, it might find something, and undo what others did since.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
from typing import TYPE_CHECKING, Any, Final

import orjson

from graphdb.journal.requests import claim, keep_answer, look
from graphdb.values import shown
from schema.errors import ErrorCode, bad_input, refuse

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from starlette.requests import Request

    from graphdb.journal.requests import Found
    from graphdb.store import GraphStore, Transaction

HEADER: Final = "idempotency-key"
REPLAYED: Final = "idempotency-replayed"
"""The header of an answer that is an earlier one's."""

KEY_MAX: Final = 255
"""Characters of a key."""

_KEY = re.compile(r"[\x21-\x7e]+")


class AnsweredBefore(Exception):
    """A request that was carried out before, on its way out of the transaction; ``answer`` is its data."""

    def __init__(self, answer: dict[str, Any]) -> None:
        self.answer = answer
        super().__init__("the request was carried out before")


class RequestKey:
    """The key of one request, and whether it was answered before.

    Args:
        key: The key, with its caller.
        digest: What tells requests apart.
        running: The keys of the requests that this process carries out now.
        keep_s: How long an answer counts, in seconds.
    """

    def __init__(self, key: str, digest: str, running: set[str], keep_s: float) -> None:
        self._key = key
        self._digest = digest
        self._running = running
        self._keep_s = keep_s
        self.replayed = False

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While the request is carried out.

        Raises:
            GraphQLError: CONFLICT, for the first request of this key still runs in this process.
        """
        if self._key in self._running:
            message = (
                "The first request with this Idempotency-Key is still being carried out. Nothing was done; it may be "
                "repeated in a moment."
            )
            raise refuse(ErrorCode.CONFLICT, message)
        self._running.add(self._key)
        try:
            yield
        finally:
            self._running.discard(self._key)

    async def look(self, store: GraphStore) -> dict[str, Any] | None:
        """The answer of the request before, if there is one.

        Raises:
            GraphQLError: As ``take``.
            StoreError: The engine did not answer.
        """
        found = await look(store, self._key, self._digest, keep_s=self._keep_s)
        return None if found is None else self._answer(found)

    async def take(self, transaction: Transaction) -> None:
        """Take the key for what this transaction does.

        Raises:
            AnsweredBefore: That was done before.
            GraphQLError: BAD_USER_INPUT where the key was another request's; CONFLICT when the answer is not kept.
        """
        self.replayed = False
        found = await claim(transaction, self._key, self._digest, keep_s=self._keep_s)
        if found is not None:
            raise AnsweredBefore(self._answer(found))

    async def keep(self, transaction: Transaction, data: dict[str, Any] | None) -> None:
        """Keep the answer to what this transaction has done."""
        await keep_answer(transaction, self._key, orjson.dumps(data).decode())

    async def write(
        self, store: GraphStore, work: Callable[[Transaction], Awaitable[dict[str, Any]]], *, timeout_s: float
    ) -> dict[str, Any]:
        """As ``store.write``, but what was carried out before is only answered.

        Raises:
            GraphQLError: As ``held`` and ``take``.
        """

        async def once(transaction: Transaction) -> dict[str, Any]:
            await self.take(transaction)
            data = await work(transaction)
            await self.keep(transaction, data)
            return data

        with self.held():
            try:
                return await store.write(once, timeout_s=timeout_s)
            except AnsweredBefore as before:
                return before.answer

    def _answer(self, found: Found) -> dict[str, Any]:
        if not found.same:
            raise bad_input(
                "This Idempotency-Key was sent with another document, operation or variables before; a request of its "
                "own needs a key of its own."
            )
        if found.answer is None:
            message = "The request was carried out before; its answer is no longer kept, for what it showed was purged."
            raise refuse(ErrorCode.CONFLICT, message)
        self.replayed = True
        answer: dict[str, Any] = orjson.loads(found.answer)
        return answer


def header_key(request: Request | None) -> str | None:
    """The key that a request carries; None where it carries none.

    Raises:
        GraphQLError: It is no key, or there are several.
    """
    given = [] if request is None else request.headers.getlist(HEADER)
    if not given:
        return None
    if len(given) > 1:
        raise bad_input(f"A request takes one Idempotency-Key; found {len(given)}.")
    (key,) = given
    if not _KEY.fullmatch(key) or len(key) > KEY_MAX:
        raise bad_input(
            f"Idempotency-Key expects 1 to {KEY_MAX} visible ASCII characters, such as a UUID; found {len(key):,}: "
            f"{shown(repr(key))}."
        )
    return key


def digest_of(document: str, operation: str | None, variables: Any) -> str:
    """What tells requests apart: the document's text, the operation's name and the variables, however ordered."""
    parts = [document, operation, variables or {}]
    return hashlib.sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).hexdigest()
