"""From a row to the operations it asks for; what cannot be read is refused here, before the writer."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from app.importer.cells import value_of
from app.importer.report import Example, Refusal
from graphdb.writer.operations import Associate, Link, Ref, Upsert

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from zoneinfo import ZoneInfo

    from app.importer.plan import FilePlan, LinkPlan, RecordPlan
    from app.importer.report import ImportReport, RecordCounts
    from app.importer.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An operation of one row.

    Attributes:
        row: The row, repairs made.
        operation: The upsert; or, for an association within one type, the pair to join later.
        links: What each of its links came from, in order.
        joins: Associations within the type, to be made once every row is there.
        remarks: Column and reason of what is to be noted once the row is loaded.
    """

    row: Row
    operation: Upsert | Associate
    links: tuple[LinkPlan, ...] = ()
    joins: tuple[Draft, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()


class Drafter:
    """One file's rows for one object type. Holds the keys seen, so that a repeated one is noticed."""

    def __init__(
        self,
        file: FilePlan,
        plan: RecordPlan,
        *,
        zone: ZoneInfo,
        report: ImportReport,
        counts: RecordCounts,
    ) -> None:
        self._zone = zone
        self.file = file
        self.plan = plan
        self.report = report
        self.counts = counts
        self._seen: dict[Any, tuple[int, int]] = {}
        self._remarked: set[Any] = set()
        self._columns = {bound.property.name: bound.source.columns for bound in plan.properties}

    def draft(self, row: Row) -> Draft | None:
        """The operation for a row, or ``None`` if it is refused or adds nothing to an earlier row."""
        self.counts.rows += 1
        values = self._values(row)
        if values is None or self._repeats(row, values):
            return None
        links = self._links(row)
        if links is None:
            return None
        within = [link for link in links if link.side.association.same_type]
        across = tuple(link for link in links if not link.side.association.same_type)
        me = Ref(type=self.plan.type.name, key=self.plan.key.name, value=values[self.plan.key.name])
        return Draft(
            row=row,
            operation=Upsert(
                type=self.plan.type.name,
                key=self.plan.key.name,
                values=values,
                links=tuple(self._link(row, link) for link in across),
            ),
            links=across,
            joins=tuple(self._join(row, me, link) for link in within),
            remarks=tuple(self._empty_links(row)),
        )

    def column_of(self, property_name: str) -> str:
        """The column, or columns, that a property was read from."""
        return ", ".join(self._columns.get(property_name, ()))

    def refuse(self, row: Row, column: str, reason: str) -> None:
        """Note that a row, or a part of it, is not loaded. Counting refused records is the caller's."""
        self.report.refuse(
            Refusal(
                file=self.file.spec.path,
                line=row.line,
                type=self.plan.type.name,
                column=column,
                value=cells_text(row, column),
                reason=reason,
            )
        )

    def remark(self, row: Row, column: str, reason: str) -> None:
        """Note that a row is loaded, but not as it stands."""
        example = Example(line=row.line, column=column, value=cells_text(row, column))
        self.report.remark(self.file.spec.path, reason, example)

    def note(self, draft: Draft) -> None:
        """Note the remarks of a draft that is loaded."""
        for column, reason in draft.remarks:
            self.remark(draft.row, column, reason)

    def _values(self, row: Row) -> dict[str, Any] | None:
        """The set properties; ``None``, with every fault noted, if one cannot be read."""
        values: dict[str, Any] = {}
        sound = True
        for bound in self.plan.properties:
            try:
                value = value_of(bound, row.cells, self._zone)
            except ValueError as error:
                self.refuse(row, self.column_of(bound.property.name), f"{bound.property.name}: {error}")
                sound = False
                continue
            if value is not None:
                values[bound.property.name] = value
        if sound and self.plan.key.name not in values:
            name = self.plan.key.name
            self.refuse(row, self.column_of(name), f"{name}: expected a value, by which the row is upserted")
            sound = False
        self.counts.refused += not sound
        return values if sound else None

    def _repeats(self, row: Row, values: Mapping[str, Any]) -> bool:
        """Whether an earlier row of the file has the same key; if so, it is noted."""
        key = values[self.plan.key.name]
        print_of = hash(tuple((name, str(value)) for name, value in sorted(values.items())))
        first_line, first_print = self._seen.setdefault(key, (row.line, print_of))
        if first_line == row.line:
            return False
        column = self.column_of(self.plan.key.name)
        if self.plan.spec.repeats == "refuse":
            self.counts.refused += 1
            self.refuse(row, column, f"expected each {self.plan.key.name} once, found it on line {first_line} too")
            return True
        self.counts.repeated += 1
        if first_print != print_of and key not in self._remarked:
            self._remarked.add(key)
            reason = f"several {self.plan.type.name} rows share one {self.plan.key.name} and differ: the first is kept"
            self.remark(row, column, reason)
        return True

    def _links(self, row: Row) -> tuple[LinkPlan, ...] | None:
        """The links whose cells hold something; ``None`` if an empty one refuses the row."""
        found = []
        refused = False
        for link in self.plan.links:
            if row.cells[link.spec.column]:
                found.append(link)
            elif link.spec.empty == "refuse":
                reason = f"expected the {link.key} of a {link.side.far}, found an empty cell"
                self.refuse(row, link.spec.column, reason)
                refused = True
        self.counts.refused += refused
        return None if refused else tuple(found)

    def _empty_links(self, row: Row) -> Iterator[tuple[str, str]]:
        for link in self.plan.links:
            if not row.cells[link.spec.column] and link.spec.empty == "remark":
                yield link.spec.column, f"{self.plan.type.name} without a {link.side.far}: the cell is empty"

    def _link(self, row: Row, link: LinkPlan) -> Link:
        return Link(side=link.side, to=self._far(row, link), labels=link.spec.labels)

    def _join(self, row: Row, me: Ref, link: LinkPlan) -> Draft:
        pair = Associate(start=me, to=self._far(row, link), labels=link.spec.labels)
        return Draft(row=row, operation=pair, links=(link,))

    def _far(self, row: Row, link: LinkPlan) -> Ref:
        return Ref(type=link.side.far, key=link.key, value=row.cells[link.spec.column])


def placed(draft: Draft, index: int) -> Upsert | Associate:
    """The operation with its place among others, so that the writer's faults lead back to the row.

    Places are ``("rows", index)``, and ``("rows", index, "links", number)`` for a link.
    """
    operation = draft.operation
    path = ("rows", index)
    if isinstance(operation, Associate):
        to = replace(operation.to, path=(*path, "links", 0))
        return replace(operation, start=replace(operation.start, path=path), to=to, path=(*path, "links", 0))
    links = []
    for number, link in enumerate(operation.links):
        at = (*path, "links", number)
        far = replace(link.to, path=at) if link.to is not None else None
        links.append(replace(link, to=far, path=at))
    return replace(operation, links=tuple(links), path=path)


def without_link(draft: Draft, number: int) -> Draft:
    """The same draft without one of its links."""
    operation = draft.operation
    if not isinstance(operation, Upsert):
        raise TypeError("only an upsert can do without a link")
    return replace(
        draft,
        operation=replace(operation, links=_without(operation.links, number)),
        links=_without(draft.links, number),
    )


def cells_text(row: Row, column: str) -> str:
    """The cells of a column, or of several that are parted by commas, as they stand."""
    if column in row.cells:
        return row.cells[column]
    return " | ".join(row.cells[name] for name in column.split(", ") if name in row.cells)


def _without(items: tuple[Any, ...], number: int) -> tuple[Any, ...]:
    return items[:number] + items[number + 1 :]
