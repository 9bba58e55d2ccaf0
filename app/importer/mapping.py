"""A mapping file: which columns of which CSV files become which properties of which records.

One TOML file per source; ``app/mappings`` ships two. Its shape::

    time_zone = "UTC"                  # of points in time that are written without one

    [[file]]
    path = "accounts.csv"              # below the source's folder
    ignore = ["logo"]                  # columns that are left out on purpose; others are named in the report

    [[file.repair]]                    # a cell that is read as something else, with a remark
    column = "sector"
    found = "technolgy"
    read = "technology"
    remark = "misspelt"

    [[file.record]]                    # each row feeds one record of each of these, in this order
    type = "company"                   # object type, by name or alias
    key = "externalId"                 # the unique property that rows are upserted by
    repeats = "refuse"                 # or "first": a later row with the same key adds nothing, with a remark

    [file.record.properties]           # by name or alias; a plain text names the column
    name = "account"
    annualRevenue = {column = "revenue", multiply = 1000000}

    [[file.record.link]]
    to = "company"
    key = "externalId"                 # the far type's unique property that the cell holds
    column = "subsidiary_of"
    labels = ["parent"]                # what the far record is to this one
    empty = "ignore"                   # or "remark", "refuse"
    unknown = "refuse"                 # or "remark"

A property's text comes from exactly one of ``column``, ``template`` ("{product} for {account}"; of several
the first whose columns all hold something), ``constant`` and ``lookup`` (a cell of another file). It may then
pass through ``pattern`` (a regular expression with one group; text that does not match leaves the property
unset), ``values`` (text by text), ``multiply``, and ``format`` (of dates, as in ``strptime``); ``default``
stands in for an empty text. An empty cell leaves a property as it is.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal  # noqa: TC003 - pydantic reads the annotation at run time
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

TEMPLATE_COLUMN = re.compile(r"\{([^{}]+)\}")
"""A column's name in braces, inside a template."""

_ONE_GROUP = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingFault:
    """One thing wrong with a mapping, or with a file it names.

    Attributes:
        where: The file that the fault lies in.
        place: The place inside it, e.g. ``file[0].record[1].key``.
        message: What was expected and what was found.
    """

    where: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.place}: {self.message}" if self.place else f"{self.where}: {self.message}"


class MappingError(Exception):
    """A mapping that cannot be followed. ``faults`` holds all of it, not the first thing found."""

    def __init__(self, faults: list[MappingFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lookup(_Strict):
    """A cell of another file: where its ``match`` equals this row's ``column``, its ``take``."""

    file: str
    column: str
    match: str
    take: str


class Source(_Strict):
    """Where a property's text comes from, and what it passes through."""

    column: str | None = None
    template: tuple[str, ...] = ()
    constant: str | None = None
    lookup: Lookup | None = None
    pattern: str | None = None
    values: dict[str, str] = Field(default_factory=dict)
    multiply: Decimal | None = None
    format: str | None = None
    default: str | None = None

    @field_validator("template", mode="before")
    @classmethod
    def _single(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else value

    @field_validator("template")
    @classmethod
    def _fillable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for template in value:
            if not template_columns(template):
                raise ValueError(f"expected a template that names a column in braces, found {template!r}")
        return value

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            groups = re.compile(value).groups
        except re.error as error:
            raise ValueError(f"expected a regular expression, found {value!r}: {error}") from error
        if groups != _ONE_GROUP:
            raise ValueError(f"expected a regular expression with one group, found {groups}")
        return value

    @model_validator(mode="after")
    def _one_origin(self) -> Source:
        origins = [name for name in ("column", "template", "constant", "lookup") if getattr(self, name)]
        if len(origins) != 1:
            found = " and ".join(origins) or "none"
            raise ValueError(f"expected exactly one of column, template, constant and lookup, found {found}")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the row that it reads."""
        if self.column is not None:
            return (self.column,)
        if self.lookup is not None:
            return (self.lookup.column,)
        return tuple(dict.fromkeys(name for template in self.template for name in template_columns(template)))


def _not_empty(items: tuple[Any, ...]) -> tuple[Any, ...]:
    # Not ``min_length``: that counts only the sound ones, and so adds a fault to each faulty one.
    if not items:
        raise ValueError("expected at least one, found none")
    return items


def _as_source(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


class LinkSpec(_Strict):
    """An association that each row's record gets."""

    to: str
    key: str = "externalId"
    column: str
    labels: tuple[str, ...] = ()
    empty: Literal["ignore", "remark", "refuse"] = "remark"
    unknown: Literal["remark", "refuse"] = "refuse"


class RecordSpec(_Strict):
    """A record that each row feeds."""

    type: str
    key: str = "externalId"
    repeats: Literal["refuse", "first"] = "refuse"
    properties: dict[str, Annotated[Source, BeforeValidator(_as_source)]]
    links: tuple[LinkSpec, ...] = Field(default=(), alias="link")


class Repair(_Strict):
    """A cell that is read as something else."""

    column: str
    found: str
    read: str
    remark: str


class FileSpec(_Strict):
    """One CSV file."""

    path: str
    encoding: str = "utf-8-sig"
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    ignore: tuple[str, ...] = ()
    repairs: tuple[Repair, ...] = Field(default=(), alias="repair")
    records: Annotated[tuple[RecordSpec, ...], AfterValidator(_not_empty)] = Field(alias="record")

    @field_validator("path")
    @classmethod
    def _inside(cls, value: str) -> str:
        path = Path(value)
        if path.is_absolute() or ".." in path.parts:
            raise ValueError(f"expected a path below the source's folder, found {value!r}")
        return value

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, value: str) -> str:
        try:
            "".encode(value)
        except LookupError as error:
            raise ValueError(f"expected the name of an encoding, found {value!r}") from error
        return value


class Mapping(_Strict):
    """A whole mapping file."""

    description: str = ""
    time_zone: str = "UTC"
    files: Annotated[tuple[FileSpec, ...], AfterValidator(_not_empty)] = Field(alias="file")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"expected an IANA time zone such as Europe/Berlin, found {value!r}") from error
        return value


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises:
        MappingError: It cannot be read or is malformed; every fault that its text alone shows.
    """
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise MappingError([_fault(path, "", f"cannot be read: {error.strerror}")]) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError([_fault(path, "", f"is not TOML: {error}")]) from error
    except ValidationError as error:
        faults = [_fault(path, place_of(item["loc"]), _reason(item)) for item in error.errors()]
        raise MappingError(faults) from error


def shipped_mappings() -> dict[str, Path]:
    """The mappings that come with the program, by name."""
    folder = Path(str(resources.files("app"))) / "mappings"
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def template_columns(template: str) -> tuple[str, ...]:
    """The columns that a template names in braces."""
    return tuple(dict.fromkeys(TEMPLATE_COLUMN.findall(template)))


def place_of(steps: tuple[str | int, ...]) -> str:
    """A place inside a TOML document, as people write it."""
    text = ""
    for step in steps:
        text += f"[{step}]" if isinstance(step, int) else f".{step}"
    return text.removeprefix(".")


def _fault(path: Path, place: str, message: str) -> MappingFault:
    return MappingFault(where=path.name, place=place, message=message)


def _reason(item: Any) -> str:
    if item["type"] == "missing":
        return "is required"
    if item["type"] == "extra_forbidden":
        return "is not a setting of a mapping"
    return str(item["msg"]).removeprefix("Value error, ")
