"""Groups → Cypher, behind a MATCH: keys, measures, then the page.

Days are grouped as the text of their date in the time zone, for the engines truncate a zoned datetime differently
where clocks are put back; so are weeks and longer, by the text of their first day. An hour is the moment at which
it began.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from schema.compiler.emit.aggregates import measured, sortable
from schema.compiler.emit.params import CursorParam, ValueParam
from schema.compiler.emit.values import read
from schema.ir import Const

if TYPE_CHECKING:
    from schema.compiler.emit.params import Names
    from schema.ir import GroupCountColumn, GroupKey, GroupsColumn

_MINUTE = Const(60_000)
_SECOND = Const(1_000)
_KEYS = "abcd"
_MEASURES = "figures"


def grouped(groups: GroupsColumn, node: str, names: Names) -> tuple[str, str]:
    """What follows the MATCH of a group's records, and what is returned of each group."""
    keys = _named(groups, node, names)
    aliases = [_alias(index) for index in range(len(groups.keys))]
    measures = measured(groups.measures, node, names)
    values, taken, settled = _sorted_by(groups, node, names)
    text = f" WITH {', '.join([*keys, f'{measures} AS {_MEASURES}', *taken])}"
    if len(taken) > len(values):
        text += f" WITH {', '.join([*aliases, _MEASURES, *settled])}"
    carried = ", ".join([*aliases, _MEASURES, *values])
    row = f"[{', '.join([*aliases, _MEASURES, _zone(groups, names), *values])}]"
    aliases = [*values, *aliases]
    text += _after(groups, aliases, names)
    order = ", ".join(
        f"{alias} IS NULL, {alias}{' DESC' if key.descending else ''}"
        for alias, key in zip(aliases, groups.order, strict=False)
    )
    text += f" WITH {carried} ORDER BY {order} LIMIT {names.limit(groups.page)}"
    return text, row


def _sorted_by(groups: GroupsColumn, node: str, names: Names) -> tuple[list[str], list[str], list[str]]:
    """The variables of the measures to sort by, what is aggregated for them, and how they are made of that."""
    values: list[str] = []
    taken: list[str] = []
    settled: list[str] = []
    for letter, measure in zip(_KEYS, groups.sorted_by, strict=False):
        value, known = f"sorted_{letter}", f"known_{letter}"
        text, of_set = sortable(measure, node, names)
        values.append(value)
        taken.append(f"{text} AS {value}")
        if of_set is None:
            settled.append(value)
        else:
            taken.append(f"{of_set} AS {known}")
            settled.append(f"CASE WHEN {known} IS NOT NULL THEN {value} END AS {value}")
    return values, taken, settled


def counted(groups: GroupCountColumn, node: str, names: Names) -> str:
    """What follows the MATCH of the records whose groups are counted."""
    return f" WITH DISTINCT {', '.join(_named(groups, node, names))}"


def _named(groups: GroupsColumn | GroupCountColumn, node: str, names: Names) -> list[str]:
    zone = _zone(groups, names)
    return [f"{_key(key, node, names, zone)} AS {_alias(index)}" for index, key in enumerate(groups.keys)]


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


def _after(groups: GroupsColumn, aliases: list[str], names: Names) -> str:
    """Which groups come after the page's cursor; groups without a value come last."""
    if groups.page.after is None:
        return ""
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
    return f" WHERE {' OR '.join(stretches) if stretches else 'false'}"


def _cursor(groups: GroupsColumn, position: int, names: Names) -> str:
    return names.param(CursorParam(groups.page.number, position))
