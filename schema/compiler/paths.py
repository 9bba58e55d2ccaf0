"""``paths`` → IR."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLObjectType, get_named_type

from schema.bindings import object_type_enum_value
from schema.compiler.columns import Columns
from schema.compiler.cursors import path_order, unset_keys
from schema.compiler.document import as_value, plain
from schema.compiler.sides import labels_seen
from schema.errors import bad_input, suggest
from schema.ir import (
    CaseColumn,
    CaseShape,
    Const,
    GraphLabels,
    GraphNodes,
    IdColumn,
    PathEdges,
    PathEdgeShape,
    PathPageInfo,
    PathsColumn,
    PathShape,
    PathsShape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import Association, Catalog, ObjectType
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import LabelSeen, RecordShape

HOPS = 3
"""The longest path without ``maxHops``."""

CASE = 1


class PathsQuestion:
    """Lowers the field ``paths`` of one operation.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: What names and bindings refer to.
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

    def field(self, field: Selected, roots: Columns, path: Path) -> PathsShape:
        """A root field that answers paths."""
        arguments = self._operation.arguments(field, path)
        hops = self._hops(field, arguments, path)
        after = arguments.get("after")
        unset = None if after is None else unset_keys(plain(after))
        before = None if after is None else len(unset or ())
        order = path_order((before or 0) + 1)
        page = self._pages.add(arguments, order, field.node, path, None, extra=True, root=True)
        self._pages.checks[page.number] = replace(self._pages.checks[page.number], times=hops + 1)
        shortest = bool(plain(arguments.get("shortest")))
        lengths = range(before or 1, hops + 1)
        cases = [(object_type, Columns()) for object_type in self._catalog.enabled]
        entries: list[tuple[str, PathShape | PathEdgeShape | PathPageInfo | str]] = []
        for key, selected in self._fields(field, path).items():
            inner = (*path, key)
            match selected.name:
                case "nodes":
                    entries.append((key, self._path(selected, cases, inner, page.number)))
                case "edges":
                    entries.append((key, self._edge(selected, cases, inner, page.number)))
                case "pageInfo":
                    fields = self._fields(selected, inner)
                    entries.append((key, PathPageInfo(tuple((name, one.name) for name, one in fields.items()))))
                case _:
                    entries.append((key, "PathConnection"))
        asked = any(_asks_for_records(part) for _, part in entries)
        column = PathsColumn(
            start=as_value(arguments["from"]),
            end=as_value(arguments["to"]),
            lengths=tuple(lengths[:1] if shortest and before else lengths),
            shortest=shortest,
            via=self._via(arguments),
            marks=self._marks(field, arguments, path),
            after=before,
            page=page,
            relationships=tuple(one.relationship_type for one in self._associations()),
            columns=(IdColumn(), CaseColumn(tuple((one.node_label, own.all) for one, own in cases))) if asked else (),
        )
        return PathsShape(roots.add(column), page, tuple(entries))

    def _hops(self, field: Selected, arguments: dict[str, Any], path: Path) -> int:
        most = self._operation.limits.path_hops_max
        given = plain(arguments.get("maxHops"))
        hops: int = min(HOPS, most) if given is None else given
        if not 1 <= hops <= most:
            raise bad_input(f"maxHops expects from 1 to {most}; found {hops:,}.", field.node, path, input=["maxHops"])
        return hops

    def _via(self, arguments: dict[str, Any]) -> tuple[str, ...] | None:
        chosen = plain(arguments.get("via"))
        if chosen is None:
            return None
        return tuple(one.node_label for one in self._catalog.enabled if object_type_enum_value(one) in chosen)

    def _marks(self, field: Selected, arguments: dict[str, Any], path: Path) -> Const | None:
        chosen = plain(arguments.get("labels"))
        if chosen is None:
            return None
        seen = [label for one in self._associations() for label in labels_seen(one.side(forward=True))]
        seen += [label for one in self._associations() for label in labels_seen(one.side(forward=False))]
        known = sorted({label.name for label in seen})
        for index, name in enumerate(chosen):
            if name not in known:
                raise bad_input(
                    f'No association label is named "{name}".{suggest(name, known)}',
                    field.node,
                    path,
                    input=["labels", index],
                )
        return Const(sorted({label.mark for label in seen if label.name in chosen}))

    def _associations(self) -> list[Association]:
        enabled = {object_type.name for object_type in self._catalog.enabled}
        return [one for one in self._catalog.associations if {one.start, one.end} <= enabled]

    def _edge(self, field: Selected, cases: list[tuple[ObjectType, Columns]], path: Path, parent: int) -> PathEdgeShape:
        entries: list[tuple[str, PathShape | str]] = []
        for key, selected in self._fields(field, path).items():
            is_path = selected.name == "node"
            entries.append((key, self._path(selected, cases, (*path, key), parent) if is_path else selected.name))
        return PathEdgeShape(tuple(entries))

    def _path(self, field: Selected, cases: list[tuple[ObjectType, Columns]], path: Path, parent: int) -> PathShape:
        entries: list[tuple[str, GraphNodes | PathEdges | str]] = []
        for key, selected in self._fields(field, path).items():
            inner = (*path, key)
            if selected.name == "nodes":
                shapes = [self._record(selected, one, columns, inner, parent) for one, columns in cases]
                entries.append((key, GraphNodes(CaseShape(CASE, tuple(shapes)))))
            elif selected.name == "edges":
                entries.append((key, self._associated(selected, inner)))
            else:
                entries.append((key, selected.name))
        return PathShape(tuple(entries))

    def _associated(self, field: Selected, path: Path) -> PathEdges:
        entries: list[tuple[str, str | GraphLabels]] = []
        for key, selected in self._fields(field, path).items():
            if selected.name == "labels":
                fields = self._fields(selected, (*path, key))
                entries.append((key, GraphLabels(tuple((inner, one.name) for inner, one in fields.items()))))
            else:
                entries.append((key, selected.name))
        seen = tuple(
            ((one.relationship_type, near_is_start), _seen(one, near_is_start=near_is_start))
            for one in self._associations()
            for near_is_start in (True, False)
        )
        return PathEdges(tuple(entries), seen)

    def _fields(self, field: Selected, path: Path) -> dict[str, Selected]:
        named = cast("GraphQLObjectType", get_named_type(field.definition.type))
        return self._operation.subfields(named, field, path)


def _seen(association: Association, *, near_is_start: bool) -> tuple[LabelSeen, ...]:
    """What an association's marks mean, seen from its start or from its end."""
    side = association.side(forward=near_is_start or association.same_type)
    return tuple(one for one in labels_seen(side) if one.near_is_start in {None, near_is_start})


def _asks_for_records(part: PathShape | PathEdgeShape | PathPageInfo | GraphNodes | PathEdges | str) -> bool:
    match part:
        case PathShape(entries) | PathEdgeShape(entries):
            return any(_asks_for_records(inner) for _, inner in entries)
    return isinstance(part, GraphNodes)
