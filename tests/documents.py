"""Random valid documents over the catalog, from a seed.

A ``Generator`` writes one query after the other: nested lists along the associations that records have, aliases,
fields merged from several places, fragments of every kind, ``@skip`` and ``@include``, values as literals or in
variables that are given, null, absent or have a default, filters, orders, cursors, labels, several root fields.
``tests/values.py`` writes the arguments.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, parse, validate

from tests.aggregate_documents import Aggregates
from tests.values import Arguments
from tests.wire import Variables

if TYPE_CHECKING:
    from graphql import GraphQLSchema

    from graphdb.catalog.model import LabelSide, ObjectType, Side
    from tests.oracle import Graph, Oracle

DEPTH_MAX = 5
_COMMON = ("id", "displayName", "createdAt", "updatedAt", "objectType", "archivedAt", "__typename")


@dataclass(frozen=True, slots=True)
class Document:
    """A query and the variables to send with it."""

    text: str
    variables: dict[str, Any]


@dataclass(slots=True)
class _Draft:
    """One document in the making."""

    variables: Variables
    fragments: list[str] = field(default_factory=list)
    names: int = 0
    lists: int = 0

    def fresh(self, stem: str) -> str:
        """A name that the document does not hold yet."""
        self.names += 1
        return f"{stem}{self.names}"


class Generator:
    """Writes documents.

    Args:
        oracle: Its graph is where values, ids and cursors are taken from.
        schema: What documents have to fit; the merged schema.
        seed: The same seed gives the same documents.
    """

    def __init__(self, oracle: Oracle, schema: GraphQLSchema, seed: int) -> None:
        self._graph: Graph = oracle.graph
        self._catalog = oracle.catalog
        self._schema = schema
        self._dice = random.Random(seed)  # noqa: S311  # no secret
        self._arguments = Arguments(oracle, self._dice)
        self._aggregates = Aggregates(self._graph, self._arguments, self._dice)
        self._types = [self._catalog.by_name[name] for name in self._graph.by_type]

    def next(self) -> Document:
        """A valid document."""
        while True:
            document = self._write()
            try:
                if not validate(self._schema, parse(document.text)):
                    return document
            except GraphQLError as error:
                raise AssertionError(f"{error}\n{document.text}") from error

    def _write(self) -> Document:
        draft = _Draft(Variables(self._dice))
        roots = [self._root(draft) for _ in range(self._dice.choice((1, 1, 1, 2, 3)))]
        if self._chance(0.08):
            roots.append("__schema { queryType { name } }")
        if self._chance(0.1):
            roots.append("__typename")
        if self._chance(0.1):
            name = draft.fresh("Top")
            draft.fragments.append(f"fragment {name} on Query {{ {roots.pop()} }}")
            roots.append(f"...{name}")
        self._dice.shuffle(roots)
        head = f"query Generated{draft.variables.declared()} " if draft.variables.definitions else ""
        text = "\n".join([f"{head}{{ {' '.join(roots)} }}", *draft.fragments])
        return Document(text, draft.variables.given)

    # --- root fields ------------------------------------------------------------------------------------------

    def _root(self, draft: _Draft) -> str:
        alias = f"{draft.fresh('r')}: "
        match self._dice.choices(("list", "chain", "one", "node", "graph", "nodes"), (6, 3, 2, 1, 1, 1))[0]:
            case "list":
                return alias + self._list(draft, self._dice.choice(self._types), 1)
            case "chain":
                return alias + self._chain(draft)
            case "one":
                object_type = self._dice.choice(self._types)
                by = self._arguments.reference(draft.variables, object_type)
                return f"{alias}{object_type.field}(by: {by}) {self._record(draft, object_type, 1)}"
            case "node":
                one = draft.variables.write("ID!", self._arguments.some_id())
                return f"{alias}node(id: {one}) {self._any(draft)}"
            case "graph":
                return alias + self._graph_question(draft)
        ids = [self._arguments.some_id() for _ in range(self._dice.randrange(5))]
        return f"{alias}nodes(ids: {draft.variables.write('[ID!]!', ids)}) {self._any(draft)}"

    def _graph_question(self, draft: _Draft) -> str:
        """A neighbourhood, or what joins some records."""
        selection = [
            f"nodes {self._any(draft)}",
            "edges { from to labels { label name } }",
            "edges { __typename to }",
            "cut { of type more }",
            "cut { more __typename kind: type }",
            "__typename",
        ]
        chosen = " ".join(self._some(selection))
        variables = draft.variables
        if self._chance(0.3):
            return self._paths(draft)
        if self._chance(0.4):
            return self._search(draft)
        if self._chance(0.5):
            near = self._arguments.some_id()
            ids = [near, *self._arguments.neighbours(near), *(self._arguments.some_id() for _ in range(3))]
            return f"associationsBetween(ids: {variables.write('[ID!]!', ids)}) {{ {chosen} }}"
        written = [f"of: {variables.write('ID!', self._arguments.some_id())}"]
        if self._chance(0.7):
            hops = variables.write("Int", self._dice.choice((1, 2, 2, 3)), nullable=True, optional=True)
            written.append(f"hops: {hops}")
        if self._chance(0.7):
            size = variables.write("Int", self._dice.choice((0, 1, 1, 2, 3)), nullable=True, optional=True)
            written.append(f"perType: {size}")
        return f"neighbourhood({', '.join(written)}) {{ {chosen} }}"

    def _search(self, draft: _Draft) -> str:
        parts = [
            f"nodes {self._any(draft)}",
            "edges { cursor score node { id } }",
            "pageInfo { endCursor hasNextPage startCursor hasPreviousPage }",
            "totalCount",
        ]
        return f"search({self._arguments.of_search(draft.variables)}) {{ {' '.join(self._some(parts))} }}"

    def _paths(self, draft: _Draft) -> str:
        path = (
            f"{{ length nodes {self._far(draft, DEPTH_MAX)} edges {{ from labels {{ name label }} to }} __typename }}"
        )
        parts = [f"nodes {path}", "edges { cursor node { length } }", "pageInfo { endCursor hasNextPage startCursor }"]
        return f"paths({self._arguments.of_paths(draft.variables)}) {{ {' '.join(self._some(parts))} }}"

    def _list(self, draft: _Draft, object_type: ObjectType, depth: int) -> str:
        arguments = self._arguments.of_list(draft.variables, object_type, depth)
        return f"{object_type.plural_field}{arguments} {self._connection(draft, object_type, None, depth)}"

    def _chain(self, draft: _Draft) -> str:
        """Contact → company → deal → ticket, whatever else is chosen at each level."""
        selection = self._connection(draft, self._catalog.by_name["ticket"], None, DEPTH_MAX)
        types = [self._catalog.by_name[name] for name in ("deal", "company", "contact")]
        far = self._catalog.by_name["ticket"]
        for depth, object_type in zip((3, 2, 1), types, strict=True):
            side = self._catalog.side_between(object_type.name, far.name)
            assert side is not None
            arguments = self._arguments.of_list(draft.variables, far, depth + 1, side)
            inner = f"{{ {' '.join(self._leaves(object_type))} {side.field}{arguments} {selection} }}"
            wrapped = self._dice.choice(("nodes {}", "edges {{ cursor node {} }}", "totalCount nodes {}"))
            selection = f"{{ {wrapped.format(inner)} pageInfo {{ hasNextPage endCursor }} }}"
            far = object_type
        return f"contacts{self._arguments.of_list(draft.variables, far, 1)} {selection}"

    # --- selections -------------------------------------------------------------------------------------------

    def _connection(self, draft: _Draft, object_type: ObjectType, side: Side | None, depth: int) -> str:
        draft.lists += 1
        parts = []
        shape = self._dice.choices(("nodes", "edges", "both", "neither"), (5, 5, 1, 1))[0]
        if shape in {"nodes", "both"}:
            parts.append(f"nodes {self._record(draft, object_type, depth)}")
        if shape in {"edges", "both"}:
            parts.append(f"edges {{ {self._edge(draft, object_type, side, depth)} }}")
        if shape == "neither" or self._chance(0.4):
            parts.append("totalCount")
        if shape == "neither" or self._chance(0.5):
            fields = ["hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename"]
            parts.append(f"pageInfo {{ {' '.join(self._some(fields))} }}")
        if self._chance(0.2):
            parts.append(self._aggregates.field(draft.variables, object_type))
        if self._chance(0.15):
            parts.append(self._aggregates.groups(draft.variables, object_type))
        if self._chance(0.1):
            parts.append("__typename")
        if self._chance(0.1):
            parts = [f"... on {object_type.type_name}Connection {{ {' '.join(parts)} }}", "total: totalCount"]
        self._dice.shuffle(parts)
        return f"{{ {' '.join(parts)} }}"

    def _edge(self, draft: _Draft, object_type: ObjectType, side: Side | None, depth: int) -> str:
        parts = [f"node {self._record(draft, object_type, depth)}"]
        if self._chance(0.4):
            parts.append("cursor")
        if side is None or self._chance(0.7):
            parts.append(self._dice.choice(("labels { name label }", "labels { shown: label __typename name }")))
        if self._chance(0.5):
            parts.append("associatedAt")
        if self._chance(0.1):
            parts.append("__typename")
        self._dice.shuffle(parts)
        return " ".join(parts)

    def _record(self, draft: _Draft, object_type: ObjectType, depth: int) -> str:
        parts = self._leaves(object_type)
        for _ in range(self._dice.choice((0, 1, 1, 2) if depth < DEPTH_MAX and draft.lists < 7 else (0,))):
            across = depth < 4 and self._chance(0.15)
            parts.append(self._across(draft, depth) if across else self._hop(draft, object_type, depth))
        parts = [self._placed(draft, object_type.type_name, part) for part in parts]
        if self._chance(0.15):
            name = draft.fresh("F")
            draft.fragments.append(f"fragment {name} on {object_type.type_name} {{ {' '.join(parts)} }}")
            parts = [f"...{name}", "id"]
            if self._chance(0.3):
                parts.append(f"...{name}")
        return f"{{ {' '.join(parts)} }}"

    def _leaves(self, object_type: ObjectType) -> list[str]:
        """A few fields that are no lists, some under other names."""
        names = [prop.name for prop in object_type.properties if self._arguments.is_used(object_type, prop)]
        others = [prop.name for prop in object_type.properties]
        chosen = [*self._some(names or others, 3), *self._some(list(_COMMON), 2)]
        if self._chance(0.2):
            chosen.append(self._dice.choice(others))
        if self._chance(0.05):
            chosen.append(chosen[0])
        return [name if self._chance(0.85) else f"as_{name}: {name}" for name in chosen]

    def _hop(self, draft: _Draft, object_type: ObjectType, depth: int) -> str:
        sides = [side for side in self._catalog.sides_of(object_type.name) if self._arguments.is_joined(side)]
        if not sides or self._chance(0.05):
            sides = list(self._catalog.sides_of(object_type.name))
        side = self._dice.choice(sides)
        far = self._catalog.by_name[side.far]
        label: LabelSide | None = self._dice.choice(side.labels) if side.labels and self._chance(0.45) else None
        if label is not None and label.max_far == 1:
            return f"{label.field} {self._record(draft, far, depth + 1)}"
        called = f"{draft.fresh('h')}: {label.field if label else side.field}"
        called += self._arguments.of_list(draft.variables, far, depth + 1, None if label else side)
        text = f"{called} {self._connection(draft, far, side, depth + 1)}"
        if self._chance(0.1):  # the same field again: its selections are merged
            text += f" {called} {{ totalCount nodes {{ again: id ... on Record {{ displayName }} }} }}"
        return text

    def _across(self, draft: _Draft, depth: int) -> str:
        """A list of associated records of several object types."""
        draft.lists += 1
        called = self._dice.choice(("associations", "timeline"))
        arguments = self._arguments.of_across(draft.variables, called, depth + 1)
        parts = [f"edges {{ {self._edge_across(draft)} }}"] if self._chance(0.6) else []
        if not parts or self._chance(0.3):
            parts.append(f"nodes {self._far(draft, depth)}")
        if self._chance(0.4):
            parts.append("totalCount")
        if self._chance(0.4):
            parts.append("pageInfo { endCursor hasNextPage startCursor hasPreviousPage }")
        self._dice.shuffle(parts)
        return f"{draft.fresh('a')}: {called}{arguments} {{ {' '.join(parts)} }}"

    def _edge_across(self, draft: _Draft) -> str:
        parts = [f"node {self._far(draft, DEPTH_MAX)}", "cursor", "labels { name label }", "associatedAt", "__typename"]
        return " ".join(self._dice.sample(parts, self._dice.randint(1, len(parts))))

    def _far(self, draft: _Draft, depth: int) -> str:
        """A selection on whatever such a list holds."""
        parts = ["__typename", "... on Record { displayName createdAt }"]
        for object_type in self._dice.sample(self._types, self._dice.randrange(3)):
            leaves = self._leaves_of_any(object_type)
            hop = self._hop(draft, object_type, 4) if depth < 3 and self._chance(0.3) else ""
            parts.append(f"... on {object_type.type_name} {{ {leaves} {hop} }}")
        if depth < 2 and self._chance(0.2):
            parts.append("... on Record { further: associations(first: 2) { totalCount nodes { id } } }")
        self._dice.shuffle(parts)
        return f"{{ {' '.join(parts)} }}"

    def _placed(self, draft: _Draft, type_name: str, part: str) -> str:
        """A selection as it is, under a directive, or inside an inline fragment."""
        match self._dice.choices(("plain", "directive", "fragment", "interface", "bare"), (80, 6, 6, 4, 4))[0]:
            case "directive":
                return f"... {self._directive(draft)} {{ {part} }}"
            case "fragment":
                return f"... on {type_name} {{ {part} }}"
            case "interface" if part in _COMMON:
                return f"... on Record {{ {part} ... on Node {{ id }} }}"
            case "bare":
                return f"... {{ {part} }}"
        return part

    def _directive(self, draft: _Draft) -> str:
        return f"@{self._dice.choice(('skip', 'include'))}(if: {draft.variables.write('Boolean!', self._chance(0.5))})"

    def _leaves_of_any(self, object_type: ObjectType) -> str:
        """Fields of one type among others, so named that they cannot clash with theirs."""
        leaves = [leaf.split(":") for leaf in self._leaves(object_type)]
        return " ".join(f"{object_type.field}_{leaf[0]}: {leaf[-1].strip()}" for leaf in leaves)

    def _any(self, draft: _Draft) -> str:
        """A selection on a record whose type is not known."""
        parts = [*self._some(list(_COMMON), 3)]
        for object_type in self._dice.sample(self._types, self._dice.randrange(3)):
            leaves = self._leaves_of_any(object_type)
            hop = self._hop(draft, object_type, 3) if self._chance(0.3) else ""
            parts.append(f"... on {object_type.type_name} {{ {leaves} {hop} }}")
        if self._chance(0.4):
            parts.append("... on Record { displayName updatedAt }")
        if self._chance(0.3):
            parts.append("... on Node { id }")
        return f"{{ {' '.join(parts)} }}"

    # --- chance -----------------------------------------------------------------------------------------------

    def _chance(self, probability: float) -> bool:
        return self._dice.random() < probability

    def _some(self, items: list[str], most: int | None = None) -> list[str]:
        return self._dice.sample(items, self._dice.randint(1, min(len(items), most or len(items))))
