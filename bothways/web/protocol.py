"""HTTP as uvicorn speaks it, with the head and the body of an answer in one packet, and no patience for half a request.

Uvicorn writes them one after the other, and the event loop sends each at once: two calls of the kernel, two packets and
two wake-ups of the client for every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

if TYPE_CHECKING:
    import asyncio

_HEAD: Final = b"HTTP/1."
_LENGTH: Final = b"\r\ncontent-length: "


class Together:
    """A transport that keeps the head of an answer back until its body comes, where it has one of a known length."""

    __slots__ = ("_head", "plain")

    def __init__(self, plain: asyncio.Transport) -> None:
        """``plain`` is the transport that does it, and everything else."""
        self.plain = plain
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def write(self, data: bytes) -> None:
        """Send something now, or soon."""
        if self._head:
            data, self._head = self._head + data, b""
        # The head of a stream tells its client that there is one: that is not kept back.
        elif data.startswith(_HEAD) and _LENGTH in data:
            self._head = data
            return
        self.plain.write(data)

    def flush(self) -> None:
        """Send what was kept back: there is no body."""
        if self._head:
            data, self._head = self._head, b""
            self.plain.write(data)

    def is_closing(self) -> bool:
        """Whether it is closed, or is going to be."""
        return self.plain.is_closing()

    def close(self) -> None:
        """Close it when everything is sent."""
        self.flush()
        self.plain.close()


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol on such a transport, with a limit of time for the head of a request."""

    head_seconds: ClassVar[float] = 30.0
    """After so long a client that has not sent all of it is sent away: it would hold its connection for ever."""

    _owed: float | None = None
    """Since when a head is awaited; None between requests, where uvicorn has a limit of its own."""
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own way
        """Begin with a client."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Together(transport))
        self._owed = self.loop.time()
        self._timer = self.loop.call_later(self.head_seconds, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        """End with a client."""
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """Begin with a request."""
        self._owed = self.loop.time()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Answer a request, whose body may still come."""
        self._owed = None
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Be ready for the next request."""
        cast("Together", self.transport).flush()
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to another protocol, without what is for answers only."""
        if self._timer is not None:
            self._timer.cancel()
        self.transport = cast("Together", self.transport).plain
        super().handle_websocket_upgrade()

    def _look(self) -> None:
        # One timer a connection, which costs a request nothing.
        now = self.loop.time()
        left = self.head_seconds - (now - self._owed) if self._owed is not None else self.head_seconds
        if left > 0:
            self._timer = self.loop.call_later(left, self._look)
        else:
            self.transport.close()
