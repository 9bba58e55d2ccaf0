"""Pipelines: what a record's stage says about its pipeline, about whether it is closed or won, and since when.

A stage names its pipeline, for stage names are unique over a type's pipelines. A pipeline given without a
stage starts a record that has none at its first stage; a record at a stage of another pipeline cannot be
moved by its pipeline alone.

What is given stays: ``closedAt`` and ``probability`` follow the stage only where the operation leaves them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from graphdb.catalog.model import ObjectType, Stage

STAGE = "stage"
PIPELINE = "pipeline"
IS_CLOSED = "isClosed"
IS_WON = "isWon"
ENTERED_AT = "stageEnteredAt"
CLOSED_AT = "closedAt"
PROBABILITY = "probability"

_TYPES = {
    ENTERED_AT: PropertyType.DATETIME,
    CLOSED_AT: PropertyType.DATETIME,
    PROBABILITY: PropertyType.NUMBER,
}


def conflict(object_type: ObjectType, given: Mapping[str, Any]) -> str | None:
    """What is wrong with the stage and the pipeline given in one operation, if anything."""
    stage, pipeline = given.get(STAGE), given.get(PIPELINE)
    if not object_type.pipelines or stage is None or PIPELINE not in given:
        return None
    of_stage = object_type.stages[stage][0].name
    if pipeline == of_stage:
        return None
    return f"expected {of_stage}, the pipeline of the stage {stage}, found {pipeline}"


def settle(
    object_type: ObjectType, stored: Mapping[str, Any], given: Mapping[str, Any], now: datetime | None
) -> dict[str, Any]:
    """What follows for a record's stage, pipeline, ``isClosed`` and the like, to be set with what is given.

    Args:
        object_type: The record's type.
        stored: The record's values before.
        given: The values to set, in which ``conflict`` finds nothing wrong.
        now: When it comes to the stage; None for a record that has been there since nobody knows when.

    Raises:
        ValueError: The pipeline given is not that of the stage the record stays at.
    """
    if not object_type.pipelines or (STAGE not in given and PIPELINE not in given):
        return {}
    derived: dict[str, Any] = {}
    stage = given.get(STAGE, stored.get(STAGE))
    if stage is None and given.get(PIPELINE) is not None and STAGE not in given:
        stage = next(one.stages[0].name for one in object_type.pipelines if one.name == given[PIPELINE])
    derived[STAGE] = stage
    pipeline, step = object_type.stages.get(stage, (None, None))
    if pipeline is not None:
        if PIPELINE in given and given[PIPELINE] != pipeline.name:
            raise ValueError(f"expected {pipeline.name}, the pipeline of the stage {stage}, found {given[PIPELINE]}")
        derived[PIPELINE] = pipeline.name
    if IS_CLOSED in object_type.by_name:
        derived[IS_CLOSED] = step.closed if step is not None else None
    if IS_WON in object_type.by_name:
        derived[IS_WON] = step.won if step is not None else None
    if now is not None and stage != stored.get(STAGE):
        moved = _moved(object_type, stored, step, now)
        derived |= {name: value for name, value in moved.items() if name not in given}
    return derived


def _moved(object_type: ObjectType, stored: Mapping[str, Any], step: Stage | None, now: datetime) -> dict[str, Any]:
    """What follows from a move to another stage, or out of all."""
    was = object_type.stages.get(stored.get(STAGE, ""), (None, None))[1]
    closed, was_closed = step is not None and step.closed, was is not None and was.closed
    moved: dict[str, Any] = {ENTERED_AT: now if step is not None else None}
    if closed != was_closed:
        moved[CLOSED_AT] = now if closed else None
    if any(one.probability is not None for _, one in object_type.stages.values()):
        moved[PROBABILITY] = step.probability if step is not None else None
    return {name: value for name, value in moved.items() if object_type.stores(name, _TYPES[name])}
