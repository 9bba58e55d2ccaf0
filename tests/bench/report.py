"""From figures to ``docs/performance.md``: tables between markers, so that the prose around them stays, and a plot."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.bench import results
from tests.bench.case import BARE, LOADERS, OURS, PEER
from tests.bench.cases import cases
from tests.bench.dataset import Dataset
from tests.bench.engines import ROOT
from tests.bench.plot import Line, Panel, draw
from tests.bench.targets import NEO4J, TARGETS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tests.bench.results import Figures, Results

PAGE: Final = ROOT / "docs" / "performance.md"
PLOT: Final = ROOT / "docs" / "performance.svg"
COMPARED: Final = (OURS, BARE, PEER, LOADERS)
_NONE: Final = "-"
_PART: Final = "<!-- measured: {name} -->\n{text}<!-- end -->"


def write_page() -> None:
    """Write the generated parts of the page, and the plot, from all figures that there are."""
    found = results.every()
    page = PAGE.read_text(encoding="utf-8")
    for name, make in PARTS.items():
        page = replaced(page, name, make(found))
    PAGE.write_text(page, encoding="utf-8")
    PLOT.write_text(plot(found), encoding="utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """The page with another text between the markers of a part.

    Raises:
        ValueError: The page has no such part.
    """
    pattern = re.compile(rf"<!-- measured: {re.escape(name)} -->\n.*?<!-- end -->", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"expected a part <!-- measured: {name} --> … <!-- end --> in the page, found none")
    return pattern.sub(lambda _: _PART.format(name=name, text=text), page)


def machine_text(found: Sequence[Results]) -> str:
    """Where and when."""
    lines = [
        f"- {_engine(one)}, {one.scale:,} contacts: {one.about.get('engine', '?')} on {one.about.get('machine', '?')}, "
        f"{one.about.get('at', '?')[:10]}"
        for one in found
    ]
    return "".join(f"{line}\n" for line in lines)


def targets_table(found: Sequence[Results]) -> str:
    """Each aim with what was measured."""
    rows = []
    for target in TARGETS:
        measured = target.read(found)
        verdict = "not measured" if measured is None else "met" if measured.met else "**missed**"
        rows.append((target.aim, measured.shown if measured else _NONE, verdict))
    return _table(("target", "measured", ""), rows)


def sides_tables(found: Sequence[Results]) -> str:
    """Each case, side by side: latency with one client, and requests a second with 16."""
    return "\n".join(f"{_heading(one)}\n{_sides_table(one)}" for one in found)


def _sides_table(one: Results) -> str:
    titles = _titles()
    rows = [(titles.get(case, case), *(_both(sides.get(side)) for side in COMPARED)) for case, sides in _in_order(one)]
    return _table(("ms at 1 client (requests/s at 16)", *COMPARED), rows)


def ours_tables(found: Sequence[Results]) -> str:
    """Our side in full."""
    heads = ("", "p50", "p99", "p50 of 16", "p99 of 16", "requests/s", "bytes", "our CPU", "engine's CPU", "memory")
    titles = _titles()
    parts = []
    for one in found:
        rows = [
            (
                titles.get(case, case),
                *(_ms(ours.get(name)) for name in ("p50_1", "p99_1", "p50_16", "p99_16")),
                _count(ours.get("rps_16")),
                _count(ours.get("bytes")),
                *(_ms(ours.get(name)) for name in ("cpu_ms", "engine_cpu_ms")),
                f"{ours['rss_mb']:.0f} MB",
            )
            for case, sides in _in_order(one)
            if (ours := sides.get(OURS))
        ]
        parts.append(f"{_heading(one)}\n{_table(heads, rows)}")
    return "\n".join(parts)


def own_table(found: Sequence[Results]) -> str:
    """Our own processor time by case."""
    titles = _titles()
    known = [one for one in found if one.about.get("own") and one.engine == NEO4J]
    if not known:
        return "Not measured.\n"
    own: Mapping[str, float] = known[-1].about["own"]
    return _table(("", "ms of processor time"), [(titles.get(case, case), f"{took:.2f}") for case, took in own.items()])


def plot(found: Sequence[Results]) -> str:
    """How latency goes with the number of contacts in the graph, and with the number that is asked for."""
    on_neo4j = [one for one in found if one.engine == NEO4J]
    by_scale = [
        Line(side, [(one.scale, taken) for one in on_neo4j if (taken := _p50(one, "first-page", side))])
        for side in COMPARED
    ]
    largest = on_neo4j[-1] if on_neo4j else None
    by_parents = [
        Line(side, [(size, taken) for size in (1, 50, 500, 2_000) if (taken := _p50(largest, f"nest-{size}", side))])
        for side in COMPARED
    ]
    scale = f"{largest.scale:,}" if largest else "0"
    return draw(
        [
            Panel("First page, sorted and filtered", "contacts in the graph", by_scale),
            Panel(f"Four levels, {scale} contacts in the graph", "contacts asked for", by_parents),
        ]
    )


def _p50(one: Results | None, case: str, side: str) -> float | None:
    return one.cases.get(case, {}).get(side, {}).get("p50_1") if one else None


PARTS: Final[Mapping[str, Callable[[Sequence[Results]], str]]] = {
    "machine": machine_text,
    "targets": targets_table,
    "sides": sides_tables,
    "ours": ours_tables,
    "own": own_table,
}
"""The parts of the page that are generated, by the name in their markers."""


def _titles() -> dict[str, str]:
    return {case.name: case.title for case in cases(Dataset(10_000), "")}


def _in_order(one: Results) -> list[tuple[str, dict[str, Figures]]]:
    order = list(_titles())
    return sorted(one.cases.items(), key=lambda item: order.index(item[0]) if item[0] in order else len(order))


def _engine(one: Results) -> str:
    return "Neo4j" if one.engine == NEO4J else "Embedded engine"


def _heading(one: Results) -> str:
    return f"#### {_engine(one)}, {one.scale:,} contacts\n"


def _both(figures: Figures | None) -> str:
    if figures is None:
        return _NONE
    rate = figures.get("rps_16")
    return f"{_ms(figures['p50_1'])} ({_count(rate)})"


def _ms(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{value:.2f}" if value < 1 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def _count(value: float | None) -> str:
    if value is None:
        return _NONE
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
