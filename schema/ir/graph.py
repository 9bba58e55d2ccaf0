"""The part of the intermediate representation that answers questions about the graph itself.

A graph is read as nodes, edges and what was cut, each node once; how nodes are joined is put together afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schema.ir.reads import Column, Page
    from schema.ir.shapes import CaseShape, LabelSeen
    from schema.ir.values import Value


@dataclass(frozen=True, slots=True)
class Around:
    """The records up to some hops away from one.

    Attributes:
        of: The id of the record in the middle.
        hops: How far; each hop is a subquery, so it is part of the text.
        page: How many records of each object type every hop adds at most.
    """

    of: Value
    hops: int
    page: Page


@dataclass(frozen=True, slots=True)
class Between:
    """The records with these ids."""

    ids: Value


@dataclass(frozen=True, slots=True)
class GraphColumn:
    """Records and what joins them: a list of at most one row of (nodes, edges, cut), each null unless asked for.

    A node is a row of ``columns``, of which the first is the id. An edge is (id of the stored relationship's start,
    of its end, relationship type, labels). What was cut is (id, node labels, how many).

    Attributes:
        source: Which records.
        relationships: The relationship types of all associations.
        columns: What is read of each record; empty when no record is asked for.
        edges: Whether edges are asked for.
        cut: Whether is asked for what was cut.
    """

    source: Around | Between
    relationships: tuple[str, ...]
    columns: tuple[Column, ...]
    edges: bool
    cut: bool


@dataclass(frozen=True, slots=True)
class GraphNodes:
    """The nodes, by id."""

    shape: CaseShape


@dataclass(frozen=True, slots=True)
class GraphLabels:
    """An edge's labels. ``entries``: response key → ``name``, ``label`` or ``__typename``."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GraphEdges:
    """The edges, by the ids of their ends.

    Attributes:
        entries: Response key → the field, or the shape of the labels.
        seen: Relationship type → what its marks mean, seen from the stored start.
    """

    entries: tuple[tuple[str, str | GraphLabels], ...]
    seen: tuple[tuple[str, tuple[LabelSeen, ...]], ...]


@dataclass(frozen=True, slots=True)
class GraphCut:
    """What was cut, by the record's id and then in the catalog's order.

    Attributes:
        entries: Response key → the field.
        types: Node label → the object type's name, in the catalog's order.
    """

    entries: tuple[tuple[str, str], ...]
    types: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class GraphShape:
    """A graph: response key → what stands there, or the name of the type."""

    column: int
    entries: tuple[tuple[str, GraphNodes | GraphEdges | GraphCut | str], ...]


@dataclass(frozen=True, slots=True)
class PathsColumn:
    """Paths without a record twice, the shortest first, then by the ids of their records.

    A list of at most one row of (paths, nodes). A path is a map of the ids of its records and of its edges: id of
    the stored relationship's start, relationship type, labels. A node is a row of ``columns``; the first is its id.

    Attributes:
        start: The id of the first record.
        end: The id of the last one.
        lengths: The lengths in hops that may be there, rising.
        shortest: Whether only paths of the least length are wanted.
        via: The node labels that the records between may have; None for any.
        marks: The marks of which every association has to carry one; None for any.
        after: How many of the cursor's hops; the paths of that length go on behind it, and none is shorter.
        page: How many paths.
        relationships: The relationship types of all associations.
        columns: What is read of each record; empty when no record is asked for.
    """

    start: Value
    end: Value
    lengths: tuple[int, ...]
    shortest: bool
    via: tuple[str, ...] | None
    marks: Value | None
    after: int | None
    page: Page
    relationships: tuple[str, ...]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class PathEdges:
    """A path's associations. ``seen``: (relationship type, whether it starts at the near record) → its marks."""

    entries: tuple[tuple[str, str | GraphLabels], ...]
    seen: tuple[tuple[tuple[str, bool], tuple[LabelSeen, ...]], ...]


@dataclass(frozen=True, slots=True)
class PathShape:
    """A path: response key → its records, its associations, ``length``, or ``__typename``."""

    entries: tuple[tuple[str, GraphNodes | PathEdges | str], ...]


@dataclass(frozen=True, slots=True)
class PathEdgeShape:
    """An edge of the connection: response key → the path, ``cursor`` or ``__typename``."""

    entries: tuple[tuple[str, PathShape | str], ...]


@dataclass(frozen=True, slots=True)
class PathPageInfo:
    """Page information: response key → its GraphQL field."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class PathsShape:
    """A connection of paths: response key → what stands there; a path or an edge stands for a list of them."""

    column: int
    page: Page
    entries: tuple[tuple[str, PathShape | PathEdgeShape | PathPageInfo | str], ...]
