"""``kinship import``: two small sources with the oddities of real ones, by the mappings that are shipped."""

from __future__ import annotations

import io
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from app.importer import ImportReport, MappingError, run_import, shipped_mappings, show
from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from graphdb.store import GraphStore

CATALOG = standard_catalog()
FIXTURES = Path(__file__).parent / "fixtures"
SALES = "crm-sales"
TICKETS = "support-tickets"


async def load(store: GraphStore, name: str, folder: Path = FIXTURES, *, dry_run: bool = False) -> ImportReport:
    return await run_import(store, CATALOG, shipped_mappings()[name], folder / name, dry_run=dry_run)


async def rows(store: GraphStore, text: str, **params: Any) -> list[list[Any]]:
    return await store.read(Statement(text, params))


def fates(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    """By object type: created, updated, unchanged, refused."""
    return {item.type: (item.created, item.updated, item.unchanged, item.refused) for item in report.records}


def remarks(report: ImportReport) -> dict[str, int]:
    return {remark.reason: remark.count for remark in report.remarks}


def refusals(report: ImportReport) -> set[tuple[str, int, str, str]]:
    return {(item.file, item.line, item.column, item.value) for item in report.refusals}


async def test_companies_products_deals_and_line_items_are_loaded(clean_store: GraphStore) -> None:
    report = await load(clean_store, SALES)

    assert fates(report) == {
        "company": (4, 0, 0, 1),
        "product": (2, 0, 0, 0),
        "deal": (5, 0, 0, 4),
        "line_item": (4, 0, 0, 5),
    }
    deal = "MATCH (d:Deal {externalId: $p.id}) RETURN d.name, d.stage, d.amount, toString(d.closeDate), d.owner"
    assert await rows(clean_store, deal, id="AAAA0001") == [
        ["GTX Pro for Birch", "CLOSED_WON", 10_540_000, "2017-03-01", "Ada Quill"]
    ]
    line = (
        "MATCH (:Deal {externalId: $p.id})--(l:LineItem)--(q:Product) "
        "RETURN l.name, l.quantity, l.price, l.amount, q.name"
    )
    assert await rows(clean_store, line, id="AAAA0001") == [["GTX Pro", 1.0, 48_210_000, 10_540_000, "GTX Pro"]]


async def test_amounts_are_exact_and_millions_are_spelt_out(clean_store: GraphStore) -> None:
    await load(clean_store, SALES)

    found = await rows(clean_store, "MATCH (c:Company) RETURN c.externalId, c.annualRevenue ORDER BY c.externalId")

    assert found[:2] == [["Alder & Sons", 11_000_400_000_000], ["Birch", 5_000_000_000]]


async def test_a_parent_further_down_the_file_is_found(clean_store: GraphStore) -> None:
    report = await load(clean_store, SALES)

    parents = "MATCH (p:Company)-[:COMPANY_COMPANY__PARENT]->(c:Company) RETURN p.name, c.name ORDER BY c.name"
    assert await rows(clean_store, parents) == [["Wide Water", "Alder & Sons"], ["Alder & Sons", "Ünder Bridge"]]
    assert report.records[0].association_changes == 2


async def test_what_is_loaded_otherwise_than_it_stands_is_remarked_on(clean_store: GraphStore) -> None:
    assert remarks(await load(clean_store, SALES)) == {
        "'technolgy' is read as 'technology': misspelt in the source": 1,
        "'Philipines' is read as 'Philippines': misspelt in the source": 1,
        "'GTXPro' is read as 'GTX Pro': the product list writes it so": 2,
        "deal without a company: the cell is empty": 2,
    }


async def test_a_refused_row_is_named_with_line_column_and_value(clean_store: GraphStore) -> None:
    report = await load(clean_store, SALES)

    assert refusals(report) >= {
        ("accounts.csv", 6, "sector", "alchemy"),
        ("sales_pipeline.csv", 6, "account", "Nowhere Ltd"),
        ("sales_pipeline.csv", 7, "product", "GTX Ultra"),
        ("sales_pipeline.csv", 8, "engage_date", "25/10/2016"),
        ("sales_pipeline.csv", 9, "opportunity_id", "AAAA0001"),
        ("sales_pipeline.csv", 10, "deal_stage", "Adrift"),
        ("sales_pipeline.csv", 10, "close_value", "1.23456"),
    }
    assert report.refusal_count == len(report.refusals)
    assert all(item.reason for item in report.refusals)


async def test_customers_are_known_by_their_address_and_the_first_name_is_kept(clean_store: GraphStore) -> None:
    report = await load(clean_store, TICKETS)

    people = "MATCH (c:Contact) RETURN c.email, c.salutation, c.firstName, c.lastName, c.age ORDER BY c.email"
    assert await rows(clean_store, people) == [
        ["mara@fixture.example", None, "Mara", "van Dyk", 44],
        ["otto@fixture.example", None, "Otto", "Tide", 51],
        ["wren@fixture.example", "Dr.", "Wren", "Halloway", 32],
    ]
    assert remarks(report) == {
        "several contact rows share one email and differ: the first is kept": 1,
        "ticket without a contact: the cell is empty": 1,
    }
    tickets = (
        "MATCH (c:Contact)--(t:Ticket) WITH c.email AS email, t.externalId AS id ORDER BY id RETURN email, collect(id)"
    )
    assert dict(await rows(clean_store, tickets)) == {
        "wren@fixture.example": ["1", "3"],
        "mara@fixture.example": ["2", "4"],
    }


async def test_bodies_keep_line_breaks_and_quotes(clean_store: GraphStore) -> None:
    await load(clean_store, TICKETS)

    found = await rows(clean_store, "MATCH (t:Ticket {externalId: '1'}) RETURN t.content, t.stage, t.priority")

    assert found == [['It hums.\n\nAlso "loudly", at night — really.', "WAITING_ON_CONTACT", "URGENT"]]


async def test_times_without_a_zone_are_read_in_the_mappings_zone(clean_store: GraphStore) -> None:
    await load(clean_store, TICKETS)

    text = "MATCH (t:Ticket {externalId: '2'}) RETURN datetime(t.firstRespondedAt).epochMillis, t.satisfactionRating"
    assert await rows(clean_store, text) == [[1_685_618_078_000, 3]]


async def test_a_row_that_cannot_be_read_stops_no_other(clean_store: GraphStore) -> None:
    report = await load(clean_store, TICKETS)

    found = refusals(report)
    assert ("customer_support_tickets.csv", 8, "Customer Email", "not an address") in found
    assert ("customer_support_tickets.csv", 10, "Date of Purchase", "2022-02-30") in found
    whole_rows = {(item.line, item.reason) for item in report.refusals if not item.type}
    assert whole_rows == {
        (9, "expected 17 cells, found 3"),
        (11, "Customer Name: bytes that are not text in the file's encoding"),
    }
    assert fates(report) == {"contact": (3, 0, 0, 2), "ticket": (5, 0, 0, 2)}


@pytest.mark.parametrize("name", [SALES, TICKETS])
async def test_importing_again_changes_nothing(clean_store: GraphStore, name: str) -> None:
    everything = (
        "MATCH (n:Record) OPTIONAL MATCH (n)-[r]->(m:Record) "
        "RETURN n.id, n.rev, datetime(n.updatedAt).epochMillis AS at, type(r) AS hop, m.id AS far, r.labels AS labels "
        "ORDER BY n.id, hop, far"
    )
    first = await load(clean_store, name)
    before = await rows(clean_store, everything)

    again = await load(clean_store, name)

    assert first.changed
    assert again.changed == 0
    assert sum(item.unchanged for item in again.records) == sum(item.created for item in first.records)
    assert (remarks(again), refusals(again)) == (remarks(first), refusals(first))
    assert await rows(clean_store, everything) == before


async def test_a_changed_row_updates_its_record_and_no_other(clean_store: GraphStore, tmp_path: Path) -> None:
    await load(clean_store, SALES)
    shutil.copytree(FIXTURES / SALES, tmp_path / SALES)
    products = tmp_path / SALES / "products.csv"
    products.write_text(products.read_text().replace("55.25", "56"))

    report = await load(clean_store, SALES, tmp_path)

    assert fates(report)["product"] == (0, 1, 1, 0)
    price = "MATCH (n:Product {externalId: 'MG Special'}) RETURN n.price"
    assert await rows(clean_store, price) == [[560_000]]


async def test_a_dry_run_reports_the_same_and_writes_nothing(clean_store: GraphStore) -> None:
    dry = await load(clean_store, SALES, dry_run=True)
    nodes = await rows(clean_store, "MATCH (n) RETURN count(n)")
    wet = await load(clean_store, SALES)

    assert nodes == [[0]]
    assert fates(dry) == fates(wet)
    assert remarks(dry) == remarks(wet)
    assert refusals(dry) == refusals(wet)
    assert sum(item.present for item in (await load(clean_store, SALES, dry_run=True)).records) == 15


async def test_the_report_can_be_printed_and_read_by_programs(clean_store: GraphStore) -> None:
    report = await load(clean_store, SALES)
    page = io.StringIO()

    show(report, Console(file=page, width=200))

    assert "Nowhere Ltd" in page.getvalue()
    assert "deal without a company" in page.getvalue()
    assert json.loads(json.dumps(report.as_json()))["records"][0]["created"] == 4


async def test_a_cell_passes_through_what_the_mapping_says(clean_store: GraphStore, tmp_path: Path) -> None:
    """Values by aliases, by ``values``, ``default``, ``format`` in a zone; an empty cell leaves a property unset."""
    mapping = tmp_path / "deals.toml"
    mapping.write_text(
        """
        time_zone = "Europe/Berlin"
        [[file]]
        path = "deals.csv"
        delimiter = ";"
        [[file.record]]
        type = "0-3"
        [file.record.properties]
        externalId = "id"
        dealname = {template = ["{what} ({who})", "{what}"]}
        stage = {column = "state", values = {done = "closedwon"}, default = "Prospecting"}
        openedAt = {column = "since", format = "%d.%m.%Y %H:%M"}
        amount = {column = "cents", multiply = "0.01"}
        """
    )
    (tmp_path / "deals.csv").write_text(
        "id;what;who;state;since;cents\n1;Lamps;Ada;done;01.07.2026 12:00;1999\n2;Desks;;;;\n3;Beds;;;yesterday;x\n"
    )

    report = await run_import(clean_store, CATALOG, mapping, tmp_path)

    text = (
        "MATCH (d:Deal) RETURN d.externalId, d.name, d.stage, datetime(d.openedAt).epochMillis, d.amount "
        "ORDER BY d.externalId"
    )
    assert await rows(clean_store, text) == [
        ["1", "Lamps (Ada)", "CLOSED_WON", 1_782_900_000_000, 199_900],
        ["2", "Desks", "PROSPECTING", None, None],
    ]
    assert {(item.line, item.column, item.value) for item in report.refusals} == {
        (4, "since", "yesterday"),
        (4, "cents", "x"),
    }


async def test_a_malformed_line_stops_no_other(clean_store: GraphStore, tmp_path: Path) -> None:
    mapping = tmp_path / "notes.toml"
    mapping.write_text(
        """
        [[file]]
        path = "notes.csv"
        [[file.record]]
        type = "note"
        [file.record.properties]
        externalId = "id"
        body = "text"
        """
    )
    (tmp_path / "notes.csv").write_text('id,text\n1,"a"b\n\n2,fine\n3,"never closed\n')

    report = await run_import(clean_store, CATALOG, mapping, tmp_path)

    assert [(item.line, item.reason.split(":")[0]) for item in report.refusals] == [
        (2, "malformed CSV"),
        (5, "malformed CSV"),
    ]
    assert await rows(clean_store, "MATCH (n:Note) RETURN n.externalId, n.body") == [["2", "fine"]]


async def test_an_unknown_reference_may_be_left_out_with_a_remark(clean_store: GraphStore, tmp_path: Path) -> None:
    mapping = tmp_path / "notes.toml"
    mapping.write_text(
        """
        [[file]]
        path = "notes.csv"
        [[file.record]]
        type = "note"
        [file.record.properties]
        externalId = "id"
        body = "text"
        [[file.record.link]]
        to = "contact"
        key = "email"
        column = "who"
        unknown = "remark"
        """
    )
    (tmp_path / "notes.csv").write_text("id,text,who,extra\n1,Hello,ghost@fixture.example,x\n")

    report = await run_import(clean_store, CATALOG, mapping, tmp_path)

    assert fates(report)["note"] == (1, 0, 0, 0)
    assert remarks(report) == {"note without its contact: there is none": 1}
    assert report.left_out == {"notes.csv": ["extra"]}


async def test_every_fault_of_a_mapping_is_reported_before_anything_is_loaded(
    clean_store: GraphStore, tmp_path: Path
) -> None:
    mapping = tmp_path / "wrong.toml"
    mapping.write_text(
        """
        [[file]]
        path = "rows.csv"
        [[file.record]]
        type = "contact"
        key = "firstName"
        [file.record.properties]
        firstName = "Name"
        shoeSize = "Size"
        createdAt = "When"
        lastName = {column = "Name", multiply = 2}
        [[file.record.link]]
        to = "company"
        column = "Firm"
        labels = ["fan"]
        [[file.record]]
        type = "unicorn"
        properties = {}
        [[file]]
        path = "missing.csv"
        [[file.record]]
        type = "ticket"
        [file.record.properties]
        externalId = "id"
        """
    )
    (tmp_path / "rows.csv").write_text("Name,When\nAda,now\n")

    with pytest.raises(MappingError) as caught:
        await run_import(clean_store, CATALOG, mapping, tmp_path)

    assert {(fault.where, fault.place) for fault in caught.value.faults} == {
        ("wrong.toml", "file[0].record[0].key"),
        ("wrong.toml", "file[0].record[0].properties.shoeSize"),
        ("wrong.toml", "file[0].record[0].properties.createdAt"),
        ("wrong.toml", "file[0].record[0].properties.lastName.multiply"),
        ("wrong.toml", "file[0].record[0].link[0].labels"),
        ("wrong.toml", "file[0].record[0].link[0]"),
        ("wrong.toml", "file[0].record[1].type"),
        ("missing.csv", ""),
    }


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("file = 3", {"file"}),
        ("time_zone = 'Mars/Base'\n[[file]]\npath='../x.csv'", {"time_zone", "file[0].path", "file[0].record"}),
        (
            """
            [[file]]
            path = "a.csv"
            colour = "red"
            [[file.record]]
            type = "deal"
            [file.record.properties]
            name = {column = "a", constant = "b"}
            owner = {column = "c", pattern = "("}
            """,
            {"file[0].colour", "file[0].record[0].properties.name", "file[0].record[0].properties.owner.pattern"},
        ),
        ("= broken", {""}),
    ],
)
async def test_every_fault_of_a_mappings_text_is_reported_with_its_place(
    store: GraphStore, tmp_path: Path, text: str, places: set[str]
) -> None:
    mapping = tmp_path / "wrong.toml"
    mapping.write_text(text)

    with pytest.raises(MappingError) as caught:
        await run_import(store, CATALOG, mapping, tmp_path)

    assert {fault.place for fault in caught.value.faults} == places


DATA = os.environ.get("KINSHIP_SAMPLE_DATA", "")
REAL = [
    (
        SALES,
        {"company": 85, "product": 7, "deal": 8_800, "line_item": 8_800},
        {
            "'technolgy' is read as 'technology': misspelt in the source": 12,
            "'Philipines' is read as 'Philippines': misspelt in the source": 1,
            "'GTXPro' is read as 'GTX Pro': the product list writes it so": 1_480,
            "deal without a company: the cell is empty": 1_425,
        },
    ),
    (
        TICKETS,
        {"contact": 8_320, "ticket": 8_469},
        {"several contact rows share one email and differ: the first is kept": 139},
    ),
]
if DATA:
    # The real sources are no part of the project: where a folder with them is named, they are imported too.

    @pytest.mark.parametrize(("name", "sizes", "remarked"), REAL)
    async def test_the_real_source_is_loaded_whole_and_importing_it_again_changes_nothing(
        clean_store: GraphStore, name: str, sizes: dict[str, int], remarked: dict[str, int]
    ) -> None:
        report = await load(clean_store, name, Path(DATA))
        again = await load(clean_store, name, Path(DATA))

        assert fates(report) == {type_name: (size, 0, 0, 0) for type_name, size in sizes.items()}
        assert remarks(report) == remarked
        assert fates(again) == {type_name: (0, 0, size, 0) for type_name, size in sizes.items()}
        assert again.changed == 0
        if name == SALES:
            text = "MATCH (:Company)-[r:COMPANY_COMPANY__PARENT]->(:Company) RETURN count(r)"
            assert await rows(clean_store, text) == [[15]]
