"""The journal → Cypher.

Entries are found by equality alone, number by number and record by record: the embedded engine scans all of them for
a range, and a number costs the same however long the log is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from schema.compiler.emit.params import LimitParam, ValueParam
from schema.compiler.emit.predicates import where_clause
from schema.ir import Const

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.compiler.emit.params import Names
    from schema.ir import ChangesColumn, HistoryColumn

WINDOW: Final = 1_000
"""Entries that a page looks at where it looks for some of them only: so much a poll costs at most."""

_ENTRY = (
    "k, c.`kind`, c.`type`, c.`record`, c.`rev`, c.`at`, c.`by`, c.`source`, c.`props`, c.`data`, "
    "c.`farType`, c.`far`, c.`labels`, c.`labelsBefore`"
)
_VALUE = "h.`at`, h.`id`, h.`rev`, h.`by`, h.`source`, h.`props`, h.`data`"


@dataclass(frozen=True, slots=True)
class _Part:
    """From a cursor to a part of its place; equal ones are sent once."""

    place: Callable[[Any], list[Any]]
    index: int

    def __call__(self, cursor: Any) -> Any:
        return self.place(cursor)[self.index]


def changes_root(changes: ChangesColumn, name: str, names: Names, row: Callable[[str], str]) -> str:
    """A subquery that returns where the log stands, what was looked at, the entries found, what kept roll-ups show.

    Args:
        changes: What is asked for.
        name: What its value is called.
        names: The statement's names.
        row: The columns of a record as a list, from its variable.
    """
    # The log's state is read before its entries: what is numbered meanwhile stays for the next page.
    key, none, one = (names.value(Const(value)) for value in ("log", 0, 1))
    after = f"first - {one}" if changes.after is None else names.param(ValueParam(changes.after, changes.place))
    limit = names.limit(changes.page)
    enabled = names.value(Const(list(changes.enabled)))
    wanted = [f"c.`type` IN {enabled}", f"(c.`farType` IS NULL OR c.`farType` IN {enabled})"]
    if changes.types is not None:
        chosen = names.value(Const(list(changes.types)))
        wanted.append(f"(c.`type` IN {chosen} OR c.`farType` IN {chosen})")
    if changes.kinds is not None:
        wanted.append(f"c.`kind` IN {names.value(Const(list(changes.kinds)))}")
    some = changes.types is not None or changes.kinds is not None
    window = names.value(Const(WINDOW)) if some else limit
    record = "null"
    if changes.columns:
        node = names.node()
        record = f"head(COLLECT {{ MATCH ({node}:`Record` {{`id`: c.`record`}}) RETURN {row(node)} }})"
    folds = names.value(Const("roll-ups"))
    # By ``k`` and not by ``seq``, whose index Neo4j would walk from its beginning for the sake of the order. An entry
    # may be missing for a moment: Neo4j brings the index up to date behind the numbers that a commit writes.
    return (
        f"CALL () {{ OPTIONAL MATCH (log:`_Log` {{key: {key}}}) WITH coalesce(log.`n`, {none}) AS head, "
        f"coalesce(log.`first`, {one}) AS first WITH head, first, {after} AS after "
        f"WITH head, first, after, CASE WHEN head < after + {window} THEN head ELSE after + {window} END AS until "
        f"RETURN [head, first, after, until, COLLECT {{ UNWIND range(after + {one}, until) AS k "
        f"OPTIONAL MATCH (c:`_Change` {{seq: k}}) WITH c, k WHERE c IS NULL OR ({' AND '.join(wanted)}) "
        f"WITH c, k ORDER BY k LIMIT {limit} "
        f"RETURN [{_ENTRY}, {record}] }}, "
        f"COLLECT {{ MATCH (fold:`_Fold` {{key: {folds}}}) RETURN fold.`n` }}] AS {name} }}"
    )


def history(column: HistoryColumn, record: str, names: Names) -> str:
    """The entries that hold a record's changed values, newest first; whether a cursor was given; and the properties.

    Each holds one value of the page at least, but for the one that the cursor stands in: two more than the page's size
    say whether there is more. The last part of an entry is the cursor's property, in the one that it stands in.
    """
    wanted = [f"h.`of` = {record}.`id`"]
    seen, begun, asked = "null", "false", "null"
    if column.after is not None:
        at, entry, prop = (names.param(ValueParam(column.after, _Part(column.place, at))) for at in range(3))
        wanted.append(f"(h.`at` < {at} OR (h.`at` = {at} AND h.`id` <= {entry}))")
        begun, seen = "true", f"CASE WHEN h.`id` = {entry} THEN {prop} END"
    if column.properties is not None:
        asked = names.param(ValueParam(column.properties, column.known))
        wanted.append(f"any(name IN h.`props` WHERE name IN {asked})")
    limit = names.param(LimitParam(column.page.number, 2))
    entries = (
        f"COLLECT {{ MATCH (h:`_Change`){where_clause(wanted)} WITH h ORDER BY h.`at` DESC, h.`id` DESC "
        f"LIMIT {limit} RETURN [{_VALUE}, {seen}] }}"
    )
    return f"[{entries}, {begun}, {asked}]"
