"""``extensions.explain``: what stands behind an answer, for super admins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.caller import Caller, Role, caller_of
from app.execution import RequestContext
from app.settings import Settings
from graphdb.store import Engine

if TYPE_CHECKING:
    from tests.harness import Crm

TEXT = """query A($name: String = "Müller") {
  one: contact(by: {email: "ada@example.com"}) { email }
  contacts(first: 2, where: {lastName: {eq: $name}}) { totalCount nodes { id } }
  notes(first: 2, orderBy: [{title: ASC}]) { nodes { title } }
}"""


async def explained(crm: Crm, text: str, caller: Caller | None = None) -> Any:
    """The result of a request that asks for an explanation."""
    return await crm.registry.schema.execute(
        text,
        context_value=RequestContext(crm.registry, caller=caller),
        operation_extensions={"explain": True},
    )


async def test_an_answer_comes_with_what_stands_behind_it(crm: Crm) -> None:
    """The IR, the statement, the names of its parameters but no value, and a plan of it and of each part."""
    result = await explained(crm, TEXT)
    assert result.errors is None
    assert list(result.data) == ["one", "contacts", "notes"]
    found = result.extensions["explain"]
    assert found["ir"].startswith("Query")
    assert "MATCH" in found["cypher"]
    assert found["parameters"] == [f"v{number}" for number in range(len(found["parameters"]))]
    assert found["plan"]["operator"]
    assert "Müller" not in str(found["plan"])
    assert [part["field"] for part in found["parts"]] == ["one", "contacts", "contacts", "notes"]
    if crm.store.engine is Engine.NEO4J:
        key, count, contacts, notes = found["parts"]
        assert key["fromIndex"]
        assert contacts["fromIndex"]
        assert contacts["access"] == ["NodeIndexSeek"]
        assert count["fromIndex"]
        assert not contacts["sorts"]
        assert notes["sorts"]


async def test_nobody_else_gets_it(crm: Crm) -> None:
    """The whole request is refused, so that nobody mistakes the silence for an answer."""
    result = await explained(crm, TEXT, Caller(Role.USER))
    assert result.data is None
    (error,) = result.errors
    assert error.extensions["code"] == "FORBIDDEN"
    assert "super admins" in error.message


@pytest.mark.parametrize(
    ("settings", "role"),
    [
        (Settings(), Role.SUPER_ADMIN),
        (replace(Settings(), host="0.0.0.0"), Role.USER),  # noqa: S104
        (replace(Settings(), role="user"), Role.USER),
        (replace(Settings(), host="0.0.0.0", role="super_admin"), Role.SUPER_ADMIN),  # noqa: S104
    ],
)
def test_the_setting_says_what_a_caller_may_do(settings: Settings, role: Role) -> None:
    """Unset, only who is on this machine may do everything."""
    assert caller_of(settings).role is role


async def test_a_request_that_does_not_ask_gets_nothing(crm: Crm) -> None:
    result = await crm.registry.schema.execute(TEXT, context_value=RequestContext(crm.registry))
    assert result.extensions == {}
