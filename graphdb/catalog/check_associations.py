"""The part of ``check`` that looks at associations, their labels, and the fields that these give to types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphdb.catalog import naming
from graphdb.catalog.model import SYSTEM_PROPERTIES
from graphdb.cypher.quoting import is_safe
from graphdb.errors import CatalogFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphdb.catalog.model import Association, AssociationLabel, Catalog

_WHERE = "_associations"


def association_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """What is wrong with pairs, labels and relationship types."""
    seen: set[frozenset[str]] = set()
    relationship_types: dict[str, str] = {}
    for association in catalog.associations:
        place = f"pairs.{association.start}.{association.end}"
        for end in dict.fromkeys((association.start, association.end)):
            if end not in catalog.by_name:
                yield _fault(place, f"expected the name of an object type, found {end!r}")
        pair = frozenset((association.start, association.end))
        if pair in seen:
            yield _fault(place, "expected a pair of object types once, in either order; found it again")
        seen.add(pair)
        for inner, message in _label_faults(association):
            yield _fault(f"labels.{association.start}.{association.end}.{inner}", message)
        for inner, name in (
            (place, association.relationship_type),
            *(
                (f"labels.{association.start}.{association.end}.{x.name}", x.relationship_type)
                for x in association.labels
            ),
        ):
            if not is_safe(name) or name.startswith("_"):
                yield _fault(inner, f"expected a relationship type of at most 63 plain characters, found {name!r}")
            holder = relationship_types.setdefault(name, inner)
            if holder != inner:
                yield _fault(inner, f"CONFLICT: the relationship type {name} is taken by {holder}")


def _label_faults(association: Association) -> Iterator[tuple[str, str]]:
    names: set[str] = set()
    for label in association.labels:
        for place, name in (("name", label.name), ("inverse_name", label.inverse_name)):
            if name is None:
                continue
            if not naming.is_api_name(name):
                yield label.name, f"expected a {place} in snake_case, found {name!r}"
            # Two roles of one name on one pair could not be told apart.
            if naming.fold(name) in names:
                yield label.name, f"CONFLICT: the {place} {name} is taken by another label of the pair"
            names.add(naming.fold(name))
        yield from _limit_faults(association, label)


def _limit_faults(association: Association, label: AssociationLabel) -> Iterator[tuple[str, str]]:
    for place, limit in (("max_start", label.max_start), ("max_end", label.max_end)):
        if limit is not None and limit < 1:
            yield label.name, f"expected a {place} of at least 1, found {limit}"
    symmetric = association.same_type and label.inverse_name is None
    if symmetric and label.max_start != label.max_end:
        yield label.name, "expected one limit, for the label says the same of both; found two"


def field_faults(catalog: Catalog) -> Iterator[CatalogFault]:
    """Fields of associations and labels that something else of their object type is called already."""
    taken = {
        object_type.name: {
            **{naming.fold(name): "every record" for name in naming.RESERVED_FIELDS},
            **{naming.fold(prop.name): f"the property {prop.name}" for prop in object_type.properties},
            **{naming.fold(prop.name): f"the property {prop.name}" for prop in SYSTEM_PROPERTIES},
        }
        for object_type in catalog.object_types
    }
    # Associations first: a label's field gives way to an association's.
    for near, name, place in (*_association_fields(catalog), *_label_fields(catalog)):
        if not naming.is_field_name(name):
            yield _fault(place, f"expected a field in camelCase, found {name!r}")
        if near not in taken:
            continue
        holder = taken[near].get(naming.fold(name))
        if holder is not None:
            yield _fault(place, f"CONFLICT: the field {name} of {near} is taken by {holder}")
        taken[near].setdefault(naming.fold(name), place)


def _association_fields(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    for association in catalog.associations:
        place = f"pairs.{association.start}.{association.end}"
        yield association.start, association.start_field, place
        if not association.same_type:
            yield association.end, association.end_field, place


def _label_fields(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    for association in catalog.associations:
        for label in association.labels:
            place = f"labels.{association.start}.{association.end}.{label.name}"
            yield association.start, label.start_field, place
            if not association.same_type or label.inverse_name is not None:
                yield association.end, label.end_field, place


def _fault(place: str, message: str) -> CatalogFault:
    return CatalogFault(where=_WHERE, field=place, message=message)
