"""Answers whose bodies are bytes already, and the ETag of a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bothways.crud.etags import tag_of, unchanged

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from bothways.crud.targets import Request

_JSON: Final = (b"content-type", b"application/json")


@dataclass(frozen=True, slots=True)
class Bytes:
    """An answer whose body is written already, sent in two messages."""

    body: bytes
    status: int = 200
    headers: tuple[tuple[bytes, bytes], ...] = ()

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        headers = list(self.headers)
        if self.status not in {204, 304}:
            headers.append((b"content-length", b"%d" % len(self.body)))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


NOTHING: Final = Bytes(b"", 204)
"""It is done, and there is nothing to say."""


def json_answer(body: bytes, status: int = 200, *headers: tuple[bytes, bytes]) -> Bytes:
    """An answer of JSON that is written already."""
    return Bytes(body, status, (_JSON, *headers))


def row_answer(body: bytes, status: int = 200, *headers: tuple[bytes, bytes]) -> Bytes:
    """A whole row with its ETag."""
    return Bytes(body, status, (_JSON, (b"etag", tag_of(body)), *headers))


def row_or_unchanged(request: Request, body: bytes) -> Bytes:
    """A whole row with its ETag, or 304 where the client has it already."""
    tag = tag_of(body)
    if unchanged(request.scope, tag):
        return Bytes(b"", 304, ((b"etag", tag),))
    return Bytes(body, 200, (_JSON, (b"etag", tag)))
