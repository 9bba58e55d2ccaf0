"""A data model as a file: written, read with every fault in its place, compared, joined."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.catalog.changes import CatalogChange, JobKind
from graphdb.catalog.check import check
from graphdb.catalog.codec import from_data, to_data
from graphdb.catalog.compare import ChangeKind, compare, joined, refusals
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Catalog, Option, Pipeline, Property, PropertyType, Stage
from graphdb.catalog.parts import BuildState
from graphdb.catalog.portable import read_model, write_model
from graphdb.errors import CatalogError
from tests.schema.catalogs import ring

if TYPE_CHECKING:
    from collections.abc import Callable

STANDARD = standard_catalog()
TEXT = write_model(STANDARD)


def only(*names: str) -> Catalog:
    types = tuple(replace(one, reaches=()) for one in STANDARD.object_types if one.name in names)
    pairs = tuple(one for one in STANDARD.associations if {one.start, one.end} <= set(names))
    return replace(STANDARD, object_types=types, associations=pairs, _sides={})


def with_property(catalog: Catalog, name: str, **more: Any) -> Catalog:
    added = Property(name=name, type=PropertyType.STRING, label=name, **more)
    return edited(catalog, "contact", lambda one: replace(one, properties=(*one.properties, added)))


def edited(catalog: Catalog, name: str, edit: Callable[[Any], Any]) -> Catalog:
    types = tuple(edit(one) if one.name == name else one for one in catalog.object_types)
    return replace(catalog, object_types=types, _sides={})


def faults(text: str | bytes) -> list[str]:
    with pytest.raises(CatalogError) as caught:
        read_model(text.encode() if isinstance(text, str) else text, "model.json", version=1)
    return [str(fault) for fault in caught.value.faults]


def damaged(damage: Callable[[Any], Any]) -> str:
    data = json.loads(TEXT)
    damage(data)
    return json.dumps(data)


@pytest.mark.parametrize(
    "catalog", [STANDARD, ring(12), only("contact", "deal")], ids=["standard", "ring", "two types"]
)
def test_what_was_written_is_read_equal(catalog: Catalog) -> None:
    assert read_model(write_model(catalog).encode(), "f", version=catalog.version) == catalog
    assert from_data(Catalog, json.loads(json.dumps(to_data(catalog))), "f") == catalog


def test_the_file_says_what_it_is_and_no_version() -> None:
    data = json.loads(TEXT)
    assert data["format"] == "kinship-model/1"
    assert "version" not in data
    assert read_model(TEXT.encode(), "f", version=7).version == 7


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "model.json: line 1, column 1: expected JSON"),
        ('{\n "format": "kinship-model/1",\n "account": nope }', "model.json: line 3, column 13: expected JSON"),
        (b'{"format": "\xff"}', "expected JSON"),
        ('{"a": NaN}', "expected JSON"),
        ("[" * 100_000, "expected JSON"),
        ("[]", "format: expected a data model in the form 'kinship-model/1', found nothing"),
        ('{"format": "kinship-model/2"}', "found 'kinship-model/2'"),
        ('{"format": "kinship-model/1"}', "account: expected a value, found none"),
        ('{"format": "kinship-model/1", "version": 3}', "version: expected no version"),
    ],
)
def test_a_file_of_another_form_is_refused_with_its_place(text: str | bytes, words: str) -> None:
    assert words in faults(text)[0]


@pytest.mark.parametrize(
    ("damage", "place", "words"),
    [
        (lambda d: d.update(colour="red"), "colour", "found this key"),
        (lambda d: d["account"].update(currency=3), "account.currency", "expected a text, found 3"),
        (lambda d: d.update(object_types={}), "object_types", "expected a list, found an object"),
        (
            lambda d: d["object_types"][0]["properties"][2].update(type="strin"),
            "object_types.contact.properties.firstName.type",
            "found 'strin'",
        ),
        (lambda d: d["object_types"][1].update(label=""), "object_types.company.label", "found an empty one"),
        (lambda d: d["object_types"][1].pop("node_label"), "object_types.company.node_label", "found none"),
        (lambda d: d["object_types"][1].update(enabled=1), "object_types.company.enabled", "true or false, found 1"),
        (lambda d: d["associations"][0].update(labels=[None]), ".labels.0", "expected an object, found null"),
        (lambda d: d["option_sets"][0].update(options=[]), "expected at least one option", ""),
        (lambda d: d["object_types"][0].update(node_label="X` {x: 1}) //"), "node_label", ""),
        (lambda d: d["object_types"][0].update(type_name="Query"), "type_name", "not reserved, found Query"),
        (lambda d: d["object_types"][0].update(display=[["nickname"]]), "contact.display", "found 'nickname'"),
        (lambda d: d["object_types"][0]["properties"][0].update(name="a" * 300, x=1), "a" * 100 + ".x", "this key"),
        (lambda d: d["object_types"][0].update({"name": "\x1b[31m", "x": 1}), "'\\x1b[31m'.x", "this key"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(damage: Callable[[Any], Any], place: str, words: str) -> None:
    found = faults(damaged(damage))
    assert any(place in fault and words in fault for fault in found), found
    assert all(fault.isprintable() for fault in found)


def test_every_fault_is_told_at_once() -> None:
    def damage(data: Any) -> None:
        data["account"]["currency"] = None
        data["object_types"][0]["properties"][2]["type"] = 1
        data["object_types"][5]["label"] = []

    assert len(faults(damaged(damage))) == 3


def test_equal_models_do_not_differ() -> None:
    """Whatever their versions, and the order of their parts."""
    turned = replace(STANDARD, version=9, option_sets=STANDARD.option_sets[::-1])
    assert compare(STANDARD, turned) == ()
    assert joined(STANDARD, STANDARD) == CatalogChange(catalog=replace(STANDARD, version=2))


def test_differences_are_told_by_element() -> None:
    own = only("contact", "company")
    other = with_property(only("company", "contact", "deal"), "shoeSize")
    other = edited(other, "company", lambda one: replace(one, label="Account", properties=one.properties[:-1]))

    found = [(one.kind.value, ".".join(one.place)) for one in compare(own, other)]
    assert ("added", "object_types.deal") in found
    assert ("added", "object_types.contact.properties.shoeSize") in found
    assert ("changed", "object_types.company.label") in found
    assert ("absent", "object_types.company.properties.externalId") in found
    assert ("added", "associations.contact.deal") in found
    assert len(found) == 4 + len(other.associations) - len(own.associations)


def test_joining_adds_and_takes_nothing_away() -> None:
    """Both ways round it ends the same, but for orders."""
    own, other = with_property(only("contact", "company"), "mine"), with_property(only("contact", "deal"), "theirs")
    result = joined(own, other).catalog

    assert check(result) == []
    assert result.version == 2
    assert result.by_name.keys() == {"contact", "company", "deal"}
    assert {"mine", "theirs"} <= result.by_name["contact"].by_name.keys()
    assert {change.kind for change in compare(result, own)} == {ChangeKind.ABSENT}
    assert {change.kind for change in compare(result, other)} == {ChangeKind.ABSENT}
    assert compare(result, joined(other, own).catalog) == ()


def test_what_is_new_leaves_jobs() -> None:
    """An object type is made ready, an index is built; until then lists do without it."""
    change = joined(only("contact"), with_property(only("contact", "deal"), "shoeSize", indexed=True))

    jobs = [(job.kind, job.object_type, job.property) for job in change.jobs]
    assert (JobKind.ENSURE_TYPE, "deal", None) in jobs
    assert (JobKind.INDEX, "contact", "shoeSize") in jobs
    contact = change.catalog.by_name["contact"]
    assert contact.by_name["shoeSize"].indexed_state is BuildState.BUILDING
    assert contact.by_name["email"].indexed_state is BuildState.ONLINE


def test_joined_pipelines_and_their_enumerations_stay_in_step() -> None:
    """Each side has a pipeline, and a stage in a common one, that the other lacks."""

    def piped(name: str) -> Catalog:
        deal = STANDARD.by_name["deal"]
        first = replace(deal.pipelines[0], stages=(*deal.pipelines[0].stages, Stage(name=f"{name}_STAGE", label=name)))
        own = Pipeline(name=name, label=name, stages=(Stage(name=f"{name}_OPEN", label="Open"),))
        pipelines = (first, *deal.pipelines[1:], own)
        options = {
            deal.by_name["pipeline"].option_set: [(one.name, one.label, one.aliases) for one in pipelines],
            deal.by_name["stage"].option_set: [(s.name, s.label, s.aliases) for one in pipelines for s in one.stages],
        }
        sets = tuple(
            replace(one, options=tuple(Option(name=n, label=x, aliases=a) for n, x, a in options[one.name]))
            if one.name in options
            else one
            for one in STANDARD.option_sets
        )
        return replace(edited(STANDARD, "deal", lambda one: replace(one, pipelines=pipelines)), option_sets=sets)

    ours, theirs = piped("OURS"), piped("THEIRS")
    assert check(ours) == []
    result = joined(ours, theirs).catalog
    assert check(result) == []
    assert {"OURS_STAGE", "THEIRS_STAGE", "OURS_OPEN", "THEIRS_OPEN"} <= result.by_name["deal"].stages.keys()
    assert refusals(compare(ours, theirs), {"deal"}) == []


@pytest.mark.parametrize(
    ("other", "place"),
    [
        (lambda: with_property(STANDARD, "x", required=True), "object_types.contact.properties.x"),
        (
            lambda: edited(STANDARD, "contact", lambda one: replace(one, display=(("lastName",),))),
            "object_types.contact.display",
        ),
        (lambda: edited(STANDARD, "contact", lambda one: replace(one, enabled=False)), "object_types.contact.enabled"),
        (
            lambda: edited(
                STANDARD,
                "contact",
                lambda one: replace(
                    one, properties=tuple(replace(p, type=PropertyType.TEXT, indexed=False) for p in one.properties)
                ),
            ),
            "object_types.contact.properties.city.type",
        ),
        (lambda: replace(STANDARD, account=replace(STANDARD.account, currency="EUR")), "account.currency"),
    ],
)
def test_what_records_would_not_survive_is_refused(other: Callable[[], Catalog], place: str) -> None:
    """Of types that have records, and of names, types and limits always."""
    found = refusals(compare(STANDARD, other()), {"contact"})
    assert place in [".".join(one.place) for one in found]
    assert all(one.reason for one in found)


def test_what_is_shown_may_change_and_empty_types_may_grow() -> None:
    shown = edited(STANDARD, "contact", lambda one: replace(one, label="Person", description="Someone.", aliases=()))
    enabled = edited(STANDARD, "course", lambda one: replace(one, enabled=True))
    assert refusals(compare(STANDARD, shown), {"contact"}) == []
    assert refusals(compare(STANDARD, enabled), {"contact"}) == []
    assert refusals(compare(STANDARD, with_property(STANDARD, "x", indexed=True, required=True)), ()) == []
    assert refusals(compare(STANDARD, with_property(STANDARD, "x", unique=True)), {"contact"}) == []
    assert refusals(compare(STANDARD, only("contact")), {"contact"}) == []
