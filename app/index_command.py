"""``kinship indexes``: looks at the graph, shows the advice, and makes or drops indexes as ``updateProperty`` does."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from rich.table import Table

from app.advice import Advice, Spread, Verdict, advise, candidates
from app.console import BadInputError
from graphdb.bootstrap import Index, index_states
from graphdb.catalog.edit import indexes, properties
from graphdb.catalog.edit.draft import Draft
from graphdb.catalog.model import SYSTEM_PROPERTIES
from graphdb.catalog.parts import CompositeIndex
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import WriteRefused
from graphdb.evolve import commit_change, find_faults
from graphdb.index_use import Watched, read_uses
from graphdb.jobs import JobState, Terms, job_states, run_jobs
from schema import calculation_faults
from schema.errors import suggest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.registry import Registry
    from graphdb.catalog.model import Catalog
    from graphdb.jobs import JobStatus
    from graphdb.store import GraphStore

Target = tuple[str, str, str | None]
"""Object type and property of an index; for a composite one, the property that it is in the order of as well."""
MEASURED_MAX: Final = 20
"""Properties whose values are counted, each at the cost of a walk over the type's records: the dearest ones."""
_MEASURE_TIMEOUT_S: Final = 120.0
_LOOK_S: Final = 0.5
_UNFINISHED: Final = frozenset({JobState.WANTED, JobState.RUNNING})


async def look(store: GraphStore, catalog: Catalog) -> tuple[Watched, list[Advice]]:
    """What lists were asked for, and what follows.

    Raises:
        StoreError: The engine did not answer.
    """
    watched = await read_uses(store)
    spreads = {
        (label, name): await _spread(store, label, name)
        for label, name in candidates(catalog, store.engine, watched)[:MEASURED_MAX]
    }
    advice = advise(catalog, store.engine, watched, spreads)
    states = {status.index: status.state.value for status in await index_states(store, catalog)}
    for one in advice:
        label = catalog.by_name[one.object_type].node_label
        names = (one.prop, "id") if one.then is None else (one.prop, one.then, "id")
        one.state = states.get(Index(label, names))
    return watched, advice


async def _spread(store: GraphStore, label: str, name: str) -> Spread:
    value = f"n.{quote(name)}"
    text = f"MATCH (n:{quote(label)}) RETURN count(n), count({value}), count(DISTINCT {value})"
    rows = await store.read(Statement(text), timeout_s=_MEASURE_TIMEOUT_S)
    return Spread(*rows[0])


def named(catalog: Catalog, names: Iterable[str]) -> list[Target]:
    """``contact.city`` → object type and property; ``deal.stage,closeDate`` → those of a composite index.

    Raises:
        BadInputError: There is none of a name; the error suggests one.
    """
    known = {
        f"{one.name}.{prop.name}": (one.name, prop.name)
        for one in catalog.enabled
        for prop in one.properties
        if not prop.calculated
    }
    orders = known | {
        f"{one.name}.{prop.name}": (one.name, prop.name) for one in catalog.enabled for prop in SYSTEM_PROPERTIES
    }
    wanted: list[Target] = []
    for name in names:
        first, _, then = name.partition(",")
        second = f"{first.partition('.')[0]}.{then}"
        for part, places in ((first, known), *(((second, orders),) if then else ())):
            if part not in places:
                raise BadInputError(f'There is no property "{part}", written as contact.city.{suggest(part, places)}')
        wanted.append((*known[first], orders[second][1] if then else None))
    return wanted


async def change(
    registry: Registry, wanted: Sequence[Target], *, indexed: bool, progress: Callable[[str], None]
) -> list[JobStatus]:
    """Have properties indexed, or no longer, as one change of the data model, and see its jobs through.

    It is safe to be stopped: what is left is done by the next server that runs.

    Args:
        registry: The graph.
        wanted: What ``named`` gave.
        indexed: Whether they are to have an index.
        progress: Told what is being done.

    Returns:
        The jobs that failed.

    Raises:
        WriteRefused: The data model or existing records do not bear it.
        CatalogConflict: Another change came first; nothing was changed.
        StoreError: The engine did not answer.
    """
    store, settings, base = registry.store, registry.settings, registry.catalog
    different = [one for one in wanted if _is_indexed(base, one) is not indexed]
    if not different:
        return []
    draft = Draft(
        base,
        today=datetime.now(UTC).date(),
        deprecation_days=settings.deprecation_days,
        unsound=calculation_faults,
    )
    for one in different:
        draft.attempt(_edit(one, indexed=indexed), ("input",))
    if faults := await find_faults(store.read, draft.catalog, draft.narrowings):
        raise WriteRefused(faults)
    await commit_change(store, base, draft.change, versions_max=settings.catalog_versions_max)
    terms = Terms(
        grace_s=4 * settings.catalog_poll_s + settings.write_timeout_s, versions_max=settings.catalog_versions_max
    )
    while True:
        await run_jobs(store, terms)
        jobs = [job for job in await job_states(store) if (job.object_type, job.property, job.spec.order) in different]
        left = [job for job in jobs if job.state in _UNFINISHED]
        if not left:
            return [job for job in jobs if job.state is JobState.FAILED]
        progress(", ".join(sorted({target(job) for job in left})))
        await asyncio.sleep(_LOOK_S)


def target(job: JobStatus) -> str:
    """What a job is about, as ``named`` reads it."""
    then = "" if job.spec.order is None else f",{job.spec.order}"
    return f"{job.object_type}.{job.property}{then}"


def _is_indexed(catalog: Catalog, wanted: Target) -> bool:
    name, prop, then = wanted
    object_type = catalog.by_name[name]
    if then is None:
        return object_type.by_name[prop].indexed
    return CompositeIndex(equal=prop, order=then) in object_type.composite_indexes


def _edit(wanted: Target, *, indexed: bool) -> Callable[[Draft], None]:
    object_type, name, then = wanted

    def edit(draft: Draft) -> None:
        if then is None:
            properties.update(draft, object_type, name, {"indexed": indexed})
        elif indexed:
            indexes.create(draft, object_type, name, then)
        else:
            indexes.delete(draft, object_type, name, then)

    return edit


def table(watched: Watched, advice: Sequence[Advice]) -> Table:
    """The advice for people."""
    if watched.since is None:
        title = "No server has noted yet what lists are asked for: there is nothing to advise."
    else:
        title = f"What lists were asked for from {watched.since} to {watched.until}"
    found = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    # Names are what --build and --drop take, so they are never cut, however narrow the terminal.
    longest = max((len(one.name) for one in advice), default=0)
    found.add_column("property", no_wrap=True, min_width=longest)
    found.add_column("index", no_wrap=True)
    found.add_column("advice")
    for column in ("by value", "by bounds", "in order", "time"):
        found.add_column(column, justify="right")
    for one in advice:
        numbers = (f"{count:,}" if count else "" for count in (one.equal, one.between, one.order))
        shown = f"{one.ms / 1_000:,.1f} s" if one.ms else ""
        found.add_row(one.name, (one.state or "none").lower(), _advice(one), *numbers, shown)
    return found


def _advice(one: Advice) -> str:
    match one.verdict:
        case Verdict.USED:
            return ""
        case Verdict.UNUSED:
            return "unused"
        case Verdict.NOT_WORTH_IT:
            return f"not worth it: {one.visited or 0:,} records"
    if one.visited is None:
        return "missing"
    fewer = "a page" if one.order else "fewer"
    gain = fewer if one.with_index is None else f"{one.with_index:,}"
    return f"missing: visits {one.visited:,} records, with it {gain}"
