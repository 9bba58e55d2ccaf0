"""The log: one line an event, with the request's id, and no secrets."""

import json
import logging

from app.logs import JsonFormatter, TextFormatter, configuration, request_id
from app.settings import Settings


def record(message: str, *arguments: object, **more: object) -> logging.LogRecord:
    found = logging.LogRecord("kinship.test", logging.WARNING, __file__, 1, message, arguments, None)
    vars(found).update(more)
    return found


def test_a_text_line_has_time_level_message_fields_and_request() -> None:
    token = request_id.set("r-1")
    try:
        line = TextFormatter().format(record("%d rows\nread", 7, ms=1.5))
    finally:
        request_id.reset(token)

    assert "\n" not in line
    assert line.endswith("WARNING kinship.test: 7 rows read ms=1.5 request=r-1")


def test_a_json_line_holds_the_same_as_data() -> None:
    event = json.loads(JsonFormatter().format(record("%d rows", 7, ms=1.5)))

    assert event["message"] == "7 rows"
    assert (event["level"], event["logger"], event["ms"]) == ("warning", "kinship.test", 1.5)
    assert "request" not in event


def test_a_traceback_stays_with_its_event() -> None:
    found = record("failed")
    error = ValueError("told")
    found.exc_info = (type(error), error, None)

    assert "ValueError: told" in TextFormatter().format(found)
    assert "ValueError: told" in json.loads(JsonFormatter().format(found))["traceback"]


def test_the_level_and_the_form_are_settings() -> None:
    found = configuration(Settings(log_level="info", log_format="json"))

    assert found["root"]["level"] == "INFO"
    assert found["formatters"]["kinship"]["()"].endswith("JsonFormatter")


def test_a_password_does_not_show_where_settings_are_printed() -> None:
    assert "hunter2" not in repr(Settings(neo4j_password="hunter2"))
