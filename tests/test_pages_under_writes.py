"""Pages are exact while others write: whoever was there throughout is met once, in order."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.cypher.statement import Statement
from tests.test_pages import ids, nested, page, root

if TYPE_CHECKING:
    from graphdb.store import Transaction
    from tests.harness import Crm

PAGE_SIZE = 4
PAGES_MAX = 400
"""Far more than a walk needs: one that is chased by new records would otherwise not end."""
NAMES = ("Adams", "Same", "Moore", "Zz", "", None)

_CREATE = 'mutation A($name: String) { createContact(input: {lastName: $name, companies: [{domain: "hub.example"}]})'
_UPDATE = "mutation A($id: ID!, $input: ContactInput!) { updateContact(by: {id: $id}, input: $input)"
_DELETE = Statement("MATCH (n:`Record`) WHERE n.id = $p.id DETACH DELETE n")


@dataclass(slots=True)
class Writers:
    """Writers that go on until they are told to stop.

    Attributes:
        resting: Contacts of which only what no list is sorted by changes.
        moving: Contacts whose names change.
        writes: How many writes there were of each kind.
    """

    crm: Crm
    resting: list[str]
    moving: list[str]
    dice: random.Random = field(default_factory=lambda: random.Random(20_261_122))  # noqa: S311 - no secret
    writes: dict[str, int] = field(default_factory=lambda: {"create": 0, "delete": 0, "rename": 0, "touch": 0})
    stopped: bool = False

    async def create_and_delete(self) -> None:
        """New contacts of the company, of which a few are left at any time."""
        mine: list[str] = []
        while not self.stopped or mine:
            if not self.stopped:
                answer = await self._write(f"{_CREATE} {{ contact {{ id }} }} }}", name=self.dice.choice(NAMES))
                mine.append(answer["createContact"]["contact"]["id"])
                self.writes["create"] += 1
            if self.stopped or len(mine) > 5:
                await self._delete(mine.pop(self.dice.randrange(len(mine))))

    async def rename(self) -> None:
        """Contacts move about in lists by name."""
        while not self.stopped:
            name = self.dice.choice(NAMES)
            await self._write(
                f"{_UPDATE} {{ contact {{ id }} }} }}", id=self.dice.choice(self.moving), input={"lastName": name}
            )
            self.writes["rename"] += 1

    async def touch(self) -> None:
        """Contacts change in what lists are not sorted by."""
        while not self.stopped:
            given = {"city": str(self.dice.random())}
            await self._write(f"{_UPDATE} {{ contact {{ id }} }} }}", id=self.dice.choice(self.resting), input=given)
            self.writes["touch"] += 1

    async def _delete(self, one: str) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.run(Statement(_DELETE.text, {"id": one}))

        await self.crm.store.write(work)
        self.writes["delete"] += 1

    async def _write(self, text: str, **variables: Any) -> dict[str, Any]:
        response = await self.crm.ask(text, variables)
        assert not response.errors, response.errors
        assert response.data is not None
        return response.data


async def walk(crm: Crm, text: str, *, backward: bool) -> list[str]:
    """Every id of a list, a few at a time."""
    size, start, edge, more = (
        ("last", "before", "startCursor", "hasPreviousPage")
        if backward
        else ("first", "after", "endCursor", "hasNextPage")
    )
    found: list[str] = []
    cursor: str | None = None
    for _ in range(PAGES_MAX):
        one = await page(crm, text, {size: PAGE_SIZE, start: cursor})
        found = [*ids(one), *found] if backward else [*found, *ids(one)]
        if not one["pageInfo"][more]:
            return found
        assert len(one["edges"]) == PAGE_SIZE
        cursor = one["pageInfo"][edge]
    raise AssertionError(f"no end after {PAGES_MAX} pages")


@pytest.mark.parametrize("make", [root, nested], ids=["root", "nested"])
@pytest.mark.parametrize(
    "arguments",
    ["", "orderBy: [{lastName: ASC}]", "orderBy: [{lastName: DESC}]", "orderBy: [{lastName: ASC}, {score: DESC}]"],
)
async def test_records_that_stay_are_met_once_while_others_come_move_and_go(
    crm: Crm, make: Any, arguments: str
) -> None:
    """Forwards and backwards; none is missed, none comes twice, and their order is kept."""
    text = make("contacts", arguments)
    before = ids(await page(crm, text, {"first": 1000}))
    at_the_company = ids(await page(crm, nested("contacts"), {"first": 1000}))
    moving = at_the_company[::3]
    staying = [one for one in before if one not in moving]
    assert len(staying) > 2 * PAGE_SIZE
    writers = Writers(crm, resting=staying, moving=moving)
    tasks = [
        asyncio.create_task(work()) for work in (writers.create_and_delete, writers.rename, writers.touch)
    ]  # fmt: skip
    try:
        for backward in (False, True):
            found = await walk(crm, text, backward=backward)
            assert [one for one in found if one in staying] == staying
            unmoved = [one for one in found if one not in moving]
            assert len(unmoved) == len(set(unmoved))
    finally:
        writers.stopped = True
        await asyncio.gather(*tasks)
    assert min(writers.writes.values()) > 0, writers.writes
