"""The benchmark suite: ours beside the bare driver and its rivals, on the same graph and in the same run.

    make bench                                             # 10 and 100 thousand contacts, both engines
    make bench ARGS="--scale 1m --engines neo4j"           # more
    make bench ARGS="--cases nest-50,hub --rounds 20"      # some of it, longer

Each run's figures are kept in ``.bench/results`` and take the place of those before, case by case;
``docs/performance.md`` is written from all of them. The sides of a case take turns, so that the machine's other load
falls on each alike, and their answers are compared before their times are taken.
"""

from __future__ import annotations

import argparse
import signal
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import orjson
import uvloop

from app.registry import Registry
from app.settings import Settings
from graphdb.errors import GraphError
from graphdb.statistics import read_statistics
from tests.bench import results
from tests.bench.case import BARE, OURS, SIDES
from tests.bench.cases import PAGE, PAGES_BEFORE, PAGES_DOCUMENT, cases, equal, plain
from tests.bench.client import BadAnswerError, Load, Request, ask, load
from tests.bench.dataset import Dataset
from tests.bench.engines import EMBEDDED, NEO4J, running
from tests.bench.own import own_cpu
from tests.bench.report import write_page
from tests.bench.sides import LIMITS, STATEMENTS, SideError, engine_cpu_s, started
from tests.bench.writing import Writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.cypher.statement import Statement
    from tests.bench.case import Asked, Case, Writes
    from tests.bench.engines import Address
    from tests.bench.noted import NotingStore
    from tests.bench.sides import Side

UNITS = {"k": 1_000, "m": 1_000_000}
WARM = 5
"""So often each side is asked before it is timed, and for so long:"""
WARM_S = 0.3
"""by one client, then by many, so that each of several processes has met the document."""
WARM_WRITES_S = 2.0
"""A write is several statements, and slow until the engine's just-in-time compiler has met them."""
ONE_CLIENT_S = 0.3
BATCHES = 3
"""So many requests at least in a round of what many clients do not ask: there is nothing else to its figures."""
MANY_CLIENTS = 16
MANY_CLIENTS_S = 0.6
SLOW_S = 0.25
"""A side that takes longer for one request has one round with many clients."""
TOO_SLOW_S = 1.5
"""One that takes longer still is not asked by many."""
SETTLE_S = 4.0
"""After the start the program takes its statistics, which cost bounds are made of."""
_NUMBERS = 1 << 20
"""So many requests of each side have numbers of their own, by which writes differ."""

Maker = Callable[[int], Request]
"""The n-th request of a side; those that read are the same."""


class MismatchError(RuntimeError):
    """Two sides answer differently."""


class Bench:
    """One engine with one data set in it, and the servers over it."""

    def __init__(self, address: Address, sides: Sequence[Side], rounds: int) -> None:
        self._address = address
        self._sides = {side.name: side for side in sides}
        self._rounds = rounds
        self._dataset = Dataset(address.scale)
        self._kept = results.Results.of(address.name, address.scale)
        self._shapers: dict[str, Callable[[list[Any]], Any]] = {}
        self._first = int(time.time()) * 16 * _NUMBERS
        self._numbers = {name: count(self._first + place * _NUMBERS) for place, name in enumerate(self._sides, start=1)}

    async def run(self, chosen: frozenset[str]) -> None:
        """Measure the cases of these names, all where there is none."""
        store = self._address.store()
        try:
            self._kept.note(engine=await store.verify(timeout_s=60), at=datetime.now(UTC).isoformat(timespec="seconds"))
            known = cases(self._dataset, await self._thousandth())
            if unknown := chosen - {case.name for case in known}:
                raise SystemExit(f"no case {min(unknown)!r}; there are {', '.join(one.name for one in known)}")
            wanted = [case for case in known if not chosen or case.name in chosen]
            await self._write_statements(store, wanted)
            for case in wanted:
                await self._case(store, case)
            if not chosen:
                self._kept.note(own=await own_cpu(store, _settings(), known))
        finally:
            await store.close()

    async def _thousandth(self) -> str:
        """The cursor after which the 1,000th page begins."""
        first = PAGE * PAGES_BEFORE // 5
        cursor: str | None = None
        for _ in range(5):
            request = Request.of(self._sides[OURS].url, PAGES_DOCUMENT, {"first": first, "after": cursor})
            cursor = orjson.loads(await ask(request))["data"]["contacts"]["pageInfo"]["endCursor"]
        return str(cursor)

    async def _write_statements(self, store: NotingStore, wanted: Sequence[Case]) -> None:
        """What the bare driver is asked: the statement that our side sends for each case."""
        registry = await Registry.open(store, _settings())
        registry.current.statistics = await read_statistics(store, registry.catalog)
        found: dict[str, Any] = {}
        for case in wanted:
            if case.bare and case.writes is None:
                statement, self._shapers[case.name] = statement_of(registry, case.sides[OURS])
                found[case.name] = {"text": statement.text, "params": dict(statement.params)}
        STATEMENTS.write_bytes(orjson.dumps(found))

    async def _case(self, store: NotingStore, case: Case) -> None:
        asked = [name for name in self._sides if case.asked(name) is not None or (name == BARE and case.bare)]
        _say(f"{self._address.name} {self._address.scale:,}  {case.title} ...")
        if case.writes is None:
            makers = {name: self._reader(name, case) for name in asked}
            sizes = await self._compare(case, makers)
            found = await self._measure(makers)
        else:
            writing = Writing(case, case.writes, store, self._sides[OURS].url)
            makers = {name: self._writer(name, case, writing) for name in asked}
            try:
                if BARE in makers:
                    await writing.note(_settings(), self._first)
                sizes = await self._compare_writes(case, case.writes.kinds, writing, makers)
                found = await self._measure(makers, writes=case.writes)
            finally:
                await writing.remove()
        for name, figures in found.items():
            self._kept.add(case.name, name, {**figures, "bytes": sizes[name], "rss_mb": self._sides[name].rss_mb()})
        shown = ", ".join(f"{name} {figures['p50_1']:.1f} ms" for name, figures in found.items())
        _say(f"{self._address.name} {self._address.scale:,}  {case.title}: {shown}\n")

    def _reader(self, name: str, case: Case) -> Maker:
        asked, url = case.asked(name), self._sides[name].url
        same = Request.of(url, asked.document, asked.variables(0)) if asked else Request.of(url, case.name, {})
        return lambda _: same

    def _writer(self, name: str, case: Case, writing: Writing) -> Maker:
        asked, url = case.asked(name), self._sides[name].url
        if asked is None:
            written = url.replace("/graphql", "/write")
            return lambda number: Request.with_body(written, writing.bare(number))
        return lambda number: Request.of(url, asked.document, asked.variables(number))

    async def _compare_writes(
        self, case: Case, kinds: Sequence[int], writing: Writing, makers: dict[str, Maker]
    ) -> dict[str, int]:
        """Ask each side the same once and see that all leave the same behind; the sizes of the answers in bytes."""
        sizes: dict[str, int] = {}
        expected: Any = None
        for name, make in makers.items():
            await writing.reset()
            for kind in kinds:
                body = await ask(make(self._first + kind))
                sizes[name] = len(body)
                if name != BARE and orjson.loads(body).get("errors"):
                    raise MismatchError(f"{case.name}: {name} answers {body[:1000]!r}")
            held = await writing.held()
            expected = expected or held
            if not held or held != expected:
                raise MismatchError(
                    f"{case.name}: {name} leaves something else than {OURS}:\n"
                    f"{str(held)[:1500]}\ninstead of\n{str(expected)[:1500]}"
                )
        await writing.reset()
        return sizes

    async def _compare(self, case: Case, makers: dict[str, Maker]) -> dict[str, int]:
        """Ask each side once and see that all answer the same; the sizes of the answers in bytes."""
        sizes: dict[str, int] = {}
        expected: Any = None
        for name, make in makers.items():
            body = await ask(make(0))
            sizes[name] = len(body)
            asked = case.asked(name) or case.sides[OURS]
            answer = orjson.loads(body)
            if name == BARE:
                answer = {"data": self._shapers[case.name](answer[0])}
            if answer.get("errors") or answer.get("data") is None:
                raise MismatchError(f"{case.name}: {name} answers {body[:1000]!r}")
            shown = asked.read(answer["data"]) if asked.read else answer["data"]
            if expected is None:
                expected = plain(shown)
            elif case.compared and not equal(expected, plain(shown)):
                raise MismatchError(
                    f"{case.name}: {name} answers otherwise than {OURS}:\n"
                    f"{str(plain(shown))[:1500]}\ninstead of\n{str(expected)[:1500]}"
                )
        return sizes

    async def _measure(self, makers: dict[str, Maker], writes: Writes | None = None) -> dict[str, dict[str, Any]]:
        """All sides in turn, with one client and with many."""
        takers = {name: partial(self._next, name, make) for name, make in makers.items()}
        together = writes is None or writes.together
        for make in takers.values():
            usual = statistics.median((await load(make, 1, WARM_S, least=WARM)).times)
            if together and usual < SLOW_S:
                await load(make, MANY_CLIENTS, WARM_S if writes is None else WARM_WRITES_S)
        alone: dict[str, list[Load]] = {name: [] for name in makers}
        at_once: dict[str, list[Load]] = {name: [] for name in makers}
        cpu: dict[str, float] = dict.fromkeys(makers, 0.0)
        engine: dict[str, float] = dict.fromkeys(makers, 0.0)
        for _ in range(self._rounds):
            for name, make in takers.items():
                alone[name].append(await load(make, 1, ONE_CLIENT_S, least=1 if together else BATCHES))
        for turn in range(max(1, self._rounds // 2) if together else 0):
            for name, make in takers.items():
                usual = statistics.median(_times(alone[name]))
                if usual > (SLOW_S if turn else TOO_SLOW_S):
                    continue
                before, engine_before = self._sides[name].cpu_s(), engine_cpu_s()
                at_once[name].append(await load(make, MANY_CLIENTS, MANY_CLIENTS_S))
                cpu[name] += self._sides[name].cpu_s() - before
                engine[name] += engine_cpu_s() - engine_before
        return {name: _figures(alone[name], at_once[name], cpu[name], engine[name]) for name in makers}

    def _next(self, name: str, make: Maker) -> Request:
        return make(next(self._numbers[name]))


def _times(loads: Sequence[Load]) -> list[float]:
    return sorted(taken for one in loads for taken in one.times)


def _figures(alone: Sequence[Load], together: Sequence[Load], cpu: float, engine: float) -> dict[str, Any]:
    one, many = _times(alone), _times(together)
    found: dict[str, Any] = {"p50_1": _at(one, 0.5), "p99_1": _at(one, 0.99), "requests": [len(one), len(many)]}
    if many:
        found |= {
            "p50_16": _at(many, 0.5),
            "p99_16": _at(many, 0.99),
            "rps_16": len(many) / sum(load.seconds for load in together),
            "cpu_ms": cpu / len(many) * 1e3,
            "engine_cpu_ms": engine / len(many) * 1e3,
        }
    return found


def _at(times: Sequence[float], share: float) -> float:
    """A quantile, in milliseconds."""
    return times[min(len(times) - 1, int(len(times) * share))] * 1e3


def statement_of(registry: Registry, asked: Asked) -> tuple[Statement, Callable[[list[Any]], Any]]:
    """What our side sends to the engine for a query, and how it makes the data of the row that comes back."""
    served = registry.current
    prepared = served.documents.prepared(asked.document, served.documents.parse(asked.document), None)
    coerced = prepared.coerce(asked.variables(0))
    plan = prepared.parts_for(coerced).plan
    if plan is None:
        raise ValueError("the document asks for no records")
    bound = plan.bind(coerced.coerced, prepared.limits, now=datetime.now(UTC), statistics=served.statistics)
    return bound.statement, lambda row: plan.answer(row, bound)


def _settings() -> Settings:
    return Settings.from_environment(environ=LIMITS)


def _say(text: str) -> None:
    """Progress, on one line that the next one replaces unless it ends in a new line."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
    elif text.endswith("\n"):
        sys.stderr.write(text)
    sys.stderr.flush()


def _scale(text: str) -> int:
    unit = UNITS.get(text[-1:].lower())
    return int(float(text[:-1]) * unit) if unit else int(text)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="10k,100k", help="contacts: 10k,100k,300k,1m")
    parser.add_argument("--engines", default=f"{NEO4J},{EMBEDDED}")
    parser.add_argument("--cases", default="", help="names of cases, all if not given")
    parser.add_argument("--sides", default=",".join(SIDES), help="who is asked; ours always is")
    parser.add_argument("--rounds", type=int, default=4, help="turns of each side")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--report", action="store_true", help="only write the page anew from the figures there are")
    parser.add_argument("--no-page", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def _list(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _measure(engine: str, scale: int, given: argparse.Namespace) -> None:
    """One engine with one data set in it."""
    where = f"{engine} {scale:,}"
    names = frozenset({*_list(given.sides), OURS})
    with (
        running(engine, scale, lambda text: _say(f"{where}  loading: {text}")) as address,
        started(address, names) as sides,
    ):
        time.sleep(SETTLE_S)
        uvloop.run(Bench(address, sides, 1 if given.quick else given.rounds).run(frozenset(_list(given.cases))))


def main() -> int:
    """Read the command line and do what it says."""
    given = _parsed()
    if not given.report:
        try:
            for engine in _list(given.engines):
                for scale in _list(given.scale):
                    _measure(engine, _scale(scale), given)
        except (GraphError, SideError, MismatchError, BadAnswerError) as error:
            _say(f"{error}\n")
            return 1
    if not given.no_page:
        write_page()
    return 0


if __name__ == "__main__":
    # Set for Ctrl-C too: a shell that starts this in the background has it ignored, and the servers would stay.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit(130)
