"""From a row's cells to a property's stored value."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from app.importer.mapping import TEMPLATE_COLUMN, template_columns
from graphdb.catalog.model import PropertyType
from graphdb.values import normalise, parse_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from zoneinfo import ZoneInfo

    from app.importer.mapping import Lookup, Source
    from app.importer.plan import PropertyPlan


def value_of(plan: PropertyPlan, cells: Mapping[str, str], zone: ZoneInfo) -> Any:
    """The stored value that a row gives a property; ``None`` if it gives none.

    Raises:
        ValueError: The property cannot hold it; the message says what was expected and what was found.
    """
    source = plan.source
    text = _origin(plan, cells)
    if source.pattern is not None:
        match = re.search(source.pattern, text)
        text = (match[1] or "") if match else ""
    text = source.values.get(text, text) or source.default or ""
    if not text:
        return None
    if source.multiply is not None:
        text = _multiplied(text, source.multiply)
    if source.format is not None:
        return _dated(plan, text, source.format, zone)
    return parse_text(plan.property, plan.options, text, zone=zone)


def _origin(plan: PropertyPlan, cells: Mapping[str, str]) -> str:
    source = plan.source
    if source.column is not None:
        return cells[source.column]
    if source.constant is not None:
        return source.constant
    if source.lookup is not None:
        return _looked_up(source.lookup, plan.looked_up, cells[source.lookup.column])
    return _filled(source, cells)


def _filled(source: Source, cells: Mapping[str, str]) -> str:
    """The first template whose columns all hold something."""
    for template in source.template:
        if all(cells[column] for column in template_columns(template)):
            return TEMPLATE_COLUMN.sub(lambda match: cells[match[1]], template)
    return ""


def _looked_up(lookup: Lookup, known: Mapping[str, str], wanted: str) -> str:
    if not wanted:
        return ""
    if wanted not in known:
        raise ValueError(f"expected a {lookup.match} of {lookup.file}, found {wanted!r}")
    return known[wanted]


def _multiplied(text: str, factor: Decimal) -> str:
    try:
        product = Decimal(text) * factor
    except InvalidOperation:
        return text  # what it should have been is said where the property's type is known
    if not product.is_finite():
        return text
    plain = format(product, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _dated(plan: PropertyPlan, text: str, form: str, zone: ZoneInfo) -> Any:
    try:
        moment = datetime.strptime(text, form)  # noqa: DTZ007 - the zone is set below, unless the text has one
    except ValueError as error:
        raise ValueError(f"expected a date in the form {form}, found {text!r}") from error
    if plan.property.type is PropertyType.DATE:
        return normalise(plan.property, moment.date())
    return normalise(plan.property, moment if moment.tzinfo else moment.replace(tzinfo=zone))
