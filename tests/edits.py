"""Edits of a data model in tests: made on the standard one, and their refusals."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.edit.draft import Draft
from graphdb.catalog.files import standard_catalog
from graphdb.errors import Fault, WriteRefused

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.changes import JobKind
    from graphdb.catalog.model import Catalog

TODAY = date(2026, 11, 22)
LEAVES = "2027-05-21"
"""180 days later."""


def draft(catalog: Catalog | None = None, today: date = TODAY) -> Draft:
    """A change of a data model; of the standard one unless told."""
    return Draft(catalog or standard_catalog(), today=today, deprecation_days=180)


def make(one: Draft, edit: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Make an edit, whole."""
    made: list[Any] = []
    one.attempt(lambda inner: made.append(edit(inner, *args, **kwargs)), ("input",))
    return made[0]


def refused(one: Draft, edit: Callable[..., Any], *args: Any, **kwargs: Any) -> Fault:
    """The only fault for which an edit is refused; the draft stays as it was."""
    before = (one.catalog, list(one.narrowings), list(one.jobs))
    with pytest.raises(WriteRefused) as caught:
        make(one, edit, *args, **kwargs)
    assert (one.catalog, one.narrowings, one.jobs) == before
    (fault,) = caught.value.faults
    return fault


def jobs(one: Draft) -> list[tuple[JobKind, str, str | None]]:
    """Kind, object type and property of each job."""
    return [(job.kind, job.object_type, job.property) for job in one.jobs]
