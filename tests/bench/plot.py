"""Lines on two logarithmic axes, as SVG: enough for latencies over sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

WIDTH: Final = 420
HEIGHT: Final = 300
_LEFT: Final = 58
_RIGHT: Final = 12
_TOP: Final = 34
_BOTTOM: Final = 46
_LEGEND: Final = 34
COLOURS: Final = ("#1565c0", "#9e9e9e", "#c62828", "#ef6c00")


@dataclass(frozen=True, slots=True)
class Line:
    """A side: its points as ``(size, milliseconds)``."""

    name: str
    points: Sequence[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Panel:
    """One diagram."""

    title: str
    axis: str
    lines: Sequence[Line]


def draw(panels: Sequence[Panel]) -> str:
    """The panels side by side, with one legend below."""
    width, height = WIDTH * len(panels), HEIGHT + _LEGEND
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="system-ui, sans-serif" font-size="11">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for index, panel in enumerate(panels):
        parts += [f'<g transform="translate({index * WIDTH} 0)">', *_panel(panel), "</g>"]
    names = [line.name for line in panels[0].lines] if panels else []
    for index, name in enumerate(names):
        left, middle = _LEFT + index * 150, HEIGHT + _LEGEND / 2
        line = f'x1="{left}" x2="{left + 22}" y1="{middle}" y2="{middle}"'
        parts += [
            f'<line {line} stroke="{COLOURS[index]}" stroke-width="3"/>',
            f'<text x="{left + 28}" y="{middle + 4}" fill="#212121">{escape(name)}</text>',
        ]
    return "\n".join([*parts, "</svg>", ""])


def _panel(panel: Panel) -> Iterator[str]:
    yield f'<text x="{_LEFT}" y="18" font-weight="600" fill="#212121">{escape(panel.title)}, median ms</text>'
    points = [point for line in panel.lines for point in line.points]
    if not points:
        yield f'<text x="{_LEFT}" y="{HEIGHT / 2}" fill="#757575">not measured</text>'
        return
    across = _scale([x for x, _ in points], _LEFT + 8, WIDTH - _RIGHT - 8)
    up = _scale([y for _, y in points], HEIGHT - _BOTTOM, _TOP)
    for mark in _decades([y for _, y in points]):
        level = up(mark)
        yield f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{level:.1f}" y2="{level:.1f}" stroke="#e0e0e0"/>'
        yield f'<text x="{_LEFT - 6}" y="{level + 4:.1f}" text-anchor="end" fill="#616161">{mark:,g}</text>'
    for size in sorted({x for x, _ in points}):
        yield (
            f'<text x="{across(size):.1f}" y="{HEIGHT - _BOTTOM + 18}" text-anchor="middle" fill="#616161">'
            f"{size:,.0f}</text>"
        )
    yield (
        f'<text x="{(WIDTH + _LEFT) / 2}" y="{HEIGHT - 10}" text-anchor="middle" fill="#212121">'
        f"{escape(panel.axis)}</text>"
    )
    for colour, line in zip(COLOURS, panel.lines, strict=False):
        path = " ".join(f"{across(x):.1f},{up(y):.1f}" for x, y in line.points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for x, y in line.points:
            yield f'<circle cx="{across(x):.1f}" cy="{up(y):.1f}" r="3" fill="{colour}"/>'


def _decades(values: Sequence[float]) -> list[float]:
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return [10.0**power for power in range(first, max(last, first + 1) + 1)]


def _scale(values: Sequence[float], start: float, end: float) -> Callable[[float], float]:
    """From a value to its place, by its logarithm; up axes reach to whole decades."""
    marks = _decades(values) if end < start else values
    low, high = math.log10(min(marks)), math.log10(max(marks))
    spread = (high - low) or 1.0
    return lambda value: start + (math.log10(value) - low) / spread * (end - start)
