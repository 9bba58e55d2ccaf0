"""What lists were asked for is kept by the graph, advice is made of it, and indexes are made and dropped by it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from app import advice, index_command, logs
from app.advice import Verdict
from app.cli import cli
from app.console import BadInputError
from app.index_use import ACCESSES_MAX, IndexUse
from app.registry import Registry
from app.settings import Settings
from graphdb.cypher.statement import Statement
from graphdb.errors import StoreUnavailable
from graphdb.index_use import Use, read_uses
from graphdb.store import Engine
from schema.compiler.access import Access
from tests.harness import ask

if TYPE_CHECKING:
    from graphdb.bolt import BoltStore
    from graphdb.store import Rows

SETTINGS = Settings()
SOON = Settings(catalog_poll_s=0.05, write_timeout_s=1.0)
"""Under which a job need not wait long for writers of the data model before it."""
CITY = '{ contacts(first: 5, where: {city: {eq: "Oslo"}}) { totalCount nodes { id } } }'


async def _asked(registry: Registry, text: str, times: int = 1) -> None:
    for _ in range(times):
        response = await ask(registry, text)
        assert not response.errors, response.errors
    await registry.index_use.flush()


async def test_what_processes_saw_adds_up(clean_store: BoltStore) -> None:
    """Each writes a node of its own, however often; a restart is another process."""
    for _ in range(2):
        use = IndexUse(clean_store, days=30)
        use.note([Access("Contact", ("city",), order="id")], 2.5)
        await use.flush()
        use.note([Access("Contact", ("city",), order="id"), Access("Deal")], 1.0)
        await use.flush()
        await use.flush()
    watched = await read_uses(clean_store)
    assert watched.uses == (Use("Contact", ("city",), (), "id", 4, 7.0), Use("Deal", (), (), None, 2, 2.0))
    assert watched.since is not None
    assert watched.until is not None
    assert await clean_store.read(Statement("MATCH (u:`_IndexUse`) RETURN count(u)")) == [[2]]


async def test_days_are_kept_apart_and_forgotten(clean_store: BoltStore) -> None:
    """The day before is left as it is, and goes when it is too old; days: 0 counts nothing."""
    now = datetime(2026, 11, 1, 23, 59, tzinfo=UTC)
    use = IndexUse(clean_store, days=2, now=lambda: now)
    use.note([Access("Contact")], 1.0)
    now = datetime(2026, 11, 2, 0, 1, tzinfo=UTC)
    await use.flush()
    use.note([Access("Deal")], 1.0)
    await use.flush()
    days = Statement("MATCH (u:`_IndexUse`) RETURN u.day ORDER BY u.day")
    assert await clean_store.read(days) == [["2026-11-01"], ["2026-11-02"]]
    now = datetime(2026, 11, 4, 12, tzinfo=UTC)
    await use.flush()
    use.note([Access("Deal")], 1.0)
    await use.flush()
    assert await clean_store.read(days) == [["2026-11-02"], ["2026-11-04"]]
    none = IndexUse(clean_store, days=0)
    none.note([Access("Ticket")], 1.0)
    await none.flush()
    assert {one.label for one in (await read_uses(clean_store)).uses} == {"Deal"}


async def test_what_could_not_be_kept_is_kept_the_next_time(clean_store: BoltStore) -> None:
    class Away:
        """An engine that does not answer."""

        async def write(self, *_: Any) -> Rows:
            raise StoreUnavailable("away")

    use = IndexUse(Away(), days=30)  # type: ignore[arg-type]
    use.note([Access("Contact")], 1.0)
    with pytest.raises(StoreUnavailable):
        await use.flush()
    use._store = clean_store
    await use.flush()
    assert [one.count for one in (await read_uses(clean_store)).uses] == [1]


async def test_of_very_many_ways_to_ask_the_first_are_counted(clean_store: BoltStore) -> None:
    use = IndexUse(clean_store, days=30)
    for number in range(ACCESSES_MAX + 5):
        use.note([Access("Contact", (f"p{number}",))], 1.0)
    use.note([Access("Contact", ("p0",))], 1.0)
    await use.flush()
    uses = (await read_uses(clean_store)).uses
    assert len(uses) == ACCESSES_MAX
    assert uses[0].count == 2


@pytest.mark.usefixtures("no_index_left")
async def test_from_what_is_asked_to_an_index_and_back(clean_store: BoltStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, built as a change of the data model whose job ends, in use; dropped, and missing again."""
    monkeypatch.setattr(advice, "RECORDS_LEAST", 3)
    registry = await Registry.open(clean_store, SETTINGS)
    for number in range(8):
        city = "Oslo" if number < 2 else f"Town {number}"
        text = f'mutation {{ createContact(input: {{email: "c{number}@x.example", city: "{city}"}}) {{ created }} }}'
        assert not (await ask(registry, text)).errors
    await _asked(registry, CITY, times=3)
    _, found = await index_command.look(clean_store, registry.catalog)
    first = found[0]
    assert (first.name, first.verdict, first.state) == ("contact.city", Verdict.MISSING, None)
    assert (first.visited, first.with_index) == (8, 2)
    assert first.equal == 6  # the list and its count

    registry.settings = SOON
    version = registry.catalog.version
    wanted = index_command.named(registry.catalog, ["contact.city"])
    told: list[str] = []
    assert await index_command.change(registry, wanted, indexed=True, progress=told.append) == []
    await registry.refresh()
    assert registry.catalog.version > version
    assert set(told) <= {"contact.city"}
    _, found = await index_command.look(clean_store, registry.catalog)
    by_name = {one.name: one for one in found}
    assert (by_name["contact.city"].verdict, by_name["contact.city"].state) == (Verdict.USED, "ONLINE")
    assert (await ask(registry, CITY)).data == {
        "contacts": {"totalCount": 2, "nodes": [{"id": one} for one in (await _ids(clean_store, "Oslo"))]}
    }

    assert await index_command.change(registry, wanted, indexed=True, progress=told.append) == []
    assert await index_command.change(registry, wanted, indexed=False, progress=told.append) == []
    await registry.refresh()
    _, found = await index_command.look(clean_store, registry.catalog)
    assert (found[0].name, found[0].verdict, found[0].state) == ("contact.city", Verdict.MISSING, None)


OWNERS = '{ contacts(first: 5, where: {owner: {eq: "Kim"}}, orderBy: [{createdAt: DESC}]) { nodes { id } } }'


@pytest.mark.usefixtures("no_index_left")
async def test_from_what_is_asked_to_a_composite_index_and_back(
    clean_store: BoltStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Advised on Neo4j, where lists are read by it; it can be part of the data model on both engines."""
    monkeypatch.setattr(advice, "RECORDS_LEAST", 3)
    registry = await Registry.open(clean_store, SOON)
    for number in range(6):
        text = f'mutation {{ createContact(input: {{email: "c{number}@x.example", owner: "Kim"}}) {{ created }} }}'
        assert not (await ask(registry, text)).errors
    await _asked(registry, OWNERS, times=3)
    neo4j = clean_store.engine is Engine.NEO4J
    _, found = await index_command.look(clean_store, registry.catalog)
    missing = [(one.name, one.visited, one.equal) for one in found if one.verdict is Verdict.MISSING]
    assert missing == ([("contact.owner,createdAt", 6, 3)] if neo4j else [])
    shown = index_command.table(*await index_command.look(clean_store, registry.catalog))
    assert any("with it a page" in str(cell) for cell in shown.columns[2].cells) is neo4j

    wanted = index_command.named(registry.catalog, ["contact.owner,createdAt"])
    assert wanted == [("contact", "owner", "createdAt")]
    told: list[str] = []
    for indexed in (True, True, False, False):
        assert await index_command.change(registry, wanted, indexed=indexed, progress=told.append) == []
        await registry.refresh()
        _, found = await index_command.look(clean_store, registry.catalog)
        states = [(one.indexed, one.state) for one in found if one.name == "contact.owner,createdAt"]
        if indexed:
            assert states == [(True, "ONLINE" if neo4j else None)]
        else:
            assert states == ([(False, None)] if neo4j else [])
    assert set(told) <= {"contact.owner,createdAt"}
    assert registry.catalog.version == 3


async def _ids(store: BoltStore, city: str) -> list[str]:
    rows = await store.read(Statement("MATCH (n:Contact {city: $p.city}) RETURN n.id ORDER BY n.id", {"city": city}))
    return [row[0] for row in rows]


async def test_a_property_that_there_is_not_is_refused(clean_store: BoltStore) -> None:
    """With the one that is meant."""
    registry = await Registry.open(clean_store, SETTINGS)
    with pytest.raises(BadInputError, match=r'no property "contact\.citty".*contact\.city'):
        index_command.named(registry.catalog, ["contact.citty"])
    with pytest.raises(BadInputError, match=r'no property "contact\.createdat".*contact\.createdAt'):
        index_command.named(registry.catalog, ["contact.owner,createdat"])


async def test_what_an_earlier_version_kept_is_read(clean_store: BoltStore) -> None:
    """It did not tell one value from several."""
    text = "CREATE (:`_IndexUse` {process: 'p', day: '2026-11-01', since: 's', until: 'u', uses: $p.uses})"
    uses = '[["Contact", ["city"], [], "id", 2, 4.5]]'
    await clean_store.write(lambda tx: tx.run(Statement(text, {"uses": uses})))
    assert (await read_uses(clean_store)).uses == (Use("Contact", ("city",), (), "id", 2, 4.5),)


@pytest.fixture
def line(engine_address: tuple[str, str | None, str | None], monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """A runner of the command line on the engine under test, its log left to pytest."""
    for name in list(os.environ):
        if name.startswith("KINSHIP_"):
            monkeypatch.delenv(name)
    for name, value in zip(("NEO4J_URI", "NEO4J_USER", "NEO4J_PASSWORD"), engine_address, strict=True):
        if value is not None:
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(logs, "configure", lambda _: None)
    return CliRunner()


@pytest.mark.usefixtures("clean_store")
def test_on_a_fresh_graph_there_is_nothing_to_advise(line: CliRunner) -> None:
    """The table says so; its indexes are listed, none as unused."""
    shown = line.invoke(cli, ["indexes"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0, shown.output
    assert "No server has noted yet" in shown.output
    assert "contact.lastName" in shown.output
    assert "unused" not in shown.output
    read = json.loads(line.invoke(cli, ["indexes", "--json"]).output)
    assert read["since"] is None
    assert {one["verdict"] for one in read["properties"]} == {"used"}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--build", "--drop"], "one at a time"),
        (["--drop"], "--drop needs the properties"),
        (["contact.city"], "for --build or --drop alone"),
        (["contact.citty", "--build"], "contact.city"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(line: CliRunner, arguments: list[str], reason: str) -> None:
    """In a line, with status 2; nothing is changed."""
    result = line.invoke(cli, ["indexes", *arguments])
    assert result.exit_code == 2
    assert reason in result.output


def test_help_says_what_it_does(line: CliRunner) -> None:
    """And shows an example."""
    shown = line.invoke(cli, ["indexes", "--help"])
    assert shown.exit_code == 0
    assert "missing or unused" in shown.output
    assert "kinship indexes contact.city --build" in shown.output
