"""How the command line speaks: answers on standard output, everything else on standard error.

An error is one line, the thing and the remedy in it; the traceback is for ``--debug``.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

import typer
from graphql import GraphQLError
from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from app.explain import InvalidDocumentError
from app.settings import SettingsError
from app.supervise import PortError, ServerError, Stopped
from graphdb.engine import EngineError
from graphdb.errors import CatalogError, GraphError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from rich.table import Table

    from app.settings import Settings

EXIT_FAILED: Final = 1
EXIT_BAD_INPUT: Final = 2
LINES_MAX: Final = 50
TABLE_WIDTH: Final = 140
"""Characters of a table's line where no terminal says how many it has."""
_SIGNAL_BASE: Final = 128

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

FIRST_QUERY: Final = """\
{
  contacts(first: 3, where: {lifecycleStage: {eq: CUSTOMER}}) {
    totalCount
    nodes {
      displayName
      email
      companies(first: 2) {
        nodes {
          name
          deals(first: 2, orderBy: [{amount: DESC}]) {
            nodes { name amount stage tickets(first: 2) { nodes { subject priority } } }
          }
        }
      }
    }
  }
}"""


class BadInputError(ValueError):
    """Something given on the command line cannot be used; the text says what and what to do."""


@contextlib.contextmanager
def reported(*, debug: bool) -> Iterator[None]:
    """Turn the failures that are expected into one line and an exit status.

    Status 2 says that the input was at fault, 1 that something failed, 128 + n that signal n ended the work.
    """
    try:
        yield
    except Stopped as stopped:
        err.print(f"Stopped by {stopped}; nothing was left running.", style="yellow")
        raise typer.Exit(_SIGNAL_BASE + stopped.number) from None
    except (SettingsError, BadInputError, InvalidDocumentError, GraphQLError) as error:
        raise _failed(error, EXIT_BAD_INPUT, debug=debug) from error
    except (PortError, ServerError, EngineError, GraphError) as error:
        raise _failed(error, EXIT_FAILED, debug=debug) from error


def print_table(table: Table) -> None:
    """Print a table, as wide as the terminal is."""
    Console(highlight=False, width=None if out.is_terminal else TABLE_WIDTH).print(table)


def _failed(error: Exception, status: int, *, debug: bool) -> typer.Exit:
    if debug:
        err.print_exception()
    for line in describe(error):
        err.print(f"[bold red]error:[/] {escape(line)}")
    return typer.Exit(status)


def describe(error: Exception) -> list[str]:
    """The lines that tell a user about an error."""
    if isinstance(error, SettingsError):
        return error.faults
    if isinstance(error, GraphQLError):
        return [_located(error)]
    if isinstance(error, InvalidDocumentError):
        return [_located(fault) for fault in error.errors]
    if isinstance(error, CatalogError):
        return [str(fault) for fault in error.faults]
    if isinstance(error, StoreUnavailable):
        remedy = "Check NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD, or unset NEO4J_URI for the embedded engine."
        found = str(error).splitlines()[0].rstrip(":.")
        return [f"No graph engine answers: {found}. {remedy}"]
    return str(error).splitlines() or [type(error).__name__]


def at_most(lines: Iterable[str], most: int = LINES_MAX) -> str:
    """Lines as a text; of very many the first, and how many more there are."""
    found = list(lines)
    more = [f"… and {len(found) - most:,} more."] if len(found) > most else []
    return "\n".join((*found[:most], *more))


def _located(error: GraphQLError) -> str:
    if not error.locations:
        return error.message
    place = error.locations[0]
    return f"{error.message} (line {place.line}, column {place.column})"


def announce(settings: Settings, port: int, *, query: bool) -> None:
    """Say where the API is, once it answers."""
    base = f"http://{_shown_host(settings.host)}:{port}"
    out.print(f"\n[bold green]Kinship is ready.[/]  API and GraphiQL: [bold]{base}/graphql[/]")
    out.print(f"Health: {base}/readyz   Data: {escape(where(settings))}   Stop: Ctrl-C")
    if query:
        out.print("\n[bold]A first query[/], to paste into GraphiQL:\n")
        out.print(FIRST_QUERY, markup=False)


def warn_if_open(settings: Settings) -> None:
    """Say so when others than this machine can reach the API."""
    if not settings.loopback:
        err.print(
            f"[bold yellow]warning:[/] listening on {settings.host}: there is no authentication yet, so "
            "whoever reaches this address can read and change everything. Listen on 127.0.0.1 unless "
            "a proxy guards it."
        )


def where(settings: Settings) -> str:
    """The graph in a few words."""
    return settings.neo4j_uri or f"embedded engine in {settings.data_dir}"


@contextlib.contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """A progress bar; what it gives is called with how many of how many are done."""
    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=err, transient=not err.is_terminal) as bar:
        task = bar.add_task(title, total=None)

        def update(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield update


@contextlib.contextmanager
def counting(title: str) -> Iterator[Callable[[str, int], None]]:
    """A line for each file; what it gives is called with a file's name and how many of its rows are done."""
    columns = (TextColumn("{task.description}"), SpinnerColumn(), TextColumn("{task.completed:,.0f} rows"))
    with Progress(*columns, console=err, transient=True) as bar:
        tasks: dict[str, TaskID] = {}

        def update(name: str, done: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(f"{title} {name}", total=None)
            bar.update(tasks[name], completed=done)

        yield update


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host
