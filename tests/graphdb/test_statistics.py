"""The counts that costs are estimated from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.files import standard_catalog
from graphdb.cypher.statement import Statement
from graphdb.statistics import read_statistics

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Transaction


async def test_records_associations_and_labels_are_counted_and_degrees_follow(clean_store: BoltStore) -> None:
    async def fill(transaction: Transaction) -> None:
        await transaction.run(
            Statement(
                "CREATE (c:Record:Company {id: 'c'}) WITH c UNWIND range(1, 4) AS i "
                "CREATE (p:Record:Contact {id: 'p' + toString(i)})-[:CONTACT_COMPANY]->(c)"
            )
        )
        await transaction.run(
            Statement(
                "MATCH (a:Contact {id: 'p1'}) MATCH (b:Contact {id: 'p2'}) MATCH (c:Company) "
                "CREATE (a)-[:CONTACT_CONTACT]->(b) CREATE (a)-[:CONTACT_COMPANY__PRIMARY]->(c)"
            )
        )

    await clean_store.write(fill)

    found = await read_statistics(clean_store, standard_catalog())

    assert {label: count for label, count in found.nodes.items() if count} == {"Contact": 4, "Company": 1}
    assert {name: count for name, count in found.relationships.items() if count} == {
        "CONTACT_COMPANY": 4,
        "CONTACT_CONTACT": 1,
        "CONTACT_COMPANY__PRIMARY": 1,
    }
    assert found.degree("CONTACT_COMPANY", "Company") == 4
    assert found.degree("CONTACT_COMPANY", "Contact") == 1
    assert found.degree("CONTACT_CONTACT", "Contact") == 0.5
    assert found.degree("COMPANY_DEAL", "Deal") == 0
    assert found.far("CONTACT_COMPANY", "Company") == "Contact"
    assert found.far("CONTACT_CONTACT", "Contact") == "Contact"
