"""Do the canonical models and each branch's head say the same? Both are built in scratch databases and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.agreement import Comparison, compare
from bothways.errors import InvalidModels
from bothways.generate.models import refuse_unbuildable
from bothways.history import History
from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.project import Database, Project


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The comparisons of all databases asked for."""

    kind: ClassVar[str] = "check/1"
    comparisons: tuple[Comparison, ...]

    @property
    def exit_code(self) -> int:
        """1 where a branch's head and the models differ."""
        return EXIT_FINDINGS if any(c.changes for c in self.comparisons) else EXIT_OK

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-ready data."""
        return {"comparisons": [c.to_dict() for c in self.comparisons]}


def check(project: Project, databases: Iterable[Database]) -> CheckReport:
    """Compare each one's head with the models, on the engine's server for scratch databases or on its own.

    Raises ModelsNotImportable, InvalidModels, a HistoryError, MigrationFailed, DatabaseNotConfigured, or a
    DatabaseError if no scratch database can be had.
    """
    metadata = project.metadata()
    chosen = list(databases)
    for database in chosen:
        if database.branch.origin is None:
            _ = History.load(database.branch).head  # several heads are refused before anything is built
    servers = [project.scratch_url(d.dialect) or d.require_url() for d in chosen]
    try:
        return CheckReport(tuple(compare(project, d, url, metadata) for d, url in zip(chosen, servers, strict=True)))
    except InvalidModels:
        # What a server says of a mistake is often less than what the models themselves show.
        refuse_unbuildable(metadata, [d.dialect for d in chosen])
        raise
