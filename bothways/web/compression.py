"""Large answers in fewer bytes: br or gzip, where the client takes it and the content shrinks.

A stream is flushed with each of its parts, so that nobody waits for what was sent. Streams of events are left alone,
and so is an answer that sets a cookie: the length of a compressed secret beside a caller's words tells of the secret.
"""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING, Final, Protocol

import brotli

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LEAST: Final = 1024
"""Bytes from which on an answer is worth it."""
_BROTLI_QUALITY: Final = 4
_GZIP_LEVEL: Final = 5
_GZIP_WINDOW: Final = 31
_KINDS: Final = (
    b"application/json",
    b"application/problem+json",
    b"application/openapi+json",
    b"application/x-ndjson",
    b"application/ndjson",
    b"application/jsonl",
    b"application/javascript",
    b"application/openmetrics-text",
    b"text/csv",
    b"text/css",
    b"text/html",
    b"text/javascript",
    b"text/plain",
)
_FORBIDDING: Final = frozenset({b"content-encoding", b"set-cookie", b"content-range"})


class _Coder(Protocol):
    def part(self, data: bytes) -> bytes: ...
    def rest(self, data: bytes) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._coder = brotli.Compressor(quality=_BROTLI_QUALITY)

    def part(self, data: bytes) -> bytes:
        found: bytes = self._coder.process(data) + self._coder.flush()
        return found

    def rest(self, data: bytes) -> bytes:
        found: bytes = self._coder.process(data) + self._coder.finish()
        return found


class _Gzip:
    def __init__(self) -> None:
        self._coder = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, _GZIP_WINDOW)

    def part(self, data: bytes) -> bytes:
        return self._coder.compress(data) + self._coder.flush(zlib.Z_SYNC_FLUSH)

    def rest(self, data: bytes) -> bytes:
        return self._coder.compress(data) + self._coder.flush()


_CODERS: Final[dict[bytes, type[_Brotli | _Gzip]]] = {b"br": _Brotli, b"gzip": _Gzip}
"""The better one first."""


class Compression:
    """Compresses what an application answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and its answer back in fewer bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        accepted = next((value for name, value in scope["headers"] if name == b"accept-encoding"), b"")
        await self.app(scope, receive, _Answer(send, accepted).message)


class _Answer:
    """An answer whose begin is kept back until its first bytes tell whether it is large."""

    __slots__ = ("_accepted", "_coder", "_send", "_start")

    def __init__(self, send: Send, accepted: bytes) -> None:
        self._send = send
        self._accepted = accepted
        self._start: Message | None = None
        self._coder: _Coder | None = None

    async def message(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if _may_shrink(message):
                self._start = message
            else:
                await self._send(message)
            return
        if self._start is not None:
            start, self._start = self._start, None
            large = message.get("more_body", False) or len(message.get("body", b"")) >= LEAST
            if large and message["type"] == "http.response.body":
                self._coder = _begun(start, self._accepted)
            await self._send(start)
        await self._send(message if self._coder is None else _coded(message, self._coder))


def _may_shrink(start: Message) -> bool:
    headers = dict(start["headers"])
    length = headers.get(b"content-length", b"")
    # What says that it is small needs no second look.
    if length.isdigit() and int(length) < LEAST:
        return False
    kind = headers.get(b"content-type", b"").partition(b";")[0]
    return kind in _KINDS and start["status"] not in {204, 304} and _FORBIDDING.isdisjoint(headers)


def _begun(start: Message, accepted: bytes) -> _Coder | None:
    """Rewrite the headers of a large answer, and give what compresses it."""
    encoding = _chosen(accepted)
    dropped = {b"content-length", b"accept-ranges"} if encoding is not None else set()
    kept = [(name, value) for name, value in start["headers"] if name not in dropped and name != b"vary"]
    varies = [value for name, value in start["headers"] if name == b"vary"]
    start["headers"] = [*kept, (b"vary", b", ".join([*varies, b"accept-encoding"]))]
    if encoding is None:
        return None
    start["headers"] = [*map(partial(_tagged, encoding), start["headers"]), (b"content-encoding", encoding)]
    return _CODERS[encoding]()


def _tagged(encoding: bytes, header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """An ETag that tells these bytes from the plain ones; bothways.crud.etags takes it for the same row's."""
    name, value = header
    return (name, b'%b~%b"' % (value[:-1], encoding)) if name == b"etag" else header


def _chosen(accepted: bytes) -> bytes | None:
    """The best encoding that a client takes, by its Accept-Encoding."""
    weights: dict[bytes, float] = {}
    for part in accepted.lower().split(b","):
        name, _, parameters = part.partition(b";")
        weights[name.strip()] = _weight(parameters.split(b";"))
    anything = weights.get(b"*", 0.0)
    best = max(_CODERS, key=lambda name: weights.get(name, anything))
    return best if weights.get(best, anything) > 0 else None


def _weight(parameters: Iterable[bytes]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition(b"=")
        if name.strip() == b"q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _coded(message: Message, coder: _Coder) -> Message:
    if message["type"] != "http.response.body":
        return message
    data, more = message.get("body", b""), message.get("more_body", False)
    return {**message, "body": coder.part(data) if more else coder.rest(data)}
