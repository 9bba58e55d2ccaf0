"""``search``: words of records of any object type, with the same answer on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from graphdb.bootstrap import WORDS, IndexState
from graphdb.cypher.statement import Statement
from graphdb.fill import fill_words
from graphdb.store import Engine
from graphdb.words import words_of

if TYPE_CHECKING:
    from graphdb.store import Transaction
    from tests.harness import Crm

FIND = "query A($text: String!, $types: [ObjectTypeName!]) { search(text: $text, types: $types, first: 100) %s }"
NAMES = FIND % "{ totalCount nodes { displayName } }"


async def names(crm: Crm, text: str, types: list[str] | None = None) -> list[str]:
    """The names of what is found."""
    response = await crm.ask(NAMES, {"text": text, "types": types})
    assert not response.errors
    found: Any = (response.data or {})["search"]
    assert found["totalCount"] == len(found["nodes"])
    return [one["displayName"] for one in found["nodes"]]


async def test_the_index_is_used_where_there_is_one(crm: Crm) -> None:
    """Neo4j has a full-text index; the embedded engine looks at every record."""
    await crm.registry.build_indexes()
    states = {status.index: status.state for status in crm.registry.indexes}
    if crm.store.engine is Engine.NEO4J:
        assert states[WORDS] is IndexState.ONLINE
        assert crm.registry.current.limits.words_index == WORDS.name
    else:
        assert WORDS not in states
        assert crm.registry.current.limits.words_index is None


@pytest.mark.parametrize("text", ["Dispatch", "dispatch", "DISPÀTCH", "dis", " dis, ", "(dis)", 'dis" OR "'])
async def test_words_are_found_by_how_they_begin(crm: Crm, text: str) -> None:
    """Whatever the case, the accents and the signs between them."""
    await crm.ask(
        'mutation { upsertCompany(by: domain, input: {domain: "dispatch.example", name: "Dispàtch & Söhne Orchid"}) '
        "{ created } }"
    )
    assert await names(crm, text, ["COMPANY"]) == ["Dispàtch & Söhne Orchid"]
    assert await names(crm, "soh dis", ["COMPANY"]) == ["Dispàtch & Söhne Orchid"]
    assert await names(crm, "ispatch", ["COMPANY"]) == []


async def test_what_is_written_is_found_and_what_is_changed_is_not_found_any_more(crm: Crm) -> None:
    """In the moment of the commit."""
    made = await crm.ask('mutation { createNote(input: {body: "The quetzal sings"}) { note { id } } }')
    note = (made.data or {})["createNote"]["note"]["id"]
    assert len(await names(crm, "quetzal")) == 1
    update = "mutation A($id: ID!, $body: String) { updateNote(by: {id: $id}, input: {body: $body}) { note { id } } }"
    assert not (await crm.ask(update, {"id": note, "body": "The heron sings"})).errors
    assert await names(crm, "quetzal") == []
    assert len(await names(crm, "heron")) == 1
    assert not (await crm.ask(update, {"id": note, "body": None})).errors
    assert await names(crm, "heron") == []


async def test_each_of_many_writes_is_found_at_once(crm: Crm) -> None:
    """The index takes them in behind the commits, and a search waits for it."""
    write = 'mutation A($body: String) { createNote(input: {title: "Quokka", body: $body}) { created } }'
    for number in range(30):
        assert not (await crm.ask(write, {"body": f"quokka{number}x"})).errors
        assert await names(crm, f"quokka{number}x", ["NOTE"]) == ["Quokka"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "found 0"),
        ("?! *", "found 0"),
        (" ".join(f"w{number}" for number in range(11)), "found 11"),
        ("x" * 257, "found 257"),
    ],
)
async def test_texts_that_cannot_be_looked_for(crm: Crm, text: str, words: str) -> None:
    """The error names the argument and says what is expected."""
    response = await crm.ask(NAMES, {"text": text})
    assert response.codes == ["BAD_USER_INPUT"]
    assert response.errors[0]["path"] == ["search"]
    assert response.errors[0]["extensions"]["input"] == ["text"]
    assert words in response.errors[0]["message"]


@pytest.mark.parametrize(
    "text",
    ["a AND b", "a~ b^4", 'x"y', "[a TO z]", "NOT a", "/a.*/", "\\", "a\\", "*:*", "?", "漢字", "\U0001f469 a", "`'"],
)
async def test_no_text_is_a_query_language(crm: Crm, text: str) -> None:
    """What means something to a full-text index is a separator, or a word, here."""
    response = await crm.ask(NAMES, {"text": text})
    assert response.codes in ([], ["BAD_USER_INPUT"])
    assert (response.codes == []) is bool(words_of(text))


async def test_walking_all_pages(crm: Crm) -> None:
    """Each comes once, the best match first."""
    text = """query A($after: String) { search(text: "e", first: 7, after: $after) {
        pageInfo { hasNextPage endCursor } edges { score node { id } } } }"""
    found: list[tuple[float, str]] = []
    after, more = None, True
    while more:
        page = ((await crm.ask(text, {"after": after})).data or {})["search"]
        found += [(-edge["score"], edge["node"]["id"]) for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert found == sorted(set(found))
    assert len(found) > 20


async def test_records_of_an_earlier_version_get_their_words(crm: Crm) -> None:
    """Once; what a writer does meanwhile stays."""

    async def forget(transaction: Transaction) -> None:
        await transaction.run(Statement("MATCH (n:Company) REMOVE n._words"))
        await transaction.run(Statement("MATCH (c:_Catalog) REMOVE c.wordsFilled"))

    before = await names(crm, "hub", ["COMPANY"])
    await crm.store.write(forget)
    assert before
    assert await names(crm, "hub", ["COMPANY"]) == []
    assert await fill_words(crm.store, crm.registry.catalog) >= len(before)
    assert await names(crm, "hub", ["COMPANY"]) == before
    assert await fill_words(crm.store, crm.registry.catalog) == 0
