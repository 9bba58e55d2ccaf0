"""Reading a data model from files: what comes out, and that every fault of every file is reported at once."""

from __future__ import annotations

import shutil
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from graphdb.catalog.files import load_catalog_files
from graphdb.catalog.model import PropertyType
from graphdb.errors import CatalogError

if TYPE_CHECKING:
    from pathlib import Path

    from graphdb.catalog.model import Catalog

SMALL = {
    "_account.toml": """
        name = "Roastery"
        time_zone = "Europe/Berlin"
        currency = "EUR"
        object_types = ["roast_batch", "contact"]
    """,
    "_option_sets.toml": """
        [option_sets.Grade]
        options = ["First", { label = "Second choice", name = "SECOND", aliases = ["B"] }]
    """,
    "_associations.toml": """
        [pairs]
        contact = ["contact", "roast_batch"]
        [[labels]]
        start = "contact"
        end = "roast_batch"
        name = "roaster"
        max_start = 1
        [[labels]]
        start = "contact"
        end = "contact"
        name = "mentor"
        inverse_name = "apprentice"
    """,
    "contact.toml": """
        label = "Contact"
        plural_label = "Contacts"
        description = "A person."
        categories = ["basic"]
        display = [["name"]]
        [properties]
        name = { type = "string", indexed = true, description = "The name." }
    """,
    "roast_batch.toml": """
        label = "Roast Batch"
        plural_label = "Roast Batches"
        description = "Beans roasted at one time."
        categories = ["other"]
        display = [["greenLot"]]
        required_associations = [["contact"]]
        [properties]
        greenLot = { type = "string", label = "Green lot #", required = true, description = "The lot." }
        grade = { type = "enumeration", option_set = "Grade", description = "The grade." }
        [[pipelines]]
        label = "Roasting pipeline"
        stages = ["Planned", { label = "Done", won = true, probability = 1.0 }]
        [[pipelines]]
        label = "Decaf"
        stages = ["Planned", "Washed"]
    """,
}


def write(folder: Path, changes: dict[str, str | None] | None = None) -> Path:
    """Put the small data model into a folder, with some files changed (None: left out)."""
    for name, text in {**SMALL, **(changes or {})}.items():
        if text is not None:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, changes: dict[str, str | None] | None = None) -> Catalog:
    return load_catalog_files(write(folder, changes))


def faults_of(folder: Path, changes: dict[str, str | None]) -> list[tuple[str, str]]:
    """File and place of each fault."""
    with pytest.raises(CatalogError) as caught:
        load(folder, changes)
    assert all(fault.message for fault in caught.value.faults)
    return [(fault.where, fault.field) for fault in caught.value.faults]


def test_object_types_stand_in_the_account_s_order(tmp_path: Path) -> None:
    catalog = load(tmp_path)

    assert [object_type.name for object_type in catalog.object_types] == ["roast_batch", "contact"]
    assert catalog.account.time_zone == "Europe/Berlin"
    assert catalog.version == 1


def test_names_that_are_not_given_are_minted(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    batch = catalog.by_name["roast_batch"]

    assert (batch.type_name, batch.field, batch.plural_field, batch.node_label) == (
        "RoastBatch",
        "roastBatch",
        "roastBatches",
        "RoastBatch",
    )
    assert [option.name for option in catalog.option_sets_by_name["Grade"].options] == ["FIRST", "SECOND"]
    assert batch.by_name["greenLot"].label == "Green lot #"
    assert batch.by_name["grade"].label == "Grade"


def test_the_stages_of_all_pipelines_form_one_enumeration(tmp_path: Path) -> None:
    catalog = load(tmp_path)
    batch = catalog.by_name["roast_batch"]

    assert batch.by_name["stage"].option_set == "RoastBatchStage"
    assert [option.name for option in catalog.option_sets_by_name["RoastBatchStage"].options] == [
        "PLANNED",
        "DONE",
        "DECAF_PLANNED",
        "WASHED",
    ]
    assert [option.name for option in catalog.option_sets_by_name["RoastBatchPipeline"].options] == [
        "ROASTING",
        "DECAF",
    ]
    assert batch.stages["DONE"][1].closed


def test_every_type_has_an_external_id_and_one_with_pipelines_what_follows_from_the_stage(
    tmp_path: Path,
) -> None:
    catalog = load(tmp_path)
    contact, batch = catalog.by_name["contact"], catalog.by_name["roast_batch"]

    assert [prop.name for prop in contact.properties] == ["name", "externalId"]
    assert [prop.name for prop in batch.properties] == [
        "greenLot",
        "stage",
        "pipeline",
        "isClosed",
        "stageEnteredAt",
        "isWon",
        "grade",
        "externalId",
    ]
    assert batch.by_name["stage"].indexed
    assert batch.by_name["isClosed"].read_only
    assert batch.by_name["isWon"].type is PropertyType.BOOLEAN
    assert contact.by_name["externalId"].unique
    assert not contact.by_name["externalId"].indexed


def test_a_label_is_a_field_on_both_sides(tmp_path: Path) -> None:
    people, pair = load(tmp_path).associations

    assert (pair.relationship_type, pair.start_field, pair.end_field) == (
        "CONTACT_ROAST_BATCH",
        "roastBatches",
        "contacts",
    )
    assert pair.labels[0].relationship_type == "CONTACT_ROAST_BATCH__ROASTER"
    assert (pair.labels[0].start_field, pair.labels[0].end_field) == ("roasterRoastBatches", "roasterContact")
    assert (people.labels[0].start_field, people.labels[0].end_field) == (
        "apprenticeContacts",
        "mentorContacts",
    )


def test_a_field_that_is_taken_gets_the_full_form(tmp_path: Path) -> None:
    label = '[[labels]]\nstart = "contact"\nend = "roast_batch"\nname = '
    text = SMALL["_associations.toml"] + f'{label}"billing"\n{label}"billing_contact"\n'

    labels = load(tmp_path, {"_associations.toml": text}).associations[1].labels

    assert [label.end_field for label in labels[1:]] == ["billingContacts", "billingContactContacts"]


def test_what_is_shown_does_not_touch_a_name(tmp_path: Path) -> None:
    """Renaming an object type or a property for display leaves every minted name as it was."""
    shown = SMALL["contact.toml"].replace('"Contact"', '"Client"').replace('"Contacts"', '"Clients"')
    before = load(tmp_path)
    after = load(tmp_path, {"contact.toml": shown})

    client = after.by_name["contact"]
    assert client.label == "Client"
    assert replace(client, label="Contact", plural_label="Contacts") == before.by_name["contact"]
    assert after.associations == before.associations


def test_faults_of_all_files_are_reported_at_once(tmp_path: Path) -> None:
    faults = faults_of(
        tmp_path,
        {
            "_account.toml": 'time_zone = "Mars/Olympus"\ncurrency = "Euro"\ncolour = "red"',
            "_option_sets.toml": "[option_sets.Grade]\noptions = []",
            "_associations.toml": '[pairs]\ncontact = ["planet"]\n[[labels]]\nstart = "contact"\n',
            "contact.toml": SMALL["contact.toml"].replace('type = "string"', 'type = "strng"'),
            "roast_batch.toml": SMALL["roast_batch.toml"].replace('"Grade"', '"Grades"'),
            "broken.toml": "label = ",
        },
    )

    assert set(faults) == {
        ("_account.toml", "colour"),
        ("_account.toml", "time_zone"),
        ("_account.toml", "currency"),
        ("_option_sets.toml", "option_sets.Grade.options"),
        ("_associations.toml", "labels.0.end"),
        ("_associations.toml", "labels.0.name"),
        ("_associations.toml", "pairs.contact.planet"),
        ("contact.toml", "properties.name.type"),
        ("roast_batch.toml", "properties.grade.option_set"),
        ("roast_batch.toml", "required_associations.0"),
        ("broken.toml", ""),
    }


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('label = "Contact"', "", "label"),
        ('label = "Contact"', 'label = ""', "label"),
        ('label = "Contact"', "label = 7", "label"),
        ('["basic"]', '["basics"]', "categories.0"),
        ('["basic"]', "[]", "categories"),
        ('[["name"]]', '["name"]', "display.0"),
        (', description = "The name."', "", "properties.name.description"),
        ('description = "The name."', 'description = "x", size = 3', "properties.name.size"),
        ("indexed = true", 'indexed = "often"', "properties.name.indexed"),
        ("[properties]", "colour = 1\n[properties]", "colour"),
        ("[properties]", 'tools = ["hammer"]\n[properties]', "tools.0"),
        ("[properties]", "pipelines = [{ label = 'P', stages = [] }]\n[properties]", "pipelines.0.stages"),
        (
            "[properties]",
            "pipelines = [{ label = 'P', stages = [{ label = 'S', probability = 2 }] }]\n[properties]",
            "pipelines.0.stages.0.probability",
        ),
    ],
)
def test_a_fault_of_form_names_its_place_and_brings_no_other(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in SMALL["contact.toml"]
    changed = SMALL["contact.toml"].replace(old, new)

    assert faults_of(tmp_path, {"contact.toml": changed}) == [("contact.toml", place)]


def test_the_account_s_list_and_the_files_agree(tmp_path: Path) -> None:
    account = SMALL["_account.toml"].replace('"contact"', '"planet"')

    assert faults_of(tmp_path, {"_account.toml": account}) == [
        ("_account.toml", "object_types"),
        ("_account.toml", "object_types"),
    ]


def test_a_file_that_means_nothing_is_a_fault(tmp_path: Path) -> None:
    assert faults_of(tmp_path, {"_extra.toml": ""}) == [("_extra.toml", "")]


def test_a_label_of_an_undeclared_or_reversed_pair_is_a_fault(tmp_path: Path) -> None:
    text = SMALL["_associations.toml"] + (
        '[[labels]]\nstart = "roast_batch"\nend = "contact"\nname = "owner"\n'
        '[[labels]]\nstart = "roast_batch"\nend = "roast_batch"\nname = "blend"\n'
    )

    assert faults_of(tmp_path, {"_associations.toml": text}) == [
        ("_associations.toml", "labels.2"),
        ("_associations.toml", "labels.3"),
    ]


def test_the_shipped_files_can_be_the_start_of_another_model(tmp_path: Path) -> None:
    """A folder copied from the shipped one and changed is read as a whole."""
    with resources.as_file(resources.files("graphdb.catalog") / "standard") as standard:
        shutil.copytree(standard, tmp_path / "model")
    account = tmp_path / "model" / "_account.toml"
    account.write_text(account.read_text("utf-8").replace('"USD"', '"EUR"'), "utf-8")

    assert load_catalog_files(tmp_path / "model").account.currency == "EUR"
