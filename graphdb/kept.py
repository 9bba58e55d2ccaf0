"""Roll-ups that are kept on their records: what brings them up to date, and how two that do so keep apart.

A value is never counted on, but worked out anew by the expression that a read of a computed roll-up uses. So it does
not matter how often that is done, nor what was missed before; only the order does: a value that was read early must not
be written late. Whoever writes values first takes the lock of the node that holds how far they are (``hold``), and
reads what they are made of behind it. What is committed after that reading has its entry numbered later, and is folded
in later.

``(:_Fold {key: 'roll-ups', n})`` holds the number of the last entry of the change log that kept roll-ups show. It is
made before the first value is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graphdb import ids
from graphdb.catalog.model import marker_of
from graphdb.cypher.quoting import quote
from graphdb.cypher.statement import Statement

if TYPE_CHECKING:
    from collections.abc import Mapping

    from graphdb.catalog.model import Catalog
    from graphdb.store import Transaction

FOLD: Final = "(f:`_Fold` {key: 'roll-ups'})"
BATCH_RECORDS: Final = 50
"""Records whose values are worked out in one transaction: writers of the same ones wait for it, or try again."""
NODE: Final = "n0"
"""What an expression calls the record that has the roll-up."""

_HOLD = (
    f"MATCH {FOLD} SET f._lock = $p.token WITH f OPTIONAL MATCH (c:`_Catalog` {{key: 'catalog'}}) RETURN f.n, c.version"
)
_BEGIN = f"MERGE {FOLD} ON CREATE SET f.n = $p.n SET f._lock = $p.token"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRollUp:
    """A roll-up whose value records hold.

    Attributes:
        object_type: The catalog name of the type that has it.
        node_label: The label of its nodes.
        property: Its name.
        expression: Cypher that works its value out for the record ``n0``.
        params: The values that the expression names.
    """

    object_type: str
    node_label: str
    property: str
    expression: str
    params: Mapping[str, Any]

    def refresh(self, record_ids: Sequence[str]) -> Statement:
        """Work the value out for records of the type, live or archived, and write it where it is another; one row.

        Records are taken in the order of their ids, as every writer locks them.
        """
        value, marker = f"{NODE}.{quote(self.property)}", f"{NODE}.{quote(marker_of(self.property))}"
        # Both ways of being wrong are looked at, for what is unset compares with nothing.
        wrong = f"({value} IS NULL) <> (found IS NULL) OR {value} <> found OR (found IS NULL) <> ({marker} IS NOT NULL)"
        text = (
            f"UNWIND $p.ids AS id MATCH ({NODE}:Record {{id: id}}) "
            f"WHERE {NODE}:{quote(self.node_label)} OR {NODE}.`_type` = $p.label "
            f"WITH {NODE}, {self.expression} AS found WITH {NODE}, found WHERE {wrong} "
            f"SET {value} = found, {marker} = CASE WHEN found IS NULL THEN true ELSE null END RETURN count({NODE})"
        )
        return Statement(text, {**self.params, "ids": sorted(record_ids), "label": self.node_label})


KeptRollUps = Callable[["Catalog"], Sequence[KeptRollUp]]
"""Makes the kept roll-ups of a data model: ``schema.kept``, which the graph store knows nothing of."""


@dataclass(frozen=True, slots=True)
class Held:
    """What whoever holds the lock of kept roll-ups knows.

    Attributes:
        position: The number of the last entry of the change log that they show.
        version: The data model's; None in a graph without one.
    """

    position: int
    version: int | None


async def begin(tx: Transaction, position: int) -> None:
    """Have what kept roll-ups show begin at a number of the change log, if it has not begun."""
    await tx.run(Statement(_BEGIN, {"n": position, "token": ids.mint()}))


async def hold(tx: Transaction) -> Held | None:
    """Be the only one that writes kept roll-ups until the transaction ends; None where there are none."""
    # The token differs each time, for the embedded engine notices only a value that changes.
    rows = await tx.run(Statement(_HOLD, {"token": ids.mint()}))
    return Held(*rows[0]) if rows else None
