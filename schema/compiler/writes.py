"""Mutation fields → the writer's operations and the read of what they wrote.

The operations are made anew for each request, for nearly all of them is values; the read-back is a plan like any
other, with the written ids supplied when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInputObjectType, get_named_type

from graphdb.values import normalise, options_of
from graphdb.writer.operations import Associate, Create, Link, Ref, Update, Upsert
from schema.bindings import (
    HopField,
    Part,
    PropertyField,
    Write,
    WriteField,
    binding,
    input_binding,
    object_type_enum_value,
)
from schema.compiler.document import plain
from schema.compiler.lower import Lowering
from schema.compiler.plan import Plan
from schema.errors import ErrorCode, bad_input, refuse, suggest

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.writer.operations import Operation as WriteOperation
    from graphdb.writer.operations import Path as InputPath
    from schema.compiler.document import Operation, Selected


@dataclass(frozen=True, slots=True)
class Payload:
    """What a mutation field answers: response key → its GraphQL field, beside what the read-back gives."""

    type_name: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One mutation field: what to write, then what to read back.

    Attributes:
        field: The selected field.
        operation: What to write.
        payload: What to answer.
    """

    field: Selected
    operation: WriteOperation
    payload: Payload


class WriteReader:
    """Reads the mutation fields of one operation.

    Args:
        operation: The operation, opened for this request's variables.
        catalog: What names and bindings refer to.
    """

    def __init__(self, operation: Operation, catalog: Catalog) -> None:
        self._operation = operation
        self._catalog = catalog

    def step(self, field: Selected) -> WriteStep:
        """What a mutation field writes."""
        path = (field.key,)
        arguments = {key: plain(value) for key, value in self._operation.arguments(field, path).items()}
        bound = binding(field.definition)
        if isinstance(bound, WriteField):
            operation = self._record_write(field, bound, arguments)
        elif bound is Part.ASSOCIATE:
            operation = Associate(
                start=self._ref(field, arguments["from"], ("from",)),
                to=self._ref(field, arguments["to"], ("to",)),
                labels=tuple(arguments.get("labels") or ()),
            )
        else:
            raise refuse(ErrorCode.INTERNAL, f"{field.name} writes nothing.", field.node, path)
        payload_type = get_named_type(field.definition.type)
        fields = self._operation.subfields(payload_type, field, path)  # type: ignore[arg-type]
        entries = tuple((key, selected.name) for key, selected in fields.items())
        return WriteStep(field, operation, Payload(payload_type.name, entries))

    def read_back(self, step: WriteStep) -> Plan | None:
        """The plan for what the payload selects of the graph; None where it selects nothing of it."""
        lowering = Lowering(self._operation, self._catalog)
        bound = binding(step.field.definition)
        if isinstance(bound, WriteField):
            query = lowering.written(step.field, bound.type)
        elif isinstance(step.operation, Associate):
            side = self._catalog.side_between(step.operation.start.type, step.operation.to.type)
            if side is None:
                return None
            query = lowering.associated(step.field, side)
        else:
            return None
        return Plan.of(query, lowering.pages, lowering.periods) if query.read.roots else None

    def _record_write(self, field: Selected, bound: WriteField, arguments: dict[str, Any]) -> WriteOperation:
        object_type = bound.type
        values, links = self._input(field, arguments["input"])
        match bound.kind:
            case Write.CREATE:
                return Create(type=object_type.name, values=values, links=links, path=("input",))
            case Write.UPDATE:
                by = self._typed_ref(object_type, arguments["by"], ("by",))
                return Update(
                    by=by,
                    values=values,
                    links=links,
                    if_updated_at=arguments.get("ifUpdatedAt"),
                    path=("input",),
                )
            case Write.UPSERT:
                return Upsert(type=object_type.name, key=arguments["by"], values=values, links=links, path=("input",))

    def _input(self, field: Selected, given: dict[str, Any]) -> tuple[dict[str, Any], tuple[Link, ...]]:
        input_type = get_named_type(field.definition.args["input"].type)
        if not isinstance(input_type, GraphQLInputObjectType):
            raise TypeError(f"{input_type} is no input object")
        values: dict[str, Any] = {}
        links: list[Link] = []
        for name, value in given.items():
            match input_binding(input_type.fields[name]):
                case PropertyField(prop):
                    values[prop.name] = value
                case HopField(side, label) as hop:
                    if value is None:
                        raise bad_input(
                            f"{name} expects records to associate; found null.",
                            field.node,
                            (field.key,),
                            input=["input", name],
                        )
                    far = self._catalog.by_name[side.far]
                    places: list[tuple[InputPath, Any]] = (
                        [(("input", name), value)]
                        if hop.single
                        else [(("input", name, index), item) for index, item in enumerate(value)]
                    )
                    links.extend(
                        Link(
                            side=side,
                            to=self._typed_ref(far, item, place),
                            labels=(label.name,) if label else (),
                            path=place,
                        )
                        for place, item in places
                    )
        return values, tuple(links)

    def _typed_ref(self, object_type: ObjectType, given: dict[str, Any], path: InputPath) -> Ref:
        ((key, value),) = given.items()
        return Ref(type=object_type.name, key=key, value=value, path=(*path, key))

    def _ref(self, field: Selected, given: dict[str, Any], path: InputPath) -> Ref:
        """A ``RecordRef``: by id its object type is not known before the graph is asked, and left empty."""
        if "id" in given:
            return Ref(type="", key="id", value=given["id"], path=(*path, "id"))
        key = given["key"]
        object_type = next(t for t in self._catalog.enabled if object_type_enum_value(t) == key["type"])
        place = (*path, "key")
        known = [prop.name for prop in object_type.unique_properties]
        if key["property"] not in known:
            raise bad_input(
                f'{object_type.type_name} has no unique property "{key["property"]}".'
                f"{suggest(key['property'], known)} It has {', '.join(known)}.",
                field.node,
                (field.key,),
                input=[*place, "property"],
            )
        prop = object_type.by_name[key["property"]]
        try:
            value = normalise(prop, key["value"], options_of(self._catalog, prop))
        except ValueError as error:
            raise bad_input(str(error), field.node, (field.key,), input=[*place, "value"]) from None
        return Ref(type=object_type.name, key=prop.name, value=value, path=(*place, "value"))
