"""Where a command makes its scratch databases: on the servers that are configured, else on private ones."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bothways.project import Database, Project
    from bothways.urls import DatabaseURL


def with_servers(
    project: Project, names: tuple[str, ...], concerned: Callable[[Database], bool] = lambda _: True
) -> tuple[Project, Sequence[Database]]:
    """The databases of those names (else one at least of each branch), and the project with a server for each.

    An engine without a URL gets a private server until the command ends; SQLite needs none, and neither does a database
    that is not ``concerned``. Raises UnknownDatabase, InvalidURL, or DatabaseNotConfigured where none can be started.
    """
    chosen = project.select(names)
    reached = {d.branch.name for d in chosen if d.url}
    ready: list[Database] = []
    for database in chosen:
        if not (database.url or project.scratch_url(database.dialect)) and concerned(database):
            if database.problem is not None:
                raise database.problem
            if not names and database.branch.name in reached:
                continue  # another database stands for the branch, and this one's server is none of ours
            project = replace(project, scratch_urls=(*project.scratch_urls, _private(database)))
        ready.append(database)
    return project, ready


def _private(database: Database) -> DatabaseURL:
    from bothways import servers
    from bothways.errors import DatabaseNotConfigured, ServerBinariesMissing
    from bothways.urls import DatabaseURL

    if database.dialect not in servers.DIALECTS:
        # Nothing is made there: its scratch databases are files in folders of their own.
        nowhere = Path(tempfile.gettempdir()) / "bothways.db"
        return DatabaseURL.parse(f"{database.dialect}:///{nowhere}")
    try:
        server = servers.start(database.dialect)
    except ServerBinariesMissing as missing:
        raise DatabaseNotConfigured(
            f"branch {database.branch.name!r} needs a {database.dialect} server for scratch databases: it has no URL, "
            f"and none can be started here: {missing.message}",
            hint=f"{missing.hint}; or set {database.variable}; or leave the branch out: --database",
        ) from None
    click.get_current_context().call_on_close(server.stop)
    return server.url
