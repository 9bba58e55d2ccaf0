"""The statements that the writer sends for a request, kept, and made anew for other records."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, TypeVar

from graphdb import ids
from graphdb.bolt import BoltStore

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction

T = TypeVar("T")
_NOTED: Final[ContextVar[list[Statement] | None]] = ContextVar("noted", default=None)


@contextmanager
def noting() -> Iterator[list[Statement]]:
    """Keep the statements of the last transaction that this task writes in a ``NotingStore``, not those of others."""
    noted: list[Statement] = []
    before = _NOTED.set(noted)
    try:
        yield noted
    finally:
        _NOTED.reset(before)


class NotingStore(BoltStore):
    """A store whose transactions are kept where ``noting`` asks for it."""

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, timeout_s: float | None = None) -> T:
        """As the store does."""
        kept = _NOTED.get()
        if kept is None:
            return await super().write(work, timeout_s=timeout_s)

        async def noted(transaction: Transaction) -> T:
            noting = _Noting(transaction)
            value = await work(noting)
            kept[:] = noting.statements
            return value

        return await super().write(noted, timeout_s=timeout_s)


class _Noting:
    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.statements: list[Statement] = []

    async def run(self, statement: Statement) -> Rows:
        self.statements.append(statement)
        return await self._transaction.run(statement)


def renewed(statements: Sequence[Statement], exchanged: Mapping[str, str]) -> list[tuple[str, dict[str, Any]]]:
    """Statements for other records, as text and parameters.

    Args:
        statements: Those that were noted.
        exchanged: What to put in whose place, within other strings too: ids, those that stay in their own, and what
            makes unique values unique. Every other id is minted anew.
    """
    fresh = dict(exchanged)
    moved = [(was, now) for was, now in exchanged.items() if was != now]

    def renew(value: Any) -> Any:
        if isinstance(value, str):
            if ids.is_id(value):
                return fresh.get(value) or fresh.setdefault(value, ids.mint())
            for was, now in moved:
                value = value.replace(was, now)
            return value
        if isinstance(value, dict):
            return {renew(key): renew(one) for key, one in value.items()}
        return [renew(one) for one in value] if isinstance(value, list | tuple) else value

    return [(one.text, {"p": renew(dict(one.params))}) for one in statements]
