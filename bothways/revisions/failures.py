"""What a revision raised, in words: which revision, where in its file, which SQL, and what is left behind."""

from __future__ import annotations

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


def failure(error: BaseException, revision: Revision | None, direction: str, database: Database) -> BothwaysError:
    """The exception to raise instead of ``error``; ``revision`` is the one that ran, if any did."""
    known = _known(error, database.url) if database.url else None
    if revision is None:
        # Nothing of ours has run yet: this is about the database, not about a revision.
        return known or MigrationFailed(f"database {database.name!r}: {_sentence(error)}", hint="bothways doctor")
    place = place_of(error, revision.path)
    transactional = dialect_for(database.dialect).capabilities.transactional_ddl
    left = (
        "its transaction was rolled back, the database is as before it: mend the cause and run the same command again"
        if transactional
        else "this engine commits each DDL statement, so its first statements may have stayed: undo them by hand, "
        "mend the cause and run the same command again"
    )
    return MigrationFailed(
        f"revision {revision.id!r} ({revision.message}) failed on its way {direction} in database {database.name!r}"
        f"{f' at {place}' if place else ''}: {known.message if known else _sentence(error)}",
        hint=left,
        details={
            "database": database.name,
            "revision": revision.id,
            "direction": direction,
            "place": place,
            "sql": getattr(error, "statement", None),
            "cause": known.code if known else type(error).__name__,
        },
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
