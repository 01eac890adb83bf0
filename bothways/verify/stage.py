"""A scratch database on its way up a branch: what runs on it, what is known of it, which of its tables have rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bothways.errors import BothwaysError
from bothways.revisions.stepping import Runner
from bothways.verify.newer import plant_newer
from bothways.verify.rows import plant
from bothways.verify.tracking import Tracker, suspicious
from bothways.verify.wishes import named

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bothways.history import History, Revision
    from bothways.project import Database, Project
    from bothways.revisions.guard import Now
    from bothways.snapshot import Snapshot
    from bothways.verify import own
    from bothways.verify.options import Level, Options


class UnreachableError(Exception):
    """A revision below the one to prove does not run."""

    def __init__(self, revision: Revision, error: BothwaysError) -> None:
        super().__init__(error.message)
        self.revision = revision
        self.error = error


@dataclass
class Stage:
    """A scratch database that is brought along a branch."""

    connection: sa.Connection
    project: Project
    there: Database
    history: History
    options: Options
    now: Now
    judging: own.Own | None = None
    planted: int = 0
    _bare: frozenset[str] | None = field(default=None, repr=False)
    """The tables that want rows; None: all."""
    _level: Level = "boundary"
    """What rows the tables have."""
    _driver_users: dict[str, bool] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.runner = Runner(self.connection, self.project, self.there, self.history, self.now)
        self.tracker = Tracker(self.connection, version_table=self.there.version_relation)

    def bring_to_parents(self, revision: Revision) -> None:
        """Run every upgrade below a revision. Raises UnreachableError."""
        needed = [*revision.parents, *(d for d in revision.depends_on if d in self.history.by_id)]
        if self.runner.heads.issuperset(needed):
            return
        for below in self.history.between(self.runner.heads, needed):
            try:
                self.runner.up(below)
            except BothwaysError as error:
                raise UnreachableError(below, error) from error
            self.heed(below)
            self._bare = None

    def look(self, *, full: bool) -> Snapshot:
        """The snapshot now."""
        if full:
            self.tracker.forget()
        return self.tracker.snapshot()

    def plant(self, level: Level, revision: Revision) -> tuple[str, ...]:
        """Rows in the tables that changed since they got theirs; what could not be planted, in words.

        And in any table rows with the words that the revision's own statements look for.
        """
        failed = self._plant(level)
        if level == "boundary" and self.options.rows:
            wished = named(self.look(full=False), source_of(revision))
            if wished:
                plant_newer(self.connection, self.tracker.snapshot(), wished, self.options.seed)
                self.connection.commit()
        return failed

    def _plant(self, level: Level) -> tuple[str, ...]:
        snapshot = self.look(full=False)
        if level == "boundary" and self._level != "boundary":
            self._bare = None  # the rows that an earlier revision was content with are not enough
        if not self.options.rows or level == "none" or self._bare == frozenset():
            return ()
        planting = plant(
            self.connection,
            snapshot if self._bare is None else self.tracker.around(snapshot, self._bare),
            seed=self.options.seed,
            rows=self.options.rows,
            tables=self._bare,
            plain=level != "boundary",
            sparse=level == "sparse",
        )
        self.connection.commit()
        self._bare, self._level = frozenset(), level
        self.planted += sum(planting.planted.values())
        return tuple(f"no rows could be planted in {table}: {why}" for table, why in sorted(planting.failed.items()))

    def wants_rows(self, tables: frozenset[str] | None) -> None:
        """These tables have changed (None: any may have)."""
        self._bare = None if tables is None or self._bare is None else self._bare | tables

    def heed(self, revision: Revision) -> None:
        """After a step: where the revision may have used the driver directly, nothing that was read counts."""
        if revision.id not in self._driver_users:
            self._driver_users[revision.id] = suspicious(source_of(revision))
        if self._driver_users[revision.id]:
            self.tracker.forget()


def source_of(revision: Revision) -> str:
    """The text of a revision's file."""
    return revision.path.read_text(encoding="utf-8", errors="replace")
