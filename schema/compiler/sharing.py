"""Which further records a statement fetches apart, each once, instead of with every row that they belong to.

The arguments of a nested field are the same for each parent, so whatever is read of a record below one parent is what
is read of it below another. Where parents have children in common, a hop is returned as pairs and each child once
with its tree (graph.md Q5): it costs by distinct records. Looking the distinct ones up costs as much as some records
more, so that it pays where enough of the tree is spared. The choice is the statistics' alone: neither page sizes nor
any other value of a request takes part, and the text stays the same until the graph is another one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from schema.ir import (
    TRUE,
    AggregateColumn,
    ByIds,
    CaseColumn,
    CountColumn,
    GroupCountColumn,
    GroupsColumn,
    Hop,
    Read,
    Rows,
    RowsColumn,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.statistics import Statistics
    from schema.ir import Column, Source

SPARED_LEAST: Final = 3.0
"""How many records a pair has to spare for it to pay; looking one up by its id costs as much as two (measured)."""
_VISITED: Final = 0.25
"""What a record that is only counted costs beside one that is returned."""


def share(read: Read, statistics: Statistics, least: float = SPARED_LEAST) -> Read:
    """The same read with the hops marked that are fetched apart.

    Args:
        read: What is read.
        statistics: How much there is of everything.
        least: How many records each pair has to spare, on the average.
    """
    sharing = _Sharing(statistics, least)
    return Read(tuple(sharing.rows(root, None) if isinstance(root, Rows) else root for root in read.roots))


class _Sharing:
    def __init__(self, statistics: Statistics, least: float) -> None:
        self._statistics = statistics
        self._least = least

    def rows(self, rows: Rows, near: str | None, *, many: bool = False) -> Rows:
        """Rows that are read in one place of the statement, so that all that share a record stand in one list.

        Args:
            rows: The rows.
            near: The node label of the record that they hang on.
            many: Whether there are many of them, whatever their source.
        """
        far = self._far(rows.source, near)
        many = many or rows.page is not None or isinstance(rows.source, ByIds)
        columns: list[Column] = []
        shared: list[int] = []
        for index, column in enumerate(rows.columns):
            if many and isinstance(column, RowsColumn) and self._pays(column.rows, far):
                shared.append(index)
                columns.append(RowsColumn(self.rows(column.rows, far, many=True)))
            else:
                columns.append(column if many else self._inside(column, far))
        return replace(rows, columns=tuple(columns), shared=tuple(shared))

    def _inside(self, column: Column, near: str | None) -> Column:
        """A column of a record that is the only one."""
        if isinstance(column, RowsColumn):
            return RowsColumn(self.rows(column.rows, near))
        if isinstance(column, CaseColumn):
            cases = tuple(
                (label, tuple(self._inside(one, label) for one in columns)) for label, columns in column.cases
            )
            return replace(column, cases=cases)
        return column

    def _pays(self, rows: Rows, near: str | None) -> bool:
        hop = rows.source
        if not isinstance(hop, Hop) or any(isinstance(column, CaseColumn) for column in rows.columns):
            return False  # where there may be several object types, each has columns of the pair among its own
        far = self._far(hop, near)
        sharers = 0.0 if far is None else self._statistics.degree(hop.label_relationship or hop.relationship, far)
        below = self._below(rows.columns, far)
        return below * (1 - 1 / max(1.0, sharers)) >= self._least

    def _below(self, columns: Iterable[Column], near: str | None) -> float:
        """How many records are read below one, on the average; those that are counted at what they cost."""
        found = 0.0
        for column in columns:
            if isinstance(column, RowsColumn):
                far = self._far(column.rows.source, near)
                found += self._degree(column.rows.source, near) * (1 + self._below(column.rows.columns, far))
            elif isinstance(column, CaseColumn):
                found += max((self._below(inner, label) for label, inner in column.cases), default=0.0)
            elif isinstance(column, (AggregateColumn, GroupsColumn, GroupCountColumn)) or (
                isinstance(column, CountColumn) and column.where != TRUE
            ):
                found += self._degree(column.source, near) * _VISITED
        return found

    def _degree(self, source: Source, near: str | None) -> float:
        if near is None or not isinstance(source, Hop):
            return 0.0
        walked = (source.label_relationship or source.relationship, *source.others)
        return sum(self._statistics.degree(relationship, near) for relationship in walked)

    def _far(self, source: Source, near: str | None) -> str | None:
        """The node label of a source's records, where all have one."""
        if isinstance(source, Hop):
            return self._statistics.far(source.relationship, near) if near and not source.others else None
        return getattr(source, "label", None)
