"""Every request, from outside: an id, a line in the log, figures, a limit of time, and an end when the service ends.

It is one piece of middleware because each one costs, and a request for a row takes a tenth of a millisecond in all.
"""

from __future__ import annotations

import asyncio
import random
import re
import time
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import ClientDisconnect

from bothways.crud.routes import DATABASE, ROUTE
from bothways.errors import TookTooLong
from bothways.web.access import PRINCIPAL
from bothways.web.beside import beside
from bothways.web.logs import CURRENT
from bothways.web.problems import REQUEST_ID, internal, of_error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Container, Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send
    from structlog.typing import FilteringBoundLogger

    from bothways.web.logs import Lines
    from bothways.web.metrics.figures import Figures

HEADERS: Final = "bothways.headers"
"""Where a request's scope keeps the list of headers that its answer gets besides."""
_SANE_ID: Final = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_CLIENT_GONE: Final = 499  # as nginx has it: nobody heard the answer
_EVENTS: Final = b"text/event-stream"
_INFO: Final = 20
_WARNING: Final = 30


class Exchange:
    """A request that is under way, and its answer as far as it has come."""

    __slots__ = ("_send", "_under_way", "endless", "headers", "loop", "overdue", "started", "status", "task")

    def __init__(self, send: Send, fixed: Iterable[tuple[bytes, bytes]], under_way: UnderWay) -> None:
        self._send = send
        self.headers = [*fixed]
        """What the answer has beside its own."""
        self._under_way = under_way
        self.started = time.perf_counter()
        self.loop = asyncio.get_running_loop()
        self.task: asyncio.Task[Any] | None = asyncio.current_task(self.loop)
        self.status = 0
        self.overdue = False
        self.endless = False

    async def answer(self, message: Message) -> None:
        """Pass a message of the answer on, the first one with our headers."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = message["headers"]
            given = dict(headers)
            message["headers"] = [*headers, *[h for h in self.headers if h[0] not in given]]
            if given.get(b"content-type", b"").startswith(_EVENTS):
                self.endless = True
                self._under_way.begun(self)
        await self._send(message)

    def interrupt(self) -> None:
        """End it now, wherever it is."""
        self.overdue = True
        if self.task is not None:
            self.task.cancel()

    async def finish(self) -> None:
        """Say that nothing more comes of an answer that has begun."""
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


class UnderWay:
    """The requests that are under way, oldest first: ends those that take too long, and streams when the service ends.

    A limit of time is for an answer to begin; one that has begun, as a stream has, may take as long as it takes.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.all: dict[Exchange, None] = {}
        self._ended = False

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """While the service runs, look for those that take too long."""
        async with beside([self._watch()]):
            yield

    def count(self) -> int:
        """How many there are."""
        return len(self.all)

    def begun(self, exchange: Exchange) -> None:
        """Hear that an endless answer begins; one that begins after the end is over."""
        if self._ended:
            asyncio.get_running_loop().call_soon(exchange.interrupt)

    def end_streams(self) -> None:
        """End every answer that would not end by itself, now and from now on."""
        self._ended = True
        for exchange in self.all:
            if exchange.endless:
                exchange.interrupt()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(min(1.0, self.limit / 4))
            latest = time.perf_counter() - self.limit
            for exchange in self.all:
                if exchange.started > latest:
                    break
                if exchange.status == 0 and not exchange.overdue:
                    exchange.interrupt()


class Requests:
    """Gives each request an id and a line in the log, and answers what nobody caught with that id and nothing else."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        lines: Lines,
        log: FilteringBoundLogger,
        under_way: UnderWay,
        figures: Figures | None = None,
        headers: Iterable[tuple[bytes, bytes]] = (),
        databases: Container[str] = (),
    ) -> None:
        self.app = app
        self._lines = lines
        self._log = log
        self._under_way = under_way
        self._figures = figures
        self._headers = tuple(headers)
        self._databases = databases

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; count and log it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope[REQUEST_ID] = _request_id(scope)
        exchange = Exchange(send, ((b"x-request-id", request_id.encode()), *self._headers), self._under_way)
        self._under_way.all[exchange] = None
        scope[HEADERS] = exchange.headers
        token = CURRENT.set(request_id)
        try:
            await self._answered(exchange, scope, receive)
        finally:
            CURRENT.reset(token)
            del self._under_way.all[exchange]
            self._note(exchange, scope, request_id)

    async def _answered(self, exchange: Exchange, scope: Scope, receive: Receive) -> None:
        try:
            await self.app(scope, receive, exchange.answer)
        except ClientDisconnect:
            exchange.status = exchange.status or _CLIENT_GONE
        except asyncio.CancelledError:
            if not exchange.overdue:
                raise
            await self._interrupted(exchange, scope, receive)
        except Exception as error:  # noqa: BLE001 - the last one: what it lets pass, the server would print
            if exchange.overdue:
                await self._interrupted(exchange, scope, receive)
                return
            self._log.error("fault", exception=error)
            if exchange.status == 0:
                await internal(scope[REQUEST_ID])(scope, receive, exchange.answer)
        else:
            if exchange.overdue and exchange.task is not None:
                exchange.task.uncancel()

    async def _interrupted(self, exchange: Exchange, scope: Scope, receive: Receive) -> None:
        if exchange.task is not None:
            exchange.task.uncancel()
        if exchange.status:
            await exchange.finish()
            return
        words = f"the request took longer than {self._under_way.limit:g} seconds"
        error = TookTooLong(words, hint="ask for less at once, or try again in a moment")
        await of_error(error, scope[REQUEST_ID])(scope, receive, exchange.answer)

    def _note(self, exchange: Exchange, scope: Scope, request_id: str) -> None:
        status, method = exchange.status, scope["method"]
        seconds = time.perf_counter() - exchange.started
        route = scope.get(ROUTE) or getattr(scope.get("route"), "path_format", None)
        if self._figures is not None:
            self._figures.request(method, route, status, seconds)
        if self._lines.least > (_INFO if status < 500 else _WARNING):
            return
        # The path as it was sent may hold anything; the template is enough to know what was asked.
        self._lines.write_soon(
            {
                "request_id": request_id,
                "user": getattr(scope.get(PRINCIPAL), "name", None),
                "database": self._database(scope),
                "method": method,
                "route": route,
                "status": status,
                "milliseconds": round(seconds * 1000, 3),
                "event": "request",
                "level": "info" if status < 500 else "warning",
                "timestamp": datetime.now(UTC).isoformat(timespec="microseconds")[:26] + "Z",
            },
            exchange.loop,
        )

    def _database(self, scope: Scope) -> str | None:
        if (known := scope.get(DATABASE)) is not None:
            return str(known)
        given = scope.get("path_params") or {}
        found = given.get("database") or given.get("name")
        # Only what we know ourselves: anything else is a caller's words.
        return found if found in self._databases else None


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            found: bytes = value
            return found.decode()
    return f"{random.getrandbits(128):032x}"
