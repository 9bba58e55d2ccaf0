"""Jobs behind a change of the data model: what each makes of existing records, and how it ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.bootstrap import IndexState, index_states
from graphdb.catalog.changes import AllSet, AllWithin, JobKind, JobSpec
from graphdb.catalog.parts import BuildState, Rules
from graphdb.errors import FaultCode, WriteRefused
from graphdb.jobs import JobState, JobStatus, Terms, follow_jobs, job_states, run_jobs
from graphdb.jobs.table import KEPT_MAX, Lease, LeaseLost, due, ready_jobs
from graphdb.metadata import save_catalog
from graphdb.writer.operations import Associate, Create, Ref, Update, Upsert
from tests.job_graph import AT_ONCE, BUILDING, INDEXING, JobGraph, states

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction

OSLO = "contact.city:"


@pytest.fixture
async def graph(clean_store: BoltStore, no_index_left: None) -> JobGraph:  # noqa: ARG001 - for what comes after
    """The standard data model in an empty graph."""
    return await JobGraph.begin(clean_store)


async def archive(graph: JobGraph, record_id: str) -> None:
    """Make a record what the writer makes of one that is archived, without its keys."""
    await graph.cypher(
        "MATCH (old:Record {id: $p.id}) OPTIONAL MATCH (k:`_Key`)-[:OF]->(old) WITH old, collect(k) AS ks "
        "FOREACH (k IN ks | DETACH DELETE k) WITH old, properties(old) AS held, "
        "[one IN labels(old) WHERE one <> 'Record'][0] AS label DETACH DELETE old "
        "CREATE (r:Record) SET r = held SET r.archivedAt = $p.at, r.`_type` = label",
        id=record_id,
        at=datetime(2026, 11, 22, tzinfo=UTC),
    )


async def test_existing_records_get_their_keys_and_are_found_by_them_afterwards(graph: JobGraph) -> None:
    ids = [await graph.create("contact", city=f"c{n}") for n in range(20)]
    await graph.create("contact")
    await archive(graph, await graph.create("contact", city="c0"))
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    by = Ref(type="contact", key="city", value="c3")

    with pytest.raises(WriteRefused, match="its unique state is BUILDING"):
        await graph.write(Update(by=by, values={"state": "x"}))
    with pytest.raises(WriteRefused, match="its unique state is BUILDING"):
        await graph.write(Upsert(type="contact", key="city", values={"city": "c3"}))
    (job,) = await graph.run()

    assert (job.state, job.total, job.done, job.reason, job.examples) == (JobState.DONE, 21, 20, None, ())
    assert graph.property("contact", "city").unique_state is BuildState.ONLINE
    await graph.assert_keys("Contact", "city", OSLO)
    (outcome,) = await graph.write(Update(by=by, values={"state": "x"}))
    assert outcome.id == ids[3]
    assert [index.state for index in await index_states(graph.store, graph.catalog)][:3] == [IndexState.ONLINE] * 3


async def test_while_keys_are_claimed_no_writer_takes_a_value_twice(graph: JobGraph) -> None:
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    first = await graph.create("contact", city="Oslo")

    with pytest.raises(WriteRefused) as caught:
        await graph.create("contact", city="Oslo")
    assert [(one.code, one.conflicting_id) for one in caught.value.faults] == [(FaultCode.CONFLICT, first)]


async def test_a_value_that_two_records_have_takes_the_uniqueness_back(graph: JobGraph) -> None:
    ids = [await graph.create("contact", city=f"c{n % 28}") for n in range(30)]
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    claim, free = await graph.run()

    assert claim.state is JobState.FAILED
    assert claim.reason == "4 records have a value of city that another one has too."
    assert claim.examples == tuple(sorted([*ids[:2], *ids[28:]]))
    assert (free.kind, free.state) == (JobKind.FREE_KEYS, JobState.DONE)
    assert not graph.property("contact", "city").unique
    assert graph.property("contact", "city").unique_state is BuildState.FAILED
    assert await graph.rows("MATCH (k:`_Key`) WHERE k.k STARTS WITH 'contact.city:' RETURN k.k") == []
    await graph.create("contact", city="c0")


async def test_a_failed_uniqueness_can_be_asked_for_again(graph: JobGraph) -> None:
    ids = [await graph.create("contact", city="Oslo") for _ in range(2)]
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    await graph.run()
    await graph.update("contact", ids[1], city="Bergen")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    *_, job = await graph.run()

    assert job.state is JobState.DONE
    await graph.assert_keys("Contact", "city", OSLO)


async def test_keys_that_nobody_kept_are_given_to_who_has_the_value(graph: JobGraph) -> None:
    ids = [await graph.create("contact", city=f"c{n}") for n in range(4)]
    await graph.cypher(
        "UNWIND $p.rows AS row CREATE (k:`_Key` {k: row[0], of: row[1]}) "
        "WITH k MATCH (r:Record {id: k.of}) CREATE (k)-[:OF]->(r)",
        rows=[[f"{OSLO}c0", ids[1]], [f"{OSLO}gone", ids[2]], [f"{OSLO}c3", ids[3]]],
    )
    await graph.cypher("CREATE (:`_Key` {k: $p.key, of: 'f' })", key=f"{OSLO}c2")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    assert states(await graph.run()) == [(JobKind.CLAIM_KEYS, JobState.DONE)]
    await graph.assert_keys("Contact", "city", OSLO)


async def test_a_property_that_is_unique_no_more_gives_its_keys_up(graph: JobGraph) -> None:
    for n in range(20):
        await graph.create("contact", email=f"u{n}@x.org", externalId=f"e{n}")
    await graph.change("contact", "email", JobKind.FREE_KEYS, unique=False)

    (job,) = await graph.run()

    assert (job.state, job.done, job.total) == (JobState.DONE, 20, 20)
    assert await graph.value("MATCH (k:`_Key`) RETURN count(k)") == 20
    assert await graph.value("MATCH (k:`_Key`) WHERE k.k STARTS WITH 'contact.externalId:' RETURN count(k)") == 20


async def test_an_indexed_property_gets_its_indexes_and_markers(graph: JobGraph) -> None:
    for n in range(20):
        await graph.create("contact", **({"city": "Oslo"} if n % 2 else {}))
    await archive(graph, await graph.create("contact"))
    stale = await graph.create("contact", city="Bergen")
    await graph.cypher("MATCH (r:Record {id: $p.id}) SET r.`_u_city` = true", id=stale)
    revisions = await graph.rows("MATCH (r:Record) RETURN r.id, r.rev ORDER BY r.id")
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    assert graph.property("contact", "city").read_marker is None

    (job,) = await graph.run()

    assert (job.state, job.done, job.total) == (JobState.DONE, 12, 12)
    assert graph.property("contact", "city").read_marker == "_u_city"
    await graph.assert_markers("Contact", "city")
    assert await graph.rows("MATCH (r:Record) RETURN r.id, r.rev ORDER BY r.id") == revisions
    built = {status.index.properties: status.state for status in await index_states(graph.store, graph.catalog)}
    assert built["city", "id"] is built["_u_city", "id"] is IndexState.ONLINE


async def test_a_property_that_stops_being_required_gets_its_markers(graph: JobGraph) -> None:
    await graph.commit(graph.with_property("contact", "city", indexed=True, required=True))
    await graph.create("contact", city="Oslo")
    await graph.cypher("CREATE (:Record:Contact {id: 'from another time', rev: 1})")
    await graph.change("contact", "city", JobKind.INDEX, required=False, indexed_state=BuildState.BUILDING)
    await graph.create("contact")

    assert states(await graph.run()) == [(JobKind.INDEX, JobState.DONE)]
    await graph.assert_markers("Contact", "city")


async def test_a_writer_keeps_the_markers_of_a_property_that_is_indexed_later(graph: JobGraph) -> None:
    ids = [await graph.create("contact", **({"city": "Oslo"} if n % 2 else {})) for n in range(4)]
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    await graph.update("contact", ids[0], city="Rome")
    await graph.update("contact", ids[1], city=None)
    await graph.create("contact")
    await graph.run()
    await graph.assert_markers("Contact", "city")

    await graph.update("contact", ids[2], city="Rome")
    await graph.update("contact", ids[3], city=None)
    await graph.assert_markers("Contact", "city")


async def test_a_property_that_is_indexed_no_more_loses_index_and_markers(graph: JobGraph) -> None:
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    await graph.create("contact")
    await graph.run()
    wanted = graph.catalog
    await graph.change("contact", "city", JobKind.DROP_INDEX, indexed=False, indexed_state=BuildState.ONLINE)

    assert states(await graph.run())[1:] == [(JobKind.DROP_INDEX, JobState.DONE)]
    assert await graph.value("MATCH (r:Record) WHERE r.`_u_city` IS NOT NULL RETURN count(r)") == 0
    left = {status.index.properties: status.state for status in await index_states(graph.store, wanted)}
    assert left["city", "id"] is left["_u_city", "id"] is IndexState.WANTED


async def test_what_an_object_types_nodes_need_is_made(graph: JobGraph) -> None:
    contact = graph.catalog.by_name["contact"]
    spec = JobSpec(kind=JobKind.ENSURE_TYPE, object_type="contact", node_label=contact.node_label)
    later = datetime.now(UTC) + timedelta(hours=1)
    await graph.commit(graph.catalog, spec, replace(spec, object_type="gone"))

    assert states(await graph.run(replace(AT_ONCE, grace_s=3_600))) == [(JobKind.ENSURE_TYPE, JobState.DONE)] * 2
    jobs = await job_states(graph.store)
    assert [job.reason is None for job in jobs] == [True, False]
    assert all(job.at < later for job in jobs)


async def test_a_second_look_finds_what_was_written_during_the_change(graph: JobGraph) -> None:
    await graph.create("contact", city="Oslo")
    lacking = await graph.create("contact")
    required = AllSet(object_type="contact", property="city")
    ruled = AllWithin(object_type="contact", property="city", rules=Rules(shortest=2))
    stale = AllWithin(object_type="contact", property="city", rules=Rules(shortest=20))
    changed = graph.with_property("contact", "city", required=True, rules=Rules(shortest=2))
    specs = [graph.spec("contact", JobKind.VERIFY, "city", narrowing) for narrowing in (required, ruled, stale)]
    await graph.commit(changed, *specs)

    first, second, third = await graph.run()

    assert (first.state, first.examples) == (JobState.FAILED, (lacking,))
    assert first.reason == (
        "1 records that were written during the change lack a value of the property, which was made required."
    )
    assert (second.state, second.reason) == (JobState.DONE, None)
    assert third.state is JobState.DONE
    assert "later change" in str(third.reason)
    assert [job.spec.narrowing for job in (first, second, third)] == [required, ruled, stale]


async def test_a_deleted_property_leaves_no_value_key_marker_or_word(graph: JobGraph) -> None:
    await graph.commit(graph.with_property("contact", "city", unique=True, indexed=True))
    for n in range(9):
        await graph.create("contact", city=f"Oslo{n}", firstName="Ada")
    await graph.create("contact", firstName="Ada")
    await archive(graph, await graph.create("contact", city="Bergen", firstName="Ada"))
    await graph.commit(graph.without_property("contact", "city"), graph.spec("contact", JobKind.DELETE_VALUES, "city"))

    (job,) = await graph.run()

    assert job.state is JobState.DONE
    assert job.done == job.total == 20
    left = await graph.rows("MATCH (r:Record) RETURN r.city, r.`_u_city`, r.`_words`")
    assert left == [[None, None, " ada "]] * 11
    assert await graph.value("MATCH (k:`_Key`) RETURN count(k)") == 0


async def test_a_deleted_object_type_leaves_no_record_association_or_key(graph: JobGraph) -> None:
    company = await graph.create("company", name="Analytical")
    for n in range(20):
        (outcome,) = await graph.write(Create(type="contact", values={"email": f"u{n}@x.org"}))
        await graph.write(
            Associate(
                start=Ref(type="contact", key="id", value=outcome.id),
                to=Ref(type="company", key="id", value=company),
                labels=("billing",),
            )
        )
    await archive(graph, await graph.create("contact"))
    left = tuple(one for one in graph.catalog.object_types if one.name != "contact")
    pairs = tuple(one for one in graph.catalog.associations if "contact" not in {one.start, one.end})
    required = tuple(replace(one, required_associations=()) for one in left)
    spec = graph.spec("contact", JobKind.DELETE_RECORDS)
    await graph.commit(replace(graph.catalog, object_types=required, associations=pairs, _sides={}), spec)

    (job,) = await graph.run()

    assert (job.state, job.reason) == (JobState.DONE, None)
    assert await graph.rows("MATCH (r:Record) RETURN r.id") == [[company]]
    assert await graph.value("MATCH (:Record)-[e]-() RETURN count(e)") == 0
    assert await graph.value("MATCH (k:`_Key`) RETURN count(k)") == 0


async def test_a_deleted_label_leaves_neither_relationship_nor_mark(graph: JobGraph) -> None:
    contact, companies = await graph.create("contact"), [await graph.create("company") for _ in range(20)]
    for n, company in enumerate(companies):
        start, to = Ref(type="contact", key="id", value=contact), Ref(type="company", key="id", value=company)
        labels = ("billing", "former_employer") if n % 2 else ("billing",)
        await graph.write(Associate(start=start, to=to, labels=labels))
    pair = next(one for one in graph.catalog.associations if one.relationship_type == "CONTACT_COMPANY")
    kept = replace(pair, labels=tuple(one for one in pair.labels if one.name != "billing"))
    pairs = tuple(kept if one is pair else one for one in graph.catalog.associations)
    spec = graph.spec("contact", JobKind.DELETE_RELATIONSHIPS)
    await graph.commit(
        replace(graph.catalog, associations=pairs, _sides={}), replace(spec, label="CONTACT_COMPANY__BILLING")
    )

    (job,) = await graph.run()

    assert (job.state, job.done, job.total) == (JobState.DONE, 20, 20)
    assert await graph.value("MATCH ()-[e:CONTACT_COMPANY__BILLING]->() RETURN count(e)") == 0
    assert await graph.value("MATCH ()-[e:CONTACT_COMPANY]->() RETURN count(e)") == 20
    marked = await graph.rows("MATCH ()-[e:CONTACT_COMPANY]->() WHERE e.labels IS NOT NULL RETURN DISTINCT e.labels")
    assert marked == [[["former_employee"]]], "the name of that one's other side"


async def test_a_deleted_association_leaves_no_relationship_archived_ones_included(graph: JobGraph) -> None:
    contact, company = await graph.create("contact"), await graph.create("company")
    start, to = Ref(type="contact", key="id", value=contact), Ref(type="company", key="id", value=company)
    await graph.write(Associate(start=start, to=to))
    await graph.cypher(
        "MATCH (a:Record {id: $p.a}) MATCH (b:Record {id: $p.b}) "
        "CREATE (a)-[:`_ARCHIVED` {type: 'CONTACT_COMPANY'}]->(b) "
        "CREATE (a)-[:`_ARCHIVED` {type: 'CONTACT_DEAL'}]->(b)",
        a=contact,
        b=company,
    )
    pairs = tuple(one for one in graph.catalog.associations if one.relationship_type != "CONTACT_COMPANY")
    required = tuple(replace(one, required_associations=()) for one in graph.catalog.object_types)
    spec = replace(graph.spec("contact", JobKind.DELETE_RELATIONSHIPS), label="CONTACT_COMPANY")
    await graph.commit(replace(graph.catalog, object_types=required, associations=pairs, _sides={}), spec)

    assert states(await graph.run()) == [(JobKind.DELETE_RELATIONSHIPS, JobState.DONE)]
    assert await graph.rows("MATCH ()-[e]->() WHERE type(e) IN ['CONTACT_COMPANY', '_ARCHIVED'] RETURN e.type") == [
        ["CONTACT_DEAL"]
    ]


@pytest.mark.parametrize(
    "kind",
    [one for one in JobKind if one not in {JobKind.VERIFY, JobKind.ENSURE_TYPE, JobKind.DROP_COMPOSITE_INDEX}],
)
async def test_a_job_that_a_later_change_made_needless_changes_nothing(graph: JobGraph, kind: JobKind) -> None:
    await graph.create("contact", city="Oslo", email="ada@x.org")
    turned_round = {JobKind.FREE_KEYS: "email", JobKind.DROP_INDEX: "email"}
    about = graph.spec("contact", kind, turned_round.get(kind, "city"))
    spec = replace(about, order="createdAt", label="CONTACT_COMPANY")
    everything = "MATCH (n) WHERE NOT n:`_CatalogJob` RETURN properties(n)"
    await graph.commit(graph.catalog, spec)
    before = await graph.value(f"CALL () {{ {everything} AS held }} RETURN count(held)")

    (job,) = await graph.run()

    assert job.state is JobState.DONE
    assert "later change" in str(job.reason)
    assert await graph.value(f"CALL () {{ {everything} AS held }} RETURN count(held)") == before
    assert await graph.rows("MATCH (k:`_Key`) RETURN k.k") == [["contact.email:ada@x.org"]]
    assert await graph.rows("MATCH (r:Contact) RETURN r.city, r.email") == [["Oslo", "ada@x.org"]]


async def test_the_end_of_a_job_is_no_change_lost_and_loses_none(graph: JobGraph) -> None:
    """Another change comes between the job's look at the data model and its commit: both are there afterwards."""
    await graph.create("contact", city="Oslo")
    await graph.change("contact", "city", JobKind.INDEX, **INDEXING)
    held = graph.store.write
    fired = False

    async def write(work: Any, **given: Any) -> Any:
        nonlocal fired
        if not fired and getattr(work, "__defaults__", None):  # the transaction that carries both data models
            fired = True
            account = replace(graph.catalog.account, name="Renamed")
            changed = replace(graph.catalog, account=account, version=graph.catalog.version + 1, _sides={})
            await save_catalog(graph.store, changed, expected=graph.catalog.version)
        return await held(work, **given)

    graph.store.write = write  # type: ignore[method-assign]
    try:
        await graph.run()
    finally:
        graph.store.write = held  # type: ignore[method-assign]

    assert fired
    assert graph.catalog.account.name == "Renamed"
    assert graph.property("contact", "city").indexed_state is BuildState.ONLINE


async def test_jobs_wait_until_nobody_writes_by_the_data_model_before(graph: JobGraph) -> None:
    await graph.create("contact", email="ada@x.org")
    await graph.change("contact", "email", JobKind.FREE_KEYS, unique=False)

    left_s = await run_jobs(graph.store, replace(AT_ONCE, grace_s=60))

    assert left_s is not None
    assert 50 < left_s <= 60
    (job,) = await job_states(graph.store)
    assert job.state is JobState.WANTED
    ends = datetime.now(UTC) + timedelta(seconds=61)
    assert await run_jobs(graph.store, replace(AT_ONCE, grace_s=60, now=lambda: ends)) is None
    assert due(job, timedelta(seconds=60)) <= ends


@pytest.mark.parametrize(("kind", "changes"), [(JobKind.CLAIM_KEYS, BUILDING), (JobKind.INDEX, INDEXING)])
async def test_keys_and_markers_are_begun_at_once_and_ended_by_a_second_pass(
    graph: JobGraph, kind: JobKind, changes: dict[str, Any]
) -> None:
    """Between the two a writer that does not know of the change yet gives, changes and takes values."""
    ids = [await graph.create("contact", **({"city": f"c{n}"} if n % 2 else {})) for n in range(20)]
    before = graph.catalog
    await graph.change("contact", "city", kind, **changes)

    left_s = await run_jobs(graph.store, replace(AT_ONCE, grace_s=60))
    assert left_s is not None
    assert [(job.state, job.done > 0) for job in await job_states(graph.store)] == [(JobState.RUNNING, True)]
    after, graph.catalog = graph.catalog, before
    for n, city in ((0, "new"), (1, None), (3, "other"), (5, "c3")):
        await graph.update("contact", ids[n], city=city)
    await graph.create("contact")
    await graph.create("contact", city="c5")
    graph.catalog = after
    ends = datetime.now(UTC) + timedelta(seconds=61)
    (job,) = await graph.run(replace(AT_ONCE, grace_s=60, now=lambda: ends))

    assert job.state is JobState.DONE
    if kind is JobKind.CLAIM_KEYS:
        await graph.assert_keys("Contact", "city", OSLO)
    else:
        await graph.assert_markers("Contact", "city")


async def test_a_conflict_is_found_at_once(graph: JobGraph) -> None:
    await graph.create("contact", city="Oslo")
    await graph.create("contact", city="Oslo")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    await run_jobs(graph.store, replace(AT_ONCE, grace_s=60))
    assert [job.state for job in await job_states(graph.store)] == [JobState.FAILED, JobState.WANTED]


def test_jobs_about_one_property_wait_for_each_other_and_for_no_other() -> None:
    def job(number: int, kind: JobKind, name: str, state: JobState = JobState.WANTED, after_s: int = 0) -> JobStatus:
        spec = JobSpec(kind=kind, object_type="contact", node_label="Contact", property=name)
        at = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(seconds=after_s)
        return JobStatus(id=f"{number}", spec=spec, state=state, at=at)

    jobs = [
        job(1, JobKind.INDEX, "city", JobState.DONE),
        job(2, JobKind.DROP_INDEX, "city", JobState.RUNNING),
        job(3, JobKind.INDEX, "city"),
        job(4, JobKind.VERIFY, "city"),
        job(5, JobKind.INDEX, "state"),
        job(6, JobKind.INDEX, "street", after_s=60),
    ]
    ready = ready_jobs(jobs, datetime(2026, 11, 22, tzinfo=UTC), timedelta(0))
    assert [one.id for one in ready] == ["2", "4", "5"]


async def test_a_job_belongs_to_one_process_until_its_lease_runs_out(graph: JobGraph) -> None:
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
    (job,) = await job_states(graph.store)
    now = datetime.now(UTC)
    mine, others = (Lease(job.id, holder, timedelta(seconds=30)) for holder in ("mine", "others"))

    async def took(lease: Lease, seconds: int) -> bool:
        return await graph.store.write(lambda tx: lease.take(tx, now + timedelta(seconds=seconds)))

    async def check(tx: Transaction) -> None:
        await mine.check(tx)

    assert await took(mine, 0)
    assert not await took(others, 29)
    assert await took(mine, 29), "who has it may go on"
    assert not await took(others, 58)
    await graph.store.write(check)
    assert await took(others, 60)
    with pytest.raises(LeaseLost):
        await graph.store.write(check)


async def test_jobs_are_carried_out_when_told(graph: JobGraph) -> None:
    wanted = asyncio.Event()
    following = asyncio.create_task(follow_jobs(graph.store, wanted, replace(AT_ONCE, poll_s=600)))
    try:
        await asyncio.sleep(0.3)
        await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)
        wanted.set()
        async with asyncio.timeout(30):
            while (await job_states(graph.store))[0].state is not JobState.DONE:  # noqa: ASYNC110 - in the graph
                await asyncio.sleep(0.05)
    finally:
        following.cancel()


async def test_a_job_that_cannot_be_carried_out_stops_no_other(graph: JobGraph) -> None:
    await graph.create("contact", city="Oslo")
    nameless = graph.spec("contact", JobKind.FREE_KEYS)
    await graph.commit(graph.catalog, nameless, graph.spec("contact", JobKind.VERIFY))
    await graph.cypher("CREATE (:`_CatalogJob` {id: '0', kind: 'OF_ANOTHER_VERSION', state: 'WANTED', at: 0, done: 0})")
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    *stuck, done = await graph.run()

    assert done.state is JobState.DONE
    assert [job.state for job in stuck] == [JobState.RUNNING] * 2
    assert all("tried again" in str(job.reason) for job in stuck)


async def test_of_jobs_that_have_ended_the_last_ones_are_kept(graph: JobGraph) -> None:
    rows = [{"id": f"{n:05}", "kind": "INDEX", "objectType": "contact", "nodeLabel": "Contact"} for n in range(250)]
    await graph.cypher(
        "UNWIND $p.rows AS row CREATE (j:`_CatalogJob`) SET j = row, j.at = 0, j.done = 0, j.state = 'DONE'", rows=rows
    )
    await graph.change("contact", "city", JobKind.CLAIM_KEYS, **BUILDING)

    kept = await job_states(graph.store)
    assert [job.id for job in kept[:-1]] == [f"{n:05}" for n in range(250 - KEPT_MAX, 250)]
    assert kept[-1].state is JobState.WANTED
    assert Terms().holder != Terms().holder
