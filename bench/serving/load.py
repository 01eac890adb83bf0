"""A bounded load of HTTP/1.1 requests, made by a process of its own so that it shares no interpreter with a service.

It reads one job a line from standard input and writes one line of results for each, both JSON. Every connection sends
its next request when it has the answer to the last; the load ends after so many seconds or answers, whichever is first.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import re
import subprocess
import sys
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

NUMBER = "@@@@@@@@@@@@"
"""In a path or body: a number that no other request of the run has, of as many digits."""
_ROOT = Path(__file__).resolve().parents[2]
_LENGTH = re.compile(rb"(?i)\r\ncontent-length: *(\d+)")
_CHUNKED = re.compile(rb"(?i)\r\ntransfer-encoding: *chunked")
_PATIENCE = 30.0
"""Seconds to wait for the answers that are still under way at the end."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: its method, path with query, body, and further headers."""

    method: str
    path: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> bytes:
        """The request as it goes over the line."""
        lines = [f"{self.method} {self.path} HTTP/1.1", "host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body:
            lines += ["content-type: application/json", f"content-length: {len(self.body.encode())}"]
        return "\r\n".join([*lines, "", self.body]).encode()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a load. Times are in seconds; ``first_refusal`` is the first answer that is no success."""

    seconds: float
    answers: int
    statuses: dict[str, int]
    p50: float
    p99: float
    first_refusal: str | None

    @property
    def trouble(self) -> str | None:
        """Why its figures do not count, in a line; None where they do."""
        if self.first_refusal is not None:
            return self.first_refusal[:160]
        return None if self.answers else "no answers"


class Line(asyncio.Protocol):
    """A connection that tells ``answered`` the status and body of each answer; status 0 is a connection that broke."""

    def __init__(self, answered: Callable[[Line, int, bytes], None]) -> None:
        self._answered = answered
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self.waiting = False
        self.sent_at = 0.0

    def connection_made(self, transport: Any) -> None:
        """Keep the way out."""
        self._transport = transport

    def ask(self, request: bytes) -> None:
        """Send a request; its answer comes to ``answered``."""
        assert self._transport is not None
        self.waiting = True
        self.sent_at = time.perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        data = self._buffer + data if self._buffer else data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            self._buffer = data
            return
        status, body = int(data[9:12]), _body(data[: end + 2], data, end + 4)
        if body is None:
            self._buffer = data
            return
        self._buffer = b""
        self.waiting = False
        self._answered(self, status, body)

    def connection_lost(self, _error: Exception | None) -> None:
        """An answer that does not come any more is one of status 0."""
        if self.waiting:
            self.waiting = False
            self._answered(self, 0, b"the connection broke")

    def close(self) -> None:
        """End it without another answer."""
        self.waiting = False
        if self._transport is not None:
            self._transport.close()


def _body(head: bytes, data: bytes, start: int) -> bytes | None:
    """The body of an answer, None while it is not all there."""
    if found := _LENGTH.search(head):
        length = int(found[1])
        return data[start : start + length] if len(data) - start >= length else None
    if _CHUNKED.search(head):
        return data[start:] if data.endswith(b"0\r\n\r\n") else None
    return b""


class _Load:
    """One job under way."""

    def __init__(self, job: Mapping[str, Any]) -> None:
        self._requests = itertools.cycle([Ask(**ask).written() for ask in job["asks"]])
        self._numbers = itertools.count(job["first_number"])
        self._most = job["most"]
        self._seconds = job["seconds"]
        self._port = job["port"]
        self._connections = job["connections"]
        self._sent = 0
        self._times: list[float] = []
        self._statuses: Counter[int] = Counter()
        self._refusal: str | None = None
        self._end = 0.0
        self._over = asyncio.Event()
        self._open = 0

    async def run(self) -> Outcome:
        loop = asyncio.get_running_loop()
        lines = [
            (await loop.create_connection(lambda: Line(self._answered), "127.0.0.1", self._port))[1]
            for _ in range(self._connections)
        ]
        started = time.perf_counter()
        self._end = started + self._seconds
        self._open = len(lines)
        for line in lines:
            self._next(line)
        try:
            await asyncio.wait_for(self._over.wait(), self._seconds + _PATIENCE)
        except TimeoutError:
            self._refusal = self._refusal or "an answer did not come"
        seconds = time.perf_counter() - started
        for line in lines:
            line.close()
        times = sorted(self._times)
        statuses = {str(status): count for status, count in sorted(self._statuses.items())}
        return Outcome(seconds, len(times), statuses, share_below(times, 0.5), share_below(times, 0.99), self._refusal)

    def _next(self, line: Line) -> None:
        if self._sent >= self._most or time.perf_counter() >= self._end:
            self._open -= 1
            if self._open == 0:
                self._over.set()
            return
        self._sent += 1
        request = next(self._requests)
        if NUMBER.encode() in request:
            request = request.replace(NUMBER.encode(), b"%0*d" % (len(NUMBER), next(self._numbers)))
        line.ask(request)

    def _answered(self, line: Line, status: int, body: bytes) -> None:
        self._times.append(time.perf_counter() - line.sent_at)
        self._statuses[status] += 1
        if not 200 <= status < 300 and self._refusal is None:
            self._refusal = f"{status} {body.decode(errors='replace')}"
        if status:
            self._next(line)
        else:
            self._open -= 1
            if self._open == 0:
                self._over.set()


def share_below(times: list[float], share: float) -> float:
    """The time that this share of the sorted times does not exceed; 0 where there are none."""
    return times[min(len(times) - 1, int(len(times) * share))] if times else 0.0


class Client:
    """The process that makes loads."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._numbers = itertools.count(0, 1_000_000)

    def load(self, port: int, asks: Iterable[Ask], *, connections: int, seconds: float, most: int) -> Outcome:
        """Make a load and wait for its end; raises RuntimeError where the process fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {
            "port": port,
            "asks": [asdict(ask) for ask in asks],
            "connections": connections,
            "seconds": seconds,
            "most": most,
            "first_number": next(self._numbers),
        }
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that makes the load has ended")
        return Outcome(**json.loads(answer))


@contextmanager
def client() -> Iterator[Client]:
    """The process that makes loads; it ends with the block."""
    command = [sys.executable, "-m", "bench.serving.load"]
    with subprocess.Popen(command, cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Client(process)
        finally:
            process.kill()


def run_quickly(main: Any) -> Any:
    """Run a coroutine on uvloop where it is there."""
    try:
        import uvloop  # noqa: PLC0415 - not on every system
    except ModuleNotFoundError:
        return asyncio.run(main)
    return uvloop.run(main)


def main() -> None:
    """Do one job after the other."""
    for line in sys.stdin:
        print(json.dumps(asdict(run_quickly(_Load(json.loads(line)).run()))), flush=True)


if __name__ == "__main__":
    main()
