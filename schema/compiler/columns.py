"""The columns of a row while it is being lowered: the same column is fetched once."""

from __future__ import annotations

from schema.ir import Column, Root, Rows, RowsColumn


class Columns:
    """Columns in the order in which they were first asked for."""

    def __init__(self) -> None:
        self._columns: dict[Column, int] = {}

    def add(self, column: Column) -> int:
        """The index of a column, new or known."""
        return self._columns.setdefault(column, len(self._columns))

    @property
    def all(self) -> tuple[Column, ...]:
        """Every column, in order."""
        return tuple(self._columns)

    def as_roots(self) -> tuple[Rows | Root, ...]:
        """The columns of the statement itself, each of which is a root."""
        roots: list[Rows | Root] = []
        for column in self._columns:
            if isinstance(column, RowsColumn):
                roots.append(column.rows)
            elif isinstance(column, Root):
                roots.append(column)
            else:
                raise TypeError(f"{column} can be no root")
        return tuple(roots)
