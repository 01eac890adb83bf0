"""HTTP as uvicorn speaks it, with the head and the body of an answer in one packet.

Uvicorn writes them one after the other, and the event loop sends each at once: two calls of the kernel, two packets and
two wake-ups of the client for every answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

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
    """Uvicorn's protocol on such a transport."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own way
        """Begin with a client."""
        super().connection_made(transport)
        self.transport = cast("asyncio.Transport", Together(transport))

    def on_response_complete(self) -> None:
        """Be ready for the next request."""
        cast("Together", self.transport).flush()
        super().on_response_complete()

    def handle_websocket_upgrade(self) -> None:
        """Leave the connection to another protocol, without what is for answers only."""
        self.transport = cast("Together", self.transport).plain
        super().handle_websocket_upgrade()
