"""Orders and cursors → the stretches of an order, each of which one index read answers (graph.md Q1).

A page that counts from the back is read in the mirrored order: unset values first, every direction turned round. The
rows are turned again when the response is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.params import CursorParam
from schema.compiler.emit.related import key_name
from schema.compiler.props import ID

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Cursor, OrderKey, Page, Prop


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of an order.

    Attributes:
        conditions: What its records meet.
        order: How they are sorted.
        unset: Whether their first key is unset.
        index: The properties of the index that gives them so, where it has to be named.
    """

    conditions: list[str]
    order: list[str]
    unset: bool = False
    index: tuple[str, ...] = ()


class Stretches:
    """Cuts an order where its form changes.

    Args:
        order: The keys, the id last.
        node: The record's variable.
        names: The statement's names.
        scan: Whether the records of a whole type are read, so that indexes matter.
        equal: An indexed property that the filter holds to one value, if there is one.
        composite: Whether there is a composite index of that one and the first key.
        backward: Whether the order is read from its end.
    """

    def __init__(
        self,
        order: tuple[OrderKey, ...],
        node: str,
        names: Names,
        *,
        scan: bool,
        equal: Prop | None = None,
        composite: bool = False,
        backward: bool = False,
    ) -> None:
        self._order = order
        self._node = node
        self._names = names
        self._scan = scan
        self._equal = equal
        self._composite = composite
        self._backward = backward

    def of(self, page: Page) -> list[Stretch]:
        """Where a page's records lie; together, in this order, the stretches are the order as it is read.

        Between two cursors they begin at the one that is read first and are bounded by the other.
        """
        begin, end = (page.before, page.after) if self._backward else (page.after, page.before)
        stretches = self._all() if begin is None else self._from(begin, page.number)
        if end is None:
            return stretches
        opposite = Stretches(
            self._order,
            self._node,
            self._names,
            scan=self._scan,
            equal=self._equal,
            composite=self._composite,
            backward=not self._backward,
        )
        inside = opposite._from(end, page.number)
        found = [part for stretch in stretches for part in self._bounded(stretch, end, inside, page.number)]
        return found or [Stretch(["false"], sorting(self._order[-1:], self._node, backward=self._backward))]

    def _all(self) -> list[Stretch]:
        """Where the first key is set, then where it is unset; the other way round when read from the end."""
        key, prop = self._order[0], self._order[0].prop
        there = (
            [] if prop is ID else [f"{key_name(key, self._node)} IS NOT NULL"]
        )  # of a required one too: it opens the index
        is_set = self._stretch([], 0, there, unset=False)
        if prop.required:
            return [is_set]
        unset = self._stretch([], 0, [], unset=True)
        return [unset, is_set] if self._backward else [is_set, unset]

    def _from(self, cursor: Cursor, page: int) -> list[Stretch]:
        """What is read after a cursor, from the innermost key outwards.

        Read forward: the rest of the same values, then later values of a key, then where that key is unset. Read
        backward: the rest of the same values, then earlier ones, or all of them where the cursor has none.
        """
        values = self._values(cursor, page)
        stretches: list[Stretch] = []
        for position in range(len(self._order) - 1, -1, -1):
            start, key = values[position], self._order[position]
            same, name = values[:position], key_name(key, self._node)
            if start is not None:
                beyond = f"{name} {'<' if key.descending != self._backward else '>'} {self._names.param(start)}"
                stretches.append(self._stretch(same, position, [beyond], unset=False))
                if not key.prop.required and not self._backward:
                    stretches.append(self._stretch(same, position, [], unset=True))
            elif self._backward:
                stretches.append(self._stretch(same, position, [f"{name} IS NOT NULL"], unset=False))
        return stretches

    def _bounded(self, stretch: Stretch, end: Cursor, inside: list[Stretch], page: int) -> list[Stretch]:
        """A stretch up to a cursor: the stretch itself, its part before the cursor, or nothing of it.

        Args:
            stretch: What is read.
            end: The cursor where reading ends.
            inside: The stretches of everything before that cursor.
            page: The page's number.
        """
        end_unset = bool(end.unset) and end.unset[0]
        if stretch.unset != end_unset:
            return [] if stretch.unset != self._backward else [stretch]
        parts = [part.conditions for part in inside if part.unset == end_unset]
        bounds = parts[0] if len(parts) == 1 else [any_of(parts)]
        first, key = self._values(end, page)[0], self._order[0]
        if first is not None and len(parts) > 1:  # it follows from the others, but it ends the index read
            at_most = ">=" if key.descending != self._backward else "<="
            bounds = [f"{key_name(key, self._node)} {at_most} {self._names.param(first)}", *bounds]
        return [replace(stretch, conditions=[*stretch.conditions, *bounds])]

    def _values(self, cursor: Cursor, page: int) -> list[CursorParam | None]:
        """Where the statement finds a cursor's value under each key; None where it is unset."""
        return [
            None if is_unset else CursorParam(page, index, cursor.before)
            for index, is_unset in enumerate((*cursor.unset, False))
        ]

    def _stretch(self, same: list[CursorParam | None], position: int, conditions: list[str], *, unset: bool) -> Stretch:
        """Records with the same values before a position, and there a set value or none.

        Up to the position each key is set or unset throughout, so that no null has to be put in its place.
        """
        first, first_unset = self._order[0], same[0] is None if same else unset
        held = self._scan and self._equal is not None
        wanted: list[str] = []
        order: list[str] = []
        if held and self._equal is not None and (first_unset or self._composite or first.prop is ID):
            # constant, but it names the index to walk, in one direction
            walked = self._order[-1] if first_unset else first
            order.append(self._directed(f"{self._node}.{quote(self._equal.name)}", walked))
        for index, key in enumerate(self._order[: position + 1]):
            name = key_name(key, self._node)
            value = same[index] if index < position else None
            if index == position and not unset:
                order.append(self._directed(name, key))
            elif value is not None:
                wanted.append(f"{name} = {self._names.param(value)}")
                order.append(self._directed(name, key))
            elif key.prop.marker is not None and self._marks(index, position, held=held):
                marker = f"{self._node}.{quote(key.prop.marker)}"
                wanted.append(f"{marker} = true")
                # What stands before it is constant, and is left out unless it names the index.
                order = [*(order if self._composite else ()), self._directed(marker, self._order[-1])]
            else:
                wanted.append(f"{name} IS NULL")
        rest = sorting(self._order[position + 1 :], self._node, backward=self._backward)
        return Stretch([*wanted, *conditions], [*order, *rest], first_unset, self._index(first_unset=first_unset))

    def _marks(self, index: int, position: int, *, held: bool) -> bool:
        """Whether the marker of an unset key leads to its records: beside a held value, a composite index's."""
        return self._scan and (index in {0, position} if not held else self._composite and index == 0)

    def _index(self, *, first_unset: bool) -> tuple[str, ...]:
        """The composite index's properties, where the first key is set or unset."""
        if not self._composite or self._equal is None:
            return ()
        first = self._order[0].prop
        return (self._equal.name, str(first.marker) if first_unset else first.name, ID.name)

    def _directed(self, text: str, key: OrderKey) -> str:
        return f"{text} DESC" if key.descending != self._backward else text


def any_of(alternatives: list[list[str]]) -> str:
    """One condition for several lists of conditions, one of which has to be met."""
    return "(" + " OR ".join(f"({' AND '.join(conditions)})" for conditions in alternatives) + ")"


def sorting(keys: tuple[OrderKey, ...], node: str, *, backward: bool = False) -> list[str]:
    """ORDER BY items that put unset values last in both directions; first when read from the end."""
    items: list[str] = []
    for key in keys:
        name = key_name(key, node)
        if not key.prop.required:
            items.append(f"{name} IS {'NOT NULL' if backward else 'NULL'}")
        items.append(f"{name} DESC" if key.descending != backward else name)
    return items
