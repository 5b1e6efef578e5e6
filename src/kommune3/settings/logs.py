# SPDX-License-Identifier: MPL-2.0
"""Structured logs: one JSON line per event on standard error, without personal data.

Our own lines are a dotted code and named fields (``docs/reference/logs.md`` has them all). What libraries write comes
through the same pipe, but without the values they put into their sentences, since nobody knows whose they are; and of
an exception its type and where it happened are kept, never its text, which may quote a row.
"""

import re
import sys
import traceback
from pathlib import Path
from typing import Any

import structlog

from kommune3.kernel.people import spotting

Line = dict[str, Any]

# Libraries whose sentences speak of processes and ports only.
_PLAIN_SPEAKERS = ("uvicorn", "kommune3")
_MAIL_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_SOURCE_DIR = Path(__file__).resolve().parents[2]
_MOST_FRAMES = 40
_LONGEST_SENTENCE = 200


def configuration(*, level: str) -> dict[str, Any]:
    """Return Django's LOGGING dictionary and set structlog up to write through it."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": [*shared, without_values],
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    exception_without_text,
                    without_people,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Our own line for a call says the host; httpx would say the whole address.
            "httpx": {"level": "WARNING"},
            # Names who tried to log in and from where; the counts are in the database and in the figures.
            "axes": {"level": "CRITICAL"},
            # Our own line for a request says its route; these would say its address.
            "django.request": {"level": "ERROR"},
            "uvicorn.access": {"handlers": [], "level": "WARNING", "propagate": True},
            "uvicorn": {"handlers": [], "propagate": True},
            "uvicorn.error": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "level": "WARNING", "propagate": True},
        },
    }


def without_values(logger: Any, method: str, line: Line) -> Line:
    """The first line of what a library says, with the places for its values left as they are ("%s")."""
    record = line.get("_record")
    if record is not None and not record.name.startswith(_PLAIN_SPEAKERS):
        line["event"] = str(record.msg).partition("\n")[0][:_LONGEST_SENTENCE]
    return line


def exception_without_text(logger: Any, method: str, line: Line) -> Line:
    """Put the exception's type, where it happened and what caused it in place of the exception."""
    info = line.pop("exc_info", None)
    line.pop("stack_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and len(info) == 3:
        info = info[1]
    if isinstance(info, BaseException):
        cause = info.__cause__ or info.__context__
        line["exception"] = _dotted(info)
        line["frames"] = [_place(step) for step in traceback.extract_tb(info.__traceback__)][-_MOST_FRAMES:]
        if cause is not None:
            line["cause"] = _dotted(cause)
    return line


def without_people(logger: Any, method: str, line: Line) -> Line:
    """Cross out whatever looks like an e-mail address or a CPR number, also where nobody expects one."""
    return {name: _crossed_out(value) for name, value in line.items()}


def _crossed_out(value: Any) -> Any:
    if isinstance(value, str):
        return spotting.hidden(_MAIL_ADDRESS.sub("[e-mail]", value) if "@" in value else value)
    if isinstance(value, list | tuple):
        return [_crossed_out(each) for each in value]
    if isinstance(value, dict):
        return {key: _crossed_out(each) for key, each in value.items()}
    return value


def _dotted(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _place(step: traceback.FrameSummary) -> str:
    """ "file:line function", the file within the source or its package; no line of code, which may hold a value."""
    path = Path(step.filename)
    for root in (_SOURCE_DIR, *path.parents):
        if (root == _SOURCE_DIR or root.name == "site-packages") and path.is_relative_to(root):
            path = path.relative_to(root)
            break
    return f"{path}:{step.lineno} {step.name}"
