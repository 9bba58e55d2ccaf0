"""Figures of the API beside a count of the same by plain Cypher; the place for every figure that is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.cypher.statement import Statement
from graphdb.printed import print_decimal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.store import GraphStore
    from tests.kill.evidence import Ask

ROLL_UP = """mutation RollUp { createProperty(objectType: "company", input: {label: "Open deals value", type: MONEY,
  rollUp: {field: "deals", function: SUM, property: "amount", where: {isClosed: {eq: false}}}}) { version } }"""
"""A roll-up that no data model ships with: made before the writers begin."""

KEPT = """mutation Kept { createProperty(objectType: "company", input: {label: "Kept deals value", type: MONEY,
  indexed: true, rollUp: {field: "deals", function: SUM, property: "amount"}}) { version } }"""
"""A roll-up that is kept on the companies, and folded in behind the writers."""

_STATES = "{ dataModel { objectTypes { name properties { name indexedState } } } }"

_ASKED = """query Figures { contacts { totalCount } deals { totalCount aggregate { amount { sum } } }
  companies(first: 1000) { nodes { id contacts { totalCount } deals { totalCount aggregate { amount { sum } } }
    openDealsValue keptDealsValue } } }"""
_TOTALS = "MATCH (n:`{label}`) RETURN count(n), sum(n.amount)"
_BY_COMPANY = (
    "MATCH (c:Company) OPTIONAL MATCH (c)-[:COMPANY_DEAL]-(d:Deal) "
    "WITH c, collect(d) AS ds RETURN c.id, COUNT { MATCH (c)-[:CONTACT_COMPANY]-(:Contact) }, size(ds), "
    "[d IN ds WHERE d.amount IS NOT NULL | d.amount], "
    "[d IN ds WHERE d.amount IS NOT NULL AND d.isClosed = false | d.amount]"
)


async def is_kept(ask: Ask) -> bool:
    """Whether every company holds its value of the kept roll-up."""
    data = await ask(_STATES)
    types = {one["name"]: one["properties"] for one in data["dataModel"]["objectTypes"]} if data else {}
    return {"name": "keptDealsValue", "indexedState": "ONLINE"} in types.get("company", ())


async def recount_faults(store: GraphStore, ask: Ask) -> list[str]:
    """Figures that are not what a count finds."""
    asked = await ask(_ASKED)
    if asked is None:
        return ["the figures were not answered"]
    shown = {node["id"]: node for node in asked["companies"]["nodes"]}
    faults: list[str] = []
    for label, name in (("Contact", "contacts"), ("Deal", "deals")):
        ((number, amount),) = await store.read(Statement(_TOTALS.format(label=label)))
        faults += _differing(name, asked[name]["totalCount"], number)
        if name == "deals":
            faults += _differing("the deals' amounts", _sum_of(asked[name]), print_decimal(amount))
    rows = await store.read(Statement(_BY_COMPANY))
    faults += _differing("companies", sorted(shown), sorted(row[0] for row in rows))
    for company, contacts, deals, amounts, still_open in rows:
        node = shown.get(company)
        if node is not None:
            faults += _differing(f"contacts of {company}", node["contacts"]["totalCount"], contacts)
            faults += _differing(f"deals of {company}", node["deals"]["totalCount"], deals)
            faults += _differing(f"amounts of {company}", _sum_of(node["deals"]), _printed(amounts))
            faults += _differing(f"keptDealsValue of {company}", node["keptDealsValue"], _printed(amounts))
            faults += _differing(f"openDealsValue of {company}", node["openDealsValue"], _printed(still_open))
    return faults


def _sum_of(connection: dict[str, Any]) -> Any:
    return connection["aggregate"]["amount"]["sum"]


def _printed(amounts: list[int]) -> str | None:
    return print_decimal(sum(amounts)) if amounts else None


def _differing(what: str, shown: Any, counted: Any) -> Iterator[str]:
    if shown != counted:
        yield f"{what}: the API says {shown}, a recount {counted}"
