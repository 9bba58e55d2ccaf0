"""``archived`` → IR: the archived records of any object type, the latest first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from schema.bindings import Part, binding, object_type_enum_value
from schema.compiler.across import cursor_text
from schema.compiler.columns import Columns
from schema.compiler.document import plain
from schema.compiler.props import ID
from schema.ir import (
    TRUE,
    Archived,
    CaseColumn,
    CaseShape,
    Connection,
    CountColumn,
    EdgeShape,
    Fixed,
    Leaf,
    OrderKey,
    Prop,
    Rows,
    RowsColumn,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import Catalog, ObjectType
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import CursorText, Entry, PageInfoShape, RecordShape

ARCHIVED_AT = Prop("archivedAt", PropertyType.DATETIME, required=True)
"""When a record was archived; every one of this list was."""

LATEST_FIRST = (OrderKey(ARCHIVED_AT, descending=True), OrderKey(ID, descending=True))


class ArchivedRecords:
    """Lowers the ``archived`` fields of one operation.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: Whose object types there are.
        pages: The operation's pages.
        record: Lowers a record of one object type.
        page_info: Lowers page information.
    """

    def __init__(
        self,
        operation: Operation,
        catalog: Catalog,
        pages: Pages,
        record: Callable[[Selected, ObjectType, Columns, Path, int | None], RecordShape],
        page_info: Callable[[Selected, CursorText, Path], PageInfoShape],
    ) -> None:
        self._operation = operation
        self._catalog = catalog
        self._pages = pages
        self._record = record
        self._page_info = page_info

    def field(self, field: Selected, roots: Columns, path: Path) -> Connection:
        """One root field."""
        arguments = self._operation.arguments(field, path)
        chosen = plain(arguments.get("types"))
        types = [one for one in self._catalog.enabled if chosen is None or object_type_enum_value(one) in chosen]
        source = Archived(tuple(one.node_label for one in types))
        fields = self._operation.subfields(_object(field), field, path)
        parts = {binding(selected.definition) for selected in fields.values()}
        extra = Part.PAGE_INFO in parts
        page = self._pages.add(arguments, LATEST_FIRST, field.node, path, None, extra=extra, root=True)
        own = Columns()
        cursor = cursor_text(LATEST_FIRST, own)
        cases = [(one, Columns()) for one in types]
        place = len(own.all)
        entries: list[tuple[str, Any]] = []
        count: int | None = None
        for key, selected in fields.items():
            inner = (*path, key)
            match binding(selected.definition):
                case Part.NODES:
                    shapes = tuple(self._record(selected, one, columns, inner, page.number) for one, columns in cases)
                    entries.append((key, CaseShape(place, shapes)))
                case Part.EDGES:
                    edge = partial(self._edge, selected, inner, page.number)
                    entries.append((key, CaseShape(place, tuple(edge(one, columns) for one, columns in cases))))
                case Part.PAGE_INFO:
                    entries.append((key, self._page_info(selected, cursor, inner)))
                case Part.TOTAL_COUNT:
                    count = roots.add(CountColumn(source, TRUE))
                    entries.append((key, Leaf(count)))
                case _:
                    entries.append((key, Fixed(_object(field).name)))
        rows: int | None = None
        if parts & {Part.NODES, Part.EDGES, Part.PAGE_INFO}:
            column = CaseColumn(tuple((one.node_label, columns.all) for one, columns in cases), archived=True)
            rows = roots.add(RowsColumn(Rows(source, (*own.all, column), TRUE, LATEST_FIRST, page)))
        return Connection(rows, count, page, tuple(entries))

    def _edge(self, field: Selected, path: Path, parent: int, object_type: ObjectType, columns: Columns) -> EdgeShape:
        entries: list[tuple[str, Entry]] = []
        for key, selected in self._operation.subfields(_object(field), field, path).items():
            entry: Entry
            match binding(selected.definition):
                case Part.NODE:
                    entry = self._record(selected, object_type, columns, (*path, key), parent)
                case Part.CURSOR:
                    entry = cursor_text(LATEST_FIRST, columns)
                case Part.LABELS:
                    entry = Fixed([])
                case Part.ASSOCIATED_AT:
                    entry = Fixed(None)
                case _:
                    entry = Fixed(_object(field).name)
            entries.append((key, entry))
        return EdgeShape(tuple(entries))


def _object(field: Selected) -> GraphQLObjectType:
    named = get_named_type(field.definition.type)
    if not isinstance(named, GraphQLObjectType):
        raise TypeError(f"{named} is no object type")
    return named
