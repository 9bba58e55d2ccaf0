"""Types that generated record types refer to; the plan answers them like the records themselves."""

from __future__ import annotations

import strawberry


@strawberry.type(description="Where a page stands in its list (the Relay specification's).")
class PageInfo:
    """Relay's page information."""

    has_next_page: bool = strawberry.field(
        description="Whether records follow the page (with `last`: whether it was asked for with `before`)."
    )
    has_previous_page: bool = strawberry.field(
        description="Whether records precede the page (with `first`: whether it was asked for with `after`)."
    )
    start_cursor: str | None = strawberry.field(
        description="The first record's cursor, for `before`; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(description="The last record's cursor, for `after`.")


@strawberry.type(description="What an association says about its pair, seen from the record the list hangs on.")
class AssociationLabel:
    """One label of an association."""

    name: str = strawberry.field(description="The API name, such as `decision_maker`.")
    label: str = strawberry.field(description="What people see, such as “Decision maker”.")
