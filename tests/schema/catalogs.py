"""Catalogs for tests: large ones and small ones, made in code."""

from __future__ import annotations

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

OPTION_SETS = 8


def ring(types: int, properties: int = 40, associations: int = 10) -> Catalog:
    """Object types in a ring, each associated with the next ones, labels on every second pair."""
    sets = tuple(
        OptionSet(
            name=f"Choice{number}",
            label=f"Choice {number}",
            options=tuple(Option(name=f"OPTION_{n}", label=f"Option {n}") for n in range(10)),
        )
        for number in range(OPTION_SETS)
    )
    return Catalog(
        version=1,
        account=Account(),
        object_types=tuple(_object_type(number, properties) for number in range(types)),
        option_sets=sets,
        associations=tuple(
            _association(number, (number + step) % types)
            for number in range(types)
            for step in range(1, associations // 2 + 1)
        ),
    )


def _object_type(number: int, properties: int) -> ObjectType:
    kinds = [kind for kind in PropertyType if kind not in {PropertyType.ENUMERATION, PropertyType.MULTI_ENUMERATION}]
    made = [
        Property(
            name=f"choice{index}", type=PropertyType.ENUMERATION, label=f"Choice {index}", option_set=f"Choice{index}"
        )
        for index in range(OPTION_SETS)
    ]
    made += [
        Property(
            name=f"field{index}",
            type=kinds[index % len(kinds)],
            label=f"Field {index}",
            description=f"What field {index} holds.",
            indexed=index < 6 and kinds[index] is not PropertyType.TEXT,
            unique=index == 0,
        )
        for index in range(properties - OPTION_SETS)
    ]
    return ObjectType(
        name=f"kind{number}",
        type_name=f"Kind{number}",
        field=f"kind{number}",
        plural_field=f"kind{number}s",
        node_label=f"Kind{number}",
        label=f"Kind {number}",
        plural_label=f"Kinds {number}",
        description=f"The kind with the number {number}.",
        categories=(Category.OTHER,),
        properties=tuple(made),
        display=(("field0",),),
    )


def _association(start: int, end: int) -> Association:
    labels: tuple[AssociationLabel, ...] = ()
    if (start + end) % 2:
        labels = (
            AssociationLabel(
                name="main",
                label="Main",
                relationship_type=f"KIND{start}_KIND{end}__MAIN",
                start_field=f"mainKind{end}",
                end_field=f"mainKind{start}s",
                max_end=1,
            ),
        )
    return Association(
        start=f"kind{start}",
        end=f"kind{end}",
        relationship_type=f"KIND{start}_KIND{end}",
        start_field=f"kind{end}s",
        end_field=f"kind{start}s",
        labels=labels,
    )
