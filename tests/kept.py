"""A data model with kept roll-ups of every kind, and a graph in which they are compared with a recount."""

from __future__ import annotations

import dataclasses
import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Property, PropertyType
from graphdb.catalog.parts import BuildState, RollUp, RollUpFunction
from graphdb.cypher.statement import Statement
from graphdb.journal.folds import Folder
from graphdb.journal.sequencer import number_entries
from graphdb.metadata import save_catalog
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Link, Ref
from schema.kept import kept_roll_ups
from tests.harness import empty

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.catalog.model import Catalog
    from graphdb.kept import KeptRollUp
    from graphdb.store import GraphStore, Rows
    from graphdb.writer.operations import Operation

HIGH = {"tickets": {"some": {"priority": {"eq": "HIGH"}}}}


def roll_up(
    name: str,
    kind: PropertyType,
    field: str,
    function: str,
    summed: str | None = None,
    where: Any = None,
    **changes: Any,
) -> Property:
    """A kept roll-up."""
    made = RollUp(
        field=field,
        function=RollUpFunction(function),
        property=summed,
        where=None if where is None else json.dumps(where),
    )
    return Property(
        name=name, type=kind, label=name, roll_up=made, indexed=True, read_only=True, custom=True, **changes
    )


COMPANY = (
    roll_up("openValue", PropertyType.MONEY, "deals", "sum", "amount", {"isClosed": {"eq": False}}),
    roll_up("dealCount", PropertyType.INTEGER, "deals", "count"),
    roll_up("meanAmount", PropertyType.MONEY, "deals", "avg", "amount"),
    roll_up("lastClose", PropertyType.DATE, "deals", "max", "closeDate"),
    roll_up("firstContact", PropertyType.DATETIME, "contacts", "min", "createdAt"),
    roll_up("primaries", PropertyType.INTEGER, "primaryContacts", "count"),
    roll_up("urgentDeals", PropertyType.INTEGER, "deals", "count", where=HIGH),
    roll_up(
        "busyPeople", PropertyType.INTEGER, "contacts", "count", where={"or": [{"deals": {"count": {"gte": 2}}}, HIGH]}
    ),
    roll_up(
        "kinInBerlin",
        PropertyType.INTEGER,
        "childCompanies",
        "count",
        where={"companies": {"some": {"city": {"eq": "Berlin"}}}},
    ),
)
CONTACT = (roll_up("dealTotal", PropertyType.MONEY, "deals", "sum", "amount"),)


def kept_catalog(catalog: Catalog | None = None, **changes: Any) -> Catalog:
    """The standard data model with those roll-ups, and no other index of their types; ``changes`` of the roll-ups."""
    catalog = standard_catalog() if catalog is None else catalog
    further = {"company": COMPANY, "contact": CONTACT}
    types = tuple(
        dataclasses.replace(
            one,
            properties=(
                *(dataclasses.replace(prop, indexed=False) for prop in one.properties),
                *(dataclasses.replace(prop, **changes) for prop in further[one.name]),
            ),
        )
        if one.name in further
        else one
        for one in catalog.object_types
    )
    return dataclasses.replace(catalog, object_types=types, _sides={})


def building(catalog: Catalog, object_type: str, name: str) -> Catalog:
    """The data model in which a property's index is under way."""
    found = catalog.by_name[object_type]
    properties = tuple(
        dataclasses.replace(one, indexed_state=BuildState.BUILDING) if one.name == name else one
        for one in found.properties
    )
    changed = dataclasses.replace(found, properties=properties)
    types = tuple(changed if one.name == object_type else one for one in catalog.object_types)
    return dataclasses.replace(catalog, object_types=types, _sides={})


@lru_cache(maxsize=8)
def _made(catalog: Catalog) -> tuple[KeptRollUp, ...]:
    return kept_roll_ups(catalog)


class KeptGraph:
    """A store and its data model, and what brings kept roll-ups up to date."""

    def __init__(self, store: GraphStore, catalog: Catalog) -> None:
        self.store = store
        self.catalog = catalog
        self.folder = Folder(store, lambda: self.catalog, self._look, self._kept, poll_s=0.01)
        self.looked = 0

    @classmethod
    async def begin(cls, store: BoltStore, catalog: Catalog) -> KeptGraph:
        """An empty graph of that data model."""
        await empty(store)
        await save_catalog(store, catalog, expected=None)
        return cls(store, catalog)

    async def write(self, *operations: Operation) -> list[str]:
        """Apply operations in one transaction; the ids of their records."""
        writer = Writer(self.catalog)
        outcomes = await self.store.write(lambda tx: writer.apply(tx, operations), timeout_s=60)
        return [outcome.id for outcome in outcomes]

    async def number(self) -> None:
        """Give every entry of the change log its number."""
        while (await number_entries(self.store))[0]:
            pass

    async def catch_up(self) -> None:
        """Number every entry, and fold all of them in."""
        await self.number()
        while await self.folder.fold():
            pass

    async def wrong(self) -> list[Any]:
        """Where a kept value or its marker differs from a recount: roll-up, record, kept, counted, marker."""
        found: list[Any] = []
        for one in _made(self.catalog):
            text = (
                f"MATCH (n0:Record) WHERE n0:`{one.node_label}` OR n0.`_type` = $p.label "
                f"WITH n0, {one.expression} AS found "
                f"RETURN n0.id, n0.`{one.property}`, found, n0.`_u_{one.property}`"
            )
            rows = await self.store.read(Statement(text, {**one.params, "label": one.node_label}), timeout_s=60)
            found += [
                [one.property, *row]
                for row in rows
                if row[1] != row[2] or type(row[1]) is not type(row[2]) or (row[2] is None) is not (row[3] is True)
            ]
        return found

    async def rows(self, text: str, **params: Any) -> Rows:
        """What a Cypher statement answers."""
        return await self.store.read(Statement(text, params))

    async def values(self, name: str, *ids: str) -> list[Any]:
        """What the nodes of some records hold under a name."""
        text = f"UNWIND $p.ids AS id MATCH (r:Record {{id: id}}) RETURN r.`{name}`"
        return [value for (value,) in await self.rows(text, ids=list(ids))]

    def link(self, near: str, far: str, record_id: str, *labels: str) -> Link:
        """A link from a record of one type to one of another."""
        side = self.catalog.side_between(near, far)
        assert side is not None
        return Link(side=side, to=ref(far, record_id), labels=labels)

    async def _look(self) -> None:
        self.looked += 1

    def _kept(self, catalog: Catalog) -> tuple[KeptRollUp, ...]:
        return _made(catalog)


def ref(kind: str, record_id: str) -> Ref:
    """A record by its id."""
    return Ref(type=kind, key="id", value=record_id)
