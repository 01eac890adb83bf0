"""Do the canonical models and each branch's head say the same? Both are built in scratch databases and compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from bothways import scratch
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.reports import EXIT_FINDINGS, EXIT_OK
from bothways.revisions import upgrade
from bothways.snapshot import Change, Snapshot, difference

if TYPE_CHECKING:
    from collections.abc import Iterable

    import sqlalchemy as sa

    from bothways.project import Database, Project


@dataclass(frozen=True, slots=True)
class Comparison:
    """One branch's head (``before``) against the models (``after``) on one engine."""

    database: str
    branch: str
    server: str
    changes: tuple[Change, ...]

    def to_dict(self) -> dict[str, Any]:
        """The comparison as JSON-ready data."""
        return {
            "database": self.database,
            "branch": self.branch,
            "server": self.server,
            "changes": [c.to_dict() for c in self.changes],
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The comparisons of all branches asked for; ``skipped`` names databases without a URL."""

    kind: ClassVar[str] = "check/1"
    comparisons: tuple[Comparison, ...]
    skipped: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 where a branch's head and the models differ."""
        return EXIT_FINDINGS if any(c.changes for c in self.comparisons) else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"comparisons": [c.to_dict() for c in self.comparisons], "skipped": list(self.skipped)}


def check(project: Project, databases: Iterable[Database], *, explicit: bool = False) -> CheckReport:
    """Compare; databases without a URL are skipped unless they were asked for by name (``explicit``).

    Raises ModelsNotImportable, a HistoryError, MigrationFailed, or a DatabaseError if no scratch database can be had.
    """
    metadata = project.metadata()
    comparisons: list[Comparison] = []
    skipped: list[str] = []
    for database in databases:
        server = project.scratch_url(database.dialect) or database.url
        if server is None and not explicit and database.problem is None:
            skipped.append(database.name)
            continue
        comparisons.append(_compare(project, database, metadata))
    return CheckReport(tuple(comparisons), tuple(skipped))


def _compare(project: Project, database: Database, metadata: sa.MetaData) -> Comparison:
    server = project.scratch_url(database.dialect) or database.require_url()
    with scratch.database(server) as url:
        there = replace(database, url=url, problem=None)

        def replay(connection: sa.Connection) -> Snapshot:
            upgrade(connection, project, there)
            return take(connection, version_table=database.version_table)

        head = call(url, replay, purpose="migrate")
    with scratch.database(server) as url:

        def create(connection: sa.Connection) -> Snapshot:
            metadata.create_all(connection)
            connection.commit()
            return take(connection, version_table=database.version_table)

        models = call(url, create, purpose="migrate")
    # Not the order of columns and indexes: a column added by ALTER TABLE stands last, wherever its model has it.
    changes = difference(head, models, tiers=("semantic",))
    return Comparison(database.name, database.branch.name, head.server_version, changes)
