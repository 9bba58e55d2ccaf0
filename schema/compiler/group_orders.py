"""``orderBy`` of groups → measures and keys to sort by, and what a cursor holds of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import get_named_type

from graphdb.catalog.model import PropertyType
from schema.bindings import PropertyField, input_binding
from schema.compiler.document import plain
from schema.compiler.filters import ID, to_prop
from schema.errors import bad_input
from schema.ir import GROUP_KEYS_MAX, GroupKey, Measure, Measuring, OrderKey, Prop

if TYPE_CHECKING:
    from schema.compiler.document import Selected
    from schema.errors import Path

_COUNTS = frozenset({Measuring.COUNT, Measuring.COUNT_DISTINCT})


@dataclass(frozen=True, slots=True)
class GroupOrder:
    """How groups are sorted.

    Attributes:
        measures: What comes before the keys.
        keys: All of the order as a cursor knows it, the measures first; ends with what stands for an id.
    """

    measures: tuple[Measure, ...]
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
    measures: dict[Measure, bool] = {}
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
            measure = Measure(Measuring(function), to_prop(bound.property))
        else:
            measure = Measure(Measuring.COUNT)
        if measure in measures:
            raise bad("is given twice", *place)
        measures[measure] = plain(how) == "DESC"
    if len(measures) > GROUP_KEYS_MAX:
        raise bad(f"expects at most {GROUP_KEYS_MAX} figures; found {len(measures)}")
    return GroupOrder(
        tuple(measures),
        (
            *(OrderKey(_figure(measure), down) for measure, down in measures.items()),
            *(OrderKey(_key(key), descending) for key in keys),
            OrderKey(ID),
        ),
    )


def _figure(measure: Measure) -> Prop:
    """A figure as an order's key."""
    if measure.prop is None:
        return Prop("count()", PropertyType.INTEGER)
    kinds = {PropertyType.DATE: PropertyType.STRING, PropertyType.DATETIME: PropertyType.INTEGER}
    kind = PropertyType.INTEGER if measure.kind in _COUNTS else kinds.get(measure.prop.type, measure.prop.type)
    return Prop(f"{measure.kind.value}({measure.prop.name})", kind)


def _key(key: GroupKey) -> Prop:
    """A group's key as an order's: days are text, and hours are numbers."""
    if key.bucket is None:
        return key.prop
    kind = PropertyType.INTEGER if key.bucket == "HOUR" else PropertyType.STRING
    return Prop(f"{key.prop.name}:{key.bucket}", kind)
