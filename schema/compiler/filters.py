"""``where`` and ``orderBy`` inputs → predicates and order keys.

A null never silently means "no filter": inside a ``where`` it is allowed for ``eq`` (unset) and ``ne`` (set) only.
An operator whose variable is absent is not there, for coercion leaves its key out.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInputObjectType, get_named_type

from graphdb.catalog.model import PropertyType
from graphdb.values import is_lower_case
from schema.bindings import HopField, PropertyField, input_binding
from schema.compiler.document import as_value, plain
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
    IsSet,
    Not,
    OrderKey,
    PeriodEnd,
    PeriodStart,
    Prop,
    Via,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphql import GraphQLArgument, GraphQLInputField, Node

    from graphdb.catalog.model import Property
    from schema.compiler.periods import Periods
    from schema.errors import Path
    from schema.ir import Predicate, Value

IGNORE_CASE = "IgnoreCase"
"""The ending of the operators that ignore case."""

HOPS_MAX = 10
"""The most associations between a list's records and those that its ``where`` asks about: Neo4j's time to plan
nested subqueries grows with each level, from 0.5 s for ten to 3.5 s for fifteen."""

_DECIDING = ("some", "none", "every", "count")

JOINED = Prop("createdAt", PropertyType.DATETIME, required=True)
"""Of an association: when the two were joined."""

ID = Prop("id", PropertyType.STRING, indexed=True, required=True)
COUNT = "count"
"""The key that orders by how many records are associated."""


def to_prop(prop: Property) -> Prop:
    """The part of a catalog property that the IR carries."""
    return Prop(
        name=prop.name,
        type=prop.type,
        indexed=prop.indexed,
        required=prop.required,
        marker=prop.unset_marker,
        lower=is_lower_case(prop),
    )


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
        return self._object(_input_type(argument.type), value, ("where",))

    def order(self, argument: GraphQLArgument, value: Any) -> tuple[OrderKey, ...]:
        """A coerced ``orderBy`` argument, made total by the id, whose direction follows the first key's (graph.md Q1).

        What follows a key ``id`` is left out, for it cannot matter.
        """
        keys: list[OrderKey] = []
        input_type = _input_type(argument.type)
        for index, item in enumerate(value or ()):
            place: Path = ("orderBy", index)
            if len(item) != 1:
                raise self._bad(place, f"expects exactly one key in each object; found {len(item)}")
            ((name, direction),) = item.items()
            bound = input_binding(input_type.fields[name])
            if isinstance(bound, HopField):
                key, place = self._related(bound, input_type.fields[name], name, direction, (*place, name))
            else:
                prop = to_prop(bound.property) if isinstance(bound, PropertyField) else ID
                key, place = OrderKey(prop, descending=self._descending(direction, (*place, name))), (*place, name)
            if key.name in [known.name for known in keys]:
                raise self._bad(place, "is given twice")
            keys.append(key)
            if key.prop is ID:
                return tuple(keys)
        return (*keys, OrderKey(ID, descending=bool(keys) and keys[0].descending))

    def _related(
        self, hop: HopField, definition: GraphQLInputField, field: str, given: Any, place: Path
    ) -> tuple[OrderKey, Path]:
        """A key over a hop, and its place: a property of the only far record, or how many there are."""
        far_type = _input_type(definition.type)
        if given is None or len(given) != 1:
            found = "null" if given is None else len(given)
            raise self._bad(place, f"expects exactly one key; found {found}")
        ((name, direction),) = given.items()
        bound = input_binding(far_type.fields[name])
        if isinstance(bound, HopField):
            raise self._bad((*place, name), "goes over a second association; an order goes over one")
        via = Via(field, hop_source(hop.side, hop.label), counted=not hop.single)
        prop = Prop(COUNT, PropertyType.INTEGER, required=True)
        if hop.single:
            far = to_prop(bound.property) if isinstance(bound, PropertyField) else ID
            prop = Prop(far.name, far.type)
        return OrderKey(prop, self._descending(direction, (*place, name)), via), (*place, name)

    def _descending(self, direction: Any, place: Path) -> bool:
        if direction is None:
            raise self._bad(place, "expects ASC or DESC; found null")
        return bool(plain(direction) == "DESC")

    def _object(self, input_type: GraphQLInputObjectType, value: dict[str, Any], place: Path) -> Predicate:
        self._count()
        parts: list[Predicate] = []
        for name, part in value.items():
            inner = (*place, name)
            if part is None:
                raise self._bad(inner, "expects a filter; found null")
            if name in {"and", "or"}:
                items = tuple(self._object(input_type, item, (*inner, i)) for i, item in enumerate(part))
                parts.append(All(items) if name == "and" else AnyOf(items))
            elif name == "not":
                parts.append(Not(self._object(input_type, part, inner)))
            elif isinstance(bound := input_binding(input_type.fields[name]), HopField):
                parts.append(self._associated(bound, _input_type(input_type.fields[name].type), part, inner))
            else:
                prop = to_prop(bound.property) if isinstance(bound, PropertyField) else ID
                parts.extend(self._operator(prop, op, given, (*inner, op)) for op, given in part.items())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _operator(self, prop: Prop, operator: str, given: Any, place: Path) -> Predicate:
        self._count()
        if operator in {"eq", "ne"}:
            same: Predicate = Not(IsSet(prop)) if given is None else Compare(prop, Comparison.EQ, as_value(given))
            return same if operator == "eq" else Not(same)
        if given is None:
            raise self._bad(place, "expects a value; found null (only eq and ne take null)")
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

    # --- associated records -----------------------------------------------------------------------------------

    def _associated(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Predicate:
        """A field that asks something of associated records."""
        self._hops += 1
        if self._hops > HOPS_MAX:
            raise self._too_complex(
                f"{_dotted(place)} is more than {HOPS_MAX} associations away from the list's own records.", HOPS_MAX
            )
        found = self._single(hop, input_type, given, place) if hop.single else self._many(hop, input_type, given, place)
        self._hops -= 1
        return found

    def _single(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Predicate:
        return Exists(Associated(hop_source(hop.side, hop.label), self._object(input_type, given, place), TRUE))

    def _many(self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path) -> Predicate:
        self._count()
        for key, part in given.items():
            if part is None:
                raise self._bad((*place, key), "expects a value; found null")
        if not given:
            return TRUE
        deciding = [key for key in _DECIDING if key in given]
        if len(deciding) != 1:
            raise self._bad(place, f"expects exactly one of {', '.join(_DECIDING)}; found {len(deciding)}")
        (key,) = deciding
        records = self._chosen(hop, input_type, given, place)
        if key == "count":
            count = partial(CountIs, records)
            return All(tuple(self._counted(op, part, count, (*place, key, op)) for op, part in given[key].items()))
        asked = self._object(_input_type(input_type.fields[key].type), given[key], (*place, key))
        if key == "every":
            asked = Not(asked)
        exists = Exists(replace(records, where=_both(records.where, asked)))
        return exists if key == "some" else Not(exists)

    def _chosen(
        self, hop: HopField, input_type: GraphQLInputObjectType, given: dict[str, Any], place: Path
    ) -> Associated:
        """The associated records that count."""
        label = hop.label
        if "label" in given:
            inner = (*place, "label")
            if label is not None:
                raise self._bad(inner, f"expects none here, for the field stands for the label {label.name!r} already")
            label = label_named(hop.side, given["label"], self._node, self._path, inner)
        where: Predicate = TRUE
        if "where" in given:
            where = self._object(_input_type(input_type.fields["where"].type), given["where"], (*place, "where"))
        joined = [
            self._operator(JOINED, op, part, (*place, "associatedAt", op))
            for op, part in given.get("associatedAt", {}).items()
        ]
        return Associated(hop_source(hop.side, label), where, All(tuple(joined)))

    def _counted(
        self, operator: str, given: Any, count: Callable[[Comparison, Value], Predicate], place: Path
    ) -> Predicate:
        self._count()
        if given is None:
            raise self._bad(place, "expects a value; found null (a count is never unset)")
        return _comparison(operator, given, count)

    def _count(self) -> None:
        """One more condition, or group of them."""
        self._conditions += 1
        if self._conditions > self._conditions_max:
            message = f"where holds more than {self._conditions_max} conditions; `in` takes a list of values."
            raise self._too_complex(message, self._conditions_max)

    def _too_complex(self, message: str, limit: int) -> Exception:
        return refuse(ErrorCode.TOO_COMPLEX, message, self._node, self._path, limit=limit)

    def _bad(self, place: Path, message: str) -> Exception:
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


def _input_type(graphql_type: Any) -> GraphQLInputObjectType:
    named = get_named_type(graphql_type)
    if not isinstance(named, GraphQLInputObjectType):
        raise TypeError(f"{named} is no input object")
    return named
