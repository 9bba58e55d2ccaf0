"""Brings a data model from a file into an account: compared, shown, then joined to what is there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from graphdb.bootstrap import prepare
from graphdb.catalog.changes import CatalogChange
from graphdb.catalog.check import check
from graphdb.catalog.compare import ChangeKind, compare, joined, refusals
from graphdb.catalog.portable import read_model
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement
from graphdb.errors import CatalogError, CatalogFault
from graphdb.evolve import commit_change
from graphdb.metadata import load_catalog, save_catalog
from schema import calculation_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from app.settings import Settings
    from graphdb.catalog.compare import ModelChange, Refusal
    from graphdb.catalog.model import Catalog
    from graphdb.store import GraphStore

_MARKS: Final = {ChangeKind.ADDED: "+", ChangeKind.CHANGED: "~", ChangeKind.ABSENT: "-"}
_VALUE_LENGTH: Final = 60


@dataclass(frozen=True, slots=True)
class ModelImport:
    """What an import would do.

    Attributes:
        change: The data model as it would be, and what is left to be done then.
        before: The data model that it would replace; None for a graph without one.
        changes: What differs from what is there.
        refusals: Which of that is not done, and why; if there is any, nothing is done.
    """

    change: CatalogChange
    before: Catalog | None
    changes: tuple[ModelChange, ...]
    refusals: tuple[Refusal, ...]

    @property
    def empty(self) -> bool:
        """Whether the account has all of the file already."""
        return all(change.kind is ChangeKind.ABSENT for change in self.changes)

    @property
    def lines(self) -> Iterator[str]:
        """The changes for people, one a line, and how many there are."""
        for change in self.changes:
            yield f"{_MARKS[change.kind]} {'.'.join(change.place)}{_detail(change)}"
        counts = [sum(change.kind is kind for change in self.changes) for kind in ChangeKind]
        yield "{:,} added, {:,} changed, {:,} not in the file and left alone".format(*counts)


async def plan_import(store: GraphStore, text: bytes, where: str) -> ModelImport:
    """Compare a file with the account's data model. A graph without one would get the file's whole.

    Args:
        store: The account's graph.
        text: What is in the file.
        where: What the file is called in faults.

    Raises:
        CatalogError: The file is no sound data model, or does not fit together with what is there.
        StoreError: The engine did not answer.
    """
    own = await load_catalog(store)
    if own is None:
        catalog = read_model(text, where, version=1)
        _require_sound(where, "", calculation_faults(catalog))
        nothing = replace(catalog, object_types=(), option_sets=(), associations=(), _sides={})
        return ModelImport(CatalogChange(catalog=catalog), None, compare(nothing, catalog), ())
    other = read_model(text, where, version=own.version)
    changes = compare(own, other)
    refused = refusals(changes, await _occupied(store, own, changes))
    change = joined(own, other)
    if not refused:
        faults = check(change.catalog) or calculation_faults(change.catalog)
        _require_sound(where, "with the account's data model: ", faults)
    return ModelImport(change, own, changes, tuple(refused))


async def apply_import(store: GraphStore, plan: ModelImport, settings: Settings) -> None:
    """Save the data model that an import results in; whoever serves it takes it up, and does what is left to be done.

    Raises:
        CatalogConflict: The data model changed since the import was planned; nothing was changed.
        StoreError: The engine did not answer.
    """
    versions_max = settings.catalog_versions_max
    if plan.before is not None:
        await commit_change(store, plan.before, plan.change, versions_max=versions_max)
        return
    await prepare(store, plan.change.catalog)
    await save_catalog(store, plan.change.catalog, expected=None, versions_max=versions_max)


async def _occupied(store: GraphStore, own: Catalog, changes: tuple[ModelChange, ...]) -> set[str]:
    """The object types with records, of those that get a property."""
    found = set()
    for name in {change.place[1] for change in changes if change.place[0] == "object_types"} & own.by_name.keys():
        label = quote(own.by_name[name].node_label)
        if await store.read(Statement(f"MATCH (n:{label}) RETURN n.id LIMIT 1")):
            found.add(name)
    return found


def _require_sound(where: str, whose: str, faults: Sequence[CatalogFault]) -> None:
    if faults:
        places = [(f"{whose}{fault.where}.{fault.field}", fault.message) for fault in faults]
        raise CatalogError([CatalogFault(where=where, field=place, message=message) for place, message in places])


def _detail(change: ModelChange) -> str:
    if change.kind is ChangeKind.CHANGED:
        return f": {_shown(change.before)} → {_shown(change.after)}"
    label = (change.after or change.before or {}).get("label")
    return f": {_shown(label)}" if label else ""


def _shown(value: Any) -> str:
    text = "not set" if value is None else repr(value)
    return text if len(text) <= _VALUE_LENGTH else f"{text[: _VALUE_LENGTH - 1]}…"
