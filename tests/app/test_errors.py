"""Errors: every one has a code, a message fit for a client, and nothing of the inside."""

import logging

import graphql
import pytest
from graphql import GraphQLError, build_schema

from app.errors import STATUSES, classify, code_of, status_of, to_graphql_error
from graphdb.errors import (
    ConstraintViolated,
    Fault,
    FaultCode,
    OutcomeUnknown,
    StatementRejected,
    StoreError,
    StoreTimeout,
    StoreUnavailable,
    WriteRefused,
)
from schema.errors import ErrorCode, bad_input

SCHEMA = build_schema("type Query { contact(id: ID!): String }")


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (StoreUnavailable("bolt://10.0.0.7 refused"), ErrorCode.UNAVAILABLE),
        (StoreTimeout("10 s over"), ErrorCode.TIMEOUT),
        (OutcomeUnknown("connection lost"), ErrorCode.OUTCOME_UNKNOWN),
        (ConstraintViolated("already exists with label `_Key`"), ErrorCode.CONFLICT),
        (TimeoutError(), ErrorCode.TIMEOUT),
        (RecursionError("maximum recursion depth"), ErrorCode.TOO_COMPLEX),
        (
            StatementRejected("SyntaxError: MATCH (n", "Neo.ClientError.Statement.SyntaxError"),
            ErrorCode.INTERNAL,
        ),
        (ZeroDivisionError("integer division by zero"), ErrorCode.INTERNAL),
    ],
)
def test_an_exception_gets_its_code_and_shows_nothing_of_the_inside(error: Exception, code: ErrorCode) -> None:
    shown = to_graphql_error(error, path=["contacts"])

    assert code_of(shown) is code
    assert shown.path == ["contacts"]
    assert str(error) == "" or str(error) not in str(shown.formatted)


def test_every_store_error_is_in_the_table_or_internal() -> None:
    """A new subclass of StoreError must not fall through to INTERNAL unnoticed."""
    known = {
        kind: code_of(to_graphql_error(kind("x")))
        for kind in StoreError.__subclasses__()
        if kind.__module__ == "graphdb.errors"
    }

    assert {kind.__name__ for kind, code in known.items() if code is ErrorCode.INTERNAL} == {"StatementRejected"}


def test_an_unknown_error_is_masked_under_an_id_that_the_log_has(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR, logger="kinship.errors"):
        shown = to_graphql_error(ValueError("secret of the inside"))

    error_id = (shown.extensions or {})["errorId"]
    assert "secret" not in str(shown.formatted)
    assert error_id in shown.message
    record = caplog.records[-1]
    assert error_id in record.getMessage()
    assert record.exc_info is not None
    assert "secret of the inside" in str(record.exc_info[1])


def test_one_fault_of_a_write_is_the_message() -> None:
    fault = Fault(
        code=FaultCode.CONFLICT, message="email is taken", input=("inputs", 3, "email"), conflicting_id="ab12"
    )

    shown = to_graphql_error(WriteRefused([fault]), path=["createContacts"])

    assert shown.message == "email is taken"
    assert shown.extensions == {
        "code": "CONFLICT",
        "conflictingId": "ab12",
        "faults": [
            {
                "code": "CONFLICT",
                "message": "email is taken",
                "input": ["inputs", "3", "email"],
                "conflictingId": "ab12",
            }
        ],
    }


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["CONFLICT", "CONFLICT"], "CONFLICT"),
        (["NOT_FOUND", "NOT_FOUND"], "NOT_FOUND"),
        (["NOT_FOUND", "CONFLICT"], "BAD_USER_INPUT"),
        (["BAD_USER_INPUT", "CONFLICT"], "BAD_USER_INPUT"),
    ],
)
def test_several_faults_are_one_error_with_the_code_they_share(codes: list[str], expected: str) -> None:
    faults = [Fault(code=FaultCode(code), message=f"fault {number}") for number, code in enumerate(codes)]

    shown = to_graphql_error(WriteRefused(faults))

    assert code_of(shown).value == expected
    assert shown.message == "2 faults in the input, the first: fault 0"
    assert [fault["message"] for fault in (shown.extensions or {})["faults"]] == ["fault 0", "fault 1"]


def test_an_error_with_a_code_keeps_it_and_gets_its_place() -> None:
    shown = to_graphql_error(bad_input("first must not be negative"), path=["contacts", "companies"])

    assert code_of(shown) is ErrorCode.BAD_USER_INPUT
    assert shown.path == ["contacts", "companies"]


def test_a_syntax_error_is_a_parse_failure() -> None:
    with pytest.raises(GraphQLError) as caught:
        graphql.parse("{ contact(")

    shown = classify(caught.value)

    assert code_of(shown) is ErrorCode.GRAPHQL_PARSE_FAILED
    assert shown.locations == caught.value.locations


def test_a_validation_error_is_a_validation_failure_and_stays_unchanged_itself() -> None:
    (error,) = graphql.validate(SCHEMA, graphql.parse("{ nothing }"))

    shown = classify(error)

    assert code_of(shown) is ErrorCode.GRAPHQL_VALIDATION_FAILED
    assert not error.extensions
    assert shown.locations == error.locations


def test_an_error_in_the_variables_is_bad_input() -> None:
    document = graphql.parse("query ($id: ID!) { contact(id: $id) }")
    result = graphql.execute(SCHEMA, document, variable_values={})

    assert isinstance(result, graphql.ExecutionResult)
    (error,) = result.errors or []

    assert code_of(classify(error, executing=True)) is ErrorCode.BAD_USER_INPUT


def test_an_exception_in_a_resolver_is_masked_with_its_path() -> None:
    def fail(*_: object) -> str:
        raise KeyError("inside")

    result = graphql.execute(SCHEMA, graphql.parse('{ contact(id: "1") }'), root_value={"contact": fail})
    assert isinstance(result, graphql.ExecutionResult)
    (error,) = result.errors or []

    shown = classify(error, executing=True)

    assert code_of(shown) is ErrorCode.INTERNAL
    assert shown.path == ["contact"]
    assert "inside" not in str(shown.formatted)


def test_the_gravest_error_gives_the_status() -> None:
    assert status_of([bad_input("x")]) == 400
    assert status_of([bad_input("x"), to_graphql_error(StoreUnavailable("x"))]) == 503
    assert status_of([]) == 400
    assert all(status >= 400 for status in STATUSES.values())
