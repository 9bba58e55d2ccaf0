"""How names are minted: the rule of ``graphdb.catalog.naming`` and the collisions that it settles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphdb.catalog import naming
from graphdb.cypher.quoting import is_safe


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Green lot #", "greenLot"),
        ("Quality score", "qualityScore"),
        ("Roast date", "roastDate"),
        ("firstName", "firstName"),
        ("Website URL", "websiteUrl"),
        ("hs_lead_status", "hsLeadStatus"),
        ("Größe (m²)", "grosseM2"),
        ("Customer's e-mail", "customersEMail"),
        ("2nd phone", "property2ndPhone"),
        ("###", "property"),
        ("品質", "property"),
    ],
)
def test_a_property_is_named_in_camel_case_after_the_words_of_its_label(text: str, name: str) -> None:
    assert naming.property_name(text) == name


@given(st.text(max_size=200))
def test_any_text_gives_lawful_names(text: str) -> None:
    assert naming.is_field_name(naming.property_name(text))
    assert is_safe(f"_u_{naming.property_name(text)}")
    assert naming.is_enum_value(naming.option_name(text))
    assert naming.is_enum_value(naming.stage_name(text, "SALES", ()))
    assert naming.is_enum_value(naming.pipeline_name(text))
    assert naming.is_api_name(naming.label_api_name(text))
    assert naming.is_api_name(naming.type_api_name(text))
    assert naming.is_type_name(naming.type_name(naming.type_api_name(text), ()))


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Marketing qualified lead", "MARKETING_QUALIFIED_LEAD"),
        ("3-5 years", "OPTION_3_5_YEARS"),
        ("true", "TRUE"),
        ("In progress…", "IN_PROGRESS"),
    ],
)
def test_an_option_is_named_in_upper_snake(text: str, name: str) -> None:
    assert naming.option_name(text) == name


def test_a_pipeline_leaves_out_the_word_pipeline() -> None:
    assert naming.pipeline_name("Sales pipeline") == "SALES"
    assert naming.pipeline_name("Pipeline") == "PIPELINE"


def test_a_taken_stage_gets_its_pipeline_in_front() -> None:
    assert naming.stage_name("Closed won", "RENEWAL", set()) == "CLOSED_WON"
    assert naming.stage_name("Closed won", "RENEWAL", {"closedwon"}) == "RENEWAL_CLOSED_WON"


@pytest.mark.parametrize(
    ("name", "type_name"),
    [
        ("contact", "Contact"),
        ("line_item", "LineItem"),
        ("subscription", "SubscriptionObject"),
        ("query", "QueryObject"),
        ("mutation", "MutationObject"),
        ("property", "PropertyObject"),
        ("account", "AccountObject"),
        ("page_info", "PageInfoObject"),
        ("guest_where", "GuestWhereObject"),
        ("trade_connection", "TradeConnectionObject"),
        ("water_filter", "WaterFilterObject"),
        ("work_order", "WorkOrder"),
        ("license_key", "LicenseKey"),
        ("test_result", "TestResult"),
        ("customer_group", "CustomerGroup"),
    ],
)
def test_a_type_keeps_clear_of_fixed_types_and_reserved_endings(name: str, type_name: str) -> None:
    assert naming.type_name(name, set()) == type_name


def test_a_type_or_enum_that_is_taken_steps_aside() -> None:
    """An object "Deal Stage" beside the enum of the stages of deals."""
    assert naming.enum_name("deal_stage", {"dealstage"}) == "DealStageOption"
    assert naming.type_name("deal_stage", {"dealstage"}) == "DealStageObject"


def test_subscriptions_are_read_by_their_own_name() -> None:
    assert naming.field("subscription") == "subscription"
    assert naming.plural_field("subscription") == "subscriptions"
    assert naming.node_label("subscription") == "Subscription"


@pytest.mark.parametrize(
    ("name", "plural", "expected"),
    [
        ("company", None, "companies"),
        ("line_item", None, "lineItems"),
        ("box", None, "boxes"),
        ("survey", None, "surveys"),
        ("person", "people", "people"),
        ("staff", "staff", "staffRecords"),
        ("sheep", "Sheep", "sheepRecords"),
    ],
)
def test_a_list_is_named_by_the_plural(name: str, plural: str | None, expected: str) -> None:
    assert naming.plural_field(name, plural) == expected


@pytest.mark.parametrize(
    ("label", "single", "field"),
    [
        ("primary", True, "primaryCompany"),
        ("billing", False, "billingCompanies"),
        ("parent", True, "parentCompany"),
        ("parent_company", True, "parentCompany"),
        ("partner_companies", False, "partnerCompanies"),
        ("former_employer", False, "formerEmployerCompanies"),
    ],
)
def test_a_label_field_is_the_label_and_its_target_once(label: str, single: bool, field: str) -> None:
    assert naming.label_field(label, "company", "companies", single=single, taken=set()) == field


def test_a_label_field_that_is_taken_gets_the_full_form() -> None:
    taken = {"billingcontacts"}
    field = naming.label_field("billing_contact", "contact", "contacts", single=False, taken=taken)
    assert field == "billingContactContacts"


def test_one_label_on_several_pairs_gives_several_fields() -> None:
    """The label "primary" on a company's contacts, deals and tickets: the target tells them apart."""
    fields = {
        naming.label_field("primary", one, many, single=False, taken=set())
        for one, many in (("contact", "contacts"), ("deal", "deals"), ("ticket", "tickets"))
    }
    assert fields == {"primaryContacts", "primaryDeals", "primaryTickets"}


def test_names_are_compared_without_case_and_underscores() -> None:
    assert naming.fold("A_1") == naming.fold("A1") == naming.fold("a1")
    assert naming.unique("qualityScore", {"qualityscore", "qualityscore2"}) == "qualityScore3"
    assert naming.repeated(["A_1", "b", "a1"]) == ["a1"]


def test_relationship_types_of_different_pairs_differ() -> None:
    first = naming.relationship_type("work", "order_line", set())
    assert first == "WORK_ORDER_LINE"
    assert naming.relationship_type("work_order", "line", {first}) == "WORK_ORDER_LINE_2"
    assert naming.label_relationship_type("CONTACT_COMPANY", "billing") == "CONTACT_COMPANY__BILLING"
