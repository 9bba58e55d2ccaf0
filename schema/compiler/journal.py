"""``changes`` and ``history`` → IR."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from schema.bindings import object_type_enum_value
from schema.compiler.columns import Columns
from schema.compiler.cursors import CHANGES, HISTORY, decode_place
from schema.compiler.document import as_value, plain
from schema.errors import bad_input, suggest
from schema.ir import (
    CaseColumn,
    CaseShape,
    ChangesColumn,
    ChangesShape,
    HistoryColumn,
    HistoryShape,
    Picked,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from graphql import Node

    from graphdb.catalog.model import Catalog, ObjectType
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import RecordShape


class Journal:
    """Lowers what one operation asks of the journal.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: Whose object types there are.
        pages: The operation's pages.
        record: Lowers a record of one object type.
    """

    def __init__(
        self,
        operation: Operation,
        catalog: Catalog,
        pages: Pages,
        record: Callable[[Selected, ObjectType, Columns, Path, int | None], RecordShape],
    ) -> None:
        self._operation = operation
        self._catalog = catalog
        self._pages = pages
        self._record = record
        self._histories: dict[tuple[Any, ...], HistoryColumn] = {}

    def changes(self, field: Selected, roots: Columns, path: Path) -> ChangesShape:
        """The root field."""
        arguments = self._operation.arguments(field, path)
        page = self._pages.add_plain(arguments.get("first"), field.node, path, None, root=True)
        cases = [(one, Columns()) for one in self._catalog.enabled]
        picked = self._picked(field, path, cases, page.number)
        types, kinds = plain(arguments.get("types")), plain(arguments.get("kinds"))
        after = arguments.get("after")
        column = ChangesColumn(
            page=page,
            after=None if after is None else as_value(after),
            place=partial(_number, field.node, path),
            enabled=tuple(one.name for one in self._catalog.enabled),
            types=None
            if types is None
            else tuple(one.name for one in self._catalog.enabled if object_type_enum_value(one) in types),
            kinds=None if kinds is None else tuple(kinds),
            columns=(CaseColumn(tuple((one.node_label, columns.all) for one, columns in cases)),)
            if _shows_records(picked)
            else (),
        )
        return ChangesShape(roots.add(column), page, picked, path)

    def history(self, field: Selected, columns: Columns, path: Path, parent: int | None) -> HistoryShape:
        """The field of a record."""
        arguments = self._operation.arguments(field, path)
        # One for all the object types whose records the field may stand on: its page is counted once, its values sent.
        key = (id(field.node), path, parent)
        if key not in self._histories:
            page = self._pages.add_plain(arguments.get("first"), field.node, path, parent, root=False)
            after, properties = arguments.get("after"), arguments.get("properties")
            names = {prop.name for one in self._catalog.enabled for prop in one.properties}
            self._histories[key] = HistoryColumn(
                page=page,
                after=None if after is None else as_value(after),
                place=partial(_place, field.node, path),
                properties=None if properties is None else as_value(properties),
                known=partial(_known, field.node, path, names),
            )
        column = self._histories[key]
        return HistoryShape(columns.add(column), column.page, self._picked(field, path, [], column.page.number))

    def _picked(self, field: Selected, path: Path, cases: list[tuple[ObjectType, Columns]], parent: int) -> Picked:
        named = get_named_type(field.definition.type)
        if not isinstance(named, GraphQLObjectType):
            raise TypeError(f"{named} is no object type")
        entries: list[tuple[str, str, Picked | CaseShape | None]] = []
        for key, selected in self._operation.subfields(named, field, path).items():
            inner = (*path, key)
            below: Picked | CaseShape | None = None
            if selected.name == "record":
                below = CaseShape(0, tuple(self._record(selected, one, own, inner, parent) for one, own in cases))
            elif isinstance(get_named_type(selected.definition.type), GraphQLObjectType):
                below = self._picked(selected, inner, cases, parent)
            entries.append((key, selected.name, below))
        return Picked(named.name, tuple(entries))


def _shows_records(picked: Picked) -> bool:
    return any(
        isinstance(below, CaseShape) or (isinstance(below, Picked) and _shows_records(below))
        for _, _, below in picked.entries
    )


def _number(node: Node, path: Path, cursor: str) -> int:
    """The number of a cursor of ``changes``.

    Raises:
        GraphQLError: It is none.
    """
    (text,) = _decoded(node, path, cursor, CHANGES)
    return int(text)


def _place(node: Node, path: Path, cursor: str) -> list[Any]:
    """The time, the entry and the property of a cursor of ``history``.

    Raises:
        GraphQLError: It is none.
    """
    return _decoded(node, path, cursor, HISTORY)


def _decoded(node: Node, path: Path, cursor: str, mark: str) -> list[Any]:
    try:
        return decode_place(cursor, mark)
    except ValueError as error:
        raise bad_input(f"after expects a cursor that this list gave; {error}.", node, path, input=["after"]) from None


def _known(node: Node, path: Path, names: Collection[str], given: list[str]) -> list[str]:
    """Names of properties, none of them unknown.

    Raises:
        GraphQLError: No object type has a property of that name.
    """
    for index, name in enumerate(given):
        if name not in names:
            message = f'No object type has a property named "{name}".{suggest(name, names)}'
            raise bad_input(message, node, path, input=["properties", index])
    return given
