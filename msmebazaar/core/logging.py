"""JSON logs, one object a line, with an allow-list of fields: what is not listed here never reaches a log.

Never logged: bodies, phones, names, tokens, codes, file names, raw paths.
"""

import logging.config
import sys
import traceback
from collections.abc import Mapping
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

from msmebazaar.core import context

ALLOWED_FIELDS = frozenset(
    {
        "ts",
        "level",
        "logger",
        "event",
        "request_id",
        "user_id",
        "route",
        "method",
        "status",
        "duration_ms",
        "db_queries",
        "ip_prefix",
        "error_code",
        "error_type",
        "exception",
        "release",
        "job",
        "queue",
        "handler",
        "delivery_id",
        "attempt",
        "lag_ms",
        "outcome",
        "vendor",
        "vendor_code",
        "count",
        "security_event",
        "channel",
    }
)


def add_context(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    event.setdefault("request_id", context.request_id())
    if context.actor_id():
        event.setdefault("user_id", context.actor_id())
    return event


def keep_allowed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Drop every field that is not on the list, and those without a value."""
    return {name: value for name, value in event.items() if name in ALLOWED_FIELDS and value is not None}


def describe_exception(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Where it was raised and of what kind. Its message is left out: messages quote personal data (a unique key's value)."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[0]:
        event["error_type"] = info[0].__name__
        event["exception"] = "".join(traceback.format_tb(info[2]))
    return event


SHARED_PROCESSORS: list[Any] = [
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="ts"),
    add_context,
]


def configure(settings: Mapping[str, Any]) -> None:
    """Django's LOGGING_CONFIG: one handler to standard output for everything, Django and Celery included."""
    structlog.configure(
        processors=[*SHARED_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": SHARED_PROCESSORS,
                    "processors": [
                        describe_exception,
                        keep_allowed,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                }
            },
            "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": sys.stdout, "formatter": "json"}},
            "root": {"handlers": ["stdout"], "level": settings.get("level", "INFO")},
            "loggers": {
                # Their lines repeat ours, with raw paths in them.
                "django.request": {"level": "CRITICAL"},
                "django.security": {"level": "ERROR"},
                "celery.app.trace": {"level": "WARNING"},
                "celery.worker.strategy": {"level": "WARNING"},
                "celery.beat": {"level": "WARNING"},
                "pikepdf": {"level": "WARNING"},
                "twilio.http_client": {"level": "WARNING"},
                "httpx": {"level": "WARNING"},
                "httpx2": {"level": "WARNING"},
                "openai": {"level": "WARNING"},
                "botocore": {"level": "WARNING"},
            },
        }
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger
