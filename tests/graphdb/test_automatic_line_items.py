"""Line items: copies of products with prices of their own, and what they add up to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdb.errors import FaultCode
from graphdb.writer.automatic.line_items import gross, net, tax
from graphdb.writer.operations import (
    Archive,
    Associate,
    Create,
    Dissociate,
    Link,
    Merge,
    Purge,
    Ref,
    Restore,
    Update,
    Upsert,
)

if TYPE_CHECKING:
    from tests.graphdb.conftest import Graph

UNIT = 10_000


def ref(object_type: str, record_id: str) -> Ref:
    return Ref(type=object_type, key="id", value=record_id)


def line(graph: Graph, *links: tuple[str, str], **values: Any) -> Create:
    """A line item of one unit, associated with records."""
    own = {"name": "l", "quantity": 1.0, **values}
    made = tuple(graph.link("line_item", far, far_id) for far, far_id in links)
    return Create(type="line_item", values=own, links=made, path=("input",))


async def add(graph: Graph, operation: Create) -> str:
    (outcome,) = await graph.write(operation)
    return outcome.id


async def change(graph: Graph, object_type: str, record_id: str, **values: Any) -> None:
    await graph.write(Update(by=ref(object_type, record_id), values=values, path=("input",)))


async def values(graph: Graph, record_id: str, *names: str) -> list[Any]:
    """Values of a record."""
    columns = ", ".join(f"n.{name}" for name in names)
    (row,) = await graph.rows(f"MATCH (n:Record {{id: $p.id}}) RETURN {columns}", id=record_id)
    return list(row)


@pytest.mark.parametrize(
    ("given", "amount"),
    [
        ({"quantity": 3.0, "price": 99_900}, 299_700),
        ({"quantity": 0.1, "price": 3 * UNIT}, 3_000),
        ({"quantity": 3.0, "price": 10 * UNIT, "discount": 1 * UNIT}, 27 * UNIT),
        ({"quantity": 2.0, "price": 10 * UNIT, "discountPercent": 12.5}, 175_000),
        ({"quantity": 1.0, "price": 10 * UNIT, "discount": 2 * UNIT, "discountPercent": 50.0}, 4 * UNIT),
        ({"quantity": 0.5, "price": 1}, 0),
        ({"quantity": 1.5, "price": 1}, 2),
        ({"quantity": 2.5, "price": 1}, 2),
        ({"quantity": 1.0, "price": 10 * UNIT, "discountPercent": 100.0}, 0),
        ({"quantity": -1.0, "price": 10 * UNIT}, -10 * UNIT),
        ({"quantity": 1.0}, None),
        ({"price": 1}, None),
    ],
)
def test_a_line_costs_quantity_times_price_less_its_discounts_halves_to_the_even(
    given: dict[str, Any], amount: int | None
) -> None:
    assert net(given) == amount


@given(
    quantity=st.floats(0, 1e6, allow_nan=False),
    price=st.integers(0, 10**12),
    percent=st.floats(0, 100, allow_nan=False),
)
def test_a_discount_takes_off_what_is_said_and_no_more(quantity: float, price: int, percent: float) -> None:
    values = {"quantity": quantity, "price": price, "discountPercent": percent}
    whole, left = gross(values), net(values)
    assert whole is not None
    assert left is not None
    assert 0 <= left <= whole
    assert abs(whole * (100 - percent) / 100 - left) <= 1 + whole * 1e-12


def test_the_tax_is_that_of_the_net_price() -> None:
    assert tax({"amount": 12_345, "taxRate": 19.0}) == 2_346
    assert tax({"amount": 50, "taxRate": 1.0}) == 0
    assert tax({"amount": 150, "taxRate": 1.0}) == 2
    assert tax({"amount": 150}) is None


async def test_a_product_is_copied_and_left_alone_from_then_on(graph: Graph) -> None:
    product = await graph.create(
        "product", name="Lamp", sku="L-1", description="Bright.", price=50 * UNIT, unitCost=20 * UNIT, taxRate=20.0
    )
    copied = await add(
        graph,
        Create(type="line_item", values={"externalId": "mine"}, links=(graph.link("line_item", "product", product),)),
    )
    cheaper = await add(
        graph,
        Create(
            type="line_item",
            values={"price": 40 * UNIT, "quantity": 2.0, "description": None},
            links=(graph.link("line_item", "product", "L-1", key="sku"),),
        ),
    )
    names = ("name", "sku", "description", "price", "unitCost", "quantity", "amount", "tax")
    as_copied = ["Lamp", "L-1", "Bright.", 50 * UNIT, 20 * UNIT, 1.0, 50 * UNIT, 10 * UNIT]
    assert await values(graph, copied, *names) == as_copied
    assert await values(graph, cheaper, *names) == [
        "Lamp", "L-1", None, 40 * UNIT, 20 * UNIT, 2.0, 80 * UNIT, 16 * UNIT
    ]  # fmt: skip
    await change(graph, "product", product, name="Torch", price=1)
    await change(graph, "line_item", cheaper, name="Cheap lamp")
    assert await values(graph, copied, *names) == as_copied
    assert await values(graph, product, "name", "price") == ["Torch", 1]


async def test_a_product_made_along_is_copied_too_and_an_upsert_copies_once(graph: Graph) -> None:
    product = Create(type="product", values={"name": "Lamp", "price": UNIT}, path=("input", "product"))
    side = graph.catalog.side_between("line_item", "product")
    assert side is not None
    made = await add(graph, Create(type="line_item", values={}, links=(Link(side=side, to=product),)))
    assert await values(graph, made, "name", "price", "amount") == ["Lamp", UNIT, UNIT]

    ((product_id,),) = await graph.rows("MATCH (n:Product) RETURN n.id")
    link = graph.link("line_item", "product", product_id)
    upsert = Upsert(type="line_item", key="externalId", values={"externalId": "1"}, links=(link,))
    (first,) = await graph.write(upsert)
    await change(graph, "product", product_id, name="Torch")
    (second,) = await graph.write(upsert)
    assert (first.created, second.changed) == (True, False)
    assert await values(graph, first.id, "name") == ["Lamp"]


async def test_without_a_product_a_line_item_needs_a_name(graph: Graph) -> None:
    (fault,) = await graph.refused(Create(type="line_item", values={}, path=("input",)))
    assert (fault.code, fault.message) == (FaultCode.BAD_USER_INPUT, "name is required")


async def test_a_given_amount_stays_until_it_is_in_step_again(graph: Graph) -> None:
    made = await add(graph, line(graph, price=10 * UNIT, amount=9 * UNIT))
    await change(graph, "line_item", made, quantity=2.0)
    assert await values(graph, made, "amount") == [9 * UNIT]
    await change(graph, "line_item", made, amount=20 * UNIT)
    await change(graph, "line_item", made, quantity=3.0)
    assert await values(graph, made, "amount") == [30 * UNIT]
    await change(graph, "line_item", made, quantity=None)
    assert await values(graph, made, "amount") == [None]


async def test_an_amount_beyond_what_money_holds_is_refused(graph: Graph) -> None:
    (fault,) = await graph.refused(line(graph, price=10**15, quantity=1000.0))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("input", "amount"))
    deal = await graph.create("deal", name="d")
    big = line(graph, ("deal", deal), price=9 * 10**15)
    (fault,) = await graph.refused(big, big)
    assert fault.message == f"the line items of the Deal {deal} add up to more than 12 digits"


PARENTS: dict[str, tuple[dict[str, Any], tuple[str, ...], tuple[int, ...]]] = {
    "deal": ({"name": "d"}, ("amount",), (30,)),
    "quote": ({"title": "q"}, ("subtotal", "discount", "tax", "amount"), (30, 2, 6, 36)),
    "order": ({"shippingCost": 5 * UNIT}, ("subtotal", "discount", "tax", "total"), (30, 2, 6, 41)),
    "invoice": ({}, ("subtotal", "discount", "tax", "total"), (30, 2, 6, 36)),
    "cart": ({}, ("subtotal", "discount", "tax", "total"), (30, 2, 6, 36)),
    "subscription": ({"name": "s"}, ("amount",), (36,)),
}


@pytest.mark.parametrize("object_type", PARENTS)
async def test_line_items_add_up_on_what_they_belong_to(graph: Graph, object_type: str) -> None:
    """Whatever happens to one: added, changed, archived, restored, moved, purged."""
    own, names, sums = PARENTS[object_type]
    links = (graph.link("quote", "deal", await graph.create("deal", name="d")),) if object_type == "quote" else ()
    (made,) = await graph.write(Create(type=object_type, values=own, links=links))
    full = [amount * UNIT for amount in sums]
    nothing = [None] * len(names)
    parent = (object_type, made.id)
    one = line(graph, parent, price=12 * UNIT, discount=2 * UNIT, taxRate=20.0)
    two = line(graph, parent, price=10 * UNIT, quantity=2.0, taxRate=20.0)
    first, second = [outcome.id for outcome in await graph.write(one, two)]
    assert await values(graph, made.id, *names) == full
    await change(graph, "line_item", second, price=5 * UNIT)
    assert await values(graph, made.id, *names) != full
    await change(graph, "line_item", second, price=10 * UNIT)
    assert await values(graph, made.id, *names) == full
    await graph.write(Archive(by=ref("line_item", second)))
    assert await values(graph, made.id, *names) != full
    await graph.write(Restore(by=ref("line_item", second)))
    assert await values(graph, made.id, *names) == full
    await graph.write(Dissociate(start=ref(*parent), to=ref("line_item", second)))
    await graph.write(Associate(start=ref("line_item", second), to=ref(*parent)))
    assert await values(graph, made.id, *names) == full
    await graph.write(Purge(by=ref("line_item", second)), Archive(by=ref("line_item", first)))
    assert await values(graph, made.id, *names) == nothing


async def test_a_total_that_somebody_wrote_stays(graph: Graph) -> None:
    (made,) = await graph.write(Create(type="deal", values={"name": "d", "amount": 7 * UNIT}))
    parent = ("deal", made.id)
    first = await add(graph, line(graph, parent, price=10 * UNIT))
    assert await values(graph, made.id, "amount") == [7 * UNIT]
    await change(graph, "deal", made.id, amount=10 * UNIT)
    await change(graph, "line_item", first, quantity=2.0)
    assert await values(graph, made.id, "amount") == [20 * UNIT]


async def test_tax_and_shipping_of_the_record_itself_are_part_of_what_is_due(graph: Graph) -> None:
    (made,) = await graph.write(Create(type="order", values={}))
    await add(graph, line(graph, ("order", made.id), price=10 * UNIT))
    await change(graph, "order", made.id, shippingCost=3 * UNIT)
    await change(graph, "order", made.id, tax=2 * UNIT)
    assert await values(graph, made.id, "subtotal", "tax", "total") == [10 * UNIT, 2 * UNIT, 15 * UNIT]


async def test_amounts_in_several_currencies_are_not_added(graph: Graph) -> None:
    (made,) = await graph.write(Create(type="deal", values={"name": "d"}))
    await add(graph, line(graph, ("deal", made.id), price=10 * UNIT, currency="USD"))
    assert await values(graph, made.id, "amount") == [10 * UNIT]
    euros = await add(graph, line(graph, ("deal", made.id), price=10 * UNIT, currency="EUR"))
    assert await values(graph, made.id, "amount") == [None]
    await change(graph, "line_item", euros, currency="USD")
    assert await values(graph, made.id, "amount") == [20 * UNIT]


async def test_a_merged_deal_adds_up_both_deals_lines(graph: Graph) -> None:
    first, second = await graph.create("deal", name="a"), await graph.create("deal", name="b")
    await graph.write(line(graph, ("deal", first), price=UNIT), line(graph, ("deal", second), price=2 * UNIT))
    await graph.write(Merge(winner=ref("deal", first), loser=ref("deal", second)))
    assert await values(graph, first, "amount") == [3 * UNIT]


async def test_lines_added_and_changed_at_once_add_up(graph: Graph) -> None:
    (made,) = await graph.write(Create(type="deal", values={"name": "d"}))
    parent = ("deal", made.id)
    known = [await add(graph, line(graph, parent, price=UNIT)) for _ in range(4)]

    async def one(number: int) -> None:
        if number % 2:
            await graph.write(line(graph, parent, price=number * UNIT))
        else:
            await change(graph, "line_item", known[number % 4], quantity=float(number))

    await asyncio.gather(*(one(number) for number in range(1, 17)))
    ((amount, lines),) = await graph.rows(
        "MATCH (d:Deal)--(l:LineItem) WITH d, sum(l.amount) AS lines RETURN d.amount, lines"
    )
    assert amount == lines


async def test_another_currency_of_the_account_counts_for_what_names_none(graph: Graph) -> None:
    graph.catalog = replace(graph.catalog, account=replace(graph.catalog.account, currency="EUR"), _sides={})
    graph.writer = type(graph.writer)(graph.catalog)
    (made,) = await graph.write(Create(type="deal", values={"name": "d", "currency": "EUR"}))
    await add(graph, line(graph, ("deal", made.id), price=UNIT))
    assert await values(graph, made.id, "amount") == [UNIT]
