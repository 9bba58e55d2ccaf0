"""Associations, labels and pipelines made, changed, retired, restored and deleted, as pure edits."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.changes import AtMost, JobKind, NoneHolds
from graphdb.catalog.edit import associations, object_types, pipelines
from graphdb.catalog.parts import BuildState
from graphdb.errors import FaultCode
from tests.edits import LEAVES, draft, jobs, make, refused

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft


def _fields(one: Draft, near: str, far: str) -> dict[str, bool]:
    """Fields of labels on one side, each with whether it holds one record."""
    side = one.catalog.side_between(near, far)
    assert side is not None
    return {label.field: label.single for label in side.label_fields}


def test_a_pair_is_made_once_in_either_order() -> None:
    one = draft()
    make(one, associations.create, "campaign", "invoice")
    made = one.catalog.associations[-1]
    assert (made.relationship_type, made.start_field, made.end_field) == ("CAMPAIGN_INVOICE", "invoices", "campaigns")
    assert refused(one, associations.create, "invoice", "campaign").code is FaultCode.CONFLICT
    assert refused(one, associations.create, "invoice", "nothing").input == ("end",)


def test_a_label_is_a_field_on_both_sides_named_for_what_the_far_record_is() -> None:
    one = draft()
    make(one, associations.create_label, "contact", "company", {"label": "Informant", "max_end": 1})
    assert "informantContacts" in _fields(one, "company", "contact")
    assert _fields(one, "contact", "company")["informantCompany"] is True


def test_a_paired_label_says_something_else_of_each_side() -> None:
    one = draft()
    made = make(one, associations.create_label, "contact", "contact", {"label": "Mentor", "inverse_label": "Mentee"})
    assert (made.name, made.inverse_name) == ("mentor", "mentee")
    assert (made.start_field, made.end_field) == ("menteeContacts", "mentorContacts")
    assert made.relationship_type == "CONTACT_CONTACT__MENTOR"


def test_the_ends_may_be_named_in_the_other_order() -> None:
    """`start` is the type whose role the label says, whatever the order in which the pair is stored."""
    one = draft()
    make(
        one,
        associations.create_label,
        "company",
        "contact",
        {"label": "Employer", "inverse_label": "Employee", "max_start": 1},
    )
    fields = _fields(one, "contact", "company")
    assert fields["employerCompany"] is True
    assert _fields(one, "company", "contact")["employeeContacts"] is False


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "label is required"),
        ({"label": "Primary"}, "have a label primary already"),
        ({"label": "x", "inverse_label": "X"}, "something else of each side"),
        ({"label": "x", "max_end": 0}, "at least 1"),
        ({"label": "標籤"}, "no Latin letter"),
        ({"label": "l" * 300}, "at most 100"),
    ],
)
def test_what_is_not_sound_of_a_label_is_refused(given: dict[str, Any], words: str) -> None:
    assert words in refused(draft(), associations.create_label, "contact", "company", given).message


def test_a_limit_that_stops_being_one_gains_the_plural_field_and_keeps_the_singular() -> None:
    one = draft()
    made = make(one, associations.update_label, "contact", "company", "primary", {"max_end": None})
    assert (made.start_field, made.start_field_was, made.start_field_leaves) == (
        "primaryCompanies",
        "primaryCompany",
        LEAVES,
    )
    assert _fields(one, "contact", "company")["primaryCompanies"] is False
    assert _fields(one, "contact", "company")["primaryCompany"] is True
    assert one.narrowings == []
    later = draft(one.catalog, date(2027, 6, 1))
    make(later, object_types.withdraw_due)
    assert "primaryCompany" not in _fields(later, "contact", "company")
    back = make(later, associations.update_label, "contact", "company", "primary", {"max_end": 1})
    assert (back.start_field, back.start_field_was) == ("primaryCompany", "primaryCompanies")


def test_a_smaller_limit_is_looked_at_in_the_graph() -> None:
    one = draft()
    make(one, associations.update_label, "contact", "company", "billing", {"max_start": 2})
    ((place, narrowing),) = one.narrowings
    assert place == ("input", "max_start")
    assert narrowing == AtMost(
        object_type="company",
        relationship_type="CONTACT_COMPANY__BILLING",
        of_start=False,
        symmetric=False,
        limit=2,
    )
    assert [job.kind for job in one.jobs] == [JobKind.VERIFY]


def test_a_label_is_not_renamed_to_one_that_exists_nor_at_all() -> None:
    fault = refused(draft(), associations.update_label, "contact", "company", "billing", {"name": "primary"})
    assert fault.input == ("input", "name")


def test_a_retired_label_leaves_comes_back_and_is_deleted_for_good() -> None:
    one = draft()
    make(one, associations.retire_label, "contact", "company", "billing")
    side = one.catalog.side_between("contact", "company")
    assert side is not None
    assert {label.name: label.deprecation for label in side.labels}["billing"] is not None
    later = draft(one.catalog, date(2027, 6, 1))
    make(later, object_types.withdraw_due)
    assert "billingCompanies" not in _fields(later, "contact", "company")
    make(later, associations.restore_label, "contact", "company", "billing")
    assert "billingCompanies" in _fields(later, "contact", "company")
    make(one, associations.delete_label, "contact", "company", "billing")
    assert [(job.kind, job.label) for job in one.jobs] == [
        (JobKind.DELETE_RELATIONSHIPS, "CONTACT_COMPANY__BILLING"),
    ]
    assert refused(one, associations.create_label, "contact", "company", {"label": "Billing"}).code is (
        FaultCode.CONFLICT
    )


def test_a_retired_association_takes_its_fields_along_and_is_deleted_for_good() -> None:
    one = draft()
    make(one, associations.retire, "company", "contact")
    side = one.catalog.side_between("contact", "company")
    assert side is not None
    assert side.deprecation == f"retired 2026-11-22, leaves after {LEAVES}"
    later = draft(one.catalog, date(2027, 6, 1))
    make(later, object_types.withdraw_due)
    assert later.catalog.side_between("contact", "company") is None
    make(later, associations.restore, "contact", "company")
    assert later.catalog.side_between("contact", "company") is not None
    make(one, associations.delete, "contact", "company")
    assert all(job.kind is JobKind.DELETE_RELATIONSHIPS for job in one.jobs)
    assert "CONTACT_COMPANY" in {job.label for job in one.jobs}
    fault = refused(one, associations.create, "contact", "company")
    assert (fault.code, fault.input) == (FaultCode.CONFLICT, ("end",))


def test_a_first_pipeline_brings_the_properties_that_say_where_a_record_is() -> None:
    one = draft()
    make(one, object_types.create, {"label": "Roast Batch"})
    one.jobs.clear()
    stages = [{"label": "Green"}, {"label": "Roasted", "won": True, "probability": 1.0}]
    made = make(one, pipelines.create, "roast_batch", {"label": "Roasting pipeline", "stages": stages})
    assert [prop.name for prop in made.properties] == [
        "externalId",
        "stage",
        "pipeline",
        "isClosed",
        "stageEnteredAt",
        "isWon",
    ]
    assert made.by_name["stage"].indexed_state is BuildState.BUILDING
    assert jobs(one) == [(JobKind.INDEX, "roast_batch", "stage")]
    assert [one.name for one in one.catalog.option_sets_by_name["RoastBatchStage"].options] == ["GREEN", "ROASTED"]


def test_pipelines_and_their_enumerations_stay_in_step() -> None:
    one = draft()
    make(one, pipelines.create, "deal", {"label": "Partner pipeline", "stages": [{"label": "Closed won", "won": True}]})
    make(one, pipelines.create_stage, "deal", "PARTNER", {"label": "Talking", "position": 0})
    made = one.catalog.by_name["deal"].pipelines[-1]
    assert [stage.name for stage in made.stages] == ["TALKING", "PARTNER_CLOSED_WON"]
    make(one, pipelines.update_stage, "deal", "TALKING", {"label": "In talks", "position": 1, "probability": 0.5})
    options = one.catalog.option_sets_by_name["DealStage"].options
    assert [(option.name, option.label) for option in options[-2:]] == [
        ("PARTNER_CLOSED_WON", "Closed won"),
        ("TALKING", "In talks"),
    ]
    make(one, pipelines.retire_stage, "deal", "TALKING")
    assert one.catalog.option_sets_by_name["DealStage"].by_name["TALKING"].leaves == LEAVES
    assert "last stage" in refused(one, pipelines.retire_stage, "deal", "PARTNER_CLOSED_WON").message
    make(one, pipelines.restore_stage, "deal", "TALKING")
    make(one, pipelines.retire, "deal", "PARTNER")
    make(one, pipelines.delete, "deal", "PARTNER")
    assert one.narrowings[-1][1] == NoneHolds(object_type="deal", property="pipeline", option="PARTNER")
    again = {"label": "Partner pipeline", "stages": [{"label": "x"}]}
    assert "has or had" in refused(one, pipelines.create, "deal", again).message


@pytest.mark.parametrize(
    ("edit", "args", "words"),
    [
        (pipelines.create, ("deal", {"label": "Empty", "stages": []}), "at least one stage"),
        (pipelines.create, ("deal", {"label": "P", "stages": [{"label": "x", "probability": 7.0}]}), "from 0 to 1"),
        (pipelines.update_stage, ("deal", "NO", {}), "no stage 'NO'"),
        (pipelines.create_stage, ("deal", "NO", {"label": "x"}), "no pipeline 'NO'"),
        (pipelines.create_stage, ("deal", "SALES", {"label": "x", "name": "CLOSED_WON"}), "has or had a stage"),
        (pipelines.update, ("deal", "SALES", {"stages": []}), "createStage"),
    ],
)
def test_what_is_not_sound_of_a_pipeline_is_refused(edit: Any, args: tuple[Any, ...], words: str) -> None:
    assert words in refused(draft(), edit, *args).message


def test_a_stage_changes_what_follows_from_it_only_while_it_is_empty() -> None:
    one = draft()
    make(one, pipelines.update_stage, "deal", "PROSPECTING", {"closed": True})
    assert one.narrowings == [
        (("input", "closed"), NoneHolds(object_type="deal", property="stage", option="PROSPECTING")),
    ]
