"""Companies and the people who work there."""

from __future__ import annotations

import unicodedata
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from app.sample.dice import Weighted, zipf
from app.sample.places import COUNTRIES, Country
from app.sample.words import COMPANY_STEMS, DEPARTMENTS, INDUSTRIES, JOB_TITLES, OWNERS
from app.sample.world import END, START, moment, money

if TYPE_CHECKING:
    from app.sample.dice import Dice
    from app.sample.model import SampleRecord
    from app.sample.world import World

_COUNTRY_BY_NAME = {country.name: country for country in COUNTRIES}
_LIFECYCLE = (
    ("CUSTOMER", 34), ("OPPORTUNITY", 14), ("LEAD", 18), ("MARKETING_QUALIFIED_LEAD", 9),
    ("SALES_QUALIFIED_LEAD", 8), ("SUBSCRIBER", 13), ("EVANGELIST", 2), ("OTHER", 2),
)  # fmt: skip
_NOT_DECOMPOSED = str.maketrans({"ß": "ss", "ł": "l", "ø": "o", "ä": "ae", "ö": "oe", "ü": "ue"})
_HUB_STAFF = 40_000


def make_companies(world: World) -> list[SampleRecord]:
    """Companies, the one with the most business first."""
    dice = world.dice("companies")
    countries = Weighted(COUNTRIES, (country.weight for country in COUNTRIES))
    industries = Weighted(INDUSTRIES, (industry.weight for industry in INDUSTRIES))
    taken: set[str] = set()
    companies = []
    for rank in range(world.count(250)):
        country, industry = countries.pick(dice), industries.pick(dice)
        name = _company_name(dice, industry.endings, taken)
        domain = f"{_plain(name).replace(' ', '')}.example"
        employees = max(2, int(_HUB_STAFF / (rank + 3) ** 0.9 * (0.4 + dice.fraction())))
        values = {
            "name": " ".join(part for part in (name, dice.pick(country.legal_forms)) if part),
            "domain": domain if dice.chance(0.96) else None,
            "website": f"https://www.{domain}" if dice.chance(0.7) else None,
            "industry": industry.option if dice.chance(0.93) else None,
            "employees": employees if dice.chance(0.85) else None,
            "annualRevenue": money(employees * dice.between(60_000, 240_000)) if dice.chance(0.6) else None,
            "founded": dice.between(1921, 2022) if dice.chance(0.5) else None,
            "phone": phone(dice, country, 0.7),
            "city": dice.pick(country.cities),
            "country": country.name,
            "owner": dice.pick(OWNERS) if dice.chance(0.9) else None,
            "targetAccount": True if dice.chance(0.15) else None,
        }
        companies.append(world.add("company", moment(dice, before=END - timedelta(days=60)), values))
    _join_groups(world, dice, companies)
    return companies


def make_contacts(world: World, companies: list[SampleRecord]) -> None:
    """People; most companies have a few of them, some have hundreds."""
    dice = world.dice("contacts")
    employers = zipf(companies, flatten=0.2 * world.scale)
    stages = Weighted([name for name, _ in _LIFECYCLE], (weight for _, weight in _LIFECYCLE))
    countries = Weighted(COUNTRIES, (country.weight for country in COUNTRIES))
    taken: set[str] = set()
    for _ in range(world.count(1_000)):
        employer = employers.pick(dice) if dice.chance(0.94) else None
        at_home = employer is not None and dice.chance(0.85)
        home = _COUNTRY_BY_NAME[employer.values["country"]] if employer and at_home else countries.pick(dice)
        values = _person(dice, home, employer, taken)
        values["lifecycleStage"] = stages.pick(dice) if dice.chance(0.95) else None
        created = moment(dice, employer.created_at if employer else START)
        contact = world.add("contact", created, values)
        if employer is not None:
            _employ(world, dice, contact, employer)
            if dice.chance(0.05):
                _advise(world, dice, contact, employers.pick(dice))
    _join_teams(world, dice)


def phone(dice: Dice, country: Country, share: float) -> str | None:
    """A telephone number from the country's block for fiction, in ``share`` of the cases."""
    if not country.phones or not dice.chance(share):
        return None
    return "".join(str(dice.between(0, 9)) if sign == "#" else sign for sign in dice.pick(country.phones))


def _company_name(dice: Dice, endings: tuple[str, ...], taken: set[str]) -> str:
    while True:
        name = f"{dice.pick(COMPANY_STEMS)} {dice.pick(endings)}"
        if name in taken:
            name = f"{dice.pick(COMPANY_STEMS)} & {name}"
        if name not in taken:
            taken.add(name)
            return name


def _person(dice: Dice, home: Country, employer: SampleRecord | None, taken: set[str]) -> dict[str, Any]:
    given, family = dice.pick(home.given), dice.pick(home.family)
    domain = employer.values.get("domain") if employer else None
    email = _address(given, family, domain or "mailbox.example", taken) if dice.chance(0.95) else None
    return {
        "email": email,
        "firstName": given if email is None or dice.chance(0.97) else None,
        "lastName": family if email is None or dice.chance(0.96) else None,
        "phone": phone(dice, home, 0.6),
        "mobilePhone": phone(dice, home, 0.25),
        "jobTitle": dice.pick(JOB_TITLES) if dice.chance(0.8) else None,
        "department": dice.pick(DEPARTMENTS) if dice.chance(0.35) else None,
        "city": dice.pick(home.cities) if dice.chance(0.7) else None,
        "country": home.name if dice.chance(0.85) else None,
        "owner": dice.pick(OWNERS) if dice.chance(0.75) else None,
    }


def _address(given: str, family: str, domain: str, taken: set[str]) -> str:
    local = f"{_plain(given)}.{_plain(family)}"
    address, number = f"{local}@{domain}", 1
    while address in taken:
        number += 1
        address = f"{local}{number}@{domain}"
    taken.add(address)
    return address


def _plain(text: str) -> str:
    """Lower-case ASCII letters, digits, spaces and nothing else."""
    folded = unicodedata.normalize("NFKD", text.lower().translate(_NOT_DECOMPOSED))
    return "".join(sign for sign in folded if sign.isascii() and (sign.isalnum() or sign == " "))


def _employ(world: World, dice: Dice, contact: SampleRecord, employer: SampleRecord) -> None:
    labels = ("primary",) if dice.chance(0.9) else ()
    billing = ("billing",) if dice.chance(0.07) else ()
    world.join(contact, employer, *labels, *billing)
    world.contacts_of[employer.id].append(contact)


def _advise(world: World, dice: Dice, contact: SampleRecord, client: SampleRecord) -> None:
    world.join(contact, client, *(("billing",) if dice.chance(0.3) else ()))
    if contact not in world.contacts_of[client.id]:
        world.contacts_of[client.id].append(contact)


def _join_groups(world: World, dice: Dice, companies: list[SampleRecord]) -> None:
    """Parent companies: a small company may belong to a bigger one, which comes before it."""
    for rank, company in enumerate(companies):
        if rank and dice.chance(0.12):
            world.join(companies[dice.between(0, (rank - 1) // 2)], company, "parent")


def _join_teams(world: World, dice: Dice) -> None:
    """Managers: somebody who came to the company earlier; and a few colleagues who just know each other."""
    for staff in world.contacts_of.values():
        for position, person in enumerate(staff):
            if position and dice.chance(0.3):
                manager = staff[dice.between(0, (position - 1) // 4)]
                world.join(manager, person, "manager")
            elif position and dice.chance(0.05):
                other = staff[dice.between(0, position - 1)]
                world.join(other, person, "colleague")
