"""Lists of associated records of several object types: ``associations`` and ``timeline`` → IR.

From a record of one object type, a relationship type leads to records of one type only. So such a list is one hop
along several relationship types, and each object type that it may reach has columns, labels and a shape of its own.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from graphdb.printed import print_date_time
from schema.bindings import Part, binding, object_type_enum_value
from schema.compiler.columns import Columns
from schema.compiler.document import plain
from schema.compiler.props import ID
from schema.ir import (
    TRUE,
    CaseColumn,
    CaseShape,
    Connection,
    CountColumn,
    CursorText,
    EdgeColumn,
    EdgePart,
    EdgeShape,
    Fixed,
    Hop,
    IdColumn,
    KeyColumn,
    Leaf,
    OrderKey,
    Prop,
    PropColumn,
    Rows,
    RowsColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import Catalog, ObjectType, Side
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import Column, Entry, Page, PageInfoShape, RecordShape

BY_ID = (OrderKey(ID),)
NEWEST_FIRST = (
    OrderKey(Prop("occurredAt", PropertyType.DATETIME), descending=True),
    OrderKey(ID, descending=True),
)
"""An activity stands where its ``occurredAt`` puts it; one without comes last."""


class Across:
    """Lowers the lists of one operation that hold records of several object types.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: What names and bindings refer to.
        pages: The operation's pages.
        record: Lowers a record of one object type.
        labels: Lowers an edge's labels.
        page_info: Lowers page information.
    """

    def __init__(
        self,
        operation: Operation,
        catalog: Catalog,
        pages: Pages,
        record: Callable[[Selected, ObjectType, Columns, Path, int | None], RecordShape],
        labels: Callable[[Selected, Side | None, Columns, Path], Entry],
        page_info: Callable[[Selected, CursorText, Path], PageInfoShape],
    ) -> None:
        self._operation = operation
        self._catalog = catalog
        self._pages = pages
        self._record = record
        self._labels = labels
        self._page_info = page_info
        self._known: dict[tuple[Any, ...], Page] = {}

    def connection(
        self, field: Selected, part: Part, near: ObjectType, columns: Columns, path: Path, parent: int | None
    ) -> Connection:
        """``associations`` or ``timeline`` of a record of one object type."""
        arguments = self._operation.arguments(field, path)
        sides = self._sides(near, part, arguments)
        order = NEWEST_FIRST if part is Part.TIMELINE else BY_ID
        connection_type = _object(field)
        fields = self._operation.subfields(connection_type, field, path)
        parts = {binding(selected.definition) for selected in fields.values()}
        page = self._page(field, arguments, order, path, parent, extra=Part.PAGE_INFO in parts)
        source = _hop(sides) if sides else None
        row = _Row(sides)
        # Before the cases, for they stand behind it.
        cursor = cursor_text(order, row.columns) if Part.PAGE_INFO in parts else None
        entries: list[tuple[str, CaseShape | PageInfoShape | Leaf | Fixed]] = []
        count: int | None = None
        for key, selected in fields.items():
            inner = (*path, key)
            match binding(selected.definition):
                case Part.NODES:
                    nodes = partial(self._node, selected, path=inner, parent=page.number)
                    entries.append((key, row.cases(nodes)))
                case Part.EDGES:
                    edges = partial(self._edge, selected, order=order, path=inner, parent=page.number)
                    entries.append((key, row.cases(edges)))
                case Part.PAGE_INFO if cursor is not None:
                    entries.append((key, self._page_info(selected, cursor, inner)))
                case Part.TOTAL_COUNT if source is not None:
                    count = columns.add(CountColumn(source, TRUE))
                    entries.append((key, Leaf(count)))
                case Part.TOTAL_COUNT:
                    entries.append((key, Fixed(0)))
                case _:
                    entries.append((key, Fixed(connection_type.name)))
        if source is None or not parts & {Part.NODES, Part.EDGES, Part.PAGE_INFO}:
            return Connection(None, count, page, tuple(entries))
        rows = columns.add(RowsColumn(Rows(source, row.all, TRUE, order, page)))
        return Connection(rows, count, page, tuple(entries))

    def _sides(self, near: ObjectType, part: Part, arguments: dict[str, Any]) -> list[tuple[Side, ObjectType]]:
        """The associations that the list walks, each with the object type that it leads to."""
        chosen = plain(arguments.get("kinds" if part is Part.TIMELINE else "types"))
        sides = [(side, self._catalog.by_name[side.far]) for side in self._catalog.sides_of(near.name)]
        return [
            (side, far)
            for side, far in sides
            if (part is not Part.TIMELINE or far.activity) and (chosen is None or object_type_enum_value(far) in chosen)
        ]

    def _page(
        self,
        field: Selected,
        arguments: dict[str, Any],
        order: tuple[OrderKey, ...],
        path: Path,
        parent: int | None,
        *,
        extra: bool,
    ) -> Page:
        """The list's page: one for all the object types whose records the list may hang on, for it is counted once."""
        key = (id(field.node), path, parent, extra)
        if key not in self._known:
            self._known[key] = self._pages.add(arguments, order, field.node, path, parent, extra=extra, root=False)
        return self._known[key]

    def _node(
        self, field: Selected, side: Side, far: ObjectType, columns: Columns, *, path: Path, parent: int
    ) -> RecordShape:
        del side
        return self._record(field, far, columns, path, parent)

    def _edge(
        self,
        field: Selected,
        side: Side,
        far: ObjectType,
        columns: Columns,
        *,
        order: tuple[OrderKey, ...],
        path: Path,
        parent: int,
    ) -> EdgeShape:
        edge_type = _object(field)
        entries: list[tuple[str, Entry]] = []
        for key, selected in self._operation.subfields(edge_type, field, path).items():
            entry: Entry
            match binding(selected.definition):
                case Part.NODE:
                    entry = self._record(selected, far, columns, (*path, key), parent)
                case Part.CURSOR:
                    entry = cursor_text(order, columns)
                case Part.LABELS:
                    entry = self._labels(selected, side, columns, (*path, key))
                case Part.ASSOCIATED_AT:
                    entry = Leaf(columns.add(EdgeColumn(EdgePart.ASSOCIATED_AT)), print_date_time)
                case _:
                    entry = Fixed(edge_type.name)
            entries.append((key, entry))
        return EdgeShape(tuple(entries))


class _Row:
    """The columns of a row of such a list: what its cursor is made of, then those of its record's object type."""

    def __init__(self, sides: list[tuple[Side, ObjectType]]) -> None:
        self.columns = Columns()
        self._cases = [(side, far, Columns()) for side, far in sides]
        self._used = False

    def cases(self, make: Callable[[Side, ObjectType, Columns], RecordShape | EdgeShape]) -> CaseShape:
        """A shape for each object type; all that are made share the columns of their type."""
        self._used = True
        return CaseShape(len(self.columns.all), tuple(make(side, far, columns) for side, far, columns in self._cases))

    @property
    def all(self) -> tuple[Column, ...]:
        """Every column."""
        cases = CaseColumn(tuple((far.node_label, columns.all) for _, far, columns in self._cases))
        return (*self.columns.all, cases) if self._used else self.columns.all


def cursor_text(order: tuple[OrderKey, ...], columns: Columns) -> CursorText:
    """A row's cursor in an order."""
    values = (columns.add(KeyColumn(key) if key.computed else PropColumn(key.prop)) for key in order[:-1])
    return CursorText(order, tuple(values), columns.add(IdColumn()))


def _hop(sides: list[tuple[Side, ObjectType]]) -> Hop:
    first, *others = (side.association.relationship_type for side, _ in sides)
    return Hop(first, others=tuple(others))


def _object(field: Selected) -> GraphQLObjectType:
    named = get_named_type(field.definition.type)
    if not isinstance(named, GraphQLObjectType):
        raise TypeError(f"{named} is no object type")
    return named
