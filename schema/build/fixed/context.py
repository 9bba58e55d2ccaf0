"""What a request's context must offer for the fields that Strawberry answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import strawberry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from enum import Enum

    from graphdb.catalog.changes import JobSpec
    from graphdb.catalog.edit.draft import Draft
    from graphdb.catalog.model import Catalog


class FixedContext(Protocol):
    """What resolvers of the fixed fields see."""

    @property
    def catalog(self) -> Catalog:
        """The catalog that the request is answered under."""
        ...

    @property
    def counts(self) -> CountsLike:
        """How many records and associations there are."""
        ...

    @property
    def indexes(self) -> Sequence[IndexLike]:
        """Each index of the engine, with its state."""
        ...

    @property
    def editing(self) -> Editing:
        """The change of the data model that this request makes.

        Raises:
            RuntimeError: The request is no mutation.
        """
        ...


class Editing(Protocol):
    """A change of the data model on its way: each field's edit upon those before it, all committed together."""

    async def apply(self, edit: Callable[[Draft], Any], *, confirmed: Confirmation | None = None) -> Changed:
        """Make one edit and look whether existing records bear it.

        Args:
            edit: From the package ``graphdb.catalog.edit``; what it returns is passed on.
            confirmed: For what loses data: the name, and what the client gave to confirm it.

        Raises:
            WriteRefused: The edit, the data model that it makes or existing records refuse; every fault.
        """
        ...


class Confirmation(Protocol):
    """A deletion's name and the client's repetition of it."""

    @property
    def name(self) -> str:
        """What is deleted."""
        ...

    @property
    def given(self) -> str | None:
        """What the client gave."""
        ...


class Changed(Protocol):
    """What an edit has made."""

    @property
    def catalog(self) -> Catalog:
        """The data model as it will be."""
        ...

    @property
    def version(self) -> int:
        """Its version."""
        ...

    @property
    def element(self) -> Any:
        """What the edit returned."""
        ...

    @property
    def lost(self) -> int:
        """How many records, values or associations a deletion loses."""
        ...


class CountsLike(Protocol):
    """What can be asked of the graph itself; each is asked only where it is selected."""

    async def records(self) -> Mapping[str, int]:
        """Live records by node label."""
        ...

    async def relationships(self) -> Mapping[str, int]:
        """Associations, and those with a label, by relationship type."""
        ...

    async def versions(self) -> Sequence[VersionLike]:
        """The versions of the data model that can be read."""
        ...

    async def jobs(self) -> Sequence[JobLike]:
        """What changes of the data model have left to be done, and how far it is."""
        ...


class JobLike(Protocol):
    """A job that a change of the data model has left."""

    @property
    def id(self) -> str:
        """Tells it from others."""
        ...

    @property
    def spec(self) -> JobSpec:
        """What it does, and to what."""
        ...

    @property
    def state(self) -> Enum:
        """WANTED, RUNNING, DONE or FAILED."""
        ...

    @property
    def at(self) -> datetime:
        """When the data model was changed."""
        ...

    @property
    def done(self) -> int:
        """How many records, keys or relationships it has dealt with."""
        ...

    @property
    def total(self) -> int | None:
        """How many there were to deal with; None before it began."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it failed."""
        ...

    @property
    def examples(self) -> Sequence[str]:
        """Ids of records for which it failed."""
        ...


class VersionLike(Protocol):
    """A version of the data model."""

    @property
    def version(self) -> int:
        """Its number."""
        ...

    @property
    def at(self) -> datetime:
        """When it became the current one."""
        ...


class IndexLike(Protocol):
    """The state of one index."""

    @property
    def name(self) -> str:
        """Its name in the engine."""
        ...

    @property
    def state(self) -> Enum:
        """WANTED, BUILDING, ONLINE or FAILED."""
        ...

    @property
    def reason(self) -> str | None:
        """Why it failed."""
        ...


FixedInfo = strawberry.Info[FixedContext, None]
"""What Strawberry passes to a resolver."""
