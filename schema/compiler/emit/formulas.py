"""Formulas → Cypher expressions that have a value, or none, for every record.

What is used twice is bound to a name by a list of one, so that the text grows no faster than the formula. Neo4j fails
where whole numbers overflow or are divided by zero, and ArcadeDB does other things: neither is ever asked to.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from graphdb.catalog.formula import COMPARISONS, Operator
from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from graphdb.values import MAX_INTEGER, MAX_MONEY
from schema.ir import Const, Operation, Prop

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Expression

_GREATEST: Final = {
    PropertyType.INTEGER: MAX_INTEGER,
    PropertyType.MONEY: MAX_MONEY,
    PropertyType.NUMBER: sys.float_info.max,
}
_SAFE: Final = Const(1e17)
"""What no whole number or amount reaches, and 64 bits hold: a product is looked at in floating point first."""
_FALSE, _ZERO = Const(value=False), Const(0)
_ARITHMETIC = frozenset({Operator.ADD, Operator.SUBTRACT, Operator.MULTIPLY, Operator.DIVIDE})
_TWO_VALUED = frozenset({*COMPARISONS, Operator.AND, Operator.OR, Operator.NOT, Operator.IS_SET})


def value_text(prop: Prop, node: str, names: Names) -> str:
    """How the text reads a property of a record, stored or computed."""
    return f"{node}.{quote(prop.name)}" if prop.formula is None else formula_text(prop.formula, node, names)


def formula_text(formula: Expression, node: str, names: Names) -> str:
    """The value of a formula for a record."""
    if isinstance(formula, Prop):
        return f"{node}.{quote(formula.name)}"
    if isinstance(formula, Const):
        return names.value(formula)
    return _operation(formula, node, names)


def _operation(formula: Operation, node: str, names: Names) -> str:
    operator = formula.operator
    if operator in {Operator.AND, Operator.OR, Operator.NOT, Operator.IF}:
        return _choice(formula, node, names)
    if operator in _ARITHMETIC:
        return _arithmetic(formula, node, names)
    if operator is Operator.DAYS_BETWEEN:
        first, second = (_day(part, node, names) for part in formula.parts)
        return f"duration.inDays({first}, {second}).days"
    texts = [formula_text(part, node, names) for part in formula.parts]
    if operator in COMPARISONS:
        sign = "<>" if operator is Operator.UNEQUAL else operator.value
        return f"coalesce({texts[0]} {sign} {texts[1]}, {names.value(_FALSE)})"
    joined = ", ".join(texts)
    match operator:
        case Operator.NEGATE:
            return f"(-{joined})"
        case Operator.CONCAT:
            return f"({' + '.join(texts)})"
        case Operator.IS_SET:
            return f"({joined} IS NOT NULL)"
        case Operator.LOWER:
            return f"toLower({joined})"
        case Operator.UPPER:
            return f"toUpper({joined})"
        case Operator.TO_NUMBER:
            return f"toFloat({joined})"
    return f"{operator.value}({joined})"


def _choice(formula: Operation, node: str, names: Names) -> str:
    if formula.operator is Operator.IF:
        condition, then, otherwise = formula.parts
        tested = _truth(condition, node, names)
        chosen = (formula_text(part, node, names) for part in (then, otherwise))
        return "CASE WHEN {} THEN {} ELSE {} END".format(tested, *chosen)
    truths = [_truth(part, node, names) for part in formula.parts]
    if formula.operator is Operator.NOT:
        return f"(NOT {truths[0]})"
    return "(" + f" {formula.operator.value.upper()} ".join(truths) + ")"


def _truth(part: Expression, node: str, names: Names) -> str:
    """A condition that is true or false, whatever is unset."""
    text = formula_text(part, node, names)
    if isinstance(part, Operation) and part.operator in _TWO_VALUED:
        return text
    return f"coalesce({text}, {names.value(_FALSE)})"


def _arithmetic(formula: Operation, node: str, names: Names) -> str:
    """The result, if its type can hold it."""
    left, right = (formula_text(part, node, names) for part in formula.parts)
    found, first, second = names.node(), names.node(), names.node()
    made = f"{left} {formula.operator.value} {right}"
    if formula.operator is Operator.DIVIDE:
        tested = f"{second} <> {names.value(_ZERO)}"
        made = _bound(left, first, _bound(right, second, f"{first} / {second}", tested))
    elif formula.operator is Operator.MULTIPLY and formula.kind is not PropertyType.NUMBER:
        tested = f"abs(toFloat({first}) * {second}) < {names.value(_SAFE)}"
        made = _bound(left, first, _bound(right, second, f"{first} * {second}", tested))
    most = _GREATEST[formula.kind]
    tested = f"{found} >= {names.value(Const(-most))} AND {found} <= {names.value(Const(most))}"
    return _bound(made, found, found, tested)


def _bound(value: str, name: str, made: str, tested: str | None = None) -> str:
    """What is made of a value under a name; null where it is not what it has to be."""
    return f"head([{name} IN [{value}]{f' WHERE {tested}' if tested else ''} | {made}])"


def _day(part: Expression, node: str, names: Names) -> str:
    text = formula_text(part, node, names)
    moment = part.kind if isinstance(part, Operation) else part.type if isinstance(part, Prop) else None
    return f"date(datetime({text}))" if moment is PropertyType.DATETIME else text
