"""Selections → IR. All names resolve here: below, there is neither GraphQL nor a catalog."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.printed import print_date_time
from graphdb.values import key_of, normalise, options_of, unready
from schema.bindings import HopField, ListField, LookupField, Part, PropertyField, binding, object_type_enum_value
from schema.compiler.across import Across, cursor_text
from schema.compiler.aggregates import lower_aggregate, lower_figure, shown_value
from schema.compiler.archived import ARCHIVED_AT, ArchivedRecords
from schema.compiler.columns import Columns
from schema.compiler.composite import held_by_composite
from schema.compiler.document import as_value
from schema.compiler.filters import WhereReader
from schema.compiler.graph import GraphQuestions
from schema.compiler.groups import Groups
from schema.compiler.journal import Journal
from schema.compiler.orders import OrderReader
from schema.compiler.paging import Pages
from schema.compiler.paths import PathsQuestion
from schema.compiler.periods import Periods
from schema.compiler.props import ID, prop_of, to_prop
from schema.compiler.search import Search
from schema.compiler.sides import hop_source, label_named, labels_seen
from schema.errors import ErrorCode, refuse
from schema.ir import (
    AllOf,
    AskedColumn,
    ById,
    ByIds,
    ByKey,
    CaseColumn,
    CaseShape,
    Column,
    Connection,
    CountColumn,
    CursorText,
    DisplayName,
    Each,
    EdgeColumn,
    EdgePart,
    EdgeShape,
    Entry,
    Fixed,
    Given,
    Hop,
    IdColumn,
    LabelList,
    Leaf,
    One,
    OrderKey,
    PageInfoShape,
    PropColumn,
    Query,
    Read,
    RecordShape,
    Rows,
    RowsColumn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.catalog.model import Catalog, LabelSide, ObjectType, Property, Side
    from schema.compiler.document import Operation, Selected
    from schema.compiler.payloads import Chosen
    from schema.errors import Path
    from schema.ir import Inside, Source, Value


GIVEN_ID = "id"
"""Under which name the program supplies the ids of written records; of two, ``from`` and ``to``."""


def place_of(one: Chosen, outer: Chosen | None) -> str:
    """Under which name a record that a payload selects is read back; ``outer`` are the payload's items."""
    return one.key if outer is None else f"{outer.key}.{one.key}"


class Lowering:
    """Lowers the record fields of one operation.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: What names and bindings refer to.
    """

    def __init__(self, operation: Operation, catalog: Catalog) -> None:
        self._operation = operation
        self._catalog = catalog
        self.pages = Pages(operation.limits)
        self._paths = PathsQuestion(operation, catalog, self.pages, self._record)
        self._graph = GraphQuestions(operation, catalog, self.pages, self._record)
        self._journal = Journal(operation, catalog, self.pages, self._record)
        self._across = Across(operation, catalog, self.pages, self._record, self._labels, self._page_info)
        self.periods = Periods(catalog.account.time_zone)

    def query(self, selected: dict[str, Selected]) -> Query:
        """The given root fields of a query as one read."""
        roots = Columns()
        shape = tuple((key, self._root(field, roots, (key,))) for key, field in selected.items())
        return Query(read=Read(roots.as_roots()), shape=shape, pages=self.pages.costs)

    def written(
        self, field: Selected, chosen: Sequence[Chosen], object_type: ObjectType | None, *, many: bool
    ) -> Query:
        """What a payload selects of the records just written, by the place of the selection.

        Args:
            field: The mutation field.
            chosen: What is selected of its payload.
            object_type: The records' type; None where it is not known.
            many: Whether the payload has items, and the ids are lists.
        """
        roots = Columns()
        shape: list[tuple[str, Entry]] = []
        for outer in chosen if many else [None]:
            for one in chosen if outer is None else outer.fields:
                if not one.is_record:
                    continue
                given = GIVEN_ID if object_type is not None else one.name
                path = (field.key, one.key) if outer is None else (field.key, outer.key, one.key)
                entry = (
                    self._one(one.selected, Given(given), object_type, roots, path)
                    if outer is None
                    else self._each(one.selected, Given(given), object_type, roots, path)
                )
                shape.append((place_of(one, outer), entry))
        return Query(read=Read(roots.as_roots()), shape=tuple(shape), pages=self.pages.costs)

    def _one(
        self, field: Selected, record_id: Value, object_type: ObjectType | None, roots: Columns, path: Path
    ) -> Entry:
        columns = Columns()
        if object_type is None:
            shape: RecordShape | CaseShape = self._any_record(field, columns, path)
        else:
            shape = self._record(field, object_type, columns, path, parent=None)
        source = ById(
            record_id, None if object_type is None else object_type.node_label, own=isinstance(record_id, Given)
        )
        return One(roots.add(RowsColumn(Rows(source, columns.all))), shape)

    # --- root fields ------------------------------------------------------------------------------------------

    def _root(self, field: Selected, roots: Columns, path: Path) -> Entry:
        match binding(field.definition):
            case ListField(object_type):
                return self._connection(field, AllOf(object_type.node_label), object_type, None, roots, path, None)
            case LookupField(object_type):
                return self._lookup(field, object_type, roots, path)
            case Part.NODE_BY_ID:
                arguments = self._operation.arguments(field, path)
                return self._one(field, as_value(arguments["id"]), None, roots, path)
            case Part.PATHS:
                return self._paths.field(field, roots, path)
            case Part.NEIGHBOURHOOD | Part.ASSOCIATIONS_BETWEEN as part:
                return self._graph.field(part, field, roots, path)
            case Part.NODES_BY_IDS:
                return self._nodes(field, roots, path)
            case Part.CHANGES:
                return self._journal.changes(field, roots, path)
            case Part.ARCHIVED:
                bin_ = ArchivedRecords(self._operation, self._catalog, self.pages, self._record, self._page_info)
                return bin_.field(field, roots, path)
            case Part.SEARCH:
                search = Search(self._operation, self._catalog, self.pages, self._record, self._page_info)
                return search.field(field, roots, path)
            case None if field.name == "__typename":
                return Fixed(self._operation.root_type.name)
            case bound:
                raise TypeError(f"no root field answers records for {bound!r}")

    def _lookup(self, field: Selected, object_type: ObjectType, roots: Columns, path: Path) -> Entry:
        ((name, given),) = self._operation.arguments(field, path)["by"].items()
        columns = Columns()
        shape = self._record(field, object_type, columns, path, parent=None)
        source: Source
        if name == "id":
            source = ById(as_value(given), object_type.node_label)
        else:
            prop = object_type.by_name[name]
            if (fault := unready(prop)) is not None:
                raise refuse(ErrorCode.CONFLICT, f"{fault[0].upper()}{fault[1:]}.", field.node, path)
            to_key = partial(_key_text, self._catalog, object_type, prop)
            source = ByKey(object_type.node_label, as_value(given), to_key)
        return One(roots.add(RowsColumn(Rows(source, columns.all))), shape)

    def _nodes(self, field: Selected, roots: Columns, path: Path) -> Entry:
        ids = as_value(self._operation.arguments(field, path)["ids"])
        return self._each(field, ids, None, roots, path)

    def _each(self, field: Selected, ids: Value, object_type: ObjectType | None, roots: Columns, path: Path) -> Entry:
        """A record for each of a list of ids."""
        own = isinstance(ids, Given)
        most = self._operation.limits.batch_size_max if own else None
        number = self.pages.add_ids(ids, field.node, path, most)
        columns = Columns()
        asked = columns.add(AskedColumn())
        shape: RecordShape | CaseShape
        if object_type is None:
            shape = self._any_record(field, columns, path, parent=number)
        else:
            shape = self._record(field, object_type, columns, path, parent=number)
        return Each(roots.add(RowsColumn(Rows(ByIds(ids, own=own), columns.all))), number, asked, shape)

    def _any_record(self, field: Selected, columns: Columns, path: Path, parent: int | None = None) -> CaseShape:
        cases: list[tuple[str, tuple[Column, ...]]] = []
        shapes: list[RecordShape] = []
        for object_type in self._catalog.enabled:
            own = Columns()
            shapes.append(self._record(field, object_type, own, path, parent))
            cases.append((object_type.node_label, own.all))
        return CaseShape(columns.add(CaseColumn(tuple(cases), archived=True)), tuple(shapes))

    # --- records ----------------------------------------------------------------------------------------------

    def _record(
        self, field: Selected, object_type: ObjectType, columns: Columns, path: Path, parent: int | None
    ) -> RecordShape:
        graphql_type = self._operation.schema.type_map[object_type.type_name]
        if not isinstance(graphql_type, GraphQLObjectType):
            raise TypeError(f"{object_type.type_name} is no object type")
        entries = [
            (key, self._record_field(selected, object_type, columns, (*path, key), parent))
            for key, selected in self._operation.subfields(graphql_type, field, path).items()
        ]
        return RecordShape(tuple(entries))

    def _record_field(
        self, field: Selected, object_type: ObjectType, columns: Columns, path: Path, parent: int | None
    ) -> Entry:
        match binding(field.definition):
            case PropertyField() as bound if bound.rolled_up is not None:
                return self._rolled_up(field, bound, columns, path)
            case PropertyField() as bound:
                return shown_value(bound.property, columns.add(PropColumn(prop_of(bound))), field.node, path)
            case HopField() as hop if hop.single:
                return self._single(field, hop, columns, path, parent)
            case HopField(side, label):
                return self._hop(field, side, label, columns, path, parent)
            case Part.ASSOCIATIONS | Part.TIMELINE as part:
                return self._across.connection(field, part, object_type, columns, path, parent)
            case Part.HISTORY:
                return self._journal.history(field, columns, path, parent)
            case Part.ID:
                return Leaf(columns.add(IdColumn()))
            case Part.OBJECT_TYPE:
                return Fixed(object_type_enum_value(object_type))
            case Part.DISPLAY_NAME:
                return self._display_name(object_type, columns)
            case Part.ARCHIVED_AT:
                return Leaf(columns.add(PropColumn(ARCHIVED_AT)), print_date_time)
            case None if field.name == "__typename":
                return Fixed(object_type.type_name)
            case bound:
                raise TypeError(f"no record field stands for {bound!r}")

    def _rolled_up(self, field: Selected, bound: PropertyField, columns: Columns, path: Path) -> Entry:
        records, figure = self._reader(field, path).rolled_up(bound, (field.name,))
        return lower_figure(records, figure, columns, field.node, path)

    def _reader(self, field: Selected, path: Path) -> WhereReader:
        return WhereReader(field.node, path, self._operation.limits.conditions_max, self.periods)

    def _display_name(self, object_type: ObjectType, columns: Columns) -> DisplayName:
        groups = tuple(
            tuple(columns.add(PropColumn(to_prop(object_type.by_name[name]))) for name in group)
            for group in object_type.display
        )
        return DisplayName(groups, columns.add(IdColumn()))

    def _single(self, field: Selected, hop: HopField, columns: Columns, path: Path, parent: int | None) -> One:
        far = self._catalog.by_name[hop.side.far]
        own = Columns()
        shape = self._record(field, far, own, path, parent)
        # Once there was at most one; what is shown of several is the same each time.
        former = hop.label is not None and hop.label.former
        order = (OrderKey(ID),) if former else ()
        page = (
            self.pages.add({"first": 1}, order, field.node, path, parent, extra=False, root=False) if former else None
        )
        rows = Rows(hop_source(hop.side, hop.label), own.all, order=order, page=page)
        return One(columns.add(RowsColumn(rows)), shape)

    def _hop(
        self,
        field: Selected,
        side: Side,
        label: LabelSide | None,
        columns: Columns,
        path: Path,
        parent: int | None,
    ) -> Connection:
        named = self._operation.arguments(field, path).get("label")
        if named is not None:
            label = label_named(side, named, field.node, path)
        source = hop_source(side, label)
        return self._connection(field, source, self._catalog.by_name[side.far], side, columns, path, parent)

    # --- connections ------------------------------------------------------------------------------------------

    def _connection(
        self,
        field: Selected,
        source: AllOf | Hop,
        object_type: ObjectType,
        side: Side | None,
        columns: Columns,
        path: Path,
        parent: int | None,
    ) -> Connection:
        arguments = self._operation.arguments(field, path)
        reader = self._reader(field, path)
        where = reader.where(field.definition.args["where"], arguments.get("where"))
        order = OrderReader(reader).order(field.definition.args["orderBy"], arguments.get("orderBy"))
        connection_type = get_named_type(field.definition.type)
        if not isinstance(connection_type, GraphQLObjectType):
            raise TypeError(f"{connection_type} is no connection")
        fields = self._operation.subfields(connection_type, field, path)
        wants_rows = any(
            binding(selected.definition) in {Part.NODES, Part.EDGES, Part.PAGE_INFO} for selected in fields.values()
        )
        wants_more = any(binding(selected.definition) is Part.PAGE_INFO for selected in fields.values())
        page = self.pages.add(
            arguments, order, field.node, path, parent, extra=wants_more, root=isinstance(source, AllOf)
        )
        own = Columns()
        cursor = partial(cursor_text, order, own)
        count: int | None = None
        entries: list[tuple[str, RecordShape | EdgeShape | PageInfoShape | Leaf | Inside | Connection | Fixed]] = []
        for key, selected in fields.items():
            inner = (*path, key)
            match binding(selected.definition):
                case Part.NODES:
                    entries.append((key, self._record(selected, object_type, own, inner, page.number)))
                case Part.EDGES:
                    entries.append((key, self._edge(selected, object_type, side, own, inner, page.number, cursor)))
                case Part.PAGE_INFO:
                    entries.append((key, self._page_info(selected, cursor(), inner)))
                case Part.TOTAL_COUNT:
                    count = columns.add(CountColumn(source, where))
                    entries.append((key, Leaf(count)))
                case Part.AGGREGATE:
                    entries.append((key, lower_aggregate(self._operation, selected, source, where, columns, inner)))
                case Part.GROUPS:
                    groups = Groups(
                        self._operation, self._catalog, self.pages, self.periods, source, where, columns, parent
                    )
                    entries.append((key, groups.lower(selected, inner)))
                case _:
                    entries.append((key, Fixed(connection_type.name)))
        composite = (
            held_by_composite(object_type, where, order, self._operation.limits) if isinstance(source, AllOf) else None
        )
        listed = Rows(source, own.all, where, order, page, composite=composite)
        rows = columns.add(RowsColumn(listed)) if wants_rows else None
        return Connection(rows, count, page, tuple(entries))

    def _edge(
        self,
        field: Selected,
        object_type: ObjectType,
        side: Side | None,
        columns: Columns,
        path: Path,
        parent: int,
        cursor: Any,
    ) -> EdgeShape:
        edge_type = get_named_type(field.definition.type)
        entries: list[tuple[str, Entry]] = []
        for key, selected in self._operation.subfields(edge_type, field, path).items():  # type: ignore[arg-type]
            entry: Entry
            match binding(selected.definition):
                case Part.NODE:
                    entry = self._record(selected, object_type, columns, (*path, key), parent)
                case Part.CURSOR:
                    entry = cursor()
                case Part.LABELS:
                    entry = self._labels(selected, side, columns, (*path, key))
                case Part.ASSOCIATED_AT if side is not None:
                    entry = Leaf(columns.add(EdgeColumn(EdgePart.ASSOCIATED_AT)), print_date_time)
                case Part.ASSOCIATED_AT:
                    entry = Fixed(None)
                case _:
                    entry = Fixed(edge_type.name)
            entries.append((key, entry))
        return EdgeShape(tuple(entries))

    def _labels(self, field: Selected, side: Side | None, columns: Columns, path: Path) -> Entry:
        if side is None:
            return Fixed([])
        label_type = get_named_type(field.definition.type)
        chosen = tuple(
            (key, selected.name)
            for key, selected in self._operation.subfields(label_type, field, path).items()  # type: ignore[arg-type]
        )
        near_is_start = columns.add(EdgeColumn(EdgePart.NEAR_IS_START)) if side.association.same_type else None
        return LabelList(columns.add(EdgeColumn(EdgePart.LABELS)), near_is_start, labels_seen(side), chosen)

    def _page_info(self, field: Selected, cursor: CursorText, path: Path) -> PageInfoShape:
        info_type = get_named_type(field.definition.type)
        fields = self._operation.subfields(info_type, field, path)  # type: ignore[arg-type]
        return PageInfoShape(tuple((key, selected.name) for key, selected in fields.items()), cursor)


def _key_text(catalog: Catalog, object_type: ObjectType, prop: Property, value: Any) -> str:
    """The key node's text for a value as a client writes it; a value that can be none names no record."""
    try:
        stored = normalise(prop, value, options_of(catalog, prop))
    except ValueError:
        return ""
    return "" if stored is None else key_of(object_type, prop, stored)
