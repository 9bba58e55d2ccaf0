"""Random conditions on figures, and orders by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import coerce_input_value

from graphdb.catalog.model import PropertyType
from graphdb.printed import print_decimal
from graphdb.values import MAX_INTEGER
from schema.build.aggregates import aggregate_name, aggregated
from tests.oracle.having import FigureKey, figure
from tests.wire import Typed, plain_value, wire

if TYPE_CHECKING:
    import random

    from graphdb.catalog.model import ObjectType, Property, Side
    from tests.oracle import Oracle, Record
    from tests.values import Arguments

_COUNTS = ("count", "countDistinct")
_NUMBERS = frozenset({PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY})
_RANGE = ("lt", "lte", "gt", "gte")
_LEAVES = {
    "DecimalAggregate": "Decimal",
    "LongAggregate": "Long",
    "FloatAggregate": "Float",
    "StringAggregate": "String",
    "DateAggregate": "Date",
    "DateTimeAggregate": "DateTime",
}


class Figures:
    """Chooses figures, mostly such that some records have them."""

    def __init__(self, oracle: Oracle, arguments: Arguments, dice: random.Random) -> None:
        self._oracle = oracle
        self._arguments = arguments
        self._dice = dice

    def having(self, object_type: ObjectType, depth: int = 0) -> dict[str, Any]:
        """A ``DealHaving``."""
        name = f"{object_type.type_name}Having"
        found: dict[str, Any] = {}
        if depth < 2 and self._dice.random() < 0.3:
            joiner = self._dice.choice(("and", "or", "not"))
            if joiner == "not":
                found[joiner] = Typed(name, self.having(object_type, depth + 1), optional=True)
            else:
                parts = [
                    Typed(f"{name}!", self.having(object_type, depth + 1)) for _ in range(self._dice.choice((0, 1, 2)))
                ]
                found[joiner] = Typed(f"[{name}!]", parts, optional=True)
        if self._dice.random() < 0.4:
            found["count"] = Typed("IntFilter", self._compared("Int", [0, 1, 2, 3], required=True), optional=True)
        for prop in self._some(object_type, self._dice.choice((0, 1, 1, 2))):
            functions = self._functions(object_type, prop)
            chosen = self._dice.sample(functions, min(len(functions), self._dice.choice((1, 1, 2))))
            found[prop.name] = Typed(
                f"{aggregate_name(prop)}Filter",
                {function: self._condition(object_type, prop, function) for function in chosen},
                optional=True,
            )
        return found

    def key(self, side: Side) -> tuple[FigureKey, dict[str, Any]]:
        """An order key over an association, and how it is written but for its direction."""
        far = self._oracle.catalog.by_name[side.far]
        labels = [label for label in side.labels if label.max_far != 1]
        label = self._dice.choice(labels) if labels and self._dice.random() < 0.3 else None
        written: dict[str, Any] = {}
        if label is None and side.labels and self._dice.random() < 0.3:
            written["label"] = Typed("String", self._dice.choice(side.labels).name)
        if self._dice.random() < 0.4:
            written["where"] = Typed(f"{far.type_name}Where", self._arguments.where(far, 2))
        chosen = {key: self._coerced(value) for key, value in written.items()}
        field = label.field if label else side.field
        properties = self._some(far, 1)
        if not properties or self._dice.random() < 0.3:
            return FigureKey(field, "count", None, chosen), written
        (prop,) = properties
        return FigureKey(field, self._dice.choice(self._functions(far, prop)), prop.name, chosen), written

    def _coerced(self, typed: Typed) -> Any:
        value = plain_value(typed)
        if typed.type == "String":
            return value
        return coerce_input_value(value, self._oracle.schema.type_map[typed.type])  # type: ignore[arg-type]

    def _some(self, object_type: ObjectType, count: int) -> list[Property]:
        known = [prop for prop in aggregated(object_type) if self._arguments.is_used(object_type, prop)]
        return self._dice.sample(known, min(count, len(known)))

    def _functions(self, object_type: ObjectType, prop: Property) -> list[str]:
        """Its figures, but for those of floats whose last digits depend on the order of adding, and too large sums."""
        functions = list(_COUNTS)
        if prop.type in _NUMBERS:
            functions += ["median"]
            if prop.type is PropertyType.MONEY or (
                prop.type is PropertyType.INTEGER and self._adds_up(object_type, prop)
            ):
                functions += ["sum", "avg"]
        if aggregate_name(prop) in _LEAVES:
            functions += ["min", "max"]
        return functions

    def _adds_up(self, object_type: ObjectType, prop: Property) -> bool:
        records = self._oracle.graph.by_type.get(object_type.name, [])
        return bool(sum(abs(record.values.get(prop.name) or 0) for record in records) <= MAX_INTEGER)

    def _condition(self, object_type: ObjectType, prop: Property, function: str) -> Typed:
        if function in _COUNTS:
            return Typed("IntFilter", self._compared("Int", [0, 1, 2, 3], required=True), optional=True)
        records = self._oracle.graph.by_type.get(object_type.name, [])
        values = []
        for _ in range(3):
            some: list[Record] = self._dice.sample(records, min(len(records), self._dice.choice((1, 2, 2, 3, 5))))
            values.append(self._written(prop, function, figure(some, function, prop)))
        mean = function in {"avg", "median"} and prop.type is PropertyType.INTEGER
        leaf = "Float" if mean else _LEAVES[aggregate_name(prop)]
        return Typed(f"{leaf}Filter", self._compared(leaf, values, required=False), optional=True)

    def _written(self, prop: Property, function: str, value: Any) -> Any:
        if value is None or function in {"min", "max"}:
            return wire(prop, value, self._oracle)
        return print_decimal(value) if prop.type is PropertyType.MONEY else value

    def _compared(self, leaf: str, values: list[Any], *, required: bool) -> dict[str, Any]:
        operators = ["eq", "ne", "in", "between", *_RANGE, *_RANGE, *([] if required else ["isSet"])]
        operator = self._dice.choice(operators)
        picked = [Typed(f"{leaf}!", self._dice.choice(values)) for _ in range(2)]
        match operator:
            case "isSet":
                return {operator: self._dice.random() < 0.5}
            case "in":
                return {operator: picked}
            case "between":
                return {operator: dict(zip(("from", "to"), picked, strict=True))}
            case "eq" | "ne" if not required and self._dice.random() < 0.3:
                return {operator: None}
        return {operator: Typed(leaf, picked[0].value, optional=True)}
