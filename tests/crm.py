"""A small CRM made by hand, in which everything that lists and labels have to get right happens at least once.

Unset values, equal values to sort by, texts of every kind, several labels on a pair, paired labels within a type in
both directions, a symmetric label, a company that everybody works for, records that stand alone.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.sample import Sample, SampleAssociation, SampleRecord, generate

HOSTILE_TEXT = (
    'O\'Brien "The" `Tick`',
    "}) DETACH DELETE n //",
    "\\u0060 ` \\ $p.v0 {id: 1}",
    "\U0001d54c\U0001d55f\U0001d55a \U0001f469\u200d\U0001f680 ÅÄÖ",
    "line\u2028break\ttab\nnewline",
    "漢字 שלום",
)

_START = datetime(2024, 2, 29, 12, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def minted(number: int) -> str:
    """The id of the record with this number; a higher number is a later record."""
    milliseconds = (_START - _EPOCH) // _MILLISECOND + number
    return f"{(milliseconds << 80) | (0x7 << 76) | (0b10 << 62) | number:032x}"


class _Maker:
    def __init__(self) -> None:
        self.records: dict[str, list[SampleRecord]] = {}
        self.pairs: list[SampleAssociation] = []
        self._number = 0

    def add(self, object_type: str, **values: Any) -> SampleRecord:
        self._number += 1
        record = SampleRecord(
            id=minted(self._number),
            type=object_type,
            values={name: value for name, value in values.items() if value is not None},
            created_at=_START + self._number * _MILLISECOND,
        )
        self.records.setdefault(object_type, []).append(record)
        return record

    def join(self, start: SampleRecord, end: SampleRecord, *labels: str) -> None:
        self.pairs.append(
            SampleAssociation(start_type=start.type, start_id=start.id, end_type=end.type, end_id=end.id, labels=labels)
        )


def odd_crm() -> Sample:
    """The CRM made by hand."""
    maker = _Maker()
    companies = _companies(maker)
    contacts = _contacts(maker)
    deals = _deals(maker)
    tickets = _tickets(maker)
    notes = [
        maker.add("note", body="First\nsecond", attachments='{"a":[1,null,"x"]}', pinned=True),
        maker.add("note", attachments="[]", pinned=False),
        maker.add("note", body=HOSTILE_TEXT[1]),
    ]
    _join_people(maker, contacts, companies)
    _join_business(maker, contacts, companies, deals, tickets)
    for note in notes[:2]:
        maker.join(contacts[0], note)
        maker.join(companies[0], note)
    return Sample(seed=0, scale=0, records=maker.records, associations=maker.pairs)


def whole_crm(scale: float = 0.02) -> Sample:
    """The CRM made by hand and a little of the generated one."""
    odd, made = odd_crm(), generate(scale)
    names = list(dict.fromkeys((*made.records, *odd.records)))
    return Sample(
        seed=made.seed,
        scale=scale,
        records={
            name: sorted((*odd.records.get(name, ()), *made.records.get(name, ())), key=lambda record: record.id)
            for name in names
        },
        associations=[*odd.associations, *made.associations],
    )


def _companies(maker: _Maker) -> list[SampleRecord]:
    return [
        maker.add("company", name="Hub", domain="hub.example", employees=1, industry="SOFTWARE", annualRevenue=1),
        maker.add("company", name="Same", employees=5, annualRevenue=5_000_000_000_000, listed=True),
        maker.add("company", name="Same", employees=5, annualRevenue=-12_345_678, listed=False),
        maker.add("company", name=HOSTILE_TEXT[0], domain="odd.example", employees=0),
        maker.add("company", name=HOSTILE_TEXT[3], employees=2**53 - 1, annualRevenue=0),
        maker.add("company", domain="nameless.example"),
        maker.add("company"),
    ]


def _contacts(maker: _Maker) -> list[SampleRecord]:
    noon = datetime(2025, 6, 1, 12, tzinfo=UTC)
    first = [
        maker.add(
            "contact",
            email="ada@hub.example",
            additionalEmails=["ada@home.example", "countess@hub.example"],
            firstName="Ada",
            lastName="Same",
            score=1.5,
            lastContactedAt=noon,
            lifecycleStage="CUSTOMER",
            buyingRole=["CHAMPION", "DECISION_MAKER"],
            birthDate=date(1815, 12, 10),
            emailOptOut=False,
            age=36,
        ),
        maker.add(
            "contact",
            email="bob@hub.example",
            firstName="Bob",
            lastName="Same",
            score=1.5,
            lastContactedAt=noon + _MILLISECOND,
            lifecycleStage="LEAD",
            emailOptOut=True,
        ),
        maker.add("contact", firstName=HOSTILE_TEXT[1], lastName=HOSTILE_TEXT[2], lastContactedAt=noon),
        maker.add("contact", firstName=HOSTILE_TEXT[3], jobTitle=HOSTILE_TEXT[5], description=HOSTILE_TEXT[4]),
        maker.add("contact", lastName="Same", score=0.0, lifecycleStage="CUSTOMER"),
        maker.add("contact", phone="+16502530000", score=-1e9, birthDate=date(2024, 2, 29)),
        maker.add("contact", externalId="x-1"),
    ]
    crowd = [
        maker.add(
            "contact",
            email=f"worker{number:02}@hub.example",
            firstName="Ann" if number % 3 else None,
            lastName=f"Worker {number % 4}" if number % 5 else None,
            score=float(number % 3) if number % 2 else None,
            lifecycleStage=("LEAD", "CUSTOMER", None)[number % 3],
            owner="Kim" if number % 2 else None,
        )
        for number in range(14)
    ]
    return [*first, *crowd]


def _deals(maker: _Maker) -> list[SampleRecord]:
    return [
        maker.add(
            "deal",
            name="Big",
            stage="CLOSED_WON",
            amount=10_000_000,
            closeDate=date(2025, 1, 31),
            priority="HIGH",
            probability=1.0,
            closedAt=datetime(2025, 1, 31, 23, 59, 59, 999000, tzinfo=UTC),
        ),
        maker.add("deal", name="Big", stage="CLOSED_LOST", amount=10_000_000, closeDate=date(2025, 1, 31)),
        maker.add("deal", name="Small", stage="PROSPECTING", amount=1, priority="LOW", probability=0.1),
        maker.add("deal", name="Fraction", amount=-15_001, priority="LOW"),
        maker.add("deal", name=HOSTILE_TEXT[1], stage="PROSPECTING"),
        maker.add("deal", name="Renewal", stage="RENEWAL_CLOSED_WON", amount=20_000),
        maker.add("deal", name="Alone"),
    ]


def _tickets(maker: _Maker) -> list[SampleRecord]:
    return [
        maker.add(
            "ticket",
            subject=f"Ticket {number % 3}",
            ticketNumber=f"T-{number}" if number % 2 else None,
            priority=("HIGH", "LOW", None)[number % 3],
            stage="CLOSED" if number % 4 == 0 else None,
            content=HOSTILE_TEXT[number % len(HOSTILE_TEXT)],
            satisfactionRating=float(number) if number % 2 else None,
            timesContacted=number % 2 or None,
        )
        for number in range(8)
    ]


def _join_people(maker: _Maker, contacts: list[SampleRecord], companies: list[SampleRecord]) -> None:
    hub = companies[0]
    ada, bob, third, fourth = contacts[:4]
    for position, contact in enumerate(contacts[:6] + contacts[7:]):
        labels = (("primary",), ("primary", "billing"), (), ("billing",))[position % 4]
        maker.join(contact, hub, *labels)
    maker.join(ada, companies[1], "billing", "former_employee")
    maker.join(ada, companies[2], "former_employee")
    maker.join(third, companies[1], "primary")
    # A paired label both from the older record and from the younger one, alone and together with others.
    maker.join(ada, bob, "manager")
    maker.join(third, ada, "manager", "colleague")
    maker.join(bob, third, "colleague")
    maker.join(fourth, bob, "referrer")
    maker.join(bob, fourth, "manager")
    maker.join(ada, fourth)
    maker.join(companies[0], companies[1], "parent")
    maker.join(companies[2], companies[0], "parent", "partner")
    maker.join(companies[1], companies[2], "partner")


def _join_business(
    maker: _Maker,
    contacts: list[SampleRecord],
    companies: list[SampleRecord],
    deals: list[SampleRecord],
    tickets: list[SampleRecord],
) -> None:
    ada, bob, third = contacts[:3]
    for position, deal in enumerate(deals[:6]):
        maker.join(companies[position % 2], deal, *(("primary",), ("primary", "partner"), ("partner",))[position % 3])
        maker.join(contacts[position], deal, *(("decision_maker", "champion"), (), ("champion",))[position % 3])
    maker.join(ada, deals[1], "decision_maker")
    maker.join(bob, deals[0], "budget_holder")
    maker.join(deals[0], deals[5], "original")
    for position, ticket in enumerate(tickets):
        maker.join(deals[position % 3], ticket)
        maker.join(companies[position % 4], ticket, *(("primary",) if position % 2 else ()))
        maker.join((ada, bob, third)[position % 3], ticket, *(("requester",) if position < 5 else ()))
    maker.join(tickets[0], tickets[1], "blocker")
    maker.join(tickets[2], tickets[1], "blocker", "duplicate")
    maker.join(tickets[3], tickets[4], "duplicate")
