"""The command line: thin functions over the rest, which say what they do and how they fail."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import importlib.metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import orjson
import typer

from app import arguments, console, logs, supervise
from app.connection import open_store
from app.registry import Registry
from app.settings import Settings
from graphdb.errors import CatalogError
from graphdb.jobs import JobState, job_states

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterator

    from app.importer import ImportReport
    from graphdb.catalog.model import Catalog
    from graphdb.jobs import JobStatus

T = TypeVar("T")

cli = typer.Typer(
    name="kinship",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Every setting has an environment variable; the README lists them. NEO4J_URI, NEO4J_USER and "
    "NEO4J_PASSWORD put a Neo4j server behind the program instead of the embedded engine.",
)

model = typer.Typer(name="model", no_args_is_help=True, help="Move a data model between accounts, as a file.")
cli.add_typer(model)

_FOLDER_HELP = "Folder of the embedded engine's data (KINSHIP_DATA, default .kinship). Not used with NEO4J_URI."
Host = Annotated[
    str | None,
    typer.Option(help="Address to listen on (KINSHIP_HOST, default 127.0.0.1).", show_default=False),
]
Port = Annotated[int | None, typer.Option(help="Port to listen on (KINSHIP_PORT, default 8000).", show_default=False)]
Data = Annotated[Path | None, typer.Option(help=_FOLDER_HELP, show_default=False, metavar="DIR")]
Workers = Annotated[int | None, typer.Option(help="Server processes (KINSHIP_WORKERS, default 1).", show_default=False)]
LogLevel = Annotated[
    str | None,
    typer.Option(help="debug, info, warning or error (KINSHIP_LOG_LEVEL, default warning).", show_default=False),
]


@dataclasses.dataclass
class _Common:
    """What is given before the command's name."""

    debug: bool = False


_common = _Common()


@cli.callback()
def common(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """One GraphQL API over a graph of associated CRM records."""
    _common.debug = debug
    if version:
        typer.echo(f"kinship {importlib.metadata.version('kinship')}")
        raise typer.Exit


@cli.command(epilog="Example: `kinship serve --port 8080 --workers 2`")
def serve(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    workers: Workers = None,
    log_level: LogLevel = None,
) -> None:
    """Serve the API at /graphql, with GraphiQL for browsers, until Ctrl-C."""
    with console.reported(debug=_common.debug):
        settings = _settings(host=host, port=port, data_dir=data, workers=workers, log_level=log_level)
        _serve(settings, lambda reached: _run(_prepare(reached)), query=False)


@cli.command(epilog="Example: `kinship demo --scale 5`")
def demo(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    workers: Workers = None,
    scale: Annotated[
        float,
        typer.Option(help="Size: 1 is 1,000 contacts and all that belongs to them.", min=0.01, max=1_000),
    ] = 1.0,
    log_level: LogLevel = None,
) -> None:
    """Load the sample CRM (what of it is missing), then serve it as `serve` does."""
    with console.reported(debug=_common.debug):
        settings = _settings(host=host, port=port, data_dir=data, workers=workers, log_level=log_level)
        _serve(settings, lambda reached: _run(_load_sample(reached, scale)), query=True)


@cli.command("import", epilog="Example: `kinship import crm-sales ./crm-sales --data .kinship`")
def import_(
    mapping: Annotated[str, typer.Argument(help="A mapping file, or the name of one that is shipped.")],
    source: Annotated[Path, typer.Argument(help="Folder of the files to import.", exists=True, file_okay=False)],
    data: Data = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, write nothing.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Load CSV files through a mapping; doing it again changes nothing."""
    from app.importer import show  # noqa: PLC0415 - serving needs none of it

    with console.reported(debug=_common.debug), supervise.stop_signals():
        settings = _settings(data_dir=data)
        path = arguments.mapping(mapping)
        with _starting(settings) as reached:
            report = _run(_import(reached, path, source, dry_run=dry_run))
        if json:
            typer.echo(orjson.dumps(report.as_json(), option=orjson.OPT_INDENT_2).decode())
        else:
            show(report, console.out)


@cli.command(epilog="Example: `kinship sdl > schema.graphql`")
def sdl(
    data: Data = None,
    *,
    standard: Annotated[bool, typer.Option("--standard", help="Of the standard catalog, without an engine.")] = False,
    only: Annotated[
        str | None,
        typer.Option(help="Of these object types and what they need: contact,company,deal", show_default=False),
    ] = None,
    version: Annotated[
        int | None, typer.Option(help="Of this version of the data model.", min=1, show_default=False)
    ] = None,
    diff: Annotated[
        int | None,
        typer.Option(help="Instead: what changed for clients since this version.", min=1, show_default=False),
    ] = None,
) -> None:
    """Print the schema in GraphQL's schema definition language."""
    from schema.build import build_schema, print_sdl  # noqa: PLC0415 - serving has its own
    from schema.build.changes import print_changes, schema_changes  # noqa: PLC0415

    with console.reported(debug=_common.debug):
        if standard and (version or diff):
            raise console.BadInputError(
                "--standard: the standard catalog has one version; --version and --diff ask a graph."
            )
        wanted = [version] if diff is None else [diff, version]
        found = _catalogs(_settings(data_dir=data), wanted, standard=standard)
        schemas = [build_schema(arguments.sliced(catalog, only)) for catalog in found]
        if diff is None:
            typer.echo(print_sdl(schemas[0]), nl=False)
        else:
            typer.echo(print_changes(schema_changes(*(one.graphql_schema for one in schemas))), nl=False)


@cli.command("compile", epilog="Example: `kinship compile '{ contacts { nodes { email } } }' --standard`")
def compile_(
    document: Annotated[str, typer.Argument(help="A file, `-` for standard input, or the document itself.")],
    variables: Annotated[
        str | None, typer.Option(help="JSON object, or a file that holds it.", show_default=False)
    ] = None,
    operation: Annotated[
        str | None, typer.Option(help="Which operation, if the document holds several.", show_default=False)
    ] = None,
    data: Data = None,
    *,
    standard: Annotated[
        bool, typer.Option("--standard", help="Against the standard catalog, without an engine.")
    ] = False,
) -> None:
    """Print what a document becomes: its IR, its Cypher and the parameters. Nothing is read or written."""
    from app.explain import explain  # noqa: PLC0415 - serving needs none of it

    with console.reported(debug=_common.debug):
        settings = _settings(data_dir=data)
        text, values = arguments.document(document), arguments.variables(variables)
        typer.echo(explain(_catalog(settings, standard=standard), settings, text, values, operation), nl=False)


@model.command("export", epilog="Example: `kinship model export model.json`")
def export_model(
    file: Annotated[Path, typer.Argument(help="Where to; `-` for standard output.", dir_okay=False)],
    data: Data = None,
    *,
    standard: Annotated[bool, typer.Option("--standard", help="The standard catalog, without an engine.")] = False,
) -> None:
    """Write the data model to a file, for another account."""
    from graphdb.catalog.portable import write_model  # noqa: PLC0415 - serving needs none of it

    with console.reported(debug=_common.debug):
        text = write_model(_catalog(_settings(data_dir=data), standard=standard))
        if str(file) == "-":
            typer.echo(text, nl=False)
        else:
            arguments.write_text(file, text)


@model.command("import", epilog="Example: `kinship model import model.json --dry-run`")
def import_model(
    file: Annotated[Path, typer.Argument(help="What `kinship model export` wrote.", exists=True, dir_okay=False)],
    data: Data = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, change nothing.")] = False,
) -> None:
    """Add what a file's data model has and the account's has not, and take over what people see of the rest."""
    with console.reported(debug=_common.debug), supervise.stop_signals():
        settings = _settings(data_dir=data)
        with _starting(settings) as reached:
            _run(_import_model(reached, file, dry_run=dry_run))


@cli.command(epilog="Example: `NEO4J_URI=bolt://127.0.0.1:7687 kinship check`")
def check(data: Data = None) -> None:
    """Say whether the engine can be reached and the catalog is sound."""
    with console.reported(debug=_common.debug), supervise.stop_signals():
        settings = _settings(data_dir=data)
        with _starting(settings) as reached:
            _run(_check(reached))


@cli.command(epilog="Example: `kinship indexes contact.city --build`")
def indexes(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Properties such as contact.city, or deal.stage,closeDate, for --build and --drop."),
    ] = None,
    data: Data = None,
    *,
    build: Annotated[
        bool, typer.Option("--build", help="Build the indexes of these properties; without any, all that are missing.")
    ] = False,
    drop: Annotated[bool, typer.Option("--drop", help="Drop the indexes of these properties.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the advice as JSON.")] = False,
) -> None:
    """Say which indexes are missing or unused by what lists were asked for; build and drop them while servers run."""
    with console.reported(debug=_common.debug), supervise.stop_signals():
        if build and drop:
            raise console.BadInputError("--build and --drop: one at a time.")
        if drop and not names:
            raise console.BadInputError("--drop needs the properties whose indexes are to go, such as contact.city.")
        if names and not (build or drop):
            raise console.BadInputError("Properties are named for --build or --drop alone; all are looked at.")
        settings = _settings(data_dir=data)
        with _starting(settings) as reached:
            _run(_indexes(reached, names or [], build=build, drop=drop, json=json))


def main() -> None:
    """The console script."""
    cli()


def _settings(**overrides: Any) -> Settings:
    settings = Settings.from_environment(overrides)
    logs.configure(settings)
    return settings


def _serve(settings: Settings, prepare: Callable[[Settings], None], *, query: bool) -> None:
    """Take the port, start the engine, prepare the graph, serve, and end all of it in the reverse order."""
    with (
        supervise.stop_signals(),
        contextlib.closing(supervise.listen(settings.host, settings.port)) as listener,
    ):
        console.warn_if_open(settings)
        with _starting(settings) as reached:
            prepare(reached)
            port = listener.getsockname()[1]
            try:
                supervise.serve(reached, listener, lambda: console.announce(settings, port, query=query))
            except supervise.Stopped:
                # Asked to end while serving: that is how a server ends well.
                console.err.print("\nStopping …")


@contextlib.contextmanager
def _starting(settings: Settings) -> Iterator[Settings]:
    with contextlib.ExitStack() as stack:
        with console.err.status(f"Starting: {console.where(settings)}"):
            reached = stack.enter_context(supervise.engine(settings))
        yield reached


def _run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@contextlib.asynccontextmanager
async def _opened(settings: Settings) -> AsyncIterator[Registry]:
    """The graph and its catalog, made if the graph is empty."""
    store = open_store(settings)
    try:
        await store.verify()
        registry = await Registry.open(store, settings)
        yield registry
    finally:
        await store.close()


async def _prepare(settings: Settings) -> None:
    """Find out before serving, and say in one line, what would keep the server from starting."""
    async with _opened(settings):
        pass


async def _load_sample(settings: Settings, scale: float) -> None:
    from app.sample import generate, load_sample  # noqa: PLC0415 - only the demo needs it

    async with _opened(settings) as registry:
        sample = generate(scale)
        with console.progress("Loading the sample CRM") as progress:
            report = await load_sample(registry.store, registry.catalog, sample, progress=progress)
    console.err.print(
        f"Sample CRM: {report.created:,} records and {report.associations:,} associations loaded in "
        f"{report.seconds:.1f} s, {report.present:,} records were there already."
    )


async def _import(settings: Settings, mapping: Path, source: Path, *, dry_run: bool) -> ImportReport:
    from app.importer import MappingError, run_import  # noqa: PLC0415 - serving needs none of it

    async with _opened(settings) as registry:
        store, catalog = registry.store, registry.catalog
        with console.counting("Importing") as count:
            try:
                return await run_import(store, catalog, mapping, source, progress=count, dry_run=dry_run)
            except MappingError as error:
                raise console.BadInputError(str(error)) from error


async def _import_model(settings: Settings, file: Path, *, dry_run: bool) -> None:
    from app.model_files import apply_import, plan_import  # noqa: PLC0415 - serving needs none of it

    store = open_store(settings)
    try:
        await store.verify()
        try:
            plan = await plan_import(store, arguments.read_bytes(file), file.name)
        except CatalogError as error:
            raise console.BadInputError(console.at_most(str(fault) for fault in error.faults)) from error
        for line in plan.lines:
            console.out.print(line, markup=False)
        if plan.refusals:
            raise console.BadInputError(
                "\n".join(f"{'.'.join(one.place)}: {one.reason}." for one in plan.refusals) + "\nNothing was changed."
            )
        if plan.empty or dry_run:
            console.out.print("Nothing was changed." if plan.empty else "A dry run: nothing was changed.")
            return
        await apply_import(store, plan, settings)
        console.out.print(f"The data model is at version {plan.change.catalog.version}.")
    finally:
        await store.close()


async def _check(settings: Settings) -> None:
    async with _opened(settings) as registry:
        catalog = registry.catalog
        console.out.print(f"Engine: {await registry.store.verify()} at {console.where(settings)}")
        console.out.print(
            f"Catalog: version {catalog.version}, sound: {len(catalog.enabled)} of "
            f"{len(catalog.object_types)} object types enabled, {len(catalog.associations)} associations"
        )
        states = [status.state.value for status in registry.indexes]
        counts = ", ".join(f"{states.count(state)} {state.lower()}" for state in sorted(set(states)))
        console.out.print(f"Indexes: {counts or 'none'}")
        for line in _jobs(await job_states(registry.store)):
            console.out.print(line)


async def _indexes(settings: Settings, names: list[str], *, build: bool, drop: bool, json: bool) -> None:
    from app import index_command  # noqa: PLC0415 - serving needs none of it
    from app.advice import Verdict, as_json  # noqa: PLC0415

    async with _opened(settings) as registry:
        wanted = index_command.named(registry.catalog, names)
        if build or drop:
            if not wanted:
                _, advice = await index_command.look(registry.store, registry.catalog)
                missing = [one.name for one in advice if one.verdict is Verdict.MISSING]
                wanted = index_command.named(registry.catalog, missing)
            with console.err.status("Changing the data model") as status:
                failed = await index_command.change(
                    registry, wanted, indexed=build, progress=lambda what: status.update(f"At work: {what}")
                )
            if failed:
                raise console.BadInputError("\n".join(f"{index_command.target(job)}: {job.reason}" for job in failed))
            await registry.refresh()
        watched, advice = await index_command.look(registry.store, registry.catalog)
    if json:
        typer.echo(orjson.dumps(as_json(watched, advice), option=orjson.OPT_INDENT_2).decode())
    else:
        console.print_table(index_command.table(watched, advice))


def _jobs(jobs: list[JobStatus]) -> Iterator[str]:
    """What changes of the data model have left to be done, and what of it failed."""
    states = [job.state.value for job in jobs if job.state is not JobState.DONE]
    yield f"Jobs: {', '.join(f'{states.count(one)} {one.lower()}' for one in sorted(set(states))) or 'all done'}"
    for job in jobs:
        if job.state is JobState.FAILED:
            what = ".".join(name for name in (job.object_type, job.property) if name)
            yield f"  {job.kind.value} of {what} failed: {job.reason}"


def _catalog(settings: Settings, *, standard: bool) -> Catalog:
    """The graph's catalog, or the standard one: when asked for, and where there is no graph yet."""
    return _catalogs(settings, [None], standard=standard)[0]


def _catalogs(settings: Settings, versions: list[int | None], *, standard: bool) -> list[Catalog]:
    """The graph's catalog at some versions; None is the current one."""
    from graphdb.catalog.files import standard_catalog  # noqa: PLC0415 - reads its files when called first
    from graphdb.versions import catalog_at  # noqa: PLC0415

    if standard or (settings.neo4j_uri is None and not settings.data_dir.exists()):
        if any(version not in (None, 1) for version in versions):
            raise console.BadInputError("There is no graph yet, so the data model has version 1 alone.")
        return [standard_catalog() for _ in versions]

    async def load() -> list[Catalog]:
        async with _opened(settings_with_engine) as registry:
            current = registry.catalog
            found = []
            for version in versions:
                known = version in (None, current.version)
                catalog = current if known else await catalog_at(registry.store, version or 0)
                if catalog is None:
                    raise console.BadInputError(
                        f"The data model has no version {version} that is kept; it is at {current.version}."
                    )
                found.append(catalog)
            return found

    with supervise.stop_signals(), _starting(settings) as settings_with_engine:
        return _run(load())
