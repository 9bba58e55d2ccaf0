"""What is aimed at, and how far the figures of a run are from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.bench.case import BARE, LOADERS, NESTED, OURS, PEER, TWO_WORKERS
from tests.bench.cases import NESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.bench.results import Results

NEO4J: Final = "neo4j"
PEER_SCALE: Final = 300_000
LARGE_NESTS: Final = tuple(size for size in NESTS if size > 1)


@dataclass(frozen=True, slots=True)
class Measured:
    """A figure beside its target: as text, and whether it is met."""

    shown: str
    met: bool


@dataclass(frozen=True, slots=True)
class Target:
    """An aim, and how it is read off the results on Neo4j; None where they do not say."""

    aim: str
    read: Callable[[Sequence[Results]], Measured | None]


def _largest(found: Sequence[Results], case: str = "", *sides: str) -> Results | None:
    """The results on the largest graph on which these sides of a case were measured."""
    known = (one for one in found if one.engine == NEO4J and set(sides) <= one.cases.get(case, {}).keys())
    return max(known, key=lambda one: one.scale, default=None)


def _at(found: Sequence[Results], scale: int) -> Results | None:
    """Those of a scale, else of the largest."""
    return next((one for one in found if one.engine == NEO4J and one.scale == scale), None) or _largest(found)


def _ratio(one: Results | None, case: str, over: str, under: str, figure: str = "p50_1") -> float | None:
    """A figure of one side over another's."""
    sides = one.cases.get(case, {}) if one else {}
    above, below = sides.get(over, {}).get(figure), sides.get(under, {}).get(figure)
    return above / below if above and below else None


def _all(
    cases: Sequence[str], over: str, under: str, *, figure: str = "p50_1", most: float | None = None, least: float = 0.0
) -> Callable[[Sequence[Results]], Measured | None]:
    """Each case's ratio between two sides, on the largest graph."""

    def read(found: Sequence[Results]) -> Measured | None:
        ratios = {case: _ratio(_largest(found, case, over, under), case, over, under, figure) for case in cases}
        known = {case: ratio for case, ratio in ratios.items() if ratio is not None}
        if not known:
            return None
        shown = ", ".join(f"{case}: {_times(ratio)}" for case, ratio in known.items())
        return Measured(shown, all(least <= ratio <= (most or ratio) for ratio in known.values()))

    return read


def _small_nest(found: Sequence[Results]) -> Measured | None:
    one = _largest(found, "nest-1", OURS, BARE)
    if one is None:
        return None
    sides = one.cases["nest-1"]
    more = sides[OURS]["p50_1"] - sides[BARE]["p50_1"]
    return Measured(f"nest-1: {more:+.1f} ms", more <= 2)


def _flat(found: Sequence[Results]) -> Measured | None:
    """The same pages on the smallest and the largest graph."""
    known = sorted(
        (one for one in found if one.engine == NEO4J and "page-1000" in one.cases), key=lambda one: one.scale
    )
    if len(known) < 2:
        return None
    small, large = known[0], known[-1]
    ratios = {
        case: large.cases[case][OURS]["p50_1"] / small.cases[case][OURS]["p50_1"]
        for case in ("first-page", "page-1000")
        if case in large.cases and case in small.cases
    }
    if not ratios:
        return None
    shown = ", ".join(f"{case}: {_times(ratio)}" for case, ratio in ratios.items())
    return Measured(f"{shown} ({large.scale:,} to {small.scale:,})", max(ratios.values()) <= 1.5)


def _pages_of_peer(found: Sequence[Results]) -> Measured | None:
    one = _at(found, PEER_SCALE)
    if one is None:
        return None
    ratios = {case: _ratio(one, case, PEER, OURS) for case in ("first-page", "page-1000")}
    known = {case: ratio for case, ratio in ratios.items() if ratio is not None}
    if not known:
        return None
    shown = ", ".join(f"{case}: {_times(ratio)}" for case, ratio in known.items())
    return Measured(f"{shown} (at {one.scale:,})", min(known.values()) >= 30)


def _hub(found: Sequence[Results]) -> Measured | None:
    """The hub has 3 labelled contacts at every scale, of 5,000 or of 50,000."""
    known = [one for one in found if one.engine == NEO4J and OURS in one.cases.get("hub", {})]
    if len(known) < 2:
        return None
    times = {one.scale: one.cases["hub"][OURS]["p50_1"] for one in sorted(known, key=lambda one: one.scale)}
    shown = ", ".join(f"{time:.1f} ms of {min(50_000, scale // 2):,}" for scale, time in times.items())
    return Measured(shown, max(times.values()) <= 2 * min(times.values()))


def _own(case: str, most: float) -> Callable[[Sequence[Results]], Measured | None]:
    def read(found: Sequence[Results]) -> Measured | None:
        one = _largest([one for one in found if case in one.about.get("own", {})])
        return None if one is None else Measured(f"{one.about['own'][case]:.2f} ms", one.about["own"][case] < most)

    return read


def _sharing(found: Sequence[Results]) -> Measured | None:
    ratios = {case: _ratio(_largest(found, case, NESTED, OURS), case, NESTED, OURS) for case in ("shared", "alone")}
    if not (shared := ratios.get("shared")) or not (alone := ratios.get("alone")):
        return None
    met = shared >= 4 and alone >= 0.95
    return Measured(f"20 a company: {_times(shared)}, 1 a company: {_times(alone)}", met)


def _workers(found: Sequence[Results]) -> Measured | None:
    found_at = {case: _largest(found, case, TWO_WORKERS, OURS) for case in ("typename", "one", "nest-50")}
    ratios = {
        case: ratio
        for case, one in found_at.items()
        if (ratio := _ratio(one, case, TWO_WORKERS, OURS, "rps_16")) is not None
    }
    if not ratios:
        return None
    shown = ", ".join(f"{case}: {_times(ratio)}" for case, ratio in ratios.items())
    return Measured(shown, max(ratios.values()) >= 1.7)


def _times(ratio: float) -> str:
    return f"{ratio:.2f}x" if ratio < 10 else f"{ratio:.0f}x"


_NESTS = tuple(f"nest-{size}" for size in NESTS)
TARGETS: Final = (
    Target(
        "four levels from 50 contacts and more: within 1.3x of the bare driver",
        _all([f"nest-{size}" for size in LARGE_NESTS], OURS, BARE, most=1.3),
    ),
    Target("four levels from fewer: within 2 ms of the bare driver", _small_nest),
    Target("four levels: at least 2x ahead of @neo4j/graphql at every size", _all(_NESTS, PEER, OURS, least=2)),
    Target(
        "and at least 3x its requests a second at 16 clients, where the engine is not the bottleneck",
        _all(_NESTS, OURS, PEER, figure="rps_16", least=3),
    ),
    Target(
        "four levels from 500 contacts: at least 10x ahead of Strawberry with DataLoaders",
        _all(["nest-500"], LOADERS, OURS, least=10),
    ),
    Target("first and 1,000th page: the same on the largest graph as on the smallest, within 1.5x", _flat),
    Target("both at least 30x ahead of @neo4j/graphql at 300,000 contacts", _pages_of_peer),
    Target("the hub's labelled contacts: cost by those, not by all of its contacts", _hub),
    Target("our own processor time for a small document seen before: under 0.5 ms", _own("one", 0.5)),
    Target("the same for an answer of 10,000 records, the driver's decoding apart: under 15 ms", _own("records", 15)),
    Target(
        "20 contacts a company: at least 4x faster than each company nested in each contact; 1 a company: no slower",
        _sharing,
    ),
    Target(
        "1,000 contacts created in one request: within 1.25x of the bare driver",
        _all(["create-1000"], OURS, BARE, most=1.25),
    ),
    Target("2 workers: close to twice the requests of 1, until the engine is full", _workers),
)
