"""Formulas: what is computed of a record's own stored properties."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from graphdb.catalog.formula import Operator
    from graphdb.catalog.model import PropertyType
    from schema.ir.predicates import Prop
    from schema.ir.values import Const


@dataclass(frozen=True, slots=True)
class Operation:
    """Something computed of other parts.

    Attributes:
        kind: What comes out; a value that this type cannot hold is unset.
    """

    operator: Operator
    parts: tuple[Expression, ...]
    kind: PropertyType


Expression: TypeAlias = "Const | Prop | Operation"
