"""Do the canonical models and a branch's head say the same? Both are built on a server and compared by its catalogs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bothways import scratch
from bothways.building import build
from bothways.connections import call
from bothways.dialects.reading import take
from bothways.revisions import upgrade
from bothways.snapshot import Change, Snapshot, difference, split_name

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bothways.project import Database, Project
    from bothways.urls import DatabaseURL


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


def compare(
    project: Project,
    database: Database,
    server: DatabaseURL,
    metadata: sa.MetaData | None = None,
    head: Snapshot | None = None,
) -> Comparison:
    """Compare on scratch databases of ``server``; ``head`` spares the replay where it was read already.

    Raises ModelsNotImportable, InvalidModels, a HistoryError, MigrationFailed, or a DatabaseError if no scratch
    database can be had.
    """
    metadata = metadata or project.metadata()
    head = head or _head(project, database, server)
    with scratch.database(server) as url:

        def create(connection: sa.Connection) -> Snapshot:
            build(connection, metadata)
            return take(connection, version_table=database.version_relation)

        models = call(url, create, purpose="prove")
    return Comparison(database.name, database.branch.name, head.server_version, disagreement(head, models))


def disagreement(head: Snapshot, models: Snapshot) -> tuple[Change, ...]:
    """What differs in meaning.

    Not the order of columns and indexes: a column added by ALTER TABLE stands last, wherever its model has it. Nor
    partitions that only the head has: models declare the table, its partitions are made as the data comes.
    """
    partitions = {
        key.partition(":")[2]
        for key, facts in head.objects.items()
        if facts.get("partition_bound") and key not in models.objects
    }
    changes = difference(head, models, tiers=("semantic",))
    if not partitions:
        return changes
    return tuple(c for c in changes if not {c.name, split_name(c.name)[0]} & partitions)


def _head(project: Project, database: Database, server: DatabaseURL) -> Snapshot:
    with scratch.database(server) as url:
        there = database.on_scratch(url)

        def replay(connection: sa.Connection) -> Snapshot:
            upgrade(connection, project, there, "heads")
            return take(connection, version_table=database.version_relation)

        return call(url, replay, purpose="prove")
