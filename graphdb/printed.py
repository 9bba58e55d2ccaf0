"""Stored values as clients see them in JSON: what the API answers, and what the change log keeps of old values."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from graphdb.catalog.model import PropertyType
from graphdb.values import from_epoch, in_milliseconds

if TYPE_CHECKING:
    from graphdb.catalog.model import Property


def print_decimal(amount: int) -> str:
    """125000 → ``"12.50"``: two places, or as many as are needed up to four."""
    text = f"{amount:05d}" if amount >= 0 else f"{amount:06d}"  # one digit at least before the four places
    if text.endswith("00"):
        return f"{text[:-4]}.{text[-4:-2]}"
    return f"{text[:-4]}.{text[-4:-1] if text.endswith('0') else text[-4:]}"


def print_date_time(value: int | datetime | str) -> str:
    """Epoch milliseconds (or an aware datetime) → ``2026-11-22T09:30:00.000Z``; text, of a group's key, stays."""
    if isinstance(value, str):
        return value
    moment = from_epoch(value) if isinstance(value, int) else in_milliseconds(value.astimezone(UTC))
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"


def json_value(prop: Property, value: Any) -> Any:
    """A value in stored form (``graphdb.values``) as JSON shows it; None for an unset one."""
    if value is None or (isinstance(value, str | float) and prop.type is not PropertyType.JSON):
        return value
    if prop.type is PropertyType.MONEY:
        return print_decimal(value)
    if prop.type is PropertyType.JSON:
        return json.loads(value)
    if isinstance(value, datetime):
        return print_date_time(value)
    return value.isoformat() if isinstance(value, date) else value
