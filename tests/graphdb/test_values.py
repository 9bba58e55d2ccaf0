"""What is stored for what is given, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from graphdb import values
from graphdb.catalog.files import standard_catalog
from graphdb.catalog.model import Option, OptionSet, Property, PropertyType
from graphdb.ids import is_id, mint

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

OPTIONS = OptionSet(
    name="Priority",
    label="Priority",
    options=(
        Option(name="HIGH", label="High", aliases=("urgent", "1")),
        Option(name="LOW", label="Low", aliases=("high",)),
    ),
)


def prop(kind: PropertyType, name: str = "it", *, unique: bool = False) -> Property:
    return Property(name=name, type=kind, label=name, option_set=OPTIONS.name, unique=unique)


KEPT: list[tuple[PropertyType, Any, Any]] = [
    (PropertyType.STRING, "  Ada\u00a0", "Ada"),
    (PropertyType.STRING, " \t", None),
    (PropertyType.STRING, None, None),
    (PropertyType.TEXT, "  line\n\nline\n", "  line\n\nline\n"),
    (PropertyType.TEXT, "\n ", None),
    (PropertyType.EMAIL, " Ada.Lovelace@Example.COM ", "ada.lovelace@example.com"),
    (PropertyType.EMAIL, "a@shop.test", "a@shop.test"),
    (PropertyType.EMAIL_LIST, [" B@x.org", "a@x.org", "", "b@X.org"], ["b@x.org", "a@x.org"]),
    (PropertyType.EMAIL_LIST, [" "], None),
    (PropertyType.PHONE, "+1 (650) 253-0000", "+16502530000"),
    (PropertyType.PHONE, "+44 20 7946 0958 ext 12", "+442079460958 ext. 12"),
    (PropertyType.PHONE, "(030) 1234 x5", "(030) 1234 x5"),
    (PropertyType.URL, "acme.com/shop?a=1", "https://acme.com/shop?a=1"),
    (PropertyType.URL, "http://acme.com:8080", "http://acme.com:8080"),
    (PropertyType.NUMBER, 3, 3.0),
    (PropertyType.INTEGER, 2**53 - 1, 2**53 - 1),
    (PropertyType.MONEY, -11_000_400, -11_000_400),
    (PropertyType.BOOLEAN, False, False),
    (PropertyType.DATE, date(2026, 11, 22), date(2026, 11, 22)),
    (
        PropertyType.DATETIME,
        datetime(2026, 11, 22, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2))),
        datetime(2026, 11, 21, 23, 2, 3, 456000, tzinfo=UTC),
    ),
    (PropertyType.ENUMERATION, "LOW", "LOW"),
    (PropertyType.MULTI_ENUMERATION, ["LOW", "HIGH", "LOW"], ["HIGH", "LOW"]),
    (PropertyType.MULTI_ENUMERATION, [], None),
    (PropertyType.JSON, {"a": [1, None, "ü"]}, '{"a":[1,null,"ü"]}'),
    (PropertyType.JSON, ' {"a": 1} ', '{"a":1}'),
]


@pytest.mark.parametrize(("kind", "given_value", "stored"), KEPT)
def test_a_value_is_stored_in_its_types_form(kind: PropertyType, given_value: Any, stored: Any) -> None:
    assert values.normalise(prop(kind), given_value, OPTIONS) == stored


REFUSED: list[tuple[PropertyType, Any]] = [
    (PropertyType.STRING, 5),
    (PropertyType.STRING, "x" * 65_537),
    (PropertyType.STRING, "\ud83d"),
    (PropertyType.EMAIL, "not an address"),
    (PropertyType.EMAIL, "a@localhost"),
    (PropertyType.EMAIL_LIST, "a@x.org"),
    (PropertyType.EMAIL_LIST, ["a@x.org", "not an address"]),
    (PropertyType.EMAIL_LIST, [f"a{n}@x.org" for n in range(101)]),
    (PropertyType.PHONE, "call me"),
    (PropertyType.PHONE, "12"),
    (PropertyType.URL, "javascript:alert(1)"),
    (PropertyType.URL, "https://a b"),
    (PropertyType.NUMBER, float("nan")),
    (PropertyType.NUMBER, 10**400),
    (PropertyType.NUMBER, True),
    (PropertyType.INTEGER, 2**53),
    (PropertyType.INTEGER, 1.5),
    (PropertyType.MONEY, 10**16),
    (PropertyType.BOOLEAN, "true"),
    (PropertyType.DATE, datetime(2026, 11, 22, tzinfo=UTC)),
    (PropertyType.DATETIME, datetime(2026, 11, 22)),  # noqa: DTZ001 - that it has no zone is the point
    (PropertyType.DATETIME, datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=5)))),
    (PropertyType.ENUMERATION, "MEDIUM"),
    (PropertyType.MULTI_ENUMERATION, ["HIGH", "MEDIUM"]),
    (PropertyType.MULTI_ENUMERATION, "HIGH"),
    (PropertyType.JSON, "{"),
    (PropertyType.JSON, "[NaN]"),
    (PropertyType.JSON, "[" * 100_000),
]


@pytest.mark.parametrize(("kind", "given_value"), REFUSED)
def test_a_value_that_does_not_fit_is_refused_in_words_of_bounded_length(kind: PropertyType, given_value: Any) -> None:
    with pytest.raises(ValueError, match=r"^expected .+, found .+") as caught:
        values.normalise(prop(kind), given_value, OPTIONS)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("https://www.Acme.com/about?x=1", "acme.com"),
        ("WWW.www.Bücher.de.", "bücher.de"),
        ("acme.co.uk:8080", "acme.co.uk"),
        ("", None),
    ],
)
def test_a_domain_is_reduced_to_its_host(text: str, stored: str | None) -> None:
    assert values.normalise(prop(PropertyType.STRING, "domain", unique=True), text) == stored


@pytest.mark.parametrize("text", ["localhost", "a b.com", "-a.com", "http://", "http://[x", "1.2.3.4"])
def test_what_is_no_internet_domain_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="an Internet domain"):
        values.normalise(prop(PropertyType.STRING, "domain"), text)


def test_a_unique_value_fits_an_index_entry() -> None:
    unique = prop(PropertyType.STRING, unique=True)
    assert values.normalise(unique, "x" * 1_000) == "x" * 1_000
    with pytest.raises(ValueError, match=r"at most 1,000 characters, found 1,001"):
        values.normalise(unique, "x" * 1_001)


ANY_VALUE: SearchStrategy[Any] = st.one_of(
    st.none(),
    st.text(),
    st.emails(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-11))])),
    st.lists(st.sampled_from(["HIGH", "LOW"])),
    st.from_regex(r"\+?[0-9 ()x.-]{3,20}", fullmatch=True),
    st.from_regex(r"(https?://)?(www\.)*[a-zßİ0-9-]{1,9}\.[a-zİ]{1,4}", fullmatch=True),
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    ),
)


@given(st.sampled_from(PropertyType), st.sampled_from(["it", "domain"]), ANY_VALUE)
def test_what_is_stored_is_stored_unchanged_when_given_again(kind: PropertyType, name: str, value: Any) -> None:
    try:
        stored = values.normalise(prop(kind, name), value, OPTIONS)
    except ValueError:
        return
    assert values.normalise(prop(kind, name), stored, OPTIONS) == stored


WRITTEN: list[tuple[PropertyType, str, Any]] = [
    (PropertyType.STRING, " 1,100.04 ", "1,100.04"),
    (PropertyType.NUMBER, " -1100.04 ", -1100.04),
    (PropertyType.INTEGER, "42", 42),
    (PropertyType.MONEY, "1100.04", 11_000_400),
    (PropertyType.MONEY, "-0.0001", -1),
    (PropertyType.BOOLEAN, "Yes", True),
    (PropertyType.BOOLEAN, "FALSE", False),
    (PropertyType.DATE, "2026-02-28", date(2026, 2, 28)),
    (PropertyType.DATETIME, "2026-02-28T10:00:00+01:00", datetime(2026, 2, 28, 9, tzinfo=UTC)),
    (PropertyType.DATETIME, "2026-02-28 10:00:00Z", datetime(2026, 2, 28, 10, tzinfo=UTC)),
    (PropertyType.ENUMERATION, "low", "LOW"),
    (PropertyType.ENUMERATION, "Urgent", "HIGH"),
    (PropertyType.ENUMERATION, "high", "HIGH"),
    (PropertyType.MULTI_ENUMERATION, "low; Urgent;", ["HIGH", "LOW"]),
    (PropertyType.EMAIL_LIST, "b@x.org; A@x.org,c@x.org;", ["b@x.org", "a@x.org", "c@x.org"]),
    (PropertyType.DATE, "  ", None),
]


@pytest.mark.parametrize(("kind", "text", "stored"), WRITTEN)
def test_text_of_an_import_is_read_by_its_propertys_type(kind: PropertyType, text: str, stored: Any) -> None:
    assert values.parse_text(prop(kind), OPTIONS, text) == stored


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (PropertyType.NUMBER, "1,100.04"),
        (PropertyType.NUMBER, "1e3"),
        (PropertyType.INTEGER, "1.0"),
        (PropertyType.MONEY, "1.00001"),
        (PropertyType.MONEY, "$5"),
        (PropertyType.BOOLEAN, "1"),
        (PropertyType.DATE, "02/28/2026"),
        (PropertyType.DATE, "2026-02-30"),
        (PropertyType.DATETIME, "2026-02-28T10:00:00"),
        (PropertyType.ENUMERATION, "medium"),
    ],
)
def test_nothing_is_guessed_about_a_text(kind: PropertyType, text: str) -> None:
    with pytest.raises(ValueError, match=r"^expected "):
        values.parse_text(prop(kind), OPTIONS, text)


def test_a_time_without_a_zone_takes_the_one_that_the_import_names() -> None:
    zone = timezone(timedelta(hours=-5))
    found = values.parse_text(prop(PropertyType.DATETIME), None, "2026-02-28 10:00", zone=zone)
    assert found == datetime(2026, 2, 28, 15, tzinfo=UTC)


def test_a_key_names_its_type_property_and_value() -> None:
    contact = standard_catalog().by_name["contact"]
    assert values.key_of(contact, contact.by_name["email"], "ada@x.org") == "contact.email:ada@x.org"


def test_ids_are_32_hexadecimal_digits_and_sort_by_creation() -> None:
    ids = [mint() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert all(is_id(one) for one in ids)
    assert not is_id(ids[0].upper())
    assert not is_id(ids[0][1:])


_ADDRESSES = st.one_of(
    st.emails(),
    st.builds(
        "{}@{}".format,
        st.text("aZ09._+-'\"é ", min_size=1, max_size=66),
        st.sampled_from(
            ["Example.COM", "a.b", "x", "-a.example", "xn--bcher-kva.example", "bücher.example", "a..b", ""]
        ),
    ),
    st.builds("{}@{}.example".format, st.text("ab.", min_size=1, max_size=9), st.text("abC-", max_size=64)),
)


@given(_ADDRESSES)
def test_addresses_are_judged_as_the_validator_does_whether_looked_at_whole_or_in_parts(text: str) -> None:
    """Plain ones are looked at in parts."""
    assert _judged(lambda: values.normalise(prop(PropertyType.EMAIL), text)) == _judged(lambda: _whole(text.strip()))


def _whole(text: str) -> str:
    """An address as the validator alone judges it; one that is not ASCII twice, as lower case may be composed anew."""
    for _ in range(1 if text.isascii() else 2):
        text = validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()
    return text


def _judged(judge: Callable[[], str]) -> str:
    """What is stored, or how the refusal ends."""
    try:
        return judge()
    except ValueError as error:
        return str(error).rpartition(": ")[2]
