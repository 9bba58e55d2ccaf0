"""Derived properties of records that an earlier version of the program wrote without them.

Once for each graph, behind the running program: ``fill_words`` may be stopped at any moment and begins anew with the
next start; a record that is written meanwhile has its words from its writer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.words import WORDS_PROPERTY, record_words
from graphdb.writer import statements

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.store import GraphStore, Transaction

_log = logging.getLogger("kinship.fill")
BATCH_RECORDS = 1_000
_DONE = "MATCH (c:`_Catalog` {key: 'catalog'}) WHERE c.wordsFilled = true RETURN count(c)"
_STAMP = "MATCH (c:`_Catalog` {key: 'catalog'}) SET c.wordsFilled = true"
# The revision is compared, so that what a writer has done since the reading stays.
_SET = f"UNWIND $p.rows AS row MATCH (n:Record {{id: row[0]}}) WHERE n.rev = row[1] SET n.{WORDS_PROPERTY} = row[2]"


async def fill_words(store: GraphStore, catalog: Catalog) -> int:
    """Give every record its words, where that was not done before; how many were given some.

    Raises:
        StoreError: The engine failed; a later call takes it up again.
    """
    if (await store.read(Statement(_DONE)))[0][0]:
        return 0
    filled = 0
    for object_type in catalog.enabled:
        filled += await _fill_type(store, object_type)
    await _write(store, Statement(_STAMP))
    if filled:
        _log.info("Gave %d records their words for search.", filled)
    return filled


async def _fill_type(store: GraphStore, object_type: ObjectType) -> int:
    found = (
        f"MATCH (n:{quote(object_type.node_label)}) WHERE n.id > $p.after AND n.{WORDS_PROPERTY} IS NULL "
        "WITH n ORDER BY n.id LIMIT $p.limit RETURN n.id"
    )
    after, filled = "", 0
    while rows := await store.read(Statement(found, {"after": after, "limit": BATCH_RECORDS})):
        ids = [row[0] for row in rows]
        after = ids[-1]
        made: list[list[Any]] = []
        for record_id, rev, _, columns in await store.read(statements.load(object_type, ids)):
            words = record_words(object_type, statements.decode(object_type, columns))
            if words is not None:
                made.append([record_id, rev, words])
        if made:
            await _write(store, Statement(_SET, {"rows": made}))
        filled += len(made)
    return filled


async def _write(store: GraphStore, statement: Statement) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(statement)

    await store.write(work)
