"""Pipelines of an object type and their stages, with the enumerations that name them.

An object type gets the properties ``stage``, ``pipeline``, ``isClosed`` and ``isWon`` with its first pipeline.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Final

from graphdb.catalog import naming
from graphdb.catalog.assemble import pipeline_properties, pipeline_sets
from graphdb.catalog.changes import JobKind, JobSpec, NoneHolds
from graphdb.catalog.edit.draft import minted, refuse, require_in_use, require_retired, restored, text
from graphdb.catalog.model import Option, Pipeline, Stage
from graphdb.catalog.parts import BuildState
from graphdb.errors import FaultCode

if TYPE_CHECKING:
    from graphdb.catalog.edit.draft import Draft, Given, Path
    from graphdb.catalog.model import ObjectType, OptionSet

PIPELINES_MAX: Final = 100
STAGES_MAX: Final = 100
"""Stages of a pipeline."""


def create(draft: Draft, type_name: str, given: Given, path: Path = ("input",)) -> ObjectType:
    """A new pipeline with its stages.

    Raises:
        WriteRefused: The input is not sound, or a name is taken.
    """
    object_type = draft.object_type(type_name, ("objectType",))
    require_in_use(object_type, object_type.label, ("objectType",))
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    if len(object_type.pipelines) >= PIPELINES_MAX:
        refuse(path, f"{object_type.label} has {PIPELINES_MAX} pipelines already, which is the most.")
    name = minted({**given, "label": label}, path, naming.pipeline_name, default="PIPELINE")
    if not given.get("stages"):
        refuse((*path, "stages"), "A pipeline needs at least one stage.")
    pipeline = Pipeline(name=name, label=label, stages=(), aliases=tuple(given.get("aliases") or ()))
    if naming.fold(name) in _spent(draft, object_type, "pipeline"):
        refuse(
            (*path, "label"),
            f"{object_type.label} has or had a pipeline {name}: give another `name`.",
            FaultCode.CONFLICT,
        )
    for index, stage in enumerate(given["stages"]):
        made = _new_stage(draft, object_type, pipeline, stage, (*path, "stages", index))
        pipeline = dataclasses.replace(pipeline, stages=(*pipeline.stages, made))
    first = not object_type.pipelines
    object_type = dataclasses.replace(object_type, pipelines=(*object_type.pipelines, pipeline))
    return _with_properties(draft, object_type) if first else _in_step(draft, object_type)


def update(draft: Draft, type_name: str, name: str, given: Given, path: Path = ("input",)) -> ObjectType:
    """Change how a pipeline is shown, and its other names for imports.

    Raises:
        WriteRefused: There is none of that name.
    """
    object_type, pipeline = _pipeline(draft, type_name, name, ("name",))
    for key, remedy in (("name", "a pipeline keeps its name"), ("stages", "createStage and its like change stages")):
        if key in given:
            refuse((*path, key), f"{key} does not change here: {remedy}.")
    return _put(draft, object_type, dataclasses.replace(pipeline, **_shown(given, path)))


def retire(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Take a pipeline out of use with its stages: deprecated until they leave. Records stay where they are.

    Raises:
        WriteRefused: There is none of that name, it is retired already, or it is the last.
    """
    object_type, pipeline = _pipeline(draft, type_name, name, ("name",))
    require_in_use(pipeline, f"{object_type.name}.{name}", ("name",))
    if sum(one.retired is None for one in object_type.pipelines) == 1:
        refuse(("name",), f"{name} is the last pipeline of {object_type.label} in use.", FaultCode.CONFLICT)
    stages = tuple(one if one.retired else draft.retired(one) for one in pipeline.stages)
    return _put(draft, object_type, dataclasses.replace(draft.retired(pipeline), stages=stages))


def restore(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Put a retired pipeline back into use, with its stages.

    Raises:
        WriteRefused: There is none of that name, or it is not retired.
    """
    object_type, pipeline = _pipeline(draft, type_name, name, ("name",))
    require_retired(pipeline, f"{object_type.name}.{name}", ("name",))
    stages = tuple(restored(one) for one in pipeline.stages)
    return _put(draft, object_type, dataclasses.replace(restored(pipeline), stages=stages))


def delete(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Give up a retired pipeline in which no record is; its names are not given again.

    Raises:
        WriteRefused: There is none of that name, or it is not retired.
    """
    object_type, pipeline = _pipeline(draft, type_name, name, ("name",))
    require_retired(pipeline, f"{object_type.name}.{name}", ("name",))
    narrowing = NoneHolds(object_type=type_name, property="pipeline", option=name)
    draft.narrowings.append((("name",), narrowing))
    object_type = dataclasses.replace(
        object_type, pipelines=tuple(one for one in object_type.pipelines if one.name != name)
    )
    return _in_step(draft, object_type)


def create_stage(draft: Draft, type_name: str, pipeline_name: str, given: Given, path: Path = ("input",)) -> ObjectType:
    """A new stage of a pipeline: at the given position, from 0, else last.

    Raises:
        WriteRefused: The input is not sound, or the name is taken.
    """
    object_type, pipeline = _pipeline(draft, type_name, pipeline_name, ("pipeline",))
    require_in_use(pipeline, f"{object_type.name}.{pipeline_name}", ("pipeline",))
    if len(pipeline.stages) >= STAGES_MAX:
        refuse(path, f"{pipeline.label} has {STAGES_MAX} stages already, which is the most.")
    made = _new_stage(draft, object_type, pipeline, given, path)
    position = given.get("position")
    at = len(pipeline.stages) if position is None else max(0, min(position, len(pipeline.stages)))
    stages = (*pipeline.stages[:at], made, *pipeline.stages[at:])
    return _put(draft, object_type, dataclasses.replace(pipeline, stages=stages))


def update_stage(draft: Draft, type_name: str, name: str, given: Given, path: Path = ("input",)) -> ObjectType:
    """Change how a stage is shown, its probability and its position.

    Raises:
        WriteRefused: There is none of that name, or records rely on what would change.
    """
    object_type, pipeline, stage = _stage(draft, type_name, name)
    if "name" in given:
        refuse((*path, "name"), "A stage keeps its name, which records hold.")
    for key in ("closed", "won"):
        if key in given and bool(given[key]) != getattr(stage, key):
            # What follows from the stage is stored with each record.
            narrowing = NoneHolds(object_type=type_name, property="stage", option=name)
            draft.narrowings.append(((*path, key), narrowing))
    changes = _shown(given, path) | {
        key: given[key] for key in ("probability", "closed", "won") if key in given and given[key] is not None
    }
    if "probability" in given:
        changes["probability"] = given["probability"]
    if changes.get("won"):
        changes["closed"] = True
    changed = dataclasses.replace(stage, **changes)
    stages = [changed if one.name == name else one for one in pipeline.stages]
    if given.get("position") is not None:
        stages.remove(changed)
        stages.insert(max(0, min(given["position"], len(stages))), changed)
    return _put(draft, object_type, dataclasses.replace(pipeline, stages=tuple(stages)))


def retire_stage(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Take a stage out of use: deprecated until it leaves. Records stay where they are.

    Raises:
        WriteRefused: There is none of that name, it is retired already, or it is its pipeline's last.
    """
    object_type, pipeline, stage = _stage(draft, type_name, name)
    require_in_use(stage, f"{object_type.name}.{name}", ("name",))
    if sum(one.retired is None for one in pipeline.stages) == 1:
        refuse(("name",), f"{name} is the last stage of {pipeline.label} in use.", FaultCode.CONFLICT)
    return _put_stage(draft, object_type, pipeline, draft.retired(stage))


def restore_stage(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Put a retired stage back into use.

    Raises:
        WriteRefused: There is none of that name, it is not retired, or its pipeline is.
    """
    object_type, pipeline, stage = _stage(draft, type_name, name)
    require_retired(stage, f"{object_type.name}.{name}", ("name",))
    require_in_use(pipeline, f"{object_type.name}.{pipeline.name}", ("name",))
    return _put_stage(draft, object_type, pipeline, restored(stage))


def delete_stage(draft: Draft, type_name: str, name: str) -> ObjectType:
    """Give up a stage at which no record is; its name is not given again.

    Raises:
        WriteRefused: There is none of that name, or it is its pipeline's last.
    """
    object_type, pipeline, stage = _stage(draft, type_name, name)
    if len(pipeline.stages) == 1:
        refuse(("name",), f"{name} is the last stage of {pipeline.label}.", FaultCode.CONFLICT)
    draft.narrowings.append((("name",), NoneHolds(object_type=type_name, property="stage", option=name)))
    stages = tuple(one for one in pipeline.stages if one != stage)
    return _put(draft, object_type, dataclasses.replace(pipeline, stages=stages))


def _pipeline(draft: Draft, type_name: str, name: str, path: Path) -> tuple[ObjectType, Pipeline]:
    object_type = draft.object_type(type_name, ("objectType",))
    found = next((one for one in object_type.pipelines if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in object_type.pipelines) or "none"
        refuse(path, f"{object_type.label} has no pipeline {name!r}; it has {known}.", FaultCode.NOT_FOUND)
    return object_type, found


def _stage(draft: Draft, type_name: str, name: str) -> tuple[ObjectType, Pipeline, Stage]:
    object_type = draft.object_type(type_name, ("objectType",))
    found = object_type.stages.get(name)
    if found is None:
        known = ", ".join(object_type.stages) or "none"
        refuse(("name",), f"{object_type.label} has no stage {name!r}; it has {known}.", FaultCode.NOT_FOUND)
    return object_type, *found


def _put(draft: Draft, object_type: ObjectType, changed: Pipeline) -> ObjectType:
    pipelines = tuple(changed if one.name == changed.name else one for one in object_type.pipelines)
    return _in_step(draft, dataclasses.replace(object_type, pipelines=pipelines))


def _put_stage(draft: Draft, object_type: ObjectType, pipeline: Pipeline, changed: Stage) -> ObjectType:
    stages = tuple(changed if one.name == changed.name else one for one in pipeline.stages)
    return _put(draft, object_type, dataclasses.replace(pipeline, stages=stages))


def _new_stage(draft: Draft, object_type: ObjectType, pipeline: Pipeline, given: Given, path: Path) -> Stage:
    label = text(given, "label", path)
    if label is None:
        refuse((*path, "label"), "label is required: what people see.")
    taken = _spent(draft, object_type, "stage") | {naming.fold(one.name) for one in pipeline.stages}
    name = given.get("name")
    if name is None:
        minted({"label": label}, path, naming.option_name, default="OPTION")
        name = naming.stage_name(label, pipeline.name, taken)
    else:
        name = minted({**given, "label": label}, path, naming.option_name, default="OPTION")
    if naming.fold(name) in taken:
        message = f"{object_type.label} has or had a stage {name}: give another `name`."
        refuse((*path, "name" if given.get("name") else "label"), message, FaultCode.CONFLICT)
    won = bool(given.get("won"))
    return Stage(
        name=name,
        label=label,
        probability=given.get("probability"),
        closed=won or bool(given.get("closed")),
        won=won,
        aliases=tuple(given.get("aliases") or ()),
    )


def _shown(given: Given, path: Path) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if (label := text(given, "label", path)) is not None:
        changes["label"] = label
    if "aliases" in given:
        changes["aliases"] = tuple(given["aliases"] or ())
    return changes


def _spent(draft: Draft, object_type: ObjectType, name: str) -> set[str]:
    """Folded names that pipelines or stages of a type have or had."""
    prop = object_type.by_name.get(name)
    found = draft.catalog.option_sets_by_name.get((prop.option_set if prop else None) or "")
    return {naming.fold(one) for one in (*found.by_name, *found.spent_names)} if found else set()


def _with_properties(draft: Draft, object_type: ObjectType) -> ObjectType:
    """An object type with its first pipeline: the enumerations, and the properties that say where a record is."""
    taken = draft.taken_types()
    pipeline_set, stage_set = pipeline_sets(object_type.name, object_type.label, object_type.pipelines, taken)
    draft.put_option_set(pipeline_set)
    draft.put_option_set(stage_set)
    fields = draft.taken_fields(object_type)
    made = []
    for prop in pipeline_properties(object_type.name, object_type.pipelines, pipeline_set, stage_set):
        if naming.fold(prop.name) in fields:
            message = (
                f"A type with pipelines has a property {prop.name} of its own, and {object_type.label} has another."
            )
            refuse(("objectType",), message, FaultCode.CONFLICT)
        state = BuildState.BUILDING if prop.indexed else BuildState.ONLINE
        made.append(dataclasses.replace(prop, indexed_state=state))
    object_type = dataclasses.replace(object_type, properties=(*object_type.properties, *made))
    draft.put_type(object_type)
    draft.jobs += [
        JobSpec(kind=JobKind.INDEX, object_type=object_type.name, node_label=object_type.node_label, property=prop.name)
        for prop in made
        if prop.indexed
    ]
    return object_type


def _in_step(draft: Draft, object_type: ObjectType) -> ObjectType:
    """Put a type in its place, and what its pipelines and stages are called into its enumerations."""
    draft.put_type(object_type)
    stages = [stage for pipeline in object_type.pipelines for stage in pipeline.stages]
    for name, elements in (("pipeline", object_type.pipelines), ("stage", stages)):
        found = draft.catalog.option_sets_by_name[str(object_type.by_name[name].option_set)]
        draft.put_option_set(_renamed(found, list(elements)))
    return object_type


def _renamed(option_set: OptionSet, elements: list[Any]) -> OptionSet:
    options = tuple(
        dataclasses.replace(
            option_set.by_name.get(one.name) or Option(name=one.name, label=one.label),
            label=one.label,
            aliases=one.aliases,
            retired=one.retired,
            leaves=one.leaves,
        )
        for one in elements
    )
    gone = [name for name in option_set.by_name if name not in {one.name for one in elements}]
    return dataclasses.replace(option_set, options=options, spent_names=(*option_set.spent_names, *gone))
