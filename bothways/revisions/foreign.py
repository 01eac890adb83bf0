"""A project that never heard of Bothways, made ready for its verbs: databases, dialects and servers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from bothways.dialects import NAMES, dialect_for
from bothways.errors import ConfigurationError, InvalidURL
from bothways.revisions.environment import read, recorded
from bothways.spelling import nearest
from bothways.urls import DatabaseURL, installed_driver

if TYPE_CHECKING:
    import sqlalchemy as sa

    from bothways.databases import Database, Origin
    from bothways.project import Project
    from bothways.revisions.environment import Recorded


@dataclass(frozen=True, slots=True)
class TheirModels:
    """The ``target_metadata`` of an env.py; as data, so that a project can go to another process."""

    origin: Origin

    def __call__(self) -> sa.MetaData | None:
        """The models of its first ``configure``. Raises ConfigurationError."""
        return recorded(self.origin).metadata


def complete(project: Project, server: DatabaseURL | None = None) -> Project:
    """The project with what its env.py configures: one database for each ``configure``, its dialect known.

    ``server`` is where scratch databases are made instead of beside the database that the project names. A project of
    Bothways comes back with ``server`` alone. Raises ConfigurationError, InvalidURL or DriverMissing.
    """
    scratch = (*(u for u in project.scratch_urls if server is None or u.dialect != server.dialect),)
    project = replace(project, scratch_urls=(*scratch, server) if server else scratch)
    origin = project.databases[0].branch.origin
    if origin is None:
        return project
    origin = replace(origin, url=server or _sole(project))
    environment = read(origin)
    origin = replace(origin, paths=tuple(dict.fromkeys((*origin.paths, *environment.paths))))
    if environment.folders:
        project = _of_folders(project, tuple(Path(folder).resolve() for folder in environment.folders))
    databases = tuple(
        _database(project, replace(origin, call=number), call, server) for number, call in enumerate(environment.calls)
    )
    names = [d.name for d in databases]
    if len(set(names)) < len(names):
        databases = tuple(replace(d, name=f"{d.name}{n}") for n, d in enumerate(databases, 1))
    branches = tuple(d.branch for d in databases)
    return replace(project, databases=databases, branches=branches, models_found=TheirModels(origin))


def _of_folders(project: Project, folders: tuple[Path, ...]) -> Project:
    """The project with its revisions in the folders that its env.py chose."""
    template = project.databases[0]
    branch = replace(template.branch, path=folders[0], locations=folders)
    return replace(project, databases=(replace(template, branch=branch),))


def _sole(project: Project) -> DatabaseURL | None:
    """The one server that the environment names for scratch databases, where the project itself names none."""
    own = project.databases[0].url
    return project.scratch_urls[0] if own is None and len(project.scratch_urls) == 1 else None


def _database(project: Project, origin: Origin, call: Recorded, server: DatabaseURL | None) -> Database:
    template = project.databases[0]
    dialect = server.dialect if server else call.dialect
    if dialect not in NAMES:
        raise ConfigurationError(
            f"the project is for {dialect or 'an engine that its env.py does not name'}, and Bothways proves revisions "
            f"on {', '.join(NAMES)}",
            hint="name an engine: --engine sqlite, postgresql or mysql; "
            f"{nearest(dialect, NAMES) if dialect else 'or --url'}",
        )
    schema = call.options.get("version_table_schema")
    if schema and not dialect_for(dialect).capabilities.schemas:
        raise ConfigurationError(
            f"env.py sets version_table_schema = {schema!r}: on {dialect} that is another database, and a scratch "
            "database is one alone",
            hint="leave version_table_schema out for this engine",
        )
    name = str(call.run_arguments.get("engine_name") or template.name)
    branch = replace(template.branch, name=name, dialect=dialect, origin=origin)
    url = server or _address(project, call)
    return replace(
        template,
        name=name,
        branch=branch,
        url=url,
        url_source="env.py" if url else None,
        problem=None,
        version_table=str(call.options.get("version_table") or "alembic_version"),
        version_table_schema=str(schema) if schema else None,
        run_arguments=dict(call.run_arguments),
    )


def _address(project: Project, call: Recorded) -> DatabaseURL | None:
    """The server that env.py would connect to, through a driver that is installed."""
    if call.url is None:
        return None
    if dialect_for(call.dialect).capabilities.file_based:
        # Scratch databases are files of their own, so the project's is not even looked for.
        return DatabaseURL.parse("sqlite:///bothways.db", root=project.root)
    text = call.url.render_as_string(hide_password=False)
    try:
        url = DatabaseURL.parse(text, root=project.root)
    except InvalidURL as error:
        raise InvalidURL(f"the URL of env.py: {error.message}", hint=error.hint) from None
    explicit = call.url.get_driver_name()
    return url.with_driver(installed_driver(url.dialect, explicit))
