"""Rows → Cypher: which records, how many of them, and their columns as one positional list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, assert_never

from graphdb.cypher.quoting import quote
from schema.compiler.emit.graph import graph_root
from schema.compiler.emit.params import ValueParam
from schema.compiler.emit.paths import paths_root
from schema.compiler.emit.predicates import conditions, equal_indexed, where_clause
from schema.compiler.emit.stretches import Stretches, sorting
from schema.ir import (
    TRUE,
    AllOf,
    ById,
    ByIds,
    ByKey,
    CaseColumn,
    Column,
    CountColumn,
    Direction,
    EdgeColumn,
    EdgePart,
    Hop,
    IdColumn,
    Predicate,
    Prop,
    PropColumn,
    Rows,
    RowsColumn,
    Source,
)
from schema.ir_graph import GraphColumn, PathsColumn
from schema.scalars import TYPE_MAPPINGS

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names

ROOT = "n0"


class RowsEmitter:
    """Writes the rows of one statement.

    Args:
        names: The statement's names.
    """

    def __init__(self, names: Names) -> None:
        self._names = names

    def root(self, root: Rows | CountColumn | GraphColumn | PathsColumn, name: str) -> str:
        """A root of the statement: a subquery that returns one value, whatever it finds."""
        if isinstance(root, Rows):
            match = self._matched(root, None, ROOT)
            return f"CALL () {{ {match} RETURN collect({self._row(root, None, ROOT)}) AS {name} }}"
        if isinstance(root, GraphColumn):
            return graph_root(root, name, self._names, partial(self._list, root.columns, None))
        if isinstance(root, PathsColumn):
            return paths_root(root, name, self._names, partial(self._list, root.columns, None))
        if not isinstance(root.source, AllOf):
            raise TypeError(f"{root.source} is no root that is counted")
        # The count store answers an unfiltered count; a filtered one has to name the id to get an index.
        indexed = [] if root.where == TRUE else [f"{ROOT}.`id` IS NOT NULL"]
        where = where_clause([*conditions(root.where, ROOT, self._names), *indexed])
        return f"CALL () {{ MATCH ({ROOT}:{quote(root.source.label)}){where} RETURN count({ROOT}) AS {name} }}"

    # --- which records ----------------------------------------------------------------------------------------

    def _matched(self, rows: Rows, near: str | None, node: str) -> str:
        """MATCH … LIMIT: binds the record, and its association where a column reads it."""
        source = rows.source
        if isinstance(source, Hop):
            return self._hop(source, rows, str(near), node)
        if isinstance(source, ById):
            label = quote(source.label or "Record")
            return f"MATCH ({node}:{label}) WHERE {node}.`id` = {self._names.value(source.id)}"
        if isinstance(source, ByKey):
            key = self._names.param(ValueParam(source.value, source.to_key))
            return f"MATCH (:`_Key` {{k: {key}}})-[:`OF`]->({node}:{quote(source.label)})"
        if isinstance(source, ByIds):
            return f"MATCH ({node}:`Record`) WHERE {node}.`id` IN {self._names.value(source.ids)}"
        if isinstance(source, AllOf):
            return self._scan(source, rows, node)
        assert_never(source)

    def _hop(self, hop: Hop, rows: Rows, near: str, node: str) -> str:
        edge = _edge(node)
        reads_edge = _reads_edge(rows.columns)
        association = f"MATCH ({near})-[{edge}:{_associations(hop)}]-({node})"
        labelled = hop.label_relationship is not None
        pattern = association if reads_edge and not labelled else f"MATCH ({near}){_arrow(hop)}({node})"
        wanted = conditions(rows.where, node, self._names)
        page = rows.page
        if page is not None and page.after is not None:
            stretches = Stretches(rows.order, node, self._names, scan=False).after(page)
            wanted.append("(" + " OR ".join(f"({' AND '.join(part.conditions)})" for part in stretches) + ")")
        text = pattern + where_clause(wanted)
        if page is not None:
            # The near record too, where it is named again below: after a WITH, ArcadeDB forgets the outer one.
            edges = [] if labelled else [edge]
            carried = ", ".join([near, node, *edges]) if reads_edge else node
            order = ", ".join(sorting(rows.order, node))
            text += f" WITH {carried} ORDER BY {order} LIMIT {self._names.limit(page)}"
        return f"{text} {association}" if labelled and reads_edge else text

    def _scan(self, source: AllOf, rows: Rows, node: str) -> str:
        page = rows.page
        if page is None:
            raise TypeError("a root list has a page")
        limit = self._names.limit(page)
        stretches = Stretches(rows.order, node, self._names, scan=True, equal=equal_indexed(rows.where))
        branches: list[str] = []
        for stretch in stretches.after(page):
            wanted = [*conditions(rows.where, node, self._names), *stretch.conditions, f"{node}.`id` IS NOT NULL"]
            branches.append(
                f"MATCH ({node}:{quote(source.label)}){where_clause(wanted)} "
                f"WITH {node} ORDER BY {', '.join(stretch.order)} LIMIT {limit}"
            )
        if len(branches) == 1:
            return branches[0]
        union = " UNION ALL ".join(f"{branch} RETURN {node}" for branch in branches)
        return f"CALL () {{ {union} }} WITH {node} LIMIT {limit}"

    # --- columns ----------------------------------------------------------------------------------------------

    def _row(self, rows: Rows, near: str | None, node: str) -> str:
        return self._list(rows.columns, near, node)

    def _list(self, columns: tuple[Column, ...], near: str | None, node: str) -> str:
        return "[" + ", ".join(self._column(column, near, node) for column in columns) + "]"

    def _column(self, column: Column, near: str | None, node: str) -> str:
        match column:
            case IdColumn():
                return f"{node}.`id`"
            case PropColumn(prop):
                return _read(prop, node)
            case EdgeColumn(EdgePart.LABELS):
                return f"{_edge(node)}.`labels`"
            case EdgeColumn(EdgePart.ASSOCIATED_AT):
                return f"datetime({_edge(node)}.`createdAt`).epochMillis"
            case EdgeColumn(EdgePart.NEAR_IS_START):
                return f"startNode({_edge(node)}) = {near}"
            case RowsColumn(rows):
                return self._nested(rows, node)
            case CountColumn(source, where):
                return self._count(source, where, node)
            case CaseColumn(cases):
                return self._case(cases, near, node)
        raise TypeError(f"no Cypher stands for {column!r}")

    def _case(self, cases: tuple[tuple[str, tuple[Column, ...]], ...], near: str | None, node: str) -> str:
        branches = " ".join(
            f"WHEN {node}:{quote(label)} THEN [{index}, "
            f"[{', '.join(self._column(column, near, node) for column in columns)}]]"
            for index, (label, columns) in enumerate(cases)
        )
        return f"CASE {branches} END"

    def _nested(self, rows: Rows, near: str) -> str:
        node = self._names.node()
        return f"COLLECT {{ {self._matched(rows, near, node)} RETURN {self._row(rows, near, node)} }}"

    def _count(self, source: Source, where: Predicate, near: str) -> str:
        if not isinstance(source, Hop):
            raise TypeError(f"{source} is not counted inside a row")
        if where == TRUE:
            return f"COUNT {{ ({near}){_arrow(source)}() }}"  # the engine keeps the degree
        node = self._names.node()
        return f"COUNT {{ MATCH ({near}){_arrow(source)}({node}){where_clause(conditions(where, node, self._names))} }}"


def _edge(node: str) -> str:
    """The variable of the association that leads to a record."""
    return f"e{node[1:]}"


def _associations(hop: Hop) -> str:
    """The relationship types of a hop's associations, one of which leads to each record."""
    return "|".join(quote(relationship) for relationship in (hop.relationship, *hop.others))


def _reads_edge(columns: tuple[Column, ...]) -> bool:
    """Whether a column of the row, or of one of its cases, reads the association that leads to the record."""
    return any(
        isinstance(column, EdgeColumn)
        or (isinstance(column, CaseColumn) and any(_reads_edge(case) for _, case in column.cases))
        for column in columns
    )


def _arrow(hop: Hop) -> str:
    """The relationship that a hop walks: the association's, or the label's own."""
    if hop.label_relationship is None:
        return f"-[:{_associations(hop)}]-"
    relationship = f"[:{quote(hop.label_relationship)}]"
    return {
        Direction.OUT: f"-{relationship}->",
        Direction.IN: f"<-{relationship}-",
        Direction.BOTH: f"-{relationship}-",
    }[hop.direction]


def _read(prop: Prop, node: str) -> str:
    """A property in the form in which both engines return it alike."""
    name = f"{node}.{quote(prop.name)}"
    match TYPE_MAPPINGS[prop.type].read:
        case "epoch":
            return f"datetime({name}).epochMillis"
        case "date":
            return f"toString({name})"
        case _:
            return name
