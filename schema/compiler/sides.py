"""Associations and labels as seen from one end → how to walk them, and what their stored marks mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schema.compiler.document import plain
from schema.errors import bad_input, suggest
from schema.ir import Direction, Hop, LabelSeen

if TYPE_CHECKING:
    from graphql import Node

    from graphdb.catalog.model import LabelSide, Side
    from schema.errors import Path


def hop_source(side: Side, label: LabelSide | None) -> Hop:
    """The hop along an association, or along the relationships of one of its labels."""
    relationship = side.association.relationship_type
    if label is None:
        return Hop(relationship)
    one_way = Direction.OUT if label.forward else Direction.IN
    direction = Direction.BOTH if label.symmetric else one_way
    return Hop(relationship, label.label.relationship_type, direction)


def label_named(side: Side, given: Any, node: Node, path: Path, place: Path = ("label",)) -> LabelSide:
    """The label that a ``label:`` names, which stands at ``place`` in the arguments.

    Raises:
        GraphQLError: The pair has no such label; the error suggests one.
    """
    name = plain(given)
    for label in side.labels:
        if label.name == name:
            return label
    known = [label.name for label in side.labels]
    listed = f"It has {', '.join(known)}." if known else "It has none."
    raise bad_input(
        f'{side.near} and {side.far} have no association label "{name}".{suggest(name, known)} {listed}',
        node,
        path,
        input=list(place),
    )


def labels_seen(side: Side) -> tuple[LabelSeen, ...]:
    """What each mark in an association's ``labels`` means, seen from the near record (graph.md Q4).

    Across types a mark is the label's name. Within one type a paired label's mark says which end of the stored
    relationship holds it: ``manager>`` the start, ``manager<`` the end; so what the far record is depends on
    which end the near one is.
    """
    seen: list[LabelSeen] = []
    for label in side.labels:
        name = label.label.name
        if not side.association.same_type or label.symmetric:
            seen.append(LabelSeen(mark=name, near_is_start=None, name=label.name, label=label.shown))
            continue
        # A forward side stands on the holder: the mark points at the near record.
        for mark, holder_is_start in ((f"{name}>", True), (f"{name}<", False)):
            near_is_start = holder_is_start if label.forward else not holder_is_start
            seen.append(LabelSeen(mark=mark, near_is_start=near_is_start, name=label.name, label=label.shown))
    return tuple(seen)
