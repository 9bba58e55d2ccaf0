"""The log: one line an event on standard error, with the request it belongs to.

Quiet unless told otherwise: what a user has to act on is a warning or worse. Every line has the request's id,
the same that the client got in ``x-request-id``. Uvicorn's messages go the same way.
"""

from __future__ import annotations

import logging
import logging.config
import secrets
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from app.settings import Settings

request_id: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that is being answered, or nothing outside of one."""

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def new_request_id() -> str:
    """An id for a request that brought none."""
    return secrets.token_hex(8)


class TextFormatter(logging.Formatter):
    """For people: time, level, message, then what else is known as ``name=value``."""

    def format(self, record: logging.LogRecord) -> str:
        """One event as text; a traceback follows on lines of its own."""
        fields = "".join(f" {name}={value}" for name, value in _fields(record).items())
        message = " ".join(record.getMessage().split())  # a driver's message may have several lines
        head = f"{_time(record)} {record.levelname:<7} {record.name}: {message}{fields}"
        return f"{head}\n{self.formatException(record.exc_info)}" if record.exc_info else head


class JsonFormatter(logging.Formatter):
    """For machines: one JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """One event as JSON."""
        event: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **_fields(record),
        }
        if record.exc_info:
            event["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(event, default=str).decode()


def configuration(settings: Settings) -> dict[str, Any]:
    """The logging configuration, as ``logging.config.dictConfig`` and uvicorn take it."""
    formatter = "app.logs.JsonFormatter" if settings.log_format == "json" else "app.logs.TextFormatter"
    level = settings.log_level.upper()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"kinship": {"()": formatter}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "kinship",
                "stream": "ext://sys.stderr",
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Their handlers and levels are the root's; uvicorn would bring its own.
            "uvicorn": {"handlers": [], "level": level, "propagate": True},
            "uvicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
            # Errors of requests are logged by app.errors, once; the driver's reach us as exceptions.
            "strawberry.execution": {"level": "CRITICAL"},
            "neo4j": {"level": "CRITICAL" if level != "DEBUG" else "DEBUG"},
        },
    }


def configure(settings: Settings) -> None:
    """Set up the log of this process."""
    logging.config.dictConfig(configuration(settings))


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller added to the record, and the request's id."""
    found = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    if current := request_id.get():
        found["request"] = current
    return found
