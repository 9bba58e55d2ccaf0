"""``first``, ``after``, ``last`` and ``before`` → pages; and what the pages of one operation add up to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from schema.compiler.cursors import decode_cursor
from schema.compiler.document import as_value, plain
from schema.errors import ErrorCode, bad_input, refuse
from schema.ir import Const, Cursor, Page, PageCost

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graphql import Node

    from schema.errors import Path
    from schema.ir import OrderKey, Value
    from schema.limits import Limits


@dataclass(frozen=True, slots=True)
class PageCheck:
    """Where a page's values come from, for the checks of each request.

    Attributes:
        cost: The page as it counts towards the operation's records.
        argument: ``first`` or ``last``, or ``ids`` for a list of ids.
        node: The field, for the error's location.
        path: Its response path.
        times: How many records each of the page's may stand for.
        most: The largest size, where that is not the limit of every page.
    """

    cost: PageCost
    argument: str
    node: Node
    path: Path
    times: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class CursorCheck:
    """Where a page's cursor comes from, and the order it has to belong to; ``argument``: ``after`` or ``before``."""

    argument: str
    value: Value
    order: tuple[OrderKey, ...]
    node: Node
    path: Path


class Pages:
    """The pages of one operation, numbered in the order in which they are met."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.checks: list[PageCheck] = []
        self.cursors: dict[tuple[int, bool], CursorCheck] = {}

    @property
    def costs(self) -> tuple[PageCost, ...]:
        """What each page adds to the operation's records."""
        return tuple(check.cost for check in self.checks)

    def add(
        self,
        arguments: dict[str, Any],
        order: tuple[OrderKey, ...],
        node: Node,
        path: Path,
        parent: int | None,
        *,
        extra: bool,
        root: bool,
    ) -> Page:
        """The page that a list field asks for; ``root`` for a list of a whole object type.

        ``last`` counts from the end, and so does the default size where ``before`` is the only one given; between
        two cursors ``first`` or ``last`` counts what lies between, as the Relay specification has it.

        Raises:
            GraphQLError: Both ``first`` and ``last`` are given, or a cursor is none of this order.
        """
        first, last = arguments.get("first"), arguments.get("last")
        if first is not None and last is not None:
            raise bad_input(
                "A page takes first or last, not both: first counts from the start (after `after`), last from the "
                "end (before `before`).",
                node,
                path,
                input=["last"],
            )
        only_before = arguments.get("before") is not None and first is None and arguments.get("after") is None
        backward = last is not None or only_before
        given = last if backward else first
        default = self._limits.page_size_root if root else self._limits.page_size_nested
        size = Const(default) if given is None else as_value(given)
        number = self._number(size, parent, "last" if backward else "first", node, path)
        after, before = (
            self._cursor(argument, arguments.get(argument), order, node, path, number)
            for argument in ("after", "before")
        )
        return Page(size, extra, after, number, before, backward)

    def add_plain(self, first: Any, node: Node, path: Path, parent: int | None, *, root: bool) -> Page:
        """A page, forward, of something that is no record, whose cursor is read elsewhere."""
        default = self._limits.page_size_root if root else self._limits.page_size_nested
        size = Const(default) if first is None else as_value(first)
        return Page(size, extra=True, after=None, number=self._number(size, parent, "first", node, path))

    def _cursor(
        self, argument: str, given: Any, order: tuple[OrderKey, ...], node: Node, path: Path, number: int
    ) -> Cursor | None:
        if given is None:
            return None
        before = argument == "before"
        check = self.cursors[number, before] = CursorCheck(argument, as_value(given), order, node, path)
        values = read_cursor(check, plain(given))
        return Cursor(check.value, tuple(value is None for value in values[:-1]), before)

    def add_ids(self, ids: Value, node: Node, path: Path, most: int | None = None) -> int:
        """A list of ids: as many records."""
        cost = PageCost(ids, None, tuple(str(p) for p in path))
        self.checks.append(PageCheck(cost, "ids", node, path, most=most))
        return len(self.checks) - 1

    def add_repeated(self, argument: str, size: Value, node: Node, path: Path, *, times: int, most: int) -> Page:
        """A root's page of ``size`` records at each of ``times`` places."""
        cost = PageCost(size, None, tuple(str(p) for p in path))
        self.checks.append(PageCheck(cost, argument, node, path, times, most))
        return Page(size, extra=False, after=None, number=len(self.checks) - 1)

    def _number(self, size: Value, parent: int | None, argument: str, node: Node, path: Path) -> int:
        self.checks.append(PageCheck(PageCost(size, parent, tuple(str(p) for p in path)), argument, node, path))
        return len(self.checks) - 1


def read_cursor(check: CursorCheck, text: str) -> list[Any]:
    """The values of a cursor.

    Raises:
        GraphQLError: It is malformed, or belongs to another order.
    """
    try:
        return decode_cursor(text, check.order)
    except ValueError as error:
        raise bad_input(
            f"{check.argument} expects a cursor that this list gave; {error}.",
            check.node,
            check.path,
            input=[check.argument],
        ) from None


def check_sizes(checks: Sequence[PageCheck], sizes: Sequence[Any], limits: Limits) -> tuple[list[int], int]:
    """Refuse page sizes out of range, and operations whose pages add up to too many records.

    Args:
        checks: The operation's pages, each parent before its children.
        sizes: This request's value for each.
        limits: The bounds.

    Returns:
        How many records each page asks for, and what all of them add up to.
    """
    totals: list[int] = []
    counts: list[int] = []
    for check, size in zip(checks, sizes, strict=True):
        count = len(size) if check.argument == "ids" else size
        most = limits.page_size_max if check.most is None else check.most
        if not 0 <= count <= most:
            raise bad_input(
                f"{check.argument} expects from 0 to {most:,}"
                f"{' ids' if check.argument == 'ids' else ''}; found {count:,}.",
                check.node,
                check.path,
                input=[check.argument],
            )
        counts.append(count)
        totals.append(count * check.times * (1 if check.cost.parent is None else totals[check.cost.parent]))
    records = sum(totals)
    if records > limits.records_max:
        worst = max(range(len(totals)), key=totals.__getitem__)
        raise refuse(
            ErrorCode.TOO_COMPLEX,
            f"By its page sizes the operation asks for {records:,} records, {totals[worst]:,} of them in "
            f"{'.'.join(checks[worst].cost.path)}; the limit is {limits.records_max:,}. Smaller pages "
            "(first, last) or fewer nested lists are needed.",
            checks[worst].node,
            checks[worst].path,
            records=records,
            limit=limits.records_max,
        )
    return counts, records
