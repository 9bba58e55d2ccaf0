"""A catalog as plain data, and back: what is kept of each version, and what moves a data model between accounts.

Dataclasses become maps of their fields (those at their default left out), tuples lists, enumerations their values.
Reading finds every fault at once, each with its place: ``object_types.deal.properties.amount.type``.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, fields, is_dataclass
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, TypeVar, Union, get_args, get_origin, get_type_hints

from graphdb.errors import CatalogError, CatalogFault

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

_CALLED: Final = frozenset({"name", "label", "plural_label"})
"""Fields that name something, so they are never empty."""
_SHOWN_LENGTH: Final = 100
_PLAIN: Final = frozenset({str, int, float, bool, type(None)})
_WORDS: Final[dict[Any, str]] = {
    str: "a text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def to_data(value: Any) -> Any:
    """A value of the catalog as what JSON can hold."""
    if type(value) in _PLAIN:  # most are, of which a large data model has some hundred thousand
        return value
    if isinstance(value, tuple):
        return [to_data(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {
            name: to_data(found)
            for name, default in _defaults(type(value))
            if (found := getattr(value, name)) != default
        }
    return value.value if isinstance(value, StrEnum) else value


def from_data(cls: type[T], data: Any, where: str, *, known_only: bool = False) -> T:
    """A value of the catalog from its data.

    Args:
        cls: The dataclass.
        data: What ``to_data`` gave.
        where: What the data is called in faults.
        known_only: Whether keys that the dataclass does not have are passed over instead of refused.

    Raises:
        CatalogError: The data does not have the form; every fault with its place.
    """
    reader = _Reader(where, known_only)
    value = reader.read(cls, data, "")
    if reader.faults:
        raise CatalogError(reader.faults)
    found: T = value
    return found


class _Reader:
    """Reads data and collects what is wrong with it; what is returned beside a fault means nothing."""

    def __init__(self, where: str, known_only: bool) -> None:
        self.faults: list[CatalogFault] = []
        self._where = where
        self._known_only = known_only

    def read(self, hint: Any, data: Any, place: str) -> Any:
        """A value of the type that a hint says."""
        if is_dataclass(hint) and isinstance(hint, type):
            return self._object(hint, data, place)
        origin, arguments = get_origin(hint), get_args(hint)
        if origin in (Union, UnionType):
            wanted = next(one for one in arguments if one is not type(None))
            return None if data is None else self.read(wanted, data, place)
        if origin is tuple:
            if not isinstance(data, list):
                return self._fault(place, "a list", data)
            return tuple(self.read(arguments[0], item, f"{place}.{_called(item, at)}") for at, item in enumerate(data))
        if isinstance(hint, type) and issubclass(hint, StrEnum):
            known = [one.value for one in hint]
            return hint(data) if data in known else self._fault(place, f"one of {', '.join(known)}", data)
        if hint is float and type(data) is int:
            return float(data)
        if type(data) is not hint:
            return self._fault(place, _WORDS[hint], data)
        return data

    def _object(self, cls: Any, data: Any, place: str) -> Any:
        if not isinstance(data, dict):
            return self._fault(place, "an object", data)
        hints, values = _hints(cls), {}
        known = {item.name: item for item in _stored(cls)}
        for key in data:
            if key not in known and not self._known_only:
                self._say(_join(place, key), f"expected one of {', '.join(known)}, found this key")
        for name, item in known.items():
            if name in data:
                values[name] = self.read(hints[name], data[name], _join(place, name))
                if values[name] == "" and name in _CALLED:
                    self._say(_join(place, name), "expected a text that is not empty, found an empty one")
            elif _default(item) is MISSING:
                self._say(_join(place, name), "expected a value, found none")
        return None if self.faults else cls(**values)

    def _fault(self, place: str, expected: str, found: Any) -> None:
        shown = repr(found) if isinstance(found, str | int | float) else _WORDS.get(type(found), "something else")
        self._say(place, f"expected {expected}, found {shown[:_SHOWN_LENGTH]}")

    def _say(self, place: str, message: str) -> None:
        self.faults.append(CatalogFault(where=self._where, field=place, message=message))


def _stored(cls: type[Any]) -> Iterator[Field[Any]]:
    """The fields that say something: those that only remember what follows from others are left out."""
    return (item for item in fields(cls) if item.compare)


@cache
def _defaults(cls: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((item.name, _default(item)) for item in _stored(cls))


def _default(item: Field[Any]) -> Any:
    return item.default if item.default_factory is MISSING else item.default_factory()


@cache
def _hints(cls: Any) -> dict[str, Any]:
    return get_type_hints(cls)


def _called(item: Any, at: int) -> str:
    """An item of a list by its name, or by its ends, or by its position."""
    if isinstance(item, dict):
        if isinstance(item.get("name"), str):
            return _plain(item["name"])
        if isinstance(item.get("start"), str) and isinstance(item.get("end"), str):
            return _plain(f"{item['start']}.{item['end']}")
    return str(at)


def _join(place: str, name: str) -> str:
    return f"{place}.{_plain(name)}" if place else _plain(name)


def _plain(name: str) -> str:
    """A name from outside as it may stand in a fault: short, and nothing in it that a terminal obeys."""
    short = name[:_SHOWN_LENGTH]
    return short if short.isprintable() else ascii(short)
