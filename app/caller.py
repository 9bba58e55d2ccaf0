"""Who sends a request, and what they may do: the one place that says so.

There is no authentication yet. Whoever reaches the API has the role that the setting ``KINSHIP_ROLE`` gives; unset, it
is that of a super admin where only this machine can reach the address, and a user's elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from schema.errors import ErrorCode, refuse

if TYPE_CHECKING:
    from graphql import GraphQLError

    from app.settings import Settings


class Role(StrEnum):
    """What a caller may do."""

    USER = "user"
    SUPER_ADMIN = "super_admin"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request."""

    role: Role

    @property
    def is_super_admin(self) -> bool:
        """Whether they may change the data model and look behind the answers."""
        return self.role is Role.SUPER_ADMIN

    @property
    def name(self) -> str:
        """What the change log calls them: by their role, as long as nobody has a name."""
        return self.role.value

    def refusal(self, what: str) -> GraphQLError:
        """The error that answers what only a super admin may do; ``what`` names it."""
        return refuse(
            ErrorCode.FORBIDDEN,
            f"{what} is for super admins; the request has the role {self.role.value}.",
            role=self.role,
        )


def caller_of(settings: Settings) -> Caller:
    """Whoever sends a request to a process with these settings."""
    if settings.role:
        return Caller(Role(settings.role))
    return Caller(Role.SUPER_ADMIN if settings.loopback else Role.USER)
