"""An activity logged on a record is logged on some of that record's associated records too.

Which, says the record's object type (``ObjectType.reaches``). Closed ones are not reached, and of many the newest.
What is reached reaches nothing further; a pair that somebody parts comes back only if the activity is logged anew.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.writer.automatic.trace import stored
from graphdb.writer.drafts import LinkDraft, Mode, PairDraft
from graphdb.writer.stages import IS_CLOSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphdb.catalog.model import Catalog, LabelSide, Side
    from graphdb.catalog.parts import Reach
    from graphdb.store import Transaction
    from graphdb.writer.automatic.trace import Trace

REACHED_MAX: Final = 5
"""Records that a record's activities reach by one of its type's ``reaches``: the newest."""


async def reached(tx: Transaction, catalog: Catalog, trace: Trace) -> list[PairDraft]:
    """The associations that the activities of new pairs get besides."""
    logged = _logged(catalog, trace) if trace.asked else {}
    parted = {frozenset(joint.ends) for joint in trace.lost}
    pairs: dict[frozenset[str], PairDraft] = {}
    for (type_name, reach), hubs in logged.items():
        side = catalog.side_between(type_name, reach.type)
        label = next((one for one in side.labels if one.name == reach.label), None) if side is not None else None
        if side is None or (reach.label is not None and label is None):
            continue  # not enabled, or withdrawn
        far_type = catalog.by_name[reach.type]
        for hub, far in await tx.run(_associated(side, label, sorted(hubs))):
            for activity, activity_type in hubs[hub]:
                ends = frozenset((activity, far))
                own = catalog.side_between(activity_type, reach.type)
                if own is None or len(ends) == 1 or ends in parted:
                    continue
                near, to = stored(catalog.by_name[activity_type], activity), stored(far_type, far)
                link = LinkDraft(side=own, to=to, labels=(), path=())
                pairs[ends] = PairDraft(index=-1, near=near, link=link, far=to, mode=Mode.ADD)
    return list(pairs.values())


def _logged(catalog: Catalog, trace: Trace) -> dict[tuple[str, Reach], defaultdict[str, list[tuple[str, str]]]]:
    """By object type and reach: the records that activities were logged on, each with those, by id and type."""
    logged: dict[tuple[str, Reach], defaultdict[str, list[tuple[str, str]]]] = {}
    activities = frozenset(name for name, one in catalog.by_name.items() if one.activity)
    for joint in trace.gained:
        if (joint.association.start in activities) is (joint.association.end in activities):
            continue
        for near_type, near, far_type, far in joint.from_either():
            if near_type not in activities:
                continue
            for reach in catalog.by_name[far_type].reaches:
                logged.setdefault((far_type, reach), defaultdict(list))[far].append((near, near_type))
    return logged


def _associated(side: Side, label: LabelSide | None, ids: Sequence[str]) -> Statement:
    """The associated records that are reached; rows ``[id, id of the other one]``."""
    kind, arrow = side.association.relationship_type, "-[:{}]-"
    if label is not None:
        kind = label.label.relationship_type
        arrow = "-[:{}]-" if label.symmetric else "-[:{}]->" if label.forward else "<-[:{}]-"
    text = (
        "UNWIND $p.ids AS id MATCH (h:Record {id: id}) CALL (h) { "
        f"MATCH (h){arrow.format(quote(kind))}(o:Record) WHERE coalesce(o.{quote(IS_CLOSED)}, false) = false "
        "RETURN DISTINCT o.id AS far ORDER BY far DESC LIMIT $p.most } RETURN id, far"
    )
    return Statement(text, {"ids": ids, "most": REACHED_MAX})
