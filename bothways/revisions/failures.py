"""What a revision raised, in words: which revision, where in its file, which SQL, and what is left behind."""

from __future__ import annotations

import re
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from bothways.connections import translated
from bothways.dialects import dialect_for
from bothways.errors import BothwaysError, MigrationFailed
from bothways.revisions.guard import ForbiddenError

if TYPE_CHECKING:
    from bothways.history import Revision
    from bothways.project import Database
    from bothways.urls import DatabaseURL


_CONCURRENTLY = re.compile(
    r"""\bINDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?(?P<name>"(?:[^"]|"")+"|\w+)\s+ON\b""", re.IGNORECASE
)


def failure(
    error: BaseException,
    revision: Revision | None,
    direction: str,
    database: Database,
    *,
    committed: bool = False,
) -> BothwaysError:
    """The exception to raise instead of ``error``; ``revision`` is the one that ran, if any did.

    ``committed`` is whether it had committed something by itself, as an ``autocommit_block`` does.
    """
    known = _known(error, database.url) if database.url else None
    if revision is None:
        # Nothing of ours has run yet: this is about the database, not about a revision.
        return known or MigrationFailed(f"database {database.name!r}: {_sentence(error)}", hint="bothways doctor")
    place = place_of(error, revision.path)
    where = f"a scratch database for {database.name!r}" if database.scratch else f"database {database.name!r}"
    return MigrationFailed(
        f"revision {revision.id!r} ({revision.message}) failed on its way {direction} in {where}"
        f"{f' at {place}' if place else ''}: {known.message if known else _sentence(error)}",
        hint=_left(error, database, committed=committed),
        details={
            "database": database.name,
            "revision": revision.id,
            "direction": direction,
            "place": place,
            "sql": getattr(error, "statement", None),
            "cause": known.code if known else type(error).__name__,
        },
    )


def _left(error: BaseException, database: Database, *, committed: bool) -> str:
    """What stays in the database, and what to do about it."""
    again = "mend the cause and run the same command again"
    if database.scratch:
        return f"no database of yours was touched: {again}"
    if committed:
        index = _CONCURRENTLY.search(str(getattr(error, "statement", None) or ""))
        drop = f" (also an INVALID index: DROP INDEX CONCURRENTLY IF EXISTS {index['name']})" if index else ""
        return f"what it did up to and in its autocommit_block may have stayed: undo it by hand{drop}, {again}"
    if dialect_for(database.dialect).capabilities.transactional_ddl:
        return f"its transaction was rolled back, the database is as before it: {again}"
    return (
        f"this engine commits each DDL statement, so its first statements may have stayed: undo them by hand, {again}"
    )


def _known(error: BaseException, url: DatabaseURL) -> BothwaysError | None:
    if isinstance(error, ImportError):
        return None  # what a revision imports is no driver of ours
    try:
        with translated(url):
            raise error
    except BothwaysError as mine:
        return mine
    except BaseException:  # noqa: BLE001 - not one of the known: described by its own sentence
        return None


def _sentence(error: BaseException) -> str:
    if isinstance(error, ForbiddenError):
        return str(error)
    original = getattr(error, "orig", None) or error
    text = str(original.args[-1] if original.args else original) or type(original).__name__
    return f"{type(original).__name__}: {text.rpartition('>: ')[2].splitlines()[0]}"


def place_of(error: BaseException, path: Path) -> str | None:
    """``file.py:line`` of the innermost frame in a revision file; ``path`` is the file, or its folder."""
    if (
        isinstance(error, SyntaxError)
        and error.filename
        and path in (Path(error.filename), Path(error.filename).parent)
    ):
        return f"{Path(error.filename).name}:{error.lineno}"
    frames = [
        f for f in traceback.extract_tb(error.__traceback__) if path in (Path(f.filename), Path(f.filename).parent)
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None
