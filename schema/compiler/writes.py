"""Mutation fields → the writer's operations and the read of what they wrote.

The operations are made anew for each request, for nearly all of them is values; the read-back is a plan like any
other, with the written ids supplied when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graphql import GraphQLInputObjectType, get_named_type

from graphdb.values import normalise, options_of
from graphdb.writer.operations import (
    Archive,
    Associate,
    Create,
    Dissociate,
    Link,
    Merge,
    Purge,
    Ref,
    Restore,
    SetLabels,
    Unmerge,
    Update,
    Upsert,
)
from schema.bindings import (
    HopField,
    PairWrite,
    PairWriteField,
    PropertyField,
    Write,
    WriteField,
    binding,
    input_binding,
    object_type_enum_value,
)
from schema.compiler.lower import Lowering
from schema.compiler.payloads import chosen_fields
from schema.compiler.plan import Plan
from schema.errors import ErrorCode, bad_input, refuse, suggest

if TYPE_CHECKING:
    from graphdb.catalog.model import Catalog, ObjectType
    from graphdb.writer.operations import Operation as WriteOperation
    from graphdb.writer.operations import PairOperation
    from graphdb.writer.operations import Path as InputPath
    from schema.compiler.document import Operation, Selected
    from schema.compiler.payloads import Chosen

CREATE = "create"
"""The key of a link that holds a new record."""

_LIVES: dict[Write, type[Archive | Restore | Purge]] = {
    Write.ARCHIVE: Archive,
    Write.RESTORE: Restore,
    Write.PURGE: Purge,
}
_PAIRS: dict[PairWrite, type[PairOperation]] = {
    PairWrite.ASSOCIATE: Associate,
    PairWrite.SET_LABELS: SetLabels,
    PairWrite.DISSOCIATE: Dissociate,
}


@dataclass(frozen=True, slots=True)
class WriteStep:
    """One mutation field: what to write, then what to read back.

    Attributes:
        field: The selected field.
        operations: What to write: one operation, or one for each item.
        chosen: What is selected of the payload.
        many: Whether the field takes a list of items.
        keeps_going: Whether items without faults are written where others are refused.
    """

    field: Selected
    operations: tuple[WriteOperation, ...]
    chosen: tuple[Chosen, ...]
    many: bool = False
    keeps_going: bool = False

    @property
    def payload_type(self) -> str:
        """The name of the payload's type."""
        return get_named_type(self.field.definition.type).name


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
        """What a mutation field writes.

        Raises:
            GraphQLError: The arguments are none that the field takes, or there are too many items.
        """
        path = (field.key,)
        arguments = self._operation.plain_arguments(field, path)
        bound = binding(field.definition)
        chosen = chosen_fields(self._operation, field, path)
        if not isinstance(bound, (WriteField, PairWriteField)):
            raise refuse(ErrorCode.INTERNAL, f"{field.name} writes nothing.", field.node, path)
        if not bound.many:
            operation = (
                self._record_write(field, bound, arguments, ())
                if isinstance(bound, WriteField)
                else self._pair_write(field, bound.kind, arguments, ())
            )
            return WriteStep(field, (operation,), chosen)
        items = self._items(field, bound, arguments)
        operations = tuple(
            self._record_write(field, bound, item, place)
            if isinstance(bound, WriteField)
            else self._pair_write(field, bound.kind, item, place)
            for place, item in items
        )
        return WriteStep(field, operations, chosen, many=True, keeps_going=arguments["onError"] == "CONTINUE")

    def read_back(self, step: WriteStep) -> Plan | None:
        """The plan for what the payload selects of the graph; None where it selects nothing of it."""
        lowering = Lowering(self._operation, self._catalog)
        bound = binding(step.field.definition)
        object_type = bound.type if isinstance(bound, WriteField) else None
        query = lowering.written(step.field, step.chosen, object_type, many=step.many)
        return Plan.of(query, lowering.pages, lowering.periods) if query.read.roots else None

    # --- items ------------------------------------------------------------------------------------------------

    def _items(
        self, field: Selected, bound: WriteField | PairWriteField, arguments: dict[str, Any]
    ) -> list[tuple[InputPath, dict[str, Any]]]:
        """The arguments of each item as those of the field in the singular, with its place."""
        name = "inputs" if "inputs" in arguments else "by"
        given = arguments[name]
        limit = self._operation.limits.batch_size_max
        if len(given) > limit:
            message = f"{name} expects at most {limit:,} items; found {len(given):,}."
            raise bad_input(message, field.node, (field.key,), input=[name])
        places = [(name, index) for index in range(len(given))]
        if isinstance(bound, PairWriteField) or bound.kind is Write.UPDATE:
            return list(zip(places, given, strict=True))
        if name == "by":
            return [(place, {"by": item}) for place, item in zip(places, given, strict=True)]
        shared = {"by": arguments["by"]} if bound.kind is Write.UPSERT else {}
        return [(place, {**shared, "input": item}) for place, item in zip(places, given, strict=True)]

    # --- records ----------------------------------------------------------------------------------------------

    def _record_write(
        self, field: Selected, bound: WriteField, arguments: dict[str, Any], place: InputPath
    ) -> WriteOperation:
        object_type, kind = bound.type, bound.kind
        name = object_type.name
        # An item of a list is the input itself, or the reference itself, where it holds nothing else.
        at = place if place and kind in {Write.CREATE, Write.UPSERT} else (*place, "input")
        by = place if place and kind is not Write.UPDATE else (*place, "by")
        if kind in _LIVES:
            return _LIVES[kind](by=self._typed_ref(object_type, arguments["by"], by), path=by)
        if kind is Write.MERGE:
            winner, loser = (self._typed_ref(object_type, arguments[end], (*place, end)) for end in ("winner", "loser"))
            return Merge(winner=winner, loser=loser, take=tuple(arguments.get("take") or ()), path=place)
        if kind is Write.UNMERGE:
            return Unmerge(type=name, loser=arguments["loser"], path=(*place, "loser"))
        values, links = self._input(field, f"{object_type.type_name}Input", arguments["input"], at)
        if kind is Write.CREATE:
            return Create(type=name, values=values, links=links, path=at)
        if kind is Write.UPSERT:
            return Upsert(type=name, key=arguments["by"], values=values, links=links, path=at)
        ref = self._typed_ref(object_type, arguments["by"], by)
        return Update(by=ref, values=values, links=links, if_updated_at=arguments.get("ifUpdatedAt"), path=at)

    def _input(
        self, field: Selected, type_name: str, given: dict[str, Any], path: InputPath
    ) -> tuple[dict[str, Any], tuple[Link, ...]]:
        input_type = self._operation.schema.type_map[type_name]
        if not isinstance(input_type, GraphQLInputObjectType):
            raise TypeError(f"{input_type} is no input object")
        fields = input_type.fields
        values: dict[str, Any] = {}
        links: list[Link] = []
        for name, value in given.items():
            bound = input_binding(fields[name])
            if isinstance(bound, PropertyField):
                values[bound.property.name] = value
            elif isinstance(bound, HopField):
                links += self._links(field, bound, value, (*path, name))
        return values, tuple(links)

    def _links(self, field: Selected, hop: HopField, value: Any, place: InputPath) -> list[Link]:
        """The associations that one key of an input asks for."""
        side, label, single = hop.side, hop.label, hop.single
        labels = (label.name,) if label else ()
        if value is None:
            if single:
                return [Link(side=side, to=None, labels=labels, path=place)]
            message = f"{place[-1]} expects records to associate; found null."
            raise bad_input(message, field.node, (field.key,), input=[str(step) for step in place])
        far = self._catalog.by_name[side.far]
        if single:
            return [Link(side=side, to=self._linked(field, far, value, place), labels=labels, path=place)]
        return [
            Link(side=side, to=self._linked(field, far, one, (*place, n)), labels=labels, path=(*place, n))
            for n, one in enumerate(value)
        ]

    def _linked(self, field: Selected, far: ObjectType, given: dict[str, Any], path: InputPath) -> Ref | Create:
        """A record to associate: one that is there, or a new one."""
        if CREATE not in given:
            return self._typed_ref(far, given, path)
        place = (*path, CREATE)
        values, links = self._input(field, f"{far.type_name}NestedInput", given[CREATE], place)
        return Create(type=far.name, values=values, links=links, path=place)

    def _typed_ref(self, object_type: ObjectType, given: dict[str, Any], path: InputPath) -> Ref:
        ((key, value),) = given.items()
        return Ref(type=object_type.name, key=key, value=value, path=(*path, key))

    # --- pairs ------------------------------------------------------------------------------------------------

    def _pair_write(
        self, field: Selected, kind: PairWrite, arguments: dict[str, Any], place: InputPath
    ) -> PairOperation:
        return _PAIRS[kind](
            start=self._ref(field, arguments["from"], (*place, "from")),
            to=self._ref(field, arguments["to"], (*place, "to")),
            labels=tuple(arguments.get("labels") or ()),
            path=place,
        )

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
                input=[str(step) for step in (*place, "property")],
            )
        prop = object_type.by_name[key["property"]]
        try:
            value = normalise(prop, key["value"], options_of(self._catalog, prop))
        except ValueError as error:
            found = [str(step) for step in (*place, "value")]
            raise bad_input(str(error), field.node, (field.key,), input=found) from None
        return Ref(type=object_type.name, key=prop.name, value=value, path=(*place, "value"))
