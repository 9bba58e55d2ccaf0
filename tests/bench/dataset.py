"""The graph that is measured: made from numbers alone, so each run and each engine has the same records and ids.

Of ``n`` contacts each belongs to one company of ``n / 20``, every third to a second one; companies have two or three
deals, each with a ticket. Beside them stand a hub, a company with up to 50,000 contacts, three of them labelled
*billing*, and two sets of 500 contacts: ``SHARED``, twenty to a company, and ``ALONE``, each with a company of its own,
whose companies have five deals with three tickets each.

``fill`` writes with the writer's own rows and statements, thousands at a time and without what serves writers that
meet each other (locks, claims) or come later (the change log); a test compares the outcome with the writer's.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from graphdb.bootstrap import build_index, prepare, wanted_indexes
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import MONEY_SCALE
from graphdb.writer import stages, statements
from graphdb.writer.records import RecordState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore, Transaction

VERSION: Final = 2
"""Of what is loaded: a stored graph of another version is loaded anew."""
CONTACTS_PER_COMPANY: Final = 20
HUB_CONTACTS_MAX: Final = 50_000
HUB_LABELLED: Final = 3
SET_CONTACTS: Final = 500
SHARED_A_COMPANY: Final = 20
SHARED: Final = "shared-team"
ALONE: Final = "lone-team"
"""The owners of the two sets, by which lists choose them."""
BATCH: Final = 5_000
AT_ONCE: Final = 3
EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)

_KINDS: Final = {"company": 1, "deal": 2, "ticket": 3, "contact": 4}
_FIRST: Final = ("Ada", "Alan", "Barbara", "Claude", "Edsger", "Frances", "Grace", "Hedy", "John", "Katherine", "Kurt")
_HEADS: Final = ("Ab", "Be", "Co", "Du", "El", "Fa", "Go", "Hu", "Ir", "Ja")
_MIDDLES: Final = ("ra", "ne", "li", "mo", "tu", "ba", "de", "fi", "go", "ku")
_TAILS: Final = ("son", "ski", "man", "berg", "ley", "dez", "ini", "sen", "wood", "stein")
_INDUSTRIES: Final = ("SOFTWARE", "FINANCE", "RETAIL", "INSURANCE", "TELECOMMUNICATIONS")
_COUNTRIES: Final = ("DE", "FR", "GB", "NL", "PL", "US")
_STAGES: Final = ("LEAD", "OPPORTUNITY", "SUBSCRIBER")
_DEAL_STAGES: Final = ("PROSPECTING", "ENGAGING", "CONTRACT_SENT", "CLOSED_WON", "CLOSED_LOST")
_PRIORITIES: Final = ("LOW", "MEDIUM", "HIGH")
_TICKET_STAGES: Final = ("NEW", "OPEN", "CLOSED")
_OWNERS: Final = 40
_SPREAD: Final = 2_654_435_761
_SCATTER: Final = 7_919
_SCATTER_AGAIN: Final = 104_729
_DAYS: Final = 700


def record_id(kind: str, number: int) -> str:
    """The id of a record: of one type they sort by number."""
    return f"0190000{_KINDS[kind]}{number:08x}7000800000000000"


def email_of(number: int) -> str:
    """A contact's unique address."""
    return f"contact{number}@bench.example"


@dataclass(frozen=True, slots=True)
class Pair:
    """An association, in the direction in which it is stored, with its labels by name."""

    kinds: tuple[str, str]
    start: int
    end: int
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dataset:
    """All records and associations around ``contacts`` contacts."""

    contacts: int
    set_contacts: int = SET_CONTACTS

    def __post_init__(self) -> None:
        least = 2 * self.set_contacts + CONTACTS_PER_COMPANY
        if self.contacts < least:
            raise ValueError(f"expected at least {least:,} contacts, found {self.contacts:,}")

    @property
    def shared_companies(self) -> int:
        """How many companies the first set has; those of the second follow."""
        return self.set_contacts // SHARED_A_COMPANY

    @property
    def _set_companies(self) -> int:
        return self.shared_companies + self.set_contacts

    @property
    def _plain_companies(self) -> int:
        return self.contacts // CONTACTS_PER_COMPANY

    @property
    def companies(self) -> int:
        """How many: those of the two sets, the others, and the hub, which is the last."""
        return self._set_companies + self._plain_companies + 1

    @property
    def hub(self) -> int:
        """The hub's number."""
        return self.companies - 1

    @property
    def hub_contacts(self) -> int:
        """How many contacts the hub has: the last ones."""
        return min(HUB_CONTACTS_MAX, self.contacts // 2)

    @property
    def count(self) -> int:
        """How many records there are."""
        deals = sum(self._deals_of(company) for company in range(self.companies))
        tickets = sum(self._deals_of(company) * self._tickets_a_deal(company) for company in range(self.companies))
        return self.contacts + self.companies + deals + tickets

    def _deals_of(self, company: int) -> int:
        if company == self.hub:
            return 0
        return 5 if company < self._set_companies else 2 + company % 2

    def _tickets_a_deal(self, company: int) -> int:
        return 3 if company < self._set_companies else 1

    def records(self) -> Iterator[tuple[str, int, dict[str, Any]]]:
        """Each record as its object type, number and stored values; companies first, contacts last."""
        for number in range(self.companies):
            yield "company", number, _company(number, hub=number == self.hub)
        deal = ticket = 0
        for company in range(self.companies):
            for _ in range(self._deals_of(company)):
                yield "deal", deal, _deal(deal)
                deal += 1
        for company in range(self.companies):
            for _ in range(self._deals_of(company) * self._tickets_a_deal(company)):
                yield "ticket", ticket, _ticket(ticket)
                ticket += 1
        for number in range(self.contacts):
            owner = SHARED if number < self.set_contacts else ALONE if number < 2 * self.set_contacts else None
            yield "contact", number, _contact(number, owner)

    def pairs(self) -> Iterator[Pair]:
        """Each association, by type."""
        deal = 0
        for company in range(self.companies):
            for _ in range(self._deals_of(company)):
                yield Pair(("company", "deal"), company, deal, ("primary",) if deal % 2 else ())
                deal += 1
        deal = ticket = 0
        for company in range(self.companies):
            for _ in range(self._deals_of(company)):
                for _ in range(self._tickets_a_deal(company)):
                    yield Pair(("deal", "ticket"), deal, ticket)
                    ticket += 1
                deal += 1
        for number in range(self.contacts):
            yield from self._companies_of(number)

    def _companies_of(self, number: int) -> Iterator[Pair]:
        kinds = ("contact", "company")
        if number < self.set_contacts:
            yield Pair(kinds, number, number // SHARED_A_COMPANY, ("primary",))
            return
        if number < 2 * self.set_contacts:
            yield Pair(kinds, number, self.shared_companies + number - self.set_contacts, ("primary",))
            return
        plain, first = self._plain_companies, self._set_companies
        main = first + number * _SCATTER % plain
        yield Pair(kinds, number, main, ("primary",))
        in_hub = number - (self.contacts - self.hub_contacts)
        if in_hub >= 0:
            nth, rest = divmod(in_hub, self.hub_contacts // HUB_LABELLED)
            labelled = rest == 1 and nth < HUB_LABELLED
            yield Pair(kinds, number, self.hub, ("billing",) if labelled else ())
        elif number % 3 == 0:
            second = first + (number * _SCATTER_AGAIN + 1) % plain
            if second != main:
                yield Pair(kinds, number, second)


def _spread(number: int) -> int:
    """A number that seems random, the same for the same number."""
    return number * _SPREAD % 2**32 >> 7


def _company(number: int, *, hub: bool) -> dict[str, Any]:
    some = _spread(number)
    return {
        "name": "The hub" if hub else f"{_HEADS[some % 10]}{_MIDDLES[some // 10 % 10]} {number}",
        "domain": f"company{number}.example",
        "industry": _INDUSTRIES[some % 5],
        "employees": some % 5_000,
        "country": _COUNTRIES[some % 6],
        "city": f"City {some % 300}",
        "annualRevenue": (some % 90_000_000) * MONEY_SCALE,
    }


def _deal(number: int) -> dict[str, Any]:
    some = _spread(number)
    stage = _DEAL_STAGES[some % 5]
    return {
        "name": f"Deal {number}",
        "amount": (1_000 + some % 400_000) * MONEY_SCALE + some % 100 * 100,
        "stage": stage,
        "closeDate": date(2025, 1, 1) + timedelta(days=some % _DAYS),
        "priority": _PRIORITIES[some % 3],
        "owner": f"owner-{some % _OWNERS}",
    }


def _ticket(number: int) -> dict[str, Any]:
    some = _spread(number)
    return {
        "subject": f"Ticket {number}: {_MIDDLES[some % 10]} does not {_MIDDLES[some // 10 % 10]}",
        "ticketNumber": f"T-{number}",
        "stage": _TICKET_STAGES[some % 3],
        "priority": _PRIORITIES[some // 3 % 3],
        "owner": f"owner-{some % _OWNERS}",
    }


def _contact(number: int, owner: str | None) -> dict[str, Any]:
    some = _spread(number)
    values = {
        "email": email_of(number),
        "firstName": _FIRST[some % len(_FIRST)],
        "lastName": f"{_HEADS[some % 10]}{_MIDDLES[some // 10 % 10]}{_TAILS[some // 100 % 10]}",
        "phone": f"+4930{100_000 + some % 800_000}",
        "jobTitle": f"{_MIDDLES[some // 7 % 10]} manager",
        "lifecycleStage": _STAGES[some % 3] if some // 13 % 4 else "CUSTOMER",
        "owner": f"owner-{some % _OWNERS}",
        "city": f"City {some % 300}",
        "country": _COUNTRIES[some % 6],
        "score": float(some // 11 % 100),
    }
    if owner is not None:
        values |= {"owner": owner, "lifecycleStage": "SUBSCRIBER"}
    elif some % 20 == 0:
        del values["lastName"]
    return values


async def fill(store: GraphStore, catalog: Catalog, dataset: Dataset, progress: Callable[[str], None]) -> float:
    """Fill an empty graph and return how many records a second were written.

    Args:
        store: Where to.
        catalog: Its data model, of the standard object types.
        dataset: What.
        progress: Told what is going on.

    Raises:
        StoreError: The engine failed; the graph is then to be thrown away.
    """
    await prepare(store, catalog)
    started = time.perf_counter()
    done = 0

    def count(written: int) -> None:
        nonlocal done
        done += written
        progress(f"{done:,} of {dataset.count:,} records, {done / (time.perf_counter() - started):,.0f} a second")

    await _all(store, _record_batches(catalog, dataset), count)
    seconds = time.perf_counter() - started
    pairs = 0

    def joined(written: int) -> None:
        nonlocal pairs
        pairs += written
        progress(f"{pairs:,} associations and labels")

    await _all(store, _pair_batches(catalog, dataset), joined, at_once=1)
    return dataset.count / seconds


async def build(store: GraphStore, catalog: Catalog, progress: Callable[[str], None]) -> None:
    """Build every index that the catalog wants: afterwards, for it costs more with each record.

    Raises:
        StoreError: The engine could not build one.
    """
    indexes = wanted_indexes(store, catalog)
    progress(f"{len(indexes)} indexes")
    await asyncio.gather(*(build_index(store, index) for index in indexes))


async def _all(
    store: GraphStore,
    batches: Iterator[tuple[Statement, int]],
    done: Callable[[int], None],
    *,
    at_once: int = AT_ONCE,
) -> None:
    """Run statements, each in a transaction of its own, some at a time: while one waits the next is made."""
    waiting: set[asyncio.Task[None]] = set()
    for statement, size in batches:
        waiting.add(asyncio.create_task(_write(store, statement, size, done)))
        if len(waiting) >= at_once:
            finished, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in finished:
                task.result()
    await asyncio.gather(*waiting)


async def _write(store: GraphStore, statement: Statement, size: int, done: Callable[[int], None]) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(statement)

    await store.write(work, timeout_s=120)
    done(size)


def _record_batches(catalog: Catalog, dataset: Dataset) -> Iterator[tuple[Statement, int]]:
    for kind, rows in _chunks((kind, (number, values)) for kind, number, values in dataset.records()):
        object_type = catalog.by_name[kind]
        created = [
            RecordState(
                id=record_id(kind, number),
                type=object_type,
                new=True,
                values=values | stages.settle(object_type, {}, values, None),
            ).created_row()
            for number, values in rows
        ]
        moment = EPOCH + timedelta(minutes=rows[0][0] // BATCH + _KINDS[kind])
        yield create(quote(object_type.node_label), created, moment), len(rows)


def create(node_label: str, rows: list[list[Any]], moment: datetime) -> Statement:
    """The writer's statement for new records, with their keys made in it instead of claimed before."""
    text = (
        f"UNWIND $p.rows AS row CREATE (r:Record:{node_label} {{rev: 1}}) SET r += row[0] "
        "SET r.createdAt = $p.now, r.updatedAt = $p.now "
        "WITH r, row UNWIND row[1] AS key CREATE (:_Key {k: key, of: r.id, _lock: r.id})-[:OF]->(r)"
    )
    return Statement(text, {"rows": rows, "now": moment})


def _pair_batches(catalog: Catalog, dataset: Dataset) -> Iterator[tuple[Statement, int]]:
    definitions = {(one.start, one.end): one for one in catalog.associations}
    for kinds, pairs in _chunks((pair.kinds, pair) for pair in dataset.pairs()):
        association = definitions[kinds]
        start, end = kinds
        rows: list[list[Any]] = []
        labelled: defaultdict[str, list[list[Any]]] = defaultdict(list)
        for pair in pairs:
            ends = [record_id(start, pair.start), record_id(end, pair.end)]
            rows.append([*ends, list(pair.labels) or None])
            for label in pair.labels:
                labelled[label].append(ends)
        yield statements.create_pairs(association.relationship_type, rows, EPOCH), len(rows)
        for label in association.labels:
            if label.name in labelled:
                yield statements.add_label(label.relationship_type, labelled[label.name]), len(labelled[label.name])


def _chunks(items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[Any, list[Any]]]:
    """Items that follow each other and have one key, at most ``BATCH`` at a time."""
    key: Any = None
    chunk: list[Any] = []
    iterator = iter(items)
    while taken := list(islice(iterator, BATCH)):
        for found, item in taken:
            if chunk and (found != key or len(chunk) == BATCH):
                yield key, chunk
                chunk = []
            key = found
            chunk.append(item)
    if chunk:
        yield key, chunk
