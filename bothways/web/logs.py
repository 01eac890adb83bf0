"""Structured logs: lines that hold no body and no secret; ``requests.py`` writes one for each request.

A line is JSON for machines, or text for people. Exceptions are logged by their classes and places in the code, without
their texts, because a driver's text repeats values. Known secrets are cut out of every line as a second defence.
"""

from __future__ import annotations

import logging
import sys
import traceback
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO
from urllib.parse import quote

import structlog
from pydantic_core import to_json

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterable, Iterator, MutableMapping

    from structlog.typing import FilteringBoundLogger

    from bothways.urls import DatabaseURL

Format = Literal["auto", "json", "text"]
CURRENT: Final[ContextVar[str | None]] = ContextVar("bothways.request", default=None)
"""The id of the request that is being answered."""
_SHORTEST_SECRET: Final = 5
_UNHEARD: Final = "uvicorn.access"
"""Its line would be the second about a request; without a handler uvicorn does not even make it."""
# Loggers of libraries and their least level: requests are logged here, and SQL would show values.
_FOREIGN_LOGGERS: Final = {
    "uvicorn": logging.DEBUG,
    "uvicorn.error": logging.DEBUG,
    "bothways": logging.DEBUG,
    "alembic": logging.INFO,
    "sqlalchemy": logging.WARNING,
}


def secrets_of(urls: Iterable[DatabaseURL]) -> tuple[str, ...]:
    """The texts that no log line may hold: passwords, as they are and as a URL and JSON write them."""
    plain = {url.password for url in urls if url.password}
    found = {text for word in plain for text in (word, quote(word, safe=""), to_json(word).decode()[1:-1])}
    # A shorter one would cut ordinary words to pieces.
    return tuple(sorted((s for s in found if len(s) >= _SHORTEST_SECRET), key=len, reverse=True))


class Lines:
    """Writes lines to ``stream``, standard error by default, without the secrets that it knows.

    The style ``auto`` is text on a terminal, JSON elsewhere.
    """

    def __init__(self, level: str, style: Format, *, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
        self.least = _level(level)
        self._hidden = tuple(secrets)
        self._out = stream or sys.stderr
        if style == "auto":
            style = "text" if self._out.isatty() else "json"
        self._shown = _as_json if style == "json" else _as_text
        self._waiting: list[MutableMapping[str, Any]] = []

    def write(self, event: MutableMapping[str, Any]) -> None:
        """Write one line; the event has at least ``event``, ``level`` and ``timestamp``."""
        self._write([event])

    def write_soon(self, event: MutableMapping[str, Any], loop: asyncio.AbstractEventLoop) -> None:
        """Write a line at the end of this turn of the event loop, together with the others of the turn."""
        if not self._waiting:
            loop.call_soon(self._write_waiting)
        self._waiting.append(event)

    def _write_waiting(self) -> None:
        events, self._waiting = self._waiting, []
        self._write(events)

    def _write(self, events: Iterable[MutableMapping[str, Any]]) -> None:
        lines = "".join([f"{self._shown(event)}\n" for event in events])
        for secret in self._hidden:
            lines = lines.replace(secret, "***")
        self._out.write(lines)


def logger(lines: Lines) -> FilteringBoundLogger:
    """A logger that writes there; what is logged while a request is answered has its id."""

    def written(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        lines.write(event)
        raise structlog.DropEvent

    made: FilteringBoundLogger = structlog.wrap_logger(
        None,
        processors=[
            _with_the_request,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            _without_text_of_exceptions,
            written,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(lines.least),
    )
    return made


@contextmanager
def of_libraries(log: FilteringBoundLogger, level: str) -> Iterator[None]:
    """While the service runs, what uvicorn and other libraries log is written in the same way."""
    handler = _Forward(log)
    before: list[tuple[logging.Logger, list[logging.Handler], int, bool]] = []
    for name, least in {**_FOREIGN_LOGGERS, _UNHEARD: logging.CRITICAL}.items():
        foreign = logging.getLogger(name)
        before.append((foreign, foreign.handlers, foreign.level, foreign.propagate))
        foreign.handlers = [] if name == _UNHEARD else [handler]
        foreign.setLevel(max(_level(level), least))
        foreign.propagate = False
    try:
        yield
    finally:
        for foreign, handlers, old_level, propagate in before:
            foreign.handlers = handlers
            foreign.setLevel(old_level)
            foreign.propagate = propagate


class _Forward(logging.Handler):
    """Hands the records of the standard library's logging on."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as a line of ours."""
        more = {"exception": record.exc_info[1]} if record.exc_info else {}
        self._log.log(record.levelno, record.getMessage(), logger=record.name, **more)


def _with_the_request(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    request_id = CURRENT.get()
    return event if request_id is None else {"request_id": request_id, **event}


def _without_text_of_exceptions(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    error = event.pop("exception", None)
    if isinstance(error, BaseException):
        event["exception"] = f"{type(error).__module__}.{type(error).__qualname__}"
        frames = traceback.extract_tb(error.__traceback__)
        event["at"] = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
        if error.__cause__ is not None:
            event["cause"] = f"{type(error.__cause__).__module__}.{type(error.__cause__).__qualname__}"
    return event


def _as_json(event: MutableMapping[str, Any]) -> str:
    return to_json(event, inf_nan_mode="strings", serialize_unknown=True).decode()


def _as_text(event: MutableMapping[str, Any]) -> str:
    moment, level, words = event.pop("timestamp"), event.pop("level"), event.pop("event")
    rest = " ".join(f"{key}={_one_line(value)}" for key, value in event.items())
    return f"{moment[11:19]} {level:<7} {_one_line(words)} {rest}".rstrip()


def _one_line(value: object) -> str:
    # Nobody writes a second line into the log, or moves the cursor.
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(value))


def _level(name: str) -> int:
    return logging.getLevelNamesMapping()[name.upper()]
