"""What a property holds: from a caller's value, or an import's text, to the form that is stored.

| type | stored as |
|---|---|
| string, text | text; a string without white space around it, a text as it came; blank counts as unset |
| email | lower case; syntax checked, DNS not asked |
| email_list | list of addresses, each once, in the order given; an empty one is unset |
| phone | E.164 (``+16502530000``, with `` ext. 12`` behind it) if written internationally, else as it came |
| url | an absolute http(s) address; ``https://`` is put before a bare host |
| number | float, finite |
| integer | integer within ±(2^53 - 1), so that every client can hold it |
| money | integer of ten-thousandths, below 10^16 |
| boolean, date | as they are |
| datetime | in UTC, cut to the millisecond |
| enumeration | the option's name |
| multi_enumeration | list of options' names, each once, in the option set's order; an empty one is unset |
| json | compact JSON text |

A string or url property named ``domain`` (or ``…Domain``) holds a bare Internet domain: lower case, no
scheme, no ``www.``, no path. Everything here is pure, and ``normalise`` of a stored value is that value.
"""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError

from graphdb.addresses import normal_email
from graphdb.catalog.model import PropertyType
from graphdb.catalog.parts import BuildState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from graphdb.catalog.model import Catalog, ObjectType, Option, OptionSet, Property

MAX_STRING = 65_536
"""Most characters of a string, e-mail, phone number or address."""
MAX_TEXT = 1_048_576
"""Most characters of a text or a JSON value."""
MAX_KEY = 1_000
"""Most characters of a unique or indexed value: an index entry may take 8 KB at most."""
MAX_ADDRESSES = 100
"""Most addresses of a list."""
MAX_INTEGER = 2**53 - 1
MONEY_SCALE = 10_000
"""A unit of money is stored as so many."""
MAX_MONEY = 10**16 - 1

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SHOWN = 60
_OPTIONS_SHOWN = 12
_PHONE_DIGITS = 3
_DOMAIN = re.compile(r"(?=.{1,253}\Z)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_PHONE = re.compile(r"[0-9+(][0-9 ()+./\-*#,;:=a-z]{2,49}", re.IGNORECASE)
_PHONE_WORDS = re.compile(r"extension|extn?|ex|x|tel|p", re.IGNORECASE)
_NUMBER = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,30})?")
_INTEGER = re.compile(r"[+-]?\d{1,16}")
_MONEY = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d{1,4}))?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TRUE = frozenset({"true", "yes"})
_FALSE = frozenset({"false", "no"})


def normalise(prop: Property, value: object, options: OptionSet | None = None) -> Any:
    """The form of a value that is stored; ``None`` if it counts as unset.

    Args:
        prop: What the value is for.
        value: The value as the API's scalars give it, or as it is stored already.
        options: For enumerations, what ``options_of`` gives.

    Raises:
        ValueError: The property cannot hold it; the message says what was expected and what was found, in
            words fit for a client.
    """
    if value is None:
        return None
    stored = _NORMALISERS[prop.type](prop, value, options)
    if isinstance(stored, str) and (prop.unique or prop.indexed) and len(stored) > MAX_KEY:
        _refuse(f"at most {MAX_KEY:,} characters", f"{len(stored):,}")
    return stored


def parse_text(prop: Property, options: OptionSet | None, text: str, *, zone: tzinfo | None = None) -> Any:
    """The stored form of a value written as text, as imports have it; ``None`` if the text is blank.

    Nothing is guessed: dates are ISO 8601, numbers plain decimals without grouping, booleans true, false, yes
    or no; an option is found by its name, label or an alias, ignoring case; semicolons part several options, and
    several addresses.

    Args:
        prop: What the value is for.
        options: For enumerations, what ``options_of`` gives.
        text: The value as written.
        zone: The zone of a point in time that is written without one; without it, such a text is refused.

    Raises:
        ValueError: As for ``normalise``.
    """
    if not text.strip():
        return None
    parse = _PARSERS.get(prop.type)
    value: object = parse(text.strip(), options, zone) if parse is not None else text
    return normalise(prop, value, options)


def options_of(catalog: Catalog, prop: Property) -> OptionSet | None:
    """The options of an enumeration property; ``None`` for any other."""
    return catalog.option_sets_by_name.get(prop.option_set) if prop.option_set is not None else None


def key_of(object_type: ObjectType, prop: Property, value: object) -> str:
    """The text of the key node that holds a unique property's stored value."""
    return f"{object_type.name}.{prop.name}:{value.isoformat() if isinstance(value, date) else value}"


def keys_of(object_type: ObjectType, known: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """The texts of the key nodes that a record's stored values ask for, each with its property and the value."""
    found: dict[str, tuple[str, Any]] = {}
    for prop in object_type.unique_properties:
        value = known.get(prop.name)
        if value is not None:
            found[key_of(object_type, prop, value)] = (prop.name, value)
    for prop in object_type.further_unique_properties:
        unique = object_type.by_name[str(prop.unique_with)]
        for value in known.get(prop.name) or ():
            found.setdefault(key_of(object_type, unique, value), (prop.name, value))
    return found


MERGED_PREFIX = "id:"


def merged_key(record_id: str) -> str:
    """The text of the key node that leads from the id of a merged record to the one that it was merged into."""
    return f"{MERGED_PREFIX}{record_id}"


def unready(prop: Property) -> str | None:
    """Why records cannot be named by a unique property yet; None if they can."""
    if prop.unique_state is BuildState.ONLINE:
        return None
    return (
        f"records cannot be named by {prop.name} before all of them hold their keys: its unique state is "
        f"{prop.unique_state}, and dataModel shows how far it is"
    )


def shown(value: object) -> str:
    """A value as a message shows it: cut to a length that a client's log can bear."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _refuse(expected: str, found: object) -> NoReturn:
    raise ValueError(f"expected {expected}, found {shown(found)}")


def _text(value: object, limit: int, expected: str = "text") -> str:
    if not isinstance(value, str):
        _refuse(expected, value)
    if len(value) > limit:
        _refuse(f"at most {limit:,} characters", f"{len(value):,}")
    try:
        value.encode()
    except UnicodeEncodeError:
        _refuse(expected, "half of a surrogate pair")
    return value


def _line(prop: Property, value: object, _: OptionSet | None) -> str | None:
    text = _text(value, MAX_STRING).strip()
    if text and _holds_domain(prop):
        return _domain(text)
    return text or None


def _body(_: Property, value: object, __: OptionSet | None) -> str | None:
    text = _text(value, MAX_TEXT)
    return text if text.strip() else None


def is_lower_case(prop: Property) -> bool:
    """Whether a property's values are stored in lower case: e-mail addresses and domains."""
    return prop.type in {PropertyType.EMAIL, PropertyType.EMAIL_LIST} or (
        prop.type in {PropertyType.STRING, PropertyType.URL} and _holds_domain(prop)
    )


def _holds_domain(prop: Property) -> bool:
    return prop.name == "domain" or prop.name.endswith("Domain")


def _domain(text: str) -> str:
    lowered = text.lower()
    try:
        host = urlsplit(lowered if "://" in lowered else f"//{lowered}").hostname or ""
    except ValueError:
        host = ""
    host = host.lower().rstrip(".")
    while host.startswith("www.") and "." in host[4:]:
        host = host[4:]
    if _DOMAIN.fullmatch(host) is None:
        _refuse("an Internet domain such as example.com", text)
    return host


def _email(_: Property, value: object, __: OptionSet | None) -> str | None:
    text = _text(value, MAX_STRING, "an e-mail address").strip()
    if not text:
        return None
    try:
        text = normal_email(text)
        if not text.isascii():  # lower-casing a letter can change how it is composed
            text = normal_email(text)
    except EmailNotValidError as error:
        raise ValueError(f"expected an e-mail address, found {shown(repr(text))}: {error}") from error
    return text


def _email_list(prop: Property, value: object, _: OptionSet | None) -> list[str] | None:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        _refuse("a list of e-mail addresses", value)
    if len(value) > MAX_ADDRESSES:
        _refuse(f"at most {MAX_ADDRESSES} addresses", f"{len(value):,}")
    addresses = (_email(prop, one, None) for one in value)
    return list(dict.fromkeys(address for address in addresses if address is not None)) or None


def _phone(_: Property, value: object, __: OptionSet | None) -> str | None:
    text = _text(value, MAX_STRING, "a phone number").strip()
    if not text:
        return None
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        number = None
    if number is not None and phonenumbers.is_possible_number(number):
        extension, number.extension = number.extension, None
        base = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        return f"{base} ext. {extension}" if extension else base
    digits = sum(letter.isdigit() for letter in text)
    plausible = _PHONE.fullmatch(text) is not None and digits >= _PHONE_DIGITS
    if not plausible or re.search("[a-z]", _PHONE_WORDS.sub("", text), re.IGNORECASE):
        _refuse("a phone number", value)
    return text


def _url(prop: Property, value: object, _: OptionSet | None) -> str | None:
    text = _text(value, MAX_STRING, "a web address").strip()
    if not text:
        return None
    if _holds_domain(prop):
        return _domain(text)
    address = text if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)", text) else f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"} or re.search(r"[\s\x00-\x1f\x7f<>\"\\]", address):
        _refuse("a web address that begins with http:// or https://", text)
    return address


def _number(_: Property, value: object, __: OptionSet | None) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        _refuse("a number", value)
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        _refuse("a finite number", value)
    return number + 0.0  # so that -0.0, which prints unlike 0.0, is never stored


def _integer(_: Property, value: object, __: OptionSet | None) -> int:
    return _whole(value, MAX_INTEGER, f"a whole number within ±{MAX_INTEGER}")


def _money(_: Property, value: object, __: OptionSet | None) -> int:
    return _whole(value, MAX_MONEY, "an amount with up to 12 digits before the point")


def _whole(value: object, limit: int, expected: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > limit:
        _refuse(expected, value if not isinstance(value, int) or abs(value) < 10**40 else "a larger one")
    return value


def _boolean(_: Property, value: object, __: OptionSet | None) -> bool:
    if not isinstance(value, bool):
        _refuse("true or false", value)
    return value


def _date(_: Property, value: object, __: OptionSet | None) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        _refuse("a date", value)
    return value


def _datetime(_: Property, value: object, __: OptionSet | None) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        _refuse("a point in time with its offset from UTC", value)
    try:
        return in_milliseconds(value.astimezone(UTC))
    except OverflowError:
        _refuse("a point in time within the years 1 to 9999 UTC", value.isoformat())


def to_epoch(moment: datetime) -> int:
    """Milliseconds since 1970 of a point in time."""
    return (moment - _EPOCH) // _MILLISECOND


def from_epoch(milliseconds: int) -> datetime:
    """The point in time so many milliseconds after 1970, in UTC.

    Raises:
        OverflowError: It lies outside of the years 1 to 9999.
    """
    return _EPOCH + milliseconds * _MILLISECOND


def in_milliseconds(moment: datetime) -> datetime:
    """A point in time cut to the millisecond, which is all that is stored."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _enumeration(_: Property, value: object, options: OptionSet | None) -> str:
    known = options.by_name if options is not None else {}
    if not isinstance(value, str) or value not in known:
        _refuse(_one_of(options), value)
    return value


def _multi_enumeration(_: Property, value: object, options: OptionSet | None) -> list[str] | None:
    if isinstance(value, str) or not isinstance(value, list | tuple):
        _refuse("a list of options", value)
    known = options.by_name if options is not None else {}
    for one in value:
        if not isinstance(one, str) or one not in known:
            _refuse(_one_of(options), one)
    return [name for name in known if name in value] or None


def _one_of(options: OptionSet | None) -> str:
    names = list(options.by_name) if options is not None else []
    listed = ", ".join(names[:_OPTIONS_SHOWN]) + (", …" if len(names) > _OPTIONS_SHOWN else "")
    return f"one of {listed}" if names else "an option of a set that has none"


def _json(_: Property, value: object, __: OptionSet | None) -> str | None:
    """JSON as compact text. A string is taken for JSON text itself: that is what is stored."""
    try:
        if isinstance(value, str):
            if not value.strip():
                return None
            value = json.loads(_text(value, MAX_TEXT), parse_constant=_refuse_constant)
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"expected JSON, found something else: {shown(str(error))}") from error
    return _text(text, MAX_TEXT, "JSON")


def _refuse_constant(name: str) -> NoReturn:
    _refuse("a finite number", name)


_NORMALISERS: dict[PropertyType, Callable[[Property, object, OptionSet | None], Any]] = {
    PropertyType.STRING: _line,
    PropertyType.TEXT: _body,
    PropertyType.NUMBER: _number,
    PropertyType.INTEGER: _integer,
    PropertyType.MONEY: _money,
    PropertyType.BOOLEAN: _boolean,
    PropertyType.DATE: _date,
    PropertyType.DATETIME: _datetime,
    PropertyType.ENUMERATION: _enumeration,
    PropertyType.MULTI_ENUMERATION: _multi_enumeration,
    PropertyType.EMAIL: _email,
    PropertyType.EMAIL_LIST: _email_list,
    PropertyType.PHONE: _phone,
    PropertyType.URL: _url,
    PropertyType.JSON: _json,
}


def _parse_number(text: str, _: OptionSet | None, __: tzinfo | None) -> float:
    if _NUMBER.fullmatch(text) is None:
        _refuse("a plain decimal number such as 1100.04", text)
    return float(text)


def _parse_integer(text: str, _: OptionSet | None, __: tzinfo | None) -> int:
    if _INTEGER.fullmatch(text) is None:
        _refuse("a whole number such as 1100", text)
    return int(text)


def _parse_money(text: str, _: OptionSet | None, __: tzinfo | None) -> int:
    match = _MONEY.fullmatch(text)
    if match is None:
        _refuse("a plain amount such as 1100.04, with at most 4 places", text)
    sign, units, places = match.groups(default="")
    amount = int(units) * MONEY_SCALE + int(places.ljust(4, "0"))
    return -amount if sign == "-" else amount


def _parse_boolean(text: str, _: OptionSet | None, __: tzinfo | None) -> bool:
    lowered = text.lower()
    if lowered not in _TRUE | _FALSE:
        _refuse("true, false, yes or no", text)
    return lowered in _TRUE


def _parse_date(text: str, _: OptionSet | None, __: tzinfo | None) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    _refuse("a date such as 2026-11-22", text)


def _parse_datetime(text: str, _: OptionSet | None, zone: tzinfo | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if _DATE.match(text) else None
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is None and zone is not None:
        moment = moment.replace(tzinfo=zone)
    if moment is None or moment.tzinfo is None:
        _refuse("a point in time with its offset such as 2026-11-22T09:30:00+01:00", text)
    return moment


def _parse_option(text: str, options: OptionSet | None, _: tzinfo | None) -> str:
    wanted = text.strip().casefold()
    found = options.options if options is not None else ()
    # A name wins over a label and a label over an alias: an alias may repeat another option's label.
    for names in (_name, _label, _aliases):
        for option in found:
            if wanted in names(option):
                return option.name
    _refuse(_one_of(options), text)


def _name(option: Option) -> tuple[str, ...]:
    return (option.name.casefold(),)


def _label(option: Option) -> tuple[str, ...]:
    return (option.label.casefold(),)


def _aliases(option: Option) -> tuple[str, ...]:
    return tuple(alias.casefold() for alias in option.aliases)


def _parse_options(text: str, options: OptionSet | None, zone: tzinfo | None) -> list[str]:
    return [_parse_option(part, options, zone) for part in text.split(";") if part.strip()]


def _parse_addresses(text: str, _: OptionSet | None, __: tzinfo | None) -> list[str]:
    return [part for part in re.split("[;,]", text) if part.strip()]


_PARSERS: dict[PropertyType, Callable[[str, OptionSet | None, tzinfo | None], object]] = {
    PropertyType.NUMBER: _parse_number,
    PropertyType.INTEGER: _parse_integer,
    PropertyType.MONEY: _parse_money,
    PropertyType.BOOLEAN: _parse_boolean,
    PropertyType.DATE: _parse_date,
    PropertyType.DATETIME: _parse_datetime,
    PropertyType.ENUMERATION: _parse_option,
    PropertyType.MULTI_ENUMERATION: _parse_options,
    PropertyType.EMAIL_LIST: _parse_addresses,
}
"""The types whose text says something other than itself."""
