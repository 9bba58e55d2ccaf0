"""Data models from files, into accounts on the engine under test; and from the command line."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.model_files import apply_import, plan_import
from app.registry import Registry
from app.settings import Settings
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Catalog, Category, Property, PropertyType
from graphdb.catalog.portable import write_model
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogConflict, CatalogError
from graphdb.metadata import catalog_version, load_catalog, save_catalog
from graphdb.versions import kept_versions
from tests.app.test_cli import kinship
from tests.harness import ask

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction

STANDARD = standard_catalog()
BATCH = replace(
    STANDARD.by_name["contact"],
    name="roast_batch",
    composite_indexes=(),
    type_name="RoastBatch",
    field="roastBatch",
    plural_field="roastBatches",
    node_label="RoastBatch",
    label="Roast batch",
    plural_label="Roast batches",
    description="Coffee roasted at once.",
    categories=(Category.OTHER,),
    properties=(
        Property(name="lot", type=PropertyType.STRING, label="Green lot #", required=True, unique=True, indexed=True),
        Property(name="score", type=PropertyType.NUMBER, label="Quality score", indexed=True),
    ),
    display=(("lot",),),
    pipelines=(),
    required_associations=(),
    reaches=(),
    aliases=(),
)
EXTENDED = replace(STANDARD, object_types=(*STANDARD.object_types, BATCH), _sides={})
SETTINGS = Settings()


def file(catalog: Catalog) -> bytes:
    return write_model(catalog).encode()


async def test_an_empty_account_gets_an_equal_data_model(clean_store: BoltStore) -> None:
    plan = await plan_import(clean_store, file(replace(EXTENDED, version=8)), "model.json")
    assert await catalog_version(clean_store) is None  # planning changes nothing
    await apply_import(clean_store, plan, SETTINGS)

    assert await load_catalog(clean_store) == EXTENDED
    again = await plan_import(clean_store, file(EXTENDED), "model.json")
    assert (again.empty, again.changes) == (True, ())


async def test_what_an_account_lacks_is_added_and_usable_at_once(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)

    plan = await plan_import(clean_store, file(EXTENDED), "model.json")
    assert list(plan.lines)[-1] == "1 added, 0 changed, 0 not in the file and left alone"
    assert next(iter(plan.lines)) == "+ object_types.roast_batch: 'Roast batch'"
    await apply_import(clean_store, plan, SETTINGS)

    registry = await Registry.open(clean_store, SETTINGS)
    response = await ask(registry, 'mutation { createRoastBatch(input: {lot: "7"}) { roastBatch { displayName } } }')
    listed = await ask(registry, "{ roastBatches(orderBy: [{score: ASC}]) { nodes { lot } } }")
    assert (registry.catalog.version, response.errors) == (2, [])
    assert listed.data == {"roastBatches": {"nodes": [{"lot": "7"}]}}
    assert [one.version for one in await kept_versions(clean_store)] == [1, 2]


async def test_what_the_file_lacks_is_left_alone(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, EXTENDED, expected=None)

    plan = await plan_import(clean_store, file(STANDARD), "model.json")

    assert plan.empty
    assert list(plan.lines) == [
        "- object_types.roast_batch: 'Roast batch'",
        "0 added, 0 changed, 1 not in the file and left alone",
    ]


async def test_what_records_would_not_survive_is_refused(clean_store: BoltStore) -> None:
    """A type with records gets no required property; one without any does."""
    await save_catalog(clean_store, EXTENDED, expected=None)
    required = Property(name="roaster", type=PropertyType.STRING, label="Roaster", required=True)
    grown = replace(BATCH, properties=(*BATCH.properties, required))
    text = file(replace(STANDARD, object_types=(*STANDARD.object_types, grown), _sides={}))
    assert (await plan_import(clean_store, text, "model.json")).refusals == ()

    async def one(transaction: Transaction) -> None:
        await transaction.run(Statement("CREATE (n:`Record`:`RoastBatch` {id: 'x'})"))

    await clean_store.write(one)
    (refusal,) = (await plan_import(clean_store, text, "model.json")).refusals
    assert refusal.place == ("object_types", "roast_batch", "properties", "roaster")
    assert refusal.reason == "roast_batch has records, so a property added to it cannot be required from the start"


async def test_two_sound_models_that_do_not_fit_together_are_refused(clean_store: BoltStore) -> None:
    """Here the name of a type is an enumeration's there."""
    await save_catalog(clean_store, EXTENDED, expected=None)
    taken = replace(BATCH, name="other", field="other", plural_field="others", node_label="Other")
    text = file(replace(STANDARD, object_types=(*STANDARD.object_types, taken), _sides={}))

    with pytest.raises(CatalogError, match=r"with the account's data model: other\.type_name"):
        await plan_import(clean_store, text, "model.json")


async def test_a_change_in_between_is_not_lost(clean_store: BoltStore) -> None:
    await save_catalog(clean_store, STANDARD, expected=None)
    plan = await plan_import(clean_store, file(EXTENDED), "model.json")
    await save_catalog(clean_store, replace(STANDARD, version=2), expected=1)

    with pytest.raises(CatalogConflict):
        await apply_import(clean_store, plan, SETTINGS)
    assert await load_catalog(clean_store) == replace(STANDARD, version=2)


def test_from_the_command_line_a_model_goes_from_account_to_account(tmp_path: Path) -> None:
    """Exported, tried, imported, exported again: the same file; then what changed since is told."""
    path, again, data = tmp_path / "model.json", tmp_path / "again.json", str(tmp_path / "account")
    path.write_bytes(file(STANDARD))
    run(0, "model", "import", str(path), "--data", data)
    run(0, "model", "export", str(again), "--data", data)
    assert again.read_bytes() == path.read_bytes()

    path.write_bytes(file(EXTENDED))
    tried = run(0, "model", "import", str(path), "--data", data, "--dry-run")
    assert "+ object_types.roast_batch" in tried.stdout
    assert "A dry run: nothing was changed." in tried.stdout
    assert "version 2" in run(0, "model", "import", str(path), "--data", data).stdout
    assert "FIELD_ADDED: Field Query.roastBatches was added." in run(0, "sdl", "--diff", "1", "--data", data).stdout
    assert "has no version 5" in run(2, "sdl", "--version", "5", "--data", data).stderr

    path.write_bytes(file(replace(EXTENDED, account=replace(EXTENDED.account, currency="EUR"))))
    refused = run(2, "model", "import", str(path), "--data", data)
    assert "account.currency: it is not set here and 'EUR' in the file" in refused.stderr
    assert "Nothing was changed." in refused.stderr


def test_a_broken_file_is_refused_in_one_line_each(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"format": "kinship-model/1",\n "account": {}, "object_types": [{"name": "x"}], "option_sets": 1}')
    refused = run(2, "model", "import", str(path), "--data", str(tmp_path / "account"))
    assert "error: model.json: object_types.x.type_name: expected a value, found none" in refused.stderr
    assert "Traceback" not in refused.stderr


def run(status: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    done = kinship(*arguments)
    assert done.returncode == status, done.stdout + done.stderr
    return done


def test_of_very_many_faults_the_first_are_told(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_text('{"format": "kinship-model/1", ' + ", ".join(f'"key{n}": 1' for n in range(5_000)) + "}")
    refused = run(2, "model", "import", str(path), "--data", str(tmp_path / "account"))
    assert len(refused.stderr.splitlines()) == 51
    assert "more." in refused.stderr.splitlines()[-1]
