"""Rows → Cypher: which records, how many of them, and their columns as one positional list."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.aggregates import measured
from schema.compiler.emit.formulas import value_text
from schema.compiler.emit.graph import graph_root
from schema.compiler.emit.groups import counted, grouped
from schema.compiler.emit.hops import arrow, associations, edge_of
from schema.compiler.emit.ids import ASKED, archived, by_id, is_of
from schema.compiler.emit.journal import changes_root, history
from schema.compiler.emit.params import ValueParam
from schema.compiler.emit.paths import paths_root
from schema.compiler.emit.predicates import conditions, equal_indexed, where_clause
from schema.compiler.emit.related import definitions, key_name, related
from schema.compiler.emit.search import candidates
from schema.compiler.emit.stretches import Stretch, Stretches, any_of, sorting
from schema.compiler.emit.values import read_value
from schema.ir import (
    TRUE,
    AggregateColumn,
    AllOf,
    Archived,
    AskedColumn,
    ById,
    ByIds,
    ByKey,
    CaseColumn,
    ChangesColumn,
    Column,
    CountColumn,
    EdgeColumn,
    EdgePart,
    FiguresColumn,
    Found,
    GraphColumn,
    GroupCountColumn,
    GroupsColumn,
    HistoryColumn,
    Hop,
    IdColumn,
    KeyColumn,
    OfPair,
    Page,
    PathsColumn,
    Predicate,
    PropColumn,
    Root,
    Rows,
    RowsColumn,
    Source,
    shared_rows,
)

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

    def root(self, root: Rows | Root, name: str) -> str:
        """A root of the statement: a subquery that returns one value, whatever it finds."""
        if isinstance(root, Rows):
            match = self._matched(root, None, ROOT)
            return f"CALL () {{ {match}{self._returned(root, None, ROOT)} AS {name} }}"
        if isinstance(root, GraphColumn):
            return graph_root(root, name, self._names, partial(self._list, root.columns, None))
        if isinstance(root, PathsColumn):
            return paths_root(root, name, self._names, partial(self._list, root.columns, None))
        if isinstance(root, ChangesColumn):
            return changes_root(root, name, self._names, partial(self._list, root.columns, None))
        if isinstance(root.source, Found):
            match, wanted = candidates(root.source, ROOT, self._names)
            return f"CALL () {{ {match}{where_clause(wanted)} RETURN count({ROOT}) AS {name} }}"
        if isinstance(root.source, Archived):
            wanted = archived(root.source, ROOT, self._names)
            return f"CALL () {{ MATCH ({ROOT}:`Record`){where_clause(wanted)} RETURN count({ROOT}) AS {name} }}"
        if not isinstance(root.source, AllOf):
            raise TypeError(f"{root.source} is no root that is counted")
        # The count store answers an unfiltered count; a filtered one has to name the id to get an index.
        indexed = [] if root.where == TRUE else [f"{ROOT}.`id` IS NOT NULL"]
        where = where_clause([*conditions(root.where, ROOT, self._names), *indexed])
        found = f"MATCH ({ROOT}:{quote(root.source.label)}){where}"
        if isinstance(root, AggregateColumn):
            return f"CALL () {{ {found} RETURN {measured(root.measures, ROOT, self._names)} AS {name} }}"
        if isinstance(root, GroupsColumn):
            pages, row = grouped(root, ROOT, self._names)
            return f"CALL () {{ {found}{pages} RETURN collect({row}) AS {name} }}"
        if isinstance(root, GroupCountColumn):
            return f"CALL () {{ {found}{counted(root, ROOT, self._names)} RETURN count(*) AS {name} }}"
        return f"CALL () {{ {found} RETURN count({ROOT}) AS {name} }}"

    # --- which records ----------------------------------------------------------------------------------------

    def _matched(self, rows: Rows, near: str | None, node: str) -> str:
        """MATCH … LIMIT: binds the record, and its association where a column reads it."""
        source = rows.source
        if isinstance(source, Hop):
            return self._hop(source, rows, str(near), node)
        if isinstance(source, (ById, ByIds)):
            return by_id(source, node, self._names)
        if isinstance(source, ByKey):
            key = self._names.param(ValueParam(source.value, source.to_key))
            return f"MATCH (:`_Key` {{k: {key}}})-[:`OF`]->({node}:{quote(source.label)})"
        if isinstance(source, AllOf):
            return self._scan(source, rows, node)
        if isinstance(source, Archived) and rows.page is not None:
            wanted = archived(source, node, self._names)
            return f"MATCH ({node}:`Record`){self._sorted(rows, rows.page, node, wanted, [node])}"
        if isinstance(source, Found) and rows.page is not None:
            match, wanted = candidates(source, node, self._names)
            return f"{match}{self._sorted(rows, rows.page, node, wanted, [node])}"
        raise TypeError(f"{source} is no list of {rows}")

    def _hop(self, hop: Hop, rows: Rows, near: str, node: str) -> str:
        edge = edge_of(node)
        reads_edge = _reads_edge(rows.columns)
        association = f"MATCH ({near})-[{edge}:{associations(hop)}]-({node})"
        labelled = hop.label_relationship is not None
        pattern = association if reads_edge and not labelled else f"MATCH ({near}){arrow(hop)}({node})"
        wanted = conditions(rows.where, node, self._names)
        page = rows.page
        text = pattern
        if page is not None:
            # The near record too, where it is named again below: after a WITH, ArcadeDB forgets the outer one.
            edges = [] if labelled else [edge]
            carried = [near, node, *edges] if reads_edge else [node]
            text += self._sorted(rows, page, node, wanted, carried)
        else:
            text += where_clause(wanted)
        return f"{text} {association}" if labelled and reads_edge else text

    def _sorted(self, rows: Rows, page: Page, node: str, wanted: list[str], carried: list[str]) -> str:
        """WHERE … LIMIT behind a pattern, without the help of an index."""
        bounds: list[str] = []
        if page.after or page.before:
            stretches = Stretches(rows.order, node, self._names, scan=False, backward=page.backward).of(page)
            bounds.append(any_of([part.conditions for part in stretches]))
        values = definitions(rows.order, node, self._names)
        text = where_clause(wanted if values else [*wanted, *bounds])
        if values:
            text += f" WITH {', '.join([*carried, *values])}{where_clause(bounds)}"
            carried = [*carried, *(key_name(key, node) for key in related(rows.order))]
        order = ", ".join(sorting(rows.order, node, backward=page.backward))
        return f"{text} WITH {', '.join(carried)} ORDER BY {order} LIMIT {self._names.limit(page)}"

    def _scan(self, source: AllOf, rows: Rows, node: str) -> str:
        page = rows.page
        if page is None:
            raise TypeError("a root list has a page")
        if related(rows.order):
            wanted = [*conditions(rows.where, node, self._names), f"{node}.`id` IS NOT NULL"]
            return f"MATCH ({node}:{quote(source.label)}){self._sorted(rows, page, node, wanted, [node])}"
        limit = self._names.limit(page)
        stretches = Stretches(
            rows.order,
            node,
            self._names,
            scan=True,
            equal=rows.composite or equal_indexed(rows.where),
            composite=rows.composite is not None,
            backward=page.backward,
        )
        branches: list[str] = []
        for stretch in stretches.of(page):
            wanted = [*conditions(rows.where, node, self._names), *stretch.conditions, f"{node}.`id` IS NOT NULL"]
            branches.append(
                f"MATCH ({node}:{quote(source.label)}){_using(stretch, source, node)}{where_clause(wanted)} "
                f"WITH {node} ORDER BY {', '.join(stretch.order)} LIMIT {limit}"
            )
        if len(branches) == 1:
            return branches[0]
        union = " UNION ALL ".join(f"{branch} RETURN {node}" for branch in branches)
        return f"CALL () {{ {union} }} WITH {node} LIMIT {limit}"

    # --- shared records ---------------------------------------------------------------------------------------

    def _returned(self, rows: Rows, near: str | None, node: str, *, apart: bool = False) -> str:
        """RETURN of all rows as one list; where they share records, of that list and one for each hop to such.

        In the place of shared records stand their ids with what belongs to the pair; in their own list, which is read
        ``apart``, each stands once with the rest of its columns, its id last.
        """
        fars = {index: self._names.node() for index in rows.shared}
        columns = [
            "null"
            if apart and isinstance(column, OfPair)
            else self._pairs(column.rows, node, fars[index])
            if isinstance(column, RowsColumn) and index in fars
            else self._column(column, near, node)
            for index, column in enumerate(rows.columns)
        ]
        every = f"collect([{', '.join([*columns, *([f'{node}.`id`'] if apart else [])])}])"
        if not fars:
            return f" RETURN {every}"
        number = node[1:]
        text = f" WITH {every} AS t{number}"
        for index, far in fars.items():
            text += (
                f" CALL (t{number}) {{ UNWIND t{number} AS x{number} UNWIND x{number}[{index}] AS y{number} "
                f"WITH DISTINCT y{number}[0] AS i{number} MATCH ({far}:`Record` {{id: i{number}}})"
                f"{self._returned(shared_rows(rows, index), None, far, apart=True)} AS s{far[1:]} }}"
            )
        return f"{text} RETURN [t{number}, {', '.join(f's{far[1:]}' for far in fars.values())}]"

    def _pairs(self, rows: Rows, near: str, node: str) -> str:
        own = [self._column(column, near, node) for column in rows.columns if isinstance(column, OfPair)]
        return f"COLLECT {{ {self._matched(rows, near, node)} RETURN [{', '.join([f'{node}.`id`', *own])}] }}"

    # --- columns ----------------------------------------------------------------------------------------------

    def _list(self, columns: tuple[Column, ...], near: str | None, node: str) -> str:
        return "[" + ", ".join(self._column(column, near, node) for column in columns) + "]"

    def _column(self, column: Column, near: str | None, node: str) -> str:
        match column:
            case IdColumn():
                return f"{node}.`id`"
            case AskedColumn():
                return ASKED
            case PropColumn(prop):
                return read_value(prop, value_text(prop, node, self._names))
            case KeyColumn(key):
                return read_value(key.prop, key_name(key, node))
            case EdgeColumn(EdgePart.LABELS):
                return f"{edge_of(node)}.`labels`"
            case EdgeColumn(EdgePart.ASSOCIATED_AT):
                return f"datetime({edge_of(node)}.`createdAt`).epochMillis"
            case EdgeColumn(EdgePart.NEAR_IS_START):
                return f"startNode({edge_of(node)}) = {near}"
            case RowsColumn(rows):
                return self._nested(rows, node)
            case CountColumn(source, where):
                return self._count(source, where, node)
            case AggregateColumn() | GroupsColumn() | GroupCountColumn():
                return self._figures(column, node)
            case HistoryColumn():
                return history(column, node, self._names)
            case CaseColumn():
                return self._case(column, near, node)
        raise TypeError(f"no Cypher stands for {column!r}")

    def _case(self, column: CaseColumn, near: str | None, node: str) -> str:
        branches = " ".join(
            f"WHEN {is_of(node, label, self._names) if column.archived else f'{node}:{quote(label)}'} THEN [{index}, "
            f"[{', '.join(self._column(one, near, node) for one in columns)}]]"
            for index, (label, columns) in enumerate(column.cases)
        )
        return f"CASE {branches} END"

    def _nested(self, rows: Rows, near: str) -> str:
        node = self._names.node()
        match = self._matched(rows, near, node)
        if rows.shared:
            return f"head(COLLECT {{ {match}{self._returned(rows, near, node)} }})"
        return f"COLLECT {{ {match} RETURN {self._list(rows.columns, near, node)} }}"

    def _count(self, source: Source, where: Predicate, near: str) -> str:
        if not isinstance(source, Hop):
            raise TypeError(f"{source} is not counted inside a row")
        if where == TRUE:
            return f"COUNT {{ ({near}){arrow(source)}() }}"  # the engine keeps the degree
        node = self._names.node()
        return f"COUNT {{ MATCH ({near}){arrow(source)}({node}){where_clause(conditions(where, node, self._names))} }}"

    def _figures(self, column: FiguresColumn, near: str) -> str:
        if not isinstance(column.source, Hop):
            raise TypeError(f"{column.source} is not counted inside a row")
        node = self._names.node()
        where = where_clause(conditions(column.where, node, self._names))
        found = f"MATCH ({near}){arrow(column.source)}({node}){where}"
        if isinstance(column, GroupsColumn):
            pages, row = grouped(column, node, self._names)
            return f"COLLECT {{ {found}{pages} RETURN {row} }}"
        if isinstance(column, GroupCountColumn):
            return f"head(COLLECT {{ {found}{counted(column, node, self._names)} RETURN count(*) }})"
        return f"head(COLLECT {{ {found} RETURN {measured(column.measures, node, self._names)} }})"


def _using(stretch: Stretch, source: AllOf, node: str) -> str:
    """The hint that names a stretch's index: left alone, Neo4j takes the one without the order, and sorts."""
    if not stretch.index:
        return ""
    return f" USING INDEX {node}:{quote(source.label)}({', '.join(quote(name) for name in stretch.index)})"


def _reads_edge(columns: tuple[Column, ...]) -> bool:
    """Whether a column of the row, or of one of its cases, reads the association that leads to the record."""
    return any(
        isinstance(column, EdgeColumn)
        or (isinstance(column, CaseColumn) and any(_reads_edge(case) for _, case in column.cases))
        for column in columns
    )
