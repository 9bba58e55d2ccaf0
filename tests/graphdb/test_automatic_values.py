"""What follows for a record itself: stages and their times, stages of life."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from graphdb.errors import FaultCode
from graphdb.values import from_epoch
from graphdb.writer.apply import Writer
from graphdb.writer.operations import Create, Merge, Ref, Update, Upsert

if TYPE_CHECKING:
    from graphdb.writer.operations import Outcome
    from tests.graphdb.conftest import Graph

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = START + timedelta(days=3)
GIVEN = datetime(2025, 12, 24, tzinfo=UTC)
MOMENTS = "MATCH (n:Record {id: $p.id}) RETURN datetime(n.stageEnteredAt).epochMillis, datetime(n.closedAt).epochMillis"


def update(object_type: str, record_id: str, **values: Any) -> Update:
    by = Ref(type=object_type, key="id", value=record_id)
    return Update(by=by, values=values, path=("input",))


async def at(graph: Graph, moment: datetime, *operations: Any) -> list[Outcome]:
    """Write at a moment."""
    return await graph.write(*operations, writer=Writer(graph.catalog, now=lambda: moment))


async def moments(graph: Graph, record_id: str) -> list[datetime | None]:
    """When a record came to its stage, and when it was closed."""
    (row,) = await graph.rows(MOMENTS, id=record_id)
    return [None if value is None else from_epoch(value) for value in row]


async def test_a_record_knows_since_when_it_is_at_its_stage(graph: Graph) -> None:
    (made,) = await at(graph, START, Create(type="deal", values={"name": "d"}))
    assert await moments(graph, made.id) == [None, None]
    await at(graph, START, update("deal", made.id, stage="PROSPECTING"))
    await at(graph, LATER, update("deal", made.id, stage="PROSPECTING", name="e"))
    assert await moments(graph, made.id) == [START, None]
    await at(graph, LATER, update("deal", made.id, stage="ENGAGING"))
    assert await moments(graph, made.id) == [LATER, None]
    await at(graph, LATER, update("deal", made.id, stage=None))
    assert await moments(graph, made.id) == [None, None]


@pytest.mark.parametrize(
    ("object_type", "open_stage", "closed"),
    [
        ("deal", "PROSPECTING", ("CLOSED_WON", "CLOSED_LOST")),
        ("ticket", "NEW", ("CLOSED", "CLOSED")),
    ],
)
async def test_closing_sets_the_time_once_and_reopening_unsets_it(
    graph: Graph, object_type: str, open_stage: str, closed: tuple[str, str]
) -> None:
    name = {"deal": "name", "ticket": "subject"}[object_type]
    (made,) = await at(graph, START, Create(type=object_type, values={name: "x", "stage": closed[0]}))
    assert await moments(graph, made.id) == [START, START]
    await at(graph, LATER, update(object_type, made.id, stage=closed[1]))
    assert (await moments(graph, made.id))[1] == START
    await at(graph, LATER, update(object_type, made.id, stage=open_stage))
    assert await moments(graph, made.id) == [LATER, None]


async def test_a_given_closing_time_and_probability_stay(graph: Graph) -> None:
    values = {"name": "d", "stage": "CLOSED_WON", "closedAt": GIVEN, "probability": 0.5}
    (made,) = await at(graph, START, Create(type="deal", values=values))
    assert await moments(graph, made.id) == [START, GIVEN]
    assert await graph.value("MATCH (n:Deal) RETURN n.probability") == 0.5
    await at(graph, LATER, update("deal", made.id, stage="ENGAGING", closedAt=GIVEN))
    assert await moments(graph, made.id) == [LATER, GIVEN]


async def test_the_probability_follows_the_stage(graph: Graph) -> None:
    (made,) = await at(graph, START, Create(type="deal", values={"name": "d", "stage": "CONTRACT_SENT"}))
    assert await graph.value("MATCH (n:Deal) RETURN n.probability") == 0.9
    await at(graph, START, update("deal", made.id, probability=0.3))
    await at(graph, START, update("deal", made.id, stage="CONTRACT_SENT"))
    assert await graph.value("MATCH (n:Deal) RETURN n.probability") == 0.3
    await at(graph, START, update("deal", made.id, stage="CLOSED_LOST"))
    assert await graph.value("MATCH (n:Deal) RETURN n.probability") == 0.0


async def test_a_stage_taken_over_by_a_merge_begins_then(graph: Graph) -> None:
    winner, loser = await at(
        graph,
        START,
        Create(type="deal", values={"name": "w"}),
        Create(type="deal", values={"name": "l", "stage": "ENGAGING"}),
    )
    refs = [Ref(type="deal", key="id", value=one.id) for one in (winner, loser)]
    await at(graph, LATER, Merge(winner=refs[0], loser=refs[1]))
    assert await moments(graph, winner.id) == [LATER, None]


async def test_records_that_are_taken_as_they_are_given_have_no_such_times(graph: Graph) -> None:
    writer = Writer(graph.catalog, as_given=True)
    (made,) = await graph.write(Create(type="deal", values={"name": "d", "stage": "CLOSED_WON"}), writer=writer)
    assert await moments(graph, made.id) == [None, None]
    assert await graph.rows("MATCH (n:Deal) RETURN n.isWon, n.probability") == [[True, None]]


@pytest.mark.parametrize("object_type", ["contact", "company"])
async def test_a_stage_of_life_moves_forward_only(graph: Graph, object_type: str) -> None:
    record_id = await graph.create(object_type, lifecycleStage="OPPORTUNITY")
    (fault,) = await graph.refused(update(object_type, record_id, lifecycleStage="LEAD"))
    assert (fault.code, fault.input) == (FaultCode.BAD_USER_INPUT, ("input", "lifecycleStage"))
    assert fault.message == (
        "lifecycleStage: expected OPPORTUNITY or a later one, found LEAD: stages of life move forward only; "
        "one that is unset first (null) may be set to any"
    )
    for stage in ("OPPORTUNITY", "CUSTOMER"):
        await graph.write(update(object_type, record_id, lifecycleStage=stage))
    await graph.write(
        update(object_type, record_id, lifecycleStage=None), update(object_type, record_id, lifecycleStage="LEAD")
    )
    assert await graph.value("MATCH (n:Record) RETURN n.lifecycleStage") == "LEAD"


async def test_an_upsert_keeps_the_later_stage_of_life(graph: Graph) -> None:
    def upsert(stage: str | None, **values: Any) -> Upsert:
        given = {"email": "ada@x.org", "lifecycleStage": stage, **values}
        return Upsert(type="contact", key="email", values=given, path=("input",))

    stages = []
    for stage in ("CUSTOMER", "LEAD", "EVANGELIST", None, "SUBSCRIBER"):
        (outcome,) = await graph.write(upsert(stage))
        stages.append([outcome.changed, await graph.value("MATCH (n:Contact) RETURN n.lifecycleStage")])
    assert stages == [[True, "CUSTOMER"], [False, "CUSTOMER"], [True, "EVANGELIST"], [True, None], [True, "SUBSCRIBER"]]
    (outcome,) = await graph.write(upsert("CUSTOMER"))
    (outcome,) = await graph.write(upsert("LEAD", firstName="Ada"))
    assert await graph.rows("MATCH (n:Contact) RETURN n.firstName, n.lifecycleStage") == [["Ada", "CUSTOMER"]]
