"""How much a request may send, and HEAD as a GET without its body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException

from bothways.crud.export import HEAD
from bothways.crud.routes import DATABASE, ROUTE
from bothways.web.problems import REQUEST_ID, of_status

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


_MOST_OF_HEADERS: Final = 65_536
_MOST_OF_ADDRESS: Final = 16_384


class BodyLimit:
    """Refuses a body of more than ``most`` bytes with 413, before it is read where its length is told.

    Headers that are too large get 431, an address 414; servers have other limits of their own, or none.
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told, size = None, 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            if name == b"content-length":
                told = value
        if size > _MOST_OF_HEADERS:
            await self._refuse(431, scope, receive, send)
        elif len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > _MOST_OF_ADDRESS:
            await self._refuse(414, scope, receive, send)
        elif told is None:
            await self.app(scope, self._counted(receive), send)
        elif not told.isdigit() or int(told[:18]) > self._most:
            await self._refuse(413, scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _refuse(self, status: int, scope: Scope, receive: Receive, send: Send) -> None:
        await of_status(status, scope.get(REQUEST_ID))(scope, receive, send)

    def _counted(self, receive: Receive) -> Receive:
        total = 0

        async def counted() -> Message:
            nonlocal total
            message = await receive()
            total += len(message.get("body", b""))
            if total > self._most:
                raise HTTPException(413)
            return message

        return counted


class Head:
    """Answers HEAD on every route that answers GET."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, HEAD as GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        as_get = {**scope, "method": "GET", HEAD: True}
        try:
            await self.app(as_get, receive, without_body)
        finally:
            # The log wants to know which route it was.
            scope.update({key: as_get[key] for key in (DATABASE, ROUTE, "route") if key in as_get})
