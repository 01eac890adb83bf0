"""A branch as Alembic sees it, and how Alembic is configured."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import CommandError

from bothways.dialects import dialect_for
from bothways.dialects.reading import OWN_TABLES
from bothways.errors import BrokenHistory, DatabaseError, InvalidRevisionFile
from bothways.headers import check_syntax, importing
from bothways.history import History
from bothways.revisions.autogenerate import PLUGIN, included
from bothways.revisions.environment import read, recorded
from bothways.revisions.failures import place_of

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.runtime.migration import MigrationContext

    from bothways.project import Branch, Database, Project

VIOLATION = "-- What is listed here points at nothing: ROLLBACK where there is any."
"""Said in a script where we would have refused to commit."""


def options(database: Database, metadata: sa.MetaData | None = None) -> dict[str, Any]:
    """What ``context.configure`` gets, from env.py and from here alike; a foreign project's own where it has one."""
    capabilities = dialect_for(database.dialect).capabilities
    if database.branch.origin is not None:
        return {
            **recorded(database.branch.origin).options,
            "version_table": database.version_table,
            "version_table_schema": database.version_table_schema,
            "transaction_per_migration": True,
            "transactional_ddl": capabilities.transactional_ddl,
        }
    return {
        "target_metadata": metadata,
        "version_table": database.version_table,
        # One transaction a revision: in one for all, NOT VALID and VALIDATE would fuse under one exclusive lock.
        "transaction_per_migration": True,
        "transactional_ddl": capabilities.transactional_ddl,
        "compare_type": True,
        "compare_server_default": True,
        "render_as_batch": capabilities.file_based,
        "include_name": lambda name, kind, _parents: not (kind == "table" and _ours(name)),
        "include_object": included(database.dialect, _ours),
        **({"autogenerate_plugins": ["alembic.autogenerate.*", PLUGIN]} if PLUGIN else {}),
        "on_version_apply": (refuse_violations,),
    }


def make_version_schema(connection: sa.Connection, database: Database) -> None:
    """Make the schema of the version table where there is none, as its project's servers have it."""
    if database.version_table_schema:
        connection.execute(sa.schema.CreateSchema(database.version_table_schema, if_not_exists=True))
        connection.commit()


def _ours(name: str | None) -> bool:
    return str(name or "").startswith(OWN_TABLES)


def refuse_violations(*, ctx: MigrationContext, **_others: Any) -> None:
    """Raise DatabaseError where the revision leaves rows that point at nothing (``on_version_apply``).

    A script gets what lists such rows.
    """
    # Runs inside the revision's transaction, so raising takes the whole revision back.
    dialect = dialect_for(ctx.dialect.name)
    if ctx.as_sql:
        if check := dialect.capabilities.script.check:
            ctx.impl.static_output(f"{VIOLATION}\n{check}")
        return
    broken = dialect.violations(ctx.connection) if ctx.connection is not None else ()
    if broken:
        raise DatabaseError(
            f"the revision leaves {len(broken)} rows that point at nothing: {'; '.join(broken[:3])}",
            hint="mend the revision; nothing was changed",
            details={"violations": list(broken[:100])},
        )


class _Scripts(ScriptDirectory):
    """A foreign project's scripts, with what its revisions need to find."""

    config: Any = None
    paths: tuple[str, ...] = ()


def unread_scripts(project: Project, branch: Branch) -> ScriptDirectory:
    """Alembic's view of one branch, with no file read yet."""
    locations = [str(folder) for folder in branch.locations]
    if branch.origin is None:
        return ScriptDirectory(str(project.script_location), version_locations=locations)
    script = _Scripts(
        str(project.script_location), version_locations=locations, recursive_version_locations=branch.recursive
    )
    environment = read(branch.origin)
    script.config, script.paths = environment.config, (*branch.origin.paths, *environment.paths)
    return script


def script_directory(project: Project, branch: Branch) -> ScriptDirectory:
    """Alembic's view of one branch. Raises InvalidRevisionFile for a file that does not load."""
    history = History.load(branch)
    seen = tuple((r.path, r.path.stat().st_mtime_ns, r.path.stat().st_size) for r in history.revisions)
    return _load_scripts(project, branch, seen)


@lru_cache(maxsize=16)
def _load_scripts(project: Project, branch: Branch, files: tuple[tuple[Path, int, int], ...]) -> ScriptDirectory:
    # Loading runs every file, so a walk over a history would load it once a step; ``files`` makes an edit count.
    for path, _, _ in files:
        check_syntax(path)
    script = unread_scripts(project, branch)
    try:
        with importing(getattr(script, "paths", ())):
            script.get_heads()  # loads every file
    except CommandError as error:
        raise BrokenHistory(str(error), hint=f"see the branch: bothways history --database {branch.name}") from error
    except Exception as error:
        place = place_of(error, branch.path)
        raise InvalidRevisionFile(
            f"{place or branch.path.name} does not load: {type(error).__name__}: {error}",
            hint="mend that file: a revision imports alembic and sqlalchemy only",
        ) from error
    return script
