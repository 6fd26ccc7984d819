"""Writes the log: one line for each thing, as text or JSON, and of what failed where and how, never with which words.

The message of an exception often quotes what it stumbled over, which may be what somebody said. So a traceback shows
files, lines and the kind of each exception; only what the machine itself complained of is quoted.
"""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType

from pythonjsonlogger.json import JsonFormatter

_Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

#: Libraries that tell of each statement, or of each message, below this.
CHATTY = ("nio", "peewee", "apscheduler", "aiosqlite", "tortoise", "psycopg")

_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_FIELDS = "%(asctime)s %(levelname)s %(name)s %(message)s"


def formatter(log_format: str) -> logging.Formatter:
    """What writes a line, for "text" or "json"."""
    if log_format == "json":
        return _Json(_FIELDS, rename_fields={"levelname": "level"})
    return _Text(_TEXT)


def hush() -> None:
    """Have what libraries say of what passes through them said nowhere, whichever level is set."""
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.ERROR)


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # what another has written of it may be with words
        return super().format(record)

    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - as logging calls it
        return _wordless(ei[1])


class _Json(JsonFormatter):
    def formatException(self, ei: _Raised) -> str:  # noqa: N802 - as logging calls it
        return _wordless(ei[1])


def _wordless(error: BaseException | None) -> str:
    return "\n".join(_told(error, set())) if error is not None else ""


def _told(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _told(before, seen)
        yield "which led to"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip("\n")
    yield _kind(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _told(each, seen)


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, OSError) and error.strerror:
        return f"{name}: {error.strerror}"
    return name
