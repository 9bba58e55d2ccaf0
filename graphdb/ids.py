"""Ids of records: minted here without asking the engine, opaque to clients, sorted by creation."""

from __future__ import annotations

import re

from uuid_utils import uuid7

_ID = re.compile(r"[0-9a-f]{32}")


def mint() -> str:
    """A new id: a version 7 UUID as 32 lower-case hexadecimal digits, above all that this process minted."""
    return uuid7().hex


def is_id(text: object) -> bool:
    """Whether a value has the form of an id."""
    return isinstance(text, str) and _ID.fullmatch(text) is not None
