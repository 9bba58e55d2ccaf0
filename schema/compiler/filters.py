"""``where`` inputs → predicates.

A null never silently means "no filter": inside a ``where`` it is allowed for ``eq`` (unset) and ``ne`` (set) only.
An operator whose variable is absent is not there, for coercion leaves its key out.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import coerce_input_value

from graphdb.catalog.model import PropertyType
from schema.bindings import HopField, PropertyField, input_binding
from schema.compiler.document import as_value, plain
from schema.compiler.having import input_type_of, read_having
from schema.compiler.props import prop_of, to_prop
from schema.compiler.sides import hop_source, label_named
from schema.errors import ErrorCode, bad_input, refuse
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
    PeriodEnd,
    PeriodStart,
    Prop,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLArgument, GraphQLInputObjectType, Node

    from schema.compiler.periods import Periods
    from schema.errors import Path
    from schema.ir import Predicate, Value

IGNORE_CASE = "IgnoreCase"
"""The ending of the operators that ignore case."""

HOPS_MAX = 10
"""The most associations between a list's records and those that its ``where`` asks about: Neo4j's time to plan
nested subqueries grows with each level, from 0.5 s for ten to 3.5 s for fifteen."""

_DECIDING = ("some", "none", "every", "count", "aggregate")

JOINED = Prop("createdAt", PropertyType.DATETIME, required=True)
"""Of an association: when the two were joined."""


class WhereReader:
    """Reads the inputs of one field; its errors name the field and the place in the input.

    Args:
        node: The field, for the error's location.
        path: Its response path.
        conditions_max: The most conditions of a ``where``: engines plan and nest only so many.
        periods: Where relative dates are noted, to be resolved for each request.
    """

    def __init__(self, node: Node, path: Path, conditions_max: int, periods: Periods) -> None:
        self._node = node
        self._path = path
        self._conditions_max = conditions_max
        self._conditions = 0
        self._periods = periods
        self._hops = 0

    def where(self, argument: GraphQLArgument, value: Any) -> Predicate:
        """A coerced ``where`` argument."""
        if value is None:
            return TRUE
        return self._object(input_type_of(argument.type), value, ("where",))

    def having(self, argument: GraphQLArgument, value: Any) -> Having | None:
        """A coerced ``having`` argument."""
        return None if value is None else read_having(self, input_type_of(argument.type), value, ("having",))

    def _object(self, input_type: GraphQLInputObjectType, value: dict[str, Any], place: Path) -> Predicate:
        self.count()
        parts: list[Predicate] = []
        for name, part in value.items():
            inner = (*place, name)
            if part is None:
                raise self.bad(inner, "expects a filter; found null")
            if name in {"and", "or"}:
                items = tuple(self._object(input_type, item, (*inner, i)) for i, item in enumerate(part))
                parts.append(All(items) if name == "and" else AnyOf(items))
            elif name == "not":
                parts.append(Not(self._object(input_type, part, inner)))
            elif isinstance(bound := input_binding(input_type.fields[name]), HopField):
                parts.append(self._associated(bound, input_type_of(input_type.fields[name].type), part, inner))
            elif isinstance(bound, PropertyField) and bound.rolled_up is not None:
                parts.append(self._of_figure(bound, part, inner))
            else:
                prop = prop_of(bound)
                parts.extend(self.operator(prop, op, given, (*inner, op)) for op, given in part.items())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def operator(self, prop: Prop, operator: str, given: Any, place: Path) -> Predicate:
        """One operator of a filter."""
        self.count()
        if operator in {"eq", "ne"}:
            same: Predicate = Not(IsSet(prop)) if given is None else Compare(prop, Comparison.EQ, as_value(given))
            return same if operator == "eq" else Not(same)
        if given is None:
            raise self.bad(place, "expects a value; found null (only eq and ne take null)")
        match operator:
            case "isSet":
                return IsSet(prop) if plain(given) else Not(IsSet(prop))
            case "within":
                days = prop.type is PropertyType.DATE
                period = self._periods.add(given, days=days, node=self._node, path=self._path, place=place)
                since = Compare(prop, Comparison.GTE, PeriodStart(period))
                return All((since, Compare(prop, Comparison.LT, PeriodEnd(period))))
        # What is stored in lower case is compared in lower case anyhow, and then by an index.
        ignore_case = operator.endswith(IGNORE_CASE) and not prop.lower
        compare = partial(Compare, prop, ignore_case=ignore_case)
        return _comparison(operator.removesuffix(IGNORE_CASE), given, compare)

    # --- roll-ups ---------------------------------------------------------------------------------------------

    def _of_figure(self, bound: PropertyField, given: dict[str, Any], place: Path) -> Predicate:
        """What is asked of a roll-up: a condition on the figure that it is."""
        records, figure = self.rolled_up(bound, place)
        asked = All(tuple(self.operator(figure.as_prop, op, part, (*place, op)) for op, part in given.items()))
        return Measured(records, Having((figure,), asked)) if given else TRUE

    def rolled_up(self, bound: PropertyField, place: Path) -> tuple[Associated, Figure]:
        """The associated records that a roll-up goes over, and the figure of them that it is."""
        over, roll_up = bound.rolled_up, bound.property.roll_up
        if over is None or roll_up is None:
            raise TypeError(f"{bound.property.name} is no roll-up")
        where = self.fixed(over.where, roll_up.where, place) if roll_up.where else TRUE
        figure = Figure(Function(roll_up.function.value), None if over.of is None else to_prop(over.of))
        return Associated(hop_source(over.hop.side, over.hop.label), where, TRUE), figure

    def fixed(self, input_type: GraphQLInputObjectType, text: str, place: Path) -> Predicate:
        """A ``where`` of associated records that the data model holds as JSON text; no value of it is a variable.

        Args:
            input_type: The far type's filter.
            text: A value of it, which ``schema.calculations`` has looked at.
            place: What asks for it.
        """
        self._enter(place)
        given = coerce_input_value(json.loads(text), input_type)
        where = self._object(input_type, given, place) if given else TRUE
        self._hops -= 1
        return where

    # --- associated records -----------------------------------------------------------------------------------

    def _associated(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Predicate:
        """A field that asks something of associated records."""
        self._enter(place)
        found = self._single(hop, input_type, given, place) if hop.single else self._many(hop, input_type, given, place)
        self._hops -= 1
        return found

    def _enter(self, place: Path) -> None:
        """Go over an association, if that is not one too many."""
        self._hops += 1
        if self._hops > HOPS_MAX:
            raise self._too_complex(
                f"{_dotted(place)} is more than {HOPS_MAX} associations away from the list's own records.", HOPS_MAX
            )

    def _single(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Predicate:
        return Exists(Associated(hop_source(hop.side, hop.label), self._object(input_type, given, place), TRUE))

    def _many(self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path) -> Predicate:
        self.count()
        for key, part in given.items():
            if part is None:
                raise self.bad((*place, key), "expects a value; found null")
        if not given:
            return TRUE
        deciding = [key for key in _DECIDING if key in given]
        if len(deciding) != 1:
            raise self.bad(place, f"expects exactly one of {', '.join(_DECIDING)}; found {len(deciding)}")
        (key,) = deciding
        records = self.chosen(hop, input_type, given, place)
        if key == "count":
            count = partial(CountIs, records)
            return All(tuple(self._counted(op, part, count, (*place, key, op)) for op, part in given[key].items()))
        asked_type = input_type_of(input_type.fields[key].type)
        if key == "aggregate":
            return Measured(records, read_having(self, asked_type, given[key], (*place, key)))
        asked = self._object(asked_type, given[key], (*place, key))
        if key == "every":
            asked = Not(asked)
        exists = Exists(replace(records, where=_both(records.where, asked)))
        return exists if key == "some" else Not(exists)

    def chosen(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Associated:
        """The associated records that count."""
        label = hop.label
        if "label" in given:
            inner = (*place, "label")
            if label is not None:
                raise self.bad(inner, f"expects none here, for the field stands for the label {label.name!r} already")
            label = label_named(hop.side, given["label"], self._node, self._path, inner)
        where: Predicate = TRUE
        if "where" in given:
            where = self._object(input_type_of(input_type.fields["where"].type), given["where"], (*place, "where"))
        joined = [
            self.operator(JOINED, op, part, (*place, "associatedAt", op))
            for op, part in given.get("associatedAt", {}).items()
        ]
        return Associated(hop_source(hop.side, label), where, All(tuple(joined)))

    def _counted(
        self, operator: str, given: Any, count: Callable[[Comparison, Value], Predicate], place: Path
    ) -> Predicate:
        self.count()
        if given is None:
            raise self.bad(place, "expects a value; found null (a count is never unset)")
        return _comparison(operator, given, count)

    def count(self) -> None:
        """One more condition, or group of them."""
        self._conditions += 1
        if self._conditions > self._conditions_max:
            message = f"where holds more than {self._conditions_max} conditions; `in` takes a list of values."
            raise self._too_complex(message, self._conditions_max)

    def _too_complex(self, message: str, limit: int) -> Exception:
        return refuse(ErrorCode.TOO_COMPLEX, message, self._node, self._path, limit=limit)

    def bad(self, place: Path, message: str) -> Exception:
        """What to raise of a part of the input."""
        return bad_input(f"{_dotted(place)} {message}.", self._node, self._path, input=list(place))


def _comparison(operator: str, given: Any, compare: Callable[[Comparison, Value], Predicate]) -> Predicate:
    """An operator that takes values, by the comparisons that it is made of."""
    match operator:
        case "ne":
            return Not(compare(Comparison.EQ, as_value(given)))
        case "notIn":
            return Not(compare(Comparison.IN, as_value(given)))
        case "between":
            least = compare(Comparison.GTE, as_value(given["from"]))
            return All((least, compare(Comparison.LTE, as_value(given["to"]))))
    return compare(Comparison(operator), as_value(given))


def _both(first: Predicate, second: Predicate) -> Predicate:
    """Both, without what is true anyhow."""
    parts = tuple(part for part in (first, second) if part != TRUE)
    return parts[0] if len(parts) == 1 else All(parts)


def _dotted(place: Path) -> str:
    return ".".join(str(part) for part in place)
