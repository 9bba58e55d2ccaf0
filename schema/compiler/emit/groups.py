"""Groups → Cypher, behind a MATCH: keys, measures, then the page.

Days are grouped as the text of their date in the time zone, for the engines truncate a zoned datetime differently
where clocks are put back; so are weeks and longer, by the text of their first day. An hour is the moment at which
it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from schema.compiler.emit.aggregates import measured
from schema.compiler.emit.figures import figures, figures_of, value_of
from schema.compiler.emit.hops import arrow
from schema.compiler.emit.params import CursorParam, ValueParam
from schema.compiler.emit.predicates import conditions, where_clause
from schema.compiler.emit.values import read, read_value
from schema.ir import Const

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import Figure, GroupCountColumn, GroupKey, GroupsColumn, Having

_MINUTE = Const(60_000)
_SECOND = Const(1_000)
_KEYS = "abcd"
_MEASURES = "figures"


def grouped(groups: GroupsColumn, node: str, names: Names) -> tuple[str, str]:
    """What follows the MATCH of a group's records, and what is returned of each group."""
    walks, keys = _named(groups, node, names)
    aliases = [_alias(index) for index in range(len(groups.keys))]
    measures = measured(groups.measures, node, names)
    having = groups.having
    compared = (*groups.sorted_by, *(having.figures if having else ()))
    text = walks + _behind(keys, f"{measures} AS {_MEASURES}", compared, node, names)
    values = [value_of(figure, node) for figure in groups.sorted_by]
    carried = [*aliases, _MEASURES, *([figures_of(node)] if values else [])]
    read_values = [read_value(figure.as_prop, value) for figure, value in zip(groups.sorted_by, values, strict=True)]
    row = f"[{', '.join([*aliases, _MEASURES, _zone(groups, names), *read_values])}]"
    sorted_by = [*values, *aliases]
    text += where_clause([*_having(having, node, names), *_after(groups, sorted_by, names)])
    order = ", ".join(
        f"{value} IS NULL, {value}{' DESC' if key.descending else ''}"
        for value, key in zip(sorted_by, groups.order, strict=False)
    )
    text += f" WITH {', '.join(carried)} ORDER BY {order} LIMIT {names.limit(groups.page)}"
    return text, row


def counted(groups: GroupCountColumn, node: str, names: Names) -> str:
    """What follows the MATCH of the records whose groups are counted."""
    walks, keys = _named(groups, node, names)
    if groups.having is None:
        return f"{walks} WITH DISTINCT {', '.join(keys)}"
    figures = walks + _behind(keys, f"count({node}) AS {_MEASURES}", groups.having.figures, node, names)
    aliases = ", ".join(_alias(index) for index in range(len(keys)))
    return f"{figures}{where_clause(_having(groups.having, node, names))} WITH {aliases}"


def _behind(keys: list[str], measures: str, compared: tuple[Figure, ...], node: str, names: Names) -> str:
    """The keys and the measures of each group, and figures to compare where there are any."""
    carried = (*keys, measures)
    return figures(compared, node, names, carried) if compared else f" WITH {', '.join(carried)}"


def _having(having: Having | None, node: str, names: Names) -> list[str]:
    return conditions(having.where, figures_of(node), names) if having else []


def _named(groups: GroupsColumn | GroupCountColumn, node: str, names: Names) -> tuple[str, list[str]]:
    """What walks to the keys, and the keys as ``expression AS name`` or, once they are walked to, as their names.

    A record that reaches a value on several ways counts once there.
    """
    zone = _zone(groups, names)
    hops = {key.over: key.hop for key in groups.keys if key.hop is not None}
    far = {over: names.node() for over in hops}
    keys = [
        f"{_key(key, far[key.over] if key.hop else node, names, zone)} AS {_alias(index)}"
        for index, key in enumerate(groups.keys)
    ]
    if not far:
        return "", keys
    walks = "".join(f" OPTIONAL MATCH ({node}){arrow(hop)}({far[over]})" for over, hop in hops.items())
    aliases = [_alias(index) for index in range(len(keys))]
    return f"{walks} WITH DISTINCT {', '.join([node, *keys])}", aliases


def _zone(groups: GroupsColumn | GroupCountColumn, names: Names) -> str:
    return names.param(ValueParam(groups.zone, groups.to_zone))


def _alias(index: int) -> str:
    return f"key_{_KEYS[index]}"


def _key(key: GroupKey, node: str, names: Names, zone: str) -> str:
    if key.bucket is None:
        return read(key.prop, node)
    stored = f"{node}.{quote(key.prop.name)}"
    there = f"datetime({{datetime: datetime({stored}), timezone: {zone}}})"
    if key.bucket == "HOUR":
        since = f"{there}.minute * {names.value(_MINUTE)} + {there}.second * {names.value(_SECOND)}"
        start = f"{there}.epochMillis - ({since} + {there}.millisecond)"
    else:
        day = f"date({there})" if key.prop.type is PropertyType.DATETIME else stored
        unit = key.bucket.lower()
        start = f"toString({day if unit == 'day' else f'date.truncate({names.value(Const(unit))}, {day})'})"
    return f"CASE WHEN {stored} IS NOT NULL THEN {start} END"


def _after(groups: GroupsColumn, aliases: list[str], names: Names) -> list[str]:
    """Which groups come after the page's cursor; groups without a value come last."""
    if groups.page.after is None:
        return []
    unset = groups.page.after.unset
    stretches: list[str] = []
    for position in range(len(aliases) - 1, -1, -1):
        if unset[position]:
            continue
        same = [
            f"{alias} IS NULL" if unset[index] else f"{alias} = {_cursor(groups, index, names)}"
            for index, alias in enumerate(aliases[:position])
        ]
        alias = aliases[position]
        beyond = "<" if groups.order[position].descending else ">"
        later = f"({alias} {beyond} {_cursor(groups, position, names)} OR {alias} IS NULL)"
        stretches.append(" AND ".join([*same, later]))
    return [f"({' OR '.join(stretches)})" if stretches else "false"]


def _cursor(groups: GroupsColumn, position: int, names: Names) -> str:
    return names.param(CursorParam(groups.page.number, position))
