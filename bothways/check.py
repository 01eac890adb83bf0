"""Do the canonical models and each branch's head say the same? Both are built in scratch databases and compared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from bothways.agreement import Comparison, compare
from bothways.reports import EXIT_FINDINGS, EXIT_OK

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bothways.project import Database, Project


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
        server = server or database.require_url()
        comparisons.append(compare(project, database, server, metadata))
    return CheckReport(tuple(comparisons), tuple(skipped))
