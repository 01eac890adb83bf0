"""Single revisions, up and down, on a connection that nobody else uses: what a proof runs, hundreds of times.

A file is loaded when its revision first runs, so one that does not load is that revision's fault alone. Nothing is
planned and nothing locked; the version table is written as Alembic writes it, so what a revision does to it is noticed.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from alembic.runtime.migration import MigrationContext, RevisionStep
from alembic.util import CommandError, load_python_file
from sqlalchemy.exc import DBAPIError

from bothways.dialects import dialect_for
from bothways.revisions.failures import failure
from bothways.revisions.guard import ForbiddenError, Now, listen, step
from bothways.revisions.proxies import current_migration
from bothways.revisions.scripts import make_version_schema, options, refuse_violations, unread_scripts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    import sqlalchemy as sa

    from bothways.dialects.base import Batch
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
        self._script = unread_scripts(project, database.branch)
        self._modules: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._went = ""
        opts = {**options(database), "script": self._script, "transaction_per_migration": True}
        self._context = MigrationContext.configure(connection, opts=opts)
        make_version_schema(connection, database)
        self._context._ensure_version_table()  # noqa: SLF001
        self._heads = _Heads(self._context, history, self._context.get_current_heads())
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
        batch = dialect_for(self.database.dialect).batch(self.connection)
        if batch is not None and batch.begin(self.connection):
            try:
                self._step(revision, direction, batch)
                return
            except (Exception, SystemExit):  # noqa: BLE001 - again without it, where each statement has its own error
                batch.drop()
        self._step(revision, direction, None)

    def _step(self, revision: Revision, direction: str, batch: Batch | None) -> None:
        heads = set(self._heads.heads)
        self._remember(direction)
        try:
            with (
                current_migration(self._context, self._script),
                self._context.begin_transaction(_per_migration=True),
            ):
                with step(self.now, revision, direction):
                    self._function(revision, f"{direction}grade")(**self.database.run_arguments)
                    # What was kept back runs here, where it is watched.
                    (self._heads.up if direction == "up" else self._heads.down)(revision, batch)
                self._call_back(revision, direction)
            self.connection.commit()
        except (Exception, SystemExit) as error:
            self._heads.heads = heads
            self._give_up(error)
            raise failure(error, revision, direction, self.database) from error

    def _remember(self, direction: str) -> None:
        """Let Alembic remember the types (enums) that it has made only as long as one run of it would: one way."""
        memo: dict[str, Any] = getattr(self._context.impl, "memo", {})
        if direction != self._went:
            memo.clear()
        self._went, self._made = direction, copy.deepcopy(memo)

    def _function(self, revision: Revision, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] | None = getattr(self._module(revision), name, None)
        if function is None:
            raise CommandError(f"it has no {name}()")
        return function

    def _module(self, revision: Revision) -> Any:
        if revision.id not in self._modules:
            module = load_python_file(str(revision.path.parent), revision.path.name)
            self._modules[revision.id] = module
        return self._modules[revision.id]

    def _call_back(self, revision: Revision, direction: str) -> None:
        for callback in self._context.on_version_apply_callbacks:
            if callback is refuse_violations:
                callback(ctx=self._context)
                continue
            # Somebody else's wants Alembic's own description of the step, which means reading every file.
            script = self._script.get_revision(revision.id)
            info = RevisionStep(self._script.revision_map, script, is_upgrade=direction == "up").info
            callback(ctx=self._context, step=info, heads=set(self._heads.heads), run_args={})

    def _give_up(self, error: BaseException) -> None:
        self._context._transaction = None  # noqa: SLF001
        memo: dict[str, Any] = getattr(self._context.impl, "memo", {})
        memo.clear()
        memo.update(self._made)
        if isinstance(error, ForbiddenError):
            # Stopped in the middle of a commit, SQLAlchemy and the driver disagree on whether a transaction is open.
            self.connection.invalidate()
        try:
            self.connection.rollback()
        except DBAPIError:
            self.connection.invalidate()


class _Heads:
    """The version table, kept as Alembic keeps it, with statements that need no compiling and no walk over the map."""

    def __init__(self, context: MigrationContext, history: History, heads: Iterable[str]) -> None:
        self.heads = set(heads)
        self._connection: Any = context.connection
        self._history = history
        self._table = context.dialect.identifier_preparer.format_table(context._version)  # noqa: SLF001

    def up(self, revision: Revision, batch: Batch | None) -> None:
        """The revision takes the place of those it builds on."""
        gone = sorted(self.heads.intersection((*revision.parents, *revision.depends_on)))
        self._replace(gone, [revision.id], batch)

    def down(self, revision: Revision, batch: Batch | None) -> None:
        """Those that it builds on take its place, but for what another head stands on."""
        below = {p for p in (*revision.parents, *revision.depends_on) if p in self._history.by_id}
        others = (self.heads - {revision.id}) | below
        if len(others) > 1:
            below = {p for p in below if p not in self._history.ancestors(others - {p})}
        self._replace([revision.id], sorted(below), batch)

    def _replace(self, gone: list[str], new: list[str], batch: Batch | None) -> None:
        statements = list(self._statements(gone, new))
        for statement in statements:
            if batch is not None and batch.open and len(statements) == 1:
                self._require_one(batch.end(statement))
            else:
                self._write(statement)
        self.heads = (self.heads - set(gone)) | set(new)

    def _statements(self, gone: list[str], new: list[str]) -> Iterator[str]:
        pairs = min(len(gone), len(new))
        for old, now in zip(gone, new, strict=False):
            yield f"update {self._table} set version_num = {_text(now)} where version_num = {_text(old)}"  # noqa: S608
        for old in gone[pairs:]:
            yield f"delete from {self._table} where version_num = {_text(old)}"  # noqa: S608
        for now in new[pairs:]:
            yield f"insert into {self._table} (version_num) values ({_text(now)})"  # noqa: S608

    def _write(self, statement: str) -> None:
        found = self._connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
        self._require_one(found.rowcount)

    def _require_one(self, count: int) -> None:
        if count != 1:
            raise CommandError(
                f"the version table {self._table} does not hold what it held before the revision "
                f"({count} rows found instead of one)"
            )


def _text(version: str) -> str:
    return "'" + version.replace("'", "''") + "'"
