"""Those that write: creates, upserts of the same keys, pairs, stages, amounts, transfers, merges, archives."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING, Any

from tests.kill.client import Claim, State, Write

if TYPE_CHECKING:
    import asyncio
    import random
    from collections.abc import Awaitable, Callable

    from tests.kill.client import Client

EMAILS = [f"shared{number}@kill.example" for number in range(24)]
DOMAINS = [f"company{number}.example" for number in range(8)]
DEALS = [f"deal{number}" for number in range(10)]
ACCOUNTS = [f"account{number}" for number in range(4)]
"""Deals between which amounts move."""
ACCOUNT_AMOUNT = Decimal(1000)
STAGES = ["PROSPECTING", "QUALIFIED_TO_BUY", "CONTRACT_SENT", "CLOSED_WON", "CLOSED_LOST"]
CREATED, UPDATED = ("CREATED",), ("UPDATED",)
EITHER = (*CREATED, *UPDATED)

_UPSERT_CONTACT = (
    "mutation Upsert($input: ContactInput!) { upsertContact(by: email, input: $input) { contact { id } } }"
)
_UPSERT_CONTACTS = (
    "mutation Upserts($inputs: [ContactInput!]!) { upsertContacts(by: email, inputs: $inputs) "
    "{ items { contact { id } } } }"
)
_UPSERT_COMPANY = (
    "mutation UpsertCompany($input: CompanyInput!) { upsertCompany(by: domain, input: $input) { company { id } } }"
)
_CREATE = (
    "mutation Create($inputs: [ContactInput!]!) { createContacts(inputs: $inputs) { items { contact { id companies { "
    "nodes { id } } } } } }"
)
_CREATE_DEAL = (
    "mutation CreateDeal($deal: DealInput!, $quote: String!, $key: String!) { "
    "createDeal(input: $deal) { deal { id contacts { nodes { id } } companies { nodes { id } } } } "
    "createQuote(input: {title: $quote, deals: [{externalId: $key}]}) { quote { id deals { nodes { id } } } } }"
)
_UPSERT_DEAL = "mutation UpsertDeal($input: DealInput!) { upsertDeal(by: externalId, input: $input) { deal { id } } }"
_UPDATE_DEAL = (
    "mutation UpdateDeal($key: String!, $input: DealInput!) { updateDeal(by: {externalId: $key}, input: $input) "
    "{ deal { id } } }"
)
_TRANSFER = (
    "mutation Transfer($from: String!, $to: String!, $less: DealInput!, $more: DealInput!, $fromAt: DateTime, "
    "$toAt: DateTime) { a: updateDeal(by: {externalId: $from}, input: $less, ifUpdatedAt: $fromAt) { deal { id } } "
    "b: updateDeal(by: {externalId: $to}, input: $more, ifUpdatedAt: $toAt) { deal { id } } }"
)
_READ_ACCOUNT = "query Account($key: String!) { deal(by: {externalId: $key}) { amount updatedAt } }"
_PAIR = (
    "mutation {kind}($from: RecordRef!, $to: RecordRef!, $labels: [String!]) {{ {kind}(from: $from, to: $to, "
    "labels: $labels) {{ from {{ id }} to {{ id }} {flag} }} }}"
)
_JOIN = (
    "mutation Join($input: ContactInput!, $email: String!, $domain: String!) { "
    "a: upsertContact(by: email, input: $input) { contact { id } } "
    'b: associate(from: {key: {type: CONTACT, property: "email", value: $email}}, '
    'to: {key: {type: COMPANY, property: "domain", value: $domain}}) { from { id } to { id } created } }'
)
_MERGE = (
    "mutation Merge($winner: ContactRef!, $loser: ContactRef!) { mergeContacts(winner: $winner, loser: $loser) "
    "{ contact { id } } }"
)
_LIFE = "mutation {verb}($id: ID!) {{ {verb}{type}(by: {{id: $id}}) {{ {field} {{ id }} }} }}"


@dataclass(slots=True)
class World:
    """What the writers know of the graph, and of each other.

    Attributes:
        contacts: Ids of contacts that were created, upserted or restored.
        deals: The same of deals.
        archived: Object type and id of records that were archived.
    """

    dice: random.Random
    contacts: list[str] = field(default_factory=list)
    deals: list[str] = field(default_factory=list)
    archived: list[tuple[str, str]] = field(default_factory=list)
    numbers: count[int] = field(default_factory=count)

    def token(self) -> str:
        """A value that no other write gives."""
        return f"t{next(self.numbers)}"


class Writer:
    """One of them.

    Args:
        client: Sends.
        world: What it shares with the others.
    """

    def __init__(self, client: Client, world: World) -> None:
        self._client = client
        self._world = world
        self._dice = world.dice
        self._acts: list[Callable[[], Awaitable[Any]]] = [
            *[self._create] * 3,
            *[self._upsert] * 4,
            *[self._upsert_many] * 2,
            self._upsert_company,
            *[self._join] * 2,
            *[self._associate] * 4,
            *[self._dissociate] * 2,
            *[self._stage] * 3,
            *[self._amount] * 2,
            *[self._transfer] * 2,
            self._create_deal,
            *[self._merge] * 2,
            *[self._archive] * 2,
            *[self._restore] * 2,
        ]

    async def prepare(self) -> None:
        """What the others write about: companies, deals, accounts."""
        for domain in DOMAINS:
            await self._send(*_company(domain, self._world.token()))
        for key in DEALS:
            given = {"externalId": key, "name": key, "stage": STAGES[0], "amount": "1.00"}
            await self._send(*_deal(given, self._world.token()))
        for key in ACCOUNTS:
            await self._send(*_deal({"externalId": key, "name": key, "amount": "1000.00"}, self._world.token()))

    async def run(self, ended: asyncio.Event) -> None:
        """Write until told to end."""
        while not ended.is_set():
            await self._dice.choice(self._acts)()

    async def _send(
        self,
        document: str,
        variables: dict[str, Any],
        claims: Callable[[dict[str, Any]], list[Claim]],
        *tokens: str,
    ) -> dict[str, Any]:
        """The answer; empty where it was refused or is not known."""
        write = await self._client.send(Write(document, variables, claims, tokens))
        return write.answer if write.state is State.DONE else {}

    async def _create(self) -> None:
        inputs: list[dict[str, Any]] = []
        for _ in range(self._dice.choice([1, 1, 3, 6])):
            token = self._world.token()
            one: dict[str, Any] = {"email": f"{token}@kill.example", "city": token}
            if self._dice.random() < 0.5:
                one["companies"] = [{"domain": self._dice.choice(DOMAINS)}]
            inputs.append(one)
        tokens = [one["city"] for one in inputs]

        def claims(answer: dict[str, Any]) -> list[Claim]:
            found: list[Claim] = []
            for token, item in zip(tokens, answer["createContacts"]["items"], strict=True):
                found.append(_given(CREATED, item["contact"], token, city=token))
                found += _joined(item["contact"], "companies")
            return found

        answer = await self._send(_CREATE, {"inputs": inputs}, claims, *tokens)
        if answer:
            self._world.contacts += [item["contact"]["id"] for item in answer["createContacts"]["items"]]

    async def _upsert(self) -> None:
        token = self._world.token()
        given = {"email": self._dice.choice(EMAILS), "city": token}

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return [_given(EITHER, answer["upsertContact"]["contact"], token, city=token)]

        answer = await self._send(_UPSERT_CONTACT, {"input": given}, claims, token)
        if answer:
            self._world.contacts.append(answer["upsertContact"]["contact"]["id"])

    async def _upsert_many(self) -> None:
        """Of different people, each with a property of its own that tells it: two addresses may be one contact's."""
        emails = self._dice.sample(EMAILS, 4)
        tokens = [self._world.token() for _ in emails]
        names = ["firstName", "lastName", "jobTitle", "department"]
        inputs = [{"email": email, name: token} for email, name, token in zip(emails, names, tokens, strict=True)]

        def claims(answer: dict[str, Any]) -> list[Claim]:
            items = answer["upsertContacts"]["items"]
            return [
                _given(EITHER, item["contact"], token, **{name: token})
                for item, name, token in zip(items, names, tokens, strict=True)
            ]

        await self._send(_UPSERT_CONTACTS, {"inputs": inputs}, claims, *tokens)

    async def _upsert_company(self) -> None:
        await self._send(*_company(self._dice.choice(DOMAINS), self._world.token()))

    async def _join(self) -> None:
        """A contact and its association, together or not at all."""
        token, email = self._world.token(), self._dice.choice(EMAILS)

        def claims(answer: dict[str, Any]) -> list[Claim]:
            contact = _given(EITHER, answer["a"]["contact"], token, city=token)
            return [contact, *_pair("ASSOCIATED", answer["b"], "created")]

        given = {"email": email, "city": token}
        await self._send(_JOIN, {"input": given, "email": email, "domain": self._dice.choice(DOMAINS)}, claims, token)

    def _ends(self) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
        """Two records of those that are there, the labels that they may have, either way round."""
        contact = _ref("CONTACT", "email", self._dice.choice(EMAILS))
        if self._world.contacts and self._dice.random() < 0.3:
            contact = {"id": self._dice.choice(self._world.contacts)}
        company = _ref("COMPANY", "domain", self._dice.choice(DOMAINS))
        deal = _ref("DEAL", "externalId", self._dice.choice(DEALS))
        pairs: list[tuple[dict[str, Any], dict[str, Any], list[str]]] = [
            (contact, company, ["primary", "billing"]),
            (contact, deal, ["decision_maker", "champion"]),
            (company, deal, ["primary", "partner"]),
        ]
        one, other, labels = self._dice.choice(pairs)
        if self._dice.random() < 0.5:
            one, other = other, one
        return one, other, labels

    async def _associate(self) -> None:
        one, other, labels = self._ends()
        chosen = [label for label in labels if self._dice.random() < 0.4]

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return _pair("ASSOCIATED", answer["associate"], "created")

        document = _PAIR.format(kind="associate", flag="created")
        await self._send(document, {"from": one, "to": other, "labels": chosen}, claims)

    async def _dissociate(self) -> None:
        one, other, _ = self._ends()

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return _pair("DISSOCIATED", answer["dissociate"], "removed")

        await self._send(_PAIR.format(kind="dissociate", flag="removed"), {"from": one, "to": other}, claims)

    async def _stage(self) -> None:
        await self._update_deal(stage=self._dice.choice(STAGES))

    async def _amount(self) -> None:
        await self._update_deal(amount=f"{next(self._world.numbers)}.25")

    async def _update_deal(self, **values: str) -> None:
        token = self._world.token()

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return [_given(UPDATED, answer["updateDeal"]["deal"], token, nextStep=token, **values)]

        variables = {"key": self._dice.choice(DEALS), "input": {"nextStep": token, **values}}
        await self._send(_UPDATE_DEAL, variables, claims, token)

    async def _transfer(self) -> None:
        """An amount from one account to another, by what both are read to hold: the sum of all stays."""
        one, other = self._dice.sample(ACCOUNTS, 2)
        read = [await self._client.ask(_READ_ACCOUNT, key=key) for key in (one, other)]
        accounts = [found["deal"] for found in read if found]
        if len(accounts) < 2:
            return
        moved = Decimal(self._dice.randint(1, 500)) / 100
        less, more = Decimal(accounts[0]["amount"]) - moved, Decimal(accounts[1]["amount"]) + moved
        tokens = (self._world.token(), self._world.token())

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return [
                _given(UPDATED, answer["a"]["deal"], tokens[0], amount=f"{less:.2f}"),
                _given(UPDATED, answer["b"]["deal"], tokens[1], amount=f"{more:.2f}"),
            ]

        variables = {
            "from": one,
            "to": other,
            "less": {"amount": f"{less:.2f}", "nextStep": tokens[0]},
            "more": {"amount": f"{more:.2f}", "nextStep": tokens[1]},
            "fromAt": accounts[0]["updatedAt"],
            "toAt": accounts[1]["updatedAt"],
        }
        await self._send(_TRANSFER, variables, claims, *tokens)

    async def _create_deal(self) -> None:
        """A deal with its associations, and a quote that must have one."""
        deal, quote = self._world.token(), self._world.token()
        given = {
            "externalId": deal,
            "name": deal,
            "stage": self._dice.choice(STAGES),
            "amount": "12.50",
            "contacts": [{"email": self._dice.choice(EMAILS)}],
            "companies": [{"domain": self._dice.choice(DOMAINS)}],
        }

        def claims(answer: dict[str, Any]) -> list[Claim]:
            made, offer = answer["createDeal"]["deal"], answer["createQuote"]["quote"]
            found = [_given(CREATED, made, deal, stage=given["stage"]), _given(CREATED, offer, quote, title=quote)]
            return [*found, *_joined(made, "contacts"), *_joined(made, "companies"), *_joined(offer, "deals")]

        answer = await self._send(_CREATE_DEAL, {"deal": given, "quote": quote, "key": deal}, claims, deal, quote)
        if answer:
            self._world.deals.append(answer["createDeal"]["deal"]["id"])

    async def _merge(self) -> None:
        if len(self._world.contacts) < 4:
            return
        winner, loser = self._dice.sample(self._world.contacts, 2)

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return [Claim(("MERGED",), answer["mergeContacts"]["contact"]["id"])]

        if await self._send(_MERGE, {"winner": {"id": winner}, "loser": {"id": loser}}, claims):
            self._world.contacts = [one for one in self._world.contacts if one != loser or self._dice.random() < 0.1]

    async def _archive(self) -> None:
        kind = "Deal" if self._world.deals and self._dice.random() < 0.3 else "Contact"
        known = self._world.deals if kind == "Deal" else self._world.contacts
        if known:
            chosen = self._dice.choice(known)
            if await self._life("archive", kind, chosen):
                self._world.archived.append((kind, chosen))

    async def _restore(self) -> None:
        if self._world.archived:
            place = self._dice.randrange(len(self._world.archived))
            kind, chosen = self._world.archived.pop(place)
            await self._life("restore", kind, chosen)

    async def _life(self, verb: str, kind: str, chosen: str) -> dict[str, Any]:
        name = kind.lower()
        document = _LIFE.format(verb=verb, type=kind, field=name)

        def claims(answer: dict[str, Any]) -> list[Claim]:
            return [Claim((f"{verb.upper()}D",), answer[f"{verb}{kind}"][name]["id"])]

        return await self._send(document, {"id": chosen}, claims)


def _company(domain: str, token: str) -> tuple[str, dict[str, Any], Callable[[dict[str, Any]], list[Claim]], str]:
    def claims(answer: dict[str, Any]) -> list[Claim]:
        return [_given(EITHER, answer["upsertCompany"]["company"], token, city=token)]

    return _UPSERT_COMPANY, {"input": {"domain": domain, "city": token}}, claims, token


def _deal(
    given: dict[str, Any], token: str
) -> tuple[str, dict[str, Any], Callable[[dict[str, Any]], list[Claim]], str]:
    def claims(answer: dict[str, Any]) -> list[Claim]:
        return [_given(EITHER, answer["upsertDeal"]["deal"], token, nextStep=token)]

    return _UPSERT_DEAL, {"input": {**given, "nextStep": token}}, claims, token


def _ref(kind: str, name: str, value: str) -> dict[str, Any]:
    return {"key": {"type": kind, "property": name, "value": value}}


def _given(kinds: tuple[str, ...], record: dict[str, Any], token: str, **values: Any) -> Claim:
    return Claim(kinds, record["id"], token=token, values=values)


def _joined(record: dict[str, Any], field_name: str) -> list[Claim]:
    """The associations that a record was created with."""
    return [Claim(("ASSOCIATED",), record["id"], node["id"]) for node in record[field_name]["nodes"]]


def _pair(kind: str, payload: dict[str, Any], flag: str) -> list[Claim]:
    """An association that came or went, unless nothing changed."""
    return [Claim((kind,), payload["from"]["id"], payload["to"]["id"])] if payload[flag] else []
