"""The sample CRM: made up from a seed, shaped like a real one, loaded through the writer."""

from __future__ import annotations

import uuid
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest

from app.sample import LoadReport, Sample, SampleRecord, generate, load_sample
from app.sample.world import END, START
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.values import normalise, options_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.store import GraphStore

CATALOG = standard_catalog()
SCALE_1 = generate(1)
SMALL = generate(0.05, seed=7)


def records(sample: Sample) -> Iterator[SampleRecord]:
    for of_type in sample.records.values():
        yield from of_type


def far_ids(sample: Sample, start_type: str, end_type: str, *, label: str | None = None) -> dict[str, list[str]]:
    """Start ids to end ids of one association."""
    found: dict[str, list[str]] = {}
    for pair in sample.associations:
        if (pair.start_type, pair.end_type) == (start_type, end_type) and (label is None or label in pair.labels):
            found.setdefault(pair.start_id, []).append(pair.end_id)
    return found


async def count(store: GraphStore, text: str, **params: Any) -> int:
    rows = await store.read(Statement(text, params))
    return int(rows[0][0])


def test_same_seed_and_scale_give_the_same_sample() -> None:
    assert generate(0.3, seed=5) == generate(0.3, seed=5)


def test_another_seed_gives_another_sample() -> None:
    assert generate(0.3, seed=5).records != generate(0.3, seed=6).records


@pytest.mark.parametrize("scale", [0, -1, float("nan")])
def test_a_scale_that_is_not_above_0_is_refused(scale: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        generate(scale)


def test_scale_1_has_the_promised_sizes() -> None:
    sizes = {name: len(of_type) for name, of_type in SCALE_1.records.items()}
    promised = {"contact": 1_000, "company": 250, "deal": 500, "ticket": 500}

    assert {name: sizes[name] for name in promised} == promised
    assert {"product", "line_item", "note", "call", "meeting", "email", "task"} <= sizes.keys()


def test_every_value_is_in_the_form_the_writer_stores() -> None:
    for record in records(SCALE_1):
        object_type = CATALOG.by_name[record.type]
        for name, value in record.values.items():
            prop = object_type.by_name[name]
            assert not prop.read_only, (record.type, name)
            assert normalise(prop, value, options_of(CATALOG, prop)) == value, (record.type, name)


def test_required_and_unique_properties_are_kept() -> None:
    for name, of_type in SCALE_1.records.items():
        for prop in CATALOG.by_name[name].properties:
            values = [record.values[prop.name] for record in of_type if prop.name in record.values]
            if prop.required and not prop.read_only:
                assert len(values) == len(of_type), (name, prop.name)
            if prop.unique:
                assert len(set(values)) == len(values), (name, prop.name)


def test_every_association_is_one_of_the_catalogs_in_its_direction() -> None:
    known = {(item.start, item.end): {label.name for label in item.labels} for item in CATALOG.associations}
    for pair in SCALE_1.associations:
        assert set(pair.labels) <= known[pair.start_type, pair.end_type]


def test_each_pair_is_associated_once_and_both_ends_exist() -> None:
    types = {record.id: record.type for record in records(SCALE_1)}
    pairs = [frozenset((pair.start_id, pair.end_id)) for pair in SCALE_1.associations]

    assert len(set(pairs)) == len(pairs)
    assert all(len(pair) == 2 for pair in pairs)
    for pair in SCALE_1.associations:
        assert (types[pair.start_id], types[pair.end_id]) == (pair.start_type, pair.end_type)


def test_labels_keep_to_their_limits() -> None:
    limits = {
        (item.start, item.end, label.name): (label.max_start, label.max_end)
        for item in CATALOG.associations
        for label in item.labels
    }
    starts: Counter[tuple[str, str]] = Counter()
    ends: Counter[tuple[str, str]] = Counter()
    for pair in SCALE_1.associations:
        for label in pair.labels:
            max_start, max_end = limits[pair.start_type, pair.end_type, label]
            key = f"{pair.start_type}.{pair.end_type}.{label}"
            starts[key, pair.end_id] += max_start == 1
            ends[key, pair.start_id] += max_end == 1
    assert max(starts.values()) == 1
    assert max(ends.values()) == 1


def test_no_company_is_its_own_ancestor() -> None:
    parents = {
        pair.end_id: pair.start_id
        for pair in SCALE_1.associations
        if pair.start_type == "company" and "parent" in pair.labels
    }
    for company in parents:
        seen = {company}
        step = company
        while (step := parents.get(step, "")) != "":
            assert step not in seen
            seen.add(step)
    assert len(parents) > 10


def test_ids_are_version_7_uuids_that_rise_with_creation() -> None:
    ids = [record.id for record in records(SCALE_1)]

    assert len(set(ids)) == len(ids)
    for record in records(SCALE_1):
        parsed = uuid.UUID(record.id)
        assert (record.id, parsed.version, parsed.variant) == (parsed.hex, 7, uuid.RFC_4122)
        assert START <= record.created_at <= END
    for of_type in SCALE_1.records.values():
        assert all(one.id < other.id and one.created_at <= other.created_at for one, other in pairwise(of_type))


def test_most_companies_have_few_contacts_and_some_have_a_hundred() -> None:
    employers = Counter(end for ends in far_ids(SCALE_1, "contact", "company").values() for end in ends)

    assert median(employers[company.id] for company in SCALE_1.records["company"]) <= 3
    assert max(employers.values()) > 100
    assert any(employers[company.id] == 0 for company in SCALE_1.records["company"])


def test_most_companies_have_few_deals_and_some_have_dozens() -> None:
    deals = {company: len(ends) for company, ends in far_ids(SCALE_1, "company", "deal").items()}

    assert median(deals.values()) <= 3
    assert max(deals.values()) > 24


def test_values_are_left_unset_where_real_crms_leave_them_unset() -> None:
    for name, prop in [
        ("contact", "email"),
        ("contact", "jobTitle"),
        ("company", "industry"),
        ("deal", "amount"),
    ]:
        unset = sum(prop not in record.values for record in SCALE_1.records[name])
        assert 0 < unset < len(SCALE_1.records[name]) / 2, (name, prop)


def test_the_chain_from_contact_to_ticket_is_populated() -> None:
    companies = far_ids(SCALE_1, "contact", "company")
    deals = far_ids(SCALE_1, "company", "deal")
    tickets = far_ids(SCALE_1, "deal", "ticket")
    whole = [
        contact
        for contact, employers in companies.items()
        if any(tickets.get(deal) for company in employers for deal in deals.get(company, ()))
    ]

    assert len(whole) > 500


@pytest.mark.parametrize(
    ("start_type", "end_type", "label"),
    [
        ("contact", "company", "primary"),
        ("contact", "company", "billing"),
        ("contact", "deal", "decision_maker"),
        ("contact", "contact", "manager"),
        ("contact", "contact", "colleague"),
        ("company", "company", "parent"),
        ("company", "deal", "primary"),
        ("ticket", "ticket", "blocker"),
        ("ticket", "ticket", "duplicate"),
    ],
)
def test_each_label_is_in_use(start_type: str, end_type: str, label: str) -> None:
    assert len(far_ids(SCALE_1, start_type, end_type, label=label)) >= 3


def test_no_mail_can_reach_anybody() -> None:
    for contact in SCALE_1.records["contact"]:
        assert contact.values.get("email", "nobody@nowhere.example").endswith(".example")


def test_a_deals_amount_is_the_sum_of_its_line_items() -> None:
    amounts = {line.id: line.values["amount"] for line in SCALE_1.records["line_item"]}
    lines = far_ids(SCALE_1, "deal", "line_item")
    for deal in SCALE_1.records["deal"]:
        assert deal.values.get("amount") == (sum(amounts[line] for line in lines.get(deal.id, ())) or None)


async def test_loading_writes_every_record_and_association(clean_store: GraphStore) -> None:
    done: list[tuple[int, int]] = []

    report = await load_sample(clean_store, CATALOG, SMALL, progress=lambda *state: done.append(state))

    assert (report.created, report.present) == (SMALL.record_count, 0)
    assert report.associations == len(SMALL.associations)
    assert done[-1] == (SMALL.record_count, SMALL.record_count)
    for name, of_type in SMALL.records.items():
        label = quote(CATALOG.by_name[name].node_label)
        assert await count(clean_store, f"MATCH (n:{label}) RETURN count(n)") == len(of_type)
    for definition in CATALOG.associations:
        wanted = [
            pair
            for pair in SMALL.associations
            if (pair.start_type, pair.end_type) == (definition.start, definition.end)
        ]
        hop = f"MATCH ()-[r:{quote(definition.relationship_type)}]->() RETURN count(r)"
        assert await count(clean_store, hop) == len(wanted)
        for item in definition.labels:
            labelled = f"MATCH ()-[r:{quote(item.relationship_type)}]->() RETURN count(r)"
            assert await count(clean_store, labelled) == sum(item.name in pair.labels for pair in wanted)


async def test_a_managers_reports_are_found_from_the_manager(clean_store: GraphStore) -> None:
    await load_sample(clean_store, CATALOG, SMALL)
    wanted = far_ids(SMALL, "contact", "contact", label="manager")

    association = CATALOG.side_between("contact", "contact")
    assert association is not None
    label = next(side.label for side in association.labels if side.label.name == "manager")
    text = f"MATCH (m)-[:{quote(label.relationship_type)}]->(r) RETURN m.id, collect(r.id)"
    found = {row[0]: sorted(row[1]) for row in await clean_store.read(Statement(text))}

    assert found == {manager: sorted(reports) for manager, reports in wanted.items()}
    assert found


async def test_loading_again_adds_nothing(clean_store: GraphStore) -> None:
    await load_sample(clean_store, CATALOG, SMALL)

    again = await load_sample(clean_store, CATALOG, SMALL)

    assert (again.created, again.present, again.associations) == (0, SMALL.record_count, 0)


async def test_an_interrupted_load_is_taken_up_where_it_stopped(clean_store: GraphStore) -> None:
    class StoppedError(Exception):
        pass

    def stop(done: int, of: int) -> None:
        if done > of // 2:
            raise StoppedError

    with pytest.raises(StoppedError):
        await load_sample(clean_store, CATALOG, SMALL, progress=stop, batch_records=10)
    report = await load_sample(clean_store, CATALOG, SMALL)

    assert isinstance(report, LoadReport)
    assert 0 < report.created < SMALL.record_count
    assert await count(clean_store, "MATCH (n:Record) RETURN count(n)") == SMALL.record_count
    deal_tickets = "MATCH (:Deal)-[r:DEAL_TICKET]->(:Ticket) RETURN count(r)"
    assert await count(clean_store, deal_tickets) == sum(
        (pair.start_type, pair.end_type) == ("deal", "ticket") for pair in SMALL.associations
    )
