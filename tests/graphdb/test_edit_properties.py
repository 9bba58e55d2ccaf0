"""Properties and option sets made, changed, retired, restored and deleted, as pure edits."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from graphdb.catalog.changes import AllDistinct, AllSet, AllWithin, JobKind, NoneHolds
from graphdb.catalog.edit import object_types, options, properties
from graphdb.catalog.parts import BuildState, Rules
from graphdb.errors import FaultCode
from tests.edits import LEAVES, draft, jobs, make, refused


def test_a_new_property_is_named_for_its_label_and_comes_last() -> None:
    one = draft()
    made = make(one, properties.create, "contact", {"label": "Green lot #", "type": "string", "description": "Lot."})
    assert (made.name, made.label, made.description, made.custom) == ("greenLot", "Green lot #", "Lot.", True)
    assert one.catalog.by_name["contact"].properties[-1] == made
    assert (jobs(one), one.narrowings) == ([], [])


def test_an_indexed_one_is_built_behind_the_change_and_a_required_one_looked_at_before() -> None:
    one = draft()
    made = make(
        one, properties.create, "contact", {"label": "Tier", "type": "integer", "indexed": True, "required": True}
    )
    assert made.indexed_state is BuildState.BUILDING
    assert made.read_marker is None
    assert jobs(one) == [(JobKind.INDEX, "contact", "tier")]
    assert one.narrowings == [(("input", "required"), AllSet(object_type="contact", property="tier"))]


@pytest.mark.parametrize(
    ("given", "place", "words"),
    [
        ({"type": "string"}, ("input", "label"), "label is required"),
        ({"label": "X"}, ("input", "type"), "type is required"),
        ({"label": "Id", "type": "string"}, ("input", "name"), "Every record has a field id"),
        ({"label": "Count", "type": "string"}, ("input", "name"), "Every record has a field count"),
        ({"label": "E mail", "type": "string"}, ("input", "name"), "taken by another field"),
        ({"label": "Companies", "type": "string"}, ("input", "name"), "taken by another field"),
        ({"label": "Primary company", "type": "string"}, ("input", "name"), "taken by another field"),
        ({"label": "x" * 300, "type": "string"}, ("input", "label"), "at most 100 characters"),
        ({"label": "分數", "type": "string"}, ("input", "label"), "no Latin letter"),
        ({"label": "Kind", "type": "enumeration"}, ("input",), "either `optionSet`"),
        ({"label": "Kind", "type": "enumeration", "option_set": "No"}, ("input", "option_set"), "no option set 'No'"),
        ({"label": "Kind", "type": "enumeration", "options": []}, ("input", "options"), "At least one option"),
        ({"label": "Kind", "type": "string", "option_set": "Priority"}, ("input", "option_set"), "is for ENUMERATION"),
        ({"label": "Kind", "type": "json", "indexed": True}, ("input",), "indexed"),
        ({"label": "Kind", "type": "boolean", "unique": True}, ("input",), "unique"),
        ({"label": "Kind", "type": "string", "group": "none"}, ("input", "group"), "no property group"),
        ({"label": "Kind", "type": "string", "required": None}, ("input", "required"), "true or false"),
    ],
)
def test_what_is_not_sound_is_refused_with_its_place(given: dict[str, Any], place: tuple[Any, ...], words: str) -> None:
    fault = refused(draft(), properties.create, "contact", given)
    assert fault.input == place
    assert words in fault.message


def test_options_of_its_own_become_an_option_set() -> None:
    one = draft()
    made = make(
        one,
        properties.create,
        "contact",
        {"label": "Roast", "type": "enumeration", "options": [{"label": "Light"}, {"label": "3-5 minutes"}]},
    )
    found = one.catalog.option_sets_by_name[str(made.option_set)]
    assert (found.name, [option.name for option in found.options]) == ("ContactRoast", ["LIGHT", "OPTION_3_5_MINUTES"])


@pytest.mark.parametrize("key", ["type", "option_set", "options", "name"])
def test_what_a_property_keeps_cannot_be_given_to_an_update(key: str) -> None:
    fault = refused(draft(), properties.update, "contact", "firstName", {key: "x"})
    assert fault.input == ("input", key)
    assert "make a new property" in fault.message


def test_narrowing_is_looked_at_before_and_after() -> None:
    one = draft()
    make(one, properties.create, "contact", {"label": "Badge", "type": "string"})
    made = make(
        one,
        properties.update,
        "contact",
        "badge",
        {"required": True, "unique": True, "rules": {"longest": 5, "shortest": None}},
    )
    where = {"object_type": "contact", "property": "badge"}
    assert [narrowing for _, narrowing in one.narrowings] == [
        AllSet(**where),
        AllWithin(**where, rules=Rules(longest=5)),
        AllDistinct(**where),
    ]
    assert jobs(one) == [
        (JobKind.VERIFY, "contact", "badge"),
        (JobKind.VERIFY, "contact", "badge"),
        (JobKind.CLAIM_KEYS, "contact", "badge"),
    ]
    assert made.unique_state is BuildState.BUILDING


def test_widening_asks_nothing_of_records_but_leaves_jobs() -> None:
    one = draft()
    make(one, properties.create, "contact", {"label": "Badge", "type": "string", "unique": True, "indexed": True})
    one.jobs.clear()
    make(one, properties.update, "contact", "badge", {"unique": False, "indexed": False})
    assert one.narrowings == []
    assert jobs(one) == [(JobKind.FREE_KEYS, "contact", "badge"), (JobKind.DROP_INDEX, "contact", "badge")]


def test_an_indexed_property_that_may_be_unset_from_now_on_needs_its_markers() -> None:
    one = draft()
    assert one.catalog.by_name["deal"].by_name["name"].unset_marker is None
    made = make(one, properties.update, "deal", "name", {"required": False})
    assert made.indexed_state is BuildState.BUILDING
    assert jobs(one) == [(JobKind.INDEX, "deal", "name")]


def test_what_identifies_a_shipped_type_stays_unique() -> None:
    assert "stays unique" in refused(draft(), properties.update, "contact", "email", {"unique": False}).message


def test_a_retired_property_leaves_and_comes_back_with_its_keys_claimed_anew() -> None:
    one = draft()
    make(one, properties.create, "contact", {"label": "Badge", "type": "string", "unique": True, "indexed": True})
    retired = make(one, properties.retire, "contact", "badge")
    assert (retired.leaves, retired.deprecation) == (LEAVES, f"retired 2026-11-22, leaves after {LEAVES}")
    after = draft(one.catalog, date(2027, 6, 1))
    make(after, object_types.withdraw_due)
    contact = after.catalog.by_name["contact"]
    assert "badge" not in contact.by_name
    assert [prop.name for prop in contact.withdrawn_properties] == ["badge"]
    assert "taken" in refused(after, properties.create, "contact", {"label": "Badge", "type": "string"}).message
    back = make(after, properties.restore, "contact", "badge")
    assert (back.unique_state, back.indexed_state) == (BuildState.BUILDING, BuildState.BUILDING)
    assert jobs(after) == [(JobKind.CLAIM_KEYS, "contact", "badge"), (JobKind.INDEX, "contact", "badge")]
    assert after.catalog.by_name["contact"].withdrawn_properties == ()


@pytest.mark.parametrize(
    ("object_type", "name", "words"),
    [
        ("contact", "lastName", "called by it"),
        ("deal", "stage", "pipelines"),
        ("deal", "name", "required"),
        ("contact", "externalId", "imports"),
    ],
)
def test_what_something_relies_on_is_not_retired(object_type: str, name: str, words: str) -> None:
    fault = refused(draft(), properties.retire, object_type, name)
    assert fault.code is FaultCode.CONFLICT
    assert words in fault.message


def test_a_deleted_property_loses_its_values_and_its_name_is_not_given_again() -> None:
    one = draft()
    make(one, properties.create, "contact", {"label": "Badge", "type": "string"})
    assert "not retired" in refused(one, properties.delete, "contact", "badge").message
    make(one, properties.retire, "contact", "badge")
    make(one, properties.delete, "contact", "badge")
    assert jobs(one) == [(JobKind.DELETE_VALUES, "contact", "badge")]
    assert "was a field" in refused(one, properties.create, "contact", {"label": "Badge", "type": "date"}).message
    make(one, properties.create, "contact", {"label": "Badge", "name": "badgeNumber", "type": "date"})


def test_groups_are_headings_that_properties_name() -> None:
    one = draft()
    make(one, properties.put_group, "contact", {"label": "Coffee habits"})
    make(one, properties.update, "contact", "firstName", {"group": "coffeeHabits"})
    make(one, properties.put_group, "contact", {"label": "Habits"}, "coffeeHabits")
    assert one.catalog.by_name["contact"].groups[0].label == "Habits"
    assert refused(one, properties.put_group, "contact", {"label": "Coffee habits"}).code is FaultCode.CONFLICT
    make(one, properties.delete_group, "contact", "coffeeHabits")
    contact = one.catalog.by_name["contact"]
    assert (contact.groups, contact.by_name["firstName"].group) == ((), None)


def test_options_come_go_and_return() -> None:
    one = draft()
    make(one, options.create, "Priority", {"label": "On fire"})
    assert one.catalog.option_sets_by_name["Priority"].options[-1].name == "ON_FIRE"
    make(one, options.update, "Priority", "ON_FIRE", {"label": "Burning", "aliases": ["hot"]})
    make(one, options.retire, "Priority", "ON_FIRE")
    retired = one.catalog.option_sets_by_name["Priority"].by_name["ON_FIRE"]
    assert (retired.label, retired.leaves) == ("Burning", LEAVES)
    make(one, options.restore, "Priority", "ON_FIRE")
    make(one, options.delete, "Priority", "ON_FIRE")
    asked = {(n.object_type, n.property) for _, n in one.narrowings if isinstance(n, NoneHolds)}
    assert ("deal", "priority") in asked
    assert ("ticket", "priority") in asked
    fault = refused(one, options.create, "Priority", {"label": "On fire"})
    assert (fault.code, fault.input) == (FaultCode.CONFLICT, ("input", "label"))


@pytest.mark.parametrize(
    ("edit", "args", "code"),
    [
        (options.create, ("DealStage", {"label": "New"}), FaultCode.BAD_USER_INPUT),
        (options.create, ("Priority", {"label": "high"}), FaultCode.CONFLICT),
        (options.create, ("Priority", {"label": "true"}), None),
        (options.retire, ("Priority", "NO"), FaultCode.NOT_FOUND),
        (options.restore, ("Priority", "HIGH"), FaultCode.CONFLICT),
        (options.create_set, ({"label": "Deal", "options": [{"label": "x"}]},), None),
        (options.update_set, ("Priority", {"name": "Urgency"}), FaultCode.BAD_USER_INPUT),
    ],
)
def test_options_are_refused_or_named_as_the_schema_allows(edit: Any, args: tuple[Any, ...], code: Any) -> None:
    if code is None:
        make(draft(), edit, *args)
    else:
        assert refused(draft(), edit, *args).code is code
