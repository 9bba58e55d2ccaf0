"""What the line items of a deal, quote, order, invoice, cart or subscription add up to, exactly.

Kept on the record itself, in step with each change of a line item, under the record's lock. A total follows its line
items while it is unset or equals what they added up to before: one that somebody wrote stays. Line items in another
currency than the record's own add up to nothing, and the totals are unset.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.model import PropertyType
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import MAX_MONEY
from graphdb.writer.automatic.line_items import AMOUNT, MADE_OF, TAX, gross
from graphdb.writer.automatic.trace import LINE_ITEM, change, ends_of_types, read_values
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.errors import Fault
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace
    from graphdb.writer.drafts import RecordDraft

Values = dict[str, Any]
Parents = dict[str, set[str]]
"""Ids by object type."""

_SHIPPING: Final = "shippingCost"
_CURRENCY: Final = "currency"


class Figure(StrEnum):
    """What line items add up to: after discount, what is taken off, the tax, and all that is to be paid."""

    NET = "net"
    DISCOUNT = "discount"
    TAX = "tax"
    DUE = "due"


_DOCUMENT: Final = (("subtotal", Figure.NET), ("discount", Figure.DISCOUNT), (TAX, Figure.TAX))
TOTALS: Final[dict[str, tuple[tuple[str, Figure], ...]]] = {
    "deal": ((AMOUNT, Figure.NET),),
    "quote": (*_DOCUMENT, (AMOUNT, Figure.DUE)),
    "order": (*_DOCUMENT, ("total", Figure.DUE)),
    "invoice": (*_DOCUMENT, ("total", Figure.DUE)),
    "cart": (*_DOCUMENT, ("total", Figure.DUE)),
    "subscription": ((AMOUNT, Figure.DUE),),
}
"""The properties in which each object type keeps what its line items add up to; those that follow come last."""


@dataclass(frozen=True, slots=True)
class _Sides:
    """The line items of a record before and after."""

    before: list[Mapping[str, Any]]
    after: list[Mapping[str, Any]]


async def beside(tx: Transaction, catalog: Catalog, targets: Iterable[tuple[str, str]]) -> set[str]:
    """What has to be locked along with line items that are written: what they belong to, and its other line items.

    In the same statement, for the embedded engine shows a transaction the pages that it has changed as they were then:
    a line item locked first would hide what others did to its neighbours on the page before the total was locked.

    Args:
        tx: The transaction, in which nothing was locked yet.
        catalog: The data model.
        targets: Object types and ids of the records that an operation names.
    """
    kinds = "|".join(quote(kind) for kind in _kinds(catalog).values())
    named = set(targets)
    lines = sorted(record_id for type_name, record_id in named if type_name == LINE_ITEM)
    if not lines or not kinds:
        return set()
    # What archived line items belong to counts too: they may be on their way back.
    text = (
        f"UNWIND $p.ids AS id MATCH (:Record {{id: id}})-[e:{kinds}|`_ARCHIVED`]-(h:Record) "
        "WHERE e.type IS NULL OR e.type IN $p.kinds RETURN DISTINCT h.id"
    )
    archived = list(_kinds(catalog).values())
    parents = {row[0] for row in await tx.run(Statement(text, {"ids": lines, "kinds": archived}))}
    parents |= {record_id for type_name, record_id in named if type_name in TOTALS}
    rows = await tx.run(Statement(text, {"ids": sorted(parents), "kinds": archived}))
    return parents | {row[0] for row in rows}


async def added_up(tx: Transaction, catalog: Catalog, trace: Trace) -> Parents:
    """The records whose totals may have to change; to be locked before they are looked at."""
    parents: Parents = defaultdict(set)
    for _, far_type, far in ends_of_types(catalog, (*trace.gained, *trace.lost), (LINE_ITEM,)):
        if far_type.name in TOTALS:
            parents[far_type.name].add(far)
    for state in trace.changed(TOTALS, (TAX, _SHIPPING, _CURRENCY)):
        parents[state.type.name].add(state.id)
    changed = sorted(state.id for state in trace.changed((LINE_ITEM,), (*MADE_OF, TAX, _CURRENCY)))
    if changed:
        for type_name, kind in _kinds(catalog).items():
            text = f"UNWIND $p.ids AS id MATCH (l:Record {{id: id}})-[:{quote(kind)}]-(h:Record) RETURN DISTINCT h.id"
            parents[type_name].update(row[0] for row in await tx.run(Statement(text, {"ids": changed})))
    return {type_name: ids for type_name, ids in parents.items() if ids and type_name in _kinds(catalog)}


async def settled(
    tx: Transaction, catalog: Catalog, trace: Trace, parents: Parents, faults: list[Fault]
) -> list[RecordDraft]:
    """The totals that records get, which are locked."""
    drafts = []
    for type_name, ids in parents.items():
        object_type = catalog.by_name[type_name]
        held = await read_values(tx, object_type, ids)
        sides = await _line_items(tx, catalog, trace, type_name, held)
        for record_id, values in held.items():
            changes = _changes(catalog, object_type, values, trace, record_id, sides[record_id])
            if any(abs(value) > MAX_MONEY for value in changes.values() if value is not None):
                message = f"the line items of the {object_type.label} {record_id} add up to more than 12 digits"
                faults.append(bad_input((), message))
            elif changes:
                drafts.append(change(object_type, record_id, changes))
    return drafts


def _changes(
    catalog: Catalog, object_type: ObjectType, values: Values, trace: Trace, record_id: str, sides: _Sides
) -> Values:
    """The totals of one record that are to be other ones."""
    state = trace.states.get(record_id)
    earlier = values if state is None else state.stored
    before = _figures(catalog, earlier, sides.before)
    after = _figures(catalog, values, sides.after)
    changes: Values = {}
    for name, figure in TOTALS[object_type.name]:
        if not object_type.stores(name, PropertyType.MONEY) or trace.gave(record_id, name):
            continue
        if figure is Figure.DUE:
            was, now = _due(object_type, before, earlier), _due(object_type, after, {**values, **changes})
        else:
            was, now = before[figure], after[figure]
        if was != now and values.get(name) in (None, was):
            changes[name] = now
    return changes


def worked_out(
    catalog: Catalog,
    object_type: ObjectType,
    values: Mapping[str, Any],
    lines: Sequence[Mapping[str, Any]],
    follows: Container[str] = (),
) -> Values:
    """What the totals of a record would be that has these values and line items; of ``follows`` they are that."""
    figures, held, found = _figures(catalog, values, lines), dict(values), {}
    for name, figure in TOTALS.get(object_type.name, ()):
        if object_type.stores(name, PropertyType.MONEY):
            found[name] = _due(object_type, figures, held) if figure is Figure.DUE else figures[figure]
            if name in follows:
                held[name] = found[name]
    return found


def _figures(
    catalog: Catalog, parent: Mapping[str, Any], lines: Sequence[Mapping[str, Any]]
) -> dict[Figure, int | None]:
    """What line items add up to; all None where they have several currencies."""
    account = catalog.account.currency
    own = parent.get(_CURRENCY) or account
    if any((line.get(_CURRENCY) or account) != own for line in lines):
        return dict.fromkeys(Figure)
    saved = [
        full - line[AMOUNT] for line in lines if line.get(AMOUNT) is not None and (full := gross(line)) is not None
    ]
    return {
        Figure.NET: _sum(line.get(AMOUNT) for line in lines),
        Figure.DISCOUNT: _sum(saved) or None,
        Figure.TAX: _sum(line.get(TAX) for line in lines),
    }


def _sum(amounts: Iterable[int | None]) -> int | None:
    """The sum of the amounts that there are; None of none."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _due(object_type: ObjectType, figures: Mapping[Figure, int | None], parent: Mapping[str, Any]) -> int | None:
    """What is to be paid: the goods with shipping and tax, which is the record's own if it has that property."""
    net = figures[Figure.NET]
    tax = parent.get(TAX) if object_type.stores(TAX, PropertyType.MONEY) else figures[Figure.TAX]
    return None if net is None else net + (tax or 0) + (parent.get(_SHIPPING) or 0)


async def _line_items(
    tx: Transaction, catalog: Catalog, trace: Trace, type_name: str, ids: Iterable[str]
) -> dict[str, _Sides]:
    """The line items that records have, and those that they had."""
    line_type, kind = catalog.by_name[LINE_ITEM], _kinds(catalog)[type_name]
    text = f"UNWIND $p.ids AS id MATCH (h:Record {{id: id}})-[:{quote(kind)}]-(l:Record) RETURN id, l.id"
    wanted = sorted(ids)
    rows = [(parent, line) for parent, line in await tx.run(Statement(text, {"ids": wanted}))]
    gained = _pairs(catalog, trace, type_name, lost=False)
    lost = {(parent, line) for parent, line in _pairs(catalog, trace, type_name, lost=True) if parent in wanted}
    there = {line for _, line in rows} | {line for _, line in lost if line not in trace.gone}
    held = {**await read_values(tx, line_type, there), **trace.gone}
    sides = {parent: _Sides([], []) for parent in wanted}
    for parent, line in rows:
        sides[parent].after.append(held[line])
        if (parent, line) not in gained:
            sides[parent].before.append(_earlier(trace, line, held))
    for parent, line in lost:
        sides[parent].before.append(_earlier(trace, line, held))
    return sides


def _earlier(trace: Trace, line: str, held: Mapping[str, Values]) -> Values:
    """A line item's values before."""
    state = trace.states.get(line)
    return held.get(line, {}) if state is None else state.stored


def _pairs(catalog: Catalog, trace: Trace, type_name: str, *, lost: bool) -> set[tuple[str, str]]:
    """The pairs of records of a type and line items that were joined or parted."""
    joints = trace.lost if lost else trace.gained
    found = ends_of_types(catalog, joints, (LINE_ITEM,))
    return {(far, line) for line, far_type, far in found if far_type.name == type_name}


def _kinds(catalog: Catalog) -> dict[str, str]:
    """The relationship types by which records of each type that has totals hold line items."""
    if LINE_ITEM not in catalog.by_name:
        return {}
    sides = catalog.sides_of(LINE_ITEM)
    return {side.far: side.association.relationship_type for side in sides if side.far in TOTALS}
