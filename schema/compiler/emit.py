"""IR → Cypher text and the sources of its parameters. The one file in which reading statements are written.

The rules and the measurements behind them stand in the README's design section. In short: values are parameters
in one map ``$p``; names come from the catalog and are quoted; LIMIT stands before anything nested; a page is one
more row instead of a count; a root list is one branch per stretch of its order, so that each is an index read;
every predicate on a scan carries ``id IS NOT NULL``, or Neo4j leaves composite indexes aside; rows are positional
lists, for ArcadeDB collapses maps that hold map projections, and lists travel faster anyway.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, assert_never

from graphdb.cypher.quoting import quote
from schema.compiler.filters import ID
from schema.ir import (
    TRUE,
    All,
    AllOf,
    AnyOf,
    ById,
    ByIds,
    ByKey,
    CaseColumn,
    Column,
    Compare,
    Comparison,
    CountColumn,
    Direction,
    EdgeColumn,
    EdgePart,
    Hop,
    IdColumn,
    IsSet,
    Not,
    OrderKey,
    Page,
    Predicate,
    Prop,
    PropColumn,
    Read,
    Rows,
    RowsColumn,
    Value,
)
from schema.scalars import TYPE_MAPPINGS

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class ValueParam:
    """A filter's value, through ``convert`` where stored values were normalised."""

    value: Value
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class LimitParam:
    """A page's size, plus one where the page has to know whether there is more."""

    page: int
    extra: bool


@dataclass(frozen=True, slots=True)
class CursorParam:
    """One of the values of a page's cursor."""

    page: int
    position: int


Param = ValueParam | LimitParam | CursorParam

_OPERATORS = {
    Comparison.EQ: "=",
    Comparison.IN: "IN",
    Comparison.LT: "<",
    Comparison.LTE: "<=",
    Comparison.GT: ">",
    Comparison.GTE: ">=",
    Comparison.CONTAINS: "CONTAINS",
    Comparison.STARTS_WITH: "STARTS WITH",
}


def emit(read: Read) -> tuple[str, tuple[Param, ...]]:
    """The statement's text and what fills ``$p.v0``, ``$p.v1`` …, in order."""
    emitter = _Emitter()
    calls = [emitter.root(root, f"r{index}") for index, root in enumerate(read.roots)]
    returned = ", ".join(f"r{index}" for index in range(len(calls)))
    return "\n".join([*calls, f"RETURN {returned}"]), tuple(emitter.params)


def fold_case(value: Any) -> Any:
    """Trimmed and in lower case, as e-mail addresses and domains are stored."""
    if isinstance(value, list):
        return [fold_case(item) for item in value]
    return value.strip().lower() if isinstance(value, str) else value


class _Emitter:
    def __init__(self) -> None:
        self.params: list[Param] = []
        self._depth = 0

    def root(self, root: Rows | CountColumn, name: str) -> str:
        node = "n0"
        if isinstance(root, CountColumn):
            if not isinstance(root.source, AllOf):
                raise TypeError(f"{root.source} is no root that is counted")
            where = self._where([*self._filter(root.where, node), *self._indexed(root.where, node)])
            return f"CALL () {{ MATCH ({node}:{quote(root.source.label)}){where} RETURN count({node}) AS {name} }}"
        match, _ = self._matched(root, None, node)
        return f"CALL () {{ {match} RETURN collect({self._row(root, None, node)}) AS {name} }}"

    # --- which records ----------------------------------------------------------------------------------------

    def _matched(self, rows: Rows, near: str | None, node: str) -> tuple[str, str]:
        """MATCH … LIMIT: binds the record (and its association, where a column reads it)."""
        edge = f"e{node[1:]}"
        source = rows.source
        if isinstance(source, Hop):
            return self._hop(source, rows, str(near), node, edge), edge
        if isinstance(source, ById):
            label = f":{quote(source.label or 'Record')}"
            return f"MATCH ({node}{label}) WHERE {node}.`id` = {self._value(source.id)}", edge
        if isinstance(source, ByKey):
            key = self._param(ValueParam(source.value, source.to_key))
            return f"MATCH (:`_Key` {{k: {key}}})-[:`OF`]->({node}:{quote(source.label)})", edge
        if isinstance(source, ByIds):
            return f"MATCH ({node}:`Record`) WHERE {node}.`id` IN {self._value(source.ids)}", edge
        if isinstance(source, AllOf):
            return self._scan(source, rows, node), edge
        assert_never(source)

    def _hop(self, hop: Hop, rows: Rows, near: str, node: str, edge: str) -> str:
        reads_edge = any(isinstance(column, EdgeColumn) for column in rows.columns)
        association = f"MATCH ({near})-[{edge}:{quote(hop.relationship)}]-({node})"
        if hop.label_relationship is None:
            pattern = association if reads_edge else f"MATCH ({near})-[:{quote(hop.relationship)}]-({node})"
        else:
            pattern = f"MATCH ({near}){_arrow(hop)}({node})"
        conditions = self._filter(rows.where, node)
        page = rows.page
        if page is not None and page.after is not None:
            stretches = [
                " AND ".join(stretch.conditions) for stretch in self._stretches(rows.order, page, node, scan=False)
            ]
            conditions.append(
                "(" + " OR ".join(f"({stretch})" for stretch in stretches) + ")" if stretches else "false"
            )
        text = pattern + self._where(conditions)
        if page is not None:
            # The near record too, where it is named again below: after a WITH, ArcadeDB forgets the outer one.
            edges = [edge] if hop.label_relationship is None else []
            carried = ", ".join([near, node, *edges]) if reads_edge else node
            text += f" WITH {carried} ORDER BY {', '.join(_order(rows.order, node))} LIMIT {self._limit(page)}"
        if hop.label_relationship is not None and reads_edge:
            text += f" {association}"
        return text

    def _scan(self, source: AllOf, rows: Rows, node: str) -> str:
        page = rows.page
        if page is None:
            raise TypeError("a root list has a page")
        limit = self._limit(page)
        equal = _equal_indexed(rows.where)
        branches: list[str] = []
        for stretch in self._stretches(rows.order, page, node, scan=True, equal=equal):
            conditions = [*self._filter(rows.where, node), *stretch.conditions, f"{node}.`id` IS NOT NULL"]
            branches.append(
                f"MATCH ({node}:{quote(source.label)}){self._where(conditions)} "
                f"WITH {node} ORDER BY {', '.join(stretch.order)} LIMIT {limit}"
            )
        if not branches:
            return f"MATCH ({node}:{quote(source.label)}) WHERE false WITH {node} LIMIT {limit}"
        if len(branches) == 1:
            return branches[0]
        union = " UNION ALL ".join(f"{branch} RETURN {node}" for branch in branches)
        return f"CALL () {{ {union} }} WITH {node} LIMIT {limit}"

    # --- pages ------------------------------------------------------------------------------------------------

    def _stretches(
        self, order: tuple[OrderKey, ...], page: Page, node: str, *, scan: bool, equal: Prop | None = None
    ) -> list[_Stretch]:
        """The order, cut where its form changes; together, in this order, what lies after the cursor.

        Without a cursor: where the first key is set, then where it is unset. With one, from the innermost key
        outwards: the rest of the same values, then later values of a key, then where that key is unset.
        """
        if page.after is None:
            return self._halves(order, 0, [], node, scan=scan, equal=equal)
        unset = page.after.unset
        values = [None if unset_here else CursorParam(page.number, i) for i, unset_here in enumerate((*unset, False))]
        stretches: list[_Stretch] = []
        for position in range(len(order) - 1, -1, -1):
            start = values[position]
            if start is None:
                continue  # unset values come last: nothing of this key lies after one
            same = [self._same(order[i], values[i], node) for i in range(position)]
            key = order[position]
            beyond = f"{node}.{quote(key.prop.name)} {'<' if key.descending else '>'} {self._param(start)}"
            stretches.append(self._stretch(order, position, [*same, beyond], node, equal))
            if not key.prop.required:
                stretches.append(self._unset(order, position, same, node, scan=scan, equal=equal))
        return stretches

    def _halves(
        self,
        order: tuple[OrderKey, ...],
        position: int,
        same: list[str],
        node: str,
        *,
        scan: bool,
        equal: Prop | None,
    ) -> list[_Stretch]:
        key = order[position]
        if key.prop.required:
            return [self._stretch(order, position, same, node, equal)]
        is_set = f"{node}.{quote(key.prop.name)} IS NOT NULL"
        return [
            self._stretch(order, position, [*same, is_set], node, equal),
            self._unset(order, position, same, node, scan=scan, equal=equal),
        ]

    def _stretch(
        self, order: tuple[OrderKey, ...], position: int, conditions: list[str], node: str, equal: Prop | None
    ) -> _Stretch:
        """Records whose keys up to ``position`` are set: no null can come among those."""
        leading = [_directed(key, node) for key in order[: position + 1]]
        if order[0].prop is ID and equal is not None:
            leading.insert(0, f"{node}.{quote(equal.name)}")  # constant, but it names the index to walk
        return _Stretch(conditions, [*leading, *_order(order[position + 1 :], node)])

    def _unset(
        self,
        order: tuple[OrderKey, ...],
        position: int,
        same: list[str],
        node: str,
        *,
        scan: bool,
        equal: Prop | None,
    ) -> _Stretch:
        """Records where the key at ``position`` is unset, by a marker's index where there is one."""
        prop = order[position].prop
        rest = _order(order[position + 1 :], node)
        if scan and equal is not None:
            return _Stretch([*same, f"{node}.{quote(prop.name)} IS NULL"], [f"{node}.{quote(equal.name)}", *rest])
        if scan and prop.marker is not None:
            marker = f"{node}.{quote(prop.marker)}"
            return _Stretch([*same, f"{marker} = true"], [_directed_text(marker, order[-1]), *rest])
        return _Stretch([*same, f"{node}.{quote(prop.name)} IS NULL"], rest)

    def _same(self, key: OrderKey, value: CursorParam | None, node: str) -> str:
        name = f"{node}.{quote(key.prop.name)}"
        return f"{name} IS NULL" if value is None else f"{name} = {self._param(value)}"

    # --- predicates -------------------------------------------------------------------------------------------

    def _filter(self, where: Predicate, node: str) -> list[str]:
        if where == TRUE:
            return []
        if isinstance(where, All):
            return [self._predicate(part, node, negated=False) for part in where.parts]
        return [self._predicate(where, node, negated=False)]

    def _indexed(self, where: Predicate, node: str) -> list[str]:
        return [] if where == TRUE else [f"{node}.`id` IS NOT NULL"]

    def _predicate(self, where: Predicate, node: str, *, negated: bool) -> str:
        """Two-valued: NOT is pushed down to the leaves, where an unset value is decided (Cypher's null is neither)."""
        match where:
            case Not(part):
                return self._predicate(part, node, negated=not negated)
            case All(parts) | AnyOf(parts):
                joined = isinstance(where, All) != negated
                if not parts:
                    return "true" if joined else "false"
                texts = [self._predicate(part, node, negated=negated) for part in parts]
                return "(" + (" AND " if joined else " OR ").join(texts) + ")"
            case IsSet(prop):
                return f"{node}.{quote(prop.name)} IS {'NULL' if negated else 'NOT NULL'}"
            case Compare(prop, operator, value):
                name = f"{node}.{quote(prop.name)}"
                convert = fold_case if prop.lower else None
                holds = f"{name} {_OPERATORS[operator]} {self._param(ValueParam(value, convert))}"
                if not negated:
                    return holds
                return f"NOT ({holds})" if prop.required else f"({name} IS NULL OR NOT ({holds}))"

    # --- columns ----------------------------------------------------------------------------------------------

    def _row(self, rows: Rows, near: str | None, node: str) -> str:
        return "[" + ", ".join(self._column(column, near, node) for column in rows.columns) + "]"

    def _column(self, column: Column, near: str | None, node: str) -> str:
        match column:
            case IdColumn():
                return f"{node}.`id`"
            case PropColumn(prop):
                return _read(prop, node)
            case EdgeColumn(EdgePart.LABELS):
                return f"e{node[1:]}.`labels`"
            case EdgeColumn(EdgePart.ASSOCIATED_AT):
                return f"datetime(e{node[1:]}.`createdAt`).epochMillis"
            case EdgeColumn(EdgePart.NEAR_IS_START):
                return f"startNode(e{node[1:]}) = {near}"
            case RowsColumn(rows):
                return self._nested(rows, node)
            case CountColumn(source, where):
                return self._count(source, where, node)
            case CaseColumn(cases):
                branches = " ".join(
                    f"WHEN {node}:{quote(label)} THEN [{index}, "
                    f"[{', '.join(self._column(inner, near, node) for inner in columns)}]]"
                    for index, (label, columns) in enumerate(cases)
                )
                return f"CASE {branches} END"
        raise TypeError(f"no Cypher stands for {column!r}")

    def _nested(self, rows: Rows, near: str) -> str:
        node = self._fresh()
        match, _ = self._matched(rows, near, node)
        return f"COLLECT {{ {match} RETURN {self._row(rows, near, node)} }}"

    def _count(self, source: Any, where: Predicate, near: str) -> str:
        if not isinstance(source, Hop):
            raise TypeError(f"{source} is not counted inside a row")
        node = self._fresh()
        arrow = f"-[:{quote(source.relationship)}]-" if source.label_relationship is None else _arrow(source)
        if where == TRUE:
            return f"COUNT {{ ({near}){arrow}() }}"  # the engine keeps the degree
        return f"COUNT {{ MATCH ({near}){arrow}({node}){self._where(self._filter(where, node))} }}"

    # --- parameters and names ---------------------------------------------------------------------------------

    def _fresh(self) -> str:
        self._depth += 1
        return f"n{self._depth}"

    def _value(self, value: Value) -> str:
        return self._param(ValueParam(value))

    def _limit(self, page: Page) -> str:
        return self._param(LimitParam(page.number, page.extra))

    def _param(self, param: Param) -> str:
        if param not in self.params:
            self.params.append(param)
        return f"$p.v{self.params.index(param)}"

    @staticmethod
    def _where(conditions: list[str]) -> str:
        return f" WHERE {' AND '.join(conditions)}" if conditions else ""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A part of an order that one index read answers."""

    conditions: list[str]
    order: list[str]


def _order(keys: tuple[OrderKey, ...], node: str) -> list[str]:
    """ORDER BY items that put unset values last in both directions."""
    items: list[str] = []
    for key in keys:
        if not key.prop.required:
            items.append(f"{node}.{quote(key.prop.name)} IS NULL")
        items.append(_directed(key, node))
    return items


def _directed(key: OrderKey, node: str) -> str:
    return _directed_text(f"{node}.{quote(key.prop.name)}", key)


def _directed_text(text: str, key: OrderKey) -> str:
    return f"{text} DESC" if key.descending else text


def _arrow(hop: Hop) -> str:
    relationship = f"[:{quote(hop.label_relationship or hop.relationship)}]"
    return {
        Direction.OUT: f"-{relationship}->",
        Direction.IN: f"<-{relationship}-",
        Direction.BOTH: f"-{relationship}-",
    }[hop.direction]


def _read(prop: Prop, node: str) -> str:
    name = f"{node}.{quote(prop.name)}"
    match TYPE_MAPPINGS[prop.type].read:
        case "epoch":
            return f"datetime({name}).epochMillis"
        case "date":
            return f"toString({name})"
        case _:
            return name


def _equal_indexed(where: Predicate) -> Prop | None:
    """An indexed property that the filter holds to one value, if there is one."""
    for part in where.parts if isinstance(where, All) else (where,):
        if isinstance(part, Compare) and part.operator is Comparison.EQ and part.prop.indexed and part.prop is not ID:
            return part.prop
    return None
