"""What a statement will make the engine visit, from statistics alone: known before it runs.

A list in index order visits its page; one that has to be sorted, or whose filter no index answers, visits all that
its source holds. A hop reads the neighbours it sorts: parents times the mean degree. The figure is an estimate with
no need to be exact: it keeps apart what takes milliseconds and what would take minutes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from schema.compiler.emit.journal import WINDOW
from schema.compiler.emit.predicates import equal_indexed
from schema.compiler.props import ID
from schema.errors import ErrorCode, refuse
from schema.ir import (
    TRUE,
    AggregateColumn,
    All,
    AllOf,
    AnyOf,
    Archived,
    Around,
    CaseColumn,
    ChangesColumn,
    CountColumn,
    CountIs,
    Exists,
    Figure,
    FiguresColumn,
    Found,
    Function,
    GraphColumn,
    GroupCountColumn,
    GroupsColumn,
    HistoryColumn,
    Hop,
    Measured,
    Not,
    PathsColumn,
    Predicate,
    Rows,
    RowsColumn,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphdb.catalog.statistics import Statistics
    from schema.compiler.paging import PageCheck
    from schema.ir import Column, Read, Via


@dataclass(slots=True)
class Estimate:
    """Visits by page number; under None, those that belong to no page.

    Args:
        statistics: How much there is of everything.
        counts: How many records each page asks for.
    """

    statistics: Statistics
    counts: Sequence[int]
    visits: dict[int | None, float] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """All visits."""
        return round(sum(self.visits.values()))

    def read(self, read: Read) -> Estimate:
        """Add up a whole statement."""
        for root in read.roots:
            if isinstance(root, Rows):
                self._rows(root, None, 1, None)
            elif isinstance(root, (GraphColumn, PathsColumn)):
                self._walk(root)
            elif isinstance(root, ChangesColumn):
                self._changes(root)
            else:
                self._whole(root, None, 1, None)
        return self

    def _rows(self, rows: Rows, near: str | None, parents: float, above: int | None) -> None:
        page = rows.page
        number = above if page is None else page.number
        wanted = float("inf") if page is None else self.counts[page.number] + page.extra
        source = rows.source
        if isinstance(source, AllOf):
            far: str | None = source.label
            there = float(self.statistics.nodes.get(source.label, 0))
            visited = min(wanted, there) if _reads_in_order(rows) else there
        elif isinstance(source, Found):
            # What an index finds is not known beforehand; without one, all are looked at.
            far, there = None, float(sum(self.statistics.nodes.get(label, 0) for label in source.labels))
            visited = there if source.index is None else min(wanted, there)
        elif isinstance(source, Archived):
            far, there, visited = None, wanted, wanted  # archived records are not counted
        elif isinstance(source, Hop):
            there = visited = self._degree(source, near)
            far = self.statistics.far(source.relationship, near) if near else None
        else:
            far, there = getattr(source, "label", None), float(self._ids(source, number))
            visited = there
        over_hops = sum(self._ordering(key.via, far) for key in rows.order if key.via)
        self._add(number, parents * visited * (1 + over_hops + self._filtering(rows.where, far)))
        self._columns(rows.columns, far, parents * min(wanted, there), number)

    def _ids(self, source: Any, number: int | None) -> int:
        """One record, or as many as ids were given."""
        return self.counts[number] if number is not None and hasattr(source, "ids") else 1

    def _columns(self, columns: Iterable[Column], near: str | None, parents: float, number: int | None) -> None:
        for column in columns:
            if isinstance(column, RowsColumn):
                self._rows(column.rows, near, parents, number)
            elif isinstance(column, (CountColumn, AggregateColumn, GroupsColumn, GroupCountColumn)):
                self._whole(column, near, parents, number)
            elif isinstance(column, CaseColumn):
                self._cases(column, parents, number)
            elif isinstance(column, HistoryColumn):
                self._add(column.page.number, parents * (self.counts[column.page.number] + 2))

    def _cases(self, column: CaseColumn, parents: float, number: int | None) -> None:
        """Which object types come is not known: what the dearest would cost, list by list."""
        dearest: dict[int | None, float] = {}
        for label, inner in column.cases:
            one = Estimate(self.statistics, self.counts)
            one._columns(inner, label, parents, number)
            for page, visits in one.visits.items():
                dearest[page] = max(visits, dearest.get(page, 0.0))
        for page, visits in dearest.items():
            self._add(page, visits)

    def _changes(self, column: ChangesColumn) -> None:
        """Entries by their numbers, and the records that they are about."""
        number = column.page.number
        shown = self.counts[number] + 1
        self._add(number, shown if column.types is None and column.kinds is None else max(shown, WINDOW))
        self._columns(column.columns, None, shown, number)

    def _walk(self, column: GraphColumn | PathsColumn) -> None:
        """A walk of some hops along all associations: degree after degree, multiplied."""
        joined = sum(self.statistics.relationships.get(name, 0) for name in column.relationships)
        degree = 2 * joined / max(1, sum(self.statistics.nodes.values()))
        if isinstance(column, PathsColumn):
            number, hops, starts = column.page.number, max(column.lengths, default=0), 1
        elif isinstance(column.source, Around):
            number, hops, starts = column.source.page.number, column.source.hops, 1
        else:
            number, hops, starts = 0, 1, max(self.counts, default=0)
        visited = sum(degree**hop for hop in range(1, hops + 1))
        self._add(number, starts * (1 + visited))
        self._columns(column.columns, None, starts * visited, number)

    def _filtering(self, where: Predicate, near: str | None) -> float:
        """What a filter visits for one record: the associated records that it asks about, and theirs."""
        match where:
            case Not(part):
                return self._filtering(part, near)
            case All(parts) | AnyOf(parts):
                return sum(self._filtering(part, near) for part in parts)
            case Exists(records) | CountIs(records, _, _) | Measured(records, _):
                hop = records.hop
                far = self.statistics.far(hop.relationship, near) if near else None
                return self._degree(hop, near) * (1 + self._filtering(records.where, far))
            case _:
                return 0.0

    def _ordering(self, via: Via | Words, near: str | None) -> float:
        """What an order key visits for one record: the only one, a degree that the engine keeps, or the neighbours."""
        if isinstance(via, Words):
            return 0.0
        records = via.records
        plain = records.where == TRUE and records.association == TRUE
        if via.figure is None or (via.figure == Figure(Function.COUNT) and plain):
            return 1.0
        return self._filtering(Exists(records), near)

    def _degree(self, hop: Hop, near: str | None) -> float:
        """How many relationships a hop walks from one record."""
        if near is None:
            return 0.0
        walked = (hop.label_relationship or hop.relationship, *hop.others)
        return sum(self.statistics.degree(relationship, near) for relationship in walked)

    def _whole(self, column: CountColumn | FiguresColumn, near: str | None, parents: float, number: int | None) -> None:
        """Something over all that a source holds: the engine keeps the plain count, for the rest it visits them."""
        source = column.source
        visited = 1.0
        if column.where != TRUE or not isinstance(column, CountColumn) or isinstance(source, Found):
            far: str | None = None
            if isinstance(source, Found):
                visited = float(sum(self.statistics.nodes.get(label, 0) for label in source.labels))
            elif isinstance(source, AllOf):
                far, visited = source.label, float(self.statistics.nodes.get(source.label, 0))
            elif isinstance(source, Hop):
                far = self.statistics.far(source.relationship, near) if near else None
                visited = self._degree(source, near)
            keys = column.keys if isinstance(column, (GroupsColumn, GroupCountColumn)) else ()
            walked = {key.over: self._degree(key.hop, far) for key in keys if key.hop is not None}
            visited *= 1 + self._filtering(column.where, far) + sum(walked.values())
        self._add(number, parents * visited)

    def _add(self, number: int | None, visits: float) -> None:
        self.visits[number] = self.visits.get(number, 0.0) + visits


def check_touches(estimate: Estimate, checks: Sequence[PageCheck], limit: int) -> None:
    """Refuse a statement that would visit too much.

    Raises:
        GraphQLError: TOO_COMPLEX, naming the field with the largest share and the numbers.
    """
    if estimate.total <= limit:
        return
    worst = max(estimate.visits, key=lambda number: estimate.visits[number])
    check = checks[worst] if worst is not None else checks[0] if checks else None
    where = f"{round(estimate.visits[worst]):,} of them for {'.'.join(check.cost.path)}; " if check else ""
    raise refuse(
        ErrorCode.TOO_COMPLEX,
        f"By the graph's statistics the operation would visit {estimate.total:,} records, {where}the limit is "
        f"{limit:,}. A filter or an order that an index answers, or smaller pages, are needed.",
        check.node if check else None,
        check.path if check else None,
        touches=estimate.total,
        limit=limit,
    )


def _reads_in_order(rows: Rows) -> bool:
    """Whether an index gives the page: its order is indexed, and no filter but an indexed equality is left."""
    if any(key.via for key in rows.order):
        return False
    if rows.composite is not None:
        return True
    first = rows.order[0].prop if rows.order else ID
    return first.indexed and (rows.where == TRUE or _only_equal(rows.where))


def _only_equal(where: Predicate) -> bool:
    return equal_indexed(where) is not None
