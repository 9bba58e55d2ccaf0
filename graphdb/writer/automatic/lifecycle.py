"""Stages of life (``lifecycleStage``): they move forward only, in the order of their options.

What is set outright is refused where it would go back. An upsert, whose source may lag behind, keeps the later stage
instead. Whoever means to go back unsets the property first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from graphdb.writer.validate import bad_input

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.model import Catalog
    from graphdb.errors import Fault
    from graphdb.writer.drafts import RecordDraft

LIFECYCLE = "lifecycleStage"


def hold(catalog: Catalog, held: Mapping[str, Any], draft: RecordDraft) -> list[Fault]:
    """Keep a record's stage of life from going back: the faults of an operation that says so outright.

    Args:
        catalog: The data model.
        held: The record's values before the operation.
        draft: The operation; an upsert loses a value that would go back.
    """
    found, wanted = held.get(LIFECYCLE), draft.values.get(LIFECYCLE)
    prop = draft.type.by_name.get(LIFECYCLE)
    if found is None or wanted is None or prop is None or prop.type is not PropertyType.ENUMERATION:
        return []
    order = [option.name for option in catalog.option_sets_by_name[prop.option_set or ""].options]
    if found not in order or order.index(wanted) >= order.index(found):
        return []
    if draft.key is not None:
        del draft.values[LIFECYCLE]
        return []
    message = (
        f"{LIFECYCLE}: expected {found} or a later one, found {wanted}: stages of life move forward only; "
        "one that is unset first (null) may be set to any"
    )
    return [bad_input((*draft.path, LIFECYCLE), message)]
