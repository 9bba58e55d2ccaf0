"""What to compare and by what to sort: properties, hops, predicates and order keys."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from graphdb.catalog.model import PropertyType
    from schema.ir.expressions import Expression
    from schema.ir.figures import Figure, Measured
    from schema.ir.values import Value


@dataclass(frozen=True, slots=True)
class Prop:
    """A property of a record.

    Attributes:
        required: It is never unset.
        marker: The property that is true on records where this one is unset.
        lower: Its values are stored in lower case, so that what they are compared with has to be, too.
        formula: How it is computed; such a property is not stored.
    """

    name: str
    type: PropertyType
    indexed: bool = False
    required: bool = False
    marker: str | None = None
    lower: bool = False
    formula: Expression | None = None


class Comparison(StrEnum):
    """An operator between a property and a value."""

    EQ = "eq"
    IN = "in"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    CONTAINS = "contains"
    STARTS_WITH = "startsWith"
    ENDS_WITH = "endsWith"
    HAS_ANY = "hasAny"
    HAS_ALL = "hasAll"


@dataclass(frozen=True, slots=True)
class Compare:
    """True where the property is set and the comparison holds; ``ignore_case`` compares both sides in lower case."""

    prop: Prop
    operator: Comparison
    value: Value
    ignore_case: bool = False


@dataclass(frozen=True, slots=True)
class IsSet:
    """True where the property is set."""

    prop: Prop


@dataclass(frozen=True, slots=True)
class All:
    """True where every part is; ``All(())`` is true."""

    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """True where some part is; ``AnyOf(())`` is false."""

    parts: tuple[Predicate, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The exact complement, unset values included."""

    part: Predicate


class Direction(StrEnum):
    """How a relationship is walked from the near record."""

    OUT = "out"
    IN = "in"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Hop:
    """The records associated with the one above.

    Attributes:
        relationship: The association's relationship type.
        label_relationship: The label's own relationship type, when only its pairs are wanted.
        direction: How the label's relationship is walked.
        others: The relationship types of further associations, for a hop to records of several object types.
    """

    relationship: str
    label_relationship: str | None = None
    direction: Direction = Direction.BOTH
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Associated:
    """Associated records.

    Attributes:
        hop: How to walk to them.
        where: Which of them.
        association: The same, by the relationship that joins them.
    """

    hop: Hop
    where: Predicate
    association: Predicate


@dataclass(frozen=True, slots=True)
class Exists:
    """True where there is at least one."""

    records: Associated


@dataclass(frozen=True, slots=True)
class CountIs:
    """True where their number compares so."""

    records: Associated
    operator: Comparison
    value: Value


Predicate: TypeAlias = "Compare | IsSet | All | AnyOf | Not | Exists | CountIs | Measured"

TRUE = All()


@dataclass(frozen=True, slots=True)
class Words:
    """What somebody looks for; an order ``via`` it has the best match first.

    Attributes:
        beginnings: Makes of the text a list of how its words stand in a record's if those only begin so: `` ada``.
        whole: The same of words that stand there whole: `` ada ``.
        query: Makes of the text what the full-text index is asked.
    """

    text: Value
    beginnings: Callable[[Any], Any]
    whole: Callable[[Any], Any]
    query: Callable[[Any], Any]
    field: str = "search"


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One key of an order, of the record or ``via`` a hop. Unset values come last in both directions."""

    prop: Prop
    descending: bool = False
    via: Via | Words | None = None

    @property
    def name(self) -> str:
        """What tells keys apart: ``amount``, ``primaryCompany.name``, ``deals.sum_amount``."""
        return self.prop.name if self.via is None else f"{self.via.field}.{self.prop.name}"

    @property
    def computed(self) -> bool:
        """Whether its value is worked out before the records are sorted, and carried along."""
        return self.via is not None or self.prop.formula is not None


@dataclass(frozen=True, slots=True)
class Via:
    """The hop that an order key goes over.

    Attributes:
        field: Its name in the API.
        records: Where it leads to.
        figure: What is computed of them; None for the property of the only one.
        oldest: There may be several: the oldest one's property.
    """

    field: str
    records: Associated
    figure: Figure | None = None
    oldest: bool = False
