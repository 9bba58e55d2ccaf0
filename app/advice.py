"""Which indexes are missing and which nobody asks for: from what lists were asked, without input or output.

An index is missing where records of a whole type were asked for in a way that no index answers: by a value of a
property, in the order of one, or between two values. The embedded engine reads an index for a value only, so there the
others gain nothing. Of several properties that one list asks by value, the one with the most different values is named.
A composite index is missing where a list by one value, which an index finds, is sorted by another indexed property.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog.model import SYSTEM_PROPERTIES
from graphdb.catalog.parts import CompositeIndex
from graphdb.store import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphdb.catalog.model import Catalog, ObjectType, Property
    from graphdb.index_use import Use, Watched

RECORDS_LEAST: Final = 1_000
"""An object type with fewer records is read whole as fast as through an index."""
_ID: Final = "id"


class Verdict(StrEnum):
    """What is to be said of a property."""

    MISSING = "missing"
    UNUSED = "unused"
    USED = "used"
    NOT_WORTH_IT = "not worth it"


@dataclass(frozen=True, slots=True)
class Spread:
    """How many records of a type there are, how many have a value of a property, and how many different ones."""

    records: int
    valued: int
    distinct: int


@dataclass(slots=True)
class Advice:
    """What was asked of a property, and what follows for its index.

    Attributes:
        object_type: The type's name.
        prop: The property's; of a composite index, that which is held to one value.
        indexed: Whether the data model wants the index.
        equal, between, order: How many statements asked so.
        ms: How long those took that the index would help, or helps: in all, in milliseconds.
        visited: How many records each of those visits now; None where that is not known.
        with_index: The same with the index.
        state: How far the index is; None where there is none.
        then: The property that a composite index is in the order of; None of an index of one property.
    """

    object_type: str
    prop: str
    indexed: bool
    equal: int = 0
    between: int = 0
    order: int = 0
    ms: float = 0.0
    verdict: Verdict = Verdict.USED
    visited: int | None = None
    with_index: int | None = None
    state: str | None = None
    then: str | None = None

    @property
    def name(self) -> str:
        """``contact.city``; of a composite index ``deal.stage,closeDate``."""
        return f"{self.object_type}.{self.prop}" + (f",{self.then}" if self.then else "")

    @property
    def asked(self) -> int:
        """How many statements asked for it in any way."""
        return self.equal + self.between + self.order


@dataclass(frozen=True, slots=True)
class _Type:
    """An object type while it is looked at."""

    spec: ObjectType
    engine: Engine
    uses: list[Use]
    spreads: Mapping[tuple[str, str], Spread] = field(default_factory=dict)

    @property
    def indexed(self) -> set[str]:
        """The properties whose order or values an index has."""
        return {_ID, *(prop.name for prop in (*SYSTEM_PROPERTIES, *self.spec.properties) if prop.indexed)}

    def lacking(self, use: Use) -> tuple[str, ...]:
        """The properties, of which one index would answer what none answers now; none where nothing is to gain."""
        indexed = self.indexed
        if indexed.intersection(use.equal) or self.composite(use) is not None:
            return ()
        if use.equal:
            return use.equal
        if self.engine is Engine.ARCADEDB:
            return ()
        if use.order is not None and use.order not in indexed:
            return (use.order,)
        if use.order in {None, _ID} and use.between and not indexed.intersection(use.between):
            return use.between
        return ()

    def composite(self, use: Use) -> tuple[str, str] | None:
        """The two properties whose composite index answers a list, or would; None where there can be none.

        Where an index finds another condition of the list, the engine is left to choose.
        """
        if self.engine is Engine.ARCADEDB or use.order in {None, _ID}:
            return None
        order, indexed = str(use.order), self.indexed
        there = {(one.equal, one.order) for one in self.composites}
        able = {one.name for one in self.spec.by_name.values() if one.indexed and not (one.calculated or one.retired)}
        for name in use.single:
            others = indexed.intersection((*use.equal, *use.between)) - {name, order}
            if not others and name != order and ((name, order) in there or able >= {name, order}):
                return name, order
        return None

    @property
    def composites(self) -> tuple[CompositeIndex, ...]:
        """The composite indexes that it has."""
        return self.spec.composite_indexes

    def best(self, names: tuple[str, ...]) -> str | None:
        """Of some properties the one that parts the records into the most."""
        known = [name for name in names if name in self.spec.by_name and not self.spec.by_name[name].calculated]
        return max(known, key=lambda name: (self._distinct(name), name), default=None)

    def _distinct(self, name: str) -> int:
        spread = self.spreads.get((self.spec.node_label, name))
        return spread.distinct if spread else 0


def candidates(catalog: Catalog, engine: Engine, watched: Watched) -> list[tuple[str, str]]:
    """Of which properties it has to be known how their values spread, by node label, the most expensive first."""
    types = {one.node_label: _Type(one, engine, []) for one in catalog.enabled}
    found: dict[tuple[str, str], None] = {}
    for use in watched.uses:
        if (one := types.get(use.label)) is not None:
            found |= {(use.label, name): None for name in one.lacking(use) if one.best((name,))}
            pair = one.composite(use)
            if pair is not None and CompositeIndex(equal=pair[0], order=pair[1]) not in one.composites:
                found[use.label, pair[0]] = None
    return list(found)


def advise(
    catalog: Catalog, engine: Engine, watched: Watched, spreads: Mapping[tuple[str, str], Spread]
) -> list[Advice]:
    """What is to be said of every property that has an index or was asked for: what is missing first.

    Args:
        catalog: The data model.
        engine: Who answers.
        watched: What lists were asked for.
        spreads: How the values of the ``candidates`` spread.
    """
    found: list[Advice] = []
    for spec in catalog.enabled:
        uses = [use for use in watched.uses if use.label == spec.node_label]
        found.extend(_of_type(_Type(spec, engine, uses, spreads), ever=watched.since is not None))
    rank = list(Verdict)
    return sorted(found, key=lambda one: (rank.index(one.verdict), -one.ms, one.name))


def _of_type(one: _Type, *, ever: bool) -> Iterator[Advice]:
    wanted: dict[str, list[Use]] = {}
    for use in one.uses:
        name = one.best(one.lacking(use))
        if name is not None:
            wanted.setdefault(name, []).append(use)
    for prop in one.spec.properties:
        if prop.calculated:
            continue
        advice = _asked(one, prop)
        if prop.indexed:
            advice.verdict = Verdict.UNUSED if ever and not advice.asked else Verdict.USED
            yield advice
        elif prop.name in wanted:
            _gain(advice, one, wanted[prop.name])
            yield advice

    yield from _composites(one, ever=ever)


def _composites(one: _Type, *, ever: bool) -> Iterator[Advice]:
    """What is to be said of composite indexes: those that there are, and those that lists would be read by."""
    there = dict.fromkeys((index.equal, index.order) for index in one.composites)
    uses: dict[tuple[str, str], list[Use]] = {pair: [] for pair in there}
    for use in one.uses:
        if (pair := one.composite(use)) is not None:
            uses.setdefault(pair, []).append(use)
    for (equal, order), found in uses.items():
        advice = Advice(one.spec.name, equal, indexed=(equal, order) in there, then=order)
        advice.equal = advice.order = sum(use.count for use in found)
        advice.ms = sum(use.ms for use in found)
        if advice.indexed:
            advice.verdict = Verdict.UNUSED if ever and not found and one.engine is Engine.NEO4J else Verdict.USED
        else:
            advice.verdict = Verdict.MISSING
            spread = one.spreads.get((one.spec.node_label, equal))
            if spread is not None:
                advice.visited = -(-spread.valued // max(1, spread.distinct))
                if advice.visited < RECORDS_LEAST:
                    advice.verdict = Verdict.NOT_WORTH_IT
        yield advice


def _asked(one: _Type, prop: Property) -> Advice:
    advice = Advice(one.spec.name, prop.name, indexed=prop.indexed)
    for use in one.uses:
        equal, between, order = prop.name in use.equal, prop.name in use.between, prop.name == use.order
        advice.equal += use.count * equal
        advice.between += use.count * between
        advice.order += use.count * order
        advice.ms += use.ms * (prop.indexed and (equal or between or order))
    return advice


def _gain(advice: Advice, one: _Type, uses: list[Use]) -> None:
    """What an index would gain: records by value, a page by order; between two values nobody knows beforehand."""
    advice.ms = sum(use.ms for use in uses)
    advice.verdict = Verdict.MISSING
    spread = one.spreads.get((one.spec.node_label, advice.prop))
    if spread is None:
        return
    advice.visited = spread.records
    if any(advice.prop in use.equal for use in uses) and spread.distinct:
        advice.with_index = -(-spread.valued // spread.distinct)
    if spread.records < RECORDS_LEAST or (advice.with_index or 0) * 2 > spread.records:
        advice.verdict = Verdict.NOT_WORTH_IT


def as_json(watched: Watched, advice: list[Advice]) -> dict[str, Any]:
    """The advice for programs."""
    return {
        "since": watched.since,
        "until": watched.until,
        "properties": [
            {
                "objectType": one.object_type,
                "property": one.prop,
                "inOrderOf": one.then,
                "indexed": one.indexed,
                "state": one.state,
                "equal": one.equal,
                "between": one.between,
                "order": one.order,
                "ms": round(one.ms, 1),
                "verdict": one.verdict.value,
                "visited": one.visited,
                "withIndex": one.with_index,
            }
            for one in advice
        ],
    }
