"""Where a database is when a run has ended, in revisions and in words."""

from __future__ import annotations

import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import DatabaseError
from bothways.status import look

if TYPE_CHECKING:
    from bothways.project import Database

_SESSION_SECONDS = 10.0


def whereabouts(database: Database, session: str | None, *, seconds: float = _SESSION_SECONDS) -> tuple[str, ...]:
    """The revisions that a database is at when the session that migrated it is really gone. Raises a DatabaseError."""
    url, deadline = database.require_url(), time.monotonic() + seconds
    if session:
        end = partial(dialect_for(database.dialect).end_session, session=session)
        with suppress(DatabaseError):
            while not call(url, end, autocommit=True) and time.monotonic() < deadline:
                time.sleep(0.1)
    return look(database).versions


def standing(database: Database, after: tuple[str, ...]) -> str:
    """Where a database is, in words."""
    return f"database {database.name!r} is at {', '.join(after) or 'base'}"


def untouched(database: Database) -> str:
    """Where a proof leaves a database, in words."""
    return f"database {database.name!r} is as it was: a proof works on scratch databases"


def left_behind(database: Database) -> str:
    """What a revision leaves that was ended in the middle, in words."""
    if dialect_for(database.dialect).capabilities.transactional_ddl:
        return "the revision that ran was rolled back"
    return "this engine commits each DDL statement, so the first ones of the revision that ran may have stayed"
