"""The kill checker finds fault: sound evidence is damaged by hand, and each damage has to be told."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from app.registry import Registry
from app.settings import Settings
from graphdb.cypher.statement import Statement
from graphdb.journal.sequencer import number_entries
from tests.graph_state import GraphState
from tests.harness import ask, done, empty
from tests.kill.client import Claim, Ledger, State, Write
from tests.kill.evidence import read_evidence
from tests.kill.judge import Evidence, judge, sum_faults
from tests.kill.recount import KEPT, ROLL_UP, recount_faults
from tests.kill.replay import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from graphdb.bolt import BoltStore

A, B, C = "a" * 32, "b" * 32, "c" * 32
DEAL = "d" * 32


def entries() -> list[Entry]:
    """Two contacts, a company and a deal; one contact is merged into the other, the deal moves on."""
    return [
        Entry("CREATED", "CONTACT", A, 1, {"email": (None, "a@x.org"), "city": (None, "t1")}),
        Entry("CREATED", "CONTACT", B, 1, {"email": (None, "b@x.org"), "city": (None, "t2")}),
        Entry("CREATED", "COMPANY", C, 1, {"domain": (None, "c.org"), "city": (None, "t3")}),
        Entry("ASSOCIATED", "CONTACT", B, None, {}, C, ("billing",)),
        Entry("UPDATED", "CONTACT", A, 2, {"city": ("t1", "t4")}),
        Entry("MERGED", "CONTACT", A, 3, {}, B),
        Entry("ASSOCIATED", "CONTACT", A, None, {}, C, ("billing",)),
        Entry("CREATED", "DEAL", DEAL, 1, _deal("PROSPECTING", "t5", "1")),
        Entry(
            "UPDATED",
            "DEAL",
            DEAL,
            2,
            {
                "stage": ("PROSPECTING", "CLOSED_WON"),
                "nextStep": ("t5", "t6"),
                "isClosed": (False, True),
                "stageEnteredAt": ("1", "2"),
                "closedAt": (None, "2"),
            },
        ),
        Entry("ARCHIVED", "DEAL", DEAL, 3),
    ]


def _deal(stage: str, token: str, at: str) -> dict[str, tuple[Any, Any]]:
    given = {"stage": stage, "nextStep": token, "isClosed": False, "stageEnteredAt": at}
    return {name: (None, value) for name, value in given.items()}


def evidence() -> Evidence:
    """A graph that is what those entries tell."""
    contact = {"email": "a@x.org", "city": "t4"}
    company = {"domain": "c.org", "city": "t3"}
    deal = {"stage": "CLOSED_WON", "nextStep": "t6", "isClosed": True, "stageEnteredAt": "2", "closedAt": "2"}
    state = GraphState(
        live={A: ("contact", contact), C: ("company", company)}, archived={DEAL: "deal"}, keys={f"id:{B}": A}
    )
    return Evidence(
        entries=entries(),
        followed=entries(),
        numbers=list(range(1, 11)),
        position=10,
        state=state,
        values={A: contact, C: company, DEAL: deal},
        revisions={A: 3, C: 1, DEAL: 3},
        pairs={frozenset((A, C)): ("billing",)},
    )


def ledger() -> Ledger:
    """Writes that were acknowledged one after the other, and one that was refused."""

    def acknowledged(moment: float, *claims: Claim) -> Write:
        tokens = tuple(claim.token for claim in claims if claim.token)
        return Write("mutation M(", {}, lambda _: list(claims), tokens, "", moment, moment + 0.5, State.DONE)

    return Ledger(
        [
            acknowledged(1, Claim(("CREATED",), A, token="t1", values={"city": "t1"})),
            acknowledged(2, Claim(("CREATED",), B, token="t2"), Claim(("CREATED",), C, token="t3")),
            acknowledged(3, Claim(("ASSOCIATED",), B, C)),
            acknowledged(4, Claim(("CREATED", "UPDATED"), A, token="t4", values={"city": "t4", "email": "a@x.org"})),
            acknowledged(5, Claim(("MERGED",), A)),
            acknowledged(6, Claim(("CREATED",), DEAL, token="t5")),
            acknowledged(7, Claim(("UPDATED",), DEAL, token="t6", values={"stage": "CLOSED_WON"})),
            acknowledged(8, Claim(("ARCHIVED",), DEAL)),
            Write("mutation M(", {}, lambda _: [], ("t7",), "", 9, 10, State.REFUSED),
        ]
    )


def test_sound_evidence_has_no_fault() -> None:
    assert judge(ledger(), evidence()) == []


def _without(found: Evidence, place: int) -> None:
    del found.entries[place]
    del found.followed[place]
    found.numbers.pop()
    found.position -= 1


def _again(found: Evidence, place: int) -> None:
    for log in (found.entries, found.followed):
        log.insert(place, log[place])
    found.numbers.append(found.numbers[-1] + 1)
    found.position += 1


def _swapped(found: Evidence, one: int, other: int) -> None:
    for log in (found.entries, found.followed):
        log[one], log[other] = log[other], log[one]


def _changed(found: Evidence, place: int, **values: Any) -> None:
    for log in (found.entries, found.followed):
        log[place] = replace(log[place], **values)


def _state(found: Evidence) -> GraphState:
    assert found.state is not None
    return found.state


DAMAGES: dict[str, tuple[Callable[[Evidence], Any], str]] = {
    "a record that is not there": (lambda e: _state(e).live.pop(A), "is None in the graph"),
    "a record that nobody created": (lambda e: _state(e).live.update({B: ("contact", {})}), "None by the log"),
    "a record that is live and was archived": (lambda e: _state(e).archived.update({C: "company"}), "in the graph and"),
    "a lost update": (lambda e: e.values[A].update(city="t1"), "differs from what the log tells"),
    "a value that nobody wrote": (lambda e: e.values[C].update(name="x"), "differs from what the log tells"),
    "a revision too many": (lambda e: e.revisions.update({A: 4}), "has the revision 4, and 3 by the log"),
    "a loser that leads nowhere": (lambda e: _state(e).keys.clear(), "does not lead there"),
    "an association that is not there": (lambda e: e.pairs.clear(), "with the labels None"),
    "a label that is not there": (lambda e: e.pairs.update({frozenset((A, C)): ()}), "with the labels ()"),
    "an association that nobody made": (lambda e: e.pairs.update({frozenset((A, DEAL)): ()}), "None by the log"),
    "what the graph's own check finds": (lambda e: _state(e).broken.append("it is there twice"), "it is there twice"),
    "a gap in the numbers": (lambda e: e.numbers.__setitem__(4, 11), "without [5]"),
    "a number given twice": (lambda e: e.numbers.__setitem__(4, 4), "with [4] twice"),
    "an entry without a number": (lambda e: setattr(e, "pending", 1), "1 entries have no number"),
    "a position that is ahead": (lambda e: setattr(e, "position", 11), "it stands at 11"),
    "an entry that came in behind a follower": (lambda e: e.followed.pop(3), "who followed the log read"),
    "a create without its entry": (lambda e: _without(e, 0), "there is no such record"),
    "an update without its entry": (lambda e: _without(e, 4), "is there 0 times"),
    "an update with two entries": (lambda e: _again(e, 4), "is there 2 times"),
    "an association without its entry": (lambda e: _without(e, 3), "was acknowledged 1 times, and is there 0 times"),
    "an association with two entries": (lambda e: _again(e, 3), "were associated before"),
    "an archive without its entry": (lambda e: _without(e, 9), "was acknowledged 1 times, and is there 0 times"),
    "an archive with two entries": (lambda e: _again(e, 9), "it was so before"),
    "a merge without its entry": (lambda e: _without(e, 5), "revision"),
    "revisions out of order": (lambda e: _swapped(e, 4, 5), "revision 3 follows on 1"),
    "an effect before its cause": (lambda e: _swapped(e, 0, 2), "acknowledged before it"),
    "a value before that was not": (
        lambda e: _changed(e, 4, values={"city": ("t0", "t4")}),
        "city was 't1', not 't0'",
    ),
    "a stage without its time": (
        lambda e: _changed(e, 8, values={"stage": ("PROSPECTING", "CLOSED_WON"), "nextStep": ("t5", "t6")}),
        "came to the stage",
    ),
    "another stage than was acknowledged": (
        lambda e: _changed(e, 8, values={"stage": ("PROSPECTING", "CONTRACT_SENT"), "nextStep": ("t5", "t6")}),
        "and the record held",
    ),
    "a write at another record": (lambda e: _changed(e, 1, record=DEAL), "and is there as"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_each_damage_is_told(damage: str) -> None:
    found = deepcopy(evidence())
    change, told = DAMAGES[damage]
    change(found)
    faults = judge(ledger(), found)
    assert any(told in fault for fault in faults), faults


def _with(**values: Any) -> Iterator[Write]:
    yield Write("mutation M(", {}, lambda _: [], **values)


@pytest.mark.parametrize(
    ("write", "told"),
    [
        ({"tokens": ("t4",), "state": State.REFUSED}, ["was refused, and is there [1] times"]),
        ({"tokens": ("t4", "t8")}, ["was not answered, and is there in part: [1, 0]"]),
        ({"tokens": ("t4",)}, []),
        ({"tokens": ("t8", "t9")}, []),
    ],
)
def test_what_was_not_acknowledged_is_there_whole_or_not_at_all(write: dict[str, Any], told: list[str]) -> None:
    found = judge(Ledger([*ledger().writes, *_with(**write)]), evidence())
    assert [fault.partition(" {} ")[2] for fault in found] == told


def test_money_that_came_from_nowhere_is_told() -> None:
    assert list(sum_faults(["1.00", "2.50"], Decimal("3.50"))) == []
    assert len(list(sum_faults(["1.00", "2.51"], Decimal("3.50")))) == 1


SAMPLE = """mutation { a: createCompany(input: {domain: "a.example"}) { created }
  b: createContact(input: {email: "b@a.example", city: "t1", companies: [{domain: "a.example"}]}) { created }
  c: createDeal(input: {name: "c", stage: PROSPECTING, amount: "2.50", companies: [{domain: "a.example"}]}) { created }
  d: updateContact(by: {email: "b@a.example"}, input: {city: "t2"}) { created }
  e: createContact(input: {email: "e@a.example"}) { contact { id } }
  f: mergeContacts(winner: {email: "b@a.example"}, loser: {email: "e@a.example"}) { contact { id } } }"""
GRAPH_DAMAGES = {
    "MATCH (a:Contact)-[r:CONTACT_COMPANY]->(b) CREATE (a)-[:CONTACT_COMPANY]->(b)": "is there twice",
    "MATCH (a:Contact)-[r:CONTACT_COMPANY]->() DELETE r": "are associated with the labels None",
    "MATCH (n:Contact) DETACH DELETE n": "is None in the graph",
    "MATCH (n:Contact) SET n.city = 't1'": "differs from what the log tells",
    "MATCH (n:Contact) SET n.rev = n.rev + 1": "has the revision",
    "MATCH (e:_Change {seq: 3}) DELETE e": "without [3]",
    "MATCH (e:_Change {seq: 3}) SET e.seq = 4": "with [4] twice",
    "MATCH (k:_Key)-[r:OF]->() WHERE k.k STARTS WITH 'contact.email:b' DELETE r": "leads to []",
    "MATCH (k:_Key)-[r:OF]->() WHERE k.k STARTS WITH 'id:' DETACH DELETE k": "does not lead there",
}


RECORDS = "MATCH (n) WHERE n:Record OR n:_Change OR n:_Key OR n:_Log DETACH DELETE n"


@pytest.fixture(scope="module")
async def registry(store: BoltStore) -> Registry:
    """An account with the roll-up of the recount, served."""
    await empty(store)
    registry = await Registry.open(store, Settings())
    await done(registry, ROLL_UP)
    await done(registry, KEPT)
    return registry


@pytest.fixture
async def sample(registry: Registry) -> Registry:
    """The same with a few records, all of whose changes have their numbers."""
    await registry.store.write(lambda tx: tx.run(Statement(RECORDS)))
    await done(registry, SAMPLE)
    await number_entries(registry.store)
    return registry


@pytest.mark.parametrize("damage", [None, *GRAPH_DAMAGES])
async def test_damages_of_a_real_graph_are_told(sample: Registry, damage: str | None) -> None:
    """The evidence is read of a graph that the program has written, and a hand has damaged since."""
    if damage is not None:
        await sample.store.write(lambda tx: tx.run(Statement(damage)))

    async def asking(query: str, **variables: Any) -> dict[str, Any] | None:
        return (await ask(sample, query, variables)).data

    found = await read_evidence(sample.store, sample.catalog, asking, [])
    found.followed = found.entries
    # With no ledger nothing was claimed: what the graph and the log say of each other is looked at, and nothing else.
    faults = [fault for fault in judge(Ledger(), found) if "was acknowledged 0 times" not in fault]
    if damage is None:
        assert faults == []
    else:
        assert any(GRAPH_DAMAGES[damage] in fault for fault in faults), faults


async def test_a_figure_that_is_not_what_a_count_finds_is_told(sample: Registry) -> None:
    lies: dict[str, Any] = {}

    async def asking(query: str) -> dict[str, Any]:
        data: dict[str, Any] = await done(sample, query)
        data["companies"]["nodes"][0] |= lies
        return data

    assert await recount_faults(sample.store, asking) == []
    for name, value in (
        ("openDealsValue", "2.51"),
        ("keptDealsValue", "2.51"),
        ("contacts", {"totalCount": 7}),
        ("id", "x"),
    ):
        lies = {name: value}
        assert await recount_faults(sample.store, asking), name
