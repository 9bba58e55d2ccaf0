"""Object types made, changed, retired, restored and deleted, as pure edits."""

from __future__ import annotations

from datetime import date

import pytest

from graphdb.catalog.changes import AllAssociated, JobKind
from graphdb.catalog.edit import associations, object_types, properties
from graphdb.catalog.model import Category
from graphdb.errors import FaultCode
from tests.edits import LEAVES, TODAY, draft, jobs, make, refused

ROAST = {
    "label": "Roast Batch",
    "plural_label": "Roast Batches",
    "properties": [
        {"label": "Batch name", "type": "string"},
        {"label": "Roast date", "type": "date", "indexed": True},
        {"label": "Green lot #", "type": "string"},
        {"label": "Quality score", "type": "number"},
    ],
    "associations": ["contact", "deal", "ticket"],
}


def test_a_new_type_has_names_minted_from_its_label() -> None:
    one = draft()
    made = make(one, object_types.create, ROAST)
    made = one.catalog.by_name["roast_batch"]
    assert (made.type_name, made.field, made.plural_field, made.node_label) == (
        "RoastBatch",
        "roastBatch",
        "roastBatches",
        "RoastBatch",
    )
    assert [prop.name for prop in made.properties] == [
        "externalId",
        "batchName",
        "roastDate",
        "greenLot",
        "qualityScore",
    ]
    assert made.display == (("batchName",), ("externalId",))
    assert made.custom
    assert made.categories == (Category.OTHER,)
    assert {side.far: side.field for side in one.catalog.sides_of("roast_batch")} == {
        "contact": "contacts",
        "deal": "deals",
        "ticket": "tickets",
    }
    assert jobs(one) == [
        (JobKind.INDEX, "roast_batch", "roastDate"),
        (JobKind.ENSURE_TYPE, "roast_batch", None),
    ]
    assert one.change.catalog.version == 2


@pytest.mark.parametrize(
    ("label", "type_name", "field", "plural_field"),
    [
        ("Query", "QueryObject", "query", "queries"),
        ("Staff", "Staff", "staff", "staffs"),
        ("Deal Stage", "DealStageObject", "dealStage", "dealStages"),
        ("Work Order", "WorkOrder", "workOrder", "workOrders"),
        ("Price Filter", "PriceFilterObject", "priceFilter", "priceFilters"),
        ("Café Vérité", "CafeVerite", "cafeVerite", "cafeVerites"),
    ],
)
def test_a_name_of_the_schemas_own_gets_a_word_behind_it(
    label: str, type_name: str, field: str, plural_field: str
) -> None:
    one = draft()
    make(one, object_types.create, {"label": label})
    made = one.catalog.object_types[-1]
    assert (made.type_name, made.field, made.plural_field) == (type_name, field, plural_field)


@pytest.mark.parametrize(
    ("given", "place", "code", "words"),
    [
        ({}, ("input", "label"), FaultCode.BAD_USER_INPUT, "label is required"),
        ({"label": "  "}, ("input", "label"), FaultCode.BAD_USER_INPUT, "not empty"),
        ({"label": "x" * 300}, ("input", "label"), FaultCode.BAD_USER_INPUT, "at most 100 characters, found 300"),
        ({"label": "a\x00b"}, ("input", "label"), FaultCode.BAD_USER_INPUT, "control characters"),
        ({"label": "烘焙批次"}, ("input", "label"), FaultCode.BAD_USER_INPUT, "no Latin letter"),
        ({"label": "Партия 7"}, ("input", "label"), FaultCode.BAD_USER_INPUT, "no Latin letter"),
        ({"label": "Batch", "name": "n" * 300}, ("input", "name"), FaultCode.BAD_USER_INPUT, "at most 48"),
        ({"label": "Batch", "name": "Roast Batch"}, ("input", "name"), FaultCode.BAD_USER_INPUT, "'roast_batch'"),
        ({"label": "Batch", "name": "`) DETACH"}, ("input", "name"), FaultCode.BAD_USER_INPUT, "ASCII"),
        ({"label": "contact"}, ("input", "label"), FaultCode.CONFLICT, "has an object type contact"),
        ({"label": "CON TACT"}, ("input", "label"), FaultCode.CONFLICT, "has an object type con_tact"),
        (
            {"label": "A", "associations": ["nothing"]},
            ("input", "associations", 0, "end"),
            FaultCode.NOT_FOUND,
            "no object type",
        ),
        ({"label": "A", "display": [["no"]]}, ("input", "display", 0), FaultCode.NOT_FOUND, "no property 'no'"),
    ],
)
def test_what_is_not_sound_is_refused_with_its_place(
    given: dict[str, object], place: tuple[object, ...], code: FaultCode, words: str
) -> None:
    fault = refused(draft(), object_types.create, given)
    assert (fault.input, fault.code) == (place, code)
    assert words in fault.message


def test_another_script_is_welcome_where_a_name_is_given() -> None:
    one = draft()
    make(one, object_types.create, {"label": "烘焙批次", "plural_label": "烘焙批次", "name": "roast_batch"})
    made = one.catalog.by_name["roast_batch"]
    assert (made.label, made.plural_field) == ("烘焙批次", "roastBatches")


def test_renaming_what_is_shown_leaves_the_names() -> None:
    one = draft()
    before = one.catalog.by_name["company"]
    after = make(one, object_types.update, "company", {"label": "Account", "plural_label": "Accounts"})
    assert (after.label, after.plural_label) == ("Account", "Accounts")
    assert (after.field, after.type_name, after.plural_field) == (before.field, before.type_name, before.plural_field)
    assert jobs(one) == []


@pytest.mark.parametrize("key", ["name", "properties", "associations", "activity"])
def test_what_a_type_keeps_cannot_be_given_to_an_update(key: str) -> None:
    fault = refused(draft(), object_types.update, "company", {key: "x"})
    assert fault.input == ("input", key)


def test_an_optional_type_is_enabled_once() -> None:
    one = draft()
    assert not one.catalog.by_name["listing"].enabled
    assert make(one, object_types.enable, "listing").enabled
    assert jobs(one) == [(JobKind.ENSURE_TYPE, "listing", None)]
    assert refused(one, object_types.enable, "listing").code is FaultCode.CONFLICT


def test_what_is_unknown_is_refused_with_what_is_near() -> None:
    fault = refused(draft(), object_types.retire, "contacts")
    assert fault.code is FaultCode.NOT_FOUND
    assert "Did you mean 'contact'?" in fault.message


def test_a_retired_type_stays_until_it_leaves_and_comes_back() -> None:
    one = draft()
    make(one, object_types.create, ROAST)
    retired = make(one, object_types.retire, "roast_batch")
    assert (retired.retired, retired.leaves, retired.enabled) == (TODAY.isoformat(), LEAVES, True)
    assert retired.deprecation == f"retired {TODAY.isoformat()}, leaves after {LEAVES}"
    assert refused(one, object_types.retire, "roast_batch").code is FaultCode.CONFLICT
    later = draft(one.catalog, date(2027, 5, 21))
    object_types.withdraw_due(later)
    assert later.catalog.by_name["roast_batch"].enabled
    after = draft(one.catalog, date(2027, 5, 22))
    make(after, object_types.withdraw_due)
    assert not after.catalog.by_name["roast_batch"].enabled
    assert "roast_batch" not in {side.far for side in after.catalog.sides_of("contact")}
    back = make(after, object_types.restore, "roast_batch")
    assert (back.enabled, back.retired) == (True, None)


def test_a_type_that_others_need_is_not_retired() -> None:
    fault = refused(draft(), object_types.retire, "deal")
    assert fault.code is FaultCode.CONFLICT
    assert "a Quote must be associated with one" in fault.message


def test_a_deleted_type_takes_its_associations_along_and_leaves_its_names_spent() -> None:
    one = draft()
    make(one, object_types.create, ROAST)
    assert refused(one, object_types.delete, "roast_batch").code is FaultCode.CONFLICT
    make(one, object_types.retire, "roast_batch")
    one.jobs.clear()
    make(one, object_types.delete, "roast_batch")
    assert "roast_batch" not in one.catalog.by_name
    assert [job.kind for job in one.jobs] == [JobKind.DELETE_RELATIONSHIPS] * 3 + [JobKind.DELETE_RECORDS]
    fault = refused(one, object_types.create, {"label": "Roast batch"})
    assert fault.code is FaultCode.CONFLICT
    assert "had an object type" in fault.message
    assert refused(one, properties.create, "contact", {"label": "Roast batches", "type": "string"}).code is (
        FaultCode.CONFLICT
    )


def test_what_is_shipped_is_not_deleted() -> None:
    one = draft()
    make(one, object_types.retire, "campaign")
    assert "shipped" in refused(one, object_types.delete, "campaign").message


def test_a_new_required_association_is_looked_at_in_the_graph() -> None:
    one = draft()
    make(one, object_types.create, ROAST)
    one.jobs.clear()
    make(one, object_types.update, "roast_batch", {"required_associations": [["contact", "deal"]]})
    narrowing = AllAssociated(object_type="roast_batch", group=("contact", "deal"))
    assert one.narrowings == [(("input", "required_associations", 0), narrowing)]
    assert [job.kind for job in one.jobs] == [JobKind.VERIFY]
    fault = refused(one, object_types.update, "roast_batch", {"required_associations": [["company"]]})
    assert "Expected an association of roast_batch and company" in fault.message
    fault = refused(one, associations.retire, "contact", "roast_batch")
    assert "a Roast Batch must have it" in fault.message


def test_the_accounts_settings_are_checked() -> None:
    one = draft()
    make(one, object_types.update_account, {"name": "Bean There", "time_zone": "Europe/Berlin", "currency": "EUR"})
    assert one.catalog.account.time_zone == "Europe/Berlin"
    assert "time zone" in refused(one, object_types.update_account, {"time_zone": "Mars/Olympus"}).message
    assert "ISO 4217" in refused(one, object_types.update_account, {"currency": "euro"}).message
