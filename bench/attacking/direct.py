"""Requests to an application in this process, byte for byte: nothing between them and it tidies an address up."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import anyio
from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import ASGIApp, Message

LIMIT = 60.0
"""Seconds after which a request without an end is an error of its own."""
_STREAMS = (b"text/event-stream",)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes

    def header(self, name: str) -> str | None:
        """The first header of that name, which is given in lower case."""
        return next((value for key, value in self.headers if key == name), None)

    @property
    def json(self) -> Any:
        """The document in it; None where there is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None


class Service:
    """An application that runs in a thread of its own until :func:`running` ends."""

    def __init__(self, app: ASGIApp, client: TestClient) -> None:
        self.app, self.client = app, client
        self.address = "testclient"

    def ask(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Answer:
        """Send a request; the target is sent as it is, but for what is not ASCII, which goes as UTF-8."""
        raw, _, query = target.encode("utf-8", "surrogatepass").partition(b"?")
        sent = {"host": "testserver", **{k.lower(): v for k, v in (headers or {}).items()}}
        if body:
            sent["content-length"] = str(len(body))
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": _decoded(raw),
            "raw_path": raw,
            "query_string": query,
            "root_path": "",
            "headers": [(k.encode("latin-1"), v.encode("latin-1", "replace")) for k, v in sent.items()],
            "client": (self.address, 50_000),
            "server": ("testserver", 80),
            "state": self.client.app_state.copy(),
        }
        assert self.client.portal is not None
        return self.client.portal.call(self._exchange, scope, body)

    async def _exchange(self, scope: dict[str, Any], body: bytes) -> Answer:
        start: Message = {}
        content = bytearray()
        enough = anyio.Event()
        unread = [body]

        async def receive() -> Message:
            if unread:
                return {"type": "http.request", "body": unread.pop(), "more_body": False}
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            content.extend(message.get("body", b""))
            # A stream may have no end: what was seen of it is enough, and the client goes.
            streams = dict(start["headers"]).get(b"content-type", b"").startswith(_STREAMS)
            if not message.get("more_body", False) or streams:
                enough.set()

        with anyio.fail_after(LIMIT):
            await self.app(scope, receive, send)
        headers = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in start["headers"])
        return Answer(start["status"], headers, bytes(content))


def _decoded(raw: bytes) -> str:
    """The path as a server gives it beside the raw one."""
    return unquote_to_bytes(raw).decode("utf-8", "replace")


@contextmanager
def running(app: ASGIApp) -> Iterator[Service]:
    """A service whose start and end are the application's own."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Service(app, client)
