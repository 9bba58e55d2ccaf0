"""The second look at a narrowing, once nobody writes by the data model before it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog.changes import AllAssociated, AllDistinct, AllSet, AllWithin, AtMost, NoneHolds
from graphdb.jobs.table import JobState, JobUnsound
from graphdb.jobs.work import EXAMPLES_MAX
from graphdb.narrowing import find_violations

if TYPE_CHECKING:
    from graphdb.catalog.changes import Narrowing
    from graphdb.catalog.model import Catalog
    from graphdb.jobs.work import Work

_REASONS = {
    AllSet: "lack a value of the property, which was made required.",
    NoneHolds: "have an option that was taken away.",
    AllDistinct: "have a value that another one has too.",
    AllWithin: "have a value that breaks the property's rules.",
    AtMost: "have more associated records with the label than it allows.",
    AllAssociated: "lack an association that was made required.",
}


async def verify(work: Work) -> None:
    """Look again whether a narrowing holds; the job fails if it does not, and the data model stays as it is."""
    narrowing = work.spec.narrowing
    if narrowing is None:
        raise JobUnsound(f"the job {work.job.id}, {work.spec.kind}, names no narrowing")
    catalog = await work.catalog()
    if not _is_wanted(catalog, narrowing):
        await work.superseded()
        return
    found = await find_violations(work.reader, catalog, narrowing, most=EXAMPLES_MAX)
    if found.count:
        reason = f"{found.count:,} records that were written during the change {_REASONS[type(narrowing)]}"
        await work.finish(JobState.FAILED, reason, found.examples)
    else:
        await work.finish()


def _is_wanted(catalog: Catalog, narrowing: Narrowing) -> bool:
    """Whether the data model still asks for it."""
    object_type = catalog.by_name.get(narrowing.object_type)
    if object_type is None:
        return False
    match narrowing:
        case AtMost():
            return any(
                label.relationship_type == narrowing.relationship_type
                and narrowing.limit == (label.max_end if narrowing.of_start else label.max_start)
                for association in catalog.associations
                for label in association.labels
            )
        case AllAssociated():
            return narrowing.group in object_type.required_associations
        case NoneHolds():
            return any(prop.name == narrowing.property for prop in object_type.properties)
    prop = next((one for one in object_type.properties if one.name == narrowing.property), None)
    match narrowing:
        case AllSet():
            return prop is not None and prop.required
        case AllDistinct():
            return prop is not None and prop.unique
        case AllWithin():
            return prop is not None and prop.rules == narrowing.rules
