"""``search`` → IR: words, and the records of any object type that have them, the best match first."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from graphdb.words import words_of
from schema.bindings import Part, binding, object_type_enum_value
from schema.compiler.across import cursor_text
from schema.compiler.columns import Columns
from schema.compiler.document import as_value, plain
from schema.compiler.props import ID
from schema.errors import bad_input
from schema.ir import (
    TRUE,
    CaseColumn,
    CaseShape,
    Connection,
    CountColumn,
    EdgeShape,
    Fixed,
    Found,
    KeyColumn,
    Leaf,
    OrderKey,
    Prop,
    Rows,
    RowsColumn,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import Node

    from graphdb.catalog.model import Catalog, ObjectType
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import CursorText, Entry, PageInfoShape, RecordShape

TEXT_MAX = 256
"""Characters of a text to look for."""

WORDS_MAX = 10
"""Words of a text to look for."""

SCORE = Prop("score", PropertyType.NUMBER, required=True)


class Search:
    """Lowers the ``search`` fields of one operation.

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
        words = _words(arguments["text"], field.node, path)
        source = Found(tuple(one.node_label for one in types), words, self._operation.limits.words_index)
        order = (OrderKey(SCORE, descending=True, via=words), OrderKey(ID))
        fields = self._operation.subfields(_object(field), field, path)
        parts = {binding(selected.definition) for selected in fields.values()}
        page = self._pages.add(arguments, order, field.node, path, None, extra=Part.PAGE_INFO in parts, root=True)
        own = Columns()
        cursor = cursor_text(order, own)
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
                    edge = partial(self._edge, selected, order, inner, page.number)
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
            column = CaseColumn(tuple((one.node_label, columns.all) for one, columns in cases))
            rows = roots.add(RowsColumn(Rows(source, (*own.all, column), TRUE, order, page)))
        return Connection(rows, count, page, tuple(entries))

    def _edge(
        self,
        field: Selected,
        order: tuple[OrderKey, ...],
        path: Path,
        parent: int,
        object_type: ObjectType,
        columns: Columns,
    ) -> EdgeShape:
        entries: list[tuple[str, Entry]] = []
        for key, selected in self._operation.subfields(_object(field), field, path).items():
            entry: Entry
            match binding(selected.definition):
                case Part.NODE:
                    entry = self._record(selected, object_type, columns, (*path, key), parent)
                case Part.CURSOR:
                    entry = cursor_text(order, columns)
                case Part.SCORE:
                    entry = Leaf(columns.add(KeyColumn(order[0])))
                case _:
                    entry = Fixed(_object(field).name)
            entries.append((key, entry))
        return EdgeShape(tuple(entries))


def _words(text: Any, node: Node, path: Path) -> Words:
    checked = partial(_checked, node, path)
    return Words(as_value(text), partial(_beginnings, checked), partial(_whole, checked), partial(_query, checked))


def _checked(node: Node, path: Path, text: str) -> list[str]:
    """The words of a text.

    Raises:
        GraphQLError: There is none, there are too many, or the text is too long.
    """
    if len(text) > TEXT_MAX:
        message = f"text expects at most {TEXT_MAX} characters; found {len(text):,}."
    else:
        words = words_of(text)
        if 0 < len(words) <= WORDS_MAX:
            return words
        message = f"text expects from 1 to {WORDS_MAX} words of letters or digits; found {len(words)}."
    raise bad_input(message, node, path, input=["text"])


def _beginnings(checked: Callable[[str], list[str]], text: str) -> list[str]:
    return [f" {word}" for word in checked(text)]


def _whole(checked: Callable[[str], list[str]], text: str) -> list[str]:
    return [f" {word} " for word in checked(text)]


def _query(checked: Callable[[str], list[str]], text: str) -> str:
    """In Lucene's syntax; words of letters and digits in lower case need no escaping there."""
    return " ".join(f"+{word}*" for word in checked(text))


def _object(field: Selected) -> GraphQLObjectType:
    named = get_named_type(field.definition.type)
    if not isinstance(named, GraphQLObjectType):
        raise TypeError(f"{named} is no object type")
    return named
