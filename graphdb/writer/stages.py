"""Pipelines: what a record's stage says about its pipeline, and about whether it is closed or won.

A stage names its pipeline, for stage names are unique over a type's pipelines. A pipeline given without a
stage starts a record that has none at its first stage; a record at a stage of another pipeline cannot be
moved by its pipeline alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.model import ObjectType

STAGE = "stage"
PIPELINE = "pipeline"
IS_CLOSED = "isClosed"
IS_WON = "isWon"


def conflict(object_type: ObjectType, given: Mapping[str, Any]) -> str | None:
    """What is wrong with the stage and the pipeline given in one operation, if anything."""
    stage, pipeline = given.get(STAGE), given.get(PIPELINE)
    if not object_type.pipelines or stage is None or PIPELINE not in given:
        return None
    of_stage = object_type.stages[stage][0].name
    if pipeline == of_stage:
        return None
    return f"expected {of_stage}, the pipeline of the stage {stage}, found {pipeline}"


def settle(object_type: ObjectType, stored: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What follows for a record's stage, pipeline, ``isClosed`` and ``isWon``, to be set with what is given.

    Args:
        object_type: The record's type.
        stored: The record's values before.
        given: The values to set, in which ``conflict`` finds nothing wrong.

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
    return derived
