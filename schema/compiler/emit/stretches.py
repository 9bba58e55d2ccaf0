"""Orders and cursors → the stretches of an order, each of which one index read answers (graph.md Q1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.params import CursorParam
from schema.compiler.filters import ID

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import OrderKey, Page, Prop


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an order: what its records meet, and how they are sorted."""

    conditions: list[str]
    order: list[str]


class Stretches:
    """Cuts an order where its form changes.

    Args:
        order: The keys, the id last.
        node: The record's variable.
        names: The statement's names.
        scan: Whether the records of a whole type are read, so that indexes matter.
        equal: An indexed property that the filter holds to one value, if there is one.
    """

    def __init__(
        self, order: tuple[OrderKey, ...], node: str, names: Names, *, scan: bool, equal: Prop | None = None
    ) -> None:
        self._order = order
        self._node = node
        self._names = names
        self._scan = scan
        self._equal = equal

    def after(self, page: Page) -> list[Stretch]:
        """What lies after a page's cursor, or all; together, in this order, they are the order.

        Without a cursor: where the first key is set, then where it is unset. With one, from the innermost key
        outwards: the rest of the same values, then later values of a key, then where that key is unset.
        """
        if page.after is None:
            return self._all()
        unset = (*page.after.unset, False)
        values = [None if is_unset else CursorParam(page.number, index) for index, is_unset in enumerate(unset)]
        stretches: list[Stretch] = []
        for position in range(len(self._order) - 1, -1, -1):
            start = values[position]
            if start is None:
                continue  # unset values come last: nothing of this key lies after one
            same = [self._same(self._order[index], values[index]) for index in range(position)]
            key = self._order[position]
            beyond = f"{self._name(key.prop)} {'<' if key.descending else '>'} {self._names.param(start)}"
            stretches.append(self._set(position, [*same, beyond]))
            if not key.prop.required:
                stretches.append(self._unset(position, same))
        return stretches

    def _all(self) -> list[Stretch]:
        prop = self._order[0].prop
        if prop.required:
            return [self._set(0, [])]
        return [self._set(0, [f"{self._name(prop)} IS NOT NULL"]), self._unset(0, [])]

    def _set(self, position: int, conditions: list[str]) -> Stretch:
        """Records whose keys up to ``position`` are set: no null can come among those."""
        leading = [directed(self._name(key.prop), key) for key in self._order[: position + 1]]
        if self._order[0].prop is ID and self._equal is not None:
            leading.insert(0, self._name(self._equal))  # constant, but it names the index to walk
        return Stretch(conditions, [*leading, *sorting(self._order[position + 1 :], self._node)])

    def _unset(self, position: int, same: list[str]) -> Stretch:
        """Records where the key at ``position`` is unset, by a marker's index where there is one."""
        prop = self._order[position].prop
        rest = sorting(self._order[position + 1 :], self._node)
        is_unset = f"{self._name(prop)} IS NULL"
        if self._scan and self._equal is not None:
            return Stretch([*same, is_unset], [self._name(self._equal), *rest])
        if self._scan and prop.marker is not None:
            marker = f"{self._node}.{quote(prop.marker)}"
            return Stretch([*same, f"{marker} = true"], [directed(marker, self._order[-1]), *rest])
        return Stretch([*same, is_unset], rest)

    def _same(self, key: OrderKey, value: CursorParam | None) -> str:
        name = self._name(key.prop)
        return f"{name} IS NULL" if value is None else f"{name} = {self._names.param(value)}"

    def _name(self, prop: Prop) -> str:
        return f"{self._node}.{quote(prop.name)}"


def sorting(keys: tuple[OrderKey, ...], node: str) -> list[str]:
    """ORDER BY items that put unset values last in both directions."""
    items: list[str] = []
    for key in keys:
        name = f"{node}.{quote(key.prop.name)}"
        if not key.prop.required:
            items.append(f"{name} IS NULL")
        items.append(directed(name, key))
    return items


def directed(text: str, key: OrderKey) -> str:
    """An ORDER BY item in a key's direction."""
    return f"{text} DESC" if key.descending else text
