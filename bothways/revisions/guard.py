"""What a revision may not do while it is being proved, and what it is doing now.

A proof runs revisions one by one on a scratch database. A revision that ends its transaction by itself would escape the
roll-back that every other user of it relies on, and one that opens a network connection does not depend on the database
alone; both are stopped where they do it, so that the error has its line.
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bothways.history import Revision

_ENDS_TRANSACTION = re.compile(r"\s*(?:COMMIT|END|ROLLBACK(?!\s+(?:WORK\s+)?TO\b)|ABORT)\b", re.IGNORECASE)
_CONNECTS = frozenset({"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"})


class ForbiddenError(Exception):
    """A revision did what no revision may."""


@dataclass
class Now:
    """The step that runs now, for whoever watches it from another thread."""

    revision: Revision | None = None
    direction: str = ""
    started: float = 0.0
    """In seconds of ``time.monotonic``."""
    statement: str | None = None
    """The SQL that was sent last."""
    line: int = 1
    """The line of the revision's file that sent it."""
    heard: list[str] = field(default_factory=list)
    """Every statement of the step."""
    rolled_back: bool = False
    """The step rolled its transaction back by itself."""
    on_step: Callable[[Revision, str], None] | None = None
    """Told before each step: the revision, and ``up`` or ``down``."""


_now: ContextVar[Now | None] = ContextVar("bothways_now", default=None)
_watching: list[bool] = []


def listen(connection: sa.Connection, now: Now) -> None:
    """Keep ``now`` up to date with what is sent on this connection, and refuse what ends a step's transaction."""

    def before(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if now.revision is None:
            return
        line = _line_in(str(now.revision.path))
        if line or now.statement is None:
            now.statement, now.line = statement, line or now.line
        now.heard.append(statement)
        if _ENDS_TRANSACTION.match(statement):
            raise _ended(statement.strip()[:40])

    def ends(_connection: Any) -> None:
        if now.revision is not None and not _called_by("autocommit_block"):
            raise _ended("through its connection")

    def gives_up(_connection: Any) -> None:
        # Whoever rolls back has an error in hand, which says more; without one, the end of the step complains.
        now.rolled_back = now.rolled_back or now.revision is not None

    sa.event.listen(connection, "before_cursor_execute", before)
    sa.event.listen(connection, "commit", ends)
    sa.event.listen(connection, "rollback", gives_up)
    if not _watching:
        _watching.append(True)
        sys.addaudithook(_audit)


@contextmanager
def step(now: Now, revision: Revision, direction: str) -> Iterator[None]:
    """The time in which a revision's own code runs."""
    if now.on_step:
        now.on_step(revision, direction)
    now.heard.clear()
    now.direction, now.started, now.statement, now.line = direction, time.monotonic(), None, 1
    now.revision, now.rolled_back = revision, False
    token = _now.set(now)
    try:
        yield
        if now.rolled_back:
            raise _ended("through its connection")
    finally:
        _now.reset(token)
        now.revision = None


def _ended(how: str) -> ForbiddenError:
    return ForbiddenError(
        f"it ends its transaction by itself ({how}); what must run outside of one belongs in "
        "with op.get_context().autocommit_block()"
    )


def _called_by(name: str) -> bool:
    frame = sys._getframe(1)  # noqa: SLF001 - the only way to know who asks
    while frame.f_back is not None:
        if frame.f_code.co_name == name:
            return True
        frame = frame.f_back
    return False


def _line_in(path: str) -> int | None:
    frame = sys._getframe(1)  # noqa: SLF001 - a driver's event loop hides these frames from other threads
    while frame.f_back is not None:
        if frame.f_code.co_filename == path:
            return frame.f_lineno
        frame = frame.f_back
    return None


def _audit(event: str, _arguments: tuple[Any, ...]) -> None:
    # An audit hook stays for the life of the process; outside of a step it only looks at one variable.
    if event in _CONNECTS and _now.get() is not None:
        raise ForbiddenError("it opens a network connection: a revision may depend on its database only")
