"""A line item's own price, exact (R103).

Its ``amount`` is quantity times price, less the discount
on a unit, less the percentage, to a ten-thousandth, halves to the even one; its ``tax`` is that of the tax rate. Both
follow what they are made of, until somebody writes another value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.model import PropertyType
from graphdb.values import MAX_MONEY
from graphdb.writer.automatic.products import QUANTITY
from graphdb.writer.automatic.trace import LINE_ITEM
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.errors import Fault
    from graphdb.writer.drafts import RecordDraft
    from graphdb.writer.records import RecordState

AMOUNT: Final = "amount"
TAX: Final = "tax"
MADE_OF: Final = ("quantity", "price", "discount", "discountPercent", "taxRate", AMOUNT)
"""What amount and tax are worked out from."""

_HUNDRED: Final = 100


def price(state: RecordState, before: Mapping[str, Any], draft: RecordDraft) -> list[Fault]:
    """Keep a line item's amount and tax in step with an operation.

    Args:
        state: The record after the operation.
        before: Its values before.
        draft: The operation; what it gives stays.
    """
    if state.type.name != LINE_ITEM:
        return []
    for name, worked_out in ((AMOUNT, net), (TAX, tax)):
        was, now, held = worked_out(before), worked_out(state.values), state.values.get(name)
        follows = was != now and (held is None or held == was) and name not in draft.values
        if not follows or not state.type.stores(name, PropertyType.MONEY):
            continue
        if now is None:
            state.values.pop(name, None)
        elif abs(now) > MAX_MONEY:
            message = f"{name}: expected quantity and price to make an amount with up to 12 digits before the point"
            return [bad_input((*draft.path, name), message)]
        else:
            state.values[name] = now
    return []


def net(values: Mapping[str, Any]) -> int | None:
    """What a line costs after its discounts, in ten-thousandths; None while quantity or price is unknown."""
    quantity, unit = values.get(QUANTITY), values.get("price")
    if quantity is None or unit is None:
        return None
    left: Fraction = Fraction(unit - (values.get("discount") or 0)) * (
        1 - _exact(values.get("discountPercent")) / _HUNDRED
    )
    exact = left * _exact(quantity)
    return round(exact)


def gross(values: Mapping[str, Any]) -> int | None:
    """What a line would cost without its discounts, in ten-thousandths."""
    return net({**values, "discount": None, "discountPercent": None})


def tax(values: Mapping[str, Any]) -> int | None:
    """The tax on a line's amount, in ten-thousandths; None while either is unknown."""
    amount, rate = values.get(AMOUNT), values.get("taxRate")
    if amount is None or rate is None:
        return None
    exact: Fraction = amount * _exact(rate) / _HUNDRED
    return round(exact)


def _exact(number: float | None) -> Fraction:
    """A number as it is written: 0.1 is a tenth."""
    return Fraction(repr(number)) if number else Fraction(0)
