"""Idiomatic Strawberry over the same graph: a class for each type, a DataLoader for each association.

    dataloaders.py PORT

As Strawberry's and the driver's documentation have it: resolvers that are plain functions, loaders made anew for each
request, one statement for each batch of a loader, of each node what its class holds.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import strawberry
import uvicorn
from neo4j import READ_ACCESS, AsyncDriver, AsyncManagedTransaction
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 - a program, not a module
from bare import open_driver  # type: ignore[import-not-found]

if TYPE_CHECKING:
    from collections.abc import Sequence


Key = tuple[str, int]
"""A parent's id, and how many records at most."""
_FIELDS = {
    "Contact": "{.id, .email, .firstName, .lastName, .lifecycleStage, .score}",
    "Company": "{.id, .name, .industry, .employees}",
    "Deal": "{.id, .name, .amount, .stage}",
    "Ticket": "{.id, .subject, .stage, .priority}",
}


class Graph:
    """The driver, and the loaders of one request."""

    def __init__(self, driver: AsyncDriver) -> None:
        self._driver = driver
        self.companies = self._loader("Contact", "-[:CONTACT_COMPANY]->", "Company")
        self.deals = self._loader("Company", "-[:COMPANY_DEAL]->", "Deal")
        self.tickets = self._loader("Deal", "-[:DEAL_TICKET]->", "Ticket")
        self.billing_contacts = self._loader("Company", "<-[:CONTACT_COMPANY__BILLING]-", "Contact")

    async def write(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a statement that changes the graph, by column."""

        async def work(transaction: AsyncManagedTransaction) -> list[dict[str, Any]]:
            return await (await transaction.run(text, parameters)).data()

        async with self._driver.session(database=os.environ.get("NEO4J_DATABASE")) as session:
            return await session.execute_write(work)

    async def rows(self, text: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of a statement, by column."""
        database = os.environ.get("NEO4J_DATABASE")
        async with self._driver.session(database=database, default_access_mode=READ_ACCESS) as session:
            return await (await session.run(text, parameters)).data()

    def _loader(self, label: str, hop: str, far: str) -> DataLoader[Key, list[dict[str, Any]]]:
        text = (
            f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) "
            f"CALL (n) {{ MATCH (n){hop}(far) RETURN far ORDER BY far.id LIMIT $limit }} "
            f"RETURN id, collect(far {_FIELDS[far]}) AS found"
        )

        async def load(keys: list[Key]) -> Sequence[list[dict[str, Any]]]:
            found: dict[Key, list[dict[str, Any]]] = {}
            for limit in {limit for _, limit in keys}:
                ids = [parent for parent, its in keys if its == limit]
                for row in await self.rows(text, ids=ids, limit=limit):
                    found[row["id"], limit] = row["found"]
            return [found.get(key, []) for key in keys]

        return DataLoader(load_fn=load)


Info = strawberry.Info[Graph, None]


@strawberry.type
class Ticket:
    """A ticket."""

    id: strawberry.ID
    subject: str | None
    stage: str | None
    priority: str | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Ticket:
        return cls(id=node["id"], subject=node.get("subject"), stage=node.get("stage"), priority=node.get("priority"))


@strawberry.type
class Deal:
    """A deal."""

    id: strawberry.ID
    name: str | None
    amount: float | None
    stage: str | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Deal:
        return cls(id=node["id"], name=node.get("name"), amount=node.get("amount"), stage=node.get("stage"))

    @strawberry.field
    async def tickets(self, info: Info, limit: int = 10) -> list[Ticket]:
        return [Ticket.of(node) for node in await info.context.tickets.load((self.id, limit))]


@strawberry.type
class Company:
    """A company."""

    id: strawberry.ID
    name: str | None
    industry: str | None
    employees: int | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Company:
        return cls(id=node["id"], name=node.get("name"), industry=node.get("industry"), employees=node.get("employees"))

    @strawberry.field
    async def deals(self, info: Info, limit: int = 10) -> list[Deal]:
        return [Deal.of(node) for node in await info.context.deals.load((self.id, limit))]

    @strawberry.field
    async def billing_contacts(self, info: Info, limit: int = 10) -> list[Contact]:
        return [Contact.of(node) for node in await info.context.billing_contacts.load((self.id, limit))]


@strawberry.type
class Contact:
    """A contact."""

    id: strawberry.ID
    email: str | None
    first_name: str | None
    last_name: str | None
    lifecycle_stage: str | None
    score: float | None

    @classmethod
    def of(cls, node: dict[str, Any]) -> Contact:
        return cls(
            id=node["id"],
            email=node.get("email"),
            first_name=node.get("firstName"),
            last_name=node.get("lastName"),
            lifecycle_stage=node.get("lifecycleStage"),
            score=node.get("score"),
        )

    @strawberry.field
    async def companies(self, info: Info, limit: int = 10) -> list[Company]:
        return [Company.of(node) for node in await info.context.companies.load((self.id, limit))]


@strawberry.input
class ContactWhere:
    """What a list of contacts is filtered by."""

    lifecycle_stage: str | None = None
    owner: str | None = None
    score_from: float | None = None
    company_industry: str | None = None


_CONTACT_FILTERS = {
    "lifecycle_stage": "n.lifecycleStage = $lifecycle_stage",
    "owner": "n.owner = $owner",
    "score_from": "n.score >= $score_from",
    "company_industry": "EXISTS { MATCH (n)-[:CONTACT_COMPANY]->(c) WHERE c.industry = $company_industry }",
}
_ORDERS = {
    "id": "n.id",
    "lastName": "n.lastName, n.id",
    "amount": "n.amount DESC, n.id DESC",
    "employees": "n.employees DESC, n.id DESC",
}


@strawberry.type
class Figures:
    """How many there are and their sum."""

    count: int
    sum: float
    avg: float | None


async def _by_id(info: Info, label: str, record_id: str) -> list[dict[str, Any]]:
    rows = await info.context.rows(f"MATCH (n:{label} {{id: $id}}) RETURN n {_FIELDS[label]} AS n", id=record_id)
    return [row["n"] for row in rows]


async def _nodes(info: Info, label: str, where: str, order: str, limit: int, **given: Any) -> list[dict[str, Any]]:
    text = (
        f"MATCH (n:{label}) {where} WITH n ORDER BY {_ORDERS[order]} SKIP $offset LIMIT $limit "
        f"RETURN n {_FIELDS[label]} AS n"
    )
    return [row["n"] for row in await info.context.rows(text, limit=limit, **given)]


@strawberry.type
class Query:
    """The roots."""

    @strawberry.field
    async def contact(self, info: Info, id: strawberry.ID) -> Contact | None:  # noqa: A002 - the argument's name
        rows = await _by_id(info, "Contact", id)
        return Contact.of(rows[0]) if rows else None

    @strawberry.field
    async def company(self, info: Info, id: strawberry.ID) -> Company | None:  # noqa: A002 - the argument's name
        rows = await _by_id(info, "Company", id)
        return Company.of(rows[0]) if rows else None

    @strawberry.field
    async def contacts(
        self, info: Info, limit: int = 25, offset: int = 0, order: str = "id", where: ContactWhere | None = None
    ) -> list[Contact]:
        given = {name: value for name, value in vars(where or ContactWhere()).items() if value is not None}
        conditions = " AND ".join(_CONTACT_FILTERS[name] for name in given)
        text = f"WHERE {conditions}" if given else ""
        return [Contact.of(node) for node in await _nodes(info, "Contact", text, order, limit, offset=offset, **given)]

    @strawberry.field
    async def companies(self, info: Info, limit: int = 25, order: str = "id") -> list[Company]:
        return [Company.of(node) for node in await _nodes(info, "Company", "", order, limit, offset=0)]

    @strawberry.field
    async def deals(self, info: Info, limit: int = 25, order: str = "id", stage: str | None = None) -> list[Deal]:
        text = "" if stage is None else "WHERE n.stage = $stage"
        return [Deal.of(node) for node in await _nodes(info, "Deal", text, order, limit, offset=0, stage=stage)]

    @strawberry.field
    async def tickets(self, info: Info, limit: int = 25, priority: str | None = None) -> list[Ticket]:
        text = "" if priority is None else "WHERE n.priority = $priority"
        nodes = await _nodes(info, "Ticket", text, "id", limit, offset=0, priority=priority)
        return [Ticket.of(node) for node in nodes]

    @strawberry.field
    async def deal_figures(self, info: Info, stage: str | None = None) -> Figures:
        text = "" if stage is None else "WHERE n.stage = $stage"
        (row,) = await info.context.rows(
            f"MATCH (n:Deal) {text} RETURN count(n) AS count, sum(n.amount) AS sum, avg(n.amount) AS avg", stage=stage
        )
        return Figures(**row)


@strawberry.input
class ContactInput:
    """What is given of a contact."""

    email: str
    first_name: str | None = None
    last_name: str | None = None
    job_title: str | None = None
    city: str | None = None
    lifecycle_stage: str | None = None
    companies: list[strawberry.ID] = strawberry.field(default_factory=list)

    def values(self) -> dict[str, Any]:
        """As they are stored."""
        return {
            "email": self.email,
            "firstName": self.first_name,
            "lastName": self.last_name,
            "jobTitle": self.job_title,
            "city": self.city,
            "lifecycleStage": self.lifecycle_stage,
        }


_CREATE_CONTACTS = (
    "UNWIND $rows AS row CREATE (n:Contact) SET n = row.values "
    "WITH n, row UNWIND row.companies AS company MATCH (c:Company {id: company}) CREATE (n)-[:CONTACT_COMPANY]->(c)"
)
_UPSERT_CONTACT = (
    f"MERGE (n:Contact {{email: $email}}) ON CREATE SET n.id = $id SET n += $values RETURN n {_FIELDS['Contact']} AS n"
)
_ASSOCIATE = (
    "MATCH (n:Contact {email: $contact}) MATCH (c:Company {id: $company}) "
    "MERGE (n)-[r:CONTACT_COMPANY]->(c) SET r.labels = $labels RETURN count(r) AS found"
)


@strawberry.type
class Mutation:
    """What changes the graph."""

    @strawberry.mutation
    async def create_contacts(self, info: Info, inputs: list[ContactInput]) -> list[Contact]:
        made = [{"id": str(uuid4()), **one.values()} for one in inputs]
        rows = [{"values": node, "companies": one.companies} for node, one in zip(made, inputs, strict=True)]
        await info.context.write(_CREATE_CONTACTS, rows=rows)
        return [Contact.of(node) for node in made]

    @strawberry.mutation
    async def upsert_contact(self, info: Info, input: ContactInput) -> Contact:  # noqa: A002 - the argument's name
        values = input.values()
        (row,) = await info.context.write(_UPSERT_CONTACT, id=str(uuid4()), email=input.email, values=values)
        return Contact.of(row["n"])

    @strawberry.mutation
    async def associate(self, info: Info, contact: str, company: strawberry.ID, labels: list[str]) -> bool:
        (row,) = await info.context.write(_ASSOCIATE, contact=contact, company=company, labels=labels)
        return bool(row["found"])


class View(GraphQL[Graph, None]):
    """The endpoint, with loaders of its own for each request."""

    def __init__(self, schema: strawberry.Schema, driver: AsyncDriver) -> None:
        super().__init__(schema, graphql_ide=None)
        self._driver = driver

    async def get_context(self, request: Any, response: Any) -> Graph:  # noqa: ARG002 - Strawberry's signature
        return Graph(self._driver)


if __name__ == "__main__":
    app = Starlette(routes=[Route("/graphql", View(strawberry.Schema(Query, Mutation), open_driver()))])
    uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)
