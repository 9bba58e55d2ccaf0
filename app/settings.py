"""Every setting and every limit, in one table.

``Settings`` is that table: each of its fields names an environment variable, a default, a unit and what it is
for, and ``SETTINGS`` lists them in order. Nothing else in the program reads the environment, and no limit is
written anywhere else. ``settings_table`` prints the table as Markdown; a test compares it with the README.

A setting comes from, in rising order: its default, the environment, the command line.
"""

from __future__ import annotations

import dataclasses
import math
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from schema.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})
_ENGINE_ADDRESS = re.compile(r"(bolt|neo4j)(\+s|\+ssc)?://[^/\s]")
_DATA = Path(".kinship")
_DAY_S = 86_400
_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class SettingsError(ValueError):
    """At least one setting has a bad value. ``faults`` holds all of them, one sentence each."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One row of the table.

    Attributes:
        name: The field of ``Settings``.
        variable: The environment variable.
        kind: What its text is read as.
        default: The value when nothing sets it.
        unit: What its number counts; empty for what is no number.
        help: What it is for.
        least: The smallest number allowed.
        most: The largest number allowed.
        choices: The only texts allowed, if there is such a list.
        optional: Whether it may be unset (None).
        secret: Whether its value must not be shown.
    """

    name: str
    variable: str
    kind: type
    default: Any
    unit: str
    help: str
    least: float | None
    most: float | None
    choices: tuple[str, ...]
    optional: bool
    secret: bool

    def parse(self, value: Any) -> Any:
        """A value from text, or a given one checked.

        Raises:
            ValueError: It is not what the setting holds; the message says what was expected and found.
        """
        if self.optional and value in (None, ""):
            return None
        parsed = _convert(self.kind, value)
        if self.choices and parsed not in self.choices:
            raise ValueError(f"expected one of {', '.join(self.choices)}, found {parsed!r}")
        if self.least is not None and parsed < self.least:
            raise ValueError(f"expected at least {_shown(self.least)}, found {_shown(parsed)}")
        if self.most is not None and parsed > self.most:
            raise ValueError(f"expected at most {_shown(self.most)}, found {_shown(parsed)}")
        return parsed


def _convert(kind: type, value: Any) -> Any:
    if isinstance(value, kind) and not (kind is int and isinstance(value, bool)):
        return value
    read = _READERS.get(kind)
    text = str(value).strip()
    return read(text) if read else text


def _read_bool(text: str) -> bool:
    if text.lower() not in _TRUE | _FALSE:
        raise ValueError(f"expected true or false, found {text!r}")
    return text.lower() in _TRUE


def _read_path(text: str) -> Path:
    if not text:
        raise ValueError("expected a folder, found nothing")
    return Path(text).expanduser()


def _read_int(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"expected a whole number, found {text!r}") from None


def _read_float(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(f"expected a number, found {text!r}")
    return number


_READERS: dict[type, Callable[[str], Any]] = {
    bool: _read_bool,
    Path: _read_path,
    int: _read_int,
    float: _read_float,
}


def _shown(number: float) -> str:
    return f"{number:,.15g}"


def _setting(
    default: Any,
    help_: str,
    *,
    unit: str = "",
    least: float | None = None,
    most: float | None = None,
    variable: str | None = None,
    choices: tuple[str, ...] = (),
    kind: type | None = None,
    secret: bool = False,
) -> Any:
    """A row, written where the field is declared."""
    row = {
        "help": help_,
        "unit": unit,
        "least": least,
        "most": most,
        "variable": variable,
        "choices": choices,
        "kind": kind or type(default),
        "optional": default is None,
        "secret": secret,
    }
    return dataclasses.field(default=default, repr=not secret, metadata=row)


def _count(default: int, help_: str, unit: str, *, least: int = 1, most: int | None = None) -> Any:
    return _setting(default, help_, unit=unit, least=least, most=most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one process; ``SETTINGS`` describes each field."""

    host: str = _setting("127.0.0.1", "Address to listen on. Anything but a loopback address opens the API to others.")
    port: int = _count(8000, "Port to listen on; 0 for any free one.", "port", least=0, most=65_535)
    allowed_hosts: str = _setting(
        "",
        "Host names that requests may be addressed to, separated by commas; `*` allows any. Empty: on a "
        "loopback address the loopback names only (so that no web page gets in by a name of its own), "
        "elsewhere any.",
    )
    workers: int = _count(1, "Server processes.", "processes", most=256)
    data_dir: Path = _setting(  # noqa: RUF009 - a field
        _DATA, "Folder of the embedded engine's data.", variable="KINSHIP_DATA", kind=Path
    )
    neo4j_uri: str | None = _setting(
        None,
        "Address of a Neo4j server (`bolt://`, `neo4j://`, `neo4j+s://` ...). Unset: the embedded engine.",
        variable="NEO4J_URI",
        kind=str,
    )
    neo4j_user: str = _setting("neo4j", "User on that server.", variable="NEO4J_USER")
    neo4j_password: str | None = _setting(
        None,
        "Password on that server. Unset: no authentication.",
        variable="NEO4J_PASSWORD",
        kind=str,
        secret=True,
    )
    neo4j_database: str | None = _setting(
        None, "Database on that server. Unset: its default one.", variable="NEO4J_DATABASE", kind=str
    )
    connections_max: int = _count(50, "Connections to the engine, for each process.", "connections", most=10_000)
    page_size_root: int = _count(25, "Page size of a list at the root without `first`.", "records")
    page_size_nested: int = _count(10, "The same for a list inside a record.", "records")
    page_size_max: int = _count(1_000, "Largest `first`, and the most ids of `nodes`.", "records")
    batch_size_max: int = _count(1_000, "Most items of a mutation in the plural (`createContacts`).", "items")
    records_max: int = _count(
        100_000, "Most records that one document may ask for, by its page sizes (TOO_COMPLEX).", "records"
    )
    touches_max: int = _count(
        10_000_000, "Most records that one document may make the engine visit, by its statistics.", "records"
    )
    statistics_every_s: int = _count(
        300, "How often the statistics are taken, the first time soon after the start; 0: never.", "seconds", least=0
    )
    changes_poll_ms: int = _count(
        100, "How often changes that other processes made are looked for, to be put in order.", "milliseconds"
    )
    changes_days: int = _count(
        0, "How long the change log, and with it what histories show, is kept; 0: for ever.", "days", least=0
    )
    idempotency_hours: int = _count(
        24, "How long the answer to a mutation with an `Idempotency-Key` is kept for its repetition.", "hours"
    )
    depth_max: int = _count(30, "Deepest nesting of fields in a document.", "levels")
    fields_max: int = _count(5_000, "Most fields of an operation, its fragments expanded.", "fields")
    aliases_max: int = _count(200, "Most aliases in a document.", "aliases", least=0)
    root_fields_max: int = _count(50, "Most root fields in an operation.", "fields")
    conditions_max: int = _count(200, "Most conditions of one `where` (TOO_COMPLEX).", "conditions", most=1_000)
    hops_max: int = _count(3, "Most hops of `neighbourhood`.", "hops", most=6)
    per_type_max: int = _count(100, "Most records of one object type that each hop of `neighbourhood` adds.", "records")
    path_hops_max: int = _count(6, "Longest path of `paths`.", "hops", most=10)
    tokens_max: int = _count(5_000, "Longest document.", "tokens")
    body_bytes_max: int = _count(
        1_048_576, "Largest request body, and the longest query of a GET.", "bytes", least=1_024
    )
    json_depth_max: int = _count(128, "Deepest nesting of the JSON in a request.", "levels", most=512)
    body_timeout_s: float = _setting(
        15.0, "Longest time for a request body to arrive.", unit="seconds", least=0.1, most=3_600
    )
    compress_bytes_min: int = _count(
        1_400, "Smallest answer that is compressed for who takes zstd, br or gzip; 0: none is.", "bytes", least=0
    )
    plans_max: int = _count(1_000, "Plans kept for documents seen before, for each process.", "plans")
    catalog_versions_max: int = _count(
        200, "Versions of the data model that stay readable, each some 10 kB of the graph.", "versions"
    )
    catalog_poll_s: float = _setting(
        0.25, "How often each process looks whether the data model has changed.", unit="seconds", least=0.05, most=60
    )
    read_timeout_s: float = _setting(10.0, "Longest time for a query.", unit="seconds", least=0.1, most=3_600)
    write_timeout_s: float = _setting(30.0, "Longest time for a mutation.", unit="seconds", least=0.1, most=3_600)
    shutdown_timeout_s: int = _count(
        20, "Time that requests under way have to finish after a stop.", "seconds", least=0
    )
    build_indexes: bool = _setting(True, "Whether this process makes the indexes that are missing.")
    index_use_days: int = _count(
        30, "How long it is kept which lists were asked for, for `kinship indexes`; 0: it is not.", "days", least=0
    )
    introspection: bool = _setting(True, "Whether clients may read the schema from the API.")
    introspections_max: int = _count(
        16, "Answers about the schema kept compressed, for each catalog version and process.", "answers"
    )
    introspection_bytes_max: int = _count(
        268_435_456, "Largest answer about the schema, before it is compressed (TOO_COMPLEX).", "bytes", least=1_024
    )
    graphiql: bool = _setting(True, "Whether a browser at `/graphql` gets GraphiQL.")
    deprecation_days: int = _count(
        180, "For how long what is retired of the data model stays in the API, deprecated.", "days", least=0, most=3_650
    )
    role: str = _setting(
        "",
        "What every caller may do, for there is no authentication yet. Empty: super_admin on a loopback address, "
        "elsewhere user.",
        choices=("", "user", "super_admin"),
    )
    log_level: str = _setting(
        "warning", "Least serious message that is logged.", choices=("debug", "info", "warning", "error")
    )
    log_format: str = _setting("text", "Form of a log line.", choices=("text", "json"))

    @classmethod
    def from_environment(
        cls, overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None
    ) -> Self:
        """The settings of this process.

        Args:
            overrides: Values by field name that win over the environment; None means "not given".
            environ: The environment, if not the process's own.

        Raises:
            SettingsError: With every bad value, not the first.
        """
        environ = os.environ if environ is None else environ
        given = {name: value for name, value in (overrides or {}).items() if value is not None}
        faults = [f"There is no setting {name!r}." for name in given.keys() - {s.name for s in SETTINGS}]
        values: dict[str, Any] = {}
        for setting in SETTINGS:
            found = given.get(setting.name, environ.get(setting.variable, "").strip() or None)
            if found is None:
                continue
            try:
                values[setting.name] = setting.parse(found)
            except ValueError as error:
                origin = f"setting {setting.name}" if setting.name in given else setting.variable
                faults.append(f"{origin}: {error}")
        faults += _level_page_sizes(values)
        faults += _addresses(values)
        if faults:
            raise SettingsError(faults)
        return cls(**values)

    def to_environment(self) -> dict[str, str]:
        """The variables that give another process the same settings."""
        values = {setting.variable: getattr(self, setting.name) for setting in SETTINGS}
        return {variable: str(value) for variable, value in values.items() if value is not None}

    @property
    def limits(self) -> Limits:
        """What one operation may ask for, in the compiler's terms."""
        return Limits(**{name: getattr(self, name) for name in _LIMITS})

    @property
    def changes_kept_s(self) -> float | None:
        """How long entries of the change log are kept, in seconds; None for ever."""
        return self.changes_days * _DAY_S or None

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the address that is listened on."""
        return is_loopback(self.host)

    @property
    def host_names(self) -> frozenset[str] | None:
        """The host names that requests may be addressed to, or None for any."""
        names = frozenset(name.strip().lower() for name in self.allowed_hosts.split(",") if name.strip())
        if "*" in names or (not names and not self.loopback):
            return None
        return names | _LOOPBACK_NAMES | {self.host.lower()}


_LIMITS = tuple(field.name for field in dataclasses.fields(Limits) if field.name in Settings.__dataclass_fields__)


@lru_cache
def is_loopback(host: str) -> bool:
    """Whether an address or host name can be reached from this machine only; asked for with each request."""
    if host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _level_page_sizes(values: dict[str, Any]) -> Iterable[str]:
    """Keep the default page sizes below the largest one; a fault for each that was given and is not."""
    most = values.get("page_size_max", _DEFAULTS["page_size_max"])
    for name in ("page_size_root", "page_size_nested"):
        size = values.setdefault(name, min(most, _DEFAULTS[name]))
        if size > most:
            yield f"KINSHIP_{name.upper()}: expected at most KINSHIP_PAGE_SIZE_MAX ({most:,}), found {size:,}"


def _addresses(values: Mapping[str, Any]) -> Iterable[str]:
    """A fault for an engine address of a kind that no driver knows."""
    address = values.get("neo4j_uri")
    if address is not None and not _ENGINE_ADDRESS.match(address):
        yield f"NEO4J_URI: expected an address such as bolt://host:7687 or neo4j+s://host, found {address!r}"


def _rows() -> Iterable[Setting]:
    for field in dataclasses.fields(Settings):
        row = dict(field.metadata)
        variable = row.pop("variable") or f"KINSHIP_{field.name.upper()}"
        yield Setting(name=field.name, variable=variable, default=field.default, **row)


SETTINGS: tuple[Setting, ...] = tuple(_rows())
"""Every setting, in the order in which the documentation lists them."""

_DEFAULTS = {setting.name: setting.default for setting in SETTINGS}


def settings_table() -> str:
    """The settings as a Markdown table."""
    lines = ["| Variable | Default | Unit | Meaning |", "|---|---|---|---|"]
    for setting in SETTINGS:
        default = _default_text(setting)
        lines.append(f"| `{setting.variable}` | {default} | {setting.unit} | {setting.help} |")
    return "\n".join(lines) + "\n"


def _default_text(setting: Setting) -> str:
    if setting.default in (None, ""):
        return ""
    if isinstance(setting.default, bool):
        return f"`{str(setting.default).lower()}`"
    if isinstance(setting.default, float):
        return f"`{setting.default:g}`"
    return f"`{setting.default}`"
