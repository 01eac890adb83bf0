"""Structured logs: one line a request with its id, route, status and duration; never a body, never a secret.

A line is JSON for machines, or text for people. Exceptions are logged by their classes and places in the code, without
their texts, because a driver's text repeats values. Known secrets are cut out of every line as a second defence.
"""

from __future__ import annotations

import logging
import re
import sys
import time
import traceback
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Literal, TextIO
from urllib.parse import quote

import structlog
from pydantic_core import to_json
from starlette.requests import ClientDisconnect

from bothways.crud.routes import ROUTE
from bothways.web.problems import REQUEST_ID, internal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, MutableMapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from structlog.typing import FilteringBoundLogger

    from bothways.urls import DatabaseURL

Format = Literal["auto", "json", "text"]
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_SHORTEST_SECRET: Final = 5
_CLIENT_GONE: Final = 499  # as nginx has it: nobody heard the answer
# Loggers of libraries and their least level: requests are logged here, and SQL would show values.
_FOREIGN_LOGGERS: Final = {
    "uvicorn": logging.DEBUG,
    "uvicorn.error": logging.DEBUG,
    "uvicorn.access": logging.CRITICAL,
    "bothways": logging.DEBUG,
    "alembic": logging.INFO,
    "sqlalchemy": logging.WARNING,
}


def secrets_of(urls: Iterable[DatabaseURL]) -> tuple[str, ...]:
    """The texts that no log line may hold: passwords, as they are and as a URL writes them."""
    found = {text for url in urls if url.password for text in (url.password, quote(url.password, safe=""))}
    # A shorter one would cut ordinary words to pieces.
    return tuple(sorted((s for s in found if len(s) >= _SHORTEST_SECRET), key=len, reverse=True))


def logger(
    level: str, style: Format, *, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> FilteringBoundLogger:
    """A logger that writes lines to ``stream``, standard error by default.

    The style ``auto`` is text on a terminal, JSON elsewhere.
    """
    hidden = tuple(secrets)
    out = stream or sys.stderr
    if style == "auto":
        style = "text" if out.isatty() else "json"

    def written(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
        line = _as_json(event) if style == "json" else _as_text(event)
        for secret in hidden:
            line = line.replace(secret, "***")
        out.write(line + "\n")
        raise structlog.DropEvent

    made: FilteringBoundLogger = structlog.wrap_logger(
        None,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper("iso", utc=True),
            _without_text_of_exceptions,
            written,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level(level)),
    )
    return made


@contextmanager
def of_libraries(log: FilteringBoundLogger, level: str) -> Iterator[None]:
    """While the service runs, what uvicorn and other libraries log is written in the same way."""
    handler = _Forward(log)
    before: list[tuple[logging.Logger, list[logging.Handler], int, bool]] = []
    for name, least in _FOREIGN_LOGGERS.items():
        foreign = logging.getLogger(name)
        before.append((foreign, foreign.handlers, foreign.level, foreign.propagate))
        foreign.handlers = [handler]
        foreign.setLevel(max(_level(level), least))
        foreign.propagate = False
    try:
        yield
    finally:
        for foreign, handlers, old_level, propagate in before:
            foreign.handlers = handlers
            foreign.setLevel(old_level)
            foreign.propagate = propagate


class RequestLog:
    """Gives each request an id and a line in the log, and answers what nobody caught with that id and nothing else."""

    def __init__(self, app: ASGIApp, log: FilteringBoundLogger, headers: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self.app = app
        self._log = log
        self._headers = tuple(headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and log it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = scope[REQUEST_ID] = _request_id(scope)
        fixed = [(b"x-request-id", request_id.encode()), *self._headers]
        status = 0

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                given = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(h for h in fixed if h[0] not in given)]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, answer)
            except ClientDisconnect:
                status = status or _CLIENT_GONE
            except Exception as error:  # noqa: BLE001 - the last one: what it lets pass, the server would print
                self._log.error("fault", exception=error)
                if status == 0:
                    await internal(request_id)(scope, receive, answer)
            self._log_request(scope, status, time.perf_counter() - started)

    def _log_request(self, scope: Scope, status: int, seconds: float) -> None:
        write = self._log.info if status < 500 else self._log.warning
        route = scope.get(ROUTE) or getattr(scope.get("route"), "path_format", None)
        # The path as it was sent may hold anything; the template is enough to know what was asked.
        write("request", method=scope["method"], route=route, status=status, milliseconds=round(seconds * 1000, 3))


class _Forward(logging.Handler):
    """Hands the records of the standard library's logging on."""

    def __init__(self, log: FilteringBoundLogger) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write a record as a line of ours."""
        more = {"exception": record.exc_info[1]} if record.exc_info else {}
        self._log.log(record.levelno, record.getMessage(), logger=record.name, **more)


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            found: bytes = value
            return found.decode()
    return uuid.uuid4().hex


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
