"""What stands behind an answer: ``extensions.explain``, for super admins."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from app.explain import outline
from graphdb.store import Engine
from schema.compiler.emit import emit
from schema.ir import Read

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.store import GraphStore, PlanStep
    from schema.compiler.plan import Bound, Plan

# The engines' words for how records are found, and for putting them in order.
_ACCESS = re.compile(
    r"NodeUniqueIndexSeek|NodeIndex\w+|NodeByIdSeek|NodeByLabelScan|NodeCountFromCountStore|AllNodesScan"
)
_FULL_TEXT = "db.index.fulltext.queryNodes"
_SORT = re.compile(r"^(?:Sort|Top|PartialSort|PartialTop|OrderBy\w*)$", re.MULTILINE)
_ROOTS = frozenset({"column", "rows", "count"})
"""Fields of a shape that name a root of the statement."""


async def explain_plan(store: GraphStore, plan: Plan, bound: Bound) -> dict[str, Any]:
    """The IR, the Cypher, the parameters' names, the engine's plan, and how each part finds its records.

    Args:
        store: Whose plan.
        plan: The operation.
        bound: Its statement.

    Raises:
        StoreError: The engine did not say.
    """
    fields = {column: key for key, entry in reversed(plan.query.shape) for column in _columns(entry)}
    parts = []
    for index, root in enumerate(bound.form.read.roots):
        text, _ = emit(Read((root,)))
        parts.append({"field": fields.get(index), **_found(store.engine, await store.explain(text))})
    return {
        "ir": outline(dataclasses.replace(plan.query, read=bound.form.read)),
        "cypher": bound.statement.text,
        "parameters": list(bound.statement.params),
        "plan": dataclasses.asdict(await store.explain(bound.statement.text)),
        "parts": parts,
    }


def _columns(entry: Any) -> Iterator[int]:
    """The roots that an entry of the response is made from."""
    for field in dataclasses.fields(entry):
        value = getattr(entry, field.name)
        if field.name in _ROOTS and isinstance(value, int):
            yield value
        elif field.name == "columns":
            yield from value
    for _, inner in getattr(entry, "entries", ()) if hasattr(entry, "rows") else ():
        if dataclasses.is_dataclass(inner) and hasattr(inner, "column") != hasattr(inner, "rows"):
            yield from _columns(inner)


def _found(engine: Engine, plan: PlanStep) -> dict[str, Any]:
    """How a part finds its records: the first steps, whether they are of an index, and whether it sorts."""
    steps = list(_steps(plan))
    texts = [plan.details] if engine is Engine.ARCADEDB else [step.operator for step in steps]
    access = [found for text in texts for found in _ACCESS.findall(text)]
    access += [_FULL_TEXT for step in steps if _FULL_TEXT in step.details and engine is Engine.NEO4J]
    scans = {"NodeByLabelScan", "AllNodesScan"}
    return {
        "access": access,
        "fromIndex": bool(access) and not scans & set(access),
        "sorts": any(_SORT.search(text) for text in texts),
    }


def _steps(step: PlanStep) -> Iterator[PlanStep]:
    yield step
    for inner in step.steps:
        yield from _steps(inner)
