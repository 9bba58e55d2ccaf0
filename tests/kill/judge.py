"""What of the evidence cannot be, in words. Pure: it sees what was written down and what was read, and nothing else."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from graphdb.values import MERGED_PREFIX
from tests.kill.client import State
from tests.kill.replay import Entry, Pair, Replay, replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.graph_state import GraphState
    from tests.kill.client import Claim, Ledger

COUNTED = frozenset({"ARCHIVED", "RESTORED", "MERGED", "ASSOCIATED", "DISSOCIATED"})


@dataclass(slots=True)
class Evidence:
    """What was there when all had come to rest.

    Attributes:
        entries: The change log as clients read it, from its beginning.
        followed: The same as one read it who followed it all the while.
        numbers: The numbers of the entries in the graph, sorted.
        pending: How many have none.
        position: What the log says of itself.
        state: The graph, and what is broken in it.
        values: What each record holds, live and archived, as JSON shows it.
        revisions: The revision of each.
        pairs: Labels of each association between live records.
    """

    entries: list[Entry] = field(default_factory=list)
    followed: list[Entry] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    pending: int = 0
    position: int = 0
    state: GraphState | None = None
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    pairs: dict[Pair, tuple[str, ...]] = field(default_factory=dict)


def judge(ledger: Ledger, evidence: Evidence) -> list[str]:
    """Everything that cannot be."""
    told = replay(evidence.entries)
    return [
        *ledger.faults,
        *log_faults(evidence),
        *told.faults,
        *graph_faults(told, evidence),
        *write_faults(ledger, evidence.entries, told),
        *order_faults(ledger, evidence.entries),
        *stage_faults(evidence.entries, told),
    ]


def log_faults(evidence: Evidence) -> Iterator[str]:
    """Gaps, repeats, and entries that a follower missed."""
    wanted = list(range(1, len(evidence.numbers) + 1))
    if evidence.numbers != wanted:
        missing = sorted(set(wanted) - set(evidence.numbers))
        repeated = [number for number, times in Counter(evidence.numbers).items() if times > 1]
        yield f"the change log has {len(wanted)} numbers, without {missing} and with {repeated} twice"
    if evidence.pending:
        yield f"{evidence.pending} entries have no number"
    if not evidence.position == len(evidence.numbers) == len(evidence.entries):
        yield (
            f"the log says that it stands at {evidence.position}, the graph has {len(evidence.numbers)} entries, "
            f"and clients read {len(evidence.entries)}"
        )
    for place, (read, seen) in enumerate(zip(evidence.entries, evidence.followed, strict=False)):
        if read != seen:
            yield f"entry {place + 1} is {read}, and who followed the log read {seen}"
            break
    if len(evidence.followed) != len(evidence.entries):
        yield f"who followed the log read {len(evidence.followed)} of {len(evidence.entries)} entries"


def graph_faults(told: Replay, evidence: Evidence) -> Iterator[str]:
    """What is broken in the graph, and where it is not what the log tells."""
    state = evidence.state
    if state is None:
        raise ValueError("there is no graph to judge")
    yield from state.broken
    there = {one: (kind, False) for one, (kind, _) in state.live.items()}
    there |= {one: (kind, True) for one, kind in state.archived.items()}
    for record in sorted(there.keys() | told.records.keys()):
        found, known = there.get(record), told.records.get(record)
        if found is None or known is None:
            yield f"{record} is {found} in the graph and {known} by the log"
            continue
        if (known.type.lower(), known.archived) != (found[0].lower(), found[1]):
            yield f"{record} is {found} in the graph and {known} by the log"
        if known.rev != evidence.revisions[record]:
            yield f"{record} has the revision {evidence.revisions[record]}, and {known.rev} by the log"
        if known.values != evidence.values[record]:
            differing = known.values.items() ^ evidence.values[record].items()
            yield f"{record} differs from what the log tells in {sorted(differing, key=str)}"
    for loser in told.merged:
        if state.keys.get(f"{MERGED_PREFIX}{loser}") != told.survivor(loser):
            yield f"{loser} was merged into {told.survivor(loser)} and does not lead there"
    live = {pair: labels for pair, labels in told.pairs.items() if told.is_live(pair)}
    for pair in sorted(live.keys() | evidence.pairs.keys(), key=sorted):
        by_log, stored = live.get(pair), evidence.pairs.get(pair)
        if by_log != stored and (by_log is None or stored is None or pair not in told.blurred):
            yield f"{sorted(pair)} are associated with the labels {stored}, and {by_log} by the log"


def write_faults(ledger: Ledger, entries: list[Entry], told: Replay) -> Iterator[str]:
    """Writes that are not there although they were acknowledged, or twice, or although they were refused."""
    merges = {(entry.record, entry.rev) for entry in entries if entry.kind == "MERGED"}
    places: defaultdict[str, list[int]] = defaultdict(list)
    for place, entry in enumerate(entries):
        # A merge gives the winner values that others have written to the loser.
        if entry.kind == "CREATED" or (entry.record, entry.rev) not in merges:
            for _, after in entry.values.values():
                if isinstance(after, str):
                    places[after].append(place)
    claimed: Counter[tuple[str, Pair]] = Counter()
    for write in ledger.writes:
        times = [len(set(places[token])) for token in write.tokens]
        if write.state is State.REFUSED and any(times):
            yield f"{write.name} was refused, and is there {times} times"
        if write.state is State.OPEN and max(times, default=0) > 1:
            yield f"{write.name} was not answered, and is there {times} times"
        if write.state is State.OPEN and len(set(times)) > 1:
            yield f"{write.name} was not answered, and is there in part: {times}"
        for claim in write.claims(write.answer) if write.state is State.DONE else ():
            if not claim.token:
                claimed[claim.kinds[0], _ends(claim)] += 1
                continue
            yield from _claim_faults(write.name, claim, places[claim.token], entries, told)
    if not ledger.in_state(State.OPEN):
        yield from _count_faults(claimed, entries)


def _claim_faults(name: str, claim: Claim, places: list[int], entries: list[Entry], told: Replay) -> Iterator[str]:
    if len(set(places)) != 1:
        yield f"{name} was acknowledged, and is there {len(set(places))} times"
        return
    entry = entries[places[0]]
    if entry.kind not in claim.kinds or entry.record != claim.record:
        yield f"{name} was acknowledged as {claim}, and is there as {entry}"
    after = told.after[places[0]]
    if not claim.values.items() <= after.items():
        yield f"{name} was acknowledged as {claim}, and the record held {after}"


def _count_faults(claimed: Counter[tuple[str, Pair]], entries: list[Entry]) -> Iterator[str]:
    """What has no value of its own to be found by is counted, once the fate of all writes is known."""
    found: Counter[tuple[str, Pair]] = Counter()
    winners = {entry.record for entry in entries if entry.kind == "MERGED"}
    for entry in entries:
        if entry.kind in COUNTED:
            paired = entry.kind in {"ASSOCIATED", "DISSOCIATED"}
            found[entry.kind, frozenset((entry.record, entry.other or "") if paired else (entry.record,))] += 1
    for what in sorted(found.keys() | claimed.keys(), key=str):
        kind, ends = what
        if kind == "ASSOCIATED" and ends & winners:
            continue  # merges associate the winner as well
        if found[what] != claimed[what]:
            yield f"{kind} {sorted(ends)} was acknowledged {claimed[what]} times, and is there {found[what]} times"


def _ends(claim: Claim) -> Pair:
    return frozenset((claim.record,) if claim.other is None else (claim.record, claim.other))


def order_faults(ledger: Ledger, entries: list[Entry]) -> Iterator[str]:
    """Changes that come before one that was acknowledged before they were sent."""
    places: dict[str, int] = {}
    for place, entry in enumerate(entries):
        for _, after in entry.values.values():
            if isinstance(after, str):
                places.setdefault(after, place)
    done = [write for write in ledger.in_state(State.DONE) if all(token in places for token in write.tokens)]
    done = [write for write in done if write.tokens]
    acknowledged = sorted(done, key=lambda write: write.answered_at)
    latest, next_one = (-1, ""), 0
    for write in sorted(done, key=lambda write: write.sent_at):
        while next_one < len(acknowledged) and acknowledged[next_one].answered_at < write.sent_at:
            before = acknowledged[next_one]
            latest = max(latest, (max(places[token] for token in before.tokens), before.name))
            next_one += 1
        own = min(places[token] for token in write.tokens)
        if own < latest[0]:
            yield f"{write.name} is entry {own + 1}, before {latest[0] + 1}, acknowledged before it: {latest[1]}"


def stage_faults(entries: list[Entry], told: Replay) -> Iterator[str]:
    """Records that came to a stage without the time of it, or are closed where their stage is open."""
    for place, entry in enumerate(entries):
        if entry.type.upper() != "DEAL" or "stage" not in entry.values:
            continue
        after = told.after[place]
        closed = str(after.get("stage")).startswith("CLOSED")
        if "stageEnteredAt" not in entry.values or after.get("isClosed") is not closed:
            yield f"entry {place + 1}: {entry.record} came to the stage {after.get('stage')} with {after}"
        if closed != ("closedAt" in after):
            yield f"entry {place + 1}: {entry.record} is at {after.get('stage')}, closed at {after.get('closedAt')}"


def sum_faults(amounts: list[str], wanted: Decimal) -> Iterator[str]:
    """Amounts between accounts that came from nowhere, or went there."""
    found = sum((Decimal(amount) for amount in amounts), Decimal(0))
    if found != wanted:
        yield f"the accounts hold {found} together, not {wanted}: {amounts}"
