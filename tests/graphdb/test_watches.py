"""What an entry of the change log may have touched: worked out from a roll-up's definition alone."""

from __future__ import annotations

from typing import Any

import pytest

from graphdb.catalog.calculated import kept
from graphdb.journal.entries import Kind
from graphdb.journal.watches import Entry, Step, Way, starts, watches_of
from tests.kept import kept_catalog

CATALOG = kept_catalog()
WATCHES = {
    prop.name: watches_of(CATALOG, object_type, prop.roll_up)
    for object_type, prop in kept(CATALOG)
    if prop.roll_up is not None
}
TO_COMPANY = Step("COMPANY_DEAL", "Company")
TO_DEAL = Step("DEAL_TICKET", "Deal")
HERE = Way(())


def touched(name: str, kind: Kind, object_type: str, **further: Any) -> set[tuple[Way, str]]:
    """Where ways begin after something happened to the record ``x``."""
    return set(starts(WATCHES[name], Entry(kind=kind, type=object_type, record="x", **further)))


def pair(name: str, start: str, end: str, kind: Kind = Kind.ASSOCIATED) -> set[tuple[Way, str]]:
    """The same of the pair ``x`` and ``y``."""
    return touched(name, kind, start, far_type=end, far="y")


def test_a_value_touches_what_reads_it() -> None:
    assert touched("openValue", Kind.UPDATED, "deal", properties=frozenset({"amount"})) == {(Way((TO_COMPANY,)), "x")}
    assert touched("openValue", Kind.UPDATED, "deal", properties=frozenset({"isClosed", "stage"}))
    assert touched("openValue", Kind.UPDATED, "deal", properties=frozenset({"name"})) == set()
    assert touched("openValue", Kind.UPDATED, "contact", properties=frozenset({"amount"})) == set()
    assert touched("openValue", Kind.UPDATED, "company", properties=frozenset({"name"})) == set()


def test_a_value_two_associations_away_touches_too() -> None:
    found = touched("urgentDeals", Kind.UPDATED, "ticket", properties=frozenset({"priority"}))
    assert found == {(Way((TO_DEAL, TO_COMPANY)), "x")}


@pytest.mark.parametrize("kind", [Kind.ASSOCIATED, Kind.DISSOCIATED, Kind.LABELS_CHANGED])
def test_a_pair_touches_from_the_end_that_is_nearer(kind: Kind) -> None:
    assert pair("dealCount", "company", "deal", kind) == {(HERE, "x")}
    assert pair("dealCount", "deal", "company", kind) == {(HERE, "y")}
    assert pair("urgentDeals", "deal", "ticket", kind) == {(Way((TO_COMPANY,)), "x")}
    assert pair("dealCount", "contact", "deal", kind) == set()


def test_a_pair_of_one_type_touches_from_both_ends() -> None:
    step = Step("COMPANY_COMPANY", "Company")
    assert pair("kinInBerlin", "company", "company") == {
        (HERE, "x"),
        (HERE, "y"),
        (Way((step,)), "x"),
        (Way((step,)), "y"),
    }


@pytest.mark.parametrize("kind", [Kind.ARCHIVED, Kind.RESTORED, Kind.MERGED, Kind.PURGED])
def test_what_happens_to_a_whole_record_touches_along_what_it_had(kind: Kind) -> None:
    assert touched("dealCount", kind, "deal") == {(Way((TO_COMPANY,), archived=True), "x")}
    assert touched("dealCount", kind, "company") == {(HERE, "x")}
    assert touched("dealCount", kind, "ticket") == set()


def test_a_merge_touches_from_both_records() -> None:
    found = touched("dealCount", Kind.MERGED, "company", far_type="company", far="y")
    assert found == {(HERE, "x"), (HERE, "y")}


def test_a_purge_touches_what_was_around() -> None:
    found = touched("urgentDeals", Kind.PURGED, "ticket", around=("a", "b"))
    assert found >= {(Way((TO_COMPANY,)), "a"), (Way((TO_COMPANY,)), "b")}
    assert touched("dealCount", Kind.PURGED, "deal", around=("a",)) >= {(HERE, "a")}


def test_a_new_record_touches_nothing_by_itself() -> None:
    for name in WATCHES:
        for object_type in ("company", "deal", "contact", "ticket"):
            assert touched(name, Kind.CREATED, object_type, properties=frozenset({"amount", "city"})) == set()


def test_a_condition_on_the_time_of_change_is_touched_by_any_value() -> None:
    (watch,) = [one for one in WATCHES["openValue"] if one.steps]
    changed = type(watch)(watch.types, watch.steps, frozenset({"updatedAt"}))
    entry = Entry(kind=Kind.UPDATED, type="deal", record="x", properties=frozenset({"name"}))
    assert list(starts([changed], entry)) == [(Way((TO_COMPANY,)), "x")]
