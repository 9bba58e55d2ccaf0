"""Figures of runs, kept as JSON: one file for each engine and scale, so that runs of a part add up to one report."""

from __future__ import annotations

import os
import platform
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson
import psutil

from tests.bench.engines import KEPT

if TYPE_CHECKING:
    from pathlib import Path

FOLDER: Final = KEPT / "results"

Figures = dict[str, Any]
"""Of one side of one case: ``p50_1``, ``p99_1``, ``p50_16``, ``p99_16``, ``cpu_ms`` and ``engine_cpu_ms`` a request in
milliseconds, ``rps_16`` a second, ``bytes``, ``rss_mb``, and how many ``requests`` with one client and with many."""


@dataclass(slots=True)
class Results:
    """What was measured on one engine at one scale.

    Attributes:
        about: The machine, the engine, when.
        cases: Figures by case and side.
    """

    engine: str
    scale: int
    about: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, dict[str, Figures]] = field(default_factory=dict)

    @classmethod
    def of(cls, engine: str, scale: int) -> Results:
        """Those that there are, or none yet."""
        path = _path(engine, scale)
        if not path.exists():
            return cls(engine, scale)
        found = orjson.loads(path.read_bytes())
        return cls(engine, scale, found["about"], found["cases"])

    def note(self, **facts: Any) -> None:
        """Keep facts about the run."""
        self.about |= {"machine": machine(), **facts}
        self._keep()

    def add(self, case: str, side: str, figures: Figures) -> None:
        """Keep figures in the place of those before."""
        self.cases.setdefault(case, {})[side] = figures
        self._keep()

    def _keep(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        text = orjson.dumps({"about": self.about, "cases": self.cases}, option=orjson.OPT_INDENT_2)
        _path(self.engine, self.scale).write_bytes(text)


def every() -> list[Results]:
    """All that there are, Neo4j first, the smaller scale first."""
    names = [path.stem.rpartition("-") for path in FOLDER.glob("*.json")]
    return [Results.of(engine, scale) for engine, scale in sorted(((one, int(n)) for one, _, n in names), key=_order)]


def _order(known: tuple[str, int]) -> tuple[bool, int]:
    return known[0] != "neo4j", known[1]


def _path(engine: str, scale: int) -> Path:
    return FOLDER / f"{engine}-{scale}.json"


def machine() -> str:
    """What the figures were measured on."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{os.cpu_count()} cores, {memory:.0f} GB, {platform.system()}, CPython {sys.version.split()[0]}"
