"""Random data models, and random records over them: small, and with all that a catalog may hold."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.sample import Sample, SampleAssociation, SampleRecord
from graphdb.catalog.check import check
from graphdb.catalog.check_types import COMPOSITE_INDEXES_MAX
from graphdb.catalog.model import (
    Account,
    Association,
    AssociationLabel,
    Catalog,
    Category,
    ObjectType,
    Option,
    OptionSet,
    Property,
    PropertyType,
)
from graphdb.catalog.parts import CompositeIndex
from tests.crm import HOSTILE_TEXT, minted
from tests.oracle import Graph

if TYPE_CHECKING:
    from collections.abc import Iterator

_STEMS = ("batch", "harvest", "roast", "origin", "cupping", "lot", "farm", "grade")
_ODD = ("x", "aB", "zzTop", "null2", "trueFalse", "type", "nodeCount", "n0", "queryText", "labels")
_WORDS = ("", "a", "A", "ä", "Zoë", "zoe", "beta", "Beta gamma", "10", "9", *HOSTILE_TEXT)
_START = datetime(2024, 1, 31, 22, tzinfo=UTC)
_LONG = frozenset({PropertyType.STRING, PropertyType.TEXT, PropertyType.PHONE, PropertyType.URL})
_SHORT = frozenset({PropertyType.ENUMERATION, PropertyType.BOOLEAN, PropertyType.NUMBER, PropertyType.DATE})
_INDEXED = frozenset({PropertyType.STRING, PropertyType.INTEGER, PropertyType.MONEY, PropertyType.DATETIME})


def random_catalog(seed: int) -> Catalog:
    """A sound catalog of three to six object types."""
    dice = random.Random(seed)  # noqa: S311  # no secret
    sets = tuple(_option_set(dice, number) for number in range(3))
    names = dice.sample(_STEMS, dice.randint(3, 6))
    types = tuple(_object_type(dice, name, sets) for name in names)
    pairs = [(a, b) for place, a in enumerate(names) for b in names[place:]]
    chosen = dice.sample(pairs, min(len(pairs), dice.randint(3, 9)))
    alone = set(names) - {name for pair in chosen for name in pair}
    chosen += [(name, name) for name in names if name in alone]
    associations = tuple(_association(dice, start, end) for start, end in chosen)
    catalog = Catalog(
        version=1,
        account=Account(time_zone="UTC"),
        object_types=types,
        option_sets=sets,
        associations=associations,
    )
    assert check(catalog) == []
    return catalog


def _option_set(dice: random.Random, number: int) -> OptionSet:
    options = tuple(Option(name=f"OPTION_{n}", label=f"Option {n}") for n in range(dice.randint(1, 5)))
    return OptionSet(name=f"Choice{number}", label=f"Choice {number}", options=options)


def _object_type(dice: random.Random, name: str, sets: tuple[OptionSet, ...]) -> ObjectType:
    kinds = [*PropertyType, *dice.sample(list(PropertyType), 4)]
    dice.shuffle(kinds)
    named = [*_ODD, *(f"field{number}" for number in range(len(kinds)))]
    properties = tuple(_property(dice, named[place], kind, sets) for place, kind in enumerate(kinds))
    texts = [prop.name for prop in properties if prop.type in {PropertyType.STRING, PropertyType.PHONE}]
    shown = name.capitalize()
    return ObjectType(
        name=name,
        type_name=shown,
        field=name,
        plural_field=f"{name}s",
        node_label=shown,
        label=shown,
        plural_label=f"{shown}s",
        description=f"A {name}.",
        categories=(Category.OTHER,),
        properties=properties,
        display=(tuple(texts[:2]), (texts[-1],)),
        activity=False,
        composite_indexes=_composite_indexes(dice, properties),
    )


def _composite_indexes(dice: random.Random, properties: tuple[Property, ...]) -> tuple[CompositeIndex, ...]:
    orders = ["createdAt", *(prop.name for prop in properties if prop.indexed)]
    equals = [prop.name for prop in properties if prop.indexed or prop.type in _SHORT]
    pairs = [(equal, order) for equal in equals for order in orders if equal != order]
    chosen = dice.sample(pairs, min(len(pairs), dice.randint(0, COMPOSITE_INDEXES_MAX)))
    return tuple(CompositeIndex(equal=equal, order=order) for equal, order in chosen)


def _property(dice: random.Random, name: str, kind: PropertyType, sets: tuple[OptionSet, ...]) -> Property:
    chosen = kind in {PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION}
    return Property(
        name=name,
        type=kind,
        label=name,
        option_set=dice.choice(sets).name if chosen else None,
        indexed=kind in _INDEXED and dice.random() < 0.5,
        unique=kind is PropertyType.EMAIL and dice.random() < 0.5,
    )


def _association(dice: random.Random, start: str, end: str) -> Association:
    first, second = start.capitalize(), end.capitalize()
    pair = f"{start}_{end}".upper()
    labels: list[AssociationLabel] = []
    if dice.random() < 0.6:
        far = f"main{second}" if start != end else f"superior{second}"
        near = f"main{first}s" if start != end else f"inferior{first}s"
        labels.append(
            AssociationLabel(
                name="main",
                label="Main",
                relationship_type=f"{pair}__MAIN",
                start_field=near if start == end else far,
                end_field=far if start == end else near,
                inverse_name="minor" if start == end else None,
                inverse_label="Minor" if start == end else None,
                max_start=1 if start == end else None,
                max_end=None if start == end else 1,
            )
        )
    if dice.random() < 0.6:
        same = start == end
        labels.append(
            AssociationLabel(
                name="twin",
                label="Twin",
                relationship_type=f"{pair}__TWIN",
                start_field=f"twin{second}s",
                end_field=f"twin{second}s" if same else f"twin{first}s",
            )
        )
    return Association(
        start=start,
        end=end,
        relationship_type=pair,
        start_field=f"{end}s",
        end_field=f"{start}s",
        labels=tuple(labels),
    )


def random_graph(catalog: Catalog, seed: int, records: int = 12) -> Graph:
    """Records with unset and equal values, associated at random; one stands in the middle of many."""
    dice = random.Random(seed)  # noqa: S311  # no secret
    made: dict[str, list[SampleRecord]] = {}
    number = 0
    for object_type in catalog.enabled:
        for _ in range(dice.randint(2, records)):
            number += 1
            values = {prop.name: _value(dice, catalog, prop) for prop in object_type.properties if dice.random() < 0.65}
            known = {name: value for name, value in values.items() if value is not None}
            record = SampleRecord(id=minted(number), type=object_type.name, values=known, created_at=_START)
            made.setdefault(object_type.name, []).append(record)
    pairs = [pair for association in catalog.associations for pair in _pairs(dice, association, made)]
    graph = Graph(catalog, Sample(seed=seed, scale=0, records=made, associations=pairs))
    for place, known_record in enumerate(graph.records.values()):
        moment = _START + timedelta(milliseconds=dice.randrange(5) + 10**6 * (place // 7))
        known_record.values |= {"createdAt": moment, "updatedAt": moment + timedelta(hours=dice.randrange(3))}
    for pair in graph.pairs.values():
        pair.created_at = _START + timedelta(hours=dice.randrange(40))
    return graph


def _pairs(
    dice: random.Random, association: Association, made: dict[str, list[SampleRecord]]
) -> Iterator[SampleAssociation]:
    starts, ends = made[association.start], made[association.end]
    labelled: set[tuple[str, str]] = set()
    seen: set[frozenset[str]] = set()
    for start in starts:
        for end in dice.sample(ends, min(len(ends), dice.choice((0, 1, 2, 4, 9)))):
            # Within one type the stored relationship leads from the smaller id to the larger.
            if start.id == end.id or frozenset((start.id, end.id)) in seen:
                continue
            seen.add(frozenset((start.id, end.id)))
            names = []
            for label in association.labels:
                key = (label.name, end.id if label.max_start == 1 else start.id)
                if label.max_start == 1 or label.max_end == 1:
                    if key in labelled or dice.random() < 0.4:
                        continue
                    labelled.add(key)
                elif dice.random() < 0.5:
                    continue
                names.append(label.name)
            yield SampleAssociation(
                start_type=start.type, start_id=start.id, end_type=end.type, end_id=end.id, labels=tuple(names)
            )


def _value(dice: random.Random, catalog: Catalog, prop: Property) -> Any:
    match prop.type:
        case kind if kind in _LONG:
            return dice.choice(_WORDS) or None
        case PropertyType.JSON:
            return dice.choice(('{"a":[1,null]}', "[]", '"text"'))
        case PropertyType.EMAIL:
            if prop.unique:
                return f"{dice.randrange(10**9)}@x.example"
            return f"{dice.choice('abc')}@x.example"
        case PropertyType.EMAIL_LIST:
            return list(dict.fromkeys(f"{dice.choice('abc')}@y.example" for _ in range(dice.randint(1, 3))))
        case PropertyType.NUMBER:
            return float(dice.choice((-1, 0, 0.1, 2.5, 3, 1e9)))
        case PropertyType.INTEGER:
            return dice.choice((-7, 0, 1, 2, 3, 10**12))
        case PropertyType.MONEY:
            return dice.choice((-15_001, 0, 1, 5_000, 10_000, 123_456_789))
        case PropertyType.BOOLEAN:
            return dice.random() < 0.5
        case PropertyType.DATE:
            return date(2024, 1, 1) + timedelta(days=dice.randrange(900))
        case PropertyType.DATETIME:
            return _START + timedelta(milliseconds=1, hours=dice.randrange(20_000))
    options = [option.name for option in catalog.option_sets_by_name[str(prop.option_set)].options]
    if prop.type is PropertyType.MULTI_ENUMERATION:
        return dice.sample(options, dice.randint(1, len(options)))
    return dice.choice(options)
