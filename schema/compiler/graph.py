"""``neighbourhood`` and ``associationsBetween`` → IR."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLObjectType, get_named_type

from schema.bindings import Part, object_type_enum_value
from schema.compiler.columns import Columns
from schema.compiler.document import as_value, plain
from schema.compiler.sides import labels_seen
from schema.errors import bad_input
from schema.ir import (
    Around,
    Between,
    CaseColumn,
    CaseShape,
    Const,
    GraphColumn,
    GraphCut,
    GraphEdges,
    GraphLabels,
    GraphNodes,
    GraphShape,
    IdColumn,
    LabelSeen,
    RecordShape,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import Catalog, ObjectType
    from schema.compiler.document import Operation, Selected
    from schema.compiler.paging import Pages
    from schema.errors import Path
    from schema.ir import Column

HOPS = 1
"""Hops of a neighbourhood without ``hops``."""

CASE = 1
"""Where a node's row holds what depends on its object type; before it stands the id."""


class GraphQuestions:
    """Lowers the root fields of one operation that answer graphs.

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

    def field(self, part: Part, field: Selected, roots: Columns, path: Path) -> GraphShape:
        """A root field that answers a graph."""
        arguments = self._operation.arguments(field, path)
        source, number = (
            self._around(field, arguments, path)
            if part is Part.NEIGHBOURHOOD
            else self._between(field, arguments, path)
        )
        fields = self._operation.subfields(_object(field), field, path)
        cases = [(object_type, Columns()) for object_type in self._catalog.enabled]
        entries: list[tuple[str, GraphNodes | GraphEdges | GraphCut | str]] = []
        for key, selected in fields.items():
            inner = (*path, key)
            match selected.name:
                case "nodes":
                    shapes = [self._record(selected, one, columns, inner, number) for one, columns in cases]
                    entries.append((key, GraphNodes(CaseShape(CASE, tuple(shapes)))))
                case "edges":
                    entries.append((key, self._edges(selected, inner)))
                case "cut":
                    entries.append((key, self._cut(selected, inner)))
                case _:
                    entries.append((key, "Graph"))
        asked = {selected.name for selected in fields.values()}
        column = GraphColumn(
            source=source,
            relationships=tuple(self._seen),
            columns=_node_columns(cases) if "nodes" in asked else (),
            edges="edges" in asked,
            cut="cut" in asked and isinstance(source, Around),
        )
        return GraphShape(roots.add(column), tuple(entries))

    def _around(self, field: Selected, arguments: dict[str, Any], path: Path) -> tuple[Around, int]:
        limits = self._operation.limits
        hops = plain(arguments.get("hops"))
        hops = HOPS if hops is None else hops
        if not 1 <= hops <= limits.hops_max:
            raise bad_input(
                f"hops expects from 1 to {limits.hops_max}; found {hops:,}.", field.node, path, input=["hops"]
            )
        given = arguments.get("perType")
        size = Const(min(limits.page_size_nested, limits.per_type_max)) if given is None else as_value(given)
        times = hops * len(self._catalog.enabled)
        page = self._pages.add_repeated("perType", size, field.node, path, times=times, most=limits.per_type_max)
        return Around(as_value(arguments["of"]), hops, page), page.number

    def _between(self, field: Selected, arguments: dict[str, Any], path: Path) -> tuple[Between, int]:
        ids = as_value(arguments["ids"])
        return Between(ids), self._pages.add_ids(ids, field.node, path)

    @property
    def _seen(self) -> dict[str, tuple[LabelSeen, ...]]:
        """Every association's relationship type, and what its marks mean, seen from the relationship's start."""
        enabled = {object_type.name for object_type in self._catalog.enabled}
        return {
            association.relationship_type: tuple(
                seen for seen in labels_seen(association.side(forward=True)) if seen.near_is_start is not False
            )
            for association in self._catalog.associations
            if {association.start, association.end} <= enabled
        }

    def _edges(self, field: Selected, path: Path) -> GraphEdges:
        entries: list[tuple[str, str | GraphLabels]] = []
        for key, selected in self._operation.subfields(_object(field), field, path).items():
            if selected.name == "labels":
                fields = self._operation.subfields(_object(selected), selected, (*path, key))
                entries.append((key, GraphLabels(tuple((inner, one.name) for inner, one in fields.items()))))
            else:
                entries.append((key, selected.name))
        return GraphEdges(tuple(entries), tuple(self._seen.items()))

    def _cut(self, field: Selected, path: Path) -> GraphCut:
        fields = self._operation.subfields(_object(field), field, path)
        types = tuple((one.node_label, object_type_enum_value(one)) for one in self._catalog.enabled)
        return GraphCut(tuple((key, selected.name) for key, selected in fields.items()), types)


def _node_columns(cases: list[tuple[ObjectType, Columns]]) -> tuple[Column, ...]:
    return IdColumn(), CaseColumn(tuple((object_type.node_label, columns.all) for object_type, columns in cases))


def _object(field: Selected) -> GraphQLObjectType:
    return cast("GraphQLObjectType", get_named_type(field.definition.type))
