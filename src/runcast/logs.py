"""The process's log lines: for people or as JSON, with the request or execution that each belongs to.

Who begins a request or an attempt says so in a context variable; the formatter reads it in the thread and
task that logs. What looks like a credential is blotted out of every line.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal, TextIO
from uuid import UUID

import orjson

request_id: ContextVar[str | None] = ContextVar("runcast_request_id", default=None)
_execution: ContextVar[tuple[UUID, int] | None] = ContextVar("runcast_execution", default=None)

_SECRETS = (
    # The password in a URL.
    (re.compile(r"(://[^\s:/@]*):[^\s/@]+@"), r"\1:***@"),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), r"\1 ***"),
    # Tokens of Runcast's own, and signed ones.
    (re.compile(r"\brc[a-z]_[\w-]{8,}"), "***"),
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]+"), "***"),
    (
        re.compile(
            r"(\b\w*(?:password|passwd|secret|token|api_?key)[\"']?\s*[=:]\s*)"
            r"(\"[^\"]+\"|'[^']+'|[^\s\"',;&)}\]]{6,})",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
)
# Of a class of characters: C0, DEL and C1, what breaks lines besides, and what turns the direction of text.
CONTROLS = r"\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_CONTROL = re.compile(f"[{CONTROLS}]")
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")

# Libraries that tell what they are handed, as values of statements and addresses of requests, and Alembic,
# which tells at each look at the schema how it looks.
_TALKATIVE = (
    "aiosmtplib",
    "aiosqlite",
    "alembic.runtime.migration",
    "asyncpg",
    "authlib",
    "httpcore",
    "httpcore2",
    "httpx",
    "httpx2",
    "redis",
    "sqlalchemy",
)

Expected = Callable[[BaseException], bool]


def configure(
    form: Literal["console", "json"],
    level: str,
    stream: TextIO | None = None,
    *,
    expected: Expected = lambda _error: False,
) -> None:
    """Send every log line of the process, uvicorn's too, to one stream in one form.

    Args:
        form: `console` for people, `json` for one object a line.
        level: the least severe that is said: `debug`, `info`, `warning` or `error`.
        stream: where to; stderr unless given.
        expected: tells which errors need no traceback, because they come from outside and pass.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(expected) if form == "json" else ConsoleLines(expected))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _UVICORN:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(root.level, logging.WARNING))
    # What it warns of is each form that cannot be read, and anybody may send those.
    logging.getLogger("python_multipart").setLevel(max(root.level, logging.ERROR))


@contextmanager
def of_execution(execution_id: UUID, attempt: int) -> Iterator[None]:
    """Mark what is logged in this block, and in the tasks and threads begun in it."""
    token = _execution.set((execution_id, attempt))
    try:
        yield
    finally:
        _execution.reset(token)


def without_secrets(text: str) -> str:
    """Return a text with all that looks like a credential blotted out."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def escaped(text: str) -> str:
    """Return a text with each control character as its Python escape: it moves no cursor and no line."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class _Lines(logging.Formatter):
    """What both forms share: a traceback without credentials, or one line for an error that is expected."""

    def __init__(self, form: str | None = None, expected: Expected = lambda _error: False) -> None:
        super().__init__(form)
        self._expected = expected

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """Return what is said of an error."""
        error = ei[1]
        if error is not None and self._expected(error):
            return without_secrets(escaped(repr(error)))
        lines = without_secrets(super().formatException(ei)).split("\n")
        return "\n".join(escaped(line) for line in lines)


class JsonLines(_Lines):
    """One JSON object a line: `at`, `level`, `logger`, `message`, ids, `error`, and the line's `fields`."""

    def __init__(self, expected: Expected = lambda _error: False) -> None:
        super().__init__(None, expected)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_secrets(record.getMessage()),
            **_ids(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        text = orjson.dumps(line, default=str).decode()
        # In JSON's own escapes: what reads the line as JSON finds the text as it was.
        return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class ConsoleLines(_Lines):
    """Time, level, logger, ids and message on one line; a traceback below it."""

    def __init__(self, expected: Expected = lambda _error: False) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s%(ids)s: %(said)s", expected)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line. A line break in a message would pass for the beginning of another line."""
        record.ids = escaped("".join(f" {name}={value}" for name, value in _ids().items()))
        record.said = without_secrets(escaped(record.getMessage()))
        return super().format(record)


def _ids() -> dict[str, Any]:
    ids: dict[str, Any] = {}
    if (request := request_id.get()) is not None:
        ids["request_id"] = request
    if (execution := _execution.get()) is not None:
        ids["execution_id"], ids["attempt"] = str(execution[0]), execution[1]
    return ids
