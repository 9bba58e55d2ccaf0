"""What is written: each case as our document, as the rivals are asked for the same, and what differs by request.

The marks of a request make its unique values its own, and are of equal length, so that in the statements that the
writer sent for one request another's can take its place. What they stand in begins with ``MADE_BY``, by which it is
found and taken away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.bench.case import LOADERS, OURS, PEER, Asked, Case, Writes
from tests.bench.dataset import record_id

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MADE_BY: Final = "qz"
PARTIES: Final = 500
"""Contacts that are made to be associated with as many companies."""
BATCH: Final = 1_000
ROUND: Final = 64
"""So many contacts are upserted for the first time, then the same again: many clients do not meet at one of them."""


def write_cases() -> list[Case]:
    """All of them."""
    return [_create(), _batch(), _upsert(), _associate()]


def _mark(number: int) -> str:
    return f"{MADE_BY}{number:018}"


def _contact(mark: str) -> dict[str, Any]:
    return {
        "email": f"{mark}@made.example",
        "firstName": "Ada",
        "lastName": f"Made {mark}",
        "jobTitle": "Countess",
        "city": "London",
        "lifecycleStage": "CUSTOMER",
    }


def _company(number: int) -> str:
    return record_id("company", number % PARTIES)


_PEER_CREATE: Final = (
    "mutation Create($inputs: [ContactCreateInput!]!) { createContacts(input: $inputs) { contacts { id } } }"
)
_LOADER_CREATE: Final = "mutation Create($inputs: [ContactInput!]!) { createContacts(inputs: $inputs) { id } }"


def _create() -> Case:
    def given(number: int) -> tuple[dict[str, Any], str]:
        return _contact(_mark(number)), _company(number)

    def ours(number: int) -> dict[str, Any]:
        contact, company = given(number)
        return {"input": {**contact, "companies": [{"id": company}]}}

    def peer(number: int) -> dict[str, Any]:
        contact, company = given(number)
        return {"inputs": [{**contact, "companies": {"connect": [{"where": {"node": {"id": {"eq": company}}}}]}}]}

    def loaders(number: int) -> dict[str, Any]:
        contact, company = given(number)
        return {"inputs": [{**contact, "companies": [company]}]}

    return Case(
        name="create",
        title="a contact created, with a company",
        sides={
            OURS: Asked(
                document="mutation Create($input: ContactInput!) { createContact(input: $input) { contact { id } } }",
                variables=ours,
            ),
            PEER: Asked(document=_PEER_CREATE, variables=peer),
            LOADERS: Asked(document=_LOADER_CREATE, variables=loaders),
        },
        writes=Writes(exchanged=lambda number, _: (_mark(number), _company(number))),
    )


def _batch() -> Case:
    """Without @neo4j/graphql, whose statement grows with the records: the engine plans one of 1,000 for minutes."""
    companies = [_company(number) for number in range(PARTIES)]

    def inputs(shape: Callable[[str], Any]) -> Callable[[int], dict[str, Any]]:
        def made(number: int) -> dict[str, Any]:
            return {
                "inputs": [
                    {**_contact(f"{_mark(number)}x{nth:03}"), "companies": shape(companies[nth % PARTIES])}
                    for nth in range(BATCH)
                ]
            }

        return made

    return Case(
        name="create-1000",
        title="1,000 contacts created in one request, a company each",
        sides={
            OURS: Asked(
                document="mutation Create($inputs: [ContactInput!]!) "
                "{ createContacts(inputs: $inputs) { items { contact { id } } } }",
                variables=inputs(lambda company: [{"id": company}]),
            ),
            LOADERS: Asked(document=_LOADER_CREATE, variables=inputs(lambda company: [company])),
        },
        writes=Writes(exchanged=lambda number, _: (_mark(number), *companies), together=False),
    )


def _upsert() -> Case:
    def which(number: int) -> int:
        return number // (2 * ROUND) * ROUND + number % ROUND

    def given(number: int) -> dict[str, Any]:
        return {**_contact(_mark(which(number))), "city": f"City {number // ROUND % 2}"}

    def made(number: int) -> str:
        return f"019f{which(number):014x}70008000000000"

    return Case(
        name="upsert",
        title="a contact upserted by its address",
        sides={
            OURS: Asked(
                document="mutation Upsert($input: ContactInput!) "
                "{ upsertContact(by: email, input: $input) { contact { id } } }",
                variables=lambda number: {"input": given(number)},
                read=lambda data: data["upsertContact"]["contact"]["id"],
            ),
            PEER: Asked(
                document="mutation Upsert($email: String!, $firstName: String, $lastName: String, $jobTitle: String, "
                "$city: String, $lifecycleStage: String) { upsertContact(email: $email, firstName: $firstName, "
                "lastName: $lastName, jobTitle: $jobTitle, city: $city, lifecycleStage: $lifecycleStage) { id } }",
                variables=given,
            ),
            LOADERS: Asked(
                document="mutation Upsert($input: ContactInput!) { upsertContact(input: $input) { id } }",
                variables=lambda number: {"input": given(number)},
            ),
        },
        writes=Writes(
            exchanged=lambda number, _: (_mark(which(number)),),
            made=made,
            kinds=(0, ROUND),
            kind=lambda number: number // ROUND % 2,
        ),
    )


def _associate() -> Case:
    def pair(number: int) -> tuple[str, str]:
        nth = number % PARTIES
        return _contact(_mark(nth))["email"], _company(number // PARTIES + nth)

    def variables(number: int) -> dict[str, Any]:
        contact, company = pair(number)
        return {"contact": contact, "company": company}

    def exchanged(number: int, parties: Sequence[str]) -> tuple[str, ...]:
        contact, company = pair(number)
        return contact, company, parties[number % PARTIES]

    return Case(
        name="associate",
        title="a pair associated",
        sides={
            OURS: Asked(
                document="mutation Associate($contact: String!, $company: ID!) { associate(from: {key: {type: CONTACT, "
                'property: "email", value: $contact}}, to: {id: $company}, labels: ["billing"]) { created } }',
                variables=variables,
            ),
            PEER: Asked(
                document="mutation Associate($contact: String!, $company: ID!) { updateContacts("
                "where: {email: {eq: $contact}}, update: {companies: [{connect: [{where: {node: {id: {eq: $company}}}, "
                'edge: {labels: ["billing"]}}]}]}) { info { relationshipsCreated } } }',
                variables=variables,
            ),
            LOADERS: Asked(
                document="mutation Associate($contact: String!, $company: ID!) "
                '{ associate(contact: $contact, company: $company, labels: ["billing"]) }',
                variables=variables,
            ),
        },
        writes=Writes(
            exchanged=exchanged,
            before=Asked(
                document="mutation Parties($inputs: [ContactInput!]!) "
                "{ createContacts(inputs: $inputs) { items { contact { id } } } }",
                variables=lambda _: {"inputs": [_contact(_mark(nth)) for nth in range(PARTIES)]},
                read=lambda data: [item["contact"]["id"] for item in data["createContacts"]["items"]],
            ),
        ),
    )
