"""A compiled operation: made once for a document and a shape of variables, bound to values per request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, assert_never

from graphdb.cypher.statement import Statement
from schema.compiler.access import accesses_of
from schema.compiler.cost import Estimate, check_touches
from schema.compiler.emit import emit
from schema.compiler.emit.params import CursorParam, LimitParam, Param, ValueParam
from schema.compiler.paging import check_sizes, read_cursor
from schema.compiler.periods import ends_of
from schema.compiler.result import Frame, compile_shape
from schema.compiler.sharing import share
from schema.compiler.unfold import unfolder
from schema.ir import Const, Given, Items, PeriodEnd, PeriodStart, Query, Read, Value, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from graphdb.catalog.statistics import Statistics
    from schema.compiler.access import Access
    from schema.compiler.paging import CursorCheck, PageCheck, Pages
    from schema.compiler.periods import PeriodCheck, Periods
    from schema.limits import Limits

SIZES_MAX: Final = 64
"""For how many sizes of its pages a plan remembers what it costs."""


@dataclass(frozen=True, slots=True)
class Cost:
    """The two numbers of an operation, known before it runs.

    Attributes:
        records: What its page sizes add up to.
        touches: What the engine will visit by the statistics; None while there are none.
    """

    records: int
    touches: int | None


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a plan's statement.

    Attributes:
        read: What it reads, and of that what apart.
        text: The Cypher.
        params: What fills ``$p.v0``, ``$p.v1`` ….
        unfold: From its row to that of the statement which reads nothing apart.
        make: From that row to the response's data.
    """

    read: Read
    text: str
    params: tuple[Param, ...]
    unfold: Callable[[list[Any]], list[Any]]
    make: Callable[[list[Any], Frame], dict[str, Any]]

    @classmethod
    def of(cls, query: Query, read: Read) -> Form:
        """Write a query's statement, and the way back from its row.

        Args:
            query: What is asked.
            read: What the query reads, some of it apart or not.
        """
        text, params = emit(read)
        return cls(read, text, params, unfolder(read), compile_shape(query.shape, read.roots))


class Forms:
    """The ways to write a plan's statement, each made once.

    Args:
        query: What is asked.
        nested: The one that reads nothing apart.
    """

    def __init__(self, query: Query, nested: Form) -> None:
        self._query = query
        self._nested = self._chosen = nested
        self._made = {nested.read: nested}
        self._statistics: Statistics | None = None
        self._estimates: dict[tuple[int, ...], Estimate] = {}

    def by(self, statistics: Statistics | None) -> Form:
        """The way that costs least by the statistics."""
        self._use(statistics)
        return self._chosen

    def estimate(self, statistics: Statistics, counts: Sequence[int]) -> Estimate:
        """What the engine will visit for pages of these sizes; worked out once for each that is asked for again."""
        self._use(statistics)
        sizes = tuple(counts)
        found = self._estimates.get(sizes)
        if found is None:
            if len(self._estimates) >= SIZES_MAX:
                self._estimates.clear()
            found = self._estimates[sizes] = Estimate(statistics, sizes).read(self._nested.read)
        return found

    def _use(self, statistics: Statistics | None) -> None:
        if statistics is not self._statistics:
            self._statistics = statistics
            self._estimates.clear()
            read = self._nested.read if statistics is None else share(self._nested.read, statistics)
            if read not in self._made:
                self._made[read] = Form.of(self._query, read)
            self._chosen = self._made[read]


@dataclass(frozen=True, slots=True)
class Bound:
    """A plan with one request's values: what to run, what shaping its answer needs, and what it may cost."""

    form: Form
    statement: Statement
    frame: Frame
    cost: Cost


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement and the way back from its row to the response.

    Attributes:
        query: The IR, for people.
        text: The Cypher, where nothing is read apart.
        forms: The ways to write it.
        accesses: In which ways it asks for records of whole object types.
    """

    query: Query
    text: str
    forms: Forms
    checks: tuple[PageCheck, ...]
    cursors: Mapping[tuple[int, bool], CursorCheck]
    periods: tuple[PeriodCheck, ...]
    accesses: tuple[Access, ...]

    @classmethod
    def of(cls, query: Query, pages: Pages, periods: Periods) -> Plan:
        """Compile an operation's IR."""
        nested = Form.of(query, query.read)
        return cls(
            query,
            nested.text,
            Forms(query, nested),
            tuple(pages.checks),
            dict(pages.cursors),
            tuple(periods.checks),
            accesses_of(query.read),
        )

    def bind(
        self,
        variables: Mapping[str, Any],
        limits: Limits,
        given: Mapping[str, Any] | None = None,
        statistics: Statistics | None = None,
        *,
        now: datetime,
    ) -> Bound:
        """The statement for one request.

        Args:
            variables: The coerced variables, of the shape that the plan was compiled for.
            limits: What one operation may ask for.
            given: Values that the program supplies.
            statistics: How much there is of everything; without it, only page sizes count.
            now: The moment of the request, which relative dates count from.

        Raises:
            GraphQLError: A page size, cursor, total or period is out of bounds.
        """
        if self.periods:
            given = {**(given or {}), **self._ends(variables, now)}
        sizes = [resolve(check.cost.size, variables, given) for check in self.checks]
        counts, records = check_sizes(self.checks, sizes, limits)
        touches = None
        if statistics is not None:
            estimate = self.forms.estimate(statistics, counts)
            check_touches(estimate, self.checks, limits.touches_max)
            touches = estimate.total
        cursors = {
            place: read_cursor(check, resolve(check.value, variables, given)) for place, check in self.cursors.items()
        }
        form = self.forms.by(statistics)
        values: dict[str, Any] = {}
        for index, param in enumerate(form.params):
            match param:
                case ValueParam(value, convert):
                    found = resolve(value, variables, given)
                    values[f"v{index}"] = convert(found) if convert else found
                case LimitParam(page, extra):
                    values[f"v{index}"] = counts[page] + extra
                case CursorParam(page, position, before):
                    values[f"v{index}"] = cursors[page, before][position]
        ids = {number: size for number, size in enumerate(sizes) if isinstance(size, list)}
        return Bound(form, Statement(form.text, values), Frame(counts, ids), Cost(records, touches))

    def answer(self, row: list[Any], bound: Bound) -> dict[str, Any]:
        """The response's data from the only row of the statement, which is used up."""
        return bound.form.make(bound.form.unfold(row), bound.frame)

    def _ends(self, variables: Mapping[str, Any], now: datetime) -> dict[str, Any]:
        """The ends of each period, as if the program had supplied them."""
        found: dict[str, Any] = {}
        for check in self.periods:
            period = check.period
            unit = None if period.unit is None else resolve(period.unit, variables)
            amount, zone = resolve(period.amount, variables), resolve(period.time_zone, variables)
            found[_period_name(period.number)] = ends_of(check, amount, unit, zone, now)
        return found


def _period_name(number: int) -> str:
    """Under which name the ends of a period are supplied."""
    return f"period {number}"


def resolve(value: Value, variables: Mapping[str, Any], given: Mapping[str, Any] | None = None) -> Any:
    """What a value is in this request."""
    match value:
        case Const(constant):
            return constant
        case Variable(path):
            found: Any = variables
            for step in path:
                found = found[step]
            return found
        case Items(items):
            return [resolve(item, variables, given) for item in items]
        case Given(name):
            return (given or {})[name]
        case PeriodStart(period):
            return (given or {})[_period_name(period.number)][0]
        case PeriodEnd(period):
            return (given or {})[_period_name(period.number)][1]
    assert_never(value)
