"""A mixed load at a fixed rate, made by a process of its own: reads, pages, inserts, updates, deletes, refused inserts.

Requests are due at fixed moments whatever became of those before, so that a service that stands still for a second
answers late as often as it would to people. A time counts from the moment at which a request was due where every
connection was waiting for an answer then. The process reads one job a line from standard input and writes one line of
answers for each, both JSON; from job to job it remembers the rows that it has made.
"""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from bench.serving.load import NUMBER, Ask, Line
from bench.serving.rows import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SHARES = {"get": 50, "page": 10, "post": 16, "patch": 14, "delete": 8, "clash": 2}
"""How many of a hundred requests do what; ``clash`` inserts what a unique constraint refuses."""
_PATIENCE = 40.0
"""Seconds to wait for a connection or for the last answers."""


@dataclass(frozen=True, slots=True)
class Target:
    """A served table: the requests on it, and the keys of rows that nobody deletes."""

    port: int
    base: str
    headers: Mapping[str, str]
    keys: tuple[str, ...]
    body: Mapping[str, Any]
    """Of an insert, with :data:`~bench.serving.load.NUMBER` where each must differ."""
    change: Mapping[str, Any]
    taken: Mapping[str, Any]
    """Of an insert that collides with a row."""
    page: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: to which operation, its status (0: the connection broke), a problem's code, seconds."""

    operation: str
    status: int
    code: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Heard:
    """The answers to one job, and the keys of the rows that the process has made by now and not asked to delete."""

    answers: tuple[Answer, ...]
    kept: tuple[str, ...]


class _Rows:
    """What the load knows of the table: the rows of its own, and a number for the next."""

    def __init__(self) -> None:
        self.mine: list[str] = []
        self.number = 0
        self.chance = random.Random(3)

    def ask(self, target: Target) -> tuple[str, Ask]:
        """The next operation, chosen by chance, and its request."""
        (operation,) = self.chance.choices(list(SHARES), list(SHARES.values()))
        if operation == "delete" and self.mine:
            return operation, self._ask(target, "DELETE", f"/{self.mine.pop(self.chance.randrange(len(self.mine)))}")
        if operation == "page":
            return operation, self._ask(target, "GET", target.page)
        if operation in {"post", "delete"}:
            return "post", self._ask(target, "POST", "", target.body)
        if operation == "clash":
            return operation, self._ask(target, "POST", "", target.taken)
        method, document = ("PATCH", target.change) if operation == "patch" else ("GET", None)
        return operation, self._ask(target, method, f"/{self.chance.choice(target.keys)}", document)

    def _ask(self, target: Target, method: str, path: str, document: Mapping[str, Any] | None = None) -> Ask:
        self.number += 1
        text = json.dumps(document).replace(NUMBER, f"{self.number:0{len(NUMBER)}}") if document is not None else ""
        return Ask(method, target.base + path, text, target.headers)


class _Job:
    """One job under way."""

    def __init__(self, rows: _Rows, target: Target, *, connections: int, rate: float, seconds: float) -> None:
        self._rows, self._target = rows, target
        self._connections, self._rate, self._seconds = connections, rate, seconds
        self._idle: asyncio.Queue[Line] = asyncio.Queue()
        self._asked: dict[Line, tuple[str, float]] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self._answers: list[Answer] = []

    async def run(self) -> Heard:
        """Ask at the rate for so many seconds; raises TimeoutError where answers do not come at all."""
        for _ in range(self._connections):
            await self._open()
        started = time.perf_counter()
        for number in range(round(self._seconds * self._rate)):
            due = started + number / self._rate
            await asyncio.sleep(due - time.perf_counter())
            late = self._idle.empty()
            async with asyncio.timeout(_PATIENCE):
                line = await self._idle.get()
            self._send(line, due if late else time.perf_counter())
        async with asyncio.timeout(_PATIENCE):
            for line in [await self._idle.get() for _ in range(self._connections)]:
                line.close()
        return Heard(tuple(self._answers), tuple(self._rows.mine))

    async def _open(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                _, line = await loop.create_connection(lambda: Line(self._answered), "127.0.0.1", self._target.port)
            except OSError:
                self._answers.append(Answer("connect", 0, "", 0.0))
                await asyncio.sleep(0.5)
            else:
                self._idle.put_nowait(line)
                return

    def _send(self, line: Line, began: float) -> None:
        operation, ask = self._rows.ask(self._target)
        self._asked[line] = operation, began
        line.ask(ask.written())

    def _answered(self, line: Line, status: int, body: bytes) -> None:
        operation, began = self._asked.pop(line)
        self._answers.append(Answer(operation, status, code_of(status, body), time.perf_counter() - began))
        if operation == "post" and status == 201:
            self._rows.mine.append(json.loads(body)["id"])
        if status:
            self._idle.put_nowait(line)
        else:
            self._opening.add(task := asyncio.get_running_loop().create_task(self._open()))
            task.add_done_callback(self._opening.discard)


def code_of(status: int, body: bytes) -> str:
    """The code of the problem document that refuses a request; empty for a success and for what is no such document."""
    if status < 400:
        return ""
    try:
        return str(json.loads(body)["code"])
    except (ValueError, KeyError, TypeError):
        return ""


class Mixture:
    """The process that makes the load."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def load(self, target: Target, *, connections: int, rate: float, seconds: float) -> Heard:
        """Make a load and wait for its end; raises RuntimeError where the process fails."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        job = {"target": asdict(target), "connections": connections, "rate": rate, "seconds": seconds}
        self._process.stdin.write(json.dumps(job) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that makes the load has ended")
        heard = json.loads(answer)
        return Heard(tuple(Answer(*one) for one in heard["answers"]), tuple(heard["kept"]))


@contextmanager
def mixture() -> Iterator[Mixture]:
    """The process that makes mixed loads; it ends with the block."""
    command = [sys.executable, "-m", "bench.serving.mixture"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Mixture(process)
        finally:
            process.kill()


def main() -> None:
    """Do one job after the other."""
    rows = _Rows()
    for line in sys.stdin:
        job = json.loads(line)
        # Not uvloop: after a second loop of its, only the first 64 KiB of a line get through the pipe.
        heard = asyncio.run(_Job(rows, Target(**job.pop("target")), **job).run())
        answers = [[a.operation, a.status, a.code, round(a.seconds, 6)] for a in heard.answers]
        print(json.dumps({"answers": answers, "kept": heard.kept}), flush=True)


if __name__ == "__main__":
    main()
