"""A mapping bound to the catalog and the files it names: every fault is found before anything is loaded."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from app.importer.mapping import FileSpec, Mapping, MappingError, MappingFault
from app.importer.rows import read_header, read_rows
from graphdb.catalog.model import PropertyType
from graphdb.values import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from app.importer.mapping import LinkSpec, Lookup, RecordSpec, Source
    from graphdb.catalog.model import Catalog, ObjectType, OptionSet, Property, Side

_DATED = frozenset({PropertyType.DATE, PropertyType.DATETIME})
_COUNTED = frozenset({PropertyType.NUMBER, PropertyType.INTEGER, PropertyType.MONEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertyPlan:
    """A property, where its text comes from, and for a lookup the texts to choose from."""

    property: Property
    options: OptionSet | None
    source: Source
    looked_up: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan:
    """An association and the unique property that its cell holds a value of."""

    side: Side
    spec: LinkSpec
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPlan:
    """A record that each row feeds."""

    type: ObjectType
    key: Property
    spec: RecordSpec
    properties: tuple[PropertyPlan, ...]
    links: tuple[LinkPlan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """A file to read. ``left_out`` are its columns that nothing reads and that ``ignore`` does not name."""

    path: Path
    spec: FileSpec
    records: tuple[RecordPlan, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """All files of a source, in order."""

    zone: ZoneInfo
    files: tuple[FilePlan, ...]


def make_plan(mapping: Mapping, mapping_path: Path, source_dir: Path, catalog: Catalog) -> ImportPlan:
    """Bind a mapping to a catalog and a folder.

    Raises:
        MappingError: With every name the catalog does not have, and every file or column that is missing.
    """
    binder = _Binder(mapping_path, source_dir, catalog)
    files = tuple(binder.file(f"file[{index}]", spec) for index, spec in enumerate(mapping.files))
    if binder.faults:
        raise MappingError(binder.faults)
    return ImportPlan(zone=ZoneInfo(mapping.time_zone), files=files)


class _Binder:
    """One binding, collecting faults; what it returns is of use only if there are none."""

    def __init__(self, mapping_path: Path, source_dir: Path, catalog: Catalog) -> None:
        self._mapping_path = mapping_path
        self._source_dir = source_dir
        self._catalog = catalog
        self._headers: dict[str, list[str] | None] = {}
        self.faults: list[MappingFault] = []

    def file(self, place: str, spec: FileSpec) -> FilePlan:
        header = self._header(spec)
        used: dict[str, str] = dict.fromkeys(spec.ignore, f"{place}.ignore")
        used |= {repair.column: f"{place}.repair" for repair in spec.repairs}
        records = []
        for index, record_spec in enumerate(spec.records):
            at = f"{place}.record[{index}]"
            for name, source in record_spec.properties.items():
                used |= dict.fromkeys(source.columns, f"{at}.properties.{name}")
            used |= {link.column: f"{at}.link[{number}]" for number, link in enumerate(record_spec.links)}
            record = self._record(at, spec, record_spec)
            if record is not None:
                records.append(record)
        if header is not None:
            for column, at in used.items():
                self._expect_column(at, spec.path, header, column)
        left_out = tuple(name for name in header or () if name not in used)
        return FilePlan(path=self._source_dir / spec.path, spec=spec, records=tuple(records), left_out=left_out)

    def _record(self, place: str, file: FileSpec, spec: RecordSpec) -> RecordPlan | None:
        object_type = self._type(f"{place}.type", spec.type)
        if object_type is None:
            return None
        properties: list[PropertyPlan] = []
        for name, source in spec.properties.items():
            bound = self._property(f"{place}.properties.{name}", object_type, name, source, file)
            if bound is None:
                continue
            if any(bound.property is other.property for other in properties):
                self._fault(f"{place}.properties.{name}", f"{bound.property.name} is given twice")
            properties.append(bound)
        key = self._key(f"{place}.key", object_type, spec.key)
        if key is not None and all(key is not bound.property for bound in properties):
            self._fault(f"{place}.properties", f"expected a column for {key.name}, by which rows are upserted")
        links = [self._link(f"{place}.link[{index}]", object_type, link) for index, link in enumerate(spec.links)]
        if key is None:
            return None
        return RecordPlan(
            type=object_type,
            key=key,
            spec=spec,
            properties=tuple(properties),
            links=tuple(link for link in links if link is not None),
        )

    def _property(
        self, place: str, object_type: ObjectType, name: str, source: Source, file: FileSpec
    ) -> PropertyPlan | None:
        prop = find_property(object_type, name)
        if prop is None:
            self._fault(place, f"expected a property of {object_type.label} or an alias of one, found {name!r}")
            return None
        if prop.calculated:
            self._fault(place, f"{prop.name} is computed and cannot be imported")
            return None
        if prop.read_only:
            self._fault(place, f"{prop.name} is set by the program and cannot be imported")
        if source.format is not None and prop.type not in _DATED:
            self._fault(f"{place}.format", f"expected a date or datetime property, found {prop.type}")
        if source.multiply is not None and prop.type not in _COUNTED:
            self._fault(f"{place}.multiply", f"expected a number, integer or money property, found {prop.type}")
        looked_up = self._lookup(f"{place}.lookup", source.lookup, file) if source.lookup is not None else {}
        options = options_of(self._catalog, prop)
        return PropertyPlan(property=prop, options=options, source=source, looked_up=looked_up)

    def _lookup(self, place: str, lookup: Lookup, file: FileSpec) -> dict[str, str]:
        other = file.model_copy(update={"path": lookup.file})
        header = self._header(other)
        if header is None:
            return {}
        for column in (lookup.match, lookup.take):
            self._expect_column(place, lookup.file, header, column)
        if not {lookup.match, lookup.take} <= set(header):
            return {}
        path = self._source_dir / lookup.file
        rows = read_rows(path, encoding=other.encoding, delimiter=other.delimiter)
        return {row.cells[lookup.match]: row.cells[lookup.take] for row in rows if row.fault is None}

    def _link(self, place: str, object_type: ObjectType, spec: LinkSpec) -> LinkPlan | None:
        far = self._type(f"{place}.to", spec.to)
        if far is None:
            return None
        key = self._key(f"{place}.key", far, spec.key)
        side = self._catalog.side_between(object_type.name, far.name)
        if side is None:
            self._fault(f"{place}.to", f"{object_type.plural_label} and {far.plural_label} cannot be associated")
            return None
        known = [label.name for label in side.labels]
        for label in spec.labels:
            if label not in known:
                expected = f"one of {', '.join(known)}" if known else "none, for the pair has no labels"
                self._fault(f"{place}.labels", f"expected {expected}; found {label!r}")
        return LinkPlan(side=side, spec=spec, key=key.name) if key is not None else None

    def _type(self, place: str, name: str) -> ObjectType | None:
        found = find_type(self._catalog, name)
        if found is None:
            self._fault(place, f"expected an object type or an alias of one, found {name!r}")
        elif not found.enabled:
            self._fault(place, f"the object type {found.label} is not enabled")
        return found

    def _key(self, place: str, object_type: ObjectType, name: str) -> Property | None:
        prop = find_property(object_type, name)
        if prop is not None and prop.unique:
            return prop
        names = ", ".join(one.name for one in object_type.unique_properties)
        self._fault(place, f"expected a unique property of {object_type.label} ({names}), found {name!r}")
        return None

    def _header(self, spec: FileSpec) -> list[str] | None:
        if spec.path not in self._headers:
            self._headers[spec.path] = self._read_header(spec)
        return self._headers[spec.path]

    def _read_header(self, spec: FileSpec) -> list[str] | None:
        try:
            return read_header(self._source_dir / spec.path, encoding=spec.encoding, delimiter=spec.delimiter)
        except OSError as error:
            self.faults.append(MappingFault(where=spec.path, place="", message=f"cannot be read: {error.strerror}"))
        except (ValueError, csv.Error) as error:
            self.faults.append(MappingFault(where=spec.path, place="header", message=str(error)))
        return None

    def _expect_column(self, place: str, path: str, header: list[str], column: str) -> None:
        if column not in header:
            self._fault(place, f"expected a column of {path} ({', '.join(header)}), found {column!r}")

    def _fault(self, place: str, message: str) -> None:
        self.faults.append(MappingFault(where=self._mapping_path.name, place=place, message=message))


def find_type(catalog: Catalog, name: str) -> ObjectType | None:
    """An object type by its name or, ignoring case, an alias."""
    wanted = name.casefold()
    for found in catalog.object_types:
        if wanted in {found.name.casefold(), *(alias.casefold() for alias in found.aliases)}:
            return found
    return None


def find_property(object_type: ObjectType, name: str) -> Property | None:
    """A property by its name or, ignoring case, an alias."""
    wanted = name.casefold()
    properties = object_type.by_name.values()
    for prop in properties:
        if prop.name.casefold() == wanted:
            return prop
    for prop in properties:
        if wanted in {alias.casefold() for alias in prop.aliases}:
            return prop
    return None
