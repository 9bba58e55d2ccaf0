"""Figures → Cypher: what is aggregated, what is made of it a step later, and conditions on that.

Two steps, for ArcadeDB answers null for a CASE over what is aggregated. Both are maps, so that a figure is read as a
property is, ``f1.`sum_amount` ``, and a condition on figures is written as any other. The values are those that
``aggregate`` shows: a sum of no values is null, means of amounts are rounded half-even to their last place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from schema.compiler.emit.values import typed
from schema.ir import Const, Figure, Function

if TYPE_CHECKING:
    from collections.abc import Iterable

    from schema.compiler.emit.params import Names
    from schema.ir import Prop

_HALF = Const(0.5)
_NONE, _ONE, _TWO = Const(0), Const(1), Const(2)
_LOWER = "lower"
_UPPER = "upper"


def figures_of(node: str) -> str:
    """The variable of the figures of all records that ``node`` stands for."""
    return f"f{node[1:]}"


def value_of(figure: Figure, node: str) -> str:
    """How the text reads a figure, once ``figures`` stand behind it."""
    return f"{figures_of(node)}.{quote(figure.as_prop.name)}"


def figures(wanted: Iterable[Figure], node: str, names: Names, carried: tuple[str, ...] = ()) -> str:
    """`` WITH … AS f1 WITH … AS f1``: the figures as a map.

    Args:
        wanted: Which figures.
        node: The records.
        names: The statement's names.
        carried: What each set of records has in common, as ``expression AS name`` or ``name``.
    """
    chosen = list(dict.fromkeys(wanted))
    taken: dict[str, str] = {}
    for figure in chosen:
        taken |= _taken(figure, node, names)
    result = figures_of(node)
    first = f" WITH {', '.join([*carried, f'{_map(taken)} AS {result}'])}"
    made = {figure.as_prop.name: _made(figure, result, names) for figure in chosen}
    if all(text == f"{result}.{quote(name)}" for name, text in made.items()):
        return first
    kept = [item.rpartition(" AS ")[2] for item in carried]
    return f"{first} WITH {', '.join([*kept, f'{_map(made)} AS {result}'])}"


def _map(entries: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quote(name)}: {text}" for name, text in entries.items()) + "}"


def _named(function: str, prop: Prop | None) -> str:
    return function if prop is None else f"{function}_{prop.name}"


def _taken(figure: Figure, node: str, names: Names) -> dict[str, str]:
    """What a figure needs of the engine's own aggregates."""
    prop = figure.prop
    if prop is None:
        return {_named("count", None): f"count({node})"}
    value = typed(prop, node)
    count = {_named("count", prop): f"count({node}.{quote(prop.name)})"}
    match figure.function:
        case Function.COUNT:
            return count
        case Function.COUNT_DISTINCT:
            return {_named("countDistinct", prop): f"count(DISTINCT {value})"}
        case Function.SUM | Function.AVG:
            return {_named("sum", prop): f"sum({value})", **count}
        case Function.MEDIAN:
            # The upper of the two middle values is the lower one counted from the other end.
            half = names.value(_HALF)
            return {
                _named(_LOWER, prop): f"percentileDisc({value}, {half})",
                _named(_UPPER, prop): f"-percentileDisc(-{value}, {half})",
            }
    return {_named(figure.function.value, prop): f"{figure.function.value}({value})"}


def _made(figure: Figure, result: str, names: Names) -> str:
    """A figure made of those."""

    def of(function: str) -> str:
        return f"{result}.{quote(_named(function, figure.prop))}"

    money = figure.prop is not None and figure.prop.type is PropertyType.MONEY
    match figure.function:
        case Function.SUM:
            return f"CASE WHEN {of('count')} > {names.value(_NONE)} THEN {of('sum')} END"
        case Function.AVG:
            some = f"{of('count')} > {names.value(_NONE)}"
            mean = _half_even(of("sum"), of("count"), names) if money else f"toFloat({of('sum')}) / {of('count')}"
            return f"CASE WHEN {some} THEN {mean} END"
        case Function.MEDIAN:
            both = f"({of(_LOWER)} + {of(_UPPER)})"
            two = names.value(_TWO)
            mean = _half_even(both, two, names) if money else f"toFloat({both}) / {two}"
            return f"CASE WHEN {of(_LOWER)} IS NOT NULL THEN {mean} END"
    return of(figure.function.value)


def _half_even(amount: str, by: str, names: Names) -> str:
    """The nearest integer to a quotient; of two, the even one. Only multiples are divided: engines truncate."""
    none, one, two = (names.value(number) for number in (_NONE, _ONE, _TWO))
    rest = f"{two} * ({amount} - whole * {by})"
    up = f"{rest} > {by} OR ({rest} = {by} AND whole % {two} <> {none})"
    floor = f"({amount} - ({amount} % {by} + {by}) % {by}) / {by}"
    return f"head([whole IN [{floor}] | whole + CASE WHEN {up} THEN {one} ELSE {none} END])"
