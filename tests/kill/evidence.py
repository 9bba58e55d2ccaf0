"""What is there: the change log as clients read it, and the graph by plain Cypher."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.cypher.statement import Statement
from graphdb.journal.log import log_state
from graphdb.printed import json_value
from graphdb.writer import statements
from tests.graph_state import read_state
from tests.kill.judge import Evidence
from tests.kill.replay import Entry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

    Ask = Callable[..., Awaitable[dict[str, Any] | None]]

FOLLOW = """query Follow($after: String) { changes(after: $after, first: 500) {
  pageInfo { hasNextPage endCursor }
  nodes { kind objectType recordId rev mergedId changes { property before after }
    association { recordId labels labelsBefore } } } }"""
_NUMBERS = "MATCH (e:_Change) RETURN e.seq, e.pend"
_REVISIONS = "MATCH (n:Record) RETURN n.id, n.rev"


class Follower:
    """Reads the change log page by page, from where it is.

    Args:
        ask: Sends a query; answers None where there was none.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._cursor: str | None = None
        self.entries: list[Entry] = []

    def by(self, ask: Ask) -> None:
        """Go on by another way."""
        self._ask = ask

    async def read_on(self) -> bool:
        """Read one page; whether there are more, or nobody answered."""
        data = await self._ask(FOLLOW, after=self._cursor)
        if data is None:
            return True
        page = data["changes"]
        self._cursor = page["pageInfo"]["endCursor"] or self._cursor
        self.entries += [_entry(node) for node in page["nodes"]]
        return bool(page["pageInfo"]["hasNextPage"])


def _entry(node: dict[str, Any]) -> Entry:
    tie = node["association"] or {"recordId": node["mergedId"], "labels": (), "labelsBefore": ()}
    return Entry(
        kind=node["kind"],
        type=node["objectType"],
        record=node["recordId"],
        rev=node["rev"],
        values={one["property"]: (one["before"], one["after"]) for one in node["changes"]},
        other=tie["recordId"],
        labels=tuple(tie["labels"]),
        labels_before=tuple(tie["labelsBefore"]),
    )


async def read_evidence(store: GraphStore, catalog: Catalog, ask: Ask, followed: list[Entry]) -> Evidence:
    """Read all of it."""
    reader = Follower(ask)
    while await reader.read_on():
        pass
    rows = await store.read(Statement(_NUMBERS))
    state = await read_state(store, catalog)
    values = {record: _shown(catalog, kind, held) for record, (kind, held) in state.live.items()}
    for record, kind in state.archived.items():
        object_type = catalog.by_name[kind]
        for _, _, _, columns in await store.read(statements.load(object_type, [record])):
            values[record] = _shown(catalog, kind, statements.decode(object_type, columns))
    return Evidence(
        entries=reader.entries,
        followed=followed,
        numbers=sorted(number for number, _ in rows if number is not None),
        pending=sum(1 for number, _ in rows if number is None),
        position=(await log_state(store)).position,
        state=state,
        values=values,
        revisions={row[0]: row[1] for row in await store.read(Statement(_REVISIONS))},
        pairs={frozenset((start, end)): tuple(marks) for (_, start, end), marks in state.pairs.items()},
    )


def _shown(catalog: Catalog, kind: str, held: dict[str, Any]) -> dict[str, Any]:
    return {
        prop.name: json_value(prop, held[prop.name]) for prop in catalog.by_name[kind].properties if prop.name in held
    }
