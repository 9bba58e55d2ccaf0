"""Whether a catalog is sound: every kind of fault is found, and all of them at once."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graphdb.catalog.check import check
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import (
    Account,
    Association,
    AssociationLabel,
    Catalog,
    Category,
    ObjectType,
    Option,
    OptionSet,
    Pipeline,
    Property,
    PropertyType,
    Stage,
)
from graphdb.catalog.parts import Reach


def prop(name: str, type_: PropertyType = PropertyType.STRING, **more: Any) -> Property:
    return Property(name=name, type=type_, label=name, **more)


def object_type(name: str = "plant", **more: Any) -> ObjectType:
    pascal = name.title().replace("_", "")
    defaults = {
        "name": name,
        "type_name": pascal,
        "field": name.replace("_", "").lower(),
        "plural_field": name.replace("_", "").lower() + "s",
        "node_label": pascal,
        "label": name,
        "plural_label": name,
        "description": "A kind of record.",
        "categories": (Category.OTHER,),
        "properties": (prop("name"),),
        "display": (("name",),),
    }
    return ObjectType(**{**defaults, **more})


def association(start: str, end: str, *labels: AssociationLabel, **more: Any) -> Association:
    defaults = {
        "relationship_type": f"{start}_{end}".upper(),
        "start_field": f"{end}s",
        "end_field": f"{start}s",
        "labels": labels,
    }
    return Association(start=start, end=end, **{**defaults, **more})


def label(name: str, **more: Any) -> AssociationLabel:
    defaults = {
        "label": name,
        "relationship_type": f"A_B__{name}".upper(),
        "start_field": f"{name.lower()}Ends",
        "end_field": f"{name.lower()}Starts",
    }
    return AssociationLabel(name=name, **{**defaults, **more})


def option_set(name: str = "Colour", *options: str) -> OptionSet:
    return OptionSet(name=name, label=name, options=tuple(Option(name=o, label=o) for o in options))


def catalog(*types: ObjectType, **more: Any) -> Catalog:
    defaults = {"version": 1, "account": Account(), "option_sets": (), "associations": ()}
    return Catalog(object_types=types, **{**defaults, **more})


def places(found: Catalog) -> list[str]:
    """Where the faults are, as "element: place"."""
    faults = check(found)
    assert all("expected" in fault.message or "CONFLICT" in fault.message for fault in faults)
    return [f"{fault.where}: {fault.field}" for fault in faults]


def test_a_sound_catalog_has_no_faults() -> None:
    assert places(catalog(object_type(), object_type("tree"), associations=(association("plant", "tree"),))) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"name": "Plant"}, "Plant: name"),
        ({"name": "_plant"}, "_plant: name"),
        ({"type_name": "plant"}, "plant: type_name"),
        ({"type_name": "Subscription"}, "plant: type_name"),
        ({"type_name": "PlantInput"}, "plant: type_name"),
        ({"field": "Plant"}, "plant: field"),
        ({"field": "node"}, "plant: field"),
        ({"plural_field": "search"}, "plant: plural_field"),
        ({"plural_field": "plant"}, "plant: plural_field"),
        ({"node_label": "Record"}, "plant: node_label"),
        ({"node_label": "_Plant"}, "plant: node_label"),
        ({"node_label": "Plant`"}, "plant: node_label"),
        ({"node_label": "P" * 65}, "plant: node_label"),
        ({"enabled": False}, "plant: enabled"),
        ({"display": ()}, "plant: display"),
        ({"display": (("name",), ("nickname",))}, "plant: display.1"),
        ({"required_associations": ((),)}, "plant: required_associations.0"),
        ({"required_associations": (("planet",),)}, "plant: required_associations.0"),
        ({"required_associations": (("plant",),)}, "plant: required_associations.0"),
        ({"reaches": (Reach(type="planet"),)}, "plant: reaches.0"),
        ({"reaches": (Reach(type="plant"),)}, "plant: reaches.0"),
    ],
)
def test_a_fault_of_an_object_type_is_found(change: dict[str, Any], place: str) -> None:
    assert places(catalog(object_type(**change))) == [place]


@pytest.mark.parametrize(
    ("properties", "place"),
    [
        ((prop("first_name"),), "properties.first_name"),
        ((prop("_secret"),), "properties._secret"),
        ((prop("Name"),), "properties.Name"),
        ((prop("archivedAt"),), "properties.archivedAt"),
        ((prop("objecttype"),), "properties.objecttype"),
        ((prop("rev"),), "properties.rev"),
        ((prop("n" * 62),), f"properties.{'n' * 62}"),
        ((prop("petalCount"), prop("petalcount")), "properties.petalcount"),
        ((prop("a", aliases=("x",)), prop("b", aliases=("X",))), "properties"),
        ((prop("a", aliases=("createdate",)),), "properties"),
        ((prop("a", PropertyType.ENUMERATION),), "properties.a.option_set"),
        ((prop("a", PropertyType.ENUMERATION, option_set="Color"),), "properties.a.option_set"),
        ((prop("a", option_set="Colour"),), "properties.a.option_set"),
        ((prop("a", PropertyType.JSON, unique=True),), "properties.a.unique"),
        ((prop("a", PropertyType.TEXT, indexed=True),), "properties.a.indexed"),
        ((prop("a", PropertyType.EMAIL_LIST, indexed=True),), "properties.a.indexed"),
        ((prop("a", PropertyType.EMAIL_LIST, unique_with="b"),), "properties.a.unique_with"),
        (
            (prop("a", PropertyType.EMAIL_LIST, unique_with="b"), prop("b", PropertyType.EMAIL)),
            "properties.a.unique_with",
        ),
        (
            (prop("a", unique_with="b"), prop("b", PropertyType.EMAIL, unique=True)),
            "properties.a.unique_with",
        ),
        ((prop("a", required=True, read_only=True),), "properties.a.required"),
        (tuple(prop(f"p{n}", indexed=True) for n in range(11)), "properties"),
    ],
)
def test_a_fault_of_a_property_is_found(properties: tuple[Property, ...], place: str) -> None:
    plant = object_type(properties=(prop("display"), *properties), display=(("display",),))
    found = places(catalog(plant, option_sets=(option_set("Colour", "RED"),)))

    assert f"plant: {place}" in found
    assert {where.split(".")[0] for where in found} == {"plant: properties"}


def test_a_record_is_named_by_properties_that_hold_text() -> None:
    plant = object_type(properties=(prop("age", PropertyType.INTEGER),), display=(("age",),))

    assert places(catalog(plant)) == ["plant: display.0"]


def test_names_are_unique_over_types_and_enumerations_ignoring_case_and_underscores() -> None:
    found = places(
        catalog(
            object_type("plant"),
            object_type("tree", type_name="PLANT", field="pLANT", plural_field="plant_s", node_label="Pl_ant"),
            option_sets=(option_set("Tree", "OAK"), option_set("Plant", "MOSS")),
        )
    )

    assert set(found) == {
        "tree: type_name",
        "_option_sets: option_sets.Plant",
        "tree: field",
        "tree: plural_field",
        "tree: node_label",
    }


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ((), "options"),
        ((Option(name="light red", label="Light red"),), "light red"),
        ((Option(name="true", label="Yes"),), "true"),
        ((Option(name="A_1", label="One"), Option(name="A1", label="Two")), "options"),
        ((Option(name="A", label="One"), Option(name="B", label="Two", aliases=("one",))), "options"),
    ],
)
def test_a_fault_of_an_option_set_is_found(options: tuple[Option, ...], place: str) -> None:
    colour = OptionSet(name="Colour", label="Colour", options=options)

    assert places(catalog(object_type(), option_sets=(colour,))) == [f"_option_sets: option_sets.Colour.{place}"]


def piped(*pipelines: Pipeline) -> Catalog:
    """A catalog whose one type has these pipelines, with the enumerations that belong to them."""
    stages = [stage.name for pipeline in pipelines for stage in pipeline.stages]
    enumeration = PropertyType.ENUMERATION
    return catalog(
        object_type(
            pipelines=pipelines,
            properties=(
                prop("name"),
                prop("stage", enumeration, option_set="PlantStage"),
                prop("pipeline", enumeration, option_set="PlantPipeline"),
            ),
        ),
        option_sets=(
            option_set("PlantStage", *stages),
            option_set("PlantPipeline", *(pipeline.name for pipeline in pipelines)),
        ),
    )


def pipeline(name: str, *stages: Stage) -> Pipeline:
    return Pipeline(name=name, label=name, stages=stages)


@pytest.mark.parametrize(
    ("pipelines", "place"),
    [
        ((pipeline("A"),), "pipelines.A"),
        ((pipeline("a b", Stage(name="S", label="S")),), "pipelines.a b"),
        ((pipeline("A", Stage(name="S T", label="S")),), "pipelines.A.S T"),
        ((pipeline("A", Stage(name="S", label="S", won=True)),), "pipelines.A.S"),
        ((pipeline("A", Stage(name="S", label="S", probability=1.5)),), "pipelines.A.S"),
        (
            (pipeline("A", Stage(name="S", label="S")), pipeline("B", Stage(name="s", label="s"))),
            "pipelines.B.s",
        ),
        (
            (pipeline("A", Stage(name="S", label="S")), pipeline("a", Stage(name="T", label="T"))),
            "pipelines.a",
        ),
    ],
)
def test_a_fault_of_a_pipeline_is_found(pipelines: tuple[Pipeline, ...], place: str) -> None:
    assert places(piped(*pipelines)) == [f"plant: {place}"]


def test_a_type_with_pipelines_has_the_enumerations_of_them() -> None:
    sound = piped(pipeline("A", Stage(name="S", label="S")))
    assert places(sound) == []

    assert places(replace(sound, option_sets=(option_set("PlantStage", "T"), *sound.option_sets[1:]))) == [
        "plant: properties.stage"
    ]


PLANT_TREE = (object_type("plant"), object_type("tree"))


@pytest.mark.parametrize(
    ("associations", "place"),
    [
        ((association("plant", "planet"),), "pairs.plant.planet"),
        (
            (
                association("plant", "tree"),
                association("tree", "plant", start_field="otherPlants", end_field="otherTrees"),
            ),
            "pairs.tree.plant",
        ),
        ((association("plant", "tree", relationship_type="PLANT TREE"),), "pairs.plant.tree"),
        ((association("plant", "tree", relationship_type="_KEPT"),), "pairs.plant.tree"),
        ((association("plant", "tree", start_field="name"),), "pairs.plant.tree"),
        ((association("plant", "tree", start_field="timeline"),), "pairs.plant.tree"),
        ((association("plant", "tree", start_field="some_trees"),), "pairs.plant.tree"),
        (
            (
                association("plant", "tree"),
                association("plant", "plant", relationship_type="PLANT_TREE"),
            ),
            "pairs.plant.plant",
        ),
        (
            (association("plant", "tree"), association("plant", "plant", start_field="tREES")),
            "pairs.plant.plant",
        ),
        ((association("plant", "tree", label("host", max_start=0)),), "labels.plant.tree.host"),
        ((association("plant", "tree", label("Host")),), "labels.plant.tree.Host"),
        ((association("plant", "tree", label("host", inverse_name="the guest")),), "labels.plant.tree.host"),
        (
            (association("plant", "tree", label("host"), label("guest", inverse_name="host", relationship_type="X")),),
            "labels.plant.tree.guest",
        ),
        (
            (association("plant", "tree", label("host"), label("guest", relationship_type="A_B__HOST")),),
            "labels.plant.tree.guest",
        ),
        ((association("plant", "tree", label("host", start_field="trees")),), "labels.plant.tree.host"),
        ((association("plant", "plant", label("twin", max_start=1)),), "labels.plant.plant.twin"),
    ],
)
def test_a_fault_of_an_association_or_a_label_is_found(associations: tuple[Association, ...], place: str) -> None:
    assert places(catalog(*PLANT_TREE, associations=associations)) == [f"_associations: {place}"]


def test_a_conflict_names_the_field_the_type_and_the_holder() -> None:
    pair = association("plant", "tree", label("host", start_field="trees"))

    (fault,) = check(catalog(*PLANT_TREE, associations=(pair,)))

    assert fault.message == "CONFLICT: the field trees of plant is taken by pairs.plant.tree"


def test_what_activities_reach_has_a_label_that_its_pair_has() -> None:
    standard = standard_catalog()
    contact = standard.by_name["contact"]
    reaches = (Reach(type="company", label="primary"), Reach(type="company", label="boss"), Reach(type="deal"))
    broken = replace(contact, reaches=reaches)
    types = tuple(broken if one is contact else one for one in standard.object_types)
    (fault,) = check(replace(standard, object_types=types, _sides={}))

    assert (fault.where, fault.field) == ("contact", "reaches.1")
    assert fault.message.startswith("expected a label of contact and company: primary, billing, ")
    assert fault.message.endswith("; found 'boss'")


def test_the_account_s_time_zone_and_currency_are_known_forms() -> None:
    account = Account(time_zone="Mars/Olympus", currency="euro")

    assert places(catalog(object_type(), account=account)) == ["_account: time_zone", "_account: currency"]


def test_all_faults_of_a_catalog_are_found_at_once() -> None:
    standard = standard_catalog()
    deal = replace(standard.by_name["deal"], display=(("nickname",),), required_associations=(("planet",),))
    ticket = replace(standard.by_name["ticket"], field="node")
    broken = replace(
        standard,
        object_types=tuple({"deal": deal, "ticket": ticket}.get(t.name, t) for t in standard.object_types),
        associations=(*standard.associations, association("deal", "planet")),
    )

    assert places(broken) == [
        "ticket: field",
        "deal: display.0",
        "deal: required_associations.0",
        "_associations: pairs.deal.planet",
    ]
