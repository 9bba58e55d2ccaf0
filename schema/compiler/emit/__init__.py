"""IR → Cypher text and the sources of its parameters. The one file in which reading statements are written.

The rules and the measurements behind them stand in the README's design section. In short: values are parameters
in one map ``$p``; names come from the catalog and are quoted; LIMIT stands before anything nested; a page is one
more row instead of a count; a root list is one branch per stretch of its order, so that each is an index read;
every predicate on a scan carries ``id IS NOT NULL``, or Neo4j leaves composite indexes aside; rows are positional
lists, for ArcadeDB collapses maps that hold map projections, and lists travel faster anyway.

``params`` names values and variables; ``predicates`` writes filters; ``hops`` patterns; ``stretches`` orders and
cursors; ``rows`` records and columns; ``aggregates`` measures; ``groups`` groups; ``values`` stored values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schema.compiler.emit.params import Names
from schema.compiler.emit.rows import RowsEmitter

if TYPE_CHECKING:
    from schema.compiler.emit.params import Param
    from schema.ir import Read


def emit(read: Read) -> tuple[str, tuple[Param, ...]]:
    """The statement's text and what fills ``$p.v0``, ``$p.v1`` …, in order."""
    names = Names()
    emitter = RowsEmitter(names)
    calls = [emitter.root(root, f"r{index}") for index, root in enumerate(read.roots)]
    returned = ", ".join(f"r{index}" for index in range(len(calls)))
    return "\n".join([*calls, f"RETURN {returned}"]), tuple(names.params)
