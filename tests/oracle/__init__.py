"""The expected answer: graphql-core's own executor over plain records in memory.

It shares with the program the schema, its scalars and the catalog, and nothing that compiles, runs or shapes a
statement. Cursors are compared as text, so their encoding is shared too; what a page holds is not worked out from
their text but from the values they were made of.
"""

from tests.oracle.answers import Keys, Oracle
from tests.oracle.filters import holds, matches
from tests.oracle.graph import Graph, Pair, Record

__all__ = ["Graph", "Keys", "Oracle", "Pair", "Record", "holds", "matches"]
