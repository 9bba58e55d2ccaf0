"""Paths between two records → Cypher: one pattern for each length, which is only tried when the page is not full yet.

A pattern of fixed length lets the engine walk from both ends and meet in the middle, and gives every path its place
in a keyset order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.params import CursorParam, ValueParam
from schema.compiler.emit.predicates import where_clause

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.compiler.emit.params import Names
    from schema.ir import PathsColumn


def paths_root(paths: PathsColumn, name: str, names: Names, row: Callable[[str], str]) -> str:
    """A subquery that returns a list of one row of (paths, nodes), or of none.

    Args:
        paths: What is asked for.
        name: What its value is called.
        names: The statement's names.
        row: A record's columns as a list, from its variable.
    """
    start, end = names.node(), names.node()
    limit = names.limit(paths.page)
    text = (
        f"MATCH ({start}:`Record`), ({end}:`Record`) WHERE {start}.`id` = {names.value(paths.start)} "
        f"AND {end}.`id` = {names.value(paths.end)} WITH {start}, {end}, [] AS paths"
    )
    # In the order of their lengths: those of one are only looked for while those before left room.
    room = "paths = []" if paths.shortest else f"size(paths) < {limit}"
    for length in paths.lengths:
        pattern = _Pattern(paths, length, start, end, names)
        text += (
            f" CALL ({start}, {end}, paths) {{ WITH {start}, {end}, paths WHERE {room} {pattern.text} LIMIT {limit} "
            f"RETURN collect({pattern.path}) AS found }} WITH {start}, {end}, paths + found AS paths"
        )
    text += f" WITH paths[..{limit}] AS paths"
    found = "null"
    if paths.columns:
        found, node = "nodes", names.node()
        text += (
            " CALL (paths) { UNWIND paths AS path UNWIND path.ids AS id WITH DISTINCT id "
            f"MATCH ({node}:`Record`) WHERE {node}.`id` = id RETURN collect({row(node)}) AS nodes }}"
        )
    return f"CALL () {{ {text} RETURN collect([paths, {found}]) AS {name} }}"


class _Pattern:
    """The paths of one length.

    Attributes:
        text: MATCH … ORDER BY.
        path: A path as it is returned.
    """

    def __init__(self, paths: PathsColumn, length: int, start: str, end: str, names: Names) -> None:
        self._paths = paths
        self._names = names
        between = [names.node() for _ in range(length - 1)]
        nodes = [start, *between, end]
        edges = [f"e{node[1:]}" for node in (*between, names.node())]
        walked = "|".join(quote(relationship) for relationship in paths.relationships)
        pattern = f"({start})" + "".join(
            f"-[{edge}:{walked}]-({node})" for edge, node in zip(edges, nodes[1:], strict=True)
        )
        wanted = [*self._apart(nodes), *self._types(between), *self._marks(edges)]
        if length == paths.after:
            wanted.append(self._behind(between))
        order = ", ".join(f"{node}.`id`" for node in between or [end])
        self.text = f"MATCH {pattern}{where_clause(wanted)} WITH {', '.join((*nodes, *edges))} ORDER BY {order}"
        ids = ", ".join(f"{node}.`id`" for node in nodes)
        told = ", ".join(f"[startNode({edge}).`id`, type({edge}), {edge}.`labels`]" for edge in edges)
        self.path = f"{{ids: [{ids}], edges: [{told}]}}"

    @staticmethod
    def _apart(nodes: list[str]) -> list[str]:
        """No record twice."""
        return [f"{node}.`id` <> {other}.`id`" for index, node in enumerate(nodes) for other in nodes[:index]]

    def _types(self, between: list[str]) -> list[str]:
        if self._paths.via is None:
            return []
        if not self._paths.via:
            return ["false"] if between else []
        labels = [quote(label) for label in self._paths.via]
        return [f"({' OR '.join(f'{node}:{label}' for label in labels)})" for node in between]

    def _marks(self, edges: list[str]) -> list[str]:
        if self._paths.marks is None:
            return []
        marks = self._names.param(ValueParam(self._paths.marks))
        return [f"any(held IN {edge}.`labels` WHERE held IN {marks})" for edge in edges]

    def _behind(self, between: list[str]) -> str:
        """Behind the cursor, whose first id is the start's."""
        values = [
            self._names.param(CursorParam(self._paths.page.number, index)) for index in range(1, len(between) + 1)
        ]
        stretches = []
        for index in range(len(between)):
            same = [f"{node}.`id` = {value}" for node, value in zip(between[:index], values, strict=False)]
            stretches.append(f"({' AND '.join([*same, f'{between[index]}.`id` > {values[index]}'])})")
        return f"({' OR '.join(stretches)})" if stretches else "false"
