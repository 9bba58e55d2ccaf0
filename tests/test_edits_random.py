"""Random changes of the data model, many in a row: it stays sound, no client breaks, no name is given twice."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from graphql import find_breaking_changes

from graphdb.catalog.check import check
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.edit import associations, object_types, options, pipelines, properties
from graphdb.catalog.edit.draft import Draft
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Catalog, PropertyType
from graphdb.errors import WriteRefused
from schema import build_schema
from schema.build.slices import slice_of
from tests.edits import TODAY

if TYPE_CHECKING:
    from collections.abc import Callable

EDITS = 25
LABELS = [
    "Roast Batch",
    "Green lot #",
    "Quality score",
    "Node",
    "Deal",
    "id",
    "Owner",
    "Où est-ce",
    "3-5 years",
    "Count",
]
TYPES = [one.value for one in PropertyType]


class Changer:
    """Makes random edits of one data model; those that are refused change nothing."""

    def __init__(self, seed: int, catalog: Catalog) -> None:
        self.random = random.Random(seed)  # noqa: S311 - nothing secret
        self.catalog = catalog
        self.made: list[str] = []

    def change(self, edits: list[Callable[[Draft], Any]]) -> None:
        edit = self.random.choice(edits)
        draft = Draft(self.catalog, today=TODAY, deprecation_days=180)
        try:
            draft.attempt(edit, ("input",))
        except WriteRefused:
            return
        self.made.append(getattr(edit, "__name__", "edit"))
        self.catalog = draft.change.catalog

    def type_name(self) -> str:
        return self.random.choice(self.catalog.object_types).name

    def label(self) -> str:
        return f"{self.random.choice(LABELS)} {self.random.choice(['', 'x', str(len(self.made))])}".strip()

    def additions(self) -> list[Callable[[Draft], Any]]:
        """Edits that no client may notice but by what is new or deprecated."""
        pick = self.random
        name, label = self.type_name(), self.label()
        object_type = self.catalog.by_name[name]
        prop = pick.choice(object_type.properties).name
        pair = pick.choice(self.catalog.associations)
        mark = pick.choice(pair.labels).name if pair.labels else "none"
        option_set = pick.choice(self.catalog.option_sets)
        flags = {key: pick.random() < 0.3 for key in ("unique", "indexed", "required")}
        kind = pick.choice(TYPES)
        given = {"label": label, "type": kind, **flags}
        if kind in {"enumeration", "multi_enumeration"}:
            given["options"] = [{"label": "One"}, {"label": "Two"}]
        limits = {"max_start": pick.choice([None, 1, 2]), "max_end": pick.choice([None, 1, 3])}
        stages = [{"label": self.label()}, {"label": "Done", "closed": True}]
        return [
            lambda d: object_types.create(d, {"label": label, "associations": [name], "properties": [given]}),
            lambda d: object_types.update(d, name, {"label": label}),
            lambda d: object_types.enable(d, name),
            lambda d: object_types.retire(d, name),
            lambda d: object_types.restore(d, name),
            lambda d: properties.create(d, name, given),
            lambda d: properties.update(d, name, prop, {"label": label, **flags}),
            lambda d: properties.retire(d, name, prop),
            lambda d: properties.restore(d, name, prop),
            lambda d: options.create(d, option_set.name, {"label": label}),
            lambda d: options.retire(d, option_set.name, option_set.options[0].name),
            lambda d: associations.create(d, name, self.type_name()),
            lambda d: associations.create_label(
                d, pair.start, pair.end, {"label": label, "inverse_label": pick.choice([None, "Far end"]), **limits}
            ),
            lambda d: associations.update_label(d, pair.end, pair.start, mark, limits),
            lambda d: associations.retire_label(d, pair.start, pair.end, mark),
            lambda d: associations.restore_label(d, pair.start, pair.end, mark),
            lambda d: associations.retire(d, pair.start, pair.end),
            lambda d: associations.restore(d, pair.start, pair.end),
            lambda d: pipelines.create(d, name, {"label": label, "stages": stages}),
            lambda d: pipelines.create_stage(d, name, "SALES", {"label": label, "position": 1}),
        ]

    def deletions(self) -> list[Callable[[Draft], Any]]:
        pick = self.random
        gone = [one.name for one in self.catalog.object_types if one.retired] or ["none"]
        name = self.type_name()
        object_type = self.catalog.by_name[name]
        props = [one.name for one in object_type.properties if one.retired] or ["none"]
        pair = pick.choice(self.catalog.associations)
        mark = pick.choice(pair.labels).name if pair.labels else "none"
        option_set = pick.choice(self.catalog.option_sets)
        return [
            lambda d: object_types.delete(d, pick.choice(gone)),
            lambda d: properties.delete(d, name, pick.choice(props)),
            lambda d: associations.delete(d, pair.start, pair.end),
            lambda d: associations.delete_label(d, pair.start, pair.end, mark),
            lambda d: options.delete(d, option_set.name, option_set.options[-1].name),
            lambda d: setattr(d, "today", TODAY + timedelta(days=400)) or object_types.withdraw_due(d),  # type: ignore[func-returns-value]
        ]


@pytest.mark.parametrize("seed", range(12))
def test_no_client_breaks_by_what_is_added_changed_or_retired(seed: int) -> None:
    """Compared as graphql-core compares schemas: additions and deprecations are all there is."""
    before = slice_of(standard_catalog(), ("contact", "company", "deal", "ticket"))
    changer = Changer(seed, before)
    while len(changer.made) < EDITS:
        changer.change(changer.additions())
    assert check(changer.catalog) == []
    old, new = build_schema(before).graphql_schema, build_schema(changer.catalog).graphql_schema
    assert [change.description for change in find_breaking_changes(old, new)] == []
    assert from_data(Catalog, to_data(changer.catalog), "copy") == changer.catalog


@pytest.mark.parametrize("seed", range(100, 108))
def test_a_name_that_is_gone_is_never_given_to_something_else(seed: int) -> None:
    """Fields and types that were deleted, or have left, do not come back as another thing."""
    changer = Changer(seed, slice_of(standard_catalog(), ("contact", "company", "deal", "ticket")))
    gone: set[str] = set()
    names = _names(changer.catalog)
    while len(changer.made) < EDITS:
        edits = changer.deletions() if changer.random.random() < 0.3 else changer.additions()
        changer.change(edits)
        now = _names(changer.catalog)
        gone |= names.keys() - now.keys()
        back = {name for name in gone & now.keys() if now[name] not in {names.get(name), *_kept(changer.catalog)}}
        assert back == set()
        names = {**names, **now}
        assert check(changer.catalog) == []
    build_schema(changer.catalog)


def _names(catalog: Catalog) -> dict[str, Any]:
    """Fields by type, and types, each with what it is."""
    found: dict[str, Any] = {one.type_name: one.name for one in catalog.object_types}
    for one in catalog.object_types:
        found |= {f"{one.name}.{prop.name}": prop.type for prop in one.properties}
        for side in catalog.sides_of(one.name):
            found[f"{one.name}.{side.field}"] = side.far
    return found


def _kept(catalog: Catalog) -> set[Any]:
    """What withdrawn properties hold, which may be restored."""
    return {prop.type for one in catalog.object_types for prop in one.withdrawn_properties}
