"""The stored records that operations name: found by their unique values, locked, and judged for what they are.

The id of a record that was merged into another one is a key of that one (``merged_key``), so it is found like any
unique value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from graphdb.cypher.statement import Statement
from graphdb.errors import Fault, FaultCode
from graphdb.values import MERGED_PREFIX, merged_key
from graphdb.writer import statements

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graphdb.catalog.model import Catalog
    from graphdb.store import Transaction
    from graphdb.writer.drafts import Target


class Found(NamedTuple):
    """A stored record: its node's labels, and the label of its object type if it is archived."""

    labels: frozenset[str]
    archived: str | None


_LABELS = (
    "CALL () { UNWIND $p.ids AS id MATCH (r:Record {id: id}) RETURN id, r "
    "UNION ALL UNWIND $p.keys AS key MATCH (k:_Key {k: key})-[:OF]->(r:Record) "
    "RETURN substring(k.k, $p.from) AS id, r } RETURN id, labels(r), r._type"
)


async def types_of(tx: Transaction, catalog: Catalog, ids: Iterable[str]) -> dict[str, str]:
    """The object types of records, live, archived or merged into others, by the ids that they are asked for by."""
    wanted = sorted(set(ids))
    keys = [merged_key(record_id) for record_id in wanted]
    rows = await tx.run(Statement(_LABELS, {"ids": wanted, "keys": keys, "from": len(MERGED_PREFIX)}))
    names = {object_type.node_label: object_type.name for object_type in catalog.enabled}
    found = ((record_id, {*labels, archived}) for record_id, labels, archived in rows)
    return {record_id: names[label] for record_id, labels in found for label in labels if label in names}


class Targets:
    """What one batch knows of the records that it names.

    Args:
        tx: The batch's transaction.
        token: Differs for each transaction.
    """

    def __init__(self, tx: Transaction, token: str) -> None:
        self._tx = tx
        self._token = token
        self._merged: dict[str, str] = {}
        self.by_key: dict[str, str] = {}
        """Who has a unique value, by the text of its key."""
        self.found: dict[str, Found] = {}
        """The records that are there, by id; they are locked."""

    async def find(self, targets: Iterable[Target]) -> None:
        """Look up those that are named by a unique value."""
        keys = {target.key for target in targets if target.key is not None} - self.by_key.keys()
        if keys:
            self.by_key.update((key, holder) for key, holder in await self._tx.run(statements.find_keys(keys)))

    async def lock(self, ids: Iterable[str]) -> None:
        """Lock records, or what they were merged into; what is not there is not in ``found`` afterwards."""
        wanted = set(ids)
        while wanted:
            rows = await self._tx.run(statements.lock(wanted, self._token))
            # Neo4j waits for a lock and then has only a deleted node, where the record was deleted meanwhile.
            self.found.update(
                (record_id, Found(frozenset(labels), archived))
                for record_id, labels, archived in rows
                if record_id is not None
            )
            missing = {merged_key(record_id): record_id for record_id in wanted - self.found.keys()}
            moved = await self._tx.run(statements.find_keys(missing)) if missing else []
            self._merged.update((missing[key], survivor) for key, survivor in moved)
            wanted = {survivor for _, survivor in moved} - self.found.keys()

    def id_of(self, target: Target) -> str | None:
        """The id of the record that is meant, as far as it is known."""
        record_id = target.id if target.key is None else self.by_key.get(target.key)
        return None if record_id is None else self.resolve(record_id)

    def resolve(self, record_id: str) -> str:
        """The id of the record that one was merged into; its own if it was not."""
        while record_id in self._merged:
            record_id = self._merged[record_id]
        return record_id

    def is_live(self, record_id: str | None, label: str) -> bool:
        """Whether a live record of an object type, by its node label, was found."""
        found = self.found.get(record_id or "")
        return found is not None and label in found.labels

    def missing(self, target: Target) -> Fault:
        """The fault of a target that is no live record of its object type."""
        found = self.found.get(self.id_of(target) or "")
        if found is not None and found.archived == target.type.node_label:
            message = f"expected a live {target.type.label}, found one that is archived with {target.named}"
        else:
            message = f"expected an existing {target.type.label}, found none with {target.named}"
        return Fault(code=FaultCode.NOT_FOUND, message=message, input=target.path)
