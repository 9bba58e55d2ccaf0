"""What a record's values would be that follow from its associated records: asked of associations that are not there.

A merge notes which of the loser's values are that; when it is undone, they are worked out from what has become of the
associated records meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.writer.automatic import contacted, totals
from graphdb.writer.automatic.trace import LINE_ITEM, read_values

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping
    from datetime import datetime

    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.store import Transaction


async def worked_out(
    tx: Transaction,
    catalog: Catalog,
    object_type: ObjectType,
    values: Mapping[str, Any],
    around: Mapping[str, Iterable[str]],
    now: datetime,
    follows: Container[str] = (),
) -> dict[str, Any]:
    """Totals and times of the last contact, by property; None for those that would be unset.

    Args:
        tx: The transaction, which has locked the associated records.
        catalog: The data model.
        object_type: The record's type.
        values: What the record holds.
        around: The live records that it is associated with, ids by object type.
        now: The moment.
        follows: The properties that are taken to be what they are worked out to be.
    """
    found: dict[str, Any] = dict(await contacted.last(tx, catalog, object_type, around, now))
    if object_type.name in totals.TOTALS and LINE_ITEM in catalog.by_name:
        lines = await read_values(tx, catalog.by_name[LINE_ITEM], around.get(LINE_ITEM, ()))
        found |= totals.worked_out(catalog, object_type, values, list(lines.values()), follows)
    return found
