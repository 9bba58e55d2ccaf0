"""What operations are refused for by themselves: every fault, each with its place in the input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.files import standard_catalog
from graphdb.errors import FaultCode
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Associate, Create, Link, Ref, Update, Upsert

if TYPE_CHECKING:
    from graphdb.writer.operations import Operation

CATALOG = standard_catalog()
WRITER = Writer(CATALOG)
UNKNOWN = "0" * 32


def faults(*operations: Operation) -> list[tuple[tuple[str | int, ...], str]]:
    """Places and messages; every fault of the input itself is BAD_USER_INPUT."""
    found = list(WRITER.check(operations).faults)
    assert {fault.code for fault in found} <= {FaultCode.BAD_USER_INPUT}
    return [(fault.input, fault.message) for fault in found]


def link(near: str, far: str, *labels: str, value: Any = UNKNOWN, key: str = "id") -> Link:
    side = CATALOG.side_between(near, far)
    assert side is not None
    return Link(side=side, to=Ref(type=far, key=key, value=value, path=("to",)), labels=labels, path=("link",))


def test_all_faults_of_all_operations_are_found_at_once() -> None:
    found = faults(
        Create(
            type="contact",
            values={"email": "nobody", "frstName": "Ada", "createdAt": None, "lifecycleStage": "GONE"},
            path=("inputs", 0),
        ),
        Create(type="deal", values={"amount": 10**16}, path=("inputs", 1)),
        Create(type="spaceship", values={}, path=("inputs", 2)),
    )
    assert [place for place, _ in found] == [
        ("inputs", 0, "email"),
        ("inputs", 0, "frstName"),
        ("inputs", 0, "createdAt"),
        ("inputs", 0, "lifecycleStage"),
        ("inputs", 1, "amount"),
        ("inputs", 1, "name"),
        ("inputs", 2),
    ]
    assert found[5][1] == "name is required"


def test_a_required_property_cannot_be_unset() -> None:
    by = Ref(type="deal", key="id", value=UNKNOWN, path=("by", "id"))
    assert faults(Update(by=by, values={"name": " "}, path=("input",))) == [
        (("input", "name"), "name is required and cannot be unset")
    ]
    assert faults(Update(by=by, values={"amount": None}, path=("input",))) == []


def test_a_new_record_must_have_the_associations_its_type_requires() -> None:
    quote = {"title": "Offer"}
    (found,) = faults(Create(type="quote", values=quote, path=("input",)))
    assert found == (("input",), "a new Quote must be associated with a deal")
    assert faults(Create(type="quote", values=quote, links=(link("quote", "deal"),))) == []
    by = Ref(type="quote", key="id", value=UNKNOWN)
    assert faults(Update(by=by, values={"title": "Other"})) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"stage": "WON_IT"}, "stage: expected one of"),
        ({"stage": "UPCOMING", "pipeline": "SALES"}, "expected RENEWAL, the pipeline of the stage UPCOMING"),
        ({"stage": "UPCOMING", "pipeline": None}, "expected RENEWAL, the pipeline of the stage UPCOMING"),
        ({"isWon": True}, "isWon is set by the program"),
    ],
)
def test_a_stage_belongs_to_its_pipeline(given: dict[str, Any], message: str) -> None:
    ((_, found),) = faults(Create(type="deal", values={"name": "d", **given}))
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (("boss",), "expected a label of contact and company: one of primary, billing"),
        (("billing", "billing"), "expected each label once, found billing twice"),
    ],
)
def test_a_label_belongs_to_its_association_and_stands_once(labels: tuple[str, ...], message: str) -> None:
    ((place, found),) = faults(Create(type="contact", values={}, links=(link("contact", "company", *labels),)))
    assert place == ("link",)
    assert found.startswith(message)


def test_a_paired_label_is_known_by_the_name_that_fits_the_side() -> None:
    assert faults(Create(type="contact", values={}, links=(link("contact", "contact", "manager"),))) == []
    assert faults(Create(type="contact", values={}, links=(link("contact", "contact", "direct_report"),))) == []


def test_one_operation_cannot_give_a_label_of_one_to_two_records() -> None:
    links = (link("contact", "company", "primary"), link("contact", "company", "primary", value="1" * 32))
    ((place, message),) = faults(Create(type="contact", values={}, links=links))
    assert place == ("link",)
    assert message == "expected at most one record labelled primary, found another"


def test_a_link_leads_to_its_associations_type_from_its_own() -> None:
    side = CATALOG.side_between("contact", "company")
    assert side is not None
    wrong = Link(side=side, to=Ref(type="deal", key="id", value=UNKNOWN, path=("to",)), path=("link",))
    assert faults(Create(type="contact", values={}, links=(wrong,))) == [(("to",), "expected a company, found a deal")]
    ((place, message),) = faults(Create(type="ticket", values={"subject": "s"}, links=(wrong,)))
    assert (place, message) == (("link",), "expected an association of Ticket, found one of contact")


def test_a_record_is_referred_to_by_its_id_or_a_unique_property() -> None:
    by = Ref(type="contact", key="firstName", value="Ada", path=("by",))
    ((place, message),) = faults(Update(by=by, values={}))
    assert place == ("by",)
    assert message == "expected one of id, email, externalId, found firstName"
    blank = Ref(type="contact", key="email", value=" ", path=("by",))
    assert faults(Update(by=blank, values={})) == [(("by",), "expected a value of email to find the record by")]


def test_an_upsert_needs_a_value_of_a_unique_property() -> None:
    assert faults(Upsert(type="contact", key="email", values={"firstName": "Ada"}, path=("input",))) == [
        (("input", "email"), "expected a value of email to find the record by")
    ]
    assert faults(Upsert(type="contact", key="email", values={"email": "x"}, path=("input",)))[0][0] == (
        "input",
        "email",
    )
    ((place, _),) = faults(Upsert(type="contact", key="city", values={"city": "Bonn"}, path=("input",)))
    assert place == ("input",)


def test_types_without_an_association_cannot_be_associated() -> None:
    product = Ref(type="product", key="id", value=UNKNOWN)
    ticket = Ref(type="ticket", key="id", value=UNKNOWN)
    assert faults(Associate(start=product, to=ticket, path=("from",))) == [
        (
            ("from",),
            (
                "Products and Tickets cannot be associated: the data model has no association between them "
                "(createAssociation makes one)"
            ),
        )
    ]


def test_a_type_that_is_not_enabled_takes_no_record() -> None:
    disabled = next(one for one in CATALOG.object_types if not one.enabled)
    assert faults(Create(type=disabled.name, values={}, path=("input",))) == [
        (("input",), f"the object type {disabled.label} is not enabled")
    ]


def test_an_id_is_given_in_its_form_and_once() -> None:
    found = faults(
        Create(type="contact", values={}, id="7", path=("a",)),
        Create(type="contact", values={}, id=UNKNOWN, path=("b",)),
        Create(type="company", values={}, id=UNKNOWN, path=("c",)),
    )
    assert [place for place, _ in found] == [("a",), ("c",)]
