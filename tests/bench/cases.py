"""What is asked: each case as our document and as the rivals are asked for the same records in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from graphdb.values import MONEY_SCALE
from tests.bench.case import LOADERS, OURS, PEER, Asked, Case, Variables
from tests.bench.dataset import ALONE, SHARED, record_id
from tests.bench.write_cases import write_cases

if TYPE_CHECKING:
    from tests.bench.dataset import Dataset

PAGES_BEFORE: Final = 999
PAGE: Final = 5
NESTS: Final = (1, 50, 500, 2_000)
RECORDS: Final = 10_000


def plain(value: Any, key: str = "") -> Any:
    """An answer without connections, amounts as numbers: what all sides' answers have in common."""
    if isinstance(value, dict):
        if isinstance(value.get("nodes"), list):
            return plain(value["nodes"])
        return {name: plain(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if key == "amount" and value is not None:
        return float(value) if isinstance(value, str) else value / MONEY_SCALE
    return value


def equal(one: Any, other: Any) -> bool:
    """Whether two plain answers are the same; a list of one record is that record, numbers may differ in the end."""
    if isinstance(one, dict) and isinstance(other, list) and len(other) == 1:
        return equal(one, other[0])
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, float) or isinstance(other, float):
        return bool(abs(one - other) <= 1e-9 * max(abs(one), abs(other), 1))
    return bool(one == other)


def _same(variables: dict[str, Any]) -> Variables:
    return lambda _: variables


_TREE = """{ nodes { id email firstName lastName
    companies(first: 10) { nodes { id name industry
      deals(first: 10) { nodes { id name amount stage
        tickets(first: 10) { nodes { id subject stage priority } } } } } } } }"""
_PEER_TREE = """{ id email firstName lastName
    companies(limit: 10, sort: [{id: ASC}]) { id name industry
      deals(limit: 10, sort: [{id: ASC}]) { id name amount stage
        tickets(limit: 10, sort: [{id: ASC}]) { id subject stage priority } } } }"""
_LOADER_TREE = """{ id email firstName lastName
    companies(limit: 10) { id name industry
      deals(limit: 10) { id name amount stage
        tickets(limit: 10) { id subject stage priority } } } }"""


def _nest(name: str, title: str, parents: int, *, owner: str | None = None, scaled: bool = False) -> Case:
    """Contact, company, deal, ticket; the contacts that are customers, or those of an owner."""
    prop, value = ("lifecycleStage", "CUSTOMER") if owner is None else ("owner", owner)
    ours = value if owner is None else f'"{value}"'
    variables = _same({"first": parents})
    return Case(
        name=name,
        title=title,
        scaled=scaled,
        shares=owner is not None,
        sides={
            OURS: Asked(
                document="query Nest($first: Int!) "
                f"{{ contacts(first: $first, where: {{{prop}: {{eq: {ours}}}}}) {_TREE} }}",
                variables=variables,
            ),
            PEER: Asked(
                document="query Nest($first: Int!) "
                f'{{ contacts(limit: $first, sort: [{{id: ASC}}], where: {{{prop}: {{eq: "{value}"}}}}) '
                f"{_PEER_TREE} }}",
                variables=variables,
            ),
            LOADERS: Asked(
                document="query Nest($first: Int!) "
                f'{{ contacts(limit: $first, where: {{{prop}: "{value}"}}) {_LOADER_TREE} }}',
                variables=variables,
            ),
        },
    )


def _one(dataset: Dataset) -> Case:
    variables = _same({"id": record_id("contact", dataset.contacts // 2)})
    fields = "{ id email firstName lastName lifecycleStage }"
    return Case(
        name="one",
        title="one record by its key",
        scaled=True,
        sides={
            OURS: Asked(document=f"query One($id: ID!) {{ contact(by: {{id: $id}}) {fields} }}", variables=variables),
            PEER: Asked(
                document=f"query One($id: ID!) {{ contact: contacts(where: {{id: {{eq: $id}}}}) {fields} }}",
                variables=variables,
            ),
            LOADERS: Asked(document=f"query One($id: ID!) {{ contact(id: $id) {fields} }}", variables=variables),
        },
    )


def _page(name: str, title: str, cursor: str | None) -> Case:
    offset = PAGE * PAGES_BEFORE if cursor else 0
    fields = "id firstName lastName score"
    return Case(
        name=name,
        title=title,
        sides={
            OURS: Asked(
                document="query Page($after: String) { contacts(first: 5, after: $after, where: {score: {gte: 40}}, "
                f"orderBy: [{{lastName: ASC}}]) {{ nodes {{ {fields} }} pageInfo {{ hasNextPage endCursor }} }} }}",
                variables=_same({"after": cursor} if cursor else {}),
            ),
            PEER: Asked(
                document="query Page($offset: Int!) { contacts(limit: 5, offset: $offset, where: {score: {gte: 40}}, "
                f"sort: [{{lastName: ASC}}, {{id: ASC}}]) {{ {fields} }} }}",
                variables=_same({"offset": offset}),
            ),
            LOADERS: Asked(
                document="query Page($offset: Int!) { contacts(limit: 5, offset: $offset, where: {scoreFrom: 40}, "
                f'order: "lastName") {{ {fields} }} }}',
                variables=_same({"offset": offset}),
            ),
        },
    )


PAGES_DOCUMENT: Final = """query Pages($first: Int!, $after: String) {
  contacts(first: $first, after: $after, where: {score: {gte: 40}}, orderBy: [{lastName: ASC}]) {
    pageInfo { endCursor } } }"""
"""Where the 1,000th page begins."""


def _hub(dataset: Dataset) -> Case:
    variables = _same({"id": record_id("company", dataset.hub)})
    return Case(
        name="hub",
        title="the hub's labelled contacts",
        sides={
            OURS: Asked(
                document="query Hub($id: ID!) { company(by: {id: $id}) "
                "{ name billingContacts(first: 10) { nodes { id email } } } }",
                variables=variables,
            ),
            PEER: Asked(
                document="query Hub($id: ID!) { company: companies(where: {id: {eq: $id}}) { name billingContacts: "
                'contactsConnection(first: 10, where: {edge: {labels: {includes: "billing"}}}, '
                "sort: [{node: {id: ASC}}]) { edges { node { id email } } } } }",
                variables=variables,
                read=_edges,
            ),
            LOADERS: Asked(
                document="query Hub($id: ID!) { company(id: $id) { name billingContacts(limit: 10) { id email } } }",
                variables=variables,
            ),
        },
    )


def _edges(data: Any) -> Any:
    (company,) = data["company"]
    edges = company["billingContacts"]["edges"]
    return {"company": {**company, "billingContacts": [edge["node"] for edge in edges]}}


def _filtered() -> Case:
    return Case(
        name="filter",
        title="contacts by their companies' industry",
        sides={
            OURS: Asked(
                document="{ contacts(first: 25, where: {companies: {some: {industry: {eq: INSURANCE}}}}) "
                "{ nodes { id email } } }"
            ),
            PEER: Asked(
                document="{ contacts(limit: 25, sort: [{id: ASC}], "
                'where: {companies: {some: {industry: {eq: "INSURANCE"}}}}) { id email } }'
            ),
            LOADERS: Asked(document='{ contacts(limit: 25, where: {companyIndustry: "INSURANCE"}) { id email } }'),
        },
    )


def _aggregate() -> Case:
    def ours(data: Any) -> Any:
        figures = data["deals"]["aggregate"]
        return [figures["count"], float(figures["amount"]["sum"])]

    def peer(data: Any) -> Any:
        figures = data["dealsConnection"]["aggregate"]
        return [figures["count"]["nodes"], figures["node"]["amount"]["sum"] / MONEY_SCALE]

    def loaders(data: Any) -> Any:
        return [data["dealFigures"]["count"], data["dealFigures"]["sum"] / MONEY_SCALE]

    return Case(
        name="aggregate",
        title="count, sum and mean of all deals",
        sides={
            OURS: Asked(document="{ deals { aggregate { count amount { sum avg } } } }", read=ours),
            PEER: Asked(
                document="{ dealsConnection { aggregate { count { nodes } node { amount { sum average } } } } }",
                read=peer,
            ),
            LOADERS: Asked(document="{ dealFigures { count sum avg } }", read=loaders),
        },
    )


def _groups() -> Case:
    document = """{ deals { groupBy(by: [{stage: VALUE}, {closeDate: QUARTER}], first: 100) {
    nodes { key { stage closeDate } aggregate { count amount { sum } } } } } }"""
    return Case(name="groups", title="deals by stage and quarter", sides={OURS: Asked(document=document)})


def _dashboard() -> Case:
    def ours(data: Any) -> Any:
        won = data.pop("won")["aggregate"]
        return {**plain(data), "won": [won["count"], float(won["amount"]["sum"])]}

    def peer(data: Any) -> Any:
        won = data.pop("won")["aggregate"]
        return {**plain(data), "won": [won["count"]["nodes"], won["node"]["amount"]["sum"] / MONEY_SCALE]}

    def loaders(data: Any) -> Any:
        won = data.pop("won")
        return {**plain(data), "won": [won["count"], won["sum"] / MONEY_SCALE]}

    return Case(
        name="dashboard",
        title="a dashboard of six root fields",
        sides={
            OURS: Asked(
                document="""query Dashboard {
  customers: contacts(first: 5, where: {lifecycleStage: {eq: CUSTOMER}}) { nodes { id email
    companies(first: 2) { nodes { id name } } } }
  names: contacts(first: 5, orderBy: [{lastName: ASC}]) { nodes { id lastName } }
  largest: companies(first: 5, orderBy: [{employees: DESC}]) { nodes { id name employees } }
  biggest: deals(first: 5, orderBy: [{amount: DESC}]) { nodes { id name amount } }
  urgent: tickets(first: 5, where: {priority: {eq: HIGH}}) { nodes { id subject } }
  won: deals(where: {stage: {eq: CLOSED_WON}}) { aggregate { count amount { sum } } } }""",
                read=ours,
            ),
            PEER: Asked(
                document="""query Dashboard {
  customers: contacts(limit: 5, sort: [{id: ASC}], where: {lifecycleStage: {eq: "CUSTOMER"}}) { id email
    companies(limit: 2, sort: [{id: ASC}]) { id name } }
  names: contacts(limit: 5, sort: [{lastName: ASC}, {id: ASC}]) { id lastName }
  largest: companies(limit: 5, sort: [{employees: DESC}, {id: DESC}]) { id name employees }
  biggest: deals(limit: 5, sort: [{amount: DESC}, {id: DESC}]) { id name amount }
  urgent: tickets(limit: 5, sort: [{id: ASC}], where: {priority: {eq: "HIGH"}}) { id subject }
  won: dealsConnection(where: {stage: {eq: "CLOSED_WON"}}) {
    aggregate { count { nodes } node { amount { sum } } } } }""",
                read=peer,
            ),
            LOADERS: Asked(
                document="""query Dashboard {
  customers: contacts(limit: 5, where: {lifecycleStage: "CUSTOMER"}) { id email companies(limit: 2) { id name } }
  names: contacts(limit: 5, order: "lastName") { id lastName }
  largest: companies(limit: 5, order: "employees") { id name employees }
  biggest: deals(limit: 5, order: "amount") { id name amount }
  urgent: tickets(limit: 5, priority: "HIGH") { id subject }
  won: dealFigures(stage: "CLOSED_WON") { count sum } }""",
                read=loaders,
            ),
        },
    )


def _flat() -> Case:
    fields = "id email firstName lastName city"
    return Case(
        name="records",
        title="a page of 10,000 contacts",
        sides={OURS: Asked(document=f"{{ contacts(first: {RECORDS}) {{ nodes {{ {fields} }} }} }}")},
    )


_INTROSPECTION = """query Introspection { __schema { queryType { name } types { kind name description
  fields(includeDeprecated: true) { name args { name type { name kind ofType { name kind } } }
    type { name kind ofType { name kind } } }
  inputFields { name type { name kind ofType { name kind } } } enumValues { name } } } }"""


def _introspection() -> Case:
    asked = Asked(document=_INTROSPECTION)
    return Case(
        name="introspection",
        title="introspection",
        sides=dict.fromkeys((OURS, PEER, LOADERS), asked),
        bare=False,
        compared=False,
    )


def _without_engine() -> Case:
    asked = Asked(document="{ __typename }")
    return Case(
        name="typename",
        title="a request that needs no engine",
        scaled=True,
        sides=dict.fromkeys((OURS, PEER, LOADERS), asked),
        bare=False,
    )


def cases(dataset: Dataset, thousandth: str) -> list[Case]:
    """All cases over a data set.

    Args:
        dataset: What is in the graph.
        thousandth: The cursor after which the 1,000th page begins.
    """
    nests = [_nest(f"nest-{size}", f"four levels from {size:,} contacts", size, scaled=size == 50) for size in NESTS]
    return [
        _one(dataset),
        _page("first-page", "first page, sorted and filtered", None),
        _page("page-1000", "1,000th page of the same", thousandth),
        *nests,
        _nest("shared", "four levels from 500 contacts, 20 a company", 500, owner=SHARED),
        _nest("alone", "four levels from 500 contacts, 1 a company", 500, owner=ALONE),
        _hub(dataset),
        _filtered(),
        _aggregate(),
        _groups(),
        _dashboard(),
        _flat(),
        _introspection(),
        _without_engine(),
        *write_cases(),
    ]
