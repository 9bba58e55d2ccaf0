"""Where the values of a statement come from, and the names that its text gives them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from schema.ir import Page, Value


@dataclass(frozen=True, slots=True)
class ValueParam:
    """A filter's value, through ``convert`` where stored values were normalised."""

    value: Value
    convert: Callable[[Any], Any] | None = None


@dataclass(frozen=True, slots=True)
class LimitParam:
    """A page's size, plus what tells the page whether there is more: one row too many."""

    page: int
    extra: int


@dataclass(frozen=True, slots=True)
class CursorParam:
    """One of the values of a page's cursor: of ``before``, else of ``after``."""

    page: int
    position: int
    before: bool = False


Param = ValueParam | LimitParam | CursorParam


class Names:
    """Allots parameters and variables in the order of the text, so that equal shapes give equal text."""

    def __init__(self) -> None:
        self.params: list[Param] = []
        self._nodes = 0

    def param(self, param: Param) -> str:
        """How the text reads a value; the same value is sent once."""
        if param not in self.params:
            self.params.append(param)
        return f"$p.v{self.params.index(param)}"

    def value(self, value: Value) -> str:
        """How the text reads a value as it was given."""
        return self.param(ValueParam(value))

    def limit(self, page: Page) -> str:
        """How the text reads how many records a page fetches."""
        return self.param(LimitParam(page.number, page.extra))

    def node(self) -> str:
        """A variable for a record below the root, whose own is ``n0``."""
        self._nodes += 1
        return f"n{self._nodes}"
