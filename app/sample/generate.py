"""The sample CRM from a seed: no engine, no clock, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.sample.activities import make_activities
from app.sample.business import make_deals, make_products, make_tickets
from app.sample.people import make_companies, make_contacts
from app.sample.world import World

if TYPE_CHECKING:
    from app.sample.model import Sample


def generate(scale: float = 1, seed: int = 1) -> Sample:
    """Make up a CRM; the same scale and seed always give the same one.

    Args:
        scale: 1 makes 1,000 contacts, 250 companies, 500 deals, 500 tickets and what belongs to them.
        seed: Chooses the names, the numbers and who knows whom.

    Raises:
        ValueError: The scale is not above 0.
    """
    if not scale > 0:
        raise ValueError(f"the scale must be above 0, found {scale}")
    world = World(seed, scale)
    companies = make_companies(world)
    make_contacts(world, companies)
    make_products(world)
    make_deals(world, companies)
    make_tickets(world, companies)
    make_activities(world)
    return world.sample()
