"""What is sold and what goes wrong with it: products, deals with their line items, tickets."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from app.sample.dice import Weighted, zipf
from app.sample.words import ARTICLES, COMPLAINTS, DEAL_KINDS, OWNERS
from app.sample.world import END, moment, money

if TYPE_CHECKING:
    from datetime import datetime

    from app.sample.dice import Dice
    from app.sample.model import SampleRecord
    from app.sample.world import World

_LAUNCH_AGE = timedelta(days=900)
_OLD = timedelta(days=150)
_OPEN_STAGES = ("PROSPECTING", "ENGAGING", "QUALIFIED_TO_BUY", "PRESENTATION_SCHEDULED", "CONTRACT_SENT")
_DEAL_TYPES = {
    "New business": "NEW_BUSINESS", "Expansion": "EXISTING_BUSINESS", "Renewal": "RENEWAL",
    "Rollout": "EXISTING_BUSINESS", "Pilot": "NEW_BUSINESS",
}  # fmt: skip
_PRIORITIES = (("LOW", 25), ("MEDIUM", 45), ("HIGH", 22), ("URGENT", 8))
_CHANNELS = (("EMAIL", 45), ("CHAT", 20), ("PHONE", 25), ("WEB_FORM", 10))
_OPEN_TICKETS = ("NEW", "OPEN", "WAITING_ON_CONTACT")


def make_products(world: World) -> None:
    """The price list; it does not grow with the scale."""
    for number, article in enumerate(ARTICLES):
        created = END - _LAUNCH_AGE + timedelta(days=7 * number, hours=9)
        world.add(
            "product",
            created,
            {
                "name": article.name,
                "sku": article.sku,
                "series": article.series,
                "price": money(article.price),
            },
        )


def make_deals(world: World, companies: list[SampleRecord]) -> None:
    """Deals with companies that have contacts; each has people with a role and, mostly, line items."""
    dice = world.dice("deals")
    customers = zipf([company for company in companies if world.contacts_of[company.id]], flatten=world.scale)
    for _ in range(world.count(500)):
        customer = customers.pick(dice)
        deal = _deal(world, dice, customer)
        if dice.chance(0.93):
            world.join(customer, deal, *(("primary",) if dice.chance(0.95) else ()))
            if dice.chance(0.06):
                partner = customers.pick(dice)
                if partner.id != customer.id:
                    world.join(partner, deal)
        _involve(world, dice, deal, customer)


def make_tickets(world: World, companies: list[SampleRecord]) -> None:
    """Tickets: most stem from a deal, its company and one of the company's people."""
    dice = world.dice("tickets")
    deals_of: dict[str, list[SampleRecord]] = {}
    deals = {deal.id: deal for deal in world.of("deal")}
    for start, end in world.pairs("company", "deal"):
        deals_of.setdefault(start, []).append(deals[end])
    customers = zipf([company for company in companies if company.id in deals_of], flatten=world.scale)
    previous: SampleRecord | None = None
    for _ in range(world.count(500)):
        customer = customers.pick(dice)
        deal = dice.pick(deals_of[customer.id]) if dice.chance(0.75) else None
        ticket = _ticket(world, dice, after=deal.created_at if deal else customer.created_at)
        if deal is not None:
            world.join(deal, ticket)
        if dice.chance(0.9):
            world.join(customer, ticket, "primary")
        for contact in dice.some(world.contacts_of[customer.id], 2 if dice.chance(0.1) else 1):
            world.join(contact, ticket)
        if previous is not None and dice.chance(0.05):
            world.join(previous, ticket, "blocker" if dice.chance(0.5) else "duplicate")
        previous = ticket


def _deal(world: World, dice: Dice, customer: SampleRecord) -> SampleRecord:
    created = moment(dice, customer.created_at)
    kind = dice.pick(DEAL_KINDS)
    stage, closed_on = _stage(dice, created)
    basket = [
        (product, dice.between(1, 20), dice.pick((0, 0, 0, 5, 10)))
        for product in dice.some(world.of("product"), dice.between(1, 4) if dice.chance(0.92) else 0)
    ]
    lines = [product.values["price"] * quantity * (100 - discount) // 100 for product, quantity, discount in basket]
    deal = world.add(
        "deal",
        created,
        {
            "name": f"{kind} {customer.values['name']}",
            "amount": sum(lines) if lines else None,
            "currency": "USD" if lines else None,
            "stage": stage,
            "closeDate": (closed_on.date() if dice.chance(0.9) else None),
            "dealType": _DEAL_TYPES.get(kind),
            "priority": dice.pick(("LOW", "MEDIUM", "HIGH")) if dice.chance(0.55) else None,
            "owner": dice.pick(OWNERS) if dice.chance(0.95) else None,
        },
    )
    for (product, quantity, discount), amount in zip(basket, lines, strict=True):
        line = world.add(
            "line_item",
            created + timedelta(seconds=1),
            {
                "name": product.values["name"],
                "sku": product.values["sku"],
                "quantity": float(quantity),
                "price": product.values["price"],
                "discountPercent": float(discount) if discount else None,
                "amount": amount,
            },
        )
        world.join(deal, line)
        world.join(product, line)
    return deal


def _stage(dice: Dice, created: datetime) -> tuple[str, datetime]:
    """Where a deal stands, and when it closed or should close: an old one is seldom open."""
    age = END - created
    if dice.chance(0.92 if age > _OLD else 0.25):
        won = dice.chance(0.58)
        return ("CLOSED_WON" if won else "CLOSED_LOST"), moment(dice, created, min(created + _OLD, END))
    return dice.pick(_OPEN_STAGES), END + timedelta(days=dice.between(-20, 180))


def _involve(world: World, dice: Dice, deal: SampleRecord, customer: SampleRecord) -> None:
    people = dice.some(world.contacts_of[customer.id], dice.pick((1, 1, 2, 2, 3, 4)))
    for position, contact in enumerate(people):
        if position == 0:
            world.join(contact, deal, *(("decision_maker",) if dice.chance(0.75) else ()))
        else:
            world.join(contact, deal, *(("champion",) if dice.chance(0.3) else ()))


def _ticket(world: World, dice: Dice, after: datetime) -> SampleRecord:
    created = moment(dice, after)
    complaint = dice.pick(COMPLAINTS)
    priority = _weighted(_PRIORITIES).pick(dice)
    closed = dice.chance(0.85 if END - created > timedelta(days=30) else 0.3)
    answered = moment(dice, created, min(created + timedelta(hours=8), END))
    solved = moment(dice, answered, min(answered + timedelta(days=9), END))
    return world.add(
        "ticket",
        created,
        {
            "subject": complaint.subject,
            "content": complaint.content if dice.chance(0.95) else None,
            "stage": "CLOSED" if closed else dice.pick(_OPEN_TICKETS),
            "priority": priority if dice.chance(0.85) else None,
            "channel": _weighted(_CHANNELS).pick(dice),
            "category": complaint.category if dice.chance(0.7) else None,
            "resolution": complaint.resolution if closed and dice.chance(0.8) else None,
            "openedAt": created,
            "satisfactionRating": dice.between(1, 5) if closed and dice.chance(0.4) else None,
            "firstRespondedAt": answered if closed or dice.chance(0.6) else None,
            "closedAt": solved if closed else None,
            "owner": dice.pick(OWNERS) if dice.chance(0.8) else None,
        },
    )


def _weighted(shares: tuple[tuple[str, int], ...]) -> Weighted[str]:
    return Weighted([name for name, _ in shares], (share for _, share in shares))
