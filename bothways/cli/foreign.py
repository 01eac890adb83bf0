"""The options of a command that works on anybody's Alembic project, and the project that they mean."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

    from bothways.cli.session import Session
    from bothways.project import Project
    from bothways.urls import DatabaseURL

_ENGINES = ("postgresql", "mysql", "sqlite")


def elsewhere(function: Callable[..., None]) -> Callable[..., None]:
    """Add the options to a command."""
    for option in (
        click.option("--script-location", metavar="DIR", help="The folder of env.py, where the ini doesn't say."),
        click.option("--start", metavar="PKG.MODULE:NAME", help="Models whose tables stand before the first revision."),
        click.option("--models", metavar="PKG.MODULE:NAME", help="The models that each head is compared with."),
        click.option("--engine", type=click.Choice(_ENGINES), help="Prove on a private server, ended afterwards."),
        click.option("--url", metavar="URL", help="The server for scratch databases; this one is not touched."),
        click.option("--config", metavar="FILE", help="The same as before the command."),
    ):
        function = option(function)
    return function


def foreign_project(
    session: Session,
    ctx: click.Context,
    names: tuple[str, ...],
    *,
    config: str | None = None,
    url: str | None = None,
    engine: str | None = None,
    models: str | None = None,
    script_location: str | None = None,
) -> Project:
    """The project, with its own env.py's options where it has one; a private server lives until the command ends.

    ``names`` are the databases that are meant, all where there is none. Raises ConfigurationError, InvalidURL,
    DriverMissing or ServerBinariesMissing.
    """
    from pathlib import Path

    from bothways.project import Project

    if url and engine:
        raise click.UsageError("--url names a server, --engine starts one: give one of them")
    session.config = config or session.config
    location = Path(script_location).resolve() if script_location else None
    project = Project.load(session.config, script_location=location)
    _refuse_useless(project, names, url, engine)
    if models:
        project = replace(project, models=models)
    if not (project.foreign or url or engine):
        return project

    from bothways.revisions.foreign import complete

    return complete(project, _server(ctx, project, url, engine))


def _refuse_useless(project: Project, names: tuple[str, ...], url: str | None, engine: str | None) -> None:
    """Raise a usage error for a server that nothing would be proved on; a foreign project follows the server."""
    from bothways.urls import DatabaseURL

    if project.foreign or not (url or engine):
        return
    dialect = DatabaseURL.parse(url).dialect if url else engine
    dialects = dict.fromkeys(d.dialect for d in project.select(names))
    if dialect not in dialects:
        raise click.UsageError(
            f"{'--url' if url else '--engine'} is for {dialect}, and what is proved is on {', '.join(dialects)}: "
            f"leave it out, or name a database of {dialect} with --database"
        )


def _server(ctx: click.Context, project: Project, url: str | None, engine: str | None) -> DatabaseURL | None:
    from bothways import servers
    from bothways.urls import DatabaseURL, installed_driver

    theirs = project.databases[0].url
    if url:
        named = DatabaseURL.parse(url)
        if theirs is None or theirs.dialect != named.dialect or "+" in url.partition(":")[0]:
            return named
        return named.with_driver(installed_driver(named.dialect, theirs.driver))
    if not engine:
        return None
    if engine not in servers.DIALECTS:
        return DatabaseURL.parse(f"{engine}:///bothways.db", root=project.root)
    server = servers.start(engine)
    ctx.call_on_close(server.stop)
    wanted = theirs.driver if theirs and theirs.dialect == engine else ""
    return server.url.with_driver(installed_driver(engine, wanted))
