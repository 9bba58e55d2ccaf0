"""A case that changes the graph: what its requests leave behind, taken away again, and the statements of them."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import httpx
import orjson

from app.asgi import create_app
from graphdb.cypher.statement import Statement
from tests.bench.case import OURS
from tests.bench.client import Request, ask
from tests.bench.noted import noting, renewed
from tests.bench.write_cases import MADE_BY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.settings import Settings
    from graphdb.store import Transaction
    from tests.bench.case import Case, Writes
    from tests.bench.noted import NotingStore

_MADE: Final = "MATCH (n:Contact) WHERE n.email STARTS WITH $p.mark "
_HELD: Final = _MADE + (
    "OPTIONAL MATCH (n)-[r:CONTACT_COMPANY]->(c:Company) WITH n, c, r ORDER BY n.email, c.id "
    "RETURN n.email, n.firstName, n.lastName, n.jobTitle, n.city, n.lifecycleStage, c.id, 'billing' IN r.labels"
)
_REMOVALS: Final = (
    _MADE + "WITH n LIMIT 1000 OPTIONAL MATCH (k:_Key)-[:OF]->(n) DETACH DELETE k, n RETURN count(n)",
    "MATCH (n:_Change) WITH n LIMIT 5000 DETACH DELETE n RETURN count(n)",
)


class _Noted(NamedTuple):
    """Statements, and what in them is the request's own."""

    statements: Sequence[Statement]
    exchanged: tuple[str, ...]


class Writing:
    """A case over one graph.

    Args:
        case: One that writes.
        writes: How it does.
        store: Where its outcome is looked at and taken away.
        url: Where our side is asked for what it needs.
    """

    def __init__(self, case: Case, writes: Writes, store: NotingStore, url: str) -> None:
        self._case = case
        self._writes = writes
        self._store = store
        self._url = url
        self._parties: Sequence[str] = ()
        self._noted: list[_Noted] = []

    async def note(self, settings: Settings, first: int) -> None:
        """Keep the statements that our side sends, of each kind of request; ``first`` numbers the first of them."""
        await self.reset()
        asked = self._case.sides[OURS]
        app = create_app(settings, self._store)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://localhost") as client,
        ):
            for number in (first + kind for kind in self._writes.kinds):
                body = {"query": asked.document, "variables": asked.variables(number)}
                with noting() as noted:
                    response = await client.post("/graphql", json=body, timeout=60)
                exchanged = self._writes.exchanged(number, self._parties)
                if self._writes.made is not None and asked.read is not None:
                    exchanged = (*exchanged, asked.read(response.json()["data"]))
                self._noted.append(_Noted(noted, exchanged))

    def bare(self, number: int) -> bytes:
        """What the bare driver is asked for the n-th request: the statements of its kind for its records."""
        noted = self._noted[self._writes.kind(number)]
        exchanged = self._writes.exchanged(number, self._parties)
        if self._writes.made is not None:
            exchanged = (*exchanged, self._writes.made(number))
        return pickle.dumps(renewed(noted.statements, dict(zip(noted.exchanged, exchanged, strict=True))))

    async def reset(self) -> None:
        """Take away what requests made, and make what they need."""
        await self.remove()
        before = self._writes.before
        if before is not None and before.read is not None:
            answer = orjson.loads(await ask(Request.of(self._url, before.document, before.variables(0))))
            self._parties = before.read(answer["data"])

    async def held(self) -> Any:
        """What the requests made: values and associations."""
        return await self._store.read(Statement(_HELD, {"mark": MADE_BY}))

    async def remove(self) -> None:
        """Take away what requests made, and the change log's entries."""
        for text in _REMOVALS:

            async def work(tx: Transaction, text: str = text) -> int:
                return int((await tx.run(Statement(text, {"mark": MADE_BY})))[0][0])

            while await self._store.write(work):
                pass
