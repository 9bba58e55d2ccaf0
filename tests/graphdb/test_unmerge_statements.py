"""The statements that a merge and its undoing send, word for word; no value stands in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphdb.writer.operations import Associate, Merge, Ref, Unmerge

if TYPE_CHECKING:
    from graphdb.cypher.statement import Statement
    from graphdb.store import Rows, Transaction
    from graphdb.writer.operations import Operation
    from tests.graphdb.conftest import Graph

CASES = Path(__file__).parent.parent / "cases"


class Told:
    """A transaction whose statements are told."""

    def __init__(self, tx: Transaction) -> None:
        self._tx = tx
        self.texts: list[str] = []

    async def run(self, statement: Statement) -> Rows:
        self.texts.append(statement.text)
        return await self._tx.run(statement)


async def told(graph: Graph, operation: Operation) -> str:
    """The texts of one operation's statements, in order."""

    async def work(tx: Transaction) -> list[str]:
        inner = Told(tx)
        await graph.writer.apply(inner, [operation])
        return inner.texts

    return "\n".join(await graph.store.write(work)) + "\n"


async def test_statements_of_a_merge_and_of_its_undoing(graph: Graph, *, update_golden: bool) -> None:
    winner, loser = (
        await graph.create("contact", city="Secret"),
        await graph.create("contact", email="b@secret.example"),
    )
    both, theirs = await graph.create("company"), await graph.create("company", domain="secret.example")
    refs = {one: Ref(type="contact", key="id", value=one) for one in (winner, loser)}
    for contact, company, labels in ((winner, both, ()), (loser, both, ("billing",)), (loser, theirs, ("primary",))):
        to = Ref(type="company", key="id", value=company)
        await graph.write(Associate(start=refs[contact], to=to, labels=labels))
    found = {
        "merge": await told(graph, Merge(winner=refs[winner], loser=refs[loser], take=("city",))),
        "unmerge": await told(graph, Unmerge(type="contact", loser=loser)),
    }
    for name, text in found.items():
        path = CASES / f"{name}.statements"
        if update_golden:
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{path.name}: --update-golden writes it anew"
        assert "secret" not in text.lower()
        assert loser not in text
