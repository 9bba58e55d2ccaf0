"""How answers are printed in the documentation."""

from __future__ import annotations

import json
from typing import Any

_WIDTH = 110
"""How long a line of an answer may be."""


def print_answer(value: Any, indent: str = "") -> str:
    """JSON with everything on one line that fits there."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= _WIDTH or not isinstance(value, dict | list):
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{json.dumps(key)}: {print_answer(part, inner)}" for key, part in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(f"{inner}{print_answer(part, inner)}" for part in value) + f"\n{indent}]"
