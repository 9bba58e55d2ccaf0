"""The data model that ships with the program, against what the requirements state of it."""

from __future__ import annotations

import pytest

from graphdb.catalog import naming
from graphdb.catalog.check import check
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Category, LabelSide, PropertyType, Tool

CATALOG = standard_catalog()
BASIC, MARKETING, SALES, SERVICE, COMMERCE, OTHER = (
    Category.BASIC,
    Category.MARKETING,
    Category.SALES,
    Category.SERVICE,
    Category.COMMERCE,
    Category.OTHER,
)
CATEGORIES = {
    "contact": {BASIC},
    "company": {BASIC},
    "deal": {SALES},
    "ticket": {SERVICE},
    "lead": {SALES},
    "marketing_event": {MARKETING},
    "campaign": {MARKETING},
    "note": {MARKETING},
    "communication": {MARKETING},
    "call": {SALES},
    "meeting": {SALES},
    "email": {SALES},
    "task": {OTHER},
    "service": {SALES, SERVICE},
    "listing": {SALES},
    "appointment": {SERVICE},
    "course": {SERVICE},
    "conversation": {SERVICE},
    "project": {OTHER},
    "product": {COMMERCE},
    "line_item": {COMMERCE},
    "cart": {SALES},
    "order": {SALES},
    "quote": {COMMERCE},
    "invoice": {COMMERCE},
    "subscription": {COMMERCE},
    "payment": {COMMERCE},
}
STATED_PAIRS = """
    contact-company contact-contact ticket-ticket company-deal contact-deal contact-ticket company-ticket
    deal-ticket deal-service deal-quote deal-invoice deal-note deal-meeting deal-task lead-contact
    lead-company ticket-conversation contact-conversation ticket-communication ticket-note project-task
    line_item-quote line_item-subscription line_item-invoice line_item-product call-contact call-company
    meeting-contact email-contact company-note company-call company-email service-communication
    service-email service-meeting appointment-call appointment-contact course-contact cart-contact
    communication-contact company-company deal-deal order-contact order-line_item deal-line_item
    payment-invoice subscription-payment
"""


def label_fields(near: str, far: str) -> dict[str, LabelSide]:
    side = CATALOG.side_between(near, far)
    assert side is not None
    return {label.field: label for label in side.labels}


def test_the_standard_catalog_is_sound() -> None:
    assert check(CATALOG) == []


def test_it_has_the_27_object_types_in_their_categories() -> None:
    assert {t.name: set(t.categories) for t in CATALOG.object_types} == CATEGORIES


def test_activities_are_marked() -> None:
    activities = {t.name for t in CATALOG.object_types if t.activity}

    assert activities == {"note", "communication", "call", "meeting", "email", "task"}


def test_five_types_are_off_until_a_super_admin_enables_them() -> None:
    off = {"service", "listing", "appointment", "course", "project"}

    assert {t.name for t in CATALOG.object_types if t.requires_enabling} == off
    assert {t.name for t in CATALOG.object_types if not t.enabled} == off
    assert all(side.far not in off for side in CATALOG.sides_of("contact"))


def test_contacts_and_companies_are_told_apart_by_email_and_domain() -> None:
    for name, key in (("contact", "email"), ("company", "domain")):
        assert {prop.name for prop in CATALOG.by_name[name].unique_properties} == {key, "externalId"}


@pytest.mark.parametrize("name", CATALOG.by_name)
def test_a_type_has_10_to_40_described_properties_and_5_to_8_indexed_ones(name: str) -> None:
    object_type = CATALOG.by_name[name]

    assert 10 <= len(object_type.properties) <= 40
    assert 5 <= sum(prop.indexed for prop in object_type.properties) <= 8
    assert all(prop.description.endswith(".") and prop.label for prop in object_type.properties)
    assert object_type.by_name["externalId"].unique


@pytest.mark.parametrize("name", CATALOG.by_name)
def test_a_minted_name_follows_from_the_type_s_own(name: str) -> None:
    object_type = CATALOG.by_name[name]

    assert naming.fold(object_type.field) == naming.fold(name)
    assert object_type.type_name.removesuffix("Object") == object_type.node_label


def test_the_subscription_gives_way_to_graphql_s() -> None:
    subscription = CATALOG.by_name["subscription"]

    assert (subscription.type_name, subscription.field, subscription.plural_field) == (
        "SubscriptionObject",
        "subscription",
        "subscriptions",
    )


def test_a_quote_must_have_a_deal_and_a_lead_a_contact_or_a_company() -> None:
    required = {t.name: t.required_associations for t in CATALOG.object_types if t.required_associations}

    assert required == {"quote": (("deal",),), "lead": (("contact", "company"),)}


def test_deals_go_through_a_sales_or_a_renewal_pipeline() -> None:
    sales, renewal = CATALOG.by_name["deal"].pipelines

    assert (sales.name, renewal.name) == ("SALES", "RENEWAL")
    assert [stage.name for stage in sales.stages] == [
        "PROSPECTING",
        "ENGAGING",
        "APPOINTMENT_SCHEDULED",
        "QUALIFIED_TO_BUY",
        "PRESENTATION_SCHEDULED",
        "DECISION_MAKER_BOUGHT_IN",
        "CONTRACT_SENT",
        "CLOSED_WON",
        "CLOSED_LOST",
    ]
    assert renewal.stages[-2].name == "RENEWAL_CLOSED_WON"
    stages = CATALOG.by_name["deal"].stages
    assert {name for name, (_, stage) in stages.items() if stage.won} == {"CLOSED_WON", "RENEWAL_CLOSED_WON"}
    assert all(stage.probability is not None for _, stage in stages.values())
    assert CATALOG.by_name["deal"].by_name["isWon"].read_only


def test_tickets_are_open_until_closed() -> None:
    stages = CATALOG.by_name["ticket"].stages

    assert list(stages) == ["NEW", "OPEN", "WAITING_ON_CONTACT", "CLOSED"]
    assert [name for name, (_, stage) in stages.items() if stage.closed] == ["CLOSED"]
    assert "isWon" not in CATALOG.by_name["ticket"].by_name


def test_types_with_pipelines() -> None:
    assert {t.name for t in CATALOG.object_types if t.pipelines} == {
        "deal",
        "ticket",
        "lead",
        "order",
        "service",
        "listing",
        "appointment",
        "course",
        "project",
    }


@pytest.mark.parametrize("pair", STATED_PAIRS.split())
def test_every_pair_that_the_requirements_name_can_be_associated(pair: str) -> None:
    start, end = pair.split("-")
    pairs = {frozenset((a.start, a.end)) for a in CATALOG.associations}

    assert frozenset((start, end)) in pairs


@pytest.mark.parametrize(
    "relationship_type",
    [
        "CONTACT_COMPANY",
        "CONTACT_DEAL",
        "CONTACT_TICKET",
        "COMPANY_DEAL",
        "COMPANY_TICKET",
        "DEAL_TICKET",
        "DEAL_LINE_ITEM",
        "PRODUCT_LINE_ITEM",
        "CONTACT_CONTACT",
        "COMPANY_COMPANY",
        "DEAL_DEAL",
        "TICKET_TICKET",
    ],
)
def test_relationship_types_of_the_main_pairs(relationship_type: str) -> None:
    assert relationship_type in {a.relationship_type for a in CATALOG.associations}


@pytest.mark.parametrize(
    ("near", "far", "field", "single"),
    [
        ("contact", "company", "primaryCompany", True),
        ("company", "contact", "primaryContacts", False),
        ("company", "contact", "billingContacts", False),
        ("contact", "company", "billingCompanies", False),
        ("deal", "contact", "decisionMakerContacts", False),
        ("contact", "deal", "decisionMakerDeals", False),
        ("deal", "company", "primaryCompany", True),
        ("ticket", "company", "primaryCompany", True),
        ("company", "company", "parentCompany", True),
        ("company", "company", "childCompanies", False),
        ("contact", "contact", "managerContacts", False),
        ("contact", "contact", "directReportContacts", False),
        ("contact", "contact", "colleagueContacts", False),
        ("ticket", "ticket", "blockedTickets", False),
        ("ticket", "ticket", "duplicateTickets", False),
    ],
)
def test_labels_are_fields_single_where_there_is_at_most_one(near: str, far: str, field: str, single: bool) -> None:
    assert (label_fields(near, far)[field].max_far == 1) is single


def test_a_paired_label_says_what_the_far_record_is() -> None:
    fields = label_fields("contact", "contact")

    assert (fields["managerContacts"].name, fields["managerContacts"].shown) == ("manager", "Manager")
    assert fields["directReportContacts"].name == "direct_report"
    assert fields["colleagueContacts"].symmetric


@pytest.mark.parametrize(
    ("type_name", "alias", "prop"),
    [
        ("contact", "firstname", "firstName"),
        ("contact", "hubspot_owner_id", "owner"),
        ("company", "numberofemployees", "employees"),
        ("deal", "dealname", "name"),
        ("deal", "dealstage", "stage"),
        ("deal", "hs_is_closed_won", "isWon"),
        ("ticket", "hs_ticket_priority", "priority"),
        ("ticket", "hs_pipeline_stage", "stage"),
    ],
)
def test_properties_are_found_by_their_names_in_other_systems(type_name: str, alias: str, prop: str) -> None:
    properties = CATALOG.by_name[type_name].by_name.values()

    assert [p.name for p in properties if alias in p.aliases] == [prop]


def test_the_sample_sources_values_have_options() -> None:
    """Sectors, priorities, stages and channels of the imported samples, by name, label or alias."""
    expected = {
        "Industry": "technology medical retail software entertainment marketing telecommunications finance "
        "employment services",
        "Priority": "Low Medium High Critical",
        "DealStage": "Won Lost Engaging Prospecting",
        "TicketStage": "Open|Closed|Pending Customer Response",
        "Channel": "Email|Phone|Chat|Social media",
        "TicketCategory": "Refund request|Technical issue|Cancellation request|Product inquiry|Billing inquiry",
        "Gender": "Male Female Other",
    }
    for name, text in expected.items():
        calls = {
            call.casefold()
            for option in CATALOG.option_sets_by_name[name].options
            for call in (option.name, option.label, *option.aliases)
        }
        assert {value.casefold() for value in text.split("|" if "|" in text else None)} <= calls


def test_lifecycle_stages_are_the_usual_ones() -> None:
    assert list(CATALOG.option_sets_by_name["LifecycleStage"].by_name) == [
        "SUBSCRIBER",
        "LEAD",
        "MARKETING_QUALIFIED_LEAD",
        "SALES_QUALIFIED_LEAD",
        "OPPORTUNITY",
        "CUSTOMER",
        "EVANGELIST",
        "OTHER",
    ]


def test_one_name_means_one_kind_of_value_across_types() -> None:
    """Fragments over several types merge only where a name has the same type (stages are each type's own)."""
    kinds: dict[str, set[tuple[PropertyType, str | None]]] = {}
    for object_type in CATALOG.object_types:
        for prop in object_type.properties:
            kinds.setdefault(prop.name, set()).add((prop.type, prop.option_set))
    differing = {name for name, found in kinds.items() if len(found) > 1}

    assert differing == {"stage", "pipeline", "type", "status", "category", "channel", "outcome"}


def test_every_type_has_a_record_page_and_reports() -> None:
    for object_type in CATALOG.object_types:
        assert {Tool.RECORD_PAGE, Tool.REPORTING, Tool.PROPERTY_SETTINGS} <= set(object_type.tools)
    for name in ("contact", "company", "deal", "ticket"):
        assert set(CATALOG.by_name[name].tools) == set(Tool)
