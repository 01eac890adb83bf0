"""Single revisions, up and down, on a connection that nobody else uses: what a proof runs, hundreds of times.

Files are read once, nothing is planned and nothing locked; the version table is written as Alembic writes it, so what
a revision does to that table is noticed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import HeadMaintainer, MigrationContext, RevisionStep
from alembic.util import CommandError
from sqlalchemy.exc import DBAPIError

from bothways.revisions.failures import failure
from bothways.revisions.guard import Now, listen, step
from bothways.revisions.proxies import current_migration
from bothways.revisions.scripts import options, script_directory

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bothways.history import History, Revision
    from bothways.project import Database, Project


class Runner:
    """Takes a scratch database up and down, one revision at a time, each in a transaction of its own.

    A transaction that only read and is still open becomes the step's own.
    """

    def __init__(
        self, connection: sa.Connection, project: Project, database: Database, history: History, now: Now
    ) -> None:
        self.connection = connection
        self.database = database
        self.history = history
        self.now = now
        self._script = script_directory(project, database.branch)
        opts = {**options(database), "script": self._script, "transaction_per_migration": True}
        self._context = MigrationContext.configure(connection, opts=opts)
        self._context._ensure_version_table()  # noqa: SLF001
        self._heads = _Heads(self._context, self._context.get_current_heads())
        connection.commit()
        listen(connection, now)

    @property
    def heads(self) -> frozenset[str]:
        """The revisions that the database is at."""
        return frozenset(self._heads.heads)

    def up(self, revision: Revision) -> None:
        """Run one upgrade; its parents must have run. Raises MigrationFailed or another BothwaysError."""
        self._run(revision, "up")

    def down(self, revision: Revision) -> None:
        """Run one downgrade; the revision must be a head. Raises MigrationFailed or another BothwaysError."""
        self._run(revision, "down")

    def _run(self, revision: Revision, direction: str) -> None:
        heads = set(self._heads.heads)
        script = self._script.get_revision(revision.id)
        way = RevisionStep(self._script.revision_map, script, is_upgrade=direction == "up")
        try:
            with (
                current_migration(self._context, self._script),
                self._context.begin_transaction(_per_migration=True),
            ):
                with step(self.now, revision, direction):
                    way.migration_fn(**self.database.run_arguments)
                self._heads.update_to_step(way)
                for callback in self._context.on_version_apply_callbacks:
                    callback(ctx=self._context, step=way.info, heads=set(self._heads.heads), run_args={})
            self.connection.commit()
        except (Exception, SystemExit) as error:
            self._heads.heads = heads
            self._give_up()
            raise failure(error, revision, direction, self.database) from error

    def _give_up(self) -> None:
        self._context._transaction = None  # noqa: SLF001
        try:
            self.connection.rollback()
        except DBAPIError:
            self.connection.invalidate()


class _Heads(HeadMaintainer):
    """Alembic's own keeper of the version table, with statements that need no compiling."""

    def _insert_version(self, version: str) -> None:
        self.heads.add(version)
        self._write(f"insert into {self._table} (version_num) values ({_text(version)})")

    def _delete_version(self, version: str) -> None:
        self.heads.remove(version)
        self._write(f"delete from {self._table} where version_num = {_text(version)}")  # noqa: S608

    def _update_version(self, from_: str, to_: str) -> None:
        self.heads.remove(from_)
        self.heads.add(to_)
        self._write(
            f"update {self._table} set version_num = {_text(to_)} where version_num = {_text(from_)}"  # noqa: S608
        )

    @property
    def _table(self) -> str:
        return self.context.dialect.identifier_preparer.format_table(self.context._version)  # noqa: SLF001

    def _write(self, statement: str) -> None:
        connection: Any = self.context.connection
        found = connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        if found.rowcount != 1:
            raise CommandError(
                f"the version table {self._table} does not hold what it held before the revision "
                f"({found.rowcount} rows found instead of one)"
            )


def _text(version: str) -> str:
    return "'" + version.replace("'", "''") + "'"
