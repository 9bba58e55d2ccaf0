"""Predicates → Cypher conditions on one record, or on the relationship that leads to it.

Two-valued, where Cypher has three: NOT is pushed down to the leaves, and an unset value is decided there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from schema.compiler.emit.figures import figures, figures_of
from schema.compiler.emit.formulas import value_text
from schema.compiler.emit.hops import arrow, edge_of, with_association
from schema.compiler.emit.params import ValueParam
from schema.compiler.props import ID
from schema.ir import (
    TRUE,
    All,
    AnyOf,
    Associated,
    Compare,
    Comparison,
    CountIs,
    Exists,
    Figure,
    Function,
    Having,
    IsSet,
    Measured,
    Not,
    Predicate,
    Prop,
)

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names

_OPERATORS = {
    Comparison.EQ: "=",
    Comparison.IN: "IN",
    Comparison.LT: "<",
    Comparison.LTE: "<=",
    Comparison.GT: ">",
    Comparison.GTE: ">=",
    Comparison.CONTAINS: "CONTAINS",
    Comparison.STARTS_WITH: "STARTS WITH",
    Comparison.ENDS_WITH: "ENDS WITH",
}


def conditions(where: Predicate, node: str, names: Names) -> list[str]:
    """The conditions that a record has to meet, to be joined by AND; none for a filter that is true."""
    if where == TRUE:
        return []
    parts = where.parts if isinstance(where, All) else (where,)
    return [_condition(part, node, names, negated=False) for part in parts]


def where_clause(conditions: list[str]) -> str:
    """`` WHERE …``, or nothing."""
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""


def equal_indexed(where: Predicate) -> Prop | None:
    """An indexed property that the filter holds to one value, if there is one."""
    for part in where.parts if isinstance(where, All) else (where,):
        if (
            isinstance(part, Compare)
            and part.operator is Comparison.EQ
            and not part.ignore_case
            and part.prop.indexed
            and part.prop is not ID
        ):
            return part.prop
    return None


def fold_case(value: Any) -> Any:
    """Trimmed and in lower case, as e-mail addresses and domains are stored."""
    if isinstance(value, list):
        return [fold_case(item) for item in value]
    return value.strip().lower() if isinstance(value, str) else value


def _condition(where: Predicate, node: str, names: Names, *, negated: bool) -> str:
    match where:
        case Not(part):
            return _condition(part, node, names, negated=not negated)
        case All(parts) | AnyOf(parts):
            joined = isinstance(where, All) != negated
            if not parts:
                return "true" if joined else "false"
            texts = [_condition(part, node, names, negated=negated) for part in parts]
            return "(" + (" AND " if joined else " OR ").join(texts) + ")"
        case IsSet(prop):
            return f"{value_text(prop, node, names)} IS {'NULL' if negated else 'NOT NULL'}"
        case Exists(records):
            found = f"EXISTS {{ {counted(records, node, names)} }}"
            return f"NOT {found}" if negated else found
        case CountIs(records, operator, value):
            # The text names parameters in the order in which they stand in it.
            number = f"COUNT {{ {counted(records, node, names)} }}"
            holds = f"{number} {_OPERATORS[operator]} {names.value(value)}"
            return f"NOT ({holds})" if negated else holds
        case Measured(records, having):
            found = f"EXISTS {{ {_measured(records, having, node, names)} }}"
            return f"NOT {found}" if negated else found
        case Compare(prop):
            name = value_text(prop, node, names)
            holds = _comparison(where, name, names)
            if not negated:
                return holds
            return f"NOT ({holds})" if prop.required else f"({name} IS NULL OR NOT ({holds}))"


def counted(records: Associated, near: str, names: Names) -> str:
    """The pattern of associated records; without conditions the engine keeps their number."""
    hop = records.hop
    if _bare(records):
        return f"({near}){arrow(hop)}()"
    return f"MATCH {matched(records, near, names.node(), names)}"


def optional(records: Associated, near: str, node: str, names: Names) -> str:
    """``OPTIONAL MATCH …``: associated records that are aggregated, so that there is a row also where there is none.

    Without OPTIONAL, Neo4j aggregates nothing to no row at all in a subquery that is an expression.
    """
    never_empty = replace(records, where=_never_empty(records.where))
    return f"OPTIONAL MATCH {matched(never_empty, near, node, names)}"


def _never_empty(where: Predicate) -> Predicate:
    """The same condition for the WHERE of an OPTIONAL MATCH, where what it counts is never empty.

    Of conditions that no record meets Neo4j says there that they are met by no row rather than by 0 records, and who
    has fewer than some is lost. So a number becomes a figure, which is taken of an OPTIONAL MATCH of its own; numbers
    without conditions are kept with the record and right.
    """
    match where:
        case Not(part):
            return Not(_never_empty(part))
        case All(parts):
            return All(tuple(_never_empty(part) for part in parts))
        case AnyOf(parts):
            return AnyOf(tuple(_never_empty(part) for part in parts))
        case Exists(records):
            return Exists(replace(records, where=_never_empty(records.where)))
        case CountIs(records, operator, value) if not _bare(records):
            number = Figure(Function.COUNT)
            return Measured(records, Having((number,), Compare(number.as_prop, operator, value)))
    return where


def _bare(records: Associated) -> bool:
    return records.where == TRUE and records.association == TRUE


def matched(records: Associated, near: str, node: str, names: Names) -> str:
    """What follows the word MATCH for associated records."""
    joined = records.association != TRUE
    pattern = with_association(records.hop, near, node) if joined else f"({near}){arrow(records.hop)}({node})"
    wanted = [*conditions(records.where, node, names), *conditions(records.association, edge_of(node), names)]
    return f"{pattern}{where_clause(wanted)}"


def _measured(records: Associated, having: Having, near: str, names: Names) -> str:
    """Associated records as one row of figures, if that meets the conditions."""
    node = names.node()
    match = optional(records, near, node, names)
    # The text names parameters in the order in which they stand in it.
    taken = figures(having.figures, node, names) if having.figures else f" WITH count({node}) AS {figures_of(node)}"
    return f"{match}{taken}{where_clause(conditions(having.where, figures_of(node), names))} RETURN {figures_of(node)}"


def _comparison(compare: Compare, name: str, names: Names) -> str:
    """A comparison that is true or false where the property is set."""
    given = names.param(ValueParam(compare.value, fold_case if compare.prop.lower else None))
    match compare.operator:
        case Comparison.HAS_ANY:
            return f"any(x IN {given} WHERE x IN {name})"
        case Comparison.HAS_ALL:
            return f"({name} IS NOT NULL AND all(x IN {given} WHERE x IN {name}))"
        case Comparison.IN if compare.ignore_case:
            return f"toLower({name}) IN [x IN {given} | toLower(x)]"
        case operator if compare.ignore_case:
            return f"toLower({name}) {_OPERATORS[operator]} toLower({given})"
        case operator:
            return f"{name} {_OPERATORS[operator]} {given}"
