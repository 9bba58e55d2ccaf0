"""What one operation may ask for. ``app.settings`` fills it; the compiler enforces it; descriptions state it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one operation.

    Attributes:
        page_size_root: Records in a page of a root list without ``first``.
        page_size_nested: Records in a page of a nested list without ``first``.
        page_size_max: The largest ``first``, and the most ids in ``nodes``.
        batch_size_max: The most items of a mutation in the plural.
        records_max: The most records that page sizes may add up to, over all list fields.
        touches_max: The most records that the engine may visit, by the statistics.
        depth_max: The deepest nesting of fields.
        fields_max: The most fields, fragments expanded.
        root_fields_max: The most root fields.
        conditions_max: The most conditions of one ``where``.
        hops_max: The most hops of ``neighbourhood``.
        per_type_max: The most records of one object type that each hop of ``neighbourhood`` adds.
        path_hops_max: The longest path of ``paths``.
        composite_indexes: The engine's indexes over two properties and the id, each as node label and properties; a
            list is read by one only while it stands here.
        words_index: The engine's full-text index of words, by its name; None where there is none, or not yet.
    """

    page_size_root: int = 25
    page_size_nested: int = 10
    page_size_max: int = 1_000
    batch_size_max: int = 1_000
    records_max: int = 100_000
    touches_max: int = 10_000_000
    depth_max: int = 30
    fields_max: int = 5_000
    root_fields_max: int = 50
    conditions_max: int = 200
    hops_max: int = 3
    per_type_max: int = 100
    path_hops_max: int = 6
    composite_indexes: frozenset[tuple[str, tuple[str, ...]]] = frozenset()
    words_index: str | None = None
