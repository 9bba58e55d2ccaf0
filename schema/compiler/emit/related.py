"""Order keys that go over a hop → values that stand beside the record before it is sorted.

No index holds such values, so every record that matches is visited; still the limit comes before anything nested. The
value is carried to the cursor: were it read again, a write between the two could make pages skip records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.hops import arrow

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import OrderKey


def key_name(key: OrderKey, node: str) -> str:
    """What the text calls a record's value under a key."""
    if key.via is None:
        return f"{node}.{quote(key.prop.name)}"
    return quote(f"{node}_{key.via.field}_{key.prop.name}")


def related(order: tuple[OrderKey, ...]) -> list[OrderKey]:
    """The keys that go over a hop."""
    return [key for key in order if key.via is not None]


def definitions(order: tuple[OrderKey, ...], node: str, names: Names) -> list[str]:
    """``expression AS name`` for each key that goes over a hop."""
    return [f"{_value(key, node, names)} AS {key_name(key, node)}" for key in related(order)]


def _value(key: OrderKey, node: str, names: Names) -> str:
    if key.via is None:
        raise TypeError(f"{key.name} goes over no hop")
    if key.via.counted:
        return f"COUNT {{ ({node}){arrow(key.via.hop)}() }}"  # the engine keeps the degree
    far = names.node()
    return f"head(COLLECT {{ MATCH ({node}){arrow(key.via.hop)}({far}) RETURN {far}.{quote(key.prop.name)} }})"
