"""Measures → Cypher: one positional list, in the forms in which both engines return values alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.cypher.quoting import quote
from schema.compiler.emit.params import ValueParam
from schema.compiler.emit.values import read
from schema.ir import Const, Measuring

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Measure, Prop

_HALF = Const(0.5)


def measured(measures: tuple[Measure, ...], node: str, names: Names) -> str:
    """The measures of all records that ``node`` stands for, as a list."""
    return "[" + ", ".join(_measure(measure, node, names) for measure in measures) + "]"


def _measure(measure: Measure, node: str, names: Names) -> str:
    if measure.prop is None:
        return f"count({node})"
    value = read(measure.prop, node)
    match measure.kind:
        case Measuring.COUNT_DISTINCT:
            return f"count(DISTINCT {value})"
        case Measuring.LOWER:
            return f"percentileDisc({value}, {names.value(_HALF)})"
        case Measuring.UPPER:
            # The lower of the two middle values counted from the other end: exact, where a mean might not be.
            return f"-percentileDisc(-{value}, {names.value(_HALF)})"
        case Measuring.PERCENTILE if measure.share is not None:
            return f"percentileDisc({value}, {names.param(ValueParam(measure.share, measure.convert))})"
        case Measuring.COUNT:
            return f"count({_stored(measure.prop, node)})"
    return f"{measure.kind.value}({value})"


def _stored(prop: Prop, node: str) -> str:
    return f"{node}.{quote(prop.name)}"
