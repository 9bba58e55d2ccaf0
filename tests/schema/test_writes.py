"""Mutation fields as the writer's operations, with the place of everything in the client's input."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from graphql import GraphQLError, parse, validate

from graphdb.catalog.files import standard_catalog
from graphdb.writer.operations import Associate, Create, Operation, Ref, Update, Upsert
from schema import MergedSchema, Prepared, build_schema
from schema.compiler.writes import WriteReader


@pytest.fixture(scope="module")
def merged() -> MergedSchema:
    return build_schema(standard_catalog())


def _operations(merged: MergedSchema, text: str, variables: dict[str, Any] | None = None) -> list[Operation]:
    document = parse(text)
    assert validate(merged.graphql_schema, document) == []
    prepared = Prepared(merged.graphql_schema, standard_catalog(), document)
    operation = prepared.open(prepared.coerce(variables))
    reader = WriteReader(operation, standard_catalog())
    return [one for field in prepared.root_fields(operation).values() for one in reader.step(field).operations]


def test_a_create_with_values_in_stored_form(merged: MergedSchema) -> None:
    """Partly literals, partly variables; null unsets, absent is not there."""
    (found,) = _operations(
        merged,
        """mutation A($amount: Decimal, $none: String, $absent: String) { createDeal(input: {name: "x", amount: $amount,
          closeDate: "2025-01-31", closedAt: "2025-01-31T01:00:00+01:00", stage: CLOSED_WON, owner: $none,
          description: $absent}) { created } }""",
        {"amount": "1.5", "none": None},
    )
    assert isinstance(found, Create)
    assert found.type == "deal"
    assert found.path == ("input",)
    assert found.values == {
        "name": "x",
        "amount": 15_000,
        "closeDate": date(2025, 1, 31),
        "closedAt": datetime(2025, 1, 31, tzinfo=UTC),
        "stage": "CLOSED_WON",
        "owner": None,
    }


def test_links_with_their_labels_and_places(merged: MergedSchema) -> None:
    """A label field gives its label, as seen from the record that is written."""
    (found,) = _operations(
        merged,
        """mutation { createContact(input: {companies: [{id: "a"}, {domain: "b.example"}],
          primaryCompany: {externalId: "c"}, managerContacts: [{email: "d@e.example"}]}) { created } }""",
    )
    assert isinstance(found, Create)
    seen = {
        (link.path, link.to.type, link.to.key, link.to.value, link.labels, link.to.path)
        for link in found.links
        if isinstance(link.to, Ref)
    }
    assert seen == {
        (("input", "companies", 0), "company", "id", "a", (), ("input", "companies", 0, "id")),
        (("input", "companies", 1), "company", "domain", "b.example", (), ("input", "companies", 1, "domain")),
        (
            ("input", "primaryCompany"), "company", "externalId", "c", ("primary",),
            ("input", "primaryCompany", "externalId"),
        ),
        (
            ("input", "managerContacts", 0), "contact", "email", "d@e.example", ("manager",),
            ("input", "managerContacts", 0, "email"),
        ),
    }  # fmt: skip


def test_update_and_upsert(merged: MergedSchema) -> None:
    """Which record, and on what condition."""
    update, upsert = _operations(
        merged,
        """mutation { updateContact(by: {email: "a@b.example"}, input: {city: "x"}, ifUpdatedAt: "2025-01-01T00:00:00Z")
          { created } upsertContact(by: externalId, input: {externalId: "y"}) { created } }""",
    )
    assert isinstance(update, Update)
    assert update.by == Ref(type="contact", key="email", value="a@b.example", path=("by", "email"))
    assert update.if_updated_at == datetime(2025, 1, 1, tzinfo=UTC)
    assert isinstance(upsert, Upsert)
    assert (upsert.key, upsert.values) == ("externalId", {"externalId": "y"})


def test_associate_by_id_and_by_key(merged: MergedSchema) -> None:
    """The type behind an id is not known yet; a key's value is normalised."""
    (found,) = _operations(
        merged,
        """mutation { associate(from: {id: "a"}, to: {key: {type: COMPANY, property: "domain",
          value: "https://WWW.B.Example/x"}}, labels: ["billing"]) { created } }""",
    )
    assert isinstance(found, Associate)
    assert found.start == Ref(type="", key="id", value="a", path=("from", "id"))
    assert found.to == Ref(type="company", key="domain", value="b.example", path=("to", "key", "value"))
    assert found.labels == ("billing",)


@pytest.mark.parametrize(
    ("field", "place"),
    [
        ("createContact(input: {companies: null}) { created }", ["input", "companies"]),
        (
            'associate(from: {key: {type: DEAL, property: "name", value: "x"}}, to: {id: "a"}) { created }',
            ["from", "key", "property"],
        ),
        (
            'associate(from: {id: "a"}, to: {key: {type: CONTACT, property: "email", value: "x"}}) { created }',
            ["to", "key", "value"],
        ),
    ],
)  # fmt: skip
def test_what_is_refused_before_the_writer_sees_it(merged: MergedSchema, field: str, place: list[str]) -> None:
    """With its place in the input."""
    with pytest.raises(GraphQLError) as caught:
        _operations(merged, f"mutation {{ {field} }}")
    assert caught.value.extensions == {"code": "BAD_USER_INPUT", "input": place}
