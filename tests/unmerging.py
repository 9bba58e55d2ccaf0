"""Merges and their undoing in tests of the writer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.writer.operations import (
    Associate,
    Dissociate,
    Merge,
    Ref,
    Unmerge,
    Update,
)
from tests.graph_state import GraphState, read_state

if TYPE_CHECKING:
    from graphdb.errors import Fault
    from graphdb.writer.operations import Operation
    from tests.graphdb.conftest import Graph

UNIT = 10_000
"""A unit of money as it is stored."""


def ref(kind: str, record_id: str) -> Ref:
    """A record by its id."""
    return Ref(type=kind, key="id", value=record_id)


def merge(winner: str, loser: str, *take: str, kind: str = "contact") -> Merge:
    """The operation, by ids."""
    return Merge(winner=ref(kind, winner), loser=ref(kind, loser), take=take)


def undo(loser: str, kind: str = "contact") -> Unmerge:
    """The operation, by the loser's id."""
    return Unmerge(type=kind, loser=loser, path=("loser",))


def joined(near: str, near_id: str, far: str, far_id: str, *labels: str) -> Associate:
    """An operation that associates two records."""
    return Associate(start=ref(near, near_id), to=ref(far, far_id), labels=labels, path=("labels",))


def parted(near: str, near_id: str, far: str, far_id: str, *labels: str) -> Dissociate:
    """One that parts two, or takes labels off them."""
    return Dissociate(start=ref(near, near_id), to=ref(far, far_id), labels=labels)


def changed(record_id: str, kind: str = "contact", **values: Any) -> Update:
    """One that changes a record."""
    return Update(by=ref(kind, record_id), values=values, path=("input",))


async def sound(graph: Graph) -> GraphState:
    """The whole graph, in which nothing is broken."""
    state = await read_state(graph.store, graph.catalog)
    assert state.broken == []
    return state


async def pairs(graph: Graph) -> dict[tuple[str, str], tuple[str, ...]]:
    """Labels by the ids of a pair."""
    return {(start, end): labels for (_, start, end), labels in (await sound(graph)).pairs.items()}


async def refused(graph: Graph, operation: Operation) -> Fault:
    """The one fault of an operation that is refused, and changes nothing."""
    whole = "MATCH (n) RETURN labels(n), properties(n) ORDER BY toString(properties(n))"
    before, state = await shown(graph, whole), await sound(graph)
    (fault,) = await graph.refused(operation)
    assert await shown(graph, whole) == before
    assert await sound(graph) == state
    assert fault.input == ("loser",)
    return fault


async def figures(graph: Graph, text: str, **params: Any) -> dict[Any, Any]:
    """The rows of a statement that answers two columns."""
    rows = await graph.rows(text, **params)
    return {row[0]: row[1] for row in rows}


async def shown(graph: Graph, text: str) -> list[str]:
    """The rows of a statement as text, in one order."""
    return sorted(str(row) for row in await graph.rows(text.split(" ORDER BY ", maxsplit=1)[0]))
