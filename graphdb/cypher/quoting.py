r"""Names in Cypher text.

Names come from the catalog's allow-list, never from input. Quoting alone would not be enough: Neo4j reads
``\u0060`` in a quoted name as a backtick, so a name outside the allow-list is refused before it is quoted.
"""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"_?[A-Za-z][A-Za-z0-9_]{0,62}")


def is_safe(name: str) -> bool:
    """Whether a name may stand in Cypher text."""
    return _ALLOWED.fullmatch(name) is not None


def quote(name: str) -> str:
    """A label, relationship type or property key, quoted.

    Raises:
        ValueError: The name is not of the allowed form: a bug, for the catalog is checked on load.
    """
    if not is_safe(name):
        raise ValueError(f"not a name that may stand in Cypher: {name!r}")
    return f"`{name}`"
