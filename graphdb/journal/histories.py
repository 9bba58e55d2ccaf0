"""Histories that change hands, or end: what merging, its undoing and purging do to the entries of the change log.

Each is called in the transaction of its effect, before that is logged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import orjson

from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.store import Transaction

TEXT_MIN: Final = 2
"""Characters from which on a text may tell something of somebody."""

# By UNWIND, for the embedded engine then reads its index.
_ADOPT = "UNWIND $p.rows AS row MATCH (e:`_Change` {of: row[0]}) SET e.of = row[1]"
_RELEASE = "UNWIND $p.ofs AS of MATCH (e:`_Change` {of: of}) WHERE e.record IN $p.records SET e.of = $p.id"
_SHARE = (
    "UNWIND $p.ofs AS of MATCH (e:`_Change` {of: of}) "
    "WHERE e.record = of AND e.rev >= $p.since AND any(name IN e.props WHERE name IN $p.names) SET e.shares = $p.id"
)
_VALUES = "UNWIND $p.ids AS id MATCH (e:`_Change` {of: id}) RETURN e.data"
_EMPTY = "UNWIND $p.ids AS id MATCH (e:`_Change` {of: id}) REMOVE e.data, e.props, e.of"
_UNSHARE = "MATCH (e:`_Change`) WHERE e.shares IN $p.ids REMOVE e.data, e.props, e.of, e.shares"
_UNLABEL = (
    "MATCH (e:`_Change`) WHERE (e.record IN $p.ids OR e.far IN $p.ids) "
    "AND (e.labels IS NOT NULL OR e.labelsBefore IS NOT NULL) REMOVE e.labels, e.labelsBefore"
)
_UNANSWER = "MATCH (r:`_Idempotency`) WHERE any(text IN $p.texts WHERE r.answer CONTAINS text) REMOVE r.answer"


async def adopt_history(transaction: Transaction, record_id: str, survivor_id: str) -> None:
    """Show a record's history in that of the one that it is merged into."""
    await transaction.run(Statement(_ADOPT, {"rows": [[record_id, survivor_id]]}))


async def release_history(transaction: Transaction, record_id: str, merged: list[str], survivor_id: str) -> None:
    """Undo ``adopt_history``: what happened to the record itself, and to those merged into it before, is its own."""
    records = [record_id, *merged]
    await transaction.run(Statement(_RELEASE, {"ofs": [survivor_id], "records": records, "id": record_id}))


async def share_history(
    transaction: Transaction, record_id: str, survivor_id: str, since: int, names: list[str]
) -> None:
    """Say that a survivor's history shows values of a record that was merged into it, for when that is purged.

    Args:
        transaction: The one in which the merge is undone.
        record_id: The record.
        survivor_id: The survivor.
        since: The survivor's revision since the merge.
        names: The properties that the merge changed.
    """
    given = {"ofs": [survivor_id], "id": record_id, "since": since, "names": names}
    await transaction.run(Statement(_SHARE, given))


async def purge_histories(transaction: Transaction, ids: list[str]) -> None:
    """Take from the journal what records held, and those whose histories theirs show; the fact and the time stay.

    That is the values in the change log (also those that a survivor's history shows of a merge that was undone), the
    labels of their associations, and each kept answer in which one of their ids or texts stands: a request that is
    repeated then learns that it was carried out, and no more. The change log is read whole for that.
    """
    rows = await transaction.run(Statement(_VALUES, {"ids": ids}))
    texts = {text for (data,) in rows for text in _texts(orjson.loads(data)) if len(text) >= TEXT_MIN}
    # As they stand in JSON, in which some characters are written otherwise.
    shown = [orjson.dumps(text).decode()[1:-1] for text in sorted({*texts, *ids})]
    await transaction.run(Statement(_EMPTY, {"ids": ids}))
    await transaction.run(Statement(_UNSHARE, {"ids": ids}))
    await transaction.run(Statement(_UNLABEL, {"ids": ids}))
    await transaction.run(Statement(_UNANSWER, {"texts": shown}))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _texts(item)
