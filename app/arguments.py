"""What is given on the command line, read: files, documents, variables, names of object types."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import typer

from app.console import BadInputError
from graphdb.errors import CatalogError

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog


def document(argument: str) -> str:
    """A document: itself, `-` for standard input, or a file.

    Raises:
        BadInputError: The file cannot be read.
    """
    if argument == "-":
        return typer.get_text_stream("stdin").read()
    if "{" in argument:
        return argument
    return read_text(Path(argument), "the document")


def variables(argument: str | None) -> dict[str, Any]:
    """A request's variables: a JSON object or a file that holds one.

    Raises:
        BadInputError: It is neither.
    """
    if argument is None:
        return {}
    text = argument if argument.lstrip().startswith(("{", "[")) else read_text(Path(argument), "the variables")
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadInputError(f"--variables: expected a JSON object: {error}.") from error
    if not isinstance(found, dict):
        raise BadInputError("--variables: expected a JSON object.")
    return found


def mapping(argument: str) -> Path:
    """A mapping by the name of a shipped one, or by its path.

    Raises:
        BadInputError: It is neither.
    """
    from app.importer import shipped_mappings  # noqa: PLC0415 - serving needs none of it

    shipped = shipped_mappings()
    path = shipped.get(argument, Path(argument))
    if not path.is_file():
        raise BadInputError(f"{argument}: neither a file nor a shipped mapping ({', '.join(shipped)}).")
    return path


def sliced(catalog: Catalog, only: str | None) -> Catalog:
    """The catalog, or its part with the object types that ``only`` names, separated by commas.

    Raises:
        BadInputError: It names something else.
    """
    from schema.build.slices import slice_of  # noqa: PLC0415 - serving needs it when asked

    if only is None:
        return catalog
    try:
        return slice_of(catalog, [name.strip() for name in only.split(",") if name.strip()])
    except CatalogError as error:
        raise BadInputError("\n".join(f"--only: {fault.message}" for fault in error.faults)) from error


def read_text(path: Path, what: str) -> str:
    """A file's text.

    Raises:
        BadInputError: It cannot be read.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise BadInputError(f"{path}: {what} cannot be read: {reason}.") from error


def read_bytes(path: Path) -> bytes:
    """A file's content.

    Raises:
        BadInputError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInputError(f"{path}: cannot be read: {error.strerror}.") from error


def write_text(path: Path, text: str) -> None:
    """Put a text into a file, in the place of what is there.

    Raises:
        BadInputError: It cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BadInputError(f"{path}: cannot be written: {error.strerror}.") from error
