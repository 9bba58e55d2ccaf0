"""E-mail addresses: whether they are any, and the form in which they are stored."""

from __future__ import annotations

import re
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

_PLAIN_LOCAL = re.compile(r"(?=.{1,64}$)[a-z0-9]+(?:[._+-][a-z0-9]+)*", re.ASCII | re.IGNORECASE)
_EMAIL_MAX = 254
"""Characters of an address: RFC 5321's path less its angle brackets."""


def normal_email(text: str) -> str:
    """An address in lower case.

    Raises:
        EmailNotValidError: It is none; DNS is not asked.
    """
    # Most addresses have a plain name before the "@", and many share what stands after it: that is looked at once.
    local, _, domain = text.rpartition("@")
    if _PLAIN_LOCAL.fullmatch(local) is not None and len(text) <= _EMAIL_MAX and _is_plain_domain(domain):
        return text.lower()
    # "test" domains are reserved for what they are used for here; DNS says nothing about a person.
    return validate_email(text, check_deliverability=False, test_environment=True).normalized.lower()


@lru_cache(maxsize=4_096)
def _is_plain_domain(text: str) -> bool:
    """Whether addresses may have a domain, which is stored as it is written but for case."""
    try:
        found = validate_email(f"a@{text}", check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        return False
    return found.lower() == f"a@{text.lower()}"
