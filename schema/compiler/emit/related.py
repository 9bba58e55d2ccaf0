"""Order keys that are computed, over a hop or by a formula → values that stand beside the record before it is sorted.

No index holds such values, so every record that matches is visited; still the limit comes before anything nested. The
value is carried to the cursor: were it read again, a write between the two could make pages skip records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.figures import figures, value_of
from schema.compiler.emit.formulas import value_text
from schema.compiler.emit.predicates import counted, matched, optional
from schema.compiler.emit.search import score
from schema.ir import Figure, Function, Words

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import OrderKey


def key_name(key: OrderKey, node: str) -> str:
    """What the text calls a record's value under a key."""
    if key.via is None:
        return quote(f"{node}_{key.prop.name}") if key.computed else f"{node}.{quote(key.prop.name)}"
    return quote(f"{node}_{key.via.field}_{key.prop.name}")


def related(order: tuple[OrderKey, ...]) -> list[OrderKey]:
    """The keys whose values are worked out first."""
    return [key for key in order if key.computed]


def definitions(order: tuple[OrderKey, ...], node: str, names: Names) -> list[str]:
    """``expression AS name`` for each of those keys."""
    return [f"{_value(key, node, names)} AS {key_name(key, node)}" for key in related(order)]


def _value(key: OrderKey, node: str, names: Names) -> str:
    if key.via is None:
        return value_text(key.prop, node, names)
    if isinstance(key.via, Words):
        return score(key.via, node, names)
    records, figure = key.via.records, key.via.figure
    if figure == Figure(Function.COUNT):
        return f"COUNT {{ {counted(records, node, names)} }}"
    far = names.node()
    if figure is None:
        first = f" WITH {far} ORDER BY {far}.`id` LIMIT 1" if key.via.oldest else ""
        found = f"MATCH {matched(records, node, far, names)}{first}"
        return f"head(COLLECT {{ {found} RETURN {far}.{quote(key.prop.name)} }})"
    found = f"{optional(records, node, far, names)}{figures([figure], far, names)}"
    return f"head(COLLECT {{ {found} RETURN {value_of(figure, far)} }})"
