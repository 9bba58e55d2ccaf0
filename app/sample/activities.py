"""What people did: notes, calls, meetings, e-mails and tasks, logged on contacts and what concerns them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.sample.dice import zipf
from app.sample.words import CALLS, EMAILS, MEETINGS, NOTES, OWNERS, TASKS
from app.sample.world import END, moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.sample.dice import Dice
    from app.sample.world import World


@dataclass(frozen=True, slots=True)
class _Kind:
    """An activity type, how many there are at scale 1, and what one says."""

    name: str
    at_scale_1: int
    values: Callable[[Dice, datetime], dict[str, Any]]


def make_activities(world: World) -> None:
    """Activities; a busy contact has many, most have one or none."""
    employers = _ends(world, "contact", "company")
    deals = _ends(world, "contact", "deal")
    tickets = _ends(world, "contact", "ticket")
    known = {record.id: record for name in ("company", "deal", "ticket") for record in world.of(name)}
    for kind in _KINDS:
        dice = world.dice(kind.name)
        people = zipf(dice.shuffled(world.of("contact")), flatten=10 * world.scale)
        for _ in range(world.count(kind.at_scale_1)):
            contact = people.pick(dice)
            created = moment(dice, contact.created_at)
            activity = world.add(kind.name, created, kind.values(dice, _to_second(created)))
            world.join(contact, activity)
            for ends, share in ((employers, 0.7), (deals, 0.5), (tickets, 0.15)):
                if contact.id in ends and dice.chance(share):
                    world.join(known[dice.pick(ends[contact.id])], activity)


def _ends(world: World, start_type: str, end_type: str) -> dict[str, list[str]]:
    """Each start record's id to the ids of its end records."""
    ends: dict[str, list[str]] = {}
    for start, end in world.pairs(start_type, end_type):
        ends.setdefault(start, []).append(end)
    return ends


def _to_second(when: datetime) -> datetime:
    return when.replace(microsecond=0)


def _owner(dice: Dice) -> str | None:
    return dice.pick(OWNERS) if dice.chance(0.95) else None


def _note(dice: Dice, when: datetime) -> dict[str, Any]:
    return {"body": f"{dice.pick(NOTES)}.", "occurredAt": when, "owner": _owner(dice)}


def _call(dice: Dice, when: datetime) -> dict[str, Any]:
    reached = dice.chance(0.7)
    return {
        "title": dice.pick(CALLS),
        "body": f"{dice.pick(NOTES)}." if reached else None,
        "occurredAt": when,
        "direction": "INBOUND" if dice.chance(0.3) else "OUTBOUND",
        "durationMs": dice.between(20_000, 2_400_000) if reached else None,
        "owner": _owner(dice),
    }


def _meeting(dice: Dice, when: datetime) -> dict[str, Any]:
    return {
        "title": dice.pick(MEETINGS),
        "body": f"{dice.pick(NOTES)}." if dice.chance(0.6) else None,
        "occurredAt": when,
        "endsAt": when + timedelta(minutes=dice.pick((30, 45, 60, 90))),
        "owner": _owner(dice),
    }


def _email(dice: Dice, when: datetime) -> dict[str, Any]:
    return {
        "subject": dice.pick(EMAILS),
        "body": f"{dice.pick(NOTES)}.",
        "occurredAt": when,
        "direction": "INBOUND" if dice.chance(0.4) else "OUTBOUND",
        "owner": _owner(dice),
    }


def _task(dice: Dice, when: datetime) -> dict[str, Any]:
    due = when + timedelta(days=dice.between(1, 30))
    return {
        "title": dice.pick(TASKS),
        "body": f"{dice.pick(NOTES)}." if dice.chance(0.4) else None,
        "occurredAt": when,
        "dueAt": due,
        "status": "COMPLETED" if due < END and dice.chance(0.85) else "NOT_STARTED",
        "priority": dice.pick(("LOW", "MEDIUM", "HIGH")) if dice.chance(0.6) else None,
        "owner": _owner(dice),
    }


_KINDS = (
    _Kind("note", 400, _note),
    _Kind("call", 300, _call),
    _Kind("meeting", 200, _meeting),
    _Kind("email", 400, _email),
    _Kind("task", 200, _task),
)
