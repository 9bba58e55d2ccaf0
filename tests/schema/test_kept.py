"""The statements that bring kept roll-ups up to date, word for word: ``tests/cases/kept.cypher``."""

from __future__ import annotations

import json
import re
from pathlib import Path

from schema.kept import kept_roll_ups
from tests.kept import kept_catalog

FILE = Path(__file__).parents[1] / "cases" / "kept.cypher"


def test_each_is_worked_out_by_the_expression_of_a_read(update_golden: bool) -> None:
    parts = []
    for one in kept_roll_ups(kept_catalog()):
        statement = one.refresh(["b", "a"])
        params = json.dumps(dict(statement.params), indent=2)
        parts.append(f"// {one.object_type}.{one.property}\n{statement.text}\n\n{params}\n")
    found = "\n".join(parts)
    if update_golden:
        FILE.write_text(found, encoding="utf-8")
    assert found == FILE.read_text(encoding="utf-8")


def test_no_value_of_the_data_model_stands_in_a_statement() -> None:
    for one in kept_roll_ups(kept_catalog()):
        rest = re.sub(r"`[^`]*`", "", one.expression)
        assert not re.search(r"HIGH|Berlin|['\"]", rest)


def test_what_is_not_kept_or_cannot_be_computed_is_left_out() -> None:
    assert kept_roll_ups(kept_catalog(indexed=False)) == ()
