"""What migrations/env.py calls: Alembic's environment for one database of the project."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from alembic import context
from alembic.util import CommandError

from bothways.connections import call
from bothways.dialects import dialect_for
from bothways.errors import BothwaysError
from bothways.project import BROWSING_SECTION, Database, Project
from bothways.revisions import options

if TYPE_CHECKING:
    import sqlalchemy as sa


def run(metadata: sa.MetaData) -> None:
    """Run Alembic's command on the database that ``alembic -n NAME`` names.

    Raises Alembic's CommandError, so that its command line prints one sentence: without a section, with a section that
    has no URL, or when the database cannot be reached.
    """
    try:
        project = Project.load(context.config.config_file_name or "alembic.ini")
        database = _database(project)
        if context.is_offline_mode():
            _offline(database, metadata)
        else:
            _online(database, metadata)
    except BothwaysError as error:
        raise CommandError(f"{error.message}\n{error.hint or ''}".strip()) from error


def _database(project: Project) -> Database:
    section = context.config.config_ini_section
    if section == BROWSING_SECTION and all(d.name != section for d in project.databases):
        names = [d.name for d in project.databases]
        raise CommandError(
            f"[{section}] only browses the branches; choose a database: "
            f"alembic -n {names[0]} … (there are {', '.join(names)})"
        )
    return project.database(section)


def _offline(database: Database, metadata: sa.MetaData) -> None:
    context.configure(dialect_name=database.dialect, literal_binds=True, **options(database, metadata))
    script, output = dialect_for(database.dialect).capabilities.script, context.get_context().impl.static_output
    if script.before:
        output(script.before)
    with context.begin_transaction():
        context.run_migrations()
    if script.after:
        output(script.after)


def _online(database: Database, metadata: sa.MetaData) -> None:
    def migrate(connection: sa.Connection) -> None:
        context.configure(connection=connection, **options(database, metadata))
        with warnings.catch_warnings():
            # SQLAlchemy cannot read expression indexes of SQLite, nor Alembic compare them: bothways check does.
            warnings.filterwarnings("ignore", message=".*expression-based index.*")
            with context.begin_transaction():
                context.run_migrations()

    given = context.config.attributes.get("connection")
    if given is not None:
        migrate(given)
    else:
        call(database.require_url(), migrate, purpose="migrate")
