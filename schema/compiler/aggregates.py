"""``aggregate`` → measures, and the arithmetic that is done on them outside the engine.

Sums of integers and of ten-thousandths are exact on both engines until 64 bits overflow, where both silently go on
in floating point: a sum that comes back as a float is refused. Averages are made here from sum and count, and
medians from the two middle values, for the engines' own differ in the last bit.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import RollUpFunction
from graphdb.printed import print_decimal
from graphdb.values import MAX_INTEGER
from schema.bindings import AggregateField, MeasureField, binding
from schema.compiler.document import as_value
from schema.compiler.props import to_prop
from schema.errors import bad_input
from schema.ir import AggregateColumn, Computed, CountColumn, Fixed, Inside, Leaf, Measure, Measuring, RecordShape
from schema.scalars import TYPE_MAPPINGS

if TYPE_CHECKING:
    from graphql import Node

    from graphdb.catalog.model import Property
    from schema.compiler.columns import Columns
    from schema.compiler.document import Operation, Selected
    from schema.errors import Path
    from schema.ir import Associated, Entry, Figure, Predicate, Prop, Source

INTEGER_BITS = 63
_OF_SUMS = frozenset({RollUpFunction.SUM, RollUpFunction.AVG})


class Measures:
    """The measures of one aggregate while its selection is read: the same measure is taken once."""

    def __init__(self) -> None:
        self._measures: dict[Measure, int] = {}

    def add(self, measure: Measure) -> int:
        """The index of a measure, new or known."""
        return self._measures.setdefault(measure, len(self._measures))

    @property
    def all(self) -> tuple[Measure, ...]:
        """Every measure, in order."""
        return tuple(self._measures)


def lower_aggregate(
    operation: Operation, field: Selected, source: Source, where: Predicate, columns: Columns, path: Path
) -> Inside:
    """The column of an ``aggregate`` field, and what is shown of it."""
    measures = Measures()
    shape = aggregate_shape(operation, field, measures, path)
    measures.add(Measure(Measuring.COUNT))  # without any measure, the engine would answer a row for each record
    return Inside(columns.add(AggregateColumn(source, where, measures.all)), shape)


def lower_figure(records: Associated, figure: Figure, columns: Columns, node: Node, path: Path) -> Leaf | Inside:
    """The column of one figure of associated records, and what is shown of it: what ``aggregate`` would show."""
    if figure.prop is None:
        return Leaf(columns.add(CountColumn(records.hop, records.where)))
    measures = Measures()
    shape = _figure(figure.function.value, figure.prop, measures, node, path)
    return Inside(columns.add(AggregateColumn(records.hop, records.where, measures.all)), shape)


def aggregate_shape(operation: Operation, field: Selected, measures: Measures, path: Path) -> RecordShape:
    """What is shown of a row of measures, which are added to ``measures``."""
    aggregate_type = get_named_type(field.definition.type)
    if not isinstance(aggregate_type, GraphQLObjectType):
        raise TypeError(f"{aggregate_type} is no aggregate")
    entries: list[tuple[str, Entry]] = []
    for key, selected in operation.subfields(aggregate_type, field, path).items():
        match binding(selected.definition):
            case MeasureField():
                entries.append((key, Leaf(measures.add(Measure(Measuring.COUNT)))))
            case AggregateField(prop):
                entries.append((key, _property_shape(operation, selected, prop, measures, (*path, key))))
            case _:
                entries.append((key, Fixed(aggregate_type.name)))
    return RecordShape(tuple(entries))


def _property_shape(
    operation: Operation, field: Selected, prop: Property, measures: Measures, path: Path
) -> RecordShape:
    measures_type = get_named_type(field.definition.type)
    if not isinstance(measures_type, GraphQLObjectType):
        raise TypeError(f"{measures_type} is no aggregate")
    entries: list[tuple[str, Entry]] = []
    for key, selected in operation.subfields(measures_type, field, path).items():
        match binding(selected.definition):
            case MeasureField(function):
                entries.append((key, _measure(operation, selected, function, prop, measures, (*path, key))))
            case _:
                entries.append((key, Fixed(measures_type.name)))
    return RecordShape(tuple(entries))


def _measure(
    operation: Operation, field: Selected, function: str, prop: Property, measures: Measures, path: Path
) -> Entry:
    stored = to_prop(prop)
    if function == "percentile":
        share = as_value(operation.arguments(field, path)["p"])
        convert = partial(checked_share, field.node, path)
        measure = Measure(Measuring.PERCENTILE, stored, share, convert)
        return Leaf(measures.add(measure), TYPE_MAPPINGS[prop.type].output)
    return _figure(function, stored, measures, field.node, path)


def _figure(function: str, prop: Prop, measures: Measures, node: Node, path: Path) -> Computed | Leaf:
    def column(kind: Measuring) -> int:
        return measures.add(Measure(kind, prop))

    match function:
        case "sum":
            made = partial(checked_sum, prop.type, node, path)
            return Computed((column(Measuring.SUM), column(Measuring.COUNT)), made)
        case "avg":
            made = partial(mean, prop.type, node, path)
            return Computed((column(Measuring.SUM), column(Measuring.COUNT)), made)
        case "median":
            return Computed((column(Measuring.LOWER), column(Measuring.UPPER)), partial(middle, prop.type))
        case "count" | "countDistinct":
            return Leaf(column(Measuring(function)))
    return Leaf(column(Measuring(function)), TYPE_MAPPINGS[prop.type].output)


def shown_value(prop: Property, column: int, node: Node, path: Path) -> Computed | Leaf:
    """A property as it is shown; a kept roll-up is exact, or an error, as one that is computed."""
    if prop.roll_up is not None and prop.roll_up.function in _OF_SUMS:
        return Computed((column,), partial(_kept, prop.type, node, path))
    return Leaf(column, TYPE_MAPPINGS[prop.type].output)


def _kept(kind: PropertyType, node: Node, path: Path, value: Any) -> Any:
    return checked_sum(kind, node, path, value, int(value is not None))


def checked_share(node: Node, path: Path, share: float) -> float:
    """A percentile's share.

    Raises:
        GraphQLError: It does not lie between 0 and 1.
    """
    if not 0 <= share <= 1:
        raise bad_input(f"p expects a share from 0 to 1; found {share}.", node, path, input=["p"])
    return float(share)


def checked_sum(kind: PropertyType, node: Node, path: Path, total: Any, count: int) -> Any:
    """A sum as it is shown; null of no values.

    Raises:
        GraphQLError: Its type cannot hold it.
    """
    if not count:
        return None
    if kind is PropertyType.NUMBER:
        return float(total)
    exact = _exact(total, node, path)
    if kind is PropertyType.MONEY:
        return print_decimal(exact)
    if abs(exact) > MAX_INTEGER:
        raise _too_large("an integer between -(2^53-1) and 2^53-1", node, path)
    return exact


def mean(kind: PropertyType, node: Node, path: Path, total: Any, count: int) -> Any:
    """The sum divided by the count: amounts half-even to their last place, numbers as the nearest float."""
    if not count:
        return None
    if kind is PropertyType.NUMBER:
        return float(total) / count
    exact = _exact(total, node, path)
    return print_decimal(divided(exact, count)) if kind is PropertyType.MONEY else exact / count


def middle(kind: PropertyType, lower: Any, upper: Any) -> Any:
    """The mean of the two middle values."""
    if lower is None:
        return None
    return print_decimal(divided(lower + upper, 2)) if kind is PropertyType.MONEY else (lower + upper) / 2


def divided(amount: int, by: int) -> int:
    """The nearest integer to a quotient; of two, the even one."""
    quotient, rest = divmod(amount, by)
    return quotient + (2 * rest > by or (2 * rest == by and quotient % 2 == 1))


def _exact(total: Any, node: Node, path: Path) -> int:
    if not isinstance(total, int) or total.bit_length() > INTEGER_BITS:
        raise _too_large("64 bits", node, path)
    return total


def _too_large(holder: str, node: Node, path: Path) -> Exception:
    return bad_input(f"The sum is larger than {holder} can hold; a narrower `where` is needed.", node, path)
