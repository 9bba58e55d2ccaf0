"""``orderBy`` of groups → figures and keys to sort by, and what a cursor holds of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import get_named_type

from graphdb.catalog.model import PropertyType
from schema.bindings import PropertyField, input_binding
from schema.compiler.document import plain
from schema.compiler.props import ID, to_prop
from schema.errors import bad_input
from schema.ir import GROUP_KEYS_MAX, Figure, Function, GroupKey, OrderKey, Prop

if TYPE_CHECKING:
    from schema.compiler.document import Selected
    from schema.errors import Path


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """How groups are sorted.

    Attributes:
        figures: What comes before the keys.
        keys: All of the order as a cursor knows it, the figures first; ends with what stands for an id.
    """

    figures: tuple[Figure, ...]
    keys: tuple[OrderKey, ...]


def group_order(field: Selected, given: Any, keys: tuple[GroupKey, ...], path: Path) -> GroupOrder:
    """A coerced ``orderBy``, made total by the keys; what follows ``keys`` is left out, for it cannot matter.

    Raises:
        GraphQLError: An item holds no key or several, one is null or given twice, or there are too many.
    """

    def bad(message: str, *place: str | int) -> Exception:
        at = ".".join(str(part) for part in ("orderBy", *place))
        return bad_input(f"{at} {message}.", field.node, path, input=["orderBy", *place])

    def only(item: dict[str, Any], *place: str | int) -> tuple[str, Any]:
        if len(item) != 1:
            raise bad(f"expects exactly one key in each object; found {len(item)}", *place)
        ((name, value),) = item.items()
        if value is None:
            raise bad("expects an order; found null", *place, name)
        return name, value

    order_type: Any = get_named_type(field.definition.args["orderBy"].type)
    figures: dict[Figure, bool] = {}
    descending = False
    for index, item in enumerate(given or ()):
        name, how = only(item, index)
        if name == "keys":
            descending = plain(how) == "DESC"
            break
        bound = input_binding(order_type.fields[name])
        place: tuple[str | int, ...] = (index, name)
        if isinstance(bound, PropertyField):
            function, how = only(how, index, name)
            place = (*place, function)
            figure = Figure(Function(function), to_prop(bound.property))
        else:
            figure = Figure(Function.COUNT)
        if figure in figures:
            raise bad("is given twice", *place)
        figures[figure] = plain(how) == "DESC"
    if len(figures) > GROUP_KEYS_MAX:
        raise bad(f"expects at most {GROUP_KEYS_MAX} figures; found {len(figures)}")
    return GroupOrder(
        tuple(figures),
        (
            *(OrderKey(figure.as_prop, down) for figure, down in figures.items()),
            *(OrderKey(_key(key), descending) for key in keys),
            OrderKey(ID),
        ),
    )


def _key(key: GroupKey) -> Prop:
    """A group's key as an order's: days are text, and hours are numbers."""
    if key.bucket is None:
        return Prop(key.name, key.prop.type)
    return Prop(key.name, PropertyType.INTEGER if key.bucket == "HOUR" else PropertyType.STRING)
