"""Records by their ids → Cypher: live ones, archived ones, and those that others were merged into.

An archived record has no label of its object type; the label stands in ``_type``. The id of a merged record is a key
of the one that it was merged into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from graphdb.values import MERGED_PREFIX, merged_key
from schema.compiler.emit.params import ValueParam
from schema.ir import ByIds, Const

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Archived, ById

ASKED = "asked"
"""The variable of the id that a record was asked for by."""


def by_id(source: ById | ByIds, node: str, names: Names) -> str:
    """What binds the records, and for several ``ASKED``; each engine reads every branch from an index."""
    if isinstance(source, ByIds):
        ids = names.param(ValueParam(source.ids, _distinct))
        own = f"UNWIND {ids} AS {ASKED} MATCH ({node}:`Record` {{id: {ASKED}}})"
        if source.own:
            return own
        keys = names.param(ValueParam(source.ids, _merged_keys))
        merged = f"UNWIND {keys} AS key MATCH (k:`_Key` {{k: key}})-[:`OF`]->({node}:`Record`)"
        start = names.value(Const(len(MERGED_PREFIX)))
        return (
            f"CALL () {{ {own} RETURN {node}, {ASKED} UNION ALL {merged} RETURN {node}, "
            f"substring(k.`k`, {start}) AS {ASKED} }} WITH {node}, {ASKED}"
        )
    own = f"MATCH ({node}:`Record` {{id: {names.value(source.id)}}})"
    if source.own:
        return own
    key = names.param(ValueParam(source.id, merged_key))
    merged = f"MATCH (:`_Key` {{k: {key}}})-[:`OF`]->({node}:`Record`)"
    wanted = "" if source.label is None else f" WHERE {is_of(node, source.label, names)}"
    return f"CALL () {{ {own} RETURN {node} UNION ALL {merged} RETURN {node} }} WITH {node}{wanted}"


def archived(source: Archived, node: str, names: Names) -> list[str]:
    """The conditions on archived records of some object types."""
    return [f"{node}.`archivedAt` IS NOT NULL", f"{node}.`_type` IN {names.value(Const(list(source.labels)))}"]


def is_of(node: str, label: str, names: Names) -> str:
    """The condition that a record is of an object type, live or archived."""
    return f"{node}:{quote(label)} OR {node}.`_type` = {names.value(Const(label))}"


def _distinct(ids: list[str]) -> list[str]:
    return list(dict.fromkeys(ids))


def _merged_keys(ids: list[str]) -> list[str]:
    return [merged_key(record_id) for record_id in _distinct(ids)]
