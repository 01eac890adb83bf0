"""What ``bothways verify`` does between its options and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.cli.session import Session, finish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bothways.history import History, Revision
    from bothways.project import Database, Project
    from bothways.verify import Options

    Choice = Callable[[History], tuple[Revision, ...]]


def provable(project: Project, names: tuple[str, ...]) -> list[Database]:
    """The databases of those names, else all that have a server; a wrong URL is no reason to leave one out.

    Raises UnknownDatabase, or DatabaseNotConfigured where none has a server.
    """
    chosen = project.select(names)
    found = [d for d in chosen if names or d.url or d.problem or project.scratch_url(d.dialect)]
    if not found:
        chosen[0].require_url()
    return found


def choice(
    project: Project, databases: Sequence[Database], revision: str | None, since: str | None, *, last: bool
) -> Choice:
    """Which revisions are meant. Raises UnknownRevision, or ConfigurationError where git does not know the commit."""
    from bothways.history import History
    from bothways.verify import selection

    if since:
        return selection.changed_since(since, project.root)
    if revision:
        return selection.named(revision, [History.load(d.branch) for d in databases])
    return selection.newest if last else selection.everything


def run_verify(
    session: Session, project: Project, databases: Sequence[Database], choose: Choice, options: Options
) -> None:
    """Prove, with progress on stderr unless it is to be quiet, and show the report."""
    from bothways.cli.progress import Progress
    from bothways.verify import verify

    progress = None if session.quiet else Progress()
    try:
        report = verify(project, databases, choose, options, watcher=progress)
    finally:
        if progress:
            progress.ended()
    finish(session, report)
