"""A new line item is a copy of the product that it is associated with (R101).

It gets what both object types have in common where the operation leaves it out, and a quantity of one. Later changes
of either leave the other alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from graphdb.catalog.model import PropertyType
from graphdb.writer.automatic.trace import LINE_ITEM, read_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.store import Transaction
    from graphdb.writer.drafts import LinkDraft, RecordDraft
    from graphdb.writer.targets import Targets

PRODUCT: Final = "product"
QUANTITY: Final = "quantity"


def supplied(object_type: ObjectType, links: Iterable[LinkDraft]) -> set[str]:
    """The properties that a new record surely gets from a product that it is associated with."""
    products = (link.to.type for link in links if link.to is not None and _is_product(object_type, link))
    return {prop.name for product in products for prop in _common(product, object_type) if prop.required}


async def copy(tx: Transaction, catalog: Catalog, drafts: Sequence[RecordDraft], targets: Targets) -> None:
    """Let drafts of line items take over as defaults what their products say, which are locked or new."""
    wanted: dict[str, list[RecordDraft]] = {}
    for draft in drafts:
        link = next((link for link in draft.links if _is_product(draft.type, link)), None)
        product = targets.id_of(link.to) if link is not None and link.to is not None else None
        if product is not None and draft.target is None:
            wanted.setdefault(product, []).append(draft)
    if not wanted:
        return
    product_type = catalog.by_name[PRODUCT]
    known = {draft.id: {**draft.defaults, **draft.values} for draft in drafts if draft.id in wanted}
    known |= await read_values(tx, product_type, wanted.keys() - known.keys())
    for product, lines in wanted.items():
        for line in lines:
            held = known.get(product, {})
            taken = {prop.name: held[prop.name] for prop in _common(product_type, line.type) if prop.name in held}
            one = {QUANTITY: 1.0} if line.type.stores(QUANTITY, PropertyType.NUMBER) else {}
            line.defaults = {**line.defaults, **one, **{name: v for name, v in taken.items() if v is not None}}


def _is_product(object_type: ObjectType, link: LinkDraft) -> bool:
    return object_type.name == LINE_ITEM and link.side.far == PRODUCT and link.to is not None


def _common(product: ObjectType, line: ObjectType) -> list[Property]:
    """The product's properties that a line item has too, but for the product's id elsewhere."""
    return [
        prop
        for prop in product.stored_properties
        if (own := line.by_name.get(prop.name)) is not None
        and (own.type, own.option_set) == (prop.type, prop.option_set)
        and not (own.unique or own.read_only or own.calculated)
    ]
