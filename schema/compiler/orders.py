"""``orderBy`` inputs → order keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema.bindings import HopField, PropertyField, input_binding
from schema.compiler.document import plain
from schema.compiler.having import input_type_of
from schema.compiler.props import ID, prop_of, to_prop
from schema.compiler.sides import hop_source
from schema.ir import TRUE, Associated, Figure, Function, OrderKey, Prop, Via

if TYPE_CHECKING:
    from graphql import GraphQLArgument, GraphQLInputField

    from schema.compiler.filters import WhereReader
    from schema.errors import Path

_CHOOSING = frozenset({"where", "label"})
"""Keys that say which associated records count, beside the figure to sort by."""


class OrderReader:
    """Reads the ``orderBy`` of one field.

    Args:
        filters: Reads what an order holds of filters, and names places in its errors.
    """

    def __init__(self, filters: WhereReader) -> None:
        self._filters = filters

    def order(self, argument: GraphQLArgument, value: Any) -> tuple[OrderKey, ...]:
        """A coerced ``orderBy`` argument, made total by the id, whose direction follows the first key's (graph.md Q1).

        What follows a key ``id`` is left out, for it cannot matter.
        """
        keys: list[OrderKey] = []
        input_type = input_type_of(argument.type)
        for index, item in enumerate(value or ()):
            place: Path = ("orderBy", index)
            name, given = self._only(item, place)
            bound = input_binding(input_type.fields[name])
            place = (*place, name)
            if isinstance(bound, HopField):
                key, place = self._related(bound, input_type.fields[name], name, given, place)
            elif isinstance(bound, PropertyField) and bound.rolled_up is not None:
                records, figure = self._filters.rolled_up(bound, place)
                key = OrderKey(figure.as_prop, self._descending(given, place), Via(name, records, figure))
            else:
                prop = prop_of(bound)
                key = OrderKey(prop, descending=self._descending(given, place))
            if key.name in [known.name for known in keys]:
                raise self._filters.bad(place, "is given twice")
            keys.append(key)
            if key.prop is ID:
                return tuple(keys)
        return (*keys, OrderKey(ID, descending=bool(keys) and keys[0].descending))

    def _related(
        self, hop: HopField, definition: GraphQLInputField, field: str, given: Any, place: Path
    ) -> tuple[OrderKey, Path]:
        """A key over a hop, and its place."""
        if given is None:
            raise self._filters.bad(place, "expects exactly one key; found null")
        if hop.single:
            return self._of_only(hop, definition, field, given, place)
        return self._of_many(hop, definition, field, given, place)

    def _of_only(
        self, hop: HopField, definition: GraphQLInputField, field: str, given: dict[str, Any], place: Path
    ) -> tuple[OrderKey, Path]:
        """By a property of the record at a label with max 1."""
        far_type = input_type_of(definition.type)
        name, direction = self._only(given, place)
        place = (*place, name)
        bound = input_binding(far_type.fields[name])
        if isinstance(bound, HopField):
            raise self._filters.bad(place, "goes over a second association; an order goes over one")
        if isinstance(bound, PropertyField) and bound.property.calculated:
            raise self._filters.bad(place, "is computed; an order over an association goes by what is stored")
        far = to_prop(bound.property) if isinstance(bound, PropertyField) else ID
        former = hop.label is not None and hop.label.former
        via = Via(field, Associated(hop_source(hop.side, hop.label), TRUE, TRUE), oldest=former)
        return OrderKey(Prop(far.name, far.type), self._descending(direction, place), via), place

    def _of_many(
        self, hop: HopField, definition: GraphQLInputField, field: str, given: dict[str, Any], place: Path
    ) -> tuple[OrderKey, Path]:
        """By a figure of associated records, or of those that are chosen."""
        input_type = input_type_of(definition.type)
        for key in _CHOOSING & set(given):
            if given[key] is None:
                raise self._filters.bad((*place, key), "expects a value; found null")
        records = self._filters.chosen(hop, input_type, {key: given[key] for key in given if key in _CHOOSING}, place)
        name, how = self._only({key: part for key, part in given.items() if key not in _CHOOSING}, place, "figure")
        place = (*place, name)
        bound = input_binding(input_type.fields[name])
        figure = Figure(Function.COUNT)
        if isinstance(bound, PropertyField):
            if how is None:
                raise self._filters.bad(place, "expects a figure; found null")
            function, how = self._only(how, place)
            place = (*place, function)
            figure = Figure(Function(function), to_prop(bound.property))
        return OrderKey(figure.as_prop, self._descending(how, place), Via(field, records, figure)), place

    def _only(self, given: dict[str, Any], place: Path, what: str = "key") -> tuple[str, Any]:
        if len(given) != 1:
            where = " in each object" if len(place) == len(("orderBy", 0)) else ""
            raise self._filters.bad(place, f"expects exactly one {what}{where}; found {len(given)}")
        return next(iter(given.items()))

    def _descending(self, direction: Any, place: Path) -> bool:
        if direction is None:
            raise self._filters.bad(place, "expects ASC or DESC; found null")
        return bool(plain(direction) == "DESC")
