"""What ``bothways verify`` does between its options and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bothways.cli.session import Session, finish

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.history import History, Revision
    from bothways.project import Project
    from bothways.verify import Options

    Choice = Callable[[History], tuple[Revision, ...]]


def choice(project: Project, names: tuple[str, ...], revision: str | None, since: str | None, *, last: bool) -> Choice:
    """Which revisions of the databases of those names (else of all) are meant.

    Raises UnknownDatabase, UnknownRevision, or ConfigurationError where git does not know the commit.
    """
    from bothways.history import History
    from bothways.verify import selection

    if since:
        return selection.changed_since(since, project.root)
    if revision:
        chosen = project.select(names)
        others = [b for b in project.branches if b not in {d.branch for d in chosen}]
        return selection.named(
            revision, [History.load(d.branch) for d in chosen], lambda: [History.load(b) for b in others]
        )
    return selection.newest if last else selection.everything


def run_verify(session: Session, project: Project, names: tuple[str, ...], choose: Choice, options: Options) -> None:
    """Prove, with progress on stderr unless it is to be quiet, and show the report.

    An engine that has something to prove and no URL gets a private server: none is left out in silence.
    """
    from bothways.cli.progress import Progress
    from bothways.cli.servers import with_servers
    from bothways.history import History
    from bothways.verify import verify

    project, databases = with_servers(project, names, lambda d: bool(choose(History.load(d.branch))))
    progress = None if session.quiet else Progress()
    try:
        report = verify(project, databases, choose, options, watcher=progress)
    finally:
        if progress:
            progress.ended()
    finish(session, report)
